"""The checks of `checks.py` as Excel formulas: the same rule record in, the formula of its bad rows out.

A renderer bears the name and the arguments of the check whose twin it is, and gives an expression over columns of
values as tall as the table, 1 or TRUE where a row is bad; no renderer means that Excel 2010 and WPS 2016 cannot say it.
The columns (see `Ranges`) hold what the reader would make of each cell: "" for an empty one, numbers, days as
serial numbers, months as YYYYMM, listed spellings of choices, ODD or UNLISTED for what nobody can use.

Every expression is entered as an array formula. So no AND, OR, COUNTIF or INDEX over rows: they do not go row by row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from toolkit.model.arrays import (
    across,
    all_of,
    among,
    how_many,
    known,
    numbers,
    same,
    sure,
)
from toolkit.model.form import Form
from toolkit.model.privacy import CHECK_CHARACTERS, WEIGHTS
from toolkit.model.windows import Steps, Window
from validators.arguments import Col, Cols, When, Windows

UNKNOWN, UNSURE, BLANK_ASKED = 7, 10, 11
"""States of a cell (all are in `toolkit.templating.check_cells`): from UNKNOWN on no rule that looks at it is judged;
UNSURE is one with ODD, BLANK_ASKED a blank of which a rule with the check `required` speaks."""
_FOREVER = 99999


class Ranges(Protocol):
    """Where the columns stand.

    `context` gives single cells: `_as_of`, `_year`, `_fill_date` and so on; a text where it is not known.
    """

    form: Form
    context: Mapping[str, str]

    def values(self, sheet: str, column: str) -> str:
        """The values of a column."""

    def states(self, sheet: str, column: str) -> str:
        """The states of its cells."""

    def rows(self, sheet: str) -> str:
        """1 where a row of the sheet is data, else 0."""


@dataclass(frozen=True)
class Here:
    """The columns as one sheet's rule sees them."""

    ranges: Ranges
    sheet: str

    def __getitem__(self, column: str) -> str:
        """The values of a column of this sheet, or a context cell."""
        return self.ranges.context.get(column) or self.ranges.values(self.sheet, column)

    def state(self, column: str) -> str:
        """The states of a column of this sheet."""
        return self.ranges.states(self.sheet, column)

    @property
    def rows(self) -> str:
        """Which rows of this sheet are data."""
        return self.ranges.rows(self.sheet)


Renderer = Callable[..., str | None]


def alike(here: Here, column: str) -> str:
    """Whether a row has the same value in a column as another row; LibreOffice compares only texts by EXACT."""
    value = here[column]
    if here.ranges.form.by_name[here.sheet].by_name[column].type in ("text", "choice"):
        return same(value, across(value))
    return f"{value}={across(value)}"


def digits_gone(text: str) -> str:
    """The text without its digits."""
    for digit in "0123456789":
        text = f'SUBSTITUTE({text},"{digit}","")'
    return text


def holds(here: Here, when: When) -> str:
    """Where all conditions hold; see `checks.holds`."""
    parts = []
    for condition in when:
        each = []
        for name in condition.columns:
            value = here[name]
            each.append(
                {
                    "in": lambda value=value, wanted=condition.values: among(value, wanted),
                    "not": lambda value=value, wanted=condition.values: f"{known(value)}*NOT({among(value, wanted)})",
                    "empty": lambda value=value: f"NOT({known(value)})",
                    "filled": lambda value=value: known(value),
                }[condition.mode]()
            )
        parts.append("(" + "+".join(f"({one})" for one in each) + ")>0")
    return all_of(parts)


def all_sure(ranges: Ranges, sheet: str, column: str) -> str:
    """Whether no cell of a column is one that only the reader can tell."""
    return f"SUM({ranges.rows(sheet)}*({ranges.states(sheet, column)}={UNSURE}))=0"


def required(here: Here, *, column: Col) -> str:
    """The bad rows of `required`."""
    return f"{here.state(column)}={BLANK_ASKED}"


def required_when(here: Here, *, column: Col, when: When, from_year: int = 0) -> str:
    """The bad rows of `required_when`."""
    late = f"*({here['_year']}>={from_year})*ISNUMBER({here['_year']})" if from_year else ""
    return f'({here[column]}="")*{holds(here, when)}{late}'


def required_after(here: Here, *, column: Col, since: Col, until: Col, months: int, when: When = ()) -> str:
    """The bad rows of `required_after`."""
    begin, end, today = here[since], here[until], here["_as_of"]
    day = f"DATE(YEAR({begin}),MONTH({begin})+{months},DAY({begin}))"
    month_end = f"DATE(YEAR({begin}),MONTH({begin})+{months}+1,0)"
    last = f"IF(ISNUMBER({end}),IF({end}<{today},{end},{today}),{today})"
    reached = f"IF(ISNUMBER({begin}),IF({day}<{month_end},{day},{month_end})<={last},FALSE)"
    return f'({here[column]}="")*{reached}*{holds(here, when)}'


