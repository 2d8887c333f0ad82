"""Random workbooks for the parity test, and what the template and Python say of them."""

from __future__ import annotations

import os
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from office import TIME_LIMIT
from parity_values import UNIT, Temper, Values

from toolkit.model.catalogue import entry
from toolkit.model.cell import letters, sheet_name
from toolkit.model.form import Form, Sheet
from toolkit.model.layout import CHECK_GRID, CHECK_SHEET, FIRST_ROW, VERTICAL_FIRST_ROW, cell, nil_cell
from toolkit.model.policy import Policy
from toolkit.model.stamp import Stamp
from toolkit.model.unit import Unit, UnitList
from toolkit.ooxml.filling import set_cells
from toolkit.reading import read_returns
from toolkit.template import build_template
from toolkit.templating import check_cells as states
from toolkit.templating.check_grid import Block, Grid
from toolkit.templating.texts import texts
from toolkit.validating import validate
from validators.arguments import Bound
from validators.excel import bound_to_formula

SEED = int(os.environ.get("XLTOOL_PARITY_SEED", "0"))
TODAY_CELL = "B1"
"""The cell of `_check` with the only TODAY() of the workbook."""
GENERAL = {
    states.BLANK: "COL-001", states.NOT_LISTED: "COL-002", states.LOW: "COL-003", states.HIGH: "COL-004",
    states.LONG: "COL-005", states.NOWHERE: "COL-006", states.DOUBLE: "COL-007",
    states.EARLY: "COL-014",
}  # fmt: skip
NIL = ("NIL-001", "NIL-002", "NIL-003")
UNITS = UnitList((Unit(UNIT, "某某局", "机关", "部门（单位）"),))
_DAY_ZERO = date(1899, 12, 30)


@dataclass
class Kind:
    """Workbooks of one form, judged on one day for one year.

    Args:
        sizes: how many rows the tables get; other tables get `few`, or none at all now and then.
        tempers: one a workbook.
        today: the day of judgement, written over TODAY(); None = TODAY() stays.
        cleared: workbooks from whose printed tables everything was deleted.
        added: rows that somebody added below the printed statistics.
        given: the only cells of the one workbook, instead of random ones: sheet → address → value.
        like: the kind with which it is read and validated: same tables, rules, day and year.
    """

    policy: Policy
    form: Form
    name: str
    today: date | None
    year: int
    tempers: tuple[Temper, ...]
    sizes: dict[str, int] = field(default_factory=dict)
    few: int = 6
    cleared: int = 0
    added: int = 0
    given: dict[str, dict[str, object]] | None = None
    like: str = ""
    books: list[Path] = field(default_factory=list)

    @cached_property
    def grid(self) -> Grid:
        return Grid(self.form, sheet_name(texts().cover["sheet"]))

    @cached_property
    def bound(self) -> dict[str, Bound]:
        """The rules that the template checks, by code."""
        found = ((rule.code, bound_to_formula(rule, self.form)) for rule in self.form.rules)
        return {code: bound for code, bound in found if bound and code in self.codes}

    @cached_property
    def codes(self) -> set[str]:
        return {code for block in self.grid.blocks.values() for code in block.rules}

    def write(self, folder: Path) -> None:
        stamp = Stamp(self.policy.id, self.form.version, year=str(self.year), unit=UNIT, unit_name="某某局")
        template = build_template(self.form, self.policy, stamp)
        for number, temper in enumerate(self.tempers):
            path = folder / f"{self.policy.id}_{self.name}_{number}.xlsx"
            path.write_bytes(set_cells(template, self._dated() | (self.given or self._cells(number, temper))))
            self.books.append(path)

    def _dated(self) -> dict:
        return {CHECK_GRID: {TODAY_CELL: (self.today - _DAY_ZERO).days}} if self.today else {}

    def _cells(self, number: int, temper: Temper) -> dict:
        seed = zlib.crc32(f"{self.name} {number} {SEED}".encode())
        values = Values(self.form, seed, temper, self.today or date.today(), self.year)
        cover = texts().cover["sheet"]
        cells: dict[str, dict] = {cover: {}}
        for sheet in self.form.sheets:
            count = 1 if sheet.layout == "vertical" else len(sheet.fixed_rows) or self.sizes.get(sheet.name, self.few)
            if sheet.nil_allowed and sheet.name not in self.sizes:
                count *= values.random.random() > 0.2
                if values.random.random() < 0.3:
                    cells[cover][nil_cell(self.form.sheets, sheet.name)] = "√"
            gone = sheet.fixed_rows and number < self.cleared
            cells[sheet.label] = dict(_cleared(sheet) if gone else _filled(sheet, count, values))
            if sheet.name == "annual_stat":
                cells[sheet.label] |= dict(_added(sheet, count, self.added, values))
        return cells


