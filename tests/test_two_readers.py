"""The reader of values against openpyxl, cell by cell and both ways, over all workbooks that the project has.

Where they may differ is written down, with the reason; every other difference fails.
"""

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import python_calamine
import yaml
from zoo import build
from zoo.verdicts import EXPECTED

from toolkit.model.cell import serial
from toolkit.ooxml.archive import Refused
from toolkit.reading import census, gate
from toolkit.reading.crosscheck import compared
from toolkit.trial import write_sample

ROOT = Path(__file__).parent.parent
Place = tuple[str, int, int]


def calamine(data: bytes) -> dict[Place, object]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    cells = {}
    for meta in book.sheets_metadata:
        if meta.typ == python_calamine.SheetTypeEnum.WorkSheet:
            grid = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            cells |= {(meta.name, r, c): v for r, row in enumerate(grid) for c, v in enumerate(row) if v != ""}
    return cells


def by_openpyxl(data: bytes) -> dict[Place, object]:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    cells = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and cell.value != "":
                    cells[sheet.title, cell.row - 1, cell.column - 1] = cell.value
    book.close()
    return cells


def alike(value: object) -> object:
    """A value in the same words for both."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, dt.datetime):
        return value.replace(microsecond=0)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    return value


def differences(data: bytes) -> dict[Place, tuple[object, object]]:
    one, other = calamine(data), by_openpyxl(data)
    return {
        place: (one.get(place), other.get(place))
        for place in sorted({*one, *other})
        if alike(one.get(place)) != alike(other.get(place))
    }


def kind(mine: object, theirs: object) -> str:
    """The name of a known difference, "" for an unknown one."""
    if mine is None and isinstance(theirs, str) and theirs.startswith("#"):
        return "calamine gives nothing for an error value: the census finds it (C006)"
    if isinstance(mine, str) and isinstance(theirs, str):
        if mine == theirs.strip(" \t\r\n") or mine.strip() == theirs.strip():
            return "calamine trims, as Excel does; openpyxl does not"
        if "_x" in theirs:
            return "openpyxl does not decode _xHHHH_"
    if mine is None and isinstance(theirs, str) and not theirs.strip():
        return "calamine trims, as Excel does; openpyxl does not"
    if isinstance(mine, float) and isinstance(theirs, int) and float(theirs) == mine:
        return "calamine has no whole numbers"
    if isinstance(mine, dt.date) and isinstance(theirs, int | float) and serial(mine) == theirs:
        return "openpyxl knows fewer formats of days"
    return ""


def second_source_agrees(data: bytes) -> bool:
    """Whether our own second source says the same of every sheet."""
    package = gate.check(data)
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(package.data))
    for title in census.sheet_parts(package):
        xml = census.sheet_xml(package, title)
        if b"<worksheet" not in xml[:2000]:
            continue
        grid = book.get_sheet_by_name(title).to_python(skip_empty_area=False)
        marked = census.marked_cells(xml)
        package.rewritten = True  # so that every cell is looked at
        if set(compared(xml, grid, marked, package)) - set(marked):
            return False
    return True


@pytest.fixture(scope="module")
def returns(tmp_path_factory):
    folder = tmp_path_factory.mktemp("二") / "批次"
    write_sample(folder, policy="yunnan-2025", units=3, seed=4, defects="typical")
    found = sorted((folder / "回收").glob("*.xlsx"))
    return [path.read_bytes() for path in found if zipfile.is_zipfile(path)]


@pytest.mark.rounds
def test_the_returns_of_a_sample(returns):
    assert len(returns) >= 3
    for data in returns:
        unknown = {place: pair for place, pair in differences(data).items() if not kind(*pair)}
        assert unknown == {}
        assert sum(1 for _ in calamine(data)) > 300, "a comparison of nothing shows nothing"
        assert second_source_agrees(data)


@pytest.mark.parametrize("path", sorted((ROOT / "templates_xlsx").glob("*.xlsx")), ids=lambda path: path.name)
def test_the_templates(path):
    data = path.read_bytes()
    assert {place: pair for place, pair in differences(data).items() if not kind(*pair)} == {}
    assert second_source_agrees(data)


KNOWN = {
    "a39_underscore": "C026",
    "b30_padded_index": "F012",
    "b30_two_values": "F012",
    "c09": "S005",
}
"""Animals whose cells the two readers read differently, and the finding that says so to people."""


def made() -> dict[str, bytes]:
    """The animals of the zoo about content and structure, as single .xlsx files."""
    from zoo import containers, contents, structures  # noqa: F401  (they fill ANIMALS)

    names = [name for name in sorted(build.ANIMALS) if name.startswith(("b", "c", "a3", "a4"))]
    found: dict[str, bytes] = {}
    for name in names:
        maker = build.ANIMALS[name]
        if name in HEAVY or name in build.SUFFIXES or getattr(maker, "wants_folder", False):
            continue
        data = maker(name)
        for file, content in ({name: data} if isinstance(data, bytes) else data).items():
            if zipfile.is_zipfile(io.BytesIO(content)):
                found[f"{name}/{file}"] = content
    return found


HEAVY = {"a32", "a33", "a34", "a35", "a35_count"}
REFUSED = (Refused, python_calamine.CalamineError, OverflowError, ValueError, KeyError, IndexError, TypeError, OSError)


@pytest.mark.rounds
def test_the_zoo():
    seen, told = 0, {}
    for name, data in made().items():
        try:
            package = gate.check(data)
            if not isinstance(package, gate.Package):
                continue
            found = differences(package.data)
        except REFUSED:
            continue  # one of them does not open it: nothing to compare
        seen += 1
        if unknown := {place: pair for place, pair in found.items() if not kind(*pair)}:
            told[name.partition("/")[0]] = unknown
    assert seen > 60
    assert set(told) == set(KNOWN), told
    wanted = yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))
    for animal, code in KNOWN.items():
        said = {line.split()[0] for verdict in wanted[animal].values() for line in verdict["says"]}
        assert code in said, animal
