"""Commands of the round trip with the units: decisions, history, differences, reminders, mail, receipts."""

from __future__ import annotations

from dataclasses import asdict, astuple
from datetime import date
from pathlib import Path

import click

from toolkit.cli import terminal
from toolkit.cli.checking import check, checking, told, working
from toolkit.cli.parts import AS_OF, FOLDER, JSON, OUTPUT, command_of, option
from toolkit.cli.terminal import echo, echo_json
from toolkit.letters.words import letter_words
from toolkit.words import say, words

UNIT = click.argument("unit")
WHY = option("why", required=True)
WHO = option("who", default="")


def add_round(group: click.Group) -> None:
    """Adds the commands of the round trip to a group."""
    _chasing(group)
    for name in ("accept", "hold", "reopen"):
        _decision(group, name)
    _looking_back(group)
    _disputes(group)
    _migrating(group)
    _rules(group)


def _chasing(group: click.Group) -> None:
    @checking(group, "chase", JSON, source="round")
    def chase(checked, as_json) -> None:
        """Writes who has to be reminded of what."""
        from toolkit.round_trip.chase import said, write_chase

        paths, found = write_chase(checked, checked.job.today, checked.job.campaign.output)
        if as_json:
            return echo_json([asdict(one) for one in found], own=("contact", "text"))
        echo(said(checked.job.campaign, paths, found))
        told(paths[:1])

    @command_of(group, "mail")
    @FOLDER
    @option("what", type=click.Choice(["issued", "marked", "disputes", "tasks"]), required=True)
    @option("dry-run", is_flag=True)
    @option("again", is_flag=True)
    def mail(folder, what, dry_run, again) -> int:
        """Sends every unit its file; exit code 1 when a unit did not get it."""
        from toolkit.campaign import open_campaign
        from toolkit.round_trip.mailing import send

        done = send(open_campaign(folder), what, dry_run=dry_run, again=again)
        rows = [(one.unit, one.name, one.address, one.file, one.outcome) for one in done]
        terminal.table(words()["titles"]["mail"], words()["tables"]["mail"], rows)
        return int(not all(one.done for one in done))

    _letters(group)

    @checking(
        group, "pages", click.argument("unit", default=""), option("split", "split", is_flag=True), source="round"
    )
    def pages(checked, unit, split) -> None:
        """Writes the pages of units."""
        from toolkit.round_trip.unit_pages import said, write_unit_pages
        from toolkit.said import still_open

        paths = write_unit_pages(checked, split, unit)
        for line in (said(checked, paths, unit), *still_open(paths)):
            echo(line)

    @checking(group, "receipt", click.argument("unit", default=""), source="round")
    def receipt(checked, unit) -> None:
        """Writes receipts for units that passed."""
        from toolkit.round_trip.receipt import write_receipts

        paths = write_receipts(checked, checked.job.today, unit)
        echo(say("receipts", count=len({path.stem for path in paths}), folder=paths[0].parent))


def _letters(group: click.Group) -> None:
    kinds = click.Choice(list(letter_words().kinds.values()))

    @checking(group, "letters", option("kind", "names", type=kinds, multiple=True), source="round")
    def letters(checked, names) -> None:
        """Writes the letters of a round."""
        from toolkit.letters.files import said, write_letters
        from toolkit.said import still_open

        written = write_letters(checked, names)
        for line in (said(written), *still_open(written.paths)):
            echo(line)


def _decision(group: click.Group, name: str) -> None:
    @command_of(group, name)
    @FOLDER
    @UNIT
    @WHY
    @WHO
    def decision(folder, unit, why, who) -> None:
        """Notes a decision about a unit's return."""
        from toolkit.campaign import open_campaign
        from toolkit.round_trip import states

        verdict = {"accept": states.ACCEPT, "hold": states.HOLD, "reopen": states.REOPEN}[name]
        state = states.decide(open_campaign(folder), unit, verdict, why, who)
        echo(say("decided", unit=state.unit, name=state.name, verdict=verdict, state=state.state))


def _looking_back(group: click.Group) -> None:
    @command_of(group, "history")
    @FOLDER
    @click.argument("unit", default="")
    @option("sheet", default="")
    @option("row", type=click.IntRange(min=0), default=None)
    @option("file", default="")
    @JSON
    def history(folder, unit, sheet, row, file, as_json) -> None:
        """Shows what happened, oldest first; of one row, how it went through the returns."""
        from toolkit.campaign import open_campaign
        from toolkit.campaign.ledger_notes import shown_moment
        from toolkit.round_trip import states

        if sheet:
            return _row_history(folder, unit, sheet, row or 0, file, as_json)
        lines = states.history(open_campaign(folder), unit)
        if as_json:
            return echo_json(lines)
        own = ("what", "unit")
        rows = [(shown_moment(one["at"]), *map(one.get, own), states.in_words(one["detail"])) for one in lines]
        terminal.table(words()["titles"]["history"], words()["tables"]["history"], rows)

    @command_of(group, "diff")
    @FOLDER
    @UNIT
    @option("old", default="")
    @option("new", default="")
    @JSON
    def diff(folder, unit, old, new, as_json) -> None:
        """Shows what changed between two returns of a unit."""
        from toolkit.campaign import open_campaign
        from toolkit.round_trip.comparing import compare_returns

        found = compare_returns(open_campaign(folder), unit, old, new)
        if as_json:
            return echo_json(found.plain())
        _show_differences(found)


