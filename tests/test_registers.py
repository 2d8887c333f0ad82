"""Registers: every named system is served, personal names only where allowed, the registers that need code."""

import doctest
import importlib
import pkgutil
from datetime import date
from io import BytesIO
from shutil import copytree

import pytest
from compliance_data import UNIT, dataset, form_of
from office import convert, needs_office, page_texts
from openpyxl import load_workbook

import toolkit.registers
from toolkit.compute.allowance import allowance, allowance_results
from toolkit.compute.compliance import compliance
from toolkit.model.errors import DefinitionError
from toolkit.model.people import Rulings
from toolkit.model.policy import Parameters
from toolkit.model.register import Block, Field, Register
from toolkit.model.unit import Unit
from toolkit.model.withholding import suppress_small_counts
from toolkit.policies import load_policy, policy_ids
from toolkit.registers import registers, served_systems
from toolkit.registers.definitions import all_definitions, load_definitions
from toolkit.registers.platforms import compare, known_columns, load_platforms
from toolkit.registers.systems import systems, systems_of
from toolkit.summary.registers_book import registers_workbook

YZ, YN = "yizheng-2022", "yunnan-2025"
SECOND = Unit("320002", "某某市卫生局", "机关", "部门（单位）")
NAMED = {"talent", "reserves", "secretaries", "liaisons", "groups"}
"""Registers that may print names: systems table and forms.md, personal data."""


def made(policy_id, tables=None, *, year, as_of, units=(UNIT, SECOND), policy=None, rulings=None, **given):
    """The registers of a small dataset, by key."""
    policy = policy or load_policy(policy_id)
    data = dataset(policy_id, tables, year=year, units=units, **given)
    data.rulings = rulings or Rulings()
    parameters = Parameters(policy, as_of)
    money = allowance(data, policy, parameters, as_of)
    report = compliance(data, policy, parameters, as_of, allowance_results(money, policy))
    found = registers(data, policy, parameters, as_of, suppress_small_counts(report, policy, data.form), money)
    return {one.key: one for one in found}


def block(register, title):
    """The rows of one table of a register."""
    return next(one for one in register.blocks if one.title.endswith(title)).rows


MODULES = [name for _, name, _ in pkgutil.walk_packages(toolkit.registers.__path__, "toolkit.registers.")]
OTHERS = [
    "toolkit.model.people",
    "toolkit.model.withholding",
    "toolkit.our_books",
    "toolkit.tasks",
    "toolkit.upward",
    "toolkit.campaign.prior",
]


