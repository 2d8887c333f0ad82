"""The pack's own rules: known checks, known arguments, known columns, known clauses."""

from __future__ import annotations

from toolkit.forms import read_rule
from toolkit.model import strictyaml
from toolkit.model.form import Form, Rule
from toolkit.model.policy import Policy
from toolkit.model.problems import Listed
from toolkit.policy_tools.places import Places
from toolkit.policy_tools.texts import say
from validators.arguments import bind
from validators.checks import CHECKS, FACTS
from validators.compile import is_cross
from validators.cross import CROSS, CROSS_FACTS


def look(policy: Policy, form: Form, places: Places, problems: Listed) -> None:
    """Adds what is wrong with the rules of the pack; the form has all switches on."""
    path = policy.folder / "rules.yaml"
    if not path.exists():
        return
    with problems.catch():
        for record in strictyaml.load(path).records("rules"):
            with problems.catch():
                rule, needs = read_rule(record)
                unknown = [item for item in sorted(needs) if not _known(form, item)]
                for sheet, column in unknown:
                    problems.add(path, record.line, say("check", "needs", code=rule.code, column=f"{sheet}.{column}"))
                if rule.clause and rule.clause not in policy.clauses:
                    problems.add(path, record.line, say("check", "no_clause", code=rule.code, clause=rule.clause))
                if not unknown:
                    _bind(rule, form)


def _known(form: Form, item: tuple[str, str]) -> bool:
    sheet, column = item
    return sheet in form.by_name and column in form.by_name[sheet].by_name


def _bind(rule: Rule, form: Form) -> None:
    """Raises DefinitionError: no such check, an argument that it does not take, a placeholder without a source."""
    if is_cross(rule):
        bind(rule, CROSS[rule.check], form, CROSS_FACTS.get(rule.check, ()))
    else:
        bind(rule, CHECKS[rule.check], form, FACTS.get(rule.check, ((), None))[0])
