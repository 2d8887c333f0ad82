"""A letter: its wording with the facts in it, cut to the pages that it may take, drawn on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from toolkit.letters import measure
from toolkit.letters.facts import Facts
from toolkit.letters.paper import Letter
from toolkit.letters.wording import EACH, FORM, HEADING, TABLE, Block, LetterText
from toolkit.letters.words import letter_words

_HEAD = 150.0
"""Points of 红头 with 文号 and the red rule."""
_AFTER_TABLE = 14.0
_JOIN, _MORE = "、", "等"
_NAMED = 8
"""So many of the rows without room are named."""
_LEAST_ROW = 15.0
"""Millimetres of the last row of a form, however full the others are."""


@dataclass(frozen=True)
class _Part:
    """A block with its texts.

    Args:
        rows: of a table or list: one tuple of cells or one sentence a row.
        rest: what is said when only the first n rows are printed; None = all are printed whatever the room.
    """

    block: Block
    text: str = ""
    rows: Sequence[tuple[str, ...]] = ()
    rest: Callable[[int], str] | None = None

    def heights(self) -> list[float]:
        """Points of each row."""
        if self.block.kind == EACH:
            return [measure.paragraph(text) for (text,) in self.rows]
        widths = [column.width for column in self.block.columns]
        return [measure.row(row, widths) for row in self.rows]

    def fixed(self) -> float:
        """Points of all but the rows."""
        if self.block.kind == TABLE:
            heads = [column.label for column in self.block.columns]
            around = measure.BEFORE_TABLE + _AFTER_TABLE
            return measure.row(heads, [column.width for column in self.block.columns]) + around
        return 0.0 if self.block.kind in (EACH, FORM) else measure.paragraph(self.text)


def letter(text: LetterText, facts: Facts, day: date) -> bytes:
    """One letter as .docx.

    Args:
        day: of the properties of the document.
    """
    say = facts.texts
    parts = [_part(block, facts) for block in _kept(text.body, facts)]
    title = [_filled(one, say) for one in text.title]
    paper = Letter("".join(title), day)
    if text.head:
        paper.head(_filled(text.head, say), _filled(text.number, say))
    paper.title(title)
    if text.to:
        paper.to(_filled(text.to, say))
    room = _room(text, say, title, parts)
    for part in parts:
        _draw(paper, part, room, say)
    if text.signed:
        paper.signed([_filled(one, say) for one in text.signed])
    return paper.to_bytes()


def _filled(template: str, say) -> str:
    return template.format_map(say)


def _kept(body: Sequence[Block], facts: Facts) -> list[Block]:
    """The blocks with something to say; a heading below which nothing is left says nothing either."""
    said = [block for block in body if _printed(block, facts)]
    return [
        block for block, after in zip_longest(said, said[1:])
        if block.kind != HEADING or (after is not None and after.kind != HEADING)
    ]  # fmt: skip


def _printed(block: Block, facts: Facts) -> bool:
    """Whether a block has something to say."""
    said = {name for name, text in facts.texts.items() if text not in ("", "0")}
    if (block.given and block.given not in said) or (block.missing and block.missing in said):
        return False
    return bool(facts.rows) or block.kind not in (EACH, TABLE)


def _part(block: Block, facts: Facts) -> _Part:
    say = facts.texts
    if block.kind not in (EACH, TABLE):
        return _Part(block, _filled(block.text, say))
    templates = [block.text] if block.kind == EACH else [column.text for column in block.columns]
    rows = [tuple(_filled(one, {**say, **row}) for one in templates) for row in facts.rows]
    return _Part(block, rows=rows, rest=_rest(block, facts) if block.rest else None)


def _rest(block: Block, facts: Facts) -> Callable[[int], str]:
    """What is said of the rows after the first n: how many, and what each is about."""
    known = letter_words()
    about = known.tables[block.table]["facts"]
    name = about.get("clause") or about.get("text") or about["no"]

    def said(count: int) -> str:
        left = facts.rows[count:]
        names = _JOIN.join(row[name] for row in left[:_NAMED]) + _MORE * (len(left) > _NAMED)
        more = {known.rest["count"]: str(len(left)), known.rest["items"]: names}
        return _filled(block.rest, {**facts.texts, **more})

    return said


def _room(text: LetterText, say, title: Sequence[str], parts: Sequence[_Part]) -> float:
    """Points that the rows may take; without a limit of pages all of them."""
    if not text.pages:
        return float("inf")
    taken = (_HEAD if text.head else 0.0) + 2 * measure.LINE + measure.TITLE_LINE * sum(map(_title_lines, title))
    taken += measure.paragraph(_filled(text.to, say) + "：", 0) if text.to else 0.0
    taken += sum(part.fixed() for part in parts)
    taken += (1 + len(text.signed)) * measure.LINE if text.signed else 0.0
    # What does not fit at the foot of a page leaves up to a line there: a heading goes with what follows.
    return text.pages * measure.PAGE - taken - (text.pages - 1) * 2 * measure.LINE


def _title_lines(text: str) -> int:
    return measure.cell_lines(text, measure.TITLE_WIDTH)


def _draw(paper: Letter, part: _Part, room: float, say) -> None:
    block = part.block
    if block.kind == HEADING:
        paper.heading(part.text)
    elif block.kind == FORM:
        paper.form(_form(block, room, say))
    elif block.kind in (EACH, TABLE):
        _draw_rows(paper, part, room)
    else:
        paper.add(part.text)


def _form(block: Block, room: float, say) -> list[tuple[float, list[tuple[str, str]]]]:
    """The rows of a form; the last one gives room to the others."""
    rows = [(row.height, [(label, _filled(text, say)) for label, text in row.cells]) for row in block.rows]
    *others, (height, last) = rows
    left = room - sum(measure.form_row(height, [text for _, text in cells]) for height, cells in others)
    return [*others, (max(_LEAST_ROW, min(height, measure.in_millimetres(left) - 1)), last)]


def _draw_rows(paper: Letter, part: _Part, room: float) -> None:
    rows, rest = part.rows, ""
    if part.rest:
        spoken = [measure.paragraph(part.rest(count)) for count in range(len(rows) + 1)]
        count = max(1, measure.fitting(part.heights(), room, spoken))
        rows, rest = rows[:count], part.rest(count) if count < len(part.rows) else ""
    if part.block.kind == EACH:
        for (text,) in rows:
            paper.add(text)
    else:
        columns = part.block.columns
        paper.table([one.label for one in columns], rows, [one.width for one in columns])
    if rest:
        paper.add(rest)
