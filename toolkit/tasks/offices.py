"""Whose list a clause stands on: the offices that the text names, and the units of the round that they are.

The text calls offices by names of its own (市委离退休干部工委); the round says once, in 责任单位.xlsx, which unit each
is. A name that is a unit's own is recognised; the others are asked for, and get no list before.

Source: the clauses' responsible units and bearers; `offices` of the pack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from toolkit.campaign import Campaign
from toolkit.compute.families.checklist import ticks
from toolkit.compute.indicators import Compiled, compile_indicators
from toolkit.files import write_whole
from toolkit.model.duties import judged_above
from toolkit.model.errors import XltoolError
from toolkit.model.finding import Finding, from_catalogue
from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.model.unit import Unit, UnitList
from toolkit.our_books import meta_rows, read_books, table, text_of
from toolkit.reading.door import Refusal
from toolkit.reading.unit_names import Names
from toolkit.summary.office.mapping import KIND, Asked, head, mapping_workbook, said
from toolkit.words import words

_PARTS = re.compile(r"[、，,；;\n]+")
_SHOWN = 8
UNREADABLE, OPEN, UNKNOWN = "TSK-002", "TSK-120", "TSK-121"


@dataclass(frozen=True, slots=True)
class Office:
    """Who gets a list.

    Args:
        key: code of the unit, or the name of an office that is no unit of the round.
        unit: None = it is none; then the list is handed over by hand.
        names: how the text calls it.
        clauses: its duties of the year, in the order of the text.
    """

    key: str
    unit: Unit | None
    names: tuple[str, ...]
    clauses: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called on its list."""
        return self.unit.name if self.unit else self.key


def duties(policy: Policy, form: Form) -> dict[str, Compiled]:
    """Clause → the duty that it is, in the order of the text; statements of principle are none."""
    found = {one.clause: one for one in (*ticks(policy), *compile_indicators(policy, form))}
    return {clause: found[clause] for clause in policy.clauses if clause in found}


def asked(policy: Policy, form: Form, units: UnitList, year: int) -> tuple[str, ...]:
    """The clauses that a year asks of a round: in force in that year, and not judged at a level above the round's."""
    return tuple(
        clause
        for clause, one in duties(policy, form).items()
        if one.span.covers(year) and not judged_above(one.duty, units, form)
    )


