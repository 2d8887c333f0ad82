"""上报汇总.xlsx: what one level sends to the next: totals and levels, no personal data; and several of them merged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from toolkit.drawing.values import Formula, Span, Value
from toolkit.model.cell import fixed, on_sheet
from toolkit.model.result import LEVEL_KEYS
from toolkit.model.stamp import UPWARD, Stamp
from toolkit.summary.book import Book, Page
from toolkit.summary.grouping import SEPARATOR
from toolkit.summary.labels import BookWords, book_words, words
from toolkit.summary.target_pages import target_pages
from toolkit.summary.tasks_book import hidden_meta

if TYPE_CHECKING:
    from toolkit.upward import Upward
    from toolkit.upward.targets import Targets

KIND = UPWARD
BEHIND = ("figures", "levels", "portions", "checks")
"""Sheets of single values: hidden, so that they are not printed with the rest."""
READ = {
    "sources": ("source", "name", "as_of", "key"),
    "units": ("code", "unit", "source", "returned", "level", "speaks"),
    "items": ("item", "group", "name", "measure"),
    "figures": ("code", "item", "unit", "value"),
    "clauses": ("clause", "title"),
    "levels": ("code", "clause", "level"),
    "areas": ("source", "clause", "level", "reason"),
    "portions": ("code", "clause", "subject", "thing", "circle", "rows", "unsure", "marks"),
}


def sheet_names() -> dict[str, str]:
    """Names of the sheets that are read back, by key."""
    return {key: book_words("upward")[key].name for key in READ}


def heads() -> dict[str, dict[str, str]]:
    """Headings that are read back, by sheet and key."""
    found = {}
    for key, names in READ.items():
        labels = {column.key: column.label.replace("\n", "") for column in book_words("upward")[key].columns}
        found[key] = {name: labels[name] for name in names}
    return found


def fingerprint(whole: Upward) -> str:
    """A digest of everything that is read back, independent of the order of the rows."""
    parts = [
        *(
            f"u{code}|{source}|{code in whole.returned}|{whole.stands[code]}"
            for code, source in whole.source_of.items()
        ),
        *(f"f{one.unit}|{one.item}|{'' if one.value is None else _plain(one.value)}" for one in whole.figures),
        *(f"l{unit}|{clause}|{level}" for (unit, clause), level in whole.levels.items()),
        *(f"s{code}|{source.as_of}|{source.key}" for code, source in whole.sources.items()),
        *(f"{'n' if one.nobody else 'r'}{one.source}|{one.item}|{_plain(one.value)}" for one in whole.rests),
        *(f"a{one.source}|{one.clause}|{one.level}|{one.reason}" for one in whole.areas),
        *(f"p{clause}|{one}" for clause, own in whole.portions.items() for one in own),
    ]
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def upward_workbook(
    whole: Upward,
    meta: list[tuple[str, str]],
    by_source: Mapping[str, Mapping[str, Decimal]],
    targets: Targets | None = None,
) -> bytes:
    """The workbook: 本级目标, 目标来源, 合计, 条款合计, 来源, 单位, 分单位数据, 分单位等级, 全辖区等级, 目标数据, 核对.

    Args:
        by_source: source → item → sum, for the reconciliation.
        targets: of the area, where several returns were merged; without them there are no pages of targets.
    """
    from toolkit.upward import words as said

    sheets = book_words("upward")
    facts = {"year": whole.year, "as_of": whole.as_of, "title": whole.title}
    book = Book(whole.title)
    if targets:
        target_pages(book, sheets, whole, targets, facts)
    front, clauses = book.page(sheets["items"]), book.page(sheets["clauses"])
    _sources(book, sheets, whole, facts, said())
    _units(book, sheets, whole, facts)
    figures = _figures(book, sheets, whole, facts, said())
    levels = _levels(book, sheets, whole, facts)
    totals = _items(front, whole, figures, facts)
    _clauses(clauses, whole, levels, facts)
    areas = _areas(book, sheets, whole, facts)
    _portions(book, sheets, whole, facts)
    checks = _checks(book, sheets, whole, by_source, totals)
    _area_checks(checks, whole, areas)
    hidden_meta(book, meta)
    for key in BEHIND:
        book.raw.get_worksheet_by_name(sheets[key].name).hide()
    return book.close()


def stamp_of(whole: Upward, campaign: str) -> Stamp:
    """The identity of a return upward."""
    return Stamp(campaign=campaign, policy=whole.policy, year=str(whole.year))


def _sources(book: Book, sheets: BookWords, whole: Upward, facts: Mapping, said: Mapping[str, str]) -> None:
    page = _begun(book, sheets, "sources", facts)
    own: dict[str, list[str]] = {code: [] for code in whole.sources}
    for unit, source in whole.source_of.items():
        own[source].append(unit)
    rows = [
        {
            "no": number,
            "source": code,
            "name": one.name,
            "as_of": one.as_of,
            "key": one.key or said["no_key"],
            "units": len(own[code]),
            "returned": sum(unit in whole.returned for unit in own[code]),
        }
        for number, (code, one) in enumerate(whole.sources.items(), 1)
    ]
    span = page.table(rows)
    page.total(span, page.sums(span, rows, ("units", "returned")), label_columns=5)
    for note in page.words.notes:
        page.note(note)


def _units(book: Book, sheets: BookWords, whole: Upward, facts: Mapping) -> None:
    page = _begun(book, sheets, "units", facts)
    yes, stands = words().common["yes"], whole.stands
    page.table(
        (
            {
                "no": number,
                "code": code,
                "unit": name,
                "source": whole.source_of[code],
                "level": stands[code].level,
                "speaks": yes if stands[code].speaks else None,
                "returned": yes if code in whole.returned else None,
            }
            for number, (code, name) in enumerate(whole.units.items(), 1)
        ),
        filtered=True,
    )


def _figures(book: Book, sheets: BookWords, whole: Upward, facts: Mapping, said: Mapping[str, str]) -> Span:
    """The figures of the units, then the sums of those that stand in no row of a unit."""
    page = _begun(book, sheets, "figures", facts)
    rows: list[dict[str, Value]] = []
    for one in whole.figures:
        shown = said["few"] if one.value is None else one.value
        rows.append(
            {
                "code": one.unit,
                "unit": whole.units[one.unit],
                "item": one.item,
                "name": whole.items[one.item].name,
                "value": shown,
            }
        )
    for rest in whole.rests:
        shown = said["nobody" if rest.nobody else "rest"]
        rows.append(
            {
                "code": rest.source,
                "unit": shown,
                "item": rest.item,
                "name": whole.items[rest.item].name,
                "value": rest.value,
            }
        )
    return page.table(rows, filtered=True)


def _levels(book: Book, sheets: BookWords, whole: Upward, facts: Mapping) -> Span:
    page = _begun(book, sheets, "levels", facts)
    rows = (
        {"code": unit, "unit": whole.units[unit], "clause": clause, "level": level}
        for (unit, clause), level in whole.levels.items()
    )
    return page.table(rows, filtered=True)


def _areas(book: Book, sheets: BookWords, whole: Upward, facts: Mapping) -> Span:
    page = _begun(book, sheets, "areas", facts)
    rows = (
        {
            "source": one.source,
            "clause": one.clause,
            "title": whole.clauses[one.clause].split(SEPARATOR)[-1],
            "level": one.level,
            "reason": one.reason,
        }
        for one in whole.areas
    )
    span = page.table(rows, filtered=True)
    for note in page.words.notes:
        page.note(note)
    return span


def _portions(book: Book, sheets: BookWords, whole: Upward, facts: Mapping) -> None:
    """What the units contribute to the targets of the area."""
    page = book.page(sheets["portions"])
    page.frame(**facts)
    for note in page.words.notes:
        page.note(note)
    page.header(freeze=2)
    page.table(
        (
            {
                "code": one.unit,
                "unit": whole.units[one.unit],
                "clause": clause,
                "subject": one.subject,
                "thing": one.thing,
                "circle": one.circle,
                "rows": one.rows,
                "unsure": one.unsure or None,
                "marks": " ".join(one.marks),
            }
            for clause, own in whole.portions.items()
            for one in own
        ),
        filtered=True,
    )


def _items(page: Page, whole: Upward, figures: Span, facts: Mapping) -> Mapping[str, str]:
    """One row an item with its live total; returns the address of each total."""
    page.frame(**facts)
    page.header(freeze=4)
    first, totals, partial = page.row, whole.totals(), whole.partial()
    rows: list[dict[str, Value]] = []
    for number, (code, item) in enumerate(whole.items.items(), 1):
        total, shown, withheld = totals[code]
        live: Value = total
        if not figures.empty:
            live = figures.live(f"SUMIF({{0}},B{first + number},{{1}})", 2, 4, value=total)
        scope = page.words.words["part" if code in partial else "whole"]
        rows.append(
            {
                "no": number,
                "item": code,
                "group": item.group,
                "name": item.name,
                "measure": item.measure,
                "total": live,
                "scope": scope,
                "shown": shown,
                "withheld": withheld or None,
            }
        )
    page.table(rows, filtered=True)
    for note in page.words.notes:
        page.note(note)
    at = page.index("total") + 1
    return {code: on_sheet(page.name, fixed(first + number, at)) for number, code in enumerate(whole.items, 1)}


def _clauses(page: Page, whole: Upward, levels: Span, facts: Mapping) -> None:
    page.frame(**facts)
    page.header(freeze=3)
    counts, first = whole.counts(), page.row
    rows: list[dict[str, Value]] = []
    for number, (code, title) in enumerate(whole.clauses.items(), 1):
        live = {
            key: _count(levels, f"B{first + number}", level, counts[code][level]) for key, level in LEVEL_KEYS.items()
        }
        rows.append({"no": number, "clause": code, "title": title.split(SEPARATOR)[-1], **live})
    span = page.table(rows, filtered=True)
    page.total(span, page.sums(span, rows, LEVEL_KEYS), label_columns=3)


def _count(levels: Span, clause: str, level: str, count: int) -> Value:
    if levels.empty:
        return 0
    return levels.live(f'COUNTIFS({{0}},{clause},{{1}},"{level}")', 2, 3, value=count)


def _checks(
    book: Book,
    sheets: BookWords,
    whole: Upward,
    by_source: Mapping[str, Mapping[str, Decimal]],
    totals: Mapping[str, str],
) -> Page:
    """Every total beside the sum over the sources."""
    page = book.page(sheets["checks"])
    page.frame()
    page.header(freeze=1)
    sums = whole.totals()
    for code, item in whole.items.items():
        lower = sum((own.get(code, Decimal(0)) for own in by_source.values()), Decimal(0))
        _check(page, item.group, item.name, lower, Formula(f"={totals[code]}", sums[code][0]))
    return page


def _area_checks(page: Page, whole: Upward, areas: Span) -> None:
    """The number of whole areas with a result under each clause beside the sum over the sources."""
    for clause, count in whole.area_counts().items():
        lower = Decimal(sum(whole.area_counts(source).get(clause, 0) for source in whole.sources))
        live = areas.live(f'COUNTIF({{0}},"{clause}")', 1, value=count)
        name = f"{clause}　{whole.clauses[clause].split(SEPARATOR)[-1]}"
        _check(page, page.words.words["areas"], name, lower, live)


def _check(page: Page, group: str, name: str, lower: Decimal, upper: Formula) -> None:
    common, row = words().common, page.row + 1
    same = common["agrees" if lower == upper.value else "differs"]
    check = Formula(f'=IF(ROUND(C{row}-D{row},2)=0,"{common["agrees"]}","{common["differs"]}")', same)
    page.table([{"group": group, "name": name, "lower": lower, "upper": upper, "result": check}])


def _begun(book: Book, sheets: BookWords, key: str, facts: Mapping) -> Page:
    page = book.page(sheets[key])
    page.frame(**facts)
    page.header()
    return page
