"""What the commands that read returned files have in common: options, passwords, progress bar, the round's lock."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from toolkit.cli import terminal
from toolkit.cli.parts import AS_OF, FOLDER, PATHS, POLICY, command_of, option
from toolkit.cli.terminal import echo
from toolkit.words import say, words

if TYPE_CHECKING:
    from toolkit.checked import Checked
    from toolkit.job import Job

_GIVEN = "xltool.passwords"
_OTHER_KINDS = {".xls", ".xlsm", ".xlsb", ".et", ".ods", ".csv", ".pdf", ".docx"}


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    if value:
        context.meta.setdefault(_GIVEN, {})[parameter.name] = value


PASSWORD = option("password", multiple=True, expose_value=False, callback=_keep, metavar="TEXT")
PASSWORDS = option("passwords", type=click.Path(path_type=Path), expose_value=False, callback=_keep)
FEWER = option("fewer", is_flag=True, expose_value=False, callback=_keep)
SOURCE = {"paths": (PATHS, POLICY), "round": (FOLDER,)}
"""What a command reads: any files and folders, a round among them; or a round only."""


def passwords() -> dict[str, list[str]]:
    """The passwords given on the command line: unit → passwords."""
    from toolkit.campaign.passwords import gather

    given = _given()
    return gather(given.get("password", ()), given.get("passwords"))


def _given() -> dict[str, object]:
    """The options of the command that `_keep` took."""
    return click.get_current_context().meta.get(_GIVEN, {})


def checking(group: click.Group, name: str, *options: Callable, source: str = "paths"):
    """A command that reads and checks first; its function gets the `Checked`, then its options by name.

    Until the command has ended no other run works on the round.

    Args:
        options: the command's own options, in the order of its help; a JSON answer also silences the progress bar.
        source: key of `SOURCE`.
    """

    def wrap(function: Callable):
        @functools.wraps(function)
        def checked(job: Job, **own):
            return function(check(job, quiet=own.get("as_json", False)), **own)

        return working(group, name, *options, source=source)(checked)

    return wrap


def working(group: click.Group, name: str, *options: Callable, source: str = "paths"):
    """The same for a function that gets the `Job` and checks it by itself."""

    def wrap(function: Callable):
        @functools.wraps(function)
        def body(paths=None, folder=None, policy="", as_of=None, **own):
            from toolkit.campaign.judging_day import GIVEN

            job = _job(paths, folder, policy, as_of)
            job.fewer = bool(_given().get("fewer"))
            if job.why != GIVEN and not own.get("as_json"):
                echo(say("judged_on", day=job.judged_on))
            return function(_alone(job), **own)

        for one in reversed((*SOURCE[source], AS_OF, *options, FEWER, PASSWORD, PASSWORDS)):
            body = one(body)
        return command_of(group, name)(body)

    return wrap


def _job(paths: tuple[Path, ...] | None, folder: Path | None, policy: str, as_of: date | None) -> Job:
    from toolkit.campaign import open_campaign
    from toolkit.job import campaign_job, job_for

    if folder is None:
        return job_for(paths, policy=policy, as_of=as_of, passwords=passwords())
    job = campaign_job(open_campaign(folder), as_of)
    job.passwords = passwords()
    return job


def _alone(job: Job) -> Job:
    """The job; no other run works on its round until the command has ended."""
    click.get_current_context().with_resource(job.exclusive())
    return job


def check(job: Job, quiet: bool = False) -> Checked:
    """The job checked, with a progress bar."""
    from toolkit import rerun

    with terminal.progress(words()["commands"]["validate"][:2], quiet) as job.progress:
        return rerun.check(job)


def target(job: Job, output: Path | None, key: str = "") -> Path:
    """Where an output goes: the workbook named, or a file of the folder named, of the round's 汇总, of ./汇总.

    Args:
        key: its name in `files` of commands.yaml; "" = the folder itself.
    Raises: XltoolError: O005, O007 it would be over or among returned files; O006 a kind of file that is not written.
    """
    from toolkit.model.errors import XltoolError

    if output and output.suffix.lower() in _OTHER_KINDS and not output.is_dir():
        raise XltoolError("O006", file=output.name)
    if output and output.suffix.lower() == ".xlsx" and key:
        return job.may_hold(output)
    files, campaign = words()["files"], job.campaign
    folder = output or (campaign.output if campaign else Path(files["output_folder"]))
    return job.may_hold(folder / files[key] if key else folder)


def told(paths: list[Path]) -> None:
    """Says which files were written, and which of them somebody still has open as they were before."""
    from toolkit.said import still_open

    for path in dict.fromkeys(path.parent if path.suffix == ".parquet" else path for path in paths):
        echo(say("written", path=path))
    for line in still_open(paths):
        echo(line)
