"""The workbooks and folders that a checked job is written to; each function returns the paths it wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from toolkit import log
from toolkit.campaign import SENT_BACK
from toolkit.checked import Checked
from toolkit.files import write_whole
from toolkit.round_trip.changes import write_changes
from toolkit.words import words

if TYPE_CHECKING:
    pass


def write_findings(checked: Checked, path: Path) -> Path:
    """Writes 问题清单.xlsx and returns its path."""
    from toolkit.summary.findings import findings_workbook

    batch, title = checked.batch, checked.job.title
    with checked.replacing(path):
        write_whole(path, findings_workbook(checked.findings, batch.returns, batch.units, title, checked.plans))
    return path


def write_marked(checked: Checked, folder: Path | None = None) -> list[Path]:
    """Writes into 退回 what goes back to the units, marked copies of their own files, and returns the paths.

    Raises: XltoolError: O005, O007 a copy would stand where a returned file is.
    """
    from toolkit.round_trip.sending_back import send_back

    job = checked.job
    folder = job.may_hold(folder or (job.campaign.folder if job.campaign else Path()) / SENT_BACK)
    for item in checked.batch.returns:
        job.may_hold(folder / item.file)
    more = {"title": job.title, "earlier": checked.earlier, "plans": checked.plans, "campaign": job.campaign}
    with checked.replacing(folder):
        return send_back(checked.batch, checked.findings, folder, **more)


def write_merged(checked: Checked, book: Path) -> list[Path]:
    """Writes 汇总数据.xlsx and one Parquet file a sheet; returns their paths."""
    from toolkit.summary.merged import merged_workbook, write_parquet

    folder = book.with_name(book.stem + "_parquet")
    with checked.replacing(book, folder):
        merged_workbook(checked.merged, book)
        return [book, *write_parquet(checked.merged, folder)]


def write_allowance_book(checked: Checked, path: Path) -> Path:
    """Writes 工作补贴发放表.xlsx and returns its path."""
    from toolkit.summary.allowance_book import allowance_workbook
    from toolkit.summary.grouping import organisation_names
    from toolkit.summary.places import Places

    job, names = checked.job, organisation_names(checked.dataset)
    money, units = checked.figures.account, checked.batch.units
    with checked.replacing(path):
        report, day = checked.allowance, job.judged_on
        more = (names, day, Places.beside(checked, path))
        write_whole(path, allowance_workbook(report, money, job.policy, units, job.title, *more))
    return path


def write_compliance_book(checked: Checked, path: Path) -> Path:
    """Writes 达标情况.xlsx and returns its path."""
    from toolkit.summary.compliance_book import compliance_workbook
    from toolkit.summary.places import Places
    from toolkit.tasks.files import answered

    job = checked.job
    figures, units = checked.figures, checked.batch.units
    with checked.replacing(path):
        answers = answered(job.campaign, job.as_of) if job.campaign else None
        more = (job.title, job.judged_on, Places.beside(checked, path), answers)
        write_whole(path, compliance_workbook(checked.published, figures, job.policy, units, *more))
    return path


def write_overview_book(checked: Checked, path: Path) -> Path:
    """Writes 综合汇总.xlsx and returns its path."""
    from toolkit.links import away
    from toolkit.summary.compliance_book import overview_rows
    from toolkit.summary.director.book import director_workbook
    from toolkit.summary.director.ways import Ways
    from toolkit.summary.last_year import last_year
    from toolkit.summary.unit_lines import UnitLines

    job = checked.job
    before = last_year(job.campaign)
    beside = path.with_name(words()["files"]["compliance"])
    linked = job.campaign and path.parent == job.campaign.output
    rows = overview_rows(checked.published, checked.figures, job.policy, checked.batch.units) if linked else None
    ways = Ways(away(beside, path.parent, [beside]), rows)
    data = director_workbook(UnitLines.of(checked), checked.merged, job.title, job.judged_on, before, ways)
    with checked.replacing(path):
        write_whole(path, data)
    return path


def write_summaries(checked: Checked, folder: Path) -> list[Path]:
    """Writes 工作补贴发放表, 达标情况 and 综合汇总; returns their paths."""
    files = words()["files"]
    return [
        write_allowance_book(checked, folder / files["allowance"]),
        write_compliance_book(checked, folder / files["compliance"]),
        write_overview_book(checked, folder / files["overview"]),
    ]


def write_all(checked: Checked, folder: Path) -> list[Path]:
    """Writes everything a run gives: 问题清单, 汇总数据 with Parquet, the three summaries, 台账名册, 进度看板.

    Raises: XltoolError: ALW-003 the money does not balance; then nothing is written.
    """
    from toolkit.board.page import write_board
    from toolkit.feedback.files import write_received
    from toolkit.registers.files import write_registers

    files, _ = words()["files"], checked.figures
    with log.step("write"), checked.replacing(*(folder / name for name in files.values())):
        books = [
            write_findings(checked, folder / files["findings"]),
            *write_merged(checked, folder / files["merged"]),
            *write_changes(checked, folder),
            *write_received(checked, folder),
            *write_summaries(checked, folder),
            write_registers(checked, folder / files["registers"]),
        ]
        return [*books, write_board(checked, folder / files["board"], books)]
