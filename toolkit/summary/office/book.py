"""责任清单_{单位}.xlsx: all duties of an office, how far the units are, who falls short, one cell to tick a duty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.drawing.values import Value
from toolkit.model.cell import address, on_sheet
from toolkit.model.figures import AREA, HARD, KINDS, PROVED, SOFT, TOLD, Cell, kind_of
from toolkit.model.privacy import mask_label
from toolkit.model.result import MET, MET_BY_EXCEPTION, NOT_MET, UNDETERMINED, UNSET, WARNING
from toolkit.our_books import plain_label
from toolkit.summary.grouping import action_of
from toolkit.summary.labels import words
from toolkit.summary.misses import fixes, reasons
from toolkit.summary.paper.inputs import field, offer
from toolkit.summary.paper.page import GROUP, Paper, PrintedPage
from toolkit.summary.paper.placed import Placed
from toolkit.summary.paper.specs import BookSpec, PageSpec, book_spec
from toolkit.summary.tasks_book import hidden_meta
from toolkit.summary.unit_lines import UnitLines

if TYPE_CHECKING:
    from toolkit.tasks import Answer
    from toolkit.tasks.offices import Office

SPEC = Path(__file__).with_name("office.yaml")
SHOWN = {"met": (MET, MET_BY_EXCEPTION), "warned": (WARNING,), "failed": (NOT_MET,), "unknown": (UNDETERMINED, UNSET)}
"""Column → the levels that it counts."""
SHORT = (NOT_MET, WARNING)


def spec(page: str) -> PageSpec:
    """A page of the workbook, `duties` or `short`: its words and its tables are what a returned list is read by."""
    return book_spec(SPEC).pages[page]


def heads(page: str) -> dict[str, str]:
    """Key of a column → its heading as a workbook is read."""
    return {one.key: plain_label(one.label) for one in spec(page).tables[page].columns}


@dataclass(frozen=True)
class OfficeBooks:
    """What the lists of a round say.

    Args:
        facts: what the frames print, and where a list has to be sent back to.
        statuses: what an answer may be.
    """

    lines: UnitLines
    facts: Mapping[str, object]
    statuses: Sequence[str]

    @cached_property
    def spec(self) -> BookSpec:
        """The pages, in the words of the policy."""
        common, known = words().common, book_spec(SPEC)
        return known.saying(common["due"], common["due_floor"]) if self.lines.policy.due_is_floor else known

    @cached_property
    def _cells(self) -> dict[str, list[Cell]]:
        """Clause → the cells of units whose return counts and of the area, in the order of the units."""
        found: dict[str, list[Cell]] = {}
        for cell in self.lines.figures.cells.values():
            if cell.unit == AREA or cell.unit in self.lines.figures.counted:
                found.setdefault(cell.clause, []).append(cell)
        return found

    @cached_property
    def _actions(self) -> dict[str, str]:
        return action_of(self.lines.policy)

    def short(self, clause: str) -> list[Cell]:
        """Who falls short of a clause, the worst level first; a tick and a list have nobody who does."""
        own = [one for one in self._cells.get(clause, ()) if one.nature in (HARD, SOFT) and one.level in SHORT]
        return sorted(own, key=lambda one: SHORT.index(one.level))

    def book(
        self, title: str, office: Office, meta: Sequence[tuple[str, str]], answers: Mapping[str, Answer] | None = None
    ) -> bytes:
        """The workbook of an office.

        Args:
            answers: what it has answered so far, by clause.
        """
        book = Paper(title)
        missed = [cell for clause in office.clauses for cell in self.short(clause)]
        facts = {**self.facts, "office": mask_label(office.name), "names": self._names(office), "count": len(missed)}
        duties, short = (book.sheet(self.spec.pages[key], **facts) for key in ("duties", "short"))
        placed = self._duties(duties, office, missed, answers or {})
        listed = self._short(short, missed)
        self._link(duties, placed, short, listed, missed)
        hidden_meta(book, meta)
        return book.close()

    def _names(self, office: Office) -> str:
        said = spec("duties").words
        other = [
            name
            for name in office.names
            if name not in (office.name, *(office.unit.short_names if office.unit else ()))
        ]
        return said["as_named"].format(names=said["join"].join(other)) if other else ""

    # ---- duties --------------------------------------------------------------------------------------------------

    def _duties(
        self, page: PrintedPage, office: Office, missed: Sequence[Cell], answers: Mapping[str, Answer]
    ) -> dict[str, int]:
        """Draws the list; clause → its row."""
        for text in (self._sentence(office, missed), page.words["ask"].format(return_to=self.facts["return_to"])):
            page.para(text)
        field(page, page.words["filled"], "date", self._days, page.words["filled_wrong"])
        records: list[dict[str, Value]] = []
        rows: dict[str, int] = {}
        for number, clause in enumerate(office.clauses, 1):
            group = self._actions[clause]
            if number == 1 or group != self._actions[office.clauses[number - 2]]:
                records.append({GROUP: group})
            rows[clause] = len(records)
            records.append(self._duty(number, clause, answers.get(clause)))
        placed = page.table(page.spec.tables["duties"], records)
        offer(page, placed, {"status": self.statuses, "done_date": self._days})
        page.signature()
        return {clause: placed.first + row for clause, row in rows.items()}

    @property
    def _days(self) -> tuple[date, date]:
        year = int(str(self.facts["year"]))
        return date(year, 1, 1), date(year + 1, 12, 31)

    def _sentence(self, office: Office, missed: Sequence[Cell]) -> str:
        said, natures = spec("duties").words, self.lines.figures.natures
        kinds = Counter(kind_of(natures[clause]) for clause in office.clauses)
        clauses, units = {cell.clause for cell in missed}, {cell.unit for cell in missed}
        counts = {"clauses": len(clauses), "units": len(units), "cells": len(missed)}
        return said["sentence"].format(
            count=len(office.clauses),
            proved=kinds[PROVED],
            told=kinds[TOLD],
            listed=sum(count for kind, count in kinds.items() if kind not in KINDS),
            missed=said["missed"].format(**counts) if missed else said["missed_none"],
        )

    def _duty(self, number: int, clause: str, answer: Answer | None) -> dict[str, Value]:
        said, known = spec("duties").words, self.lines.policy.clauses[clause]
        nature = self.lines.figures.natures[clause]
        levels = Counter(cell.level for cell in self._cells.get(clause, ()))
        counts: dict[str, Value] = {key: sum(levels[level] for level in own) for key, own in SHOWN.items()}
        if nature not in (HARD, SOFT):
            counts = dict.fromkeys(SHOWN, said["nothing"])
        own: dict[str, Value] = {}
        if answer:
            own = {key: getattr(answer, key) or None for key in ("status", "done_date", "evidence", "reason")}
        text = said["text"].format(quote=known.quote, section=known.section)
        return {"no": number, "clause": clause, "text": text, "nature": nature, **counts, **own}

    # ---- who falls short -----------------------------------------------------------------------------------------

    def _short(self, page: PrintedPage, missed: Sequence[Cell]) -> Placed | None:
        if not missed:
            page.para(page.words["none"])
            return None
        placed = page.table(page.spec.tables["short"], [self._missed(page, *one) for one in enumerate(missed, 1)])
        offer(page, placed, {})
        return placed

    def _missed(self, page: PrintedPage, number: int, cell: Cell) -> dict[str, Value]:
        lines = self.lines
        title = page.words["title"].format(title=lines.title(cell.clause), section=lines.section(cell.clause))
        return {
            "no": number,
            "clause": cell.clause,
            "title": title,
            "unit": mask_label(lines.names.get(cell.unit, cell.unit)) if cell.unit else words().common["area"],
            "level": cell.level,
            "reason": mask_label(reasons(cell, rows=False)),
            "remedy": mask_label(fixes(cell)),
        }

    def _link(
        self,
        duties: PrintedPage,
        rows: Mapping[str, int],
        short: PrintedPage,
        listed: Placed | None,
        missed: Sequence[Cell],
    ) -> None:
        """Leads from a number of units to the first of them, and from every one of them back to the duty."""
        if listed is None:
            return
        table, places = duties.spec.tables["duties"], {}
        for number, cell in enumerate(missed):
            row, own = listed.first + number, listed.places["clause"][0]
            short.link(row, own, _inside(duties, rows[cell.clause]), cell.clause, "word")
            places.setdefault((cell.clause, cell.level), row)
        counts = Counter((cell.clause, cell.level) for cell in missed)
        for (clause, level), row in places.items():
            column = table.places["failed" if level == NOT_MET else "warned"][0]
            duties.link(rows[clause], column, _inside(short, row), counts[clause, level], "count")


def _inside(page: PrintedPage, row: int) -> str:
    """Where a row of a page of the same workbook is."""
    return f"internal:{on_sheet(page.raw.name, address(row + 1, 1))}"
