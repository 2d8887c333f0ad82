"""The shared layer: refused writes raise, long text is cut visibly, labels are strict, doctests hold."""

import doctest
import importlib
import pkgutil

import pytest
from openpyxl import load_workbook

import toolkit.summary
from toolkit.drawing import measure
from toolkit.drawing.measure import display_width
from toolkit.drawing.values import checked
from toolkit.model.errors import DefinitionError, XltoolError
from toolkit.model.privacy import mask
from toolkit.model.register import Block, Field, Register
from toolkit.summary import labels
from toolkit.summary.book import Book
from toolkit.summary.labels import Heading, SheetWords
from toolkit.summary.paper import choosing
from toolkit.summary.paper.choosing import SMALLEST
from toolkit.summary.registers_book import registers_workbook

MODULES = [name for _, name, _ in pkgutil.iter_modules(toolkit.summary.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name):
    assert doctest.testmod(importlib.import_module(f"toolkit.summary.{name}")).failed == 0


def test_examples_of_measures():
    assert doctest.testmod(measure).failed == 0 and doctest.testmod(choosing).failed == 0


def test_a_refused_write_raises():
    with pytest.raises(XltoolError, match=r"SUM-001.*表"):
        checked(-1, "表")
    page = Book("").page(SheetWords("表"), [Heading("a", "甲", 10, "text")])
    with pytest.raises(XltoolError, match="SUM-001"):
        page.put(1_048_576, 0, "超出", page.book.styles.blank)


def test_text_longer_than_a_cell_is_cut_visibly(tmp_path):
    book = Book("", tmp_path / "a.xlsx")
    page = book.page(SheetWords("表"), [Heading("a", "甲", 10, "text")])
    page.put(0, 0, "长" * 40_000, book.styles.blank)
    page.put(1, 0, "𠮷" * 16_000, book.styles.blank)
    book.close()
    first, second = (cell.value for cell in load_workbook(tmp_path / "a.xlsx").active["A"])
    assert first.endswith("……（共40000字，后略）") and len(first) < 32_767
    assert second == "𠮷" * 16_000


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("      overview:\n        name: 概况", "      overview:\n        nmae: 概况"), "name"),
        (("kind: money", "kind: monny"), "monny"),
        (("{key: item, label: 项　目", "{key: count, label: 项　目"), "重复"),
    ],
)
def test_labels_are_read_strictly(tmp_path, monkeypatch, change, problem):
    text = labels.FILE.read_text(encoding="utf-8")
    assert change[0] in text
    (tmp_path / "labels.yaml").write_text(text.replace(*change, 1), encoding="utf-8")
    monkeypatch.setattr(labels, "FILE", tmp_path / "labels.yaml")
    with pytest.raises(DefinitionError, match=problem):
        labels.words.__wrapped__()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("110105194912310022", "110105********0022"),
        ("身份证１１０１０５１９４９１２３１００２２", "身份证１１０１０５********００２２"),
        ("110105 19491231 002x", "110105********002x"),
        ("联系13812345678或0514-83456789", "联系138****5678或0514-83456789"),
        ("3210810011", "3210810011"),
    ],
)
def test_masking(text, shown):
    assert mask(text) == shown


LONG = "评定日期：2026-01-01（2025年度已结束，没有年末以后的报送截止日期，按年度终了）"


@pytest.mark.parametrize("widths", [(12,), (30, 12), (12, 12, 12, 12, 12), (8, 40, 60), (12,) * 25])
@pytest.mark.parametrize(
    ("left", "right"), [(LONG, "依据：云南省2025"), ("共 8 份", LONG), (LONG * 3, LONG), ("", LONG)]
)
def test_nothing_of_the_frame_is_cut(tmp_path, widths, left, right):
    """Title and line below it stood in cells that were narrower than they, on 36 sheets of 台账名册."""
    book = Book("", tmp_path / "a.xlsx")
    words = SheetWords("表", title="2025年度离退休干部党组织建设情况表各单位状态", left=left, right=right)
    page = book.page(words, [Heading(str(n), "列", width, "text") for n, width in enumerate(widths)])
    page.frame()
    page.header()
    book.close()
    sheet = load_workbook(tmp_path / "a.xlsx").active
    rooms = {n: one.width for one in sheet.column_dimensions.values() for n in range(one.min, one.max + 1)}
    merged = {area.coord.split(":")[0]: area.max_col for area in sheet.merged_cells.ranges}
    texts = [cell for row in sheet.iter_rows(max_row=page.row - 1) for cell in row if cell.value]
    assert {cell.value for cell in texts} >= {words.title, left, right} - {""}
    for cell in texts:
        room = sum(rooms[n] for n in range(cell.column, merged.get(cell.coordinate, cell.column) + 1))
        need = display_width(cell.value) * cell.font.sz / SMALLEST
        high = sheet.row_dimensions[cell.row].height
        lines = -(-need // room) if cell.alignment.wrap_text else 1
        assert need <= lines * room and lines * cell.font.sz * 1.2 <= high, cell.value


def test_words_at_the_end_of_a_narrow_table_have_the_room_beside_it(tmp_path):
    """The sentences of a register stood in 14 characters, six lines each, beside an empty half of the page."""
    wide = Block("一", tuple(Field(str(n), "count", 14) for n in range(9)), (tuple(range(9)),))
    narrow = Block(
        "二", (Field("单位"), Field("情况", width=60)), (("市教育局", "没有可用的返回表，不能判定" * 4),) * 3
    )
    data = registers_workbook(
        [Register("甲", "甲", "甲", (), (wide, narrow))], [], {"year": 2025, "as_of": "", "policy": ""}, "册"
    )
    (tmp_path / "a.xlsx").write_bytes(data)
    sheet = load_workbook(tmp_path / "a.xlsx")["甲"]
    said = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("没有可用")]
    joined = {area.coord for area in sheet.merged_cells.ranges}
    assert len(said) == 3 and {f"B{cell.row}:I{cell.row}" for cell in said} <= joined
    assert all(sheet.row_dimensions[cell.row].height < 60 for cell in said)
