"""Returns saved again by other programs, and read by three readers: cell by cell they say the same, or it is explained.

The returns are those of random rounds of both policies, every other one with odd values under odd formats. Each is
saved by the programs of `real_writers.py`; then our reading is laid beside openpyxl's values and beside the text that
LibreOffice's screen shows. `explained.py` holds the whole table of the differences there may be. A save must not change
what we read either: no value without a finding, and no finding at all where nothing was odd.

CI takes two returns and lets every program save one of them. `XLTOOL_READERS=130 pytest tests/test_resaved.py` is the
campaign: so many returns, each saved by every program (with eight of them more than a thousand files), in batches of
`XLTOOL_READERS_BATCH`. `XLTOOL_READERS_FROM` sets the seed of the first round, `XLTOOL_READERS_LOG` names a file that
is told the figures after every batch.
"""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from random import Random

import pytest
from explained import EXPLAINED, explanation
from odd_cells import sprinkled
from office import needs_office, sheets_of
from random_rounds import RandomRound
from readings import SCREEN, VALUES, Ours, by_openpyxl, compare
from real_writers import ALWAYS, SUFFIX, WRITERS, missing

from toolkit.model import layout
from toolkit.model.batch import UNREADABLE
from toolkit.model.form import Form
from toolkit.model.unit import UnitList
from toolkit.reading import read_returns
from toolkit.sample.spoiling import without_sheet

pytestmark = pytest.mark.rounds

RETURNS = int(os.environ.get("XLTOOL_READERS", "0"))
FIRST = int(os.environ.get("XLTOOL_READERS_FROM", "2"))
BATCH = int(os.environ.get("XLTOOL_READERS_BATCH", "12"))
LOG = os.environ.get("XLTOOL_READERS_LOG", "")
KEPT, KIND, ERROR = "the return before it was saved again", "F028", "C006"
ODD, WHOLE = 120, 8
"""Odd cells in a return; every so manieth keeps the sheets of its self-check, which hold no data and take most time."""
CHANGED = {
    "a text that looks like an escape is taken for one": lambda _writer, old, _new: "_x" in str(old),
    "a text like #REF! is taken for an error value": lambda _writer, old, _new: str(old).startswith("#"),
    "XlsxWriter takes the first day of 1900 for a time of day": lambda writer, old, new: (
        writer == "xlsxwriter" and (old, new) == ("1900-01-01", "00:00:00")
    ),
    "LibreOffice keeps truth under a number format as 1 or 0": lambda writer, old, new: (
        writer.startswith("LibreOffice") and new == {"TRUE": "1", "FALSE": "0", "是": "1", "否": "0"}.get(str(old))
    ),
}
"""What a save may change without a finding: kind → whether it is one of it, by writer, value before and after."""


class Saved:
    """One return, saved by one program.

    Args:
        number: of the return.
        writer: who saved it; "" for the return as it came.
    """

    def __init__(self, number: int, writer: str, path: Path) -> None:
        self.number, self.writer, self.path = number, writer, path

    def __str__(self) -> str:
        return f"{self.writer} {self.path.name}"


def returns(folder: Path) -> Iterator[tuple[int, Form, bytes]]:
    """Number, form and bytes of returns of random rounds, both policies by turns, every other one with odd cells."""
    rounds = (RandomRound(_new(folder / str(seed)), seed) for seed in count(FIRST))
    waiting: dict[str, list[tuple[RandomRound, int]]] = {"yunnan-2025": [], "yizheng-2022": []}
    for number in count():
        mine = waiting[list(waiting)[number % 2]]
        while not mine:
            made = next(rounds)
            waiting[made.round.campaign.policy.id] += [(made, place) for place in range(len(made.units))]
        made, place = mine.pop(0)
        yield number, made.form, _source(made, place, number)


