"""What stands on 进度看板.html, as plain data: the figures of `Figures` and of the account, reasons, findings, links.

Nothing is counted here but how often something stands in a list. Every text passes one door on its way out, see
`_Board.text`. Texts that come again and again stand once, in `texts`; everything else names them by their number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.board.timeline import timeline
from toolkit.board.words import board_words
from toolkit.campaign.prior import prior_dataset
from toolkit.compute.figures import TO_DO, remedy
from toolkit.console import console
from toolkit.links import link
from toolkit.model.catalogue import SEVERITIES
from toolkit.model.characters import LINES, shown
from toolkit.model.figures import (
    AREA,
    LISTED,
    NATURES,
    NOT_COUNTED,
    RANK,
    Cell,
)
from toolkit.model.finding import LEVELS, Finding
from toolkit.model.person_names import NameCover
from toolkit.model.privacy import mask
from toolkit.model.result import NOT_APPLICABLE, NOT_MET, UNDETERMINED, WARNING, WORST_FIRST
from toolkit.said import percent
from toolkit.summary.director.behind import Told
from toolkit.summary.director.front import headlines, sentences
from toolkit.summary.findings import BUREAU, in_order, to_look_at, whose
from toolkit.summary.grouping import action_of, actions
from toolkit.summary.last_year import last_year
from toolkit.summary.misses import fixes, reasons
from toolkit.summary.unit_lines import UnitLine, UnitLines
from toolkit.words import words

if TYPE_CHECKING:
    from toolkit.checked import Checked

Plain = dict[str, object]
CELL_LEVELS = WORST_FIRST
"""Levels of a cell in the order of their letters in the matrix."""
NOTHING = "."
"""Letter of a cell under a clause that says nothing of the unit."""
NOBODY, OURS = -1, -2
"""Stand for a unit: nobody knows whose it is; the bureau itself."""
SHOWN_FIRST = ("overview", "compliance", "allowance", "registers", "findings", "merged")
"""Outputs in the order in which a director wants them; others follow."""


def board_data(checked: Checked, folder: Path, outputs: Sequence[Path]) -> Plain:
    """All data of the page.

    Args:
        folder: in which the page will lie; links are relative to it.
        outputs: the other files of the run.
    Returns: text, numbers, lists and dicts only; see `board.js` for who reads what.
    Raises: XltoolError: ALW-003 the money does not balance.
    """
    return _Board(checked, folder, outputs).data()


class _Board:
    def __init__(self, checked: Checked, folder: Path, outputs: Sequence[Path]) -> None:
        self.checked, self.folder, self.outputs = checked, folder, outputs
        self.job, self.figures, self.batch = checked.job, checked.figures, checked.batch
        self.words, self.policy = board_words(), checked.job.policy
        self.lines = UnitLines.of(checked)
        self.names = self.lines.names
        self.places = {one.code: place for place, one in enumerate(self.lines.ranked)}
        self._texts: dict[str, int] = {}

    def data(self) -> Plain:
        """See `board_data`."""
        found: Plain = {
            "title": self.text(self.words.say("title", title=self.job.title.removesuffix(self.words.said["form"]))),
            "basis": self.text(self.words.say("basis", policy=self.policy.title, day=self.job.judged_on)),
            "words": dict(self.words.script),
            "levels": [[level, *self.words.levels[level]] for level in CELL_LEVELS],
            "overalls": [[word, self.words.overalls[word], self.figures.overalls[word]] for word in RANK],
            "judged": len(RANK) - len(NOT_COUNTED),
            "due": self.lines.term,
            "severities": [[level, self.words.severities[level]] for level in LEVELS],
            "natures": [nature for nature in NATURES if nature != LISTED],
            "sorts": list(self.words.sorts.items()),
            "tiles": [[self.text(text) for text in one] for one in headlines(self._told)],
            "said": [self.text(text) for text in sentences(self._told)],
            "time": self._time(),
            "parts": list(self.parts),
            "rates": list(self._rates()),
            "clauses": [self._clause(clause) for clause in self.clauses],
            "units": [self._unit(one) for one in self.lines.ranked],
            "area": self._row(AREA) if any(unit == AREA for unit, _ in self.figures.cells) else None,
            "findings": [self._finding(one) for one in self._findings],
            "returned": list(self._returned.values()),
            "files": list(self._files()),
        }
        return found | {"texts": list(self._texts)}

    @cached_property
    def _cover(self) -> NameCover:
        """Every name that a unit typed, this year or last."""
        frames = [*self.batch.tables.items(), *self.batch.set_aside.items()]
        prior = prior_dataset(self.job.campaign) if self.job.campaign else None
        frames += prior.tables.items() if prior else ()
        columns = {sheet.name: [one.name for one in sheet.columns if one.is_name] for sheet in self.batch.form.sheets}
        typed = (
            value
            for sheet, frame in frames
            for column in columns.get(sheet, ())
            if column in frame
            for value in frame[column].tolist()
        )
        return NameCover(value for value in typed if isinstance(value, str))

    def text(self, text: str) -> str:
        """A text as it may leave: nobody's number, no character that nobody sees."""
        return shown(mask(text, typed=True, leaving=True), LINES)

    def _quoting(self, text: str) -> int:
        """The number of a text that may quote what was typed: without whole names, commands called by their buttons."""
        return self._number(self.text(self._cover(console().in_buttons(text))))

    def _number(self, text: str) -> int:
        return self._texts.setdefault(text, len(self._texts))

    def _share(self, share) -> list[object]:
        """Met, asked, 达标率 as people read it."""
        return [share.met, share.asked, percent(share)]

    @cached_property
    def _told(self) -> Told:
        """What 综合汇总 says: its headline figures and sentences are those of the page."""
        return Told(self.lines, self.checked.merged, {}, last_year(self.job.campaign))

    def _time(self) -> Plain:
        days = [one.fill_date for one in self.batch.returns if one.counts]
        found = timeline(day for day in days if day)
        deadline = self.job.campaign.deadline if self.job.campaign else None
        return {
            "step": found.step,
            "columns": [[str(day), count, int(bool(deadline and day > deadline))] for day, count in found.columns],
            "undated": days.count(None),
            "deadline": str(deadline or ""),
        }

    @cached_property
    def _actions(self) -> dict[str, str]:
        return action_of(self.policy)

    @cached_property
    def parts(self) -> dict[str, int]:
        """The actions of the policy that have clauses on the page, in its order → their numbers."""
        used = {self._actions[clause] for clause in self.clauses}
        return {name: place for place, name in enumerate(name for name in actions(self.policy) if name in used)}

    def _rates(self) -> Iterator[list[object]]:
        """Action, and met out of asked by 据实 and 自报."""
        found = self.figures.by_group(self._actions)
        for name, place in self.parts.items():
            yield [place, *map(self._share, found[name].values())]

    @cached_property
    def clauses(self) -> dict[str, int]:
        """The clauses of the matrix → their numbers: those that have a level and apply to some unit that counts."""
        units = self.figures.counted | {AREA}
        used = {
            cell.clause
            for cell in self.figures.cells.values()
            if cell.nature != LISTED and cell.level != NOT_APPLICABLE and cell.unit in units
        }
        return {clause: place for place, clause in enumerate(c for c in self.figures.natures if c in used)}

    def _clause(self, clause: str) -> Plain:
        known, counts = self.policy.clauses[clause], self.figures.counts
        return {
            "name": self.lines.title(clause),
            "section": self.lines.section(clause),
            "quote": known.quote,
            "nature": [one for one in NATURES if one != LISTED].index(self.figures.natures[clause]),
            "part": self.parts[self._actions[clause]],
            "counts": [counts[clause, level] for level in (NOT_MET, WARNING, UNDETERMINED)],
            "rate": percent(self.figures.of_clause(clause)),
            "fix": remedy(clause, self.policy),
        }

    def _unit(self, line: UnitLine) -> Plain:
        one, code, name = line.figures, line.code, self.text(line.name)
        found: Plain = {"code": self.text(code), "name": self.text(line.short), "full": name}
        found |= {"order": self.batch.units.place(code)[0], "file": self._file_of(code), "issues": self._issues(code)}
        found |= {"overall": RANK.index(one.overall), "sentence": self.text(line.sentence)}
        if not one.counted:
            return found
        return found | {
            "hard": one.hard,
            "soft": one.soft,
            "proved": self._share(one.proved),
            "told": self._share(one.told),
            "orgs": line.orgs,
            "members": line.members,
            "due": f"{line.due:,.2f}",
            "paid": f"{line.paid:,.2f}",
            **self._row(code),
        }

    def _row(self, unit: str) -> Plain:
        """A row of the matrix: one letter a clause, and why, where something is to be done."""
        own = [self.figures.cells.get((unit, clause)) for clause in self.clauses]
        letters = (chr(ord("a") + CELL_LEVELS.index(cell.level)) if cell else NOTHING for cell in own)
        why = [self._why(cell) for cell in own if cell and cell.level in TO_DO]
        return {"cells": "".join(letters), "why": why}

    def _why(self, cell: Cell) -> list[int]:
        """Clause, reason, what to do, sheet and row (0 = none)."""
        row = cell.row.row if cell.row else 0
        sheet = self._number(self.text(cell.row.sheet)) if cell.row else NOBODY
        return [
            self.clauses[cell.clause],
            self._quoting(reasons(cell, rows=False)),
            self._quoting(fixes(cell)),
            sheet,
            row,
        ]

    @cached_property
    def _findings(self) -> list[Finding]:
        return to_look_at(in_order(self.checked.findings, self.batch.units), self.batch.returns)

    @cached_property
    def _levels(self) -> Counter[tuple[str, str]]:
        """(unit, level) → number of findings, as 问题清单 counts them by unit."""
        return Counter((whose(one, self.names), one.severity) for one in self._findings)

    def _issues(self, code: str) -> list[int]:
        return [self._levels[code, level] for level in SEVERITIES]

    def _finding(self, one: Finding) -> list[int]:
        """Unit, level, rule, file, sheet, cells, what is wrong, how to put it right."""
        unit = whose(one, self.names)
        place = OURS if unit == BUREAU else self.places.get(unit, NOBODY) if unit else NOBODY
        texts = (self._number(self.text(text)) for text in (one.sheet, one.where_cells))
        file = self._file_numbers.get(one.file, NOBODY)
        said = (self._quoting(one.message), self._quoting(one.advice))
        return [place, LEVELS.index(one.severity), self._number(one.code), file, *texts, *said]

    @cached_property
    def _returned(self) -> dict[str, list[str]]:
        """File as shown → its name and its link; older ones and copies, of which nobody speaks, are not among them."""
        paths = {one.file: one.path for one in self.batch.returns}
        named = {one.file for one in self._findings} | set(self._files_of.values())
        return {file: [self.text(file), link(path, self.folder)] for file, path in paths.items() if file in named}

    @cached_property
    def _file_numbers(self) -> dict[str, int]:
        return {file: place for place, file in enumerate(self._returned)}

    @cached_property
    def _files_of(self) -> dict[str, str]:
        """Unit → its file: the one that counts, else the last."""
        own = sorted((one for one in self.batch.returns if not one.aside), key=lambda one: one.counts)
        return {one.unit: one.file for one in own if one.unit}

    def _file_of(self, code: str) -> int:
        return self._file_numbers.get(self._files_of.get(code, ""), NOBODY)

    def _files(self) -> Iterator[list[str]]:
        """Name, link and use of each workbook of the run."""
        keys = {name: key for key, name in words()["files"].items()}
        books = [path for path in self.outputs if path.suffix == ".xlsx"]
        order = {words()["files"][key]: place for place, key in enumerate(SHOWN_FIRST)}
        for path in sorted(books, key=lambda path: order.get(path.name, len(order))):
            use = self.words.files.get(keys.get(path.name, path.name), "")
            yield [path.name, link(path, self.folder, self.outputs), use]
