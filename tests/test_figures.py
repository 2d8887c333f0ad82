"""Figures that a director signs: every result names the code of its reason."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from toolkit.checked import Checked
from toolkit.compute.figures import TERMS, terms_of, unit_figures
from toolkit.job import campaign_job
from toolkit.model.catalogue import entries
from toolkit.model.figures import FAILED, FINE, RANK, WARNED, Terms
from toolkit.model.policy import Parameters
from toolkit.pipeline import check
from toolkit.policies import load_policy, policy_ids
from toolkit.policies.loading import shared_parameters
from toolkit.sample.cast import PARTS, cast
from toolkit.summary.basis import basis_rows
from toolkit.summary.definitions import definitions
from toolkit.trial import write_sample

pytestmark = pytest.mark.rounds


@pytest.fixture(scope="module", params=policy_ids())
def checked(request, tmp_path_factory) -> Checked:
    """A small invented round of each policy."""
    folder = tmp_path_factory.mktemp(request.param)
    campaign = write_sample(folder / "批次", policy=request.param, units=12, seed=1)
    return check(campaign_job(campaign, date(campaign.year + 1, 1, 15)))


def test_every_value_of_the_overall_verdict_occurs_where_it_is_planted(checked):
    figures, parts = checked.figures, cast(checked.job.units, "typical")
    assert set(figures.overalls) == set(RANK) == set(PARTS)
    assert [figures.by_unit[code].overall for code in parts] == list(PARTS)
    fine, warned = (code for code in parts if figures.by_unit[code].overall in (FINE, WARNED))
    assert figures.by_unit[fine].proved.rate == 1 and not figures.by_unit[fine].soft
    assert figures.by_unit[warned].soft and not figures.by_unit[warned].hard


def test_the_terms_of_the_overall_verdict_are_parameters(checked):
    """A round, a day and a pack can set them; what is set is what is printed, with where it comes from."""
    job, cells = checked.job, checked.figures.cells
    codes = [one.unit for one in checked.figures.units]
    assert set(TERMS) <= set(checked.compliance.parameters) and checked.figures.terms == Terms(1, 1, 1)

    def verdicts(policy, overrides, day):
        parameters = Parameters(policy, day, overrides)
        return Counter(one.overall for one in unit_figures(cells, checked.dataset, codes, terms_of(parameters)))

    plain = verdicts(job.policy, {}, job.as_of)
    assert plain == checked.figures.overalls
    most = max(one.hard for one in checked.figures.units)
    mild = verdicts(job.policy, {"overall_hard": most}, job.as_of)
    assert 0 < mild[FAILED] < plain[FAILED] and mild[WARNED] > plain[WARNED]
    assert verdicts(job.policy, {"overall_hard": most + 1}, job.as_of)[FAILED] == 0
    own = shared_parameters()["overall_soft"]
    first = date(job.as_of.year, 1, 1)
    later = replace(own, values=(*own.values, (first, 1000)))
    pack = replace(job.policy, parameters={**job.policy.parameters, "overall_soft": later})
    assert verdicts(pack, {}, job.as_of)[WARNED] == 0
    assert verdicts(pack, {}, first - timedelta(days=1)) == plain
    said = "".join(definitions(replace(checked.figures, terms=Terms(2, 3, 4))))
    assert "有2项以上的为不达标" in said and "有3项以上的为待补数据" in said and "有4项以上的为有预警" in said
    rows = basis_rows(checked.compliance.parameters, job.policy)
    assert sum("没有写权重" in row["quote"] and "工具默认" in row["quote"] for row in rows) == 2


def test_every_result_names_the_code_of_its_reason(checked):
    results = checked.compliance.results
    unknown = {one.code for one in results} - set(entries())
    assert not unknown
    allowance = set(load_policy(checked.job.policy.id).allowance["clauses"].values())
    assert {one.code[:4] for one in results if one.clause in allowance} == {"ALW-"}
    hidden = [one for one in checked.published.results if one.reason == entries()["REG-SMALL"].message]
    assert all(one.code == "REG-SMALL" for one in hidden)
