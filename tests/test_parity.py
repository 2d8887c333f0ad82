"""The template and Python say the same of every cell: random forms, recalculated in LibreOffice, read and validated.

What the random cells are drawn from, and what is left out, stands in `parity_values.py`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import pytest
from office import needs_office, sheets_of
from parity_values import UNIT, YEAR, Values, roomy

from toolkit.campaign import SWITCHES
from toolkit.forms import load_form
from toolkit.model.catalogue import entry
from toolkit.model.form import Form
from toolkit.model.layout import CHECK_GRID, CHECK_SHEET, FIRST_ROW, VERTICAL_FIRST_ROW, cell, letters, nil_cell
from toolkit.model.policy import Policy
from toolkit.model.stamp import Stamp
from toolkit.model.unit import Unit, UnitList
from toolkit.package import set_cells
from toolkit.policies import load_policy
from toolkit.reading import read_returns
from toolkit.template import build_template
from toolkit.templating import check_cells as states
from toolkit.templating.check_grid import Grid, sheet_name
from toolkit.templating.texts import texts
from toolkit.validating import validate

THIRD = Path(__file__).parent / "third_policy" / "haiqing-2026"
GENERAL = {
    states.BLANK: "COL-001", states.NOT_LISTED: "COL-002", states.LOW: "COL-003", states.HIGH: "COL-004",
    states.LONG: "COL-005", states.NOWHERE: "COL-006", states.DOUBLE: "COL-007",
}  # fmt: skip
NIL = ("NIL-001", "NIL-002", "NIL-003")
UNITS = UnitList((Unit(UNIT, "某某局", "机关", "部门（单位）"),))
MANY, SOME, FEW = 205, 42, 6


@dataclass
class Kind:
    """Workbooks of one form and year: how many rows their tables get, and how many cells only the reader can tell."""

    policy: Policy
    form: Form
    name: str
    sizes: dict[str, int]
    count: int = 1
    year: int = YEAR
    unsure: float = 0.0
    books: list[Path] = field(default_factory=list)

    @cached_property
    def grid(self) -> Grid:
        return Grid(self.form, sheet_name(texts().cover["sheet"]))

    def write(self, folder: Path) -> None:
        stamp = Stamp(self.policy.id, self.form.version, year=str(self.year), unit=UNIT, unit_name="某某局")
        template = build_template(self.form, self.policy, stamp)
        for number in range(self.count):
            path = folder / f"{self.policy.id}_{self.name}_{number}.xlsx"
            path.write_bytes(set_cells(template, self._cells(number)))
            self.books.append(path)

    def _cells(self, number: int) -> dict:
        values = Values(self.form, len(self.name) * 1000 + number, self.unsure)
        cells: dict[str, dict] = {texts().cover["sheet"]: {}}
        for sheet in self.form.sheets:
            count = 1 if sheet.layout == "vertical" else len(sheet.fixed_rows) or self.sizes.get(sheet.name, FEW)
            if sheet.nil_allowed and count == FEW:
                count *= values.random.random() > 0.2
                if values.random.random() < 0.3:
                    cells[texts().cover["sheet"]][nil_cell(self.form.sheets, sheet.name)] = "√"
            page = cells[sheet.label] = {}
            for index in range(count):
                row = values.row(sheet, index) if sheet.fixed_rows or values.random.random() > 0.02 else {}
                printed = sheet.fixed_rows[index].values if sheet.fixed_rows else {}
                keep = {name for name, text in printed.items() if text and values.random.random() > 0.01}
                page |= {cell(sheet, n, index): v for n, v in row.items() if v is not None and n not in keep}
        return cells


@dataclass
class Said:
    """What one side says of one workbook.

    Args:
        bad: code → (sheet, row) of rules, (sheet, row, column) of the columns' own checks, sheet of the NIL codes.
        rows: sheet → rows that are data.
        unsure: cells that the template cannot tell.
    """

    bad: dict[str, set] = field(default_factory=lambda: defaultdict(set))
    rows: dict[str, set] = field(default_factory=dict)
    unsure: set = field(default_factory=set)


def template_says(kind: Kind, pages: dict[str, list[list[str]]]) -> Said:
    said, grid, counts = Said(), pages[CHECK_GRID], Counter()
    for sheet, block in kind.grid.blocks.items():
        one = block.sheet.layout == "vertical"
        lines = [(0, grid[FIRST_ROW - 1])] if one else list(enumerate(grid, 1))[FIRST_ROW - 1 :]
        said.rows[sheet] = {row for row, line in lines if line[block.data - 1] == "1"}
        for row, line in lines:
            for index, column in enumerate(block.sheet.names):
                state = line[block.first - 1 + index]
                if state == str(states.UNSURE):
                    said.unsure.add((sheet, row, column))
                elif state.isdigit() and int(state) in GENERAL:
                    said.bad[GENERAL[int(state)]].add((sheet, row, column))
            for code, (_, place) in block.rules.items():
                if line[place - 1] == "1":
                    said.bad[code].add((sheet, row))
                    counts[block.sheet.label, code] += 1
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


def python_says(kind: Kind) -> dict[Path, Said]:
    batch = read_returns([(path.name, path) for path in kind.books], kind.form, UNITS, workers=1)
    verdict = validate(batch, as_of=date.today(), year=kind.year, policy=kind.policy, cap=10**9)
    rules = {rule.code for rule in kind.form.rules}
    labels = {sheet.label: sheet for sheet in kind.form.sheets}
    found = {}
    for ret, path in zip(batch.returns, kind.books, strict=True):
        said = found[path] = Said()
        said.rows = {s: set(frame.loc[frame["_return"] == ret.index, "_row"]) for s, frame in batch.tables.items()}
        for finding in verdict.findings:
            if finding.file != ret.file or finding.sheet not in labels:
                continue
            sheet = labels[finding.sheet]
            if finding.code in NIL:
                said.bad[finding.code].add(sheet.name)
            for address in finding.cells:
                letter, row = address.rstrip("0123456789"), int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
                place = row - VERTICAL_FIRST_ROW + 1 if sheet.layout == "vertical" else None
                place = place or next(n for n in range(1, 60) if letters(n) == letter)
                row = 0 if sheet.layout == "vertical" else row
                at = (sheet.name, row) if finding.code in rules else (sheet.name, row, sheet.names[place - 1])
                said.bad[finding.code].add(at)
    return found


def _kinds(policy: Policy, *, third: bool) -> list[Kind]:
    form = load_form(policy, frozenset(SWITCHES))
    middle, little = roomy(form, SOME), roomy(form, FEW)
    everything = {sheet.name: SOME for sheet in form.sheets}
    if third:
        return [Kind(policy, middle, "middle", everything)]
    spread = tuple(
        replace(s, layout="table", blank_rows=MANY) if s.name == "unit" else s for s in little.sheets
    )  # many units' answers in one workbook
    return [
        Kind(policy, middle, "middle", everything, count=5),
        Kind(policy, replace(little, sheets=spread), "units", {"unit": MANY}),
        Kind(policy, roomy(form, MANY), "later", {"floating": MANY}, year=YEAR + 1),
        Kind(policy, little, "small", {}, count=8),
        Kind(policy, middle, "unsure", everything, unsure=0.06),
        Kind(policy, little, "unsure small", {}, count=2, unsure=0.03),
    ]


def _codes(kind: Kind) -> list[str]:
    return sorted({*GENERAL.values(), *NIL, *(code for block in kind.grid.blocks.values() for code in block.rules)})


@needs_office
@pytest.mark.parametrize("policy_id", ["yizheng-2022", "yunnan-2025", "third"])
def test_template_and_python_agree_on_every_cell(policy_id, tmp_path):
    kinds = _kinds(load_policy(THIRD if policy_id == "third" else policy_id), third=policy_id == "third")
    for kind in kinds:
        kind.write(tmp_path)
    pages = sheets_of([path for kind in kinds for path in kind.books], tmp_path)
    judged, hits = Counter(), Counter()
    for kind in kinds:
        blocks, codes, there = kind.grid.blocks, _codes(kind), python_says(kind)
        for path in kind.books:
            template, python = template_says(kind, pages[path]), there[path]
            assert template.rows == python.rows
            assert bool(template.unsure) <= bool(kind.unsure), sorted(template.unsure)[:5]
            for code in codes:
                says, said = template.bad[code], python.bad[code]
                if code == "COL-006":
                    said = {place for place in said if place[2] in blocks[place[0]].lookups}
                assert says <= said, (path.name, code, "only the template", sorted(says - said)[:5])
                assert template.unsure or says == said, (path.name, code, "only Python", sorted(said - says)[:5])
                hits[code] += len(says)
            judged.update({rule.code: len(python.rows[rule.sheet]) for rule in kind.form.rules})
    if policy_id == "third":
        return
    codes = [code for code in _codes(kinds[0]) if code not in (*GENERAL.values(), *NIL)]
    assert [code for code in codes if judged[code] < 200] == []
    assert len([code for code in codes if not hits[code]]) <= len(codes) // 20
