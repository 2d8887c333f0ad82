"""What a worker reported, as findings and repairs of the model: grouped, quoted, masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from toolkit.model.batch import Repair, Return
from toolkit.model.catalogue import entry
from toolkit.model.cell import address
from toolkit.model.finding import Finding, from_catalogue
from toolkit.model.form import Sheet
from toolkit.model.privacy import mask_long
from toolkit.reading.quoting import quote

Place = tuple[str, str]
"""Unit code and file name."""


def from_notes(notes: Iterable[Sequence], place: Mapping[str, str]) -> list[Finding]:
    """Findings about files and sheets; the same code and facts on one sheet are one finding with its cells."""
    groups: dict[tuple, list[str]] = {}
    for code, sheet, cells, facts in notes:
        key = (code, sheet, tuple(sorted((name, quote(value)) for name, value in facts.items())))
        groups.setdefault(key, []).extend(cells)
    return [
        from_catalogue(
            code,
            {"sheet": sheet, **dict(facts)},
            sheet=sheet,
            cells=tuple(dict.fromkeys(cells)),
            value=dict(facts).get("seen", ""),
            **place,
        )
        for (code, sheet, facts), cells in groups.items()
    ]


def from_problems(problems: Iterable[Sequence], sheet: Sheet, title: str, place: Mapping[str, str]) -> list[Finding]:
    """Findings about cells; the same code, column and value is one finding with its cells."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for code, row, column, name, value in problems:
        groups.setdefault((code, name, value), []).append(address(row, column + 1))
    found = []
    for (code, name, value), cells in groups.items():
        column = sheet.by_name[name]
        facts: dict[str, object] = {
            "value": quote(value),
            "label": column.label,
            "first": mask_long(value.lstrip("-")[:15]),
        }
        found.append(
            from_catalogue(
                code,
                facts,
                sheet=title,
                cells=tuple(cells),
                label=column.label,
                value=quote(value),
                **place,
            )
        )
    return found


def from_repairs(repairs: Iterable[Sequence], title: str, returned: Return) -> list[Repair]:
    """Repairs of one sheet."""
    return [
        Repair(returned.file, title, address(row, column + 1), quote(before), quote(after), entry(code).message)
        for code, row, column, before, after in repairs
    ]
