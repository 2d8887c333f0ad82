"""单位一页纸.xlsx: what a round says of each unit, one printed page a unit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from statistics import median

from toolkit.drawing.values import Value
from toolkit.model.figures import HARD, SOFT, Cell, Share
from toolkit.model.privacy import mask_label, mask_name
from toolkit.model.result import NOT_MET, UNDETERMINED, WARNING, PersonAllowance
from toolkit.summary.labels import words
from toolkit.summary.last_year import LastYear
from toolkit.summary.misses import fixes, reasons
from toolkit.summary.own_words import OwnWords
from toolkit.summary.paper.fitting import height
from toolkit.summary.paper.page import SECTION, SIGNED, SKIP, SMALL, Paper, PrintedPage
from toolkit.summary.paper.specs import BookSpec, TableSpec, book_spec
from toolkit.summary.paper.tiles import tiles
from toolkit.summary.unit_lines import FULL, NOT_DUE, PAID, UnitLine, UnitLines, paid_state
from toolkit.summary.unit_page.sheet_names import sheet_names
from toolkit.summary.wording import spans

SPEC = Path(__file__).with_name("unit_page.yaml")
PERSONS, ALL_WELL, STEPS = 3, 5, 4
"""Rows of the payment list that a page names at most, where something is missed and where nothing is; steps."""
TALL = 60.0
REST, FEW = 2, 4
"""Lines that name what the page has no room for, and of a text where there is no room for a whole one."""
LEAST = SECTION + 26.0 + height(FEW, SMALL) + height(REST, SMALL)
"""Points that one requirement takes at least, with the heads above it and what is said of the others."""
NATURES, LEVELS = (HARD, SOFT), (NOT_MET, WARNING, UNDETERMINED)
COMPARED = ("hard", "orgs", "members", "due", "paid")
MONEY = ("due", "paid")


@dataclass(frozen=True)
class ToDo:
    """What a unit is asked to put right.

    Args:
        count: of problems; steps: what to do, and in which cells.
    """

    count: int
    steps: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class UnitPages:
    """What the pages say.

    Args:
        todo: unit code → what is to be put right.
        facts: what the frames of the pages print.
        before: what the round before printed; None = nobody knows.
    """

    lines: UnitLines
    todo: Mapping[str, ToDo]
    facts: Mapping[str, object]
    before: LastYear | None = None

    @cached_property
    def spec(self) -> BookSpec:
        """The page, in the words of the policy."""
        common, known = words().common, book_spec(SPEC)
        return known.saying(common["due"], common["due_floor"]) if self.lines.policy.due_is_floor else known

    @cached_property
    def said(self) -> Mapping[str, str]:
        """The words of the page."""
        return self.spec.pages["unit"].words

    def book(self, title: str, codes: Collection[str]) -> bytes:
        """The workbook with the pages of some units, in the order of the list."""
        book = Paper(title)
        names = sheet_names({one.code: one.short for one in self.lines.all.values()})
        for one in self.lines.all.values():
            if one.code in codes:
                page = book.sheet(self.spec.pages["unit"], names[one.code], unit=mask_label(one.name), **self.facts)
                self._draw(page, one)
        return book.close()

    def _draw(self, page: PrintedPage, one: UnitLine) -> None:
        tiles(page, self._values(one), **self._beside(one))
        page.skip()
        steps, end, missed = self._steps(one), self.said["end"], self._missed(one)
        around = 3 * SKIP + page.para_height(end, SMALL) + SIGNED + steps.height(page)
        for most in range(PERSONS if missed else ALL_WELL, 0, -1):
            payments = self._payments(one, most)
            below = around + payments.height(page)
            if not missed or page.left() - below >= LEAST:
                break
        rows = self._breaches(page, one, below) if one.figures.counted else self._waiting(page, one)
        for part in (payments, steps):
            page.skip()
            part.draw(page)
        page.skip()
        page.para(end, SMALL)
        page.signature()
        page.stretch(rows, TALL)

    # ---- figures -------------------------------------------------------------------------------------------------

    def _values(self, one: UnitLine) -> dict[str, Value]:
        none, figures = self.said["nothing"], one.figures
        counted = {"hard": figures.hard, "orgs": one.orgs, "members": one.members}
        return {
            "overall": figures.overall,
            "proved": _rate(figures.proved, none),
            "told": _rate(figures.told, none),
            **{key: value if figures.counted and value is not None else none for key, value in counted.items()},
            **{key: getattr(one, key) if figures.counted else none for key in MONEY},
        }

    def _beside(self, one: UnitLine) -> dict[str, object]:
        """What stands below the figures: last year, where it is known, else the median of the units that count."""
        said, figures = self.said, one.figures
        known = self.before.units.get(one.code) if self.before else None
        found: dict[str, object] = {
            "sentence": mask_label(one.sentence),
            "share": said["share"].format(met=figures.proved.met, asked=figures.proved.asked)
            if figures.counted
            else "",
        }
        for key in (*COMPARED, "proved", "told"):
            if known is not None and (ago := _ago(known, key)) is not None:
                label = said["last_year" if self._is_last_year else "earlier"]
                found[f"beside_{key}"] = label.format(year=self.before.year if self.before else "", value=ago)
            else:
                found[f"beside_{key}"] = said["median"].format(value=self._medians[key] or said["nothing"])
        return found

    @property
    def _is_last_year(self) -> bool:
        return self.before is not None and self.before.year == self.lines.allowance.year - 1

    @cached_property
    def _medians(self) -> dict[str, str]:
        own = [one for one in self.lines.all.values() if one.figures.counted]
        found: dict[str, str] = {}
        for key in ("orgs", "members", *MONEY):
            found[key] = _median([getattr(one, key) for one in own if getattr(one, key) is not None], key)
        found["hard"] = _median([one.figures.hard for one in own], "hard")
        for key in ("proved", "told"):
            shares: list[Share] = [getattr(one.figures, key) for one in own]
            rates = [Decimal(share.met) / share.asked for share in shares if share.asked]
            found[key] = f"{median(rates):.1%}" if rates else ""
        return found

    # ---- requirements --------------------------------------------------------------------------------------------

    def _missed(self, one: UnitLine) -> list[Cell]:
        """The cells that are not met, hard ones first, the worst level first."""
        own = [cell for (unit, _), cell in self.lines.figures.cells.items() if unit == one.code]
        found = [cell for cell in own if cell.nature in NATURES and cell.level in LEVELS]
        return sorted(found, key=lambda cell: (NATURES.index(cell.nature), LEVELS.index(cell.level)))

    def _waiting(self, page: PrintedPage, one: UnitLine) -> range:
        page.section(self.said["waiting"])
        page.para(self.said[one.figures.overall])
        return range(0)

    def _breaches(self, page: PrintedPage, one: UnitLine, below: float) -> range:
        said, figures, missed = self.said, one.figures, self._missed(one)
        untold = figures.told.asked - figures.told.met
        ticks = said["ticks"].format(count=untold) if untold else ""
        if not missed:
            page.section(said["no_breaches"] + ticks)
            return range(0)
        others = len(missed) - figures.hard
        page.section(said["breaches"].format(hard=figures.hard, others=others, ticks=ticks))
        table = page.spec.tables["breaches"]
        records = [self._breach(number, cell) for number, cell in enumerate(missed, 1)]
        note = height(REST, SMALL)
        if not page.fitting(table, records, below + note):
            table = _short(table)
        shown = page.fitting(table, records, below)
        shown = shown if shown == len(records) else max(1, page.fitting(table, records, below + note))
        placed = page.table(table, records[:shown])
        if left := missed[shown:]:
            names = words().said["join"].join(dict.fromkeys(self.lines.title(cell.clause) for cell in left))
            page.para(said["rest"].format(count=len(left), names=names), SMALL, REST)
        return placed.rows

    def _breach(self, number: int, cell: Cell) -> dict[str, Value]:
        said, may_say = self.said, partial(self.own.of, code=cell.unit)
        reason = reasons(cell, may_say)
        clause = said["clause"].format(title=self.lines.title(cell.clause), section=self.lines.section(cell.clause))
        nature = said["nature"].format(nature=cell.nature, level=cell.level)
        remedy = mask_label(fixes(cell, may_say))
        return {"no": number, "clause": clause, "nature": nature, "reason": mask_label(reason), "remedy": remedy}

    @cached_property
    def own(self) -> OwnWords:
        """What may be said to a unit."""
        return OwnWords(self.lines.dataset.units, self.said["of_others"])

    # ---- money and what is to be put right -----------------------------------------------------------------------

    def _payments(self, one: UnitLine, most: int) -> Part:
        said, own = self.said, sorted(self.lines.persons.get(one.code, ()), key=self._doubt)
        if not own:
            return Part(said["no_payments"])
        records = [self._payment(number, row) for number, row in enumerate(own[:most], 1)]
        sums: dict[str, Value] = {"gap": one.due - one.paid}
        if len(own) <= most:
            return Part(said["payments"].format(count=len(own)), "payments", records, sums)
        more = said["more_payments"].format(shown=most, count=len(own))
        sums |= {"due": one.due, "paid": one.paid}
        return Part(said["payments"].format(count=len(own)), "payments", records, sums, more)

    def _doubt(self, row: PersonAllowance) -> int:
        """Rows with something to settle first, in the order of the list."""
        state = paid_state(row, floor=self.lines.policy.due_is_floor)
        return len(PAID) - PAID.index(state) if state not in (FULL, NOT_DUE) else len(PAID) + 1

    def _payment(self, number: int, row: PersonAllowance) -> dict[str, Value]:
        months = spans([month for month, _ in row.monthly]).replace(f"{self.lines.allowance.year}.", "")
        return {
            "no": number,
            "name": mask_name(row.name),
            "post": row.post,
            "period": self.said["period"].format(months=months) if months else self.said["nothing"],
            "months": f"{row.months.normalize():f}",
            "due": row.due,
            "paid": row.paid,
            "gap": (row.due or Decimal(0)) - (row.paid or Decimal(0)),
            "level": row.level,
        }

    def _steps(self, one: UnitLine) -> Part:
        said, todo = self.said, self.todo.get(one.code)
        if todo is None or not todo.steps:
            return Part(said["no_steps"])
        records: list[dict[str, Value]] = [
            {"no": number, "action": mask_label(self.own.of(action, one.code)), "cells": cells}
            for number, (action, cells) in enumerate(todo.steps[:STEPS], 1)
        ]
        more = len(todo.steps) - STEPS
        note = said["more_steps"].format(count=more) if more > 0 else ""
        return Part(said["steps"].format(count=todo.count), "steps", records, note=note)


@dataclass(frozen=True)
class Part:
    """A part of the page: heading, table, a note; without records only the heading."""

    heading: str
    table: str = ""
    records: Sequence[Mapping[str, Value]] = ()
    sums: Mapping[str, Value] = field(default_factory=dict)
    note: str = ""

    def height(self, page: PrintedPage) -> float:
        """Points that it takes."""
        table = page.height_of(page.spec.tables[self.table], self.records) if self.records else 0.0
        return SECTION + table + (page.para_height(self.note, SMALL) if self.note else 0.0)

    def draw(self, page: PrintedPage) -> None:
        """Draws it."""
        page.section(self.heading)
        if self.records:
            page.table(page.spec.tables[self.table], self.records, self.sums)
        if self.note:
            page.para(self.note, SMALL)


def _short(table: TableSpec) -> TableSpec:
    """The same table with texts of few lines, where the page has no room for a whole one."""
    return replace(table, columns=tuple(replace(one, lines=min(one.lines, FEW)) for one in table.columns))


def _rate(share: Share, none: str) -> Value:
    return none if share.rate is None else share.rate


def _ago(known: Mapping[str, Decimal], key: str) -> str | None:
    """A figure of the round before, as it is printed; None = it is not known."""
    if key in ("proved", "told"):
        prefix = "" if key == "proved" else "told_"
        asked_before = known.get(f"{prefix}asked")
        return f"{known.get(f'{prefix}met', Decimal(0)) / asked_before:.1%}" if asked_before else None
    return None if key not in known else _number(known[key], key)


def _median(values: list, key: str) -> str:
    return _number(Decimal(median(values)), key) if values else ""


def _number(value: Decimal, key: str) -> str:
    return f"{value:,.2f}" if key in MONEY else f"{value.normalize():,f}"
