"""本级目标 and 目标来源: how far the area has met its targets, to be signed, and what each round contributed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from toolkit.drawing.values import Value
from toolkit.model.portions import Tally
from toolkit.summary.book import Book, Page
from toolkit.summary.grouping import SEPARATOR
from toolkit.summary.labels import BookWords

if TYPE_CHECKING:
    from toolkit.upward import Upward
    from toolkit.upward.targets import Aim, Targets

NAMED = 30
"""How many suspicions are listed below a target."""


def target_pages(book: Book, sheets: BookWords, whole: Upward, targets: Targets, facts: Mapping) -> None:
    """The two pages, the one to be signed first."""
    facts = {**facts, "day": targets.day.isoformat()}
    _front(book.page(sheets["targets"]), whole, targets, facts, sheets["shares"].words)
    _shares(book.page(sheets["shares"]), whole, targets, facts)


def _front(page: Page, whole: Upward, targets: Targets, facts: Mapping, said: Mapping[str, str]) -> None:
    page.frame(**facts)
    page.note(_complete(page.words.words, whole, targets))
    if targets.unmarked:
        page.note(page.words.words["unmarked"])
    page.header()
    page.table(
        {
            "no": number,
            "clause": aim.clause,
            "title": aim.title.split(SEPARATOR)[-1],
            "quote": aim.quote,
            "need": aim.need,
            "rows": aim.rows,
            "things": _range(aim.tally, said),
            "level": aim.level,
            "reason": "；".join(one.reason for one in aim.results),
        }
        for number, aim in enumerate(targets.aims, 1)
    )
    for note in page.words.notes:
        page.note(note)
    page.signature()


def _complete(said: Mapping[str, str], whole: Upward, targets: Targets) -> str:
    key = "missing" if targets.missing else "complete" if targets.listed else "unlisted"
    names = {"count": len(targets.missing), "names": "、".join(targets.missing)}
    begun = said[key].format(sources=len(whole.sources), units=len(whole.units), **names)
    return begun + said["away" if targets.away else "all_back"].format(away=targets.away)


def _range(tally: Tally | None, said: Mapping[str, str]) -> Value:
    """One number, or the least and the most."""
    if tally is None:
        return None
    return str(tally.most) if tally.least == tally.most else said["range"].format(least=tally.least, most=tally.most)


def _shares(page: Page, whole: Upward, targets: Targets, facts: Mapping) -> None:
    page.frame(**facts)
    page.header(freeze=3)
    for aim in targets.aims:
        page.section(f"{aim.clause}　{aim.title.split(SEPARATOR)[-1]}")
        rows = list(_lines(aim, whole, targets, page.words.words))
        span = page.table(rows)
        sums = page.sums(span, rows, ("units", "returned", "rows", "unsure"))
        page.total(span, {**sums, "things": _range(aim.tally, page.words.words)}, label_columns=4)
        _suspicions(page, aim, whole)
    for note in page.words.notes:
        page.note(note)


def _lines(aim: Aim, whole: Upward, targets: Targets, said: Mapping[str, str]) -> Iterator[dict[str, Value]]:
    """The rounds in their order, then what was not handed in."""
    own: dict[str, list[str]] = {code: [] for code in whole.sources}
    for unit, source in whole.source_of.items():
        own[source].append(unit)
    number = 0
    for number, share in enumerate(aim.shares, 1):
        source, units = whole.sources[share.source], own[share.source]
        back = sum(unit in whole.returned for unit in units)
        counted = (
            {"things": said["silent"]} if share.silent else {"rows": share.rows, "things": _range(share.tally, said)}
        )
        yield {
            "no": number,
            "source": share.source,
            "name": source.name,
            "as_of": source.as_of,
            "units": len(units),
            "returned": back,
            **counted,
            "unsure": share.unsure or None,
        }
    for number, name in enumerate(targets.missing, number + 1):  # noqa: B020 the numbers go on
        yield {
            "no": number,
            "source": None,
            "name": name,
            "as_of": None,
            "units": None,
            "returned": None,
            "rows": None,
            "things": said["absent"],
            "unsure": None,
        }


def _suspicions(page: Page, aim: Aim, whole: Upward) -> None:
    """Who has to ask whom."""
    for units in aim.alike[:NAMED]:
        page.note(page.words.words["alike"].format(units="、".join(whole.units[unit] for unit in units)))
    if len(aim.alike) > NAMED:
        page.note(page.words.words["more"].format(count=len(aim.alike) - NAMED))
