"""Who may lead a study group: somebody outside the Party, or a member of a branch's committee.

Source: YN-02-h; calculations C4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from toolkit.compute.allowance.columns import dates, texts
from toolkit.compute.allowance.rules import Eligible
from toolkit.compute.allowance.say import Reason, reason
from toolkit.model.batch import Dataset, Evidence
from toolkit.model.result import MET, NOT_MET, UNDETERMINED, WARNING


@dataclass(frozen=True, slots=True)
class Leader:
    """One leader in post on the day of judgement."""

    unit: str
    key: str
    post: str
    level: str
    reason: Reason
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    unit: str
    key: str
    post: str
    status: str
    org_type: str
    evidence: Evidence


def leaders(dataset: Dataset, terms: Eligible, day: date, sheet: str, strict: bool = False) -> list[Leader]:
    """Every leader in post on `day`; anybody else in that post is a warning (可由…也可由…).

    Args:
        sheet: label of sheet `post`, for the sentences.
        strict: 可由 counts as hard: 不达标 instead of a warning.
    """
    held, refused = _held(dataset, day), _refused(dataset)
    seats: dict[tuple[str, str], list[_Held]] = {}
    for row in held:
        if row.key and row.post in terms.or_posts and row.org_type in terms.org_types:
            seats.setdefault((row.unit, row.key), []).append(row)
    found = []
    for row in held:
        if row.post not in terms.posts:
            continue
        other = [] if row.status in terms.statuses else seats.get((row.unit, row.key), [])
        level, why = _level(row, other, terms, refused.get((row.unit, row.key), []), sheet)
        level = NOT_MET if strict and level == WARNING else level
        evidence = (row.evidence, *(item.evidence for item in other))
        found.append(Leader(row.unit, row.key, row.post, level, why, evidence))
    return found


def _level(row: _Held, other: list[_Held], terms: Eligible, refused: list[int], sheet: str) -> tuple[str, Reason]:
    if row.status in terms.statuses:
        return MET, reason("ALW-501", status=row.status, post=row.post)
    if other:
        held = "、".join(dict.fromkeys(item.post for item in other))
        return MET, reason("ALW-502", held=held, post=row.post)
    if refused:
        return UNDETERMINED, reason("ALW-505", sheet=sheet, rows="、".join(map(str, refused)))
    return WARNING, reason("ALW-503", status=row.status, post=row.post)


def _held(dataset: Dataset, day: date) -> list[_Held]:
    """Posts held on the day."""
    frame = dataset.tables.get("post")
    if frame is None or frame.empty:
        return []
    at = pd.Timestamp(day)
    start, end = dates(frame, "start_date"), dates(frame, "end_date")
    frame = frame.loc[((start <= at) & (end.isna() | (end >= at))).to_numpy(dtype=bool)]
    types = _types(dataset)
    cells = zip(
        map(str, frame["_unit"].tolist()),
        texts(frame, "person_key"),
        texts(frame, "post_type"),
        texts(frame, "person_status"),
        texts(frame, "org_code"),
        dataset.evidence("post", frame),
        strict=True,
    )
    held = [
        _Held(unit, key, post, status, types.get((unit, org), ""), row) for unit, key, post, status, org, row in cells
    ]
    return sorted(held, key=lambda item: (item.unit, item.evidence.file, item.evidence.row))


def _types(dataset: Dataset) -> dict[tuple[str, str], str]:
    known = {(unit.code, org.code): org.type for unit in dataset.units for org in unit.orgs}
    frame = dataset.tables.get("party_org")
    if frame is not None and not frame.empty:
        keys = zip(map(str, frame["_unit"].tolist()), texts(frame, "org_code"), strict=True)
        known |= dict(zip(keys, texts(frame, "org_type"), strict=True))
    return known


def _refused(dataset: Dataset) -> dict[tuple[str, str], list[int]]:
    frame = dataset.rejected.get("post")
    if frame is None or frame.empty:
        return {}
    found: dict[tuple[str, str], list[int]] = {}
    keys = zip(map(str, frame["_unit"].tolist()), texts(frame, "person_key"), strict=True)
    for key, row in zip(keys, frame["_row"].astype(np.int64).tolist(), strict=True):
        found.setdefault(key, []).append(row)
    return found
