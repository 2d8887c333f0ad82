"""Last period's rows are filled in again; who is new, changed or gone is said."""

import openpyxl
import pytest
from click.testing import CliRunner
from rounds import Round

from toolkit.campaign import open_campaign
from toolkit.campaign.prior import prior_dataset
from toolkit.cli import main_group
from toolkit.forms import load_form
from toolkit.model import layout
from toolkit.outputs import write_all
from toolkit.policies import load_policy, policy_ids
from toolkit.round_trip.burden import burdens
from toolkit.round_trip.changes import changes
from toolkit.round_trip.prefilling import carried
from toolkit.round_trip.zipping import hand_out

pytestmark = pytest.mark.rounds


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A merged round and the round of the next year that names it."""
    folder = tmp_path_factory.mktemp("两期")
    first = Round(folder / "上期", units=3)
    first.issue()
    for place in range(3):
        first.put(place)
    write_all(first.check(), first.campaign.output)
    second = Round(folder / "本期", units=3, year=first.year + 1)
    second.settings(prior="../上期")
    second.issue()
    return first, second


def stored(two, sheet, place):
    """Last period's merged rows of a unit that go on."""
    _, second = two
    rows = prior_dataset(second.campaign).tables[sheet].to_dict("records")
    own = [row for row in rows if row["_unit"] == second.units[place].code]
    return [row for row in own if not carried()[sheet].over(row)]


def test_every_sheet_and_column_of_the_list_exists():
    forms = [load_form(load_policy(name), frozenset({"collect_id_numbers"})) for name in policy_ids()]
    known = {(sheet.name, name) for form in forms for sheet in form.sheets for name in sheet.names}
    for sheet, how in carried().items():
        for name in (*how.match, how.who, *how.columns, *(column for column, _ in how.ended)):
            assert (sheet, name) in known


def test_the_issued_workbook_starts_with_last_periods_rows(two):
    _, second = two
    path = second.campaign.issued / second.returns.names[second.units[1].code]
    book = openpyxl.load_workbook(path)
    post = second.campaign.form.by_name["post"]
    rows = stored(two, "post", 1)
    assert rows
    for index, row in enumerate(rows):
        for name in ("person_key", "person_name", "post_type"):
            assert book[post.label][layout.cell(post, name, index)].value == row[name]
        assert book[post.label][layout.cell(post, "start_date", index)].value.date() == row["start_date"]
        for name in ("paid_months", "paid_amount", "end_date"):
            assert book[post.label][layout.cell(post, name, index)].value is None
    assert book[post.label][layout.cell(post, "person_key", len(rows))].value is None
    org = second.campaign.form.by_name["party_org"]
    codes = [book[org.label][layout.cell(org, "org_code", n)].value for n in range(len(second.units[1].orgs))]
    assert codes == [known.code for known in second.units[1].orgs]


def test_new_changed_ended_and_missing_people_are_said(two):
    _, second = two
    rows = stored(two, "post", 1)
    assert len(rows) >= 3

    def fill(_):
        keep = [{k: row[k] for k in carried()["post"].columns if row.get(k)} for row in rows[1:]]
        new = {**keep[1], "post_no": "99", "person_key": "R999", "person_name": "新来人"}
        keep[0]["person_name"] = "改名人"
        keep[1]["end_date"] = second.day.replace(year=second.year, month=3)
        return [*keep, new]

    second.put(1, rows={"post": fill})
    checked = second.check()
    mine = [one for one in changes(checked.batch, prior_dataset(second.campaign)) if one.sheet == "任职与补贴"]
    kinds = {one.kind: one for one in mine}
    assert sorted(one.kind for one in mine if one.who in ("改名人", "新来人", rows[0]["person_name"])) == [
        "changed",
        "missing",
        "new",
    ]
    assert kinds["ended"].who == rows[2]["person_name"] and "离任日期" in kinds["ended"].detail
    assert "改名人" in kinds["changed"].detail
    gone = [finding for finding in checked.findings if finding.code == "CHG-001" and finding.sheet == "任职与补贴"]
    assert [finding.severity for finding in gone] == ["疑问"] and rows[0]["person_name"] in gone[0].message
    paths = write_all(checked, second.campaign.output)
    book = openpyxl.load_workbook(next(path for path in paths if path.name == "增减变动.xlsx"))
    shown = {cell.value for cell in book.active["E"]}
    assert {"改名人", "新来人", rows[0]["person_name"]} <= shown


