"""A third policy needs no Python: the pack of a made-up county, written only in YAML, runs the whole main job."""

import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from office import needs_office, recalculate

from toolkit.campaign.unit_list import unit_list_workbook
from toolkit.cli import main_group
from toolkit.distribute import form_for
from toolkit.forms import load_form
from toolkit.model import layout, strictyaml
from toolkit.model.unit import KnownOrg, Unit, UnitList
from toolkit.ooxml.filling import set_cells
from toolkit.policies import load_policy

ROOT = Path(__file__).parent.parent
PACK = Path(__file__).parent / "third_policy" / "haiqing-2026"
CODES = ("990001", "990002")
UNITS = UnitList(
    tuple(
        Unit(code, name, "机关", "部门（单位）", orgs=(KnownOrg(f"{code}-01", f"{name}离退休干部党支部", "党支部"),))
        for code, name in zip(CODES, ("海青县农业局", "海青县林业局"), strict=True)
    )
)
RETURNS = strictyaml.plain(strictyaml.load(PACK.parent / "returns.yaml"))

pytestmark = pytest.mark.slow


def xltool(*args, expect=0):
    """What a command prints, in this process."""
    answer = CliRunner().invoke(main_group, [*map(str, args)], catch_exceptions=False)
    assert answer.exit_code == expect, answer.output[-3000:]
    return answer.stdout


def process(*args, expect=0):
    """What a command prints, as a user starts it: in a process of its own."""
    command = [sys.executable, "-m", "toolkit.cli", *map(str, args)]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, encoding="utf-8")
    assert answer.returncode == expect, answer.stdout[-3000:] + answer.stderr[-3000:]
    assert "Traceback" not in answer.stderr
    return answer.stdout


def rows(code, **changes):
    """What a unit fills in: the common rows and the changes of one unit."""
    days = RETURNS["days"][: int(changes.get("lessons", "6"))]
    lessons = [RETURNS["lesson"] | {"event_no": f"E-{n:02}", "event_date": day} for n, day in enumerate(days, 1)]
    return {
        sheet: [
            {name: typed(value.replace("CODE", code)) for name, value in (row | changes.get(sheet, {})).items()}
            for row in given
        ]
        for sheet, given in (RETURNS["rows"] | {"event": lessons}).items()
    }


def typed(text):
    """Whole numbers as numbers, the rest as text."""
    return int(text) if text.isdigit() else text


def fill(data, form, unit, given):
    """The issued workbook with the rows of a unit; cells that are issued filled in stay as they are."""
    cells = {}
    form = form_for(form, POLICY, unit)
    for name, found in given.items():
        sheet = form.by_name[name]
        cells[sheet.label] = {
            layout.cell(sheet, column, index): value
            for index, row in enumerate(found)
            for column, value in row.items()
            if column in sheet.by_name and not sheet.by_name[column].prefilled and value != ""
        }
    stats = form.by_name["annual_stat"]
    members = given["party_org"][0]["total_members"]
    totals = {"served_total": members + 10, "served_party": members, "served_nonparty": 10, "party_in_org": members}
    cells[stats.label] = {
        layout.cell(stats, "value", index): totals.get(row.values["stat_key"], 0)
        for index, row in enumerate(stats.fixed_rows)
    }
    task = form.by_name["task"]
    done = {"status": "已完成", "evidence_no": "A-1", "owner": "组织科长", "done_date": "2026-11-01"}
    cells[task.label] = {layout.cell(task, name, 0): value for name, value in done.items()}
    return set_cells(data, cells)


POLICY = load_policy(PACK)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """The whole main job: init with the pack's folder, distribute, fill in, run."""
    folder = tmp_path_factory.mktemp("第三") / "批次"
    units = folder.parent / "名录.xlsx"
    pack = shutil.copytree(PACK, folder.parent / "haiqing-2026")
    units.write_bytes(unit_list_workbook(UNITS, load_form(POLICY)))
    process("init", folder, "--policy", pack, "--year", 2026, "--units", units)
    shutil.rmtree(pack)
    process("distribute", folder)
    form = load_form(POLICY)
    for unit in UNITS:
        given = rows(unit.code, **RETURNS["changes"].get(unit.code, {}))
        (issued,) = (folder / "下发").glob(f"{unit.code}*.xlsx")
        (folder / "回收" / issued.name).write_bytes(fill(issued.read_bytes(), form, unit, given))
    process("run", folder, "--as-of", "2027-01-15")
    return folder


def results(folder):
    answer = json.loads(xltool("compliance", folder, "--json", "--as-of", "2027-01-15"))
    found = {}
    for item in answer["results"]:
        found.setdefault((item["unit"], item["clause"]), []).append(item["level"])
    return found


def test_the_round_carries_its_policy(done):
    settings = (done / "批次设置.yaml").read_text(encoding="utf-8")
    assert "policy: 政策包/haiqing-2026" in settings
    kept = {path.name: path.read_bytes() for path in (done / "政策包" / "haiqing-2026").iterdir()}
    assert kept == {path.name: path.read_bytes() for path in PACK.iterdir()}


def test_other_thresholds_dates_columns_and_events(done):
    found = results(done)
    good, bad = CODES
    assert found[good, "HQ-1-a"] == ["不适用", "达标"], "the first half-year began before the policy"
    assert found[bad, "HQ-1-a"] == ["不适用", "不达标"]
    assert (found[good, "HQ-1-b"], found[bad, "HQ-1-b"]) == (["达标"], ["不达标"])
    assert (found[good, "HQ-1-c"], found[bad, "HQ-1-c"]) == (["达标"], ["预警"])
    assert found[good, "HQ-1-d"] == found[good, "HQ-1-e"] == ["达标"]


