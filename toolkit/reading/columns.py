"""A sheet of the plan made ready for reading: label lookup and one parser a column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from toolkit.model.layout import MARK
from toolkit.reading import dates, numbers, texts
from toolkit.reading.normal import compact, label
from toolkit.reading.nothing import Nothing
from toolkit.reading.person_names import Names

Parse = Callable[[object], tuple[object, str, str]]
_MEMO_LIMIT, _ROWS_LIMIT = 20_000, 2_000
_MISS = object()
SHORT = 4
"""Free texts shorter than this may be words for "nothing" or "as above" and are looked at one by one."""


class Parser:
    """One parser with its memory of clean cells.

    Args:
        parse: cell → (value, problem, repair).
        nothing: what means an empty cell.
        free: free text: long texts are not remembered.
        is_date: the value is a number of days.
        number: what a whole number cell becomes: int, str for decimals, None where it needs parsing.
    """

    __slots__ = ("free", "is_date", "memo", "nothing", "number", "odd", "parse")

    def __init__(
        self,
        parse: Parse,
        nothing: Nothing,
        free: bool = False,
        is_date: bool = False,
        number: type | None = None,
    ) -> None:
        self.parse, self.nothing, self.free, self.odd = parse, nothing, free, nothing.starts(SHORT)
        self.is_date, self.number = is_date, number
        self.memo: dict[str, object] = {"": None}

    def cell(self, value: Any) -> tuple[object, str, str]:
        """Value, problem code, repair code of one cell."""
        if value.__class__ is str:
            form = compact(value)  # type: ignore[arg-type]
            if self.nothing.meant_by(form):
                return None, "", "R006"
            if not form:
                return None, "", ""
        answer = self.parse(value)
        if value.__class__ is str and not answer[1] and not answer[2] and (not self.free or len(value) < SHORT):
            if len(self.memo) > _MEMO_LIMIT:
                self.memo = {"": None}
            self.memo[value] = answer[0]  # type: ignore[index]
        return answer


class SheetPlan:
    """A sheet of the plan: how its labels are recognised and its cells parsed.

    Args:
        plan: the sheet's plan (see plan.py).
        parsers: one per column.
    """

    def __init__(self, plan: Mapping, words: Mapping[str, Sequence[str]], epoch_1904: bool = False) -> None:
        self.name: str = plan["name"]
        self.label: str = plan["label"]
        self.vertical: bool = plan["vertical"]
        self.required: bool = plan["required"]
        self.fixed = frozenset(plan["fixed"])
        self.columns: list[Mapping] = plan["columns"]
        self.confirmed = frozenset(compact(text) for column in self.columns for text in column["confirmed"])
        self.names = {column["name"]: index for index, column in enumerate(self.columns)}
        self.titles = [compact(title) for title in plan["titles"]]
        self._labels = _label_lookup(self.columns)
        self._seen: dict[str, tuple[int, int] | None] = {}
        self._rows: dict[tuple, frozenset[int]] = {}
        self.layouts: dict[tuple, Any] = {}
        self.header = 0
        self.parsers = [_parser(column, words, epoch_1904) for column in self.columns]
        self.serials = frozenset(i for i, c in enumerate(self.columns) if c["key"] and c["type"] == "text")
        self.prefilled = frozenset(i for i, c in enumerate(self.columns) if c["prefilled"])
        self.person_names = frozenset(i for i, c in enumerate(self.columns) if c["is_name"])
        self.choices = frozenset(i for i, c in enumerate(self.columns) if c["type"] == "choice")

    @cached_property
    def listed(self) -> dict[str, frozenset[int]]:
        """Values of the lists of the form → the columns whose lists hold them; none of lists of two, 是 and 否."""
        places: dict[str, set[int]] = {}
        for index in self.choices:
            values = set(map(compact, self.columns[index]["choices"]))
            for value in values if len(values) > 2 else ():
                places.setdefault(value, set()).add(index)
        return {value: frozenset(columns) for value, columns in places.items()}

    def labels_in(self, cells: Sequence[object]) -> frozenset[int]:
        """The columns whose labels stand in the cells."""
        key = tuple(cells)
        found = self._rows.get(key)
        if found is None:
            found = frozenset(match[0] for cell in cells if cell and (match := self.match(cell)))
            if len(self._rows) > _ROWS_LIMIT:
                self._rows.clear()
            self._rows[key] = found
        return found

    def match(self, text: object) -> tuple[int, int] | None:
        """Column index and quality of the match (0 = the very label, 3 = an alias with additions), or None."""
        if text.__class__ is not str or not text or len(text) > 80:  # type: ignore[arg-type]
            return None
        if text.startswith(MARK):  # type: ignore[attr-defined]
            return None
        found = self._seen.get(text, _MISS)  # type: ignore[call-overload]
        if found is _MISS:
            found = self._labels.get(compact(text)) or self._labels.get("~" + label(text))  # type: ignore[arg-type]
            if len(self._seen) > _MEMO_LIMIT:
                self._seen.clear()
            self._seen[text] = found  # type: ignore[index, assignment]
        return found  # type: ignore[return-value]


def _label_lookup(columns: Iterable[Mapping]) -> dict[str, tuple[int, int]]:
    """Spelling → (column, quality); bare forms carry the mark ~ and drop out where two columns share them."""
    lookup: dict[str, tuple[int, int]] = {}
    bare: dict[str, set[int]] = {}
    qualities: dict[str, int] = {}
    for index, column in enumerate(columns):
        for place, spelling in enumerate(column["labels"]):
            quality = 0 if place == 0 else 2
            lookup.setdefault(compact(spelling), (index, quality))
            form = "~" + label(spelling)
            bare.setdefault(form, set()).add(index)
            qualities[form] = min(qualities.get(form, 9), quality + 1)
    for form, owners in bare.items():
        if len(owners) == 1:
            lookup.setdefault(form, (next(iter(owners)), qualities[form]))
    return lookup


def fitting_units(unit: str, words: Mapping[str, Sequence[str]]) -> list[str]:
    """The units that may stand behind a number of a column.

    Args:
        unit: the column's own; "" for none, behind which all may stand.
    >>> words = {"number_units": ("人", "名", "元", "个"), "unit_kinds": ("人 名", "元 元/月")}
    >>> fitting_units("元", words), fitting_units("人", words), fitting_units("", words)
    (['元', '个', '元'], ['人', '名', '个', '人'], ['人', '名', '元', '个', ''])
    """
    kinds = [set(line.split()) for line in words["unit_kinds"]]
    own = set().union(*(kind for kind in kinds if unit in kind))
    other = set().union(*kinds) - own if own else set()
    return [*(one for one in words["number_units"] if one not in other), unit]


def _parser(column: Mapping, words: Mapping[str, Sequence[str]], epoch_1904: bool) -> Parser:
    kind = column["type"]
    nothing = Nothing(kind, words, column["choices"])
    if kind in ("integer", "decimal"):
        parse = numbers.Numbers(kind == "integer", fitting_units(column["unit"], words)).parse
        return Parser(parse, nothing, number=int if kind == "integer" else str)
    if kind == "date":
        return Parser(lambda value: dates.parse_date(value, epoch_1904), nothing, is_date=True)
    if kind == "month":
        return Parser(lambda value: dates.parse_month(value, epoch_1904), nothing)
    if kind == "choice":
        return Parser(texts.Choices(column["choices"], words).parse, nothing)
    if column["is_name"]:
        return Parser(Names(words).parse, nothing)
    return Parser(texts.parse_printed if column["prefilled"] else texts.parse_text, nothing, free=True)
