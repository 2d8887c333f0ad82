"""Cells: letters, addresses, areas, references, and the numbers of days, against the libraries that know them too."""

import io
import random
import re
from datetime import date, datetime, timedelta

import openpyxl.utils
import openpyxl.utils.cell
import pandas as pd
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel, to_excel
from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_cell_to_rowcol, xl_range_abs

from toolkit.model import cell
from toolkit.model.finding import Finding
from toolkit.model.unit import UnitList
from toolkit.ooxml.canonical import canonical
from toolkit.reading.census import uses_1904
from toolkit.reading.dates import typed_number
from toolkit.summary.findings import in_order

RNG = random.Random(11)
TITLES = ("任职与补贴", "单位'甲", "''", "2025 年'报'", "A1", "甲!乙")
"""Titles as units give them, with apostrophes, blanks, a title like an address, a sign that parts titles from cells."""


def test_letters_and_numbers_of_all_columns():
    names = [cell.letters(column) for column in range(1, cell.LAST_COLUMN + 1)]
    assert names == [openpyxl.utils.get_column_letter(column) for column in range(1, cell.LAST_COLUMN + 1)]
    assert [cell.column_number(name) for name in names] == list(range(1, cell.LAST_COLUMN + 1))
    assert len(set(names)) == len(names) and names[-1] == "XFD"


@pytest.mark.parametrize("wrong", ["", "a", "A1", "$A", "甲", "Ａ", "!", " A"])
def test_what_is_no_column_has_no_number(wrong):
    with pytest.raises(ValueError):
        cell.column_number(wrong)


@pytest.mark.parametrize("wrong", [0, -1, -32])
def test_a_column_below_the_first_has_no_letters(wrong):
    with pytest.raises(ValueError):
        cell.letters(wrong)


@pytest.mark.parametrize("wrong", ["", "A", "7", "A0", "A01", "a7", "XFE1", "A1048577", "$A$1", "A1:B2", "A1 ", "A１"])
def test_what_is_no_address_has_no_place(wrong):
    with pytest.raises(ValueError):
        cell.place(wrong)


def _corner() -> tuple[int, int]:
    """A cell anywhere: often near an edge."""
    row = RNG.choice((1, 9, 10, 99, cell.LAST_ROW, RNG.randint(1, cell.LAST_ROW)))
    return row, RNG.choice((1, 26, 27, 702, 703, cell.LAST_COLUMN, RNG.randint(1, cell.LAST_COLUMN)))


def test_addresses_and_areas_there_and_back():
    for _ in range(2000):
        (top, left), (bottom, right) = _corner(), _corner()
        address = cell.address(top, left)
        assert cell.place(address) == (top, left) == tuple(part + 1 for part in xl_cell_to_rowcol(address))
        assert f"{cell.letters_of(address)}{cell.row_of(address)}" == address
        area = cell.Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))
        assert cell.area(str(area)) == cell.area(area.fixed) == cell.area(area.corners) == area
        assert area.fixed == xl_range_abs(area.top - 1, area.left - 1, area.bottom - 1, area.right - 1)
        assert openpyxl.utils.range_boundaries(area.corners) == (area.left, area.top, area.right, area.bottom)
        assert cell.fixed_column(top, left) == openpyxl.utils.absolute_coordinate(address).replace(f"${top}", str(top))
        assert cell.fixed_columns(area.left, area.right) == f"${cell.letters(area.left)}:${cell.letters(area.right)}"


def test_many_areas_of_one_text():
    found = [cell.Area(1, 2, 3, 4), cell.Area(5, 5, 5, 5), cell.Area(9, 27, 10, 28)]
    for form in ("{}", "{0.fixed}", "{0.corners}"):
        assert list(cell.areas(" ".join(form.format(one) for one in found))) == found
    for wrong in ("", "A", "A1:", "A1 B2", "1:3"):
        with pytest.raises(ValueError):
            cell.area(wrong)


@pytest.mark.parametrize("title", TITLES)
def test_references_to_any_sheet(title):
    """The reference says the title back, as the reader of a formula takes it apart."""
    for area in (cell.Area(1, 1, 1, 1), cell.Area(2, 3, 40, 28)):
        said = cell.on_sheet(title, area.fixed)
        quoted, name = re.fullmatch(r"'((?:[^']|'')*)'!(.*)", said).groups()
        assert (quoted.replace("''", "'"), cell.area(name)) == (title, area)
        assert said == f"{openpyxl.utils.quote_sheetname(title)}!{area.fixed}"


def test_xlsxwriter_and_openpyxl_take_the_references():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for title in TITLES[:2]:
            book.add_worksheet(title)
            assert book.define_name("here_" + str(TITLES.index(title)), "=" + cell.on_sheet(title, "$C$7")) == 0
    names = openpyxl.load_workbook(io.BytesIO(stream.getvalue())).defined_names
    assert [name.attr_text.replace("'任职与补贴'", "任职与补贴") for name in names.values()] == [
        "任职与补贴!$C$7",
        "'单位''甲'!$C$7",
    ]


def test_cells_sort_as_they_are_read():
    read = [cell.address(row, column) for row in (8, 9, 10, 11, 100) for column in (1, 2, 26, 27, 53)]
    mixed = RNG.sample(read, len(read))
    assert sorted(mixed, key=cell.place) == read != sorted(mixed)
    found = [Finding("C001", "错误", "x", sheet="表", cells=(one,)) for one in mixed]
    assert [one.cells[0] for one in in_order(found, UnitList(()))] == read


