"""What conditional formats do to cells when their condition holds."""

from __future__ import annotations

import re
from typing import NamedTuple

from toolkit.reading.inks import BLACK, PAPER, Colour, Ground, Palette, are_alike, is_lost
from toolkit.reading.looks import RAISED, STRUCK, UNSEEN, Fill, Font

_DXF = re.compile(rb"<(?:\w+:)?dxf\b[^>]*?(?:/>|>.*?</(?:\w+:)?dxf>)", re.S)
_PROPERTY = re.compile(rb"<(?:\w+:)?(\w+)((?:\s[^>]*?)?)/?>")
_GIVEN = re.compile(rb'(\w+)="([^"]*)"')
_NO_VALUE = re.compile(rb"<(?:\w+:)?(?:iconSet|dataBar)\b[^>]*\bshowValue=[\"'](?:0|false)[\"']")
_SCALE = re.compile(rb"<(?:\w+:)?(colorScale|dataBar)\b.*?</(?:\w+:)?\1>", re.S)
_SCALE_COLOUR = re.compile(rb"<(?:\w+:)?(?:c|fillC)olor\b([^>]*?)/?>")


def hides_numbers(block: bytes, palette: Palette) -> bool:
    """Whether a conditional format shows signs or bars in place of numbers, or a ground in the colour of the ink.

    >>> office = Palette(b"", b"")
    >>> hides_numbers(b'<cfRule><iconSet showValue="0"><cfvo/></iconSet></cfRule>', office)
    True
    >>> scale = b'<colorScale><cfvo/><color rgb="FF%s"/></colorScale>'
    >>> [hides_numbers(scale % colour, office) for colour in (b"000000", b"F8696B")]
    [True, False]
    """
    colours = (_SCALE_COLOUR.findall(scale[0]) for scale in _SCALE.finditer(block))
    named = (
        palette.colour(tuple(f"{key}={value}" for key, value in _given(one).items()))
        for many in colours
        for one in many
    )
    return bool(_NO_VALUE.search(block)) or any(are_alike(BLACK, colour) for colour in named)


class Effect(NamedTuple):
    """What the format of a conditional format does to cells.

    Args:
        hides: it strikes text out, raises it, or makes it unreadable whatever the cell looks like.
        ink, ground: the colours that it gives; None and empty where those of the cell stay.
        marks: what its font does to any text, see looks.py.
    """

    hides: bool
    ink: Colour | None
    ground: Ground
    marks: frozenset[str] = frozenset()

    @property
    def paints(self) -> bool:
        """Whether it gives one of the two, so that it depends on the cell whether anything can be read."""
        return not self.hides and (self.ink is None) != (not self.ground)

    def loses(self, ink: Colour | None, ground: Ground) -> bool:
        """Whether nobody can read a cell of this ink and ground under it."""
        return is_lost(self.ink or ink, self.ground or ground)


def effect(dxf: bytes, palette: Palette) -> Effect:
    """What a differential format does.

    >>> office = Palette(b"", b"")
    >>> [effect(b"<dxf><font>%s</font></dxf>" % one, office).hides for one in (b"<strike/>", b'<strike val="0"/>')]
    [True, False]
    >>> effect(b'<dxf><font><color rgb="FFFFFFFF"/></font></dxf>', office).hides
    True
    >>> stops = b'<gradientFill><stop position="%d"><color rgb="FFF0F0F0"/></stop></gradientFill>'
    >>> effect(b'<dxf><font><color rgb="FFFFFFFF"/></font><fill>' + stops + b"</fill></dxf>", office).hides
    True
    >>> red = effect(b'<dxf><fill><patternFill><bgColor rgb="FFFF0000"/></patternFill></fill></dxf>', office)
    >>> red.hides, red.paints, red.loses(BLACK, (PAPER,)), red.loses((250, 0, 0), (PAPER,))
    (False, True, False, True)
    """
    font = Font()
    before, _, rest = dxf.partition(b"<fill>")
    for name, given in _PROPERTY.findall(before):
        font.take(name.decode(), _given(given))
    fill = Fill()
    for name, given in _PROPERTY.findall(rest.partition(b"</fill>")[0]):
        fill.take(name.decode(), _given(given))
    ground = fill.ground_at_times(palette)
    ground = () if ground == (PAPER,) and not rest else ground
    ink = palette.colour(font.colour) if font.colour else None
    return effect_of(font.seen() & {STRUCK, RAISED, UNSEEN}, ink, ground)


def effect_of(marks: frozenset[str], ink: Colour | None, ground: Ground) -> Effect:
    """What a format does whose font leaves marks, with the colours that it gives; a text is black on white before."""
    lost = bool(ink or ground) and is_lost(ink or BLACK, ground or (PAPER,))
    return Effect(bool(marks) or lost, ink, ground, marks)


def formats_in(part: bytes) -> list[bytes]:
    """The differential formats that are written somewhere."""
    return _DXF.findall(part)


def formats_of(styles: bytes) -> list[bytes]:
    """The differential formats of a workbook, by their number."""
    return formats_in(styles.partition(b"<dxfs")[2].partition(b"</dxfs>")[0])


def _given(attributes: bytes) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in _GIVEN.findall(attributes)}
