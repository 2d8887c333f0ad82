"""Work on a returned workbook that is really open, in LibreOffice on its own screen, with xlwings' own converters."""

import hashlib
import shlex
import sys
from datetime import date
from pathlib import Path

import pytest
import xlwings as xw
from office import needs_office

from macros.writing import write_console
from tests.macros import contract
from tests.macros.clicking import Clicks
from tests.macros.office_books import Server, install
from tests.macros.xlwings_engine import remove
from toolkit import macro_api
from toolkit.model.layout import MARK_NOTE
from toolkit.trial import write_sample

pytestmark = [pytest.mark.slow]
HERE = Path(__file__).parents[1]
DAY = date(2024, 1, 15)
SHEET, CELL = "任职与补贴", "H7"
RED, YELLOW = (0xF8, 0xCB, 0xAD), (0xFF, 0xF2, 0xCC)
NOTE = "已向本人核实过"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A round in a folder with Chinese characters and a blank."""
    folder = tmp_path_factory.mktemp("打 开") / "批次 一"
    write_console(write_sample(folder, policy="yizheng-2022", units=2, seed=3, defects="none"))
    return folder


@pytest.fixture(scope="module")
def path(folder):
    return min((folder / "回收").glob("*.xlsx"))


@pytest.fixture(scope="module")
def screen(folder, path):
    """The control workbook and one return, both open."""
    clicks = Clicks()
    clicks.open(path=str(folder / "控制台.xlsm"))
    clicks.open_beside(path=str(path))
    yield clicks
    clicks.end()


@pytest.fixture(scope="module")
def server(screen):
    server = Server(screen.place())
    yield server
    server.end()


@pytest.fixture
def book(server):
    """The return as xlwings sees it."""
    install(server)
    yield macro_api.open_return()
    remove()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _type(book, value) -> None:
    """A person takes the protection away and types into the cell."""
    sheet = book.sheets[SHEET]
    with macro_api.unlocked(sheet):
        sheet[CELL].value = value


@needs_office
def test_check_marks_the_open_document_and_the_file_stays(book, folder, path):
    before, own = _digest(path), book.sheets[SHEET][CELL].color
    _type(book, "'1999-01-01")
    seen = macro_api.check_book(book, folder, DAY)
    mine = [problem for problem in seen.problems if problem.sheet == SHEET and CELL in problem.cells]
    assert [problem.severity for problem in mine] == ["错误"]
    assert book.sheets[SHEET][CELL].color == RED
    assert book.impl.workbook.selected() == (seen.problems[0].sheet, seen.problems[0].cells[0])
    assert book.sheets[SHEET].api.ProtectContents
    assert _digest(path) == before
    _type(book, None)
    assert not macro_api.check_book(book, folder, DAY).problems
    assert book.sheets[SHEET][CELL].color == own
    assert _digest(path) == before


@needs_office
def test_next_walks_and_an_explanation_is_filled_in(book, folder, path):
    before = _digest(path)
    places = [(SHEET, "H7"), (SHEET, "C8")]
    seen = macro_api.Seen(book.name, [macro_api.Problem("疑问", sheet, (cell,), "…") for sheet, cell in places])
    macro_api.mark(book, seen)
    seen.save(folder)
    assert book.sheets[SHEET]["C8"].color == YELLOW
    macro_api.next_problem(book, folder)
    assert book.impl.workbook.selected() == places[1]
    with macro_api.unlocked(book.sheets[SHEET]):
        book.sheets[SHEET]["Z5"].value = MARK_NOTE
    assert macro_api.explain(book, folder, f"={NOTE}") == f"{SHEET}!Z8"
    assert book.sheets[SHEET]["Z8"].value == f"={NOTE}"
    assert macro_api.next_problem(book, folder).at == 2
    macro_api.unmark(book, macro_api.remembered(folder, book.name))
    assert book.sheets[SHEET]["C8"].color != YELLOW
    assert _digest(path) == before


@needs_office
def test_the_console_is_refreshed_in_place(book, screen, folder):
    before = _digest(folder / "控制台.xlsm")
    console = xw.books["控制台.xlsm"]
    console.set_mock_caller()
    console.sheets["各单位"]["B10"].value = "旧"
    macro_api.refresh()
    assert screen.cells(names=["out_status", "out_message"]) == {
        "out_status": "完成",
        "out_message": "情况已刷新：2 个单位。",
    }
    assert [row[2] for row in screen.table(name="tbl_units")] == ["已收待查", "已收待查"]
    assert console.sheets["各单位"]["B10"].value.isdigit()
    macro_api.button(str(contract.request(folder, "validate", cfg_as_of=str(DAY))))
    assert screen.cells(names=["out_progress"])["out_progress"] == "100%"
    assert {row[2] for row in screen.table(name="tbl_units")} <= {"已通过", "有疑问"}
    assert _digest(folder / "控制台.xlsm") == before


@needs_office
def test_the_three_buttons_work_on_the_open_return(book, screen, folder, path, tmp_path):
    program = tmp_path / "现场 程序.sh"
    own = [sys.executable, "-m", "tests.macros.live_program", screen.place()]
    program.write_text(f'#!/bin/sh\ncd {shlex.quote(str(HERE))} && exec {shlex.join(own)} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    before = _digest(path)
    _type(book, "'1999-01-01")
    for name, value in {"cfg_program": str(program), "cfg_as_of": str(DAY), "cfg_note": "短"}.items():
        screen.set(name=name, value=value)
    checked = screen.press("校验当前工作簿")
    assert checked["status"] == "有问题", checked
    assert "已在表上标色" in checked["message"], checked
    assert book.sheets[SHEET][CELL].color == RED
    screen.picture("返回表_校验当前工作簿")
    last = screen.press("下一处")
    assert last["status"] in ("完成", "有问题") and ("第 2" in last["message"] or "都看过了" in last["message"])
    assert "[M010]" in screen.press("填入说明")["message"]
    assert _digest(path) == before
