"""Mutated returns: whatever comes in, every file ends in one state, and no row that nothing has touched differs unsaid.

CI mutates 300; `XLTOOL_FUZZ=10000 pytest tests/test_fuzz_reading.py` is the long campaign (`XLTOOL_FUZZ_FROM` sets the
seed of the mutations, `XLTOOL_FUZZ_KEEP` names a folder for mutants that a test objects to).
"""

import datetime as dt
import os
import random
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from harm import Original, original
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutating import Mutant, mutant, unpacked
from rare_writers import WRITERS
from reading_books import GOOD, Paper, open_document, small_form
from rounds import Round
from zoo.legacy import xls, xlsb

from toolkit.model.batch import PROVENANCE, STATES, Batch
from toolkit.model.unit import UnitList
from toolkit.reading import read_returns
from toolkit.reading.columns import SheetPlan
from toolkit.reading.extract import Extractor
from toolkit.reading.plan import make_plan
from toolkit.reading.supervisor import CRASHED, TIMED_OUT

pytestmark = [pytest.mark.rounds, pytest.mark.usefixtures("own_workers")]

FORM = small_form()
MUTANTS = int(os.environ.get("XLTOOL_FUZZ", "300"))
FIRST = int(os.environ.get("XLTOOL_FUZZ_FROM", "20260115"))
UNITS = 6
KEEP = os.environ.get("XLTOOL_FUZZ_KEEP", "")
TITLES = {sheet.name: sheet.label for sheet in FORM.sheets}


@dataclass(frozen=True)
class Seed:
    """A workbook to mutate, and what it says; `said` is None for formats without checksums and XML."""

    name: str
    data: bytes
    said: Original | None


def paper() -> Paper:
    """Every kind of value, rows enough to lose some, a formula with its result and one with an error."""
    rows = [
        {**GOOD, "code": f"U1-{number:02}", "name": f"第{number}支部", "members": 30 + number, "fund": 100.5 * number}
        for number in range(1, 6)
    ]
    rows[1] |= {"since": dt.date(2023, 5, 1), "born": "1956.08", "temporary": "√", "note": "说明"}
    rows[2] |= {"members": ("=15*2", 30), "since": dt.date(2022, 12, 31)}
    rows[3] |= {"fund": ("=1/0", "#DIV/0!"), "kind": "村（社区）党总支"}
    return Paper(FORM, {"org": rows}).put("年度汇总数", "C7", 12).put("年度汇总数", "C8", 3.5)


def plain() -> Paper:
    """The same without what the formats written by hand lack."""
    rows = [{**GOOD, "code": f"U1-{number:02}", "members": 30 + number} for number in range(1, 4)]
    return Paper(FORM, {"org": rows}).put("年度汇总数", "C7", 12).put("年度汇总数", "C8", 3.5)


def seeds() -> list[Seed]:
    usual = paper().bytes()
    books = {name: write(usual) for name, write in WRITERS.items()}
    books["texts in cells"] = paper().bytes({"constant_memory": True, "in_memory": False})
    found = [Seed(name, data, original(unpacked(data), TITLES)) for name, data in books.items()]
    found += [found[0]] * 6
    others = (("xls", xls), ("xlsb", xlsb), ("ods", open_document))
    return found + [Seed(name, write(plain()), None) for name, write in others]


@dataclass(frozen=True)
class Read:
    """What was read from one file.

    Args:
        records: sheet → row → values.
        told: (code, sheet, cells) of the findings.
    """

    records: dict[str, dict[int, tuple]]
    told: set[tuple[str, str, tuple[str, ...]]]


def read(batch: Batch, findings: list | None = None) -> list[Read]:
    """Per return what was read, and what is said of it.

    Args:
        findings: all of a job; None for those of the reader alone.
    """
    found = [
        Read(
            {}, {(one.code, one.sheet, tuple(one.cells)) for one in findings or item.findings if one.file == item.file}
        )
        for item in batch.returns
    ]
    for name, frame in batch.tables.items():
        columns = [column for column in frame.columns if column not in PROVENANCE]
        values = frame[columns].astype(object).where(frame[columns].notna(), None).itertuples(index=False, name=None)
        for index, row, record in zip(frame["_return"], frame["_row"], values, strict=True):
            found[index].records.setdefault(name, {})[row] = record
    return found


def unsaid(seed: Seed, before: Read, one: Mutant, after: Read, titles: dict[str, str]) -> list[str]:
    """Rows that nothing has touched and that differ, with no word about the file or their sheet."""
    new = after.told - before.told
    if seed.said is None or any(not sheet for _, sheet, _ in new):
        return []
    found = ["no XML any more, and nothing said"] if one.parts and seed.said.is_broken(one.parts) and not new else []
    for sheet, rows in seed.said.unharmed(one.parts).items():
        old, now = before.records.get(sheet, {}), after.records.get(sheet, {})
        vertical = set(old) == {0}
        differs = {row for row in {*old, *now} if old.get(row) != now.get(row)}
        differs = differs if rows is None else set() if vertical else differs & rows
        if differs and not any(at == titles[sheet] or titles[sheet] in at for _, at, _ in new):
            found.append(f"{sheet} {sorted(differs)}: {[(old.get(row), now.get(row)) for row in sorted(differs)][:2]}")
    return found


