"""Results of formulas that were not brought up to date: worked out again where that is sound, doubted elsewhere.

Sound: numbers, + - * / and brackets, cells of the same sheet and SUM over them, as long as every cell that is looked
at holds a number or nothing. Each result is compared with what is stored in the cells it refers to, so a chain of
formulas is right when every link is. All other formulas are doubted only in a workbook that says that its results
are not up to date: it asks for a calculation when it is opened, or calculates by hand only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence

from toolkit.model.cell import IN_FORMULA, column_number
from toolkit.reading.census import Place, has_formulas, place_of
from toolkit.reading.gate import Package

STALE, DOUBTFUL = "C027", "C028"
_FORMULA = re.compile(rb"<f>([^<]{1,500})</f>")
_ANY = re.compile(rb"<f[\s>/]")
_UNSURE = re.compile(rb'<calcPr\b[^>]*(?:fullCalcOnLoad="(?:1|true)"|calcMode="manual")')
_DISPLAYED = re.compile(rb'<calcPr\b[^>]*fullPrecision="(?:0|false)"')
_TOKEN = re.compile(rf"\s*(?:(\d+(?:\.\d*)?|\.\d+)|(SUM)(?=\()|{IN_FORMULA}|([-+*/(),:]))", re.I)
_MOST_CELLS, _CLOSE = 50_000, 1e-6

Grid = Sequence[Sequence[object]]


class _Unsound(Exception):
    """The formula cannot be worked out soundly here."""


def as_displayed(package: Package) -> bool:
    """Whether the workbook reckons with the figures as they are shown, so that results are rounded by format."""
    return bool(_DISPLAYED.search(package.part("xl/workbook.xml")))


def not_up_to_date(package: Package) -> bool:
    """Whether the workbook itself says that the results in it may be old."""
    return bool(_UNSURE.search(package.part("xl/workbook.xml")))


def formula_cells(xml: bytes) -> Iterator[tuple[Place, str]]:
    """Place and text of every formula; "" for those that share or span cells."""
    if not has_formulas(xml):
        return
    for chunk in xml.split(b"<c ")[1:]:
        head, _, rest = chunk.partition(b">")
        body = b"" if head.endswith(b"/") else rest.partition(b"</c>")[0]
        if _ANY.search(body):
            found = _FORMULA.search(body)
            yield place_of(head), html.unescape(found[1].decode("utf-8", "replace")) if found else ""


def doubted(
    xml: bytes, grid: Grid, marked: Mapping[Place, tuple[str, str]], *, exact: bool = True
) -> tuple[dict[Place, tuple[str, str]], list[Place]]:
    """Cells whose stored result is not what their formula gives (code, stored → due); formulas not worked out.

    Args:
        marked: cells without a usable value; formulas that look at one of them are not worked out.
        exact: results are not rounded as they are shown; else none is worked out.
    """
    stale: dict[Place, tuple[str, str]] = {}
    others: list[Place] = []
    for place, text in formula_cells(xml):
        stored = _at(grid, place)
        try:
            due = _Reckoning(text, grid, marked).result() if exact and text and stored.__class__ is float else None
        except (_Unsound, ZeroDivisionError, OverflowError, RecursionError):
            due = None
        if due is None:
            others.append(place)
        elif abs(due - stored) > _CLOSE * max(1.0, abs(due)):  # type: ignore[operator]
            stale[place] = (STALE, f"{stored:.15g} → {due:.15g}")
    return stale, others


def _at(grid: Grid, place: Place) -> object:
    row, column = place
    return grid[row][column] if row < len(grid) and column < len(grid[row]) else ""


class _Reckoning:
    """One formula worked out by its grammar: sums of products of values.

    Args:
        text: the formula without its equals sign.
    """

    def __init__(self, text: str, grid: Grid, marked: Mapping[Place, tuple[str, str]]) -> None:
        self.grid, self.marked, self.at = grid, marked, 0
        self.tokens: list[tuple[str, ...]] = []
        end = 0
        while end < len(text.rstrip()):
            found = _TOKEN.match(text, end)
            if not found:
                raise _Unsound
            self.tokens.append(tuple(part or "" for part in found.groups()))
            end = found.end()

    def result(self) -> float:
        """Its value; raises _Unsound."""
        value = self._sum()
        if self.at < len(self.tokens):
            raise _Unsound
        return value

    def _sign(self, *signs: str) -> str:
        sign = self.tokens[self.at][4] if self.at < len(self.tokens) else ""
        if sign and sign in signs:
            self.at += 1
            return sign
        return ""

    def _sum(self) -> float:
        value = self._product()
        while sign := self._sign("+", "-"):
            value += self._product() if sign == "+" else -self._product()
        return value

    def _product(self) -> float:
        value = self._value()
        while sign := self._sign("*", "/"):
            value = value * self._value() if sign == "*" else value / self._value()
        return value

    def _value(self) -> float:
        if sign := self._sign("-", "+"):
            return -self._value() if sign == "-" else self._value()
        if self._sign("("):
            value = self._sum()
            self._need(")")
            return value
        if self.at >= len(self.tokens):
            raise _Unsound
        figure, function, letters, row, _ = self.tokens[self.at]
        if figure:
            self.at += 1
            return float(figure)
        if function:
            self.at += 1
            return self._total()
        if not letters:
            raise _Unsound
        self.at += 1
        return self._number((int(row) - 1, column_number(letters.upper()) - 1))

    def _need(self, sign: str) -> None:
        if not self._sign(sign):
            raise _Unsound

    def _total(self) -> float:
        self._need("(")
        total = self._argument()
        while self._sign(","):
            total += self._argument()
        self._need(")")
        return total

    def _argument(self) -> float:
        start = self.at
        _, _, letters, row, _ = self.tokens[start] if start < len(self.tokens) else ("",) * 5
        following = self.tokens[start + 1][4] if start + 1 < len(self.tokens) else ""
        if not letters or following != ":":
            return self._sum()
        if start + 2 >= len(self.tokens) or not self.tokens[start + 2][2]:
            raise _Unsound
        self.at = start + 3
        _, _, last, bottom, _ = self.tokens[start + 2]
        rows = sorted((int(row) - 1, int(bottom) - 1))
        columns = sorted((column_number(letters.upper()) - 1, column_number(last.upper()) - 1))
        if (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1) > _MOST_CELLS:
            raise _Unsound
        places = ((r, c) for r in range(rows[0], rows[1] + 1) for c in range(columns[0], columns[1] + 1))
        return sum(self._number(place, text_is_nothing=True) for place in places)

    def _number(self, place: Place, text_is_nothing: bool = False) -> float:
        value = _at(self.grid, place)
        if place in self.marked or place[0] < 0:
            raise _Unsound
        if value == "" or (text_is_nothing and value.__class__ is str):
            return 0.0
        if value.__class__ is not float:
            raise _Unsound
        return value  # type: ignore[return-value]
