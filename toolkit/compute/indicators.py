"""Indicators of a pack, compiled: every argument checked against the form, the code lists and the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from toolkit.compute import families
from toolkit.compute.case import Compiled, Family
from toolkit.compute.families.base import OF_AREA, OF_UNIT, Resting
from toolkit.compute.families.combined import Combined, Evaluation
from toolkit.compute.families.each import wordings
from toolkit.compute.filters import Condition
from toolkit.compute.lookups import Named, Reading, nearest, record_of
from toolkit.compute.reads import parts_of
from toolkit.compute.spans import span_of
from toolkit.model import strictyaml
from toolkit.model.binder import bind, keys_of, refuse_unknown
from toolkit.model.catalogue import entry
from toolkit.model.duties import AREA_SUBJECTS, EVERYBODY, LEVEL, SPEAKS_FOR, Duty, duty_of
from toolkit.model.errors import DefinitionError
from toolkit.model.form import Form
from toolkit.model.policy import Indicator, Policy

NAMES = ("each", "share", "frequency", "open_for", "form", "information", "combined", "task")
"""The families of the packs; `allowance`, the ninth, is computed elsewhere and only named in the pack."""


def _forms() -> dict[str, tuple[type[Resting], ...]]:
    """Family → its forms, those without a mark last: every dataclass of the room that says which family it is of."""
    found: dict[str, list[type[Resting]]] = {name: [] for name in NAMES}
    for module in sorted(one.name for one in iter_modules(families.__path__)):
        name = f"{families.__name__}.{module}"
        for form in vars(import_module(name)).values():
            if isinstance(form, type) and issubclass(form, Resting) and form.family and form.__module__ == name:
                found[form.family].append(form)
    return {name: tuple(sorted(forms, key=lambda form: not form.mark)) for name, forms in found.items()}


FAMILIES: Mapping[str, tuple[type[Resting], ...]] = _forms()
ELSEWHERE = ("allowance",)
INFORMATION = "information"
LAST = (Combined, Evaluation)
"""The forms that rest on the results of other clauses, in the order in which they are judged."""
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
    return tuple(sorted(found, key=lambda compiled: isinstance(compiled.family, LAST)))


def family_form(indicator: Indicator) -> type[Resting] | None:
    """The form of its family that an indicator is written in; None for a family that is not computed here.

    Of several whose mark is written it is the one that knows most of the keys.
    """
    forms, written = FAMILIES.get(indicator.family, ()), indicator.args.keys()
    marked = [one for one in forms if one.mark in written]
    if marked:
        return max(marked, key=lambda one: len(written & keys_of(one).keys()))
    return next((one for one in forms if not one.mark), forms[0] if forms else None)


def says_form(indicator: Indicator) -> bool:
    """Whether a clause says whether an organisation has the form that its size asks for."""
    args = indicator.args
    wording = wordings().get(str(args.get("says"))) if indicator.family == "each" else None
    return indicator.family == "form" or (wording is not None and wording.about == "form")


@cache
def former_names() -> Mapping[str, Mapping[str, str]]:
    """Name of a family until version 0.1 → how it is written now (`former.yaml`, which `policy upgrade` follows)."""
    path = Path(__file__).with_name("former.yaml")
    return strictyaml.plain(strictyaml.load(path))  # type: ignore[return-value]


def _compile(indicator: Indicator, policy: Policy, form: Form) -> Compiled:
    named = Named()
    at = Reading(record_of(indicator), policy, form, indicator, named=named)
    kind = family_form(indicator)
    if kind is None:
        _no_such_family(indicator.family, at)
    span = span_of(indicator.period)
    if span is None:
        at.fail(f"“period”不能是“{indicator.period}”")
    assert span is not None and kind is not None
    refuse_unknown(kind, at.record, (form.mark for form in FAMILIES[indicator.family] if form.mark))
    _understands(kind, indicator, at)
    family: Family = bind(kind, at)  # type: ignore[assignment]
    _known_when_open(family, at)
    everywhere = getattr(family, "everywhere", False)
    return Compiled(indicator, span, family, _duty(indicator, policy, form, at.apart()), everywhere, named)


def _no_such_family(name: str, at: Reading) -> None:
    if name in former_names():
        at.fail(entry("FAMILY-FORMER").message.format(name=name, line=former_names()[name]["line"]))
    names = (*FAMILIES, *ELSEWHERE)
    at.fail(f"没有算法“{name}”，只有 {'、'.join(names)}" + nearest(name, names))


def _understands(kind: type[Resting], indicator: Indicator, at: Reading) -> None:
    """The period and the subject are among those that the form of the family declares."""
    word = "only" if indicator.period.isdigit() else indicator.period.partition(" ")[0]
    if word not in kind.periods:
        at.fail(f"“{kind.title}”没有“{indicator.period}”这个周期，可以写 {'、'.join(kind.periods)}")
    subject = OF_AREA if indicator.subject in AREA_SUBJECTS else OF_UNIT
    if subject not in kind.scopes:
        wrong = "按单位评，“subject”不能是整个地区" if subject == OF_AREA else "按整个地区评，“subject”要是地区"
        at.fail(f"“{kind.title}”{wrong}：{indicator.subject}")


def _known_when_open(family: Family, at: Reading) -> None:
    """A text that rows must contain lets all pass while nobody has set it; only `open_parameter` says 未评 then."""
    known = getattr(family, "open_parameter", "")
    for part in parts_of(family):
        if isinstance(part, Condition) and part.operator == "contains" and part.parameter != known:
            name = part.parameter
            at.fail(f"“contains”的参数“{name}”没有设定时谁都算，要写 open_parameter: {name}，这时才是未评")


def _duty(indicator: Indicator, policy: Policy, form: Form, at: Reading) -> Duty:
    """Who bears the duty, every name of `applies` checked."""
    for name in indicator.applies.get("bearer", ()):
        if name not in policy.levels:
            at.fail(f"“applies”：没有层级“{name}”")
    for attribute, values in indicator.applies.items():
        if attribute != "bearer":
            name = LEVEL if attribute == SPEAKS_FOR else attribute
            column = at.column(name, "unit", "applies")
            allowed = form.choices(form.by_name["unit"].by_name[column])
            unknown = [value for value in values if allowed and value not in allowed]
            if unknown:
                at.fail(f"“applies”：没有“{unknown[0]}”这个选项")
    duty = duty_of(indicator, policy)
    if indicator.subject in AREA_SUBJECTS and indicator.force != "I" and duty == EVERYBODY:
        at.fail("“applies”：整个地区的条款应说明由哪一级承担")
    return duty
