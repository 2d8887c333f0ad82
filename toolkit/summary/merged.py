"""汇总数据.xlsx: every merged row with where it came from, every refused row with its reason, and the account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from toolkit.drawing.values import Formula, Value
from toolkit.files import scratch, write_whole
from toolkit.model.batch import STATES, Return
from toolkit.model.form import Column, Sheet
from toolkit.summary.book import Book, Page
from toolkit.summary.file_sheet import file_rows
from toolkit.summary.labels import BookWords, book_words, words
from toolkit.summary.parquet import write_parquet
from toolkit.summary.rows import RowWriter, plain_text, python_values
from toolkit.summary.values import shown_names

if TYPE_CHECKING:
    from toolkit.model.merged import Merged, SheetCount

__all__ = ["merged_workbook", "write_parquet"]

COUNTS = ("read", "merged", "rejected", "not_data")
"""Columns of the account: the rows that were read, and what became of them."""


def merged_workbook(merged: Merged, path: Path) -> None:
    """Writes 汇总数据.xlsx: a sheet a form sheet, then 剔除行, 旧版与重复 and 核对.

    Rows stream through temporary files beside the workbook, so memory does not grow with the number of cells.

    Raises: XltoolError: O001 to O003 the file cannot be written, SUM-001 a write was refused.
    """
    with scratch(path) as place:
        _write(merged, place / "merged.xlsx")
        write_whole(path, (place / "merged.xlsx").read_bytes())


def _write(merged: Merged, target: Path) -> None:
    sheets = book_words("merged")
    names = shown_names(merged.units)
    files = {one.index: one.file for one in merged.returns}
    book = Book(merged.form.title, target, streaming=True)
    parts = {}
    for sheet in merged.form.sheets:
        parts[sheet.name] = _table(book, sheets, sheet, merged.tables[sheet.name], names, files)
    _rejected(book, sheets, merged, names, files)
    _lost(book, sheets, merged, names, files)
    _files(book, sheets, merged, names)
    _accounting(book, sheets, merged, parts)
    book.close()


def shown_columns(sheet: Sheet) -> tuple[Column, ...]:
    """The columns that a summary may show."""
    return tuple(column for column in sheet.columns if f"{sheet.name}.{column.name}" not in words().left_out)


def _table(
    book: Book,
    sheets: BookWords,
    sheet: Sheet,
    frame: pd.DataFrame,
    names: Mapping[str, str],
    files: Mapping[int, str],
) -> int:
    """One form sheet, over as many numbered sheets as its rows need; returns their number."""
    writer = RowWriter(book, sheet.label, sheets["table"].columns, shown_columns(sheet))
    for start in range(0, len(frame), RowWriter.BATCH):
        writer.write(frame.iloc[start : start + RowWriter.BATCH], names, files)
    return writer.finish()


def _rejected(
    book: Book, sheets: BookWords, merged: Merged, names: Mapping[str, str], files: Mapping[int, str]
) -> None:
    page = book.page(sheets["rejected"])
    page.frame(count=sum(len(frame) for frame in merged.rejected.values()))
    page.header(freeze=1)
    page.table(_rejected_rows(merged, names, files), filtered=True)


def _rejected_rows(merged: Merged, names: Mapping[str, str], files: Mapping[int, str]) -> Iterator[dict[str, Value]]:
    for sheet in merged.form.sheets:
        frame = merged.rejected[sheet.name]
        columns = shown_columns(sheet)
        values = [[plain_text(value) for value in python_values(frame, column)] for column in columns]
        labels = [column.label for column in columns]
        heads = zip(*(frame[name].tolist() for name in ("_unit", "_return", "_row", "_codes", "_reason")), strict=True)
        for index, (unit, one, row, codes, reason) in enumerate(heads):
            content = "；".join(
                f"{label}：{own[index]}" for label, own in zip(labels, values, strict=True) if own[index]
            )
            place = {
                "unit": names.get(unit, unit),
                "file": files.get(one, ""),
                "sheet": sheet.label,
                "row": row or None,
            }
            yield {**place, "codes": codes.replace(",", "\n"), "reason": reason, "content": content}


def _lost(book: Book, sheets: BookWords, merged: Merged, names: Mapping[str, str], files: Mapping[int, str]) -> None:
    """Cells that merged rows lost: where, which and why; never what stood there."""
    page = book.page(sheets["lost"])
    page.frame(count=len(merged.lost))
    page.header(freeze=1)
    rows = []
    for one in merged.lost:
        sheet = merged.form.by_name[one.sheet]
        place = {
            "unit": names.get(one.unit, one.unit),
            "file": files.get(one.source, ""),
            "sheet": sheet.label,
            "row": one.row or None,
            "cell": one.cell,
        }
        rows.append(
            {**place, "column": sheet.by_name[one.column].label, "codes": "\n".join(one.codes), "reason": one.reason}
        )
    page.table(rows, filtered=True)


def _files(book: Book, sheets: BookWords, merged: Merged, names: Mapping[str, str]) -> None:
    """Files that do not count."""
    page = book.page(sheets["files"])
    listed = [one for one in merged.returns if not one.counts]
    listed.sort(key=lambda one: (merged.units.place(one.unit), one.file))
    page.frame(count=len(listed))
    page.header(freeze=3)
    page.table(file_rows(listed, merged.findings, names))


def _accounting(book: Book, labels: BookWords, merged: Merged, parts: Mapping[str, int]) -> None:
    page = book.page(labels["accounting"])
    page.frame()
    page.header()
    text = page.words.words
    rows = [
        _counted(page.at(number), one.title, (one.read, one.merged, one.rejected, 0), _note(one, parts, text))
        for number, one in enumerate(merged.accounting, 1)
    ]
    for key in ("not_data", "aside") if merged.aside else ("not_data",):
        count = merged.rows[key]
        rows.append(_counted(page.row + len(rows) + 1, text[key], (count, 0, 0, count), ""))
    span = page.table(rows)
    sums: dict[str, Value] = page.sums(span, rows, COUNTS)
    whole = [*(merged.rows[key] for key in COUNTS[:3]), merged.not_data + merged.aside]
    sums["result"] = _verdict(page.row + 1, whole)
    page.total(span, sums)
    _read_check(page, merged)
    _states(page, merged.returns)
    hidden = [
        column.label for sheet in merged.form.sheets for column in sheet.columns if column not in shown_columns(sheet)
    ]
    if hidden:
        page.note(text["not_listed"].format(labels="、".join(hidden)))


def _note(one: SheetCount, parts: Mapping[str, int], text: Mapping[str, str]) -> str:
    """What is to be said about a sheet: over how many it is spread, how many of its rows lost a cell."""
    notes = [text["split"].format(count=parts[one.sheet])] if parts[one.sheet] > 1 else []
    notes += [text["lossy"].format(count=one.lossy)] if one.lossy else []
    return "；".join(notes)


def _counted(row: int, title: str, counts: Sequence[int], note: str) -> dict[str, Value]:
    return {"item": title, **dict(zip(COUNTS, counts, strict=True)), "result": _verdict(row, counts), "note": note}


def _verdict(row: int, counts: Sequence[int]) -> Formula:
    common = words().common
    value = common["balanced" if counts[0] == sum(counts[1:]) else "unbalanced"]
    return Formula(f'=IF(B{row}=C{row}+D{row}+E{row},"{common["balanced"]}","{common["unbalanced"]}")', value)


def _read_check(page: Page, merged: Merged) -> None:
    """The rows that the readers counted in the files against the sum of the table above."""
    common, row = words().common, page.row
    counted = sum(one.rows_read for one in merged.returns)
    value = common["balanced" if counted == merged.rows["read"] else "unbalanced"]
    check = Formula(f'=IF(B{row + 1}=B{row},"{common["balanced"]}","{common["unbalanced"]}")', value)
    page.table(
        [
            {
                "item": page.words.words["by_file"],
                "read": counted,
                "merged": None,
                "rejected": None,
                "not_data": None,
                "result": check,
                "note": None,
            }
        ]
    )


def _states(page: Page, returns: Sequence[Return]) -> None:
    """Files by state; the sum of the states against the number of files."""
    text, common = page.words.words, words().common
    page.section(text["files"])
    counts = [(words().states[state], sum(one.state == state for one in returns)) for state in STATES]
    span = page.table(
        [
            {
                "item": label,
                "read": count,
                "merged": None,
                "rejected": None,
                "not_data": None,
                "result": None,
                "note": None,
            }
            for label, count in counts
        ]
    )
    row = page.row + 1
    value = common["balanced" if sum(count for _, count in counts) == len(returns) else "unbalanced"]
    check = Formula(f'=IF(B{row}={len(returns)},"{common["balanced"]}","{common["unbalanced"]}")', value)
    page.total(
        span, {"read": page.sum(span, "read", (count for _, count in counts)), "result": check}, text["files_total"]
    )
