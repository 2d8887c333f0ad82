"""What follows from the definition of a family: reading, refusing, schema, upgrade; and that a new one is one file."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from toolkit.cli import main_group
from toolkit.compute.fields import PACK_SCHEMAS
from toolkit.compute.indicators import ELSEWHERE, FAMILIES, compile_indicators, family_form, former_names
from toolkit.forms import load_form
from toolkit.model.binder import keys_of
from toolkit.model.errors import DefinitionError
from toolkit.policies import load_policy, policy_ids
from toolkit.policies.loading import INDICATOR_KEYS
from toolkit.policy_tools.lint import lint
from toolkit.policy_tools.new import new_pack
from toolkit.policy_tools.schema import NAME, indicators_schema
from toolkit.policy_tools.upgrade import upgraded

ROOT = Path(__file__).parent.parent
FORMS = [form for forms in FAMILIES.values() for form in forms]
GOOD = ROOT / "tests" / "third_policy" / "haiqing-2026"
OLD = """indicators:
  # 田间党课 counts twice a year
  - clause: HQ-1-a
    family: counts   # the number of days
    force: H
    period: half-year
    subject: unit
    remedy: 补上田间党课，日期填入《活动台账》
    what: 田间党课
    rows: {sheet: event, where: {event_type|also_counts_as: [田间党课]}}
    low: {parameter: lessons}
  - clause: HQ-1-b
    family: coverage
    force: H
    period: year
    subject: branch
    remedy: 建起田园阵地，填入《党组织情况》
    what: 有田园阵地的党支部
    rows: &branches
      sheet: party_org
      where: {org_type: [党支部, 联合党支部]}
      active: [set_date, dissolve_date]
    subject_column: org_code
    done: {garden_kind: {not: [无]}}
  - clause: HQ-1-c
    family: branch_size
    force: S
    period: standing
    subject: branch
    remedy: 拆分党支部，变动填入《党组织情况》
    rows: *branches
    key: org_code
    total: total_members  # all of them
    limit: {parameter: branch_most}  # 30
  - {clause: HQ-1-e, family: totals, force: H, period: by 2026-09-30, subject: unit,
     remedy: 核对《年度汇总数》, what: 已纳入党组织管理的党员, done: party_in_org, due: served_party}
  - {clause: HQ-2-a, family: allowance, force: H, period: month, subject: secretary, remedy: 改《任职与补贴》}
  - {clause: HQ-2-b, family: allowance, force: H, period: month, subject: member, remedy: 改《任职与补贴》}
