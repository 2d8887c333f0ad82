"""Commands of the registers, the task lists, the external platforms and the return upward."""

from __future__ import annotations

from pathlib import Path

import click

from toolkit.cli.checking import check, checking, target, told, working
from toolkit.cli.parts import OUTPUT, command_of, option
from toolkit.cli.terminal import echo
from toolkit.words import option_help, say, words

TITLE = option("title", default="")


def add_registers(group: click.Group) -> None:
    """Adds the commands to a group."""
    _registers(group)
    _tasks(group)
    _feedback(group)
    _platforms(group)
    _upward(group)


def _registers(group: click.Group) -> None:
    @checking(group, "registers", OUTPUT)
    def registers(checked, output) -> None:
        """Writes the registers."""
        from toolkit.registers.files import write_registers

        told([write_registers(checked, target(checked.job, output, "registers"))])


def _tasks(group: click.Group) -> None:
    came = click.option("--merge", "returned", type=click.Path(path_type=Path), help=option_help("merge"))

    @working(group, "tasks", came, OUTPUT, source="round")
    def tasks(job, returned, output) -> int:
        """Writes one list of duties an office, or merges the answers; exit code 1 when rows were refused."""
        from toolkit.said import files_refused
        from toolkit.tasks.files import said_of, write_lists, write_overview

        if returned is None:
            written = write_lists(check(job), output)
            for line in said_of(written):
                echo(line)
            told([written.asking] if written.findings else [])
            return 0
        path, merged = write_overview(job.campaign, returned, job.as_of, output)
        echo(say("tasks_merged", **{f"file_{key}": n for key, n in merged.files.items()}, **merged.rows))
        for line in files_refused(merged.problems):
            echo(line)
        told([path])
        return int(bool(merged.problems))


def _feedback(group: click.Group) -> None:
    came = click.option("--merge", "came", type=click.Path(path_type=Path), help=option_help("merge-feedback"))

    @checking(group, "feedback", came, OUTPUT, source="round")
    def feedback(checked, came, output) -> int:
        """Writes the feedback sheets on floating members, or shows what those that came in credit."""
        from toolkit.feedback.files import inbox, write_feedback, write_received
        from toolkit.feedback.reading import receive
        from toolkit.said import files_refused

        if came is None:
            folder = output or target(checked.job, None, "feedback_folder")
            paths, nobody = write_feedback(checked, folder)
            message = say("feedback_written", count=len(paths), nobody=nobody, folder=folder)
            echo(message + say("feedback_next", inbox=inbox(checked.job.campaign)))
            return 0
        found = receive(came, checked.returned_dataset, checked.job.as_of)
        echo(say("feedback_merged", **{f"file_{key}": n for key, n in found.files.items()}, **found.rows))
        for line in files_refused(found.problems):
            echo(line)
        told(write_received(checked, target(checked.job, output, "feedback_overview"), found))
        return int(bool(found.problems))


def _platforms(group: click.Group) -> None:
    pasted = click.option("--import", "pasted", type=click.Path(path_type=Path), help=option_help("import"))

    @checking(group, "platforms", pasted, OUTPUT, source="round")
    def platforms(checked, pasted, output) -> None:
        """Writes export and import sheets for the external platforms, or compares a pasted list."""
        from toolkit.registers.files import compare_platforms, write_platforms

        job, own = checked.job, checked.job.campaign.folder
        if pasted is None:
            path = target(checked.job, output, "platforms")
            with checked.replacing(path):
                write_platforms(checked.dataset, job.policy, own, path, job.title)
            return told([path])
        path = target(checked.job, output, "comparison")
        with checked.replacing(path):
            counts = compare_platforms(checked.dataset, job.policy, own, pasted, path, job.title)
        states = ("same", "different", "only_ours", "only_theirs")
        echo(say("compared", **{state: counts[state] for state in states}))
        told([path])


def _upward(group: click.Group) -> None:
    @checking(group, "report-up", TITLE, OUTPUT)
    def report_up(checked, title, output) -> None:
        """Writes the return upward of a round."""
        from toolkit.upward.files import upward_of, write_upward

        campaign = checked.job.campaign.id if checked.job.campaign else ""
        path = target(checked.job, output, "upward")
        with checked.replacing(path):
            write_upward(upward_of(checked, title), path, campaign)
        told([path])

    @command_of(group, "merge-up")
    @click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
    @TITLE
    @option("round", "own", type=click.Path(path_type=Path), default=None)
    @click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help=option_help("output"))
    def merge_up(files, title, own, output) -> None:
        """Merges returns upward into one and judges the targets of the area."""
        from toolkit.campaign import open_campaign
        from toolkit.upward.files import lower_returns, write_merged_upward

        files, campaign = lower_returns(files), open_campaign(own) if own else None
        title = title or (campaign.title if campaign else words()["titles"]["upward"])
        whole = write_merged_upward(files, output, title, campaign)
        echo(say("merged_up", files=len(files), units=len(whole.units), returned=len(whole.returned)))
        told([output])
