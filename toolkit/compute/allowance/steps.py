"""How an amount comes about, step by step: dates, months, standards, rounding; enough for a pocket calculator.

Every month that is paid is one line `月份：标准元/月×月数个月=金额元`; the lines of all rows of a person add up, and
the sum is rounded once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from toolkit.compute.allowance.person import Person
from toolkit.compute.allowance.places import NOWHERE
from toolkit.compute.allowance.rows import PostRow, earliest, paid_months
from toolkit.compute.allowance.say import reason
from toolkit.compute.allowance.settings import Frame
from toolkit.compute.months import ANY_DAY, DAILY, FIRST_DAY, GRAIN, HALF, counts, days_of, in_months

_RULES = {FIRST_DAY: "ALW-611", ANY_DAY: "ALW-612", HALF: "ALW-613", DAILY: "ALW-614"}
_PLACES = 6


def steps(person: Person, place: int, frame: Frame) -> tuple[str, ...]:
    """The steps of one row of a person; the last row also says what all of them come to.

    Args:
        place: number of the row among the person's merged rows.
    """
    row = person.rows[place]
    lines = [*_term(row, frame)]
    if person.unknown is not None:
        return (*lines, reason("ALW-634", why=person.unknown.text).text)
    if row.zero is not None:
        lines.append(reason("ALW-633", why=row.zero.text).text)
    else:
        lines += _months(person, place, frame)
        shares = person.shares[place][: frame.completed]
        facts = {"months": in_months(sum(shares)), "due": person.due[place]}
        lines.append(reason("ALW-631", **facts).text)
    if place == len(person.rows) - 1:
        lines.append(reason("ALW-632", exact=_shown(_exact(person, frame)), due=person.total_due).text)
    return tuple(lines)


def early_steps(person: Person, later: Person, frame: Frame) -> tuple[str, ...]:
    """How much of what is due lies before the founding, month by month where it makes a difference.

    Args:
        later: the person since the founding.
    """
    lines = []
    for place, (row, due, left) in enumerate(zip(person.rows, person.due, later.due, strict=True)):
        if due <= left or not any(row.early):
            continue
        for month in range(frame.completed):
            share = later.shares[place][month]
            if share != person.shares[place][month]:
                amount = Fraction(later.rates[place][month] or 0) * Fraction(share, GRAIN)
                facts = {"month": _name(frame, month), "share": _part(share, month, frame), "amount": _shown(amount)}
                lines.append(reason("ALW-636", **facts).text)
        lines.append(reason("ALW-637", due=due, left=left, early=due - left).text)
    return tuple(lines)


def _term(row: PostRow, frame: Frame) -> Iterator[str]:
    """From when to when the row counts, and why it ends earlier than it says."""
    if not row.start:
        return
    facts = {"start": row.start, "end": row.ended}
    yield reason("ALW-602" if row.ended else "ALW-601", **facts).text
    name, of = (row.group, "ALW-604") if row.place is row.led else (row.org, "ALW-603")
    if row.place.end is not None and (row.ended is None or row.place.end < row.ended):
        yield reason(of, name=name, day=row.place.end).text
    last = earliest(row.ended, row.place.end) or date.max
    if row.place is row.led is not NOWHERE and row.at.end is not None and row.at.end < last:
        yield reason("ALW-617", name=row.org, day=row.at.end, group=row.group).text
    first, end = _inside(row, frame)
    yield (
        reason("ALW-605", year=frame.year, first=first, last=end).text
        if first
        else reason("ALW-606", year=frame.year).text
    )
    if any(row.early):
        yield reason("ALW-618" if row.place is row.at else "ALW-619", name=name, day=row.place.start).text
    if row.at.known and not row.at.rows and frame.scoped:
        yield reason("ALW-610", name=row.org, type=row.at.type).text


def _inside(row: PostRow, frame: Frame) -> tuple[date | None, date | None]:
    """First and last day in post inside the year; None where there is none."""
    held = [(month, mask) for month, mask in enumerate(row.masks, 1) if mask]
    if not held:
        return None, None
    (first, low), (last, high) = held[0], held[-1]
    return date(frame.year, first, (low & -low).bit_length()), date(frame.year, last, high.bit_length())


def _months(person: Person, place: int, frame: Frame) -> Iterator[str]:
    """Where the standard comes from, how months are counted, and each month that is held."""
    row, rates, shares = person.rows[place], person.rates[place], person.shares[place]
    held = [month for month, mask in enumerate(row.masks) if mask]
    if not held:
        return
    yield from _sources(row, held, frame)
    yield from _counting(held, frame)
    for month in held:
        if month >= frame.completed:
            yield reason("ALW-625", month=_name(frame, month), as_of=frame.as_of).text
            return
        yield (
            _month(person, place, month, frame)
            if not shares[month]
            else _paid(rates[month], shares[month], month, frame)
        )


def _counting(held: list[int], frame: Frame) -> Iterator[str]:
    """How months are counted, once for each rule, with the month from which it holds where it changes."""
    rules = [frame.month_rules[month] for month in held]
    for at, (month, rule) in enumerate(zip(held, rules, strict=True)):
        said = reason(_RULES[rule]).text
        if len(set(rules)) == 1:
            yield said
            return
        if not at or rules[at - 1] != rule:
            yield reason("ALW-616", month=_name(frame, month), rule=said).text


def _sources(row: PostRow, held: list[int], frame: Frame) -> Iterator[str]:
    """Each origin of the standard once, with the month from which it holds."""
    before = None
    for month in held:
        rate = frame.rates.of(row.unit, row.post).months[month]
        if not frame.rates.in_force[month] or rate is None:
            continue
        source = frame.rates.source(row.unit, row.post, date(frame.year, month + 1, 1)).text
        if (rate, source) != before:
            before = (rate, source)
            yield reason("ALW-615", month=_name(frame, month), post=row.post, rate=f"{rate:f}", source=source).text


def _paid(rate, share: int, month: int, frame: Frame) -> str:
    """The line of a month that is paid."""
    amount = Fraction(rate) * Fraction(share, GRAIN)
    part, shown = _part(share, month, frame), _shown(amount)
    facts = {"month": _name(frame, month), "rate": f"{rate:f}", "share": part, "amount": shown}
    return reason("ALW-621" if _finite(amount) else "ALW-622", **facts).text


def _part(share: int, month: int, frame: Frame) -> str:
    """A share of a month as a human writes it: 1, 0, or so many of its days."""
    days = days_of(frame.year)[month]
    return str(share // GRAIN) if share in (0, GRAIN) else f"{share * days // GRAIN}/{days}"


def _month(person: Person, place: int, month: int, frame: Frame) -> str:
    """Why a month that is held is not paid by this row."""
    row, days = person.rows[place], days_of(frame.year)[month]
    name = _name(frame, month)
    if not frame.rates.in_force[month]:
        return reason("ALW-626", month=name).text
    if not paid_months(row, frame)[month]:
        return reason("ALW-628", month=name).text
    others = [other for at, other in enumerate(person.rows) if at != place and person.shares[at][month]]
    if others and counts(row.masks[month], days, frame.month_rules[month]):
        return reason("ALW-624", month=name, post=others[0].post, unit=others[0].org or others[0].unit).text
    if not person.rates[place][month]:
        return reason("ALW-627", month=name).text
    return reason("ALW-623", month=name).text


def _name(frame: Frame, month: int) -> str:
    return f"{frame.year}-{month + 1:02d}"


def _exact(person: Person, frame: Frame) -> Fraction:
    """What all months of all rows add up to, before rounding."""
    pairs = (
        (rate, share)
        for rates, shares in zip(person.rates, person.shares, strict=True)
        for rate, share in zip(rates[: frame.completed], shares[: frame.completed], strict=True)
    )
    return sum((Fraction(rate) * Fraction(share, GRAIN) for rate, share in pairs if rate and share), Fraction(0))


def _finite(amount: Fraction) -> bool:
    """Whether an amount can be written with six places.

    >>> _finite(Fraction(3001, 100)), _finite(Fraction(100, 3))
    (True, False)
    """
    return (amount * 10**_PLACES).denominator == 1


def _shown(amount: Fraction) -> str:
    """An exact amount with at least two and at most six places.

    >>> _shown(Fraction(300)), _shown(Fraction(100, 3)), _shown(Fraction("233.331"))
    ('300.00', '33.333333', '233.331')
    """
    scaled = amount * 10**_PLACES
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = f"{whole // 10**_PLACES}.{whole % 10**_PLACES:0{_PLACES}d}".rstrip("0")
    return text + "0" * max(0, 2 - len(text.partition(".")[2]))