class Offices:
    """The offices of a round.

    Args:
        said: name in the text → which unit it is; None = as the round's 责任单位.xlsx says.
    Raises: XltoolError: TSK-002 the round's 责任单位.xlsx cannot be read.
    """

    def __init__(self, campaign: Campaign, said: Mapping[str, str] | None = None) -> None:
        self.campaign, self.policy, self.units = campaign, campaign.policy, campaign.units
        self.path = campaign.folder / words()["files"]["offices"]
        self.said = _said(self.path) if said is None else said
        self.names = Names(self.units)
        self.asked = asked(self.policy, campaign.form, self.units, campaign.year)

    @cached_property
    def addressees(self) -> dict[str, tuple[str, ...]]:
        """Name in the text → the duties of the year, offices first, each in the order of the text."""
        found: dict[str, list[str]] = {}
        for clause in duties(self.policy, self.campaign.form):
            for name in self.policy.clauses[clause].addressees:
                found.setdefault(name, []).extend([clause] * (clause in self.asked))
        order = sorted(found, key=lambda name: name not in self.policy.offices)
        return {name: tuple(found[name]) for name in order}

    @cached_property
    def _answers(self) -> dict[str, tuple[list[Unit | str], list[str]]]:
        """Name → the units, or names of offices that are none, that it is; and what cannot be understood."""
        return {name: self._meant(name) for name in self.addressees}

    def _meant(self, name: str) -> tuple[list[Unit | str], list[str]]:
        typed = self.said.get(name, "")
        if not typed:
            unit = self._by_name(name)
            return ([unit] if unit else []), []
        found: list[Unit | str] = []
        strange: list[str] = []
        for part in filter(None, map(text_of, _PARTS.split(typed))):
            if part == said("outside"):
                found.append(name)
            elif part != said("none"):
                unit = self._typed(part)
                (found if unit else strange).append(unit or part)  # type: ignore[arg-type]
        return found, strange

    def _by_name(self, name: str) -> Unit | None:
        """The one unit whose name an office has; whoever is no office is no unit either."""
        codes = self.names.resembling(name) if name in self.policy.offices else ()
        return self.units.get(next(iter(codes))) if len(codes) == 1 else None

    def _typed(self, text: str) -> Unit | None:
        """The unit of a code, of a code with its name, or of a name."""
        code = self.units.now(text.split()[0])
        if code in self.units.by_code:
            return self.units.by_code[code]
        codes = self.names.called(text)
        return self.units.get(next(iter(codes))) if len(codes) == 1 else None

    @cached_property
    def lists(self) -> dict[str, Office]:
        """Key → who gets a list this year, in the order of the text; one list where several names mean one unit."""
        named: dict[str, list[str]] = {}
        for name, (found, _) in self._answers.items():
            for one in found:
                named.setdefault(one if isinstance(one, str) else one.code, []).append(name)
        lists = {key: self._office(key, names) for key, names in named.items()}
        return {key: one for key, one in lists.items() if one.clauses}

    def _office(self, key: str, names: Iterable[str]) -> Office:
        own = {clause for name in names for clause in self.addressees[name]}
        clauses = tuple(clause for clause in self.asked if clause in own)
        return Office(key, self.units.get(key), tuple(names), clauses)

    def key_of(self, stamped: str, called: str) -> str:
        """The key of the list that a stamp means: by the code of today, else by what the office was called."""
        if stamped:
            code = self.units.now(stamped)
            return code if code in self.lists else ""
        return next((key for key, one in self.lists.items() if called in (key, *one.names)), "")

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Offices that nobody has said the unit of, in one finding; and what stands in the file that means no unit."""
        wanted = [name for name, own in self.addressees.items() if own and name in self.policy.offices]
        unsaid = [name for name in wanted if not self.said.get(name) and not self._answers[name][0]]
        found = []
        if unsaid:
            names = "、".join(unsaid[:_SHOWN]) + (said("more").format(count=len(unsaid)) if unsaid[_SHOWN:] else "")
            found.append(from_catalogue(OPEN, {"names": names, "file": self.path.name}, file=self.path.name))
        for name, (_, strange) in self._answers.items():
            for text in strange:
                facts: dict[str, object] = {"name": name, "value": text}
                found.append(from_catalogue(UNKNOWN, facts, file=self.path.name))
        return tuple(found)

    def ask(self) -> Path:
        """Writes 责任单位.xlsx, when it is not there or lacks somebody; what was filled in stays. Its path."""
        return self.path if self.addressees.keys() <= self.said.keys() else self.write()

    def write(self) -> Path:
        """Writes 责任单位.xlsx with what has been said; its path."""
        rows = [self._row(name, own) for name, own in self.addressees.items()]
        meta = meta_rows(KIND, self.campaign.stamp)
        units = [f"{unit.code} {unit.name}" for unit in self.units]
        facts = {"year": self.campaign.year, "policy": self.policy.title}
        with self.campaign.writing():
            write_whole(self.path, mapping_workbook(rows, units, meta, facts, self.campaign.title))
        return self.path

    def _row(self, name: str, own: tuple[str, ...]) -> Asked:
        typed, office = self.said.get(name, ""), name in self.policy.offices
        unit = None if typed else self._by_name(name)
        filled = f"{unit.code} {unit.name}" if unit else typed or ("" if office else said("none"))
        why = "recognised" if unit else "said" if typed else "open" if office else "nobody"
        return Asked(name, len(own), filled, why)


def carry_offices(before: Campaign, made: Campaign) -> str:
    """Takes over which unit each office is from last year's round, so that nobody is asked twice.

    Returns: what was carried over and what has to be looked at, as a sentence; "" where last year said nothing.
    """
    file = words()["files"]["offices"]
    try:
        old = _said(before.folder / file)
    except XltoolError as error:
        return said("not_carried").format(problem=error)
    offices = Offices(made, {name: text for name, text in old.items() if text})
    kept = sum(name in offices.said for name in offices.addressees)
    if not kept:
        return ""
    offices.write()
    strange = [name for name, (_, parts) in offices._answers.items() if parts]
    doubt = said("carried_strange").format(names="、".join(strange[:_SHOWN]), count=len(strange)) if strange else ""
    return said("carried").format(folder=before.folder.name, count=kept, file=file) + doubt


def _said(path: Path) -> Mapping[str, str]:
    """Name in the text → what the round's file says; nothing where there is none.

    Raises: XltoolError: TSK-002.
    """
    if not path.is_file():
        return {}
    book = read_books([path])[path]
    if isinstance(book, Refusal):
        raise XltoolError(UNREADABLE, file=path.name, problem=book.sentence)
    needed = [head("name"), head("unit")]
    lines = [line for rows in book.sheets.values() for _, line in table(rows, needed)]
    if not lines:
        raise XltoolError(UNREADABLE, file=path.name, problem=said("no_table"))
    return {name: text_of(line[needed[1]]) for line in lines if (name := text_of(line[needed[0]]))}
