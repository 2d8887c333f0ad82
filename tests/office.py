"""LibreOffice for the tests: recalculate a workbook, or look at it as pictures.

One office, with a profile of its own, serves all tests of a process: its start costs more than most workbooks. It is
begun anew when it dies or does not answer in time.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
IN_CI = os.environ.get("CI", "").lower() == "true"
TIME_LIMIT = 180
SYSTEM_PYTHON = "/usr/bin/python3"
"""The Python that has `uno`."""

_UNO = subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode == 0
_SKIP = pytest.mark.skipif(
    not (SOFFICE and _UNO) and not IN_CI,
    reason="LibreOffice is not installed; install libreoffice-calc and python3-uno to run this test",
)

_CHOICE = '<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}"><value>{value}</value></prop></item>'
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{choices}</oor:items>
"""
_NO_LOCKS = [("Common/Misc", "UseLocking", "false"), ("Common/Misc", "UseDocumentSystemFileLocking", "false")]
_RECALCULATES = [("Calc/Formula/Load", name, 0) for name in ("OOXMLRecalcMode", "ODFRecalcMode")]


def needs_office(test):
    """Marks a test that needs LibreOffice: skipped with a plain message where it is missing, failing in CI."""
    return pytest.mark.libreoffice(_SKIP(test))


def needs_writer(test):
    """As `needs_office`, for tests that open letters: they also need the part of LibreOffice that writes texts."""
    found = SOFFICE is not None and any(Path(os.path.realpath(SOFFICE)).parent.glob("*swlo.*"))
    missing = pytest.mark.skipif(not found and not IN_CI, reason="libreoffice-writer is not installed")
    return needs_office(missing(test))


def pages(pdf: Path) -> int:
    """The number of pages of a PDF."""
    told = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True, timeout=TIME_LIMIT).stdout
    return next(int(line.split(":")[1]) for line in told.splitlines() if line.startswith("Pages:"))


def page_texts(pdf: Path) -> list[str]:
    """The text of each page of a PDF, laid out as it is printed."""
    told = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    return told.stdout.split("\f")[:-1]


def recalculate(path: Path, folder: Path) -> dict[str, dict[str, object]]:
    """Values of all cells after LibreOffice has computed every formula anew: sheet → cell → value.

    Args:
        path: the workbook; it is not changed.
        folder: where the recalculated copy goes (a folder of its own is made in it).
    """
    return recalculate_all([path], folder)[path]


def recalculate_all(paths: Sequence[Path], folder: Path) -> dict[Path, dict[str, dict[str, object]]]:
    """`recalculate` of several workbooks with distinct names in one run of the office, by path."""
    return {path: cell_values(target) for path, target in zip(paths, convert_all(paths, folder, "xlsx"), strict=True)}


def cell_values(path: Path) -> dict[str, dict[str, object]]:
    """The stored values of a workbook: sheet → cell → value."""
    from openpyxl import load_workbook

    book = load_workbook(path, data_only=True)
    try:
        return {
            sheet.title: {
                cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None
            }
            for sheet in book.worksheets
        }
    finally:
        book.close()


def to_png(path: Path, folder: Path, dpi: int = 60) -> list[Path]:
    """One picture a printed page, in the order of the pages."""
    pdf = convert(path, folder, "pdf")
    prefix = pdf.with_suffix("")
    command = ["pdftoppm", "-r", str(dpi), "-png", str(pdf), str(prefix)]
    subprocess.run(command, check=True, capture_output=True, timeout=TIME_LIMIT)
    return sorted(pdf.parent.glob(f"{glob_safe(prefix.name)}-*.png"))


def glob_safe(name: str) -> str:
    """A file name in which the characters of glob patterns stand for themselves."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def convert(path: Path, folder: Path, kind: str) -> Path:
    """One workbook converted by LibreOffice, see `convert_all`."""
    return convert_all([path], folder, kind)[0]


def convert_all(paths: Sequence[Path], folder: Path, kind: str, *, anew: bool = True) -> list[Path]:
    """Workbooks converted by LibreOffice to `kind` (xlsx, pdf, …), in a new folder inside `folder`.

    Args:
        anew: every formula is computed anew, whatever result is stored.
    Raises: pytest failure: soffice is missing, does not end, or writes nothing.
    """
    out = _converted(paths, folder, kind, anew=anew)
    targets = [out / f"{path.stem}.{kind}" for path in paths]
    missing = [target.name for target in targets if not target.exists()]
    if missing:
        pytest.fail(f"LibreOffice did not write {missing}")
    return targets


def _converted(paths: Sequence[Path], folder: Path, kind: str, *, anew: bool, options: str = "") -> Path:
    """The new folder with what LibreOffice made of the workbooks.

    Args:
        anew: every formula is computed anew, whatever result is stored.
        options: of the filter.
    Raises: pytest failure: soffice is missing or does not end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    out = Path(tempfile.mkdtemp(prefix="office-", dir=folder))
    for path in paths:
        Office.of(anew).order("store", str(path.absolute()), str(out / f"{path.stem}.{kind}"), kind, options)
    return out


