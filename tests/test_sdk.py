"""Every kind of workbook and letter that is written: put to Microsoft's own validator (Open XML SDK), and printed."""

import re
import subprocess

import pytest
from office import IN_CI, convert_all, needs_office
from offices import say_offices
from ooxml import INSTALLED, VALIDATOR, gate
from rounds import Round
from test_director import smallest
from test_privacy import Commands

from macros.writing import write_console
from toolkit.round_trip.issuing import write_template
from toolkit.tasks.offices import Offices

pytestmark = pytest.mark.slow
MISSING = not (VALIDATOR or INSTALLED.is_file())


def kinds(folder):
    """One file of every kind: the last of those in one folder whose names differ in units and numbers only."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".xlsx", ".xlsm", ".docx") and ".xltool" not in path.parts and path.parent.name != "回收":
            name = re.sub(r"[0-9A-Za-z]+", "", path.stem) if path.parent.name in PLAIN else ""
            found[path.parent.relative_to(folder).as_posix(), name, path.suffix] = path
    return list(found.values())


PLAIN = ("汇总", "文书", "批次")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    found = Round(tmp_path_factory.mktemp("kinds") / "批次", units=4)
    found.issue()
    for place in range(3):
        found.put(place, cells={("post", "start_date", 0): "不知道"} if place else None)
    xltool = Commands(found)
    asking = Offices(found.campaign).ask().read_bytes()
    asked = say_offices(found.campaign, {"各地各部门": found.units[1].code}, "名录外")
    xltool("validate", "--annotate")
    for name in ("run", "chase", "disputes", "registers", "platforms", "feedback", "report-up", "tasks", "letters"):
        xltool(name)
    xltool("tasks", "--merge", found.campaign.output / "责任清单")
    xltool("chase")
    xltool("pages", "--split")
    xltool("pages")
    xltool("accept", found.units[0].code, "--why", "核对无误", dated=False)
    xltool("receipt")
    write_console(found.campaign)
    write_template(found.campaign.policy.id, found.campaign.folder / "空白表.xlsx")
    asked.write_bytes(asking)  # as we wrote it, not as the test did
    return kinds(found.campaign.folder)


@pytest.mark.skipif(MISSING and not IN_CI, reason="the validator is not installed: npm ci --prefix tests/writers")
def test_every_kind_of_file_is_valid(files):
    assert len(files) > 20, files
    assert {path.name: wrong for path in files if (wrong := gate(path))} == {}


FOR_THE_SCREEN = ("汇总数据", "达标情况")
"""Workbooks with matrices and details that are looked at, searched and filtered."""


@needs_office
def test_every_list_is_printed_without_touching_the_dialog(files, tmp_path):
    """Nothing under 9 pt, and no figure that does not fit."""
    books = [path for path in files if path.suffix == ".xlsx" and path.parent.name == "汇总"]
    books = [path for path in books if path.stem not in FOR_THE_SCREEN]
    assert len(books) > 9, books
    small = {}
    for path, pdf in zip(books, convert_all(books, tmp_path, "pdf", anew=False), strict=True):
        text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
        small[path.name] = (smallest(pdf) < 8.65, "###" in text)  # whole thirds of a point
    assert {name: found for name, found in small.items() if any(found)} == {}
