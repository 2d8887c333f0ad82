"""Organisations are counted one way everywhere: the printed figures, the rules, the verdicts, last year's figures."""

from __future__ import annotations

import doctest
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from compliance_data import dataset, levels, of, report
from hypothesis import given, settings
from hypothesis import strategies as st
from test_registers import block

from toolkit.compute.allowance import allowance
from toolkit.compute.allowance.account import account
from toolkit.compute.compliance import compliance
from toolkit.compute.figures import figures_of
from toolkit.compute.prior import key_figures
from toolkit.model import organisations
from toolkit.model.batch import ACCEPTED, Batch, Return
from toolkit.model.merged import Merged
from toolkit.model.organisations import BRANCHES, IN_FORCE, LEAVES, STANDING, Organisation, Organisations
from toolkit.model.policy import Parameters
from toolkit.model.unit import KnownOrg, Unit
from toolkit.policies import load_policy
from toolkit.registers.building import build
from toolkit.registers.definitions import load_definitions
from toolkit.registers.view import View
from toolkit.summary.director.book import director_workbook
from toolkit.summary.unit_lines import UnitLines
from toolkit.upward import upward
from validators.situation import situate
from validators.sums import sum_equals_stat

YZ, YN = "yizheng-2022", "yunnan-2025"
DAY = date(2023, 12, 31)
UNITS = (Unit("320001", "某某市教育局", "机关", "部门（单位）"), Unit("320002", "某某市卫生局", "机关", "部门（单位）"))


def org(number, kind="党支部", parent=None, members=10, unit="320001", **more):
    """One row of party_org; `members` are all full members."""
    row = {"org_code": f"{unit}-{number:02d}", "org_name": f"第{number}支部", "org_type": kind, "is_temporary": "否"}
    row |= {"parent_org_code": parent, "standalone": "是", "set_date": "2010-01-01", "setting_place": "原单位"}
    return row | {"full_members": members, "total_members": members, "_unit": unit} | more


def data_of(rows, policy_id=YZ, units=UNITS, stats=None, year=2023):
    """A dataset of some organisations; each unit has a return of its own."""
    tables = {"party_org": [row | {"_row": 7 + place} for place, row in enumerate(rows)]}
    if policy_id == YN:
        hidden = {"is_temporary", "setting_place"}
        tables["party_org"] = [{k: v for k, v in row.items() if k not in hidden} for row in tables["party_org"]]
    data = dataset(policy_id, tables, year=year, units=units, stats=stats)
    index = {unit.code: place for place, unit in enumerate(units)}
    for frame in data.tables.values():
        frame["_return"] = frame["_unit"].map(index).fillna(0).astype("int64")
    data.files = {place: f"{unit.code}.xlsx" for place, unit in enumerate(units)}
    return data


