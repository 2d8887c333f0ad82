"""The same person in the returns of several units: found, answered by each, settled or left to the bureau.

What is settled takes effect in the next validation: the row of the unit that gives the person up is refused with
the reason, the question to the unit that keeps the person is closed, two persons are computed as two and who was
ruled to be one as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from toolkit.campaign import Campaign
from toolkit.job import Job
from toolkit.model.batch import Batch
from toolkit.model.cell import row_of
from toolkit.model.dispute import (
    GIVES,
    KEEPS,
    LEAVES,
    ONE,
    OPEN,
    SAME,
    SEPARATE,
    TWO,
    Dispute,
    Place,
    Reply,
    Ruling,
    numbers_ruled,
    weighed,
)
from toolkit.model.errors import XltoolError
from toolkit.model.finding import EXPLAINED, Finding, from_catalogue
from toolkit.model.form import Rule
from toolkit.model.groups import certain_groups
from toolkit.model.people import Rulings, Values
from toolkit.round_trip.dispute_answers import heard
from toolkit.round_trip.dispute_memory import resting, with_remembered
from toolkit.round_trip.dispute_search import found, rules_of
from toolkit.round_trip.states import person
from toolkit.round_trip.words import round_words
from toolkit.validating import Verdict
from validators.situation import Situation

GIVEN_UP, WENT_OVER, RULED, RESTS = "DSP-001", "DSP-002", "DSP-003", "DSP-004"


@dataclass
class Disputed:
    """What the disputes change.

    Args:
        verdict: the verdict with the settled disputes in it, and with what is wrong with answers.
        disputes: all of them, in the order of the units.
        replies: the answers that stand in the returned lists.
        rulings: see `Dataset.rulings`.
    """

    verdict: Verdict
    disputes: tuple[Dispute, ...] = ()
    replies: Sequence[Reply] = ()
    rulings: Rulings = field(default_factory=Rulings)


def settle(batch: Batch, verdict: Verdict, job: Job, situation: Situation, more: Batch | None = None) -> Disputed:
    """The verdict after hearing all sides.

    Args:
        situation: of the checks of the batch.
        more: further returned lists of disputes, from another folder.
    """
    if job.campaign is None:
        return Disputed(verdict)
    disputes = found(batch, verdict.findings, situation)
    returns = [*batch.returns, *(more.returns if more else ())]
    ledger = job.campaign.ledger
    known = ledger.dispute_replies() if disputes or any(item.answers for item in returns) else []
    replies, problems = heard(returns, disputes, known, batch.units.first)
    answers = {(one.dispute, one.unit): one for one in (*known, *replies)}
    rulings = {one.dispute: one for one in ledger.dispute_rulings()}
    every = with_remembered(batch, disputes, rulings, ledger, verdict.refused)
    judged = tuple(weighed(one, answers, rulings) for one in every)
    changed = _Effects(batch, job, judged).on(verdict)
    rest = (_rests(batch, *one) for one in resting(batch, judged, rulings, ledger))
    changed = replace(changed, findings=[*changed.findings, *problems, *rest])
    return Disputed(changed, judged, replies, _rulings(judged))


def _rests(batch: Batch, ruling: Ruling, units: Sequence[str]) -> Finding:
    """That a ruling is not in force now; the bureau's own matter, so it goes to no unit."""
    said = round_words().disputes
    names = {unit.code: unit.name for unit in batch.units}
    words = {ONE: said["rests_one"], TWO: said["rests_two"]}
    what = words.get(ruling.unit) or said["rests_keeper"].format(unit=names.get(ruling.unit, ruling.unit))
    where = "、".join(names.get(unit, unit) for unit in sorted(units, key=batch.units.place))
    facts = {"number": ruling.dispute, "what": what, "who": ruling.who, "why": ruling.why, "units": where}
    return from_catalogue(RESTS, facts)


