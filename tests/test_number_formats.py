"""What `number_formats` says that a format shows is what LibreOffice's screen shows."""

import re
from random import Random

import pytest
import xlsxwriter
from odd_cells import FORMATS
from office import needs_office, sheets_of

from toolkit.reading.number_formats import hidden_parts, hides_text, is_of_days, is_plain, is_text, shown
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


DIGITS = ("0", "0.00", "#,##0", "#,##0.00", "0.0", "00", "#", "#.##", "General", "0,", "0%", "???0", "0.0#")
SIGNS = (
    '"."',
    '"，"',
    '"、"',
    '"·"',
    '"-"',
    '"约"',
    '"人"',
    '"（"',
    "_ ",
    "+",
    "-",
    "[Red]",
    '"万"',
    "[$€-407]",
    '"±"',
)
ODD = (0, 1, 12, -5, 30, 99.5, 3600, 0.25, 3.456, 3.1, 2023.1, 1234567.891, -3.456)


def composed(rng: Random) -> str:
    """A format of any digits with a sign before, behind or inside them."""
    digits, sign = rng.choice(DIGITS), rng.choice(SIGNS)
    at = rng.randrange(len(digits)) if digits != "General" and sign != "_ " else 0
    one = rng.choice((sign + digits, digits + sign, digits[:at] + sign + digits[at:]))
    return one + rng.choice(("", "", "", f";{sign}{digits}", f";-{digits};{sign}"))


@needs_office
def test_whatever_the_format_no_other_number_is_seen(tmp_path):
    """A format that is said to show the number shows it on the screen, bare where it is said to be its text."""
    rng = Random(12)
    forms = sorted({composed(rng) for _ in range(300)})
    path = tmp_path / "composed.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("甲")
        for row, form in enumerate(forms):
            look = book.add_format({"num_format": form})
            for column, value in enumerate(ODD):
                sheet.write_number(row, column, value, look)
    rows = sheets_of([path], tmp_path, anew=False, shown=True)[path]["甲"]
    for form, row in zip(forms, rows, strict=True):
        for value, text in zip(ODD, row, strict=False):
            exact, ours = plain(f"{value:.15g}"), shown(form, float(value))
            bare = re.sub(r"(?<=[0-9])[,，](?=[0-9]{3}(?![0-9]))", "", re.sub(r"\s", "", text))
            if is_text(form, float(value)):
                assert bare == exact, (form, value, text)
            if ours is not None and ours.number == exact:
                figures = re.sub(r"^[+€约人（]*|[€约人（.．·、，+]*$|(?<=^-)[+€约人（]+", "", bare)
                figures = re.sub("^（", "-", figures) if value < 0 and bare[0] == "（" else figures
                figures = figures.rstrip("-.") if not value else figures
                seen = plain(figures) if re.fullmatch(r"-?[0-9]*\.?[0-9]+", figures) else figures
                assert seen == exact or (bare[0] == "（" and f"-{seen}" == exact), (form, value, text)
