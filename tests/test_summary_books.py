"""All five output workbooks: safe, reproducible, masked, and live totals that LibreOffice agrees with."""

import ast
import re
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import summary_cases as cases
from office import needs_office, recalculate_all
from openpyxl import load_workbook
from rounds import Round

from toolkit.compute import families
from toolkit.model.result import worst
from toolkit.summary.allowance_book import allowance_workbook
from toolkit.summary.compliance_book import compliance_workbook
from toolkit.summary.director.book import director_workbook
from toolkit.summary.findings import findings_workbook
from toolkit.summary.labels import words
from toolkit.summary.merged import merged_workbook
from toolkit.summary.unit_lines import UnitLines

BOOKS = ("findings", "merged", "allowance", "compliance", "overview")
SHEETS = {
    "findings": ["概况", "问题", "按单位", "自动更正", "返回文件"],
    "allowance": ["发放表", "单位汇总", "对账", "仅登记", "需核实", "明细月份", "标准和算法", "公示版", "参数与依据"],
    "compliance": ["单位×条款", "单位总览", "条款总览", "明细", "不适用说明", "参数与依据"],
    "overview": [
        *("1 总体情况", "2 问题在哪里", "3 单位排名", "4 补贴对账", "5 口径与依据"),
        *("分类统计", "年度汇总数", "核对", "数据_单位", "数据_条款", "数据_图表"),
    ],
}
FUNCTIONS = {"SUM", "SUMIFS", "COUNTIF", "COUNTIFS", "IF", "IFERROR", "OR", "AND", "ROUND"}


@cache
def build(book: str) -> bytes:
    if book == "findings":
        return findings_workbook(cases.findings(), cases.returns(), cases.UNITS, "检查情况")
    if book == "allowance":
        return allowance_workbook(cases.allowance(), cases.account(), cases.policy(), cases.UNITS, "2023年度")
    if book == "compliance":
        return compliance_workbook(cases.compliance(), cases.figures(), cases.policy(), cases.UNITS, "2023年度")
    merged = cases.merged()
    if book == "overview":
        lines = UnitLines(merged.dataset(), cases.allowance(), cases.figures(), cases.policy())
        return director_workbook(lines, merged, "2023年度")
    with TemporaryDirectory() as folder:
        merged_workbook(merged, Path(folder) / "汇总数据.xlsx")
        return (Path(folder) / "汇总数据.xlsx").read_bytes()


@pytest.fixture(scope="module", params=BOOKS)
def made(request):
    return request.param, build(request.param)


def opened(data: bytes):
    return load_workbook(BytesIO(data), data_only=True)


def column(sheet, label: str) -> list:
    """Values below a header cell, down to the last row."""
    for cells in sheet.iter_rows():
        for cell in cells:
            if str(cell.value or "").replace("\n", "") == label:
                return [sheet.cell(row, cell.column).value for row in range(cell.row + 1, sheet.max_row + 1)]
    raise AssertionError(f"no column {label}")


def test_sheets_are_complete_and_in_order(made):
    book, data = made
    merged = [*(sheet.label for sheet in cases.form().sheets), "剔除行", "未采用的单元格", "旧版与重复", "核对"]
    expected = SHEETS.get(book) or merged
    assert opened(data).sheetnames == expected


def test_matrix_and_detail_are_not_what_is_printed_by_default():
    """A print is of the sheet that a workbook opens on: it was the matrix, ten pages wide."""
    assert opened(build("compliance")).active.title == "单位总览"


def test_the_same_input_gives_the_same_bytes(made):
    book, data = made
    assert build.__wrapped__(book) == data


def test_returned_text_never_becomes_a_formula_or_a_link(made):
    _, data = made
    for formula in cases.formulas(data):
        assert set(re.findall(r"([A-Z]+)\(", formula)) <= FUNCTIONS
    assert not any(formula == "=1+1" or formula == "1+1" for formula in cases.formulas(data))
    assert not any("<hyperlink" in xml or "externalLink" in name for name, xml in cases.parts(data).items())


