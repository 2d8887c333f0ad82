"""The command about what is not recognised in returns: labels that no column has, sheets that were not read."""

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
@option("unit", default="")
@option("tab", default="")
@option("skip", is_flag=True)
@option("remove", is_flag=True)
@option("why", default="")
@option("who", default="")
@PASSWORD
@PASSWORDS
@JSON
def alias(folder, sheet, label, column, unit, tab, skip, remove, why, who, as_json) -> None:
    """Lists what is not recognised with its candidates, or confirms what a label or a sheet means."""
    from toolkit.campaign import open_campaign

    campaign = open_campaign(folder)
    if unit or tab or skip:
        _tab(campaign, unit, tab, sheet, skip, remove, why, who)
    elif label or remove:
        _label(campaign, sheet, label, column, remove, why, who)
    else:
        _list(campaign, as_json)


def _label(campaign, sheet: str, label: str, column: str, remove: bool, why: str, who: str) -> None:
    from toolkit.campaign import aliases

    if remove:
        aliases.withdraw(campaign, sheet, label)
        return echo(say("alias_removed", label=label))
    made = aliases.confirm(campaign, sheet, label, column, why, who)
    echo(say("alias", label=label, column=campaign.form.by_name[made.sheet].by_name[made.column].label))


def _tab(campaign, unit: str, title: str, sheet: str, skip: bool, remove: bool, why: str, who: str) -> None:
    from toolkit.campaign import tabs
    from toolkit.model.errors import XltoolError

    if remove:
        tabs.withdraw(campaign, unit, title)
        return echo(say("alias_removed", label=title))
    if bool(sheet) == skip:
        raise XltoolError("K045")
    made = tabs.confirm(campaign, unit, title, sheet, why, who)
    if skip:
        return echo(say("tab_skipped", unit=unit, title=title))
    echo(say("tab", unit=unit, title=title, sheet=campaign.form.by_name[made.sheet].label))


def _list(campaign, as_json: bool) -> None:
    from toolkit.campaign import aliases, tabs
    from toolkit.job import campaign_job
    from toolkit.pipeline import read

    form = campaign.form
    job = campaign_job(campaign, date.today())
    job.passwords = passwords()
    returns = read(job).returns
    found, known = aliases.candidates(returns, form), aliases.confirmed(campaign.folder)
    left, said = tabs.left_out(returns), tabs.confirmed(campaign)
    if as_json:
        lists = {"candidates": found, "confirmed": known, "left_out": left, "tabs": said}
        return echo_json({key: [asdict(one) for one in own] for key, own in lists.items()})
    sheets, rows = form.by_name, []
    for one in found:
        columns = "、".join(sheets[one.sheet].by_name[name].label for name in one.columns)
        rows.append((sheets[one.sheet].label, one.label, columns, "、".join(one.files[:3])))
    _table("candidates", rows, always=True)
    _table(
        "aliases",
        [(sheets[a.sheet].label, a.label, sheets[a.sheet].by_name[a.column].label, a.who, a.at, a.why) for a in known],
    )
    _table("left_out", [(one.unit, one.title, one.file, one.problem) for one in left])
    titles = {"": say("no_tab"), **{name: sheet.label for name, sheet in sheets.items()}}
    _table("tabs", [(t.unit, t.title, titles[t.sheet], t.who, t.at, t.why) for t in said])


def _table(key: str, rows: list[tuple], always: bool = False) -> None:
    if rows or always:
        terminal.table(words()["titles"][key], words()["tables"][key], rows)
