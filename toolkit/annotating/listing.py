"""The sheet 问题清单 of a marked copy: every finding with a link to its cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from toolkit.annotating.labels import labels
from toolkit.model.cell import Area, address, on_sheet
from toolkit.model.finding import LEVELS, QUERY, Finding
from toolkit.model.layout import MARK, MARK_CODE, MARK_NOTE
from toolkit.ooxml.sheet import content
from toolkit.templating.measure import height

_REFUSALS = "EXP-"
"""Begins the codes of findings about explanations: what was asked first is answered, not these."""
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LONGEST, _MOST_LINKS = 32_000, 65_530
"""Characters of a cell and links of a sheet, of which Excel takes no more (links) or few more."""
_MARGINS = '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'


@dataclass(frozen=True)
class Formats:
    """Cell formats of the sheet, by index: title, plain lines, heads, texts, links, explanations."""

    title: int
    plain: int
    head: int
    text: int
    link: int
    note: int


def listing(
    findings: Sequence[Finding],
    titles: Iterable[str],
    formats: Formats,
    lead: Sequence[str] = (),
    remarks: Mapping[str, str] | None = None,
) -> bytes:
    """The XML of the sheet; a 疑问 without a cell is answered on its line here, all others in their row.

    Args:
        titles: the sheets of the workbook; links go to these only.
        lead: lines that come before the table, such as the shortest way to put everything right.
        remarks: explanations that the unit wrote here before, by the finding's `ref`.
    """
    said, known = labels(), set(titles)
    ordered = sorted(findings, key=lambda one: LEVELS.index(one.severity))
    counts = Counter(one.severity for one in findings)
    numbers = dict(zip(("errors", "queries", "hints", "explained"), (counts[level] for level in LEVELS), strict=True))
    lines = [(said.title.format(mark=MARK, **numbers), formats.title)]
    asked = {
        one.ref for one in findings if one.severity == QUERY and not one.cells and not one.code.startswith(_REFUSALS)
    }
    lines += [(text, formats.plain) for text in (*said.intro, *((said.answer_here,) if asked else ()), *lead)]
    rows = [_row(number, [text], [style]) for number, (text, style) in enumerate(lines, 1)]
    head = len(rows) + 1
    heads = (*said.heads, *((MARK_NOTE, MARK_CODE) if asked else ()))
    rows.append(_row(head, heads, [formats.head] * len(heads)))
    links = []
    for number, one in enumerate(ordered, 1):
        row, place = head + number, _target(one, known)
        style = formats.link if place else formats.text
        here = not one.cells and one.ref in asked
        note = ((remarks or {}).get(one.ref, ""), one.ref) if here else ("", "")
        values = (number, one.severity, _where(one), one.label, one.value, one.message, one.advice, one.clause, *note)
        styles = {2: style, len(said.heads): formats.note if here else formats.text}
        rows.append(_row(row, values[: len(heads)], [styles.get(at, formats.text) for at in range(len(heads))], True))
        if place:
            links.append(f'<hyperlink ref="C{row}" location={quoteattr(place)}/>')
    return _sheet(rows, links[:_MOST_LINKS], head, head + len(ordered), said.list_widths[: len(heads)]).encode()


def _sheet(rows: Sequence[str], links: Sequence[str], head: int, last: int, widths: Sequence[float]) -> str:
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(widths, 1)
    )
    pane = f'<pane ySplit="{head}" topLeftCell="A{head + 1}" activePane="bottomLeft" state="frozen"/>'
    parts = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
        f'<worksheet xmlns="{_MAIN}"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>',
        f'<dimension ref="{Area(1, 1, last, len(widths))}"/>',
        f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>',
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols>',
        f"<sheetData>{''.join(rows)}</sheetData>",
        f'<autoFilter ref="{Area(head, 1, last, len(widths))}"/>' if last > head else "",
        f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else "",
        f'{_MARGINS}<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>',
    ]
    return "".join(parts)


def _row(number: int, values: Sequence[str | int], styles: Sequence[int], wrapped: bool = False) -> str:
    """One row; where text wraps the row is as high as its longest text needs."""
    cells = []
    for place, (value, style) in enumerate(zip(values, styles, strict=True), 1):
        shown = value[:_LONGEST] if isinstance(value, str) else value
        kind, inner = content(shown) if shown != "" else ("", "")
        cells.append(f'<c r="{address(number, place)}" s="{style}"{kind}>{inner}</c>')
    texts = [(str(value), width) for value, width in zip(values, labels().list_widths, strict=False)]
    high = f' ht="{height(texts, least=18)}" customHeight="1"' if wrapped else ""
    return f'<row r="{number}"{high}>{"".join(cells)}</row>'


def _where(finding: Finding) -> str:
    """`任职与补贴!J8` or what is known of it."""
    if not finding.cells:
        return finding.sheet or labels().whole_file
    return f"{finding.sheet}!{finding.where_cells}"


def _target(finding: Finding, titles: set[str]) -> str:
    """Where the link of a finding goes; "" when there is no such sheet."""
    if finding.sheet not in titles:
        return ""
    return on_sheet(finding.sheet, finding.cells[0] if finding.cells else "A1")
