"""A workbook as text: what it means, not its bytes; for golden files that people review as a diff."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook


def dump(path: Path) -> str:
    """Values, number formats of non-text cells, formulas, validations, protection, frozen panes, print set-up."""
    book = load_workbook(path)
    lines = []
    for name in sorted(book.defined_names):
        lines.append(f"name {name} = {book.defined_names[name].attr_text}")
    for sheet in book.worksheets:
        lines.append(f"== {sheet.title} [{sheet.sheet_state}] {sheet.dimensions}")
        lines += _layout(sheet)
        for row in sheet.iter_rows():
            cells = [_cell(cell) for cell in row if cell.value is not None]
            if cells:
                lines.append(" | ".join(cells))
    return "\n".join(lines) + "\n"


def _layout(sheet) -> list[str]:
    page = sheet.page_setup
    lines = [
        f"  frozen {sheet.freeze_panes} filter {sheet.auto_filter.ref} protected {sheet.protection.sheet} "
        f"titles {sheet.print_title_rows} {page.orientation} paper {page.paperSize} "
        f"fit {page.fitToWidth}x{page.fitToHeight} charts {len(sheet._charts)}"
    ]
    merged = sorted(str(area) for area in sheet.merged_cells.ranges)
    if merged:
        lines.append(f"  merged {' '.join(merged)}")
    for rule in sheet.data_validations.dataValidation:
        lines.append(f"  choice {rule.sqref} {rule.type} {rule.operator} {rule.formula1} {rule.formula2}")
    return lines


def _cell(cell) -> str:
    text = str(cell.value).replace("\n", "⏎")
    shape = "" if cell.data_type == "s" or cell.number_format == "General" else f" [{cell.number_format}]"
    return f"{cell.coordinate}={text}{shape}"


def formulas(path: Path) -> dict[tuple[str, str], object]:
    """(sheet, cell) → cached value of every formula."""
    live, cached = load_workbook(path), load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.coordinate): cached[sheet.title][cell.coordinate].value
        for sheet in live.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
