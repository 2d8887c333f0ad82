"""不适用 always says why: a reason with a code of a closed list, counted by unit on a sheet of its own."""

from collections import Counter
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.compliance_data import UNIT, dataset, report
from tests.planted.rounds import rounds
from toolkit.compute.figures import figures_of
from toolkit.model.catalogue import entries
from toolkit.model.exemptions import exemption_of, exemptions
from toolkit.model.figures import Account
from toolkit.model.policy import Parameters
from toolkit.model.result import NOT_APPLICABLE
from toolkit.model.unit import Unit, UnitList
from toolkit.policies import load_policy
from toolkit.summary.compliance_book import compliance_workbook
from toolkit.summary.exempt_sheet import exempted
from toolkit.summary.grouping import in_order

pytestmark = pytest.mark.rounds
PACKS = ("yizheng-2022", "yunnan-2025")
UNITS = (
    Unit("1", "某市委老干部局", "机关", "县（市、区）级", speaks=True),
    UNIT,
    Unit("3", "某水务集团", "国有企业", "部门（单位）"),
)


@pytest.mark.parametrize("pack", PACKS)
def test_every_result_that_is_not_applicable_has_a_reason_of_the_closed_list(pack):
    """Over all planted rounds: every family, every level, years outside, units that did not return."""
    lacking = {
        (one.clause, one.code)
        for made in rounds(pack)
        for one in made.report().results
        if one.level == NOT_APPLICABLE and (not one.reason.strip() or one.code not in exemption_of())
    }
    assert lacking == set()


def test_the_list_is_closed_over_the_catalogue():
    codes = [code for one in exemptions() for code in one.codes]
    assert len(codes) == len(set(codes)) and set(codes) <= set(entries())
    assert all(one.title and one.next for one in exemptions())


@pytest.mark.parametrize(
    ("pack", "year", "as_of"), [("yizheng-2022", 2023, "2024-01-10"), ("yunnan-2025", 2025, "2026-01-10")]
)
def test_the_sheet_counts_every_cell_once_and_says_what_to_do(pack, year, as_of):
    policy, units = load_policy(pack), UnitList(UNITS)
    found = report(dataset(pack, year=year, units=UNITS), as_of)
    figures = figures_of(found, policy, Parameters(policy, date.fromisoformat(as_of)), Account({}))
    data = compliance_workbook(found, figures, policy, units, "标题")
    sheet = load_workbook(BytesIO(data), data_only=True)["不适用说明"]
    lines = [row for row in sheet.iter_rows(min_row=4, values_only=True) if isinstance(row[0], int)]
    names = {unit.name: unit.code for unit in UNITS} | {"全辖区": ""}
    counted = Counter()
    for _, name, reason, count, clauses, example, following in lines:
        if name in names:
            counted[names[name]] += count
            assert reason and clauses and example and following
    levels = {key: cell.level for key, cell in figures.cells.items()}
    assert counted == Counter(unit for (unit, _), level in levels.items() if level == NOT_APPLICABLE)
    totals = {row[2]: row[3] for row in lines if row[1] == "全部单位"}
    assert sum(totals.values()) == sum(counted.values())
    exempt = {key for key, level in levels.items() if level == NOT_APPLICABLE}
    own = exempted(in_order(found.results, policy, units), exempt)
    by_unit = {(one.unit, one.why.key): len(one.clauses) for one in own}
    area = {"yizheng-2022": 17, "yunnan-2025": 8}[pack]
    assert by_unit["320001", "speaker"] == area
    assert ("1", "speaker") in by_unit if pack == "yunnan-2025" else ("1", "speaker") not in by_unit
