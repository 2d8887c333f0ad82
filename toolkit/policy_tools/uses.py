"""What an indicator reads: sheets and columns of the form, annual totals, parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace

from toolkit.compute.allowance.rules import rules_of
from toolkit.compute.filters import Condition, RowFilter, UnitColumn
from toolkit.compute.indicators import ELSEWHERE, compile_indicators
from toolkit.model.form import Form
from toolkit.model.policy import Indicator, Policy

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
    words = set(_texts(compiled.family))
    sheets = {item.sheet for item in _walk(compiled.family) if isinstance(item, RowFilter)}
    stats = tuple(dict.fromkeys(name for name in compiled.family.stats if name))
    beside = {str(item) for item in _walk(compiled.family) if isinstance(item, UnitColumn)}
    columns = {
        sheet.name: tuple(name for name in sheet.names if name in (words if sheet.name in sheets else beside))
        for sheet in form.sheets
        if sheet.name in sheets or (sheet.name == "unit" and beside)
    }
    if stats:
        columns[STATS] = ("value",)
    if "task" in columns and not columns["task"]:
        columns["task"] = TASK_COLUMNS
    return Uses(columns, stats, tuple(name for name in policy.parameters if name in words))


def _walk(node: object) -> Iterator[object]:
    """Every part of a compiled family."""
    yield node
    if is_dataclass(node):
        for field in fields(node):
            yield from _walk(getattr(node, field.name))
    elif isinstance(node, tuple | list | frozenset | set):
        for item in node:
            yield from _walk(item)
    elif isinstance(node, dict):
        yield from _walk(list(node.values()))


def _texts(family: object) -> Iterator[str]:
    """All names in a compiled family; the values that a condition compares with are no names."""
    values = {item for part in _walk(family) if isinstance(part, Condition) for item in part.values}
    for item in _walk(family):
        if isinstance(item, str) and item not in values:
            yield item


def allowance_uses(clause: str, policy: Policy, form: Form) -> Uses:
    """What the allowances read, as far as one of their clauses is concerned."""
    rules = rules_of(policy)
    named = {post.column for post in rules.posts.values()}
    columns = {
        "unit": tuple(name for name in form.by_name["unit"].names if name in named),
        "post": tuple(name for name in form.by_name["post"].names if name in ALLOWANCE_COLUMNS),
    }
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
