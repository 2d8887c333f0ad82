"""Headline figures in rows of four: label, number, what it is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.drawing.look import look
from toolkit.drawing.values import Formula, Value
from toolkit.summary.paper.fitting import POINTS, cut, ems
from toolkit.summary.paper.page import SMALL, PrintedPage
from toolkit.summary.paper.specs import Tile

TILES = 4
_TILE_ROWS = (17.0, 28.0, 16.0)
_BIG, _MONEY = 22, 17


def tiles(page: PrintedPage, values: Mapping[str, Value], **facts: object) -> None:
    """The headline figures of the spec; `facts` fill what stands below them."""
    specs = page.spec.tiles
    for start in range(0, len(specs), TILES):
        rows = [page.take(points) for points in _TILE_ROWS]
        for (first, last), one in zip(page.even(TILES), specs[start : start + TILES], strict=False):
            _tile(page, rows, first, last, one, values[one.key], one.below.format(**facts))


def _tile(page: PrintedPage, rows: Sequence[int], first: int, last: int, tile: Tile, value: Value, below: str) -> None:
    colours = look().colours["printed"]
    sides = {"left": 1, "right": 1, "left_color": colours["light"], "right_color": colours["light"]}
    edge = {"align": "center", "bg_color": colours["tile"], **sides, "text_wrap": False}
    top = page.book.look("head", 10, top=5, top_color=colours["dark"], **edge)
    bottom = page.book.look("text", SMALL, bottom=1, bottom_color=colours["light"], **edge)
    number = tile.kind in look().numbers["tiles"] and not isinstance(_plain(value), str)
    text = as_text(tile.kind, value)
    size = min(_MONEY if tile.kind == "money" or not number else _BIG, _fitting(page, text, first, last))
    form = {"num_format": look().numbers["tiles"][tile.kind], "bold": True} if number else {}
    middle = page.book.look("number" if number else "head", size, font_color=colours["dark"], **form, **edge)
    texts = (tile.label, value, cut(below, page.mm(first, last), SMALL, 1))
    for row, text, style in zip(rows, texts, (top, middle, bottom), strict=True):
        page.span(row, first, last, text, style)


def as_text(kind: str, value: Value) -> str:
    """A headline figure as people read it.

    >>> as_text("money", 1200), as_text("percent", 0.5), as_text("count", 1200), as_text("percent", "—")
    ('1,200.00', '50.0%', '1,200', '—')
    """
    shown = _plain(value)
    patterns = {"money": "{:,.2f}", "percent": "{:.1%}"}
    return shown if isinstance(shown, str) else patterns.get(kind, "{:,}").format(shown or 0)


def _plain(value: Value) -> object:
    return value.value if isinstance(value, Formula) else value


def _fitting(page: PrintedPage, text: str, first: int, last: int) -> int:
    """The size at which a text stands in some columns."""
    return max(int(SMALL), int((page.mm(first, last) - 3) * POINTS / max(1.0, ems(text))))
