"""One result taken apart: the text, the parameters, the formula, the rows with their values, the steps, the level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Protocol

import pandas as pd

from toolkit.compute.allowance.results import open_people
from toolkit.compute.compliance import trace_of
from toolkit.compute.trace import Trace
from toolkit.model.batch import Batch, Dataset
from toolkit.model.catalogue import entry
from toolkit.model.errors import XltoolError
from toolkit.model.form import Column, Form, Sheet
from toolkit.model.organisations import day_of
from toolkit.model.people import plain
from toolkit.model.policy import Parameters, Policy
from toolkit.model.privacy import mask
from toolkit.model.reports import AllowanceReport, ComplianceReport
from toolkit.model.result import PersonAllowance, Result
from toolkit.model.rows import Evidence
from toolkit.policy_tools.phrases import Speaker
from toolkit.policy_tools.show import clause_record
from toolkit.policy_tools.steps import money_steps, steps_of
from toolkit.policy_tools.texts import say, texts
from toolkit.policy_tools.uses import TASK_COLUMNS, Uses, allowance_uses, uses
from toolkit.summary.labels import parameter_word


class Job(Protocol):
    """What a run worked on."""

    policy: Policy
    form: Form
    parameters: Parameters
    as_of: date


class Checked(Protocol):
    """A run of the main job: what it worked on, and what came out."""

    @property
    def job(self) -> Job:
        """What it worked on."""
        ...

    @property
    def batch(self) -> Batch:
        """The returned files."""
        ...

    @property
    def dataset(self) -> Dataset:
        """The merged rows."""
        ...

    @property
    def allowance(self) -> AllowanceReport:
        """The allowances."""
        ...

    @property
    def compliance(self) -> ComplianceReport:
        """The levels."""
        ...


def explain_clause(checked: Checked, unit: str, clause: str) -> dict[str, object]:
    """Everything behind the results of one unit under one clause, as plain data.

    Args:
        unit: unit code; empty = the whole area.
    Raises: XltoolError: P004 no such clause, P007 no such unit.
    """
    job = checked.job
    if clause not in job.policy.clauses:
        raise XltoolError("P004", clause=clause, policies=job.policy.id)
    codes = {item.unit for item in checked.compliance.units}
    if unit and unit not in codes:
        raise XltoolError("P007", what=entry("P007").problem("unit", unit=unit))
    speaker = Speaker(job.policy, job.form, job.parameters)
    read = _reads(speaker, clause)
    found = [item for item in checked.compliance.results if item.clause == clause and item.unit in (unit, "")]
    own = [item for item in found if item.unit == unit] or found
    parameters = Parameters(job.policy, job.as_of, job.parameters.overrides)
    results = checked.compliance.results
    trace = trace_of(clause, checked.dataset, job.policy, parameters, job.as_of, results)
    record = clause_record(job.policy, job.form, clause, job.as_of)
    if record["indicator"]:
        record["indicator"]["formula"] = speaker.formula(job.policy.indicator_of[clause])  # type: ignore[index]
    named = [item["name"] for item in record["parameters"]]  # type: ignore[union-attr]
    named += [name for name in job.policy.parameters if name in parameters.used and name not in named]
    record["parameters"] = _parameters(checked, named)
    for other in ("examples", "overall"):
        del record[other]
    known = {row for item in own for row in item.evidence}
    units = dict.fromkeys(item.unit for item in own)
    rest = dict.fromkeys(row for one in units for row in _traced(trace, one, checked.dataset) if row not in known)
    return record | {
        "unit": unit,
        "year": checked.compliance.year,
        "as_of": job.as_of.isoformat(),
        "results": [_result(item, _steps(item, trace, checked), checked, read) for item in own],
        "also_read": [_row(evidence, checked, read) for evidence in rest],
    }


def _traced(trace: Trace, unit: str, dataset: Dataset) -> Iterator[Evidence]:
    """The rows that were read for a unit."""
    for sheet, row in trace.rows.get(unit, ()):
        yield from dataset.records.evidence(sheet, (row,))


def _steps(item: Result, trace: Trace, checked: Checked) -> list[str]:
    """How a result comes about."""
    for found, judged, case in trace.judged.get(item.unit, ()):
        if (found.subject, found.reason, found.evidence) == (item.subject, item.reason, item.evidence):
            return steps_of(judged, case, trace)
    rows = set(item.evidence)
    persons = (row for row in checked.allowance.persons if row.evidence[0] in rows)
    known = checked.dataset.units.get(item.unit)
    name, results = known.name if known else item.unit, checked.compliance.results
    unknown = open_people(results, item.unit, name, checked.job.policy)
    return money_steps(item, persons, unknown, checked.job.as_of, checked.compliance.year)


def explain_person(checked: Checked, person: str, unit: str = "") -> dict[str, object]:
    """One person's allowance, month by month, with the rows it rests on.

    Args:
        person: key or name as in the payment list, or the key as typed in the return.
        unit: unit code, where the key stands in several units.
    Raises: XltoolError: P007 no such person.
    """
    report, job = checked.allowance, checked.job
    wanted, name = {person, mask(person, typed=True)}, plain(person)
    named = [item for item in report.persons if item.person in wanted or plain(item.name) == name]
    numbers = {item.number for item in named if unit in ("", item.unit)}
    if not numbers:
        what = entry("P007").problem("both" if unit else "person", unit=unit, person=person)
        raise XltoolError("P007", what=what)
    chosen = [item for item in report.persons if item.number in numbers]
    read = allowance_uses(report.persons[0].clause, job.policy, job.form)
    return {
        "as_of": job.as_of.isoformat(),
        "year": report.year,
        "formula": Speaker(job.policy, job.form, job.parameters).allowance(),
        "parameters": _parameters(checked, sorted(report.parameters)),
        "persons": [_person([i for i in chosen if i.number == n], checked, read) for n in sorted(numbers)],
    }


def _person(rows: list[PersonAllowance], checked: Checked, read: Uses) -> dict[str, object]:
    first = rows[0]
    clause = checked.job.policy.clauses[first.clause]
    months = [
        {"month": month, "org": row.org, "post": row.post, "share": share, "amount": str(amount)}
        for row in rows
        for (month, amount), share in zip(row.monthly, row.shares or ("1",) * len(row.monthly), strict=True)
    ]
    return {
        "person": first.person,
        "name": first.name,
        "clause": first.clause,
        "quote": clause.quote,
        "posts": [_post(row, checked, read) for row in rows],
        "months": sorted(months, key=lambda item: (item["month"], item["org"], item["post"])),
        "due": _money(row.due for row in rows),
        "paid": _money(row.paid for row in rows),
        "level": first.level,
        "reason": first.reason,
        "fix": first.fix,
    }


def _post(row: PersonAllowance, checked: Checked, read: Uses) -> dict[str, object]:
    own = _own_row(row.unit, checked.dataset, read)
    return {
        "unit": row.unit,
        "org": row.org,
        "post": row.post,
        "rate": None if row.rate is None else f"{row.rate:f}",
        "months": f"{row.months:f}",
        "due": None if row.due is None else str(row.due),
        "paid": None if row.paid is None else str(row.paid),
        "rows": [_row(item, checked, read) for item in dict.fromkeys((*row.evidence, *own, *row.beside))],
        "steps": list(row.steps),
    }


def _own_row(unit: str, dataset: Dataset, read: Uses) -> list[Evidence]:
    """The unit's own row, which has the standards; its sheet has a line for each column, hence no number."""
    if not read.columns.get("unit"):
        return []
    return list(dataset.records.evidence("unit", dataset.records.rows("unit").by_unit.get(unit, ())))


