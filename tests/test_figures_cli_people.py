"""Who is who: FIG-09 to FIG-14 of the faults found in the figures, on the command line."""

from __future__ import annotations

import json

import pytest
from figures_cli.returns import YUNNAN, changed, yunnan
from figures_cli.rounds import Round, folder_for, page, pages
from openpyxl import load_workbook

pytestmark = pytest.mark.rounds
UNITS = {
    "530101": "清渚市教育局",
    "530102": "清渚市水利局",
    "530103": "清渚市卫健局",
    "530104": "清渚市民政局",
    "530105": "清渚市林业局",
    "530106": "清渚市交通局",
    "530107": "清渚市财政局",
    "530108": "清渚市文旅局",
    "530109": "清渚市公安局",
    "530110": "清渚市国资委",
}
ONE_NAME, BLANK_INSIDE, THREE = ("530101", "530102"), ("530103", "530104"), ("530107", "530108", "530109")
FOREIGN, DOUBLE, SUPERIOR = "530105", "530106", "530110"
PRIVATE = {"110105 19491231 002X": "19491231", "138 1234 5678": "1234 5678", "wang@example.com": "wang@"}
"""What was typed into number cells of 530105, and what of it must stand nowhere."""


def _called(code: str, name: str):
    """A return whose secretary has this name and was born in August 1956."""
    return changed(yunnan(code, UNITS[code]), 任职与补贴__0__姓名=name, 任职与补贴__0__出生年月="1956.08")


@pytest.fixture(scope="module")
def people(tmp_path_factory) -> Round:
    """Namesakes, names with blanks, private numbers, double pay, rows of another unit; run once."""
    made = Round(
        folder_for(tmp_path_factory, "人"), *YUNNAN, [{"单位代码": c, "单位全称": n} for c, n in UNITS.items()]
    )
    for code in ONE_NAME:
        made.give(code, _called(code, "王小明"))
    for code, name in zip(BLANK_INSIDE, ("罗 蕾", "罗\u3000蕾"), strict=True):
        made.give(code, _called(code, name))
    for code in THREE:
        made.give(code, _called(code, "李大年"))
    typed = dict(
        zip(("党组织情况__0__正式党员数", "党组织情况__0__党员总数", "学习小组__0__成员人数"), PRIVATE, strict=True)
    )
    made.give(FOREIGN, changed(_called(FOREIGN, "阿依古丽·买买提"), 任职与补贴__3__姓名="冯\u3000玉兰", **typed))
    double = yunnan(DOUBLE, UNITS[DOUBLE])
    same = {name: double["任职与补贴"][0][name] for name in ("人员编号", "姓名", "出生年月", "人员身份")}
    double["任职与补贴"][3] |= same
    made.give(DOUBLE, double)
    own = yunnan(SUPERIOR, UNITS[SUPERIOR])
    theirs = f"{DOUBLE}-77"
    branch = own["党组织情况"][0] | {
        "党组织代码": theirs,
        "所属单位代码": DOUBLE,
        "党组织全称": f"中共{UNITS[DOUBLE]}离退休干部第二党支部",
    }
    person = own["任职与补贴"][0] | {"任职序号": 9, "党组织代码": theirs, "姓名": "孙志远", "出生年月": "1949.12"}
    rows = {"党组织情况": [*own["党组织情况"], branch], "任职与补贴": [*own["任职与补贴"], person]}
    made.give(SUPERIOR, own | rows)
    made.run()
    return made


@pytest.mark.parametrize("codes", [ONE_NAME, THREE], ids=["two", "three"])
def test_fig_09_namesakes_are_several_persons_until_somebody_confirms(people, codes):
    """Amounts stay, the level is 预警, and all of them stand under 需核实."""
    for code in codes:
        (line,) = (line for line in people.payments(code) if line["职务"] == "书记")
        assert (line["应发"], line["核对结果"]) == (3600, "预警")
        assert "疑似" in line["说明"]
        assert people.level(code, "YN-02-j") == "预警"
        listed = people.rows("工作补贴发放表", "需核实", "单位", "核对结果")
        assert [line["核对结果"] for line in listed if line["单位"] == UNITS[code]] == ["预警"]


def test_fig_09_the_total_is_what_all_of_them_are_due(people):
    """Ten secretaries and ten leaders, of whom one is the secretary of his unit as well."""
    total = people.rows("工作补贴发放表", "单位汇总", "单位", "应发金额")[-1]
    assert total["应发金额"] == 3600 * (len(UNITS) * 2 - 1)


