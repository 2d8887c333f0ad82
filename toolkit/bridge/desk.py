"""What a button's task works with, and how its answer is made: the desk, the board anew, the sheet 查看."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.bridge import settings, tables
from toolkit.bridge.protocol import DONE, FINDINGS, Answer, Cell, Reporter, Request, last_run
from toolkit.campaign.judging_day import GIVEN
from toolkit.console import OUTPUT_ROOM, Button, console
from toolkit.files import real
from toolkit.model.errors import XltoolError
from toolkit.said import still_open
from toolkit.words import say

if TYPE_CHECKING:
    from toolkit.campaign import Campaign
    from toolkit.checked import Checked
    from toolkit.job import Job
    from toolkit.model.unit import Unit

_LINE = 90
"""Characters that a row of the sheet 查看 shows."""


@dataclass
class Desk:
    """What a task works with.

    Args:
        held: what is let go of when the task has ended.
    """

    request: Request
    button: Button
    reporter: Reporter
    held: ExitStack

    @cached_property
    def folder(self) -> Path:
        """The folder of the round: the one named, otherwise that of the workbook.

        Raises: XltoolError: M003 it is a web address, M018 it is on another computer.
        """
        text = self.value("cfg_folder") or self.request.book_folder
        if text.lower().startswith(("http:", "https:")):
            raise XltoolError("M003", folder=text)
        if text.replace("/", "\\").startswith("\\\\"):
            raise XltoolError("M018", folder=text)
        return Path(text)

    def stay_at_home(self) -> None:
        """Refuses a request in a round's job folder that asks for another round, before anything is done.

        Raises: XltoolError: M030; M003, M018.
        """
        home = self.request.home
        if home and real(self.folder) != home:
            raise XltoolError("M030", folder=self.folder, home=home)

    @cached_property
    def as_of(self) -> date:
        """The day that was named; today where the cell is empty: for letters and for what is overdue."""
        from toolkit.campaign import parse_day

        text = self.value("cfg_as_of")
        return parse_day(text) if text else date.today()

    def value(self, name: str) -> str:
        """The text of a cell; the definition's own value where the workbook has no such cell."""
        return self.request.values.get(name, "")

    def label(self) -> str:
        """The button's label without its number."""
        return self.button.label.split(" ")[-1]

    def tell(self, name: str) -> None:
        """Shows what is being done."""
        self.reporter.tell(console().say(name, label=self.label()))

    def moved(self, done: int, total: int) -> None:
        """Shows how many files are done."""
        self.reporter.moved(console().say("working", label=self.label(), done=done, total=total), done, total)

    def needed(self, name: str) -> str:
        """What a person wrote into a cell.

        Raises: XltoolError: M017 nothing.
        """
        if text := self.value(name).strip():
            return text
        raise XltoolError("M017", label=console().setting(name).label)

    def place(self, name: str) -> Path:
        """The file or folder that a cell names, its first value where it is empty; relative to the round."""
        return self.campaign.folder / (self.value(name).strip() or console().setting(name).value)

    def earlier(self, name: str) -> Path:
        """The folder of the round before this one: the one that a cell names, otherwise that of the settings.

        Raises: XltoolError: M030 a request in a round's job folder names another than this round and its settings do.
        """
        prior = self.folder / self.campaign.prior
        named = self.folder / (self.value(name).strip() or self.campaign.prior)
        if self.request.home and real(named) not in (real(prior), self.request.home):
            raise XltoolError("M030", folder=named, home=self.request.home)
        return named

    @cached_property
    def unit(self) -> Unit:
        """The unit in the selected row.

        Raises: XltoolError: M016 no row of a unit is selected.
        """
        unit = self.campaign.units.get(self.request.picked)
        if unit is None:
            raise XltoolError("M016")
        return unit

    @cached_property
    def campaign(self) -> Campaign:
        """The round, with the settings that a person changed in the workbook."""
        from toolkit.campaign import is_campaign, open_campaign

        if is_campaign(self.folder):
            changes = settings.changed(self.request.values)
            typed = settings.changed_parameters(self.request.values)
            if changes or typed:
                settings.save(self.folder, changes, typed)
        return open_campaign(self.folder)

    @cached_property
    def job(self) -> Job:
        """The job of the round; no other run works on it until the task has ended.

        Raises: XltoolError: K006 another run is at work on the round.
        """
        from toolkit.job import campaign_job

        named = self.as_of if self.value("cfg_as_of") else None
        job = campaign_job(self.campaign, named, self.moved)
        job.fewer = self.value("cfg_fewer") == console().setting("cfg_fewer").choices[-1]
        self.held.enter_context(job.exclusive())
        return job

    def check(self) -> Checked:
        """Reads, validates and merges the round in memory, with progress."""
        from toolkit.rerun import check

        checked = check(self.job)
        self.tell("writing")
        return checked


def answer_with(
    desk: Desk,
    campaign: Campaign,
    message: str,
    *,
    outputs: Sequence[Path] = (),
    findings: Checked | None = None,
    bad: bool = False,
) -> Answer:
    """The answer of a task on a round: the board anew, the last run of the step, the files written."""
    cells, shown = tables.board(campaign, desk.as_of)
    cells |= last_run(desk.button.task, message)
    if outputs:
        message += "".join(still_open(outputs))
        cells["out_more"] = ""
        shown["outputs"] = tables.output_rows([path for path in outputs if path.suffix != ".parquet"][:OUTPUT_ROOM])
    if findings is not None:
        shown["findings"] = tables.findings_rows(findings)
        room = console().tables["findings"].room
        total = len(findings.findings)
        cells["out_more"] = console().say("more", shown=room, total=total) if total > room else ""
    return Answer(FINDINGS if bad else DONE, message, cells, shown, int(bad))


def checked_answer(
    desk: Desk, checked: Checked, message: str, outputs: Sequence[Path], bad: bool | None = None
) -> Answer:
    """The answer of a task that checked the round: its findings too; it is bad when there are 错误."""
    bad = checked.has_errors if bad is None else bad
    if checked.job.why != GIVEN:
        message += say("judged_on", day=checked.job.judged_on)
    return answer_with(desk, desk.campaign, message, outputs=outputs, findings=checked, bad=bad)


def shown(
    desk: Desk, message: str, lines: Sequence[tuple[str, str]], *, outputs: Sequence[Path] = (), bad: bool = False
) -> Answer:
    """An answer whose lines stand on the sheet 查看, which comes to the front when there are any.

    Long texts take several rows.
    """
    rows: list[tuple[Cell, ...]] = []
    for label, text in lines:
        parts = [text[at : at + _LINE] for at in range(0, len(text), _LINE)] or [""]
        rows += [(label if not number else "", part, "") for number, part in enumerate(parts)]
    table = console().tables["details"]
    # A row that holds nothing would end the table for whoever sorts or prints it.
    filled = [row for row in rows if row[0] or row[1]][: table.room]
    answer = answer_with(desk, desk.campaign, message, outputs=outputs, bad=bad)
    answer.tables["details"] = filled
    answer.sheet = table.sheet if filled else ""
    return answer
