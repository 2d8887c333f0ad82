"""From a figure to its rows: links to the row in the returned file, and to the merged one in 汇总数据."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.drawing.values import Link, Value
from toolkit.links import away
from toolkit.model.cell import on_sheet
from toolkit.model.privacy import mask
from toolkit.summary import long_sheet
from toolkit.words import words

if TYPE_CHECKING:
    from toolkit.checked import Checked
    from toolkit.model.batch import Return
    from toolkit.model.merged import Merged
    from toolkit.model.rows import Evidence

_BELOW_HEADER = 2
"""The first row of a sheet of 汇总数据 below its header, as Excel counts."""
_APART = "#"
"""What parts file and cell in a link, so that a file with it in its name has none."""


class Places:
    """Where the rows lie that figures rest on, as seen from an output.

    Args:
        folder: that of the output.
        merged: what was read and merged; None = nothing is linked.
        book: 汇总数据.xlsx, when it is written with the output.
    """

    def __init__(self, folder: Path = Path(), merged: Merged | None = None, book: Path | None = None) -> None:
        self._folder, self._merged, self._book = folder, merged, book

    @classmethod
    def beside(cls, checked: Checked, path: Path) -> Places:
        """The rows behind an output: in the returned files and, of a round, in 汇总数据 beside it."""
        campaign, merged = checked.job.campaign, path.with_name(words()["files"]["merged"])
        return cls(path.parent, checked.merged, merged if campaign and path.parent == campaign.output else None)

    @cached_property
    def _returns(self) -> Mapping[str, Return]:
        return {one.file: one for one in self._merged.returns} if self._merged else {}

    @cached_property
    def _targets(self) -> dict[str, str]:
        """File → how it is linked, filled in as they are asked for."""
        return {}

    @cached_property
    def _rows(self) -> dict[tuple[str, str, int], int]:
        """(file, title of the sheet, its row) → place among the rows of the sheet in 汇总数据, from 0."""
        found: dict[tuple[str, str, int], int] = {}
        for sheet in self._merged.form.sheets if self._merged else ():
            frame = self._merged.tables[sheet.name]
            for at, (source, row) in enumerate(zip(frame["_return"].tolist(), frame["_row"].tolist(), strict=True)):
                found[self._files.get(source, ""), sheet.label, int(row or 0)] = at
        return found

    @cached_property
    def _names(self) -> dict[str, str]:
        return {sheet.label: sheet.name for sheet in self._merged.form.sheets} if self._merged else {}

    @cached_property
    def _files(self) -> dict[int, str]:
        return {one.index: one.file for one in self._returns.values()}

    def returned(self, text: Value, row: Evidence | None) -> Value:
        """A value that leads to a row of a returned file; the value alone where there is none to lead to."""
        if row is None or (item := self._returns.get(row.file)) is None or text in (None, ""):
            return text
        if row.file not in self._targets:
            self._targets[row.file] = away(item.path, self._folder)
        target = self._targets[row.file]
        if not target or _APART in target:
            return text
        located = item.located.get(self._names.get(row.sheet, ""))
        title = located.title if located else row.sheet
        if item.member or not row.row or mask(title, typed=True) != title:
            return Link(text, f"external:{target}")
        return Link(text, f"external:{target}{_APART}{on_sheet(title, f'A{row.row}')}")

    def merged(self, text: Value, row: Evidence | None) -> Value:
        """A value that leads to a row of 汇总数据; the value alone where the row was not merged."""
        if self._book is None or row is None or text in (None, ""):
            return text
        at = self._rows.get((row.file, row.sheet, row.row))
        target = away(self._book, self._folder, [self._book])
        if at is None or not target or _APART in target:
            return text
        part, at = divmod(at, long_sheet.SHEET_ROWS - 1)
        cell = on_sheet(long_sheet.numbered(row.sheet, part + 1), f"A{at + _BELOW_HEADER}")
        return Link(text, f"external:{target}{_APART}{cell}")