@dataclass(frozen=True)
class Tried:
    """Mutants of workbooks of one form, and how they were read."""

    batch: Batch
    mutants: list[tuple[Seed, Read, Mutant, Read]]
    """The original, what was read from it, the mutant, what was read from that."""

    def objections(self, titles: dict[str, str]) -> list[str]:
        found = []
        for number, (seed, before, one, after) in enumerate(self.mutants):
            for objection in unsaid(seed, before, one, after, titles):
                found.append(f"{number} ({seed.name}, {one.level}): {objection}")
                if KEEP:
                    Path(KEEP).mkdir(parents=True, exist_ok=True)
                    (Path(KEEP) / f"{number:05d}.xlsx").write_bytes(one.data)
        return found


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Tried:
    """Seeds and mutants of the small form, read as the product reads them."""
    folder, chance, origins = tmp_path_factory.mktemp("fuzz"), random.Random(FIRST), seeds()
    chosen = [origins[number % len(origins)] for number in range(MUTANTS)]
    mutants = [mutant(seed.data, chance) for seed in chosen]
    files = []
    for number, data in enumerate([*(seed.data for seed in origins), *(one.data for one in mutants)]):
        path = folder / f"{number:05d}.xlsx"
        path.write_bytes(data)
        files.append((path.name, path))
    batch = read_returns(files, FORM, UnitList(), workers=2, timeout=15, memory=1_000_000_000)
    found = read(batch)
    before = {id(seed): one for seed, one in zip(origins, found, strict=False) if one.records}
    before |= {id(seed): before[id(origins[0])] for seed in origins if id(seed) not in before}
    later = zip(chosen, mutants, found[len(origins) :], strict=True)
    return Tried(batch, [(seed, before[id(seed)], one, after) for seed, one, after in later])


def test_every_mutant_ends_in_one_state(small):
    assert len(small.mutants) == MUTANTS
    for returned in small.batch.returns:
        assert returned.state in STATES
        assert returned.state != "unreadable" or returned.findings


def test_the_rows_of_mutants_are_accounted_for(small):
    for returned in small.batch.returns:
        rows = sum(int((frame["_return"] == returned.index).sum()) for frame in small.batch.tables.values())
        assert returned.rows_read == rows + returned.not_data


def test_every_mutant_can_be_talked_about(small):
    for returned in small.batch.returns:
        for finding in returned.findings:
            assert finding.sentence.encode("utf-8")


def test_no_worker_dies_or_hangs(small):
    """But for .xlsb, whose reader may ask for more memory than there is: the worker ends, and the file is refused."""
    ends = Counter((seed.name, code) for seed, _, _, after in small.mutants for code, _, _ in after.told)
    assert not {
        key: count for key, count in ends.items() if key[1] in (CRASHED, TIMED_OUT) and key != ("xlsb", CRASHED)
    }


def test_mutants_are_read_and_refused(small):
    """A harness that refuses or accepts all of them, or harms every row, shows nothing."""
    states = {returned.state for returned in small.batch.returns}
    assert {"accepted", "with_errors", "unreadable"} <= states
    kept = [one for seed, _, one, _ in small.mutants if one.parts and seed.said and seed.said.unharmed(one.parts)]
    changed = [one for _, before, one, after in small.mutants if one.parts and before.records != after.records]
    assert len(kept) > MUTANTS / 5 and len(changed) > MUTANTS / 10


def test_no_unharmed_row_differs_unsaid(small):
    assert small.objections(TITLES) == []


@pytest.fixture(scope="module")
def campaign(tmp_path_factory) -> tuple[Round, list[Tried]]:
    """Rounds of a real policy whose units all send mutants: read, selected, validated, merged, computed."""
    made, found = Round(tmp_path_factory.mktemp("轮次") / "批次", UNITS), []
    titles = {sheet.name: sheet.label for sheet in made.campaign.form.sheets}
    paths = [made.put(place) for place in range(UNITS)]
    origins = [Seed(path.name, path.read_bytes(), None) for path in paths]
    origins = [replace(seed, said=original(unpacked(seed.data), titles)) for seed in origins]
    whole = made.check()
    before = {item.file: one for item, one in zip(whole.batch.returns, read(whole.batch), strict=True)}
    for number in range(max(1, MUTANTS // 100)):
        chance = random.Random(FIRST + number)
        mutants = [mutant(seed.data, chance) for seed in origins]
        for path, one in zip(paths, mutants, strict=True):
            path.write_bytes(one.data)
        checked = made.check()
        assert checked.allowance is not None
        after = {item.file: one for item, one in zip(checked.batch.returns, read(checked.batch), strict=True)}
        rows = [(seed, before[seed.name], one, after[seed.name]) for seed, one in zip(origins, mutants, strict=True)]
        found.append(Tried(checked.batch, rows))
    return made, found


def test_no_unharmed_row_of_a_round_differs_unsaid(campaign):
    made, rounds = campaign
    titles = {sheet.name: sheet.label for sheet in made.campaign.form.sheets}
    assert [objection for one in rounds for objection in one.objections(titles)] == []


def test_the_judge_takes_every_space_that_readers_take():
    """A sign of the parser of ElementTree in the name of a space makes no part unreadable (mutant 07234)."""
    data = paper().bytes()
    seed, parts = original(unpacked(data), TITLES), dict(unpacked(data))
    for name in seed.sheets.values():
        parts[name] = parts[name].replace(b"<worksheet ", b'<worksheet xmlns:q="urn:}x" q:a="1" ', 1)
    assert not seed.is_broken(parts) and seed.unharmed(parts) == dict.fromkeys(seed.sheets)


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
