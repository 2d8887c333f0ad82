"""An indicator in words: its arguments rendered with the labels of the form and the parameters in force."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter

from toolkit.compute.allowance.rules import PostRule, rules_of
from toolkit.compute.compliance import text_of
from toolkit.compute.fields import Column, role_of
from toolkit.compute.filters import OPERATORS, RowFilter
from toolkit.compute.indicators import family_form
from toolkit.model import strictyaml
from toolkit.model.binder import defaults_of, fields_of
from toolkit.model.form import Form
from toolkit.model.policy import Indicator, Parameters, Policy
from toolkit.policy_tools.texts import formulas, words_of
from toolkit.summary.labels import parameter_word

PART = re.compile("〖(.*?)〗")
COUNTED = re.compile("(参数“[^”]*”（[^）]*）)(?:个月|[名天次个年])")


def title_of(indicator: Indicator) -> str:
    """How people call the way in which an indicator is computed."""
    kind = family_form(indicator)
    return kind.title if kind else formulas()[indicator.family]["title"]


def _defaults(kind: type) -> dict[str, object]:
    """What a family takes where the pack does not say it, as it would be written."""
    found: dict[str, object] = {}
    for key, value in defaults_of(kind).items():
        if isinstance(value, str):
            found[key] = value
    return found


def _own_rows(kind: type) -> list[RowFilter]:
    """The rows that a family is about where the pack names none."""
    return [value for value in defaults_of(kind).values() if isinstance(value, RowFilter)]


def _roles(kind: type, args: Mapping[str, object], form: Form) -> dict[str, str]:
    """The columns that are not written because the form says what they are for."""
    found = {}
    for one in fields_of(kind):
        if isinstance(one.kind, Column) and one.kind.role and one.key not in args:
            rows = args.get(one.kind.of)
            found[one.key] = role_of(form, str(rows["sheet"]), one.kind.role) if isinstance(rows, Mapping) else ""
    return found


@dataclass(frozen=True)
class Speaker:
    """Renders arguments of one policy's indicators.

    Args:
        parameters: those in force, with the overrides of a round.
    """

    policy: Policy
    form: Form
    parameters: Parameters

    def formula(self, indicator: Indicator) -> str:
        """The formula of an indicator in words."""
        kind = family_form(indicator)
        if kind is None:
            return self.allowance()
        args = _defaults(kind) | strictyaml.plain(dict(indicator.args))  # type: ignore[operator]
        args |= _roles(kind, args, self.form)
        said = {key: self._say(key, value, self._sheet(args)) for key, value in args.items()}
        goal = "goal_at_most" if args.get("at_most") == "true" else "goal"
        if rows := None if "rows" in args else next(iter(_own_rows(kind)), None):
            said["own"] = self.form.by_name[rows.sheet].label
        said |= {"period": self.period(indicator.period), "goal": words_of("filter")[goal]}
        return _fill(kind.sentence, said)

    def period(self, text: str) -> str:
        """A period in words."""
        word, _, rest = text.partition(" ")
        periods = words_of("periods")
        if text.isdigit():
            return periods["only"].format(year=text)
        return periods.get(word, text).format(day=rest)

    def parameter(self, name: str, day: date | None = None) -> str:
        """A parameter with its value in force."""
        known = self.policy.parameters[name]
        value = text_of(self.parameters.get(name, day))
        unit = "" if known.unit == words_of("filter")["ratio"] else known.unit
        value = parameter_word(name, value, known) + unit if value else words_of("filter")["open"]
        return words_of("filter")["parameter"].format(title=known.title, value=value)

    def allowance(self) -> str:
        """The allowance block in words."""
        rules, words = rules_of(self.policy), words_of("allowance")
        posts = "；".join(self._post(rule, words) for rule in rules.posts.values())
        return words[rules.regime].format(posts=posts)

    def _post(self, rule: PostRule, words: Mapping[str, str]) -> str:
        column = self._label(rule.column, ("unit",)) if rule.column else ""
        column = words["column"].format(label=column) if column else ""
        parameter = self.parameter(rule.parameter) if rule.parameter else ""
        both = words["both"].format(parameter=parameter, column=column) if column and parameter else column or parameter
        parts = [both]
        parts += [words["floor"].format(parameter=self.parameter(rule.floor))] if rule.floor else []
        if rule.cap_of:
            parts.append(words["cap"].format(post=rule.cap_of, parameter=self.parameter(rule.cap_ratio)))
        return words["post"].format(post=rule.post, standard="，".join(parts))

    def _sheet(self, args: object) -> tuple[str, ...]:
        """The sheets that the arguments name, in their order; labels are looked up there first."""
        found: list[str] = []
        if isinstance(args, Mapping):
            found += [args["sheet"]] if isinstance(args.get("sheet"), str) else []
            found += [name for value in args.values() for name in self._sheet(value)]
        elif isinstance(args, list):
            found += [name for value in args for name in self._sheet(value)]
        return tuple(dict.fromkeys(found))

    def _say(self, key: str, value: object, sheets: tuple[str, ...]) -> str:
        if key == "measures":
            return "；".join(self._measure(item) for item in value)  # type: ignore[union-attr]
        if key == "seasons":
            return "；".join(self._named(str(name), str(item)) for name, item in value.items())  # type: ignore[union-attr]
        if key in ("done", "when", "must", "doubt", "agreed") and isinstance(value, Mapping):
            return self._conditions(value, sheets or ("unit",))
        if isinstance(value, Mapping):
            return str(value["of"]) if key == "reach" else self._mapping(value, sheets)
        if isinstance(value, list):
            return "、".join(self._label(str(item), sheets) for item in value)
        if key in ("open_parameter", "parameter", "scope", "cutoff", "start", "basis", "from", "late", "term"):
            return self.parameter(str(value)) if value in self.policy.parameters else str(value)
        if key == "grace_days" and str(value).startswith("-"):
            return ""
        return str(value) if key == "what" else self._label(str(value), sheets)

    def _named(self, name: str, parameter: str) -> str:
        """What a parameter is set for, and the parameter."""
        return words_of("filter")["season"].format(name=name, parameter=self.parameter(parameter))

    def _mapping(self, value: Mapping, sheets: tuple[str, ...]) -> str:
        if "sheet" in value:
            return self._rows(value)
        if set(value) <= {"parameter", "is", "each"}:
            return self.parameter(value["parameter"])
        if "rows" in value:
            return self._rows(value["rows"])
        parts = [f"{self._label(str(name), sheets)} {self._say(name, item, sheets)}" for name, item in value.items()]
        return "；".join(parts)

    def _rows(self, rows: Mapping) -> str:
        words, sheet = words_of("filter"), rows["sheet"]
        parts = [self._conditions(rows["where"], (sheet,))] if rows.get("where") else []
        parts += [words["active"]] if rows.get("active") else []
        parts += [words_of("organisations")[rows["organisations"]]] if rows.get("organisations") else []
        conditions = words["where"].format(conditions=words["and"].join(parts)) if parts else words["all"]
        return words["rows"].format(sheet=self.form.by_name[sheet].label, conditions=conditions)

    def _conditions(self, where: Mapping, sheets: tuple[str, ...]) -> str:
        return words_of("filter")["and"].join(self._condition(key, value, sheets) for key, value in where.items())

    def _condition(self, key: str, value: object, sheets: tuple[str, ...]) -> str:
        words = words_of("filter")
        label = f"”{words['either']}“".join(self._label(name, sheets) for name in key.split("|"))
        if not isinstance(value, Mapping):
            return words["in"].format(label=label, values=_listed(value))
        name = next(name for name in OPERATORS if name in value)
        wanted = value[name]
        if name in ("filled", "in_year") and wanted == "false":
            return words["empty" if name == "filled" else "not_in_year"].format(label=label)
        said = self.parameter(wanted["parameter"]) if isinstance(wanted, Mapping) else _listed(wanted)
        return words[name].format(label=label, values=said, value=said)

    def _measure(self, item: Mapping) -> str:
        words = words_of("filter")
        if "stat" in item:
            what = words["stat"].format(name=self._label(item["stat"], ()))
            of = item.get("of_stat")
            of = words["stat"].format(name=self._label(of, ())) if of else ""
        else:
            what, of = self._rows(item["rows"]), self._rows(item["of"]) if "of" in item else ""
        what = words["share"].format(rows=what, of=of) if of else what
        return words["measure"].format(label=item["label"], what=what)

    def _label(self, name: str, sheets: tuple[str, ...]) -> str:
        """The label of a column or a total; the text itself when it names neither."""
        for sheet in dict.fromkeys((*sheets, "unit", *self.form.by_name)):
            if sheet in self.form.by_name and name in self.form.by_name[sheet].by_name:
                return self.form.by_name[sheet].by_name[name].label
        return self.stat_name(name) or words_of("names").get(name, name)

    def stat_name(self, key: str) -> str:
        """The name of an annual total; empty when there is none of that key."""
        sheet = self.form.by_name.get("annual_stat")
        rows = sheet.fixed_rows if sheet else ()
        return next((row.values["stat_name"] for row in rows if row.values.get("stat_key") == key), "")


def _listed(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _fill(sentence: str, said: Mapping[str, str]) -> str:
    """The sentence with its placeholders; optional parts without their arguments are left out.

    >>> _fill("不少于{low}次〖，不多于{high}次〗", {"low": "1"})
    '不少于1次'
    """

    def keep(match: re.Match) -> str:
        names = [name for _, name, _, _ in Formatter().parse(match[1]) if name]
        return match[1] if all(said.get(name) for name in names) else ""

    return COUNTED.sub(r"\1", PART.sub(keep, sentence).format(**said))
