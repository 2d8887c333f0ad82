"""The lint of a policy pack: every problem with its file and line, not only the first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from toolkit.campaign import SWITCHES
from toolkit.compute.allowance.rules import rules_of
from toolkit.compute.indicators import ELSEWHERE, compile_indicators
from toolkit.compute.spans import span_of
from toolkit.forms import load_form
from toolkit.model.errors import DefinitionError
from toolkit.model.form import Form
from toolkit.model.policy import Indicator, Policy
from toolkit.model.problems import Listed
from toolkit.policies import pack_folder
from toolkit.policies.loading import read_pack
from toolkit.policy_tools import lint_pack, lint_parameters, lint_rules
from toolkit.policy_tools.places import Places
from toolkit.policy_tools.reach import Progress, prove
from toolkit.policy_tools.texts import say


@dataclass(frozen=True)
class Lint:
    """The problems of a pack, by file and line, and the policy as far as it could be read."""

    problems: tuple[DefinitionError, ...]
    policy: Policy | None


def lint(name: str | Path, *, reach: bool = True, progress: Progress = None) -> Lint:
    """All problems of a shipped pack or of a folder.

    Args:
        reach: also prove that every level can be reached; it takes a minute and is done only where nothing else is
            wrong, because what is wrong elsewhere hides levels.
        progress: told how many of how many indicators were tried.
    Raises: XltoolError: P001 no such pack.
    """
    folder = pack_folder(name)
    problems = Listed()
    policy = read_pack(folder, problems)
    if policy is not None:
        form = load_form(policy, frozenset(SWITCHES), problems)
        places = Places(folder)
        for look in (lint_parameters.look, lint_pack.look, _indicators, _allowance, lint_rules.look):
            look(policy, form, places, problems)
        if reach and not problems.found:
            prove(policy, form, places, problems, progress)
    found = {(_path(item, folder), item.line, item.problem): item for item in problems.found}
    named = [DefinitionError(file, line, problem) for file, line, problem in sorted(found)]
    return Lint(tuple(named), policy)


def _path(problem: DefinitionError, folder: Path) -> str:
    """The file as a path; the allowance names its file by the pack's id."""
    path = Path(problem.file)
    return str(path if path.is_absolute() else folder / path.name)


def _indicators(policy: Policy, form: Form, places: Places, problems: Listed) -> None:
    """Every indicator compiled on its own, and asked whether anybody will ever see it."""
    for indicator in policy.indicators:
        _remedy(indicator, form, problems)
        if indicator.family in ELSEWHERE:
            continue
        with problems.catch():
            (compiled,) = compile_indicators(replace(policy, indicators=(indicator,)), form)
            if any(not values for way in compiled.duty for _, values in way) or not _somebody(indicator, policy):
                _say(problems, indicator, "nobody")
        _reach(indicator, policy, problems)
        if indicator.family == "combined":
            _parts(indicator, policy, problems)


def _remedy(indicator: Indicator, form: Form, problems: Listed) -> None:
    """A remedy says which sheet to fill in; of a clause that only lists nobody has to put anything right."""
    if indicator.force != "I" and not any(sheet.label in indicator.remedy for sheet in form.sheets):
        _say(problems, indicator, "remedy", sheet=form.by_name["event"].label)


def _somebody(indicator: Indicator, policy: Policy) -> bool:
    """Whether the attributes that `applies` names itself meet those of the levels that it names."""
    for attribute, values in indicator.applies.items():
        allowed = {
            value
            for name in indicator.applies.get("bearer", ())
            for value in policy.levels.get(name, {}).get(attribute, ())
        }
        if attribute != "bearer" and allowed and not allowed & set(values):
            return False
    return True


def _reach(indicator: Indicator, policy: Policy, problems: Listed) -> None:
    """An indicator whose year lies outside the policy is never judged."""
    span = span_of(indicator.period)
    if span is None:
        return
    last = policy.ends.year if policy.ends else None
    first_seen = span.only or (span.first.year if span.first else None)
    last_seen = span.only or (span.deadline.year if span.deadline else None)
    if (last and first_seen and first_seen > last) or (last_seen and last_seen < policy.first_year):
        _say(problems, indicator, "never", period=indicator.period, first=policy.first_year, last=last or "")


def _parts(indicator: Indicator, policy: Policy, problems: Listed) -> None:
    for clause in indicator.args.get("clauses", ()):  # type: ignore[attr-defined]
        if clause == indicator.clause:
            _say(problems, indicator, "itself")
        elif clause in policy.clauses and clause not in policy.indicator_of:
            _say(problems, indicator, "combined", clause=clause)


def _say(problems: Listed, indicator: Indicator, key: str, **facts: object) -> None:
    problems.add(indicator.file, indicator.line, say("check", key, **facts))


def _allowance(policy: Policy, form: Form, places: Places, problems: Listed) -> None:
    """The allowance block; its columns, posts and parameters exist and have the right type."""
    with problems.catch():
        rules = rules_of(policy)
        at = places.key("allowance")
        known_posts = form.code_lists.get("post_type", ())
        for rule in rules.posts.values():
            if rule.column and rule.column not in form.by_name["unit"].by_name:
                problems.add(*at, say("check", "column", column=rule.column))
            if rule.post not in known_posts:
                problems.add(*at, say("check", "post", post=rule.post))
            for name in filter(None, (rule.parameter, rule.floor, rule.cap_ratio)):
                if policy.parameters[name].type != "decimal":
                    kind = policy.parameters[name].type
                    problems.add(*places.parameter(name), say("check", "value_type", name=name, type=kind))