def test_hostile_text_arrives_unchanged():
    values = column(opened(build("findings"))["问题"], "填写的值")
    assert set(cases.HOSTILE[:4]) <= set(values)


def test_no_id_number_and_no_mobile_number_is_shown(made):
    _, data = made
    for name, xml in cases.parts(data).items():
        assert cases.ID_NUMBER not in xml, name
        assert cases.MOBILE not in xml, name


@pytest.mark.parametrize("states", [("superseded",), ("duplicate",), ("superseded", "duplicate"), ()])
def test_rows_of_files_that_do_not_count_are_counted_apart(states):
    returns = cases.returns()
    for item in returns:
        item.rows_read = 7 if item.state in states else 0
    sheet = opened(findings_workbook([], returns, cases.UNITS, "检查情况"))["概况"]
    told = dict(zip(column(sheet, "项　目"), column(sheet, "数　量"), strict=True))
    assert told.get("旧版和重复文件里的行（不计）") == (7 * len(states) or None)
    assert told["读到的数据行"] == 0


def test_units_stand_in_official_order():
    expected = ["市教育局", "市财政局", "＝市水利局", "市农业农村局＊"]
    sheet = opened(build("allowance"))["发放表"]
    shown = [value for value in dict.fromkeys(column(sheet, "单位")) if value in expected]
    assert shown == expected
    units = column(opened(build("findings"))["问题"], "单位")
    assert units == ["市教育局", "市教育局", "市财政局", "市财政局", None]


def test_totals_are_live_and_right():
    data = build("allowance")
    live, values = load_workbook(BytesIO(data))["发放表"], opened(data)["发放表"]
    row = next(cell.row for cell in live["A"] if cell.value == "合　计")
    assert live.cell(row, 9).value == "=SUM($I$5:$I$9)"
    assert Decimal(str(values.cell(row, 9).value)) == Decimal("7200")
    assert Decimal(str(values.cell(row, 10).value)) == Decimal("9300.05")
    text = [str(cell.value) for cell in values["A"]]
    assert "应发下限合计人民币（大写）：柒仟贰佰元整" in text
    assert "已发合计人民币（大写）：玖仟叁佰元零伍分" in text


def test_the_public_list_holds_no_code_and_only_what_was_paid():
    sheet = opened(build("allowance"))["公示版"]
    assert [cell.value for cell in sheet[3]] == ["序号", "姓名", "单位", "职务", "金额（元）", "备注"]
    assert column(sheet, "姓名")[:4] == ["张乙", "李甲", "赵丁", "孙戊"]
    assert not any(code in str(cell.value) for cells in sheet.iter_rows() for cell in cells for code in cases.CODES)


def test_doubts_carry_reason_clause_and_rows():
    sheet = opened(build("allowance"))["需核实"]
    assert column(sheet, "核对结果") == ["不达标", "无法判定", "无法判定", "预警"]
    assert column(sheet, "依据（文件、工作表、行）")[0] == "返回0.xlsx › 任职与补贴 第5、9行"


def test_reconciliation_says_so_when_totals_disagree():
    report = cases.allowance()
    wrong = type(report)(**{**{name: getattr(report, name) for name in report.__slots__}, "totals": {"due": 1}})
    sheet = opened(allowance_workbook(wrong, cases.account(), cases.policy(), cases.UNITS, ""))["参数与依据"]
    verdicts = [row[2].value for row in sheet.iter_rows() if str(row[1].value).endswith("核对结果")]
    assert verdicts == ["不符", "不符"]


def test_a_cell_of_the_matrix_is_the_worst_of_its_subjects():
    report = cases.compliance()
    sheet = opened(build("compliance"))["单位×条款"]
    codes = [cell.value for cell in sheet[4]][3:]
    first = next(cell.row for cell in sheet["B"] if cell.value == "市教育局")
    states = {cases.CODES[0]: "", cases.CODES[1]: "", cases.CODES[5]: "版本待选"}
    for row, unit in enumerate(cases.CODES[:-1], first):
        for place, code in enumerate(codes):
            levels = [one.level for one in report.results if (one.unit, one.clause) == (unit, code)]
            level, state = worst(levels), states.get(unit, "未返回")
            assert sheet.cell(row, 4 + place).value == (state or level)


