"""The parameters that the policy leaves open, as a clerk reads them: what each is about, its value, what leaving it
open means; and a clerk's own words for a value as the settings have it.

What follows from who reads a parameter is derived: clauses that wait for it are 未评, an allowance takes the unit's own
standard, a register has no items to list. Only what does not follow stands in the pack (`if_open`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from toolkit.campaign import check_items, items_of, parameter_value
from toolkit.campaign.settings_file import save
from toolkit.campaign.words import campaign_words
from toolkit.model.errors import XltoolError
from toolkit.model.form import Form
from toolkit.model.policy import Dated, Override, Parameter, Parameters, Policy, Value

if TYPE_CHECKING:
    from toolkit.campaign import Campaign

LONGEST_QUOTE = 30
UNIT = "unit"
NUMBERS = ("integer", "count", "decimal")


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter as a clerk reads it.

    Args:
        clauses: (id, the beginning of its text).
        value: as a clerk reads it; "" = open.
        allowed: what may be set; choices: the words to choose from, () = it may be anything of its kind.
        if_open: what leaving it open means.
        why: what it is needed for; said where no clause is named.
    """

    name: str
    title: str
    clauses: tuple[tuple[str, str], ...]
    value: str
    allowed: str
    if_open: str
    choices: tuple[str, ...] = ()
    why: str = ""

    @property
    def shown(self) -> str:
        """The value, or the word for none."""
        return self.value or open_word()

    @property
    def quotes(self) -> str:
        """The clauses, each with the beginning of its text; why the parameter is there, where it has none."""
        said = campaign_words().parameters
        quotes = [said["quote"].format(clause=clause, quote=quote) for clause, quote in self.clauses]
        return said["also"].join(quotes) or self.why

    def said(self, name: str) -> str:
        """A line of `parameters` in the words of a round."""
        return (
            campaign_words()
            .parameters[name]
            .format(
                name=self.name,
                title=self.title,
                quotes=self.quotes,
                clauses="、".join(clause for clause, _ in self.clauses),
                value=self.shown,
                allowed=self.allowed,
                if_open=self.if_open,
            )
        )


def open_word() -> str:
    """What stands where an open parameter's value would, here and in every output."""
    from toolkit.summary.labels import words

    return words().common["open"]


def year_end(policy: Policy, year: int, overrides: Mapping[str, Override] | None = None) -> Parameters:
    """The parameters of a report year: those in force on its last day."""
    return Parameters(policy, date(year, 12, 31), overrides)


def open_parameters(
    policy: Policy, year: int, overrides: Mapping[str, Override] | None = None
) -> tuple[Parameter, ...]:
    """The parameters that the policy leaves open and nobody has set for the year."""
    known = year_end(policy, year, overrides)
    return tuple(one for one in policy.parameters.values() if known.at(one.name, known.day) is None)


def parameter_lines(
    policy: Policy, form: Form, year: int, overrides: Mapping[str, Override] | None = None, *, all_of_them: bool = False
) -> tuple[Line, ...]:
    """The parameters that the policy leaves open, set by now or not, and those that the round itself has left open."""
    set_now = year_end(policy, year, overrides)
    found = {one.name for known in (None, overrides) for one in open_parameters(policy, year, known)}
    return tuple(line_of(one, form, set_now) for one in policy.parameters.values() if all_of_them or one.name in found)


def lines_of(campaign: Campaign, all_of_them: bool = False) -> tuple[Line, ...]:
    """The parameters of a round that the policy leaves open, or all of them."""
    return parameter_lines(campaign.policy, campaign.form, campaign.year, campaign.overrides, all_of_them=all_of_them)


def set_parameters(campaign: Campaign, changes: Mapping[str, str]) -> None:
    """Puts what a clerk typed for some parameters into the settings of a round: all of it, or nothing.

    Args:
        changes: name in the settings or Chinese name → value as typed, "" = left open.
    Raises: XltoolError: P002 a value that the parameter cannot have, P009, P010 (see `setting_of`), M014, O001–O003.
    """
    save(campaign.folder, {}, as_settings(campaign, changes))


def as_settings(campaign: Campaign, changes: Mapping[str, str]) -> dict[str, str | tuple[str, ...]]:
    """Name in the settings → value as the file has it, for what a clerk typed; raises as `set_parameters`."""
    known = [setting_of(campaign.policy, name, campaign.overrides) for name in changes]
    return {one.name: as_setting(one, text, campaign.policy) for one, text in zip(known, changes.values(), strict=True)}


def line_of(parameter: Parameter, form: Form, parameters: Parameters) -> Line:
    """One parameter as a clerk reads it, with its value in force."""
    clauses, said = parameters.policy.clauses, campaign_words().parameters
    value = parameters.at(parameter.name, parameters.day)
    return Line(
        name=parameter.name,
        title=parameter.title,
        clauses=tuple((clause, _short(clauses[clause].quote)) for clause in parameter.clauses),
        value=value_in_words(parameter, value),
        allowed=_allowed(parameter, parameters.policy),
        if_open=if_open(parameter, form, parameters) if value is None or parameter.may_be_open else said["settled"],
        choices=tuple(words_of(parameter)),
        why=parameter.why,
    )


def _short(quote: str) -> str:
    """The beginning of a text that will stand between quotation marks."""
    quote = quote.translate({ord("“"): "‘", ord("”"): "’"})
    return quote if len(quote) <= LONGEST_QUOTE else quote[: LONGEST_QUOTE - 1] + "…"


