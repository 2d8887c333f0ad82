"""Work on workbooks that are open in Excel, through a small xlwings engine over openpyxl; no licence key anywhere."""

import hashlib
import shutil
from datetime import date

import pytest
import xlwings as xw

from macros.writing import write_console
from tests.macros import contract
from tests.macros.openpyxl_books import install
from tests.macros.xlwings_engine import remove
from toolkit import bridge, macro_api
from toolkit.bridge import protocol
from toolkit.model.errors import XltoolError
from toolkit.model.layout import MARK_NOTE
from toolkit.trial import write_sample

DAY = date(2024, 1, 15)
SHEET, CELL = "任职与补贴", "H7"
pytestmark = [pytest.mark.rounds, pytest.mark.filterwarnings("ignore::UserWarning")]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("live") / "批次"
    write_console(write_sample(folder, policy="yizheng-2022", units=2, seed=3, defects="none"))
    return folder


@pytest.fixture
def folder(sample, tmp_path):
    """A round of its own, with its control workbook."""
    folder = tmp_path / "批次"
    shutil.copytree(sample, folder)
    return folder


@pytest.fixture
def path(folder):
    return min((folder / "回收").glob("*.xlsx"))


@pytest.fixture
def app(folder, path):
    """One Excel with one return open, in which somebody has just typed a 离任日期 before the 任职日期."""
    yield install(path)
    remove()


@pytest.fixture
def book(app):
    book = macro_api.open_return()
    sheet = book.sheets[SHEET]
    sheet.api.Unprotect("")
    sheet[CELL].value = "'1999-01-01"
    sheet.api.Protect("", AllowSorting=True)
    return book


def _mine(seen):
    return [problem for problem in seen.problems if CELL in problem.cells and problem.sheet == SHEET]


def test_what_is_on_the_screen_is_checked_and_marked_and_nothing_saved(book, folder, path):
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    seen = macro_api.check_book(book, folder, DAY)
    assert [problem.severity for problem in _mine(seen)] == ["错误"]
    assert book.sheets[SHEET][CELL].color == (0xF8, 0xCB, 0xAD)
    assert book.impl.workbook.trail[-1] == _place(seen.problems[0])
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert book.sheets[SHEET].api.ProtectContents and book.sheets[SHEET].api.Protection.AllowSorting


def _place(problem):
    return (problem.sheet, problem.cells[0])


def test_the_mark_goes_when_the_problem_is_gone(book, folder):
    own = book.sheets[SHEET][CELL].color
    macro_api.check_book(book, folder, DAY)
    book.sheets[SHEET][CELL].value = None
    seen = macro_api.check_book(book, folder, DAY)
    assert not _mine(seen)
    assert book.sheets[SHEET][CELL].color == own


def test_the_ledger_does_not_hear_of_it(book, folder):
    from toolkit.campaign import open_campaign

    before = open_campaign(folder).ledger.returned()
    macro_api.check_book(book, folder, DAY)
    assert open_campaign(folder).ledger.returned() == before


def test_next_walks_through_all_problems_and_stops(book, folder):
    seen = macro_api.check_book(book, folder, DAY)
    for number in range(1, len(seen.problems)):
        assert macro_api.next_problem(book, folder).at == number
    assert macro_api.next_problem(book, folder).at == len(seen.problems)
    assert macro_api.next_problem(book, folder).at == len(seen.problems)


def test_an_explanation_goes_into_the_row_of_the_query(book, folder):
    seen = macro_api.check_book(book, folder, DAY)
    seen.problems = [macro_api.Problem("疑问", SHEET, (CELL,), "…")]
    seen.save(folder)
    book.sheets[SHEET]["Z5"].value = MARK_NOTE
    assert macro_api.explain(book, folder, "=已向本人核实过") == f"{SHEET}!Z7"
    cell = book.impl.workbook.wb[SHEET]["Z7"]
    assert (cell.value, cell.data_type) == ("=已向本人核实过", "s")


@pytest.mark.parametrize(
    ("code", "text", "severity", "head"),
    [
        ("M010", "核实", "疑问", True),
        ("M011", "已向本人核实过", "错误", True),
        ("M013", "已向本人核实过", "疑问", False),
    ],
)
def test_explanations_that_cannot_be(book, folder, code, text, severity, head):
    macro_api.Seen(book.name, [macro_api.Problem(severity, SHEET, (CELL,), "…")]).save(folder)
    if head:
        book.sheets[SHEET]["Z5"].value = MARK_NOTE
    with pytest.raises(XltoolError, match=code):
        macro_api.explain(book, folder, text)


def test_nothing_to_go_to_before_a_check(book, folder):
    with pytest.raises(XltoolError, match="M009"):
        macro_api.next_problem(book, folder)


def test_a_password_is_respected(book, folder):
    book.impl.workbook.wb[SHEET].protection.password = "x"
    with pytest.raises(XltoolError, match="M015"):
        macro_api.check_book(book, folder, DAY)


def test_none_or_several_open(folder):
    install(folder / "控制台.xlsm")
    with pytest.raises(XltoolError, match="M007"):
        macro_api.open_return()
    install(*(folder / "回收").glob("*.xlsx"))
    with pytest.raises(XltoolError, match="M008"):
        macro_api.open_return()


def test_without_excel_it_says_so(folder):
    remove()
    with pytest.raises(XltoolError, match="M006"):
        macro_api.open_return()


def test_the_three_buttons(book, folder):
    """The same over the bridge, as the buttons call it."""
    values = {"cfg_as_of": "2024-01-15", "cfg_note": "短"}
    answers = [
        bridge.serve(contract.request(folder, task, **values)) for task in ("live_check", "live_next", "live_explain")
    ]
    assert [answer.status for answer in answers] == [protocol.FINDINGS, answers[1].status, protocol.FAILED]
    assert "已在表上标色" in answers[0].message and answers[2].message.startswith("[M010]")


def test_run_python_shows_progress_and_result_in_the_calling_workbook(folder, monkeypatch):
    app = install(folder / "控制台.xlsm")
    xw.Book(impl=app.books.active).set_mock_caller()
    ws = app.books.active.workbook.wb
    shown = []
    real = macro_api.show
    monkeypatch.setattr(
        macro_api, "show", lambda book, cells, tables=None: (shown.append(cells), real(book, cells, tables))
    )
    macro_api.button(str(contract.request(folder, "validate", cfg_as_of="2024-01-15")))
    assert any("正在读取" in str(cells.get("out_message")) for cells in shown)
    assert ws["控制台"]["B5"].value in ("完成", "有问题")
    assert ws["各单位"]["B10"].value and ws["各单位"]["D10"].value in ("已通过", "有疑问", "有错退回")


def test_refresh_in_place(folder):
    app = install(folder / "控制台.xlsm")
    xw.Book(impl=app.books.active).set_mock_caller()
    sheet = app.books.active.workbook.wb["各单位"]
    sheet["B10"].value = "旧"
    macro_api.refresh()
    assert sheet["B10"].value.isdigit() and sheet["B10"].data_type == "s"
    assert sheet["D10"].value == "已收待查"
    assert app.books.active.workbook.wb["控制台"]["C5"].value == "情况已刷新：2 个单位。"
    assert app.books.active.workbook.wb["各单位"].print_area == "'各单位'!$A$1:$J$11"