class Seen:
    """What is made of a dataset: the verdicts of the clauses about organisations, and the outputs that count them."""

    def __init__(self, data, as_of=DAY):
        policy = load_policy(data.form.policy)
        kept = tuple(item for item in policy.indicators if item.clause.startswith("YZ-2.1-"))
        self.data, self.as_of = data, as_of
        self.policy = replace(policy, indicators=kept, bundles=())
        self.parameters = Parameters(self.policy, min(as_of, date(data.year, 12, 31)))
        self.money = allowance(data, self.policy, self.parameters, as_of)
        self.report = compliance(data, self.policy, self.parameters, as_of)
        self.view = View(data, self.policy, self.parameters, as_of, self.report, self.money)
        self.returns = [
            Return(place, f"{unit.code}.xlsx", Path("x"), state=ACCEPTED, unit=unit.code)
            for place, unit in enumerate(data.units)
        ]
        for item in self.returns:
            item.located = dict.fromkeys(("party_org", "annual_stat"))

    def figures(self):
        """The merged data, nothing refused, and the figures of the outputs."""
        data = self.data
        refused = {sheet: frame.iloc[:0] for sheet, frame in data.tables.items()}
        merged = Merged(data.form, data.units, data.year, self.returns, data.tables, refused, [], (), 0)
        batch = Batch(data.form, data.units, self.returns, data.tables)
        money = account(batch, merged, self.money)
        return merged, figures_of(self.report, self.policy, self.parameters, money)

    def printed(self):
        """What 综合汇总 prints: by unit (党组织, 党员), and the tally of 党组织情况 by form."""
        data, (merged, figures) = self.data, self.figures()
        book = director_workbook(UnitLines(data, self.money, figures, self.policy), merged, "试")
        pages = openpyxl.load_workbook(io.BytesIO(book), data_only=True)
        lines = {row[1].value: (row[3].value, row[4].value) for row in pages["数据_单位"]}
        tally = {row[2].value: row[3].value for row in pages["分类统计"] if row[0].value == "党组织情况"}
        checks = {row[3].value for row in pages["核对"]}
        assert checks <= {None, "核对结果", "相符"}, checks
        return [lines[unit.name] for unit in data.units], tally

    def stat_sum(self, unit):
        """What rule STAT-007 expects for a unit; None when it does not judge."""
        situation = situate(Batch(self.data.form, self.data.units, self.returns, self.data.tables), self.as_of, 2023)
        far = ("party_org", "total_members")
        outcome = sum_equals_stat(situation, "annual_stat", column="value", stat="party_in_org", far=far)
        frame = situation.frame("annual_stat")
        (said,) = outcome.facts["sum"][(frame["_unit"] == unit) & (frame["stat_key"] == "party_in_org")]
        return int(said) if said else None

    def forms(self):
        """The register 组织设置建议."""
        return build(next(item for item in load_definitions(self.policy) if item.key == "forms"), self.view)

    def upward(self):
        """党支部党员 by unit, as the return upward has them."""
        _, known = self.figures()
        figures = upward(self.view, self.report, self.money, known, self.policy, "试", "c").figures
        found = {unit.code: 0 for unit in self.data.units}
        for figure in figures:
            if figure.item == "党支部党员":
                found[figure.unit] += int(figure.value)
        return list(found.values())


FAULT = [
    org(1, members=4),
    org(2, members=6),
    org(3, members=6, dissolve_date="2023-06-30"),
    org(4, members=5, is_temporary="是"),
]


def test_what_is_dissolved_or_temporary_is_printed_as_the_notes_say():
    """FIG-04: three organisations in force, ten members; the tally by form is that of 单位一览."""
    data = data_of(FAULT)
    units, tally = Seen(data).printed()
    assert units[0] == (3, 10) and units[1] == (0, 0)
    assert tally == {"党支部": 3}


def test_a_parent_is_looked_up_in_its_own_unit():
    """FIG-04: a code that another unit uses as well takes no branch away."""
    here = org(1, members=7, org_code="01")
    there = [org(1, "党总支", members=60, org_code="01", unit="320002"), org(2, parent="01", members=60, unit="320002")]
    units, _ = Seen(data_of([here, *there])).printed()
    assert units == [(1, 7), (2, 60)]


def test_the_rule_respects_the_mark_of_a_temporary_organisation():
    """FIG-05: the right figure 10 is right."""
    data = data_of(FAULT, stats={"party_in_org": 10})
    assert Seen(data).stat_sum("320001") == 10


def test_general_branches_under_a_committee_are_measured_one_by_one():
    """FIG-27: two of 60 are fine; one of 20 is not, however many members others have."""
    two = [org(1, "党委", members=120)]
    for number in (2, 3):
        two += [org(number, "党总支", "320001-01", 60), org(number + 2, "党支部", f"320001-{number:02d}", 30)]
        two += [org(number + 4, "党支部", f"320001-{number:02d}", 30)]
    found = report(data_of(two), date(2024, 1, 10))
    assert levels(found, "YZ-2.1-d") == ["达标", "达标"] and levels(found, "YZ-2.1-e") == ["达标"]
    assert [one.subject for one in of(found, "YZ-2.1-d")] == ["320001-02", "320001-03"]
    small = [org(1, "党总支", members=20), org(2, parent="320001-01", members=20), org(3, members=40)]
    found = report(data_of(small), date(2024, 1, 10))
    assert levels(found, "YZ-2.1-d") == ["预警"] and "20名" in of(found, "YZ-2.1-d")[0].reason


