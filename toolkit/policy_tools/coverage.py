"""What the toolkit does about every clause of a policy, and where it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.compute.families.totals import Totals
from toolkit.compute.indicators import INFORMATION, family_form
from toolkit.model.form import Form
from toolkit.model.policy import Indicator, Parameters, Policy
from toolkit.policy_tools.phrases import Speaker, title_of
from toolkit.policy_tools.texts import say, texts
from toolkit.policy_tools.uses import Uses, uses

ANSWERS = COMPUTED, TOTAL, REGISTRY, TASK, NOT_ENCODED = ("computed", "total", "registry", "task", "not_encoded")
SILENT = "silent"
JOIN = "；"


@dataclass(frozen=True)
class Answer:
    """What the toolkit does about one clause.

    Args:
        answer: one of ANSWERS, or SILENT.
        where: sheets and columns it is read from, workbooks and sheets it shows in.
        reason: the formula in words, or why nothing is computed.
    """

    id: str
    answer: str
    where: str
    reason: str


def coverage(policy: Policy, form: Form) -> list[Answer]:
    """One answer a clause, in the order of the text.

    Raises: DefinitionError: an indicator of the pack is wrong.
    """
    speaker = Speaker(policy, form, Parameters(policy, policy.effective))
    return [answer_of(clause, speaker) for clause in policy.clauses]


def counts(answers: Iterable[Answer]) -> Counter[str]:
    """How many clauses have which answer."""
    return Counter(answer.answer for answer in answers)


def answer_of(clause: str, speaker: Speaker) -> Answer:
    """The answer to one clause: its indicator, its task, or why there is none."""
    policy = speaker.policy
    if indicator := policy.indicator_of.get(clause):
        return _indicator(indicator, speaker)
    for bundle in policy.bundles:
        if clause in bundle.clauses:
            row = say("coverage", "task_row", task_no=bundle.task_no)
            where = JOIN.join((row, texts()["coverage"]["levels"]))
            return Answer(clause, TASK, where, say("coverage", "task_reason", level=bundle.level))
    if clause in policy.not_encoded:
        reason, where = policy.not_encoded[clause]
        return Answer(clause, NOT_ENCODED, where or texts()["coverage"]["text_only"], reason)
    return Answer(clause, SILENT, "", texts()["coverage"]["silent"])


def _indicator(indicator: Indicator, speaker: Speaker) -> Answer:
    read = uses(indicator, speaker.policy, speaker.form)
    answer = kind_of(indicator, read, speaker.policy.clauses[indicator.clause].kind)
    shows = texts()["coverage"]
    where = [shows["figures" if indicator.force == "I" else "levels"]]
    if indicator.family == "allowance":
        where.append(shows["allowance"])
    if answer == REGISTRY:
        where.append(shows["tally"])
    if read.stats:
        where.append(shows["totals"])
    if indicator.family == "task":
        own = (item.task_no for item in speaker.policy.bundles if indicator.clause in item.clauses)
        where.append(say("coverage", "task_row", task_no=next(own, indicator.clause)))
    if read.columns:
        where.append(say("coverage", "reads", sheets=JOIN.join(sources(read, speaker))))
    reason = say("coverage", "family", title=title_of(indicator), formula=speaker.formula(indicator))
    return Answer(indicator.clause, answer, JOIN.join(where), reason)


def kind_of(indicator: Indicator, read: Uses, kind: str) -> str:
    """Which kind of answer an indicator is: a level, a ratio of totals, a list, a task.

    Args:
        kind: of the clause; a registry may have a level of its own.
    """
    if indicator.family == "task":
        return TASK
    only_totals = bool(read.stats) and set(read.columns) <= {"annual_stat"}
    if family_form(indicator) is Totals or (indicator.family == INFORMATION and only_totals):
        return TOTAL
    return REGISTRY if kind == REGISTRY or indicator.family == INFORMATION else COMPUTED


def sources(read: Uses, speaker: Speaker) -> list[str]:
    """The sheets with their columns, and the totals, by their labels."""
    found = []
    for sheet, columns in read.columns.items():
        known = speaker.form.by_name[sheet]
        if read.stats and sheet == "annual_stat":
            found.append(say("coverage", "stats", names="、".join(map(speaker.stat_name, read.stats))))
        else:
            labels = "、".join(known.by_name[name].label for name in columns)
            found.append(say("coverage", "sheet", sheet=known.label, columns=labels) if labels else known.label)
    return found
