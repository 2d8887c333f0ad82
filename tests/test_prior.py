"""Last year's round: which figures are read from it, and what becomes of the rules that compare."""

from datetime import date

import pytest
from compliance_data import dataset

from toolkit.campaign import SETTINGS, open_campaign
from toolkit.campaign.prior import earlier_rounds, earlier_stats, figures_of, liaison_gaps, prior_figures
from toolkit.compute.prior import key_figures
from toolkit.job import job_for
from toolkit.model.errors import XltoolError
from toolkit.outputs import write_merged
from toolkit.pipeline import check
from toolkit.rerun import Rerun
from toolkit.trial import write_sample

pytestmark = pytest.mark.rounds

YN = "yunnan-2025"


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    """The rounds of 2025, merged, and of 2026, in one folder."""
    folder = tmp_path_factory.mktemp("rounds")
    for year in (2025, 2026):
        write_sample(folder / str(year), policy=YN, units=2, seed=1, defects="none", year=year)
    run = check(job_for([folder / "2025"], as_of=date(2026, 1, 15)))
    write_merged(run, folder / "2025" / "汇总" / "汇总数据.xlsx")
    return folder, run


def named(folder, prior):
    """The round of 2026 with a setting `prior`."""
    path = folder / "2026" / SETTINGS
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("prior:")]
    path.write_text("\n".join([*lines, f'prior: "{prior}"', ""]), encoding="utf-8")
    return open_campaign(folder / "2026")


def test_the_figures_of_last_year_are_those_of_its_merged_data(rounds):
    folder, run = rounds
    found = prior_figures(named(folder, "../2025"))
    own = key_figures(run.dataset)
    assert {key: found[key] for key in own} == own
    assert set(found) == {*own, "liaison_gaps", "earlier_stats"} and found["branch_grade"] and found["full_members"]
    assert found["liaison_gaps"] == liaison_gaps(run.dataset)
    assert found["earlier_stats"] == {"2025": own["stats"]} and own["stats"]


def test_the_rules_that_compare_use_them(rounds):
    folder, _ = rounds
    named(folder, "")
    alone = check(job_for([folder / "2026"], as_of=date(2027, 1, 15)))
    assert not alone.dataset.prior
    named(folder, "../2025")
    run = check(job_for([folder / "2026"], as_of=date(2027, 1, 15)))
    assert set(run.dataset.prior["full_members"]) & set(run.dataset.tables["party_org"]["org_code"])

    def figures(one, clause):
        return [result.figures for result in one.compliance.results if result.clause == clause and result.figures]

    assert any("before" in found and found["before"] for found in figures(run, "YN-06-c"))
    assert not any(found.get("before") for found in figures(alone, "YN-06-c"))
    moved = [found.get("比上年") for found in figures(run, "YN-00-o")]
    assert any(moved) and not any(found.get("比上年") for found in figures(alone, "YN-00-o"))


@pytest.mark.parametrize(
    ("prior", "code"), [("../nowhere", "PRI-001"), ("../2026", "PRI-002"), ("../empty", "PRI-003")]
)
def test_a_round_that_cannot_be_last_years(rounds, prior, code):
    folder, _ = rounds
    if prior == "../empty" and not (folder / "empty").exists():
        write_sample(folder / "empty", policy=YN, units=1, seed=1, defects="none", year=2025)
    with pytest.raises(XltoolError, match=code):
        prior_figures(named(folder, prior))


def test_a_damaged_file_of_last_year_is_named(rounds):
    folder, _ = rounds
    path = folder / "2025" / "汇总" / "汇总数据_parquet" / "post.parquet"
    data = path.read_bytes()
    path.write_bytes(data[:40])
    with pytest.raises(XltoolError, match=r"PRI-004.*post\.parquet"):
        prior_figures(named(folder, "../2025"))
    path.write_bytes(data)


def test_old_settings_without_the_key_still_open(rounds):
    folder, _ = rounds
    path = folder / "2026" / SETTINGS
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("prior:")]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert prior_figures(open_campaign(folder / "2026")) == {}


def test_in_service_secretaries_and_gaps_as_of_the_last_day():
    post = {"org_code": "320001-01", "person_status": "在职党员", "start_date": "2024-01-01"}
    posts = [
        {**post, "post_type": "书记", "person_key": "1"},
        {**post, "post_type": "书记", "person_key": "2", "end_date": "2025-12-30"},
        {**post, "post_type": "党建联络员", "person_key": "3", "end_date": "2025-11-01"},
        {**post, "post_type": "党建联络员", "person_key": "4", "org_code": "320001-02"},
        {**post, "post_type": "党建联络员", "person_key": "5", "org_code": "320001-03", "person_status": "离退休党员"},
    ]
    found = figures_of(dataset(YN, {"post": posts}, year=2025))
    assert found["in_service_secretaries"] == {"320001": [1, 1]}
    assert found["liaison_gaps"] == {"320001-01": 60, "320001-02": 0}


def test_earlier_rounds_are_followed_as_far_as_they_are_there(rounds, tmp_path):
    """2027 names 2026, which names 2025; a round that was moved away ends the line and is no error."""
    folder, run = rounds
    before = named(folder, "../2025")
    write_merged(check(job_for([before.folder], as_of=date(2027, 1, 15))), folder / "2026" / "汇总" / "汇总数据.xlsx")
    write_sample(folder / "2027", policy=YN, units=2, seed=1, defects="none", year=2027)
    path = folder / "2027" / SETTINGS
    path.write_text(path.read_text("utf-8").replace('prior: ""', 'prior: "../2026"'), "utf-8")
    last = open_campaign(folder / "2027")
    assert [one.year for one in earlier_rounds(last)] == [2026, 2025]
    found = earlier_stats(last)
    assert list(found) == ["2026", "2025"] and found["2025"] == key_figures(run.dataset)["stats"]
    as_run = Rerun(job_for([last.folder], as_of=date(2028, 1, 15)), last.output)._definitions()
    (folder / "2025").rename(tmp_path / "2025")
    assert list(earlier_stats(last)) == ["2026"]
    assert Rerun(job_for([last.folder], as_of=date(2028, 1, 15)), last.output)._definitions() != as_run
    (tmp_path / "2025").rename(folder / "2025")
    named(folder, "")
