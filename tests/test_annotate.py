"""Marked copies: what is marked, that nothing else changes, that they come back readable and clean."""

import shutil
import zipfile
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from annotate_books import ORG, SHEET, THREAD, rich_book
from click.testing import CliRunner
from office import convert, needs_office
from ooxml import parts, problems
from openpyxl.comments import Comment
from reading_books import GOOD, Paper, edit, small_form

from tests.macros import contract
from tests.rounds import Round
from toolkit import bridge
from toolkit.annotate import Told, annotate, marked_copy, only_hints, to_send_back
from toolkit.annotating.colours import is_none, mark_fill, number_of
from toolkit.cli import main_group
from toolkit.model.finding import ERROR, EXPLAINED, HINT, QUERY, Finding
from toolkit.model.layout import MARK, MARK_FIX, MARK_LIST, MARK_NOTE, MARK_PROBLEM
from toolkit.model.unit import Unit, UnitList
from toolkit.reading import read_returns

FORM, UNITS = small_form(), UnitList((Unit("U1", "甲机关局", "机关", "县", short_names=("甲局",)),))
REWRITTEN = {
    "[Content_Types].xml",
    "docProps/custom.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/comments1.xml",
    "xl/drawings/vmlDrawing1.vml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/worksheets/_rels/sheet1.xml.rels",
    "xl/worksheets/sheet1.xml",
    "xl/worksheets/sheet2.xml",
}
"""The only parts of the rich workbook that marking writes anew: it marks two sheets, of which one had comments."""
ADDED = {"xl/comments2.xml", "xl/drawings/vmlDrawing3.vml", "xl/worksheets/sheet6.xml"}


def read(path: Path):
    """One returned file."""
    return read_returns([(path.name, path)], FORM, UNITS, workers=1)


