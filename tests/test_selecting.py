"""Which return of a unit counts."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from toolkit.forms import load_form
from toolkit.merge import merge
from toolkit.model.batch import PROVENANCE, Batch, Return
from toolkit.model.errors import XltoolError
from toolkit.model.unit import UnitList
from toolkit.policies import load_policy
from toolkit.selecting import select

FORM = load_form(load_policy("yizheng-2022"))
EARLY, LATE = date(2025, 12, 1), date(2025, 12, 20)


def _batch(*returns: tuple[str, date | None, list[str]]) -> Batch:
    """Returns given as (unit, 填报日期, titles of the events)."""
    items, rows = [], []
    for index, (unit, day, titles) in enumerate(returns):
        file = f"{index}.xlsx"
        items.append(Return(index, file, Path(file), str(index), unit=unit, fill_date=day, rows_read=len(titles)))
        rows += [
            {"_return": index, "_unit": unit, "_sheet": "活动台账", "_row": 7 + n, "title": title}
            for n, title in enumerate(titles)
        ]
    tables = {s.name: pd.DataFrame(columns=[*PROVENANCE, *s.names], dtype=object) for s in FORM.sheets}
    tables["event"] = pd.DataFrame(rows, columns=[*PROVENANCE, *FORM.by_name["event"].names])
    return Batch(FORM, UnitList(), items, tables)


def _states(batch, chosen=None):
    findings = select(batch, chosen or {})
    return [item.state for item in batch.returns], sorted(finding.code for finding in findings)


@pytest.mark.parametrize(
    ("returns", "states", "codes"),
    [
        ([("A", EARLY, ["x"])], ["accepted"], []),
        ([("A", EARLY, ["x"]), ("A", LATE, ["y"])], ["superseded", "accepted"], ["B010"]),
        ([("A", LATE, ["x"]), ("A", EARLY, ["y"])], ["accepted", "superseded"], ["B010"]),
        ([("A", LATE, ["x"]), ("A", LATE, ["y"])], ["conflict", "conflict"], ["B002", "B002"]),
        ([("A", LATE, ["x"]), ("A", LATE, ["x"])], ["accepted", "duplicate"], ["B011"]),
        ([("A", None, ["x"]), ("A", LATE, ["y"])], ["conflict", "conflict"], ["B009", "B009"]),
        (
            [("A", EARLY, ["w"]), ("A", LATE, ["x"]), ("A", LATE, ["y"])],
            ["superseded", "conflict", "conflict"],
            ["B002", "B002", "B010"],
        ),
        ([("A", LATE, ["x"]), ("B", LATE, ["x"])], ["accepted", "accepted"], []),
    ],
)
def test_the_newest_fill_date_counts(returns, states, codes):
    assert _states(_batch(*returns)) == (states, codes)


def test_a_person_may_choose():
    states, _ = _states(_batch(("A", LATE, ["x"]), ("A", LATE, ["y"])), {"A": "1"})
    assert states == ["superseded", "accepted"]


def test_every_row_is_merged_or_refused_with_a_reason():
    batch = _batch(("A", EARLY, ["w"]), ("A", LATE, ["x", "y"]), ("B", LATE, ["x"]), ("B", LATE, ["z"]))
    findings = select(batch, {})
    merged = merge(batch, {"event": {(1, 8): ("EVENT-001",)}}, findings, 2025)
    assert merged.rows == {"read": 5, "merged": 1, "rejected": 3, "not_data": 0, "aside": 1, "lossy": 0}
    assert merged.rejected["event"]["_codes"].tolist() == ["EVENT-001", "B002", "B002"]
    assert all(merged.rejected["event"]["_reason"])
    assert merged.files["total"] == sum(n for state, n in merged.files.items() if state != "total")


def test_a_lost_row_stops_everything():
    batch = _batch(("A", LATE, ["x"]))
    select(batch, {})
    batch.returns[0].rows_read = 2
    with pytest.raises(XltoolError, match="B008"):
        merge(batch, {}, [], 2025)
