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


NO_VALUES = {
    "a text as a number": b"<v>abc</v>",
    "a text that is kept as a number": b'<v xml:space="preserve">abc</v>',
    "two numbers": b"<v>12 3</v>",
    "a grouped number": b"<v>1_000</v>",
    "hexadecimal": b"<v>0x10</v>",
    "said to be a number": (b"n", b"<v>abc</v>"),
    "shared text x": (b"s", b"<v>x</v>"),
    "shared text -1": (b"s", b"<v>-1</v>"),
    "shared text 1.5": (b"s", b"<v>1.5</v>"),
    "shared text of a formula": (b"s", b"<f>A1</f><v>1e1</v>"),
    "shared text past the end": (b"s", b"<v>99999</v>"),
    "no truth": (b"b", b"<v>2</v>"),
    "no day": (b"d", b"<v>x</v>"),
    "no type": (b"x", b"<v>5</v>"),
}


@pytest.mark.parametrize("name", NO_VALUES)
def test_what_is_no_value_of_its_type_is_named_and_never_becomes_another(name):
    """-1 as the number of a shared text gave the first one, 附件1, and nothing was said."""
    given = NO_VALUES[name]
    kind, value = given if isinstance(given, tuple) else (b"", given)
    head = b' t="%s"' % kind if kind else b""
    for column, letter in {"code": "A", "name": "B", "since": "D", "members": "F"}.items():
        cell = b'<c r="%s9"%s>%s</c>' % (letter.encode(), head, value)
        place = re.compile(rb'<c r="%s9"[^>]*>.*?</c>' % letter.encode())
        data = edit(PAPER.bytes(), {"xl/worksheets/sheet2.xml": lambda part, p=place, c=cell: p.sub(c, part, count=1)})
        [sheet] = [one for one in READER.read(data)["sheets"] if one["name"] == "org"]
        at = sheet["rows"].index(9)
        assert sheet["columns"][column][at] is None
        assert [row for code_, row, _, of, _ in sheet["problems"] if of == column and code_ == "C026"] == [9]
        whole = next(one for one in READER.read(PAPER.bytes())["sheets"] if one["name"] == "org")
        others = [values for values in sheet["columns"].items() if values[0] != column]
        assert others == [values for values in whole["columns"].items() if values[0] != column]


@pytest.mark.parametrize("value", [b"5&#48;", b"&#53;0", b"1&#x30;.5"])
@pytest.mark.parametrize("kind", [b"", b' t="s"'])
def test_a_figure_written_as_a_reference_is_never_dropped(value, kind):
    """The fast reader of values stops before it: 50 became 5, and text 35 became text 3.

    The number is read whole; the text of another number where a count belongs is named under one code or the other.
    """
    cell = b'<c r="F9"%s><v>%s</v></c>' % (kind, value)
    data = edit(PAPER.bytes(), {"xl/worksheets/sheet2.xml": lambda part: re.sub(rb'<c r="F9">.*?</c>', cell, part)})
    [sheet] = [one for one in READER.read(data)["sheets"] if one["name"] == "org"]
    whole = 50 if kind == b"" and not value.endswith(b".5") else None
    assert sheet["columns"]["members"][sheet["rows"].index(9)] == whole
    assert whole or {problem[0] for problem in sheet["problems"]} in ({"F012"}, {"C001"}, {"C026"}, {"C021"})


@pytest.mark.parametrize("text", ["1", "-1.5", "1e3", "1E-3", ".5", "45413.25", " 7 "])
def test_numbers_of_every_spelling_are_numbers(text):
    cell = b'<c r="F9"><v>%s</v></c>' % text.encode()
    data = edit(PAPER.bytes(), {"xl/worksheets/sheet2.xml": lambda part: re.sub(rb'<c r="F9">.*?</c>', cell, part)})
    [sheet] = [one for one in READER.read(data)["sheets"] if one["name"] == "org"]
    assert "C026" not in {problem[0] for problem in sheet["problems"]}
