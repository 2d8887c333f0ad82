"""Lists of disputes: one for each unit to answer, without anything personal of the others; one for the bureau."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from toolkit.campaign import SENT_BACK, Campaign
from toolkit.checked import Checked
from toolkit.distribute import file_names, former_names
from toolkit.drawing.values import Value
from toolkit.files import remove, write_whole
from toolkit.model.cell import Area
from toolkit.model.dispute import ANSWERS, BUREAU, GIVES, KEEPS, LEAVES, SAME, SETTLED, STATES, WAITING, Dispute, Place
from toolkit.model.form import Sheet
from toolkit.model.privacy import mask_name
from toolkit.model.stamp import DISPUTES, Stamp
from toolkit.our_books import day_of, meta_rows
from toolkit.round_trip.belonging import ADDRESSEE
from toolkit.round_trip.dispute_search import named, rules_of
from toolkit.round_trip.shown import row_text, value_text
from toolkit.round_trip.words import round_words
from toolkit.summary.book import Book, Page
from toolkit.summary.labels import book_words
from toolkit.summary.tasks_book import SPARE_DAYS, hidden_meta


def write_disputes(checked: Checked) -> list[Path]:
    """Writes 汇总/争议汇总.xlsx, and one list into 退回/争议核对 for every unit with something to answer.

    Lists of units that have nothing to answer any more go away.
    Raises: XltoolError: O001 to O003 from the disk, K021, K022 see `Checked.replacing`.
    """
    campaign = checked.job.campaign
    assert campaign is not None
    with checked.replacing(campaign.output / round_words().disputes["book"], early=True):
        return _write_disputes(checked, campaign)


def _write_disputes(checked: Checked, campaign: Campaign) -> list[Path]:
    page, said = _Pages(checked), round_words().disputes
    book = campaign.output / said["book"]
    write_whole(book, page.bureau())
    folder = campaign.folder / SENT_BACK / said["folder"]
    paths = [book]
    for code, name in file_names(campaign.units).items():
        path = folder / said["file"].format(stem=Path(name).stem)
        mine = (one for one in checked.disputes if code in one.units and one.state != SETTLED)
        own = [one for one in mine if code in one.replies or one.asked_about(code)]
        if own:
            write_whole(path, page.unit(code, own))
            paths.append(path)
        else:
            remove(path)
    for names in former_names(campaign.units, campaign.ledger.removed()).values():
        for name in names:
            remove(folder / said["file"].format(stem=Path(name).stem))
    return paths


def counts(disputes: Iterable[Dispute]) -> dict[str, int]:
    """How many disputes stand at each state."""
    found = Counter(one.state for one in disputes)
    return {state: found[state] for state in STATES}


def in_words(checked: Checked) -> list[tuple[str, str]]:
    """What is open first: number and state of every dispute, its units with their rows and answers; nobody's name."""
    page, said = _Pages(checked), round_words().disputes
    lines = []
    for one in sorted(checked.disputes, key=lambda one: (BUREAU, WAITING, SETTLED).index(one.state)):
        for side, unit in enumerate(one.units):
            reply = one.replies.get(unit)
            answer = said[reply.answer] if reply else said["silent"]
            place = page.place(one, unit).replace("\n", said["rows"])
            facts = {"code": unit, "name": page.name(unit), "place": place, "answer": answer}
            label = (one.number, said[one.state])[side] if side < 2 else ""
            lines.append((label, said["side"].format(**facts)))
        if one.state == SETTLED:
            lines.append(("", page.result(one) or ""))
    return lines