def test_findings_with_several_cells_sort_by_the_first_that_differs():
    cells = [("B9",), ("B9", "B10"), ("B9", "B11"), ("B9", "AA11"), ("AA9", "AA10"), ("A10",)]
    found = [Finding("C001", "错误", "x", sheet="表", cells=one) for one in reversed(cells)]
    assert [one.cells for one in in_order(found, UnitList(()))] == cells


def _serials() -> list[int]:
    edges = [*range(0, 130), *range(1400, 1530), *range(cell.LAST_SERIAL - 1500, cell.LAST_SERIAL + 1)]
    return sorted({*edges, *range(0, cell.LAST_SERIAL, 997)})


@pytest.mark.parametrize("mac", [False, True], ids=["1900", "1904"])
def test_day_numbers_there_and_back(mac):
    """Every number that is a day gives itself back; openpyxl and the calendar agree."""
    epoch, last = (CALENDAR_MAC_1904, cell.LAST_SERIAL - 1462) if mac else (CALENDAR_WINDOWS_1900, cell.LAST_SERIAL)
    before = None
    for number in _serials():
        if number > last or (not mac and number in (0, cell.NO_DAY)):
            with pytest.raises(ValueError):
                cell.day(number, mac)
            continue
        day = cell.day(number, mac)
        assert cell.serial(day, mac) == number and isinstance(cell.serial(day, mac), int)
        assert before is None or day > before
        before = day
        if number > 60:
            assert from_excel(number, epoch).date() == day and to_excel(day, epoch) == number
        noon = datetime(day.year, day.month, day.day, 12)
        assert cell.serial(noon, mac) == number + 0.5


def test_the_day_that_never_was():
    assert cell.day(59) == date(1900, 2, 28) and cell.day(61) == date(1900, 3, 1)
    assert cell.serial(date(1900, 3, 1)) - cell.serial(date(1900, 2, 28)) == 2
    assert cell.day(59, True) == date(1904, 2, 29) and cell.day(60, True) == date(1904, 3, 1)
    for wrong in (-1, 0, cell.NO_DAY, cell.LAST_SERIAL + 1):
        with pytest.raises(ValueError):
            cell.day(wrong)


def test_a_column_of_days():
    days = [date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1), None, date(2025, 12, 31)]
    column = pd.Series(pd.to_datetime(pd.Series(days)), dtype="datetime64[s]")
    assert cell.serials(column) == [1, 59, 61, None, 46022] == [day and cell.serial(day) for day in days]


@pytest.mark.parametrize("mac", [False, True], ids=["1900", "1904"])
def test_what_the_reader_shows_is_the_day_that_was_kept(mac):
    """Numbers under a date format, read as the reader of values gives them: the same day, and the number typed."""
    numbers = [1, 45, 59, 61, 366, 2023, 2023.5, 9999, 10_000, 45_717]
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"date_1904": mac}) as book:
        sheet, form = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for row, number in enumerate(numbers):
            sheet.write_number(row, 0, number, form)
    shown = [
        row[0]
        for row in CalamineWorkbook.from_filelike(io.BytesIO(stream.getvalue())).get_sheet_by_index(0).to_python()
    ]
    assert [cell.serial(day, mac) for day in shown] == numbers
    assert [typed_number(day, mac) for day in shown] == [f"{n:g}" if n < 10_000 else "" for n in numbers]
    days = [day.date() if isinstance(day, datetime) else day for day in shown]
    assert [cell.day(int(number), mac) for number in numbers] == days


@pytest.mark.parametrize(
    ("said", "mac"),
    [
        (b'<workbookPr date1904="1"/>', True),
        (b'<workbookPr codeName="x" date1904="true" />', True),
        (b"<workbookPr date1904='1'/>", True),
        (b'<x:workbookPr defaultThemeVersion="1" date1904 = "1"/>', True),
        (b'<workbookPr date1904="0"/>', False),
        (b'<workbookPr date1904="false"/>', False),
        (b"<workbookPr/><sheet name='date1904=\"1\"'/>", False),
    ],
)
def test_where_days_count_from_1904(said, mac):
    class Parts:
        def part(self, name: str) -> bytes:
            return b"<workbook>" + said + b"</workbook>"

    assert cell.counts_from_1904(said) is mac and uses_1904(Parts()) is mac


@pytest.mark.parametrize("name", ["!5", "a1", "", "5", "Ａ1", "A" * 5000 + "1", "A" + "9" * 5000])
def test_a_cell_with_a_strange_name_gets_the_next_address(name):
    """None makes the reader turn for ever; the cell stands where it stands."""
    xml = f'<worksheet><sheetData><row><c r="{name}"/><c/></row></sheetData></worksheet>'
    assert re.findall(rb' r="([A-Z0-9]+)"', canonical(xml.encode())) == [b"1", b"A1", b"B1"]


def test_rows_and_cells_in_words():
    cells = tuple(cell.address(row, 3) for row in range(7, 20))
    assert cell.in_words(cells[:5]) == "C7、C8、C9、C10、C11"
    assert (
        cell.in_words(cells) == Finding("C001", "错误", "x", cells=cells).where_cells == "C7、C8、C9、C10、C11 等13处"
    )
    assert cell.rows_in_words([10, 9, 100]) == "第9、10、100行"
    assert cell.rows_in_words(range(12), most=10) == "第0、1、2、3、4、5、6、7、8、9行等12行"


def test_a_day_before_the_first_is_never_a_day_of_the_calendar():
    """Far days do not wrap into days that a cell would show."""
    for day in (date(1, 1, 1), date(1899, 12, 31), date(1899, 12, 30), date(1903, 12, 31)):
        assert cell.serial(day, True) < 0
    assert cell.serial(date(1899, 12, 31)) == 0 and cell.serial(date(1899, 12, 31) - timedelta(days=1)) < 0
