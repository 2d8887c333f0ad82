"""Commands of the registers, the task lists, the external platforms and the return upward."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from toolkit.cli import terminal
from toolkit.cli.parts import AS_OF, FOLDER, OUTPUT, PATHS, POLICY, command_of, option
from toolkit.words import option_help, say, words

TITLE = option("title", default="")


def add_registers(group: click.Group) -> None:
    """Adds the commands to a group."""
    _registers(group)
    _tasks(group)
    _platforms(group)
    _upward(group)


def checked_of(paths, policy: str = "", as_of: date | None = None):
    """Reads, validates and merges in memory, with a progress bar."""
    from toolkit.job import job_for
    from toolkit.pipeline import check

    with terminal.progress(words()["commands"]["validate"][:2], False) as moved:
        return check(job_for(paths, policy=policy, as_of=as_of, progress=moved))


def target(checked, output: Path | None, name: str) -> Path:
    """Where an output goes: the file named, the folder named, or 汇总."""
    if output and output.suffix.lower() == ".xlsx":
        return output
    campaign = checked.job.campaign
    return (output or (campaign.output if campaign else Path(words()["files"]["output_folder"]))) / name


def _registers(group: click.Group) -> None:
    @command_of(group, "registers")
    @PATHS
    @POLICY
    @AS_OF
    @OUTPUT
    def registers(paths, policy, as_of, output) -> None:
        """Writes the registers."""
        from toolkit.registers.files import write_registers

        checked = checked_of(paths, policy, as_of)
        click.echo(
            say("written", path=write_registers(checked, target(checked, output, words()["files"]["registers"])))
        )


def _tasks(group: click.Group) -> None:
    @command_of(group, "tasks")
    @FOLDER
    @click.option("--merge", "returned", type=click.Path(path_type=Path), default=None, help=option_help("merge"))
    @AS_OF
    @OUTPUT
    def tasks(folder, returned, as_of, output) -> int:
        """Writes one task list per responsible unit, or merges the answers; exit code 1 when rows were refused."""
        from toolkit.campaign import open_campaign
        from toolkit.tasks.files import write_task_lists, write_task_overview

        campaign = open_campaign(folder)
        if returned is None:
            paths = write_task_lists(campaign, output)
            click.echo(say("tasks_written", count=len(paths), folder=paths[0].parent if paths else folder))
            return 0
        path, merged = write_task_overview(campaign, returned, as_of or date.today(), output)
        click.echo(say("tasks_merged", **{f"file_{key}": n for key, n in merged.files.items()}, **merged.rows))
        click.echo(say("written", path=path))
        return int(bool(merged.problems))


def _platforms(group: click.Group) -> None:
    @command_of(group, "platforms")
    @FOLDER
    @click.option("--import", "pasted", type=click.Path(path_type=Path), default=None, help=option_help("import"))
    @AS_OF
    @OUTPUT
    def platforms(folder, pasted, as_of, output) -> None:
        """Writes export and import sheets for the external platforms, or compares a pasted list."""
        from toolkit.registers.files import compare_platforms, write_platforms

        checked = checked_of([folder], as_of=as_of)
        files, job = words()["files"], checked.job
        own = job.campaign.folder if job.campaign else None
        if pasted is None:
            path = target(checked, output, files["platforms"])
            click.echo(say("written", path=write_platforms(checked.dataset, job.policy, own, path, job.title)))
            return
        path = target(checked, output, files["comparison"])
        counts = compare_platforms(checked.dataset, job.policy, own, pasted, path, job.title)
        states = ("same", "different", "only_ours", "only_theirs")
        click.echo(say("compared", **{state: counts[state] for state in states}))
        click.echo(say("written", path=path))


def _upward(group: click.Group) -> None:
    @command_of(group, "report-up")
    @PATHS
    @POLICY
    @AS_OF
    @TITLE
    @OUTPUT
    def report_up(paths, policy, as_of, title, output) -> None:
        """Writes the return upward of a round."""
        from toolkit.upward.files import upward_of, write_upward

        checked = checked_of(paths, policy, as_of)
        campaign = checked.job.campaign.id if checked.job.campaign else ""
        path = target(checked, output, words()["files"]["upward"])
        click.echo(say("written", path=write_upward(upward_of(checked, title), path, campaign)))

    @command_of(group, "merge-up")
    @click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
    @TITLE
    @click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help=option_help("output"))
    def merge_up(files, title, output) -> None:
        """Merges returns upward into one."""
        from toolkit.upward.files import write_merged_upward

        whole = write_merged_upward(files, output, title or words()["titles"]["upward"])
        click.echo(say("merged_up", files=len(files), units=len(whole.units), returned=len(whole.returned)))
        click.echo(say("written", path=output))
