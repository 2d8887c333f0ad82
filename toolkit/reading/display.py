"""Cells that hold a number or a day and show something else: another number, words, nothing, a day without its year."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from toolkit.model.cell import IN_XML, column_number
from toolkit.reading.census import Place, place_of
from toolkit.reading.gate import Package
from toolkit.reading.number_formats import (
    BUILT_IN,
    DAY,
    GENERAL,
    changes_day,
    changes_text,
    exchanges,
    hidden_parts,
    hides_text,
    is_of_days,
    is_text,
    shown,
    shows_all,
    shows_days,
)
from toolkit.reading.numbers import plain
from toolkit.reading.strips import Strip

OTHERWISE, ROUNDED, IN_TEXT, PART_OF_DAY, UNSEEN = "C025", "C029", "C043", "C044", "C045"

_TEXTS = ("text", "choice")

_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b[^>]*?/?>")
_ID, _CODE = re.compile(rb'numFmtId="(\d+)"'), re.compile(rb'formatCode="([^"]*)"')
_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.S)
_XF = re.compile(rb"<(?:\w+:)?xf\b[^>]*>")
_STYLED = re.compile(rb'<c r="' + IN_XML + rb'" s="(\d+)"')
_PLACE = re.compile(rb'<c r="' + IN_XML + rb'"\Z')
_FRACTION = re.compile(rb"<v>[-+0-9]*[.eE]")
_NO_DAY = re.compile(rb"<v>(?:-|[0-9]{7})")

Block = tuple[int, int, int, int]
"""First row and column, last row and column, from 0."""

_known: dict[bytes, Styles] = {}


class Styles(NamedTuple):
    """Formats by the number of their style.

    Args:
        unusual: those under which some whole number, day or text looks like another one, or like nothing.
        days: those that show days whole; of what is no day they show nothing but ####.
        plain: those under which only decimals may be rounded.
    """

    unusual: dict[int, str]
    days: dict[int, str]
    plain: dict[int, str]


def number_styles(package: Package) -> Styles:
    """The formats of a workbook."""
    part = package.part("xl/styles.xml")
    if part not in _known:
        if len(_known) > 100:
            _known.clear()
        _known[part] = _number_styles(part)
    return _known[part]


def format_codes(part: bytes) -> dict[int, str]:
    """The number formats that a part of the styles spells out, by their number."""
    codes = {}
    for found in _FORMAT.finditer(part):
        number, code = _ID.search(found[0]), _CODE.search(found[0])
        if number and code:
            codes[int(number[1])] = html.unescape(code[1].decode("utf-8", "replace"))
    return codes


def _number_styles(part: bytes) -> Styles:
    codes = BUILT_IN | format_codes(part.partition(b"<dxfs")[0])
    styles = _STYLES.search(part)
    made = Styles({}, {}, {})
    for index, xf in enumerate(_XF.findall(styles[0]) if styles else ()):
        number = _ID.search(xf)
        code = codes.get(int(number[1]), "") if number else ""
        if code not in GENERAL:
            days = shows_days(code)
            (made.days if days else made.plain if shows_all(code) else made.unusual)[index] = code
    return made


def seen_otherwise(
    styles: Styles, xml: bytes, strips: Sequence[Strip], under: Mapping[Place, int]
) -> dict[tuple[str, str], list[Place]]:
    """Cells that show something else than they hold: (code, format) → places.

    Args:
        strips: the cells that were read.
        under: cells of the sheet under unusual formats (see `unusual`) → their style.
    """
    found: dict[tuple[str, str], list[Place]] = {}
    forms = styles.unusual | styles.days
    for strip in strips if under else ():
        for row, value in strip.items():
            form = forms.get(under.get((row, strip.at), -1), "")
            if form and (code := _code(form, value, strip.column["type"], rounds=False)):
                found.setdefault((code, form), []).append((row, strip.at))
    doubted = _may_be_rounded(xml, strips) if styles.plain else {}
    for letters, number, style in _STYLED.findall(xml) if doubted else ():
        place = int(number) - 1, column_number(letters.decode()) - 1
        if place in doubted and (form := styles.plain.get(int(style), "")):
            value, kind = doubted[place]
            if code := _code(form, value, kind, rounds=True):
                found.setdefault((code, form), []).append(place)
    return found


def seen_under(
    formats: Mapping[Place, str],
    grid: Sequence[Sequence[object]],
    values: Collection[Place],
    kinds: Mapping[Place, str],
) -> dict[tuple[str, str], list[Place]]:
    """The same where the format of every cell is known.

    Args:
        formats: place → format; the others as for `seen_otherwise`.
    """
    found = [(place, form, shows_all(form) and not shows_days(form)) for place, form in sorted(formats.items())]
    return _judged(found, grid, values, kinds)


def _judged(
    formats: Iterable[tuple[Place, str, bool]],
    grid: Sequence[Sequence[object]],
    values: Collection[Place],
    kinds: Mapping[Place, str],
) -> dict[tuple[str, str], list[Place]]:
    """(Code, format) → places, of (place, format, whether it does nothing to a number but round it)."""
    found: dict[tuple[str, str], list[Place]] = {}
    for place, form, rounds in formats:
        row, column = place
        if place in values and row < len(grid) and column < len(grid[row]):
            kind = kinds.get((row, -1)) or kinds.get((-1, column), "")
            if code := _code(form, grid[row][column], kind, rounds):
                found.setdefault((code, form), []).append(place)
    return found


def unusual(styles: Styles, xml: bytes) -> Collection[int]:
    """Styles under which values of a sheet may look like other ones."""
    return [*styles.unusual, *styles.days] if _NO_DAY.search(xml) else styles.unusual


def _may_be_rounded(xml: bytes, strips: Sequence[Strip]) -> dict[Place, tuple[float, str]]:
    """Numbers that a format for whole numbers may change: those with decimals, and those in place of a text."""
    fractions = _FRACTION.search(xml) is not None
    found: dict[Place, tuple[float, str]] = {}
    for strip in strips:
        kind = strip.column["type"]
        if float in strip.classes and (fractions or kind in _TEXTS):
            for row, value in strip.items():
                if value.__class__ is float and (kind in _TEXTS or _is_uneven(value)):
                    found[row, strip.at] = value, kind  # type: ignore[assignment]
    return found


def changed_at_times(
    formats: Sequence[tuple[Block, str]],
    grid: Sequence[Sequence[object]],
    values: Collection[Place],
    kinds: Mapping[Place, str],
) -> set[Place]:
    """Cells that show something else than they hold when a conditional format gives them its number format.

    Args:
        formats: area → format; the others as for `seen_otherwise`.
    """
    found = set()
    for (top, left, bottom, right), form in formats:
        for row, column in values:
            if top <= row <= bottom and left <= column <= right and row < len(grid) and column < len(grid[row]):
                value, kind = grid[row][column], kinds.get((row, -1)) or kinds.get((-1, column), "")
                no_day = isinstance(value, date) and not is_of_days(form)
                if no_day or _code(form, value, kind, rounds=False):
                    found.add((row, column))
    return found


def _is_uneven(value: object) -> bool:
    return value.__class__ is float and value - value == 0 and value != int(value)  # type: ignore[operator, call-overload]


def _code(form: str, value: object, kind: str, rounds: bool) -> str:
    """What is to be said of a value under a format; empty for nothing.

    Args:
        rounds: the format does nothing to a number but round it.
    """
    if isinstance(value, date):
        if changes_day(form):
            return OTHERWISE
        if kind not in ("date", "month"):
            return ""
        hidden = hidden_parts(form) - ({DAY} if kind == "month" else set())
        may_be_read_the_other_way = exchanges(form) and value.month != value.day <= 12
        return PART_OF_DAY if hidden or may_be_read_the_other_way else ""
    if value.__class__ is str:
        if not value.strip():  # type: ignore[attr-defined]
            return ""
        return UNSEEN if hides_text(form) else OTHERWISE if changes_text(form) else ""
    if value.__class__ is not float or value - value != 0 or not kind:  # type: ignore[operator]
        return ""
    if kind in _TEXTS:
        return "" if is_text(form, value) else IN_TEXT  # type: ignore[arg-type]
    seen = None if is_of_days(form) else shown(form, value)  # type: ignore[arg-type]
    if (seen is not None and seen.number == plain(f"{value:.15g}")) or (kind == "integer" and rounds):
        return ""
    return ROUNDED if rounds else OTHERWISE


def cells_under(xml: bytes, styles: Collection[int], start: int = 0) -> dict[Place, int]:
    """The cells of a sheet that have one of some styles.

    Args:
        start: where in the sheet to begin.
    >>> cells_under(b'<c r="A1" s="3"/><c r="B1" s="33"/><c r="C1" s="4"><v>1</v></c>', (3, 4))
    {(0, 0): 3, (0, 2): 4}
    """
    found = {}
    for mark in _marks(frozenset(styles)).finditer(xml, start) if styles else ():
        if cell := _PLACE.search(xml, max(0, mark.start() - 24), mark.start() + 1):
            found[place_of(cell[0])] = int(mark[1])
    return found


@lru_cache(maxsize=128)
def _marks(styles: frozenset[int]) -> re.Pattern[bytes]:
    return re.compile(rb'" s="(%s)"' % b"|".join(b"%d" % one for one in sorted(styles)))


def styled_cells(xml: bytes, style: int) -> Iterator[Place]:
    """The cells of a sheet that have a style, found by searching for its number."""
    mark = b'" s="%d"' % style
    at = xml.find(mark)
    while at >= 0:
        if cell := _PLACE.search(xml, max(0, at - 24), at + 1):
            yield place_of(cell[0])
        at = xml.find(mark, at + 1)
