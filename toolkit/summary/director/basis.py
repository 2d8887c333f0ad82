"""口径与依据: what the figures mean, the parameters behind them, where the data come from, room for remarks."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.drawing.values import Value
from toolkit.summary.definitions import definitions
from toolkit.summary.director.behind import Told
from toolkit.summary.labels import parameter_word, words
from toolkit.summary.paper.page import PrintedPage

NUMBERS = ("integer", "count", "decimal")
MOST, SIGNED, TALLEST = 9, 36.0, 190.0
_SIZE, _SOURCES = 10.0, 3
_BELOW = 9 + 2 * 22 + 90 + SIGNED
"""Points of what follows the parameters, without where the data come from: room for remarks, the signature."""


def basis(page: PrintedPage, told: Told) -> None:
    """Draws the page."""
    said = page.words
    page.section(said["how"])
    for number, text in enumerate((*definitions(told.figures), *page.spec.notes), 1):
        page.para(said["numbered"].format(number=number, text=text), _SIZE)
    page.section(said["parameters"])
    records, table, sources = _parameters(told), page.spec.tables["parameters"], list(_sources(told))
    below = _BELOW + sum(page.para_height(text, _SIZE, _SOURCES) for text in sources)
    page.table(table, records[: page.fitting(table, records, below)])
    page.skip()
    page.section(said["where"])
    for text in sources:
        page.para(text, _SIZE, _SOURCES)
    page.section(said["remarks"])
    page.box(min(TALLEST, page.left() - SIGNED))
    page.signature()


def _sources(told: Told) -> Iterator[str]:
    """Files and rows that the figures rest on, and where to read more."""
    said, merged, policy = told.page("basis").words, told.merged, told.lines.policy
    rows = merged.rows
    numbers = {
        **rows,
        "read": rows["read"] - rows["aside"],
        "files": sum(not one.aside for one in merged.returns),
        "counted": sum(one.counts for one in merged.returns),
    }
    yield said["files"].format(**{key: f"{value:,}" for key, value in numbers.items()})
    yield said["see"].format(policy=f"{policy.title}{policy.document_no}")


def _parameters(told: Told) -> list[dict[str, Value]]:
    """The parameters that are set: numbers first, then choices in clerks' words; where they stand in the text."""
    lines, said = told.lines, told.page("basis").words
    found = []
    for name, (value, origin) in lines.allowance.parameters.items():
        known = lines.policy.parameters.get(name)
        shown = parameter_word(name, value, known)
        if known is None or shown == words().common["open"]:
            continue
        clauses = [said["source"].format(title=lines.title(one), section=lines.section(one)) for one in known.clauses]
        record = {
            "title": said["title_unit"].format(title=known.title, unit=known.unit) if known.unit else known.title,
            "value": shown,
            "source": "；".join(clauses) or known.source or origin,
        }
        found.append((known.type not in NUMBERS, record))
    ordered = [record for _, record in sorted(found, key=lambda item: item[0])]
    return [{"no": number, **record} for number, record in enumerate(ordered[:MOST], 1)]
