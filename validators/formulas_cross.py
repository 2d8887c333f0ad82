"""The checks of `cross.py` and `sums.py` as Excel formulas; see `formulas.py`.

What needs the unit list, other workbooks, a search of unknown depth or patterns inside a text has no renderer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from toolkit.model import organisations
from toolkit.model.arrays import SEPARATOR, across, all_of, among, how_many, known, numbers, quoted, same, sure
from validators.arguments import EXACT, Col, Far, Fars, When
from validators.formulas import Here, Renderer, all_sure, holds

MARK = "is_temporary"
STATISTICS, STAT_CODE, STAT_VALUE = "annual_stat", "stat_code", "value"


def _day(here: Here) -> str:
    """The day of judgement, or the end of the report year if that is earlier."""
    return organisations.day_formula(here["_as_of"], here["_last_day"])


def _orgs(here: Here) -> organisations.Columns:
    """The columns of the organisations' sheet."""
    ranges, sheet = here.ranges, organisations.SHEET
    marked = MARK in ranges.form.by_name[sheet].by_name
    code, kind, parent, start, end = (ranges.values(sheet, name) for name in organisations.READS if name != MARK)
    mark = ranges.values(sheet, MARK) if marked else ""
    return organisations.Columns(ranges.rows(sheet), code, parent, kind, mark, start, end, _day(here))


def _orgs_sure(here: Here) -> str:
    """Whether only cells that a formula can read say which organisations stand, and below which."""
    known_columns = here.ranges.form.by_name[organisations.SHEET].by_name
    named = (name for name in organisations.READS if name in known_columns)
    return all_of(all_sure(here.ranges, organisations.SHEET, name) for name in named)


def _reached(here: Here, column: str, key: Far, bad: str) -> str:
    """Whether the first row that the code names is bad; `bad` is told of the far sheet's rows, lying down."""
    code, rows = _far(here, key), here.ranges.rows(key[0])
    above = f"{same(code, across(code))}*{across(rows)}*(ROW({code})>={across(f'ROW({code})')})"
    first = f"{rows}*({how_many(above, code)}=1)"
    return f'({here[column]}<>"")*({how_many(f"{same(here[column], across(code))}*{across(first)}*({bad})", code)}>0)'


def _far(here: Here, place: Far) -> str:
    return here.ranges.values(*place)


def _found(here: Here, column: str, key: Far) -> str:
    """Whether the code stands in the key column."""
    there = f"{same(here[column], across(_far(here, key)))}*{across(here.ranges.rows(key[0]))}"
    return f"({how_many(there, _far(here, key))}>0)"


def referred_is(here: Here, *, column: Col, key: Far, target: Far, values: tuple[str, ...], when: When = ()) -> str:
    """The bad rows of `referred_is`."""
    field = _far(here, target)
    return f"{holds(here, when)}*{_reached(here, column, key, across(f'{known(field)}*NOT({among(field, values)})'))}"


def referred_equals(here: Here, *, column: Col, key: Far, target: Far, other: Col) -> str:
    """The bad rows of `referred_equals`."""
    field = _far(here, target)
    differs = f"{across(known(field))}*NOT({same(here[other], across(field))})"
    return f'({here[other]}<>"")*{_reached(here, column, key, differs)}'


def referred_in_force(here: Here, *, column: Col, key: Far, dissolved: Far) -> str:
    """The bad rows of `referred_in_force`."""
    gone = across(organisations.gone_formula(_far(here, dissolved), _day(here)))
    return f"{numbers(here['_last_day'])}*{_reached(here, column, key, gone)}"


def refers_to(here: Here, *, column: Col, key: Far, when: When = ()) -> str:
    """The bad rows of `refers_to`."""
    return f'{holds(here, when)}*({here[column]}<>"")*NOT({_found(here, column, key)})'


def in_roster(here: Here, *, column: Col, key: Far, when: When = ()) -> str:
    """The bad rows of `in_roster`."""
    return f"{refers_to(here, column=column, key=key, when=when)}*(SUM({here.ranges.rows(key[0])})>0)"


def host_founded(here: Here, *, column: Col, host: Col, key: Far, since: Far, when: When = ()) -> str:
    """The bad rows of `host_founded`."""
    field = _far(here, since)
    early = f"{across(numbers(field))}*({here[column]}<{across(field)})"
    return f"{holds(here, when)}*{numbers(here[column])}*{_reached(here, host, key, early)}"


def host_not_dissolved(here: Here, *, column: Col, host: Col, key: Far, until: Far) -> str:
    """The bad rows of `host_not_dissolved`."""
    field = _far(here, until)
    late = f"{across(numbers(field))}*({here[column]}>{across(field)})"
    return f"{numbers(here[column])}*{_reached(here, host, key, late)}"


