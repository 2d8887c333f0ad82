"""Samples: the same every time, clean when nothing is planted, and every planted defect found at its cell."""

import hashlib
from datetime import date
from random import Random

import pytest

from toolkit.distribute import distribute
from toolkit.forms import load_form
from toolkit.model.finding import ERROR
from toolkit.model.policy import Parameters
from toolkit.policies import load_policy
from toolkit.reading import read_returns
from toolkit.sample import sample_returns, sample_units
from toolkit.sample.defects import Draft, cell_defects, plant
from toolkit.sample.files import HABITS, WHOLE
from toolkit.sample.returns import Returns
from toolkit.selecting import select
from toolkit.validating import validate

pytestmark = pytest.mark.rounds

YEARS = {"yizheng-2022": 2023, "yunnan-2025": 2025}
BOTH = pytest.mark.parametrize("policy_id", YEARS)
FOLLOWING = {"ORG-006", "ORG-007", "STAT-007"}
"""Codes that may follow from a planted defect in another cell."""


class Round:
    """A round of one policy, and the folder of its returned files."""

    def __init__(self, policy_id, folder, count, level="none"):
        self.policy = load_policy(policy_id)
        self.form = load_form(self.policy)
        self.units = sample_units(self.policy, count, 1)
        self.year, self.folder = YEARS[policy_id], folder
        self.returns = Returns(self.units, self.form, self.policy, self.year, 1, level)
        self.planted = []

    def draft(self, unit):
        return Draft(self.returns, unit, self.returns.story(unit), self.returns.names[unit.code])

    def write(self, files):
        for name, data, planted in files:
            (self.folder / name).write_bytes(data)
            self.planted += planted

    def check(self):
        """The batch and its findings, as a run of `validate` sees them."""
        day = date(self.year + 1, 1, 15)
        files = [(path.name, path) for path in sorted(self.folder.iterdir())]
        batch = read_returns(files, self.form, self.units, expected=self.returns.stamp())
        findings = [finding for item in batch.returns for finding in item.findings]
        findings += select(batch, {})
        parameters = Parameters(self.policy, day)
        verdict = validate(batch, as_of=day, year=self.year, policy=self.policy, parameters=parameters)
        return batch, findings + list(verdict.findings)

    def missed(self, findings):
        return [item for item in self.planted if not any(reports(finding, item) for finding in findings)]

    def surplus(self, findings):
        """Findings at level 错误 that nothing planted explains."""
        return [
            (finding.file, finding.sheet, finding.cells, finding.code)
            for finding in findings
            if finding.severity == ERROR
            and finding.code not in FOLLOWING
            and not any(reports(finding, item) for item in self.planted)
        ]


def reports(finding, item):
    if (finding.file, finding.sheet, finding.code) != (item["file"], item["sheet"], item["code"]):
        return False
    return not item["cell"] or item["cell"] in finding.cells


@BOTH
def test_same_arguments_give_same_bytes(policy_id):
    policy = load_policy(policy_id)
    form, units = load_form(policy), sample_units(policy, 5, 1)

    def digests():
        files = sample_returns(units, form, policy, YEARS[policy_id], 1, "heavy")
        return [(name, hashlib.sha256(data).hexdigest(), planted) for name, data, planted in files]

    first = digests()
    assert first == digests()
    assert any(planted for *_, planted in first)


@BOTH
def test_returns_are_filled_into_what_is_issued(policy_id, tmp_path):
    made = Round(policy_id, tmp_path, 4)
    distribute(made.form, made.policy, made.units, tmp_path, made.returns.stamp(), {})
    for unit in made.units:
        assert (tmp_path / made.returns.names[unit.code]).read_bytes() == made.returns.workbook(unit, {})


@BOTH
def test_clean_units_and_tolerated_habits_give_no_errors(policy_id, tmp_path):
    made = Round(policy_id, tmp_path, 20)
    units = iter(made.units)
    rows = 0
    for spoil, unit in zip(HABITS, units, strict=False):
        draft = made.draft(unit)
        rows += len(draft.filled.rows["event"])
        made.write(spoil(draft, Random(1)))
    for unit in units:
        draft = made.draft(unit)
        rows += len(draft.filled.rows["event"])
        made.write([(draft.name, draft.bytes(), [])])
    batch, findings = made.check()
    assert made.surplus(findings) == []
    assert len(batch.tables["event"]) == rows
    assert {item.state for item in batch.returns} == {"accepted"}


@BOTH
def test_every_defect_of_the_catalogue_is_found_alone(policy_id, tmp_path):
    entries = cell_defects()
    made = Round(policy_id, tmp_path, 3 * len(entries) + len(WHOLE))
    units = iter(made.units)
    for entry in entries:
        draft = next(draft for unit in units if plant(draft := made.draft(unit), Random(unit.code), entry))
        made.write([(draft.name, draft.bytes(), draft.planted)])
    for spoil, unit in zip(WHOLE, units, strict=False):
        made.write(spoil(made.draft(unit), Random(1)))
    assert {item["code"] for item in made.planted} >= {entry.code for entry in entries}
    _, findings = made.check()
    assert made.missed(findings) == []
    assert made.surplus(findings) == []


@pytest.mark.slow
@BOTH
def test_what_a_careless_round_plants_is_found(policy_id, tmp_path):
    made = Round(policy_id, tmp_path, 60, "heavy")
    made.write(made.returns)
    _, findings = made.check()
    assert len(made.planted) > 40
    assert made.missed(findings) == []
    assert made.surplus(findings) == []


def test_units_are_many_and_all_different():
    units = sample_units(load_policy("yizheng-2022"), 1500, 3)
    assert len({unit.name for unit in units}) == len({unit.code for unit in units}) == 1500
    assert {unit.category for unit in units} >= {"机关", "事业单位", "国有企业", "园镇", "村（社区）"}
    assert [unit.parent for unit in units].count("") == 1