class Office:
    """A running LibreOffice, and the process that gives it orders (`office_desk.py`)."""

    _running: ClassVar[dict[bool, Office]] = {}

    @classmethod
    def of(cls, anew: bool) -> Office:
        """The one of this process, by whether it computes every formula anew when it opens a workbook."""
        if anew not in cls._running:
            cls._running[anew] = cls(anew)
        return cls._running[anew]

    @classmethod
    def all_end(cls) -> None:
        """None is left."""
        for office in list(cls._running.values()):
            office.end()

    def __init__(self, anew: bool) -> None:
        if SOFFICE is None:
            pytest.fail("LibreOffice (soffice) is missing; in CI it is required")
        self._anew = anew
        self._profile = Path(tempfile.mkdtemp(prefix="office-profile-"))
        (self._profile / "user").mkdir()
        chosen = (*_NO_LOCKS, *(_RECALCULATES if anew else ()))
        choices = "".join(_CHOICE.format(path=path, name=name, value=value) for path, name, value in chosen)
        choices = _PROFILE.format(choices=choices)
        (self._profile / "user" / "registrymodifications.xcu").write_text(choices, encoding="utf-8")
        pipe = self._profile.name
        command = [SOFFICE, f"-env:UserInstallation={self._profile.as_uri()}", "--headless", "--norestore", "--nologo"]
        command += ["--nodefault", f"--accept=pipe,name={pipe};urp"]
        desk = [SYSTEM_PYTHON, str(Path(__file__).with_name("office_desk.py")), pipe]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
        self._office = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self._desk = subprocess.Popen(desk, **pipes)

    def order(self, *order: object) -> str:
        """What went wrong with an order; "" when nothing did.

        Raises: pytest failure: the office died or did not answer in time; the next order finds a new one.
        """
        late = threading.Timer(TIME_LIMIT, self._kill)
        late.start()
        try:
            self._desk.stdin.write(json.dumps(order) + "\n")
            self._desk.stdin.flush()
            answer = self._desk.stdout.readline()
        except BrokenPipeError:
            answer = ""
        late.cancel()
        if self._office.poll() is not None or not answer:
            self.end()
            pytest.fail(f"LibreOffice died or did not answer within {TIME_LIMIT} s: {order}")
        return json.loads(answer)

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._office.pid, signal.SIGKILL)
        self._desk.kill()

    def end(self) -> None:
        """Ends the office with all that it started."""
        self._running.pop(self._anew, None)
        self._kill()
        self._office.wait()
        self._desk.communicate()
        shutil.rmtree(self._profile, ignore_errors=True)


def sheets_of(
    paths: Sequence[Path], folder: Path, *, anew: bool = True, shown: bool = False
) -> dict[Path, dict[str, list[list[str]]]]:
    """The sheets of workbooks as texts, by path and title: much faster than `recalculate_all`.

    Args:
        anew: every formula is computed anew, whatever result is stored.
        shown: numbers and days under their formats, as on the screen; else as one would type them.
    """
    every = f"44,34,76,1,,0,false,true,{str(shown).lower()},false,false,-1"
    found: dict[Path, dict[str, list[list[str]]]] = {path: {} for path in paths}
    out = _converted(paths, folder, "csv", anew=anew, options=every)
    for path in paths:
        for page in out.glob(f"{glob_safe(path.stem)}-*.csv"):
            with page.open(encoding="utf-8", newline="") as lines:
                found[path][page.stem.removeprefix(f"{path.stem}-")] = list(csv.reader(lines))
    return found


def edited(orders: Mapping[Path, list], title: str, folder: Path) -> dict[Path, Path]:
    """Workbooks after edits of one sheet, by the workbook that was edited; see `office_desk.Edits`."""
    folder.mkdir(parents=True, exist_ok=True)
    targets = {path: folder / path.name for path in orders}
    for path, edits in orders.items():
        wrong = Office.of(False).order("edit", str(path.absolute()), str(targets[path]), title, edits)
        assert not wrong, wrong
    return targets
