"""What lies over the cells of an .ods sheet: pictures, charts, boxes, lines, buttons, and comments that are shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from toolkit.model.cell import areas
from toolkit.reading.census import Place
from toolkit.reading.ods_styles import Styles, cells_named, points
from toolkit.reading.ods_texts import COMMENT

_LINES = ("draw:line", "draw:connector", "draw:measure", "draw:path", "draw:polyline", "draw:control")
"""What hides something whatever its ground: lines, strokes of a pen, buttons."""
_PICTURES = ("draw:image", "draw:object", "draw:object-ole", "draw:plugin", "draw:applet")
_BOXES = (
    "frame",
    "custom-shape",
    "rect",
    "ellipse",
    "circle",
    "polygon",
    "regular-polygon",
    "caption",
    "page-thumbnail",
)
_SHAPES = frozenset((*_LINES, *(f"draw:{name}" for name in _BOXES), COMMENT))
_GROUP, _SCENE = "draw:g", "dr3d:scene"
_EDGE = 1.0
"""Points by which something must reach into a cell to touch it."""
_NOWHERE = ("none", "printer")


@dataclass
class Sizes:
    """How long rows or columns are, in points.

    Args:
        usual: the size of those of which nothing is said. runs: (how many, size).
    """

    usual: float
    runs: list[tuple[int, float]] = field(default_factory=list)

    def start(self, index: int) -> float:
        """Where a row or column begins."""
        at = 0.0
        for count, size in self.runs:
            at += min(count, index) * size
            index -= min(count, index)
        return at + index * self.usual

    def index(self, at: float) -> int:
        """The row or column at some place.

        >>> Sizes(15, [(2, 10), (1, 0), (9, 20)]).index(25), [Sizes(15, [(2, 10)]).index(at) for at in (-3, 99)]
        (3, [0, 7])
        """
        passed = 0
        for count, size in self.runs:
            if size and at < count * size:
                return passed + max(0, int(at // size))
            at -= count * size
            passed += count
        return passed + max(0, int(at // self.usual))


@dataclass
class _Shape:
    """One shape as it is written.

    Args:
        anchor: the cell in which it stands; None for one that lies on the sheet.
    """

    given: dict[str, str]
    anchor: Place | None
    hides: bool


class Drawings:
    """Collects the shapes of a sheet."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._shapes: list[_Shape] = []
        self._inside: list[_Shape | None] = []
        self._groups: list[dict[str, str]] = []

    @property
    def is_open(self) -> bool:
        """Whether a shape is being read."""
        return bool(self._inside)

    def start(self, name: str, given: dict[str, str], anchor: Place | None) -> None:
        """An element begins; the first one of a shape, or one inside it."""
        above = next((one for one in reversed(self._inside) if one), None)
        shape = None
        if name in (_GROUP, _SCENE):
            self._groups.append(given)
        elif name in _SHAPES and (above is None or COMMENT not in name):
            outer = self._groups[-1] if self._groups else {}
            ends = {key: outer[key] for key in ("table:end-cell-address",) if key in outer}
            shape = _Shape({**ends, **given}, None if name == COMMENT else anchor, self._is_opaque(name, given))
            self._shapes += [shape] if self._is_on_screen(name, given) else []
        elif name in _PICTURES and above:
            above.hides = True
        self._inside.append(shape)

    def _is_opaque(self, name: str, given: dict[str, str]) -> bool:
        if name in _LINES or name == COMMENT:
            return True
        return name != "draw:frame" and self._styles.is_filled(given.get("draw:style-name", ""))

    @staticmethod
    def _is_on_screen(name: str, given: dict[str, str]) -> bool:
        shown = given.get("office:display") == "true" if name == COMMENT else True
        return shown and given.get("draw:display") not in _NOWHERE

    def text(self, data: str) -> None:
        """Text in a shape."""
        if data.strip():
            for one in self._inside:
                if one:
                    one.hides = True

    def end(self, name: str) -> None:
        """An element ends."""
        self._inside.pop()
        if name in (_GROUP, _SCENE) and self._groups:
            self._groups.pop()

    def found(self, rows: Sizes, columns: Sizes) -> list[tuple[Place, Place]]:
        """First and last cell that each shape hides."""
        return [self._cells(one, rows, columns) for one in self._shapes if one.hides]

    @staticmethod
    def _cells(shape: _Shape, rows: Sizes, columns: Sizes) -> tuple[Place, Place]:
        def given(*keys: str) -> float:
            return next((found for key in keys if (found := points(shape.given.get(key, ""))) is not None), 0.0)

        row, column = shape.anchor or (0, 0)
        top, left = rows.start(row) + given("svg:y", "svg:y1"), columns.start(column) + given("svg:x", "svg:x1")
        down = abs(given("svg:height") or given("svg:y2") - given("svg:y1"))
        right = abs(given("svg:width") or given("svg:x2") - given("svg:x1"))
        first = rows.index(top + _EDGE), columns.index(left + _EDGE)
        last = rows.index(top + max(down, 2 * _EDGE) - _EDGE), columns.index(left + max(right, 2 * _EDGE) - _EDGE)
        named = next(areas(cells_named(shape.given.get("table:end-cell-address", ""))), None)
        if named and not down and not right:
            last = named.bottom - 1, named.right - 1
        return min(first, last), max(first, last)
