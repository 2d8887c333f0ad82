"""What the judgement of a clause read: rows, what the unit list says, last year's figures. `explain` prints it.

A round is judged without a trace. To explain one result its clause is judged again with one, so that what is printed
is what was read, and no family keeps a list of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.compute.case import Case, Judged
    from toolkit.model.result import Result
    from toolkit.model.rows import Row


@dataclass
class Trace:
    """What was read for each unit, in the order of reading; "" = the whole area.

    Args:
        rows: unit → (sheet, row); sheets: unit → the sheets that were looked at, with or without such rows.
        facts: unit → what stands in no returned row (the unit list, last year): what it is, and the value.
        judged: unit → what was said, with its case.
    """

    rows: dict[str, dict[tuple[str, Row], None]] = field(default_factory=lambda: defaultdict(dict))
    sheets: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    facts: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    judged: dict[str, list[tuple[Result, Judged, Case]]] = field(default_factory=lambda: defaultdict(list))

    def read(self, unit: str, sheet: str, rows: Iterable[Row]) -> None:
        """Notes rows of a sheet."""
        self.sheets[unit][sheet] = None
        self.rows[unit].update(dict.fromkeys((sheet, row) for row in rows))

    def learn(self, unit: str, label: str, value: object) -> None:
        """Notes a fact that stands in no returned row."""
        self.facts[unit][label] = str(value or "")

    def with_parts(self, parts: Iterable[Trace]) -> Trace:
        """The same with what the judgements of other clauses read, on which this one rests."""
        for part in parts:
            for unit, rows in part.rows.items():
                self.rows[unit].update(rows)
                self.sheets[unit].update(part.sheets[unit])
            for unit, facts in part.facts.items():
                self.facts[unit].update(facts)
        return self
