"""The specs of printed pages, read strictly from YAML: paper, grid, tables, tiles, charts, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from toolkit.model import strictyaml

KINDS = ("text", "word", "level", "order", "count", "money", "difference", "percent", "date")
CHARTS = ("bar", "column")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Args:
        key: of its values in the records.
        span: columns of the page's grid that it covers.
        kind: one of KINDS; decides font, number format and side.
        lines: a text is cut to so many lines.
        live: formula of its cells, `{key}` = another cell of the row; "" = the record has the value.
        total: what the row of totals has: `sum`, a formula like `live`, or "" = nothing.
        strong: numbers that are not 0 are bold.
        fill: its cells wait for an answer; choices: the answers that it may be; refused: what is said to any other.
    """

    key: str
    label: str
    span: int = 1
    kind: str = "text"
    lines: int = 3
    live: str = ""
    total: str = ""
    strong: bool = False
    fill: bool = False
    choices: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class TableSpec:
    """A table.

    Args:
        total: words of the row of totals, over the columns before the first that has a total; "" = none.
        least: least height of a row, in points.
        freeze: columns that stay on the screen together with the header; -1 = nothing does.
        filtered: the header has filters.
    """

    columns: tuple[Column, ...]
    total: str = ""
    least: float = 20.0
    freeze: int = -1
    filtered: bool = False

    @cached_property
    def places(self) -> dict[str, tuple[int, int]]:
        """First and last column of the grid that each column covers."""
        found, first = {}, 0
        for one in self.columns:
            found[one.key] = (first, first + one.span - 1)
            first += one.span
        return found


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline figure: label, number, what it is compared with."""

    key: str
    label: str
    kind: str
    below: str


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart.

    Args:
        series: names of its series, dark first.
        kind: `bar` from left to right, `column` upright.
        number: format of the labels.
    """

    title: str
    series: tuple[str, ...]
    kind: str
    number: str


@dataclass(frozen=True)
class PageSpec:
    """One page, or a list over several pages.

    Args:
        name: of the sheet; title, left, right: of the frame; all may hold placeholders.
        grid: widths of the columns in mm (178 upright, 258 across).
        across: landscape; flowing: as many pages as its rows take, its header on each.
        guarded: only cells that wait for an answer can be changed.
        tables, charts: by key; tiles: in rows of four.
    """

    name: str
    title: str
    left: str
    right: str
    grid: tuple[float, ...]
    across: bool = False
    flowing: bool = False
    guarded: bool = False
    tables: Mapping[str, TableSpec] = field(default_factory=dict)
    tiles: tuple[Tile, ...] = ()
    charts: Mapping[str, ChartSpec] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    def saying(self, old: str, new: str) -> PageSpec:
        """The same page with another term in everything that is printed."""

        def said(text: str) -> str:
            return text.replace(old, new)

        tables = {
            key: replace(table, columns=tuple(replace(one, label=said(one.label)) for one in table.columns))
            for key, table in self.tables.items()
        }
        return replace(
            self,
            tables=tables,
            tiles=tuple(replace(one, label=said(one.label)) for one in self.tiles),
            notes=tuple(map(said, self.notes)),
            words={key: said(text) for key, text in self.words.items()},
        )


@dataclass(frozen=True)
class BehindSpec:
    """A hidden sheet: its name, the headings of its columns by key."""

    name: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class BookSpec:
    """The pages of a workbook and the hidden sheets behind them."""

    pages: Mapping[str, PageSpec]
    behind: Mapping[str, BehindSpec] = field(default_factory=dict)

    def saying(self, old: str, new: str) -> BookSpec:
        """The same workbook with another term in everything that is printed."""
        return replace(self, pages={key: page.saying(old, new) for key, page in self.pages.items()})


@cache
def book_spec(path: Path) -> BookSpec:
    """The pages of a workbook and the hidden sheets behind them, by key, in the order of the file.

    Raises: DefinitionError: an unknown or missing key, a table that does not cover its grid; with file and line.
    """
    root = strictyaml.load(path)
    pages = {key: _page(record) for key, record in root.take("pages").items()}
    behind = {key: _behind(record) for key, record in root.take("behind", {}).items()}
    root.done()
    return BookSpec(pages, behind)


def _behind(record: strictyaml.Record) -> BehindSpec:
    found = BehindSpec(record.text("name"), strictyaml.plain(record.take("columns", {})))
    record.done()
    return found


def _page(record: strictyaml.Record) -> PageSpec:
    grid = tuple(float(one) for one in record.texts("grid"))
    found = PageSpec(
        name=record.text("name"),
        title=record.text("title", ""),
        left=record.text("left", ""),
        right=record.text("right", ""),
        grid=grid,
        across=record.flag("across"),
        flowing=record.flag("flowing"),
        guarded=record.flag("guarded"),
        tables={key: _table(table, grid) for key, table in record.take("tables", {}).items()},
        tiles=tuple(_tile(one) for one in record.records("tiles")),
        charts={key: _chart(one) for key, one in record.take("charts", {}).items()},
        notes=record.texts("notes"),
        signature=record.texts("signature"),
        words=strictyaml.plain(record.take("words", {})),
    )
    record.done()
    return found


def _table(record: strictyaml.Record, grid: tuple[float, ...]) -> TableSpec:
    columns = tuple(_column(one) for one in record.records("columns"))
    if len({one.key for one in columns}) < len(columns):
        record.fail("列的 key 重复", "columns")
    if sum(one.span for one in columns) != len(grid):
        record.fail("各列的 span 合计应为页面的列数", "columns")
    least, freeze = record.number("least", float, "20"), record.number("freeze", int, "-1")
    found = TableSpec(columns, record.text("total", ""), least, freeze, record.flag("filtered"))
    record.done()
    return found


def _column(record: strictyaml.Record) -> Column:
    found = Column(
        key=record.text("key"),
        label=record.text("label"),
        span=record.number("span", int, "1"),
        kind=record.one_of("kind", KINDS, "text"),
        lines=record.number("lines", int, "3"),
        live=record.text("live", ""),
        total=record.text("total", ""),
        strong=record.flag("strong"),
        fill=record.flag("fill"),
        choices=record.texts("choices"),
        refused=record.text("refused", ""),
    )
    record.done()
    return found


def _tile(record: strictyaml.Record) -> Tile:
    kind = record.one_of("kind", KINDS, "count")
    found = Tile(record.text("key"), record.text("label"), kind, record.text("below", ""))
    record.done()
    return found


def _chart(record: strictyaml.Record) -> ChartSpec:
    kind = record.one_of("kind", CHARTS, "bar")
    found = ChartSpec(record.text("title"), record.texts("series"), kind, record.text("number", "0"))
    record.done()
    return found
