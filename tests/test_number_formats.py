"""What `number_formats` says that a format shows is what LibreOffice's screen shows."""

import re

import pytest
import xlsxwriter
from odd_cells import FORMATS
from office import needs_office, sheets_of

from toolkit.reading.number_formats import hidden_parts, hides_text, is_of_days, is_plain, shown
from toolkit.reading.numbers import plain

MORE = (
    '[=1]"是";[=0]"否";0',
    "#,###",
    "0_ ;[Red]-0 ",
    '0"元"',
    "#,##0.00_ ",
    '"约"0',
    "0,",
    "00.0",
    "0.0E+0",
    '[>100]0"以上";0',
    '"有";;"无"',
)
VALUES = (0, 1, 12, -5, 99.5, 3600, 3600.5, 0.25, 1234567.891, 45717)
DAYS = tuple(form for form in FORMATS if is_of_days(form))
FIGURES = tuple(form for form in (*FORMATS, *MORE) if form not in DAYS)


def seen_number(text: str) -> str:
    """The number that a text on the screen is, in plain words; "" for none."""
    bare = re.sub(r"^\((.*)\)$", r"-\1", re.sub(r"[,￥人元约\s]|以上", "", text))
    return plain(bare) if re.fullmatch(r"-?[0-9]+(\.[0-9]*)?(E[-+][0-9]+)?", bare) else ""


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    """Format → value → text."""
    path = tmp_path_factory.mktemp("formats") / "formats.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("甲")
        for row, form in enumerate((*FORMATS, *MORE)):
            look = book.add_format({"num_format": form})
            for column, value in enumerate((*VALUES, "字")):
                sheet.write(row, column, value, look)
    rows = sheets_of([path], path.parent, anew=False, shown=True)[path]["甲"]
    return {
        form: dict(zip((*VALUES, "字"), row, strict=False)) for form, row in zip((*FORMATS, *MORE), rows, strict=True)
    }


@needs_office
@pytest.mark.parametrize("form", FIGURES)
def test_the_number_on_the_screen(screen, form):
    for value in VALUES:
        if value < 0 and re.search(r"\[[<>=]", form):
            continue  # LibreOffice leaves out the sign there, Excel does not
        text, ours = screen[form].get(value, ""), shown(form, float(value))
        if ours is None:
            assert seen_number(text) != plain(f"{value:.15g}"), (value, text)
        else:
            assert (seen_number(text), value) == (ours[0], value)
        if is_plain(form) and value == int(value):
            assert seen_number(text) == str(value)


@needs_office
@pytest.mark.parametrize("form", DAYS)
def test_the_day_on_the_screen(screen, form):
    text = screen[form][45717]  # 2025-03-01
    seen = {
        "year": "25" in text,
        "month": bool(re.search("0?3|Mar", text)),
        "day": bool(re.search(r"(?<!\d)0?1(?!\d)", text)),
    }
    assert {part for part, is_seen in seen.items() if not is_seen} == hidden_parts(form)


@needs_office
@pytest.mark.parametrize("form", FORMATS)
def test_the_text_on_the_screen(screen, form):
    assert (screen[form].get("字", "") == "") == hides_text(form)
