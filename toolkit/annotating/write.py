"""One returned workbook → its marked copy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.annotating import plan as planning
from toolkit.annotating.colours import FILL_PROPERTY, MOST_FILLS, is_none, mark_fill
from toolkit.annotating.inputs import defined_names, restore
from toolkit.annotating.labels import labels
from toolkit.annotating.listing import Formats, listing
from toolkit.annotating.strip import is_marked, strip
from toolkit.model.batch import Located
from toolkit.model.cell import address, column_number, place
from toolkit.model.finding import Finding
from toolkit.model.form import Form, Sheet
from toolkit.model.layout import MARK, MARK_FIX, MARK_LIST, MARK_NOTE, MARK_PROBLEM
from toolkit.ooxml.comments import Comments
from toolkit.ooxml.container import Package
from toolkit.ooxml.covered import covered_columns
from toolkit.ooxml.editing import SheetEditor
from toolkit.ooxml.properties import with_properties
from toolkit.ooxml.sheets import add_first, select_one
from toolkit.ooxml.sheets import show as show_sheets
from toolkit.ooxml.shown import heighten, merges, seen_at, show
from toolkit.ooxml.styles import Styles, styles_part, used_formats
from toolkit.templating.measure import height

LABEL_FILL = (
    b'<fill><patternFill patternType="solid"><fgColor rgb="FFF2F2F2"/><bgColor indexed="64"/></patternFill></fill>'
)
NOTE_FILL = LABEL_FILL.replace(b"FFF2F2F2", b"FFFFF2CC")
_FARTHEST = 16_000
_UNLOCKED = re.compile(rb'<protection\b[^>]*\slocked="(?:0|false)"')
Merge = tuple[int, int, int, int]
_WRAP = b'<alignment vertical="top" wrapText="1"/>'


@dataclass(frozen=True)
class Told:
    """What is known about one returned file.

    Args:
        located: sheet name → where it is in the file.
        findings: those of this file, in the order of the report.
        rows: sheet name → rows with records, each with its key on sheets with printed rows.
        written, earlier: sheet title → row → explanation, the one in the file and the one of the period before.
        lead: lines that come first in 问题清单.
        remarks: explanations in 问题清单, by the `ref` of the finding.
    """

    located: Mapping[str, Located]
    findings: Sequence[Finding]
    rows: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    written: planning.Notes = field(default_factory=dict)
    earlier: planning.Notes = field(default_factory=dict)
    lead: Sequence[str] = ()
    remarks: Mapping[str, str] = field(default_factory=dict)


def marked_copy(data: bytes, form: Form, told: Told) -> bytes:
    """The workbook with marks; parts that marking does not touch keep their bytes.

    Old marks are taken off first, so marking a marked copy gives the same as marking the original.

    Raises: XltoolError: PKG-001, PKG-003 the file is no workbook that can be patched, or one that Excel would not open.
    """
    package = Package(data)
    if not told.located:  # else the reader has looked at all sheets that get marks
        package.check()
    name = styles_part(package)
    before = package.plain(name)
    styles = Styles(before, lambda: used_formats(package))
    if is_marked(package, styles):
        strip(package, styles)
        styles.recount()
    Marking(package, styles, form, told).write()
    after = styles.to_bytes()
    if after != before:
        package.replace(name, after)
    return package.to_bytes()


class Marking:
    """Puts the marks on one package without old marks."""

    def __init__(self, package: Package, styles: Styles, form: Form, told: Told) -> None:
        self.package, self.styles, self.form, self.told = package, styles, form, told
        self.said = labels()
        self.fills: dict[bytes, int] = {}
        self._known: dict[tuple[int, str], int] = {}
        self.head, self.text, self.open, self.link, self.note, self.title = self._formats()

    def _formats(self) -> tuple[int, int, int, int, int, int]:
        """Formats of labels, of texts, of texts in unlocked cells, of links, of cells to fill in, of the title.

        A workbook with as many formats as Excel takes, all of them in use, has the plain one instead.
        """
        add = self.styles.add
        plain, bold, blue = 0, *self._fonts()
        line = b'<%s style="thin"><color rgb="FF7F7F7F"/></%s>'
        sides = b"".join(line % (side, side) for side in (b"left", b"right", b"top", b"bottom"))
        frame = add("borders", b"<border>" + sides + b"<diagonal/></border>")
        grey, yellow = add("fills", LABEL_FILL), add("fills", NOTE_FILL)

        def cell(font: int, fill: int | None, border: int | None, inner: bytes, more: bytes = b"") -> int:
            head = b'<xf numFmtId="0" fontId="%d" fillId="%d" borderId="%d" xfId="0"' % (font, fill, border)
            applied = b' applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"' + more + b">"
            return add("cellXfs", head + applied + inner + b"</xf>") or (self._unlocked() if more else 0)

        free = _WRAP + b'<protection locked="0"/>', b' applyProtection="1"'
        unlocked, note = cell(plain, 0, frame, *free), cell(plain, yellow, frame, *free)
        head = cell(bold, grey, frame, _WRAP)
        title = cell(bold, 0, 0, b'<alignment vertical="top"/>')
        return head, cell(plain, 0, frame, _WRAP), unlocked, cell(blue, 0, frame, _WRAP), note, title

    def _unlocked(self) -> int:
        """A format of the workbook in which a protected sheet lets people type."""
        formats = enumerate(self.styles.items("cellXfs"))
        return next((index for index, record in formats if _UNLOCKED.search(record)), 0)

    def _fonts(self) -> tuple[int, int]:
        """The workbook's own font, bold and as a link."""
        plain = {"b": b"", "u": b"", "color": b""}
        bold = self.styles.with_font(0, plain | {"b": b"<b/>"})
        link = self.styles.with_font(0, plain | {"u": b"<u/>", "color": b'<color rgb="FF0563C1"/>'})
        return bold or 0, link or 0

    def write(self) -> None:
        """Marks the sheets, restores dropdowns and limits, adds the list."""
        told = self.told
        marks = planning.plan(told.located, told.findings, told.written, told.earlier)
        names = defined_names(self.package.read(self.package.workbook))
        for kind in self.form.sheets:
            spot = told.located.get(kind.name)
            if spot is not None and spot.title in self.package.sheets:
                part = self.package.part_of(spot.title)
                before = self.package.sheet(part) if spot.title in marks else self.package.plain(part)
                sheet = SheetEditor(before)
                if spot.title in marks:
                    self._mark(sheet, part, marks[spot.title], merges(before), _hidden_by_form(kind, spot))
                rows = planning.data_rows(kind, told.rows.get(kind.name, {}))
                changed = restore(sheet, kind, self.form, spot, rows, names, spot.title in marks)
                if changed or spot.title in marks:
                    self.package.replace(part, sheet.to_bytes())
        if self.fills:
            kept = {f"{FILL_PROPERTY}{number}": fill.decode() for fill, number in self.fills.items()}
            with_properties(self.package, kept)
        show_sheets(self.package, marks.keys())
        self._list()
        select_one(self.package)

    def _list(self) -> None:
        titles = list(self.package.sheets)
        title = MARK_LIST if MARK_LIST not in titles else MARK + MARK_LIST
        formats, told = Formats(self.title, 0, self.head, self.text, self.link, self.note), self.told
        add_first(self.package, title, listing(told.findings, titles, formats, told.lead, told.remarks))

    def _mark(
        self, sheet: SheetEditor, part: str, marks: planning.SheetMarks, merged: Sequence[Merge], own: tuple[set, set]
    ) -> None:
        """Colours and comments on the cells that show what is meant, the added columns; all of it visible.

        Args:
            merged: merged areas of the sheet.
            own: rows and columns that the form itself hides.
        """
        notes, cells = {}, _on_visible_cells(marks.cells, merged)
        comments = Comments(self.package, part)
        threads = comments.threads()
        for (row, column), findings in cells.items():
            level = planning.worst(findings)
            if level:
                sheet.restyle(row, column, self._coloured(sheet.style(row, column), level))
            text = planning.comment(findings)
            if text and address(row, column) not in threads:
                notes[address(row, column)] = text
        taken: set[int] = set()
        if marks.rows:
            taken = sheet.used_columns() | covered_columns(self.package, part) | {column for _, column in cells}
            taken |= {place(cell)[1] for cell in comments.addresses()}
            for _, left, bottom, right in merged:
                taken |= set(range(left + 1, right + 2)) if bottom >= marks.header_row else set()
        rows = {marks.header_row, *marks.rows} if marks.rows else set()
        show(self.package, part, sheet, (rows | {row for row, _ in cells}) - own[0], {at for _, at in cells} - own[1])
        notes |= self._columns(sheet, marks, taken)
        comments.extend(notes, self.said.texts["author"])
        comments.save(sheet)

    def _columns(self, sheet: SheetEditor, marks: planning.SheetMarks, taken: set[int]) -> dict[str, str]:
        """Writes the added columns into free ones; the comments that their cells get."""
        if not marks.rows:
            return {}
        first = free_columns(taken, marks.after)
        if not first:
            return {}
        problem, fix, note = first, first + 1, first + 2
        for column, label in zip((problem, fix, note), (MARK_PROBLEM, MARK_FIX, MARK_NOTE), strict=True):
            sheet.put(marks.header_row, column, label, self.head)
        texts = {address(marks.header_row, note): MARK + self.said.texts["note_hint"]}
        asks = marks.asks
        for row, findings in marks.rows.items():
            fixes = dict.fromkeys(planning.one_line(one.advice) for one in findings if one.advice)
            lines = "\n".join(map(planning.problem, findings))[:32_000], "\n".join(fixes)[:32_000]
            written = marks.written.get(row, "")
            sheet.put(row, problem, lines[0], self.open)
            sheet.put(row, fix, lines[1] or None, self.open)
            if row in asks or written:
                sheet.put(row, note, written or None, self.open)
                if row in marks.earlier:
                    said = self.said.texts["written"].format(text=marks.earlier[row])
                    texts[address(row, note)] = MARK + planning.one_line(said)
            heighten(sheet, row, height(list(zip((*lines, written), self.said.widths, strict=True))))
        sheet.set_columns(dict(zip((problem, fix, note), self.said.widths, strict=True)))
        return texts

    def _coloured(self, style: int, level: str) -> int:
        """The cell's own format with the colour of a level; unchanged when there are too many fills or formats."""
        if (style, level) not in self._known:
            fill = self.styles.fill(style)
            number = 0 if is_none(fill) else self.fills.setdefault(fill, len(self.fills) + 1)
            if number > MOST_FILLS:
                del self.fills[fill]
                return style
            made = self.styles.with_fill(style, mark_fill(level, number))
            self._known[style, level] = style if made is None else made
        return self._known[style, level]


