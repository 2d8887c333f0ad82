"""The same person in the returns of two units: found, answered by both, settled or left to the bureau.

What is settled takes effect in the next validation: the row of the unit that gives the person up is refused with
the reason, the question to the unit that keeps the person is closed, and two persons are computed as two.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from toolkit.campaign import Campaign
from toolkit.job import Job
from toolkit.model.batch import Batch
from toolkit.model.dispute import (
    GIVES,
    KEEPS,
    LEAVES,
    OPEN,
    SEPARATE,
    Dispute,
    Reply,
    RowKey,
    Ruling,
    digest,
    outcome,
)
from toolkit.model.errors import XltoolError
from toolkit.model.finding import EXPLAINED, Finding, from_catalogue
from toolkit.model.form import Rule
from toolkit.round_trip.dispute_answers import heard
from toolkit.round_trip.states import person
from toolkit.round_trip.words import round_words
from toolkit.validating import Verdict
from validators.arguments import bind
from validators.cross import CROSS, CROSS_FACTS
from validators.situation import situate
from validators.workbooks import clashes

CHECK = "not_in_two_units"
GIVEN_UP, WENT_OVER, RULED = "DSP-001", "DSP-002", "DSP-003"
NAME, BIRTH = "person_name", "birth_ym"
_ROW = re.compile(r"\D")


@dataclass
class Disputed:
    """What the disputes change.

    Args:
        verdict: the verdict with the settled disputes in it, and with what is wrong with answers.
        disputes: all of them, in the order of the units.
        replies: the answers that stand in the returned lists.
        apart: see `Dataset.apart`.
    """

    verdict: Verdict
    disputes: tuple[Dispute, ...] = ()
    replies: Sequence[Reply] = ()
    apart: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)


def settle(batch: Batch, verdict: Verdict, job: Job, more: Batch | None = None) -> Disputed:
    """The verdict after hearing both sides.

    Args:
        more: further returned lists of disputes, from another folder.
    """
    if job.campaign is None:
        return Disputed(verdict)
    disputes = _found(batch, verdict, job)
    returns = [*batch.returns, *(more.returns if more else ())]
    ledger = job.campaign.ledger
    known = ledger.dispute_replies() if disputes or any(item.answers for item in returns) else []
    replies, problems = heard(returns, disputes, known)
    answers = {(one.dispute, one.unit): one for one in (*known, *replies)}
    rulings = {one.dispute: one for one in (ledger.dispute_rulings() if disputes else ())}
    judged = tuple(_judged(one, answers, rulings) for one in disputes)
    changed = _Effects(batch, job, judged).on(verdict)
    changed = replace(changed, findings=[*changed.findings, *problems])
    return Disputed(changed, judged, replies, _apart(batch, judged))


def _judged(one: Dispute, answers: Mapping[tuple, Reply], rulings: Mapping[str, Ruling]) -> Dispute:
    own = {unit: answers[one.number, unit] for unit in one.units if (one.number, unit) in answers}
    one = replace(one, replies=own, ruling=rulings.get(one.number))
    state, result = outcome(one)
    return replace(one, state=state, outcome=result)


def rules_of(job: Job) -> list[Rule]:
    """The rules that find one person in two units."""
    return [rule for rule in job.form.rules if rule.check == CHECK]


def _found(batch: Batch, verdict: Verdict, job: Job) -> list[Dispute]:
    """Every pair of units with rows that look like one person, by sheet."""
    rules = rules_of(job)
    codes = {rule.code for rule in rules}
    if not any(finding.code in codes for finding in verdict.findings):
        return []
    situation = situate(batch, job.as_of, job.year, job.parameters)
    links: dict[tuple[str, str, str], _Links] = defaultdict(_Links)
    for rule in rules:
        bound = bind(rule, CROSS[CHECK], job.form, CROSS_FACTS.get(CHECK, ()))
        columns = bound.args["keys"]
        assert isinstance(columns, tuple)
        frame = situation.frame(rule.sheet)
        pairs = clashes(situation, rule.sheet, **bound.args)  # type: ignore[arg-type]
        for record in pairs.to_dict("records"):
            row = frame.loc[record["index"]]
            one, other = sorted((record["_unit"], record["_unit_other"]))
            place = (record["_unit"], (int(row["_return"]), int(row["_row"])))
            values = tuple(str(record[name]) for name in columns)
            links[rule.sheet, one, other].add(place, rule.code, (columns, values))
    order = {unit.code: number for number, unit in enumerate(batch.units)}
    made = [one for (sheet, *units), found in links.items() for one in found.disputes(sheet, (units[0], units[1]))]
    return sorted(made, key=lambda one: (*(order.get(unit, len(order)) for unit in one.units), one.number))


class _Links:
    """Rows of two units, joined by the values that agree."""

    def __init__(self) -> None:
        self.by_key: dict[tuple, dict[tuple[str, RowKey], None]] = defaultdict(dict)
        self.codes: dict[tuple, str] = {}

    def add(self, place: tuple[str, RowKey], code: str, key: tuple) -> None:
        """Notes that a row of a unit has the values of a key."""
        self.by_key[key][place] = None
        self.codes[key] = code

    def disputes(self, sheet: str, units: tuple[str, str]) -> Iterator[Dispute]:
        """One dispute a person: keys that share a row belong together."""
        left = dict(self.by_key)
        while left:
            keys, places = [next(iter(left))], dict(left.pop(next(iter(left))))
            while more := [key for key, rows in left.items() if rows.keys() & places.keys()]:
                for key in more:
                    keys.append(key)
                    places |= left.pop(key)
            keys.sort()
            rows = {unit: tuple(sorted(row for owner, row in places if owner == unit)) for unit in units}
            number = digest(sheet, *units, *(part for columns, values in keys for part in (*columns, *values)))
            codes = tuple(sorted({self.codes[key] for key in keys}))
            yield Dispute(number, sheet, units, rows, codes, tuple(keys))


class _Effects:
    """What settled disputes do to the findings and the refused rows."""

    def __init__(self, batch: Batch, job: Job, disputes: Iterable[Dispute]) -> None:
        self.batch, self.units = batch, batch.units
        self.rules = {rule.code: rule for rule in rules_of(job)}
        self.at: dict[tuple[str, RowKey], list[tuple[Dispute, str]]] = defaultdict(list)
        for one in disputes:
            for unit, rows in one.rows.items():
                for row in rows:
                    self.at[one.sheet, row].append((one, unit))

    def on(self, verdict: Verdict) -> Verdict:
        """The verdict with the settled disputes in it."""
        if not any(self._result(own) != OPEN for own in self.at.values()):
            return verdict
        findings = [new for finding in verdict.findings for new in self._told(finding)]
        refused = {sheet: dict(rows) for sheet, rows in verdict.refused.items()}
        for (sheet, row), own in self.at.items():
            dispute, unit = self._leading(own)
            result = self._result(own)
            if result in (GIVES, LEAVES):
                findings.append(self._answered(dispute, unit, row, result))
            if result == GIVES:
                rows = refused.setdefault(sheet, {})
                rows[row] = (*rows.get(row, ()), findings[-1].code)
        return replace(verdict, findings=findings, refused=refused)

    def _result(self, own: Sequence[tuple[Dispute, str]]) -> str:
        """What it comes to for a row that stands in several disputes: given up once is given up."""
        results = {dispute.outcome[unit] for dispute, unit in own}
        return next(result for result in (GIVES, OPEN, LEAVES, KEEPS, SEPARATE) if result in results)

    def _leading(self, own: Sequence[tuple[Dispute, str]]) -> tuple[Dispute, str]:
        result = self._result(own)
        return next((dispute, unit) for dispute, unit in own if dispute.outcome[unit] == result)

    def _answered(self, dispute: Dispute, unit: str, row: RowKey, result: str) -> Finding:
        """The finding on a row that its own unit gives up, or that the bureau gave to the other one."""
        facts: dict[str, object] = {"other": self._name(dispute.other(unit))}
        if ruling := dispute.ruling:
            code, facts = RULED, {**facts, "who": ruling.who, "why": ruling.why}
        else:
            reply, said = dispute.replies[unit], round_words().disputes
            code = GIVEN_UP if result == GIVES else WENT_OVER
            facts |= {"who": reply.who or said["nobody"], "on": reply.on or said["undated"], "day": reply.day}
        rule = self.rules[dispute.codes[0]]
        item, sheet = self.batch.returns[row[0]], self.batch.form.by_name[dispute.sheet]
        return from_catalogue(
            code,
            facts,
            unit=unit,
            file=item.file,
            sheet=item.located[sheet.name].title,
            cells=self.batch.cells(row[0], sheet.name, rule.at, row[1]),
            label="、".join(sheet.by_name[name].label for name in rule.at),
            clause=rule.clause,
        )

    def _told(self, finding: Finding) -> Iterator[Finding]:
        """The finding without the rows that are settled, and these as 已说明 where nothing more is asked."""
        rule = self.rules.get(finding.code)
        if rule is None or not finding.cells:
            yield finding
            return
        item = next(one for one in self.batch.returns if one.file == finding.file)
        left, closed = [], defaultdict(list)
        for cell in finding.cells:
            own = self.at.get((rule.sheet, (item.index, int(_ROW.sub("", cell)))), [])
            result = self._result(own) if own else OPEN
            if result == OPEN:
                left.append(cell)
            elif result in (KEEPS, SEPARATE):
                closed[self._closing(*self._leading(own))].append(cell)
        if left:
            yield replace(finding, cells=tuple(left))
        for said, cells in closed.items():
            message = round_words().disputes["explained"].format(message=finding.message, said=said)
            yield replace(finding, severity=EXPLAINED, cells=tuple(cells), message=message, fix="")

    def _closing(self, dispute: Dispute, unit: str) -> str:
        said, result = round_words().disputes, dispute.outcome[unit]
        if ruling := dispute.ruling:
            return said[f"ruled_{result}"].format(who=ruling.who, why=ruling.why)
        return said[result]

    def _name(self, code: str) -> str:
        unit = self.units.get(code)
        return unit.name if unit else code


def _apart(batch: Batch, disputes: Iterable[Dispute]) -> dict[tuple[str, str], dict[str, int]]:
    """Persons that agree in name and month of birth and are several, by unit; groups by what is not settled so."""
    joined: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    parted: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for one in disputes:
        frame = batch.tables[one.sheet]
        if NAME not in frame.columns or BIRTH not in frame.columns:
            continue
        for index, number in one.rows[one.units[0]]:
            row = record(frame, index, number)
            key = (_plain(str(row[NAME])), str(row[BIRTH]))
            joined[key] |= {unit: unit for unit in one.units}
            if SEPARATE in one.outcome.values():
                parted[key].add(one.units)
    return {key: _groups(sorted(joined[key]), pairs) for key, pairs in parted.items()}


def _groups(units: Sequence[str], parted: set[tuple[str, str]]) -> dict[str, int]:
    """Unit → group; two units are in one group unless they, and all that lies between, are parted."""
    group: dict[str, int] = {}
    for unit in units:
        near = [other for other in group if (other, unit) not in parted]
        group[unit] = min((group[other] for other in near), default=len(group))
        for other in near:  # what this unit joins becomes one group
            group |= {known: group[unit] for known, number in group.items() if number == group[other]}
    return group


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def record(frame: pd.DataFrame, index: int, number: int) -> dict[str, object]:
    """One row of a table, by its return and Excel row."""
    found = frame[(frame["_return"] == index) & (frame["_row"] == number)]
    return {str(name): value for name, value in found.iloc[0].items()}


def rule(campaign: Campaign, disputes: Iterable[Dispute], number: str, unit: str, apart: bool, why: str, who: str):
    """Notes the bureau's decision on one dispute.

    Args:
        unit: who keeps the person; apart: they are two persons; one of the two is given.
    Raises: XltoolError: K012 no reason, DSP-020 no such dispute, DSP-021 not one of the two units, DSP-022 no decision.
    """
    dispute = next((one for one in disputes if one.number == number.strip().upper()), None)
    if dispute is None:
        raise XltoolError("DSP-020", number=number)
    if bool(unit) == apart:
        raise XltoolError("DSP-022")
    if unit and unit not in dispute.units:
        raise XltoolError("DSP-021", unit=unit, number=dispute.number, units="、".join(dispute.units))
    if not why.strip():
        raise XltoolError("K012")
    campaign.ledger.rule_dispute(dispute.number, unit, who or person(), why.strip())
