"""Months in post before the organisation, or the study group, was set up: counted as filled in, and asked about.

Where the day of founding is in error nobody knows whether there are such months: the amount stands, the level is
无法判定.

The text says what a month in post is worth (每月不低于300元; 分别比照…落实工作补贴), not whether there can be
one before the organisation was set up: one that was renamed or rebuilt may have a late date of founding, or one of the
two dates is wrong. So no amount changes, nothing is a breach for these months alone, and what hangs on them alone is a
suspicion. What is wrong with and without them is no suspicion.

Source: YZ-S4-l, YN-02-i, silent; calculations C3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal

from toolkit.compute.allowance.floor import Pool
from toolkit.compute.allowance.person import Person, make_person
from toolkit.compute.allowance.rows import NO_DAYS, POST, PostRow
from toolkit.compute.allowance.say import NOTHING, Reason, reason
from toolkit.compute.allowance.settings import Frame
from toolkit.compute.allowance.steps import early_steps
from toolkit.compute.allowance.units import Judged
from toolkit.compute.allowance.verdict import Verdict
from toolkit.model.batch import Dataset
from toolkit.model.form import Form
from toolkit.model.result import NOT_MET, UNDETERMINED, WARNING

ORGANISATION, GROUP, _NOT_KNOWN = "ALW-325", "ALW-326", "ALW-327"
"""What is asked: of an organisation, of a study group, and where the day of founding is in error."""
_EXPLAINED = {ORGANISATION: "ALW-345", GROUP: "ALW-346"}
"""The same where the unit explained what the form asks about the two days: somebody has to look at the explanation."""
QUESTIONS = (ORGANISATION, GROUP, _NOT_KNOWN, *_EXPLAINED.values())
_ASKED = "host_founded"
"""The rule of the form about the two days."""
_MISSED = (WARNING, NOT_MET)


def since_founding(person: Person, frame: Frame) -> Person:
    """The person without the days that are, or may be, before the founding; itself where there are none that count."""
    if person.unknown or not any(any(row.early) or row.place.start_doubt for row in person.rows):
        return person
    kept = [_kept(row) for row in person.rows]
    made = make_person([*kept, *person.refused], frame, person.perhaps)
    made.undated = any(due and row.place.start_doubt for row, due in zip(person.rows, person.due, strict=True))
    return made


def _kept(row: PostRow) -> PostRow:
    if row.place.start_doubt:
        return replace(row, masks=NO_DAYS, early=NO_DAYS)
    days = tuple(all_days & ~early for all_days, early in zip(row.masks, row.early, strict=True))
    return replace(row, masks=days, early=NO_DAYS)


@dataclass(frozen=True)
class Founded:
    """Some people as filled in, and since the founding of what they serve in.

    Args:
        later: each of them since the founding; asked: what has to be asked about each; steps: how much it is about.
        lost: why nobody knows which of the days of each are before a founding; open: the same of the months of a unit.
    """

    later: Sequence[Person]
    asked: Sequence[Reason | None]
    steps: Sequence[tuple[str, ...]]
    lost: Sequence[Reason | None]
    open: Mapping[str, Reason]

    @classmethod
    def of(cls, people: Sequence[Person], frame: Frame, dataset: Dataset) -> Founded:
        """What is known of the people, in their order."""
        form, told = dataset.form, _explained(dataset)
        later = [since_founding(person, frame) for person in people]
        unread = [_unread(person, person.rows, form) for person in people]
        found = [_question(person, since, form, told) for person, since in zip(people, later, strict=True)]
        lost = [(row.unit, why) for person, why in zip(people, found, strict=True)
                if why and why.code == _NOT_KNOWN for row in person.rows if row.place.start_doubt]  # fmt: skip
        dated = [why is not None and why.code != _NOT_KNOWN for why in found]
        parts = zip(people, later, dated, strict=True)
        steps = [early_steps(person, since, frame) if known else () for person, since, known in parts]
        return cls(later, found, steps, unread, dict(reversed(lost)))

    def shared(
        self, pools: Mapping[str, Pool] | None, later: Mapping[str, Pool] | None, units: Collection[str]
    ) -> Reason | None:
        """What has to be asked about the pools of some units; None where no amount hangs on days before a founding."""
        early = sum((pools[unit].due - later[unit].due for unit in units), NOTHING) if pools and later else NOTHING
        return self._of_units("ALW-328", early, units)

    def pools(self, pools: Mapping[str, Pool], later: Mapping[str, Pool]) -> dict[str, Pool]:
        """The pools as they are shown: what is enough without the days before the founding is no breach."""
        return {unit: self._pool(pool, later[unit], self.shared(pools, later, [unit])) for unit, pool in pools.items()}

    @staticmethod
    def _pool(pool: Pool, later: Pool, why: Reason | None) -> Pool:
        breach = pool.level == NOT_MET and later.level != NOT_MET
        return replace(pool, level=_level(why), reason=why) if breach and why else pool

    def budgets(self, found: Mapping[str, Judged], later: Mapping[str, Judged]) -> dict[str, Judged]:
        """The budgets: one that is enough without the days before the founding is asked about."""
        return {unit: self._budget(unit, own, later[unit]) for unit, own in found.items()}

    def _budget(self, unit: str, own: Judged, later: Judged) -> Judged:
        if own.level not in _MISSED or later.level in (*_MISSED, UNDETERMINED):
            return own
        why = self._of_units("ALW-329", (own.against or NOTHING) - (later.against or NOTHING), [unit])
        return replace(own, level=_level(why), reason=why) if why else own

    def _of_units(self, code: str, early: Decimal, units: Iterable[str]) -> Reason | None:
        if not early:
            return None
        return next((self.open[unit] for unit in units if unit in self.open), reason(code, early=early))


def _explained(dataset: Dataset) -> Set[tuple[str, int]]:
    """File and row of the posts whose unit explained why they begin before a founding."""
    rules = {rule.code for rule in dataset.form.rules if rule.check == _ASKED and rule.sheet == POST}
    return {(dataset.files[source], row) for code, source, row in dataset.explained if code in rules}


def _question(person: Person, later: Person, form: Form, told: Set[tuple[str, int]]) -> Reason | None:
    """What has to be asked about the days before the founding; None where no amount hangs on them."""
    if person.unknown:
        return None
    if lost := _unread(person, (row for row, due in zip(person.rows, person.due, strict=True) if due), form):
        return lost
    less = [max(NOTHING, due - left) for due, left in zip(person.due, later.due, strict=True)]
    early = [row for row, amount in zip(person.rows, less, strict=True) if amount and any(row.early)]
    if not early:
        return None
    open_ones = [row for row in early if (row.evidence.file, row.evidence.row) not in told]
    row = next(iter(open_ones or early))
    code, name = (GROUP, row.group) if row.place is row.led else (ORGANISATION, row.org)
    return reason(code if open_ones else _EXPLAINED[code], early=sum(less, NOTHING), name=name, day=row.place.start)


def _unread(person: Person, rows: Iterable[PostRow], form: Form) -> Reason | None:
    """That the day of founding of what one of the rows serves in is in error."""
    lost = next((row.place.start_doubt for row in rows if row.place.start_doubt), None)
    if lost is None or person.unknown:
        return None
    return reason(_NOT_KNOWN, doubt=lost.sentence(form), sheet=form.by_name[lost.sheet].label)


def asked(
    verdict: Verdict, otherwise: Verdict, doubt: Reason | None, shared: Reason | None, lost: Reason | None
) -> Verdict:
    """The verdict with the question: never better than a warning, and no breach for these months alone.

    It is 无法判定 where the day itself is not known, because then the question may have to be asked or not.

    Args:
        otherwise: the verdict without the days before the founding.
        doubt: the person's own question; shared: that of the unit's pool. None = there is none.
        lost: why the person's own days may be before a founding, even where no amount hangs on it.
    """
    lenient = verdict.level == NOT_MET and otherwise.level != NOT_MET
    hanging = [one for one in (lost, shared) if lenient and one]
    why = next((one for one in hanging if one.code == _NOT_KNOWN), doubt or next(iter(hanging), None))
    if why is None:
        return verdict
    either_way = verdict.level in _MISSED and otherwise.level in _MISSED and why.code != _NOT_KNOWN
    if either_way or (verdict.level in (UNDETERMINED, NOT_MET) and not lenient):
        level = _level(why) if lenient else verdict.level
        return replace(verdict, level=level, notes=(*verdict.notes, why))
    return replace(verdict, level=_level(why), reason=why, notes=(verdict.reason, *verdict.notes))


def question_of(verdict: Verdict) -> Verdict | None:
    """What is asked about the days before the founding, alone; None where nothing is."""
    why = next((one for one in (verdict.reason, *verdict.notes) if one.code in QUESTIONS), None)
    return Verdict(_level(why), why) if why else None


def _level(why: Reason) -> str:
    return UNDETERMINED if why.code == _NOT_KNOWN else WARNING
