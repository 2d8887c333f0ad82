"""Explanations that units wrote beside a 疑问: accepted, refused with a reason, or void because the value changed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from toolkit.campaign import LEDGER, Campaign
from toolkit.campaign.ledger import Ledger
from toolkit.model.batch import ACCEPTED, CONFLICT, WITH_ERRORS, Batch, Return
from toolkit.model.catalogue import entry
from toolkit.model.cell import row_of
from toolkit.model.explanation import Explanation
from toolkit.model.finding import EXPLAINED, QUERY, Finding, from_catalogue
from toolkit.model.form import Form, Sheet
from toolkit.model.privacy import mask
from toolkit.round_trip.explaining_texts import plain, shortcoming, standards

COPIED, VOID, SAID = "EXP-003", "EXP-004", "EXP-100"


@dataclass(frozen=True, slots=True)
class Case:
    """One 疑问 in one row.

    Args:
        at: index of its finding; cells: the finding's cells in this row.
        text: what the unit wrote in the row for this rule, "" = nothing.
    """

    at: int
    returned: Return
    sheet: str
    row: int
    cells: tuple[str, ...]
    code: str
    key: str
    digest: str
    text: str

    @property
    def bond(self) -> tuple[str, str, str, str]:
        """Unit, sheet, rule and row key."""
        return self.returned.unit, self.sheet, self.code, self.key


@dataclass
class Explained:
    """What the explanations change.

    Args:
        findings: all findings; explained ones at level 已说明, and 疑问 about explanations that do not do.
        records: every explanation that stands in the returns, with its verdict.
        earlier: return index → sheet title → row → accepted explanation of the period before.
    """

    findings: list[Finding]
    records: list[Explanation]
    earlier: dict[int, dict[str, dict[int, str]]] = field(default_factory=dict)


def hear(batch: Batch, findings: Sequence[Finding], campaign: Campaign | None) -> Explained:
    """`explain` with the memory of a round and, for its words, of the round before."""
    if campaign is None:
        return explain(batch, findings)
    before = campaign.folder / campaign.prior / LEDGER
    last = Ledger(before).explanations() if campaign.prior and before.is_file() else ()
    return explain(batch, findings, campaign.ledger.explanations(), last, str(campaign.year))


def explain(
    batch: Batch,
    findings: Sequence[Finding],
    known: Iterable[Explanation] = (),
    before: Iterable[Explanation] = (),
    period: str = "",
) -> Explained:
    """The findings after hearing the units.

    Args:
        known: the explanations of this round that the ledger holds.
        before: those of the round before; they are shown again, not taken for an answer.
    """
    cases = [*_cases(batch, findings), *_whole(batch, findings)]
    if not cases:
        return Explained(list(findings), [])
    copies = _copies(cases)
    held: dict[tuple, list[Explanation]] = defaultdict(list)
    for one in known:
        held[one.unit, one.sheet, one.code, one.key].append(one)
    records, heard = [], []
    for case in cases:
        verdict, text = _verdict(case, held[case.bond], copies)
        heard.append((case, verdict, text))
        if case.text:
            facts = (case.digest, case.text, verdict or "", case.returned.file, period)
            records.append(Explanation(*case.bond, *facts))
    return Explained(list(_told(findings, heard)), records, _earlier(cases, before))


def _cases(batch: Batch, findings: Sequence[Finding]) -> Iterator[Case]:
    """Every row of every 疑问 in returns that count."""
    returns = {item.file: item for item in batch.returns if item.state in (ACCEPTED, WITH_ERRORS, CONFLICT)}
    asked: dict[str, list[tuple[int, Return, int, tuple[str, ...]]]] = defaultdict(list)
    for at, finding in enumerate(findings):
        item = returns.get(finding.file)
        if finding.severity != QUERY or not finding.cells or item is None:
            continue
        name = next((name for name, spot in item.located.items() if spot.title == finding.sheet), "")
        by_row: dict[int, list[str]] = defaultdict(list)
        for cell in finding.cells if name else ():
            by_row[row_of(cell)].append(cell)
        asked[name] += [(at, item, row, tuple(cells)) for row, cells in by_row.items()]
    looked_at = _looked_at(batch.form)
    for name, rows in asked.items():
        if name:
            columns = {code: names for (sheet, code), names in looked_at.items() if sheet == name}
            yield from _bound(batch, findings, batch.form.by_name[name], rows, columns)


def _whole(batch: Batch, findings: Sequence[Finding]) -> Iterator[Case]:
    """Every 疑问 without a cell: it is answered on the sheet 问题清单 and bound to its place and words."""
    returns = {item.file: item for item in batch.returns if item.state in (ACCEPTED, WITH_ERRORS, CONFLICT)}
    for at, finding in enumerate(findings):
        item = returns.get(finding.file)
        if finding.severity == QUERY and not finding.cells and item is not None:
            name = next((name for name, spot in item.located.items() if spot.title == finding.sheet), "")
            bond = {"key": finding.ref, "digest": _digest([finding.ref])}
            text = item.remarks.get(finding.ref, "")
            yield Case(at, item, name, 0, (), finding.code, bond["key"], bond["digest"], text)


def _bound(
    batch: Batch,
    findings: Sequence[Finding],
    sheet: Sheet,
    rows: Sequence[tuple],
    looked_at: Mapping[str, tuple[str, ...]],
) -> Iterator[Case]:
    vertical = sheet.layout == "vertical"
    records = _records(batch.tables[sheet.name], {(item.index, 0 if vertical else row) for _, item, row, _ in rows})
    for at, item, row, cells in rows:
        finding, record = findings[at], records.get((item.index, 0 if vertical else row), {})
        marked, text = item.notes.get(sheet.name, {}).get(row, ("", ""))
        if marked and f"[{finding.code}]" not in marked:
            text = ""  # the mark of this row is about something else: rows were moved past the column
        columns = looked_at.get(finding.code)
        values = [f"{name}={record.get(name)}" for name in columns or _columns_of(item, sheet, cells)]
        if columns is None:  # found while reading: the table holds no value of the cell
            values.append(finding.value)
        yield Case(
            at=at,
            returned=item,
            sheet=sheet.name,
            row=row,
            cells=cells,
            code=finding.code,
            key=_key(sheet, record),
            digest=_digest(values),
            text=text,
        )


def _records(frame: pd.DataFrame, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], dict[str, object]]:
    """The wanted rows of a table, by return and Excel row."""
    keys = list(zip(frame["_return"].tolist(), frame["_row"].tolist(), strict=True))
    places = [place for place, key in enumerate(keys) if key in wanted]
    return {keys[place]: record for place, record in zip(places, frame.iloc[places].to_dict("records"), strict=True)}


def _key(sheet: Sheet, record: Mapping[str, object]) -> str:
    values = [record.get(name) for name in sheet.key]
    if values and all(value is not None for value in values):
        return mask("|".join(map(str, values)), typed=True)
    return _digest(f"{name}={value}" for name, value in record.items() if not name.startswith("_"))


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def _looked_at(form: Form) -> dict[tuple[str, str], tuple[str, ...]]:
    """Sheet and rule → the columns of that sheet that the rule looks at, in the order of the sheet."""
    found = {}
    for rule in form.rules:
        named = {*rule.at, *_texts(rule.args)}
        found[rule.sheet, rule.code] = tuple(name for name in form.by_name[rule.sheet].names if name in named)
    return found


def _texts(node: object) -> Iterator[str]:
    """All texts in nested arguments, keys included."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(node, Iterable):
        for value in node:
            yield from _texts(value)


