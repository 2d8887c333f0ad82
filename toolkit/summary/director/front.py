"""总体情况: eight headline figures with last year beside them, what is to be said, three charts."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.drawing.values import Formula, Value
from toolkit.model.figures import NOT_COUNTED, PROVED, TOLD, Share
from toolkit.summary.director.behind import Told, bands, rates, worst
from toolkit.summary.labels import words
from toolkit.summary.paper.charts import chart, region
from toolkit.summary.paper.page import PrintedPage
from toolkit.summary.paper.tiles import as_text, tiles
from toolkit.summary.unit_lines import SHORT

NAMED, WORST = 3, 3
"""How many units and how many requirements a sentence names."""
SIZE, MOST_LINES = 12, 4
CHARTS, SIGNED = 440.0, 34.0
UPPER = 0.58
"""The part of the right half that the upper chart takes."""
_PAD, _ABOVE = 1.0, 4.0
HEAD, BAR = 28.0, 19.0
"""Points of the title of a chart, and of a bar whose name is printed whatever its length."""


def front(page: PrintedPage, told: Told) -> None:
    """Draws the page."""
    tiles(page, _values(told), **_beside(told))
    page.section(page.words["situation"])
    for text in sentences(told):
        page.para(text, SIZE, MOST_LINES)
    page.section(page.words["charts"])
    room = min(CHARTS, page.left() - SIGNED)
    (row, tall), half, charts = region(page, room), page.mm(0, page.last) / 2, page.spec.charts
    wide, tall = half - 2 * _PAD, tall - 2 * _ABOVE
    upper, (upper_span, missed), (lower_span, units) = tall * UPPER, worst(told), bands(told)
    chart(page, charts["parts"], rates(told), row, (0, _ABOVE, wide, tall), 1)
    named = upper_span.beginning(max(1, int((upper - _ABOVE - HEAD) / BAR)))
    chart(page, charts["worst"], named, row, (half + _PAD, _ABOVE, wide, upper - _ABOVE), missed)
    chart(page, charts["bands"], lower_span, row, (half + _PAD, _ABOVE + upper, wide, tall - upper), units)
    page.signature()


def headlines(told: Told) -> list[tuple[str, str, str]]:
    """The headline figures as texts: what it is, the figure, what it is compared with."""
    values, beside = _values(told), _beside(told)
    return [
        (one.label, as_text(one.kind, values[one.key]), one.below.format(**beside)) for one in told.page("front").tiles
    ]


def _values(told: Told) -> dict[str, Value]:
    data, none = told.data, told.page("front").words["nothing"]
    counted = Formula(f'=COUNTIF({data.range("state")},"{words().standings["counted"]}")', len(told.figures.counted))
    sums = {key: data.sum(key) for key in ("orgs", "members", "hard", "due", "paid")}
    shares = {
        "proved": data.whole_share("met", "asked", none),
        "told": data.whole_share("told_met", "told_asked", none),
    }
    return {"counted": counted, **sums, **shares}


def _beside(told: Told) -> dict[str, object]:
    """What stands below the figures: last year, and what they consist of."""
    figures, said, before = told.figures, told.page("front").words, told.before
    states = figures.overalls
    facts = {"units": len(figures.units), "waiting": sum(states[state] for state in NOT_COUNTED)}
    ago = said["last_year"]
    if before is not None and before.year != told.lines.allowance.year - 1:
        ago = said["earlier"].format(year=before.year)
    keys = ("orgs", "members", "hard", "due", "paid", "proved", "told")
    known = dict.fromkeys(keys, said["nothing"])
    if before is not None:
        known |= {key: f"{before.total(key):,}" for key in ("orgs", "members", "hard")}
        known |= {key: f"{before.total(key):,.2f}" for key in ("due", "paid")}
        known |= {key: _percent(getattr(before, key), said["nothing"]) for key in ("proved", "told")}
    return {
        **known,
        "ago": ago,
        **facts,
        "failed": sum(one.hard > 0 for one in figures.units),
        "persons": len(told.lines.due_persons),
    }


def _percent(share: Share, none: str) -> str:
    return none if share.rate is None else f"{share.rate:.1%}"


def sentences(told: Told) -> Iterator[str]:
    """What is to be said of the round, four or five sentences."""
    said, figures, lines = told.page("front").words, told.figures, told.lines
    units, counted = len(figures.units), len(figures.counted)
    share = _percent(Share(counted, units), said["nothing"])
    yield said["say_returned"].format(units=units, counted=counted, share=share, waiting=_waiting(told))
    proved, ticks = figures.whole[PROVED], figures.whole[TOLD]
    yield said["say_levels"].format(
        asked=f"{proved.asked:,}",
        met=f"{proved.met:,}",
        rate=_percent(proved, said["nothing"]),
        told_asked=f"{ticks.asked:,}",
        told_met=f"{ticks.met:,}",
        told_rate=_percent(ticks, said["nothing"]),
    )
    yield _hard(told)
    yield _money(told)
    if figures.unset:
        yield said["say_unset"].format(names=said["join"].join(figures.unset.values()), term=lines.term)


def _waiting(told: Told) -> str:
    """The units whose return does not count, by why."""
    said, found = told.page("front").words, []
    for state in reversed(NOT_COUNTED):
        if own := [one.unit for one in told.figures.units if one.overall == state]:
            names = told.lines.named(own, NAMED)
            found.append(said["say_state"].format(state=state, count=len(own), names=names))
    return said["say_waiting"].format(states="，".join(found)) if found else ""


def _hard(told: Told) -> str:
    said, figures = told.page("front").words, told.figures
    top = [
        said["say_worst"].format(title=told.lines.title(clause), count=count)
        for clause, count in figures.most_missed()[:WORST]
    ]
    if not top:
        return said["say_no_hard"]
    hard, failed = sum(one.hard for one in figures.units), sum(one.hard > 0 for one in figures.units)
    return said["say_hard"].format(failed=failed, hard=f"{hard:,}", worst=said["join"].join(top))


def _money(told: Told) -> str:
    said, lines, money = told.page("front").words, told.lines, told.figures.account.total
    short = lines.by_state[SHORT]
    lack = sum(one.lack for one in lines.all.values())
    parts = [
        said["part"].format(name=name, amount=f"{getattr(money, key):,.2f}")
        for key, name in words().parts.items()
        if getattr(money, key)
    ]
    if money.unread:
        parts.append(words().common["unknown_rows"].format(count=money.unread))
    waiting = len(lines.open_persons)
    return said["say_money"].format(
        term=lines.term,
        open=said["say_open"].format(count=waiting) if waiting else "",
        due=f"{lines.due:,.2f}",
        paid=f"{lines.paid:,.2f}",
        lack_say=said["say_lack"].format(count=len(short), amount=f"{lack:,.2f}") if short else said["say_no_lack"],
        reported=f"{money.reported:,.2f}",
        settled=said["unsettled"].format(parts=said["join"].join(parts)) if parts else said["settled"],
    )
