"""The machine-readable answers (`--json`): plain data with a fixed order; money and figures as text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.campaign.judging_day import GIVEN
from toolkit.model.figures import PROVED, RANK, TOLD, Account, Figures, Money, Share
from toolkit.model.finding import Finding
from toolkit.model.merged import Merged
from toolkit.model.reports import AllowanceReport, ComplianceReport
from toolkit.model.rows import Evidence
from toolkit.round_trip.states import UNIT_STATES, UnitState

if TYPE_CHECKING:
    from toolkit.campaign import Campaign


def validate_report(merged: Merged, findings: Sequence[Finding]) -> dict[str, object]:
    """Files by state, every file once, the account of the rows, all findings."""
    return {**_files(merged, findings), "findings": [finding_record(finding) for finding in findings]}


def merge_report(merged: Merged, findings: Sequence[Finding], outputs: Sequence[Path]) -> dict[str, object]:
    """Files, returns and rows as in validate, and the paths written."""
    return {**_files(merged, findings), "outputs": [str(path) for path in outputs]}


def _files(merged: Merged, findings: Sequence[Finding]) -> dict[str, object]:
    codes = defaultdict(set)
    for finding in findings:
        codes[finding.file].add(finding.code)
    returns = [
        {"file": item.file, "unit": item.unit, "state": item.state, "codes": sorted(codes[item.file])}
        for item in sorted(merged.returns, key=lambda item: (merged.units.place(item.unit), item.file))
    ]
    return {"files": merged.files, "returns": returns, "rows": merged.rows}


def status_report(campaign: Campaign, states: Sequence[UnitState], own: Sequence[Finding] = ()) -> dict[str, object]:
    """Every unit with its state; the counts add up to the unit list.

    Args:
        own: what the bureau has to put right itself.
    """
    counts = {state: sum(item.state == state for item in states) for state in UNIT_STATES}
    return {
        "campaign": campaign.id,
        "policy": campaign.policy.id,
        "year": campaign.year,
        "counts": {"total": len(states), **counts},
        "units": [asdict(item) for item in states],
        "bureau": [finding_record(finding) for finding in own],
    }


def finding_record(finding: Finding) -> dict[str, object]:
    """One finding as plain data."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "unit": finding.unit,
        "file": finding.file,
        "sheet": finding.sheet,
        "cells": list(finding.cells),
        "label": finding.label,
        "value": finding.value,
        "message": finding.message,
        "fix": finding.advice,
        "clause": finding.clause,
    }


def allowance_report(report: AllowanceReport, account: Account, why: str = GIVEN) -> dict[str, object]:
    """All allowances, and the account of the reported money; money as text with two decimals.

    Args:
        why: why the day of judgement is that day, see `toolkit.campaign.judging_day`.
    """
    persons = [
        {
            "unit": row.unit,
            "org": row.org,
            "person": row.person,
            "post": row.post,
            "months": plain(row.months),
            "due": plain(row.due),
            "paid": plain(row.paid),
            "level": row.level,
            "reason": row.reason,
            "clause": row.clause,
            "evidence": _evidence(row.evidence),
        }
        for row in report.persons
    ]
    return {
        "policy": report.policy,
        "year": report.year,
        "as_of": report.as_of.isoformat(),
        "as_of_why": why,
        "parameters": parameters_record(report.parameters),
        "persons": persons,
        "units": plain(report.units),
        "totals": plain(report.totals),
        "account": account_record(account),
    }


def compliance_report(report: ComplianceReport, figures: Figures, why: str = GIVEN) -> dict[str, object]:
    """All results, the figures of the units in official order, both rates.

    Args:
        why: why the day of judgement is that day, see `toolkit.campaign.judging_day`.
    """
    return {
        "policy": report.policy,
        "year": report.year,
        "as_of": report.as_of.isoformat(),
        "as_of_why": why,
        "parameters": parameters_record(report.parameters),
        "results": [
            {
                "unit": result.unit,
                "subject": result.subject,
                "clause": result.clause,
                "level": result.level,
                "figures": dict(result.figures),
                "reason": result.reason,
                "code": result.code,
                "fix": result.fix,
                "evidence": _evidence(result.evidence),
            }
            for result in report.results
        ],
        **figures_record(figures),
    }


def figures_record(figures: Figures) -> dict[str, object]:
    """Units with 总评 and shares, both rates over all, and the open parameters that leave something 未评."""
    return {
        "units": [
            {
                "unit": one.unit,
                "overall": one.overall,
                "hard": one.hard,
                "soft": one.soft,
                "open": one.open,
                "unset": one.unset,
                **_shares(one.proved, one.told),
            }
            for one in figures.units
        ],
        "totals": {
            "overall": {word: figures.overalls[word] for word in RANK},
            **_shares(figures.whole[PROVED], figures.whole[TOLD]),
        },
        "unset": dict(figures.unset),
    }


def _shares(proved: Share, told: Share) -> dict[str, object]:
    """Met, asked and rate of 据实 and 自报; the rate is None when nothing is asked."""
    return {
        name: {"met": share.met, "asked": share.asked, "rate": share.rate}
        for name, share in (("proved", proved), ("told", told))
    }


def account_record(account: Account) -> dict[str, object]:
    """What was reported as paid with its four parts, by unit and in all; rows only registered."""
    return {
        "units": {code: _money(money) for code, money in account.units.items()},
        "total": _money(account.total),
        "registered": [plain(asdict(one)) for one in account.registered],
    }


def _money(money: Money) -> dict[str, object]:
    return plain(asdict(money))


def parameters_record(parameters: Mapping[str, tuple[str, str]]) -> dict[str, dict[str, str]]:
    """Name → value and where it comes from."""
    return {name: {"value": value, "source": source} for name, (value, source) in sorted(parameters.items())}


def _evidence(rows: Sequence[Evidence]) -> list[dict[str, object]]:
    return [{"file": row.file, "sheet": row.sheet, "row": row.row} for row in rows]


def plain(value: object):
    """Plain JSON data: Decimal and dates become text.

    >>> plain({"due": Decimal("3600.00"), "n": 3})
    {'due': '3600.00', 'n': 3}
    """
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value
