"""A sheet that a workbook lacks is not an empty one, for whoever looks into it: no level changes but to 无法判定."""

from dataclasses import replace

import pytest
from rounds import Round

from toolkit.compute.allowance import allowance, allowance_results
from toolkit.compute.compliance import compliance
from toolkit.model.policy import Parameters
from toolkit.model.result import NOT_APPLICABLE, UNDETERMINED, worst

pytestmark = pytest.mark.rounds


def judged(checked, dataset):
    """(unit, clause) → its worst level; what counts the levels of others is left out."""
    job, found = checked.job, {}
    counting = {one.clause for one in job.policy.indicators if one.args.get("levels") == "true" or one.force == "I"}
    parameters = Parameters(job.policy, job.as_of, job.parameters.overrides)
    paid = allowance_results(allowance(dataset, job.policy, parameters, job.as_of), job.policy)
    for one in compliance(dataset, job.policy, parameters, job.as_of, paid).results:
        if one.clause not in counting:
            found.setdefault((one.unit, one.clause), []).append(one.level)
    return {key: worst(levels) for key, levels in found.items()}


def without(dataset, sheet, unit):
    """The dataset as it is when the unit's workbook lacks the sheet."""
    tables, rejected = (
        {**frames, sheet: frames[sheet][frames[sheet]["_unit"] != unit]} if sheet in frames else frames
        for frames in (dataset.tables, dataset.rejected)
    )
    missing = {**dataset.missing, sheet: dataset.missing.get(sheet, frozenset()) | {unit}}
    return replace(dataset, tables=tables, rejected=rejected, missing=missing)


@pytest.fixture(scope="module", params=["yizheng-2022", "yunnan-2025"])
def checked(request, tmp_path_factory):
    made = Round(tmp_path_factory.mktemp("缺表") / "批次", 5, request.param, seed=5)
    for place in range(5):
        made.put(place)
    return made.check()


def test_a_missing_sheet_makes_levels_unknown_and_nothing_else(checked):
    dataset = checked.dataset
    before, moved = judged(checked, dataset), set()
    for sheet in (one.name for one in dataset.form.sheets if one.use == "required"):
        for unit in sorted(dataset.returned):
            after = judged(checked, without(dataset, sheet, unit))
            assert after.keys() == before.keys()
            for key, level in after.items():
                assert level in (before[key], UNDETERMINED), (sheet, unit, key, before[key], level)
                moved |= {sheet} if level != before[key] else set()
    assert len(moved) >= 6


def test_the_speaker_of_an_area_without_its_events_is_unknown(checked):
    """The duty of an area is judged on the workbooks that speak for it: one of them lacks the sheet."""
    clauses = {"yizheng-2022": ("YZ-S1-i", "YZ-S2-g"), "yunnan-2025": ("YN-05-d",)}[checked.job.policy.id]
    units = [
        replace(unit, level="省级" if unit.speaks and clauses == ("YN-05-d",) else unit.level)
        for unit in checked.job.units
    ]
    dataset = replace(checked.dataset, units=type(checked.job.units)(tuple(units)))
    speaker = next(unit.code for unit in units if unit.speaks)
    before = judged(checked, dataset)
    after = judged(checked, without(dataset, "event", speaker))
    for clause in clauses:
        assert before[speaker, clause] not in (UNDETERMINED, NOT_APPLICABLE)
        assert after[speaker, clause] == UNDETERMINED
