"""Every code of the checks: a case that passes and one that fails with exactly these cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from markdown import batch

from toolkit.forms import load_form
from toolkit.model import strictyaml
from toolkit.model.catalogue import entries
from toolkit.model.finding import Finding
from toolkit.model.form import Form
from toolkit.model.policy import Parameters
from toolkit.policies import load_policy, policy_ids
from toolkit.validating import validate

CASES = {
    code: case for path in sorted((Path(__file__).parent / "checks").glob("*.yaml"))
    for code, case in strictyaml.load(path).items()
}  # fmt: skip
NOT_A_CHECK = {"COL-000", "REST-001", "DIRECTORY"}
_PREFIXES = ("COL-", "NIL-")


@cache
def form_of(policy: str, switches: frozenset[str]) -> Form:
    return load_form(load_policy(policy), switches)


@dataclass(frozen=True)
class Setting:
    """What a text is validated under; texts of one setting are validated together."""

    policy: str
    switches: frozenset[str]
    fill_date: str
    year: int
    as_of: str
    last_year: str = ""


def setting_of(case: strictyaml.Record, as_of: str) -> Setting:
    return Setting(
        policy=case.text("policy", "yizheng-2022"),
        switches=frozenset(case.texts("switches")),
        fill_date=case.text("fill_date", ""),
        year=int(case.text("year", "2025")),
        as_of=as_of,
        last_year=case.text("last_year", ""),
    )


def texts_of(code: str) -> tuple[tuple[str, Setting, str], ...]:
    """Name, setting and text of the two halves of a case."""
    case = CASES[code]
    as_of = case.text("as_of", "2025-12-31")
    return (
        (f"{code} passes", setting_of(case, as_of), case.text("passes")),
        (f"{code} fails", setting_of(case, case.text("fails_as_of", as_of)), case.text("fails")),
    )


@cache
def texts_together() -> dict[Setting, dict[str, str]]:
    """All texts by their setting; a text of several units stays alone: it is about what units have in common."""
    together: dict[Setting, dict[str, str]] = {}
    for code in CASES:
        for name, setting, text in texts_of(code):
            if not re.search(r"^# ", text, flags=re.M):
                together.setdefault(setting, {})[name] = text
    return together


@cache
def findings_of(setting: Setting, name: str, text: str) -> list[Finding]:
    """The findings of one text."""
    together = name in texts_together().get(setting, {})
    findings = validated(setting, "", "") if together else validated(setting, name, text)
    return [finding for finding in findings if finding.file.startswith(f"{name}/")]


@cache
def validated(setting: Setting, name: str, text: str) -> list[Finding]:
    """The findings of a text alone, or (no name) of all texts of a setting."""
    policy = load_policy(setting.policy)
    form = form_of(policy.id, setting.switches)
    fill_date = date.fromisoformat(setting.fill_date) if setting.fill_date else None
    returned = batch({name: text} if name else texts_together()[setting], form, fill_date=fill_date)
    as_of = date.fromisoformat(setting.as_of)
    then = batch(setting.last_year, form).tables
    return validate(returned, as_of=as_of, year=setting.year, policy=policy, last_year=then.get).findings


def found(code: str, name: str, setting: Setting, text: str) -> set[tuple[str, str, str]]:
    """(code, file, sheet!cell) of all findings of a text; printed rows that a case leaves out do not count."""
    return {
        (finding.code, finding.file.split("/")[1], f"{finding.sheet}!{cell}" if cell else finding.sheet)
        for finding in findings_of(setting, name, text)
        for cell in finding.cells or ("",)
        if finding.code != "NIL-004" or code == "NIL-004"
    }


@pytest.mark.parametrize("code", sorted(CASES))
def test_cases(code: str):
    case = CASES[code]
    passes, fails = texts_of(code)
    assert found(code, *passes) == set()
    expected = set()
    for item in case.texts("found"):
        *front, place = item.split(" ")
        own_code = next((part for part in front if "-" in part), code)
        unit = next((part for part in front if "-" not in part), "320001")
        expected.add((own_code, f"{unit}.xlsx", place))
    assert found(code, *fails) == expected
    case.done()


def test_every_code_has_a_case():
    rules = {rule.code for name in policy_ids() for switches in (frozenset(), frozenset({"collect_id_numbers"}))
             for rule in load_form(load_policy(name), switches).rules}  # fmt: skip
    generic = {code for code in entries() if code.startswith(_PREFIXES)} - NOT_A_CHECK
    assert set(CASES) == rules | generic


SUMS = ("sum_of_leaves", "roster_count", "sum_equals_stat", "stat_total")
"""The checks that take a tolerance."""


def _off_by_one() -> list[str]:
    """The codes of those checks; the figures of their failing cases differ by one from what they must be."""
    forms = [form_of(name, frozenset()) for name in policy_ids()]
    return sorted({rule.code for form in forms for rule in form.rules if rule.check in SUMS})


@pytest.mark.parametrize("code", _off_by_one())
@pytest.mark.parametrize(("tolerance", "bad"), [("1", False), ("0.99", True), ("0", True)])
def test_figures_may_differ_by_the_tolerance_and_not_by_more(code, tolerance, bad):
    _, (_, setting, text) = texts_of(code)
    policy = load_policy(setting.policy)
    form = form_of(policy.id, setting.switches)
    changed = [
        one if one.code != code else replace(one, args={**one.args, "tolerance": tolerance}) for one in form.rules
    ]
    returned = batch(text, replace(form, rules=tuple(changed)))
    found = validate(returned, as_of=date.fromisoformat(setting.as_of), year=setting.year, policy=policy).findings
    cells = {f"{one.sheet}!{cell}" for one in found if one.code == code for cell in one.cells}
    assert cells == ({item for item in CASES[code].texts("found")} if bad else set())


@pytest.mark.parametrize(("words", "said"), [((), True), (("老党员",), False)])
def test_the_check_of_names_reads_the_words_that_the_level_reads(words, said):
    """YN-06-e 党组织服务管理的主要群体: the words are a parameter of the policy."""
    policy = load_policy("yunnan-2025")
    text = """
        ## 单位情况
        | 单位全称 | 规范简称 |
        | 某某市教育局 | 教育局 |
        ## 党组织情况
        | 党组织全称 | 设置形式 |
        | 中共某某市教育局老党员党支部委员会 | 党支部 |
    """
    returned = batch({"": "\n".join(line.strip() for line in text.splitlines())}, form_of(policy.id, frozenset()))
    day = date(2025, 12, 31)
    parameters = Parameters(policy, day, {"name_groups": words} if words else {})
    found = validate(returned, as_of=day, year=2025, policy=policy, parameters=parameters).findings
    assert ("ORG-031" in {finding.code for finding in found}) is said
