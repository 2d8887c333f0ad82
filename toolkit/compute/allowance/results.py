"""The allowance under each clause, as results for the compliance report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from toolkit.compute.allowance import highest
from toolkit.compute.allowance.eligible import Leader
from toolkit.compute.allowance.person import Person
from toolkit.compute.allowance.rules import HIGHEST_POST_ONLY
from toolkit.compute.allowance.say import Reason, money, not_counted, reason
from toolkit.compute.allowance.settings import Frame
from toolkit.compute.allowance.verdict import Verdict
from toolkit.compute.months import in_months
from toolkit.model.batch import Dataset
from toolkit.model.policy import Policy
from toolkit.model.privacy import mask
from toolkit.model.reports import AllowanceReport
from toolkit.model.result import NOT_APPLICABLE, UNDETERMINED, Result
from toolkit.model.rows import Evidence

POST = "post"
POOL, STANDARD = "ALW-901", "ALW-902"
"""Codes of the titles of a unit's own results under the clause of the amounts."""


def allowance_results(report: AllowanceReport, policy: Policy) -> list[Result]:
    """The report under the clauses of the policy's allowance block: people, units, units that did not return."""
    mine = set(policy.allowance["clauses"].values())  # type: ignore[union-attr]
    return [result for result in report.results if result.clause in mine]


def person_results(person: Person, verdict: Verdict, frame: Frame) -> list[Result]:
    """One result per clause and unit of the person; none about the amount where no post there is one it is about."""
    clauses = frame.rules.clauses
    if frame.rules.regime == HIGHEST_POST_ONLY:
        split = [(clauses["amount"], highest.amount(person, verdict, frame))]
        if "exclusive" in clauses:
            split.append((clauses["exclusive"], highest.exclusive(person, verdict)))
    else:
        split = [(clauses["amount"], verdict)]
    rows = [*person.rows, *person.refused]
    figures = _figures(person, verdict, frame)
    evidence = person.evidence
    found = []
    for unit in dict.fromkeys(row.unit for row in rows):
        mine = [row for row in rows if row.unit == unit]
        concerned = any(not row.post or row.post in frame.rules.amount_posts for row in mine)
        posts = "、".join(dict.fromkeys(post for *_, post in (row.shown for row in mine) if post))
        label = reason("ALW-903", person=mask(mine[0].shown[1], typed=True), posts=posts).text
        found += [
            Result(unit, label, clause, part.level, figures, part.sentence, evidence, part.reason.fix, part.reason.code)
            for clause, part in split
            if concerned or clause != clauses["amount"]
        ]
    return found


def _figures(person: Person, verdict: Verdict, frame: Frame) -> dict[str, str]:
    words = frame.rules.labels
    figures = {}
    if person.unknown is None:
        figures[words["months"]] = f"{in_months(person.grains(frame.completed)):f}"
        figures[words["due"]] = money(person.total_due)
    if person.no_paid is None and person.rows:
        figures[words["paid"]] = money(person.paid)
    if verdict.excess:
        figures[words["excess"]] = money(verdict.excess)
    if verdict.overlap:
        figures[words["overlap"]] = str(verdict.overlap)
    return figures


Proof = Mapping[str, tuple[Evidence, ...]]


def proof_rows(dataset: Dataset, frame: Frame) -> dict[str, dict[str, tuple[Evidence, ...]]]:
    """By unit the rows that the unit's own results rest on: `standard` on sheet unit, `budget` on annual_stat."""
    found: dict[str, dict[str, tuple[Evidence, ...]]] = {}
    for kind, sheet, wanted in (("standard", "unit", None), ("budget", "annual_stat", frame.rules.budget_stat)):
        for row in dataset.records.rows(sheet).rows:
            if wanted is None or row.stat_key == wanted:
                found.setdefault(row.origin.unit, {})[kind] = dataset.records.evidence(sheet, (row,))
    return found


