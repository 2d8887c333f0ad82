"""Returns upward read back: identity, figures and levels; what was changed by hand since is refused."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from toolkit.model.errors import XltoolError
from toolkit.model.portions import Portion
from toolkit.model.result import LEVELS
from toolkit.our_books import OurBook, read_books, table, text_of
from toolkit.reading.door import Refusal
from toolkit.summary.upward_book import KIND, fingerprint, heads, sheet_names
from toolkit.upward import Area, Figure, Item, Rest, Source, Stand, Upward, clashes, merged, words


def read_upward(path: Path) -> Upward:
    """The return in a workbook.

    Raises: XltoolError: UPW-001 unreadable, UPW-002 no return upward, UPW-003 changed by hand.
    """
    return _part(path, read_books([path])[path])


def _part(path: Path, book: OurBook | Refusal) -> Upward:
    if isinstance(book, Refusal):
        raise XltoolError("UPW-001", file=path.name, problem=book.sentence)
    if book.kind != KIND:
        raise XltoolError("UPW-002", file=path.name)
    try:
        found = _upward(book)
    except (KeyError, ValueError, InvalidOperation) as error:
        raise XltoolError("UPW-003", file=path.name) from error
    if fingerprint(found) != book.meta.get("fingerprint"):
        raise XltoolError("UPW-003", file=path.name)
    return found


def merge_upward(paths: Sequence[Path], title: str) -> Upward:
    """Several returns as one.

    Raises: XltoolError: as `read_upward`; UPW-004 another policy or year, UPW-005 the same unit in two of them,
        UPW-006 the same file twice.
    """
    seen: dict[str, Path] = {}
    parts = []
    books = read_books(paths)
    for path in paths:
        part = _part(path, book := books[path])
        if book.sha256 in seen:
            raise XltoolError("UPW-006", file=path.name, other=seen[book.sha256].name)
        seen[book.sha256] = path
        if parts and (part.policy, part.year) != (parts[0].policy, parts[0].year):
            raise XltoolError("UPW-004", file=path.name, policy=part.policy, year=part.year)
        parts.append(part)
    twice = clashes(parts)
    if twice:
        unit, places = next(iter(twice.items()))
        files = "、".join(paths[place].name for place in places)
        raise XltoolError("UPW-005", unit=parts[places[0]].units[unit], files=files, count=len(twice))
    return merged(parts, title)


def _upward(book: OurBook) -> Upward:
    units, source_of, returned, stands = {}, {}, set(), {}
    for line in _lines(book, "units"):
        code = line["code"]
        units[code], source_of[code] = line["unit"], line["source"]
        stands[code] = Stand(line["level"], bool(line["speaks"]))
        if line["returned"]:
            returned.add(code)
    sources = _sources(book)
    figures, rests = _figures(book, sources)
    return Upward(
        policy=book.stamp.policy,
        year=int(book.stamp.year),
        as_of=book.meta["as_of"],
        title=book.meta["title"],
        sources=sources,
        units=units,
        source_of=source_of,
        returned=frozenset(returned),
        items={
            line["item"]: Item(line["item"], line["group"], line["name"], line["measure"])
            for line in _lines(book, "items")
        },
        figures=figures,
        levels={(line["code"], line["clause"]): _level(line) for line in _lines(book, "levels")},
        clauses={line["clause"]: line["title"] for line in _lines(book, "clauses")},
        areas=tuple(
            Area(line["source"], line["clause"], _level(line), line["reason"]) for line in _lines(book, "areas")
        ),
        rests=rests,
        stands=stands,
        portions=_portions(book, source_of),
    )


def _level(line: Mapping[str, str]) -> str:
    if line["level"] not in LEVELS:
        raise ValueError(line["level"])
    return line["level"]


def _sources(book: OurBook) -> dict[str, Source]:
    found = {}
    for line in _lines(book, "sources"):
        key = "" if line["key"] == words()["no_key"] else line["key"]
        found[line["source"]] = Source(line["name"], date.fromisoformat(line["as_of"]).isoformat(), key)
    return found


def _figures(book: OurBook, sources: Container[str]) -> tuple[tuple[Figure, ...], tuple[Rest, ...]]:
    """The figures of units, and the sums of what stands in no row of a unit."""
    figures, rests = [], []
    for line in _lines(book, "figures"):
        value = None if line["value"] == words()["few"] else Decimal(line["value"])
        about = {words()["rest"]: False, words()["nobody"]: True}.get(line["unit"])
        if value is not None and line["code"] in sources and about is not None:
            rests.append(Rest(line["code"], line["item"], value, nobody=about))
        else:
            figures.append(Figure(line["code"], line["item"], value))
    return tuple(figures), tuple(rests)


def _portions(book: OurBook, source_of: Mapping[str, str]) -> dict[str, tuple[Portion, ...]]:
    """Clause → portions; the numbers of persons hold within their round, which is that of the unit."""
    found: dict[str, list[Portion]] = {}
    for line in _lines(book, "portions"):
        numbers = {name: int(line[name] or 0) for name in ("rows", "unsure")}
        texts = {name: line[name] for name in ("subject", "thing", "circle")}
        marks = tuple(line["marks"].split())
        one = Portion(line["code"], **texts, **numbers, marks=marks, source=source_of[line["code"]])
        found.setdefault(line["clause"], []).append(one)
    return {clause: tuple(own) for clause, own in found.items()}


def _lines(book: OurBook, key: str) -> Iterable[dict[str, str]]:
    """The rows of one sheet by key, as text; rows without a code (totals, remarks) are left out.

    Raises: KeyError: the sheet or a heading is gone.
    """
    head = heads()[key]
    for _, line in table(book.sheets[sheet_names()[key]], list(head.values())):
        found = {name: text_of(line.get(label)) for name, label in head.items()}
        if all(list(found.values())[:2]):
            yield found