def test_branches_without_a_parent_make_the_size_doubtful_only_where_it_matters():
    rows = [org(1, "党总支", members=60), org(2, parent="320001-01", members=40), org(3, members=20)]
    (found,) = of(report(data_of(rows), date(2024, 1, 10)), "YZ-2.1-d")
    assert found.level == "无法判定" and found.code == "FORM-UPPER-LOOSE"
    rows[1] = org(2, parent="320001-01", members=55)
    assert levels(report(data_of(rows), date(2024, 1, 10)), "YZ-2.1-d") == ["达标"]


def test_a_committee_is_measured_by_the_branches_of_other_units_too():
    rows = [org(1, "党委", members=120), org(2, parent="320001-01", members=60)]
    rows += [org(1, parent="320001-01", members=60, unit="320002")]
    data = data_of(rows)
    assert levels(report(data, date(2024, 1, 10)), "YZ-2.1-e") == ["达标"]
    assert Seen(data).printed()[0] == [(2, 60), (1, 60)], "nobody is counted twice"


@pytest.mark.parametrize(
    "rows",
    [
        [org(1, "党总支", members=20), org(2, parent="320001-01", members=20)],
        [org(1, "联合党支部", members=9, standalone="否")],
        [org(1, "党委", members=90), org(2, parent="320001-01", members=45), org(3, parent="320001-01", members=45)],
    ],
)
def test_the_suggestion_never_says_fine_beside_a_warning(rows):
    """FIG-29."""
    data = data_of(rows, units=UNITS[:1])
    seen = Seen(data, date(2024, 1, 10))
    (line,) = block(seen.forms(), "建议")
    assert "预警" in {item.level for item in seen.report.results} and "规模合适" not in line[-1]


def test_branches_of_units_that_did_not_return_make_the_size_doubtful():
    there = replace(UNITS[1], orgs=(KnownOrg("320002-01", "第一支部", "党支部", "320001-01"),))
    rows = [org(1, "党委", members=120), org(2, parent="320001-01", members=60)]
    data = data_of(rows, units=(UNITS[0], there))
    data.returned = frozenset({"320001"})
    (found,) = of(report(data, date(2024, 1, 10)), "YZ-2.1-e")
    assert found.level == "无法判定" and found.code == "FORM-UPPER-ABSENT"


@pytest.mark.parametrize("column", ["parent_org_code", "org_type", "dissolve_date", "total_members"])
def test_a_cell_that_another_unit_lost_makes_the_size_above_doubtful(column):
    rows = [org(1, "党委", members=120), org(2, parent="320001-01", members=60)]
    there = org(1, parent="320001-01", members=60, unit="320002")
    lost = {"party_org": {(1, 9): frozenset({column})}}
    below = (UNITS[0], replace(UNITS[1], parent="320001"))
    data = data_of([*rows, {**there, column: None}], units=below)
    data.open_cells = lost
    assert levels(report(data, date(2024, 1, 10)), "YZ-2.1-e") == ["无法判定"]
    elsewhere = replace(UNITS[1], orgs=(KnownOrg("320002-01", "第一支部", "党支部", "320002-09"),))
    data = data_of([*rows, {**there, "parent_org_code": None}], units=(UNITS[0], elsewhere))
    data.open_cells = {"party_org": {(1, 9): frozenset({"parent_org_code"})}}
    assert levels(report(data, date(2024, 1, 10)), "YZ-2.1-e") == ["预警"], "the list says that it belongs elsewhere"


# Edge members of the kind.


def one(number, kind="党支部", parent="", total=10, home="A", **more):
    """An organisation as the owner sees it."""
    place = (ord(home), number)
    return Organisation(
        home, f"{number:02d}", kind, more.pop("temporary", False), parent, total=total, place=place, **more
    )


def numbers(found, selection, home="A"):
    return [int(item.code) for item in found.selected(selection, home)]


def test_the_day_of_dissolution_is_the_last_day():
    rows = [
        one(1, dissolved=DAY),
        one(2, dissolved=date(2023, 12, 30)),
        one(3, founded=DAY),
        one(4, founded=date(2024, 1, 1)),
    ]
    assert numbers(Organisations(rows, DAY), IN_FORCE) == [1, 3]