def _new(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder / "批次"


def _source(made: RandomRound, place: int, number: int) -> bytes:
    data = made.put(place).read_bytes()
    if number % WHOLE != WHOLE - 1:
        for title in (layout.CHECK_GRID, layout.CHECK_SHEET):
            data = without_sheet(data, title)
    records = {name: len(rows) for name, rows in made.rows[place].items()}
    return sprinkled(data, made.form, records, Random(f"{made.seed}/{place}"), ODD if is_odd(number) else 0)


def is_odd(number: int) -> bool:
    """Whether a return has odd cells; two of four, of each policy by turns."""
    return number % 4 in (0, 3)


class Campaign:
    """Saves, reads and compares batch by batch, and counts."""

    def __init__(self, folder: Path, writers: tuple[str, ...]) -> None:
        self.folder, self.writers = folder, writers
        self.returns = 0
        self.files: Counter[str] = Counter()
        self.values: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        """Files that openpyxl cannot read."""
        self.found: Counter[tuple[str, str]] = Counter()
        self.unexplained: list[str] = []

    def batch(self, sources: tuple[tuple[int, Form, bytes], ...], *, by_turns: bool) -> None:
        """One batch of returns through all programs.

        Args:
            by_turns: every program saves only one of them.
        """
        here = self.folder / "batch"
        here.mkdir()
        books = [Saved(number, "", here / f"{number:06}.xlsx") for number, _, _ in sources]
        for book, (_, _, data) in zip(books, sources, strict=True):
            book.path.write_bytes(data)
        saved = []
        for at, writer in enumerate(self.writers):
            saved += self._saved(writer, books[at % len(books) :][:1] if by_turns else books, here)
        screens = sheets_of([one.path for one in saved], here, anew=False, shown=True)
        forms = {number: form for number, form, _ in sources}
        for form in {id(one): one for one in forms.values()}.values():
            self._compare([one for one in (*books, *saved) if forms[one.number] is form], form, screens)
        self.returns += len(sources)
        shutil.rmtree(here)

    def _saved(self, writer: str, books: list[Saved], here: Path) -> list[Saved]:
        suffix = SUFFIX.get(writer, ".xlsx")
        place = list(WRITERS).index(writer)
        made = [Saved(one.number, writer, here / f"{one.path.stem}_{place}{suffix}") for one in books]
        WRITERS[writer]([(one.path, new.path) for one, new in zip(books, made, strict=True)])
        return made

    def _compare(self, saved: list[Saved], form: Form, screens) -> None:
        batch = read_returns([(one.path.name, one.path) for one in saved], form, UnitList(), workers=1)
        readings = [Ours(batch, returned) for returned in batch.returns]
        before = {one.number: ours for one, ours in zip(saved, readings, strict=True) if not one.writer}
        for one, ours in zip(saved, readings, strict=True):
            if not one.writer:
                continue
            self.files[one.writer] += 1
            if ours.returned.state == UNREADABLE or len(ours.titles) < len(form.sheets):
                self.unexplained.append(f"{one}: not read whole {sorted(ours.whole)}")
                continue
            self._kept(one, before[one.number], ours)
            held = None
            if one.path.suffix == ".xlsx":
                held = by_openpyxl(one.path, ours.titles)
                self.failed[one.writer] += held is None
                self._count(one, VALUES, compare(ours, held, VALUES) if held else ())
            self._count(one, SCREEN, compare(ours, screens[one.path], SCREEN, held))

    def _kept(self, one: Saved, before: Ours, after: Ours) -> None:
        """A save changes no value without a finding on one side; and it changes no finding where nothing is odd."""
        old, new = before.values(), after.values()
        self.values[KEPT] += len(old)
        known: set[tuple[str, str]] = set()
        for place in sorted({*old, *new}):
            said = before.of(*place).codes | after.of(*place).codes - {KIND}
            pair = old.get(place), new.get(place)
            if pair[0] == pair[1]:
                continue
            if any(holds(one.writer, *pair) for holds in CHANGED.values()):
                known.add(place)
            elif not said:
                self.unexplained.append(f"{one} {place}: {pair[0]!r} became {pair[1]!r}")
        more = (after.findings() ^ before.findings()) - {(KIND, "", "")}
        known |= {(sheet, cell) for code, sheet, cell in more if code == ERROR}
        if not is_odd(one.number) and (more := {found for found in more if found[1:] not in known}):
            self.unexplained.append(f"{one}: other findings {sorted(more)}")

    def _count(self, one: Saved, reader: str, cases) -> None:
        for case in cases:
            self.values[reader] += 1
            if case is None:
                continue
            name = explanation(case)
            self.found[reader, name] += 1
            if not name:
                self.unexplained.append(f"{one} {case}")

    def figures(self) -> str:
        """What was compared and found, as lines."""
        lines = [f"returns {self.returns}, files {sum(self.files.values())}: {dict(self.files)}"]
        lines += [f"openpyxl failed: {dict(self.failed)}"]
        lines += [f"values compared with {reader}: {number}" for reader, number in self.values.items()]
        for (reader, name), number in sorted(self.found.items()):
            lines.append(f"{number:9} {reader:9} {name or 'NOT EXPLAINED'}")
        return "\n".join(lines + self.unexplained[:2000]) + "\n"


def installed() -> tuple[str, ...]:
    """The programs that can save here."""
    return tuple(name for name in WRITERS if not missing(name))


@pytest.mark.parametrize("writer", WRITERS)
def test_the_writer_is_here(writer):
    """At least four always are; why another one is not is said here."""
    if why := missing(writer):
        assert writer not in ALWAYS, why
        pytest.skip(f"{writer}: {why}")


@pytest.mark.parametrize("name", EXPLAINED)
def test_an_explanation_explains_its_kind_only(name):
    row = EXPLAINED[name]
    assert row.why and row.holds(row.right) and not row.holds(row.wrong)


@needs_office
def test_three_readers_say_the_same_of_every_save(tmp_path):
    campaign = Campaign(tmp_path, installed())
    sources = returns(tmp_path / "rounds")
    assert len(campaign.writers) >= 4
    while campaign.returns < (RETURNS or 2):
        wanted = min(BATCH, (RETURNS or 2) - campaign.returns)
        campaign.batch(tuple(islice(sources, wanted)), by_turns=not RETURNS)
        if LOG:
            Path(LOG).write_text(campaign.figures(), encoding="utf-8")
    assert campaign.unexplained == [], campaign.figures()
    assert all(campaign.values[reader] > 1000 for reader in (VALUES, SCREEN)), "a comparison of nothing shows nothing"
