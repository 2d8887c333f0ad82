"""Charts on printed pages: dark against light with borders and labels, so that they are read in grey."""

from __future__ import annotations

from toolkit.drawing.look import look
from toolkit.drawing.values import Span
from toolkit.summary.paper.fitting import PIXEL
from toolkit.summary.paper.page import PIXELS, SMALL, Paper, PrintedPage
from toolkit.summary.paper.specs import ChartSpec

CHART_ROW, _ROOM = 13.5, 1.18
"""Points of a row below a chart; how much longer than its longest bar a chart is, for the label."""


def region(page: PrintedPage, points: float) -> tuple[int, float]:
    """An empty block to draw charts on: its first row, and its height, which is at most `points`."""
    first, count = page.row, max(1, int(points / CHART_ROW))
    for _ in range(count):
        page.take(points / count)
    return first, sum(page.heights[row] for row in range(first, page.row))


def chart(
    page: PrintedPage, spec: ChartSpec, span: Span, row: int, box: tuple[float, float, float, float], most: float
) -> None:
    """A chart over a block of rows.

    Args:
        span: the rows that it draws, names in their first column, a series in each other one.
        row: first row of the block.
        box: left, top, width, height in the block, in mm and points alike: (mm, points, mm, points).
        most: the largest number in it.
    """
    left, top, wide, tall = box
    drawn = _drawing(page.book, spec, span, most)
    drawn.set_size({"width": round(wide * PIXELS), "height": round(tall / PIXEL)})
    place = {"x_offset": round(left * PIXELS), "y_offset": round(top / PIXEL), "object_position": 1}
    page.raw.insert_chart(row, 0, drawn, place)


def _drawing(book: Paper, spec: ChartSpec, span: Span, most: float):
    """An xlsxwriter chart by its spec."""
    fonts, colours = look().fonts, look().colours["printed"]
    small = {"name": fonts["body"], "size": SMALL}
    chart = book.raw.add_chart({"type": spec.kind})
    for number, name in enumerate(spec.series, 1):
        chart.add_series(
            {
                "name": name,
                "categories": f"={span.column(0)}",
                "values": f"={span.column(number)}",
                "fill": {"color": colours["dark" if number == 1 else "light"]},
                "border": {"color": colours["dark"], "width": 0.5},
                "gap": 45,
                "data_labels": {"value": True, "num_format": spec.number, "font": {**small, "name": fonts["number"]}},
            }
        )
    chart.set_title(
        {"name": spec.title, "name_font": {"name": fonts["head"], "size": 10, "bold": False}, "overlay": False}
    )
    several = len(spec.series) > 1
    chart.set_legend({"position": "bottom", "font": small} if several else {"none": True})
    flat = spec.kind == "bar"
    names, values = (chart.set_y_axis, chart.set_x_axis) if flat else (chart.set_x_axis, chart.set_y_axis)
    line = {"line": {"color": colours["line"]}, "major_tick_mark": "none"}
    names({"num_font": small, "reverse": flat, **line, "interval_unit": 1})  # every bar has its name
    values({"visible": False, "min": 0, "max": round(max(most, 1) * _ROOM, 2), "major_gridlines": {"visible": False}})
    chart.set_chartarea({"border": {"color": colours["light"]}})
    return chart
