"""How the sheets of an .xls file look: fonts of cells and of runs in texts, hidden rows and columns, merged cells."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from toolkit.reading import foreign
from toolkit.reading.appearance import Appearance, in_blocks, is_in
from toolkit.reading.at_times import Effect
from toolkit.reading.census import Place
from toolkit.reading.display import Block
from toolkit.reading.inks import BLACK, PAPER, Colour, Ground, Palette, is_lost, patterned
from toolkit.reading.looks import CROSSED, FILLED, PART_STRUCK, RAISED, STRUCK, SYMBOL, TINY, UNSEEN
from toolkit.reading.number_formats import BUILT_IN, GENERAL, inks
from toolkit.reading.other_formats import records, xls_sheets
from toolkit.reading.symbols import symbol_font
from toolkit.reading.xls_drawings import Drawings
from toolkit.reading.xls_times import AREAS, RULE, areas_of, effect_and_format

_BOF, _EOF, _FONT, _FORMAT, _XF, _MERGED = 0x0809, 0x000A, 0x0031, 0x041E, 0x00E0, 0x00E5
_ROW, _COLUMNS, _USUAL_ROW, _USUAL_COLUMN, _VIEW, _PANE = 0x0208, 0x007D, 0x0225, 0x0055, 0x023E, 0x0041
_ONE = (0x0203, 0x027E, 0x0204, 0x0006, 0x00D6, 0x0205, 0x00FD)
"""Records of one cell with a value: row, column, format."""
_FORMULA, _SHARED, _MANY, _STRINGS, _CONTINUE = 0x0006, 0x00FD, 0x00BD, 0x00FC, 0x003C
_PALETTE, _AUTOMATIC, _NEWEST, _BACKGROUND = 0x0092, 0x7FFF, 0x0600, 0x00E9
_STRIKE, _TINY, _OWN_COLOURS, _OF_SYMBOLS, _FILL = 0x08, 20 * TINY, 8, 2, 4
"""Heights of letters are in twentieths of a point."""
_HIDDEN_ROW, _OWN_HEIGHT, _HEIGHT, _LOW, _NARROW, _LAST_COLUMN = 0x20, 0x40, 0x7FFF, 60, 179, 255
"""Rows lower (twentieths of a point) and columns narrower (256ths of a character) show nothing."""
_SHOWS_FORMULAS, _STANDS_STILL, _SHOWS_ZEROS = 0x01, 0x08, 0x10
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
    codes: dict[int, str] = field(default_factory=dict)
    grounds: list[Ground] = field(default_factory=list)

    def font(self, number: int) -> tuple[frozenset[str], int]:
        """The font with a number, and its colour; there is none with the number 4."""
        at = number - (number > 4)
        return self.fonts[at] if at < len(self.fonts) else (_NOTHING, _AUTOMATIC)

    def settle(self) -> None:
        """Works out what each cell format does."""
        self.grounds = [self._ground(body) for body in self.forms]
        self.formats = [self._form(body, ground) for body, ground in zip(self.forms, self.grounds, strict=True)]

    def _form(self, body: bytes, ground: Ground) -> frozenset[str]:
        """What a cell format does to a value."""
        seen, ink = self.font(struct.unpack_from("<H", body)[0])
        seen |= {CROSSED} if self._is_crossed(body) else set()
        seen |= {FILLED} if len(body) > 6 and body[6] & 7 == _FILL else set()
        named = [self.palette.of_format(name) for name in inks(self._code(body))]
        lost = any(is_lost(one, ground) for one in named or [self._colour(ink, BLACK)])
        return seen | {UNSEEN} if lost else seen

    def _code(self, body: bytes) -> str:
        (number,) = struct.unpack_from("<H", body, 2)
        return self.codes.get(number) or BUILT_IN.get(number, "")

    def code(self, form: int) -> str:
        """The number format of a cell format."""
        return self._code(self.forms[form]) if form < len(self.forms) else ""

    def ink(self, form: int) -> Colour | None:
        """The colour of the letters of a cell format."""
        return self._colour(self.font(struct.unpack_from("<H", self.forms[form])[0])[1], BLACK)

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
        runs = [self.font(number) for number in self.texts.get(text, ())] if text is not None else []
        ground = self.grounds[form] if form < len(self.grounds) else (PAPER,)
        strokes = any(marks & {STRUCK, RAISED} for marks, _ in runs) or (runs and seen & {STRUCK, RAISED})
        for marks, ink in runs:
            seen |= marks | ({UNSEEN} if is_lost(self._colour(ink, BLACK), ground) else _NOTHING)
        return (seen - {STRUCK, RAISED}) | {PART_STRUCK} if strokes else seen


def of_xls(data: bytes) -> dict[str, Appearance]:
    """The sheets of a file, by title."""
    stream = foreign.ole_stream(data, "Workbook", "Book")
    book = _book(stream)
    return {title: _sheet(stream, start, book) for title, start in xls_sheets(stream).items()}


def _book(stream: bytes) -> _Book:
    book, strings = _Book(), list[bytes]()
    before, newest = 0, True
    for _, kind, body in records(stream, 0):
        if kind == _FONT:
            book.fonts.append(_font(body))
        elif kind == _FORMAT:
            number, code = _format(body, newest=newest)
            book.codes[number] = code
        elif kind == _BOF:
            newest = struct.unpack_from("<H", body)[0] >= _NEWEST
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
    book.settle()
    book.texts = dict(_fonts_in(strings)) if strings else {}
    return book


def _format(body: bytes, *, newest: bool) -> tuple[int, str]:
    """Number and code of a number format that the workbook spells out."""
    (number,) = struct.unpack_from("<H", body)
    if not newest:
        return number, body[3 : 3 + body[2]].decode("gb18030", "replace")
    length, wide = struct.unpack_from("<HB", body, 2)
    text = body[5 : 5 + length * (1 + (wide & 1))]
    return number, text.decode("utf-16-le" if wide & 1 else "latin-1", "replace")


def _font(body: bytes) -> tuple[frozenset[str], int]:
    height, flags, colour, _, raised = struct.unpack_from("<HHHHH", body)
    length, wide = body[14], len(body) > 15 and body[15] & 1
    name = body[16 : 16 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")
    marks = ((STRUCK, flags & _STRIKE), (RAISED, raised), (UNSEEN, height <= _TINY))
    known = symbol_font(name) or (name.casefold() if body[12] == _OF_SYMBOLS and name.isascii() else "")
    return frozenset({mark for mark, on in marks if on} | ({f"{SYMBOL} {known}"} if known else set())), colour


def _sheet(stream: bytes, start: int, book: _Book) -> Appearance:
    sheet, depth = _Sheet(book), 0
    for _, kind, body in records(stream, start):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            break
        if depth == 1:
            sheet.take(kind, body)
    return sheet.settled()


class _Sheet:
    """Collects how a sheet looks from its records."""

    def __init__(self, book: _Book) -> None:
        self._book, self._drawings = book, Drawings()
        self._forms: dict[Place, int] = {}
        self._formulas: set[Place] = set()
        self._sized: set[int] = set()
        self._named: set[int] = set()
        self._low = self._narrow = self._as_typed = False
        self._view, self._before = (0, 0, 0), (0, 0)
        self._rules: list[tuple[list[Block], Effect]] = []
        self._areas: list[Block] = []
        self.seen = Appearance({}, [], [], [], [], formats={})

    def take(self, kind: int, body: bytes) -> None:
        """One record."""
        if kind in _ONE:
            row, column, form = struct.unpack_from("<HHH", body)
            self._cell((row, column), form, struct.unpack_from("<L", body, 6)[0] if kind == _SHARED else None)
            self._formulas |= {(row, column)} if kind == _FORMULA else set()
        elif kind == _MANY:
            row, first = struct.unpack_from("<HH", body)
            for place in range((len(body) - 6) // 6):
                self._cell((row, first + place), struct.unpack_from("<H", body, 4 + 6 * place)[0], None)
        elif kind == _MERGED:
            for place in range(struct.unpack_from("<H", body)[0]):
                top, bottom, left, right = struct.unpack_from("<HHHH", body, 2 + 8 * place)
                self.seen.merged.append((top, left, bottom, right))  # type: ignore[attr-defined]
        elif kind == _BACKGROUND:
            self.seen.background = True
        elif kind == AREAS:
            self._areas = areas_of(body)
        elif kind == RULE:
            self._rule(body)
        elif kind in (_ROW, _COLUMNS, _USUAL_ROW, _USUAL_COLUMN, _VIEW, _PANE):
            self._sizes(kind, body)
        else:
            self._drawings.take(kind, body)

    def _cell(self, place: Place, form: int, text: int | None) -> None:
        self._forms[place] = form
        if seen := self._book.cell(form, text):
            self.seen.looks[place] = seen  # type: ignore[index]
        if (code := self._book.code(form)) not in GENERAL:
            self.seen.formats[place] = code  # type: ignore[index]

    def _sizes(self, kind: int, body: bytes) -> None:
        if kind == _ROW:
            row, _, _, height = struct.unpack_from("<HHHH", body)
            self._sized.add(row)
            if body[12] & _HIDDEN_ROW or (height & _HEIGHT < _LOW and body[12] & _OWN_HEIGHT):
                self.seen.rows.append(row)  # type: ignore[attr-defined]
        elif kind == _COLUMNS:
            first, last, width = struct.unpack_from("<HHH", body)
            columns = range(first, min(last, _LAST_COLUMN) + 1)
            self._named.update(columns)
            self.seen.columns += columns if body[8] & 1 or width < _NARROW else ()  # type: ignore[operator]
        elif kind == _USUAL_ROW:
            flags, height = struct.unpack_from("<HH", body)
            self._low = bool(flags & 2) or height < _LOW
        elif kind == _USUAL_COLUMN:
            self._narrow = struct.unpack_from("<H", body)[0] == 0
        elif kind == _VIEW:
            self._view = struct.unpack_from("<HHH", body)
        else:
            across, down = struct.unpack_from("<HH", body)
            self._before = int(down > 0), int(across > 0)

    def _rule(self, body: bytes) -> None:
        effect, code = effect_and_format(body, self._book.palette, self._book.codes)
        self.seen.changing.formats.extend((area, code) for area in self._areas if code)
        if effect.hides:
            self.seen.changing.hidden.extend(self._areas)
        elif effect.paints:
            self._rules.append((self._areas, effect))

    def settled(self) -> Appearance:
        """What is known when all records are."""
        seen, (flags, top, left) = self.seen, self._view
        rows = {row for row, _ in self._forms}
        seen.rows = [*seen.rows, *(sorted(rows - self._sized) if self._low else ())]
        seen.columns = [*seen.columns, *(sorted(set(range(_LAST_COLUMN + 1)) - self._named) if self._narrow else ())]
        if flags & _STANDS_STILL:
            seen.rows += range(top * self._before[0])
            seen.columns += range(left * self._before[1])
        seen.no_zeros = bool(flags) and not flags & _SHOWS_ZEROS
        seen.formulas = frozenset(self._formulas) if flags & _SHOWS_FORMULAS else None
        seen.pictures = self._drawings.found()
        for blocks, effect in self._rules:
            inside = (place for place in self._forms if is_in(place, blocks))
            seen.changing.hidden.extend(in_blocks(place for place in inside if self._loses(effect, self._forms[place])))
        return seen

    def _loses(self, effect: Effect, form: int) -> bool:
        """Whether nobody can read cells of a format under an effect."""
        known = form < len(self._book.forms)
        return known and effect.loses(self._book.ink(form), self._book.grounds[form])


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
