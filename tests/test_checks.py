"""Every code of the checks: a case that passes and one that fails with exactly these cells."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from markdown import batch

from toolkit.forms import load_form
from toolkit.model import strictyaml
from toolkit.model.catalogue import entries
from toolkit.model.form import Form
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


def found(code: str, case: strictyaml.Record, text: str, as_of: str) -> set[tuple[str, str, str]]:
    """(code, file, sheet!cell) of all findings of a text; printed rows that a case leaves out do not count."""
    policy = load_policy(case.text("policy", "yizheng-2022"))
    form = form_of(policy.id, frozenset(case.texts("switches")))
    fill_date = case.text("fill_date", "")
    returned = batch(text, form, fill_date=date.fromisoformat(fill_date) if fill_date else None)
    year = int(case.text("year", "2025"))
    verdict = validate(returned, as_of=date.fromisoformat(as_of), year=year, policy=policy)
    return {
        (finding.code, finding.file, f"{finding.sheet}!{cell}" if cell else finding.sheet)
        for finding in verdict.findings
        for cell in finding.cells or ("",)
        if finding.code != "NIL-004" or code == "NIL-004"
    }


@pytest.mark.parametrize("code", sorted(CASES))
def test_cases(code: str):
    case = CASES[code]
    as_of = case.text("as_of", "2025-12-31")
    assert found(code, case, case.text("passes"), as_of) == set()
    expected = set()
    for item in case.texts("found"):
        *front, place = item.split(" ")
        own_code = next((part for part in front if "-" in part), code)
        unit = next((part for part in front if "-" not in part), "320001")
        expected.add((own_code, f"{unit}.xlsx", place))
    assert found(code, case, case.text("fails"), case.text("fails_as_of", as_of)) == expected
    case.done()


def test_every_code_has_a_case():
    rules = {rule.code for name in policy_ids() for switches in (frozenset(), frozenset({"collect_id_numbers"}))
             for rule in load_form(load_policy(name), switches).rules}  # fmt: skip
    generic = {code for code in entries() if code.startswith(_PREFIXES)} - NOT_A_CHECK
    assert set(CASES) == rules | generic