def parent_given(here: Here, *, column: Col, kind: Col, until: Col) -> str:
    """The bad rows of `parent_given`."""
    orgs = _orgs(here)
    upper = f"SUM({organisations.upper_formula(orgs)}*{sure(here[until])})"
    branch = f'({here[column]}="")*{organisations.branches_formula(orgs)}'
    return f"{numbers(here['_last_day'])}*{_orgs_sure(here)}*{branch}*({upper}>0)"


def required_if_any(here: Here, *, column: Col, far: Far, values: tuple[str, ...]) -> str:
    """The bad rows of `required_if_any`."""
    there = f"SUM({here.ranges.rows(far[0])}*{among(_far(here, far), values)})"
    return f'({here[column]}="")*({there}>0)'


def no_names(here: Here, *, column: Col, roster: Fars) -> str:
    """The bad rows of `no_names`."""
    named = []
    for place in roster:
        name = _far(here, place)
        usable = across(f"{here.ranges.rows(place[0])}*(LEN({name})>=2)")
        named.append(how_many(f"ISNUMBER(FIND({across(name)},{here[column]}))*{usable}", name))
    return f"(({'+'.join(named)})>0)"


def roster_count(
    here: Here, *, column: Col, key: Far, status: Far, values: tuple[str, ...],
    also: Far = ("", ""), also_values: tuple[str, ...] = (), tolerance: Decimal = EXACT,
) -> str:  # fmt: skip
    """The bad rows of `roster_count`."""
    listed = f"{here.ranges.rows(key[0])}*{among(_far(here, status), values)}"
    if also_values:
        listed += f"*{among(_far(here, also), also_values)}"
    orgs = _orgs(here)
    count = how_many(f"{same(orgs.code, across(_far(here, key)))}*{across(listed)}", _far(here, key))
    used = f"(SUM({here.ranges.rows(key[0])})>0)*{numbers(here['_last_day'])}"
    judged = f'({orgs.code}<>"")*{organisations.branches_formula(orgs)}*{_orgs_sure(here)}'
    return f"{used}*{judged}*{numbers(here[column])}*{_differs(here[column], count, tolerance)}"


def _differs(left: str, right: str, tolerance: Decimal) -> str:
    return f"(ABS({left}-({right}))>{tolerance})" if tolerance else f"({left}<>{right})"


def _codes(here: Here) -> dict[str, str]:
    return {row.values["stat_key"]: row.key for row in here.ranges.form.by_name[STATISTICS].fixed_rows}


def _statistic(here: Here, code: str) -> tuple[str, str]:
    """Value of a statistics row, and whether it is known: one row of that code, with a number."""
    codes, value = here.ranges.values(STATISTICS, STAT_CODE), here.ranges.values(STATISTICS, STAT_VALUE)
    there = f"{here.ranges.rows(STATISTICS)}*{same(codes, quoted(code))}"
    total = f"SUM(IF({there}*{numbers(value)},{value},0))"
    return total, f"(SUM({there})=1)*(SUM({there}*{numbers(value)})=1)"


def _rows_of(here: Here, codes: Iterable[str]) -> str:
    return among(here[STAT_CODE], codes)


def sum_equals_stat(here: Here, *, column: Col, stat: str, far: Far, tolerance: Decimal = EXACT) -> str | None:
    """The bad rows of `sum_equals_stat`."""
    code = _codes(here).get(stat)
    if code is None:
        return None
    if far[0] == organisations.SHEET:
        orgs = _orgs(here)
        counted = organisations.branches_formula(orgs)
        sure = f"{_orgs_sure(here)}*(SUM({organisations.own_number_formula(orgs)})=0)"
    else:
        dates = "set_date", "dissolve_date"
        force = organisations.in_force_formula(*(here.ranges.values(far[0], name) for name in dates), _day(here))
        counted = f"{here.ranges.rows(far[0])}*{force}"
        sure = all_of(all_sure(here.ranges, far[0], name) for name in dates)
    number = _far(here, far)
    total = f"SUM(IF({counted}*{numbers(number)},{number},0))"
    unknown = f"SUM({counted}*NOT({numbers(number)}))"
    judged = f"{numbers(here['_last_day'])}*{sure}*({unknown}=0)*{_rows_of(here, [code])}"
    return f"{judged}*{numbers(here[column])}*{_differs(here[column], total, tolerance)}"


def stat_total(
    here: Here, *, column: Col, total: str, parts: tuple[str, ...], tolerance: Decimal = EXACT
) -> str | None:
    """The bad rows of `stat_total`."""
    codes = [_codes(here).get(key) for key in (total, *parts)]
    found = [_statistic(here, code) for code in codes if code]
    if len(found) < len(codes):
        return None
    whole, *summed = (value for value, _ in found)
    judged = f"{_rows_of(here, filter(None, codes))}*{all_of(sure for _, sure in found)}"
    return f"{judged}*{_differs(whole, '+'.join(summed), tolerance)}"


