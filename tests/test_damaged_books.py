"""Damage that a parser must not meet, or whose end must be a sentence: chains, far records, prefixes of nobody."""

import re
import struct

import pytest
from reading_books import GOOD, Paper, edit, small_form
from zoo.legacy import biff8, ole, xls, xlsb

from toolkit.ooxml.archive import Refused
from toolkit.ooxml.canonical import check
from toolkit.reading.chains import check_chains
from toolkit.reading.extract import Extractor
from toolkit.reading.plan import make_plan

FORM = small_form()
READER = Extractor(make_plan(FORM))
PAPER = Paper(FORM, {"org": [{**GOOD, "code": f"U1-{number}"} for number in range(40)]})
END = 0xFFFFFFFE
UNBOUND = {
    "an attribute": (rb"<sst ", b'<sst y:count="3" '),
    "an element": (rb"<si>(.*?)</si>", rb"<y:si>\1</y:si>"),
    "an element of formats": (rb"<font>", b"<y:a/><font>"),
    "a cell": (rb'<c r="A7"', b'<c y:r="A7" r="A7"'),
}


def code(data: bytes) -> str:
    return READER.read(data).get("refused", "")


@pytest.mark.parametrize("name", UNBOUND)
def test_a_prefix_that_is_declared_nowhere_is_damage(name):
    old, new = UNBOUND[name]
    parts = ("xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet2.xml")
    data = edit(PAPER.bytes(), dict.fromkeys(parts, lambda part: re.sub(old, new, part, count=1, flags=re.S)))
    assert data != PAPER.bytes() and code(data) == "F035"


def test_a_prefix_that_is_declared_is_none():
    check(b'<a xmlns:y="urn:y" y:b="1"><y:c/></a>')
    with pytest.raises(Refused):
        check(b'<a><b xmlns:y="urn:y"/><y:c/></a>')


def table_of(data: bytes) -> int:
    """Where the table of sectors of an OLE2 file lies."""
    return (struct.unpack_from("<L", data, 76)[0] + 1) * 512


@pytest.mark.parametrize("chain, back", [("stream", 1), ("stream", 2), ("stream", 7), ("directory", 1)])
def test_a_chain_of_sectors_that_comes_back_is_damage(chain, back):
    data = bytearray(xls(PAPER))
    table, stream = table_of(data), len(ole({"Workbook": biff8(PAPER)})) // 512
    ends = [at for at in range(stream) if struct.unpack_from("<L", data, table + 4 * at)[0] == END]
    end = ends[0 if chain == "stream" else 1]
    struct.pack_into("<L", data, table + 4 * end, max(end - back + 1, 0))
    assert code(bytes(data)) == "F002"


def test_chains_that_end_are_none():
    for count in (1, 60, 3000):
        check_chains(xls(Paper(FORM, {"org": [{**GOOD, "note": "长" * 200}] * count})))


@pytest.mark.parametrize("cut", [100, 511, 513, 600, 1023, 1024, 2000, 5000])
def test_an_ole_file_that_is_cut_off_is_damaged_and_ends_no_worker(cut):
    assert code(xls(PAPER)[:-cut]) in ("", "F002")


def record(kind: int, data: bytes) -> bytes:
    return bytes([kind, len(data)]) + data


@pytest.mark.parametrize("row, column", [(1_048_575, 16_383), (900_000, 9_000), (2_000_000, 0), (0, 0xFFFFFFFF)])
def test_a_record_far_away_is_refused_before_the_reader_makes_room_for_it(row, column):
    far = record(0, struct.pack("<LLHBBBL", row, 0, 300, 0, 0, 0, 0)) + record(5, struct.pack("<LLd", column, 0, 1.0))
    end = bytes([0x92, 0x01, 0])

    def added(part: bytes) -> bytes:
        at = part.rindex(end)
        return part[:at] + far + part[at:]

    data = edit(xlsb(PAPER), {"xl/worksheets/sheet2.bin": added})
    assert code(data) == ("F014" if row < 1_048_576 and column < 16_384 else "F002")
    assert not code(xlsb(PAPER))
