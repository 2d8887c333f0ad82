"""What lies over the cells of an .xls sheet: pictures, charts, boxes, lines, buttons, comments that are shown.

A drawing is cut into records of its own (MS-ODRAW); behind each shape stands a record that says what it is.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from toolkit.reading.census import Place

DRAWING, OBJECT, WORDS, NOTE = 0x00EC, 0x005D, 0x01B6, 0x001C
_SHAPE, _PROPERTIES, _ANCHOR, _CLIENT, _CONTAINER = 0xF00A, (0xF00B, 0xF121, 0xF122), 0xF010, 0xF011, 0xF
_FILLED, _HIDDEN = 0x01BF, 0x03BF
"""Flags of a shape by the number of their property: the value in the low bits, whether it is given 16 bits above."""
_FILL_BIT, _HIDDEN_BIT = 0x10, 0x02
_LIST, _COMMENT = 0x14, 0x19
_ALWAYS = (0x01, 0x05, 0x07, 0x08, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13)
"""Lines, charts, buttons, pictures and the like, which need no ground to hide something (MS-XLS 2.5.143)."""
_LINE_SHAPES = range(32, 41)
_SHOWN_NOTE = 0x02


@dataclass
class _Shape:
    """One shape.

    Args:
        kind, number: what it is and its number, as its object says.
    """

    form: int
    filled: bool = True
    hidden: bool = False
    anchor: tuple[Place, Place] | None = None
    kind: int = -1
    number: int = -1
    words: bool = False

    def hides(self, shown_notes: set[int]) -> bool:
        """Whether it hides what lies below."""
        if self.hidden or self.anchor is None or self.kind == _LIST:
            return False
        if self.kind == _COMMENT:
            return self.number in shown_notes
        return self.filled or self.words or self.kind in _ALWAYS or self.form in _LINE_SHAPES


@dataclass
class Drawings:
    """Collects the shapes of a sheet from its records."""

    _shapes: list[_Shape] = field(default_factory=list)
    _waiting: list[_Shape] = field(default_factory=list)
    _said: _Shape | None = None
    _notes: set[int] = field(default_factory=set)

    def take(self, kind: int, body: bytes) -> None:
        """One record of the sheet."""
        if kind == DRAWING:
            self._walk(body)
        elif kind == OBJECT and self._waiting:
            self._said = self._waiting.pop(0)
            self._said.kind, self._said.number = struct.unpack_from("<HH", body, 4)
        elif kind == WORDS and self._said:
            self._said.words = struct.unpack_from("<H", body, 10)[0] > 0
        elif kind == NOTE and struct.unpack_from("<H", body, 4)[0] & _SHOWN_NOTE:
            self._notes.add(struct.unpack_from("<H", body, 6)[0])

    def _walk(self, body: bytes) -> None:
        """The records inside a piece of a drawing; containers are walked into, wherever they are cut."""
        at = 0
        while at + 8 <= len(body):
            head, kind, length = struct.unpack_from("<HHL", body, at)
            at += 8
            if head & _CONTAINER == _CONTAINER:
                continue
            self._record(kind, head >> 4, body[at : at + length])
            at += length

    def _record(self, kind: int, more: int, body: bytes) -> None:
        if kind == _SHAPE:
            self._shapes.append(_Shape(more))
        elif not self._shapes:
            return
        elif kind in _PROPERTIES:
            self._properties(self._shapes[-1], more, body)
        elif kind == _ANCHOR and len(body) >= 18:
            left, _, top, _, right, beyond, bottom, below = struct.unpack_from("<8H", body, 2)
            last = bottom - (bottom > top and not below), right - (right > left and not beyond)
            self._shapes[-1].anchor = (top, left), last
        elif kind == _CLIENT:
            self._waiting.append(self._shapes[-1])

    @staticmethod
    def _properties(shape: _Shape, count: int, body: bytes) -> None:
        for place in range(min(count, len(body) // 6)):
            number, value = struct.unpack_from("<HL", body, 6 * place)
            if number & 0x3FFF == _FILLED and value >> 16 & _FILL_BIT:
                shape.filled = bool(value & _FILL_BIT)
            elif number & 0x3FFF == _HIDDEN and value >> 16 & _HIDDEN_BIT:
                shape.hidden = bool(value & _HIDDEN_BIT)

    def found(self) -> list[tuple[Place, Place]]:
        """First and last cell that each shape hides."""
        return [shape.anchor for shape in self._shapes if shape.anchor and shape.hides(self._notes)]
