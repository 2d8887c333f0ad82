"""Mutated returns: whatever comes in, every file ends in one state, no row is lost from the account, nothing is raised.

XLTOOL_FUZZ=10000 mutates more.
"""

import io
import os
import random
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading_books import GOOD, Paper, small_form
from zoo.legacy import xls, xlsb

from toolkit.model.batch import STATES
from toolkit.model.unit import UnitList
from toolkit.reading import read_returns
from toolkit.reading.columns import SheetPlan
from toolkit.reading.extract import Extractor
from toolkit.reading.plan import make_plan

pytestmark = pytest.mark.rounds

FORM = small_form()
MUTANTS = int(os.environ.get("XLTOOL_FUZZ", "150"))
WORDS = (b"NaN", b"-1", b"4294967297", b"", b"<", b"\x00", b"&#0;", b"]]>", b"A1:XFD1048576", b"e", b"s", b"9" * 400)


def seeds() -> list[bytes]:
    row = {**GOOD, "members": ("=15*2", 30), "fund": ("=1/0", "#DIV/0!"), "note": "说明"}
    made = Paper(FORM, {"org": [GOOD, row]})
    return [made.bytes(), made.bytes(), made.bytes(), xls(Paper(FORM)), xlsb(Paper(FORM))]


def mutant(data: bytes, chance: random.Random) -> bytes:
    """One file with a few bytes changed, or (mostly) with the text of one part changed and packed again."""
    if not data.startswith(b"PK") or chance.random() < 0.3:
        return scrambled(data, chance)
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name = chance.choice([name for name in parts if parts[name]])
    parts[name] = scrambled(parts[name], chance) if chance.random() < 0.3 else reworded(parts[name], chance)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part, content in parts.items():
            if chance.random() > 0.01:
                new.writestr(part, content)
    return stream.getvalue()


def scrambled(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(len(changed))
        kind = chance.randrange(4)
        if kind == 0:
            changed[at] = chance.randrange(256)
        elif kind == 1:
            del changed[at : at + chance.randrange(1, 40)]
        elif kind == 2:
            changed[at:at] = changed[at : at + chance.randrange(1, 40)]
        else:
            changed[at : at + 1] = chance.choice(WORDS)
        if not changed:
            return b""
    return bytes(changed)


def reworded(part: bytes, chance: random.Random) -> bytes:
    """An attribute or a text of the XML replaced by one that hurts, or an element doubled or removed."""
    marks = [at for at, byte in enumerate(part) if byte in b'"<>']
    if len(marks) < 4:
        return scrambled(part, chance)
    place = chance.randrange(len(marks) - 1)
    start, end = marks[place], marks[place + 1]
    kind = chance.randrange(3)
    if kind == 0:
        return part[: start + 1] + chance.choice(WORDS) + part[end:]
    return part[:start] + (part[start:end] * 2 if kind == 1 else b"") + part[end:]


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    chance, files, origins = random.Random(20260115), [], seeds()
    for number in range(MUTANTS):
        path = folder / f"{number:05d}.xlsx"
        path.write_bytes(mutant(origins[number % len(origins)], chance))
        files.append((path.name, path))
    return read_returns(files, FORM, UnitList(), workers=2, timeout=15, memory=1_000_000_000)


def test_every_mutant_ends_in_one_state(batch):
    assert len(batch.returns) == MUTANTS
    for returned in batch.returns:
        assert returned.state in STATES
        assert returned.state != "unreadable" or returned.findings


def test_the_rows_of_mutants_are_accounted_for(batch):
    for returned in batch.returns:
        rows = sum(int((frame["_return"] == returned.index).sum()) for frame in batch.tables.values())
        assert returned.rows_read == rows + returned.not_data


def test_every_mutant_can_be_talked_about(batch):
    for returned in batch.returns:
        for finding in returned.findings:
            assert finding.sentence.encode("utf-8")


def test_mutants_are_read_and_refused(batch):
    """A harness that refuses or accepts all of them shows nothing."""
    states = {returned.state for returned in batch.returns}
    assert {"accepted", "unreadable"} <= states


PLAN = make_plan(FORM)
PARSERS = [parser for sheet in PLAN["sheets"] for parser in SheetPlan(sheet, PLAN["words"]).parsers]
CELLS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789年月日.-/,，－—元万人%()（） 一二三十〇eE+", max_size=14),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.integers(-(10**20), 10**20).map(float),
)


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(CELLS)
def test_every_cell_is_a_value_an_empty_or_a_problem(cell):
    for parser in PARSERS:
        value, problem, repair = parser.cell(cell)
        assert not (problem and value is not None and problem != "C024")
        assert value is None or value.__class__ in (str, int)
        assert value.__class__ is not str or ((value and value == value.strip()) or parser.free)
        assert repair == "" or repair.startswith("R0")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.binary(max_size=600))
def test_any_bytes_are_answered(data):
    answer = Extractor(PLAN).read(data)
    assert "refused" in answer
