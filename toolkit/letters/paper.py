"""The page of a letter after GB/T 9704, drawn with python-docx; the same letter gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from datetime import date, datetime
from io import BytesIO

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from toolkit.drawing.measure import display_width
from toolkit.letters.measure import BEFORE_TABLE, CELL_SPACE, FORM_LINE, LABEL, LINE, TABLE_LINE, TITLE_LINE, VALUE
from toolkit.model.characters import unseen
from toolkit.ooxml.archive import directory, inflate
from toolkit.ooxml.writing import join_members, member

TITLE, HEI, FANG, SONG, LATIN = "方正小标宋简体", "黑体", "仿宋_GB2312", "宋体", "Times New Roman"
RED, RED_HEX = RGBColor(0xC8, 0x10, 0x10), "C81010"
CENTER, RIGHT, LEFT, BOTH = (getattr(WD_ALIGN_PARAGRAPH, name) for name in ("CENTER", "RIGHT", "LEFT", "JUSTIFY"))
SIZE, HEAD_SIZE, FORM_SIZE, TABLE_SIZE, NUMBER_SIZE = 16, 36, 12, 10.5, 14
WIDTH = 156 / 25.4 * 72
"""Points between the margins."""
_CHARACTER = 320
"""Twentieths of a point that a character of 16 pt takes."""
_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?%?")
_BLANK = re.compile("〔 +〕")
_SHORT = 4
TOGETHER = 3
"""So many of the last rows of a table never stand alone on a page."""
_BEFORE_BORDER = ("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr")


class Letter:
    """One letter; every text comes from the wording.

    Args:
        title: of the document's properties; day: their date.
    """

    def __init__(self, title: str, day: date) -> None:
        self.doc = Document()
        section = self.doc.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)
        for language in self.doc.styles.element.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")
        normal = self.doc.styles["Normal"]
        _font(normal, FANG, SIZE)
        form = normal.paragraph_format
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
        form.space_before = form.space_after = Pt(0)
        form.widow_control = True
        self._numbered(section)
        core = self.doc.core_properties
        core.title, core.author, core.last_modified_by, core.comments = _plain(title), "", "", ""
        core.created = core.modified = datetime(day.year, day.month, day.day)
        core.revision = 1

    def add(self, text: str, *, font=FANG, size=SIZE, align=BOTH, indent=2, line=LINE):
        """A paragraph, its first line `indent` characters in."""
        paragraph = self.doc.add_paragraph()
        paragraph.paragraph_format.alignment, paragraph.paragraph_format.line_spacing = align, Pt(line)
        _indent(paragraph, firstLine=indent)
        _font(paragraph.add_run(_plain(text)), font, size)
        return paragraph

    def head(self, issuer: str, number: str) -> None:
        """红头: issuer in red on one line, 文号, red rule of the text's width."""
        size = min(HEAD_SIZE, int(WIDTH / max(1, display_width(issuer)) * 2))
        above = self.add(issuer, font=TITLE, size=size, align=CENTER, indent=0, line=50)
        above.paragraph_format.space_before = Pt(20)
        above.runs[0].font.color.rgb = RED
        self.add(number, align=CENTER, indent=0).paragraph_format.space_before = Pt(28)
        _rule(self.add("", indent=0, line=10))

    def title(self, lines: Sequence[str]) -> None:
        """The title, broken by meaning, with an empty line above and below."""
        self.add("", indent=0)
        for text in lines:
            self.add(text, font=TITLE, size=22, align=CENTER, indent=0, line=TITLE_LINE)
        self.add("", indent=0)

    def to(self, whom: str) -> None:
        """主送."""
        self.add(f"{whom}：", indent=0, align=LEFT)

    def heading(self, text: str) -> None:
        """一、 headings; never the last line of a page."""
        self.add(text, font=HEI).paragraph_format.keep_with_next = True

    def signed(self, lines: Sequence[str]) -> None:
        """Issuer and date, four characters from the right, on the page of what stands before them."""
        for block in list(self.doc.element.body)[-3:-1]:
            _keep_with_next(block.tr_lst[-1] if block.tag == qn("w:tbl") else block)
        self.add("", indent=0).paragraph_format.keep_with_next = True
        for number, text in enumerate(lines, 1):
            paragraph = self.add(text, align=RIGHT, indent=0)
            paragraph.paragraph_format.keep_with_next = number < len(lines)
            _indent(paragraph, right=4)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """A framed table in 10.5 pt; its heading row comes again on every page, no row is split."""
        self.doc.paragraphs[-1].paragraph_format.space_after = Pt(BEFORE_TABLE)
        table = self._grid(len(heads), widths)
        head, *_ = table.rows
        for cell, text in zip(head.cells, heads, strict=True):
            cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
            _write(cell.paragraphs[0], text, HEI, CENTER)
        body = table.add_row() if rows else None
        _flag(head, "w:tblHeader")
        if body is not None:
            _flag(body, "w:cantSplit")
            self._fill(table, body, rows, widths)
        _flag(head, "w:cantSplit")
        self.add("", indent=0, line=14)

    def _fill(self, table, body, rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """Copies of one row, which is much faster than a row at a time; a column of numbers is right-aligned."""
        columns = list(zip(*rows, strict=True))
        for cell, values, width in zip(body.cells, columns, widths, strict=True):
            cell.width = Mm(width)
            cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
            _write(cell.paragraphs[0], "-", SONG, _aligned(values))
        pattern = body._tr
        for number, row in enumerate(rows):
            if number == len(rows) - TOGETHER:
                _keep_with_next(pattern)
            if number and number == len(rows) - 1:
                _keep_with_next(pattern, False)
            made = deepcopy(pattern)
            for place, text in zip(made.iter(qn("w:t")), row, strict=True):
                place.text = _plain(text)
            table._tbl.append(made)
        table._tbl.remove(pattern)

    def form(self, rows: Sequence[tuple[float, Sequence[tuple[str, str]]]]) -> None:
        """A form to fill in: rows of (least height in mm, pairs of label and text), four columns wide."""
        widths = (LABEL, VALUE, LABEL, VALUE)
        table = self._grid(4, widths, 0)
        for height, pairs in rows:
            row = table.add_row()
            row.height = Mm(height)
            _flag(row, "w:cantSplit")
            whole = len(pairs) == 1
            cells = [row.cells[0], row.cells[1].merge(row.cells[3])] if whole else list(row.cells)
            for number, cell in enumerate(cells):
                label, text = pairs[number // 2]
                cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
                self._entry(cell, text if number % 2 else label, HEI if not number % 2 else FANG, not number % 2)
        self.add("", indent=0, line=1)  # no document ends with a table

    def _entry(self, cell, text: str, font: str, label: bool) -> None:
        """What stands in a cell of a form; labels in the middle."""
        for index, line in enumerate(text.split("\n")):
            paragraph = cell.add_paragraph() if index else cell.paragraphs[0]
            _write(paragraph, line, font, CENTER if label else LEFT, FORM_SIZE, FORM_LINE)

    def _grid(self, columns: int, widths: Sequence[float], rows: int = 1):
        table = self.doc.add_table(rows=rows, cols=columns, style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        _padded(table)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        return table

    def _numbered(self, section) -> None:
        """— 1 — in 宋体 14 pt on the outer side: odd pages right, even pages left."""
        self.doc.settings.odd_and_even_pages_header_footer = True
        for footer, align, side in (
            (section.footer, RIGHT, {"right": 1}),
            (section.even_page_footer, LEFT, {"left": 1}),
        ):
            paragraph = footer.paragraphs[0]
            paragraph.alignment = align
            _indent(paragraph, **side)
            for kind in ("— ", "begin", "PAGE", "separate", "1", "end", " —"):
                run = paragraph.add_run("" if kind in ("begin", "PAGE", "separate", "end") else kind)
                _font(run, SONG, NUMBER_SIZE)
                if not run.text:
                    run._r.append(_field(kind))

    def to_bytes(self) -> bytes:
        """The file: parts in the order of their names, all with one date, without the picture of python-docx."""
        relations = self.doc.part.package.rels
        for key in [key for key, one in relations.items() if one.reltype.endswith("/thumbnail")]:
            del relations[key]
        raw = BytesIO()
        self.doc.save(raw)
        data = raw.getvalue()
        parts = sorted(directory(data).values(), key=lambda one: (one.name != "[Content_Types].xml", one.name))
        return join_members(member(one.name, inflate(data, one)) for one in parts)


def _plain(text: str) -> str:
    """The text without characters that nobody sees, some of which no XML can hold; a blank to fill in is not split."""
    for one in set(unseen(text)):
        text = text.replace(one, " ")
    return _BLANK.sub(lambda found: found[0].replace(" ", "\u00a0"), text)


def _aligned(values: Sequence[str]):
    """Short texts in the middle, numbers on the right."""
    if all(len(text) < _SHORT or "*" in text for text in values):
        return CENTER
    return RIGHT if all(_NUMBER.fullmatch(text) for text in values) else LEFT


def _write(paragraph, text: str, font: str, align, size: float = TABLE_SIZE, line: float = TABLE_LINE) -> None:
    paragraph.alignment, paragraph.paragraph_format.line_spacing = align, Pt(line)
    _font(paragraph.add_run(_plain(text)), font, size)


def _font(target, name: str, size: float) -> None:
    """The Chinese font, also for the signs that both scripts have, and Times New Roman for digits and letters."""
    target.font.size, target.font.name = Pt(size), LATIN
    fonts = target.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)
    fonts.set(qn("w:hint"), "eastAsia")


def _indent(paragraph, **characters: int) -> None:
    """Indents in characters: firstLine, left, right."""
    ind = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for key, value in characters.items():
        if value:
            ind.set(qn(f"w:{key}Chars"), str(value * 100))
            ind.set(qn(f"w:{key}"), str(value * _CHARACTER))


def _field(kind: str):
    """One part of a field that shows the number of the page."""
    if kind == "PAGE":
        node = OxmlElement("w:instrText")
        node.text = kind
    else:
        node = OxmlElement("w:fldChar")
        node.set(qn("w:fldCharType"), kind)
    return node


def _rule(paragraph) -> None:
    """A red line below a paragraph, 2.25 pt."""
    border, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "18"), ("space", "1"), ("color", RED_HEX)):
        bottom.set(qn(f"w:{key}"), value)
    border.append(bottom)
    paragraph._p.get_or_add_pPr().insert_element_before(border, *_BEFORE_BORDER)


def _keep_with_next(block, keep: bool = True) -> None:
    """Whether a paragraph, or a row of a table, stands on the page of the next one."""
    for properties in block.iter(qn("w:pPr")):
        properties.keepNext_val = keep or None


def _padded(table) -> None:
    """Room above and below the text of every cell."""
    room = OxmlElement("w:tblCellMar")
    for side in ("top", "bottom"):
        node = OxmlElement(f"w:{side}")
        node.set(qn("w:w"), str(int(CELL_SPACE * 20)))
        node.set(qn("w:type"), "dxa")
        room.append(node)
    table._tbl.tblPr.insert_element_before(room, "w:tblLook", "w:tblCaption", "w:tblDescription")


def _flag(row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))
