"""The command about labels that no column has: lists them with candidates, confirms what one means."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import click

from toolkit.cli import terminal
from toolkit.cli.checking import PASSWORD, PASSWORDS, passwords
from toolkit.cli.parts import FOLDER, JSON, command_of, option
from toolkit.cli.terminal import echo, echo_json
from toolkit.words import say, words


def add_reading(group: click.Group) -> None:
    """Adds `alias` to a group."""
    command_of(group, "alias")(alias)


@FOLDER
@option("sheet", default="")
@option("label", default="")
@option("column", default="")
@option("remove", is_flag=True)
@option("why", default="")
@option("who", default="")
@PASSWORD
@PASSWORDS
@JSON
def alias(folder, sheet, label, column, remove, why, who, as_json) -> None:
    """Lists labels that no column has with their candidates, or confirms what one means."""
    from toolkit.campaign import aliases, open_campaign

    campaign = open_campaign(folder)
    if remove:
        aliases.withdraw(campaign, sheet, label)
        echo(say("alias_removed", label=label))
    elif label:
        made = aliases.confirm(campaign, sheet, label, column, why, who)
        echo(say("alias", label=label, column=campaign.form.by_name[made.sheet].by_name[made.column].label))
    else:
        _list(campaign, as_json)


def _list(campaign, as_json: bool) -> None:
    from toolkit.campaign.aliases import candidates, confirmed
    from toolkit.job import campaign_job
    from toolkit.pipeline import read

    form = campaign.form
    job = campaign_job(campaign, date.today())
    job.passwords = passwords()
    found, known = candidates(read(job).returns, form), confirmed(campaign.folder)
    if as_json:
        return echo_json({"candidates": [asdict(one) for one in found], "confirmed": [asdict(one) for one in known]})
    sheets, rows = form.by_name, []
    for one in found:
        columns = "、".join(sheets[one.sheet].by_name[name].label for name in one.columns)
        rows.append((sheets[one.sheet].label, one.label, columns, "、".join(one.files[:3])))
    terminal.table(words()["titles"]["candidates"], words()["tables"]["candidates"], rows)
    rows = [
        (sheets[a.sheet].label, a.label, sheets[a.sheet].by_name[a.column].label, a.who, a.at, a.why) for a in known
    ]
    if rows:
        terminal.table(words()["titles"]["aliases"], words()["tables"]["aliases"], rows)
