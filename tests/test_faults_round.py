"""Faults of the disk under whole commands: one sentence with a code, outputs of one run, the next run is right."""

import errno
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from faults import faulty, killed, tree
from offices import say_offices
from rounds import Round

from toolkit import disk
from toolkit.campaign import SETTINGS, open_campaign, settings_file
from toolkit.campaign.ledger import Ledger
from toolkit.cli import main_group
from toolkit.disk import journal
from toolkit.model.errors import XltoolError
from toolkit.ooxml import handed_in
from toolkit.ooxml.archive import Refused
from toolkit.ooxml.handed_in import content
from toolkit.our_books import workbooks_below
from toolkit.reading import memory
from toolkit.said import still_open

pytestmark = pytest.mark.rounds

ROOT = Path(__file__).parent.parent
LONG = "XLTOOL_FAULTS" in os.environ
TIMES = int(os.environ.get("XLTOOL_FAULTS", "8"))
"""Faults a command, times four; with a number of one's own everything is tried with everything."""
DAY = ("--as-of", "2026-02-01")
COMMANDS = {"run": DAY, "merge": DAY, "annotate": DAY, "distribute": ("--zip",), "tasks": (), "chase": DAY}
PLACES = ("汇总", "退回", "下发")
SAID = {"O001", "O002", "O003", "O008", "O009", "O010", "O011", "O013", "O015", "O017", "O018", "K024", "K025"}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A round of two units with all its outputs; everything is another today: the title and one return more."""
    made = Round(tmp_path_factory.mktemp("盘") / "批次", units=3)
    made.issue()
    made.put(0)
    made.put(1)
    folder = made.campaign.folder
    say_offices(made.campaign, {"各地各部门": made.units[0].code, "各级党委（党组）": made.units[1].code}, "不发")
    for command in COMMANDS:
        assert call(command, folder).exit_code in (0, 1)
    made.put(2, cells={("party_org", "full_members", 0): 999})
    made.settings(title="新的一次")
    return folder


def call(command: str, folder: Path):
    return CliRunner().invoke(main_group, [command, str(folder), *COMMANDS[command]])


def outputs(folder: Path) -> dict[str, bytes]:
    found = {f"{place}/{name}": data for place in PLACES for name, data in tree(folder / place).items()}
    return {name: data for name, data in found.items() if data != b"/" and "/.~" not in name}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_fault_at_any_call_of_a_command(done, tmp_path, command):
    whole = tmp_path / "whole"
    shutil.copytree(done, whole)
    old = outputs(whole)
    with faulty(whole) as seen:
        call(command, whole)
    new = outputs(whole)
    assert old != new and seen.count > 10
    chance = random.Random(f"{command}{os.environ.get('XLTOOL_SEED', '')}")
    for number in range(TIMES // 4 or 1):
        folder = tmp_path / str(number)
        shutil.copytree(done, folder)
        error = chance.choice((errno.ENOSPC, errno.EACCES, errno.EBUSY, errno.EROFS, errno.EIO, errno.ENODEV))
        at, lasting = chance.randint(1, seen.count), chance.random() < 0.5
        with faulty(folder, error, at, lasting=lasting):
            answer = call(command, folder)
        where = (command, errno.errorcode[error], at, lasting, answer.output[-300:])
        if answer.exit_code not in (0, 1):
            assert answer.exit_code in (2, 3) and any(f"[{code}]" in answer.output for code in SAID), where
            assert outputs(folder) in (old, new) or "[O015]" in answer.output, where
        CliRunner().invoke(main_group, ["status", str(folder)])
        assert outputs(folder) in (old, new), where
        assert not journal.unfinished(folder / ".xltool" / "swap"), where
        assert call(command, folder).exit_code in (0, 1)
        assert outputs(folder) == new, where
        assert not [*folder.rglob(".~*")], where
        shutil.rmtree(folder)


def test_a_reader_that_went_away_is_one_sentence_and_the_outputs_are_whole(done, tmp_path):
    """`xltool merge … | head -0`: what was to be written is written, or nothing is."""
    folder, whole = tmp_path / "x", tmp_path / "whole"
    shutil.copytree(done, folder), shutil.copytree(done, whole)
    old = outputs(folder)
    call("merge", whole)
    for command in ("status", "merge"):
        run = subprocess.Popen(
            [sys.executable, "-m", "toolkit.cli", command, str(folder), *DAY],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
        run.stdout.close()
        said = run.stderr.read().decode("utf-8")
        assert run.wait() == 141 and "[T004]" in said and "Traceback" not in said, said
    assert outputs(folder) in (old, outputs(whole))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.skipif(sys.platform == "win32", reason="no such shell there")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_are_no_fault(done, tmp_path, closed):
    """It was a fault of the program; and the next file that is opened must not take the place of the terminal."""
    folder = tmp_path / "批次"
    shutil.copytree(done, folder)
    for command in ("status", "validate") if LONG or closed.count("&-") == 3 else ("validate",):
        words = f'exec "$0" -m toolkit {command} "$1" --as-of 2026-02-01 {closed}'
        ended = subprocess.run(["sh", "-c", words, sys.executable, folder], capture_output=True, cwd=ROOT)
        assert ended.returncode == int(command == "validate"), ended.stderr.decode()
    assert Ledger(folder / ".xltool" / "台账.sqlite").returned()


def test_a_full_disk_behind_what_is_shown(done):
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "toolkit.cli", "status", str(done)]
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=ROOT)
    assert run.returncode != 0 and "[O017]" in run.stderr.decode("utf-8")


def test_an_output_that_somebody_has_open_is_said(done, tmp_path):
    folder = tmp_path / "x"
    shutil.copytree(done, folder)
    (folder / "汇总" / "~$汇总数据.xlsx").write_bytes(b"\x03abc")
    answer = call("merge", folder)
    assert "“汇总数据.xlsx”已在 Excel 或 WPS 中打开" in answer.output
    (folder / "汇总" / "~$汇总数据.xlsx").unlink()
    assert "中打开" not in call("merge", folder).output
    assert still_open([folder / "汇总" / "汇总数据.xlsx"]) == []


def test_a_workbook_that_a_clerk_has_open_does_not_hold_up_the_others(done, tmp_path, monkeypatch):
    """On Windows Excel holds the file: that one stays as it is and is said, the others are handed out."""
    folder = tmp_path / "x"
    shutil.copytree(done, folder)
    settings_file.save(folder, {"collect_id_numbers": "on"})  # all workbooks are others now
    before = outputs(folder)
    held = sorted((folder / "下发").glob("*.xlsx"))[0]
    monkeypatch.setattr(disk, "WINDOWS", True)
    monkeypatch.setattr(disk, "PATIENCE", 0.1)
    real = os.open

    def refuse(path, flags, *more, **how):
        if Path(path) == held and flags & os.O_RDWR:
            raise PermissionError(13, "sharing violation", str(path))
        return real(path, flags, *more, **how)

    monkeypatch.setattr(os, "open", refuse)
    answer = call("distribute", folder)
    assert answer.exit_code == 0 and "保留 1 份" in answer.output, answer.output
    after = outputs(folder)
    issued = [name for name in before if name.startswith("下发/") and name.endswith(".xlsx")]
    assert [name for name in issued if before[name] == after[name]] == [f"下发/{held.name}"]


def test_a_file_that_is_being_saved_is_read_again(tmp_path, monkeypatch):
    """Replaced by another one, gone for a moment, or written into: read again; only without end it is refused."""
    monkeypatch.setattr(handed_in, "_PAUSES", (0.0, 0.0))
    path, real = tmp_path / "x.xlsx", os.fstat
    for changes in (1, 2, 3):
        for way in ("replaced", "written"):
            left = [changes]
            path.write_bytes(b"old")

            def fstat(handle, left=left, way=way):
                if left[0]:
                    left[0] -= 1
                    other = path.with_name("saved") if way == "replaced" else path
                    other.write_bytes(b"new %d" % left[0])
                    other.replace(path)
                return real(handle)

            monkeypatch.setattr(handed_in.os, "fstat", fstat)
            if way == "replaced":
                assert content(path) == b"old", "what was opened stays whole"
            elif changes < 3:
                assert content(path) == b"new 0"
            else:
                with pytest.raises(Refused) as refused:
                    content(path)
                assert refused.value.code == "F017"
            monkeypatch.setattr(handed_in.os, "fstat", real)


def test_what_is_read_was_there_at_one_moment(tmp_path, monkeypatch):
    """Somebody saves all the time, as programs do: what is read is one of the contents, hardly ever nothing."""
    monkeypatch.setattr(handed_in, "_PAUSES", (0.01, 0.02))
    path, stop = tmp_path / "x.bin", threading.Event()
    contents = [bytes([letter]) * 300_000 for letter in b"ABCD"]
    path.write_bytes(contents[0])

    def save() -> None:
        chance = random.Random(5)
        while not stop.is_set():
            data = chance.choice(contents)
            path.with_name("saved").write_bytes(data)
            if chance.random() < 0.5:
                path.unlink()
                time.sleep(0.001)
            path.with_name("saved").replace(path)
            time.sleep(0.005 * chance.random())

    writer = threading.Thread(target=save)
    writer.start()
    got, refused = [], 0
    try:
        for _ in range(300):
            try:
                data = content(path)
                assert len(set(data)) == 1 and len(data) == 300_000
                got.append(data[:1])
            except Refused as said:
                assert said.code in ("F017", "F027")
                refused += 1
    finally:
        stop.set()
        writer.join()
    assert len(set(got)) > 1 and refused < len(got)


@pytest.mark.skipif(os.name != "posix", reason="stands for the launcher of Windows")
def test_behind_a_launcher_the_real_worker_is_watched_and_ended(tmp_path, monkeypatch):
    """Python of a virtual environment on Windows starts the real one and waits for it, as this shell does."""
    monkeypatch.setattr(memory, "LAUNCHER", True)
    code = "import sys, time; x = bytearray(80_000_000); print('ready', flush=True); time.sleep(60)"
    launcher = subprocess.Popen(["/bin/sh", "-c", '"$0" -c "$1"; :', sys.executable, code], stdout=subprocess.PIPE)
    assert launcher.stdout.readline().strip() == b"ready"
    import psutil

    [real] = psutil.Process(launcher.pid).children()
    assert memory.held(launcher.pid) > 80_000_000
    monkeypatch.setattr(memory, "LAUNCHER", False)
    assert memory.held(launcher.pid) < 40_000_000
    monkeypatch.setattr(memory, "LAUNCHER", True)
    memory.kill(launcher)
    launcher.wait()
    launcher.stdout.close()
    psutil.wait_procs([real], timeout=10)
    assert not real.is_running() and memory.held(launcher.pid) == 0


SAVED_ELSEWHERE = {"reading/kept.py", "seal.py", "bridge/__init__.py", "files.py", "campaign/beginning.py", "log.py"}
"""Modules that may change files by themselves: what is no output, and has its own way of being whole.

