"""Colours of ink and ground: what the eye cannot tell apart is not seen on the screen."""

from __future__ import annotations

import colorsys
import re
from functools import lru_cache

from toolkit.ooxml.canonical import BETWEEN, parse
from toolkit.ooxml.usual import WORKBOOK, Parts, relations, relations_part

Colour = tuple[int, int, int]
Ground = tuple[Colour | None, ...]
"""The colours that a ground has for the eye: one, those of the ends of a gradient, or those of a pattern."""
Given = tuple[str, ...]
"""The attributes of a colour as `name=value`."""
BLACK, PAPER = (0, 0, 0), (255, 255, 255)

_SHARES = {"solid": 1, "darkGray": 0.75, "mediumGray": 0.5, "lightGray": 0.25, "gray125": 0.125, "gray0625": 0.0625}
_DARK, _LIGHT, _HALF = 0.6, 0.3, 0.5
"""How much of a cell the front colour of a pattern covers: of lines, dark and light."""
_ALIKE = 32
"""Colours of which no part differs by so much look alike; the lightest grey in Excel differs from white by 38."""
_OFFICE = ("FFFFFF", "000000", "EEECE1", "1F497D", "4F81BD", "C0504D", "9BBB59", "8064A2", "4BACC6", "F79646")
_SLOTS = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
_FIRST_EIGHT = ("000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF")
_INDEXED = (*_FIRST_EIGHT, *_FIRST_EIGHT)
_REST = """
800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF
000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99
3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 003366 339966 003300 333300 993300 993366 333399 333333"""
_NAMES = (
    "black 黑色",
    "white 白色",
    "red 红色",
    "green 绿色",
    "blue 蓝色",
    "yellow 黄色",
    "magenta 洋红 洋红色",
    "cyan 青色 蓝绿色",
)
_NAMED = {name: at for at, names in enumerate(_NAMES, 1) for name in names.split()}
"""Colours that number formats name, by their number there."""
_NUMBERED = 7
"""How far the number of a colour in number formats lies before its number in the palette."""
_MOST_NUMBERED = 56
_NUMBER = re.compile("[0-9]+$")
_SYSTEM = {64: BLACK, 65: PAPER}
_OWN = re.compile(rb"<indexedColors>(.*?)</indexedColors>", re.S)
_RGB = re.compile(rb'rgb="([0-9A-Fa-f]{6,8})"')


class Palette:
    """The colours that a workbook names by number.

    Args:
        theme: the XML of its theme; empty for that of Office.
        styles: the XML of its styles.
    """

    def __init__(self, theme: bytes, styles: bytes) -> None:
        known = _colours_of(theme) if theme else {}
        self.theme = [known.get(slot) or usual for slot, usual in zip(_SLOTS, _OFFICE, strict=False)]
        own = _OWN.search(styles)
        listed = [text[-6:].decode() for text in _RGB.findall(own[1])] if own else []
        usual = (*_INDEXED, *_REST.split())
        self.indexed = [*listed, *usual[len(listed) :]]

    def colour(self, given: Given) -> Colour | None:
        """The colour that attributes name; None for none that is known.

        >>> office = Palette(b"", b"")
        >>> office.colour(("theme=0", "tint=-0.05")), office.colour(("rgb=80FFFFFF",)), office.colour(("indexed=10",))
        ((242, 242, 242), (255, 255, 255), (255, 0, 0))
        """
        named = dict(one.split("=", 1) for one in given)
        try:
            found = self._base(named)
            tint = float(named.get("tint") or 0)
        except (ValueError, IndexError):
            return None
        return _tinted(found, tint) if found and tint else found

    def of_format(self, name: str) -> Colour | None:
        """The colour that a number format names; None for none that is known.

        >>> office = Palette(b"", b"")
        >>> office.of_format("red"), office.of_format("颜色 3"), office.of_format("color10")
        ((255, 0, 0), (255, 0, 0), (0, 128, 0))
        >>> [office.of_format(name) for name in ("color0", "color57", "color99", "color100", "color256")]
        [None, None, None, None, None]
        """
        found = _NUMBER.search(name)
        number = int(found[0]) if found else _NAMED.get(name, 0)
        return self.colour((f"indexed={number + _NUMBERED}",)) if 0 < number <= _MOST_NUMBERED else None

    def _base(self, named: dict[str, str]) -> Colour | None:
        if "rgb" in named:
            return from_hex(named["rgb"])
        if "theme" in named:
            return from_hex(self.theme[int(named["theme"])])
        if "indexed" in named:
            number = int(named["indexed"])
            return _SYSTEM.get(number) or from_hex(self.indexed[number])
        return BLACK if "auto" in named else None