def zero_when(here: Here, *, column: Col, when: When) -> str:
    """The bad rows of `zero_when`."""
    return f"{numbers(here[column])}*({here[column]}<>0)*{holds(here, when)}"


def must_be(here: Here, *, column: Col, values: tuple[str, ...], when: When = ()) -> str:
    """The bad rows of `must_be`."""
    return f"NOT({among(here[column], values)})*{holds(here, when)}"


def one_of(here: Here, *, column: Col, values: tuple[str, ...], when: When = ()) -> str:
    """The bad rows of `one_of`."""
    return f'({here[column]}<>"")*{must_be(here, column=column, values=values, when=when)}'


def not_before(here: Here, *, column: Col, other: Col) -> str:
    """The bad rows of `not_before`."""
    return f"{numbers(here[column], here[other])}*({here[column]}<{here[other]})"


def not_after(here: Here, *, column: Col, other: Col) -> str:
    """The bad rows of `not_after`."""
    return f"{numbers(here[column], here[other])}*({here[column]}>{here[other]})"


def within_year(here: Here, *, column: Col, windows: Windows = ()) -> str:
    """The bad rows of `within_year`."""
    return f"{numbers(here[column], here['_first_day'])}*NOT({_in_year(here, column, windows, blank=True)})"


def not_in_future(here: Here, *, column: Col, windows: Windows = ()) -> str:
    """The bad rows of `not_in_future`."""
    date = here[column]
    return (
        f"{numbers(date, here['_last_day'])}*({date}>{here['_as_of']})*({_in_year(here, column, windows, blank=False)})"
    )


def counts_this_year(here: Here, *, column: Col, windows: Windows = ()) -> str:
    """The bad rows of `counts_this_year`."""
    date, year = here[column], here["_year"]
    seasons = [window for window in windows if window.season]
    begun = [
        f"({date}>={_season_begins(window, f'({year}+1)')})*{_concerned(here, window, blank=False)}"
        for window in seasons
    ]
    return f"{numbers(date, year)}*({date}<={here['_last_day']})*(({'+'.join(begun) or '0'})>0)"


def _in_year(here: Here, column: str, windows: Windows, *, blank: bool) -> str:
    """Whether the day lies in the report year or in a window that is about the row (see `_concerned`)."""
    date, year, first, last = here[column], here["_year"], here["_first_day"], here["_last_day"]
    parts = [f"({date}>={first})*({date}<={last})"]
    for window in windows:
        if window.season:
            days = f"({date}>={_season_begins(window, year)})*({date}<{_season_begins(window, f'({year}+1)')})"
        else:
            days = f"({date}>{last})*({date}<={_stepped(window.late, year, 1, last)})"
        parts.append(f"{days}*{_concerned(here, window, blank=blank)}")
    return f"({'+'.join(parts)})>0"


def _season_begins(window: Window, year: str) -> str:
    return _stepped(window.first, year, -1, f"DATE({year},1,1)")


def _stepped(steps: Steps, year: str, offset: int, otherwise: str) -> str:
    """The month and day in force for a report year, in that year moved by `offset`; `otherwise` where none is."""
    found = otherwise
    for number, (first, value) in enumerate(steps):
        day = f"DATE({year}{offset:+d},{value[0]},{value[1]})" if value else otherwise
        found = day if not number or not first else f"IF({year}>={first},{day},{found})"
    return found


def _concerned(here: Here, window: Window, *, blank: bool) -> str:
    """Whether a window is about a row; with `blank` also where an empty cell leaves it open."""
    parts = []
    for term in window.terms:
        each = [among(here[name], term.values) for name in term.columns]
        each += [f"NOT({known(here[term.columns[0]])})"] if blank else []
        parts.append("(" + "+".join(f"({one})" for one in each) + ")>0")
    return all_of(parts)


at_most = not_after


def positive(here: Here, *, column: Col) -> str:
    """The bad rows of `positive`."""
    return f"{numbers(here[column])}*({here[column]}<=0)"


def two_decimals(here: Here, *, column: Col) -> str:
    """The bad rows of `two_decimals`."""
    return f"IF(ISNUMBER({here[column]}),ROUND({here[column]},2)<>{here[column]},FALSE)"


def differs(here: Here, *, column: Col, other: Col) -> str:
    """The bad rows of `differs`."""
    return f'({here[column]}<>"")*{same(here[column], here[other])}'


_SERIAL = re.compile(r"([-A-Z]+)\\d\{(\d)\}")


