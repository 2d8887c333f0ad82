"""What the letters may say of a round and of its units, as text; every figure is the one of the workbooks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, partial
from typing import TYPE_CHECKING

from toolkit.letters.wording import Wording
from toolkit.letters.words import letter_words
from toolkit.model.figures import (
    CHOOSE,
    FAILED,
    NOT_BACK,
    NOT_COUNTED,
    PROVED,
    TO_FIX,
    TOLD,
    UnitFigures,
)
from toolkit.model.privacy import mask_label, mask_name
from toolkit.round_trip.chase import asked
from toolkit.round_trip.states import NOT_ISSUED, UnitState, unit_states
from toolkit.said import percent
from toolkit.summary.allowance_book import difference, in_order, total
from toolkit.summary.labels import words as labels
from toolkit.summary.misses import fixes, reasons
from toolkit.summary.own_words import OwnWords
from toolkit.summary.public_notice import PublicNotice
from toolkit.summary.unit_lines import NOT_DUE, OVER, SHORT, UnitLines
from toolkit.summary.values import shown_names

if TYPE_CHECKING:
    from datetime import date

    from toolkit.checked import Checked

Row = dict[str, str]
NAMED, WORST, LISTED = 3, 3, 8
"""How many units, requirements, and requirements with their units a circular names."""
_ENDS = re.compile(r"[\t-\r\x85\u2028\u2029]+")
"""What ends a line inside of a name."""


@dataclass(frozen=True)
class Facts:
    """What one letter may say: Chinese name of a fact → text; the rows of its table."""

    texts: Mapping[str, str]
    rows: Sequence[Row] = field(default_factory=tuple)


class RoundFacts:
    """The facts of a checked round, and of the letters to its units."""

    def __init__(self, checked: Checked, said: Wording) -> None:
        self.checked, self.said = checked, said
        self.figures, self.job = checked.figures, checked.job
        assert self.job.campaign is not None
        self.states: dict[str, UnitState] = {one.unit: one for one in unit_states(self.job.campaign, self.job.today)}
        self.names = {code: mask_label(name) for code, name in shown_names(checked.batch.units).items()}

    @cached_property
    def reminded(self) -> list[str]:
        """Units that get a 催报函: their return does not count, and they were sent something to fill in."""
        return [
            one.unit
            for one in self.figures.units
            if not one.counted and one.unit in self.states and self.states[one.unit].state != NOT_ISSUED
        ]

    @cached_property
    def rectified(self) -> list[str]:
        """Units of the list that get a 整改通知: their return counts, and a hard requirement is not met."""
        return [one.unit for one in self.figures.units if one.counted and one.hard and one.unit in self.names]

    @cached_property
    def lines(self) -> UnitLines:
        """The round unit by unit, as the workbooks have it."""
        return UnitLines.of(self.checked)

    @cached_property
    def published(self) -> PublicNotice:
        """The public notice: that of 公示版 in 工作补贴发放表."""
        return PublicNotice.of(in_order(self.checked.allowance, self.checked.batch.units))

    @cached_property
    def whole(self) -> dict[str, str]:
        """The facts of the round, and what the bureau filled in."""
        known = letter_words()
        facts = {**self._matter(), **self._counts(), **self._money()}
        blank = self.said.phrase("blank")
        filled = {name: text or blank for name, text in self.said.blanks.items()}
        return {**_named(facts, known.round), **filled}

    def _matter(self) -> dict[str, object]:
        job = self.job
        assert job.campaign is not None
        matter = re.sub(rf"^{job.year}年度?", "", job.title).removesuffix("表").removesuffix("情况")
        return {
            "year": str(job.year),
            "written_year": str(job.today.year),
            "matter": matter or job.title,
            "form": job.title,
            "policy": job.policy.title,
            "day": self._day(job.as_of),
            "written": self._day(job.today),
            "blank": self.said.phrase("blank"),
            "deadline": self._day(job.campaign.deadline) if job.campaign.deadline else "",
            "return_to": job.campaign.return_to or self.said.phrase("blank"),
        }

    def _day(self, day: date) -> str:
        return self.said.phrase("date", day.year, day.month, day.day)

    def _counts(self) -> dict[str, object]:
        figures, units = self.figures, len(self.figures.units)
        states, counted = figures.overalls, len(figures.counted)
        proved, told = figures.whole[PROVED], figures.whole[TOLD]
        worst = (
            self.said.phrase("worst", self.lines.title(clause), count)
            for clause, count in figures.most_missed()[:WORST]
        )
        join = self.said.phrase("join")
        return {
            "units": units,
            "counted": counted,
            "counted_rate": f"{counted / units:.1%}" if units else "",
            "not_counted": self._not_counted(),
            "not_back": states[NOT_BACK],
            "to_fix": states[TO_FIX],
            "choose": states[CHOOSE],
            "orgs": self.lines.org_total,
            "members": self.lines.member_total,
            "asked": proved.asked,
            "met": proved.met,
            "rate": percent(proved),
            "told_asked": told.asked,
            "told_met": told.met,
            "told_rate": percent(told),
            "failed": states[FAILED],
            "hard": sum(one.hard for one in figures.units),
            "worst": join.join(worst),
            "unset": join.join(figures.unset.values()),
            "rectified": len(self.rectified),
            "reminded": len(self.reminded),
        }

    def _not_counted(self) -> str:
        """；未返回4家（甲、乙、丙等4家），退回待改1家（丁）; nothing when all count."""
        said = []
        for state in reversed(NOT_COUNTED):
            own = [one.unit for one in self.figures.units if one.overall == state]
            if own:
                said.append(self.said.phrase("not_counted", state, len(own), self._list(own, NAMED)))
        between = self.said.phrase("not_counted_join")
        return "".join(between + one for one in said)

    def _money(self) -> dict[str, object]:
        money, notice, known = self.figures.account.total, self.published, letter_words()
        left = notice.facts
        return {
            "due_word": self.lines.term,
            "due": _yuan(self.lines.due),
            "paid": _yuan(self.lines.paid),
            **{key: _yuan(getattr(money, key)) for key in ("reported", "listed", "to_verify", "registered", "refused")},
            "unsettled": (unsettled := self._unsettled()),
            "went": self.said.phrase("of_them", unsettled) if unsettled else self.said.phrase("all_listed"),
            "gaps": self._gaps(),
            "published": len(notice.shown),
            "published_sum": _yuan(notice.shown_sum),
            "published_kind": known.paid[notice.key],
            "published_less": notice.less,
            "unpublished": len(notice.left),
            "unpublished_sum": self.said.phrase("held_sum", _yuan(left["amount"]))
            if left["amount"]
            else self.said.phrase("held_open"),
            "publishable": _yuan(left["whole"]),
        }

    def _unsettled(self) -> str:
        """What of the reported money is not on the payment list, and how many rows have an amount that nobody knows."""
        money, phrase = self.figures.account.total, self.said.phrase
        parts = [
            phrase("part", name, _yuan(getattr(money, key)))
            for key, name in labels().parts.items()
            if getattr(money, key)
        ]
        return phrase("join").join([*parts, *[phrase("unread", money.unread)] * bool(money.unread)])

    def _gaps(self) -> str:
        """What was paid too little, too much, and to whom nothing is due; that nothing was, where it is so."""
        found, phrase = [], self.said.phrase
        for state in (SHORT, OVER, NOT_DUE):
            own = [one for one in self.lines.by_state[state] if difference(one)]
            if own:
                found.append(phrase(state, len(own), _yuan(abs(total(map(difference, own))))))
        return phrase("join").join(found) or phrase("no_gaps")

    def _short(self, code: str) -> str:
        return mask_label(self.lines.short_name(code))

    def _list(self, codes: Iterable[str], most: int) -> str:
        """The first names, and how many there are when not all are named."""
        names = [self._short(code) for code in codes]
        said = self.said.phrase("join").join(names[:most])
        return self.said.phrase("more", said, len(names)) if len(names) > most else said

    def circular(self) -> Facts:
        """情况通报: what is missed most, and by whom."""
        missed: dict[str, list[str]] = {}
        for one in self.figures.ranked():
            for cell in self.figures.breaches(one.unit):
                missed.setdefault(cell.clause, []).append(one.unit)
        rows = [
            {
                "no": str(number),
                "clause": self.lines.title(clause),
                "section": self.lines.section(clause),
                "count": str(count),
                "units": self._list(missed[clause], NAMED),
            }
            for number, (clause, count) in enumerate(self.figures.most_missed()[:LISTED], 1)
        ]
        return self._facts("problems", rows)

    def notice(self) -> Facts:
        """公示稿: who is paid what, names masked."""
        rows = [
            {
                "no": str(number),
                "unit": self._short(one.unit),
                "name": mask_name(one.name),
                "post": one.post,
                "months": f"{one.months.normalize():f}",
                "amount": _yuan(self.published.amount(one)),
                "note": self.said.phrase("less") if self.published.is_less(one) else "",
            }
            for number, one in enumerate(self.published.shown, 1)
        ]
        return self._facts("payments", rows)

    def approval(self) -> Facts:
        """领导签批单: the round in a few lines."""
        return Facts(self.whole)

    def reminder(self, code: str) -> Facts:
        """催报函: why the unit's return does not count, in words for the unit."""
        overall, state = self.figures.by_unit[code].overall, self.states[code]
        flags = {NOT_BACK: "silent", TO_FIX: "returned", CHOOSE: "several"}
        texts = [self.said.phrase("several")] if overall == CHOOSE else []
        plan = self.checked.plans.get(state.file) if overall == TO_FIX and state.file else None
        if plan:
            texts = asked(plan)
        own = {"unit": self.names[code], "file": state.file, flags[overall]: True}
        rows = [{"no": str(number), "text": self._own(text, code)} for number, text in enumerate(texts, 1)]
        return self._facts("reasons", rows, own)

    def rectify(self, code: str) -> Facts:
        """整改通知: what is not met, why, and what to do."""
        figures = self.figures.by_unit[code]
        rows = [
            {
                "no": str(number),
                "clause": self.lines.title(cell.clause),
                "section": self.lines.section(cell.clause),
                "reason": reasons(cell, partial(self._own, code=code)),
                "fix": fixes(cell, partial(self._own, code=code)),
            }
            for number, cell in enumerate(self.figures.breaches(code), 1)
        ]
        return self._facts("breaches", rows, self._unit(code, figures))

    def _unit(self, code: str, figures: UnitFigures) -> dict[str, object]:
        line = self.lines.all[code]
        short = total(difference(one) for one in self.lines.persons.get(code, ()))
        return {
            "unit": self.names[code],
            "file": self.states[code].file,
            "unit_rate": percent(figures.proved),
            "unit_asked": figures.proved.asked,
            "unit_hard": figures.hard,
            "unit_due": _yuan(line.due),
            "unit_paid": _yuan(line.paid),
            "unit_short": _yuan(short) if short > 0 and short == line.due - line.paid else "",
        }

    def _facts(self, table: str, rows: Sequence[Row], own: Mapping[str, object] | None = None) -> Facts:
        known = letter_words()
        names = known.tables[table]["facts"]
        texts = dict(self.whole)
        if own is not None:
            texts |= _named({key: own.get(key, "") for key in known.unit}, known.unit)
        return Facts(texts, [_named(row, names) for row in rows])

    def _own(self, text: str, code: str) -> str:
        """A sentence for a unit."""
        return self._own_words.of(text, code)

    @cached_property
    def _own_words(self) -> OwnWords:
        return OwnWords(self.checked.batch.units, self.said.phrase("of_others"))


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _named(facts: Mapping[str, object], names: Mapping[str, str]) -> dict[str, str]:
    """The facts under the names that people write; numbers as they are read, what is typed without anybody's number."""
    return {name: _shown(facts[key]) for key, name in names.items()}


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return f"{value:,}" if isinstance(value, int) else mask_label(_ENDS.sub(" ", str(value)))
