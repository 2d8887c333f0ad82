"""责任单位.xlsx and 责任清单 in the tests: filled in as a person does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from openpyxl import load_workbook

from toolkit.campaign import Campaign
from toolkit.tasks.offices import Offices

CLAUSE, STATUS, DAY, EVIDENCE, REASON = 2, 9, 10, 11, 12
"""Columns of 责任清单, from 1."""


def say_offices(campaign: Campaign, said: Mapping[str, str], others: str = "") -> Path:
    """Fills in 责任单位.xlsx: what each name of the text is, and all other empty cells."""
    path = Offices(campaign).ask()
    book = load_workbook(path)
    for row in book["责任单位"].iter_rows():
        if isinstance(row[0].value, int):
            row[3].value = said.get(row[1].value, row[3].value or others)
    book.save(path)
    return path


def fill_in(
    path: Path, target: Path, answers: Mapping[str, tuple], filled: date | None = None, followed: str = ""
) -> Path:
    """A list with answers: clause → (status, day, evidence, reason), as far as given; `followed` for all shortfalls."""
    book = load_workbook(path)
    sheet = book["责任清单"]
    for row in sheet.iter_rows():
        for place, value in enumerate(answers.get(row[CLAUSE - 1].value, ())):
            sheet.cell(row[0].row, STATUS + place, value)
        if row[0].value == "填表日期":
            sheet.cell(row[0].row, next(cell.column for cell in row[1:] if not cell.protection.locked), filled)
    for row in book["未达标单位"].iter_rows():
        if isinstance(row[0].value, int) and followed:
            row[7].value = followed
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    return target
