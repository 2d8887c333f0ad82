"""The pack as a whole: its dates, its groups, its levels, and an answer to every clause."""

from __future__ import annotations

import re

from toolkit.model.duties import LEVEL, SPEAKS_FOR
from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.model.problems import Listed
from toolkit.policy_tools.places import Places
from toolkit.policy_tools.texts import say

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def look(policy: Policy, form: Form, places: Places, problems: Listed) -> None:
    """Adds what is wrong with the pack as a whole."""
    _head(policy, places, problems)
    _groups(policy, places, problems)
    _levels(policy, form, places, problems)
    _answers(policy, places, problems)


def _head(policy: Policy, places: Places, problems: Listed) -> None:
    if not ID.fullmatch(policy.id):
        problems.add(*places.key("id"), say("check", "id"))
    if policy.ends and policy.ends < policy.effective:
        problems.add(*places.key("ends"), say("check", "ends_first"))
    last = policy.ends.year if policy.ends else policy.first_year
    if not policy.effective.year <= policy.first_year <= last:
        problems.add(*places.key("first_year"), say("check", "first_year"))


def _groups(policy: Policy, places: Places, problems: Listed) -> None:
    """Every section belongs to a group, every group has a clause."""
    sections: dict[str, str] = {}
    for clause in policy.clauses.values():
        sections.setdefault(clause.section, clause.id)
    for section, clause in sections.items():
        if not any(section.startswith(start) for _, starts in policy.groups for start in starts):
            problems.add(*places.clause(clause), say("check", "section", section=section))
    for title, starts in policy.groups:
        if not any(section.startswith(start) for start in starts for section in sections):
            problems.add(*places.group(title), say("check", "group", title=title))


def _levels(policy: Policy, form: Form, places: Places, problems: Listed) -> None:
    """Levels name values that units can have."""
    for name, attributes in policy.levels.items():
        for attribute, values in attributes.items():
            column = form.by_name["unit"].by_name.get(LEVEL if attribute == SPEAKS_FOR else attribute)
            allowed = form.choices(column) if column else ()
            for value in values:
                if value not in allowed:
                    label = column.label if column else attribute
                    problems.add(
                        *places.level(name), say("check", "level_choice", level=name, label=label, value=value)
                    )


def _answers(policy: Policy, places: Places, problems: Listed) -> None:
    """Every clause has an indicator, a task or a reason; a reason stands alone."""
    in_tasks = {clause for bundle in policy.bundles for clause in bundle.clauses}
    for clause in policy.clauses:
        answered = clause in policy.indicator_of or clause in in_tasks
        if not answered and clause not in policy.not_encoded:
            problems.add(*places.clause(clause), say("check", "missing", clause=clause))
        if answered and clause in policy.not_encoded:
            problems.add(*places.reason(clause), say("check", "twice", clause=clause))
