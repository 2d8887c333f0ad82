"""ROUND-01, ROUND-03: a unit list in whatever shape a bureau has it, as files on disk."""

import random
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from toolkit.campaign import UNIT_LIST, create_campaign, open_campaign
from toolkit.campaign.listing.words import ASK, DONE, LOOK, STOP, list_words
from toolkit.campaign.unit_list import read_unit_list, understand, unit_list_workbook
from toolkit.cli.app import main_group
from toolkit.forms import load_form
from toolkit.model.errors import XltoolError
from toolkit.model.unit import Unit, UnitList
from toolkit.policies import load_policy

POLICY = load_policy("yizheng-2022")
FORM = load_form(POLICY)
COUNTY, DEPARTMENT = "县（市、区）级", "部门（单位）"
TRUE = UnitList(
    (
        Unit("320901", "中共清渚市委老干部局", "机关", COUNTY, "", ("老干部局",), contact="王芳", speaks=True),
        Unit("320902", "清渚市教育局", "机关", DEPARTMENT, "320901", ("教育局", "市教育局"), email="jyj@example.cn"),
        Unit("320903", "清渚市人民医院", "事业单位", DEPARTMENT, "320902"),
        Unit("320904", "清渚市水务集团", "国有企业", DEPARTMENT, "320901"),
        Unit("320905", "柳塘镇", "园镇", "园镇（乡镇）级", "320901"),
        Unit("320906", "柳塘镇天宁社区", "村（社区）", "村（社区）级", "320905", town="320905"),
    )
)
HEAD = [
    "单位代码",
    "单位全称",
    "规范简称",
    "单位类别",
    "层级",
    "代表本级",
    "归口管理单位代码",
    "兜底管理园镇代码",
    "联系人",
    "邮箱",
]


def rows_of(units=TRUE):
    return [
        [
            *(one.code, one.name, "；".join(one.short_names), one.category, one.level, "是" if one.speaks else "否"),
            *(one.parent, one.town, one.contact, one.email),
        ]
        for one in units
    ]


def book(path: Path, sheets: dict[str, list[list]], merged=()) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for area in merged:
            sheet.merge_cells(area)
    made.save(path)
    return path


def with_names(rows):
    names = {unit.code: unit.name for unit in TRUE}
    return [[*row[:6], names.get(row[6], ""), names.get(row[7], ""), *row[8:]] for row in rows]


def wide(text):
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


OTHER_WORDS = [
    "编码",
    "单位名称",
    "简称",
    "单位性质",
    "级别",
    "是否代表本级",
    "主管部门",
    "所属乡镇",
    "联络员",
    "电子邮箱",
]
SHORT = {"国有企业": "国企", "事业单位": "事业", COUNTY: "县级", DEPARTMENT: "部门", "园镇（乡镇）级": "乡镇级"}
TOTAL = [["", "合计", 6], [], ["", "填表人：王芳"]]


def in_other_words(rows):
    return [[SHORT.get(cell, {"是": "√", "否": ""}.get(cell, cell)) for cell in row] for row in rows]


def numbered(rows):
    return [[number, *row] for number, row in enumerate(rows, 1)]


def csv_of(rows, encoding, separator=","):
    return "\r\n".join(separator.join(row) for row in rows).encode(encoding)


XLSX = {
    "our own": lambda: {"单位名录": [HEAD, *rows_of()]},
    "a title row, a serial number, a total": lambda: {
        "Sheet1": [["2025年单位名录"], ["序号", *HEAD], *numbered(rows_of()), *[[*row] for row in TOTAL]]
    },
    "other words": lambda: {"名单": [OTHER_WORDS, *in_other_words(rows_of())]},
    "names for parents": lambda: {"单位名录": [HEAD, *with_names(rows_of())]},
    "full-width": lambda: {
        "单位名录": [HEAD, *[[wide(row[0]), *row[1:6], wide(row[6]), *row[7:]] for row in rows_of()]]
    },
    "numbers for codes": lambda: {
        "单位名录": [HEAD, *[[int(row[0]), *row[1:6], int(row[6] or 0) or None, *row[7:]] for row in rows_of()]]
    },
    "blank rows between": lambda: {"单位名录": [HEAD, *[part for row in rows_of() for part in (row, [], [None, " "])]]},
    "two sheets": lambda: {"说明": [["填写说明"], ["单位", "请填全称"]], "2025": [[], HEAD, *rows_of()]},
    "columns moved": lambda: {"单位名录": [row[::-1] for row in [HEAD, *rows_of()]]},
    "the heading twice": lambda: {"单位名录": [HEAD, *rows_of()[:3], HEAD, *rows_of()[3:]]},
}
TEXT = {
    "utf-8": csv_of([HEAD, *rows_of()], "utf-8"),
    "utf-8 with a mark": csv_of([HEAD, *rows_of()], "utf-8-sig"),
    "gbk": csv_of([["清渚市单位名录"], HEAD, *rows_of()], "gbk"),
    "tabs": csv_of([HEAD, *rows_of()], "utf-16", "\t"),
}


