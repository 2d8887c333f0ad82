"""The command about the parameters that the policy leaves open: what they are, and setting one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from toolkit.cli import terminal
from toolkit.cli.parts import FOLDER, JSON, command_of, option
from toolkit.cli.terminal import echo, echo_json
from toolkit.words import say, words

if TYPE_CHECKING:
    from pathlib import Path

    from toolkit.campaign.parameters import Line


def add_settings(group: click.Group) -> None:
    """Adds `set` to a group."""

    @command_of(group, "set")
    @FOLDER
    @click.argument("parameter", default="")
    @click.argument("value", required=False)
    @option("all", "all_of_them", is_flag=True)
    @JSON
    def set_one(folder, parameter, value, all_of_them, as_json) -> None:
        """Shows the open parameters, all of them or one, or sets one."""
        from toolkit.campaign import open_campaign
        from toolkit.campaign.parameters import lines_of, set_parameters, setting_of

        campaign = open_campaign(folder)
        if parameter and value is not None:
            set_parameters(campaign, {parameter: value})
            campaign = open_campaign(folder)
        name = setting_of(campaign.policy, parameter).name if parameter else ""
        lines = [one for one in lines_of(campaign, all_of_them or bool(name)) if name in ("", one.name)]
        if as_json:
            return echo_json([asdict(one) for one in lines])
        if value is not None:
            return echo(say("set_now" if lines[0].value else "set_open", **asdict(lines[0])))
        show_parameters(lines, folder)


def show_parameters(lines: Iterable[Line], folder: Path) -> None:
    """Prints parameters with their clauses, values, and what leaving them open means."""
    rows = [(f"{one.title}\n{one.name}", one.quotes, one.shown, one.allowed, one.if_open) for one in lines]
    if not rows:
        return echo(say("all_set"))
    terminal.table(words()["titles"]["parameters"], words()["tables"]["parameters"], rows, lined=True)
    echo(say("set_next", folder=folder))
