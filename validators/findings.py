"""Failing rows → findings with cells and words, grouped, capped and in a fixed order."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from toolkit.model.batch import Batch, Return
from toolkit.model.catalogue import entry
from toolkit.model.finding import Finding, from_catalogue
from toolkit.model.form import Sheet
from toolkit.model.privacy import mask
from validators.compile import Spec
from validators.run import Hit
from validators.series import display
from validators.situation import Situation

REST = "REST-001"
_LAST = 2**31


@dataclass(slots=True)
class _Group:
    """Cells that get the same words: the first row, the cells, the different values."""

    row: int
    cells: list[str] = field(default_factory=list)
    values: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding and its place in the report: return, sheet, row, code, column."""

    order: tuple[int, int, int, str, str]
    finding: Finding


class Reporter:
    """Turns hits into findings of one batch.

    Args:
        cap: how many rows of one rule are listed for one file.
    """

    def __init__(self, batch: Batch, situation: Situation, cap: int) -> None:
        self._batch, self._situation, self._cap = batch, situation, cap
        self._unit_codes = tuple(batch.units.by_code)
        self._position = {sheet.name: number for number, sheet in enumerate(batch.form.sheets)}

    def report(self, hit: Hit) -> Iterator[Placed]:
        """The findings of one hit: same words in one file are one finding, and `cap` rows a file are listed."""
        spec = hit.spec
        frame = self._situation.frame(spec.sheet)
        bad = frame[hit.bad].sort_values(["_return", "_row"])
        number = bad.groupby("_return").cumcount()
        facts = spec.explain(frame) if spec.explain else hit.facts
        for (index, message, fix), group in self._grouped(spec, bad[number < self._cap], facts).items():
            yield self._finding(spec, self._batch.returns[index], message, fix, group)
        beyond = bad.loc[number >= self._cap, "_return"].value_counts()
        for index, count in beyond.items():
            yield self._rest(spec, self._batch.returns[index], count)

    def _grouped(self, spec: Spec, rows: pd.DataFrame, facts: Mapping) -> dict[tuple[int, str, str], _Group]:
        sheet = self._batch.form.by_name[spec.sheet]
        refers = any(column.references for column in map(sheet.by_name.__getitem__, spec.at))
        used = {name for text in (spec.message, spec.fix) for _, name, _, _ in string.Formatter().parse(text) if name}
        words = _words(spec, sheet, rows, facts, used)
        groups: dict[tuple[int, str, str], _Group] = {}
        for place, index, row in zip(range(len(rows)), rows["_return"].tolist(), rows["_row"].tolist(), strict=True):
            given = {name: column[place] for name, column in words.items()}
            typed = not (refers and given["value"].startswith(self._codes(index)))
            message, fix = (mask(text.format(**given), typed) for text in (spec.message, spec.fix))
            group = groups.setdefault((index, message, fix), _Group(row))
            group.cells += self._batch.cells(index, spec.sheet, spec.at, row)
            group.values.add(mask(given["value"], typed))
        return groups

    def _codes(self, index: int) -> tuple[str, ...]:
        """What a code of a unit or an organisation of the round begins with."""
        return self._unit_codes or (self._batch.returns[index].unit or "|",)

    def _finding(self, spec: Spec, ret: Return, message: str, fix: str, group: _Group) -> Placed:
        sheet = self._batch.form.by_name[spec.sheet]
        finding = Finding(
            code=spec.code,
            severity=spec.severity,
            message=message,
            fix=fix,
            unit=ret.unit,
            file=ret.file,
            sheet=self._title(ret, sheet),
            cells=tuple(group.cells),
            label=_labels(spec, sheet),
            value=next(iter(group.values)) if len(group.values) == 1 else "",
            clause=spec.clause,
        )
        return Placed(self._order(ret, spec, group.row), finding)

    def _rest(self, spec: Spec, ret: Return, count: int) -> Placed:
        sheet = self._batch.form.by_name[spec.sheet]
        finding = Finding(
            code=spec.code,
            severity=spec.severity,
            message=entry(REST).message.format(count=count),
            unit=ret.unit,
            file=ret.file,
            sheet=self._title(ret, sheet),
            label=_labels(spec, sheet),
            clause=spec.clause,
        )
        return Placed(self._order(ret, spec, _LAST), finding)

    def about_sheet(self, ret: Return, sheet: Sheet, code: str, **facts: object) -> Placed:
        """A finding about a sheet of one return as a whole."""
        finding = from_catalogue(code, facts, unit=ret.unit, file=ret.file, sheet=self._title(ret, sheet))
        return Placed((ret.index, self._position[sheet.name], -1, code, ""), finding)

    def _order(self, ret: Return, spec: Spec, row: int) -> tuple[int, int, int, str, str]:
        return ret.index, self._position[spec.sheet], row, spec.code, spec.at[0]

    def _title(self, ret: Return, sheet: Sheet) -> str:
        place = ret.located.get(sheet.name)
        return place.title if place else sheet.label


def _labels(spec: Spec, sheet: Sheet) -> str:
    return "、".join(sheet.by_name[name].label for name in spec.at)


def _words(spec: Spec, sheet: Sheet, rows: pd.DataFrame, facts: Mapping, used: set[str]) -> dict[str, list[str]]:
    """The placeholders of the message, one text a row."""
    words = {"label": [_labels(spec, sheet)] * len(rows), "value": [display(value) for value in rows[spec.at[0]]]}
    for name in used - set(words):
        if name in spec.facts:
            words[name] = [spec.facts[name]] * len(rows)
        elif name in facts:
            words[name] = [display(value) for value in facts[name].reindex(rows.index)]
        else:
            words[name] = [display(value) for value in rows[name]]
    return words
