"""A unit list as it was handed in: which sheet, which columns, which rows; nothing judged yet but that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.campaign.listing.words import Words, list_words
from toolkit.campaign.words import campaign_words
from toolkit.model.cell import address
from toolkit.model.layout import MARK
from toolkit.reading.columns import SheetPlan
from toolkit.reading.labels import Labels
from toolkit.reading.locate import Found, find_table
from toolkit.reading.normal import compact
from toolkit.reading.rows import BLANK, DATA, GHOST, Judge
from toolkit.reading.words import vocabulary

Grid = Sequence[Sequence[object]]
SERIAL, _ELSE = "serial", "_else"
_CODE_OR_NAME = {"code", "name"}
_OF_AN_ORG = {"unit", "code", "name"}
_UNUSED = ("S008", "S018")
_TWICE = "S009"


@dataclass
class Line:
    """A row of the list as understood so far.

    Args:
        row: its number in the sheet, from 1; values: field → text; raw: field → cell as it was.
        out: it is no unit of its own after all.
    """

    row: int
    values: dict[str, str]
    raw: Mapping[str, object]
    out: bool = False


@dataclass(frozen=True)
class Problem:
    """Something about a list.

    Args:
        kind: under `kinds` of words.yaml; facts: of its sentence.
        row: of the sheet; 0 = the whole sheet. column: field of the row; "" = the whole row.
        suggestion: what the field should be; None = nobody knows. drop: the row should go.
        orgs: it is about the sheet of organisations.
    """

    kind: str
    row: int = 0
    column: str = ""
    given: str = ""
    suggestion: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    drop: bool = False
    orgs: bool = False
    sheet: str = ""

    @property
    def weight(self) -> str:
        """How heavy it is."""
        return list_words().kinds[self.kind].weight

    @property
    def sentence(self) -> str:
        """What is wrong."""
        return list_words().kinds[self.kind].problem.format(**self.facts)

    @property
    def advice(self) -> str:
        """What to do."""
        return list_words().kinds[self.kind].advice.format(**self.facts)


@dataclass
class Table:
    """The rows of one sheet.

    Args:
        columns: field → its column, from 0.
        plain: the columns are where our own form has them, under its headings.
    """

    title: str = ""
    lines: list[Line] = field(default_factory=list)
    columns: Mapping[str, int] = field(default_factory=dict)
    plain: bool = True

    def place(self, row: int, name: str) -> str:
        """The address of a field; "" where the sheet has no such column."""
        return address(row, self.columns[name] + 1) if name in self.columns and row else ""


@dataclass
class Draft:
    """A whole list.

    Args:
        file: its name.
        reviewed: it is a workbook of ours that says what was found in an earlier one.
    """

    file: str
    units: Table
    orgs: Table
    problems: list[Problem] = field(default_factory=list)
    reviewed: bool = False

    def add(self, kind: str, line: Line, name: str, suggestion: str | None = None, /, **facts: object) -> None:
        """Notes a problem of a cell of a unit."""
        given = text_of(line.raw.get(name, ""))
        self.problems.append(Problem(kind, line.row, name, given, suggestion, facts))

    def of(self, *weights: str) -> list[Problem]:
        """The problems of some weights, in the order of the list."""
        found = [one for one in self.problems if one.weight in weights]
        order = [*campaign_words().units, *campaign_words().orgs]
        return sorted(
            found, key=lambda one: (one.orgs, one.row, order.index(one.column) if one.column in order else -1)
        )


def text_of(value: object) -> str:
    """A cell as people see it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value if value is not None else "").strip()


def draft_of(file: str, sheets: Mapping[str, Grid]) -> Draft | None:
    """The list in a workbook; None when no sheet of it looks like one."""
    said, words = campaign_words(), list_words()
    own = {compact(words.book["sheet"]), compact(said.unit_list["notes"])}
    usable = {title: grid for title, grid in sheets.items() if compact(title) not in own}
    orgs_title = said.unit_list["orgs"]
    found = _candidates(usable, _plan(said.units, words.headings), said.unit_list["units"])
    if not found:
        return None
    (title, plan, place), others = found[0], found[1:]
    draft = Draft(file, Table(), Table())
    draft.units = _table(draft, title, usable[title], plan, place)
    draft.reviewed = compact(words.book["sheet"]) in map(compact, sheets)
    rest = {name: grid for name, grid in usable.items() if name != title}
    org_plan = _plan(said.orgs, words.org_headings)
    org_sheets = _candidates(rest, org_plan, orgs_title, _OF_AN_ORG)
    for name, plan, place in org_sheets[:1]:
        draft.orgs = _table(draft, name, rest[name], plan, place, orgs=True)
    taken = {name for name, _, _ in org_sheets[:1]}
    if not taken:
        likely = (_candidates(rest, org_plan, orgs_title, some) for some in ({"code"}, {"name", "type"}))
        _unread_orgs(draft, next(filter(None, likely), []))
    for name, other, at in others:
        if name not in taken:
            _other(draft, name, usable[name], other, at)
    return draft


def _plan(labels: Mapping[str, str], headings: Words) -> SheetPlan:
    """The list as the reader of returns finds a table: by its headings, wherever it stands."""
    fixed = {"confirmed": [], "type": "text", "choices": [], "unit": "", "prefilled": False, "is_name": False}
    names = {**{name: "" for name in headings if name not in labels}, **labels}
    columns = [
        {"name": name, "label": label, "labels": [text for text in (label, *headings.get(name, ())) if text]}
        | {"key": name in ("code", SERIAL)}
        | fixed
        for name, label in names.items()
    ]
    sheet = {
        "name": "",
        "label": "",
        "titles": [],
        "vertical": False,
        "required": True,
        "fixed": [],
        "columns": columns,
    }
    return SheetPlan(sheet, vocabulary())