@pytest.mark.parametrize("shape", XLSX)
def test_a_list_in_any_shape_gives_the_units(shape, tmp_path):
    path = book(tmp_path / "任意.xlsx", XLSX[shape]())
    assert read_unit_list(path, FORM).units == TRUE.units
    assert not understand(path, FORM).of(STOP, ASK)


@pytest.mark.parametrize("shape", TEXT)
def test_a_table_of_text_gives_the_units(shape, tmp_path):
    path = tmp_path / "名录.csv"
    path.write_bytes(TEXT[shape])
    assert read_unit_list(path, FORM).units == TRUE.units


def test_merged_cells_hold_for_every_row(tmp_path):
    rows = [HEAD, *rows_of()]
    for at in (2, 3):
        rows[at][4] = ""
    rows[2][4] = DEPARTMENT
    rows[4][4] = ""
    path = book(tmp_path / "名录.xlsx", {"单位名录": rows}, merged=["E3:E5"])
    assert read_unit_list(path, FORM).units == TRUE.units


def test_a_round_is_made_of_a_list_and_says_what_was_put_right(tmp_path):
    path = tmp_path / "名录.csv"
    path.write_bytes(csv_of([OTHER_WORDS, *in_other_words(rows_of())], "gbk"))
    said = []
    made = create_campaign(tmp_path / "批次", policy=POLICY, year=2025, unit_list=path, heard=said.append)
    assert open_campaign(made.folder).units.units == TRUE.units
    assert "“县级” → “县（市、区）级”" in said[0] and (made.folder / "单位名录_核对.xlsx").exists()
    sheet = openpyxl.load_workbook(made.folder / UNIT_LIST)["单位名录"]
    assert [cell.value for cell in sheet[1]] == HEAD and sheet["A2"].value == "320901"


def test_a_list_of_ours_stays_byte_for_byte(tmp_path):
    path = book(tmp_path / "名录.xlsx", {"单位名录": [[*HEAD, "电话"], *[[*row, "0514"] for row in rows_of()]]})
    made = create_campaign(tmp_path / "批次", policy=POLICY, year=2025, unit_list=path)
    assert (made.folder / UNIT_LIST).read_bytes() == path.read_bytes()


def test_the_list_that_lies_in_the_folder_is_kept_beside_the_new_one(tmp_path):
    folder = tmp_path / "批次"
    folder.mkdir()
    path = book(folder / UNIT_LIST, {"Sheet1": [["名录"], OTHER_WORDS, *in_other_words(rows_of())]})
    before = path.read_bytes()
    create_campaign(folder, policy=POLICY, year=2025, unit_list=path)
    assert (folder / "单位名录_原件.xlsx").read_bytes() == before
    assert open_campaign(folder).units.units == TRUE.units


# --- what is asked -------------------------------------------------------------------------------------------------


def changed(**cells):
    """The true rows with other cells: column letter and row as in the workbook."""
    rows = [HEAD, *rows_of()]
    for place, value in cells.items():
        rows[int(place[1:]) - 1]["ABCDEFGHIJ".index(place[0])] = value
    return rows


ASKED = {
    "unknown": (changed(G3="999999"), "G3", None),
    "alike": (changed(G3="清渚市委老干局"), "G3", "320901"),
    "self": (changed(G3="320902"), "G3", ""),
    "circle": (changed(G3="320903"), "G3", None),
    "code_twice": (changed(A4="320902"), "A4", None),
    "name_twice": (changed(B4="清渚市教育局"), "B4", None),
    "twice_other": (changed(A4="320902", B4="清渚市教育局"), "4", None),
    "not_listed": (changed(D4="事业编制单位"), "D4", "事业单位"),
    "no_address": (changed(J3="请发 jyj@example.cn 或传真"), "J3", "jyj@example.cn"),
    "no_area": (changed(F3="是"), "F3", "否"),
    "no_town": (changed(H7=""), "H7", "320905"),
    "not_town": (changed(H7="320902"), "H7", None),
    "cut": (changed(A3=3.2090212345678e17), "A3", None),
    "missing": (changed(E4=""), "E4", DEPARTMENT),
}