def value_in_words(parameter: Parameter, value: Value | None) -> str:
    """A value as a clerk reads it and may type it; "" = open."""
    from toolkit.compute.compliance import text_of
    from toolkit.summary.labels import parameter_word

    return "" if value is None else parameter_word(parameter.name, text_of(value), parameter)


def _allowed(parameter: Parameter, policy: Policy) -> str:
    """What may be set, in words."""
    said = campaign_words().parameters
    if parameter.type in ("choice", "flag"):
        return said["one_of"].format(choices="、".join(words_of(parameter)))
    if parameter.type in NUMBERS:
        return said[parameter.type] + (said["unit"].format(unit=parameter.unit) if parameter.unit else "")
    items = items_of(policy, parameter)
    return said[parameter.type] + (said["items"].format(items="、".join(items)) if items else "")


def words_of(parameter: Parameter) -> dict[str, str]:
    """What a clerk calls the choices of a parameter → the choice; {} when it may be anything."""
    values = {"choice": parameter.choices, "flag": ("on", "off")}.get(parameter.type, ())
    from toolkit.summary.labels import parameter_word

    return {parameter_word(parameter.name, value, parameter): value for value in values}


def if_open(parameter: Parameter, form: Form, parameters: Parameters) -> str:
    """What leaving a parameter open means: what follows from who reads it, then what the pack says."""
    said = [*follows(parameter, form, parameters), *([parameter.if_open] if parameter.if_open else [])]
    words = campaign_words().parameters
    return words["and"].join(said) if said else words["unknown"]


def follows(parameter: Parameter, form: Form, parameters: Parameters) -> Iterator[str]:
    """What follows from leaving a parameter open, by who reads it; nothing where only the pack can say it.

    Args:
        parameters: those in force; its own value does not matter.
    """
    without = Parameters(parameters.policy, parameters.day, {**parameters.overrides, parameter.name: None})
    yield from _unset(parameter.name, form, without)
    yield from _own_rates(parameter.name, form, without.policy)
    yield from _not_listed(parameter, without.policy)


def _unset(name: str, form: Form, parameters: Parameters) -> Iterator[str]:
    """The clauses that are 未评 without it."""
    from toolkit.compute.indicators import compile_indicators
    from toolkit.compute.waiting import waits

    found = [one.clause for one in compile_indicators(parameters.policy, form) if name in waits(one, parameters)]
    if found:
        yield campaign_words().parameters["unset"].format(clauses="、".join(found))


def _own_rates(name: str, form: Form, policy: Policy) -> Iterator[str]:
    """The posts that are paid by what each unit states without it."""
    from toolkit.compute.allowance.rules import rules_of

    if not policy.allowance:
        return
    posts = [rule for rule in rules_of(policy).posts.values() if name in (rule.parameter, rule.floor)]
    columns = {rule.column: form.by_name[UNIT].by_name[rule.column].label for rule in posts if rule.column}
    said = campaign_words().parameters
    for label in columns.values():
        yield said["own_rates"].format(sheet=form.by_name[UNIT].label, label=label)
    if bare := [rule.post for rule in posts if not rule.column]:
        yield said["no_rates"].format(posts="、".join(bare))


def _not_listed(parameter: Parameter, policy: Policy) -> Iterator[str]:
    """The register that cannot list its items, and by what the clauses are judged all the same."""
    from toolkit.registers.definitions import load_definitions

    said = campaign_words().parameters
    for register in load_definitions(policy):
        if any(kind == "items" and block.get("items") == parameter.name for kind, block in register.blocks):
            yield said["not_listed"].format(sheet=register.sheet)
            for clause in parameter.clauses:
                indicator = policy.indicator_of.get(clause)
                if indicator is None or indicator.family == "task":
                    yield said["by_tick"].format(clause=clause)
                elif indicator.force == "I":
                    yield said["only_lists"].format(clause=clause)


def setting_of(policy: Policy, name: str, overrides: Mapping[str, Override] | None = None) -> Parameter:
    """The parameter that a clerk names: by its name in the settings, or by its Chinese name.

    Raises: XltoolError: P010 there is none, P009 it has values with dates, which one value would wipe out.
    """
    titled = [one for one in policy.parameters.values() if name.strip() in (one.name, one.title)]
    if len(titled) != 1:
        raise XltoolError("P010", policy=policy.id, parameter=name)
    if isinstance((overrides or {}).get(titled[0].name), Dated):
        raise XltoolError("P009", title=titled[0].title)
    return titled[0]


def as_setting(parameter: Parameter, text: str, policy: Policy) -> str | tuple[str, ...]:
    """What a clerk typed as the settings file has it; nothing = left open.

    Raises: XltoolError: P002 the parameter cannot have this value.
    """
    from toolkit.compute.compliance import text_of

    text = "" if text.strip() == open_word() else text.strip()
    words = words_of(parameter)
    plain = words.get(text, text)
    if text and words and plain not in words.values():
        raise XltoolError("P002", parameter=parameter.title, value=text, problem=_allowed(parameter, policy))
    value = parameter_value(parameter, plain, parameter.title)
    if value is None:
        return ""
    check_items(policy, parameter, value, parameter.title)
    return value if isinstance(value, tuple) else text_of(value) if parameter.type in NUMBERS else plain