def test_a_dissolution_before_the_founding_is_never_in_force():
    row = one(1, founded=date(2023, 6, 1), dissolved=date(2023, 5, 1))
    assert not any(
        Organisations([row], date(2023, month, 15)).items[0].stands(date(2023, month, 15)) for month in range(1, 13)
    )


def test_a_closed_year_is_looked_at_on_its_last_day():
    assert organisations.day_of(2023, date(2024, 3, 1)) == DAY
    rows = [org(1, members=5), org(2, members=6, dissolve_date="2024-01-05")]
    assert Seen(data_of(rows), date(2024, 3, 1)).printed()[0][0] == (2, 11)


def test_a_committee_without_branches_counts_itself():
    found = Organisations([one(1, "党委", total=120)], DAY)
    assert numbers(found, LEAVES) == [1] and found.members("A") == 120
    data = data_of([org(1, "党委", members=120)], stats={"party_in_org": 120})
    assert levels(report(data, date(2024, 1, 10)), "YZ-2.1-e") == ["达标"]
    assert Seen(data).stat_sum("320001") is None, "its branches may stand elsewhere: the workbook alone cannot tell"


def test_a_committee_whose_branches_name_no_parent_is_not_counted_beside_them():
    found = Organisations([one(1, "党委", total=40), one(2, total=20), one(3, total=20)], DAY)
    assert numbers(found, LEAVES) == [2, 3]
    nested = Organisations([one(1, "党委", total=60), one(2, "党总支", total=60), one(3, parent="02", total=60)], DAY)
    assert numbers(nested, LEAVES) == [3]


def test_a_dissolved_parent_is_no_parent():
    rows = [one(1, "党委", total=50), one(2, "党总支", "01", dissolved=date(2020, 1, 1)), one(3, parent="02", total=50)]
    found = Organisations(rows, DAY)
    assert numbers(found, LEAVES) == [3] and not found.below(rows[0])
    assert found.unassigned(rows[0]) == [rows[2]]


def test_a_circle_of_parents_ends():
    rows = [one(1, "党总支", "02"), one(2, "党委", "01"), one(3, parent="01", total=8)]
    found = Organisations(rows, DAY)
    assert numbers(found, LEAVES) == [3]
    assert [list(found.below(row)) for row in rows] == [[rows[2]], [rows[2]], []]
    assert Organisations([one(1, "党总支", "01", total=9)], DAY).members("A") == 9


def test_a_code_of_two_other_units_is_nobodys_parent():
    rows = [one(1, "党委", total=30), one(1, "党委", total=30, home="B"), one(5, parent="01", home="C")]
    found = Organisations(rows, DAY)
    assert not found.below(rows[0]) and not found.below(rows[1])
    assert [found.members(home) for home in "ABC"] == [30, 30, 10]


def test_an_organisation_that_only_the_unit_list_knows_is_not_counted():
    unit = replace(UNITS[0], orgs=(KnownOrg("320001-09", "第九支部", "党支部"),))
    found = organisations.organisations_of(data_of([org(1)], units=(unit,)), DAY)
    assert len(found.selected(IN_FORCE, "320001")) == 1 and found.members("320001") == 10


def test_a_number_that_is_not_known_makes_the_sum_unknown():
    assert Organisations([one(1), one(2, total=None)], DAY).members("A") is None


def test_examples_in_docstrings():
    assert doctest.testmod(organisations).failed == 0


# Properties.

DATES = st.sampled_from([None, None, None, "2023-12-30", "2023-12-31", "2024-01-01", "2020-01-01"])
CODES = [f"{number:02d}" for number in range(1, 6)]


