"""The commands of the main job: each writes one part of what a checked job gives, `run` everything."""

from __future__ import annotations

from collections import Counter

import click

from toolkit.cli import terminal
from toolkit.cli.checking import check, checking, target, told, working
from toolkit.cli.parts import JSON, OUTPUT, option
from toolkit.cli.terminal import echo, echo_json
from toolkit.words import say, words

SHOWN = 30


def add_main_job(group: click.Group) -> None:
    """Adds the commands to a group, in the order of work."""
    _validating(group)
    _merging(group)
    _computing(group)
    _whole(group)


def echo_findings(checked, book) -> None:
    """The findings as a table, the first ones, and their counts."""
    from toolkit.model.finding import ERROR, HINT, QUERY

    shown = [finding for finding in checked.findings if finding.severity != HINT][:SHOWN]
    rows = [(f.severity, f.unit, f"[{f.code}] {f.where}", f.message, f.fix) for f in shown]
    if rows:
        terminal.table(words()["titles"]["findings"], words()["tables"]["findings"], rows)
    if len(checked.findings) > len(shown):
        echo(say("more", n=len(checked.findings) - len(shown), path=book))
    counts = Counter(finding.severity for finding in checked.findings)
    numbers = {"errors": counts[ERROR], "queries": counts[QUERY], "hints": counts[HINT]}
    echo(say("validated", files=checked.merged.files["total"], rows=checked.merged.rows["read"], **numbers))


def echo_account(checked) -> None:
    """Files by state, rows in = rows merged + rows refused."""
    merged = checked.merged
    rows = terminal.state_rows({name: n for name, n in merged.files.items() if n})
    terminal.table(words()["titles"]["files"], words()["tables"]["counts"], rows)
    echo(say("accounted", total=merged.files["total"], **merged.rows))


def _validating(group: click.Group) -> None:
    @checking(group, "validate", OUTPUT, JSON, option("annotate", "mark", is_flag=True))
    def validate(checked, output, as_json, mark) -> int:
        """Validates; exit code 1 when there are 错误."""
        from toolkit.outputs import write_findings, write_marked
        from toolkit.report import validate_report
        from toolkit.said import marked_said

        with checked.job.writing():
            book = write_findings(checked, target(checked.job, output, "findings"))
            marked = write_marked(checked) if mark else []
        if as_json:
            echo_json(validate_report(checked.merged, checked.findings))
        else:
            echo_findings(checked, book)
            echo_account(checked)
            told([book])
            if mark:
                echo(marked_said(checked, marked))
        return int(checked.has_errors)

    @checking(group, "annotate", OUTPUT, JSON)
    def annotate(checked, output, as_json) -> int:
        """Writes marked copies of the returned files; exit code 1 when there are 错误."""
        from toolkit.outputs import write_marked
        from toolkit.report import merge_report
        from toolkit.said import marked_said

        marked = write_marked(checked, output)
        if as_json:
            echo_json(merge_report(checked.merged, checked.findings, marked))
        else:
            told(marked)
            echo(marked_said(checked, marked))
        return int(checked.has_errors)


def _merging(group: click.Group) -> None:
    @checking(group, "merge", OUTPUT, JSON)
    def merge(checked, output, as_json) -> int:
        """Merges; exit code 1 when rows or files were refused."""
        from toolkit.outputs import write_merged
        from toolkit.report import merge_report

        outputs = write_merged(checked, target(checked.job, output, "merged"))
        if as_json:
            echo_json(merge_report(checked.merged, checked.findings, outputs))
        else:
            echo_account(checked)
            told(outputs[:1])
        return int(checked.has_errors)


def _computing(group: click.Group) -> None:
    @checking(group, "allowance", OUTPUT, JSON)
    def allowance(checked, output, as_json) -> None:
        """Works out the allowances."""
        from toolkit.outputs import write_allowance_book
        from toolkit.report import allowance_report
        from toolkit.said import money_said

        book = write_allowance_book(checked, target(checked.job, output, "allowance"))
        if as_json:
            return echo_json(allowance_report(checked.allowance, checked.figures.account, checked.job.why))
        echo(money_said(checked))
        told([book])

    @checking(group, "compliance", OUTPUT, JSON)
    def compliance(checked, output, as_json) -> None:
        """Judges every clause."""
        from toolkit.outputs import write_compliance_book
        from toolkit.report import compliance_report
        from toolkit.said import overall_rows, overall_said

        book = write_compliance_book(checked, target(checked.job, output, "compliance"))
        if as_json:
            return echo_json(compliance_report(checked.compliance, checked.figures, checked.job.why))
        terminal.table(words()["titles"]["levels"], words()["tables"]["levels"], overall_rows(checked))
        echo(overall_said(checked))
        told([book])


def _whole(group: click.Group) -> None:
    @checking(group, "summary", OUTPUT)
    def summary(checked, output) -> None:
        """Writes the summary workbooks."""
        from toolkit.outputs import write_summaries

        told(write_summaries(checked, target(checked.job, output)))

    @working(group, "run", OUTPUT, JSON, option("fresh", is_flag=True))
    def run(job, output, as_json, fresh) -> int:
        """Does it all, or nothing when nothing changed since the last run; exit code 1 when there are 错误."""
        from toolkit.rerun import Rerun
        from toolkit.said import files_refused

        job.fresh, folder = fresh, target(job, output)
        rerun = Rerun(job, folder)
        if last := rerun.last():
            echo_json(last.report) if as_json else echo(say("unchanged", folder=folder) + say("fresh"))
            return last.exit_code
        checked = check(job, quiet=as_json)
        outputs, report = rerun.done(checked)
        if as_json:
            echo_json(report)
        else:
            echo_findings(checked, outputs[0])
            echo_account(checked)
            for line in files_refused(checked.feedback.problems if checked.feedback else ()):
                echo(line)
            told(outputs)
        return int(checked.has_errors)
