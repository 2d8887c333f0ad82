"""Indicators of a pack, compiled: every argument checked against the form, the code lists and the parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from toolkit.compute.case import Compiled, Family
from toolkit.compute.families import (
    checklist,
    combined,
    core_share,
    counts,
    coverage,
    floating,
    liaison,
    medal,
    occasions,
    org_name,
    organisation_form,
    registry,
    reserve,
    standing,
    targets,
    totals,
    training,
    upper_form,
    vacancy,
)
from toolkit.compute.filters import Condition
from toolkit.compute.reader import Reader, record_of
from toolkit.compute.reads import parts_of
from toolkit.compute.spans import span_of
from toolkit.model.duties import AREA_SUBJECTS, EVERYBODY, LEVEL, SPEAKS_FOR, Duty, duty_of
from toolkit.model.errors import DefinitionError
from toolkit.model.form import Form
from toolkit.model.policy import Indicator, Policy

FAMILIES: dict[str, Callable[[Reader], Family]] = {
    "counts": counts.compile_counts,
    "occasions": occasions.compile_occasions,
    "year_end": occasions.compile_year_end,
    "training": training.compile_training,
    "core_share": core_share.compile_core_share,
    "separate_branch": organisation_form.compile_separate,
    "branch_size": organisation_form.compile_branch_size,
    "upper_form": upper_form.compile_upper,
    "still_enough": organisation_form.compile_minimum,
    "coverage": coverage.compile_coverage,
    "exists": coverage.compile_exists,
    "totals": totals.compile_totals,
    "amount": totals.compile_amount,
    "field": totals.compile_field,
    "vacancy": vacancy.compile_vacancy,
    "term_end": standing.compile_term_end,
    "gap": standing.compile_gap,
    "overdue": standing.compile_overdue,
    "target": targets.compile_target,
    "kinds": targets.compile_kinds,
    "by_level": targets.compile_by_level,
    "org_name": org_name.compile_org_name,
    "listed_name": org_name.compile_listed_name,
    "reserve_eligible": reserve.compile_eligible,
    "reserve_coverage": reserve.compile_reserve_coverage,
    "in_service_share": reserve.compile_in_service,
    "status": liaison.compile_status,
    "load": liaison.compile_load,
    "after_months": floating.compile_after_months,
    "contact": floating.compile_contact,
    "tracked": floating.compile_tracked,
    "medal": medal.compile_medal,
    "task": checklist.compile_task,
    "consent": checklist.compile_consent,
    "registry": registry.compile_registry,
    "combined": combined.compile_combined,
    "evaluation": combined.compile_evaluation,
}
"""Family name of the pack → its compiler. `allowance` is computed elsewhere and only named in the pack."""

ELSEWHERE = ("allowance",)
LAST = ("combined", "evaluation")
COMMON = ("strict_soft", "warn_from_share")
"""Parameters that every pack has; those of single families are asked for where an indicator reads them."""


@lru_cache(maxsize=8)
def compile_indicators(policy: Policy, form: Form) -> tuple[Compiled, ...]:
    """All indicators of a pack that are computed here, those that rest on others last.

    Raises: DefinitionError: unknown family, key, column, choice, statistic, parameter or clause; file and line.
    """
    computed = any(indicator.family not in ELSEWHERE for indicator in policy.indicators)
    for name in COMMON if computed else ():
        if name not in policy.parameters:
            raise DefinitionError(policy.folder / "parameters.yaml", 1, f"缺少参数“{name}”")
    found = [_compile(indicator, policy, form) for indicator in policy.indicators if indicator.family not in ELSEWHERE]
    return tuple(sorted(found, key=lambda compiled: compiled.indicator.family in LAST))


def _compile(indicator: Indicator, policy: Policy, form: Form) -> Compiled:
    reader = Reader(record_of(indicator), policy, form, indicator)
    if indicator.family not in FAMILIES:
        reader.fail(f"没有算法“{indicator.family}”，只有 {'、'.join((*FAMILIES, *ELSEWHERE))}")
    span = span_of(indicator.period)
    if span is None:
        reader.fail(f"“period”不能是“{indicator.period}”")
    assert span is not None
    everywhere = reader.flag("everywhere")
    family = FAMILIES[indicator.family](reader)
    reader.done()
    _known_when_open(family, reader)
    return Compiled(indicator, span, family, _duty(indicator, policy, form, reader), everywhere)


def _known_when_open(family: Family, reader: Reader) -> None:
    """A text that rows must contain lets all pass while nobody has set it; only `open_parameter` says 未评 then."""
    known = getattr(family, "open_parameter", "")
    for part in parts_of(family):
        if isinstance(part, Condition) and part.operator == "contains" and part.parameter != known:
            name = part.parameter
            reader.fail(f"“contains”的参数“{name}”没有设定时谁都算，要写 open_parameter: {name}，这时才是未评")


def _duty(indicator: Indicator, policy: Policy, form: Form, reader: Reader) -> Duty:
    """Who bears the duty, every name of `applies` checked."""
    for name in indicator.applies.get("bearer", ()):
        if name not in policy.levels:
            reader.fail(f"“applies”：没有层级“{name}”")
    for attribute, values in indicator.applies.items():
        if attribute != "bearer":
            name = LEVEL if attribute == SPEAKS_FOR else attribute
            column = reader.known_column(name, "unit", "applies")
            allowed = form.choices(form.by_name["unit"].by_name[column])
            unknown = [value for value in values if allowed and value not in allowed]
            if unknown:
                reader.fail(f"“applies”：没有“{unknown[0]}”这个选项")
    duty = duty_of(indicator, policy)
    if indicator.subject in AREA_SUBJECTS and indicator.force != "I" and duty == EVERYBODY:
        reader.fail("“applies”：整个地区的条款应说明由哪一级承担")
    return duty
