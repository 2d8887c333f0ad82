"""Defects planted in returned workbooks, each with the place and the code that must report it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from toolkit.model import layout, strictyaml
from toolkit.model.form import Form, Sheet
from toolkit.model.unit import Unit
from toolkit.ooxml.sheet import CellError, Formula, Value
from toolkit.sample.filling import Filled
from toolkit.sample.story import Row
from toolkit.sample.words import FOLDER

if TYPE_CHECKING:
    from toolkit.sample.returns import Returns

Planted = dict[str, str]
File = tuple[str, bytes, list[Planted]]
_RATES = {"none": (0.0, 0.0, 0.0), "typical": (0.34, 0.05, 0.25), "heavy": (0.85, 0.10, 0.50)}
"""Share of files with planted defects, of units that return nothing, of files with tolerated habits."""
_WHOLE_SHARE = 0.22
"""Share of the damaged files in which something happens to the file as a whole."""


@dataclass
class Draft:
    """One unit's return while it is being spoilt.

    Args:
        touched: sheets and rows that hold a planted defect already.
    """

    returns: Returns
    unit: Unit
    filled: Filled
    name: str
    planted: list[Planted] = field(default_factory=list)
    touched: set[tuple[str, int]] = field(default_factory=set)

    @property
    def form(self) -> Form:
        """The form as this unit got it."""
        return self.filled.story.form

    def plant(self, code: str, sheet: str = "", cell: str = "", file: str = "") -> None:
        """Notes a planted defect."""
        self.planted.append({"file": file or self.name, "sheet": sheet, "cell": cell, "code": code})

    def set(self, sheet: Sheet, column: str, index: int, value: Value) -> str:
        """Puts a value into a record's cell and gives its address."""
        address = layout.cell(sheet, column, index)
        self.filled.cells.setdefault(sheet.label, {})[address] = value
        self.touched.add((sheet.name, index))
        return address

    def bytes(self, **stamped: str) -> bytes:
        """The workbook as it stands."""
        return self.returns.workbook(self.unit, self.filled.cells, **stamped)


@dataclass(frozen=True, slots=True)
class CellDefect:
    """One entry of `cells` in defects.yaml."""

    code: str
    weight: int
    at: tuple[tuple[str, str], ...]
    when: Mapping[str, tuple[str, ...]]
    put: tuple[Value, ...] = ()
    shift: tuple[str, int] | None = None
    more: str = ""
    copy: str = ""
    repeat: bool = False
    blank: bool = False
    short: bool = False

    @property
    def needs(self) -> str:
        """The other column that the spoilt value is made from; "" = none."""
        return self.shift[0] if self.shift else self.more or self.copy


@cache
def cell_defects() -> tuple[CellDefect, ...]:
    """The catalogue, from defects.yaml."""
    record = strictyaml.load(FOLDER / "defects.yaml")
    found = tuple(_entry(item) for item in record.records("cells"))
    record.done()
    return found


def _entry(record: strictyaml.Record) -> CellDefect:
    when = record.take("when", strictyaml.Record())
    shift = record.take("shift", strictyaml.Record())
    numeric = record.flag("number")
    entry = CellDefect(
        code=record.text("code"),
        weight=int(record.text("weight")),
        at=tuple((name.split(".")[0], name.split(".")[1]) for name in record.texts("at")),
        when={name: when.texts(name) for name in when},  # type: ignore[union-attr]
        put=tuple(_value(item, numeric) for item in record.take("put", strictyaml.Items())),  # type: ignore[union-attr]
        shift=(shift.text("from"), int(shift.text("days"))) if shift else None,  # type: ignore[union-attr]
        more=record.text("more", ""),
        copy=record.text("copy", ""),
        repeat=record.flag("repeat"),
        blank=record.flag("blank"),
        short=record.flag("short"),
    )
    record.done()
    return entry


