"""Figures to workbooks: one module per output workbook, `book` is the layer they share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.model.batch import Dataset
    from toolkit.model.merged import Merged
    from toolkit.model.policy import Policy
    from toolkit.model.result import AllowanceReport, ComplianceReport
    from toolkit.model.unit import UnitList


def write_allowance(
    report: AllowanceReport,
    policy: Policy,
    units: UnitList,
    title: str,
    folder: Path,
    dataset: Dataset | None = None,
) -> Path:
    """Writes 工作补贴发放表.xlsx and returns its path.

    Args:
        dataset: gives the names of organisations that the unit list does not know.
    """
    from toolkit.summary.allowance_book import allowance_workbook

    names = organisation_names(dataset) if dataset else {}
    return _written("allowance", folder, allowance_workbook(report, policy, units, title, names))


def write_compliance(report: ComplianceReport, policy: Policy, units: UnitList, title: str, folder: Path) -> Path:
    """Writes 达标情况.xlsx and returns its path."""
    from toolkit.summary.compliance_book import compliance_workbook

    return _written("compliance", folder, compliance_workbook(report, policy, units, title))


def write_overview(
    merged: Merged,
    dataset: Dataset,
    allowance: AllowanceReport,
    compliance: ComplianceReport,
    policy: Policy,
    title: str,
    folder: Path,
) -> Path:
    """Writes 综合汇总.xlsx and returns its path."""
    from toolkit.summary.overview_book import overview_workbook

    data = overview_workbook(merged, dataset, allowance, compliance, policy, title)
    return _written("overview", folder, data)


def organisation_names(dataset: Dataset) -> dict[str, str]:
    """Organisation names by code, as the units returned them."""
    frame = dataset.tables.get("party_org")
    if frame is None or not len(frame):
        return {}
    pairs = zip(frame["org_code"], frame["org_name"], strict=True)
    return {code: name for code, name in pairs if code and name}


def _written(book: str, folder: Path, data: bytes) -> Path:
    from toolkit.files import write_whole
    from toolkit.summary.labels import book_words

    path = folder / book_words(book).file
    write_whole(path, data)
    return path
