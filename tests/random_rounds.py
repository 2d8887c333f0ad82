"""Random rounds: invented units whose returns are twisted at random, checked, and reduced to what a director signs.

A round is made from one number (its seed) and is the same on every machine. `RandomRound` keeps what each unit
fills in as rows, so that a test can change one cell, add an older version, permute rows or files, and check again.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from random import Random

from breaking import Break
from rounds import Round

from toolkit.checked import Checked
from toolkit.job import campaign_job
from toolkit.model import layout
from toolkit.model.cell import row_of
from toolkit.model.finding import ERROR, Finding
from toolkit.model.form import Column, Sheet
from toolkit.model.result import worst
from toolkit.model.unit import UnitList
from toolkit.pipeline import check
from toolkit.policy_tools.uses import scalars

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
        due: (file, Excel row) of a post → amount due.
        reasons: (unit, clause) → subjects with level and reason.
    """

    levels: dict[tuple[str, str, str], tuple[str, ...]]
    money: Counter
    totals: dict[str, object]
    findings: Counter
    errors: frozenset
    error: bool
    due: dict[tuple[str, int], Decimal | None]
    reasons: dict[tuple[str, str], list[str]]

    def worst(self) -> dict[tuple[str, str], str]:
        """(unit, clause) → the worst level over its subjects."""
        found: dict[tuple[str, str], list[str]] = {}
        for (unit, clause, _), levels in self.levels.items():
            found.setdefault((unit, clause), []).extend(levels)
        return {key: worst(levels) for key, levels in found.items()}

    def said(self, unit: str, clause: str) -> str:
        """Subjects, levels and reasons of a unit under a clause."""
        return " | ".join(self.reasons.get((unit, clause), ()))


class RandomRound:
    """A collection round made from a seed: 3 to 6 units, one policy, one day of judgement, twisted returns.

    Args:
        folder: an empty folder for the round.
        twists: how many changes a return gets at most.
    """

    def __init__(self, folder: Path, seed: int, *, twists: int = 14) -> None:
        self.seed, self.rng = seed, Random(f"round/{seed}")
        policy = self.rng.choice(("yizheng-2022", "yunnan-2025"))
        self.round = Round(folder, self.rng.randint(3, 6), policy, seed=seed)
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
                self.twist(rows, self.rng)
        if self.rng.random() < 0.5:
            self._namesakes()

    def chance(self, use: str) -> Random:
        """The numbers of one test, whatever other tests have drawn."""
        return Random(f"round/{self.seed}/{use}")

    # -- making ------------------------------------------------------------------------------------------------

    def twist(self, rows: Rows, rng: Random) -> None:
        """One change somewhere in one return."""
        sheets = [sheet for sheet in self.form.sheets if rows.get(sheet.name)]
        sheet = rng.choice([*sheets, *(one for one in sheets if one.name in ("post", "party_org", "event"))])
        found = rows[sheet.name]
        place = rng.randrange(len(found))
        kind = rng.random()
        if kind < 0.08 and len(found) > 1 and sheet.layout == "table" and not sheet.fixed_rows:
            del found[place]
        else:
            column = rng.choice(self._open_columns(sheet))
            found[place] = {**found[place], column.name: self._value(column, found[place].get(column.name), rng)}

    def _open_columns(self, sheet: Sheet) -> list[Column]:
        own = [column for column in sheet.columns if not column.prefilled and not column.hidden]
        return [column for column in own if column.name not in ("fill_date", "unit_code")]

    def _value(self, column: Column, before: object, rng: Random) -> object:
        """Another value for a cell: mostly plausible, sometimes blank, sometimes nonsense."""
        kind = rng.random()
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

    @cached_property
    def checked(self) -> Checked:
        """The round as its units have filled it in."""
        return self.check()

    @cached_property
    def whole(self) -> Figures:
        """Its figures."""
        return figures(self.checked)

    def broken(self, breaks: Sequence[Break]) -> tuple[Figures, list[Break]]:
        """The figures with some cells broken, and those of them that are said to be wrong; the files are put back.

        A cell that was wrong before, or with which a wrong one was compared, is not one that is broken now: what is
        made of it may end the contradiction.
        """
        files = {one: self._put_broken(place, own) for place, own in _by_place(breaks).items() for one in own}
        checked = self.check()
        found = figures(checked)
        old, new = (
            {(file, sheet, cell) for file, _, sheet, cells in errors for cell in cells}
            for errors in (self.whole.errors, found.errors - self.whole.errors)
        )
        returns = {item.file: item for item in checked.batch.returns}
        old |= set(self._compared(checked, returns))
        said = []
        for one, file in files.items():
            sheet = self.form.by_name[one.sheet]
            index, row = returns[file].index, 0 if sheet.layout == "vertical" else layout.FIRST_ROW + one.at
            cells = checked.batch.cells(index, one.sheet, (one.column,), row)
            said += [one] if any((file, sheet.label, cell) in new - old for cell in cells) else []
        for place in _by_place(breaks):
            self.put(place)
        return found, said

    def _compared(self, checked: Checked, returns: Mapping) -> Iterator[tuple[str, str, str]]:
        """The cells of a row on which a rule rests that says 错误 of the row, as (file, title of the sheet, cell)."""
        rules = {rule.code: rule for rule in self.form.rules}
        for file, code, title, cells in self.whole.errors:
            rule = rules.get(code)
            for cell in cells if rule and file in returns else ():
                sheet = self.form.by_name[rule.sheet]
                names = {*rule.at, *scalars(rule.args)} & {*sheet.names}
                row = 0 if sheet.layout == "vertical" else row_of(cell)
                for beside in checked.batch.cells(returns[file].index, rule.sheet, tuple(names), row):
                    yield file, title, beside

    def _put_broken(self, place: int, breaks: Sequence[Break]) -> str:
        rows = copy.deepcopy(self.rows[place])
        for one in breaks:
            rows[one.sheet][one.at] |= {one.column: one.value}
        return self.put(place, rows=rows).name

    def figures(self, day: date | None = None, *, shuffled: Random | None = None) -> Figures:
        """The figures of the round as it lies on disk."""
        return figures(self.check(day, shuffled=shuffled))