def test_the_first_rows_of_a_sheet_are_new_and_unreadable_ones_are_shown_as_typed(two):
    """A unit that returned nobody on a sheet last period now does; a date that cannot be read is not an empty one."""
    _, second = two
    prior = prior_dataset(second.campaign)
    code = second.units[2].code
    frame = prior.tables["party_org"]
    prior.tables["party_org"] = frame[frame["_unit"] != code]
    posts = stored(two, "post", 2)

    def again(_):
        kept = carried()["post"].columns
        return [{k: row[k] for k in kept if row.get(k)} | {"start_date": "五月初"} for row in posts]

    second.put(2, rows={"post": again})
    found = [one for one in changes(second.check().batch, prior) if one.unit == code]
    kinds = [one.kind for one in found if one.sheet == "党组织情况"]
    assert kinds and set(kinds) == {"new"}
    assert "→ 五月初" in next(one.detail for one in found if one.sheet == "任职与补贴")


def test_without_an_earlier_round_nothing_is_compared(two):
    first, _ = two
    assert not [finding for finding in first.check().findings if finding.code == "CHG-001"]
    assert not (first.campaign.output / "增减变动.xlsx").exists()


def test_a_number_far_from_last_years_is_asked_about_also_of_a_renamed_unit(two, tmp_path):
    """The number of last year is that of the same unit whatever its code is now; without an earlier round none is."""
    _, second = two
    made = second.copied(tmp_path / "本期")
    made.settings(prior=str(second.campaign.folder.parent / "上期"))
    unit = made.units[0]

    def more(rows):
        return [row | {"value": row["value"] + 500} if place in (0, 2) else row for place, row in enumerate(rows)]

    made.put(0, rows={"annual_stat": more})

    def asked():
        found = [one for one in made.check().findings if one.code == "STAT-012" and one.unit in (unit.code, "Z9")]
        assert all(one.severity == "疑问" and "上一年报的是" in one.message for one in found)
        return {(one.unit, *one.cells) for one in found}

    cells = [layout.cell(made.campaign.form.by_name["annual_stat"], "value", place) for place in (0, 2)]
    assert asked() >= {(unit.code, cell) for cell in cells}
    runner = CliRunner()
    done = runner.invoke(main_group, ["unit", "rename", str(made.campaign.folder), unit.code, "--code", "Z9"])
    assert done.exit_code == 0, done.output
    made.campaign = open_campaign(made.campaign.folder)
    assert asked() >= {("Z9", cell) for cell in cells}
    made.settings(prior="")
    assert asked() == set()


def test_what_the_bureau_holds_already_is_said_when_the_form_goes_out(two):
    """填报负担 in 下发清单: what came from last year is no longer asked; figures that another sheet gives are named."""
    _, second = two
    before, now = ({one.sheet: one for one in burdens(made.campaign)} for made in two)
    sheets = {sheet.label: sheet for sheet in second.campaign.form.sheets}
    for label, one in now.items():
        own = [column for column in sheets[label].columns if not column.hidden and not column.prefilled]
        kept = carried()[sheets[label].name].columns if sheets[label].name in carried() else ()
        filled = [column for column in own if column.name in kept and column.need != "optional"]
        assert before[label].asked - one.asked == len(filled) * one.rows
        assert one.cells == (None if one.open else one.asked * len(second.units))
    assert dict(now["年度汇总数"].counted)["已编入学习小组的非中共党员数"] == "学习小组"
    page = openpyxl.load_workbook(hand_out(second.campaign).book)["填报负担"]
    assert {row[1].value for row in page.iter_rows(min_row=4)} == set(sheets) and "已从上一年" in page["A2"].value
