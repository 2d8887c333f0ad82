"""What an indicator reads: sheets and columns of the form, annual totals, parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from toolkit.compute.allowance.rules import rules_of
from toolkit.compute.indicators import COMMON, ELSEWHERE, compile_indicators
from toolkit.compute.reads import columns_read, stats_read
from toolkit.model.form import Form
from toolkit.model.policy import Indicator, Policy
from toolkit.policies.loading import shared_parameters
from toolkit.registers.definitions import load_definitions

STATS = "annual_stat"
ALLOWANCE_COLUMNS = (
    "person_key",
    "post_type",
    "person_status",
    "org_code",
    "group_code",
    "start_date",
    "end_date",
    "subsidy_recipient",
    "paid_amount",
)
ALLOWANCE_PLACES = {
    "party_org": ("org_code", "org_type", "is_temporary", "set_date", "dissolve_date"),
    "study_group": ("group_code", "set_date", "dissolve_date"),
}
"""Sheets with the organisation and the group of a post, which say whether it is paid and may end it."""
TASKS = "task"
TASK_COLUMNS = ("task_no", "status", "due_date", "evidence_no", "na_reason")
ALLOWANCE_PARAMETERS = ("month_rule", "pay_in_service", "pool_reading", "dup_keep", "dup_scope")


@dataclass(frozen=True)
class Uses:
    """What one indicator reads.

    Args:
        columns: sheet → its columns, both in the order of the form.
        stats: keys of annual totals.
    """

    columns: dict[str, tuple[str, ...]]
    stats: tuple[str, ...]
    parameters: tuple[str, ...]


def uses(indicator: Indicator, policy: Policy, form: Form) -> Uses:
    """What an indicator reads.

    Raises: DefinitionError: the indicator or the allowance block is wrong.
    """
    if indicator.family in ELSEWHERE:
        return allowance_uses(indicator.clause, policy, form)
    (compiled,) = compile_indicators(replace(policy, indicators=(indicator,)), form)
    stats = stats_read(compiled.family)
    columns = columns_read(compiled, form)
    if stats:
        columns[STATS] = ("value",)
    if TASKS in compiled.sheets and not columns.get(TASKS):
        columns[TASKS] = TASK_COLUMNS
    return Uses(columns, stats, tuple(name for name in policy.parameters if name in compiled.named.parameters))


def unread(policy: Policy, form: Form) -> list[str]:
    """The parameters that nothing reads: no indicator, allowance, rule or register, and not the toolkit itself.

    Raises: DefinitionError: an indicator or the allowance block is wrong.
    """
    read = {*COMMON, *shared_parameters()}
    for indicator in policy.indicators:
        read |= {*uses(indicator, policy, form).parameters, *scalars(indicator.args)}
    for clause in rules_of(policy).clauses.values() if policy.allowance else ():
        read |= set(allowance_uses(clause, policy, form).parameters)
    read |= {name for rule in form.rules for name in scalars(rule.args)}
    for register in load_definitions(policy):
        read |= {str(block["items"]) for kind, block in register.blocks if kind == "items"}
    return [name for name in policy.parameters if name not in read]


def scalars(node: object) -> Iterator[str]:
    """All texts in the arguments of an indicator or a rule."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping | list | tuple):
        for part in node.values() if isinstance(node, Mapping) else node:
            yield from scalars(part)


def allowance_uses(clause: str, policy: Policy, form: Form) -> Uses:
    """What the allowances read, as far as one of their clauses is concerned."""
    rules = rules_of(policy)
    named = {post.column for post in rules.posts.values()}
    columns = {
        "unit": tuple(name for name in form.by_name["unit"].names if name in named),
        "post": tuple(name for name in form.by_name["post"].names if name in ALLOWANCE_COLUMNS),
    }
    for sheet, read in ALLOWANCE_PLACES.items():
        if sheet in form.by_name:
            columns[sheet] = tuple(name for name in form.by_name[sheet].names if name in read)
    wanted = {name for post in rules.posts.values() for name in (post.parameter, post.floor, post.cap_ratio)}
    wanted |= {*ALLOWANCE_PARAMETERS, rules.scope_parameter}
    stats = (rules.budget_stat,) if rules.clauses.get("budget") == clause else ()
    if stats:
        columns[STATS] = ("value",)
    return Uses(
        {sheet: names for sheet, names in columns.items() if names},
        stats,
        tuple(name for name in policy.parameters if name in wanted),
    )
