"""Runs that are killed, disks that are full, folders that cannot be written: old or new outputs, never half ones.

XLTOOL_KILLS=200 kills a run at 200 points instead of a few.
"""

import errno
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from toolkit.campaign import open_campaign
from toolkit.files import write_whole
from toolkit.model.errors import XltoolError
from toolkit.trial import write_sample

ROOT = Path(__file__).parent.parent
KILLS = int(os.environ.get("XLTOOL_KILLS", "4"))
DAY = "2025-01-15"


def start(folder: Path, *more: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "toolkit.cli", "run", str(folder), "--as-of", DAY, *more]
    scratch = folder.with_name("temporary")
    scratch.mkdir(exist_ok=True)
    env = {**os.environ, "TMPDIR": str(scratch)}
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)


def seconds(folder: Path, *more: str) -> float:
    """How long a whole run takes."""
    began = time.monotonic()
    assert start(folder, *more).wait() in (0, 1)
    return time.monotonic() - began


def outputs(folder: Path) -> dict[str, bytes]:
    """The outputs; unfinished ones have names of their own and are nobody's."""
    files = (path for path in sorted((folder / "汇总").rglob("*")) if path.is_file())
    named = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: path.read_bytes() for name, path in named.items() if "/.~" not in name}


def leftovers(folder: Path) -> list[Path]:
    """What unfinished runs left: in the round, and in the system's folder for temporary files."""
    return [*folder.rglob(".~*"), *folder.with_name("temporary").rglob("*")]


@pytest.mark.slow
def test_a_killed_run_leaves_old_or_new_outputs(tmp_path):
    folder = tmp_path / "x"
    write_sample(folder, policy="yizheng-2022", units=2, seed=5, defects="typical")
    cold = seconds(folder)
    wanted, returned = outputs(folder), sorted(path.name for path in (folder / "回收").iterdir())
    assert len(wanted) > 5
    old = dict.fromkeys(wanted, b"yesterday")
    for name in wanted:
        (folder / name).write_bytes(old[name])
    warm = seconds(folder)
    chance, killed = random.Random(7), 0
    for number in range(KILLS):
        for name in wanted:
            (folder / name).write_bytes(old[name])
        fresh = ("--fresh",) if number % 4 == 0 else ()
        run = start(folder, *fresh)
        # Outputs are written in the last third; most kills go there.
        time.sleep((cold if fresh else warm) * chance.uniform(0.0 if fresh else 0.5, 1.0))
        run.kill()
        killed += run.wait() < 0
        for name, data in outputs(folder).items():
            assert data in (wanted[name], old[name]), name
        assert sorted(path.name for path in (folder / "回收").iterdir()) == returned
        open_campaign(folder).ledger.returned()
    for name in wanted:
        (folder / name).write_bytes(old[name])
    seconds(folder)
    assert outputs(folder) == wanted
    assert leftovers(folder) == []
    assert killed >= KILLS // 2, "most runs were to be killed before they ended"


@pytest.mark.parametrize("call", ["fsync", "replace", "write"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_fault_while_writing_keeps_the_old_file(tmp_path, monkeypatch, call, number):
    path = tmp_path / "汇总.xlsx"
    write_whole(path, b"old")

    def fail(*args):
        raise OSError(number, "fault")

    if call == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    elif call == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(os, "fdopen", lambda handle, mode: (os.close(handle), fail())[1])
    with pytest.raises(XltoolError, match=r"O00[123]"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["汇总.xlsx"]


@pytest.mark.skipif(os.name != "posix" or (os.geteuid() == 0 and not shutil.which("setpriv")), reason="needs setpriv")
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    folder = tmp_path / "只读"
    folder.mkdir()
    folder.chmod(0o555)
    code = (
        "import sys; from pathlib import Path; from toolkit.files import write_whole\n"
        "from toolkit.model.errors import XltoolError\n"
        "try: write_whole(Path(sys.argv[1]) / 'x.xlsx', b'1')\n"
        "except XltoolError as error: print(error)"
    )
    tmp_path.chmod(0o755)
    command = [sys.executable, "-c", code, str(folder)]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        for parent in [tmp_path, *tmp_path.parents][:3]:
            parent.chmod(0o755)
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, encoding="utf-8")
    assert "O001" in done.stdout, done.stderr


def test_the_same_bytes_are_not_written_again(tmp_path):
    path = tmp_path / "x"
    write_whole(path, b"same")
    os.utime(path, (1, 1))
    write_whole(path, b"same")
    assert path.stat().st_mtime == 1