def test_fig_10_a_blank_inside_a_name_hides_no_pair(people):
    """罗 蕾 and 罗　蕾 are asked about, and found under the name without the blank."""
    for code in BLANK_INSIDE:
        assert "CROSS-001" in [line["代码"] for line in people.findings(code)]
        assert people.payment(code, "罗蕾") == (3600, "预警")
    answer = people.ask("explain", "--person", "罗蕾", "--unit", BLANK_INSIDE[0])
    assert answer.exit_code == 0 and "罗蕾" in answer.output, answer.output


def test_fig_10_the_public_list_prints_names_as_they_are_written(people):
    """No blank in a Chinese name; the dot of another one stays."""
    names = [
        line["姓名"]
        for line in people.rows("工作补贴发放表", "公示版", "姓名", "单位")
        if line["单位"] == UNITS[FOREIGN]
    ]
    assert names == ["阿依古丽·买买提", "冯玉兰"]


def test_fig_11_private_numbers_stand_nowhere(people):
    """An ID number, a mobile number and an address in number cells: no book, no JSON, no terminal shows them."""
    shown = {
        path.name: "\n".join(page(path, sheet) for sheet in pages(path)) for path in people.folder.glob("汇总/*.xlsx")
    }
    shown |= {f"validate {words}": people.ask("validate", *words).output for words in ((), ("--json",))}
    shown |= {"chase": people.ask("chase").output}
    assert len([line for line in people.findings(FOREIGN) if line["级别"] == "错误"]) == len(PRIVATE)
    for text in PRIVATE.values():
        assert [name for name, found in shown.items() if text in found] == [], text


def test_fig_12_confirmed_double_pay_is_not_published(people):
    """One person paid as secretary and as leader of a group; the copy of the bureau says that he is held back."""
    listed = people.rows("工作补贴发放表", "公示版", "姓名", "单位")
    assert [line["职务"] for line in listed if line["单位"] == UNITS[DOUBLE]] == []
    assert "暂不公示" in people.text("工作补贴发放表", "需核实")


def test_fig_13_one_question_a_person_and_the_only_claimant_wins(people):
    """Three units return one person; one says that he is theirs, two say that he is not."""
    asked = [one for one in _disputes(people) if THREE[0] in _units(one)]
    assert [_units(one) for one in asked] == [sorted(THREE)]
    people.ask("disputes")
    for code in THREE:
        _answer(people, code, "是我单位的" if code == THREE[1] else "不是我单位的")
    left = [one for one in _disputes(people) if set(_units(one)) & set(THREE)]
    assert [one["state"] for one in left] == ["settled"]
    assert {side["unit"]: side["outcome"] for side in left[0]["sides"]}[THREE[1]] == "keeps"


def _disputes(made: Round) -> list[dict]:
    return json.loads(made.ask("disputes", "--json").output)


def _units(one: dict) -> list[str]:
    return sorted(side["unit"] for side in one["sides"])


def _answer(made: Round, code: str, text: str) -> None:
    """Fills in the list of a unit, the same answer in every line, and puts it into 回收."""
    (path,) = (made.folder / "退回").rglob(f"{code}_*争议核对.xlsx")
    book = load_workbook(path)
    sheet = book["争议核对"]
    cells = {str(cell.value).replace("\n", ""): cell for row in sheet.iter_rows() for cell in row if cell.value}
    for label, value in (("填表人", "李干事"), ("答复日期", "2026-01-10")):
        sheet.cell(cells[label].row, cells[label].column + 1).value = value
    for row in range(cells["编号"].row + 1, sheet.max_row + 1):
        if sheet.cell(row, cells["编号"].column).value:
            sheet.cell(row, cells["答复"].column).value = text
    book.save(made.folder / "回收" / path.name)


def test_fig_14_rows_of_another_unit_are_left_out_and_said_to_be_its_own(people):
    """A superior typed a branch of another unit and its secretary, who has the number of its own one."""
    assert people.payment(SUPERIOR, "周桂芳") == (3600, "达标")
    merged = people.rows("汇总数据", "任职与补贴", "姓名")
    assert "孙志远" not in [line["姓名"] for line in merged]
    said = [line["问题"] for line in people.findings(SUPERIOR) if line["工作表"] == "党组织情况"]
    assert said and all(UNITS[DOUBLE] in text for text in said)
    assert not any("补上这一行" in line["怎么改"] for line in people.findings(SUPERIOR))
