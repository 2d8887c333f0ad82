"""`family: each`: every row of a kind, or the unit itself, meets some conditions.

Source: calculations C2, C6, C9; YZ-2.1-c (人数上限), YN-06-c (下限), YN-08-a (身份); YZ-S1-m, S2-d, S4-b/c, S5-a/b and
YN-S7-e (单位情况).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from toolkit.compute.case import Case, Judged
from toolkit.compute.families.base import OneByOne, Said
from toolkit.compute.families.coverage import plain
from toolkit.compute.families.organisation_form import parts
from toolkit.compute.families.totals import amount_level
from toolkit.compute.fields import STATS, Column, Conditions, Rows, Stat
from toolkit.compute.filters import Condition, RowFilter, interned
from toolkit.compute.levels import missed
from toolkit.compute.lookups import UNIT, Reading
from toolkit.model import strictyaml
from toolkit.model.binder import Text
from toolkit.model.result import MET, MET_BY_EXCEPTION, NOT_APPLICABLE, UNDETERMINED, WARNING
from toolkit.model.rows import Row

PLAIN = "plain"


@dataclass(frozen=True)
class Wording:
    """The sentences in which `each` says its results (codes of the catalogue), and what they call its facts.

    Args:
        about: what the clause is about, where others ask for that.
        met, filled: fine; other, empty: not as wanted, or not there; first: missed for the first time; blank: not
            known; excepted: missed, with a reason; nobody: there is no row.
        figures, words: fact → what the sentence calls it.
    """

    met: str
    other: str
    blank: str
    nobody: str
    filled: str = ""
    empty: str = ""
    excepted: str = ""
    first: str = ""
    about: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """What is a figure, and what is none."""
        return self.figures, self.words


@cache
def wordings() -> Mapping[str, Wording]:
    """Name → wording, from `wordings.yaml`."""
    path = Path(__file__).with_name("wordings.yaml")
    found: Mapping[str, Any] = strictyaml.plain(strictyaml.load(path))  # type: ignore[assignment]
    return {name: Wording(**facts) for name, facts in found.items()}


@dataclass(frozen=True, slots=True)
class Test:
    """One condition, ready to be asked; `limit` is its number as it is in force."""

    condition: Condition
    label: str
    test: Callable[[Any], bool]
    limit: Decimal | None

    def cell(self, row: Row) -> Any:
        """The cell that it is about; of several columns the first that is filled in."""
        cells = (getattr(row, name) for name in self.condition.columns)
        return next((cell for cell in cells if cell is not None), None)

    def met(self, row: Row) -> bool:
        """Whether a row meets it."""
        return any(self.test(getattr(row, name)) for name in self.condition.columns)

    def facts(self, row: Row) -> dict[str, str]:
        """What a sentence may say of it."""
        cell, limit = self.cell(row), self.limit
        found = {"label": self.label, "value": "" if cell is None else str(cell)}
        found["wanted"] = "、".join(sorted(self.condition.values))
        if limit is not None:
            found |= {"limit": plain(limit), "parts": "" if cell is None else str(parts(int(cell), int(limit)))}
        return found


def _tests(case: Case, sheet: str, conditions: tuple[Condition, ...]) -> list[Test]:
    columns, found = case.context.dataset.form.by_name[sheet].by_name, []
    for one in conditions:
        limit = case.number(one.number) if one.operator in ("at_least", "at_most") else None
        found.append(Test(one, columns[one.columns[0]].label, one.test(case.context), limit))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Each(OneByOne):
    """`family: each` with conditions: one result for each row.

    Args:
        rows: what is judged; not written, the unit's own row.
        must: what each must meet, in this order; an empty cell is not known, unless being filled in is what is asked.
        when: what a row must meet for the clause to reach it; an empty cell there is not known.
        exception: a column that says why a row need not meet it.
        first_miss: last year's figures (`toolkit.compute.prior`): who met it then is only reminded.
        positive: a total of the unit that must be above zero as well.
        says: the wording (`wordings.yaml`).
    """

    family = "each"
    title = "逐行核对"
    sentence = (
        "〖{what}：〗〖{own}：〗〖{rows}，每一行都要〗{must}〖；只对{when}的〗〖；并且“{positive}”大于0〗"
        "〖；没有做到但填了“{exception}”的，为达标（例外）〗〖；第一次没有做到为预警，上期（{first_miss}）也没有做到为不达标〗"
    )
    steps = (
        "党员{total}名，上限{limit}名",
        "{total}÷{limit}，有余数进一位，可分{parts}个",
        "正式党员{full}名，下限{minimum}名",
        "上期{before}名",
        "身份是“{status}”，要求“{wanted}”",
        "“{label}”填的是“{value}”",
        "金额{amount}元，应大于0",
    )
    scopes = ("unit",)

    rows: Annotated[RowFilter, Rows()] = interned(RowFilter(UNIT))
    must: Annotated[tuple[Condition, ...], Conditions()]
    key: Annotated[str, Column(role="key")]
    when: Annotated[tuple[Condition, ...], Conditions()] = ()
    exception: Annotated[str, Column()] = ""
    first_miss: Annotated[str, Text()] = ""
    positive: Annotated[str, Stat()] = ""
    what: Annotated[str, Text()] = ""
    says: Annotated[str, Text()] = PLAIN

    def check(self, at: Reading) -> None:
        """Something is asked for, and the wording is known."""
        if not self.must:
            at.fail("“must”应至少有一列", "must")
        if self.says not in wordings():
            at.fail(f"“says”不能是“{self.says}”，只能是 {'、'.join(wordings())}", "says")

    @property
    def stats(self) -> tuple[str, ...]:
        """The total, where there is one."""
        return (self.positive,) if self.positive else ()

    @property
    def decides(self) -> tuple[Condition, ...]:
        """What each must meet."""
        return self.must

    def gives(self, hard: bool, closed: bool) -> tuple[str, ...]:
        """What has an exception is met; what is missed for the first time is a reminder."""
        excepted = (MET_BY_EXCEPTION,) if self.exception else ()
        first = (WARNING,) if self.first_miss else ()
        return (MET, *excepted, *first, missed(closed=closed, hard=hard))

    def judge(self, case: Case) -> Iterator[Judged]:
        """One result for each row; the unit's own row is the unit itself."""
        one, rows, wording = self.each(case), case.rows(self.rows), wordings()[self.says]
        for row in rows:
            said = one(row)
            judged = Judged(*said, ((self.rows.sheet, (row,)),), self._name(row))
            yield self._with_total(case, judged) if self.positive and said[0] == MET else judged
        if not rows and self.rows.sheet == UNIT:
            yield Judged(UNDETERMINED, "FIELD-NO-ROW")
        elif not rows:
            yield Judged(NOT_APPLICABLE, wording.nobody, words={"what": self.what} if self.what else {})

    def each(self, case: Case) -> Callable[[Row], Said]:
        """Whether a row meets what it must."""
        wording, gates, tests = (
            wordings()[self.says],
            *(_tests(case, self.rows.sheet, part) for part in (self.when, self.must)),
        )
        prior = case.context.prior(self.first_miss) if self.first_miss else {}

        def one(row: Row) -> Said:
            for gate in gates:
                cell = gate.cell(row)
                if cell is None or not gate.test(cell):
                    level, key = (UNDETERMINED, "FIELD-WHEN-BLANK") if cell is None else (NOT_APPLICABLE, "FIELD-WHEN")
                    return level, key, {}, {"label": gate.label, "value": str(cell or "")}
            test = next((test for test in tests if not test.met(row)), tests[0])
            before = prior.get(self._name(row)) if prior else None
            if self.first_miss:
                case.learn_prior(f"{test.label} {self._name(row)}", before)
            level, key = self._level(case, wording, test, row, before)
            excepted = getattr(row, self.exception) if self.exception else None
            facts = test.facts(row) | {"what": self.what, "exception": excepted or ""}
            facts["before"] = "" if before is None else str(before)
            figures, words = ({name: facts[fact] for fact, name in part.items()} for part in wording.parts)
            return level, key, figures, words

        return one

    def _name(self, row: Row) -> str:
        """What a row is called; the unit's own row is the unit itself."""
        return str(getattr(row, self.key)) if self.key else ""

    def _level(self, case: Case, wording: Wording, test: Test, row: Row, before: object) -> tuple[str, str]:
        cell, wants_cell = test.cell(row), test.condition.operator == "filled"
        if cell is None and not wants_cell:
            return UNDETERMINED, wording.blank
        if test.met(row):
            return MET, wording.filled if wants_cell and wording.filled else wording.met
        if self.exception and getattr(row, self.exception):
            return MET_BY_EXCEPTION, wording.excepted
        if self.first_miss and (before is None or test.test(int(str(before)))):
            return WARNING, wording.first
        key = wording.empty if cell is None and wording.empty else wording.other
        return missed(closed=case.closed, hard=case.hard), key

    def _with_total(self, case: Case, judged: Judged) -> Judged:
        """What is met, with the total that must be above zero as well."""
        value, rows = case.stat(self.positive)
        level, key = amount_level(value, closed=case.closed, hard=case.hard)
        words = {**judged.words, "what": judged.words.get("label", self.what)}
        return Judged(level, key, {"amount": plain(value)}, words, (*judged.rows, (STATS, rows)), judged.subject)
