"""Who may lead a study group: somebody outside the Party, or a member of a branch's committee.

Source: YN-02-h; calculations C4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.compute.allowance.places import Place, Places, served
from toolkit.compute.allowance.rows import earliest
from toolkit.compute.allowance.rules import Eligible
from toolkit.compute.allowance.say import Reason, reason
from toolkit.compute.allowance.settings import Frame
from toolkit.compute.filters import in_force
from toolkit.model.batch import Dataset
from toolkit.model.result import MET, NOT_MET, UNDETERMINED, WARNING
from toolkit.model.rows import Evidence, Row

POST = "post"


@dataclass(frozen=True, slots=True)
class Leader:
    """One leader in post on the day of judgement."""

    unit: str
    key: str
    post: str
    level: str
    reason: Reason
    evidence: tuple[Evidence, ...]


def leaders(dataset: Dataset, terms: Eligible, day: date, frame: Frame) -> list[Leader]:
    """Every leader in post on `day`; anybody else in that post is a warning (可由…也可由…).

    What is put softly is hard where the frame is strict: 不达标 instead of a warning. A refused row that could be
    a leader's has a result of its own.
    """
    search = _Search(dataset, terms, day, frame)
    held = sorted((row for row in dataset.records.rows(POST).rows if search.in_post(row)), key=_order)
    seats: dict[tuple[str, str], list[Row]] = {}
    for row in held:
        if row.person_key and row.post_type in terms.or_posts:
            seats.setdefault((row.origin.unit, row.person_key), []).append(row)
    found = [
        search.judged(row, seats.get((row.origin.unit, row.person_key), ()))
        for row in held
        if row.post_type in terms.posts
    ]
    refused = [row for row in dataset.records.refused(POST).rows if search.could_lead(row)]
    return [*found, *map(search.refused_leader, sorted(refused, key=_order))]


def _order(row: Row) -> tuple:
    return row.origin


@dataclass
class _Search:
    """Leaders and seats among the rows of one dataset."""

    dataset: Dataset
    terms: Eligible
    day: date
    frame: Frame

    def __post_init__(self) -> None:
        self.places = Places(self.dataset)

    def in_post(self, row: Row) -> bool:
        """Whether a merged row is in post on the day; nobody is in what has been dissolved."""
        end = earliest(row.end_date, self._place(row).end)
        return row.start_date is not None and in_force(row.start_date, end, self.day)

    def _place(self, row: Row) -> Place:
        unit, group = row.origin.unit, getattr(row, "group_code", None) or ""
        at, led = self.places.org(unit, row.org_code or ""), self.places.group(unit, group)
        return served(row.post_type or "", at, led, self.terms.posts)

    def could_lead(self, row: Row) -> bool:
        """Whether a refused row could be that of a leader in post."""
        could = self.dataset.records.could(POST, row, "post_type", self.terms.posts)
        return could and in_force(row.start_date, row.end_date, self.day)

    def judged(self, row: Row, seats: Sequence[Row]) -> Leader:
        """The level of a leader."""
        status, unit = row.person_status or "", row.origin.unit
        if doubt := self._place(row).end_doubt:
            form = self.dataset.form
            facts = {"doubt": doubt.sentence(form), "sheet": form.by_name[doubt.sheet].label, "post": row.post_type}
            return self._leader(row, (), UNDETERMINED, reason("ALW-508", **facts))
        if status in self.terms.statuses:
            return self._leader(row, (), MET, reason("ALW-501", status=status, post=row.post_type))
        kinds = [(seat, self.places.org(unit, seat.org_code or "")) for seat in seats]
        fit = [(seat, place) for seat, place in kinds if place.kind_doubt or place.type in self.terms.org_types]
        own = [seat for seat, place in fit if not (place.kind_doubt or place.end_doubt)]
        held = "、".join(dict.fromkeys(seat.post_type for seat in own))
        if own:
            return self._leader(row, own, MET, reason("ALW-502", held=held, post=row.post_type))
        if refused := self._other_rows(row):
            rows = "、".join(str(other.origin.row) for other in refused)
            return self._leader(row, (), UNDETERMINED, reason("ALW-505", sheet=self.frame.names[POST], rows=rows))
        if doubtful := [(seat, doubt) for seat, place in fit if (doubt := place.kind_doubt or place.end_doubt)]:
            seat, doubt = doubtful[0]
            form = self.dataset.form
            facts = {"held": seat.post_type, "doubt": doubt.sentence(form), "sheet": form.by_name[doubt.sheet].label}
            return self._leader(row, [seat], UNDETERMINED, reason("ALW-507", **facts))
        level = NOT_MET if self.frame.strict else WARNING
        return self._leader(row, (), level, reason("ALW-503", status=status, post=row.post_type))

    def refused_leader(self, row: Row) -> Leader:
        """A leader, perhaps, whose row was refused."""
        facts = {"posts": "、".join(self.terms.posts), "sheet": self.frame.names[POST], "rows": row.origin.row}
        return self._leader(row, (), UNDETERMINED, reason("ALW-506", **facts))

    def _other_rows(self, row: Row) -> list[Row]:
        """Refused rows that could be a seat of the same person."""
        records = self.dataset.records
        return [
            other
            for other in records.refused(POST).by_unit.get(row.origin.unit, ())
            if records.could(POST, other, "person_key", (row.person_key,))
            and records.could(POST, other, "post_type", self.terms.or_posts)
        ]

    def _leader(self, row: Row, seats: Sequence[Row], level: str, why: Reason) -> Leader:
        evidence = self.dataset.records.evidence(POST, (row, *seats))
        return Leader(row.origin.unit, row.person_key or "", row.post_type or "", level, why, evidence)