@pytest.mark.parametrize("kind", ASKED)
def test_what_nobody_can_know_is_asked_with_its_place_and_a_suggestion(kind, tmp_path):
    rows, cell, suggestion = ASKED[kind]
    draft = understand(book(tmp_path / "名录.xlsx", {"单位名录": rows}), FORM)
    found = [one for one in draft.of(STOP, ASK) if one.kind == kind]
    assert found and (draft.units.place(found[0].row, found[0].column) or str(found[0].row)) == cell
    assert found[0].suggestion == suggestion and found[0].sentence and found[0].advice


@pytest.fixture
def untidy(tmp_path):
    """No codes, no levels, a parent nearly right, a stranger's name: everything wrong at once."""
    rows = [["名称", "类型", "归口单位"], *[[u.name, u.category, ""] for u in TRUE]]
    rows[2][2] = "清渚市委老干局"
    return book(tmp_path / "名单.xlsx", {"Sheet2": [["清渚市单位名单"], *rows]})


def test_all_problems_come_at_once_and_are_accepted_by_starting_with_the_answer(untidy, tmp_path):
    folder, runner = tmp_path / "批次", CliRunner()
    command = ["init", str(folder), "--policy", "yizheng-2022", "--year", "2025", "--units"]
    first = runner.invoke(main_group, [*command, str(untidy)])
    review = tmp_path / "单位名录_核对.xlsx"
    assert first.exit_code == 2 and "[U005]" in first.output and review.exists() and not folder.exists()
    answer = openpyxl.load_workbook(review)
    assert answer.sheetnames == ["核对结果", "单位名录", "党组织", "填写说明"]
    found = list(answer["核对结果"].iter_rows(min_row=5, values_only=True))
    assert sum(row[4] == "单位代码" for row in found) == sum(row[4] == "层级" for row in found) == len(TRUE)
    assert any(row[2] == "Sheet2 C4" and row[5] == "清渚市委老干局" and row[7] == "001" for row in found)
    second = runner.invoke(main_group, [*command, str(review)])
    assert second.exit_code == 0, second.output
    units = open_campaign(folder).units
    assert [unit.name for unit in units] == [unit.name for unit in TRUE]
    assert [unit.code for unit in units] == [f"{number:03d}" for number in range(1, 7)]
    assert units.units[1].parent == "001" and units.units[5].level == "村（社区）级"


def test_what_has_no_suggestion_stays_open_until_somebody_fills_it_in(tmp_path):
    path = book(tmp_path / "名录.xlsx", {"单位名录": changed(A4="320902")})
    for file in (path, tmp_path / "单位名录_核对.xlsx"):
        with pytest.raises(XltoolError, match="U005"):
            create_campaign(tmp_path / "批次", policy=POLICY, year=2025, unit_list=file)
    answer = openpyxl.load_workbook(tmp_path / "单位名录_核对.xlsx")
    answer["单位名录"]["A4"] = "320903"
    answer.save(tmp_path / "答.xlsx")
    made = create_campaign(tmp_path / "批次", policy=POLICY, year=2025, unit_list=tmp_path / "答.xlsx")
    assert made.units.units == TRUE.units


def test_an_answer_that_somebody_worked_on_is_never_written_over(untidy, tmp_path):
    review = book(tmp_path / "单位名录_核对.xlsx", {"单位名录": [["我填的"]]})
    mine = review.read_bytes()
    for _ in range(2):
        with pytest.raises(XltoolError, match="U005"):
            create_campaign(tmp_path / "批次", policy=POLICY, year=2025, unit_list=untidy)
    assert review.read_bytes() == mine
    assert sorted(path.name for path in tmp_path.glob("单位名录_核对*")) == [
        "单位名录_核对.xlsx",
        "单位名录_核对2.xlsx",
    ]


def test_another_sheet_with_more_units_is_asked_about(tmp_path):
    extra = replace(TRUE.units[3], code="320999", name="清渚市供电公司")
    path = book(tmp_path / "名录.xlsx", {"2025": [HEAD, *rows_of()], "2024": [HEAD, *rows_of([extra])]})
    [found] = understand(path, FORM).of(STOP, ASK)
    assert (found.kind, found.sheet) == ("other_sheet", "2024") and "清渚市供电公司" in found.sentence


@pytest.mark.parametrize("turned", [False, True])
def test_a_list_that_nobody_can_read_is_refused_with_what_to_do(tmp_path, turned):
    """Two lists side by side, or one that lies across: it was said that a column is missing that is there."""
    rows = [[*row, *row] for row in (HEAD, *rows_of())]
    if turned:
        rows = [list(column) for column in zip(HEAD, *rows_of(), strict=True)]
    with pytest.raises(XltoolError, match="U002") as refused:
        understand(book(tmp_path / "名录.xlsx", {"名录": rows}), FORM)
    assert "左右并排" in str(refused.value) and "转成竖的" in str(refused.value)