def _value(item: object, numeric: bool) -> Value:
    if isinstance(item, strictyaml.Record):
        return CellError(item.text("error")) if "error" in item else Formula(item.text("formula"))
    return Decimal(str(item)) if numeric else str(item) or None


def damage(draft: Draft, level: str, rng: Random) -> Iterator[File]:
    """The files that come back from one unit: none, one or two."""
    from toolkit.sample.files import HABITS, WHOLE

    defective, silent, habitual = _RATES[level]
    if rng.random() < silent:
        return
    if rng.random() >= defective:
        if rng.random() < habitual:
            yield from rng.choice(HABITS)(draft, rng)
        else:
            yield draft.name, draft.bytes(), []
        return
    if rng.random() < _WHOLE_SHARE:
        yield from rng.choice(WHOLE)(draft, rng)
        return
    spoil_cells(draft, rng, rng.choices((1, 2, 3), (0.5, 0.3, 0.2))[0])
    yield draft.name, draft.bytes(), draft.planted


def spoil_cells(draft: Draft, rng: Random, count: int) -> None:
    """Plants defects in that many cells, each in a row of its own."""
    catalogue = cell_defects()
    weights = [entry.weight for entry in catalogue]
    for _ in range(40):
        if len(draft.planted) >= count:
            return
        plant(draft, rng, rng.choices(catalogue, weights)[0])


def plant(draft: Draft, rng: Random, entry: CellDefect) -> bool:
    """Plants one defect in a fitting row; False when the unit has none."""
    places = [
        (sheet, column, index)
        for name, column in entry.at
        if (sheet := draft.form.by_name.get(name)) and column in sheet.by_name
        for index in _rows(draft, sheet, column, entry)
    ]
    if not places:
        return False
    sheet, column, index = rng.choice(places)
    value = _spoilt(draft, sheet, column, index, entry, rng)
    draft.plant(entry.code, sheet.label, draft.set(sheet, column, index, value))
    return True


def _rows(draft: Draft, sheet: Sheet, column: str, entry: CellDefect) -> Iterator[int]:
    """Records that a defect fits: filled in here, meeting its conditions, not spoilt yet."""
    rows = draft.filled.rows.get(sheet.name, [])
    for index in range(1 if entry.repeat else 0, len(rows)):
        row = _known(sheet, rows[index], index)
        fits = all(name not in sheet.by_name or row.get(name) in allowed for name, allowed in entry.when.items())
        fits = fits and (not entry.short or _part_of_year(row, draft.returns.year))
        needed = entry.needs or ("" if entry.blank else column)
        rows_needed = {(sheet.name, index), (sheet.name, index - entry.repeat)}
        if fits and (not needed or row.get(needed, "") != "") and not rows_needed & draft.touched:
            yield index


def _part_of_year(row: Mapping[str, object], year: int) -> bool:
    """Whether the term of a post leaves out at least one whole month of the year."""
    start, end = row.get("start_date"), row.get("end_date")
    late = isinstance(start, date) and start >= date(year, 2, 1)
    return late or (isinstance(end, date) and end < date(year, 12, 1))


def _known(sheet: Sheet, row: Row, index: int) -> dict[str, object]:
    """A record with what is printed on the form."""
    return {**(sheet.fixed_rows[index].values if sheet.fixed_rows else {}), **row}


def _spoilt(draft: Draft, sheet: Sheet, column: str, index: int, entry: CellDefect, rng: Random) -> Value:
    rows = draft.filled.rows[sheet.name]
    if entry.repeat:
        draft.touched.add((sheet.name, index - 1))
        return rows[index - 1][column]
    if entry.shift:
        day = rows[index][entry.shift[0]]
        assert isinstance(day, date)
        return day + timedelta(days=entry.shift[1])
    if entry.more:
        return int(rows[index][entry.more]) + 1
    if entry.copy:
        return rows[index][entry.copy]
    return rng.choice(entry.put)


Spoiler = Callable[[Draft, Random], Iterator[File]]