def _columns_of(item: Return, sheet: Sheet, cells: Iterable[str]) -> tuple[str, ...]:
    """The columns in which cells of a finding stand."""
    spot, wanted = item.located[sheet.name], set(cells)
    rows = {row_of(cell) for cell in wanted}
    return tuple(name for name in sheet.names if any(spot.cell(name, row) in wanted for row in rows))


def _copies(cases: Iterable[Case]) -> dict[str, int]:
    """Text → in how many rows of one unit, or in how many units, it stands; the larger number."""
    rows: dict[str, dict[str, set]] = defaultdict(lambda: defaultdict(set))
    for case in cases:
        if case.text:
            place = (case.returned.index, case.sheet, case.row or case.key)
            rows[plain(case.text)][case.returned.unit].add(place)
    return {text: max(len(units), *map(len, units.values())) for text, units in rows.items()}


def _verdict(case: Case, held: Sequence[Explanation], copies: Mapping[str, int]) -> tuple[str | None, str]:
    """("" accepted, a code, or None = nothing said; the text that counts)."""
    accepted = [one for one in held if one.digest == case.digest and not one.verdict]
    if not case.text:
        return ("", accepted[-1].text) if accepted else (None, "")
    problem = shortcoming(case.text)
    if not problem and copies[plain(case.text)] > standards().copies:
        problem = COPIED
    others = (one for one in held if one.digest != case.digest and one.verdict != VOID)
    if not problem and not accepted and any(plain(one.text) == plain(case.text) for one in others):
        problem = VOID
    return problem, case.text


def _told(findings: Sequence[Finding], heard: Iterable[tuple[Case, str | None, str]]) -> Iterator[Finding]:
    by_finding: dict[int, list[tuple[Case, str | None, str]]] = defaultdict(list)
    for one in heard:
        by_finding[one[0].at].append(one)
    for at, finding in enumerate(findings):
        accepted: dict[str, list[str]] = defaultdict(list)
        refused: dict[tuple[str, str], list[str]] = defaultdict(list)
        for case, verdict, text in by_finding.get(at, ()):
            if verdict == "":
                accepted[text] += case.cells
            elif verdict:
                refused[verdict, text] += case.cells
        closed = {cell for cells in accepted.values() for cell in cells}
        if accepted and not finding.cells:
            closed = {""}
        if left := tuple(cell for cell in finding.cells if cell not in closed):
            yield replace(finding, cells=left)
        elif not closed:
            yield finding
        for text, cells in accepted.items():
            said = entry(SAID).message.format(message=finding.message, text=_shown(text))
            yield replace(finding, severity=EXPLAINED, cells=tuple(cells), message=said, fix="")
        for (code, text), cells in refused.items():
            yield _refusal(finding, code, text, cells)


def _refusal(finding: Finding, code: str, text: str, cells: Iterable[str]) -> Finding:
    count = standards().copies
    facts = {"rule": finding.code, "text": _shown(text), "least": standards().least, "count": count}
    place = {"unit": finding.unit, "file": finding.file, "sheet": finding.sheet, "label": finding.label}
    return from_catalogue(code, facts, cells=tuple(cells), value=finding.value, **place)


def _shown(text: str) -> str:
    line = mask(" ".join(text.split()), typed=True)
    return line if len(line) <= standards().shown else line[: standards().shown - 1] + "…"


def _earlier(cases: Iterable[Case], before: Iterable[Explanation]) -> dict[int, dict[str, dict[int, str]]]:
    """The last accepted explanation for the same rule and row of the period before, whatever the value is now."""
    last = {(one.unit, one.sheet, one.code, one.key): one.text for one in before if not one.verdict}
    found: dict[int, dict[str, dict[int, str]]] = {}
    for case in cases:
        if case.row and (text := last.get(case.bond)):
            title = case.returned.located[case.sheet].title
            found.setdefault(case.returned.index, {}).setdefault(title, {})[case.row] = text
    return found
