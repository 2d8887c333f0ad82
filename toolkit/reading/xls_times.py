"""What the conditional formats of an .xls file do to cells when their condition holds (MS-XLS 2.4.42, 2.5.91)."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from toolkit.reading.at_times import Effect, effect_of
from toolkit.reading.display import Block
from toolkit.reading.inks import BLACK, PAPER, Colour, Ground, Palette
from toolkit.reading.looks import RAISED, STRUCK, TINY, UNSEEN
from toolkit.reading.number_formats import BUILT_IN, shows_all

AREAS, RULE = 0x01B0, 0x01B1
_NUMBER, _FONT, _ALIGNMENT, _BORDER, _PATTERN = (1 << bit for bit in range(25, 30))
_NO_PATTERN, _NO_FRONT, _NO_BACK = (1 << bit for bit in range(16, 19))
_OWN_FORMAT = 1
_FONT_SIZE, _EIGHT = 118, 8
_STRIKE, _TINY, _NONE = 0x80, 20 * TINY, 0xFFFFFFFF
_SOLID = 1


def areas_of(body: bytes) -> list[Block]:
    """The areas of the conditional format that begins."""
    (count,) = struct.unpack_from("<H", body, 12)
    found = (struct.unpack_from("<HHHH", body, 14 + 8 * place) for place in range(count))
    return [(top, left, bottom, right) for top, bottom, left, right in found]


def effect_and_format(body: bytes, palette: Palette, formats: Mapping[int, str]) -> tuple[Effect, str]:
    """What one rule does, and its number format; "" for none that could mislead.

    Args:
        formats: those that the workbook spells out.
    """
    flags, more = struct.unpack_from("<LH", body, 6)
    at, code = 12, ""
    if flags & _NUMBER:
        code, size = _format(body, at, more, formats)
        at += size
    marks, ink = _font(body, at, palette) if flags & _FONT else (frozenset[str](), None)
    at += (_FONT_SIZE if flags & _FONT else 0) + _EIGHT * (bool(flags & _ALIGNMENT) + bool(flags & _BORDER))
    ground = _ground(body, at, flags, palette) if flags & _PATTERN else ()
    return effect_of(marks, ink, ground), "" if shows_all(code) else code


def _format(body: bytes, at: int, more: int, formats: Mapping[int, str]) -> tuple[str, int]:
    """The number format, and how many bytes it takes."""
    if not more & _OWN_FORMAT:
        number = body[at + 1]
        return formats.get(number) or BUILT_IN.get(number, ""), 2
    size, length, wide = struct.unpack_from("<HHB", body, at)
    text = body[at + 5 : at + 5 + length * (1 + (wide & 1))]
    return text.decode("utf-16-le" if wide & 1 else "latin-1", "replace"), size


def _font(body: bytes, at: int, palette: Palette) -> tuple[frozenset[str], Colour | None]:
    height, struck, _, raised = struct.unpack_from("<LLHH", body, at + 64)
    colour, _, not_struck, not_raised = struct.unpack_from("<LLLL", body, at + 80)
    marks = (
        (STRUCK, struck & _STRIKE and not not_struck & _STRIKE),
        (RAISED, raised in (1, 2) and not not_raised),
        (UNSEEN, height <= _TINY),
    )
    ink = None if colour in (_NONE, 0x7FFF) else palette.colour((f"indexed={colour}",))
    return frozenset(mark for mark, on in marks if on), ink


def _ground(body: bytes, at: int, flags: int, palette: Palette) -> Ground:
    """The ground; a fill that names no pattern or a solid one is in the back colour."""
    (fill,) = struct.unpack_from("<L", body, at)
    front, back = fill >> 16 & 0x7F, fill >> 23 & 0x7F
    pattern = _SOLID if flags & _NO_PATTERN else fill >> 10 & 0x3F
    colours = [None if flags & unset else number for unset, number in ((_NO_BACK, back), (_NO_FRONT, front))]
    named = next((number for number in colours if number is not None), None)
    if not pattern or named is None:
        return ()
    usual = {0x40: BLACK, 0x41: PAPER}
    return (usual.get(named) or palette.colour((f"indexed={named}",)),)
