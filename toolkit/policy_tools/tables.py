"""Closing lines of the commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from toolkit.model.policy import Policy
from toolkit.policy_tools.coverage import ANSWERS, SILENT, Answer, counts
from toolkit.policy_tools.texts import say, texts

if TYPE_CHECKING:
    from toolkit.policy_tools.lint import Lint


def coverage_line(policy: Policy, answers: Sequence[Answer]) -> str:
    """How many clauses have which answer."""
    found = counts(answers)
    silent = found[SILENT]
    facts = {"policy": policy.id, "total": len(answers), "answered": len(answers) - silent, "silent": silent}
    parts = [say("coverage", "counts", answer=texts()["answers"][name], count=found[name]) for name in ANSWERS]
    return say("coverage", "title", **facts) + "（" + "，".join(parts) + "）"


def check_line(result: Lint) -> str:
    """How many problems there are, or what was looked at."""
    if result.problems:
        return say("check", "found", n=len(result.problems))
    policy = result.policy
    assert policy is not None
    facts = {"clauses": policy.clauses, "indicators": policy.indicators, "parameters": policy.parameters}
    return say("check", "fine", **{name: len(items) for name, items in facts.items()})
