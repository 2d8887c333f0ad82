"""The zoo: every sloppy or hostile file gets exactly its verdict, and harms no file beside it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from reading_books import GOOD, STAMP, Paper
from zoo import build
from zoo.verdicts import EXPECTED, verdict, verdicts

from toolkit.model.unit import UnitList
from toolkit.reading import read_returns

pytestmark = pytest.mark.rounds

WANTED = yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))
GOOD_FILES = int(os.environ.get("XLTOOL_GOOD_FILES", "200"))
"""How many good files the zoo is mixed with; 1,000 for the full proof."""


def good_file(path: Path, number: int) -> tuple[str, Path]:
    unit = f"G{number:05d}"
    rows = [{**GOOD, "code": f"{unit}-{n:02d}", "members": number + n, "note": f"第{number}号"} for n in range(3)]
    made = Paper(build.FORM, {"org": rows}, replace(STAMP, unit=unit)).put(build.UNIT, "C6", unit)
    path.write_bytes(made.bytes())
    return path.name, path


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    return [good_file(folder / f"good{number:05d}.xlsx", number) for number in range(GOOD_FILES)]


@pytest.fixture(scope="module")
def seen(tmp_path_factory, good):
    return verdicts(tmp_path_factory.mktemp("zoo"), good, workers=2)


def test_the_zoo_is_large_enough():
    assert len(WANTED) >= 80


def test_every_animal_is_expected(seen):
    assert sorted(seen[1]) == sorted(WANTED)


@pytest.mark.parametrize("animal", WANTED)
def test_animal(seen, animal):
    assert seen[1][animal] == WANTED[animal]


def test_the_good_ones_come_out_the_same(seen, good):
    batch, _ = seen
    alone = read_returns(good, build.FORM, UnitList(), expected=None, workers=2)
    mixed = [returned for returned in batch.returns if returned.file.startswith("good")]
    assert len(mixed) == len(alone.returns) == GOOD_FILES
    names = {returned.index: returned.file for returned in batch.returns}
    for sheet, frame in alone.tables.items():
        other = batch.tables[sheet]
        other = other[other["_return"].map(names).str.startswith("good")].reset_index(drop=True)
        assert other.drop(columns="_return").equals(frame.drop(columns="_return"))
    assert [verdict(batch, one)["says"] for one in mixed] == [verdict(alone, one)["says"] for one in alone.returns]


def test_every_row_is_accounted_for(seen):
    batch, _ = seen
    for returned in batch.returns:
        rows = sum(int((frame["_return"] == returned.index).sum()) for frame in batch.tables.values())
        assert returned.rows_read == rows + returned.not_data
