"""Party organisations: which are in force on a day, which are temporary, and whose members are added up.

The one place where these ideas are decided, for the rules and the workbook's own check, the computation, the
registers, the figures kept for next year and the summaries:

* **in force** on a day: set up on that day or before, dissolved on that day or later (the day of dissolution is the
  last one, as a post's end date is); an empty date is no limit.
* **temporary**: by its form or by its mark. It is an organisation; its members are counted where their relation is.
* **standing**: in force and not temporary.
* **upper**: of a form that has others below it (党总支, 党委). Every other standing one is a **branch**.
* **leaf**: one whose number of members is added up: every branch, and an upper one below which nothing can be.
  Nothing can be below it when no standing organisation names it as its parent, and its unit has none of a lower
  form that names no standing upper one of the unit.

Only standing organisations are parents: a dissolved or temporary one changes nothing. A parent's code is looked up
in the same unit first, for codes of two units may be the same; elsewhere only if exactly one other unit has it.

Source: calculations C2 (leaf branches, temporary ones left out); forms.md, party_org and V05, V07; YZ-2.1-b/c/d/e.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.model import strictyaml
from toolkit.model.arrays import across, among, how_many, known, numbers, same
from toolkit.model.org_names import NamePattern
from toolkit.model.rows import Row, values

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.model.batch import Dataset
    from toolkit.model.unit import UnitList

SHEET = "party_org"
FILE = Path(__file__).parent.parent / "forms" / "organisations.yaml"
IN_FORCE, STANDING, BRANCHES, UPPER, LEAVES = SELECTIONS = ("in_force", "standing", "branches", "upper", "leaves")
PARENT = "parent_org_code"
READS = ("org_code", "org_type", "is_temporary", PARENT, "set_date", "dissolve_date")
"""Columns of the sheet that decide to which selections an organisation belongs."""

Node = tuple[Hashable, str]
"""Where a code stands: whose it is, and the code."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the form calls things: the temporary form, the mark of a temporary one, the upper forms, lower first."""

    temporary: str
    marked: str
    upper: tuple[str, ...]
    name: NamePattern


@cache
def words() -> Words:
    """The words of the form."""
    record = strictyaml.load(FILE)
    name: Any = strictyaml.plain(record.take("name"))
    endings = tuple((form, tuple(texts)) for form, texts in name["endings"].items())
    pattern = NamePattern(tuple(name["groups"]), endings, tuple(name["same_form"].items()))
    upper = tuple(map(str, record.texts("upper")))
    found = Words(str(record.text("temporary")), str(record.text("marked")), upper, pattern)
    record.done()
    return found


def in_force(start: date | None, end: date | None, day: date) -> bool:
    """Whether something begun on `start` and ended on `end` (its last day) is in force on `day`.

    >>> day = date(2025, 12, 31)
    >>> in_force(None, day, day), in_force(day, None, day), in_force(day, date(2025, 1, 1), day)
    (True, True, False)
    """
    return (start is None or start <= day) and (end is None or end >= day)


def is_temporary(kind: str | None, mark: str | None) -> bool:
    """Whether an organisation is temporary, by its form or by its mark."""
    return kind == words().temporary or mark == words().marked


