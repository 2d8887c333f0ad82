"""Random cells for the parity test: what a person types or pastes into a form, by the type of the column.

Plain values are judged by the template: real numbers and dates, numbers and dates written as text in the spellings that
the form asks for, blanks and full-width digits around codes, words for "nothing", listed choices in every spelling that
the reader takes, and unlisted ones.
UNSURE_VALUES are left to the reader, and the template says 请核对: units after numbers, partial and compact dates,
ditto words, line breaks and double blanks inside of names, truth values and numbers instead of choices.
Not in the domain: cells of blanks only (the reader's F012), numbers in a text or number column that carry a date
format, truth values in other columns than choices (LibreOffice takes them for 1 and 0), full-width letters, rows that
are totals or notes.

Many rows are made for one rule: its conditions hold, its cell is often empty, its keys stand in an earlier row.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from toolkit.model.form import Column, Form, Sheet
from toolkit.model.windows import Window
from validators.arguments import Bound
from validators.excel import bound_to_formula, has_formula

UNIT = "530001"
CODES = [f"{UNIT}-{number:02d}" for number in range(1, 9)]
GROUPS = [f"{UNIT}-X{number:02d}" for number in range(1, 5)]
NAMES = ["王五", "李四", "张三丰", "欧阳明月"]
PLACES = ["江苏省扬州市", "云南省昆明市五华区"]
NOTHING = [None, None, None, "", "无", "—", "/", "暂无", "不适用", "————", "//"]
NOTHING_TEXT = ["不详", "？", "待定", "……", "***"]
NOTHING_STRICT = ["N/A", "n/a", "NULL"]
IDS = ["11010519491231002X", "110105194912310021", "11010519491231002x", "320101195613012345", "1101051949123100"]
UNSURE_VALUES = {
    "text": ["同上", "王 五", "某某  单位", "甲\n乙", 110105194912310021],
    "choice": ["同上", "〃", 1, True, False, 12.5],
    "integer": ["12人", "1,234", "-5", "两个", 3.5, "2000万", date(2026, 3, 5), "3.5"],
    "decimal": ["300元", "1,234.50", "-5", "￥12", "1e3", "1.005", "4.800", " 12.345"],
    "date": ["2026.3", "3月5日", 20260305, 2026, 123.5, "去年", "2026-02-30", "05/03/2026", 73416, "同上"],
    "month": [1956.1, 195608, "1956年", "1956.08.12", "八月", "1956.13"],
}


@dataclass(frozen=True)
class Temper:
    """What kind of people fill in a workbook.

    Args:
        unsure: share of cells that only the reader can tell; odd: share of odd spellings and texts among the others.
        open: share of empty cells in columns that must be filled in; the others are empty five times as often.
        figures: numbers are few and small, so that sums often agree.
    """

    unsure: float = 0.0
    odd: float = 0.25
    open: float = 0.07
    figures: bool = False


class Values:
    """Cells for the columns of a form.

    Args:
        today: the day on which the workbook is judged; year: the report year.
    """

    def __init__(self, form: Form, seed: int, temper: Temper, today: date, year: int) -> None:
        self.form, self.temper, self.today, self.year = form, temper, today, year
        self.random = random.Random(seed)
        self._start = self.random.randrange(100)
        self._events: list[dict[str, object]] = []
        self._aimed: dict[str, list[dict[str, object]]] = {}

    @cached_property
    def named_statistics(self) -> list[str]:
        """Codes of statistics that rules name and on which no other statistic depends."""
        bounds = [bound.args for bounds in self._bound.values() for bound in bounds]
        named = {name for args in bounds for name in (args.get("stat"), *args.get("keys", ()))}
        rows = self.form.by_name["annual_stat"].fixed_rows
        parents = {row.parent for row in rows}
        return [row.key for row in rows if row.values["stat_key"] in named and row.key not in parents]

    @cached_property
    def _bound(self) -> dict[str, list[Bound]]:
        """By sheet: the rules that look at more than one cell of a row."""
        found: dict[str, list[Bound]] = {sheet.name: [] for sheet in self.form.sheets}
        for rule in self.form.rules:
            bound = bound_to_formula(rule, self.form)
            if bound and (len(bound.args) > 1 or bound.args.get("columns")):
                found[rule.sheet].append(bound)
        return found

    def row(self, sheet: Sheet, number: int) -> dict[str, object]:
        """One row; now and then one that stands there already."""
        if sheet.name == "event" and self._events and self.random.random() < 0.05:
            return self._one(self._events)
        row = {column.name: self.cell(sheet, column, number) for column in sheet.columns}
        bounds = self._bound[sheet.name]
        if bounds and self.random.random() < 0.8:
            self._aim(sheet, row, bounds[(number + self._start) % len(bounds)])
        if sheet.name == "event":
            self._events.append(row)
        return row

    def _aim(self, sheet: Sheet, row: dict[str, object], bound: Bound) -> None:
        """Makes a row for one rule."""
        for condition in bound.args.get("when", ()):
            self._fulfil(sheet, row, self._one(condition.columns), condition.mode, condition.values)
        asked = bound.args.get("column")
        if bound.args.get("windows") and self.random.random() < 0.8:
            self._place(row, asked, self._one(bound.args["windows"]))
        if bound.rule.check.startswith("required") and self.random.random() < 0.5:
            row[asked] = None
        elif bound.args.get("values") and bound.rule.check in ("must_be", "one_of") and self.random.random() < 0.4:
            row[asked] = self._one(bound.args["values"])
        elif bound.rule.check == "refers_to" and self.random.random() < 0.3:
            row[asked] = f"{UNIT}-99"
        elif bound.rule.check == "referred_is" and self.random.random() < 0.8:
            row[asked] = self._one(CODES)
        elif bound.rule.check == "differs" and self.random.random() < 0.4:
            row[asked] = row[bound.args["other"]]
        earlier = self._aimed.setdefault(bound.rule.code, [])
        if earlier and self.random.random() < 0.7:
            known = self._one(earlier)
            row |= {name: known[name] for name in (*bound.args.get("per", ()), *bound.args.get("columns", ()))}
        if bound.rule.check == "no_overlap" and self.random.random() < 0.8:
            row |= {bound.args["start"]: date(self.year, 3, self.random.randrange(1, 4)), bound.args["end"]: None}
        earlier.append(row)

    def _place(self, row: dict[str, object], column: str, window: Window) -> None:
        """An event that a window is about, on a day at its edges or between them."""
        for term in window.terms:
            row[self._one(term.columns)] = self._one(term.values)
        days = [*window.days(self.year), *window.days(self.year + 1), *(window.late_days(self.year) or ())]
        if self.random.random() < 0.9:
            row[column] = self._one(days) + timedelta(days=self._one((-40, -1, 0, 0, 1, 40)))

    def _fulfil(self, sheet: Sheet, row: dict[str, object], name: str, mode: str, values: tuple[str, ...]) -> None:
        column = sheet.by_name[name]
        if mode == "empty":
            row[name] = None
        elif mode == "in":
            row[name] = self._one(values)
        elif row[name] in (None, "", *values):
            others = [value for value in self.form.choices(column) if value not in values]
            row[name] = self._one(others) if others else row[name]

    def cell(self, sheet: Sheet, column: Column, row: int) -> object:
        """One cell."""
        if self.random.random() < self.temper.unsure:
            return self._one(UNSURE_VALUES[column.type])
        if self.random.random() < self.temper.open * (1 if column.need == "required" else 5):
            more = NOTHING_TEXT if column.type == "text" else NOTHING_STRICT
            return self._one(NOTHING + more + (["至今"] if column.type == "date" else []))
        return getattr(self, f"_{column.type}")(sheet, column, row)

    def _one(self, values):
        return self.random.choice(values)

    def _odd(self) -> bool:
        return self.random.random() < self.temper.odd

    def _text(self, sheet: Sheet, column: Column, row: int) -> object:
        if column.key and sheet.name in ("party_org", "study_group") and self.random.random() < 0.8:
            return f"{UNIT}-{'X' if sheet.name == 'study_group' else ''}{row + 1:02d}"
        plain, odd = _pools(column, row)
        return self._one(odd if self._odd() else plain)

    def _choice(self, sheet: Sheet, column: Column, row: int) -> object:
        value = self._one(self.form.choices(column))
        if not self._odd():
            return value
        odd = [
            f" {value}",
            f"{value[:1]} {value[1:]}",
            f"{value}　",
            value.replace("（", "(").replace("）", ")"),
            f"{value}。",
        ]
        odd += ["别的", value[:-1] or "某", f"{value}了", "√", "×", "Y", "对", "TRUE", "-", "1", f"{value}\n"]
        return self._one(odd)

    def _integer(self, sheet: Sheet, column: Column, row: int) -> object:
        if self.temper.figures and not self._odd():
            return self.random.randrange(0, 3)
        edge = [int(bound) for bound in (column.minimum, column.maximum) if bound is not None]
        pool: list = [self.random.randrange(0, 14) for _ in range(6)]
        pool += [one + step for one in edge for step in (-1, 0, 1)]
        pool += [self.year, self.year + 1, self.year - 1, "3", " 4 ", "５", "007", 10.0, "12.0", 999_999]
        return self._one(pool)

    def _decimal(self, sheet: Sheet, column: Column, row: int) -> object:
        if self.temper.figures and not self._odd():
            return self.random.randrange(0, 3)
        pool = [0, 1, 5, 12, 0.1 + 0.2, 3600.0, 3600.1, 99.999, 0.005, -1, -0.01, "3.50", "12", " 7 ", "1234.567", "３"]
        return self._one([*pool, *(self.random.randrange(0, 30) for _ in range(12))])

    def _date(self, sheet: Sheet, column: Column, row: int) -> object:
        today, year = self.today, self.year
        near = [today + timedelta(days=step) for step in (-1, 0, 1)]
        near += [_months_before(today, 6, step) for step in range(-1, 5)]
        edges = [
            date(year, 1, 1),
            date(year, 12, 31),
            date(year - 1, 12, 31),
            date(year + 1, 1, 1),
            date(1949, 10, 1),
            date(1949, 9, 30),
            date(1928, 1, 1),
        ]
        edges += [date(year - year % 4, 2, 29), date(year, 2, 28), date(year, 3, 1)]
        spread = [date(year, 1, 1) + timedelta(days=self.random.randrange(-500, 380)) for _ in range(12)]
        day = self._one(self._one([near, edges, spread, spread]))
        spelled = [f"{day.year}.{day.month}.{day.day}", day.isoformat(), f"{day.year}年{day.month}月{day.day}日",
                   f"{day:%Y/%m/%d}", f" {day.isoformat()} ", (day - date(1899, 12, 30)).days]  # fmt: skip
        return self._one(spelled) if self._odd() else day

    def _month(self, sheet: Sheet, column: Column, row: int) -> object:
        return self._one(
            ["1956.08", "1956-8", "1956年8月", "1949.10", " 1956.08", "1956/08", 1956.08, date(1956, 8, 3), "1956.1"]
        )


def _pools(column: Column, row: int) -> tuple[list, list]:
    """Texts as they should be, and odd ones, for one column."""
    if column.name in ("org_code", "host_code", "parent_org_code", "linked_org_code"):
        odd = [UNIT, "999", "530001-1", "530002-01", f" {CODES[0]} ", "５３０００１-０２", CODES[2] + "　"]
        return [*CODES, *GROUPS], odd
    if column.name == "group_code":
        return GROUPS, ["530001-X1", "530001-x01", f"{GROUPS[0]} "]
    if column.name in ("unit_code", "parent_unit_code", "town_code"):
        return [UNIT], [530001, "530002", f" {UNIT}"]
    if column.key:
        return [str(row)], [row, f" {row}", f"R{row:03d}", f"r{row:03d}", "1", 1, "R001", 12.5]
    if column.name in ("person_key", "member_no"):
        return ["R001", "R002", "4"], ["r001", "R003 ", "Ｒ００１".replace("Ｒ", "R"), 4]
    if column.name in ("person_name", "name"):
        return NAMES, [f"{NAMES[0]} ", f"　{NAMES[1]}"]
    if column.name == "id_number":
        return IDS, [f" {IDS[0]}", "１１010519491231002X"]
    if column.name == "stat_code":
        return ["A01", "A02"], ["Z99"]
    if column.name == "note":
        return ["经费没有到账", "王", "已经办完"], [f"{NAMES[0]}同志负责", *NAMES]
    odd = ["甲" * 60, "乙" * 61, "丙" * 201, 7, 12.5, "某单位 党支部"]
    return [*NAMES, *PLACES, "学习"], odd


def _months_before(day: date, months: int, step: int) -> date:
    place = day.year * 12 + day.month - 1 - months
    return date(place // 12, place % 12 + 1, min(day.day, 28)) + timedelta(days=step)


def roomy(form: Form, rows: int) -> Form:
    """The form with so many rows in every open table."""
    return replace(form, sheets=tuple(s if s.fixed_rows else replace(s, blank_rows=rows) for s in form.sheets))


def checked(form: Form) -> Form:
    """The form with the rules only that the template can check."""
    return replace(form, rules=tuple(rule for rule in form.rules if has_formula(rule, form)))


def part_of(form: Form, *names: str) -> Form:
    """Some sheets of a form, with the rules and references that stay among them."""
    kept = tuple(sheet for sheet in form.sheets if sheet.name in names)
    rules = [rule for rule in form.rules if rule.sheet in names]
    rules = [rule for rule in rules if {sheet for sheet, _ in bound_to_formula(rule, form).far} <= set(names)]
    return replace(form, sheets=tuple(map(_without_far(names), kept)), rules=tuple(rules))


def _without_far(names: tuple[str, ...]):
    def cut(sheet: Sheet) -> Sheet:
        columns = []
        for column in sheet.columns:
            there = tuple(place for place in column.references if place.split(".")[0] in (*names, "directory"))
            columns.append(replace(column, references=there))
        return replace(sheet, columns=tuple(columns))

    return cut
