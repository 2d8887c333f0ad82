"""Definitions: strict loading, and completeness against the texts they come from."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

import toolkit
from toolkit.forms import load_form
from toolkit.model import strictyaml
from toolkit.model.catalogue import entries
from toolkit.model.errors import DefinitionError, XltoolError
from toolkit.policies import load_policy, parse_value, policy_ids

PARAMETER_NUMBERS = {f"A{number}" for number in range(1, 26)} - {"A21"}
"""A21 (三会一课次数核对) was a switch without a frequency: YZ-2.3-a says 结合实际, and the texts name no number."""


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\na: 2\n", 2, "重复"),
        ("- a\n", 1, "最外层"),
        ("a: [1\n", 2, "读不懂"),
        ("name: x\nother: y\n", 2, "不认识的键“other”"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path, text, line, said):
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        record = strictyaml.load(path)
        record.text("name", "")
        record.done()
    assert (caught.value.line, said in str(caught.value)) == (line, True)


def test_scalars_stay_text(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("a: 4.10\nb: 012\nc: no\nd: 2025-01-02\n", encoding="utf-8")
    assert strictyaml.plain(strictyaml.load(path)) == {"a": "4.10", "b": "012", "c": "no", "d": "2025-01-02"}


def test_every_clause_is_there_with_its_quote():
    counts = {name: len(load_policy(name).clauses) for name in policy_ids()}
    assert counts == {"yizheng-2022": 203, "yunnan-2025": 179}
    for name in policy_ids():
        for clause in load_policy(name).clauses.values():
            assert clause.quote and clause.section and clause.kind, clause.id


def test_parameters_cover_the_list():
    numbers = {p.no for name in policy_ids() for p in load_policy(name).parameters.values()} - {""}
    assert numbers == PARAMETER_NUMBERS


def test_parameters_are_dated():
    policy = load_policy("yizheng-2022")
    minimum = policy.parameters["secretary_minimum"]
    assert minimum.at(policy.effective) == Decimal(300)
    assert minimum.at(policy.effective.replace(year=2021)) is None


@pytest.mark.parametrize("name", policy_ids())
def test_the_form_has_what_the_specification_says(name):
    form = load_form(load_policy(name))
    sheets = {sheet.name: sheet for sheet in form.sheets}
    assert ("study_group" in sheets) == (name == "yunnan-2025")
    rows = {"yizheng-2022": 42, "yunnan-2025": 28}
    assert len(sheets["annual_stat"].fixed_rows) == rows[name]
    assert all(len(sheet.key) == 1 for sheet in form.sheets)
    assert all(column.label for sheet in form.sheets for column in sheet.columns)


def test_id_numbers_are_asked_for_only_when_switched_on():
    policy = load_policy("yizheng-2022")
    assert "id_number" not in load_form(policy).by_name["post"].names
    assert "id_number" in load_form(policy, frozenset({"collect_id_numbers"})).by_name["post"].names


def test_all_bundles_name_known_clauses_and_levels():
    for name in policy_ids():
        policy = load_policy(name)
        listed = [clause for bundle in policy.bundles for clause in bundle.clauses]
        assert len(listed) == len(set(listed))
        assert {bundle.level for bundle in policy.bundles} <= set(policy.levels)


def test_an_unknown_policy_is_one_sentence():
    with pytest.raises(XltoolError, match=r"P001.*没有政策包"):
        load_policy("nowhere")


@pytest.mark.parametrize(
    ("text", "kind"), [("yes", "flag"), ("x", "decimal"), ("7-1", "month_day"), ("2025-02-30", "date")]
)
def test_a_bad_parameter_value_is_refused(text, kind):
    with pytest.raises(ValueError):
        parse_value(text, kind)


def test_no_message_has_a_final_stop():
    for entry in entries().values():
        assert not entry.message.endswith("。") and not entry.fix.endswith("。"), entry.code


def test_no_text_of_ours_is_cut_off_by_a_sign_that_begins_a_comment():
    """`屏幕上是 ####` without quotes ends before the signs; a comment of ours has a space behind its sign."""
    cut = []
    for path in sorted(Path(toolkit.__file__).parent.rglob("*.yaml")):
        text = path.read_text("utf-8")
        lines = text.split("\n")
        for token in yaml.scan(text):
            if isinstance(token, yaml.ScalarToken) and token.plain:
                rest = lines[token.end_mark.line][token.end_mark.column :].strip()
                if rest.startswith("#") and rest[1:2] not in ("", " "):
                    cut.append(f"{path.name}:{token.end_mark.line + 1}")
    assert cut == []


@pytest.mark.parametrize("name", policy_ids())
def test_every_number_has_bounds_that_say_what_is_impossible(name):
    """No 14-digit amount, no million members: the size that nobody can mean is said where the column is."""
    form = load_form(load_policy(name), frozenset({"collect_id_numbers"}))
    numbers = [column for sheet in form.sheets for column in sheet.columns if column.type in ("integer", "decimal")]
    assert numbers and not [column.name for column in numbers if None in (column.minimum, column.maximum)]
    assert all(column.admits(column.minimum) and column.admits(column.maximum) for column in numbers)
    assert not any(column.admits(column.minimum - 1) or column.admits(column.maximum + 1) for column in numbers)
    assert not any(column.admits(Decimal(36000000000000)) for column in numbers)