def code_of(here: Here, *, column: Col, owner: Col, serial: str) -> str | None:
    """For serials of fixed characters and then so many digits."""
    pattern = _SERIAL.fullmatch(serial)
    if pattern is None:
        return None
    code, root, fixed, count = here[column], here[owner], pattern[1], int(pattern[2])
    head = same(f"LEFT({code},LEN({root})+{len(fixed)})", f'{root}&"{fixed}"')
    whole = f"LEN({code})=LEN({root})+{len(fixed) + count}"
    tail = f'{digits_gone(f"RIGHT({code},{count})")}=""'
    return f'({code}<>"")*({root}<>"")*NOT({head}*({whole})*({tail}))'


def valid_id_number(here: Here, *, column: Col) -> str:
    """The bad rows of `valid_id_number`."""
    number = here[column]
    weighed = "+".join(f"VALUE(MID({number},{place},1))*{weight}" for place, weight in enumerate(WEIGHTS, 1))
    parts = (
        f"LEN({number})=18",
        f'{digits_gone(f"LEFT({number},17)")}=""',
        among(f"MID({number},7,2)", ("18", "19", "20")),
        among(f"MID({number},11,2)", (f"{month:02d}" for month in range(1, 13))),
        among(f"MID({number},13,2)", (f"{day:02d}" for day in range(1, 32))),
        f'MID("{CHECK_CHARACTERS}",MOD({weighed},11)+1,1)=UPPER(RIGHT({number},1))',
    )
    return f'({number}<>"")*NOT(IFERROR({all_of(parts)},0))'


def unique(here: Here, *, columns: Cols) -> str:
    """The bad rows of `unique`."""
    values = [here[name] for name in columns]
    full = all_of(known(value) for value in values)
    pairs = all_of((*(alike(here, name) for name in columns), f"{across(here.rows)}=1"))
    return f"{full}*({how_many(pairs, here.rows)}>1)"


def one_value(here: Here, *, column: Col, per: Cols) -> str:
    """The bad rows of `one_value`."""
    values = [here[name] for name in (column, *per)]
    full = all_of(known(value) for value in values)
    pairs = [alike(here, name) for name in per]
    pairs += [f"NOT({alike(here, column)})", across(f"{here.rows}*{full}")]
    return f"{full}*({how_many(all_of(pairs), here.rows)}>0)"


def no_overlap(here: Here, *, start: Col, end: Col, per: Cols, when: When = ()) -> str:
    """The bad rows of `no_overlap`."""
    begin, keys = here[start], [here[name] for name in per]
    finish = f"IF(ISNUMBER({here[end]}),{here[end]},{_FOREVER})"
    taking = f"{here.rows}*{numbers(begin)}*({finish}>={begin})*"
    taking += all_of((sure(here[end]), holds(here, when), *map(known, keys)))
    pairs = [alike(here, name) for name in per]
    pairs += [f"{begin}<={across(finish)}", f"{across(begin)}<={finish}", across(taking)]
    pairs += [f"ROW({begin})<>{across(f'ROW({begin})')}"]
    return f"{taking}*({how_many(all_of(pairs), here.rows)}>0)"


def months_at_most(here: Here, *, column: Col, start: Col, end: Col) -> str:
    """The bad rows of `months_at_most`."""
    first_day, last_day = here["_first_day"], here["_last_day"]
    first = f"IF({here[start]}<{first_day},{first_day},{here[start]})"
    last = f"IF(ISNUMBER({here[end]}),IF({here[end]}<{last_day},{here[end]},{last_day}),{last_day})"
    months = f"(YEAR({last})-YEAR({first}))*12+MONTH({last})-MONTH({first})+1"
    much = f"({here[column]}>{months})*({here[column]}>0)"
    return f"IF({numbers(here[column], here[start])}*ISNUMBER({first_day}),{much},FALSE)"


def quarter_begun(here: Here, *, column: Col, quarter: int) -> str:
    """The bad rows of `quarter_begun`."""
    begins = f"DATE({here['_year']},{3 * (quarter - 1) + 1},1)"
    due = f"ISNUMBER({here['_year']})*({here['_as_of']}<{begins})"
    return f"IFERROR({due},0)*{numbers(here[column])}*({here[column]}<>0)"


RENDERERS: Mapping[str, Renderer] = {
    renderer.__name__: renderer
    for renderer in (
        required, required_when, required_after, zero_when, must_be, one_of, not_before, not_after, within_year,
        not_in_future, counts_this_year, positive, two_decimals, differs, code_of, valid_id_number, unique, one_value,
        no_overlap, months_at_most, quarter_begun,
    )
} | {"at_most": at_most}  # fmt: skip
