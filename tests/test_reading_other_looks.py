"""What the eye sees of .ods and .xls files: struck, raised, white, hidden and merged, as LibreOffice writes them.

A number that is raised as a whole is raised no more after LibreOffice: it raises only parts of texts.
"""

import pytest
from office import convert_all, needs_office
from reading_books import GOOD, open_document
from test_reading_screen import FORM, LOWER, RAISE, ROW, STRIKE, UNITS, drawn, empty_white, paper, rich, whole

from toolkit.reading import read_returns
from toolkit.reading.other_looks import appearances

pytestmark = pytest.mark.libreoffice
SECOND = {**GOOD, "code": "U1-02", "name": "二支部"}
FILTER = {"hidden": True}


def merge(book, sheet):
    sheet.merge_range(ROW, 1, ROW + 1, 1, GOOD["name"])


def filtered(book, sheet):
    sheet.autofilter(5, 0, 7, 5)
    sheet.filter_column(0, "x == U1-02")
    sheet.set_row(ROW, None, None, FILTER)


WHOLE_ROW = [("C032", f"{letter}7") for letter in "ABCDF"]
BOOKS = {
    "plain": (drawn(lambda b, s: None, GOOD), []),
    "row struck": (drawn(whole(STRIKE), GOOD), WHOLE_ROW),
    "cell struck": (drawn(whole(STRIKE, 5), GOOD), [("C032", "F7")]),
    "date struck": (drawn(lambda b, s: s.write(ROW, 3, 45413, b.add_format(STRIKE)), GOOD), [("C032", "D7")]),
    "cell raised": (drawn(whole(RAISE, 1), GOOD), [("C032", "B7")]),
    "white ink": (drawn(whole({"font_color": "#FFFFFF"}, 5), GOOD), [("C039", "F7")]),
    "white on red is seen": (drawn(whole({"font_color": "#FFFFFF", "bg_color": "#FF0000"}, 5), GOOD), []),
    "nothing in white": (drawn(empty_white, GOOD), []),
    "part struck": (drawn(rich(5, (STRIKE, "38"), (None, "30")), GOOD), [("C031", "F7")]),
    "part raised": (drawn(rich(5, (None, "30"), (RAISE, "1")), GOOD), [("C031", "F7")]),
    "part lowered": (drawn(rich(3, (None, "2024-05-01"), (LOWER, "1")), GOOD), [("C031", "D7")]),
    "part struck in a name": (drawn(rich(1, (STRIKE, "旧支部"), (None, "新支部")), GOOD), [("C032", "B7")]),
    "crossed out": (drawn(whole({"diag_type": 3, "diag_border": 1}, 5), GOOD), [("C032", "F7")]),
    "bold runs": (drawn(rich(1, ({"bold": True}, "退休"), (None, "支部")), GOOD), []),
    "row hidden": (drawn(lambda b, s: s.set_row(ROW, None, None, FILTER), GOOD, SECOND), [("S010", "A7")]),
    "row filtered out": (drawn(filtered, GOOD, SECOND), [("S010", "A7")]),
    "column hidden": (drawn(lambda b, s: s.set_column(5, 5, None, None, FILTER), GOOD), [("S010", "F7")]),
    "cells merged": (drawn(merge, GOOD, {**SECOND, "name": ""}), [("S011", "B8")]),
}
LOOKS = {"C031", "C032", "C033", "C035", "C039", "S010", "S011"}


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """By kind and book: the codes about looks with their cells."""
    folder = tmp_path_factory.mktemp("looks")
    paths = []
    for number, (data, _) in enumerate(BOOKS.values()):
        paths.append(folder / f"b{number:02d}.xlsx")
        paths[-1].write_bytes(data)
    found = {}
    for kind in ("ods", "xls"):
        made = convert_all(paths, folder, kind, anew=False)
        batch = read_returns([(path.name, path) for path in made], FORM, UNITS, workers=1)
        for name, returned in zip(BOOKS, batch.returns, strict=True):
            assert returned.state != "unreadable", (kind, name, returned.findings)
            about = [one for one in returned.findings if one.code in LOOKS and one.sheet == "党组织情况"]
            found[kind, name] = sorted((one.code, cell) for one in about for cell in one.cells)
    return found


@needs_office
@pytest.mark.parametrize("name", BOOKS)
@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_what_the_eye_sees_is_said(seen, kind, name):
    assert seen[kind, name] == sorted(BOOKS[name][1])


@needs_office
def test_whatever_cell_is_struck_in_part_or_wholly_it_is_said(tmp_path):
    """The property: every column, every look, whole or in part, in both formats: a finding on that very cell."""
    paths = []
    for column in (0, 1, 2, 3, 5):
        for number, look in enumerate((STRIKE, RAISE, LOWER)):
            for half in (False, True) if column < 5 or look is STRIKE else (True,):
                path = tmp_path / f"{column}{number}{int(half)}.xlsx"
                text = str(list(GOOD.values())[column if column < 4 else 4])
                paint = rich(column, (look, "3"), (None, text)) if half else whole(look, column)
                path.write_bytes(drawn(paint, GOOD))
                paths.append(path)
    for kind in ("ods", "xls"):
        made = convert_all(paths, tmp_path, kind, anew=False)
        for returned in read_returns([(path.name, path) for path in made], FORM, UNITS, workers=1).returns:
            cell = f"{'ABCDEF'[int(returned.file[0])]}7"
            assert any(cell in f.cells and f.code in ("C031", "C032") for f in returned.findings), returned.file


def test_a_cut_file_is_no_fault(tmp_path):
    """Whatever of a file cannot be followed is left out; nothing is raised."""
    from zoo.legacy import xls

    whole_file = xls(paper())
    for end in range(0, len(whole_file), 97):
        assert isinstance(appearances("xls", whole_file[:end]), dict)


def test_a_plain_file_costs_no_walk():
    from toolkit.reading import gate

    package = gate.check(open_document(paper()))
    assert appearances(package, b"") == {}
