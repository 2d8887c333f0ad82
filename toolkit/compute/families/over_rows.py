"""What families rest on: the rows, totals and doubts that most of them have in common."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.compute.filters import Condition, RowFilter
from toolkit.compute.levels import missed
from toolkit.model.result import MET
from toolkit.model.rows import Row


def filled(*columns: str) -> tuple[Condition, ...]:
    """The conditions that some columns are filled in."""
    return tuple(Condition((name,), "filled") for name in columns if name)


def first_key(rows: Iterable[Row], column: str) -> str:
    """By what several rows of one subject are called, whatever their order: the first of their own numbers."""
    return min((str(getattr(row, column)) for row in rows), key=lambda key: (len(key), key))


class Resting:
    """A family that rests on nothing, unless it says otherwise (see `toolkit.compute.case.Family`)."""

    __slots__ = ()

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """No rows."""
        return ()

    @property
    def alone(self) -> RowFilter | None:
        """No rows that are each judged alone."""
        return None

    @property
    def weighed(self) -> tuple[RowFilter, ...]:
        """No rows that it weighs itself."""
        return ()

    @property
    def stats(self) -> tuple[str, ...]:
        """No totals."""
        return ()

    @property
    def decides(self) -> tuple[Condition, ...]:
        """Conditions on a row of the first of its filters by which it is met or missed; a form must allow both."""
        return ()

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """Met, or missed as far as the time has passed; who judges misses at once, or more than that, says so."""
        return (MET, missed(closed=closed, hard=hard))


class OverRows(Resting):
    """A family over the rows of one filter, taken together."""

    __slots__ = ()
    rows: RowFilter

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """The rows that are judged."""
        return (self.rows,)


class OneByOne(OverRows):
    """A family that judges each row of one filter alone."""

    __slots__ = ()

    @property
    def alone(self) -> RowFilter | None:
        """The rows that are judged."""
        return self.rows
