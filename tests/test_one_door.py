"""One door for all files that people hand in: the unit list, lists to compare, returns from below, older workbooks."""

import random
import subprocess
import sys
import time
from io import BytesIO

import pytest
from openpyxl import Workbook
from zoo.containers import encrypted

from toolkit.campaign.unit_list import read_unit_list, unit_list_workbook
from toolkit.forms import load_form
from toolkit.model.duties import LEVEL
from toolkit.model.errors import XltoolError
from toolkit.model.unit import Unit, UnitList
from toolkit.policies import load_policy
from toolkit.reading.door import Cells, Refusal, read_cells, read_stamps

pytestmark = pytest.mark.usefixtures("own_workers")
FORM = load_form(load_policy("yizheng-2022"))
UNITS = UnitList((Unit("320901", "清渚市委组织部", "机关", FORM.code_lists[LEVEL][0]),))


def units() -> bytes:
    return unit_list_workbook(UNITS, FORM)


def stray(cell: str) -> bytes:
    """A list with one value very far away."""
    from openpyxl import load_workbook

    book, stream = load_workbook(BytesIO(units())), BytesIO()
    book.worksheets[0][cell] = "x"
    book.save(stream)
    return stream.getvalue()


HANDED = {
    "far away": (stray("XFD1048576"), "F014"),
    "locked": (encrypted(units(), "secret"), "F045"),
    "a web page": ("<html><table><tr><td>单位代码</td></tr></table></html>".encode(), "F018"),
    "a login page": ("<html><head><title>登录</title></head><input type=password></html>".encode(), "F042"),
    "company encryption": (b"%TSD-Header-###%" + bytes(900), "F036"),
    "half of it": (units()[:3000], "F038"),
    "nothing": (b"", "F001"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(90), "F021"),
    "old and broken": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + bytes(4000), "F002"),
}


@pytest.mark.parametrize("kind", HANDED)
def test_a_unit_list_that_cannot_be_read_is_a_sentence_of_its_own(kind, tmp_path):
    data, code = HANDED[kind]
    path = tmp_path / "单位名录.xlsx"
    path.write_bytes(data)
    with pytest.raises(XltoolError) as said:
        read_unit_list(path, FORM)
    refused = read_cells([path])[path]
    assert isinstance(refused, Refusal) and refused.code == code
    assert "--password" not in refused.advice, "no password can be given at this door"
    assert said.value.code == "U001" and refused.message in str(said.value) and refused.advice in str(said.value)


def test_a_stray_cell_in_the_unit_list_ends_no_command(tmp_path):
    """Read in the program's own process it asked for 549,755,813,888 bytes and aborted (exit code 134)."""
    path = tmp_path / "单位名录.xlsx"
    path.write_bytes(stray("XFD1048576"))
    command = ["init", str(tmp_path / "批次"), "--policy", "yizheng-2022", "--year", "2025", "--units", str(path)]
    done = subprocess.run([sys.executable, "-m", "toolkit.cli", *command], capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.startswith("[U001]") and "Ctrl+End" in done.stderr
    assert not (tmp_path / "批次").exists()


def test_a_list_that_excel_itself_protected_is_read(tmp_path):
    path = tmp_path / "单位名录.xlsx"
    path.write_bytes(encrypted(units(), "VelvetSweatshop"))
    assert [unit.code for unit in read_unit_list(path, FORM)] == ["320901"]


def test_a_pipe_and_a_folder_are_no_files(tmp_path):
    import os

    os.mkfifo(tmp_path / "单位名录.xlsx")
    (tmp_path / "夹").mkdir()
    started = time.monotonic()
    found = read_cells([tmp_path / "单位名录.xlsx", tmp_path / "夹", tmp_path / "没有.xlsx"])
    assert [one.code for one in found.values()] == ["F015", "F015", "F027"]
    assert time.monotonic() - started < 10


def test_the_same_answer_whatever_is_asked_for(tmp_path):
    """Random bytes, and lists spoilt in random places: cells or a code, never an end of the program."""
    rng, good = random.Random(16), units()
    for number in range(40):
        spoilt = bytearray(good)
        for _ in range(rng.randrange(1, 30)):
            spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
        data = [bytes(spoilt), rng.randbytes(rng.randrange(3000)), good[: rng.randrange(len(good))]][number % 3]
        (tmp_path / f"{number:02}.xlsx").write_bytes(data)
    paths = sorted(tmp_path.iterdir())
    cells, stamps = read_cells(paths), read_stamps(paths)
    assert list(cells) == paths == list(stamps)
    for path, one in cells.items():
        assert one.sheets if isinstance(one, Cells) else one.sentence, path
        assert stamps[path] is None
    assert sum(isinstance(one, Refusal) for one in cells.values()) > 20


def test_lists_of_every_kind_name_the_true_reason(tmp_path):
    """Lists of duties, feedback, returns from below and lists to compare say why a file was not read."""
    from datetime import date

    from toolkit.feedback.reading import _ours
    from toolkit.model.stamp import Stamp
    from toolkit.tasks.merging import merge_lists
    from toolkit.upward.reading import read_upward

    path = tmp_path / "清单.xlsx"
    path.write_bytes(encrypted(units(), "secret"))
    reason = read_cells([path])[path].sentence
    assert "打开密码" in reason
    [problem] = merge_lists(tmp_path, None, Stamp(), (), date(2025, 1, 1)).problems
    assert (problem.code, problem.value) == ("TSK-110", reason)
    assert _ours(read_cells([path])[path], "清单.xlsx", 2025).value == reason
    with pytest.raises(XltoolError, match="打开密码"):
        read_upward(path)


def test_a_book_without_sheets_of_cells_has_none(tmp_path):
    made, stream = Workbook(), BytesIO()
    made.create_chartsheet("图")
    made.save(stream)
    path = tmp_path / "图.xlsx"
    path.write_bytes(stream.getvalue())
    assert list(read_cells([path])[path].sheets) == ["Sheet"]
