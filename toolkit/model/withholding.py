"""Small sensitive totals leave a unit as a level, never as a figure.

Source: forms.md, personal data: a sensitive total with due < 3 is shown as 达标, 不达标 or 不适用 only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from toolkit.model.catalogue import entry
from toolkit.model.form import FixedRow, Form
from toolkit.model.policy import Policy
from toolkit.model.reports import ComplianceReport
from toolkit.model.result import Result

FEWEST = 3
STATS = "annual_stat"
_DIGIT = re.compile(r"\d")
_SHARE = re.compile(r"^(?P<done>[\d.]+)(?:/(?P<due>[\d.]+))?")


def sensitive_stats(form: Form) -> dict[str, FixedRow]:
    """The sensitive rows of the annual totals, by the English name of the statistic."""
    rows = form.by_name[STATS].fixed_rows if STATS in form.by_name else ()
    return {row.values["stat_key"]: row for row in rows if row.sensitive}


def restricted_stats(form: Form) -> frozenset[str]:
    """Codes of the sensitive totals and of their parts: they stand in no table of figures by unit."""
    rows = form.by_name[STATS].fixed_rows if STATS in form.by_name else ()
    sensitive = {row.key for row in rows if row.sensitive}
    return frozenset(row.key for row in rows if row.sensitive or row.parent in sensitive)


def sensitive_clauses(policy: Policy, form: Form) -> frozenset[str]:
    """The clauses whose indicator reads a sensitive total."""
    names = set(sensitive_stats(form))
    return frozenset(one.clause for one in policy.indicators if names & set(_texts(one.args)))


def _texts(node: object) -> Iterable[str]:
    if isinstance(node, Mapping):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, (list, tuple)):
        for item in node:
            yield from _texts(item)
    elif isinstance(node, str):
        yield str(node)


def hidden_stats(values: Mapping[str, Decimal], form: Form) -> frozenset[str]:
    """Codes of the totals of one unit that must not leave it as figures: small ones and all their parts.

    Args:
        values: code of the statistic → value of the unit.
    """
    rows = form.by_name[STATS].fixed_rows if STATS in form.by_name else ()
    tops = {row.key for row in rows if row.sensitive and row.parent not in {one.key for one in rows if one.sensitive}}
    hidden: set[str] = set()
    for row in rows:
        small = row.sensitive and (row.key in tops or _is_due(row, rows)) and values.get(row.key, FEWEST) < FEWEST
        if small or row.parent in hidden:
            hidden.add(row.key)
    return frozenset(hidden)


def _is_due(row: FixedRow, rows: Iterable[FixedRow]) -> bool:
    """Whether another total is a part of this one."""
    return any(one.parent == row.key for one in rows)


def may_be_summed(hidden: Sequence[Decimal], total: Decimal) -> bool:
    """Whether figures that do not leave their units may leave as one sum.

    The sum tells nothing about a unit: it is not small, at least two units hide in it, and they do not all have the
    least or the most that a hidden figure can be.

    Args:
        hidden: the hidden figures; total: the sum of all figures of the item, the hidden ones included.

    >>> may_be_summed([Decimal(1), Decimal(2)], Decimal(12)), may_be_summed([Decimal(1)], Decimal(12))
    (True, False)
    >>> may_be_summed([Decimal(1), Decimal(1)], Decimal(2)), may_be_summed([Decimal(2), Decimal(2)], Decimal(12))
    (False, False)
    """
    most = len(hidden) * (FEWEST - 1)
    return len(hidden) > 1 and total >= FEWEST and 0 < sum(hidden) < most


def suppress_small_counts(report: ComplianceReport, policy: Policy, form: Form) -> ComplianceReport:
    """The report as it may leave: small sensitive totals without figures; levels, evidence and counts unchanged."""
    clauses = sensitive_clauses(policy, form)
    results = tuple(_suppressed(one) if one.clause in clauses else one for one in report.results)
    return replace(report, results=results)


def _suppressed(one: Result) -> Result:
    if one.figures and (set(one.figures) == {"refused"} or not is_small(one.figures)):
        return one
    if not one.figures and not _DIGIT.search(one.reason):
        return one
    fix = "" if _DIGIT.search(one.fix) else one.fix
    return replace(one, figures={}, reason=entry("REG-SMALL").message, fix=fix, code="REG-SMALL")


def is_small(figures: Mapping[str, str]) -> bool:
    """Whether any total among the figures is below 3; `done/due` counts by what is due.

    >>> is_small({"done": "1", "due": "2"}), is_small({"done": "1", "due": "3"})
    (True, False)
    >>> is_small({"困难帮扶": "1/2（50.00%）"}), is_small({"困难帮扶": "4"})
    (True, False)
    """
    named = [figures["due"]] if "due" in figures else figures.values()
    return any(number is not None and number < FEWEST for number in map(_due, named))


def _due(text: str) -> Decimal | None:
    found = _SHARE.match(str(text))
    try:
        return Decimal(found["due"] or found["done"]) if found else None
    except InvalidOperation:
        return None
