"""The formulas by which the hidden sheet `_check` reads the cells of a form as the reader would.

Per column of the form: what is in the cell without blanks (`prepared`), what it means (`meaning`: "" empty, a number,
a day, a month as YYYYMM, a listed choice; ODD where only the reader can tell, UNLISTED for a choice that is not in its
list) and how it stands with the column's own definition (`state`). Entered as array formulas over all rows of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from toolkit.model.arrays import ODD, SEPARATOR, UNLISTED, quoted, same
from toolkit.model.cell import LIKELY_SERIALS, NO_DAY, serial
from toolkit.model.form import Column, Form, Sheet
from toolkit.reading.normal import compact
from toolkit.reading.person_names import BESIDE_NAMES
from toolkit.reading.words import empty_words
from validators.formulas import UNKNOWN, UNSURE, digits_gone
from validators.formulas_cross import looked_up_in, table_text

FINE, LOW, HIGH, LONG, DOUBLE, NOWHERE, EARLY = range(7)
BLANK, NOT_LISTED, TYPED = UNKNOWN, UNKNOWN + 1, UNKNOWN + 2
"""States of a cell, with UNSURE and BLANK_ASKED; from UNKNOWN on nothing else is judged that looks at it.
TYPED is a number in a date cell that is no day number, such as a year."""

_BLANKS = ('" "', '"\u3000"', '"\u00a0"', "CHAR(9)", "CHAR(10)", "CHAR(13)")
_WIDE_DIGITS = "０１２３４５６７８９"
_LOOSE = "、,，/／;；。.·-—()（）"
"""Signs that do not count in a choice; see `toolkit.reading.texts`."""
_FIRST_DAY, _LAST_DAY = LIKELY_SERIALS.start, LIKELY_SERIALS.stop
"""Day numbers that mean the same with and without a date format."""
_EXACT, _MOST_DIGITS = "1E15", 15


@dataclass(frozen=True)
class Place:
    """Where one column stands: the cells of the form, and three columns of `_check`.

    Args:
        raw: the cells of the form. prepared, meaning, state: columns of `_check`.
        words: the cell of `_check` with the words for an empty cell; listed: the one with the spellings of the choices.
    """

    raw: str
    prepared: str
    meaning: str
    state: str
    words: str
    listed: str


def _replaced(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = f"SUBSTITUTE({text},{old},{new})"
    return text


def _narrow(text: str) -> str:
    return _replaced(text, ((f'"{wide}"', f'"{digit}"') for digit, wide in enumerate(_WIDE_DIGITS)))


def prepared(place: Place, column: Column) -> str:
    """The cell without blanks, full-width digits narrow; dates with `-` between their parts, months without zeros."""
    text = _narrow(_replaced(place.raw, ((blank, '""') for blank in _BLANKS)))
    return f'IFERROR({text},"{ODD}")'


def dated(place: Place, column: Column) -> str:
    """A prepared cell with `-` between year, month and day, and no zeros before them."""
    last = '"-"' if column.type == "date" else '""'
    pairs = [('"年"', '"-"'), ('"."', '"-"'), ('"/"', '"-"'), ('"月"', last), ('"日"', '""'), ('"号"', '""')]
    return _replaced(place.prepared, [*pairs, ('"-0"', '"-"')])


def numbered(column: Column, dates: str) -> str:
    """The day, or the month as YYYYMM, that the `dated` text may mean; 0 for none.

    A column of its own: LibreOffice joins no texts where one of them is an error.
    """
    dash = f'FIND("-",{dates},6)'
    year, rest = f"VALUE(LEFT({dates},4))", f"VALUE(MID({dates},6,2))"
    if column.type == "month":
        return f"IFERROR({year}*100+{rest},0)"
    return f"IFERROR(DATE({year},VALUE(MID({dates},6,{dash}-6)),VALUE(MID({dates},{dash}+1,9))),0)"


def meaning(place: Place, column: Column, dates: tuple[str, ...], dittos: str, *, watched: bool) -> str:
    """What the cell means.

    Args:
        dates: for dates and months, the columns of `_check` with `dated` and `numbered`.
        dittos: the cell of `_check` with the words for "as above".
        watched: a rule looks at the text, so it must be what the reader would make of it.
    """
    if column.type == "text":
        found = _text(place, column, dittos, watched)
    elif column.type == "choice":
        found = _choice(place, dittos)
    elif column.type in ("integer", "decimal"):
        found = _number(place, whole=column.type == "integer")
    else:
        found = (_date if column.type == "date" else _month)(place, *dates)
    empty = in_words(place.prepared, place.words)
    return f'IF({place.prepared}="{ODD}","{ODD}",IF({empty},"",{found}))'


def _text(place: Place, column: Column, dittos: str, watched: bool) -> str:
    raw = place.raw
    spaced = _replaced(raw, (('"\u3000"', '" "'), ('"\u00a0"', '" "')))
    clean = _narrow(f"TRIM({spaced})")
    if watched and not column.prefilled:
        strange = [f"ISNUMBER(FIND({sign},{raw}))" for sign in ("CHAR(9)", "CHAR(10)", "CHAR(13)")]
        strange += [f'ISNUMBER(FIND("  ",{spaced}))', f'(LEN(TRIM({spaced}))=3)*(MID(TRIM({spaced}),2,1)=" ")']
        strange += [in_words(place.prepared, dittos)]
        strange += _beside_a_name(raw, spaced) if column.is_name else []
        clean = f'IF(({"+".join(strange)})>0,"{ODD}",{clean})'
    return f'IF(ISNUMBER({raw}),IF(ABS({raw})<{_EXACT},{raw}&"","{ODD}"),IF(ISTEXT({raw}),{clean},{raw}&""))'


def _beside_a_name(raw: str, spaced: str) -> list[str]:
    """Whether a cell holds signs between two names or behind one, or two names of two characters and a blank."""
    signs = [f'ISNUMBER(FIND("{sign}",{raw}))' for sign in BESIDE_NAMES]
    return [*signs, f'(LEN(TRIM({spaced}))=5)*(MID(TRIM({spaced}),3,1)=" ")']


def _choice(place: Place, dittos: str) -> str:
    loose = _replaced(place.prepared, ((f'"{sign}"', '""') for sign in _LOOSE))
    listed = looked_up_in(loose, place.listed)
    strange = f"(NOT(ISTEXT({place.raw}))+{in_words(place.prepared, dittos)})>0"
    return f'IF({strange},"{ODD}",IF({listed}="","{UNLISTED}",{listed}))'


_POINT = "MID(1/2,2,1)"
"""The decimal point of the machine that the workbook is open on."""


def _number(place: Place, *, whole: bool) -> str:
    raw, text = place.raw, place.prepared
    spaced = _replaced(raw, (('"\u3000"', '" "'), ('"\u00a0"', '" "')))
    point = f'SUBSTITUTE({text},".","")'
    plain = (
        f'({digits_gone(point)}="")*(LEN({text})<={_MOST_DIGITS})*(LEN({text})-LEN({point})<=1)'
        f'*(LEFT({text},1)<>".")*(RIGHT({text},1)<>".")*(LEN(TRIM({spaced}))=LEN({text}))'
    )
    number = f'IF(ISNUMBER({raw}),{raw},VALUE(SUBSTITUTE({text},".",{_POINT})))'
    thousands = f'ISNUMBER(FIND(".",{text}))*(LEN({text})-FIND(".",{text}&".")=3)*(FIND(".",{text}&".")<=4)'
    clear = f'(1-{thousands}*(LEFT({text},1)<>"0"))'
    usable = f"IF(ISNUMBER({raw}),ABS({raw})<{_EXACT},ISTEXT({raw})*{plain}*{clear})"
    if whole:
        usable = f"IF({usable},INT({number})={number},FALSE)"
    return f'IFERROR(IF({usable},{number},"{ODD}"),"{ODD}")'


def _date(place: Place, dates: str, days: str) -> str:
    raw = place.raw
    said = same(dates, f'YEAR({days})&"-"&MONTH({days})&"-"&DAY({days})')
    typed = f'IF({said}*({days}>{NO_DAY})*({days}<{_LAST_DAY}),{days},"{ODD}")'
    number = f'IF({raw}<{_FIRST_DAY},"{UNLISTED}",IF({raw}<{_LAST_DAY},INT({raw}),"{ODD}"))'
    return f'IF(ISNUMBER({raw}),{number},IF(ISTEXT({raw}),{typed},"{ODD}"))'


def _month(place: Place, dates: str, days: str) -> str:
    raw = place.raw
    year, month = f"INT({days}/100)", f"MOD({days},100)"
    said = same(dates, f'{year}&"-"&{month}') + f"*({month}>=1)*({month}<=12)*({year}>=1900)*({year}<=2100)"
    ambiguous = f'ISNUMBER({raw})*(RIGHT({dates},2)="-1")'
    typed = f'IF({said}*NOT({ambiguous}),{days},"{ODD}")'
    serial = f"IF(({raw}>={_FIRST_DAY})*({raw}<{_LAST_DAY}),YEAR({raw})*100+MONTH({raw}),{typed})"
    return f'IF(ISLOGICAL({raw}),"{ODD}",IF(ISNUMBER({raw}),{serial},{typed}))'


def state(place: Place, column: Column, rows: str, blank: int, more: Sequence[tuple[int, str]]) -> str:
    """How the cells stand with the column's definition; 0 in rows that are no data.

    Args:
        blank: the state of an empty cell.
        more: further states and when they hold.
    """
    value = place.meaning
    tests: list[tuple[int, str]] = [
        (UNSURE, f'{value}="{ODD}"'),
        (TYPED if column.type == "date" else NOT_LISTED, f'{value}="{UNLISTED}"'),
    ]
    tests.append((blank, f'{value}=""'))
    if column.minimum is not None:
        tests.append((LOW, f"ISNUMBER({value})*({value}<{column.minimum})"))
    if column.maximum is not None:
        tests.append((HIGH, f"ISNUMBER({value})*({value}>{column.maximum})"))
    if column.earliest is not None:
        tests.append((EARLY, f"ISNUMBER({value})*({value}<{serial(column.earliest)})"))
    if column.max_length is not None:
        tests.append((LONG, f"LEN({value})>{column.max_length}"))
    formula = str(FINE)
    for number, test in reversed([*tests, *more]):
        formula = f"IF({test},{number},{formula})"
    return f"IF({rows}=1,{formula},{FINE})"


def empties(column: Column, form: Form, words: Mapping[str, Sequence[str]]) -> str:
    """The words that mean an empty cell in this column, as one text; the empty word stands first."""
    found = empty_words(column.type, words)
    listed = {compact(choice) for choice in form.choices(column)}
    usable = dict.fromkeys(word for word in ("", *found, *map(compact, found)) if compact(word) not in listed)
    return SEPARATOR + "".join(f"{word}{SEPARATOR}" for word in usable)


def spellings(column: Column, form: Form, words: Mapping[str, Sequence[str]]) -> str:
    """Every spelling of a choice that the reader takes, and the choice that it means, as one text."""
    choices, found = form.choices(column), {}
    for choice in choices:
        for spelling in (choice, compact(choice)):
            found[re.sub(f"[{re.escape(_LOOSE)}]", "", spelling)] = choice
    if set(choices) == {"是", "否"}:
        found |= {compact(word): "是" for word in words["yes_words"]} | {
            compact(word): "否" for word in words["no_words"]
        }
    return table_text(found)


def data_rows(sheet: Sheet, places: Sequence[Place], area: str, prepared_area: str, marks: Mapping[str, str]) -> str:
    """1 where a row is data, as the reader judges it; see `toolkit.reading.rows`.

    Args:
        area: all cells of the form's rows; prepared_area: the same cells prepared.
        marks: `totals` and `notes`, the first words of rows that are none.
    """
    serials = [column.key and column.type == "text" for column in sheet.columns]
    weak = [serial or column.prefilled for serial, column in zip(serials, sheet.columns, strict=True)]
    weights = [
        0 if light else 1 if column.type == "choice" and not sheet.fixed_rows else 2
        for light, column in zip(weak, sheet.columns, strict=True)
    ]
    score = f'MMULT(--({prepared_area}<>""),{{{";".join(map(str, weights))}}})'
    keys = [place for place, column, serial in zip(places, sheet.columns, serials, strict=True)
            if serial and (sheet.fixed_rows or not column.prefilled)]  # fmt: skip
    if sheet.fixed_rows:
        printed = SEPARATOR + "".join(row.key + SEPARATOR for row in sheet.fixed_rows)
        coded = [in_words(key.prepared, quoted(printed)) for key in keys]
        return f"--(({'+'.join([*coded, f'({score}>0)'])})>0)"
    coded = [f'({key.prepared}<>"")*NOT(({digits_gone(key.prepared)}="")*(LEN({key.prepared})<=5))' for key in keys]
    filled = f"MMULT(--(IF(ISERROR({area}),1,LEN({area}))>0),{{{';'.join('1' * len(weights))}}})"
    many = f"({filled}>{sum(weak) + 2})"
    said = [_words_first(place.prepared) for place in places[:2]]
    total, note = ("+".join(in_words(text, marks[kind]) for text in said) for kind in ("totals", "notes"))
    aside = f"(({total})>0)+(({note})>0)*({filled}<={max(3, len(weights) // 2)})"
    return f"--((({'+'.join([*coded, f'({score}>1)', many])})>0)*(({aside})=0))"


def in_words(text: str, words: str) -> str:
    """Whether a text is one of the words in a cell."""
    return f'ISNUMBER(FIND("{SEPARATOR}"&{text}&"{SEPARATOR}",{words}))'


def _words_first(text: str) -> str:
    """The text before the first colon."""
    return f'LEFT({text},FIND(":",SUBSTITUTE({text},"：",":")&":")-1)'
