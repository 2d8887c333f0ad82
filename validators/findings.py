"""Failing rows → findings with cells and words, grouped, capped and in a fixed order."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from toolkit.model.batch import Batch, Return
from toolkit.model.catalogue import entry
from toolkit.model.finding import Finding, from_catalogue
from toolkit.model.form import Sheet
from validators.compile import Spec
from validators.personal import masked
from validators.run import Hit
from validators.series import display
from validators.situation import Situation

REST = "REST-001"


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
        self._position = {sheet.name: number for number, sheet in enumerate(batch.form.sheets)}

    def report(self, hit: Hit) -> Iterator[Placed]:
        """The findings of one hit."""
        spec = hit.spec
        frame = self._situation.frame(spec.sheet)
        bad = frame[hit.bad].sort_values(["_return", "_row"])
        facts = spec.explain(frame) if spec.explain else hit.facts
        for index, rows in bad.groupby("_return", sort=True):
            yield from self._listed(spec, self._batch.returns[index], rows.head(self._cap), facts)
            if len(rows) > self._cap:
                yield self._rest(spec, self._batch.returns[index], len(rows) - self._cap)

    def _listed(self, spec: Spec, ret: Return, rows: pd.DataFrame, facts: Mapping) -> Iterator[Placed]:
        sheet = self._batch.form.by_name[spec.sheet]
        strict = any(sheet.by_name[name].personal for name in spec.at)
        used = {name for text in (spec.message, spec.fix) for _, name, _, _ in string.Formatter().parse(text) if name}
        words = _words(spec, sheet, rows, facts, used)
        groups: dict[tuple[str, str], tuple[int, list[str], list[str]]] = {}
        for number, row in enumerate(rows["_row"].tolist()):
            given = {name: column[number] for name, column in words.items()}
            text = tuple(masked(part.format(**given), strict) for part in (spec.message, spec.fix))
            _, cells, values = groups.setdefault(text, (row, [], []))
            cells += self._batch.cells(ret.index, spec.sheet, spec.at, row)
            values.append(masked(given["value"], strict))
        for (message, fix), (row, cells, values) in groups.items():
            finding = Finding(
                code=spec.code,
                severity=spec.severity,
                message=message,
                fix=fix,
                unit=ret.unit,
                file=ret.file,
                sheet=self._title(ret, sheet),
                cells=tuple(cells),
                label="、".join(sheet.by_name[name].label for name in spec.at),
                value=values[0] if len(set(values)) == 1 else "",
                clause=spec.clause,
            )
            yield Placed(self._order(ret, spec, row), finding)

    def _rest(self, spec: Spec, ret: Return, count: int) -> Placed:
        sheet = self._batch.form.by_name[spec.sheet]
        finding = Finding(
            code=spec.code,
            severity=spec.severity,
            message=entry(REST).message.format(count=count),
            unit=ret.unit,
            file=ret.file,
            sheet=self._title(ret, sheet),
            label="、".join(sheet.by_name[name].label for name in spec.at),
            clause=spec.clause,
        )
        return Placed(self._order(ret, spec, 2**31), finding)

    def about_sheet(self, ret: Return, sheet: Sheet, code: str, **facts: object) -> Placed:
        """A finding about a sheet of one return as a whole."""
        finding = from_catalogue(code, facts, unit=ret.unit, file=ret.file, sheet=self._title(ret, sheet))
        return Placed((ret.index, self._position[sheet.name], -1, code, ""), finding)

    def _order(self, ret: Return, spec: Spec, row: int) -> tuple[int, int, int, str, str]:
        return ret.index, self._position[spec.sheet], row, spec.code, spec.at[0]

    def _title(self, ret: Return, sheet: Sheet) -> str:
        place = ret.located.get(sheet.name)
        return place.title if place else sheet.label


def _words(spec: Spec, sheet: Sheet, rows: pd.DataFrame, facts: Mapping, used: set[str]) -> dict[str, list[str]]:
    """The placeholders of the message, one text a row."""
    labels = "、".join(sheet.by_name[name].label for name in spec.at)
    words = {"label": [labels] * len(rows), "value": [display(value) for value in rows[spec.at[0]]]}
    for name in used - set(words):
        if name in spec.facts:
            words[name] = [spec.facts[name]] * len(rows)
        elif name in facts:
            words[name] = [display(value) for value in facts[name].reindex(rows.index)]
        else:
            words[name] = [display(value) for value in rows[name]]
    return words