def day_of(year: int, as_of: date) -> date:
    """The day on which the organisations of a report year are looked at: the day of judgement, at most 31 December."""
    return min(as_of, date(year, 12, 31))


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation as it was returned, or as only the unit list knows it.

    Args:
        home: whose it is: the unit's code, or whatever else tells one return from another.
        place: index of the return and Excel row; None when only the unit list knows it.
        full, total: numbers of full members and of all members; None = not known.
    """

    home: Hashable
    code: str
    kind: str
    temporary: bool
    parent: str
    founded: date | None = None
    dissolved: date | None = None
    full: int | None = None
    total: int | None = None
    place: tuple[int, int] | None = None

    @property
    def rank(self) -> int:
        """0 of a branch, more the higher the form stands."""
        return words().upper.index(self.kind) + 1 if self.kind in words().upper else 0

    def stands(self, day: date) -> bool:
        """Whether it is in force and not temporary."""
        return not self.temporary and in_force(self.founded, self.dissolved, day)


def read(frame: pd.DataFrame | None, home: str = "_unit") -> list[Organisation]:
    """The rows of a table of the sheet, in its order; columns that the form lacks are empty.

    Args:
        home: the column that says whose a row is.
    """
    if frame is None or frame.empty:
        return []
    gap = [None] * len(frame)
    names = ("org_code", "org_type", "is_temporary", "parent_org_code", "set_date", "dissolve_date", "full_members")
    cells = [values(frame[name]) if name in frame else gap for name in (*names, "total_members")]
    places = zip(frame["_return"].astype(int).tolist(), frame["_row"].astype(int).tolist(), strict=True)
    return [
        Organisation(whose, code or "", kind or "", is_temporary(kind, mark), parent or "", start, end, full, total, at)
        for whose, at, code, kind, mark, parent, start, end, full, total in zip(
            frame[home].tolist(), places, *cells, strict=True
        )
    ]


def listed(units: UnitList) -> list[Organisation]:
    """The organisations of the unit list."""
    return [
        Organisation(unit.code, org.code, org.type, is_temporary(org.type, None), org.parent)
        for unit in units
        for org in unit.orgs
    ]


def organisations_of(dataset: Dataset, as_of: date) -> Organisations:
    """The merged organisations of a report; what the unit list knows says only what is missing below others."""
    found = [_of_row(row) for row in dataset.records.rows(SHEET).rows]
    return Organisations(found, day_of(dataset.year, as_of), listed(dataset.units))


def _of_row(row: Row) -> Organisation:
    kind, mark = row.org_type, getattr(row, "is_temporary", None)
    return Organisation(
        home=row.origin.unit,
        code=row.org_code or "",
        kind=kind or "",
        temporary=is_temporary(kind, mark),
        parent=getattr(row, "parent_org_code", None) or "",
        founded=row.set_date,
        dissolved=row.dissolve_date,
        full=row.full_members,
        total=row.total_members,
        place=(row.origin.source, row.origin.row),
    )


class Organisations:
    """The organisations of one report, or of one return, on a day.

    Args:
        items: in the order of their rows.
        known: those of the unit list; they are never counted.
        apart: every home is alone, as a workbook is that cannot look into another.
    """

    def __init__(
        self, items: Iterable[Organisation], day: date, known: Iterable[Organisation] = (), apart: bool = False
    ) -> None:
        self.items, self.day, self._apart = tuple(items), day, apart
        self._at = {one.place: one for one in self.items}
        self._known = tuple(known)
        standing = [one for one in self.items if one.stands(day)]
        self._nodes: dict[Node, list[Organisation]] = defaultdict(list)
        self._homes: dict[str, set[Hashable]] = defaultdict(set)
        for one in standing:
            if one.code:
                self._nodes[one.home, one.code].append(one)
                self._homes[one.code].add(one.home)
        self._selected: dict[str, list[Organisation]] = {
            IN_FORCE: [one for one in self.items if in_force(one.founded, one.dissolved, day)],
            STANDING: standing,
            BRANCHES: [one for one in standing if not one.rank],
            UPPER: [one for one in standing if one.rank],
            LEAVES: self._leaves(standing),
        }
        self._places = {name: frozenset(one.place for one in found) for name, found in self._selected.items()}
        self._by_home: dict[str, dict[Hashable, list[Organisation]]] = {}
        for name, found in self._selected.items():
            own = self._by_home[name] = defaultdict(list)
            for one in found:
                own[one.home].append(one)
        self._below = self._climbed()

    def _leaves(self, standing: Sequence[Organisation]) -> list[Organisation]:
        having = {node for one in standing if (node := self._above(one))}
        loose: dict[Hashable, int] = {}
        for one in standing:
            if self._loose(one):
                loose[one.home] = min(one.rank, loose.get(one.home, one.rank))
        return [
            one
            for one in standing
            if not one.rank or ((one.home, one.code) not in having and loose.get(one.home, one.rank) >= one.rank)
        ]

    def _above(self, one: Organisation) -> Node | None:
        """Where the standing parent is; None when nothing is named, the row itself, or no standing one has the code."""
        if not one.parent or one.parent == one.code:
            return None
        if (one.home, one.parent) in self._nodes:
            return one.home, one.parent
        homes = self._homes.get(one.parent, ())
        return None if self._apart or len(homes) != 1 else (next(iter(homes)), one.parent)

    def _loose(self, one: Organisation) -> bool:
        """Whether no standing upper organisation of the same home is its parent."""
        above = self._nodes.get((one.home, one.parent), ()) if one.parent != one.code else ()
        return not any(upper.rank for upper in above)

    def _climbed(self) -> dict[Node, list[Organisation]]:
        """The leaves below every code, however deep; a circle of parents is walked once."""
        below: dict[Node, list[Organisation]] = defaultdict(list)
        for leaf in self._selected[LEAVES]:
            seen: set[Node] = set()
            ways = [self._above(leaf)]
            while ways:
                node = ways.pop()
                if node is None or node in seen:
                    continue
                seen.add(node)
                if leaf not in self._nodes[node]:
                    below[node].append(leaf)
                ways += [self._above(one) for one in self._nodes[node]]
        return below

    def has(self, home: Hashable, code: str | None) -> bool:
        """Whether a home has an organisation with this code, in force or not, returned or only on the unit list."""
        return home in self._owners.get(code or "", ())

    def leads(self, home: Hashable, code: str | None) -> Node:
        """Where a code leads that is used in a home: there first, elsewhere if exactly one other has it.

        A code that nobody has stays itself, whoever uses it; one that several others have is nobody's.
        """
        owners = self._owners.get(code or "", frozenset())
        if home in owners or len(owners) > 1:
            return home, code or ""
        return next(iter(owners), None), code or ""

    @cached_property
    def _owners(self) -> Mapping[str, frozenset[Hashable]]:
        found: dict[str, set[Hashable]] = defaultdict(set)
        for one in (*self.items, *self._known):
            if one.code:
                found[one.code].add(one.home)
        return {code: frozenset(homes) for code, homes in found.items()}

    def selected(self, selection: str, home: Hashable = None) -> Sequence[Organisation]:
        """The organisations of a selection, of one home or of all."""
        return self._selected[selection] if home is None else self._by_home[selection].get(home, [])

    def places(self, selection: str) -> frozenset[tuple[int, int] | None]:
        """Return and row of the organisations of a selection."""
        return self._places[selection]

    def at(self, place: tuple[int, int]) -> Organisation:
        """The organisation of a row."""
        return self._at[place]

    def below(self, upper: Organisation) -> Sequence[Organisation]:
        """The leaves below an organisation, however deep, in the order of their rows."""
        return self._below.get((upper.home, upper.code), []) if upper.code else []

    def unassigned(self, upper: Organisation) -> Sequence[Organisation]:
        """Standing organisations of the same home and a lower form of which nobody knows whether they are below it."""
        own = self.selected(STANDING, upper.home)
        return [one for one in own if one.rank < upper.rank and self._loose(one) and self._above(one) is None]

    def absent(self, upper: Organisation, returned: Container[Hashable]) -> Sequence[Organisation]:
        """What the unit list places below an organisation, of units that did not return."""
        own = (one for one in self._known if one.parent == upper.code and one.code != upper.code)
        return [one for one in own if one.home not in returned]

    def members(self, home: Hashable) -> int | None:
        """All members of a home, each once; None when a leaf's number is not known."""
        return total(self.selected(LEAVES, home))

    def full_members(self, home: Hashable) -> int | None:
        """All full members of a home; None when a leaf's number is not known."""
        return total(self.selected(LEAVES, home), full=True)


