"""Where the pages of 综合汇总 lead: the number of a unit or a clause to its line in 达标情况.xlsx, which leads on.

Numbers, not names: LibreOffice breaks no lines in a text that leads somewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.drawing.values import Link, Value
from toolkit.model.cell import on_sheet
from toolkit.summary.compliance_book import OverviewRows


@dataclass(frozen=True)
class Ways:
    """Links of the pages; without a file nothing is linked.

    Args:
        file: 达标情况.xlsx as seen from 综合汇总.xlsx; rows: where its lines stand.
    """

    file: str = ""
    rows: OverviewRows | None = None

    def unit(self, text: Value, code: str) -> Value:
        """A value that leads to the line of a unit in 单位总览."""
        return self._link(text, self.rows.unit_sheet, self.rows.units.get(code)) if self.rows else text

    def clause(self, text: Value, code: str) -> Value:
        """A value that leads to the line of a clause in 条款总览."""
        return self._link(text, self.rows.clause_sheet, self.rows.clauses.get(code)) if self.rows else text

    def _link(self, text: Value, sheet: str, row: int | None) -> Value:
        if not self.file or row is None or text in (None, ""):
            return text
        return Link(text, f"external:{self.file}#{on_sheet(sheet, f'A{row}')}")
