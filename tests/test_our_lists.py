"""Our sheet of lists where no names tell it, as `.xls` and `.ods` hold it: each list is known by its own heading."""

import pytest
from python_calamine import CalamineWorkbook

from toolkit.forms import load_form
from toolkit.model.layout import LISTS_SHEET
from toolkit.policies import load_policy, policy_ids
from toolkit.reading.columns import SheetPlan
from toolkit.reading.our_lists import beside_lists
from toolkit.reading.plan import make_plan
from toolkit.reading.words import vocabulary
from toolkit.templating.publish import FOLDER, file_name


@pytest.fixture(params=policy_ids())
def issued(request):
    """The grid of our lists in the template, the sheets of the form."""
    policy = load_policy(request.param)
    book = CalamineWorkbook.from_path(FOLDER / file_name(policy))
    plan = make_plan(load_form(policy))
    sheets = tuple(SheetPlan(sheet, vocabulary()) for sheet in plan["sheets"])
    return book.get_sheet_by_name(LISTS_SHEET).to_python(), sheets


def test_lists_side_by_side_are_no_rows_of_a_sheet(issued):
    assert beside_lists(*issued, {}) == []


@pytest.mark.parametrize("far", (0, 3))
def test_what_stands_beside_them_is_said(issued, far):
    grid, sheets = issued
    grid[5] = [*grid[5], *([""] * far), "见附页"]
    grid = [[*row, *([""] * (len(grid[5]) - len(row)))] for row in grid]
    assert [code for code, *_ in beside_lists(grid, sheets, {})] == ["S038"]


def test_what_stands_below_a_list_is_said(issued):
    grid, sheets = issued
    column = grid[0].index("list_yes_no")
    grid[7][column] = "另有一项"
    assert [code for code, *_ in beside_lists(grid, sheets, {})] == ["S038"]