def total(organisations: Iterable[Organisation], full: bool = False) -> int | None:
    """The sum of their members, or of their full members; None when one number is not known."""
    found = [one.full if full else one.total for one in organisations]
    return None if None in found else sum(map(int, found))  # type: ignore[arg-type]


def possible(row: Mapping[str, object], selection: str, day: date) -> bool:
    """Whether a row that was refused could belong to a selection once it is put right: empty cells may become anything.

    Args:
        row: the columns of READS by name, as far as the form has them.
    """
    kind, mark = row.get("org_type"), row.get("is_temporary")
    start, end = row.get("set_date"), row.get("dissolve_date")
    if not in_force(start, end, day):  # type: ignore[arg-type]
        return False
    if selection == IN_FORCE:
        return True
    upper = kind in words().upper
    if is_temporary(kind, mark) or (upper and selection == BRANCHES):  # type: ignore[arg-type]
        return False
    return selection != UPPER or upper or kind is None


@dataclass(frozen=True, slots=True)
class Columns:
    """The sheet's columns in an Excel formula: values as `toolkit.model.arrays` has them.

    Args:
        rows: 1 where a row is data; mark: "" when the form lacks the column.
        day: the day on which the organisations are looked at.
    """

    rows: str
    code: str
    parent: str
    kind: str
    mark: str
    founded: str
    dissolved: str
    day: str


def day_formula(as_of: str, last_day: str) -> str:
    """Excel: `day_of`."""
    return f"IF({as_of}<{last_day},{as_of},{last_day})"


def gone_formula(dissolved: str, day: str) -> str:
    """Excel: per row, whether it is dissolved before the day."""
    return f"{numbers(dissolved)}*({dissolved}<{day})"


def in_force_formula(founded: str, dissolved: str, day: str) -> str:
    """Excel: `in_force`, per row."""
    return f"NOT({numbers(founded)}*({founded}>{day}))*NOT({gone_formula(dissolved, day)})"


def standing_formula(at: Columns) -> str:
    """Excel: the rows of STANDING."""
    parts = [at.rows, in_force_formula(at.founded, at.dissolved, at.day), f'({at.kind}<>"{words().temporary}")']
    return "*".join([*parts, f'({at.mark}<>"{words().marked}")'] if at.mark else parts)


def branches_formula(at: Columns) -> str:
    """Excel: the rows of BRANCHES."""
    return f"{standing_formula(at)}*NOT({among(at.kind, words().upper)})"


def upper_formula(at: Columns) -> str:
    """Excel: the rows of UPPER."""
    return f"{standing_formula(at)}*{among(at.kind, words().upper)}"


def own_number_formula(at: Columns) -> str:
    """Excel: the upper rows among LEAVES; the others of LEAVES are the branches."""
    named = f"{known(at.parent)}*NOT({same(at.parent, at.code)})"
    below = how_many(f"{same(at.code, across(at.parent))}*{across(f'{standing_formula(at)}*{named}')}", at.code)
    under = how_many(f"{same(at.parent, across(at.code))}*{across(upper_formula(at))}", at.code)
    loose = f"{standing_formula(at)}*NOT({named}*({under}>0))"
    free = []
    for rank, kind in enumerate(words().upper):
        lower = f"NOT({among(at.kind, words().upper[rank:])})"
        free.append(f'({at.kind}="{kind}")*(SUM({loose}*{lower})=0)')
    return f"{upper_formula(at)}*({below}=0)*(({'+'.join(free)})>0)"
