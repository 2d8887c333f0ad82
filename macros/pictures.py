"""The pictures of the manual: pages of a small invented round as LibreOffice prints them.

    python -m macros.pictures [FOLDER]

It needs LibreOffice (soffice) and poppler (pdftoppm). The pictures are committed; make them anew when pages change.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from macros.writing import write_console
from toolkit.campaign import open_campaign
from toolkit.job import campaign_job
from toolkit.outputs import write_all
from toolkit.pipeline import check
from toolkit.round_trip.unit_pages import write_unit_pages
from toolkit.trial import write_sample

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
POLICY, DAY, UNITS, DOTS = "yunnan-2025", date(2026, 1, 15), 12, 50
PAGES = {"console": ("控制台.xlsm", 1), "overview": ("综合汇总.xlsx", 1), "unit": ("单位一页纸.xlsx", 1)}
"""Picture → workbook and printed page."""


def draw(folder: Path = FOLDER) -> list[Path]:
    """Draws all pictures; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        made = write_sample(Path(place) / "2025年报", policy=POLICY, units=UNITS, seed=1)
        campaign = open_campaign(made.folder)
        checked = check(campaign_job(campaign, DAY))
        write_all(checked, campaign.output)
        write_unit_pages(checked)
        write_console(campaign)
        return [_drawn(next(made.folder.rglob(book)), page, folder / name) for name, (book, page) in PAGES.items()]


def _drawn(book: Path, page: int, picture: Path) -> Path:
    profile = f"-env:UserInstallation=file://{book.parent.as_posix()}/.profile"
    office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(book.parent), str(book)]
    subprocess.run(office, check=True, capture_output=True)
    pages = ["-f", str(page), "-l", str(page), "-singlefile", "-r", str(DOTS), "-gray", "-png"]
    subprocess.run(["pdftoppm", *pages, str(book.with_suffix(".pdf")), str(picture)], check=True)
    return picture.with_suffix(".png")


if __name__ == "__main__":
    from toolkit.cli.terminal import echo

    for drawn in draw(*map(Path, sys.argv[1:2])):
        echo(drawn)
