"""Workbooks of the round trip: 催报名单.xlsx and 下发清单.xlsx."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from toolkit.drawing.values import OwnText, Value
from toolkit.round_trip.words import round_words
from toolkit.summary.book import Book, Page
from toolkit.summary.labels import book_words

if TYPE_CHECKING:
    from toolkit.round_trip.burden import Burden
    from toolkit.round_trip.changes import Change
    from toolkit.round_trip.chase import Reminder
    from toolkit.round_trip.chase_lists import ListReminder
    from toolkit.round_trip.zipping import Handed


def chase_workbook(
    reminders: Sequence[Reminder],
    counts: Mapping[str, int],
    lists: Sequence[ListReminder] = (),
    *,
    title: str,
    deadline: str,
    today: str,
) -> bytes:
    """催报名单.xlsx: who has to be reminded of what, and how many units are in which state.

    Args:
        counts: number of units by state, all of the unit list.
        lists: offices that owe their list of duties.
    """
    sheets = book_words("chase")
    book = Book(title)
    page = book.page(sheets["list"])
    total = sum(counts.values())
    page.frame(title=title, deadline=deadline, today=today, total=total, count=len(reminders))
    page.header(freeze=3)
    page.table(
        (
            {
                "no": number,
                "code": one.unit,
                "unit": one.name,
                "contact": OwnText(one.contact),
                "state": one.state,
                "missing": one.missing,
                "errors": one.errors,
                "queries": one.queries,
                "problems": "\n".join(one.problems),
                "text": OwnText(one.text),
            }
            for number, one in enumerate(reminders, 1)
        ),
        filtered=True,
    )
    if lists:
        _lists(book.page(sheets["lists"]), lists, title=title, today=today)
    page = book.page(sheets["states"])
    page.frame(title=title, today=today)
    page.header()
    rows = [{"state": state, "count": count} for state, count in counts.items()]
    span = page.table(rows)
    page.total(span, page.sums(span, rows, ("count",)))
    return book.close()


def _lists(page: Page, lists: Sequence[ListReminder], **facts: object) -> None:
    """Offices that owe their list of duties."""
    said = round_words().chase_lists
    page.frame(count=len(lists), **facts)
    page.header(freeze=2)
    page.table(
        (
            {
                "no": number,
                "unit": one.name,
                "contact": OwnText(one.contact),
                "state": said[f"state_{one.state}"],
                "duties": one.duties,
                "wrong": one.wrong,
                "blank": one.blank,
                "text": OwnText(one.text),
            }
            for number, one in enumerate(lists, 1)
        ),
        filtered=True,
    )


def issued_workbook(
    handed: Sequence[Handed], burdens: Sequence[Burden], *, title: str, deadline: str, has_prior: bool
) -> bytes:
    """下发清单.xlsx: every unit's workbook, to be signed for, and what the form asks of each of them."""
    sheets = book_words("issued")
    book = Book(title)
    page = book.page(sheets["list"])
    page.frame(title=title, deadline=deadline, count=len(handed))
    page.header(freeze=3)
    page.table(
        (
            {
                "no": number,
                "code": one.unit,
                "unit": one.name,
                "parent": one.parent,
                "contact": OwnText(one.contact),
                "file": one.file,
                "state": one.state,
                "digest": one.sha256[:12],
                "zip": one.zip,
                "signed": "",
            }
            for number, one in enumerate(handed, 1)
        ),
        filtered=True,
    )
    said = round_words().issued
    page = book.page(sheets["burden"])
    page.frame(title=title, prior=said["with_prior" if has_prior else "without_prior"], count=len(handed))
    page.header()
    page.table([_burden(number, one, said) for number, one in enumerate(burdens, 1)])
    return book.close()


def _burden(number: int, one: Burden, said: Mapping[str, str]) -> dict[str, Value]:
    rows = said["rows_open"] if one.open else said["rows_fixed"].format(n=one.rows)
    known = "\n".join(said["known"].format(figure=figure, sheet=sheet) for figure, sheet in one.counted)
    return {
        "no": number,
        "sheet": one.sheet,
        "rows": rows,
        "fields": one.fields,
        "listed": one.listed,
        "before": one.before,
        "asked": one.asked,
        "cells": one.cells,
        "known": known,
    }


def changes_workbook(found: Sequence[Change], names: Mapping[str, str], title: str) -> bytes:
    """增减变动.xlsx: what is new, changed or gone since last period.

    Args:
        names: unit names by code, in official order.
    """
    said = round_words().changes
    book = Book(title)
    page = book.page(book_words("changes")["list"])
    kinds = Counter(one.kind for one in found)
    gone = kinds["missing"] + kinds["ended"]
    page.frame(title=title, new=kinds["new"], changed=kinds["changed"], gone=gone)
    page.header(freeze=2)
    place = {code: number for number, code in enumerate(names)}
    ordered = sorted(found, key=lambda one: place.get(one.unit, len(place)))
    page.table(
        (
            {
                "no": number,
                "unit": names.get(one.unit, one.unit),
                "sheet": one.sheet,
                "kind": said[one.kind],
                "who": one.who,
                "key": one.key,
                "detail": one.detail,
                "file": one.file,
                "row": one.row or None,
            }
            for number, one in enumerate(ordered, 1)
        ),
        filtered=True,
    )
    return book.close()
