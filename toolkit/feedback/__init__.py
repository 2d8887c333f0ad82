"""双向反馈、结果互认: what the inflow side reports back, and the outflow rows that it is credited to. No files.

One line a floating member: written by the inflow side, one sheet for every outflow organisation; the outflow side
puts it into its round, where a line fills the empty cells of the one outflow row that it belongs to. A line that
does not belong to exactly one row is refused with a reason, never guessed.

Source: YZ-3.2-i, YZ-3.2-j, YN-13-l; systems table, 双向反馈、结果互认.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from toolkit.model.batch import Dataset
from toolkit.model.feedback import Credit
from toolkit.model.org_names import by_name, plain_name
from toolkit.model.organisations import Node
from toolkit.model.rows import Row
from toolkit.registers.special.floating import IN, OUT, place_of

SHEET = "floating"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a feedback sheet.

    Args:
        out_org: the outflow organisation as the inflow side names it; out_no: the member's number there, which only
            the outflow side knows; "" = not filled in.
        count, day: see `Credit`.
    """

    in_org: str
    in_no: str
    out_org: str
    out_date: date | None
    count: int | None
    day: date | None
    out_no: str = ""
    file: str = ""
    row: int = 0

    @property
    def member(self) -> tuple[str, ...]:
        """What two lines about the same member have in common."""
        return plain_name(self.in_org), self.in_no, plain_name(self.out_org), str(self.out_date or "")


@dataclass(frozen=True, slots=True)
class Problem:
    """A line or a file (row 0) that is not credited; `code` is one of the catalogue."""

    file: str
    row: int
    line: Line | None
    code: str
    value: str = ""


def organisations(dataset: Dataset) -> dict[str, frozenset[Node]]:
    """Plain name or code → where such organisations of the round are, from the unit list and the returns."""
    listed = [(unit.code, org.code, org.name) for unit in dataset.units for org in unit.orgs]
    rows = (row for row in dataset.records.rows("party_org").rows if row.org_code)
    return by_name([*listed, *((row.origin.unit, row.org_code, row.org_name) for row in rows)])


def own_names(dataset: Dataset) -> dict[Node, str]:
    """Where an organisation is → its name, as its unit returned it."""
    return {place_of(row): row.org_name for row in dataset.records.rows("party_org").rows}


def outgoing(dataset: Dataset) -> tuple[dict[str, tuple[Line, ...]], int]:
    """Outflow organisation → the lines about its members; and how many members name no outflow organisation."""
    names = own_names(dataset)
    found: dict[str, list[Line]] = {}
    labels: dict[str, str] = {}
    nobody = 0
    for row in dataset.records.rows(SHEET).rows:
        if row.direction != IN:
            continue
        if not row.counterpart_org:
            nobody += 1
            continue
        label = labels.setdefault(plain_name(row.counterpart_org), row.counterpart_org)
        org = names.get(place_of(row)) or row.org_code
        day = getattr(row, "feedback_date", None)
        line = Line(org, row.member_no, label, row.out_date, row.local_activity_count, day)
        found.setdefault(label, []).append(line)
    return {label: tuple(lines) for label, lines in found.items()}, nobody


def settle(lines: Sequence[Line], dataset: Dataset) -> tuple[list[Credit], list[Problem]]:
    """Every line is either credited to one outflow row or refused with a reason."""
    once, problems = _once(lines)
    outflow = _Outflow(dataset, once)
    rows: dict[Line, Row] = {}
    for line in once:
        found = outflow.row_of(line)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            rows[line] = found
    taken = Counter(row.origin for row in rows.values())
    credits = []
    for line, row in rows.items():
        own = row.local_activity_count
        if taken[row.origin] > 1:
            problems.append(_refused(line, "FBK-108", row.member_no))
        elif None not in (own, line.count) and int(own) != line.count:
            problems.append(_refused(line, "FBK-109", str(own)))
        else:
            credits.append(outflow.credit(line, row))
    return credits, sorted(problems, key=lambda one: (one.file, one.row))


def _refused(line: Line, code: str, value: str = "") -> Problem:
    return Problem(line.file, line.row, line, code, value)


def _once(lines: Sequence[Line]) -> tuple[list[Line], list[Problem]]:
    """Lines about different members; a second line about a member is refused, and both when they say different."""
    said: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        said.setdefault(line.member, []).append(line)
    once, problems = [], []
    for first, *others in said.values():
        same = all((one.count, one.day, one.out_no) == (first.count, first.day, first.out_no) for one in others)
        once += [first] if same else []
        again = others if same else [first, *others]
        problems += [_refused(one, "FBK-106" if same else "FBK-107", first.file) for one in again]
    return once, problems


class _Outflow:
    """The outflow rows of a round, found by what a line says about them."""

    def __init__(self, dataset: Dataset, lines: Iterable[Line]) -> None:
        self.codes = organisations(dataset)
        self.names = own_names(dataset)
        self.rows: dict[Node, list[Row]] = {}
        for row in dataset.records.rows(SHEET).rows:
            if row.direction == OUT:
                self.rows.setdefault(place_of(row), []).append(row)
        self.lines = Counter(line.member[::2] for line in lines)

    def row_of(self, line: Line) -> Row | Problem:
        """The one row that a line belongs to, or why there is none."""
        places = self.codes.get(plain_name(line.out_org))
        if not places:
            return _refused(line, "FBK-103", line.out_org)
        fit = [row for place in sorted(places) for row in self.rows.get(place, ()) if self._fits(row, line)]
        if not fit:
            return _refused(line, "FBK-104", line.out_no or line.in_org)
        dated = [row for row in fit if row.out_date == line.out_date]
        alone = bool(line.out_no) or self.lines[line.member[::2]] == 1
        for found in (dated, fit if alone else ()):
            if len(found) == 1:
                return found[0]
        return _refused(line, "FBK-105", str(len(dated) or len(fit)))

    def _fits(self, row: Row, line: Line) -> bool:
        if line.out_no:
            return row.member_no == line.out_no
        other, org = plain_name(row.counterpart_org or ""), plain_name(line.in_org)
        nowhere: frozenset[Node] = frozenset()
        return other == org or bool(self.codes.get(other, nowhere) & self.codes.get(org, nowhere))

    def credit(self, line: Line, row: Row) -> Credit:
        """A line credited to a row."""
        unit, source, number = row.origin
        org = self.names.get(place_of(row)) or row.org_code
        facts = (line.in_org, line.in_no, line.count, line.day, line.file)
        return Credit(unit, source, number, org, row.member_no, *facts)


def credited(dataset: Dataset, credits: Sequence[Credit]) -> Dataset:
    """The dataset with what was credited in the empty cells of its outflow rows; the returns stay as they came."""
    if not credits:
        return dataset
    cells = {(one.source, one.row): {"local_activity_count": one.count, "feedback_date": one.day} for one in credits}
    return replace(dataset.filled(SHEET, cells), credits=tuple(credits))
