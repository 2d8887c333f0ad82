"""Parameters: in force from the first day, without a gap, with a unit and a source."""

from __future__ import annotations

from itertools import pairwise

from toolkit.campaign.parameters import follows
from toolkit.model.form import Form
from toolkit.model.policy import Parameter, Parameters, Policy
from toolkit.model.problems import Listed
from toolkit.policy_tools.places import Places
from toolkit.policy_tools.texts import say
from toolkit.policy_tools.uses import unread
from toolkit.summary.labels import choice_word

NUMBERS = ("integer", "count", "decimal")


def look(policy: Policy, form: Form, places: Places, problems: Listed) -> None:
    """Adds what is wrong with the parameters of a pack."""
    with problems.catch():
        for name in unread(policy, form):
            problems.add(*places.parameter(name), say("check", "unread", name=name))
    for parameter in policy.parameters.values():
        for problem in (*_dates(parameter, policy), *_words(parameter)):
            problems.add(*places.parameter(parameter.name), problem)
        with problems.catch():
            if any(value is None for _, value in parameter.values) and not _says_if_open(parameter, policy, form):
                problems.add(*places.parameter(parameter.name), say("check", "if_open", name=parameter.name))


def _says_if_open(parameter: Parameter, policy: Policy, form: Form) -> bool:
    """Whether somebody who leaves it open is told what that means.

    Raises: DefinitionError: an indicator or the allowance block is wrong.
    """
    return bool(parameter.if_open) or any(follows(parameter, form, Parameters(policy, policy.effective)))


def _dates(parameter: Parameter, policy: Policy) -> list[str]:
    """Gaps: before the first value, or a value that becomes open again."""
    found = []
    days = parameter.values
    if days[0][0] > policy.effective:
        gap = say("check", "gap_start", first=policy.effective, day=days[0][0])
        found.append(say("check", "dates", name=parameter.name, gap=gap))
    for (_, before), (day, value) in pairwise(days):
        if before is not None and value is None:
            gap = say("check", "gap_inside", day=day)
            found.append(say("check", "dates", name=parameter.name, gap=gap))
    if policy.ends:
        late = [day for day, _ in days if day > policy.ends]
        found += [say("check", "after_end", name=parameter.name, day=day, ends=policy.ends) for day in late]
    return found


def _words(parameter: Parameter) -> list[str]:
    found = []
    if parameter.type in NUMBERS and not parameter.unit:
        found.append(say("check", "unit", name=parameter.name))
    if not parameter.source:
        found.append(say("check", "source", name=parameter.name))
    if not parameter.clauses and not parameter.why:
        found.append(say("check", "why", name=parameter.name))
    dumb = [one for one in parameter.choices if not parameter.words.get(one) and not choice_word(parameter.name, one)]
    if dumb:
        found.append(say("check", "words", name=parameter.name, choices="、".join(dumb)))
    return found
