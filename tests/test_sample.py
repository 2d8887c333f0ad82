"""Samples: the same every time, clean when nothing is planted, and every planted defect found at its cell."""

import hashlib
from datetime import date
from random import Random

import pytest

from toolkit.forms import load_form
from toolkit.model.finding import ERROR
from toolkit.model.policy import Parameters
from toolkit.model.stamp import Stamp
from toolkit.policies import load_policy
from toolkit.reading import read_returns
from toolkit.sample import sample_returns, sample_units
from toolkit.sample.defects import Draft, _plant, cell_defects
from toolkit.sample.files import HABITS, WHOLE
from toolkit.sample.returns import Returns
from toolkit.selecting import select
from toolkit.validating import validate

YEARS = {"yizheng-2022": 2023, "yunnan-2025": 2025}
BOTH = pytest.mark.parametrize("policy_id", YEARS)
FOLLOWING = {"UNIT-001", "ORG-006", "ORG-007", "STAT-007"}
"""Codes that may follow from a planted defect in another cell."""


class Round:
    """A round of one policy in memory and its returned files in a folder."""

    def __init__(self, policy_id, folder, count):
        self.policy = load_policy(policy_id)
        self.form = load_form(self.policy)
        self.units = sample_units(self.policy, count, 1)
        self.year, self.folder = YEARS[policy_id], folder
        self.planted = []

    def sample(self, level):
        return sample_returns(self.units, self.form, self.policy, self.year, 1, level)

    def write(self, files):
        for name, data, planted in files:
            (self.folder / name).write_bytes(data)
            self.planted += planted

    def check(self):
        """The batch and its findings, as a run of `validate` sees them."""
        day = date(self.year + 1, 1, 15)
        stamp = Stamp(campaign=f"{self.policy.id}-{self.year}", policy=self.policy.id, year=str(self.year))
        files = [(path.name, path) for path in sorted(self.folder.iterdir())]
        batch = read_returns(files, self.form, self.units, expected=stamp)
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
def test_same_arguments_give_same_bytes(policy_id, tmp_path):
    def digests(level):
        return [
            (name, hashlib.sha256(data).hexdigest(), planted)
            for name, data, planted in Round(policy_id, tmp_path, 6).sample(level)
        ]

    assert digests("heavy") == digests("heavy")
    assert digests("none") != digests("heavy")


@BOTH
def test_a_clean_sample_has_no_errors(policy_id, tmp_path):
    made = Round(policy_id, tmp_path, 40)
    made.write(made.sample("none"))
    batch, findings = made.check()
    assert {item.state for item in batch.returns} == {"accepted"}
    assert made.surplus(findings) == []
    assert len(batch.tables["unit"]) == 40


@BOTH
def test_what_a_careless_round_plants_is_found(policy_id, tmp_path):
    made = Round(policy_id, tmp_path, 40)
    made.write(made.sample("heavy"))
    _, findings = made.check()
    assert len(made.planted) > 30
    assert made.missed(findings) == []
    assert made.surplus(findings) == []


@BOTH
def test_every_defect_of_the_catalogue_is_found_alone(policy_id, tmp_path):
    entries = cell_defects()
    made = Round(policy_id, tmp_path, 3 * len(entries) + len(WHOLE))
    returns = Returns(made.units, made.form, made.policy, made.year, 1, "none")
    tries = iter(made.units)
    for entry in entries:
        for unit in tries:
            draft = Draft(returns, unit, returns.story(unit), returns.names[unit.code])
            _plant(draft, Random(unit.code), entry)
            if draft.planted:
                made.write([(draft.name, draft.bytes(), draft.planted)])
                break
    for spoil, unit in zip(WHOLE, tries, strict=False):
        made.write(spoil(Draft(returns, unit, returns.story(unit), returns.names[unit.code]), Random(1)))
    assert {item["code"] for item in made.planted} >= {entry.code for entry in entries}
    _, findings = made.check()
    assert made.missed(findings) == []
    assert made.surplus(findings) == []


@BOTH
def test_habits_do_no_harm(policy_id, tmp_path):
    made = Round(policy_id, tmp_path, len(HABITS))
    returns = Returns(made.units, made.form, made.policy, made.year, 1, "none")
    rows = 0
    for spoil, unit in zip(HABITS, made.units, strict=True):
        draft = Draft(returns, unit, returns.story(unit), returns.names[unit.code])
        rows += len(draft.filled.rows["event"])
        made.write(spoil(draft, Random(1)))
    batch, findings = made.check()
    assert made.surplus(findings) == []
    assert len(batch.tables["event"]) == rows


def test_units_are_many_and_all_different():
    units = sample_units(load_policy("yizheng-2022"), 1500, 3)
    assert len({unit.name for unit in units}) == len({unit.code for unit in units}) == 1500
    assert {unit.category for unit in units} >= {"机关", "事业单位", "国有企业", "园镇", "村（社区）"}
    assert [unit.parent for unit in units].count("") == 1