A round that is refused at its beginning is taken away again with all that was made for it.
"""
CHANGES = (
    ".write_bytes(", ".write_text(", ".unlink(", ".rename(", ".hardlink_to(", "os.replace(", "os.rename(", "os.link(",
    "shutil.copy", "shutil.move", "shutil.rmtree", '.open("w', '.open("a', ".symlink_to(",
)  # fmt: skip


def _changing() -> set[str]:
    root = ROOT / "toolkit"
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if any(change in path.read_text("utf-8") for change in CHANGES)
    }
    return {name for name in found if not name.startswith("disk/")}


def test_outputs_have_one_owner():
    """Whatever writes, replaces or removes a file goes through `toolkit.files`: it comes with its run or not at all."""
    assert _changing() <= SAVED_ELSEWHERE


def test_every_way_of_giving_up_is_the_base_class():
    """Nothing half done is told as done: what the disk refuses ends a command with a code."""
    for number in (errno.ENOSPC, errno.EROFS, errno.EBUSY, errno.ESTALE):
        said = disk.situation(OSError(number, os.strerror(number)), Path("x") / "y.xlsx")
        assert isinstance(said, XltoolError) and said.exit_code == 3


@pytest.mark.parametrize("code", ["K008", "K024", "K025", "O002", "O010"])
def test_outputs_and_what_the_ledger_says_of_them_come_together(done, tmp_path, monkeypatch, code):
    """Whatever the ledger answers when everything is in its place: then nothing is."""
    folder = tmp_path / "x"
    shutil.copytree(done, folder)
    old = outputs(folder)

    def settle(self, token, notes):
        raise XltoolError(code, file="台账", folder="x", problem="y")

    for command in COMMANDS if LONG or code == "K008" else ("merge",):
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "settle", settle)
            answer = call(command, folder)
        noted = command in ("run", "merge", "annotate", "distribute")
        assert (answer.exit_code == 3 and f"[{code}]" in answer.output) == noted, (command, answer.output)
        if noted:
            assert outputs(folder) == old and not journal.unfinished(folder / ".xltool" / "swap")
            assert not [*folder.rglob(".~*")]
        old = outputs(folder)


def test_what_a_run_notes_is_taken_once(tmp_path):
    ledger = Ledger(tmp_path / "台账.sqlite")
    notes = [("history", ("回执", "甲", "一份")), ("written", (3,))]
    for token in ("一", "一", "二", "二"):
        ledger.settle(token, notes)
    assert len(ledger.history()) == 2 and ledger.counted_last() == 3


def test_who_reads_the_outputs_of_another_round_finds_them_whole(done, tmp_path):
    """A run that was killed in the middle is finished by whoever reads its outputs, the level above for instance."""
    folder = tmp_path / "下级"
    shutil.copytree(done, folder)
    with faulty(folder) as seen:
        call("tasks", folder)
    whole = outputs(folder)
    for at in range(seen.count - 30, seen.count, 7):
        again = tmp_path / str(at)
        shutil.copytree(done, again)
        old = outputs(again)
        killed(lambda again=again: call("tasks", again), again, at)
        workbooks_below(again / "汇总" / "责任清单")
        assert outputs(again) in (old, whole)


@pytest.mark.parametrize("at", range(1, 16))
def test_settings_are_never_half_changed(done, tmp_path, at):
    """Killed or refused while the console puts a new value in: the old settings or the new, valid ones."""
    folder = tmp_path / "x"
    shutil.copytree(done, folder)
    before = (folder / SETTINGS).read_bytes()
    killed(lambda: settings_file.save(folder, {"title": "再一次"}), folder, at)
    assert open_campaign(folder).title in ("新的一次", "再一次")
    with pytest.raises(XltoolError, match="M014") as said:
        settings_file.save(folder, {"deadline": "年底"})
    assert ".new" not in str(said.value)
    settings_file.save(folder, {"title": "新的一次"})
    assert (folder / SETTINGS).read_bytes() == before and not [*folder.rglob(".~*")]