ORG_HEADS = {
    "other words": (["单位代码", "支部代码", "支部名称"], []),
    "bare words": (["单位代码", "党组织代码", "名称", "设置形式"], []),
    "nobody knows whose": (["隶属", "党组织代码", "党组织全称"], ["单位代码"]),
    "no code": (["单位代码", "支部名称", "设置形式"], ["党组织代码"]),
}


@pytest.mark.parametrize("shape", ORG_HEADS)
def test_a_sheet_of_organisations_is_read_or_asked_about(shape, tmp_path):
    heads, missing = ORG_HEADS[shape]
    rows = [["320902", "320902-01", "教育局第一党支部", "党支部"][: len(heads)]]
    path = book(tmp_path / "名录.xlsx", {"2025": [HEAD, *rows_of()], "支部": [heads, *rows]})
    draft = understand(path, FORM)
    unread = [one for one in draft.of(STOP, ASK) if one.kind == "orgs_unread"]
    assert bool(draft.orgs.lines) != bool(missing) and len(unread) == bool(missing)
    assert all(label in unread[0].sentence and unread[0].sheet == "支部" for label in missing)


def test_a_refused_sample_or_round_leaves_no_folder(tmp_path, monkeypatch):
    done = CliRunner().invoke(
        main_group, ["sample", str(tmp_path / "样例"), "--policy", "yizheng-2022", "--year", "2001"]
    )
    assert done.exit_code == 2 and not (tmp_path / "样例").exists()
    path = book(tmp_path / "名录.xlsx", {"单位名录": [HEAD, *rows_of()]})

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("toolkit.campaign.beginning.write_settings", full)
    folder = tmp_path / "a" / "批次"
    with pytest.raises(OSError, match="28"):
        create_campaign(folder, policy=POLICY, year=2025, unit_list=path)
    assert not (tmp_path / "a").exists()


# --- random untidiness ---------------------------------------------------------------------------------------------


def _untidied(rng: random.Random, rows: list[list[str]]) -> list[list[object]]:
    """Rows as people type them; what they mean is the same."""
    names = {unit.code: unit for unit in TRUE}
    made = []
    for row in rows:
        row = list(row)
        for at in (6, 7):
            if row[at] and rng.random() < 0.3:
                row[at] = rng.choice([names[row[at]].name, *names[row[at]].short_names])
        for at, cell in enumerate(row):
            change = rng.random()
            if at in (0, 6, 7) and cell.isdecimal() and change < 0.3:
                row[at] = rng.choice([wide(cell), int(cell), f" {cell}\n", f"'{cell}", f"{cell[:3]}　{cell[3:]}"])
            elif at == 1 and change < 0.3:
                row[at] = rng.choice(
                    [f"{cell[:3]} {cell[3:]}", f"{cell}　", f"{cell[:2]}\n{cell[2:]}", f"{cell[0]}\u200b{cell[1:]}"]
                )
            elif at in (3, 4) and change < 0.3:
                row[at] = SHORT.get(cell, cell.replace("（", "(").replace("）", ")"))
            elif at in (8, 9) and not cell and change < 0.3:
                row[at] = rng.choice(["无", "/", "——"])
        made.append(row)
        if rng.random() < 0.2:
            made.append(rng.choice([[], ["", " "], ["合计", "6家"], HEAD]))
    return made


@pytest.mark.parametrize("seed", range(6))
def test_untidiness_gives_the_same_units_or_a_question_never_another_unit(seed, tmp_path):
    rng = random.Random(seed)
    rows = _untidied(rng, rows_of())
    head = [rng.choice(pair) for pair in zip(HEAD, OTHER_WORDS, strict=True)]
    order = rng.sample(range(len(HEAD)), len(HEAD))
    table = [[row[at] if at < len(row) else "" for at in order] for row in [head, *rows]]
    title = [[rng.choice(["2025年名录", "清渚市离退休干部党建工作单位名录"])] for _ in range(rng.randrange(3))]
    path = book(tmp_path / "名录.xlsx", {rng.choice(["Sheet1", "单位名录", "名单"]): [*title, *table]})
    draft = understand(path, FORM)
    if not draft.of(STOP, ASK):
        assert read_unit_list(path, FORM).units == TRUE.units
    else:
        assert {line.values["name"] for line in draft.units.lines} <= {unit.name for unit in TRUE}