def as_on(sheet: Sheet, row: Mapping[str, object], day: date) -> dict[str, object]:
    """A record as it was on a day: empty when it began later, without an end that came later."""
    start, end = _day(row.get(sheet.since)), _day(row.get(sheet.until))
    if start and start > day:
        return {}
    return {**row, sheet.until: None} if end and end > day else dict(row)


def _day(value: object) -> date | None:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None


def _by_place(breaks: Iterable[Break]) -> dict[int, list[Break]]:
    found: dict[int, list[Break]] = {}
    for one in breaks:
        found.setdefault(one.place, []).append(one)
    return found


def figures(checked: Checked) -> Figures:
    """What a checked round says."""
    report = checked.allowance
    money: Counter = Counter()
    for one in report.persons:
        money[one.unit, one.org, one.name, one.post, one.months, one.due, one.paid, one.level] += 1
    levels: dict[tuple[str, str, str], list[str]] = {}
    reasons: dict[tuple[str, str], list[str]] = {}
    for result in checked.compliance.results:
        levels.setdefault((result.unit, result.clause, result.subject), []).append(result.level)
        reasons.setdefault((result.unit, result.clause), []).append(f"{result.subject} {result.level} {result.reason}")
    return Figures(
        levels={key: tuple(sorted(found)) for key, found in levels.items()},
        money=money,
        totals=dict(report.totals),
        findings=Counter(map(_key, checked.findings)),
        errors=frozenset(_key(one) for one in checked.findings if one.severity == ERROR),
        error=checked.has_errors,
        due={(one.evidence[0].file, one.evidence[0].row): one.due for one in report.persons},
        reasons=reasons,
    )


def _key(one: Finding) -> tuple[str, str, str, tuple[str, ...]]:
    return one.file, one.code, one.sheet, tuple(one.cells)
