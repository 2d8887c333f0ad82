"""One template filled many times: what stays the same is split and packed once."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from toolkit.ooxml.calcchain import without_calculation_chain
from toolkit.ooxml.container import Package
from toolkit.ooxml.properties import with_properties
from toolkit.ooxml.sheet import SheetXml, Value
from toolkit.ooxml.writing import Member, pack

Cells = Mapping[str, Mapping[str, Value]]


_KEPT = 256
_LAST_BLOCK = b"\x03\x00"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a part, packed by itself.

    A deflate stream may be cut at a full flush: what follows does not look back. So a piece that
    stays the same is packed once for all copies.
    """

    data: bytes
    packed: bytes


def _piece(data: bytes) -> _Piece:
    return _Piece(data, pack(data, zlib.Z_FULL_FLUSH))


def _joined(name: str, pieces: Sequence[_Piece]) -> Member:
    crc = 0
    for piece in pieces:
        crc = zlib.crc32(piece.data, crc)
    packed = b"".join((*(piece.packed for piece in pieces), _LAST_BLOCK))
    return Member(name, 8, crc, sum(len(piece.data) for piece in pieces), packed)


class Template:
    """A workbook of which many copies are made that differ in a few cells.

    Args:
        data: the bytes of the .xlsx.
    Raises: XltoolError: PKG-001.
    """

    def __init__(self, data: bytes) -> None:
        self.package = Package(data)
        self._sheets: dict[str, SheetXml] = {}
        self._pieces: dict[tuple[str, str, object], _Piece] = {}

    def sheet(self, title: str) -> SheetXml:
        """The split XML of a sheet.

        Raises: XltoolError: PKG-002, PKG-003.
        """
        if title not in self._sheets:
            part = self.package.part_of(title)
            self._sheets[title] = SheetXml(self.package.sheet(part), self.package.epoch_1904)
        return self._sheets[title]

    def fill(self, cells: Cells, *, properties: Mapping[str, str] | None = None) -> bytes:
        """A copy with the cells and properties set; see `toolkit.ooxml.set_cells`."""
        if properties:
            self.package.custom_properties  # noqa: B018 - found once, for all copies
        copy = self.package.copy()
        formula_gone = False
        for title, values in cells.items():
            if values:
                part, gone = self._member(title, values)
                copy.put(part)
                formula_gone = formula_gone or gone
        if formula_gone:
            without_calculation_chain(copy)
        if properties:
            with_properties(copy, properties)
        return copy.to_bytes()

    def _member(self, title: str, values: Mapping[str, Value]) -> tuple[Member, bool]:
        sheet = self.sheet(title)
        changes = sheet.changes(values)
        pieces = (
            self._kept(title, "head", changes.head, lambda: changes.head),
            self._kept(title, "before", changes.first, lambda: sheet.before(changes.first)),
            _piece(sheet.between(changes)),
            self._kept(title, "after", changes.last, lambda: sheet.after(changes.last)),
        )
        return _joined(self.package.part_of(title), pieces), changes.formula_gone

    def _kept(self, title: str, part: str, index: object, make: Callable[[], bytes]) -> _Piece:
        key = (title, part, index)
        if key not in self._pieces:
            if len(self._pieces) >= _KEPT:
                self._pieces.clear()
            self._pieces[key] = _piece(make())
        return self._pieces[key]


def set_cells(data: bytes, cells: Cells, *, properties: Mapping[str, str] | None = None) -> bytes:
    """The workbook with the given cells (and custom document properties) set.

    Only the sheets named and docProps/custom.xml are written anew; every other part keeps its
    compressed bytes. Same input, same output, on every day and machine.

    Args:
        cells: sheet title → address (`C7`) → str (always text, never a formula), int, float, Decimal,
            date, datetime, bool, Formula, CellError, or None to clear. The cell keeps its style; its formula goes.
        properties: custom text properties by name.
    Raises: XltoolError: PKG-001 not a workbook, PKG-002 a sheet of that title is missing, PKG-003, PKG-004.
    """
    return Template(data).fill(cells, properties=properties)