class _Effects:
    """What settled disputes do to the findings and the refused rows."""

    def __init__(self, batch: Batch, job: Job, disputes: Iterable[Dispute]) -> None:
        self.batch, self.units = batch, batch.units
        self.rules = {rule.code: rule for rule in rules_of(job.form)}
        self.at: dict[Place, list[tuple[Dispute, str]]] = defaultdict(list)
        for one in disputes:
            for unit, places in one.rows.items():
                for place in places:
                    self.at[place].append((one, unit))

    def on(self, verdict: Verdict) -> Verdict:
        """The verdict with the settled disputes in it."""
        if all(one.asked_about(unit) == one.others(unit) for own in self.at.values() for one, unit in own):
            return verdict
        findings = [new for finding in verdict.findings for new in self._told(finding)]
        refused = {sheet: dict(rows) for sheet, rows in verdict.refused.items()}
        for place, own in self.at.items():
            dispute, unit = self._leading(own)
            result = self._result(own)
            if result in (GIVES, LEAVES):
                findings.append(self._answered(dispute, unit, place, result))
            if result == GIVES:
                rows, row = refused.setdefault(place.sheet, {}), (place.source, place.row)
                rows[row] = (*rows.get(row, ()), findings[-1].code)
        return replace(verdict, findings=findings, refused=refused)

    def _result(self, own: Sequence[tuple[Dispute, str]]) -> str:
        """What it comes to for a row that stands in several disputes: given up once is given up."""
        results = {dispute.outcome[unit] for dispute, unit in own}
        return next(result for result in (GIVES, OPEN, LEAVES, KEEPS, SEPARATE, SAME) if result in results)

    def _leading(self, own: Sequence[tuple[Dispute, str]]) -> tuple[Dispute, str]:
        result = self._result(own)
        return next((dispute, unit) for dispute, unit in own if dispute.outcome[unit] == result)

    def _answered(self, dispute: Dispute, unit: str, place: Place, result: str) -> Finding:
        """The finding on a row that its own unit gives up, or that the bureau gave to another one."""
        holders = sorted(dispute.holders(unit), key=self.batch.units.place)
        facts: dict[str, object] = {"other": "、".join(map(self._name, holders))}
        if ruling := dispute.ruling_on(unit):
            code, facts = RULED, {**facts, "who": ruling.who, "why": ruling.why}
        else:
            reply, said = dispute.replies[unit], round_words().disputes
            code = GIVEN_UP if result == GIVES else WENT_OVER
            facts |= {"who": reply.who or said["nobody"], "on": reply.on or said["undated"], "day": reply.day}
        rule = next(self.rules[one] for one in dispute.codes if self.rules[one].sheet == place.sheet)
        item, sheet = self.batch.returns[place.source], self.batch.form.by_name[place.sheet]
        return from_catalogue(
            code,
            facts,
            unit=unit,
            file=item.file,
            sheet=item.located[sheet.name].title,
            cells=self.batch.cells(place.source, sheet.name, rule.at, place.row),
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
        left, closed = defaultdict(list), defaultdict(list)
        for cell in finding.cells:
            place = Place(rule.sheet, item.index, row_of(cell))
            own = self.at.get(place, [])
            result = self._result(own) if own else OPEN
            if result == OPEN:
                left[self._asked(finding, rule, place)].append(cell)
            elif result in (KEEPS, SEPARATE, SAME):
                closed[self._closing(*self._leading(own))].append(cell)
        for message, cells in left.items():
            yield replace(finding, cells=tuple(cells), message=message)
        for said, cells in closed.items():
            message = round_words().disputes["explained"].format(message=finding.message, said=said)
            yield replace(finding, severity=EXPLAINED, cells=tuple(cells), message=message, fix="")

    def _asked(self, finding: Finding, rule: Rule, place: Place) -> str:
        """What is asked about a row: not about units of which it is settled whether theirs is the person."""
        own = [(dispute, unit, dispute.against.get((rule.code, place), ())) for dispute, unit in self.at.get(place, ())]
        found = {other for _, _, others in own for other in others}
        asked = {other for dispute, unit, others in own for other in {*others}.intersection(dispute.asked_about(unit))}
        if not asked or asked == found:
            return finding.message
        return rule.message.format(units="、".join(map(self._name, sorted(asked, key=self.units.place))))

    def _closing(self, dispute: Dispute, unit: str) -> str:
        said, result = round_words().disputes, dispute.outcome[unit]
        if ruling := dispute.ruling_on(unit):
            return said[f"ruled_{result}"].format(who=ruling.who, why=ruling.why)
        return said[result]

    def _name(self, code: str) -> str:
        unit = self.units.get(code)
        return unit.name if unit else code


def _rulings(disputes: Iterable[Dispute]) -> Rulings:
    """Who was found to be several persons, by values and unit, and who one, by values and by the units' own numbers."""
    joined: dict[Values, set[str]] = defaultdict(set)
    parted: dict[Values, set[tuple[str, str]]] = defaultdict(set)
    same: dict[Values, frozenset[str]] = {}
    keys: dict[tuple[str, str], str] = {}
    for one in disputes:
        keys |= {own: f"{one.person} {one.same[own[0]]}" for own in one.own if _ruled_same(one, own[0])}
        for values in one.keys:
            joined[values] |= set(one.units)
            parted[values] |= set(combinations(one.units, 2)) if {*one.outcome.values()} == {SEPARATE} else one.apart
            if SAME in one.outcome.values():
                same[values] = frozenset(one.units)
    parted = {values: pairs for values, pairs in parted.items() if pairs}
    apart = {values: certain_groups(sorted(joined[values]), pairs) for values, pairs in parted.items()}
    return Rulings(apart, same, keys, parted)


def _ruled_same(dispute: Dispute, unit: str) -> bool:
    """Whether the bureau decided that the unit's rows and those of another unit are about one person."""
    return dispute.outcome[unit] == SAME or any(unit in pair for pair in dispute.ruled_same)


def rule(campaign: Campaign, disputes: Iterable[Dispute], number: str, verdict: str, why: str, who: str):
    """Notes the bureau's decision on one dispute.

    Args:
        verdict: code of the unit that keeps the person, TWO = several persons, ONE = one person and all rows stay.
    Raises: XltoolError: K012 no reason, DSP-020 no such dispute, DSP-021 none of its units.
    """
    dispute = next((one for one in disputes if one.number == number.strip().upper()), None)
    if dispute is None:
        raise XltoolError("DSP-020", number=number)
    if verdict not in (TWO, ONE, *dispute.units):
        raise XltoolError("DSP-021", unit=verdict, number=dispute.number, units="、".join(dispute.units))
    if not why.strip():
        raise XltoolError("K012")
    numbers = numbers_ruled(dispute, verdict)
    campaign.ledger.rule_dispute(numbers, verdict, who or person(), why.strip(), dispute.own)


def verdict_of(unit: str, apart: bool, same: bool) -> str:
    """The decision as `rule` takes it.

    Args:
        unit: who keeps the person; apart: several persons; same: one person, all rows stay; one of the three.
    Raises: XltoolError: DSP-022 none, or more than one.
    """
    if bool(unit) + apart + same != 1:
        raise XltoolError("DSP-022")
    return unit or (ONE if same else TWO)