def _cleared(sheet: Sheet) -> Iterator[tuple[str, object]]:
    """Somebody deleted what was printed."""
    for index in range(len(sheet.fixed_rows)):
        for column in sheet.names:
            yield cell(sheet, column, index), None


def _filled(sheet: Sheet, count: int, values: Values) -> Iterator[tuple[str, object]]:
    for index in range(count):
        row = values.row(sheet, index) if sheet.fixed_rows or values.random.random() > 0.02 else {}
        printed = sheet.fixed_rows[index].values if sheet.fixed_rows else {}
        keep = {name for name, text in printed.items() if text and values.random.random() > 0.01}
        yield from ((cell(sheet, n, index), v) for n, v in row.items() if v is not None and n not in keep)


def _added(sheet: Sheet, count: int, added: int, values: Values) -> Iterator[tuple[str, object]]:
    for index in range(count, count + added):
        yield cell(sheet, "stat_code", index), values.random.choice(values.named_statistics)
        for name in ("value", "note"):
            yield cell(sheet, name, index), values.cell(sheet, sheet.by_name[name], index)


@dataclass
class Said:
    """What one side says of one workbook.

    Args:
        bad: code → (sheet, row) of rules, (sheet, row, column) of the columns' own checks, sheet of the NIL codes.
        rows: sheet → rows that are data.
        unsure: cells that the template cannot tell, or tells to be no date.
        typed: date cells with a number that is no day, such as a year; of Python, all cells that it could not read.
        judged: rule → rows of which all cells that it looks at are known.
        meant: rule → those of them that its conditions are about.
    """

    bad: dict[str, set] = field(default_factory=lambda: defaultdict(set))
    rows: dict[str, set] = field(default_factory=dict)
    unsure: set = field(default_factory=set)
    typed: set = field(default_factory=set)
    judged: Counter = field(default_factory=Counter)
    meant: Counter = field(default_factory=Counter)


def day_of(pages: dict[str, list[list[str]]]) -> date:
    """The day on which a workbook was calculated."""
    text = pages[CHECK_GRID][0][1]
    return _DAY_ZERO + timedelta(days=int(text)) if text.isdigit() else datetime.strptime(text, "%m/%d/%Y").date()


def template_says(kind: Kind, pages: dict[str, list[list[str]]]) -> Said:
    said, grid = Said(), pages[CHECK_GRID]
    for sheet, block in kind.grid.blocks.items():
        one = block.sheet.layout == "vertical"
        lines = [(0, grid[FIRST_ROW - 1])] if one else list(enumerate(grid, 1))[FIRST_ROW - 1 :]
        lines = [(row, line) for row, line in lines if line[block.data - 1] == "1"]
        said.rows[sheet] = {row for row, _ in lines}
        for row, line in lines:
            for index, column in enumerate(block.sheet.names):
                state = line[block.first - 1 + index]
                if state == str(states.UNSURE):
                    said.unsure.add((sheet, row, column))
                elif state == str(states.TYPED):
                    said.unsure.add((sheet, row, column))
                    said.typed.add((sheet, row, column))
                elif int(state) in GENERAL:
                    said.bad[GENERAL[int(state)]].add((sheet, row, column))
            for code, (_, place) in block.rules.items():
                if line[place - 1] == "1":
                    said.bad[code].add((sheet, row))
                _count(said, code, kind, block, line)
    listed = pages[CHECK_SHEET][next(n for n, line in enumerate(pages[CHECK_SHEET]) if line[0] == "全部检查项目") + 2 :]
    for code in NIL:
        lines = [line for line in listed if line[4] == entry(code).message.replace("{count}", "…") and line[2] == "1"]
        labels = {line[0] for line in lines}
        said.bad[code] = {sheet.name for sheet in kind.form.sheets if sheet.label in labels}
    errors = sum(int(line[2]) for line in listed if line[1] == "错误")
    others = sum(int(line[2]) for line in listed if line[1] in ("疑问", "请核对"))
    words = "还有{}处问题" if errors else "可以上报（另有{}处" if others else "可以上报"
    for page, row in ((CHECK_SHEET, 2), (texts().cover["sheet"], 10)):
        assert pages[page][row - 1][0].startswith(words.format(errors or others))
    return said