def _money(amounts: Iterable[Decimal | None]) -> str | None:
    """The sum; None when an amount is not known."""
    known = list(amounts)
    return None if None in known else str(sum(known, Decimal(0)))  # type: ignore[arg-type]


def _reads(speaker: Speaker, clause: str) -> Uses:
    """What the clause is computed from; a combined clause reads what its parts read."""
    policy, indicator = speaker.policy, speaker.policy.indicator_of.get(clause)
    if indicator is None:
        return Uses({"task": TASK_COLUMNS}, (), ())
    read = uses(indicator, policy, speaker.form)
    if indicator.family == "combined":
        for part in indicator.args["clauses"]:  # type: ignore[attr-defined]
            more = _reads(speaker, str(part))
            read = Uses(
                {**more.columns, **read.columns}, (*read.stats, *more.stats), (*read.parameters, *more.parameters)
            )
    return read


def _parameters(checked: Checked, names: Iterable[str]) -> list[dict[str, object]]:
    """Parameters with the value that the results rest on, the round's own settings included."""
    used = {**checked.compliance.parameters, **checked.allowance.parameters}
    day = day_of(checked.compliance.year, checked.job.as_of)
    found = []
    for name in names:
        known = checked.job.policy.parameters[name]
        value, origin = used.get(name) or ("", "")
        if name not in used:
            value, origin = _text(checked.job.parameters.get(name)), checked.job.parameters.origin(name)
        facts = {"name": name, "title": known.title, "value": value, "in_words": parameter_word(name, value, known)}
        since = checked.job.parameters.since(name, day)
        dated = {"since": since.isoformat() if since else "", "unit": known.unit}
        found.append({**facts, **dated, "origin": origin, "source": known.source})
    return found


