"""责任单位答复: what the offices answered on their lists of duties, beside the levels under the same clauses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from toolkit.drawing.values import Value
from toolkit.model.figures import Figures
from toolkit.model.policy import Policy
from toolkit.model.result import MET, MET_BY_EXCEPTION, NOT_MET, UNDETERMINED, WARNING
from toolkit.summary.book import Book
from toolkit.summary.grouping import short_title
from toolkit.summary.labels import SheetWords

DONE, SHORT = "已完成", (WARNING, NOT_MET, UNDETERMINED)
COUNTED = {"warning": WARNING, "not_met": NOT_MET, "undetermined": UNDETERMINED}


@dataclass(frozen=True)
class Answered:
    """One duty of an office that has handed in its list.

    Args:
        unit: code of the office where it is a unit of the round; "" = it is none.
        status: "" = it did not answer.
    """

    office: str
    unit: str
    clause: str
    status: str = ""
    done: date | None = None
    evidence: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Answers:
    """The answers of all offices.

    Args:
        refused: how many answers were not taken; problem: why none could be read, "" = they were.
    """

    duties: Sequence[Answered] = field(default_factory=tuple)
    refused: int = 0
    problem: str = ""

    @property
    def offices(self) -> int:
        """How many offices have handed in a list."""
        return len({one.office for one in self.duties})


def answers_sheet(
    book: Book,
    sheet: SheetWords,
    answers: Answers,
    figures: Figures,
    policy: Policy,
    facts: Mapping[str, object],
) -> None:
    """The sheet; one row a duty, in the order of the offices and of the text."""
    page = book.page(sheet)
    page.frame(count=answers.offices, **facts)
    if answers.problem:
        page.note(sheet.words["unreadable"].format(problem=answers.problem))
        return
    page.header(freeze=3)
    page.table(_rows(answers, figures, policy, sheet.words.__getitem__), filtered=True)
    if answers.refused:
        page.note(sheet.words["refused"].format(count=answers.refused))
    for note in sheet.notes:
        page.note(note)


def _rows(answers: Answers, figures: Figures, policy: Policy, said: Callable[[str], str]) -> Iterator[dict[str, Value]]:
    for number, one in enumerate(answers.duties, 1):
        own = figures.shown(one.unit, one.clause) if one.unit else ""
        differs = said("differs") if one.status == DONE and own in SHORT else None
        met = sum(figures.counts[one.clause, level] for level in (MET, MET_BY_EXCEPTION))
        counts = {key: figures.counts[one.clause, level] for key, level in COUNTED.items()}
        title = short_title(policy.clauses.get(one.clause), one.clause)
        yield {
            "no": number,
            "office": one.office,
            "clause": one.clause,
            "title": title,
            "status": one.status or said("unanswered"),
            "done": one.done,
            "evidence": one.evidence or None,
            "reason": one.reason or None,
            "own": own or None,
            "said": differs,
            "met": met,
            **counts,
        }