@st.composite
def rounds(draw):
    """Organisations of two units whose codes may be the same: any nesting, any dates, temporary or not."""
    rows = []
    for unit in UNITS:
        for code in draw(st.lists(st.sampled_from(CODES), unique=True, max_size=5)):
            kind = draw(st.sampled_from(["党支部", "党支部", "联合党支部", "党总支", "党委", "临时党组织"]))
            number = draw(st.integers(0, 120))
            mark = "是" if kind == "临时党组织" else draw(st.sampled_from(["否", "否", "否", "是"]))
            row = org(
                1, kind, draw(st.sampled_from([None, *CODES])), number, unit.code, org_code=code, is_temporary=mark
            )
            row |= {"full_members": draw(st.integers(0, number)), "dissolve_date": draw(DATES)}
            rows.append(row | {"set_date": draw(st.sampled_from(["2010-01-01", "2023-12-31", "2023-12-30"]))})
    return rows


@settings(max_examples=10, deadline=None)
@given(rows=rounds())
def test_all_that_count_organisations_agree(rows):
    data = data_of(rows, stats={"party_in_org": 0})
    known = organisations.organisations_of(data, DAY)
    expected = [(len(known.selected(IN_FORCE, unit.code)), known.members(unit.code)) for unit in UNITS]
    seen = Seen(data)
    units, tally = seen.printed()
    assert units == expected
    assert sum(tally.values()) == sum(count for count, _ in expected)
    register = seen.forms()
    totals = [sum(line[place] for line in block(register, "现有设置")) for place in (2, 4)]
    assert totals == [sum(column) for column in zip(*expected, strict=True)]
    assert seen.upward() == [members for _, members in expected]
    for unit, line in zip(UNITS, block(register, "建议"), strict=True):
        _verdicts_agree(seen, known, unit.code, line)
    own = Organisations([item for item in known.items if item.home == UNITS[0].code], DAY, apart=True)
    judged = seen.stat_sum(UNITS[0].code)
    assert judged in (None, known.members(UNITS[0].code))
    assert (judged is None) == any(item.rank for item in own.selected(LEAVES))
    before, codes = key_figures(data, DAY)["full_members"], [item.code for item in known.items]
    single = {item.code: item.full for item in known.selected(IN_FORCE) if codes.count(item.code) == 1}
    assert single.items() <= before.items()


def _verdicts_agree(seen, known, unit, line):
    """The verdicts and the suggestions count what the owner counts."""
    for result in of(seen.report, "YZ-2.1-d", unit) + of(seen.report, "YZ-2.1-e", unit):
        if result.subject == unit:
            assert result.figures["total"] == str(known.members(unit))
    (separate,) = of(seen.report, "YZ-2.1-b", unit)
    if known.selected(LEAVES, unit):
        assert separate.figures["full"] == str(known.full_members(unit))
        assert line[1:3] == (known.full_members(unit), known.members(unit))
    open_levels = {item.level for item in seen.report.results if item.unit == unit} - {"达标", "不适用"}
    assert not (open_levels and "规模合适" in line[-1])


def said(rows):
    """Levels of the clauses about organisations, and the printed figures."""
    seen = Seen(data_of(rows))
    return sorted((r.unit, r.subject, r.clause, r.level, r.reason) for r in seen.report.results), seen.printed()


@settings(max_examples=6, deadline=None)
@given(rows=rounds(), seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, seed):
    shuffled = list(rows)
    seed.shuffle(shuffled)
    assert said(shuffled) == said(rows)


@settings(max_examples=6, deadline=None)
@given(rows=rounds(), gone=st.sampled_from(["党支部", "党总支", "党委"]), code=st.sampled_from(["01", "06"]))
def test_what_was_dissolved_before_the_day_changes_nothing(rows, gone, code):
    old = org(1, gone, None, 77, "320002", org_code=code, dissolve_date="2023-12-30")
    rows = [row for row in rows if (row["_unit"], row["org_code"]) != ("320002", code)]
    assert said([*rows, old]) == said(rows)


@settings(max_examples=20, deadline=None)
@given(rows=rounds())
def test_every_branch_is_counted_once_and_the_selections_nest(rows):
    known = organisations.organisations_of(data_of(rows), DAY)
    places = {name: known.places(name) for name in organisations.SELECTIONS}
    assert places[BRANCHES] <= places[LEAVES] <= places[STANDING] <= places[IN_FORCE]
    for item in known.items:
        below = known.below(item)
        assert len({leaf.place for leaf in below}) == len(below) and item not in below
