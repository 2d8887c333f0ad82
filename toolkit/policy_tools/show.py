"""One clause as people ask for it: text, duty bearer, parameters in force, formula, worked examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from toolkit.campaign.parameters import line_of
from toolkit.compute.compliance import text_of
from toolkit.compute.figures import TERMS, natures_of
from toolkit.model import strictyaml
from toolkit.model.errors import XltoolError
from toolkit.model.figures import PROVED, kind_of
from toolkit.model.form import Form
from toolkit.model.policy import Parameters, Policy
from toolkit.policies import load_policy, policy_ids
from toolkit.policy_tools.coverage import answer_of
from toolkit.policy_tools.phrases import Speaker, title_of
from toolkit.policy_tools.texts import say, texts, words_of
from toolkit.policy_tools.uses import uses

EXAMPLES = "examples.yaml"


@dataclass(frozen=True)
class Example:
    """One worked example: number, case, clause, result in words."""

    no: str
    case: str
    clause: str
    result: str


def policy_with(clause: str, name: str = "") -> Policy:
    """The policy that has a clause: the one named, or the first that ships and has it.

    Raises: XltoolError: P004 no policy has this clause.
    """
    for policy in [load_policy(name)] if name else map(load_policy, policy_ids()):
        if clause in policy.clauses:
            return policy
    raise XltoolError("P004", clause=clause, policies=name or "、".join(policy_ids()))


def examples(policy: Policy) -> list[Example]:
    """The worked examples that the pack carries, in their order."""
    return list(_examples(policy.folder / EXAMPLES))


@cache
def _examples(path: Path) -> tuple[Example, ...]:
    if not path.exists():
        return ()
    records = strictyaml.load(path).records("examples")
    return tuple(Example(*(record.text(key) for key in ("no", "case", "clause", "result"))) for record in records)


def clause_record(policy: Policy, form: Form, clause: str, day: date) -> dict[str, object]:
    """Everything about one clause as plain data.

    Raises: DefinitionError: the indicator of the clause is wrong.
    """
    speaker = Speaker(policy, form, Parameters(policy, day))
    known, indicator = policy.clauses[clause], policy.indicator_of.get(clause)
    answer = answer_of(clause, speaker)
    record: dict[str, object] = {
        "id": clause,
        "policy": policy.id,
        "title": known.title,
        "section": known.section,
        "quote": known.quote,
        "duty_bearer": known.duty_bearer,
        "responsible_units": list(known.responsible_units),
        "kind": known.kind,
        "answer": answer.answer,
        "where": answer.where,
        "reason": answer.reason,
        "indicator": None,
        "parameters": [parameter_record(speaker, name) for name in parameter_names(speaker, clause)],
        "examples": [
            {"no": item.no, "case": item.case, "result": item.result}
            for item in examples(policy)
            if item.clause == clause
        ],
        "overall": _overall(speaker, clause),
    }
    if indicator:
        record["indicator"] = {
            "family": indicator.family,
            "title": title_of(indicator),
            "formula": speaker.formula(indicator),
            "force": indicator.force,
            "force_in_words": words_of("force")[indicator.force],
            "remedy": indicator.remedy,
            "period": speaker.period(indicator.period),
            "applies": {key: list(values) for key, values in indicator.applies.items()},
        }
    return record


def _overall(speaker: Speaker, clause: str) -> dict[str, object]:
    """How the clause counts for 总评, with the parameters of 总评 where it does."""
    nature = natures_of(speaker.policy, speaker.parameters)[clause]
    names = TERMS if kind_of(nature) == PROVED else ()
    return {"nature": nature, "parameters": [parameter_record(speaker, name) for name in names]}


def parameter_names(speaker: Speaker, clause: str) -> list[str]:
    """The parameters that the indicator reads or that name the clause, in the order of the pack."""
    policy = speaker.policy
    indicator = policy.indicator_of.get(clause)
    read = set(uses(indicator, policy, speaker.form).parameters) if indicator else set()
    return [name for name, known in policy.parameters.items() if name in read or clause in known.clauses]


def parameter_record(speaker: Speaker, name: str) -> dict[str, object]:
    """One parameter with its value on the day, its unit, where it comes from, and what leaving it open means."""
    known = speaker.policy.parameters[name]
    value = speaker.parameters.at(name, speaker.parameters.day)
    line = line_of(known, speaker.form, speaker.parameters)
    return {
        "name": name,
        "title": known.title,
        "value": None if value is None else text_of(value),
        "in_words": line.shown,
        "unit": known.unit,
        "clauses": list(known.clauses),
        "why": "" if known.clauses else known.why,
        "source": known.source,
        "allowed": line.allowed,
        "if_open": line.if_open if value is None or known.if_open else "",
    }


def clause_text(record: Mapping, day: date) -> str:
    """The record of a clause as lines for the terminal."""
    words = texts()["show"]
    lines = [words["heading"].format(**record), ""]
    lines += _line("section", record["section"]) + _line("quote", record["quote"])
    lines += _line("bearer", record["duty_bearer"]) + _line("units", "、".join(record["responsible_units"]))
    lines += _line("answer", texts()["answers"].get(record["answer"], record["answer"]))
    lines += _line("where", record["where"])
    if indicator := record["indicator"]:
        lines += _line("family", indicator["title"]) + _line("formula", indicator["formula"])
        lines += _line("force", indicator["force_in_words"]) + _line("period", indicator["period"])
        applies = "；".join("、".join(values) for values in indicator["applies"].values())
        lines += _line("applies", applies) + _line("remedy", indicator["remedy"])
    else:
        lines += _line("reason", record["reason"])
    if record["parameters"]:
        lines += ["", words["parameters"].format(day=day)]
        lines += ["  " + parameter_line(item) for item in record["parameters"]]
    nature = record["overall"]["nature"]
    lines += ["", say("show", "overall", nature=nature, meaning=words["overall_meaning"][nature])]
    lines += ["  " + parameter_line(item) for item in record["overall"]["parameters"]]
    if record["examples"]:
        lines += ["", words["examples"]]
        lines += ["  " + words["example"].format(**item) for item in record["examples"]]
    return "\n".join(lines)


def parameter_line(item: Mapping) -> str:
    """One parameter as a line."""
    words = texts()["show"]
    open_one = item["value"] is None
    return say(
        "show",
        "parameter",
        title=item["title"],
        value=words["open"] if open_one else item["in_words"],
        unit="" if open_one else shown_unit(item["unit"]),
        basis="；".join(part for part in ("、".join(item["clauses"]), item["why"], item["source"]) if part)
        + (words["if_open"].format(**item) if open_one else ""),
    )


def shown_unit(unit: str) -> str:
    """The unit after a number; a share has none.

    >>> shown_unit("元/月"), shown_unit("比例")
    ('元/月', '')
    """
    return "" if unit == words_of("filter")["ratio"] else unit


def _line(key: str, value: str) -> list[str]:
    return [f"{texts()['show'][key]}：{value}"] if value else []
