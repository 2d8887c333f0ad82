"""The template and Python say the same of every cell: random forms, recalculated in LibreOffice, read and validated.

What the random cells are drawn from, and what is left out, stands in `parity_values.py`. The days of judgement are
29 February, 1 January and 31 December, and today in workbooks that keep TODAY(). Other seeds:
XLTOOL_PARITY_SEED=7 pytest tests/test_parity.py
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest
from office import needs_office, sheets_of
from parity_books import GENERAL, NIL, Kind, Said, day_of, once_a_workbook, python_says, template_says
from parity_values import Temper, checked, part_of, roomy

from toolkit.campaign import SWITCHES
from toolkit.forms import load_form
from toolkit.model import layout
from toolkit.model.finding import ERROR
from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.policies import load_policy

THIRD = Path(__file__).parent / "third_policy" / "haiqing-2026"
MANY, SOME, FEW = 100, 40, 6
LEAP, LAST, FIRST = date(2028, 2, 29), date(2028, 12, 31), date(2029, 1, 1)
TIDY = Temper(odd=0.06, open=0.03)
SUMS = Temper(odd=0.02, open=0.005, figures=True)
EXAMPLES = "examples"
"""Judged in the year of the examples; that Python takes them is for test_selfcheck.py."""
FIGURES = ("party_org", "study_group", "member", "event", "annual_stat")
DATES = ("unit", "event", "floating")


def _kinds(policy: Policy) -> list[Kind]:
    """All workbooks of a policy."""
    form = checked(load_form(policy, frozenset(SWITCHES)))
    little, spacious = roomy(form, FEW), roomy(form, MANY)
    many, some = ({sheet.name: size for sheet in form.sheets} for size in (MANY, SOME))
    units = _as_table(part_of(roomy(form, 52), "unit", "post"), "unit")
    tasks = _as_table(part_of(roomy(form, 60), "unit", "task", "floating", "member"), "task")
    return [
        Kind(policy, spacious, "many", LEAP, 2028, (Temper(), TIDY), many),
        Kind(policy, little, "small", LEAP, 2028, (Temper(), TIDY, TIDY, TIDY), cleared=2, added=18, like="many"),
        Kind(policy, roomy(form, SOME), "unsure", LEAP, 2028, (Temper(0.05), Temper(0.02)), some, like="many"),
        Kind(policy, little, EXAMPLES, date(2025, 12, 31), 2025, (TIDY,), given=examples_of(form)),
        Kind(policy, units, "units", LAST, 2028, (Temper(), *(TIDY,) * 4), {"unit": 52}, few=12),
        Kind(policy, tasks, "later", LAST, 2029, (TIDY,) * 4, {"floating": 30, "task": 60}),
        Kind(policy, _tolerant(part_of(little, *FIGURES), policy), "sums", FIRST, 2028, (SUMS,) * 15, few=2, added=18),
        Kind(policy, part_of(little, *DATES), "today", None, date.today().year, (TIDY,)),
    ]  # fmt: skip


def _tolerant(form: Form, policy: Policy) -> Form:
    """The third policy's form lets sums differ by two."""
    if policy.id != THIRD.name:
        return form
    sums = {"roster_count", "sum_equals_stat", "stat_total", "sum_of_leaves"}
    rules = [replace(one, args={**one.args, "tolerance": "2"}) if one.check in sums else one for one in form.rules]
    assert any("tolerance" in one.args for one in rules)
    return replace(form, rules=tuple(rules))


def _as_table(form: Form, name: str) -> Form:
    """One sheet as an open table: many units' answers, many tasks, in one workbook."""
    sheets = (replace(s, layout="table", fixed_rows=()) if s.name == name else s for s in form.sheets)
    return replace(form, sheets=tuple(sheets))


def _judgements(kinds: list[Kind], pages: dict[Path, dict]) -> dict[Path, object]:
    """What Python says, of all workbooks that one reading can take together."""
    found = {}
    for _, group in groupby((kind for kind in kinds if kind.name != EXAMPLES), key=lambda kind: kind.like or kind.name):
        together = list(group)
        (today,) = {day_of(pages[path]) for kind in together for path in kind.books}
        assert today == (together[0].today or date.today())
        found |= python_says(together, today)
    return found


