"""LibreOffice for the tests: recalculate a workbook, or look at it as pictures.

Each call runs in its own office profile, so tests neither meet a running office nor one another.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
IN_CI = os.environ.get("CI", "").lower() == "true"
TIME_LIMIT, TIME_A_BOOK = 180, 5
SYSTEM_PYTHON = "/usr/bin/python3"
"""The Python that has `uno`."""

_SKIP = pytest.mark.skipif(
    SOFFICE is None and not IN_CI,
    reason="LibreOffice (soffice) is not installed; install libreoffice-calc to run this test",
)

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="ODFRecalcMode"><value>0</value></prop></item>
</oor:items>
"""


def needs_uno(test):
    """As `needs_office`, for tests that also need the office's Python bridge."""
    found = subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode == 0
    missing = pytest.mark.skipif(not found and not IN_CI, reason="python3-uno is not installed")
    return needs_office(missing(test))


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


def _converted(paths: Sequence[Path], folder: Path, kind: str, *, anew: bool) -> Path:
    """The new folder with what LibreOffice made of the workbooks.

    Args:
        anew: every formula is computed anew, whatever result is stored.
    Raises: pytest failure: soffice is missing or does not end.
    """
    if SOFFICE is None:
        pytest.fail("LibreOffice (soffice) is missing; in CI it is required")
    folder.mkdir(parents=True, exist_ok=True)
    out = Path(tempfile.mkdtemp(prefix="office-", dir=folder))
    profile = Path(tempfile.mkdtemp(prefix="office-profile-"))
    try:
        (profile / "user").mkdir()
        if anew:
            (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")
        command = [SOFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", kind, "--outdir", str(out), *map(str, paths)]
        _run(command, TIME_LIMIT + TIME_A_BOOK * len(paths))
    finally:
        shutil.rmtree(profile, ignore_errors=True)
    return out


def sheets_of(
    paths: Sequence[Path], folder: Path, *, anew: bool = True, shown: bool = False
) -> dict[Path, dict[str, list[list[str]]]]:
    """The sheets of workbooks as texts, by path and title: much faster than `recalculate_all`.

    Args:
        anew: every formula is computed anew, whatever result is stored.
        shown: numbers and days under their formats, as on the screen; else as one would type them.
    """
    every = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,{str(shown).lower()},false,false,-1"
    found: dict[Path, dict[str, list[list[str]]]] = {path: {} for path in paths}
    out = _converted(paths, folder, every, anew=anew)
    for path in paths:
        for page in out.glob(f"{glob_safe(path.stem)}-*.csv"):
            with page.open(encoding="utf-8", newline="") as lines:
                found[path][page.stem.removeprefix(f"{path.stem}-")] = list(csv.reader(lines))
    return found


def edited(orders: Mapping[Path, list], title: str, folder: Path) -> dict[Path, Path]:
    """Workbooks after edits of one sheet, by the workbook that was edited; see `office_edits.py`."""
    if SOFFICE is None:
        pytest.fail("LibreOffice (soffice) is missing; in CI it is required")
    folder.mkdir(parents=True, exist_ok=True)
    profile = Path(tempfile.mkdtemp(prefix="office-profile-"))
    targets = {path: folder / path.name for path in orders}
    books = [{"source": str(p), "target": str(targets[p]), "edits": edits} for p, edits in orders.items()]
    command = [SOFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    office = subprocess.Popen([*command, f"--accept=pipe,name={profile.name};urp"], start_new_session=True)
    try:
        order = json.dumps({"pipe": profile.name, "title": title, "books": books}) + "\n"
        editing = [SYSTEM_PYTHON, str(Path(__file__).with_name("office_edits.py"))]
        done = subprocess.run(editing, input=order, text=True, capture_output=True, timeout=TIME_LIMIT)
        assert done.returncode == 0, done.stderr
        office.wait(TIME_LIMIT)
    finally:
        if office.poll() is None:
            os.killpg(office.pid, signal.SIGKILL)
            office.wait()
        shutil.rmtree(profile, ignore_errors=True)
    return targets


def _run(command: list[str], limit: int = TIME_LIMIT) -> str:
    """What the office says; after the time limit it ends together with the processes it started."""
    office = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        return office.communicate(timeout=limit)[0]
    except subprocess.TimeoutExpired:
        os.killpg(office.pid, signal.SIGKILL)
        office.communicate()
        pytest.fail(f"LibreOffice did not end within {limit} s")
