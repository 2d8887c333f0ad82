"""A locked, read-only, full or vanished disk, folder or ledger: each one sentence with a code, and nothing is lost."""

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from rounds import Round

from toolkit.campaign import ledger as ledgers
from toolkit.campaign.ledger import Ledger
from toolkit.disk import make_folder, opened_in, situation, unforeseen
from toolkit.files import write_whole
from toolkit.model.errors import XltoolError

pytestmark = pytest.mark.rounds
ROOT = Path(__file__).parent.parent
MINE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", "--inh-caps=-all"]
"""Takes from the superuser the right to write what may not be written."""


def xltool(*arguments):
    before = MINE if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    if before and not shutil.which("setpriv"):
        pytest.skip("the superuser may write everything")
    command = [*before, sys.executable, "-m", "toolkit.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, encoding="utf-8", timeout=120)


@pytest.fixture
def folder(tmp_path):
    made = Round(tmp_path / "批次", units=2)
    made.issue()
    made.put(0)
    made.check()
    yield made.campaign.folder
    for path in (made.campaign.folder, *made.campaign.folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)


def refused(code: str, *arguments) -> str:
    """What a command says that ends with a sentence of that code."""
    done = xltool(*arguments)
    assert done.returncode == 3 and done.stderr.startswith(f"[{code}]"), (done.stdout, done.stderr)
    return done.stderr


def test_a_locked_ledger_is_called_locked_and_loses_nothing(folder, monkeypatch):
    """It was called damaged after 36 seconds, and the advice would have lost approvals and history."""
    monkeypatch.setattr(ledgers, "_PATIENCE", 0.2)
    ledger = Ledger(folder / ".xltool" / "台账.sqlite")
    before = ledger.history()
    other = sqlite3.connect(ledger.path)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(XltoolError, match="K024") as said:
        ledger.note("试")
    assert "不要删除" in str(said.value) and "没有损坏" in str(said.value) and "改名后" not in str(said.value)
    other.rollback()
    assert ledger.history() == before


def test_waiting_for_a_short_while_is_enough(folder):
    ledger = Ledger(folder / ".xltool" / "台账.sqlite")
    other = sqlite3.connect(ledger.path, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    timer = threading.Timer(0.5, other.rollback)
    timer.start()
    ledger.note("试")
    timer.join()
    assert ledger.history()[-1]["what"] == "试"


CODES = {name: getattr(sqlite3, name) for name in dir(sqlite3) if name.startswith("SQLITE_")}
HARMLESS = {"BUSY": "K024", "LOCKED": "K024", "READONLY": "K025", "CANTOPEN": "K025", "FULL": "O002", "IOERR": "O010"}


@pytest.mark.parametrize("name", sorted(name for name, value in CODES.items() if isinstance(value, int)))
def test_only_damage_is_called_damage(name, tmp_path):
    """Every code of the database, main and extended: what loses nothing never gets the advice to start anew."""
    error = sqlite3.DatabaseError(name)
    error.sqlite_errorcode = CODES[name]
    said = Ledger(tmp_path / "台账.sqlite")._said(error)
    family = next((code for known, code in HARMLESS.items() if name.startswith(f"SQLITE_{known}")), "")
    assert not family or said.code == family
    assert (said.code == "K008") == ("改名后重新运行" in str(said))
    assert name not in ("SQLITE_CORRUPT", "SQLITE_NOTADB") or said.code == "K008"


def test_a_ledger_that_is_none_is_still_called_damaged(tmp_path):
    (tmp_path / "台账.sqlite").write_bytes(b"nothing of the kind" * 100)
    with pytest.raises(XltoolError, match="K008"):
        Ledger(tmp_path / "台账.sqlite").history()


@pytest.mark.parametrize("command", ["status", "run", "annotate", "distribute", "watch", "history"])
def test_a_file_where_the_programs_own_folder_belongs(command, folder):
    shutil.rmtree(folder / ".xltool")
    (folder / ".xltool").write_bytes(b"")
    assert ".xltool" in refused("O009", command, folder)
    assert (folder / ".xltool").read_bytes() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="other rights on folders")
@pytest.mark.parametrize("command", ["run", "annotate", "distribute", "disputes", "watch", "console"])
def test_a_round_that_may_not_be_written(command, folder):
    for path in (*folder.rglob("*"), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted((path.name, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    assert "Excel" not in refused("O001", command, folder)
    assert sorted((path.name, path.stat().st_mtime_ns) for path in folder.rglob("*")) == before
    done = xltool("status", folder, "--json")
    assert done.returncode == 0, "what writes nothing goes on"


@pytest.mark.skipif(sys.platform == "win32", reason="other rights on folders")
def test_a_ledger_that_may_not_be_written(folder):
    inside = folder / ".xltool"
    (inside / "台账.sqlite").chmod(0o444)
    inside.chmod(0o555)
    said = refused("K025", "run", folder, "--as-of", "2026-02-01")
    assert "没有损坏" in said and "改名" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="other rights on folders")
def test_an_inbox_that_may_not_be_read_is_not_an_empty_one(folder):
    (folder / "回收").chmod(0o000)
    for command in ("run", "status"):
        assert "回收" in refused("O011", command, folder)


def test_a_name_that_is_too_long(folder, tmp_path):
    long = tmp_path / ("长" * 200)
    lists = ("--policy", "yizheng-2022", "--year", 2025, "--units", folder / "单位名录.xlsx")
    refused("O008", "init", long, *lists)
    refused("O008", "status", long)
    deep = tmp_path.joinpath(*["很长的文件夹名字" * 3] * 20)
    said = refused("O008", "init", deep, *lists)
    assert len(said) < 200


def test_every_error_of_a_disk_is_a_sentence_of_the_disk(tmp_path):
    """All numbers of errors that the system knows; nothing that happens to a file is called a fault of the program."""
    there = tmp_path / "x.xlsx"
    there.write_bytes(b"1")
    for number in errno.errorcode:
        for path in (there, tmp_path / "没有" / "y.xlsx"):
            for said in (
                situation(OSError(number, os.strerror(number)), path),
                unforeseen(OSError(number, os.strerror(number), str(path))),
            ):
                assert said.code.startswith("O0") and said.exit_code == 3 and "请" in str(said)
                assert os.strerror(number) not in str(said), "the system speaks its own language"
    assert unforeseen(ValueError("?")).code == "T000"


@pytest.mark.parametrize(
    ("name", "mark", "program"),
    [
        ("530901_教育局.docx", "~$0901_教育局.docx", "Word 或 WPS"),
        ("情况通报表二.docx", "~$情况通报表二.docx", "Word 或 WPS"),
        ("情况通报表一二.docx", "~$况通报表一二.docx", "Word 或 WPS"),
        ("领导签批单一二三.DOCX", "~$签批单一二三.DOCX", "Word 或 WPS"),
        ("公示稿.docx", "~$公示稿.docx", "Word 或 WPS"),
        ("公示稿.docx", ".~lock.公示稿.docx#", "LibreOffice"),
        ("530901_教育局.xlsx", "~$0901_教育局.xlsx", ""),
        ("530901_教育局.docx", "~$0902_教育局.docx", ""),
    ],
)
def test_the_program_that_has_a_file_open_is_known_by_its_mark(name, mark, program, tmp_path):
    (tmp_path / mark).write_bytes(b"\x03")
    assert opened_in(tmp_path / name) == program


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_a_pipe_where_a_file_of_ours_belongs_holds_nobody_up(folder):
    """`distribute` waited for ever for what nobody writes into the pipe."""
    assert xltool("run", folder, "--as-of", "2026-02-01").returncode == 0
    memory = [path for path in (folder / ".xltool" / "memory").rglob("*") if path.is_file()]
    for path in (*(folder / "下发").glob("*.xlsx"), *memory, *(folder / ".xltool" / "log").iterdir()):
        path.unlink()
        os.mkfifo(path)
    assert len(memory) > 3
    for command in (["distribute"], ["receipt", "--as-of", "2026-02-01"], ["run", "--as-of", "2026-02-01"]):
        done = xltool(command[0], folder, *command[1:])
        assert "Traceback" not in done.stderr and "T000" not in done.stderr, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights")
def test_a_link_to_itself_among_the_outputs_is_replaced(folder):
    """It ended in T000."""
    assert xltool("run", folder, "--as-of", "2026-02-01").returncode == 0
    book = folder / "汇总" / "汇总数据.xlsx"
    book.unlink()
    book.symlink_to(book.name)
    done = xltool("run", folder, "--as-of", "2026-02-01")
    assert done.returncode == 0 and book.is_file() and not book.is_symlink(), done.stderr


def _pipe(path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes")
    os.mkfifo(path)


def _link(path):
    if sys.platform == "win32":
        pytest.skip("links need rights")
    path.symlink_to(path.with_name("搬走了.sqlite"))


@pytest.mark.parametrize(("put", "said"), [(_pipe, "管道"), (Path.mkdir, "文件夹"), (_link, "链接")])
def test_what_lies_in_place_of_the_ledger_is_named(folder, put, said):
    """It was called damaged or read-only, and behind a link to nothing a new ledger began."""
    ledger = folder / ".xltool" / "台账.sqlite"
    ledger.unlink()
    put(ledger)
    for command in (["status"], ["run", "--as-of", "2026-02-01"]):
        assert said in refused("K050", command[0], folder, *command[1:])
    assert not ledger.with_name("搬走了.sqlite").exists()


@pytest.mark.parametrize("name", ["列名确认.yaml", "批次设置.yaml"])
@pytest.mark.parametrize(("put", "said"), [(_pipe, "管道"), (Path.mkdir, "文件夹"), (_link, "链接")])
def test_what_lies_in_place_of_a_file_with_words_is_named(folder, name, put, said):
    """What a person had confirmed did not count any more, without a word."""
    path = folder / name
    path.unlink(missing_ok=True)
    put(path)
    done = xltool("run", folder, "--as-of", "2026-02-01")
    assert done.returncode == 3 and name in done.stderr and said in done.stderr, (done.stdout, done.stderr)


def test_a_folder_where_the_lock_belongs_is_named(folder):
    lock = folder / ".xltool" / "lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    assert "“lock”" in refused("O022", "run", folder)


def test_a_folder_where_a_file_belongs_is_named(tmp_path, monkeypatch):
    """It was called a folder that may not be written."""
    (tmp_path / "责任单位.xlsx").mkdir()
    with pytest.raises(XltoolError, match=r"O022.*责任单位\.xlsx.*文件夹"):
        write_whole(tmp_path / "责任单位.xlsx", b"1")
    monkeypatch.setattr("toolkit.disk.WINDOWS", True)
    refused = PermissionError(errno.EACCES, "Access is denied")
    assert situation(refused, tmp_path / "责任单位.xlsx").code == "O022"


def test_what_stands_in_the_way_is_named(tmp_path):
    (tmp_path / "甲").write_bytes(b"")
    for path in (tmp_path / "甲", tmp_path / "甲" / "乙", tmp_path / "甲" / "乙" / "丙"):
        with pytest.raises(XltoolError, match="O009") as said:
            make_folder(path)
        assert "甲”" in str(said.value)
    with pytest.raises(XltoolError, match="O009"):
        write_whole(tmp_path / "甲" / "x.xlsx", b"1")
