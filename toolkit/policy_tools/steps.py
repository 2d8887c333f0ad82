"""The steps by which a result comes about: the days, the rows read and used, the figures, what else the reason says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from string import Formatter

from toolkit.compute.case import Case, Judged
from toolkit.compute.trace import Trace
from toolkit.model import strictyaml
from toolkit.model.catalogue import entry
from toolkit.model.result import PersonAllowance, Result
from toolkit.model.rows import Row
from toolkit.policy_tools.texts import FOLDER, texts
from toolkit.summary.labels import figure_name


@cache
def _book() -> Mapping:
    return strictyaml.plain(strictyaml.load(FOLDER / "steps.yaml"))  # type: ignore[return-value]


def steps_of(judged: Judged, case: Case, trace: Trace) -> list[str]:
    """How one result comes about; every number of its reason stands in one of the steps."""
    words, own = _book()["words"], {**judged.words, **judged.figures}
    facts = {"as_of": str(case.as_of), "year": str(case.year), **own}
    steps = [words["day"].format(**facts), *_days(case, judged), *_facts(case, trace), *_read(case, judged, trace)]
    said = {"deadline"} if case.deadline else set()
    for sentence in case.compiled.family.steps:
        names = set(_names(sentence))
        if all(facts.get(name) for name in names) and not names.isdisjoint(own):
            steps.append(sentence.format(**facts))
            said |= names
    return [*steps, *_rest(judged.key, facts, said)]


def _days(case: Case, judged: Judged) -> Iterator[str]:
    """The days that are counted, where the result says which, and the last day of the duty."""
    words = _book()["words"]
    if judged.days:
        yield words["days"].format(first=judged.days[0], last=judged.days[1])
    if case.deadline:
        state = words["passed" if case.closed else "open"]
        yield words["deadline"].format(deadline=case.deadline, as_of=case.as_of, state=state)


def _facts(case: Case, trace: Trace) -> Iterator[str]:
    for label, value in trace.facts.get(case.unit, {}).items():
        yield _book()["words"]["fact"].format(label=label, value=value or texts()["explain"]["blank"])


def _read(case: Case, judged: Judged, trace: Trace) -> Iterator[str]:
    """For each sheet how many rows were read and which of them this result uses."""
    words, form = _book()["words"], case.context.dataset.form
    used = {(sheet, row) for sheet, rows in judged.rows for row in rows}
    by_sheet: dict[str, list[Row]] = {sheet: [] for sheet in trace.sheets.get(case.unit, ())}
    for sheet, row in trace.rows.get(case.unit, ()):
        by_sheet[sheet].append(row)
    for sheet, rows in by_sheet.items():
        if not rows:
            yield words["nothing"].format(sheet=form.by_name[sheet].label)
            continue
        mine = [row for row in rows if (sheet, row) in used]
        known = form.by_name[sheet]
        vertical = known.layout == "vertical"
        away = sum(row.origin.unit not in case.units for row in rows)
        facts = {"sheet": known.label, "count": len(rows), "rows": _numbers(rows, case, vertical)}
        elsewhere = words["elsewhere"].format(count=away) if away else ""
        end = words["counted"].format(count=len(mine), rows=_numbers(mine, case, vertical)) if mine else ""
        yield words["read"].format(**facts, elsewhere=elsewhere) + (end or (words["none_counted"] if used else ""))


def _numbers(rows: Iterable[Row], case: Case, vertical: bool) -> str:
    """Excel rows of the units of the case; the sheet with one record has none."""
    found = sorted({row.origin.row for row in rows if row.origin.unit in case.units})
    if vertical or not found or len(case.units) > 1:
        return ""
    return _book()["words"]["rows"].format(numbers="、".join(map(str, found)))


def _rest(code: str, facts: Mapping[str, str], said: set[str]) -> Iterator[str]:
    """What the reason says and no step has said yet."""
    for name in dict.fromkeys(_names(entry(code).message)):
        if name not in said and facts.get(name):
            label = _book()["facts"].get(name) or figure_name(name, {})
            yield _book()["words"]["figure"].format(label=label, value=facts[name])


@cache
def _names(sentence: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in Formatter().parse(sentence) if name)


def money_steps(
    result: Result, persons: Iterable[PersonAllowance], unknown: Sequence[str], as_of: date, year: int
) -> list[str]:
    """How an amount of a person, or the sum of a unit, comes about.

    Args:
        persons: the rows of the payment list that the result rests on.
        unknown: the people of the unit whose amount cannot be said.
    """
    words, rows = _book()["words"], list(persons)
    figures = [words["figure"].format(label=label, value=value) for label, value in result.figures.items()]
    dues, paids = ([getattr(row, name) for row in rows] for name in ("due", "paid"))
    if len({row.number for row in rows}) == 1:
        steps = [words["person"].format(name=row.name, post=row.post, step=step) for row in rows for step in row.steps]
    else:
        steps = [
            words["sum"].format(name=row.name, post=row.post, due=_known(row.due), paid=_known(row.paid))
            for row in rows
        ]
    if unknown:
        steps.append(words["open_people"].format(count=len(unknown), names="、".join(unknown)))
    if rows and None not in (*dues, *paids):
        due, paid = sum(dues, Decimal(0)), sum(paids, Decimal(0))
        steps.append(words["gap"].format(due=due, paid=paid, gap=abs(due - paid)))
    return [words["day"].format(as_of=as_of, year=year), *steps, *figures]


def _known(amount: Decimal | None) -> str:
    return _book()["words"]["unknown"] if amount is None else str(amount)
