"""The drawing layer of printed pages: specs, room, tables, tiles, links, what stands behind the figures."""

import doctest
import re
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from toolkit.model.errors import DefinitionError
from toolkit.summary.paper import fitting
from toolkit.summary.paper.behind import Behind, Drawn
from toolkit.summary.paper.charts import chart, region
from toolkit.summary.paper.fitting import PIXEL, cut, lines, paged, stretched
from toolkit.summary.paper.page import UPRIGHT, Paper
from toolkit.summary.paper.specs import BehindSpec, book_spec
from toolkit.summary.paper.tiles import tiles

SPEC = """
pages:
  one:
    name: "{unit}"
    title: "{unit}结果"
    left: 依据
    right: 单位：元
    grid: [38, 60, 40, 40]
    signature: [制表人：, 负责人：]
    tiles:
      - {key: paid, label: 已发（元）, kind: money, below: "上年 {before}"}
      - {key: word, label: 总评, kind: level}
    charts:
      bars: {title: 图, series: [据实, 自报], number: "0%"}
    tables:
      money:
        total: 合　计
        freeze: 2
        columns:
          - {key: no, label: 序号, kind: order}
          - {key: unit, label: 单位, lines: 2}
          - {key: due, label: 应发, kind: money, total: sum, strong: true}
          - {key: gap, label: 差额, kind: difference, live: "{due}-100", total: "{due}-200"}
  many:
    name: 清单
    title: 清单
    grid: [178]
    flowing: true
    tables:
      list: {columns: [{key: text, label: 内容}]}
"""
LONG = "某某省某某市某某区离退休干部工作领导小组办公室第十五党支部委员会"


@pytest.fixture
def specs(tmp_path):
    path = tmp_path / "pages.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return book_spec(path).pages


def drawn(specs) -> tuple[bytes, Paper]:
    book = Paper("试")
    page = book.sheet(specs["one"], unit="市教育局")
    data = Behind(
        BehindSpec("数据", {"code": "代码", "due": "应发"}), [{"code": "1", "due": 300}, {"code": "2", "due": 0}]
    )
    blocks = Drawn(BehindSpec("图", {}))
    tiles(page, {"paid": data.sum("due"), "word": "不达标"}, before="—")
    page.section("一、补贴")
    records = [
        {"no": number, "unit": LONG if number == 1 else "=甲", "due": data.cell(number - 1, "due"), "gap": gap}
        for number, gap in ((1, 200), (2, -100))
    ]
    placed = page.table(specs["one"].tables["money"], records, {"gap": 100}, least=30)
    page.link(placed.first, 1, "external:../回收/甲 乙.xlsx#'任职与补贴'!D5", "市教育局")
    row, _ = region(page, 100)
    chart(page, specs["one"].charts["bars"], blocks.block("率", [("甲", 0.5, 1)]), row, (0, 0, 89, 100), 1)
    page.box(40)
    page.stretch(placed.rows, 60)
    page.signature()
    data.put(book)
    blocks.put(book)
    many = book.sheet(specs["many"])
    many.table(specs["many"].tables["list"], [{"text": f"第{number}项"} for number in range(80)])
    return book.close(), book


def test_a_page_is_what_its_spec_says(specs):
    data, _ = drawn(specs)
    live, shown = load_workbook(BytesIO(data)), load_workbook(BytesIO(data), data_only=True)
    assert [(sheet.title, sheet.sheet_state) for sheet in live] == [
        ("市教育局", "visible"), ("数据", "hidden"), ("图", "hidden"), ("清单", "visible"),
    ]  # fmt: skip
    page, values = live["市教育局"], shown["市教育局"]
    text = [str(cell.value) for row in page.iter_rows() for cell in row if cell.value is not None]
    assert text[:3] == ["市教育局结果", "依据", "单位：元"] and "上年 —" in text and "=甲" in text
    total = next(row for row in page.iter_rows() if row[0].value == "合　计")
    assert total[2].value == "=SUM($C$8:$C$9)" and total[3].value == "=C10-200"
    assert (values.cell(10, 3).value, values.cell(8, 4).value, values.cell(10, 4).value) == (300, 200, 100)
    assert page["B8"].hyperlink.target.endswith(".xlsx") and page["B8"].hyperlink.location == "'任职与补贴'!D5"
    assert page["C8"].font.b and not page["C9"].font.b and page.freeze_panes == "C8"
    assert page.sheet_properties.pageSetUpPr.fitToPage and live["清单"].page_setup.fitToHeight == 0
    assert live["清单"].print_title_rows == "$2:$2"


