"""What families rest on: the rows, totals and doubts that most of them have in common, and what they declare.

A family of the packs (`family: share`) has one or several forms, each a dataclass here: the annotations of its fields
say what a pack may write (`toolkit.compute.fields`), `judge` what is said of a case, `sentence` how that reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar

from toolkit.compute.case import Case, Judged
from toolkit.compute.filters import Condition, RowFilter
from toolkit.compute.levels import missed
from toolkit.model.result import MET, NOT_APPLICABLE
from toolkit.model.rows import Row

USUAL = ("year", "standing", "by", "from", "only")
"""The periods that most families understand: a year, any time, until a day, from a day on, one year only."""
OF_UNIT, OF_AREA = "unit", "area"


def filled(*columns: str) -> tuple[Condition, ...]:
    """The conditions that some columns are filled in."""
    return tuple(Condition((name,), "filled") for name in columns if name)


def first_key(rows: Iterable[Row], column: str) -> str:
    """By what several rows of one subject are called, whatever their order: the first of their own numbers."""
    return min((str(getattr(row, column)) for row in rows), key=lambda key: (len(key), key))


class Resting:
    """A family that rests on nothing, unless it says otherwise (see `toolkit.compute.case.Family`).

    Attributes:
        family: the family that it is a form of; "" = it is no family of the packs.
        mark: the key by which this form of its family is known; "" = the form without such a key.
        title, sentence: how people call it, and what it says, with the keys of the pack as placeholders; a part in
            〖〗 is left out where a key in it is not written.
        steps: how a result comes about, with its figures and facts as placeholders.
        periods: the periods that it understands (see `toolkit.compute.spans`).
        scopes: whether it is about a unit or about an area as a whole.
    """

    __slots__ = ()
    family: ClassVar[str] = ""
    mark: ClassVar[str] = ""
    title: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    steps: ClassVar[tuple[str, ...]] = ()
    periods: ClassVar[tuple[str, ...]] = USUAL
    scopes: ClassVar[tuple[str, ...]] = (OF_UNIT, OF_AREA)

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


Said = tuple[str, str, Mapping[str, str], Mapping[str, str]]
"""What is said of one row: level, code of the reason, figures, words."""


class OneByOne(OverRows):
    """A family that judges each row of one filter alone."""

    __slots__ = ()
    key: str
    nobody: ClassVar[str] = "NO-SUBJECT"
    """Code of the reason where there is no row."""

    @property
    def alone(self) -> RowFilter | None:
        """The rows that are judged."""
        return self.rows

    def each(self, case: Case) -> Callable[[Row], Said]:
        """What is said of each row; the numbers of the pack are looked up once."""
        raise NotImplementedError

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for each row."""
        one, rows, sheet, key = self.each(case), case.rows(self.rows), self.rows.sheet, self.key
        for row in rows:
            yield Judged(*one(row), ((sheet, (row,)),), str(getattr(row, key)))
        if not rows:
            yield Judged(NOT_APPLICABLE, self.nobody, words=self.said())

    def said(self) -> dict[str, str]:
        """What the pack calls it."""
        return {"what": self.what} if hasattr(self, "what") else {}  # type: ignore[attr-defined]