def _result(item: Result, steps: list[str], checked: Checked, read: Uses) -> dict[str, object]:
    return {
        "subject": item.subject,
        "level": item.level,
        "figures": dict(item.figures),
        "reason": item.reason,
        "fix": item.fix,
        "steps": steps,
        "rows": [_row(evidence, checked, read) for evidence in item.evidence],
    }


def _row(evidence: Evidence, checked: Checked, read: Uses) -> dict[str, object]:
    """One input row with the values of the columns that were used; what was not understood as it was typed."""
    form = checked.dataset.form
    sheet = next((sheet for sheet in form.sheets if sheet.label == evidence.sheet), None)
    values: dict[str, str] = {}
    if sheet is not None:
        row = _find(evidence, sheet.name, checked.dataset)
        columns = read.columns.get(sheet.name) or sheet.names[:4]
        if sheet.name == "annual_stat":
            columns = ("stat_name", *columns)
        if row is not None:
            typed = _not_understood(evidence, sheet, checked.batch)
            values = {
                sheet.by_name[name].label: _shown(sheet.by_name[name], row.get(name)) or typed.get(name, "")
                for name in columns
            }
    return {"file": evidence.file, "sheet": evidence.sheet, "row": evidence.row, "values": values}


def _not_understood(evidence: Evidence, sheet: Sheet, batch: Batch) -> dict[str, str]:
    """Column → what was typed into its cell of a row, and that nobody could read it."""
    item = next((one for one in batch.returns if one.file == evidence.file), None)
    typed = item.as_typed(sheet.name) if item else {}
    found = {}
    for name in sheet.names if item and typed else ():
        for cell in batch.cells(item.index, sheet.name, (name,), evidence.row):
            if cell in typed:
                found[name] = say("explain", "unread", value=mask(typed[cell], typed=True))
    return found


def _find(evidence: Evidence, sheet: str, dataset: Dataset) -> Mapping[str, object] | None:
    """The merged or the refused row, as the unit typed it."""
    return dataset.records.typed(sheet, evidence.file, evidence.row)


def _shown(column: Column, value: object) -> str:
    """A cell as people read it; numbers of persons are covered."""
    return mask(_text(value), typed=not column.references)


def _text(value: object) -> str:
    """A value as text; empty for nothing."""
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return ""
    if isinstance(value, bool):
        return texts()["explain"]["yes" if value else "no"]
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)