def found(batch) -> list[Finding]:
    """What reading found, and one finding of each level on cells of every kind."""
    item = batch.returns[0]
    place = {"unit": item.unit, "file": item.file, "sheet": ORG}
    return [
        *item.findings,
        Finding("T-1", QUERY, "名称不像支部", "请核对", cells=("B8", "B9"), label="党组织全称", **place),
        Finding("T-2", ERROR, "不在下拉选项里", "请选", cells=("C9",), label="设置形式", value="不详", **place),
        Finding("T-3", HINT, "代码少见", cells=("A9",), label="党组织代码", **place),
        Finding("T-4", QUERY, "人数少", "请核对", cells=("C8",), **{**place, "sheet": "单位情况"}),
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The rich workbook and its marked copy."""
    folder = tmp_path_factory.mktemp("标注")
    (folder / "甲局.xlsx").write_bytes(rich_book())
    batch = read(folder / "甲局.xlsx")
    annotate(batch, found(batch), folder / "退回")
    return folder


@pytest.fixture(scope="module")
def original(folder):
    """Parts of the workbook as returned."""
    return parts((folder / "甲局.xlsx").read_bytes())


@pytest.fixture(scope="module")
def marked(folder):
    """Parts of the marked copy."""
    return parts((folder / "退回" / "甲局.xlsx").read_bytes())


def cells(path: Path, title: str) -> dict:
    """Cells of a sheet as openpyxl sees them."""
    import warnings

    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {cell.coordinate: cell for row in load_workbook(path)[title].iter_rows() for cell in row}


def test_the_fixture_keeps_the_rules(folder):
    assert problems((folder / "甲局.xlsx").read_bytes()) == []


def test_the_marked_copy_keeps_the_rules(folder):
    assert problems((folder / "退回" / "甲局.xlsx").read_bytes()) == []


def test_every_other_part_keeps_its_bytes(original, marked):
    assert {name for name in original if marked.get(name) != original[name]} == REWRITTEN
    assert set(marked) - set(original) == ADDED


def test_the_zip_keeps_the_packed_bytes_too(folder):
    """Untouched parts are not even packed again."""
    with zipfile.ZipFile(folder / "甲局.xlsx") as old, zipfile.ZipFile(folder / "退回" / "甲局.xlsx") as new:
        sizes = {info.filename: (info.CRC, info.compress_size) for info in new.infolist()}
        same = [info for info in old.infolist() if info.filename not in REWRITTEN]
        assert all(sizes[info.filename] == (info.CRC, info.compress_size) for info in same)


def test_reading_again_gives_equal_values_and_the_same_findings(folder):
    before, after = read(folder / "甲局.xlsx"), read(folder / "退回" / "甲局.xlsx")
    assert found(before) == found(after)
    assert before.returns[0].not_data == after.returns[0].not_data
    for sheet, frame in before.tables.items():
        assert frame.equals(after.tables[sheet]), sheet


def test_marking_twice_gives_the_same_bytes(folder, tmp_path):
    batch = read(folder / "退回" / "甲局.xlsx")
    [again], left = annotate(batch, found(batch), tmp_path)
    assert left == []
    assert again.read_bytes() == (folder / "退回" / "甲局.xlsx").read_bytes()


def test_marking_twice_adds_nothing_to_what_openpyxl_saved(tmp_path):
    """openpyxl writes "no fill" in fewer words; the copy of a copy has no format more than the copy."""
    path = small(tmp_path, [GOOD])
    openpyxl.load_workbook(path).save(path)
    finding = Finding("T-1", QUERY, "看", unit="U1", file=path.name, sheet=ORG, cells=("A7", "B7"))
    [once], _ = annotate(read(path), [finding], tmp_path / "退回")
    [twice], _ = annotate(read(once), [finding], tmp_path / "又退回")
    assert twice.read_bytes() == once.read_bytes()


def test_cells_are_coloured_on_their_own_format(folder):
    before, after = cells(folder / "甲局.xlsx", ORG), cells(folder / "退回" / "甲局.xlsx", ORG)
    colours = {address: after[address].fill.fgColor.rgb[:6] for address in ("F7", "B8", "C9", "A9", "B7")}
    assert colours == {"F7": "FFFF8F", "B8": "FFFFC8", "C9": "FFFF8F", "A9": "FF80C8", "B7": "000000"}
    for what in ("font", "border", "alignment", "number_format", "protection"):
        assert repr(getattr(before["F7"], what)) == repr(getattr(after["F7"], what))


def test_rows_end_with_problem_fix_and_explanation(folder):
    after = cells(folder / "退回" / "甲局.xlsx", ORG)
    labels = {cell.value: cell.column_letter for cell in after.values() if str(cell.value) in LABELS}
    assert set(labels) == LABELS
    problem, fix, note = (labels[label] for label in (MARK_PROBLEM, MARK_FIX, MARK_NOTE))
    assert after[f"{problem}9"].value == (
        "[T-1] 疑问：“党组织全称”名称不像支部\n[T-2] 错误：“设置形式”不在下拉选项里\n[T-3] 提示：“党组织代码”代码少见"
    )
    assert after[f"{fix}9"].value == "请核对\n请选"
    assert after[f"{problem}8"].value == "[T-1] 疑问：“党组织全称”名称不像支部" and f"{problem}10" not in after
    assert not after[f"{note}8"].protection.locked and not after[f"{note}9"].protection.locked


LABELS = {MARK_PROBLEM, MARK_FIX, MARK_NOTE}


def test_the_columns_lie_beside_pictures_and_buttons(folder):
    after = cells(folder / "退回" / "甲局.xlsx", ORG)
    first = next(cell.column for cell in after.values() if cell.value == MARK_PROBLEM)
    assert first > 20  # the chart reaches from M to T


def test_comments_extend_what_was_written_and_leave_conversations(folder, marked):
    after = cells(folder / "退回" / "甲局.xlsx", ORG)
    assert after["F7"].comment.text.startswith("这里的人数请再数一遍\n【校验】错误：“三十”不是数字；")
    assert after["A9"].comment.text == "甲乙两支部合并而来\n【校验】提示：代码少见"
    assert after["B8"].comment.text.splitlines()[0] == "【校验】疑问：名称不像支部；请核对"
    assert after["B9"].comment.text == "[Threaded comment] 名称对吗？"
    assert THREAD in marked["xl/threadedComments/threadedComment1.xml"].decode()


def test_the_list_links_to_the_cells(folder):
    listed = cells(folder / "退回" / "甲局.xlsx", MARK_LIST)
    assert listed["A1"].value == f"{MARK}问题清单：错误 2 条，疑问 3 条，提示 1 条，已说明 0 条（同样的合成一条）"
    links = {cell.value: cell.hyperlink.location for cell in listed.values() if cell.hyperlink}
    assert links[f"{ORG}!B8、B9"] == f"'{ORG}'!B8"
    assert links["单位情况!C8"] == "'单位情况'!C8"


def test_names_of_sheets_and_the_open_sheet_move_along(original, marked):
    assert b'localSheetId="1"' in original["xl/workbook.xml"]
    assert b'localSheetId="2"' in marked["xl/workbook.xml"] and b'localSheetId="1"' not in marked["xl/workbook.xml"]
    assert b'activeTab="1"' in marked["xl/workbook.xml"]


def test_formulas_keep_their_results(original, marked):
    for formula in (b"<f>SUM(F8:F9)</f><v>19</v>", '<f>B8&amp;"！"</f><v>返聘支部！</v>'.encode()):
        assert formula in original[SHEET] and formula in marked[SHEET]


def test_marks_vanish_where_the_problem_is_gone(folder, tmp_path):
    batch = read(folder / "退回" / "甲局.xlsx")
    [path], _ = annotate(batch, found(batch)[-1:], tmp_path)
    assert problems(path.read_bytes()) == []
    before, after = cells(folder / "甲局.xlsx", ORG), cells(path, ORG)
    for address in ("F7", "B8", "B9", "C9", "A9"):
        for what in ("fill", "font", "border", "number_format", "protection"):
            assert repr(getattr(before[address], what)) == repr(getattr(after[address], what)), (address, what)
        texts = [cell.comment.text if cell.comment else "" for cell in (before[address], after[address])]
        assert texts[0] == texts[1]
    assert not any(MARK in str(cell.value) for cell in after.values())
    assert MARK_PROBLEM in [cell.value for cell in cells(path, "单位情况").values()]


def test_another_program_may_save_the_copy(folder, tmp_path):
    """Rows sorted and formats renumbered by another program: colours still know the fill they replaced."""
    from openpyxl import load_workbook

    book = load_workbook(folder / "退回" / "甲局.xlsx")
    sheet = book[ORG]
    for column in range(1, sheet.max_column + 1):  # the rows 7 and 9 change places
        one, other = sheet.cell(7, column), sheet.cell(9, column)
        one.value, other.value, one._style, other._style = other.value, one.value, other._style, one._style
    path = tmp_path / "甲局.xlsx"
    book.save(path)
    batch = read(path)
    [cleaned], _ = annotate(batch, found(batch)[-1:], tmp_path / "退回")
    before, after = cells(folder / "甲局.xlsx", ORG), cells(cleaned, ORG)
    assert repr(after["F9"].fill) == repr(before["F7"].fill)
    assert repr(after["C7"].fill) == repr(before["C9"].fill)


@needs_office
def test_libreoffice_opens_it_and_what_it_saves_is_still_understood(folder, tmp_path):
    saved = convert(folder / "退回" / "甲局.xlsx", tmp_path, "xlsx")
    before, after = found(read(folder / "甲局.xlsx")), found(read(saved))
    assert [replace(one, file="") for one in before] == [replace(one, file="") for one in after]
    batch = read(saved)
    [cleaned], _ = annotate(batch, found(batch)[-1:], tmp_path / "退回")
    old, new = cells(folder / "甲局.xlsx", ORG), cells(cleaned, ORG)
    assert repr(new["F7"].fill.fgColor.rgb) == repr(old["F7"].fill.fgColor.rgb)
    assert new["F7"].comment.text == old["F7"].comment.text and new["B8"].comment is None
    assert not any(MARK in str(cell.value) for cell in new.values())


def small(tmp_path, rows, change=lambda data: data, name="甲局.xlsx"):
    """A small returned file with some rows on the sheet of organisations."""
    paper = Paper(FORM, {"org": rows})
    paper.cells["_lists"] = {(0, 0): "kinds", (1, 0): "党支部"}
    paper.hooks.append(lambda book, sheet, title: sheet.protect() if title == ORG else None)
    path = tmp_path / name
    path.write_bytes(change(paper.bytes()))
    return path


def validations(path: Path) -> list[tuple[str, str]]:
    """(range, source) of the dropdowns on the sheet of organisations."""
    import re

    text = parts(path.read_bytes())[SHEET].decode()
    return re.findall(r'type="list"[^>]*sqref="([^"]*)"><formula1>([^<]*)<', text)


def with_lists(data: bytes) -> bytes:
    """The defined name of the list of kinds."""
    name = "<definedNames><definedName name=\"list_kinds\">'_lists'!$A$2:$A$4</definedName></definedNames><calcPr"
    return edit(data, {"xl/workbook.xml": lambda old: old.replace(b"<calcPr", name.encode())})


@pytest.mark.parametrize(
    ("there", "wanted"),
    (
        ("", ["C7:C336"]),
        ("C7:C336", ["C7:C336"]),
        ("C7 C9:C336", ["C7 C9:C336", "C8"]),
        ("C9:C336", ["C9:C336", "C7:C8"]),
        ("A7:A99", ["A7:A99", "C7:C336"]),
    ),
)
def test_dropdowns_that_pasting_destroyed_come_back(tmp_path, there, wanted):
    def broken(data):
        if not there:
            return with_lists(data)
        one = f'<dataValidation type="list" sqref="{there}"><formula1>list_kinds</formula1></dataValidation>'
        text = f'<dataValidations count="1">{one}</dataValidations><pageMargins'.encode()
        return edit(with_lists(data), {SHEET: lambda old: old.replace(b"<pageMargins", text)})

    path = small(tmp_path, [GOOD, {**GOOD, "code": "U1-02"}], broken)
    batch = read(path)
    finding = Finding("T-1", QUERY, "看", unit="U1", file=path.name, sheet="单位情况", cells=("C8",))
    [copy], _ = annotate(batch, [finding], tmp_path / "退回")
    assert problems(copy.read_bytes()) == []
    assert [area for area, _ in validations(copy)] == wanted
    assert {source for _, source in validations(copy)} == {"list_kinds"}


@pytest.mark.rounds
@pytest.mark.parametrize("left", ("", "A7:A9"))
def test_limits_and_prompts_that_pasting_destroyed_come_back_as_issued(tmp_path, left):
    """Every validation of a pasted-over sheet is again what the issued workbook had, cell by cell."""
    import re

    from rounds import Round

    from toolkit.reading import read_returns as read_files

    made = Round(tmp_path / "批次", units=1)
    made.issue()
    path = made.put(0)
    issued = made.campaign.issued / path.name
    wanted = {title: validated(issued, title) for title in ("任职与补贴", "单位情况", "活动台账")}
    one = f'<dataValidation sqref="{left}" promptTitle="自己的" prompt="别动" showInputMessage="1"/>'
    own = f'<dataValidations count="1">{one}</dataValidations>'.encode() if left else b""
    broken = re.compile(rb"<dataValidations.*?</dataValidations>", re.S)
    known = parts(path.read_bytes())
    sheets = [name for name in known if name.startswith("xl/worksheets/sheet")]
    path.write_bytes(edit(path.read_bytes(), {name: lambda old: broken.sub(own, old) for name in sheets}))
    batch = read_files([(path.name, path)], made.campaign.form, made.campaign.units, workers=1)
    place = {"unit": made.units[0].code, "file": path.name}
    finding = Finding("T-1", QUERY, "看", sheet="任职与补贴", cells=("E7",), **place)
    [copy], _ = annotate(batch, [finding], tmp_path / "退回")
    assert problems(copy.read_bytes()) == []
    found = validated(copy, "任职与补贴")
    restored = {cell: rule for cell, rule in wanted["任职与补贴"].items() if cell[0] != "A" or not left}
    assert {cell: found[cell] for cell in restored} == restored
    assert not left or {found[cell][-1] for cell in ("A7", "A8", "A9")} == {"别动"}
    assert {rule[0] for rule in found.values()} >= {"list", "whole", "decimal", None}
    other = validated(copy, "活动台账")
    if left:
        assert {cell: other[cell] for cell in wanted["活动台账"] if cell[0] != "A"} == {
            cell: rule for cell, rule in wanted["活动台账"].items() if cell[0] != "A"
        }
    else:
        assert {rule[0] for rule in other.values()} == {"list"}, "of a sheet that is not touched only the dropdowns"


@pytest.mark.rounds
def test_every_limit_and_prompt_of_every_sheet_comes_back(tmp_path):
    """All kinds that the template has; of the statistics whole numbers and amounts each their own."""
    import re

    from rounds import Round

    from toolkit.reading import read_returns as read_files

    made = Round(tmp_path / "批次", units=1)
    made.issue()
    path = made.put(0)
    issued = made.campaign.issued / path.name
    gone = re.compile(rb"<dataValidations.*?</dataValidations>", re.S)
    sheets = [name for name in parts(path.read_bytes()) if name.startswith("xl/worksheets/sheet")]
    path.write_bytes(edit(path.read_bytes(), {name: lambda old: gone.sub(b"", old) for name in sheets}))
    batch = read_files([(path.name, path)], made.campaign.form, made.campaign.units, workers=1)
    place = {"unit": made.units[0].code, "file": path.name}
    titles = [sheet.label for sheet in made.campaign.form.sheets]
    findings = [Finding("T-1", QUERY, "看", sheet=title, cells=("C7",), **place) for title in titles]
    [copy], _ = annotate(batch, findings, tmp_path / "退回")
    kinds = set()
    for title in titles:
        wanted = validated(issued, title)
        assert validated(copy, title) == wanted, title
        kinds |= {rule[0] for rule in wanted.values()}
    assert kinds == {"list", "whole", "date", "decimal", "textLength", None}


def validated(path: Path, title: str) -> dict[str, tuple]:
    """Address → type, operator, formulas, prompt of every validated cell in the first rows."""
    import openpyxl

    rules = openpyxl.load_workbook(path)[title].data_validations.dataValidation
    found = {}
    for rule in rules:
        operator = rule.operator or "between"
        bounds = (rule.formula1, rule.formula2, bool(rule.showErrorMessage), rule.error)
        for area in rule.sqref.ranges:
            for row, column in area.cells:
                if row < 60:
                    address = f"{openpyxl.utils.get_column_letter(column)}{row}"
                    found[address] = (rule.type, operator, *bounds, rule.promptTitle, rule.prompt)
    return found


def test_without_the_lists_no_dropdown_is_invented(tmp_path):
    path = small(tmp_path, [GOOD])
    batch = read(path)
    finding = Finding("T-1", QUERY, "看", unit="U1", file=path.name, sheet=ORG, cells=("B7",))
    [copy], _ = annotate(batch, [finding], tmp_path / "退回")
    assert validations(copy) == []


def test_an_explanation_in_the_file_stays_there(tmp_path):
    path = small(tmp_path, [GOOD])
    batch = read(path)
    finding = Finding("T-1", QUERY, "看", unit="U1", file=path.name, sheet=ORG, cells=("B7",))
    [copy], _ = annotate(batch, [finding], tmp_path / "一")
    note = next(cell for cell in cells(copy, ORG).values() if cell.value == MARK_NOTE)
    empty = f'<c r="{note.column_letter}7" s="'.encode()
    data = edit(copy.read_bytes(), {SHEET: lambda old: typed(old, empty, "九月起由老年大学代管")})
    returned = tmp_path / "甲局.xlsx"
    returned.write_bytes(data)
    batch = read(returned)
    assert batch.returns[0].notes["org"] == {7: ("[T-1] 疑问：看", "九月起由老年大学代管")}
    earlier = {0: {ORG: {7: "去年写的原因"}}}
    [again], _ = annotate(batch, [finding], tmp_path / "二", earlier=earlier)
    kept = cells(again, ORG)[f"{note.column_letter}7"]
    assert kept.value == "九月起由老年大学代管"
    assert kept.comment.text == "【校验】上次的说明：去年写的原因"


def typed(sheet: bytes, start: bytes, text: str) -> bytes:
    """The sheet with a text typed into an empty cell."""
    at = sheet.index(start)
    end = sheet.index(b"/>", at)
    return sheet[:end] + f' t="inlineStr"><is><t>{text}</t></is></c>'.encode() + sheet[end + 2 :]


def test_files_that_cannot_be_marked_are_named(tmp_path):
    good = small(tmp_path, [GOOD])
    bad = tmp_path / "坏.xlsx"
    bad.write_bytes(b"PK\3\4 broken")
    batch = read_returns([(bad.name, bad), (good.name, good)], FORM, UNITS, workers=1)
    findings = [one for item in batch.returns for one in item.findings]
    findings.append(Finding("T-1", QUERY, "看", unit="U1", file=good.name, sheet=ORG, cells=("B7",)))
    written, left = annotate(batch, findings, tmp_path / "退回")
    assert [path.name for path in written] == [good.name]
    assert [item.file for item in left] == [bad.name]


def test_only_open_problems_send_a_file_back(tmp_path):
    path = small(tmp_path, [GOOD])
    batch = read(path)
    place = {"unit": "U1", "file": path.name, "sheet": ORG, "cells": ("B7",)}
    assert to_send_back(batch, [Finding("T-1", EXPLAINED, "看", **place)]) == {}
    for level, goes in ((ERROR, True), (QUERY, True), (HINT, False)):
        found = [Finding("T-1", level, "看", **place), Finding("T-2", HINT, "看", **place)]
        assert list(to_send_back(batch, found)) == [path.name] * goes
        assert only_hints(batch, found) == (not goes)
    assert only_hints(batch, [Finding("T-1", EXPLAINED, "看", **place)]) == only_hints(batch, []) == 0


@pytest.mark.rounds
@pytest.mark.parametrize(("hints", "wrong"), [(1, 0), (2, 1), (0, 1), (0, 0)])
def test_command_and_button_say_how_many_have_only_hints(hints, wrong, tmp_path):
    """F030, a hint: something follows the workbook. Another return has an amount that nobody can read."""
    made = Round(tmp_path / "批次", 3)
    proved = {"task": lambda rows: [{**row, "evidence_no": "Z1"} for row in rows]}
    for place in range(hints):
        path = made.put(place, rows=proved)
        path.write_bytes(path.read_bytes() + b"tail")
    made.put(2, cells={("post", "paid_amount", 0): "看不清"} if wrong else {}, rows=proved)
    folder = made.campaign.folder
    told = CliRunner().invoke(main_group, ["annotate", str(folder), "--as-of", str(made.day)]).output
    pressed = bridge.serve(contract.request(folder, "annotate", cfg_as_of=str(made.day)))
    back = sorted(path.name for path in (folder / "退回").rglob("*.xlsx"))
    assert len(back) == wrong
    sentence = f"另有 {hints} 份只有提示，不用单位改，没有退回。"
    for said in (told.replace("\n", ""), pressed.message):
        assert f"退回 {wrong} 份" in said and (sentence in said) == bool(hints), said
        assert hints or "只有提示" not in said


def test_hostile_text_stays_text(tmp_path):
    path = small(tmp_path, [GOOD])
    batch = read(path)
    message = '=HYPERLINK("x") <c> & \x0b ]]> _x0041_'
    finding = Finding("T-1", ERROR, message, message, "U1", path.name, ORG, ("B7",), value=message)
    [copy], _ = annotate(batch, [finding], tmp_path / "退回")
    assert problems(copy.read_bytes()) == []
    listed = [cell for cell in cells(copy, MARK_LIST).values() if "HYPERLINK" in str(cell.value)]
    assert len(listed) == 3 and all(cell.data_type == "s" for cell in listed)


def test_a_sheet_of_the_units_own_with_that_name_stays(tmp_path):
    paper = Paper(FORM)
    paper.cells[MARK_LIST] = {(0, 0): "本单位自己记的"}
    path = tmp_path / "甲局.xlsx"
    path.write_bytes(paper.bytes())
    for _ in range(2):
        batch = read(path)
        finding = Finding("T-1", QUERY, "看", unit="U1", file=path.name, sheet=ORG, cells=("B7",))
        [path], _ = annotate(batch, [finding], tmp_path / "退回")
        assert cells(path, MARK_LIST)["A1"].value == "本单位自己记的"
        assert problems(path.read_bytes()) == []


def test_many_comments_get_shapes_of_their_own(tmp_path):
    rows = [{**GOOD, "code": f"U1-{n}"} for n in range(600)]
    path = small(tmp_path, rows)
    batch = read(path)
    spots = tuple(f"{letter}{row}" for letter in "ABC" for row in range(7, 607))
    finding = Finding("T-1", QUERY, "看", unit="U1", file=path.name, sheet=ORG, cells=spots)
    [copy], _ = annotate(batch, [finding], tmp_path / "退回")
    assert problems(copy.read_bytes()) == []


def test_shapes_keep_clear_of_blocks_that_another_program_wrote(tmp_path):
    """openpyxl's own comments: other prefixes in the drawing, the same block of shape numbers claimed."""
    path = small(tmp_path, [GOOD, {**GOOD, "code": "U1-2"}])
    book = openpyxl.load_workbook(path)
    book.create_sheet("自己的")["A1"].comment = Comment("记一下", "王会计")
    book.save(path)
    finding = Finding("T-1", QUERY, "看", unit="U1", file=path.name, sheet=ORG, cells=("A7",))
    [copy], _ = annotate(read(path), [finding], tmp_path / "退回")
    assert not [line for line in problems(copy.read_bytes()) if "own the block" in line]


def test_colours_remember_the_fill():
    fills = [mark_fill(level, number) for level in (ERROR, QUERY, HINT) for number in range(64)]
    assert len(set(fills)) == 192
    assert [number_of(fill) for fill in fills] == [*range(64)] * 3
    assert not any(map(is_none, fills))
    assert number_of(b'<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/></patternFill></fill>') is None


def test_a_workbook_with_prefixes_is_marked_too(tmp_path):
    """Some programs write every element with a prefix."""

    def prefixed(data):
        import re

        def change(old):
            text = re.sub(rb"<(/?)(?=[a-zA-Z])(?!\?)", rb"<\1x:", old)
            return text.replace(b' xmlns="http://schemas.openxml', b' xmlns:x="http://schemas.openxml')

        wanted = ["xl/workbook.xml", "xl/styles.xml", *(f"xl/worksheets/sheet{n}.xml" for n in range(1, 6))]
        return edit(data, dict.fromkeys(wanted, change))

    path = small(tmp_path, [GOOD], prefixed)
    batch = read(path)
    finding = Finding("T-1", QUERY, "看", unit="U1", file=path.name, sheet=ORG, cells=("B7",))
    [copy], left = annotate(batch, [finding], tmp_path / "退回")
    assert not left and problems(copy.read_bytes()) == []
    again, _ = annotate(read(copy), [finding], tmp_path / "再")
    assert again[0].read_bytes() == copy.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("policy", ("yizheng-2022", "yunnan-2025"))
def test_a_round_of_marked_copies(tmp_path, policy):
    """Mark, return unchanged, mark again: the same findings, the same bytes, packages that keep the rules."""
    from toolkit.job import job_for
    from toolkit.outputs import write_marked
    from toolkit.pipeline import check
    from toolkit.trial import write_sample

    year = {"yizheng-2022": 2024, "yunnan-2025": 2026}[policy]
    folder = tmp_path / "批次"
    write_sample(folder, policy=policy, units=3, seed=3, defects="heavy", year=year - 1)
    first = check(job_for([folder], as_of=date(year, 1, 15)))
    copies = write_marked(first)
    assert copies and all(problems(path.read_bytes()) == [] for path in copies if path.suffix == ".xlsx")
    kept = {path.relative_to(folder / "退回").as_posix(): path.read_bytes() for path in copies}
    for name in kept:
        if (folder / "回收" / name).exists():
            shutil.copyfile(folder / "退回" / name, folder / "回收" / name)
    second = check(job_for([folder], as_of=date(year, 1, 15)))
    assert [one.sentence for one in second.findings] == [one.sentence for one in first.findings]
    again = {path.relative_to(folder / "退回").as_posix(): path.read_bytes() for path in write_marked(second)}
    assert {name for name in kept if kept[name] != again.get(name)} <= {name for name in kept if "问题清单" in name}


def test_told_without_findings_still_gives_a_sound_package():
    data = rich_book()
    copy = marked_copy(data, FORM, Told({}, []))
    assert problems(copy) == []


BEFORE_CONTROLS = (
    b'<worksheet xmlns="m"><sheetData/><conditionalFormatting/><pageMargins/><drawing r:id="rId1"/>'
    b'<mc:AlternateContent><mc:Choice Requires="x14"><controls><control r:id="rId3"/></controls></mc:Choice>'
    b"</mc:AlternateContent><tableParts/><extLst><ext><x14:dataValidations/></ext></extLst></worksheet>"
)


@pytest.mark.parametrize(
    ("name", "after", "before"),
    (
        ("legacyDrawing", b'<drawing r:id="rId1"/>', b"<mc:AlternateContent>"),
        ("dataValidations", b"<conditionalFormatting/>", b"<pageMargins/>"),
        ("hyperlinks", b"<conditionalFormatting/>", b"<pageMargins/>"),
        ("sheetProtection", b"</sheetData>", b"<conditionalFormatting/>"),
    ),
)
def test_elements_come_where_the_standard_wants_them(name, after, before):
    from toolkit.ooxml.editing import SheetEditor

    sheet = SheetEditor(BEFORE_CONTROLS)
    added = f"<{name}/>".encode()
    sheet.set_element(name, added)
    assert after + added + before in sheet.to_bytes()
    sheet.set_element(name, b"")
    assert sheet.to_bytes() == SheetEditor(BEFORE_CONTROLS).to_bytes()


def test_wide_column_records_are_split_around_the_added_columns():
    from toolkit.ooxml.editing import SheetEditor

    text = b'<worksheet><cols><col min="1" max="16384" width="9" style="3"/></cols><sheetData/></worksheet>'
    sheet = SheetEditor(text)
    sheet.set_columns({4: 44.0, 5: 36.0})
    assert (
        b'min="1" max="3"' in sheet.to_bytes() and b'<col min="6" max="16384" width="9" style="3"/>' in sheet.to_bytes()
    )
    assert sheet.style(1, 2) == 3


def test_copies_that_are_no_longer_needed_go_unless_somebody_changed_them(tmp_path):
    from types import SimpleNamespace

    from toolkit.campaign.ledger import Ledger
    from toolkit.round_trip.sending_back import send_back

    ledger = Ledger(tmp_path / "台账.sqlite")
    names = ("甲.xlsx", "乙.xlsx", "丙.xlsx")
    files = [small(tmp_path, [{**GOOD, "members": at}], name=name) for at, name in enumerate(names)]
    batch = read_returns([(path.name, path) for path in files], FORM, UNITS, workers=1)
    findings = [Finding("T-1", QUERY, "看", unit="U1", file=path.name, sheet=ORG, cells=("B7",)) for path in files]
    target, more = tmp_path / "退回", {"title": "测试", "campaign": SimpleNamespace(ledger=ledger, units=UNITS)}
    assert len(send_back(batch, findings, target, **more)) == 3
    (target / "乙.xlsx").write_bytes(b"changed by hand")
    send_back(batch, findings[2:], target, **more)
    assert sorted(path.name for path in target.iterdir()) == ["丙.xlsx", "乙.xlsx"]
    assert list(ledger.sent_back()) == ["丙.xlsx"]
    assert [line["detail"] for line in ledger.history()] == ["甲.xlsx", "乙.xlsx", "丙.xlsx"]
    ledger.record_sent_back([("../甲.xlsx", "U1", sha256(files[0].read_bytes()).hexdigest())])
    send_back(batch, findings[2:], target, **more)
    assert files[0].is_file()


def test_an_unreadable_file_goes_back_as_a_list(tmp_path):
    from toolkit.round_trip.sending_back import send_back

    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\3\4 broken")
    batch = read_returns([(path.name, path)], FORM, UNITS, workers=1)
    [written] = send_back(batch, batch.returns[0].findings, tmp_path / "退回", title="测试")
    assert written.name == "坏.xlsx_问题清单.xlsx" and problems(written.read_bytes()) == []
