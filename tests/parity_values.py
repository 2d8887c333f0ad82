"""Random cells for the parity test: what a person types or pastes into a form, by the type of the column.

Plain values are judged by the template: real numbers and dates, numbers and dates written as text in the spellings that
the form asks for, blanks and full-width digits around codes, words for "nothing", listed choices in every spelling that
the reader takes, and unlisted ones.
UNSURE_VALUES are left to the reader, and the template says 请核对: units after numbers, partial and compact dates,
ditto words, line breaks and double blanks inside of names, truth values and numbers instead of choices.
Not in the domain: cells of blanks only (the reader's F012), numbers in a text or number column that carry a date
format, truth values in other columns than choices (LibreOffice takes them for 1 and 0), full-width letters, rows that
are totals or notes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from toolkit.model.form import Column, Form, Sheet

UNIT, YEAR = "530001", date.today().year
CODES = [f"{UNIT}-{number:02d}" for number in range(1, 7)]
GROUPS = [f"{UNIT}-X{number:02d}" for number in range(1, 5)]
NAMES = ["王五", "李四", "张三丰", "欧阳明月"]
PLACES = ["江苏省扬州市", "云南省昆明市五华区"]
NOTHING = [None, None, None, "", "无", "—", "/", "暂无"]
NOTHING_STRICT = ["N/A", "不适用"]
IDS = ["11010519491231002X", "110105194912310021", "11010519491231002x", "320101195613012345", "1101051949123100"]
UNSURE_VALUES = {
    "text": ["同上", "王 五", "某某  单位", "甲\n乙", 110105194912310021],
    "choice": ["同上", "〃", 1, True, False, 12.5],
    "integer": ["12人", "1,234", "-5", "两个", 3.5, "2000万", date(2026, 3, 5), "3.5"],
    "decimal": ["300元", "1,234.50", "-5", "￥12", "1e3"],
    "date": ["2026.3", "3月5日", 20260305, 2026, 123.5, "去年", "2026-02-30", "05/03/2026", 73416, "同上"],
    "month": [1956.1, 195608, "1956年", "1956.08.12", "八月", "1956.13"],
}


class Values:
    """Cells for the columns of a form.

    Args:
        unsure: share of cells that only the reader can tell.
    """

    def __init__(self, form: Form, seed: int, unsure: float = 0.0) -> None:
        self.form, self.unsure, self.random = form, unsure, random.Random(seed)
        self._events: list[dict[str, object]] = []
        self._named = _named_choices(form)

    def row(self, sheet: Sheet, number: int) -> dict[str, object]:
        """One row; now and then one that stands there already."""
        if sheet.name == "event" and self._events and self.random.random() < 0.08:
            return self._one(self._events)
        row = {column.name: self.cell(sheet, column, number) for column in sheet.columns}
        if sheet.name == "event":
            self._events.append(row)
        return row

    def cell(self, sheet: Sheet, column: Column, row: int) -> object:
        """One cell."""
        if self.random.random() < self.unsure:
            return self._one(UNSURE_VALUES[column.type])
        if self.random.random() < (0.07 if column.need == "required" else 0.35):
            strict = NOTHING_STRICT if column.type not in ("text", "choice") else []
            return self._one(NOTHING + strict + (["至今"] if column.type == "date" else []))
        return getattr(self, f"_{column.type}")(sheet, column, row)

    def _one(self, values):
        return self.random.choice(values)

    def _text(self, sheet: Sheet, column: Column, row: int) -> object:
        pool: list = [*NAMES, *PLACES, "学习", "甲" * 60, "乙" * 61, "丙" * 201, 7, 12.5, "某单位 党支部"]
        if column.key and sheet.name in ("party_org", "study_group") and self.random.random() < 0.8:
            return f"{UNIT}-{'X' if sheet.name == 'study_group' else ''}{row + 1:02d}"
        if column.name in ("org_code", "host_code", "parent_org_code", "linked_org_code"):
            pool = [
                *CODES * 4,
                *GROUPS,
                UNIT,
                "999",
                "530001-1",
                "530002-01",
                f" {CODES[0]} ",
                "５３０００１-０２",
                CODES[2] + "　",
            ]
        elif column.name == "group_code":
            pool = [*GROUPS * 3, "530001-X1", "530001-x01", f"{GROUPS[0]} "]
        elif column.name in ("unit_code", "parent_unit_code", "town_code"):
            pool = [UNIT] * 6 + [530001, "530002", f" {UNIT}"]
        elif column.key:
            pool = [str(row)] * 6 + [row, f" {row}", f"R{row:03d}", f"r{row:03d}", "1", 1, "R001", 12.5]
        elif column.name in ("person_key", "member_no"):
            pool = ["R001", "R002", "r001", "R003 ", "Ｒ００１".replace("Ｒ", "R"), 4, "4"]
        elif column.name in ("person_name", "name"):
            pool = [*NAMES, f"{NAMES[0]} ", f"　{NAMES[1]}"]
        elif column.name == "id_number":
            pool = [*IDS, f" {IDS[0]}", "１１010519491231002X"]
        elif column.name == "stat_code":
            pool = ["A01", "A02", "Z99"]
        elif column.name == "note":
            pool = [f"{NAMES[0]}同志负责", "经费没有到账", "王", *NAMES]
        return self._one(pool)

    def _choice(self, sheet: Sheet, column: Column, row: int) -> object:
        listed = list(self.form.choices(column))
        named = [value for value in self._named.get((sheet.name, column.name), []) if value in listed]
        value = self._one(named if named and self.random.random() < 0.6 else listed)
        if self.random.random() < 0.75:
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
        edge = [int(bound) for bound in (column.minimum, column.maximum) if bound is not None]
        pool: list = [self.random.randrange(0, 14) for _ in range(6)]
        pool += [one + step for one in edge for step in (-1, 0, 1)]
        pool += [YEAR, YEAR + 1, YEAR - 1, "3", " 4 ", "５", "007", 10.0, "12.0", 999_999]
        return self._one(pool)

    def _decimal(self, sheet: Sheet, column: Column, row: int) -> object:
        pool = [0, 1, 5, 12, 0.1 + 0.2, 3600.0, 3600.1, 99.999, 0.005, -1, -0.01, "3.50", "12", " 7 ", "1.005", "３"]
        return self._one([*pool, *(self.random.randrange(0, 30) for _ in range(12))])

    def _date(self, sheet: Sheet, column: Column, row: int) -> object:
        today = date.today()
        near = [today + timedelta(days=step) for step in (-1, 0, 1)] + [
            _months_before(today, 6, step) for step in (-1, 0, 1)
        ]
        edges = [date(YEAR, 1, 1), date(YEAR, 12, 31), date(YEAR - 1, 12, 31), date(YEAR + 1, 1, 1), date(1949, 10, 1)]
        day = self._one(
            [*near, *edges, *(date(YEAR, 1, 1) + timedelta(days=self.random.randrange(-500, 380)) for _ in range(12))]
        )
        spelled = [f"{day.year}.{day.month}.{day.day}", day.isoformat(), f"{day.year}年{day.month}月{day.day}日",
                   f"{day:%Y/%m/%d}", f" {day.isoformat()} ", (day - date(1899, 12, 30)).days]  # fmt: skip
        return self._one([day] * 8 + spelled)

    def _month(self, sheet: Sheet, column: Column, row: int) -> object:
        return self._one(
            ["1956.08", "1956-8", "1956年8月", "1949.10", " 1956.08", "1956/08", 1956.08, date(1956, 8, 3), "1956.1"]
        )


def _months_before(day: date, months: int, step: int) -> date:
    place = day.year * 12 + day.month - 1 - months
    return date(place // 12, place % 12 + 1, min(day.day, 28)) + timedelta(days=step)


def _named_choices(form: Form) -> dict[tuple[str, str], list[str]]:
    """By column: the choices that rules name, so that rules apply often."""
    found: dict[tuple[str, str], list[str]] = {}
    for rule in form.rules:
        texts = [text for value in rule.args.values() for text in _texts(value)]
        for sheet in form.sheets:
            for column in sheet.columns:
                if column.choices:
                    found.setdefault((sheet.name, column.name), []).extend(
                        t for t in texts if t in form.choices(column)
                    )
    return found


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def roomy(form: Form, rows: int) -> Form:
    """The form with so many rows in every open table."""
    return replace(form, sheets=tuple(s if s.fixed_rows else replace(s, blank_rows=rows) for s in form.sheets))
