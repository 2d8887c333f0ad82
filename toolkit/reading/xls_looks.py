"""How the sheets of an .xls file look: fonts of cells and of runs in texts, hidden rows and columns, merged cells."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from toolkit.reading import foreign
from toolkit.reading.appearance import Appearance, Block
from toolkit.reading.census import Place
from toolkit.reading.inks import BLACK, PAPER, Colour, Ground, Palette, is_lost, patterned
from toolkit.reading.looks import CROSSED, PART_STRUCK, RAISED, STRUCK, SYMBOL, UNSEEN
from toolkit.reading.other_formats import records, xls_sheets
from toolkit.reading.symbols import symbol_font

_BOF, _EOF, _FONT, _XF, _ROW, _COLUMNS, _MERGED = 0x0809, 0x000A, 0x0031, 0x00E0, 0x0208, 0x007D, 0x00E5
_ONE = (0x0203, 0x027E, 0x0204, 0x0006, 0x00D6, 0x0205, 0x00FD)
"""Records of one cell with a value: row, column, format."""
_SHARED, _MANY, _STRINGS, _CONTINUE = 0x00FD, 0x00BD, 0x00FC, 0x003C
_PALETTE, _AUTOMATIC = 0x0092, 0x7FFF
_STRIKE, _HIDDEN_ROW, _TINY, _OWN_COLOURS = 0x08, 0x20, 40, 8
"""Heights of letters are in twentieths of a point."""
_PATTERNS = (
    "none",
    "solid",
    "mediumGray",
    "darkGray",
    "lightGray",
    *["dark"] * 6,
    *["light"] * 6,
    "gray125",
    "gray0625",
)
"""Patterns by their number (MS-XLS 2.5.166)."""
_NOTHING: frozenset[str] = frozenset()


@dataclass
class _Book:
    """Fonts, formats and texts of the whole file."""

    fonts: list[tuple[frozenset[str], int]] = field(default_factory=list)
    forms: list[bytes] = field(default_factory=list)
    palette: Palette = field(default_factory=lambda: Palette(b"", b""))
    formats: list[frozenset[str]] = field(default_factory=list)
    texts: dict[int, frozenset[int]] = field(default_factory=dict)

    def font(self, number: int) -> tuple[frozenset[str], int]:
        """The font with a number, and its colour; there is none with the number 4."""
        at = number - (number > 4)
        return self.fonts[at] if at < len(self.fonts) else (_NOTHING, _AUTOMATIC)

    def form(self, body: bytes) -> frozenset[str]:
        """What a cell format does to a value."""
        seen, ink = self.font(struct.unpack_from("<H", body)[0])
        seen |= {CROSSED} if self._is_crossed(body) else set()
        return seen | {UNSEEN} if is_lost(self._colour(ink, BLACK), self._ground(body)) else seen

    def _colour(self, number: int, usual: Colour) -> Colour | None:
        return usual if number == _AUTOMATIC else self.palette.colour((f"indexed={number}",))

    @staticmethod
    def _is_crossed(body: bytes) -> bool:
        """Whether a line goes from corner to corner: its ways and its style (MS-XLS 2.5.20)."""
        if len(body) < 20:
            return False
        ways, style = struct.unpack_from("<L", body, 10)[0] >> 30, struct.unpack_from("<L", body, 14)[0] >> 21 & 0xF
        return bool(ways and style)

    def _ground(self, body: bytes) -> Ground:
        """The fill of a cell format; none that is known where the file is older than 1997."""
        if len(body) < 20:
            return ()
        pattern, colours = struct.unpack_from("<L", body, 14)[0] >> 26, struct.unpack_from("<H", body, 18)[0]
        if not pattern:
            return (PAPER,)
        front, back = self._colour(colours & 0x7F, PAPER), self._colour(colours >> 7 & 0x7F, PAPER)
        return patterned(_PATTERNS[pattern] if pattern < len(_PATTERNS) else "", front, back)

    def cell(self, form: int, text: int | None) -> frozenset[str]:
        """What is to be seen of a cell with a format and, of shared texts, a number."""
        seen = self.formats[form] if form < len(self.formats) else _NOTHING
        runs = [self.font(number)[0] for number in self.texts.get(text, ())] if text is not None else []
        if any(run & {STRUCK, RAISED} for run in runs) or (runs and seen & {STRUCK, RAISED}):
            return (seen - {STRUCK, RAISED}) | {PART_STRUCK}
        return seen


def of_xls(data: bytes) -> dict[str, Appearance]:
    """The sheets of a file, by title."""
    stream = foreign.ole_stream(data, "Workbook", "Book")
    book = _book(stream)
    return {title: _sheet(stream, start, book) for title, start in xls_sheets(stream).items()}


def _book(stream: bytes) -> _Book:
    book, strings = _Book(), list[bytes]()
    before = 0
    for _, kind, body in records(stream, 0):
        if kind == _FONT:
            book.fonts.append(_font(body))
        elif kind == _XF:
            book.forms.append(body)
        elif kind == _PALETTE:
            for place in range(struct.unpack_from("<H", body)[0]):
                book.palette.indexed[_OWN_COLOURS + place] = body[2 + 4 * place : 5 + 4 * place].hex()
        elif kind == _STRINGS or (kind == _CONTINUE and before in (_STRINGS, _CONTINUE) and strings):
            strings.append(body)
        elif kind == _EOF:
            break
        before = kind
    book.formats = [book.form(body) for body in book.forms]
    book.texts = dict(_fonts_in(strings)) if strings else {}
    return book


def _font(body: bytes) -> tuple[frozenset[str], int]:
    height, flags, colour, _, raised = struct.unpack_from("<HHHHH", body)
    length, wide = body[14], len(body) > 15 and body[15] & 1
    name = body[16 : 16 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")
    marks = ((STRUCK, flags & _STRIKE), (RAISED, raised), (UNSEEN, height <= _TINY))
    symbol = {f"{SYMBOL} {known}"} if (known := symbol_font(name)) else set()
    return frozenset({mark for mark, on in marks if on} | symbol), colour


def _sheet(stream: bytes, start: int, book: _Book) -> Appearance:
    looks: dict[Place, frozenset[str]] = {}
    rows: list[int] = []
    columns: list[int] = []
    merged: list[Block] = []
    depth = 0
    for _, kind, body in records(stream, start):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            break
        if depth > 1:
            continue
        if kind in _ONE:
            row, column, form = struct.unpack_from("<HHH", body)
            text = struct.unpack_from("<L", body, 6)[0] if kind == _SHARED else None
            if seen := book.cell(form, text):
                looks[row, column] = seen
        elif kind == _MANY:
            row, first = struct.unpack_from("<HH", body)
            for place in range((len(body) - 6) // 6):
                if seen := book.cell(struct.unpack_from("<H", body, 4 + 6 * place)[0], None):
                    looks[row, first + place] = seen
        elif kind == _ROW and body[12] & _HIDDEN_ROW:
            rows.append(struct.unpack_from("<H", body)[0])
        elif kind == _COLUMNS and body[8] & 1:
            first, last = struct.unpack_from("<HH", body)
            columns += range(first, min(last, 255) + 1)
        elif kind == _MERGED:
            for place in range(struct.unpack_from("<H", body)[0]):
                top, bottom, left, right = struct.unpack_from("<HHHH", body, 2 + 8 * place)
                merged.append((top, left, bottom, right))
    return Appearance(looks, (), rows, columns, merged)


def _fonts_in(strings: list[bytes]) -> Iterator[tuple[int, frozenset[int]]]:
    """The fonts of the runs in the shared texts that have runs, by the number of the text."""
    text = _Texts(strings)
    text.take(4)
    for number in range(struct.unpack("<L", text.take(4))[0]):
        length, flags = struct.unpack("<HB", text.take(3))
        runs = struct.unpack("<H", text.take(2))[0] if flags & 8 else 0
        more = struct.unpack("<L", text.take(4))[0] if flags & 4 else 0
        text.skip(length, flags & 1)
        fonts = [struct.unpack("<HH", text.take(4))[1] for _ in range(runs)]
        text.take(more)
        if fonts:
            yield number, frozenset(fonts)


class _Texts:
    """The record of shared texts and those that continue it, where a text that is cut says anew how wide it is."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts, self._part, self._at = parts, 0, 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        found = b""
        while len(found) < count:
            piece = self._parts[self._part][self._at : self._at + count - len(found)]
            found, self._at = found + piece, self._at + len(piece)
            if len(found) < count:
                self._part, self._at = self._part + 1, 0
        return found

    def skip(self, length: int, wide: int) -> None:
        """Passes over so many characters."""
        while length:
            left = (len(self._parts[self._part]) - self._at) // (1 + wide)
            step = min(left, length)
            self._at, length = self._at + step * (1 + wide), length - step
            if length:
                self._part, self._at = self._part + 1, 1
                wide = self._parts[self._part][0] & 1
