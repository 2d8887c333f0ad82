"""Every failure of a clause is named, alike ones once with their rows; the parts of a clause are named in words."""

import pytest

from tests.compliance_data import UNIT, dataset, of, report
from toolkit.compute.figures import cells_of
from toolkit.model.result import Result
from toolkit.model.rows import Evidence
from toolkit.policies import load_policy
from toolkit.summary.misses import fixes, reasons

YN = "yunnan-2025"
POLICY = load_policy(YN)
HARD = {"C": "硬性"}


def cell(*results):
    """One cell of results: level, subject, reason, fix, rows."""
    made = [
        Result(UNIT.code, subject, "C", level, {}, reason, tuple(Evidence("a.xlsx", "流动党员", n) for n in rows), fix)
        for level, subject, reason, fix, *rows in results
    ]
    return cells_of(made, HARD)[UNIT.code, "C"]


@pytest.mark.parametrize(
    ("found", "why", "what"),
    [
        ([("不达标", "1", "没有通报", "补发", 7)], "没有通报〔流动党员第7行〕", "补发"),
        (
            [("不达标", "1", "没有通报", "补发", 9), ("达标", "2", "好", ""), ("不达标", "3", "没有通报", "补发", 7)],
            "没有通报〔流动党员第7、9行〕",
            "补发",
        ),
        (
            [
                ("不达标", f"{UNIT.code} 上半年", "上半年0次", "分析"),
                ("不达标", f"{UNIT.code} 下半年", "下半年0次", "补记"),
            ],
            "（1）上半年0次；（2）下半年0次",
            "分析；补记",
        ),
        (
            [
                ("不达标", f"{UNIT.code}-01 2025年", "2025年0次", "补"),
                ("不达标", f"{UNIT.code}-02 2025年", "2025年0次", "补"),
            ],
            f"（1）{UNIT.code}-01：2025年0次；（2）{UNIT.code}-02：2025年0次",
            "补",
        ),
        ([("不达标", "1", "坏", "改", 7), ("预警", "2", "看", "等", 8)], "坏〔流动党员第7行〕", "改"),
        ([("达标", "1", "好", "", 7)], "好", ""),
    ],
)
def test_all_failures_of_a_clause_are_named(found, why, what):
    assert (reasons(cell(*found)), fixes(cell(*found))) == (why, what)


def test_of_many_it_is_said_how_many_there_are():
    many = cell(*(("不达标", str(n), f"第{n}名", "改") for n in range(1, 41)))
    assert reasons(many, most=2) == "（1）第1名；（2）第2名；等共40种情况"


def test_what_may_not_be_said_has_no_row():
    assert reasons(cell(("不达标", "1", "与乙局重复", "核对", 7)), lambda text: "另行核对") == "另行核对"


def test_a_clause_of_parts_names_them_in_words_with_their_rows_and_what_to_do():
    stats = {"served_nonparty": 5, "nonparty_grouped": 4, "served_party": 20}
    found = report(dataset(YN, {"party_org": [{}]}, year=2025, stats=stats), "2026-01-10")
    [whole] = of(found, "YN-00-k")
    parts = [one for clause in ("YN-02-b", "YN-02-d", "YN-02-f") for one in of(found, clause)]
    missed = [one for one in parts if one.level in ("不达标", "预警", "无法判定")]
    assert len(missed) > 1 and whole.level == "不达标"
    assert all(f"“{POLICY.clauses[one.clause].short}”{one.level}" in whole.reason for one in missed)
    assert "YN-" not in whole.reason and all(one.fix in whole.fix for one in missed)
    decide = {row for one in missed for row in one.evidence}
    assert set(whole.evidence) == decide and len({one.sheet for one in decide}) > 0


def test_both_halves_of_a_year_are_named():
    data = dataset(YN, year=2025, stats={"party_in_org": 9, "served_total": 9})
    results = [one for one in report(data, "2026-01-10").results if one.clause == "YN-12-h"]
    [found] = cells_of(results, {"YN-12-h": "硬性"}).values()
    assert found.subjects == 2 and "上半年" in reasons(found) and "下半年" in reasons(found)
