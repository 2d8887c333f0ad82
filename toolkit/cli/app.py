"""The commands: each opens what it is given, calls one public function, echoes the answer."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from toolkit import __version__
from toolkit.cli import environment, terminal
from toolkit.cli.checking import told
from toolkit.cli.main_job import add_main_job, echo_account
from toolkit.cli.parts import AS_OF, FOLDER, JSON, Headed, command_of, option, run
from toolkit.cli.policy import register, register_explain
from toolkit.cli.reading import add_reading
from toolkit.cli.registers import add_registers
from toolkit.cli.round import add_round
from toolkit.cli.settings import add_settings, show_parameters
from toolkit.cli.terminal import echo, echo_json
from toolkit.cli.units import add_units
from toolkit.words import option_help, say, speak_chinese, words

if TYPE_CHECKING:
    from toolkit.model.finding import Finding

GARBAGE = 50_000, 20, 20
"""How often garbage is looked for: as often as usual takes a tenth of a run, for a twentieth of its memory."""


@click.group(cls=Headed, help=words()["xltool"], context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="xltool %(version)s", help=option_help("version"))
def main_group() -> None:
    """All commands."""


command = partial(command_of, main_group)
register(main_group)


@command("template")
@option("policy", required=True, metavar="P")
@option("year", type=int, default=None)
@option("collect-id-numbers", is_flag=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help=option_help("output"))
def template(policy: str, year: int | None, collect_id_numbers: bool, output: Path) -> None:
    """Writes the standard workbook."""
    from toolkit.round_trip.issuing import write_template

    write_template(policy, output, year=year, collect_id_numbers=collect_id_numbers)
    echo(say("written", path=output))


@command("units")
@click.argument("file", type=click.Path(path_type=Path))
def units(file: Path) -> None:
    """Writes an empty unit list."""
    from toolkit.round_trip.issuing import write_unit_list_form

    write_unit_list_form(file)
    echo(say("written", path=file))


@command("init")
@FOLDER
@option("policy", default="", metavar="P")
@option("year", type=int, default=None)
@click.option("--units", "unit_list", type=click.Path(path_type=Path), default=None, help=option_help("units-file"))
@option("title", default="")
@option("deadline", default="")
@click.option("--from", "before", type=click.Path(path_type=Path), default=None, help=option_help("from-round"))
def init(
    folder: Path, policy: str, year: int | None, unit_list: Path | None, title: str, deadline: str, before
) -> None:
    """Makes a collection round with its control workbook."""
    from macros.writing import write_console
    from toolkit.campaign.parameters import lines_of
    from toolkit.round_trip.beginning import begin
    from toolkit.round_trip.own_tasks import own_tasks

    for name, value in (("policy", policy), ("year", year), ("units", unit_list)):
        if not value and before is None:
            raise click.MissingParameter(param_hint=f"'--{name}'", param_type="option")
    facts = {"policy": policy, "year": year, "unit_list": unit_list, "title": title, "deadline": deadline}
    made = begin(folder, before=before, heard=echo, **facts)
    write_console(made)
    echo(say("created", folder=folder))
    _say_own(own_tasks(made))
    show_parameters(lines_of(made), folder)


add_units(main_group)
add_settings(main_group)


@command("distribute")
@FOLDER
@option("zip", is_flag=True)
def distribute(folder: Path, zip: bool) -> None:
    """Writes one workbook a unit, and the list of them."""
    from toolkit.campaign import open_campaign
    from toolkit.round_trip.issuing import issued_counts
    from toolkit.round_trip.own_tasks import own_tasks
    from toolkit.round_trip.zipping import hand_out

    campaign = open_campaign(folder)
    made = hand_out(campaign, zip)
    echo(say("distributed", folder=campaign.issued, **issued_counts(made.issued)))
    for said in made.sentences(campaign):
        echo(said)
    if made.zips:
        echo(say("zipped", count=len(made.zips), folder=made.zips[0].parent))
    told([made.book])
    _say_own(own_tasks(campaign))


add_main_job(main_group)
register_explain(main_group)


@command("status")
@FOLDER
@AS_OF
@JSON
def status(folder, as_of, as_json) -> None:
    """Shows who has returned what."""
    from toolkit.campaign import open_campaign
    from toolkit.report import status_report
    from toolkit.round_trip.own_tasks import own_tasks
    from toolkit.round_trip.states import unit_states

    campaign = open_campaign(folder)
    states, own = unit_states(campaign, as_of or date.today()), own_tasks(campaign)
    if as_json:
        return echo_json(status_report(campaign, states, own))
    rows = [(s.unit, s.name, s.state, s.file, s.fill_date, s.errors or "", s.queries or "", s.remark) for s in states]
    terminal.table(words()["titles"]["status"], words()["tables"]["status"], rows)
    counts = Counter(state.state for state in states)
    terminal.table("", words()["tables"]["counts"], [*counts.items(), (words()["tables"]["total"], len(states))])
    _say_own(own)


def _say_own(own: Iterable[Finding]) -> None:
    """Says what the bureau has to look at itself."""
    lines = [finding.sentence for finding in own]
    if lines:
        echo(say("own_tasks", count=len(lines)))
    for line in lines:
        echo(line)


@command("choose")
@FOLDER
@option("unit", required=True)
@option("file", required=True)
@option("why", default="")
def choose(folder, unit, file, why) -> None:
    """Says which of several returns of a unit counts."""
    from toolkit.campaign import open_campaign
    from toolkit.round_trip.states import choose_return

    choose_return(open_campaign(folder), unit, file, why)
    echo(say("chosen", file=file) + say("chosen_next"))


@command("console")
@FOLDER
@option("program", default="")
def console(folder, program) -> None:
    """Writes the control workbook and the double-click scripts into a round."""
    from macros.writing import write_for

    for path in write_for(folder, program=program):
        echo(say("written", path=path))


@command("bridge")
@click.argument("request", type=click.Path(path_type=Path))
def bridge(request) -> int:
    """Does what one button of the control workbook asks."""
    from toolkit.bridge import serve

    answer = serve(request)
    if answer is None:
        return 0
    echo(answer.message)
    return answer.exit_code


@command("watch")
@FOLDER
def watch(folder) -> None:
    """Answers the buttons of a round until it is stopped."""
    from toolkit.bridge import watch as answer_buttons
    from toolkit.campaign import open_campaign

    folder = open_campaign(folder).folder
    echo(say("watching", folder=folder))
    with suppress(KeyboardInterrupt):  # how it is meant to end
        answer_buttons(folder, echo)


@command("sample")
@FOLDER
@option("policy", required=True, metavar="P")
@option("units", type=click.IntRange(1, 100_000), default=40, show_default=True)
@option("seed", type=int, default=1, show_default=True)
@option("year", type=int, default=None)
@option("defects", type=click.Choice(["none", "typical", "heavy"]), default="typical", show_default=True)
def sample(folder, policy, units, seed, year, defects) -> None:
    """Makes a round with invented returns."""
    from toolkit.trial import write_sample

    made = write_sample(folder, policy=policy, units=units, seed=seed, defects=defects, year=year)
    echo(say("sampled", folder=folder, inbox=made.inbox, defects=folder / "defects.json"))


@command("demo")
@click.argument("folder", type=click.Path(path_type=Path), default="demo")
@option("policy", "policies", multiple=True, metavar="P")
@option("units", type=click.IntRange(1, 100_000), default=40, show_default=True)
@option("seed", type=int, default=1, show_default=True)
def demo(folder, policies, units, seed) -> int:
    """Does the whole main job for both policies, or those named; exit code 1 when a planted defect is missed."""
    from toolkit.trial import missed_defects, run_demo

    all_missed = []
    for policy, checked, campaign in run_demo(folder, units=units, seed=seed, policies=policies):
        planted, missed = missed_defects(checked, campaign.folder)
        all_missed += missed
        echo(say("demo", policy=policy, folder=campaign.folder, output=campaign.output))
        echo_account(checked)
        echo(say("found", planted=planted, found=planted - len(missed)))
    return int(bool(all_missed))


add_round(main_group)
add_registers(main_group)
add_reading(main_group)


def main() -> None:
    """Entry point of the console script."""
    gc.set_threshold(*GARBAGE)
    terminal.open_streams()
    environment.name_files_in_utf8()
    terminal.use_any_character()
    speak_chinese()
    terminal.say_mistakes()
    if problem := environment.problem():
        echo(problem, err=True)
        sys.exit(3)
    sys.exit(run(main_group))
