"""The .cmd scripts run by the command interpreter of Wine: in any folder, and the exit code of the program arrives."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from macros.scripts import scripts

WINE = shutil.which("wine")
PROGRAMS = next(iter(Path("/usr/lib").glob("*/wine/x86_64-windows")), Path("/nowhere"))
"""Programs of Wine's own; xltool.exe is one of them under another name."""
CODES = {"where": 0, "reg": 1, "xcopy": 4}
"""Programs that are given arguments that mean nothing to them, and what they end with."""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (WINE and PROGRAMS.is_dir()), reason="Wine is not installed (CONTRIBUTING.md, Wine)"),
]


@pytest.fixture(scope="module")
def wine(tmp_path_factory):
    """Runs lines of a batch file in a folder; gives what they print.

    Scripts are run by `cmd /c`: after `call`, Wine 8 gives 1 for every other code.
    """
    prefix = tmp_path_factory.mktemp("wine") / "prefix"
    environment = {
        **os.environ,
        "WINEPREFIX": str(prefix),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree=;mshtml=",
        "LC_ALL": "C.UTF-8",
        "DISPLAY": "",
    }

    def run(folder, lines):
        (folder / "all.cmd").write_bytes("".join(f"{line}\r\n" for line in ("@echo off", *lines)).encode())
        done = subprocess.run(
            [WINE, "cmd", "/c", "all.cmd"], cwd=folder, env=environment, capture_output=True, timeout=500
        )
        return done.stdout.decode("latin-1")

    return run


@pytest.fixture
def round_(tmp_path):
    """A round in a folder with everything that a batch file may stumble over."""
    folder = tmp_path / "批次 (一) & 100 二" / "双击运行"
    folder.mkdir(parents=True)
    return folder


def _windows(path):
    return "Z:" + str(path).replace("/", "\\")


def _written(folder, program):
    """The scripts under plain names, so that nothing but what is in them is tried."""
    found = list(scripts(_windows(program), platform="win32").values())
    for number, data in enumerate(found):
        (folder / f"s{number}.cmd").write_bytes(data)
    (folder / "answers.txt").write_bytes(b"a b\r\n" * 9)
    return [
        line for n in range(len(found)) for line in (f"cmd /c s{n}.cmd <answers.txt", f"echo s{n} ends %ERRORLEVEL%")
    ]


@pytest.mark.parametrize(("program", "code"), CODES.items())
def test_the_exit_code_of_the_program_arrives(wine, round_, tmp_path, program, code):
    """Of every script with the highest code, of two with the others."""
    fake = tmp_path / "bin (x86)" / "xltool.exe"
    fake.parent.mkdir()
    shutil.copy(PROGRAMS / f"{program}.exe", fake)
    lines = _written(round_, fake)
    lines = lines if code == max(CODES.values()) else lines[:4]
    said = wine(round_, lines)
    assert said.count(f" ends {code}\r\n") == said.count(" ends ") == len(lines) // 2, said[-2000:]


def _shown(path):
    """As programs of Wine print it where no Chinese locale is installed."""
    return re.sub(r"[^\x00-\x7f]", "?", _windows(path))


def test_the_folder_of_the_round_arrives_whole(wine, round_, tmp_path):
    """`attrib` names the folder that it is given, as Windows sees it."""
    fake = tmp_path / "xltool.exe"
    shutil.copy(PROGRAMS / "attrib.exe", fake)
    said = wine(round_, _written(round_, fake)[:2])
    assert f" {_shown(round_.parent)}\r\n" in said, said


def test_without_the_program_it_is_said_and_the_code_is_3(wine, round_, tmp_path):
    said = wine(round_, _written(round_, tmp_path / "nowhere" / "xltool.exe")[:2])
    assert "s0 ends 3" in said