@dataclass
class _Pages:
    """Makes the workbooks of one checked round."""

    checked: Checked

    def unit(self, code: str, disputes: Sequence[Dispute]) -> bytes:
        """争议核对.xlsx of one unit."""
        job, sheet = self.checked.job, book_words("disputes")["list"]
        book = Book(job.title)
        page = book.page(sheet)
        page.frame(title=job.title, unit=self.name(code), count=len(disputes))
        for note in sheet.notes:
            page.note(note)
        self._signed(page, book)
        page.header(freeze=3)
        first = page.row
        page.table(self._line(number, code, one) for number, one in enumerate(disputes, 1))
        _inputs(page, first)
        campaign = job.campaign
        assert campaign is not None
        stamp = Stamp(campaign=campaign.id, policy=campaign.policy.id, year=str(campaign.year))
        hidden_meta(book, meta_rows(DISPUTES, stamp, {ADDRESSEE: code}))
        return book.close()

    def _signed(self, page: Page, book: Book) -> None:
        """Who answers, and when."""
        for key, place, kind in (("who", page.index("own"), "text"), ("on", page.index("other"), "date")):
            page.put(page.row, place - 1, page.words.words[key], book.styles.body("text"))
            page.put(page.row, place, None, book.styles.to_fill_in(kind))
        page.height(page.row, 24)
        page.row += 2

    def _line(self, number: int, code: str, one: Dispute) -> dict[str, Value]:
        said, reply = round_words().disputes, one.replies.get(code)
        state = BUREAU if one.state == BUREAU else "theirs" if reply else "mine"
        others = one.asked_about(code) or one.others(code)
        return {
            "no": number,
            "number": one.number_for(code),
            "name": self._names(one, code),
            "own": "\n".join(
                said["own"].format(sheet=sheet.label, row=row_text(sheet, row)) for sheet, row in self._rows(one, code)
            ),
            "place": self.place(one, code),
            "other": "\n".join(map(self.name, others)),
            "shown": self._minimum(one, others),
            "answer": said[reply.answer] if reply else None,
            "day": day_of(reply.day) if reply and reply.day else None,
            "text": reply.text if reply else None,
            "state": said["both"] if state == BUREAU else said[state],
        }

    def _rows(self, one: Dispute, *units: str) -> list[tuple[Sheet, dict]]:
        """The rows of some sides, with their sheets."""
        form = self.checked.batch.form
        return [(form.by_name[at.sheet], self._records[at]) for unit in units for at in one.rows[unit]]

    @cached_property
    def _records(self) -> dict[Place, dict]:
        """The rows in dispute, looked up in one go: a roster may have a hundred thousand."""
        wanted = {at for one in self.checked.disputes for places in one.rows.values() for at in places}
        found = {}
        for sheet in {at.sheet for at in wanted}:
            frame = self.checked.batch.tables[sheet]
            sources = {at.source for at in wanted if at.sheet == sheet}
            for row in frame[frame["_return"].isin(sources)].to_dict("records"):
                found[Place(sheet, row["_return"], row["_row"])] = row
        return found

    def _names(self, one: Dispute, *units: str) -> str:
        return "、".join(dict.fromkeys(named(sheet, row)[0] for sheet, row in self._rows(one, *units)))

    def _minimum(self, one: Dispute, others: Sequence[str]) -> str:
        """What a unit may see of the rows of the others: which sheets, a masked name and years."""
        said, lines = round_words().disputes, []
        for other in others:
            found: dict[str, dict[str, None]] = {}
            for sheet, row in self._rows(one, other):
                found.setdefault(self._masked(one, sheet, row), {})[sheet.label] = None
            own = [said["shown"].format(sheets=said["rows"].join(on), person=text) for text, on in found.items()]
            unit = said["of_unit"].format(unit=self.name(other)) if len(others) > 1 else ""
            lines += [unit + line for line in own]
        return "\n".join(lines)

    def _masked(self, one: Dispute, sheet: Sheet, row: dict) -> str:
        said = round_words().disputes
        name, birth = named(sheet, row)
        parts = [mask_name(name), *([said["born"].format(year=birth[:4])] if birth else [])]
        rule = next(
            rule for rule in rules_of(self.checked.job.form) if rule.code in one.codes and rule.sheet == sheet.name
        )
        start, end = (value_text(row.get(str(rule.args.get(key))))[:4] for key in ("start", "end"))
        if start:
            parts.append(said["between" if end else "since"].format(first=start, last=end))
        return said["join"].join(parts)

    def place(self, one: Dispute, code: str) -> str:
        """The rows of one side: sheets and Excel rows, a line a sheet."""
        said, form = round_words().disputes, self.checked.batch.form
        return "\n".join(
            said["place"].format(sheet=form.by_name[name].label, rows=said["rows"].join(str(at.row) for at in places))
            for name, places in one.by_sheet(code).items()
        )

    def name(self, code: str) -> str:
        """The name of a unit, its code when the list has no such unit."""
        unit = self.checked.batch.units.get(code)
        return unit.name if unit else code

    def bureau(self) -> bytes:
        """争议汇总.xlsx: what is open first."""
        job, sheets, disputes = self.checked.job, book_words("disputes"), self.checked.disputes
        book = Book(job.title)
        for key, wanted in (("open", (BUREAU, WAITING)), ("settled", (SETTLED,))):
            page = book.page(sheets[key])
            page.frame(title=job.title, **counts(disputes))
            page.header(freeze=4)
            rows = sorted((one for one in disputes if one.state in wanted), key=lambda one: wanted.index(one.state))
            page.table(
                (line for number, one in enumerate(rows, 1) for line in self._judged(number, one)), filtered=True
            )
        return book.close()

    def _judged(self, number: int, one: Dispute) -> Iterator[dict[str, Value]]:
        """A line for each unit; what is of the whole dispute stands on all of them, so that filters work."""
        said = round_words().disputes
        head = {
            "no": number,
            "number": one.number,
            "state": said[one.state],
            "name": self._names(one, *one.units),
            "progress": self.progress(one),
        }
        for unit in one.units:
            reply = one.replies.get(unit)
            answer = said["join"].join(filter(None, (said[reply.answer], reply.day))) if reply else said["silent"]
            text = said["join"].join(filter(None, (reply.text, reply.who, reply.on))) if reply else None
            files = dict.fromkeys(self.checked.batch.returns[at.source].file for at in one.rows[unit])
            place = "\n".join((self.place(one, unit), *files))
            yield {
                **head,
                "unit": f"{unit} {self.name(unit)}",
                "place": place,
                "answer": answer,
                "said": text,
                "result": self.result(one),
            }

    def progress(self, one: Dispute) -> str:
        """How many units have answered, and whose answer is wanted."""
        said = round_words().disputes
        names = said["rows"].join(map(self.name, one.silent))
        facts = {"done": len(one.replies), "all": len(one.units), "units": names}
        return said["progress_waiting" if names else "progress"].format(**facts)

    def result(self, one: Dispute) -> str | None:
        """What a settled dispute came to; of an open one what already holds."""
        said = round_words().disputes
        if one.state != SETTLED:
            given = [self.name(unit) for unit in one.units if one.outcome[unit] in (GIVES, LEAVES)]
            return said["result_partly"].format(units=said["rows"].join(given)) if given else None
        keeper = next((unit for unit in one.units if one.outcome[unit] == KEEPS), "")
        same = SAME in one.outcome.values()
        result = said["result_same" if same else "result_separate"]
        result = said["result_keeps"].format(unit=self.name(keeper)) if keeper else result
        if ruling := one.ruling:
            return said["ruling"].format(result=result, who=ruling.who, why=ruling.why)
        return said["agreed"].format(result=result)


def _inputs(page: Page, first: int) -> None:
    """Dropdown and date validation on the cells to fill in."""
    said, last = round_words().disputes, page.row - 1
    choice = {"validate": "list", "source": [said[key] for key in ANSWERS]}
    day = {"validate": "date", "criteria": "between", "minimum": SPARE_DAYS[0], "maximum": SPARE_DAYS[1]}
    for key, rule, error in (("answer", choice, "answer_error"), ("day", day, "date_error")):
        at = page.index(key)
        cells = Area(first + 1, at + 1, last + 1, at + 1)
        page.rule({**rule, "error_message": page.words.words[error]}, cells)