def unit_results(unit: str, name: str, entry: Mapping[str, object], frame: Frame, proof: Proof) -> list[Result]:
    """Pool, standards and budget of one unit.

    Args:
        proof: the unit's own rows by kind of result (standard, budget), and all rows of its people.
    """
    words, clauses = frame.rules.labels, frame.rules.clauses
    found = []
    if "pool_level" in entry:
        figures = _money(words, entry, "pool_due", "pool_paid")
        title = reason(POOL, name=name).text
        found.append(_result(unit, title, clauses["amount"], "pool", entry, figures, proof))
    figures = _money(words, entry, "standard", "floor")
    title = reason(STANDARD, name=name).text
    found.append(_result(unit, title, clauses["amount"], "standard", entry, figures, proof))
    if "budget" in clauses:
        figures = _money(words, entry, "budget", "budget_need")
        found.append(_result(unit, name, clauses["budget"], "budget", entry, figures, proof))
    return found


def open_people(results: Iterable[Result], unit: str, name: str, policy: Policy) -> list[str]:
    """The people of a unit whose amount cannot be said, as their results name them."""
    amount = policy.allowance["clauses"]["amount"]  # type: ignore[index]
    titles = {reason(code, name=name).text for code in (POOL, STANDARD)}
    mine = (one for one in results if (one.unit, one.clause, one.level) == (unit, amount, UNDETERMINED))
    return [one.subject for one in mine if one.evidence and one.subject not in titles]


def _result(
    unit: str, title: str, clause: str, kind: str, entry: Mapping, figures: dict[str, str], proof: Proof
) -> Result:
    level, why, fix, code = (str(entry[f"{kind}_{part}"]) for part in ("level", "reason", "fix", "code"))
    rows = tuple(dict.fromkeys((*proof.get(kind, ()), *proof["people"])))
    return Result(unit, title, clause, level, figures, why, rows, fix, code)


def _money(words: Mapping[str, str], entry: Mapping[str, object], *names: str) -> dict[str, str]:
    return {words[name]: money(value) for name, value in _given(entry, *names)}


def _given(entry: Mapping[str, object], *names: str) -> list[tuple[str, Decimal]]:
    return [(name, value) for name in names if isinstance(value := entry.get(name), Decimal)]


def leader_results(found: Sequence[Leader], clause: str) -> list[Result]:
    """The eligibility clause, one result a leader."""
    return [
        Result(
            leader.unit,
            reason("ALW-903", person=mask(leader.key, typed=True), posts=leader.post).text,
            clause,
            leader.level,
            {},
            leader.reason.text,
            leader.evidence,
            leader.reason.fix,
            leader.reason.code,
        )
        for leader in found
    ]


def absent(units: Iterable[str], dataset: Dataset) -> dict[str, Reason]:
    """Units whose workbook lacks the sheet of the posts → what to say: nothing is known about their people."""
    found = ((unit, dataset.records.missing(unit, (POST,))) for unit in units)
    return {unit: reason("ALW-116", sheet=sheet) for unit, sheet in found if sheet}


def remaining(found: Iterable[Result], dataset: Dataset, frame: Frame, without: Mapping[str, Reason]) -> list[Result]:
    """For each clause one result for every unit that has none: nobody concerned, or not returned.

    Args:
        without: units that returned without the posts; each clause is 无法判定 there, whatever else is said.
    """
    have = {(result.unit, result.clause) for result in found}
    results = []
    for unit in dataset.units:
        returned, away = unit.code in dataset.returned, not_counted(dataset.pending.get(unit.code, ""))
        for role, clause in frame.rules.clauses.items():
            if (unit.code, clause) in have and unit.code not in without:
                continue
            why = without.get(unit.code) or (_nobody(role, frame) if returned else away)
            level = NOT_APPLICABLE if returned and unit.code not in without else UNDETERMINED
            results.append(Result(unit.code, unit.name, clause, level, {}, why.text, fix=why.fix, code=why.code))
    return results


def _nobody(role: str, frame: Frame) -> Reason:
    if role == "eligible":
        return reason("ALW-504", posts="、".join(frame.rules.eligible.posts))
    return reason("ALW-402")
