"""The self-check and its red cells after pasting, sorting, filtering, inserting and deleting rows in LibreOffice."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from office import edited, needs_office, sheets_of
from parity_books import GENERAL, NIL, Kind, Said, python_says, template_says
from parity_values import Temper, checked, part_of, roomy

from toolkit.forms import load_form
from toolkit.model.finding import HINT
from toolkit.model.layout import FIRST_ROW, cell
from toolkit.policies import load_policy

pytestmark = pytest.mark.slow
DAY = date(2028, 2, 29)
ROWS, SHEET = 12, "event"
LAST = FIRST_ROW + ROWS - 1
FOREIGN = ["E-77", "530001-88", "没有这一类", "", "2027-01-01", "2026-01-01"]
PASTED = FIRST_ROW + 3


def _edits(width: int) -> dict[str, list[tuple]]:
    """Kind of edit → what is done."""
    return {
        "copied": [("copy_row", FIRST_ROW, FIRST_ROW + 5, width)],
        "rows": [("insert", FIRST_ROW + 2, 3), ("insert", FIRST_ROW, 1), ("delete", FIRST_ROW + 5, 2)],
        "sorted": [("sort", FIRST_ROW, LAST, width, 2), ("filter", FIRST_ROW - 1, LAST, width, 4)],
        "all": [("paste", PASTED, FOREIGN), ("sort", FIRST_ROW, LAST, width, 2), ("insert", FIRST_ROW + 1, 2),
                ("delete", FIRST_ROW + 6, 1), ("filter", FIRST_ROW - 1, LAST, width, 4)],
    }  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Kind of edit → the edited file, what the template says of it, what Python says of it."""
    folder = tmp_path_factory.mktemp("改过")
    policy = load_policy("yunnan-2025")
    form = part_of(roomy(checked(load_form(policy)), ROWS), "unit", "party_org", SHEET)
    edits = _edits(len(form.by_name[SHEET].columns))
    sizes = {"party_org": 6, SHEET: ROWS}
    kind = Kind(policy, form, "edited", DAY, DAY.year, (Temper(),) * len(edits), sizes)
    kind.write(folder)
    done = edited(dict(zip(kind.books, edits.values(), strict=True)), form.by_name[SHEET].label, folder / "后")
    kind.books = [done[path] for path in kind.books]
    pages, there = sheets_of(kind.books, folder), python_says([kind], DAY)
    said = {path: template_says(kind, pages[path]) for path in kind.books}
    return kind, {name: (path, said[path], there[path]) for name, path in zip(edits, kind.books, strict=True)}


KINDS = tuple(_edits(1))


@needs_office
def test_the_edits_were_made(office):
    kind, found = office
    label = kind.form.by_name[SHEET].label
    pages = {name: openpyxl.load_workbook(path)[label] for name, (path, _, _) in found.items()}
    texts = {
        name: [[c.value for c in row] for row in page.iter_rows(FIRST_ROW, LAST + 2)] for name, page in pages.items()
    }
    assert texts["copied"][0][1:] == texts["copied"][5][1:]
    path = found["rows"][0]
    page = openpyxl.load_workbook(path.parent.parent / path.name)[label]
    wanted = [any(c.value for c in row) for row in page.iter_rows(FIRST_ROW, LAST)]
    wanted[2:2], wanted[0:0] = [False] * 3, [False]
    del wanted[5:7]
    assert [any(row) for row in texts["rows"][: len(wanted)]] == wanted
    codes = [str(row[1]) for row in texts["sorted"] if row[1]]
    plain = [unicodedata.normalize("NFKC", code).lower() for code in codes]
    assert plain == sorted(plain, reverse=True)
    assert any(row[: len(FOREIGN)][0] == FOREIGN[0] for row in texts["all"])
    for name in ("sorted", "all"):
        assert any(size.hidden for size in pages[name].row_dimensions.values()), name


@needs_office
@pytest.mark.parametrize("name", KINDS)
def test_the_self_check_goes_on_and_agrees_with_python(office, name):
    kind, found = office
    _, template, python = found[name]
    assert template.rows == python.rows and len(template.rows[SHEET]) >= 6
    assert not template.unsure
    problems = 0
    for code in {*GENERAL.values(), *NIL, *kind.codes}:
        said = {place for place in python.bad[code] if code != "COL-006" or _looked_up(kind, place)}
        assert template.bad[code] == said, code
        problems += len(said)
    assert problems > 20


def _looked_up(kind: Kind, place: tuple) -> bool:
    return place[2] in kind.grid.blocks[place[0]].lookups


@needs_office
@pytest.mark.parametrize("name", KINDS)
def test_what_is_wrong_is_still_red(office, name):
    """The place onto which cells with foreign formats were pasted loses the colour, sorted or not; no other does."""
    kind, found = office
    path, template, _ = found[name]
    wrong = _wrong(kind, template)
    assert len(wrong) > 10
    pale = wrong - _coloured(path, kind)
    if "paste" not in {edit for edit, *_ in _edits(1)[name]}:
        assert pale == set()
        return
    assert len({address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for address in pale}) == 1, "only the row pasted onto"


def _wrong(kind: Kind, template: Said) -> set[str]:
    """Addresses of the sheet's cells in which something is wrong."""
    sheet = kind.form.by_name[SHEET]
    found = {(name, row) for code in GENERAL.values() for s, row, name in (template.bad[code]) if s == SHEET}
    for code, bound in kind.bound.items():
        if bound.rule.sheet == SHEET and bound.rule.severity != HINT:
            found |= {(name, row) for _, row in template.bad[code] for name in bound.rule.at}
    return {cell(sheet, name, row - FIRST_ROW) for name, row in found}


def _coloured(path: Path, kind: Kind) -> set[str]:
    """Addresses of the cells over which a conditional format of the check lies."""
    page = openpyxl.load_workbook(path)[kind.form.by_name[SHEET].label]
    ours = [area for area in page.conditional_formatting
            if any(f"check_{SHEET}" in formula for rule in area.rules for formula in rule.formula)]  # fmt: skip
    names = {
        cell(kind.form.by_name[SHEET], name, n) for name in kind.form.by_name[SHEET].names for n in range(ROWS + 6)
    }
    return {name for name in names if any(name in area.cells for area in ours)}
