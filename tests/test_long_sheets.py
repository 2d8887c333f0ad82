"""Table bodies: the bytes are those of single cells; a table longer than a sheet goes on, and so do its totals."""

import random
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
import summary_cases as cases
from office import needs_office, recalculate_all
from openpyxl import load_workbook

from toolkit.drawing.values import Formula, Link, OwnText, Span
from toolkit.model.register import Block, Field, Register
from toolkit.summary import cells, long_sheet
from toolkit.summary.allowance_book import allowance_workbook
from toolkit.summary.book import Book, Page
from toolkit.summary.compliance_book import compliance_workbook
from toolkit.summary.findings import findings_workbook
from toolkit.summary.labels import Heading, SheetWords
from toolkit.summary.registers_book import registers_workbook

KINDS = ("count", "text", "level", "money", "date", "code", "text")
HEADINGS = tuple(Heading(f"c{n}", f"列{n}", 12.0 + n, kind) for n, kind in enumerate(KINDS))
TEXTS = (
    "文字",
    " 前",
    "后 ",
    "a&b<c>",
    "一\n二",
    '"引"',
    "_x0041_",
    "\x01",
    "=1+1",
    "𠮷" * 5,
    "长" * 300,
    "13812345678",
)
ODD = ("<r>&</r>", "<r><t>x</t></r>", "\ufffe", OwnText("13812345678"), OwnText("<r>&</r>"))
NUMBERS = (1, -5, 10**16, Decimal("300.00"), Decimal("1234567890123456.78"), 0.1, date(2025, 1, 3), True)
LIVE = (
    Formula("=SUM(A1:A2)", Decimal("3.10")),
    Formula('=IF(A1="<","a&","")', "a&"),
    Formula("=A1", ""),
    Link("看", "internal:'表'!A1"),
    Link(5, "external:../x.xlsx#'表'!A3"),
    Link(Formula("=A1", 2), "external:../x.xlsx#'表'!A3"),
)
LEVELS = ("达标", "不达标", "无法判定", "", None)


class ByCells(Page):
    """A page that hands every cell of a body to the writer, and sets every height."""

    def table(self, records, filtered=False, again=None):
        first, styles = self.row, self.book.styles
        for record in records:
            lines = 1
            for index, column in enumerate(self.columns):
                value = record[column.key]
                shown = value.value if isinstance(value, Formula | Link) else value
                self.put(self.row, index, value, styles.body(column.kind, shown), column.kind == "code")
                lines = max(lines, cells.whole_lines(shown, column.width) if isinstance(shown, str) else 1)
            self.height(self.row, min(lines * 15.5 + 6.5, 400))
            self.row += 1
        if filtered:
            self.raw.autofilter(first - 1, 0, self.row - 1, self.last_column)
        return Span(self.name, first, self.row - 1)


def values(seed: int, count: int = 120) -> list[list]:
    draw = random.Random(seed)
    usual = (None, "", *NUMBERS, *LIVE, *TEXTS, *ODD)
    return [[draw.choice(LEVELS if kind == "level" else usual) for kind in KINDS] for _ in range(count)]


def written(kind: type[Page], rows: list, target) -> bytes:
    book = Book("本", target, streaming=target is not None)
    for name, columns in (("表", HEADINGS), ("二", HEADINGS[:3])):
        page = kind(book, SheetWords(name, corner="附件", title="题", left="左", right="右"), columns, (), False)
        page.scaled(80)  # so that no row grows, which only whole bodies can
        book._lists.append(page)
        page.frame()
        page.header(freeze=1)
        own = [dict(zip((one.key for one in columns), row, strict=False)) for row in rows]
        span = page.table(own[:100], filtered=True)
        page.total(span, {"c0": page.sum(span, "c0", [1])}, label_columns=1) if target is None else None
        page.table(own[100:])
        page.note("注" * 90)
    return book.close() or target.read_bytes()


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_bytes_are_those_of_single_cells(tmp_path, streaming, seed):
    targets = [tmp_path / name if streaming else None for name in ("a.xlsx", "b.xlsx")]
    one, other = (written(kind, values(seed), at) for kind, at in zip((ByCells, Page), targets, strict=True))
    left, right = (ZipFile(BytesIO(data)) for data in (one, other))
    assert [name for name in left.namelist() if left.read(name) != right.read(name)] == []
    assert one == other


@pytest.mark.parametrize("text", ["<r>&</r>", "<r></r>", "<r><t>x</t></r>"])
@pytest.mark.parametrize("streaming", [False, True])
def test_a_text_like_the_xml_of_a_run_is_a_text(tmp_path, text, streaming):
    target = tmp_path / "a.xlsx"
    book = Book("本", target, streaming=streaming)
    page = book.page(SheetWords("表"), [Heading("a", "甲", 10, "text")])
    page.table([{"a": text}, {"a": OwnText(text)}])
    page.put(page.row, 0, text, book.styles.blank)
    book.close()
    assert [cell.value.rstrip() for cell in load_workbook(target).active["A"]] == [text] * 3


