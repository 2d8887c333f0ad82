"""Who held which post in the year, and what was paid for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from toolkit.sample.story import SOUND, Org, Person, Row, Story, first_secretary, months_on_first_day

CROSSING = 9
"""Every ninth unit of the list shares a person with the unit before it."""


@dataclass
class _Term:
    person: Person
    post: str
    start: date
    end: date | None = None
    status: str = "离退休党员"
    group: str = ""
    paid: bool = False
    rate: Decimal = Decimal(0)
    months: int | None = None


def posts(story: Story) -> list[Row]:
    """The rows of the sheet 任职与补贴."""
    rows: list[Row] = []
    liaison = story.person(prefix="Z", born=(1970, 1992))
    for org in story.orgs:
        for term in (*_secretaries(story, org), *_committee(story, org), *_liaisons(story, org, liaison)):
            rows.append(_row(story, org.code, term, len(rows) + 1))
    for code, linked, set_date, size in story.groups:
        for term in _group_leaders(story, code, linked, set_date, size):
            rows.append(_row(story, linked, term, len(rows) + 1))
    return rows


def _secretaries(story: Story, org: Org) -> list[_Term]:
    """The secretary of the year, or the two of a hand-over."""
    rng, rate, year = story.rng, story.secretary_rate, story.year
    person, start = org.everyone[0], _elected(story, org)
    if not org.leaf:
        person = org.everyone[1]
    term = _Term(person, "书记", start, rate=rate, paid=True)
    kind = rng.choices(("whole", "new", "handover", "vacant", "in_service"), (0.66, 0.10, 0.10, 0.05, 0.09))[0]
    if story.orderly:
        kind = "in_service" if story.manner == SOUND and org.leaf else "whole"
    if kind == "whole" or (org.set_date.year == year and story.manner != SOUND):
        return [term]
    if kind == "new":
        term.start = date(year, rng.randint(2, 9), 15)
        return [term]
    if kind == "in_service":
        outsider = story.person(prefix="Z", born=(1968, 1985))
        paid = story.goes_wrong(0.1)
        return [_Term(outsider, "书记", start, status="在职党员", paid=paid, rate=rate)]
    last = date(year, 6, 15) if kind == "handover" else date(year, 3, 31)
    first = last + timedelta(days=1) if kind == "handover" else date(year, 5, 1)
    former = story.person()
    return [
        _Term(former, "书记", start, last, rate=rate, paid=True),
        _Term(person, "书记", first, rate=rate, paid=True),
    ]


def _committee(story: Story, org: Org) -> list[_Term]:
    """Deputy and committee members for the seats, and the reserve."""
    yunnan = bool(story.groups) or "group_code" in story.form.by_name["post"].by_name
    people = iter(org.everyone[2 if org.leaf else 4 :])
    terms = []
    vacant = 0 if story.happens(0.95) else 1
    posts_left = ["副书记"] * (org.seats >= 5) + ["委员"] * (org.seats - 1 - (org.seats >= 5))
    for post, person in zip(posts_left[: len(posts_left) - vacant], people, strict=False):
        paid = yunnan and story.rng.random() < 0.94
        terms.append(_Term(person, post, _elected(story, org), paid=paid, rate=story.committee_rate))
    if org.leaf and story.happens(0.8):
        reserve = next(people, None)
        if reserve:
            terms.append(_Term(reserve, "后备书记", date(story.year - 1, story.rng.randint(1, 12), 1)))
    return terms


def _liaisons(story: Story, org: Org, person: Person) -> list[_Term]:
    if not org.leaf or not story.happens(0.93):
        return []
    start = max(org.set_date, date(story.year - 1, 3, 1))
    return [_Term(person, "党建联络员", start, status="在职党员")]


def _group_leaders(story: Story, code: str, linked: str, set_date: date, size: int) -> list[_Term]:
    """Leader and deputy of a study group; in some units the secretary of the unit before, paid there too."""
    rng = story.rng
    place = story.units.index(story.unit.code)
    status, person = "离退休非中共党员", None
    if place % CROSSING == CROSSING - 1:
        name, birth = first_secretary(story.seed, story.units[place - 1])
        person, status = story.known_person(name, birth, "W"), "离退休党员"
    leader = person or story.person(prefix="F")
    start = max(set_date, date(story.year - 1, 7, 1))
    paid = person is None or rng.random() < 0.5
    terms = [_Term(leader, "学习小组组长", start, status=status, group=code, paid=paid, rate=story.secretary_rate)]
    if size >= 6:
        deputy = story.person(prefix="F")
        other = _Term(deputy, "学习小组副组长", start, status="离退休非中共党员", group=code, paid=True)
        other.rate = story.committee_rate
        terms.append(other)
    return terms


def _elected(story: Story, org: Org) -> date:
    """When the present committee took office."""
    return max(org.set_date, date(story.year - story.rng.randint(1, 2), story.rng.randint(1, 12), 1))


def _row(story: Story, org: str, term: _Term, number: int) -> Row:
    row: Row = {
        "post_no": str(number),
        "org_code": org,
        "person_key": term.person.key,
        "person_name": term.person.name,
        "person_status": term.status,
        "post_type": term.post,
        "start_date": term.start,
        "subsidy_recipient": "是" if term.paid else "否",
    }
    if term.group:
        row["group_code"] = term.group
    if term.end:
        row |= {"end_date": term.end, "end_reason": "换届"}
    if term.paid:
        months = months_on_first_day(term.start, term.end, story.year)
        if months > 2 and not story.happens(0.95):
            months -= 2
        row |= {"paid_months": months, "paid_amount": months * term.rate, "birth_ym": term.person.birth}
        if story.collects_ids:
            row["id_number"] = invented_id(story, term.person)
    if term.post == "后备书记":
        ago = story.rng.randint(1, 6)
        row["retire_date"] = date(story.year - (1 if story.orderly else ago), story.rng.randint(1, 12), 28)
        row["held_leading_post"] = "是" if story.turns_out(0.92) else "否"
    if term.post in ("书记", "副书记", "委员") and story.happens(0.9):
        first = max(term.start, date(story.year, 3, 1))
        if first <= date(story.year, 4, 20) and not term.end:
            row["trained_date"] = date(story.year, 4, 20)
    if term.post == "党建联络员":
        row["duty_list_signed"] = "是" if story.happens(0.95) else "否"
    return row


def invented_id(story: Story, person: Person) -> str:
    """An identity number with a right check digit in a county that does not exist."""
    body = f"{story.unit.code[:2]}9999{person.birth.replace('.', '')}{story.rng.randint(1, 28):02d}"
    body += f"{story.rng.randint(0, 999):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
