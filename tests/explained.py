"""Why our reading of a cell may differ from that of openpyxl, or from the text on LibreOffice's screen.

`EXPLAINED` is the whole table: kind of difference → whether a case is of it, and why ours is what the eye sees, or
which finding says so. A difference that no row explains fails the test. Nothing here asks our reader how it reads.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from readings import SCREEN, VALUES, Case, Said, number

from toolkit.model.form import Column
from toolkit.reading.quoting import quote

ONLY_LOOKS = {"S010", "F028", "C025", "C029", "C043", "C044", "C045"}
"""Findings about how a cell looks; its value is taken."""
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_DAY = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?: ?0?0:00(?::00)?)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d\d)(?: 0?0:00(?::00)?)?")
_MONTH = re.compile(r"(\d{4})[-./年](\d{1,2})月?")
_SOLID = re.compile(r"(\d{4})(\d\d)(\d\d)?")


class Why(NamedTuple):
    """One row of the table, with a case that it explains and one beside it that it must not explain."""

    holds: Callable[[Case], object]
    why: str
    right: Case
    wrong: Case


def _case(kind: str, mine: object, theirs: object, *codes: str, reader: str = SCREEN, repairs=(), held=None) -> Case:
    return Case(reader, Column("x", "甲", kind, "optional"), mine, theirs, Said(set(codes), list(repairs)), held=held)


def _row(*codes: str, **cells: object) -> Case:
    """A row that was left out; cells whose name begins with `own` were issued filled in."""
    row = tuple(
        (Column(name, "甲", "text", "optional", prefilled=name.startswith("own")), value)
        for name, value in cells.items()
    )
    return Case(SCREEN, row[0][0], None, row[0][1], Said(set(codes)), row=row)


def _says(*codes: str) -> Callable[[Case], object]:
    return lambda case: case.said.codes & {*codes}


def _on_screen(*codes: str) -> Callable[[Case], object]:
    return lambda case: case.reader == SCREEN and not case.row and case.said.codes & {*codes}


def _lost(case: Case) -> bool:
    return case.mine is None and not case.row and bool(case.said.codes - ONLY_LOOKS)


def _blank(case: Case) -> bool:
    values = [value for _, value in case.row] or [case.theirs]
    return case.mine is None and all(isinstance(value, str) and not value.strip() for value in values)


def _repaired(case: Case) -> bool:
    theirs, after = case.theirs, "" if case.mine is None else quote(str(case.mine))
    known, figure = {quote(_decoded(text)) for text in (str(theirs), _text(theirs))}, number(_bare(theirs))
    return any(
        after == became and (before in known or (figure is not None and number(before) == figure))
        for before, became in case.said.repairs
    )


def _bare(seen: object) -> str:
    """A number on the screen without what a format puts around its digits."""
    return re.sub(r"^\((.*)\)$", r"-\1", re.sub(r"[,￥¥人\s]", "", str(seen)))


def _text(value: object) -> str:
    """A value as the list of repairs writes it."""
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).upper()
    if isinstance(value, float | int):
        return f"{value:.0f}" if value == int(value) else f"{value:.15g}"
    return str(value)


def _number_in_text(case: Case) -> bool:
    figure = None if isinstance(case.theirs, str) else number(case.theirs)
    return isinstance(case.mine, str) and figure is not None and figure == number(case.mine)


def _truth(case: Case) -> bool:
    return case.theirs in (True, False) and case.mine == str(case.theirs).upper()


_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMED = re.compile(rf"({'|'.join(_NAMES)})-(\d\d)")
"""A month as the format mmm-yy shows it."""


def _same_month(case: Case) -> bool:
    theirs = _bare(case.theirs) if case.reader == SCREEN else case.theirs
    if case.column.type != "month" or not isinstance(case.mine, str):
        return False
    if isinstance(theirs, dt.date):
        found = (theirs.year, theirs.month)
    else:
        match = _MONTH.fullmatch(str(theirs)) or _SOLID.fullmatch(str(theirs)) or _DAY.fullmatch(str(theirs))
        found = (int(match[1]), int(match[2])) if match else None
        if match := _YEAR_LAST.fullmatch(str(theirs)):
            found = (int(case.mine[:4]) if match[3] == case.mine[2:4] else int(match[3]), int(match[1]))
        if (match := _NAMED.fullmatch(str(theirs))) and match[2] == case.mine[2:4]:
            found = (int(case.mine[:4]), _NAMES.index(match[1]) + 1)
    return found is not None and case.mine == f"{found[0]}-{found[1]:02}"


def _same_day(case: Case) -> bool:
    if not isinstance(case.mine, dt.date):
        return False
    theirs, mine = str(case.theirs), case.mine.timetuple()[:3]
    if last := _YEAR_LAST.fullmatch(theirs):
        year = mine[0] % 100 if len(last[3]) == 2 else mine[0]
        return (int(last[3]), int(last[1]), int(last[2])) == (year, *mine[1:])
    found = _DAY.fullmatch(theirs) or _SOLID.fullmatch(theirs)
    return bool(found) and tuple(int(part or 0) for part in found.groups()) == mine


def _decoded(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _escaped(case: Case) -> bool:
    theirs = str(case.theirs)
    return "_x" in theirs and _decoded(theirs).strip() == str(case.mine or "")


def _trimmed(case: Case) -> bool:
    return isinstance(case.theirs, str) and case.theirs.strip() == case.mine


def _shown_number(case: Case) -> bool:
    if case.reader != SCREEN or isinstance(case.theirs, bool):
        return False
    bare = _bare(case.theirs)
    padded = isinstance(case.mine, str) and bool(re.match(r"-?0\d", bare)) and bare != case.mine
    return number(bare) is not None and number(bare) == number(case.mine) and not padded


def _no_day(case: Case) -> bool:
    said = number(case.mine) is not None or "C025" in case.said.codes
    return case.reader == VALUES and case.theirs == "#VALUE!" and said


def _no_fraction(case: Case) -> bool:
    figure = number(case.mine)
    return case.theirs == "#FMT" and figure is not None and figure == int(figure) and abs(figure) >= 2**31


def _name(case: Case) -> bool:
    narrow = unicodedata.normalize("NFKC", str(case.theirs))
    return "C041" in case.said.codes and "".join(narrow.split()) == unicodedata.normalize("NFKC", str(case.mine))


def _names(case: Case) -> bool:
    return bool(case.row) and all(value == column.name for column, value in case.row)


def _aside(case: Case) -> bool:
    return bool(case.row) and "S013" in case.said.codes


def _issued(case: Case) -> bool:
    return bool(case.row) and all(column.prefilled for column, _ in case.row)


def _truth_as_number(case: Case) -> bool:
    truth = isinstance(case.held, bool) or case.held is None
    return case.reader == SCREEN and case.mine in ("TRUE", "FALSE", "是", "否") and truth


DAY = dt.date(2023, 5, 1)
EXPLAINED: dict[str, Why] = {
    "not taken, and said": Why(
        _lost,
        "the cell is empty for us and has a finding of its own",
        _case("date", None, "2023.5", "C016"),
        _case("date", None, "2023.5", "C025"),
    ),
    "blanks only": Why(
        _blank,
        "nothing is to be seen in the cell",
        _case("text", None, "\u3000"),
        _case("text", None, "甲"),
    ),
    "repaired": Why(
        _repaired,
        "the list of repairs names the cell with what it held and what became of it",
        _case("date", DAY, "45,047", repairs=[("45047", "2023-05-01")]),
        _case("date", DAY, "45,048", repairs=[("45047", "2023-05-01")]),
    ),
    "number in a text column": Why(
        _number_in_text,
        "a number is the text that it shows",
        _case("text", "12", 12, reader=VALUES),
        _case("text", "12", 12.5, reader=VALUES),
    ),
    "true or false": Why(
        _truth,
        "Excel shows truth as TRUE and FALSE",
        _case("text", "TRUE", True, reader=VALUES),
        _case("text", "TRUE", False, reader=VALUES),
    ),
    "same month": Why(
        _same_month,
        "another spelling of the same month",
        _case("month", "1956-08", "1956.08"),
        _case("month", "1956-08", "1956.8.1.2"),
    ),
    "same day": Why(
        _same_day,
        "another spelling of the same day",
        _case("date", DAY, "2023年5月1日"),
        _case("date", DAY, "2023年5月"),
    ),
    "day with a clock, and said": Why(
        _says("C038"),
        "C038 says that the clock beside the day may mean the next one",
        _case("date", DAY, dt.datetime(2023, 5, 1, 23, 59, 59), "C038", reader=VALUES),
        _case("date", DAY, dt.datetime(2023, 5, 1, 23, 59, 59), reader=VALUES),
    ),
    "escaped": Why(
        _escaped,
        "_xHHHH_ is a character for Excel; openpyxl and LibreOffice show the escape",
        _case("text", "甲A", "甲_x0041_"),
        _case("text", "甲A", "甲_x0042_"),
    ),
    "trimmed": Why(
        _trimmed,
        "blanks at the ends are not to be seen",
        _case("text", "甲", " 甲 "),
        _case("text", "甲乙", "甲 乙"),
    ),
    "more than a name, and said": Why(
        _name,
        "C041 says that more than a name stands there; its characters are the same in another width",
        _case("text", "12", "１２", "C041"),
        _case("text", "12", "１３", "C041"),
    ),
    "became a date": Why(
        _says("C024"),
        "C024 says that a day stands in a column of texts",
        _case("text", "2023-05-01", "5/1/23", "C024"),
        _case("text", "2023-05-01", "5/1/23"),
    ),
    "number as shown": Why(
        _shown_number,
        "the same number with thousands, currency, brackets for the sign, or zeros at its end",
        _case("decimal", Decimal("3600"), "￥3,600.00"),
        _case("text", "12", "000012"),
    ),
    "shown rounded, and said": Why(
        _on_screen("C029"),
        "C029 says that the cell holds more decimals than it shows",
        _case("decimal", Decimal("0.333"), "0.33", "C029"),
        _case("decimal", Decimal("0.333"), "0.33"),
    ),
    "shown otherwise, and said": Why(
        _on_screen("C025", "C043", "C044", "C045"),
        "a finding says that the format shows something else, a part only, or nothing",
        _case("text", "12", "000012", "C043"),
        _case("text", "12", "13", "S010"),
    ),
    "truth under a number format": Why(
        _truth_as_number,
        "Excel shows TRUE under every format, LibreOffice 1",
        _case("text", "TRUE", "1.00", held=True),
        _case("text", "TRUE", "1.00", held=1),
    ),
    "no fraction for LibreOffice": Why(
        _no_fraction,
        "a large whole number under a format of fractions: LibreOffice gives up, Excel shows it",
        _case("decimal", Decimal("13800138000"), "#FMT"),
        _case("decimal", Decimal("20230501"), "#FMT"),
    ),
    "no day for openpyxl": Why(
        _no_day,
        "a number that is no day, under a format of days: openpyxl gives an error value",
        _case("decimal", Decimal("20230501"), "#VALUE!", reader=VALUES),
        _case("decimal", Decimal("20230501"), "#VALUE!"),
    ),
    "line of names": Why(
        _names,
        "the hidden line of English names",
        _row(org_code="org_code", org_name="org_name"),
        _row(org_code="org_code", org_name="甲"),
    ),
    "total or note, and said": Why(
        _aside,
        "S013 says that the row is no data",
        _row("S013", org_code="合计"),
        _row("S010", org_code="合计"),
    ),
    "row that nobody filled in": Why(
        _issued,
        "only what was issued stands in the row",
        _row(own_code="A01", own_name="总人数"),
        _row(own_code="A01", value="3"),
    ),
}


def explanation(case: Case) -> str:
    """The first row of the table that explains a difference, "" for none."""
    return next((name for name, row in EXPLAINED.items() if row.holds(case)), "")