def test_two_members_nobody_listed(tmp_path):
    """A code with its name in one cell; zeros that a spreadsheet took."""
    rows = changed(G3="中共清渚市委老干部局（320901）", G4="320902 教育局")
    assert read_unit_list(book(tmp_path / "一.xlsx", {"单位名录": rows}), FORM).units == TRUE.units
    rows = [
        HEAD,
        *[
            ["0" + row[0][3:], *row[1:6], *("0" + cell[3:] if cell else "" for cell in row[6:8]), *row[8:]]
            for row in rows_of()
        ],
    ]
    rows[3][0] = 903
    found = understand(book(tmp_path / "二.xlsx", {"单位名录": rows}), FORM).of(STOP, ASK)
    assert [(one.kind, one.suggestion) for one in found] == [("zeros", "0903")]


def test_every_kind_of_problem_says_what_to_do():
    for kind in list_words().kinds.values():
        assert kind.problem and kind.advice and kind.weight in (STOP, ASK, DONE, LOOK)
    assert set(list_words().categories) <= set(FORM.code_lists["unit_category"])
    assert set(list_words().levels) <= set(FORM.code_lists["admin_level"])


def test_the_explanations_and_dropdowns_are_in_what_is_handed_out():
    import io

    made = openpyxl.load_workbook(io.BytesIO(unit_list_workbook(TRUE, FORM)))
    assert made.sheetnames == ["单位名录", "党组织", "填写说明"]
    rules = {str(rule.sqref)[0]: rule.formula1 for rule in made["单位名录"].data_validations.dataValidation}
    assert {"D", "E", "F"} <= set(rules)


@pytest.mark.parametrize("speaks", ["是", "√", "有"])
def test_no_level_without_an_area_is_suggested_for_who_speaks_for_one(tmp_path, speaks):
    """代表本级 and 部门（单位） exclude each other, so the first is never suggested beside the second."""
    rows = rows_of()
    rows[0][4:6] = ["", speaks]
    rows[1][4] = ""
    draft = understand(book(tmp_path / "名录.xlsx", {"名录": [HEAD, *rows]}), FORM)
    found = {(one.row, one.column): one for one in draft.problems if one.kind == "missing"}
    yes = speaks != "有"
    assert found[2, "level"].suggestion == (None if yes else DEPARTMENT)
    assert found[3, "level"].suggestion == DEPARTMENT


@pytest.mark.parametrize(
    ("level", "contact"), [("所属层次", "联系人及电话"), ("单位层次", "联系人（电话）"), ("层次", "经办人及电话")]
)
def test_other_headings_of_the_level_and_of_who_is_called(tmp_path, level, contact):
    head = [{"层级": level, "联系人": contact}.get(text, text) for text in HEAD]
    rows = rows_of()
    rows[0][8], rows[1][8] = "王芳 0514-83421234", "李强13812345678"
    draft = understand(book(tmp_path / "名录.xlsx", {"名录": [head, *rows]}), FORM)
    assert {"level", "contact"} <= set(draft.units.columns)
    assert [line.values["contact"] for line in draft.units.lines[:2]] == ["王芳 0514-83421234", "李强13812345678"]
    [note] = [one for one in draft.problems if one.kind == "with_phone"]
    assert "2 格" in note.sentence and not draft.of(STOP, ASK)


PARENTS = (
    "上级党组织",
    "上级单位名称",
    "主管单位名称",
    "上级党组织名称",
    "隶属",
    "上一级",
    "上级党委",
    "主管部门（单位）",
    "隶属关系",
)


@pytest.mark.parametrize("heading", PARENTS)
def test_other_headings_of_the_parent(tmp_path, heading):
    """上级党组织 was no heading of the parent, so that nobody had one (ROUND-01)."""
    head = [heading if text == "归口管理单位代码" else text for text in HEAD]
    path = book(tmp_path / "名录.xlsx", {"名录": [head, *with_names(rows_of())]})
    assert not understand(path, FORM).of(STOP, ASK)
    assert [unit.parent for unit in read_unit_list(path, FORM)] == [unit.parent for unit in TRUE]


@pytest.mark.parametrize("beside", ["上级单位名称", "上级党组织"])
def test_a_name_beside_the_code_of_the_parent_is_left_aside_and_said(tmp_path, beside):
    head = ["上级单位代码" if text == "归口管理单位代码" else text for text in HEAD]
    rows = [[*row, "别的写法"] for row in rows_of()]
    path = book(tmp_path / "名录.xlsx", {"名录": [[*head, beside], *rows]})
    draft = understand(path, FORM)
    assert not draft.of(STOP, ASK) and read_unit_list(path, FORM).units == TRUE.units
    assert [one.facts["label"] for one in draft.problems if one.kind == "no_use"] == [beside]
