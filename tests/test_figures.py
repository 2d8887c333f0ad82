"""Figures that a director signs: every result names the code of its reason."""

from datetime import date

import pytest

from toolkit.checked import Checked
from toolkit.job import campaign_job
from toolkit.model.catalogue import entries
from toolkit.pipeline import check
from toolkit.policies import load_policy, policy_ids
from toolkit.trial import write_sample

pytestmark = pytest.mark.rounds


@pytest.fixture(scope="module", params=policy_ids())
def checked(request, tmp_path_factory) -> Checked:
    """A small invented round of each policy."""
    folder = tmp_path_factory.mktemp(request.param)
    campaign = write_sample(folder / "批次", policy=request.param, units=12, seed=1)
    return check(campaign_job(campaign, date(campaign.year + 1, 1, 15)))


def test_every_result_names_the_code_of_its_reason(checked):
    results = checked.compliance.results
    unknown = {one.code for one in results} - set(entries())
    assert not unknown
    allowance = set(load_policy(checked.job.policy.id).allowance["clauses"].values())
    assert {one.code[:4] for one in results if one.clause in allowance} == {"ALW-"}
    hidden = [one for one in checked.published.results if one.reason == entries()["REG-SMALL"].message]
    assert all(one.code == "REG-SMALL" for one in hidden)