def _disputes(group: click.Group) -> None:
    answers = option("answers", type=click.Path(path_type=Path), default=None)
    ruling = (
        option("settle", default=""),
        option("to", default=""),
        option("apart", is_flag=True),
        option("same", is_flag=True),
    )

    @working(group, "disputes", answers, *ruling, option("why", default=""), WHO, JSON, source="round")
    def disputes(job, answers, settle, to, apart, same, why, who, as_json) -> None:
        """Hears the units about persons that several claim, and writes what is still open."""
        from toolkit.job import scan
        from toolkit.round_trip.dispute_books import counts, write_disputes
        from toolkit.round_trip.disputes import rule, verdict_of

        job.answers = scan([answers]) if answers else []
        checked = check(job, quiet=as_json)
        if settle:
            rule(job.campaign, checked.disputes, settle, verdict_of(to, apart, same), why, who)
            checked = check(job, quiet=as_json)
        paths = write_disputes(checked)
        if as_json:
            return echo_json([one.plain() for one in checked.disputes])
        total = len(checked.disputes)
        echo(say("disputed", total=total, count=len(paths) - 1, **counts(checked.disputes)))
        told(paths)


def _migrating(group: click.Group) -> None:
    @command_of(group, "migrate")
    @FOLDER
    @click.argument("file", type=click.Path(path_type=Path))
    @OUTPUT
    def migrate(folder, file, output) -> int:
        """Carries a filled older workbook into the current template; exit code 1 when a person must see to it."""
        from toolkit.campaign import open_campaign
        from toolkit.round_trip.migrate import write_migration

        paths, receipt = write_migration(open_campaign(folder), file, output)
        counts = {"renamed": len(receipt.renamed), "dropped": len(receipt.dropped), "needs_you": len(receipt.needs_you)}
        echo(say("migrated", carried=receipt.carried, **counts))
        told(paths)
        return int(bool(receipt.needs_you))


def _rules(main: click.Group) -> None:
    group = click.Group("rules", help=words()["commands"]["rules"])
    main.add_command(group)

    @command_of(group, "backtest", "rules backtest")
    @FOLDER
    @AS_OF
    @option("fail-on-new", is_flag=True)
    @option("sign", default="")
    @option("why", default="")
    @WHO
    @JSON
    def backtest(folder, as_of, fail_on_new, sign, why, who, as_json) -> int:
        """Tries today's rules on an earlier round; exit code 1 when one refuses too much of what was accepted."""
        from toolkit.campaign import open_campaign
        from toolkit.round_trip import signing
        from toolkit.round_trip.backtest import backtest as try_rules

        campaign = open_campaign(folder)
        if sign:
            signing.sign(campaign, campaign.form, sign, why, who)
        with terminal.progress(words()["commands"]["validate"][:2], as_json) as moved:
            found = try_rules(campaign, as_of or date.today(), progress=moved)
        _show_backtest(found, as_json)
        return int(found.refuses_anew if fail_on_new else found.suspicious)


def _show_backtest(found, as_json: bool) -> None:
    if as_json:
        return echo_json(found.plain())
    mark = words()["say"]["suspicious"]
    rows = [(*astuple(one)[:6], f"{one.share:.1%}", one.signed or mark * one.suspicious) for one in found.rules]
    terminal.table(words()["titles"]["backtest"], words()["tables"]["backtest"], rows)
    echo(say("backtested", files=found.files, rows=found.rows, refused=len(found.refused)))


def _row_history(folder, unit, sheet, row, file, as_json) -> None:
    from toolkit.campaign import open_campaign
    from toolkit.round_trip.comparing import history_in_words, row_history

    versions = row_history(open_campaign(folder), unit, sheet, row, file)
    if as_json:
        return echo_json([asdict(one) for one in versions])
    terminal.table(words()["titles"]["history"], words()["tables"]["versions"], history_in_words(versions))


def _show_differences(found) -> None:
    from toolkit.round_trip.comparing import in_words

    heading, rows = in_words(found)
    terminal.table(heading, words()["tables"]["diff"], rows) if rows else echo(heading)
