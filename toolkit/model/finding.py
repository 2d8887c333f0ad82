"""A finding: what is wrong in which cell and how to put it right. Data, never raised; nobody's number stands in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from toolkit.model.catalogue import SEVERITIES, entries, entry
from toolkit.model.cell import in_words
from toolkit.model.privacy import mask

ERROR, QUERY, HINT = SEVERITIES
EXPLAINED = "已说明"
"""The level of a 疑问 whose explanation was accepted: still listed, no longer open."""
LEVELS = (*SEVERITIES, EXPLAINED)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem; the same code and text on many cells of one sheet is one finding with its cells.

    Args:
        suggestion: what the value probably should be, to be confirmed by a person; "" = nothing near certain.
    """

    code: str
    severity: str
    message: str
    fix: str = ""
    unit: str = ""
    file: str = ""
    sheet: str = ""
    cells: tuple[str, ...] = ()
    label: str = ""
    value: str = ""
    clause: str = ""
    suggestion: str = ""

    def __post_init__(self) -> None:
        for name in ("message", "fix", "label", "value", "suggestion"):
            object.__setattr__(self, name, mask(getattr(self, name)))

    @property
    def ref(self) -> str:
        """Code and digest of place and words: what binds an explanation of a finding without cells."""
        words = "\n".join((self.sheet, self.label, self.message))
        return f"{self.code} {hashlib.sha256(words.encode()).hexdigest()[:8].upper()}"

    @property
    def bureau(self) -> bool:
        """Whether it is the bureau's own to put right, in its unit list or settings; no unit is asked about it."""
        known = entries().get(self.code)
        return known is not None and known.bureau

    @property
    def advice(self) -> str:
        """How to put it right, and what is probably meant."""
        return "；".join(filter(None, (self.fix, self.suggestion)))

    @property
    def where_cells(self) -> str:
        """The first cells, and how many there are when not all are named."""
        return in_words(self.cells)

    @property
    def where(self) -> str:
        """`文件 › 工作表!单元格 “列名”`, as much of it as is known."""
        place = f"{self.sheet}!{self.where_cells}" if self.cells else self.sheet
        name = f" “{self.label}”" if self.label else ""
        return " › ".join(part for part in (self.file, place) if part) + name

    @property
    def sentence(self) -> str:
        """Code, where, what, how to put it right, clause."""
        where = f"{self.where}：" if self.where else ""
        fix = f"；{self.fix}" if self.fix else ""
        clause = f"（依据 {self.clause}）" if self.clause else ""
        return f"[{self.code}] {where}{self.message}{fix}{clause}。"


def from_catalogue(code: str, facts: dict[str, object] | None = None, **place: object) -> Finding:
    """A finding whose severity, message and fix come from the catalogue.

    Args:
        code: a code of the catalogue that carries a severity.
        facts: values for the placeholders of the message and the fix.
        place: unit, file, sheet, cells, label, value, clause.
    """
    record = entry(code)
    facts = facts or {}
    return Finding(
        code=code,
        severity=record.severity,
        message=record.message.format(**facts),
        fix=record.fix.format(**facts),
        **place,  # type: ignore[arg-type]
    )
