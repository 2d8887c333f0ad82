"""Random rounds: invented units whose returns are twisted at random, checked, and reduced to what a director signs.

A round is made from one number (its seed) and is the same on every machine. `RandomRound` keeps what each unit
fills in as rows, so that a test can change one cell, add an older version, permute rows or files, and check again.
"""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from rounds import Round

from toolkit.checked import Checked
from toolkit.job import campaign_job
from toolkit.model.finding import ERROR, Finding
from toolkit.model.form import Column, Sheet
from toolkit.model.result import WORST_FIRST
from toolkit.model.unit import UnitList
from toolkit.pipeline import check

GARBAGE = (
    "？",
    "见附件",
    "3年",
    "2025-13-45",
    "约10",
    "/",
    "-5",
    "1900-02-30",
    "同上",
    "１２三",
    "#REF!",
    "0000",
    "9" * 19,
)
Rows = dict[str, list[dict[str, object]]]


@dataclass
class Figures:
    """What a run says, in a form that can be compared.

    Args:
        levels: (unit, clause, subject) → the levels of that subject, sorted.
        money: (unit, organisation, name, post, months, due, paid, level) → how often.
        totals: the totals of the allowances.
        findings: (file, code, sheet, cells) → how often.
        errors: the findings at level 错误.
        error: whether the run ends with the exit code of findings.
    """

    levels: dict[tuple[str, str, str], tuple[str, ...]]
    money: Counter
    totals: dict[str, object]
    findings: Counter
    errors: frozenset
    error: bool
    merged: dict[str, int] = field(default_factory=dict)

    def worst(self) -> dict[tuple[str, str], str]:
        """(unit, clause) → the worst level over its subjects."""
        found: dict[tuple[str, str], str] = {}
        for (unit, clause, _), levels in self.levels.items():
            for level in levels:
                before = found.get((unit, clause))
                if before is None or WORST_FIRST.index(level) < WORST_FIRST.index(before):
                    found[unit, clause] = level
        return found

    def dues(self) -> dict[str, Counter]:
        """Unit → how often each amount due stands in its list, those that cannot be determined left out."""
        found: dict[str, Counter] = {}
        for key, n in self.money.items():
            if key[5] is not None:
                found.setdefault(key[0], Counter())[key[5]] += n
        return found


