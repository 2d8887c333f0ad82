"""责任清单 on disk: one workbook an office below 汇总/责任清单, and the overview of what came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.campaign import Campaign
from toolkit.files import safe_name, write_whole
from toolkit.model.errors import XltoolError
from toolkit.model.finding import Finding
from toolkit.model.stamp import TASKS, Stamp
from toolkit.model.unit import Unit
from toolkit.our_books import meta_rows, workbooks_below
from toolkit.ours import put
from toolkit.tasks import LISTS, RECORD
from toolkit.tasks.merging import Merged, merge_lists
from toolkit.tasks.offices import Office, Offices
from toolkit.words import say, words

if TYPE_CHECKING:
    from toolkit.checked import Checked
    from toolkit.summary.answers_sheet import Answers


@dataclass(frozen=True)
class Written:
    """What was written.

    Args:
        lists: those that are now as they should be; kept: those that somebody has filled in where they lie.
        asking: 责任单位.xlsx; findings: what is to be filled in there.
    """

    folder: Path
    lists: tuple[Path, ...]
    kept: tuple[Path, ...]
    asking: Path
    findings: tuple[Finding, ...]

    @property
    def paths(self) -> list[Path]:
        """All files."""
        return [*self.lists, self.asking]


def inbox(campaign: Campaign) -> Path:
    """Where the lists that come back are put."""
    return campaign.folder / words()["files"]["task_lists_in"]


def statuses(campaign: Campaign) -> tuple[str, ...]:
    """What an answer may be, in the order of the form."""
    return campaign.form.code_lists["task_status"]


def stamp_of(campaign: Campaign, office: Office | None = None) -> Stamp:
    """The identity of a list; of an office that is no unit of the round it has only the name."""
    code, name = (office.unit.code if office.unit else "", office.name) if office else ("", "")
    return Stamp(campaign=campaign.id, policy=campaign.policy.id, unit=code, unit_name=name, year=str(campaign.year))


def list_names(lists: Mapping[str, Office]) -> dict[str, str]:
    """Key of an office → name of its list; with the code where two offices have one name."""
    pattern, found, used = words()["files"]["task_list"], {}, set[str]()
    for key, office in lists.items():
        name = pattern.format(unit=safe_name(office.name))
        if name.casefold() in used:
            name = pattern.format(unit=safe_name(f"{office.name}_{key}"))
        used.add(name.casefold())
        found[key] = name
    return found


def lists_of_units(campaign: Campaign) -> Iterator[tuple[Unit, Path]]:
    """The offices that are units of the round, with where their lists are."""
    lists = Offices(campaign).lists
    for key, name in list_names(lists).items():
        unit = lists[key].unit
        if unit:
            yield unit, campaign.output / words()["files"]["task_folder"] / name


def write_lists(checked: Checked, folder: Path | None = None) -> Written:
    """Writes 责任清单_单位.xlsx for every office, with what it has answered so far, and 责任单位.xlsx.

    Args:
        folder: another place than 汇总/责任清单; then nothing is noted as sent.
    Raises: XltoolError: TSK-002 责任单位.xlsx cannot be read; K021, K022 see `Checked.replacing`; O001 to O016.
    """
    campaign = checked.job.campaign
    assert campaign is not None
    offices = Offices(campaign)
    answers = _so_far(campaign, offices, checked.job.as_of)
    names, books = list_names(offices.lists), _books(checked)
    target = folder or campaign.output / words()["files"]["task_folder"]
    with checked.replacing(target, early=True):
        asking = offices.ask()
        made = {
            names[key]: books.book(
                checked.job.title, office, meta_rows(TASKS, stamp_of(campaign, office)), answers.get(key)
            )
            for key, office in offices.lists.items()
        }
        if folder:
            for name, data in made.items():
                write_whole(folder / name, data)
            return Written(target, tuple(folder / name for name in made), (), asking, offices.findings)
        done = put(target, campaign.folder / RECORD, {LISTS: made})
        return Written(target, done.paths, done.kept, asking, offices.findings)


def _books(checked: Checked):
    """What the lists say."""
    from toolkit.summary.office.book import OfficeBooks
    from toolkit.summary.unit_lines import UnitLines

    job, campaign = checked.job, checked.job.campaign
    assert campaign is not None
    facts = {
        "year": job.year,
        "day": job.as_of,
        "policy": job.policy.title,
        "return_to": campaign.return_to,
    }
    return OfficeBooks(UnitLines.of(checked), facts, statuses(campaign))


def _so_far(campaign: Campaign, offices: Offices, as_of: date) -> Mapping[str, Mapping]:
    """What the offices have answered, by key: nobody types twice."""
    if not workbooks_below(inbox(campaign)):
        return {}
    merged = merge_lists(inbox(campaign), offices, stamp_of(campaign), statuses(campaign), as_of)
    return {one.office: one.answers for one in merged.counted.values()}


def answered(campaign: Campaign, as_of: date) -> Answers | None:
    """What the offices answered on the lists that came back, duty by duty; None when no list has come back."""
    from toolkit.summary.answers_sheet import Answered, Answers

    if not workbooks_below(inbox(campaign)):
        return None
    try:
        offices = Offices(campaign)
    except XltoolError as error:
        return Answers(problem=str(error))
    merged = merge_lists(inbox(campaign), offices, stamp_of(campaign), statuses(campaign), as_of)
    duties = []
    for key, own in merged.counted.items():
        office = offices.lists[key]
        whose = (office.name, office.unit.code if office.unit else "")
        for clause in office.clauses:
            one = own.answers.get(clause)
            said = (one.status, one.done_date, one.evidence, one.reason) if one else ()
            duties.append(Answered(*whose, clause, *said))
    return Answers(duties, len(merged.problems))


def write_overview(campaign: Campaign, folder: Path, as_of: date, path: Path | None = None) -> tuple[Path, Merged]:
    """Merges the lists in a folder and writes 责任清单汇总.xlsx; returns its path and the account.

    Raises: XltoolError: TSK-001 nothing in the folder; TSK-002 责任单位.xlsx cannot be read; O001 to O016.
    """
    from toolkit.summary.tasks_book import task_overview_workbook

    offices = Offices(campaign)
    merged = merge_lists(folder, offices, stamp_of(campaign), statuses(campaign), as_of)
    facts = {"year": campaign.year, "as_of": as_of}
    path = path or campaign.output / words()["files"]["task_overview"]
    data = task_overview_workbook(offices, merged, statuses(campaign), facts, campaign.title)
    write_whole(path, data)
    return path, merged


def said_of(written: Written) -> list[str]:
    """What the terminal and the console say of the lists."""
    lines = [say("tasks_written", count=len(written.lists), folder=written.folder)]
    if written.kept:
        files = "、".join(path.name for path in written.kept)
        lines.append(say("tasks_kept", count=len(written.kept), files=files, inbox=words()["files"]["task_lists_in"]))
    return [*lines, *(one.sentence for one in written.findings)]
