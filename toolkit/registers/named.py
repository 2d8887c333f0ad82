"""Plans and brands that a policy names and no column asks for: rows in which a unit itself wrote their names.

Nothing is guessed: a row counts only where the words stand in a text that the unit typed or a tag that it chose.
Source: YZ-G1-b (五聚焦五落实、绿扬先锋、征先锋), YZ-2.4-a, YN-00-s (金色云岭).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.compute.filters import RowFilter
from toolkit.model.register import Block, Field
from toolkit.model.rows import Evidence, Row
from toolkit.registers.definitions import word
from toolkit.registers.view import Line, View, named_field, traced


@dataclass(frozen=True)
class Place:
    """Where the words may stand.

    Args:
        texts: columns of the sheet that are searched; day: column with the day of a row.
    """

    rows: RowFilter
    texts: tuple[str, ...]
    day: str


@dataclass(frozen=True)
class _Found:
    name: str
    place: Place
    row: Row
    text: str


def named_blocks(
    title: str, names: Mapping[str, str], places: Sequence[Place], view: View, note: str = ""
) -> list[Block]:
    """How often each name stands where, and the rows; nothing when the policy has none of their clauses.

    Args:
        names: name → the clause that has it.
    """
    known = {name: clause for name, clause in names.items() if clause in view.policy.clauses}
    if not known or not places:
        return []
    found = [one for name in known for place in places for one in _rows(view, name, place)]
    said = [note, *(view.missing_note(place.rows, (*place.texts, place.day)) for place in places)]
    return [_counts(title, known, places, found, view, "；".join(filter(None, said))), _list(found, view)]


def _rows(view: View, name: str, place: Place) -> Iterator[_Found]:
    for row in view.filtered(place.rows):
        texts = [text for column in place.texts if (text := getattr(row, column)) and bare(name) in bare(text)]
        if texts:
            yield _Found(name, place, row, texts[0])


def bare(text: str) -> str:
    """A text without signs and blanks, which people put in or leave out.

    >>> bare("“五聚焦、五落实” 学习会")
    '五聚焦五落实学习会'
    """
    return "".join(filter(str.isalnum, text))


def _counts(
    title: str, known: Mapping[str, str], places: Sequence[Place], found: Sequence[_Found], view: View, note: str
) -> Block:
    sheets = view.dataset.form.by_name
    lines: list[Line] = []
    for name, clause in known.items():
        own = [one for one in found if one.name == name]
        counts = (sum(one.place is place for one in own) for place in places)
        cells = (name, clause, *counts, len({one.row.origin.unit for one in own}))
        lines.append((cells, _behind(view, own[0]) if own else None))
    heads = (Field(word("rows_of", sheet=sheets[place.rows.sheet].label), "count", 12) for place in places)
    fields = (named_field("#named"), named_field("#clause"), *heads, named_field("#concerned"))
    return traced(fields, lines, note, title=title)


def _list(found: Sequence[_Found], view: View) -> Block:
    sheets = view.dataset.form.by_name
    lines: list[Line] = []
    for one in found:
        whose = view.unit_name(one.row.origin.unit), view.derived(one.row, "@host")
        cells = (one.name, sheets[one.place.rows.sheet].label, *whose, getattr(one.row, one.place.day), one.text)
        lines.append((cells, _behind(view, one)))
    names = ("#named", "#source", "@unit", "@host", "#day", "#typed")
    return traced(map(named_field, names), lines, title=word("named_rows"))


def _behind(view: View, one: _Found) -> Evidence | None:
    return view.behind(one.place.rows.sheet, one.row)