@pytest.mark.parametrize("name", [*MODULES, *OTHERS])
def test_examples_in_docstrings(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_every_named_system_is_there_once():
    assert len(systems()) == 58
    assert len({one.name for one in systems()}) == 58
    known = {code for name in policy_ids() for code in load_policy(name).clauses}
    assert {code for one in systems() for code in one.clauses} <= known


@pytest.mark.parametrize("policy_id", [YZ, YN])
def test_every_named_system_of_a_policy_is_served(policy_id):
    policy, form = load_policy(policy_id), form_of(policy_id)
    found = made(policy_id, year=2025, as_of=date(2026, 1, 15))
    platforms = {one.key for one in load_platforms(policy)}
    sheets = {sheet.name for name in policy_ids() for sheet in form_of(name).sheets}
    for one in systems_of(policy):
        assert set(one.registers) <= set(found), one.name
        assert set(one.exports) <= platforms and set(one.sheets) <= sheets, one.name
        assert one.registers or one.exports or one.commands or set(one.clauses) & tasks_and_indicators(policy), one.name
    assert all(where for *_, where, _ in served_systems(policy, form))


def tasks_and_indicators(policy):
    """Clauses that are judged or stand in the task list."""
    return set(policy.indicator_of) | {code for bundle in policy.bundles for code in bundle.clauses}


def test_every_system_belongs_to_a_policy():
    both = {one.name for name in (YZ, YN) for one in systems_of(load_policy(name))}
    assert both == {one.name for one in systems()}


def test_definitions_name_only_columns_that_a_form_has():
    columns = {}
    for name in policy_ids():
        for sheet in form_of(name).sheets:
            columns.setdefault(sheet.name, {}).update(sheet.by_name)
    rows = [row for name in policy_ids() for row in form_of(name).by_name["annual_stat"].fixed_rows]
    stats = {row.values["stat_key"] for row in rows}
    clauses = [clause for name in policy_ids() for clause in load_policy(name).clauses.values()]
    starts = {clause.section[:end] for clause in clauses for end in range(1, len(clause.section) + 1)}
    parts = starts | {clause.id for clause in clauses}
    for one in all_definitions():
        assert len(one.sheet) <= 31
        for kind, record in one.blocks:
            body = record.get(kind)
            if kind in ("list", "count"):
                named = [*body.get("columns", ()), *body.get("by", ()), *body.get("sums", ()), *body.get("active", ())]
                named = {str(name) for name in named if not name.startswith("@")}
                assert named <= set(columns[body["sheet"]]), one.key
                shown = set(map(str, body.get("shows", ())))
                assert shown <= named and all(columns[body["sheet"]][name].personal for name in shown), one.key
            if kind == "each":
                named = {body["of"], body["by"], *body["columns"], *body.get("sums", ())}
                assert {str(name) for name in named} <= set(columns[body["sheet"]]), one.key
                assert not any(columns[body["sheet"]][str(name)].personal for name in body["columns"]), one.key
            for place in record.get("places", ()):
                assert {*map(str, place["texts"]), str(place["day"])} <= set(columns[place["sheet"]]), one.key
            if kind in ("trend", "stats"):
                assert {str(part) for name in body for part in str(name).split("/")} <= stats, one.key
            if kind == "rates" and not isinstance(body, str):
                assert {str(part) for name in body for part in body[name]} <= parts, one.key
    assert len({one.sheet for one in all_definitions()}) == len(all_definitions())
    known = {code for name in policy_ids() for code in load_policy(name).clauses}
    assert all(set(one.clauses) <= known for one in all_definitions())


def people(policy_id):
    """Rows with planted names on every sheet that holds names."""
    tables = {
        "party_org": [{"org_code": "320001-01", "org_name": "第一支部", "org_type": "党支部", "_unit": "320001"}],
        "member": [{"member_no": "M9", "name": "名册甲乙", "org_code": "320001-01", "record_status": "在册"}],
        "post": [
            {"org_code": "320001-01", "person_key": "1", "person_name": "任职甲乙", "post_type": post}
            for post in ("书记", "后备书记", "党建联络员", "委员")
        ],
        "floating": [{"org_code": "320001-01", "member_no": "R1", "direction": "流出", "out_date": "2025-01-01"}],
        "honor": [
            {"item_type": "先进党员", "item_name": "表彰甲乙", "host_code": "320001-01", "status": "申报"},
        ],
        "talent": [
            {
                "name": "人才甲乙",
                "consent": "是",
                "consent_date": "2025-01-01",
                "org_code": "320001-01",
                "level": "省级",
            },
            {"name": "未同意甲乙", "consent": "否", "org_code": "320001-01", "level": "省级"},
        ],
        "unit": [{"unit_code": "320001", "responsible_person": "专人甲乙", "filler": "填报甲乙"}],
    }
    return tables


@pytest.mark.parametrize("policy_id", [YZ, YN])
def test_names_stand_only_where_they_may(policy_id):
    for key, one in made(policy_id, people(policy_id), year=2025, as_of=date(2026, 1, 15)).items():
        text = " ".join(str(cell) for part in one.blocks for row in part.rows for cell in row)
        for name in ("名册甲乙", "表彰甲乙", "专人甲乙", "填报甲乙", "未同意甲乙"):
            assert name not in text, key
        if key not in NAMED:
            assert "任职甲乙" not in text and "人才甲乙" not in text, key
    found = made(policy_id, people(policy_id), year=2025, as_of=date(2026, 1, 15))
    assert "人才甲乙" in str(block(found["talent"], "入库人员"))
    assert "任职甲乙" in str(block(found["reserves"], "后备人选"))


def test_personal_items_are_masked_by_default():
    found = made(YZ, people(YZ), year=2025, as_of=date(2026, 1, 15))["awards"]
    assert block(found, "表彰")[0][3] == "表＊＊"


def test_outflow_and_inflow_are_paired_across_units():
    orgs = [
        {"org_code": "320001-01", "org_name": "中共教育局党支部", "org_type": "党支部"},
        {"org_code": "320002-01", "org_name": "卫生局党支部", "org_type": "党支部", "_unit": "320002"},
    ]
    rows = [
        floating("320001-01", "流出", "甲1", "2025-01-01", "中共 卫生局党支部"),
        floating("320001-01", "流出", "甲2", "2025-06-01", "卫生局党支部"),
        floating("320001-01", "流出", "甲3", "2025-06-01", "外省某支部"),
        floating("320002-01", "流入", "乙1", "2025-01-03", "教育局党支部", unit="320002"),
        floating("320002-01", "流入", "乙2", "2025-01-03", "外省某支部", unit="320002"),
    ]
    found = made(YN, {"party_org": orgs, "floating": rows}, year=2025, as_of=date(2025, 12, 31))["floating"]
    pairs = [(row[1], row[4], row[6]) for row in block(found, "流出和流入对应")]
    assert pairs == [
        ("甲1", "乙1", "两边都已登记"),
        ("甲2", None, "流出方已登记，流入方没有登记"),
        ("甲3", None, "对方党组织不在汇总范围内，只能登记，不能核对"),
        (None, "乙2", "对方党组织不在汇总范围内，只能登记，不能核对"),
    ]


def floating(org, direction, number, day, other, unit="320001"):
    """One row of the floating sheet."""
    return {
        "org_code": org,
        "direction": direction,
        "member_no": number,
        "out_date": day,
        "counterpart_org": other,
        "_unit": unit,
    }


def branch(number, members, unit="320001", **more):
    """One branch with as many full members as members."""
    code = f"{unit}-{number:02d}"
    row = {"org_code": code, "org_name": f"{code}支部", "org_type": "党支部", "standalone": "是", "_unit": unit}
    return {**row, "full_members": members, "total_members": members, **more}


@pytest.mark.parametrize(
    ("sizes", "forms", "advice"),
    [
        ([2], "无", "正式党员不足3名，可同其他单位联合建立党支部"),
        ([50], "党支部、党总支", "现有党支部规模合适"),
        ([51], "党总支", "单独成立党组织；设党支部的，分设2个，每个不超过50人"),
        ([30, 30], "党总支", "现有党支部规模合适"),
        ([101], "党委", "单独成立党组织；设党支部的，分设3个，每个不超过50人"),
        ([], "党支部", "单独成立党支部"),
    ],
)
def test_suggested_form_and_split(sizes, forms, advice):
    orgs = [branch(number, size) for number, size in enumerate(sizes, 1)]
    stats = {"served_party": 20}
    found = made(YZ, {"party_org": orgs}, year=2023, as_of=date(2024, 1, 15), stats=stats, units=(UNIT,))["forms"]
    assert block(found, "建议")[0][4:] == (forms, advice)


def test_grades_of_last_year_and_now():
    orgs = [branch(1, 9, branch_grade="规范"), branch(2, 9, branch_grade="一般"), branch(3, 9, branch_grade="模范")]
    prior = {"branch_grade": {"320001-01": "一般", "320001-02": "规范"}}
    found = made(YN, {"party_org": orgs}, year=2026, as_of=date(2026, 12, 31), prior=prior)["models"]
    table, moved = found.blocks[2:4]
    grades = form_of(YN).code_lists["branch_grade"]
    counts = {(row[0], grade): row[place] for row in table.rows for place, grade in enumerate(grades, 1) if row[place]}
    assert counts == {("一般", "规范"): 1, ("规范", "一般"): 1, ("无上年数据", "模范"): 1}
    assert [row[2:] for row in moved.rows] == [("一般", "规范", "升"), ("规范", "一般", "降")]


def test_medals_due_by_1_july_without_names():
    rows = [
        {"member_no": "1", "name": "甲", "full_date": "1973-07-01", "record_status": "在册"},
        {"member_no": "2", "name": "乙", "full_date": "1973-07-02", "record_status": "在册"},
        {"member_no": "3", "name": "丙", "full_date": "1970-01-01", "record_status": "已转出"},
        {"member_no": "4", "name": "丁", "full_date": "1972-01-01", "medal_year": 2022, "record_status": "在册"},
        {"member_no": "5", "name": "戊", "join_date": "1971-01-01", "record_status": "在册"},
    ]
    found = made(YZ, {"member": rows}, year=2023, as_of=date(2023, 7, 1))["medal"]
    assert [row[2:4] for row in block(found, "应颁而未颁的")] == [("5", 2021), ("1", 2023)]
    assert block(found, "分年人数") == [("2021", 1, 0, 1), ("2022", 1, 1, 0), ("2023", 1, 0, 1), ("2024", 1, 0, 1)]


def test_terms_and_vacancies():
    orgs = [
        branch(1, 9, term_end_date="2023-06-30", committee_seats=3),
        branch(2, 9, term_end_date="2023-09-29", committee_seats=1),
        branch(3, 9, term_end_date="2024-06-30", committee_seats=1),
    ]
    posts = [post("320001-02", "书记"), post("320001-03", "委员"), post("320001-01", "书记", end_date="2023-06-01")]
    found = made(YZ, {"party_org": orgs, "post": posts}, year=2023, as_of=date(2023, 7, 1))["reminders"]
    said = ["已届满，应换届", "将届满，请准备换届", "未到提醒时间"]
    assert [row[4] for row in block(found, "换届提醒")] == said
    assert [row[1:] for row in block(found, "空缺")] == [
        ("320001-01支部", 3, 0, 3, "是"),
        ("320001-03支部", 1, 1, 0, "是"),
    ]


def post(org, kind, person="1", unit="320001", **more):
    """One row of the sheet post."""
    row = {"org_code": org, "post_type": kind, "person_key": person, "person_name": f"某{person}", "_unit": unit}
    return {**row, "person_status": "在职党员", "start_date": "2022-01-01", **more}


@pytest.mark.parametrize(
    ("rulings", "loads", "doubt"),
    [
        (Rulings(), [(3, "否"), (1, "否")], "共2人，最少1人"),
        (Rulings(same={("某1", "1980-01"): frozenset({"320001", "320002"})}), [(4, "是")], ""),
        (Rulings({("某1", "1980-01"): {"320001": 0, "320002": 1}}), [(3, "否"), (1, "否")], ""),
    ],
)
def test_a_liaison_of_two_units_is_two_persons_until_confirmed(rulings, loads, doubt):
    orgs = [branch(number, 9) for number in (1, 2, 3)] + [branch(1, 9, "320002")]
    posts = [post(f"320001-0{number}", "党建联络员", birth_ym="1980-01") for number in (1, 2, 3)]
    posts.append(post("320002-01", "党建联络员", unit="320002", birth_ym="1980-01"))
    tables = {"party_org": orgs, "post": posts}
    found = made(YN, tables, year=2025, as_of=date(2025, 12, 31), rulings=rulings)["liaisons"]
    part = next(one for one in found.blocks if one.title.endswith("联系党组织数"))
    assert [(row[0], row[4]) for row in part.rows] == [("某1", 3)] * len(loads)
    assert [(row[3], row[5]) for row in part.rows] == loads
    assert doubt in part.note and bool(doubt) == ("待确认" in part.note)


@pytest.mark.parametrize(
    ("born", "rulings", "count", "doubt"),
    [
        ("1956-01", Rulings(), 2, "共2人，最少1人"),
        ("1957-01", Rulings(), 2, ""),
        ("1956-01", Rulings(same={("某1", "1956-01"): frozenset({"320001", "320002"})}), 1, ""),
        ("1956-01", Rulings({("某1", "1956-01"): {"320001": 0, "320002": 1}}), 2, ""),
    ],
)
def test_registers_count_persons_over_all_units(born, rulings, count, doubt):
    """Both units call their person 1; whether that is one person is said by ID numbers and rulings, never by looks."""
    orgs = [branch(1, 9), branch(1, 9, "320002")]
    posts = [post("320001-01", "后备书记", birth_ym="1956-01")]
    posts.append(post("320002-01", "后备书记", unit="320002", birth_ym=born))
    tables = {"party_org": orgs, "post": posts}
    found = made(YN, tables, year=2025, as_of=date(2025, 12, 31), rulings=rulings)["reserves"]
    part = next(one for one in found.blocks if one.title.endswith("分级人数"))
    assert [row[-2:] for row in part.rows] == [(2, count)]
    assert doubt in part.note and bool(doubt) == ("待确认" in part.note)


def test_gaps_of_liaisons_with_last_year_beside():
    orgs = [branch(1, 9), branch(2, 9), branch(3, 9)]
    posts = [
        post("320001-01", "党建联络员", end_date="2025-11-01"),
        post("320001-02", "党建联络员", end_date="2025-03-01"),
        post("320001-02", "党建联络员", person="2", start_date="2025-04-01"),
    ]
    prior = {"liaison_gaps": {"320001-01": 40}}
    tables = {"party_org": orgs, "post": posts}
    found = made(YN, tables, year=2025, as_of=date(2025, 12, 31), prior=prior)["liaisons"]
    rows = [row[1:] for row in block(found, "空缺和空档")]
    assert rows == [
        ("320001-01支部", 60, 40, "现在空缺"),
        ("320001-02支部", 30, None, "已补上"),
        ("320001-03支部", None, None, "从未配过在职联络员"),
    ]


def test_one_reserve_serves_one_branch():
    orgs = [branch(1, 9), branch(2, 9)]
    reserve = {"person_status": "离退休党员"}
    posts = [post("320001-01", "后备书记", **reserve), post("320001-02", "后备书记", **reserve)]
    found = made(YN, {"party_org": orgs, "post": posts}, year=2025, as_of=date(2025, 12, 31))["reserves"]
    assert sorted(row[3] for row in block(found, "一支部一后备书记")) == ["否", "是"]


@pytest.mark.parametrize(("total", "shown"), [(2, ("不足3", "不足3", None)), (3, (3, 1, pytest.approx(1 / 3)))])
def test_small_sensitive_totals_are_withheld(total, shown):
    stats = {"difficulty_total": total, "difficulty_helped": 1}
    found = made(YZ, year=2023, as_of=date(2024, 1, 15), stats=stats, units=(UNIT,))["care"]
    part = next(one for one in found.blocks if one.title.endswith("总数"))
    labels = [field.label.split("\n")[0] for field in part.fields]
    places = [labels.index("列入困难帮扶人数"), labels.index("已落实帮扶数"), labels.index("已落实帮扶数占比")]
    assert tuple(part.rows[0][place] for place in places) == shown
    assert not set(places) & set(part.sums)


def test_prohibitions_are_quoted_word_for_word():
    policy = load_policy(YN)
    found = made(YN, year=2025, as_of=date(2025, 12, 31))["lists"]
    negative = block(found, "负面清单（政策禁止的，原文）")
    assert [row[1] for row in negative] == [policy.clauses[row[2]].quote for row in negative]
    assert {row[2] for row in negative} == {f"YN-11-{letter}" for letter in "efghijkl"}


def test_a_pack_adds_and_replaces_registers(tmp_path):
    copytree(load_policy(YN).folder, tmp_path / "third")
    text = "own:\n  sheet: 自定\n  title: 自定名册\n  clauses: [YN-02-a]\n  blocks:\n"
    text += "    - title: 组织\n      count: {sheet: party_org, by: [org_type]}\n"
    text += "floating:\n  sheet: 流动\n  title: 流动名册\n  clauses: [YN-13-a]\n  blocks:\n"
    text += "    - title: 按方向\n      count: {sheet: floating, by: [direction]}\n"
    (tmp_path / "third" / "registers.yaml").write_text(text, encoding="utf-8")
    policy = load_policy(tmp_path / "third")
    found = made(YN, year=2025, as_of=date(2025, 12, 31), policy=policy)
    assert found["own"].title == "自定名册" and found["floating"].sheet == "流动"
    assert len(found) == len(made(YN, year=2025, as_of=date(2025, 12, 31))) + 1


@pytest.mark.parametrize(
    "bad",
    [
        "blocks: []",
        "blocks: [{titel: 甲}]",
        "blocks: [{title: 甲, code: nothing}]",
        "blocks: [{title: 甲, rates: nothing}]",
        "blocks: [{title: 甲, rates: {乙: [二]}, shows: [unit]}]",
        "blocks: [{title: 甲, each: {sheet: event, of: host_code, columns: [title]}}]",
        "blocks: [{title: 甲, named: {乙: YN-00-s}, places: [{sheet: event, texts: [title]}]}]",
    ],
)
def test_broken_definitions_are_named_with_their_line(tmp_path, bad):
    copytree(load_policy(YN).folder, tmp_path / "third")
    text = f"own:\n  sheet: 自定\n  title: 自定名册\n  clauses: [YN-02-a]\n  {bad}\n"
    (tmp_path / "third" / "registers.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"registers.yaml 第\d+行"):
        made(YN, year=2025, as_of=date(2025, 12, 31), policy=load_policy(tmp_path / "third"))
        load_definitions(load_policy(tmp_path / "third"))


def test_pasted_list_beside_our_rows_each_row_once():
    platform = load_platforms(load_policy(YN))[0]
    ours = [
        ("某单位", "某支部", "1", "甲", "流出", date(2025, 1, 1), "某县", "某支部", None),
        ("某单位", "某支部", "1", "乙", "流出", None, None, None, None),
    ]
    theirs = [
        {"党组织代码": "1", "党员编号": "甲", "流出日期": "2025/1/1", "系统登记日期": "2025-02-01"},
        {"党组织代码": "1", "党员编号": "丙"},
    ]
    found = compare(platform, form_of(YN), ours, theirs)
    assert [(one.state, one.differs) for one in found] == [
        ("different", ("系统登记日期",)),
        ("only_ours", ()),
        ("only_theirs", ()),
    ]
    assert [one.ours[:4] for one in found] == [("某单位", "某支部", "1", "甲"), ("某单位", "某支部", "1", "乙"), ()]


@pytest.mark.parametrize(("name", "known"), [("@host", False), ("@org", True), ("@foo", None)])
def test_a_column_that_says_whose_a_row_is_stands_where_the_form_can_tell(tmp_path, name, known):
    text = "party_system:\n  sheet: 系统\n  title: 系统\n  clauses: [YN-13-d]\n  source: floating\n  key: [member_no]\n"
    text += f"  columns:\n    - {{name: '{name}', heading: 谁的}}\n    - {{name: member_no, heading: 编号}}\n"
    (tmp_path / "外部平台列序.yaml").write_text(text, encoding="utf-8")
    if known is None:
        with pytest.raises(DefinitionError, match="没有这样的列：@foo"):
            load_platforms(load_policy(YN), tmp_path)
        return
    (found,) = load_platforms(load_policy(YN), tmp_path)
    assert [heading for _, heading in known_columns(found, form_of(YN))] == ["谁的"] * known + ["编号"]


def test_column_order_of_a_platform_is_the_rounds_own(tmp_path):
    text = "party_system:\n  sheet: 系统\n  title: 系统\n  clauses: [YN-13-d]\n  source: floating\n  key: [member_no]\n"
    text += "  columns:\n    - {name: out_date, heading: 外出时间}\n    - {name: member_no, heading: 编号}\n"
    (tmp_path / "外部平台列序.yaml").write_text(text, encoding="utf-8")
    (found,) = load_platforms(load_policy(YN), tmp_path)
    assert found.columns == (("out_date", "外出时间"), ("member_no", "编号"))


def test_workbook_has_a_sheet_a_register_and_is_reproducible():
    found = made(YZ, people(YZ), year=2023, as_of=date(2024, 1, 15))
    facts = {"year": 2023, "as_of": "2024-01-15", "policy": "仪征市2022"}
    served = served_systems(load_policy(YZ), form_of(YZ))
    data = registers_workbook(list(found.values()), served, facts, "某批次")
    assert data == registers_workbook(list(found.values()), served, facts, "某批次")
    book = load_workbook(BytesIO(data))
    filled = [one for one in found.values() if any(part.rows for part in one.blocks)]
    empty = [one for one in found.values() if one not in filled]
    assert book.sheetnames == ["目录", "系统对照", *(one.sheet for one in filled), "没有内容的名册", "条款原文"]
    assert [row[1] for row in book["没有内容的名册"].values if isinstance(row[0], int)] == [one.sheet for one in empty]
    quotes = {row[1]: row[2] for row in book["条款原文"].values if isinstance(row[0], int)}
    assert quotes == {code: text for one in found.values() for code, text in one.basis}
    text = "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)
    assert "表彰甲乙" not in text and "任职甲乙" in text


def visit(day, **more):
    """A visit at 元旦春节."""
    facts = {"event_type": "走访慰问", "occasion": "元旦春节", "event_date": day, "host_code": UNIT.code}
    return {**facts, "attend_count": 5, **more}


@pytest.mark.parametrize(("year", "counted"), [(2023, 2), (2024, 1)])
def test_a_visit_at_the_turn_of_the_year_is_counted_in_one_year(year, counted):
    """A December visit belongs to the next year's festival: the register of one year counts it, not of both."""
    days = ("2023-01-15", "2022-12-28", "2023-12-28")
    rows = [visit(day, event_no=str(number)) for number, day in enumerate(days)]
    found = made(YZ, {"event": rows}, year=year, as_of=date(year + 1, 1, 15))
    lines = [line for one in found.values() for part in one.blocks if "按节点" in part.title for line in part.rows]
    assert [line[2] for line in lines if line[1] == "元旦春节"] == [counted]


def test_a_register_says_what_is_missing_in_it():
    rows = [visit("2023-05-01", occasion="七一", event_no="1"), visit("2023-06-01", occasion="七一", event_no="2")]
    lost = {"event": {(0, 5): frozenset({"attend_count"})}}
    whole = made(YZ, {"event": rows}, year=2023, as_of=date(2024, 1, 15))
    found = made(
        YZ, {"event": rows[:1]}, year=2023, as_of=date(2024, 1, 15), rejected={"event": rows[1:]}, open_cells=lost
    )
    notes = [
        [part.note for one in each.values() for part in one.blocks if "按节点" in part.title] for each in (whole, found)
    ]
    assert notes[0] == [""]
    assert "另有1行因错误没有汇总" in notes[1][0] and "有1行的个别格" in notes[1][0]


def _sheet_of_blocks(name: str, *counts: int) -> Register:
    blocks = [
        Block(f"块{number}的标题", (Field("序号", "count", 6), Field("姓名"), Field("党组织", width=40)), rows)
        for number, count in enumerate(counts, 1)
        for rows in [tuple((row, "某人", "某支部") for row in range(count))]
    ]
    return Register(name, name, name, (), tuple(blocks))


@needs_office
def test_no_heading_stands_at_the_foot_of_a_printed_page(tmp_path):
    """Blocks of every length around the foot of a page, after one page and after many, and empty ones."""
    lengths = [(number, 3, 0, 2) for number in range(14, 30)]
    lengths += [(number, 2) for number in range(100, 124, 3)]
    found = [_sheet_of_blocks(f"表{number}", *one) for number, one in enumerate(lengths)]
    path = tmp_path / "台账.xlsx"
    path.write_bytes(registers_workbook(found, [], {"year": 2023, "as_of": "", "policy": ""}, "册"))
    headings = 0
    for text in page_texts(convert(path, tmp_path, "pdf")):
        said = text.split()
        places = [place for place, word in enumerate(said) if word.endswith("的标题")]
        headings += len(places)
        for place in places:
            assert {"某人", "（没有这类情况）"} & set(said[place:]), said[-8:]
    assert headings == sum(map(len, lengths))