def are_alike(ink: Colour | None, ground: Colour | None) -> bool:
    """Whether nobody can read ink on a ground.

    >>> are_alike((255, 255, 255), (242, 242, 242)), are_alike((255, 255, 0), (255, 255, 255)), are_alike(None, BLACK)
    (True, False, False)
    """
    if ink is None or ground is None:
        return False
    return max(abs(one - other) for one, other in zip(ink, ground, strict=True)) < _ALIKE


def is_lost(ink: Colour | None, ground: Ground) -> bool:
    """Whether ink cannot be read on some part of a ground, or on what the eye makes of its pattern.

    >>> is_lost(PAPER, (BLACK, PAPER)), is_lost(BLACK, ((90, 0, 0), PAPER)), is_lost(PAPER, (None,))
    (True, False, False)
    """
    return any(are_alike(ink, one) for one in ground)


def patterned(name: str, front: Colour | None, back: Colour | None) -> Ground:
    """What the eye makes of a pattern: the colour that covers at least half of it, and the two mixed.

    Args:
        name: of the pattern in the standard (ECMA-376 part 1, 18.18.55).
    >>> patterned("gray125", BLACK, PAPER), patterned("mediumGray", BLACK, PAPER), patterned("solid", BLACK, PAPER)
    (((255, 255, 255), (223, 223, 223)), ((0, 0, 0), (255, 255, 255), (128, 128, 128)), ((0, 0, 0),))
    """
    share = _SHARES.get(name, _DARK if name.startswith("dark") else _LIGHT)
    if share == 1 or front is None or back is None:
        return (front,) if share >= _HALF else (back,)
    most = ((front,) if share >= _HALF else ()) + ((back,) if share <= _HALF else ())
    return *most, tuple(round(one * share + other * (1 - share)) for one, other in zip(front, back, strict=True))  # type: ignore[return-value]


def theme_of(parts: Parts) -> bytes:
    """The theme of a workbook; empty when it has none."""
    name = _theme_part(parts.part(relations_part(WORKBOOK)))
    return parts.part(name) if name else b""


@lru_cache(maxsize=64)
def _theme_part(listed: bytes) -> str:
    return next((one.target for one in relations(listed, WORKBOOK) if one.kind == "theme"), "")


def from_hex(text: str) -> Colour:
    """The colour in the last six hexadecimal figures of a text."""
    code = int(text[-6:], 16)
    return code >> 16, code >> 8 & 255, code & 255


def _tinted(colour: Colour, tint: float) -> Colour:
    """Lighter (tint above 0) or darker, as the standard reckons (ECMA-376 part 1, 18.8.19)."""
    hue, light, strength = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    red, green, blue = colorsys.hls_to_rgb(hue, min(max(light, 0.0), 1.0), strength)
    return round(red * 255), round(green * 255), round(blue * 255)


@lru_cache(maxsize=64)
def _colours_of(theme: bytes) -> dict[str, str]:
    """The colours of a theme by their slots."""
    found: dict[str, str] = {}
    inside: list[str] = []

    def start(name: str, given: dict[str, str]) -> None:
        name = name.rpartition(BETWEEN)[2]
        slot = inside[-1] if inside else ""
        if inside[-2:-1] == ["clrScheme"] and slot in _SLOTS:
            code = given.get("lastClr") if name == "sysClr" else given.get("val") if name == "srgbClr" else None
            if code and re.fullmatch("[0-9A-Fa-f]{6}", code):
                found[slot] = code
        inside.append(name)

    parse(theme, start, lambda _: inside.pop() and None)
    return found
