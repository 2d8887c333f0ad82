"""Returned lists of disputes → answers; one that cannot be used is said, and never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from toolkit.model.batch import Return
from toolkit.model.dispute import ANSWERS, MOVED, Dispute, Reply, digest
from toolkit.model.finding import Finding, from_catalogue
from toolkit.our_books import day_of, plain_label, table
from toolkit.round_trip.words import round_words
from toolkit.summary.labels import book_words

UNKNOWN, NO_ANSWER, NO_DAY, TWO_ANSWERS = "DSP-011", "DSP-012", "DSP-013", "DSP-014"


def heard(
    returns: Iterable[Return],
    disputes: Sequence[Dispute],
    known: Iterable[Reply] = (),
    first_of: Callable[[str], str] = str,
) -> tuple[list[Reply], list[Finding]]:
    """The answers in the returned lists: of each unit to each dispute the one with the latest 答复日期.

    Args:
        first_of: the code under which a unit was known first.
        known: answers of the ledger; about these nothing is said when their dispute is no more.
    Returns: the answers, and findings about those that cannot be used.
    """
    past = {digest(one.dispute, first_of(one.unit)) for one in known}
    asked = [(number, unit) for one in disputes for unit in one.units for number in one.kept_for(unit)]
    first = {unit: code for one in disputes for unit, code in one.first.items()}
    sides = {digest(number, first.get(unit, unit)): (number, unit) for number, unit in asked}
    given: dict[str, list[Reply]] = defaultdict(list)
    problems: list[Finding] = []
    for item in returns:
        for line in _lines(item):
            one = _reply(item, line, sides)
            if isinstance(one, Reply):
                given[line["number"]].append(one)
            elif one.code != UNKNOWN or line["number"] not in past:
                problems.append(one)
    replies = []
    for number, found in given.items():
        latest = [one for one in found if one.on == max(other.on for other in found)]
        if len({(one.answer, one.day, one.text) for one in latest}) == 1:
            replies.append(latest[0])
            continue
        files = "、".join(dict.fromkeys(one.file for one in latest))
        unit = sides[number][1]
        problems += [
            from_catalogue(TWO_ANSWERS, {"number": number, "files": files}, unit=unit, file=one.file) for one in latest
        ]
    return replies, problems


def _lines(item: Return) -> Iterator[dict[str, str]]:
    """The answered lines of one file, with who answered and when."""
    if not item.answers:
        return
    sheet = book_words("disputes")["list"]
    heads = {column.key: plain_label(column.label) for column in sheet.columns}
    beside = {key: _beside(item.answers, sheet.words[key]) for key in ("who", "on")}
    for _, line in table(item.answers, [heads["number"], heads["answer"]]):
        cells = {key: str(line.get(heads[key], "")) for key in ("number", "answer", "day", "text")}
        if cells["number"] and (cells["answer"] or cells["day"] or cells["text"]):
            yield {**cells, **beside}


def _beside(rows: Sequence[Sequence[str]], label: str) -> str:
    """What stands right of a label."""
    for row in rows:
        for place, cell in enumerate(row[:-1]):
            if plain_label(cell).rstrip("：:") == label:
                return row[place + 1]
    return ""


def _reply(item: Return, line: Mapping[str, str], sides: Mapping[str, tuple[str, str]]) -> Reply | Finding:
    """The answer on one line, or what is wrong with it.

    Args:
        sides: number on the list → number of the dispute, unit.
    """
    said = round_words().disputes
    if line["number"] not in sides:
        return from_catalogue(UNKNOWN, {"number": line["number"]}, file=item.file)
    dispute, unit = sides[line["number"]]
    place = {"unit": unit, "file": item.file}
    answer = next((key for key in ANSWERS if said[key] == plain_label(line["answer"])), "")
    if not answer:
        return from_catalogue(NO_ANSWER, {"number": line["number"], "answer": line["answer"]}, **place)
    day, on = day_of(line["day"]), day_of(line["on"])
    if answer == MOVED and day is None:
        return from_catalogue(NO_DAY, {"number": line["number"], "day": line["day"]}, **place)
    moved = day.isoformat() if day and answer == MOVED else ""
    facts = (answer, moved, line["text"], line["who"], on.isoformat() if on else "", item.file)
    return Reply(dispute, unit, *facts)