def _on_visible_cells(
    cells: Mapping[str, list[Finding]], merged: Sequence[Merge]
) -> dict[tuple[int, int], list[Finding]]:
    """Cell → its findings; those on cells that a merged area covers stand on the area's first cell."""
    seen = seen_at(merged, map(place, cells))
    found: dict[tuple[int, int], list[Finding]] = {}
    for cell, findings in cells.items():
        spot = place(cell)
        known = found.setdefault(seen.get(spot, spot), [])
        known += [one for one in findings if one not in known]
    return found


def _hidden_by_form(kind: Sheet, spot: Located) -> tuple[set[int], set[int]]:
    """Rows and columns of a sheet that are issued hidden."""
    hidden = [column.name for column in kind.columns if column.hidden]
    rows = {spot.rows[name] for name in hidden if name in spot.rows}
    return rows, {column_number(spot.letters[name]) for name in hidden if name in spot.letters}


def free_columns(used: Iterable[int], after: int) -> int:
    """The first of three columns side by side, right of `after`, in which no row has a cell; 0 when there are none.

    >>> free_columns({1, 2, 3, 5}, 3), free_columns(range(1, 20_000), 3)
    (6, 0)
    """
    taken = set(used)
    return next((c for c in range(after + 1, _FARTHEST) if not {c, c + 1, c + 2} & taken), 0)