"""
"""The pack as version 0.1 wrote it."""


@pytest.fixture
def old(tmp_path):
    pack = shutil.copytree(GOOD, tmp_path / "haiqing-2026")
    (pack / "indicators.yaml").write_text(OLD, encoding="utf-8")
    return pack


def compiled(pack):
    policy = load_policy(pack)
    return [item.family for item in compile_indicators(policy, load_form(policy))]


def test_an_old_pack_is_named_line_by_line_and_upgraded_with_its_comments(old):
    said = [problem.problem for problem in lint(old, reach=False).problems]
    assert len(said) == 4 and "算法“counts”现在写成 family: frequency" in said[0] and "must:" in said[2]
    answer = CliRunner().invoke(main_group, ["policy", "upgrade", str(old)])
    assert answer.exit_code == 0 and "4 条" in answer.output and "HQ-1-e" in answer.output
    text = (old / "indicators.yaml").read_text(encoding="utf-8")
    assert {"# 田间党课 counts twice a year", "# the number of days", "# all of them", "# 30"} <= set(
        re.findall(r"# [^\n]*", text)
    )
    assert compiled(old) == compiled(GOOD)
    again = CliRunner().invoke(main_group, ["policy", "upgrade", str(old)])
    assert "没有要改的" in again.output and (old / "indicators.yaml").read_text(encoding="utf-8") == text


def test_every_former_name_leads_to_a_family_of_today():
    assert {now["family"] for now in former_names().values()} <= set(FAMILIES)
    assert not former_names().keys() & {*FAMILIES, *ELSEWHERE}
    flow = "indicators:\n- {clause: X, family: status, column: person_status, allowed: [在职党员], what: 人}\n"
    text, changed = upgraded(flow)
    assert changed == ["X"] and yaml.safe_load(text)["indicators"] == [
        {"clause": "X", "family": "each", "must": {"person_status": ["在职党员"]}, "says": "status", "what": "人"}
    ]
    block = "indicators:\n- clause: X\n  family: evaluation  # counts\n  force: I\n"
    text, _ = upgraded(block)
    assert yaml.safe_load(text)["indicators"][0] == {
        "clause": "X",
        "family": "information",
        "levels": True,
        "force": "I",
    }
    assert "# counts" in text


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_form_declares_what_it_understands(form):
    keys = keys_of(form)
    assert form.family in FAMILIES and form.periods and form.scopes and (not form.mark or form.mark in keys)
    assert not keys.keys() & set(INDICATOR_KEYS)


@pytest.mark.parametrize("name", policy_ids())
def test_what_is_misspelt_is_named_with_its_line(name):
    """Each key of each indicator in turn, with a letter too many."""
    policy = load_policy(name)
    form = load_form(policy)
    for indicator in policy.indicators:
        kind = family_form(indicator)
        for key in keys_of(kind) if kind else ():
            if key not in indicator.args:
                continue
            args = {name: value for name, value in indicator.args.items() if name != key}
            wrong = replace(indicator, args={**args, f"{key}x": indicator.args[key]})
            with pytest.raises(DefinitionError) as error:
                compile_indicators(replace(policy, indicators=(wrong,)), form)
            assert f"第{indicator.line}行" in str(error.value)
            assert "不认识的键“" in str(error.value), str(error.value)


def valid(schema, value):
    """Whether a value is right by a schema: as much of JSON Schema as ours says."""
    if ref := schema.get("$ref"):
        return valid(PACK_SCHEMAS[ref.rpartition("/")[2]], value)
    if "anyOf" in schema:
        return any(valid(one, value) for one in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    kinds = {"object": dict, "array": list, "string": str, "number": (int, float), "boolean": bool}
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not isinstance(value, tuple(kinds[name] for name in names)):
        return False
    if isinstance(value, list):
        return schema.get("minItems", 0) <= len(value) and all(valid(schema.get("items", {}), one) for one in value)
    if isinstance(value, dict):
        own, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        extra = [valid(more, value[key]) if isinstance(more, dict) else more for key in value.keys() - own.keys()]
        inside = all(valid(own[key], value[key]) for key in value.keys() & own.keys())
        return set(schema.get("required", ())) <= value.keys() and inside and all(extra)
    return True


@pytest.mark.parametrize("pack", [*policy_ids(), GOOD], ids=str)
def test_the_schema_takes_the_packs_and_refuses_what_the_binder_refuses(pack):
    schema = indicators_schema()
    data = yaml.safe_load((load_policy(pack).folder / "indicators.yaml").read_text(encoding="utf-8"))
    (item,) = [schema["properties"]["indicators"]["items"]]
    assert [one["clause"] for one in data["indicators"] if not valid(item, one)] == []
    for one in data["indicators"]:
        assert not valid(item, {**one, "lows": 1}) and not valid(item, {**one, "force": "M"})
        assert not valid(item, {key: value for key, value in one.items() if key != "remedy"})


def test_a_pack_names_its_schema_and_a_new_one_has_its_own(tmp_path):
    for name in policy_ids():
        first = (load_policy(name).folder / "indicators.yaml").read_text(encoding="utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema=../{NAME}"
    folder = new_pack(tmp_path / "chuxiong-2026", policy_ids()[0])
    first = (folder / "indicators.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={NAME}"
    assert json.loads((folder / NAME).read_text(encoding="utf-8")) == indicators_schema()


LOOK = """
import json
from tests.compliance_data import UNIT, dataset
from toolkit.compute.compliance import compliance
from toolkit.forms import load_form
from toolkit.model.policy import Parameters
from toolkit.policies import load_policy
from toolkit.policy_tools.coverage import coverage
from toolkit.policy_tools.lint import lint
from toolkit.policy_tools.pack_tables import pack_tables
from toolkit.policy_tools.schema import schema_text
import tests.compliance_data as data, sys, datetime
pack = sys.argv[1]
policy = load_policy(pack)
data.form_of = lambda *_: load_form(policy)
usual = {"org_type": "党支部", "set_date": "2010-01-01", "total_members": 10}
branches = [{"org_code": f"0{n}", "full_members": full, **usual} for n, full in enumerate((9, 8, None))]
day = datetime.date(2027, 1, 10)
found = compliance(dataset(pack, {"party_org": branches}, year=2026), policy, Parameters(policy, day), day).results
print(json.dumps({
    "problems": [str(one) for one in lint(pack, reach=False).problems],
    "levels": [one.level for one in found if one.clause == "HQ-1-c"],
    "reason": next(one.reason for one in coverage(policy, load_form(policy)) if one.id == "HQ-1-c"),
    "page": "逐行占比" in pack_tables()["families"],
    "schema": "out_of" in schema_text(),
}))
"""


def test_a_new_kind_of_clause_is_one_file(tmp_path):
    """The worked example of docs/policy-packs.md on a copy of the program: one file, one entry of a pack."""
    page = (ROOT / "docs" / "policy-packs.md").read_text(encoding="utf-8")
    example = page[page.index("<!-- example: family -->") :]
    code, entry = (re.search(rf"```{kind}\n(.*?)```", example, re.DOTALL)[1] for kind in ("python", "yaml"))
    copy = tmp_path / "copy"
    for room in ("toolkit", "validators"):
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "toolkit" / "compute" / "families" / "row_share.py").write_text(code, encoding="utf-8")
    pack = shutil.copytree(GOOD, tmp_path / GOOD.name)
    text = (pack / "indicators.yaml").read_text(encoding="utf-8")
    before = text[text.index("    rows: *branches\n") : text.index("  - clause: HQ-1-e")]
    (pack / "indicators.yaml").write_text(text.replace(before, entry), encoding="utf-8")
    path = {"PYTHONPATH": f"{copy}:{ROOT}", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(pack)], capture_output=True, text=True, env=path, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    unread = [one for one in found["problems"] if "branch_most" not in one]  # the example leaves its parameter unread
    assert unread == [] and found["page"] and found["schema"]
    assert found["levels"] == ["达标", "预警", "无法判定"]
    assert found["reason"].startswith("逐行占比：") and "“正式党员数”÷“党员总数”不低于0.9" in found["reason"]
