"""The commands that change the unit list of a running round, each as safe as the other."""

from __future__ import annotations

import click

from toolkit.cli.parts import FOLDER, command_of, option
from toolkit.cli.terminal import echo
from toolkit.words import say, words

UNIT = click.argument("unit")


def add_units(main: click.Group) -> None:
    """Adds the group `unit`."""
    group = click.Group("unit", help=words()["commands"]["unit"])
    main.add_command(group)
    _adding(group)
    _changing(group)
    _removing(group)


def _adding(group: click.Group) -> None:
    @command_of(group, "add", "unit add")
    @FOLDER
    @click.argument("code")
    @click.argument("name")
    @option("category", required=True)
    @option("level", required=True)
    @option("parent", default="")
    @option("speaks", is_flag=True)
    def add(folder, code, name, category, level, parent, speaks) -> None:
        """Puts a unit on the list."""
        from toolkit.campaign import open_campaign
        from toolkit.campaign.changing import add_unit
        from toolkit.model.duties import NO, YES

        facts = {"code": code, "name": name, "category": category, "level": level, "parent": parent}
        made = add_unit(open_campaign(folder), facts | {"speaks": YES if speaks else NO})
        echo(say("unit_added", unit=made.code, name=made.name, folder=folder))


def _changing(group: click.Group) -> None:
    @command_of(group, "rename", "unit rename")
    @FOLDER
    @UNIT
    @option("code", default="")
    @option("name", default="")
    def rename(folder, unit, code, name) -> None:
        """Gives a unit another code, another name or both."""
        change(folder, unit, {"code": code, "name": name})

    @command_of(group, "move", "unit move")
    @FOLDER
    @UNIT
    @option("parent", default=None)
    @option("level", default="")
    @option("category", default="")
    def move(folder, unit, parent, level, category) -> None:
        """Gives a unit another parent, level or category; an empty parent is none."""
        change(folder, unit, {"level": level, "category": category}, {} if parent is None else {"parent": parent})


def change(folder, unit: str, facts: dict[str, str], more: dict[str, str] | None = None) -> None:
    """Changes what is not empty of `facts`, and `more`, and says so."""
    from toolkit.campaign import open_campaign
    from toolkit.campaign.changing import change_unit, find_unit

    campaign = open_campaign(folder)
    wanted = {name: text for name, text in facts.items() if text} | (more or {})
    if not wanted:
        raise click.UsageError(words()["say"]["unit_nothing"])
    made = change_unit(campaign, find_unit(campaign.units, unit), wanted)
    echo(say("unit_changed", unit=made.code, name=made.name))


def _removing(group: click.Group) -> None:
    @command_of(group, "remove", "unit remove")
    @FOLDER
    @UNIT
    @option("why", required=True)
    def remove(folder, unit, why) -> None:
        """Takes a unit off the list."""
        from toolkit.campaign import open_campaign
        from toolkit.campaign.changing import find_unit, remove_unit
        from toolkit.round_trip.states import files_of

        campaign = open_campaign(folder)
        known = find_unit(campaign.units, unit)
        remove_unit(campaign, known, why, files_of(campaign, known.code))
        echo(say("unit_removed", unit=known.code, name=known.name))

    @command_of(group, "check", "unit check")
    @FOLDER
    def check(folder) -> int:
        """Writes all that is to be said of the list; exit code 1 when something is to be settled."""
        from toolkit.campaign import open_campaign
        from toolkit.campaign.changing import check_list, counts

        path, draft = check_list(open_campaign(folder))
        found = counts(draft)
        echo(say("unit_checked", **found))
        echo(say("written", path=path))
        return int(bool(found["open"]))