def test_other_posts_a_rate_that_changes_and_a_ceiling(done):
    answer = json.loads(xltool("allowance", done, "--json", "--as-of", "2027-01-15"))
    due = {(row["unit"], row["person"]): (row["months"], row["due"]) for row in answer["persons"]}
    good, bad = CODES
    assert due[good, "R001"] == ("10", "4000.00"), "the policy took effect in March"
    assert due[good, "R002"] == ("10", "2800.00"), "280 = 70 % of 400"
    assert due[bad, "R002"] == ("10", "2800.00"), "300 is cut to 70 % of 400"
    assert due[good, "R003"] == ("10", "1680.00"), "4 months of 150, 6 of 180"
    assert answer["units"][bad]["standard_level"] == "不达标"


def test_its_own_rule_is_checked(done, tmp_path):
    form = load_form(POLICY)
    unit = UNITS.units[0]
    (issued,) = (done / "下发").glob(f"{unit.code}*.xlsx")
    (tmp_path / issued.name).write_bytes(
        fill(issued.read_bytes(), form, unit, rows(unit.code, party_org={"garden_kind": ""}))
    )
    answer = json.loads(xltool("validate", tmp_path, "--policy", PACK, "-o", tmp_path / "出", "--json", expect=1))
    found = {finding["code"] for finding in answer["findings"] if finding["severity"] == "错误"}
    assert found & {"HQ-ORG-001", "COL-001"}


def test_explain_says_it_all(done):
    said = xltool("explain", done, "--unit", CODES[1], "--clause", "HQ-1-a", "--as-of", "2027-01-15")
    for part in (
        "每个单位每半年至少上3次田间党课",
        "参数“每半年田间党课”（3次）",
        "原文3次",
        "活动台账 第",
        "2026-07-10",
        "不达标",
    ):
        assert part in said
    record = json.loads(
        xltool("explain", done, "--person", "R003", "--unit", CODES[0], "--as-of", "2027-01-15", "--json")
    )
    (person,) = record["persons"]
    assert [month["amount"] for month in person["months"]] == ["150.00"] * 4 + ["180.00"] * 6
    assert sum(Decimal(month["amount"]) for month in person["months"]) == Decimal(person["due"])


@needs_office
@pytest.mark.libreoffice
def test_its_workbooks_recalculate(done, tmp_path):
    values = recalculate(done / "汇总" / "工作补贴发放表.xlsx", tmp_path)
    numbers = {value for sheet in values.values() for value in sheet.values() if isinstance(value, int | float)}
    assert 16960 in numbers, "2 × (4000 + 2800 + 1680)"


def test_the_demo_of_a_pack_fills_its_own_columns_and_finds_what_it_planted(tmp_path):
    said = xltool("demo", tmp_path, "--policy", PACK, "--units", "8")
    assert "haiqing-2026" in said and (tmp_path / "haiqing-2026" / "汇总" / "综合汇总.xlsx").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["haiqing-2026"], "only the policy named"


def test_a_clean_sample_of_a_pack_has_no_error(tmp_path):
    """The units of the county itself have no row on the task list: an empty one is no fault of theirs."""
    xltool("sample", tmp_path / "r", "--policy", PACK, "--units", "10", "--defects", "none")
    answer = json.loads(xltool("validate", tmp_path / "r", "--as-of", "2027-01-15", "--json"))
    assert [one for one in answer["findings"] if one["severity"] == "错误"] == []
    assert answer["files"]["accepted"] == answer["files"]["total"] == 10


def dropping(pack, **drops):
    """The pack without some choices of shared lists, as its author would write it."""
    shutil.copytree(PACK, pack)
    edits = {"pack.yaml": ("choices:\n", "choices:\n" + "".join(f"  {k}: {{drop: [{v}]}}\n" for k, v in drops.items()))}
    edits["indicators.yaml"] = ("[党支部, 联合党支部]", "[党支部]")
    for name, (old, new) in edits.items():
        path = pack / name
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return pack


LOST = {"ORG-010"}
DROPS = {
    "org_type": "联合党支部, 临时党组织",
    "honor_status": "撤销",
    "person_status": "离退休非中共党员",
    "venue_mode": "无",
}


def strings(node):
    """All texts of a condition."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in strings(value)]
    return [text for item in node for text in strings(item)] if isinstance(node, list) else [node]


def test_a_pack_may_drop_choices_that_shared_rules_and_registers_name(tmp_path):
    """Shared rules lose the value; one that asked for nothing else is left out; the pack's own rules stay strict."""
    pack = dropping(tmp_path / "haiqing-2026", **DROPS)
    assert "没有发现问题" in xltool("policy", "check", pack)
    before, after = (load_form(load_policy(name)) for name in (PACK, pack))
    lost = {rule.code for rule in before.rules} - {rule.code for rule in after.rules}
    assert lost == LOST
    named = {value for rule in after.rules for value in strings(rule.args.get("when"))}
    assert "党支部" in named and not named & {"联合党支部", "临时党组织", "离退休非中共党员"}
    xltool("sample", tmp_path / "r", "--policy", pack, "--units", "4", "--defects", "none")
    xltool("run", tmp_path / "r", "--as-of", "2027-01-15")
    xltool("report-up", tmp_path / "r", "--as-of", "2027-01-15")


def test_words_of_a_packs_own_choices_are_printed():
    said = xltool("policy", "show", "HQ-2-a", "--policy", PACK)
    assert "当月有一天在任就算一个月" in said and "any_day" not in said