def test_the_same_drawing_gives_the_same_bytes(specs):
    assert drawn(specs)[0] == drawn(specs)[0]


def test_every_row_is_in_the_ledger(specs):
    data, book = drawn(specs)
    page, sheet = book.pages[0], load_workbook(BytesIO(data))["市教育局"]
    heights = {row: sheet.row_dimensions[row].height for row in range(1, page.row + 1)}
    assert sum(heights.values()) == pytest.approx(UPRIGHT - page.left(), abs=1) and page.left() >= 0
    assert heights[8] == heights[9] == 60, "what remains goes to the rows, as far as they may grow"
    assert sheet.print_area.endswith(f"$D${page.row}")


def test_a_long_text_keeps_its_beginning_its_end_and_its_lines(specs):
    shown = cut(LONG, 25, 9, 2)
    assert lines(shown, 25, 9) == 2 and shown.startswith("某某省某某") and shown.endswith("委员会") and "…" in shown
    assert cut("甲" * 400, 178, 10.5, 12) == "甲" * 400


def test_big_numbers_keep_their_tile(specs):
    book = Paper("试")
    page = book.sheet(specs["one"], unit="甲")
    tiles(page, {"paid": Decimal("123456789012.34"), "word": "版本待选"}, before="—")
    sheet = load_workbook(BytesIO(book.close()))["甲"]
    cell = next(cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float))
    assert 9 <= cell.font.sz < 17


def test_a_table_that_does_not_cover_its_grid_is_refused(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(SPEC.replace("label: 单位, lines: 2", "label: 单位, span: 2"), encoding="utf-8")
    with pytest.raises(DefinitionError, match="span"):
        book_spec(path)
    path.write_text(SPEC.replace("freeze: 2", "freezing: 2"), encoding="utf-8")
    book_spec.cache_clear()
    with pytest.raises(DefinitionError, match=re.escape("freezing")):
        book_spec(path)


def test_examples():
    assert doctest.testmod(fitting).failed == 0


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.floats(18, 120), min_size=1, max_size=90),
    st.sets(st.integers(0, 89)),
    st.sampled_from([(370.0, 450.0), (486.0, 464.0), (200.0, 700.0)]),
)
def test_full_pages_end_where_they_should_and_never_with_a_heading(heights, heads, room):
    found = stretched(heights, *room, heads=heads)
    assert all(new >= old - PIXEL for new, old in zip(found, heights, strict=True))
    pages = paged(found, *room)
    for number, own in enumerate(pages[:-1]):
        left = (room[1] if number else room[0]) - sum(found[place] for place in own)
        assert 0 <= left < PIXEL, "what is left is less than any row, whoever rounds"
        together = len(own) == 1 or own[-1] not in heads or own[-1] - 1 in heads
        assert together, "a heading at the end of a page"


@pytest.mark.parametrize(
    ("left", "right", "rows"),
    [
        ("依据：某方案", "统计截止：2026-01-31", 1),
        (
            "依据：加强新时代离退休干部党的建设工作的实施方案",
            "统计截止：2026-01-20（2025年度已结束，按报送截止日期）",
            2,
        ),
        ("依据：离退休干部党组织建设质量提升三年行动计划", "统计截止：2026-01-20（报送截止日期还没有过，按今天）", 2),
    ],
)
def test_neither_half_of_the_line_below_the_title_is_cut_for_the_other(tmp_path, left, right, rows):
    path = tmp_path / "pages.yaml"
    path.write_text(SPEC.replace("left: 依据", f"left: {left}").replace("right: 单位：元", f"right: {right}"), "utf-8")
    book = Paper("试")
    page = book.sheet(book_spec(path).pages["one"], unit="市教育局")
    assert page.row == 1 + rows
    shown = [cell for row in load_workbook(BytesIO(book.close()))["市教育局"].values for cell in row if cell]
    assert {left, right} <= set(shown)