def _candidates(
    sheets: Mapping[str, Grid], plan: SheetPlan, usual: str, needed: frozenset[str] | set[str] = frozenset()
) -> list[tuple[str, SheetPlan, Found]]:
    """The sheets that hold such a table, the likeliest first: by its title, its columns, its rows."""
    scored = []
    for number, (title, grid) in enumerate(sheets.items()):
        place = find_table(grid, plan, frozenset())
        names = {str(plan.columns[index]["name"]) for index in place.positions} if place else set()
        fits = needed <= names if needed else bool(names & _CODE_OR_NAME)
        if place is None or not fits:
            continue
        rows = sum(any(cell != "" for cell in row) for row in grid[place.start :])
        scored.append(((compact(title) != compact(usual), rows == 0, -len(names), -rows, number), title, plan, place))
    return [(title, own, place) for _, title, own, place in sorted(scored, key=lambda one: one[0])]


def _table(draft: Draft, title: str, grid: Grid, plan: SheetPlan, place: Found, orgs: bool = False) -> Table:
    names = [str(column["name"]) for column in plan.columns]
    columns = {names[index]: column for index, column in place.positions.items()}
    instead = {name: name.removesuffix(_ELSE) for name in columns if name.endswith(_ELSE)}
    beside = [name for name, usual in instead.items() if usual in columns]
    for name in beside:
        facts = {"label": text_of(grid[place.header][columns[name]])}
        draft.problems.append(Problem("no_use", orgs=orgs, sheet=title, facts=facts))
    unused = {SERIAL, *beside}
    columns = {instead.get(name, name): at for name, at in columns.items() if name not in unused}
    for code, _, facts in place.notes:
        if code == _TWICE:
            facts = {"label": facts["label"] or text_of(grid[place.header][0])}
            draft.problems.append(Problem("heading_twice", orgs=orgs, sheet=title, facts=facts))
        elif code in _UNUSED and facts["seen"]:
            draft.problems.append(Problem("no_use", orgs=orgs, sheet=title, facts={"label": facts["seen"]}))
    labels = [str(column["label"]) for column in plan.columns]
    found = [index for index, _ in sorted(place.positions.items(), key=lambda one: one[1])]
    plain = place.header == 0 and all(compact(str(grid[0][place.positions[index]])) == labels[index] for index in found)
    table = Table(title, [], columns, plain)
    for number, values, kind in _rows(grid, plan, place):
        raw = {instead.get(name, name): value for name, value in values.items() if name not in unused}
        if kind == DATA and any(text_of(value) for value in raw.values()):
            table.lines.append(Line(number, {name: text_of(value) for name, value in raw.items()}, raw))
        elif kind not in (BLANK, GHOST, DATA):
            said = "　".join(text for value in grid[number - 1] if (text := text_of(value)))
            draft.problems.append(Problem("no_row", number, given=said, orgs=orgs))
    return table


_HEADING_CELLS = 2


def _rows(grid: Grid, plan: SheetPlan, place: Found) -> Iterator[tuple[int, dict[str, object], str]]:
    """(row from 1, field → cell, what it is) of the rows below the heading."""
    order = sorted(place.positions.items(), key=lambda one: one[1])
    judge = Judge(plan, [index for index, _ in order], Labels(vocabulary()))
    names = [str(plan.columns[index]["name"]) for index, _ in order]
    for number, row in enumerate(grid[place.start :], place.start + 1):
        cells = [row[at] if at < len(row) else "" for _, at in order]
        cells = ["" if isinstance(cell, str) and not cell.strip() else cell for cell in cells]
        repeated = sum(
            bool((hit := plan.match(cell)) and hit[0] == index) for cell, (index, _) in zip(cells, order, strict=True)
        )
        kind = "header" if repeated >= _HEADING_CELLS else judge.kind(cells)
        others = [text_of(cell) for at, cell in enumerate(row) if at not in dict(order).values()]
        if kind == BLANK and any(text and not text.startswith(MARK) for text in others):
            kind = "aside"
        yield number, dict(zip(names, cells, strict=True)), kind


def _unread_orgs(draft: Draft, sheets: Sequence[tuple[str, SheetPlan, Found]]) -> None:
    """Asks about sheets with codes or kinds of organisations that lack a column of their list."""
    labels = campaign_words().orgs
    for title, plan, place in sheets:
        names = {str(plan.columns[index]["name"]) for index in place.positions}
        missing = [labels[name] for name in labels if name in _OF_AN_ORG - names]
        draft.problems.append(Problem("orgs_unread", sheet=title, facts={"missing": "、".join(missing)}))


def _other(draft: Draft, title: str, grid: Grid, plan: SheetPlan, place: Found) -> None:
    """Asks about another sheet that holds units which the chosen one has not."""
    spare = Draft(draft.file, Table(), Table())
    own = {compact(line.values.get(key, "")) for line in draft.units.lines for key in _CODE_OR_NAME}
    more = [
        line.values.get("name") or line.values.get("code", "")
        for line in _table(spare, title, grid, plan, place).lines
        if not {compact(line.values[key]) for key in _CODE_OR_NAME if line.values.get(key)} & own
    ]
    if more:
        facts = {"count": len(more), "chosen": draft.units.title, "names": "、".join(more[:3])}
        draft.problems.append(Problem("other_sheet", sheet=title, facts=facts))