def part_at_most_whole(here: Here, *, column: Col, keys: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> str:
    """The bad rows of `part_at_most_whole`."""
    codes = _codes(here)
    wholes = {
        row.key: row.parent
        for row in here.ranges.form.by_name[STATISTICS].fixed_rows
        if row.parent in codes.values()
        and row.values["stat_key"] not in without
        and (not keys or row.values["stat_key"] in keys)
    }
    whole = looked_up(here[STAT_CODE], wholes)
    there = f"{same(whole, across(here[STAT_CODE]))}*{across(here.rows)}"
    value = f"MMULT(({there})*{across(f'IF({numbers(here[column])},{here[column]},0)')},ROW({here.rows})^0)"
    with_number = how_many(f"{there}*{across(numbers(here[column]))}", here.rows)
    judged = f'({how_many(there, here.rows)}=1)*({with_number}=1)*({whole}<>"")'
    return f"{judged}*{numbers(here[column])}*({here[column]}>{value})"


def looked_up(value: str, table: Mapping[str, str]) -> str:
    """What a table written into the formula gives for a value, "" where it has none."""
    return looked_up_in(value, quoted(table_text(table)))


def table_text(table: Mapping[str, str]) -> str:
    """A table as the text that `looked_up_in` searches."""
    return SEPARATOR + "".join(f"{key}→{given}{SEPARATOR}" for key, given in table.items())


def looked_up_in(value: str, text: str) -> str:
    """What the table in a text (a literal, a cell) gives for a value, "" where it has none."""
    start = f'(FIND("{SEPARATOR}"&{value}&"→",{text})+LEN({value})+2)'
    return f'IFERROR(MID({text},{start},FIND("{SEPARATOR}",{text},{start})-{start}),"")'


def stat_at_most(here: Here, *, column: Col, stat: str, other: str) -> str | None:
    """The bad rows of `looked_up`."""
    codes = _codes(here)
    if stat not in codes or other not in codes:
        return None
    limit, sure = _statistic(here, codes[other])
    return f"{_rows_of(here, [codes[stat]])}*{sure}*{numbers(here[column])}*({here[column]}>{limit})"


def stat_whole_number(here: Here, *, column: Col) -> str:
    """The bad rows of `stat_whole_number`."""
    whole = [row.key for row in here.ranges.form.by_name[here.sheet].fixed_rows if row.integer]
    return f"{_rows_of(here, whole)}*IF({numbers(here[column])},INT({here[column]})<>{here[column]},FALSE)"


def known_fixed_row(here: Here, *, column: Col) -> str:
    """The bad rows of `known_fixed_row`."""
    keys = [row.key for row in here.ranges.form.by_name[here.sheet].fixed_rows]
    return f'({here[column]}<>"")*NOT({among(here[column], keys)})'


def stat_at_most_attendance(
    here: Here, *, column: Col, stat: str, far: Far, kind: Far, also: Far, types: tuple[str, ...]
) -> str | None:
    """The bad rows of `stat_at_most_attendance`."""
    code = _codes(here).get(stat)
    if code is None:
        return None
    number = _far(here, far)
    either = f"(({among(_far(here, kind), types)}+{among(_far(here, also), types)})>0)"
    counted = f"{here.ranges.rows(far[0])}*{either}"
    unknown = f"SUM({counted}*NOT({numbers(number)}))"
    total = f"SUM(IF({counted}*{numbers(number)},{number},0))"
    return f"{_rows_of(here, [code])}*({unknown}=0)*{numbers(here[column])}*({here[column]}>{total})"


def stat_at_least_rows(
    here: Here, *, column: Col, stat: str, status: Far, values: tuple[str, ...],
    also: Far = ("", ""), also_values: tuple[str, ...] = (), day: Far = ("", ""),
) -> str | None:  # fmt: skip
    """The bad rows of `stat_at_least_rows`."""
    code = _codes(here).get(stat)
    if code is None:
        return None
    listed = f"{here.ranges.rows(status[0])}*{among(_far(here, status), values)}"
    if also_values:
        listed += f"*{among(_far(here, also), also_values)}"
    if day[1]:
        when = _far(here, day)
        listed += f"*{numbers(when)}*({when}>={here['_first_day']})*({when}<={here['_last_day']})"
    year = f"{numbers(here['_last_day'])}*" if day[1] else ""
    return f"{year}{_rows_of(here, [code])}*{numbers(here[column])}*({here[column]}<SUM({listed}))"


RENDERERS: Mapping[str, Renderer] = {
    renderer.__name__: renderer
    for renderer in (
        referred_is, referred_equals, referred_in_force, refers_to, in_roster, host_founded, host_not_dissolved,
        parent_given, required_if_any, no_names, roster_count, sum_equals_stat, stat_total, part_at_most_whole,
        stat_at_most, stat_whole_number, known_fixed_row, stat_at_most_attendance, stat_at_least_rows,
    )
}  # fmt: skip
