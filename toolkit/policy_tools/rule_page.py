"""docs/rules.md: every rule of the forms and packs, and every code of the message catalogue."""

from __future__ import annotations

from pathlib import Path

from toolkit.campaign import SWITCHES
from toolkit.forms import load_form
from toolkit.model import strictyaml
from toolkit.model.catalogue import FOLDER
from toolkit.model.form import Form, Rule
from toolkit.policies import load_policy, policy_ids
from toolkit.policy_tools.markdown import table
from toolkit.policy_tools.texts import texts
from validators.excel import has_formula


def rule_page() -> str:
    """The rule catalogue and the message catalogue."""
    said = texts()["pages"]
    policies = [load_policy(name) for name in policy_ids()]
    forms = {policy.short_title: load_form(policy, frozenset(SWITCHES)) for policy in policies}
    parts = [f"# {said['rules_title']}", said["generated"], said["rules_intro"], _checked(forms)]
    titles = {sheet.name: sheet.label for form in forms.values() for sheet in form.sheets}
    for sheet, title in titles.items():
        rows = _rules(sheet, forms)
        if rows:
            parts += [f"## {title}", table(said["rules_head"], rows)]
    parts += [f"## {said['codes_title']}", said["codes_intro"]]
    for path in sorted(FOLDER.glob("*.yaml")):
        rows = _codes(path)
        if rows:
            parts += [f"### {path.stem}", table(said["codes_head"], rows)]
    return "\n\n".join(parts) + "\n"


def _checked(forms: dict[str, Form]) -> str:
    """How many of the rules the workbook checks by itself; a rule of several policies counts once."""
    rules = {rule.code: has_formula(rule, form) for form in forms.values() for rule in form.rules}
    return texts()["pages"]["rules_checked"].format(checked=sum(rules.values()), all=len(rules))


def _rules(sheet: str, forms: dict[str, Form]) -> list[tuple[str, ...]]:
    """The rules of one sheet; a rule with the same words in all policies stands once."""
    found: dict[tuple[str, ...], list[str]] = {}
    for policy, form in forms.items():
        for rule in form.rules:
            if rule.sheet == sheet:
                found.setdefault(_row(rule, form), []).append(policy)
    used = [policy for policy, form in forms.items() if sheet in form.by_name]
    everywhere = texts()["pages"]["all"]
    rows = [(*row, everywhere if policies == used else "、".join(policies)) for row, policies in found.items()]
    return sorted(rows)


def _row(rule: Rule, form: Form) -> tuple[str, ...]:
    columns = form.by_name[rule.sheet].by_name
    cells = "、".join(columns[name].label for name in rule.at if name in columns)
    yes, no = texts()["pages"]["self_check"]
    check = yes if has_formula(rule, form) else no
    return rule.code, rule.severity, cells, rule.message, rule.fix, rule.clause or rule.source, check


def _codes(path: Path) -> list[tuple[str, ...]]:
    """Code, kind, message and fix; parts of sentences, which have neither severity nor exit code, are left out."""
    said, rows = texts()["pages"], []
    for code, record in strictyaml.load(path).items():
        severity, exit_code = record.text("severity", ""), record.text("exit", "")
        kind = severity or (said["exit"].format(code=exit_code) if exit_code else "")
        kind = said["retired"] if record.flag("retired") else kind
        if kind:
            rows.append((code, kind, record.text("message"), record.text("fix", "")))
    return rows