def _count(said: Said, code: str, kind: Kind, block: Block, line: list[str]) -> None:
    bound = kind.bound[code]

    def state(name: str) -> int:
        return int(line[block.state(name) - 1])

    def meaning(name: str) -> str:
        return line[block.state(name) + block.width - 1]

    asks = bound.rule.check == "required"
    if not asks and any(state(name) >= states.UNKNOWN for name in bound.touched if name in block.sheet.by_name):
        return
    said.judged[code] += 1
    for condition in bound.args.get("when", ()):
        held = [meaning(name) for name in condition.columns]
        if condition.mode == "in":
            holds = any(value in condition.values for value in held)
        elif condition.mode == "not":
            holds = any(value and value not in condition.values for value in held)
        else:
            holds = any((value == "") == (condition.mode == "empty") for value in held)
        if not holds:
            return
    said.meant[code] += not once_a_workbook(bound) or _is_about(bound, kind.form, meaning("stat_code"))


def once_a_workbook(bound: Bound) -> bool:
    """Whether the rule is about statistics that it names: a few cells a workbook."""
    return bool(_named(bound))


def _named(bound: Bound) -> list[str]:
    names = [bound.args[name] for name in ("stat", "total") if name in bound.args]
    return [*names, *bound.args.get("parts", ()), *bound.args.get("keys", ())]


def _is_about(bound: Bound, form: Form, code: str) -> bool:
    rows, names = form.by_name["annual_stat"].fixed_rows, _named(bound)
    return code in [row.key for row in rows if row.values["stat_key"] in names]


def python_says(kinds: list[Kind], today: date) -> dict[Path, Said]:
    """What Python says of workbooks of one form, by path."""
    kind, paths = kinds[0], [path for kind in kinds for path in kind.books]
    batch = read_returns([(path.name, path) for path in paths], kind.form, UNITS, workers=1, timeout=TIME_LIMIT)
    verdict = validate(batch, as_of=today, year=kind.year, policy=kind.policy, cap=10**9)
    rules = {rule.code for rule in kind.form.rules}
    labels = {sheet.label: sheet for sheet in kind.form.sheets}
    places = {letters(number): number for number in range(1, 60)}
    found = {path.name: Said() for path in paths}
    for ret, path in zip(batch.returns, paths, strict=True):
        tables = batch.tables.items()
        found[path.name].rows = {s: set(frame.loc[frame["_return"] == ret.index, "_row"]) for s, frame in tables}
    for sheet, problems in batch.problem_cells.items():
        for index, row, column in problems:
            found[paths[index].name].typed.add((sheet, row, column))
    for finding in verdict.findings:
        said, sheet = found.get(finding.file), labels.get(finding.sheet)
        if said is None or sheet is None:
            continue
        if finding.code in NIL:
            said.bad[finding.code].add(sheet.name)
        for address in finding.cells:
            letter, row = address.rstrip("0123456789"), int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
            place = row - VERTICAL_FIRST_ROW + 1 if sheet.layout == "vertical" else places[letter]
            row = 0 if sheet.layout == "vertical" else row
            at = (sheet.name, row) if finding.code in rules else (sheet.name, row, sheet.names[place - 1])
            said.bad[finding.code].add(at)
    return {path: found[path.name] for path in paths}
