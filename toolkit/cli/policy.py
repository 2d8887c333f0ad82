"""The commands about policies and their results: list, coverage, show, check, new, upgrade, and explain."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from toolkit.cli import terminal
from toolkit.cli.checking import checking
from toolkit.cli.parts import AS_OF, JSON, POLICY, Commands, command_of, option
from toolkit.cli.terminal import echo, echo_json
from toolkit.words import words


def register(main: click.Group) -> None:
    """Adds the group `policy` to the commands."""
    main.add_command(policy_group)


def register_explain(main: click.Group) -> None:
    """Adds `explain` to the commands."""
    about = (option(name, default="") for name in ("unit", "clause", "person"))
    checking(main, "explain", *about, JSON)(explain)


@click.group("policy", cls=Commands, help=words()["commands"]["policy"])
def policy_group() -> None:
    """All commands about policies."""


@command_of(policy_group, "list", "policy list")
def list_policies() -> None:
    """Lists the policies that ship."""
    from toolkit.policies import load_policy, policy_ids

    rows = []
    for name in policy_ids():
        pack = load_policy(name)
        rows.append((pack.id, pack.short_title, pack.document_no, pack.effective, pack.ends or ""))
    terminal.table(words()["titles"]["policies"], words()["tables"]["policies"], rows)


@command_of(policy_group, "coverage", "policy coverage")
@click.argument("policy", metavar="P")
@JSON
def coverage(policy, as_json) -> int:
    """Says what is done about every clause; exit code 1 when one is silent."""
    from toolkit.forms import load_form
    from toolkit.policies import load_policy
    from toolkit.policy_tools.coverage import SILENT
    from toolkit.policy_tools.coverage import coverage as answers_of
    from toolkit.policy_tools.tables import coverage_line
    from toolkit.policy_tools.texts import texts

    pack = load_policy(policy)
    answers = answers_of(pack, load_form(pack))
    silent = any(answer.answer == SILENT for answer in answers)
    if as_json:
        echo_json([asdict(answer) for answer in answers])
    else:
        rows = [(a.id, texts()["answers"].get(a.answer, a.answer), a.where, a.reason) for a in answers]
        terminal.table(pack.title, words()["tables"]["coverage"], rows)
        echo(coverage_line(pack, answers))
    return int(silent)


@command_of(policy_group, "show", "policy show")
@click.argument("clause")
@POLICY
@AS_OF
@JSON
def show(clause, policy, as_of, as_json) -> None:
    """Shows one clause."""
    from toolkit.forms import load_form
    from toolkit.policy_tools.show import clause_record, clause_text, policy_with

    pack, day = policy_with(clause, policy), as_of or date.today()
    record = clause_record(pack, load_form(pack), clause, day)
    echo_json(record) if as_json else echo(clause_text(record, day))


@command_of(policy_group, "check", "policy check")
@click.argument("pack", metavar="DIR|P")
@JSON
def check(pack, as_json) -> int:
    """Lints a pack; exit code 1 when something is wrong."""
    from toolkit.policy_tools.lint import lint
    from toolkit.policy_tools.tables import check_line

    with terminal.progress(words()["commands"]["policy check"][:2], as_json) as moved:
        result = lint(pack, progress=moved)
    if as_json:
        echo_json([{"file": item.file, "line": item.line, "problem": item.problem} for item in result.problems])
    else:
        for item in result.problems:
            echo(f"{item.file}:{item.line}：{item.problem}")
        echo(check_line(result))
    return int(bool(result.problems))


@command_of(policy_group, "new", "policy new")
@click.argument("name", type=click.Path(path_type=Path))
@option("from", "source", required=True, metavar="P")
def new(name, source) -> None:
    """Starts a pack from another one."""
    from toolkit.policy_tools.new import new_pack
    from toolkit.policy_tools.texts import say

    echo(say("new", "made", folder=new_pack(name, source)))


@command_of(policy_group, "upgrade", "policy upgrade")
@click.argument("pack", metavar="DIR|P")
def upgrade(pack) -> None:
    """Rewrites a pack of an older version."""
    from toolkit.policy_tools.texts import say
    from toolkit.policy_tools.upgrade import upgrade_pack

    changed = upgrade_pack(pack)
    facts = {"pack": pack, "count": len(changed), "clauses": "、".join(changed)}
    echo(say("upgrade", "changed" if changed else "fine", **facts))


def explain(checked, unit, clause, person, as_json) -> None:
    """Explains a result or a person's allowance."""
    from toolkit.model.errors import XltoolError
    from toolkit.policy_tools.explain import explain_clause, explain_person
    from toolkit.policy_tools.explain_text import clause_lines, person_lines

    if not person and not (unit and clause):
        raise XltoolError("P008")
    if person:
        record, lines = explain_person(checked, person, unit), person_lines
    else:
        record, lines = explain_clause(checked, unit, clause), clause_lines
    echo_json(record) if as_json else echo(lines(record))
