"""The office helper itself: a wrong cached value must not survive recalculation."""

import xlsxwriter
from office import needs_office, recalculate, to_png


def wrong_total(path):
    """A workbook whose stored sum is wrong."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("表")
    sheet.write_column("A1", [1, 2, 3])
    sheet.write_formula("A4", "=SUM(A1:A3)", None, 99)
    book.close()


@needs_office
def test_recalculation_replaces_cached_values(tmp_path):
    wrong_total(tmp_path / "book.xlsx")
    assert recalculate(tmp_path / "book.xlsx", tmp_path)["表"]["A4"] == 6


@needs_office
def test_pages_come_as_pictures(tmp_path):
    wrong_total(tmp_path / "book.xlsx")
    pages = to_png(tmp_path / "book.xlsx", tmp_path, dpi=20)
    assert len(pages) == 1 and pages[0].read_bytes().startswith(b"\x89PNG")
