"""Registers and external platforms on disk: 台账名册.xlsx, export and import sheets, and what a pasted list says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toolkit.files import write_whole
from toolkit.model.errors import XltoolError
from toolkit.our_books import has_table, read_books, table
from toolkit.reading.door import Refusal
from toolkit.registers.platforms import (
    Compared,
    Platform,
    asked_back,
    compare,
    export_rows,
    fields,
    known_columns,
    load_platforms,
    state_word,
)

if TYPE_CHECKING:
    from toolkit.model.batch import Dataset
    from toolkit.model.policy import Policy


def write_registers(checked: Any, path: Path) -> Path:
    """Writes 台账名册.xlsx and returns its path.

    Args:
        checked: what `pipeline.check` gives.
    """
    from toolkit.registers import registers, served_systems
    from toolkit.summary.last_year import earlier_shares
    from toolkit.summary.places import Places
    from toolkit.summary.registers_book import registers_workbook

    job = checked.job
    computed = (checked.published, checked.allowance, earlier_shares(job.campaign))
    found = registers(checked.dataset, job.policy, job.parameters, job.as_of, *computed)
    facts = {"year": job.year, "as_of": job.judged_on, "policy": job.policy.short_title}
    places = Places.beside(checked, path)
    with checked.replacing(path):
        write_whole(path, registers_workbook(found, served_systems(job.policy, job.form), facts, job.title, places))
    return path


def write_platforms(dataset: Dataset, policy: Policy, folder: Path | None, path: Path, title: str) -> Path:
    """Writes 外部平台.xlsx: an export and an import sheet for every platform that the policy names.

    Args:
        folder: of the round, where 外部平台列序.yaml may stand.
    """
    from toolkit.summary.platforms_book import platforms_workbook

    found, form = load_platforms(policy, folder), dataset.form
    parts = [
        (one, fields(one, form, known_columns(one, form)), fields(one, form, asked_back(one, form)), rows)
        for one in found
        for rows in [export_rows(one, dataset)]
    ]
    write_whole(path, platforms_workbook(parts, title))
    return path


def compare_platforms(
    dataset: Dataset, policy: Policy, folder: Path | None, pasted: Path, path: Path, title: str
) -> Counter[str]:
    """Compares the pasted lists with our rows and writes 外部平台比对.xlsx; how many rows are in which state.

    Raises: XltoolError: PLT-001 the file is unreadable, PLT-002 it has no import sheet with the headings.
    """
    from toolkit.summary.platforms_book import comparison_workbook, import_sheet

    book = read_books([pasted])[pasted]
    if isinstance(book, Refusal):
        raise XltoolError("PLT-001", file=pasted.name, problem=book.sentence)
    parts: list[tuple[Platform, tuple[str, ...], tuple[str, ...], list[Compared]]] = []
    for one in load_platforms(policy, folder):
        out, back = ([*each(one, dataset.form)] for each in (known_columns, asked_back))
        needed = [heading for name, heading in back if name in one.match]
        rows = book.sheets.get(import_sheet(one), ())
        if has_table(rows, needed):
            lines = [dict(line) for _, line in table(rows, needed)]
            found = compare(one, dataset.form, export_rows(one, dataset), lines)  # type: ignore[arg-type]
            ours, theirs = (tuple(heading for _, heading in columns) for columns in (out, back))
            parts.append((one, ours, theirs, found))
    if not parts:
        raise XltoolError("PLT-002", file=pasted.name)
    write_whole(path, comparison_workbook(parts, state_word, title))
    return Counter(one.state for *_, found in parts for one in found)