def test_texts_beyond_the_shared_table_stand_in_their_cells(monkeypatch):
    monkeypatch.setattr(long_sheet, "MOST_SHARED", 5)
    book = Book("本")
    page = book.page(SheetWords("表"), [Heading("a", "甲", 10, "text")])
    said = [f"文字{n} <&" for n in range(9)] * 2
    page.table({"a": one} for one in said)
    data = book.close()
    assert ZipFile(BytesIO(data)).read("xl/sharedStrings.xml").count(b"<si>") == 5
    assert [cell.value for cell in load_workbook(BytesIO(data)).active["A"]] == said


def test_rows_that_left_the_memory_come_back(monkeypatch, tmp_path):
    usual = written(Page, values(3), None)
    monkeypatch.setattr(long_sheet, "_BATCH", 7)
    monkeypatch.setattr(long_sheet, "_IN_MEMORY", 100)
    assert written(Page, values(3), None) == usual


def split(monkeypatch, rows: int = 100) -> None:
    monkeypatch.setattr(long_sheet, "SHEET_ROWS", rows)


def test_a_table_goes_on_on_numbered_sheets(monkeypatch):
    split(monkeypatch)
    book = Book("本")
    page = book.page(SheetWords("很长的一张表" * 5, title="题"), [Heading("a", "甲", 10, "count")])
    page.frame()
    page.header()
    rows = [page.at(number) for number in range(1, 251)]
    span = page.table([{"a": Formula(f"=ROW(A{row})", row)} for row in rows], filtered=True)
    assert [one.last - one.first + 1 for one in (*span.before, span)] == [78, 78, 78, 16]
    sheets = load_workbook(BytesIO(book.close())).worksheets
    assert len({one.title for one in sheets}) == 4 and all(len(one.title) <= 31 for one in sheets)
    for sheet in sheets:
        found = [cell for cell in sheet["A"] if str(cell.value).startswith("=ROW")]
        assert all(cell.value == f"=ROW(A{cell.row})" for cell in found) and sheet.auto_filter.ref
        assert sheet["A1"].value == "题" and sheet["A2"].value == "甲" and sheet.max_row <= 100


def long_allowance():
    report = cases.allowance()
    persons = [replace(one, name=f"{one.name}{n}") for n in range(40) for one in report.persons]
    totals = {key: value and value * 40 for key, value in report.totals.items()}
    return replace(report, persons=tuple(persons), totals=totals)


def long_account():
    def more(money):
        own = money.listed + money.to_verify
        return replace(
            money, listed=money.listed * 40, to_verify=money.to_verify * 40, reported=money.reported + own * 39
        )

    account = cases.account()
    return replace(account, units={code: more(money) for code, money in account.units.items()})


def long_books() -> dict[str, bytes]:
    findings = [replace(one, message=f"{one.message}{n}") for n in range(60) for one in cases.findings()]
    report = cases.compliance()
    fields = (Field("序号", "count"), Field("金额", "money"))
    block = Block("一", fields, tuple((n, Decimal(n)) for n in range(230)), sums=(1,))
    register = Register("r", "册", "名册", (), (block, Block("二", fields, ((1, Decimal(2)),))))
    return {
        "findings": findings_workbook(findings, cases.returns(), cases.UNITS, "检查"),
        "allowance": allowance_workbook(long_allowance(), long_account(), cases.policy(), cases.UNITS, "2023年度"),
        "compliance": compliance_workbook(report, cases.figures(), cases.policy(), cases.UNITS, "2023年度"),
        "registers": registers_workbook([register], [], {"year": 2023, "as_of": "", "policy": ""}, "册"),
    }


@needs_office
def test_totals_over_several_sheets_are_those_of_one(monkeypatch, tmp_path):
    """Every live total of a split book is, worked out anew, what it was without a split."""
    whole = long_books()
    split(monkeypatch)
    paths = []
    for name, data in long_books().items():
        assert len(load_workbook(BytesIO(data)).sheetnames) > len(load_workbook(BytesIO(whole[name])).sheetnames), name
        paths.append(tmp_path / f"{name}.xlsx")
        paths[-1].write_bytes(data)
    for path, sheets in recalculate_all(paths, tmp_path / "again").items():
        cached = {one.title: one for one in load_workbook(path, data_only=True)}
        live = [cell for one in load_workbook(path) for row in one.iter_rows() for cell in row if cell.data_type == "f"]
        assert live
        for cell in live:
            was, now = cached[cell.parent.title][cell.coordinate].value, sheets[cell.parent.title].get(cell.coordinate)
            assert _same(was, now), (path.stem, cell.parent.title, cell.coordinate, cell.value, was, now)
    over = [f for path in paths for f in cases.formulas(path.read_bytes()) if len(re.findall(r"（\d）", f)) > 1]
    assert over, "no total looks at several sheets"


def _same(was: object, now: object) -> bool:
    if isinstance(was, int | float) and isinstance(now, int | float):
        return abs(was - now) < 1e-6
    return (was or "") == (now or "")