def test_small_sensitive_totals_are_not_printed():
    sheet = opened(build("overview"))["分类统计"]
    shown = {row[2].value: row[3].value for row in sheet.iter_rows() if row[1].value == "只列合计的指标"}
    assert "不足3" in shown.values() and 20 in shown.values() and 1 not in shown.values()
    headings = [cell.value for cell in opened(build("overview"))["年度汇总数"][4]]
    assert not any("困难帮扶" in str(text) for text in headings)


def test_the_front_page_has_native_charts_and_the_conclusions():
    data = build("overview")
    assert sum(name.startswith("xl/charts/chart") for name in cases.parts(data)) == 3
    pages = opened(data)
    text = "\n".join(str(cell.value) for cell in pages["1 总体情况"]["A"])
    assert "应报8家，已返回并计入3家（37.5%）；未返回4家（" in text and "版本待选1家（真州镇）" in text
    source = "\n".join(str(cell.value) for cell in pages["5 口径与依据"]["A"])
    assert "收到文件6份（旧版、重复除外），计入汇总3份" in source


def test_every_check_of_the_overview_agrees():
    assert set(column(opened(build("overview"))["核对"], "核对结果")) == {"相符"}


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory):
    """All books computed anew by one run of the office."""
    folder = tmp_path_factory.mktemp("recalculated")
    paths = {book: folder / f"{book}.xlsx" for book in BOOKS}
    for book, path in paths.items():
        path.write_bytes(build(book))
    values = recalculate_all(list(paths.values()), folder)
    return {book: values[path] for book, path in paths.items()}


@needs_office
@pytest.mark.parametrize("book", BOOKS)
def test_every_formula_gives_what_python_computed(book, recalculated):
    live, cached = load_workbook(BytesIO(build(book))), opened(build(book))
    wrong, count = {}, 0
    for sheet in live.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            expected = cached[sheet.title][cell.coordinate].value or 0
            got = recalculated[book][sheet.title].get(cell.coordinate) or 0
            count += 1
            same = abs(expected - got) < 1e-9 if isinstance(expected, int | float) else expected == got
            if not same:
                wrong[sheet.title, cell.coordinate] = (cell.value, expected, got)
    assert count > 5 and wrong == {}


@pytest.mark.parametrize("policy", ["yizheng-2022", "yunnan-2025"])
def test_the_figures_of_a_level_have_clerks_names(tmp_path, policy):
    made = Round(tmp_path / "批次", 3, policy)
    for place in range(3):
        made.put(place, cells={("floating", "org_code", 0): made.units[place].orgs[0].code} if place else None)
    checked = made.check()
    data = compliance_workbook(checked.compliance, checked.figures, checked.job.policy, checked.job.units, "标题")
    shown = [text for text in column(opened(data)["明细"], "数据") if text]
    names = {part.split("：")[0] for text in shown for part in text.split("；")}
    assert len(names) > 25 and all("：" in part and part[-1] != "：" for text in shown for part in text.split("；"))
    assert not {name for name in names if name.isascii() and name not in checked.job.policy.clauses}


def figure_keys(tree):
    """The keys that a module writes into `figures`."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id == "figures" and isinstance(node.value, ast.Dict):
                yield from (key.value for key in node.value.keys if isinstance(key, ast.Constant))
            whole = isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name)
            if whole and target.value.id == "figures" and isinstance(target.slice, ast.Constant):
                yield target.slice.value


def test_no_family_writes_a_figure_without_a_name():
    folder = Path(families.__file__).parent
    keys = {key for path in folder.glob("*.py") for key in figure_keys(ast.parse(path.read_text("utf-8")))}
    assert {"n", "need", "loose", "deadline"} <= keys
    assert keys <= words().figures.keys() | words().task_figures.keys()