@needs_office
@pytest.mark.parametrize("policy_id", ["yizheng-2022", "yunnan-2025", "third"])
def test_template_and_python_agree_on_every_cell(policy_id, tmp_path):
    kinds = _kinds(load_policy(THIRD if policy_id == "third" else policy_id))
    for kind in kinds:
        kind.write(tmp_path)
    pages = sheets_of([path for kind in kinds for path in kind.books], tmp_path)
    there = _judgements(kinds, pages)
    judged, meant, hits = Counter(), Counter(), Counter()
    for kind in kinds:
        for path in kind.books:
            template = template_says(kind, pages[path])
            if kind.name == EXAMPLES:
                _nothing_against(kind, template)
                continue
            _agree(kind, path, template, there[path])
            if kind.today:
                judged, meant = judged + template.judged, meant + template.meant
                hits.update({code: len(places) for code, places in template.bad.items()})
    _enough(kinds[0], judged, meant, hits)


def _agree(kind: Kind, path: Path, template: Said, python: Said) -> None:
    assert template.rows == python.rows, path.name
    unsure = any(temper.unsure for temper in kind.tempers)
    assert bool(template.unsure) <= unsure, (path.name, sorted(template.unsure)[:5])
    assert template.typed <= python.typed, (path.name, sorted(template.typed - python.typed)[:5])
    for code in {*GENERAL.values(), *NIL, *kind.codes}:
        says, said = template.bad[code], python.bad[code]
        if code == "COL-006":
            said = {place for place in said if place[2] in kind.grid.blocks[place[0]].lookups}
        assert says <= said, (path.name, code, "only the template", sorted(says - said)[:5])
        assert template.unsure or says == said, (path.name, code, "only Python", sorted(said - says)[:5])


def _enough(kind: Kind, judged: Counter, meant: Counter, hits: Counter) -> None:
    """No rule is proved by a handful of cells: each was broken and kept where its conditions held, in enough rows."""
    for code, bound in kind.bound.items():
        if bound.rule.check == "counts_this_year" and not bound.args.get("windows"):
            continue  # a policy without a season has nothing to say here
        if once_a_workbook(bound):
            assert meant[code] >= 20, (code, meant[code])
        else:
            assert judged[code] >= 200, (code, judged[code])
        assert hits[code] >= 2, (code, hits[code])
        assert meant[code] - hits[code] >= 3, (code, meant[code], hits[code])
    for code in (*GENERAL.values(), *NIL):
        assert hits[code] >= (1 if code in NIL else 2), (code, hits[code])  # a sheet is empty or not, as a whole


def examples_of(form: Form) -> dict[str, dict[str, object]]:
    """Each column's example, in the first row of its table."""
    cells: dict[str, dict[str, object]] = {}
    for sheet in form.sheets:
        shown = [column for column in sheet.columns if column.example and not sheet.fixed_rows]
        cells[sheet.label] = {layout.cell(sheet, column.name): column.example for column in shown}
        if "unit_code" in sheet.by_name:
            unit = "530001" if sheet.name == "study_group" else "320001"
            cells[sheet.label][layout.cell(sheet, "unit_code")] = unit
    return cells


def _nothing_against(kind: Kind, template: Said) -> None:
    """The self-check finds nothing wrong in a cell that shows an example; whose codes stand in other workbooks."""
    shown = {(s.name, c.name) for s in kind.form.sheets for c in s.columns if c.example and not s.fixed_rows}
    assert len({sheet for sheet, _ in shown}) >= 4
    for code, places in template.bad.items():
        rule = kind.bound[code].rule if code in kind.bound else None
        if rule and rule.severity == ERROR:
            assert not {(rule.sheet, name) for name in rule.at for _ in places} & shown, code
        elif code in GENERAL.values() and code != "COL-006":
            assert not {place[::2] for place in places} & shown, code
