"""What the families have in common that judge rows of one sheet."""

from __future__ import annotations

from typing import ClassVar

from toolkit.compute.filters import RowFilter


class OverRows:
    """A family over the rows of one filter: it reads no totals, and a refused row makes its result 无法判定."""

    __slots__ = ()
    rows: RowFilter
    stats: ClassVar[tuple[str, ...]] = ()
    tolerant: ClassVar[bool] = False

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """The rows that are judged."""
        return (self.rows,)
