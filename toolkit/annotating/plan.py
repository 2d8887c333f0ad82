"""Which cell, row and sheet of one returned file gets which findings; no workbook is opened here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.annotating.labels import labels
from toolkit.model.batch import Located
from toolkit.model.cell import column_number, place
from toolkit.model.finding import EXPLAINED, QUERY, Finding
from toolkit.model.form import Sheet
from toolkit.model.layout import MARK

_READABLE = 1_000
"""Characters of a comment; Excel takes 32,767, of which nobody sees more than the first lines."""

Notes = Mapping[str, Mapping[int, str]]
"""Title of a sheet → row → text."""


@dataclass
class SheetMarks:
    """The marks of one sheet.

    Args:
        cells: address → its findings, worst first.
        rows: row → its findings; only rows under the labels.
        header_row: row of the labels, where the added columns get theirs.
        after: number of the last column of the form on the sheet.
        written: row → explanation that the unit wrote.
        earlier: row → explanation of the period before.
    """

    title: str
    header_row: int
    after: int
    cells: dict[str, list[Finding]] = field(default_factory=dict)
    rows: dict[int, list[Finding]] = field(default_factory=dict)
    written: Mapping[int, str] = field(default_factory=dict)
    earlier: Mapping[int, str] = field(default_factory=dict)

    @property
    def asks(self) -> set[int]:
        """Rows with a 疑问, explained or not: they have a cell for the explanation."""
        return {row for row, found in self.rows.items() if any(one.severity in (QUERY, EXPLAINED) for one in found)}


def plan(
    located: Mapping[str, Located], findings: Iterable[Finding], written: Notes, earlier: Notes
) -> dict[str, SheetMarks]:
    """Marks by sheet title, for the findings that name cells of located sheets."""
    marks: dict[str, SheetMarks] = {}
    by_title = {spot.title: spot for spot in located.values()}
    for finding in findings:
        spot = by_title.get(finding.sheet)
        if spot is None or not finding.cells:
            continue
        sheet = marks.get(spot.title)
        if sheet is None:
            letters = [spot.value_letter] if spot.rows else list(spot.letters.values())
            after = max((column_number(letter) for letter in letters), default=1)
            known = written.get(spot.title, {}), earlier.get(spot.title, {})
            sheet = marks[spot.title] = SheetMarks(spot.title, spot.header_row, after, {}, {}, *known)
        _place(sheet, finding)
    return marks


def _place(sheet: SheetMarks, finding: Finding) -> None:
    for address in finding.cells:
        row, _ = place(address)
        sheet.cells.setdefault(address, []).append(finding)
        if row > sheet.header_row:
            found = sheet.rows.setdefault(row, [])
            if finding not in found:
                found.append(finding)


def worst(findings: Sequence[Finding]) -> str:
    """The level that colours a cell; "" when all its findings are explained."""
    levels = {one.severity for one in findings}
    return next((level for level in labels().colours if level in levels), "")


def comment(findings: Sequence[Finding]) -> str:
    """The lines of a cell's comment, as many as can be read there; empty when all its findings are explained."""
    said = labels().texts
    lines: list[str] = []
    open_ones = [one for one in findings if one.severity != EXPLAINED]
    for number, one in enumerate(open_ones):
        form = said["comment"] if one.advice else said["comment_bare"]
        line = one_line(form.format(level=one.severity, message=one.message, fix=one.advice))
        if lines and sum(map(len, lines)) + len(line) > _READABLE:
            lines.append(MARK + said["more"].format(count=len(open_ones) - number))
            break
        lines.append(MARK + (line if len(line) < _READABLE else line[: _READABLE - 1] + "…"))
    if any(one.severity == QUERY for one in findings):
        lines.append(MARK + said["answer"])
    return "\n".join(lines)


def problem(finding: Finding) -> str:
    """A finding as one line of the column 问题."""
    said = labels().texts
    label = said["labelled"].format(label=finding.label) if finding.label else ""
    line = said["line"].format(level=finding.severity, label=label, message=finding.message)
    return one_line(said["code"].format(code=finding.code) + line)


def one_line(text: str) -> str:
    """The text without line breaks."""
    return " ".join(text.split())


def data_rows(sheet: Sheet, rows: Mapping[int, str]) -> dict[int, str]:
    """The rows of a table that hold records, in order, with their keys; none on a vertical sheet."""
    return {row: rows[row] for row in sorted(rows) if row} if sheet.layout == "table" else {}
