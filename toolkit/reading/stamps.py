"""The identity of workbooks, without reading their tables."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.model.stamp import META_SHEET, from_pairs
from toolkit.ooxml.archive import Refused
from toolkit.reading import census, gate
from toolkit.reading.cover import pairs
from toolkit.reading.opening import Answer, opened
from toolkit.reading.sheets import Book


class StampReader:
    """What a worker reads with."""

    def read(self, data: bytes, passwords: Sequence[str] = ()) -> Answer:
        """{"pairs": the identity in the properties, else that on the hidden sheet} or {"refused": code, "facts": …}."""
        return self._properties(data) or opened(data, passwords, self._read)[0]

    @staticmethod
    def _properties(data: bytes) -> Answer | None:
        """The identity in the properties; most workbooks have it there, and nothing else is looked at then."""
        try:
            package = gate.unchecked(data)
            found = census.custom_properties(package) if package else {}
        except Refused:
            return None
        return {"pairs": found} if from_pairs(found) else None

    @staticmethod
    def _read(package: gate.Package | str, data: bytes) -> Answer:
        book = Book.of(package, data)
        found = pairs(book.grid(META_SHEET)) if META_SHEET in book.titles else {}
        return {"pairs": found if from_pairs(found) else {}}
