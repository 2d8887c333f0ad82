"""The command that sends returned files back with marks."""

from __future__ import annotations

from collections.abc import Callable

import click

from toolkit.cli.parts import AS_OF, JSON, OUTPUT, PATHS, POLICY, command_of, echo_json
from toolkit.words import say


def add_annotate(group: click.Group, check: Callable) -> None:
    """Adds the command to a group.

    Args:
        check: reads and validates; called with paths, policy, day, and whether to be quiet.
    """

    @command_of(group, "annotate")
    @PATHS
    @POLICY
    @AS_OF
    @OUTPUT
    @JSON
    def annotate(paths, policy, as_of, output, as_json) -> int:
        """Writes marked copies of the returned files; exit code 1 when there are 错误."""
        from toolkit.outputs import write_marked
        from toolkit.report import merge_report

        checked = check(paths, policy, as_of, as_json)
        marked = write_marked(checked, output)
        if as_json:
            echo_json(merge_report(checked.merged, checked.findings, marked))
        else:
            for path in marked:
                click.echo(say("written", path=path))
            click.echo(say("marked", n=len(marked)))
        return int(checked.has_errors)
