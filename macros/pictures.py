"""The pictures of the manual: pages of a small invented round as LibreOffice prints them.

    python -m macros.pictures [FOLDER]

It needs LibreOffice (soffice), poppler (pdftoppm) and Chromium. The pictures are committed; make them anew when pages
change.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import date
from functools import partial
from pathlib import Path

from macros.small_picture import small_png
from macros.writing import write_console
from toolkit.campaign import SENT_BACK, open_campaign
from toolkit.job import campaign_job
from toolkit.outputs import write_all
from toolkit.pipeline import check
from toolkit.round_trip.sending_back import send_back
from toolkit.round_trip.unit_pages import write_unit_pages
from toolkit.trial import write_sample

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
POLICY, DAY, UNITS = "yunnan-2025", date(2026, 1, 15), 12
MOST, DOTS = 60_000, range(100, 40, -4)
"""Bytes of a picture at most; dots an inch, the first of these with which it has no more."""
PAGES = {
    "console": ("控制台.xlsm", "控制台"),
    "form": ("下发/*.xlsx", "附件6"),
    "marked": ("退回/*.xlsx", "问题清单"),
    "overview": ("汇总/综合汇总.xlsx", "主要情况"),
    "unit": ("汇总/单位一页纸.xlsx", "年度结果"),
    "board": ("汇总/进度看板.html", "总览"),
}
"""Picture → workbook or page in the folder of the round, and what its page says: the first that does is drawn."""


def draw(folder: Path = FOLDER) -> list[Path]:
    """Draws all pictures; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        made = write_sample(Path(place) / "2025年报", policy=POLICY, units=UNITS, seed=1)
        campaign = open_campaign(made.folder)
        checked = check(campaign_job(campaign, DAY))
        write_all(checked, campaign.output)
        write_unit_pages(checked)
        send_back(checked.batch, checked.findings, made.folder / SENT_BACK, title=checked.job.title)
        write_console(campaign)
        return [_drawn(made.folder, *what, folder / f"{name}.png") for name, what in PAGES.items()]


def _drawn(round_: Path, pattern: str, says: str, picture: Path) -> Path:
    """The picture of the first page that says something in the first book of a pattern in which one does."""
    for book in sorted(round_.glob(pattern)):
        pdf = _printed(book)
        pages = subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
        page = next((number for number, text in enumerate(pages.split("\f"), 1) if says in text), 0)
        if page:
            picture.write_bytes(next(data for data in map(partial(_png, pdf, page), DOTS) if len(data) <= MOST))
            return picture
    raise LookupError(f"{pattern}: {says}")


def _png(pdf: Path, page: int, dots: int) -> bytes:
    pages = ["-f", str(page), "-l", str(page), "-r", str(dots)]
    return small_png(subprocess.run(["pdftoppm", *pages, str(pdf)], check=True, capture_output=True).stdout)


def _printed(book: Path) -> Path:
    pdf = book.with_suffix(".pdf")
    if book.suffix == ".html":
        chromium = ["chromium", "--headless", "--no-sandbox", "--no-pdf-header-footer", f"--print-to-pdf={pdf}"]
        subprocess.run([*chromium, book.as_uri()], check=True, capture_output=True)
    else:
        profile = f"-env:UserInstallation=file://{book.parent.as_posix()}/.profile"
        office = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(book.parent), str(book)]
        subprocess.run(office, check=True, capture_output=True)
    return pdf


if __name__ == "__main__":
    from toolkit.cli.terminal import echo

    for drawn in draw(*map(Path, sys.argv[1:2])):
        echo(drawn)
