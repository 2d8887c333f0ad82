"""What every report prints beside its figures: the parameters with their clauses, and the rows of evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from toolkit.drawing.values import Value
from toolkit.model.cell import more, rows_in_words
from toolkit.model.policy import Policy
from toolkit.model.rows import Evidence
from toolkit.summary.labels import parameter_word

MOST_ROWS = 10


def basis_rows(parameters: Mapping[str, tuple[str, str]], policy: Policy) -> list[dict[str, Value]]:
    """Rows 序号, 参数, 取值, 来源, 条款原文 for the parameters that a report used.

    Args:
        parameters: name → (value as text, origin); an empty value is printed as 未设定.
    """
    rows = []
    for number, (name, (value, origin)) in enumerate(parameters.items(), 1):
        known = policy.parameters.get(name)
        title = f"{known.title}（{known.unit}）" if known and known.unit else known.title if known else name
        clauses = known.clauses if known else ()
        quotes = [f"{code}　{policy.clauses[code].quote}" for code in clauses if code in policy.clauses]
        if known:
            quotes += [text for text in ("" if clauses else known.why, known.source) if text]
        rows.append(
            {
                "no": number,
                "title": title,
                "value": parameter_word(name, value, known),
                "origin": origin,
                "quote": "\n".join(quotes),
            }
        )
    return rows


def evidence_text(evidence: Sequence[Evidence]) -> str:
    """The rows that a figure rests on, grouped by file and sheet.

    >>> evidence_text((Evidence("a.xlsx", "任职与补贴", 5), Evidence("a.xlsx", "任职与补贴", 9)))
    'a.xlsx › 任职与补贴 第5、9行'
    """
    grouped: dict[tuple[str, str], list[int]] = {}
    for one in evidence:
        grouped.setdefault((one.file, one.sheet), []).append(one.row)
    return "\n".join(f"{file} › {sheet} {_rows(rows)}" for (file, sheet), rows in grouped.items())


def _rows(rows: Iterable[int]) -> str:
    listed = sorted({row for row in rows if row})
    if not listed:
        return ""
    return rows_in_words(listed[:MOST_ROWS], MOST_ROWS) + (more(len(listed)) if len(listed) > MOST_ROWS else "")