class RandomRound:
    """A collection round made from a seed: 3 to 6 units, one policy, one day of judgement, twisted returns.

    Args:
        folder: an empty folder for the round.
        twists: how many changes a return gets at most.
    """

    def __init__(self, folder: Path, seed: int, *, twists: int = 14) -> None:
        self.rng = Random(f"round/{seed}")
        policy = self.rng.choice(("yizheng-2022", "yunnan-2025"))
        self.round = Round(folder, self.rng.randint(3, 6), policy)
        self.form = self.round.campaign.form
        self.year = self.round.year
        day = self.rng.choice((date(self.year, 6, 30), date(self.year, 12, 31), date(self.year + 1, 1, 15)))
        self.round.day = self.rng.choice((day, day, date(self.year, 1, 1) + timedelta(self.rng.randrange(400))))
        self.units = self.round.units
        self.rows: list[Rows] = []
        self.filled: list = []
        for unit in self.units:
            filled = self.round.returns.story(unit)
            self.filled.append(filled)
            self.rows.append(copy.deepcopy(filled.rows))
        for rows in self.rows:
            for _ in range(self.rng.randrange(twists)):
                self._twist(rows)
        if self.rng.random() < 0.5:
            self._namesakes()

    # -- making ------------------------------------------------------------------------------------------------

    def _twist(self, rows: Rows) -> None:
        """One change somewhere in one return."""
        sheets = [sheet for sheet in self.form.sheets if rows.get(sheet.name)]
        sheet = self.rng.choice([*sheets, *(one for one in sheets if one.name in ("post", "party_org", "event"))])
        found = rows[sheet.name]
        place = self.rng.randrange(len(found))
        kind = self.rng.random()
        if kind < 0.08 and len(found) > 1 and sheet.layout == "table" and not sheet.fixed_rows:
            del found[place]
        else:
            column = self.rng.choice(self._open_columns(sheet))
            found[place] = {**found[place], column.name: self.value(column, found[place].get(column.name))}

    def _open_columns(self, sheet: Sheet) -> list[Column]:
        own = [column for column in sheet.columns if not column.prefilled and not column.hidden]
        return [column for column in own if column.name not in ("fill_date", "unit_code")]

    def value(self, column: Column, before: object) -> object:
        """Another value for a cell: mostly plausible, sometimes blank, sometimes nonsense."""
        rng, kind = self.rng, self.rng.random()
        if kind < 0.12:
            return None
        if kind < 0.17:
            return rng.choice(GARBAGE)
        if column.type == "choice":
            return rng.choice(self.form.choices(column) or ("是",))
        if column.type == "date":
            return (date(self.year, 1, 1) + timedelta(rng.randrange(-900, 420))).isoformat()
        if column.type == "month":
            return f"{rng.randrange(1930, self.year + 1)}.{rng.randrange(1, 13):02d}"
        if column.type in ("integer", "decimal"):
            return rng.choice((0, 1, 3, 12, 100, 300, 3600, rng.randrange(5000)))
        return before if before else rng.choice(("甲", "张伟", "01", "无"))

    def _namesakes(self) -> None:
        """A person with a post in one unit appears with the same name and month of birth in another."""
        with_posts = [number for number, rows in enumerate(self.rows) if rows.get("post")]
        if len(with_posts) < 2:
            return
        one, other = self.rng.sample(with_posts, 2)
        row = self.rng.choice(self.rows[one]["post"])
        mine = self.rows[other]["post"]
        known = self.form.by_name["post"].by_name
        same = {name: row.get(name) for name in ("person_name", "birth_ym") if name in known}
        mine[-1] = {**mine[-1], **same}

    # -- on disk -----------------------------------------------------------------------------------------------

    def put(self, place: int, name: str = "", *, rows: Rows | None = None, day: int = 20) -> Path:
        """Puts the return of a unit into 回收; `rows` instead of its own."""
        given = rows or self.rows[place]
        changes = {sheet: (lambda _, new=new: new) for sheet, new in given.items() if new}
        return self.round.put(place, name, day=day, rows=self._replacing(place, changes))

    def _replacing(self, place: int, changes: Mapping[str, Callable]) -> dict[str, Callable]:
        known = self.round.returns.story(self.units[place]).rows
        return {name: change for name, change in changes.items() if known.get(name)}

    def put_all(self) -> None:
        """Every unit returns its workbook."""
        for place in range(len(self.units)):
            self.put(place)

    def check(self, day: date | None = None, *, shuffled: Random | None = None) -> Checked:
        """Reads, validates, merges; with `shuffled` in another order of units and files."""
        job = campaign_job(self.round.campaign, day or self.round.day)
        if shuffled:
            listed = list(job.units)
            shuffled.shuffle(listed)
            shuffled.shuffle(job.files)
            job.units = UnitList(tuple(listed))
        return check(job)

    def figures(self, day: date | None = None, *, shuffled: Random | None = None) -> Figures:
        """The figures of the round as it lies on disk."""
        return figures(self.check(day, shuffled=shuffled))


def figures(checked: Checked) -> Figures:
    """What a checked round says."""
    report = checked.allowance
    money: Counter = Counter()
    for one in report.persons:
        money[one.unit, one.org, one.name, one.post, one.months, one.due, one.paid, one.level] += 1
    levels: dict[tuple[str, str, str], list[str]] = {}
    for result in checked.compliance.results:
        levels.setdefault((result.unit, result.clause, result.subject), []).append(result.level)
    return Figures(
        levels={key: tuple(sorted(found)) for key, found in levels.items()},
        money=money,
        totals=dict(report.totals),
        findings=Counter(map(_key, checked.findings)),
        errors=frozenset(_key(one) for one in checked.findings if one.severity == ERROR),
        error=checked.has_errors,
        merged=checked.merged.rows,
    )


def _key(one: Finding) -> tuple[str, str, str, tuple[str, ...]]:
    return one.file, one.code, one.sheet, tuple(one.cells)


def broken(rng: random.Random, sheet: Sheet, rows: list[dict[str, object]]) -> tuple[int, str, object]:
    """A cell of a sheet and what breaks it: row, column, value."""
    open_columns = [column for column in sheet.columns if not column.prefilled and not column.hidden]
    column = rng.choice([one for one in open_columns if one.name not in ("fill_date", "unit_code")])
    return rng.randrange(len(rows)), column.name, rng.choice((*GARBAGE, None))


def money_in(figures: Figures) -> Decimal:
    """Everything paid in the rows of the payment list."""
    return sum((key[6] * n for key, n in figures.money.items() if key[6] is not None), Decimal(0))
