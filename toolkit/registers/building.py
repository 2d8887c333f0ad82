"""One register from its definition: each block by its kind; a block whose columns the form lacks is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from operator import attrgetter
from pathlib import Path

from toolkit.compute.filters import RowFilter
from toolkit.compute.lookups import Reading
from toolkit.compute.people import distinct as distinct_persons
from toolkit.model.policy import Indicator
from toolkit.model.register import Block, Cell, Field, Register
from toolkit.model.result import MET, NOT_APPLICABLE, UNSET
from toolkit.model.rows import Row
from toolkit.model.strictyaml import Record
from toolkit.registers import special
from toolkit.registers.definitions import Definition, word
from toolkit.registers.named import Place, named_blocks
from toolkit.registers.rates import ACTIONS, SHOWS, rates_blocks
from toolkit.registers.stats import stats_block
from toolkit.registers.trend import trend_block
from toolkit.registers.view import Line, View, doubt_note, named_field, traced

PERSON = "person"
NUMERALS = "〇一二三四五六七八九十"
_NOBODY = Indicator("", "registers", "I", "", "", {})


def build(definition: Definition, view: View) -> Register | None:
    """The register; None when the form holds nothing of it."""
    parts = [found for kind, record in definition.blocks if (found := BUILDERS[kind](record, view))]
    if not parts:
        return None
    blocks = [block for number, part in enumerate(parts, 1) for block in _numbered(part, number, len(parts))]
    clauses = [view.policy.clauses[code] for code in definition.clauses if code in view.policy.clauses]
    basis = tuple((clause.id, clause.quote) for clause in clauses)
    return Register(definition.key, definition.sheet, definition.title, basis, tuple(blocks), definition.notes)


def _numbered(part: list[Block], number: int, count: int) -> list[Block]:
    """The blocks of one part; its heading is numbered when the register has several parts."""
    first, *rest = part
    if count > 1:
        first = replace(first, title=f"{NUMERALS[number]}、{first.title}")
    return [first, *rest]


def filter_of(record: Record, view: View) -> RowFilter | None:
    """The row filter of a block, as in the packs; None when the form lacks what it needs."""
    sheet = record.text("sheet")
    where = _part(record, "where") if "where" in record else Record()
    named = [name for key in where for name in key.split("|")]
    if not view.has(sheet, [*named, *record.texts("active"), *record.texts("needs")]):
        return None
    shared = Path(record.file).parent != view.policy.folder
    reader = Reading(record, view.policy, view.dataset.form, _NOBODY, shared)
    active, conditions = record.texts("active"), reader.conditions("where", sheet)
    return RowFilter(sheet, conditions, (active[0], active[1]) if active else None, reader.organisations(sheet))


def _part(record: Record, key: str) -> Record:
    """A nested mapping of a block."""
    found = record.take(key)
    return found if isinstance(found, Record) else record.fail(f"“{key}”应为键值对", key)


def _list(record: Record, view: View) -> list[Block]:
    """`list`: one row a record, its columns as they stand in the form."""
    body = _part(record, "list")
    rows = filter_of(body, view)
    if rows is None:
        return []
    columns = [name for name in body.texts("columns") if name.startswith("@") or view.has(rows.sheet, [name])]
    shown = frozenset(body.texts("shows"))
    known = list(view.filtered(rows))
    values = [tuple(view.value(row, rows.sheet, name, shown) for name in columns) for row in known]
    found = list(zip(values, view.records.evidence(rows.sheet, known), strict=True))
    if sort := body.texts("sort"):
        places = [columns.index(name) for name in sort if name in columns]
        found.sort(key=lambda one: [_key(one[0][place]) for place in places])
    note, fields = view.missing_note(rows, columns), [view.field(rows.sheet, name) for name in columns]
    return [_finished(record, fields, found, body, note)]


def _each(record: Record, view: View) -> list[Block]:
    """`each`: one table an organisation, group or unit that a column names, its rows by a column, with sums."""
    body = _part(record, "each")
    rows, owner, by, sums = filter_of(body, view), body.text("of"), body.text("by"), body.texts("sums")
    if rows is None or not view.has(rows.sheet, [owner, by]):
        return []
    columns = [name for name in body.texts("columns") if view.has(rows.sheet, [name])]
    owned: dict[tuple[str, str], list[Row]] = {}
    for row in view.filtered(rows):
        owned.setdefault((row.origin.unit, getattr(row, owner) or ""), []).append(row)
    units = {unit: place for place, unit in enumerate(dict.fromkeys(unit for unit, _ in owned))}
    fields = [view.field(rows.sheet, name) for name in columns]
    places = tuple(columns.index(name) for name in sums if name in columns)
    title, note = record.text("title"), view.missing_note(rows, columns)
    found = [_finished(record, fields, (), body, note)]
    for unit, code in sorted(owned, key=lambda key: (units[key[0]], key[1])):
        own = sorted(owned[unit, code], key=lambda row: _key(getattr(row, by)))
        lines = [tuple(view.value(row, rows.sheet, name, frozenset()) for name in columns) for row in own]
        whose = word("whose", name=view.name(code, unit), code=code, title=title) if code else word("blank")
        found.append(Block(whose, tuple(fields), lines, sums=places, evidence=view.records.evidence(rows.sheet, own)))
    return found if len(found) == 1 else [*found[1:-1], replace(found[-1], note=found[0].note)]


def _key(value: Cell) -> tuple[bool, str]:
    return value is None, str(value)


def _count(record: Record, view: View) -> list[Block]:
    """`count`: rows counted by some columns, with sums and the number of distinct persons or codes."""
    body = _part(record, "count")
    rows = filter_of(body, view)
    if rows is None:
        return []
    sheet = rows.sheet
    by = [name for name in body.texts("by") if name.startswith("@") or view.has(sheet, [name])]
    sums = [name for name in body.texts("sums") if view.has(sheet, [name])]
    distinct = body.text("distinct", "")
    groups: dict[tuple[Cell, ...], list[Row]] = {}
    counted = view.filtered(rows)
    for row in counted:
        key = tuple(_of_row(view, row, name) for name in by)
        groups.setdefault(key, []).append(row)
    once, doubt = _once(view, counted, distinct) if distinct else (None, "")
    ordered = _ordered(view, sheet, by, groups)
    lines = [(_tally(key, groups[key], sums, once), view.behind(sheet, *groups[key])) for key in ordered]
    fields = [*(view.field(sheet, name) for name in by), named_field("#count")]
    fields += [view.field(sheet, name) for name in sums]
    fields += [named_field("#distinct")] if distinct else []
    note = "；".join(filter(None, (view.missing_note(rows, [*by, *sums, *([distinct] if distinct else [])]), doubt)))
    first = len(by)
    return [replace(_finished(record, fields, lines, body, note), sums=tuple(range(first, first + 1 + len(sums))))]


def _of_row(view: View, row: Row, name: str) -> Cell:
    return view.of(row, name) or word("blank")


def _once(view: View, rows: list[Row], distinct: str) -> tuple[Callable[[Row], object], str]:
    """What is counted once (the values of a column, or persons over all workbooks), and the doubt about it."""
    if distinct != PERSON:
        return attrgetter(distinct), ""
    found = distinct_persons(rows, view.dataset.rulings)
    return lambda row: found.person[row.origin], doubt_note(found)


def _tally(
    key: tuple[Cell, ...], rows: list[Row], sums: list[str], once: Callable[[Row], object] | None
) -> tuple[Cell, ...]:
    added = [sum((Decimal(getattr(row, name) or 0) for row in rows), Decimal(0)) for name in sums]
    return (*key, len(rows), *added, *([len(set(map(once, rows)))] if once else []))


def _ordered(view: View, sheet: str, by: list[str], groups: dict[tuple[Cell, ...], list[Row]]) -> list:
    """Groups in the order of the choices of the form; derived columns as they came (official order)."""
    ranks: list[dict] = []
    for place, name in enumerate(by):
        column = view.dataset.form.by_name[sheet].by_name.get(name)
        known = view.dataset.form.choices(column) if column else ()
        values = [*known, *(key[place] for key in groups)]
        ranks.append({value: number for number, value in reversed(list(enumerate(values)))})
    return sorted(groups, key=lambda key: [rank[value] for rank, value in zip(ranks, key, strict=True)])


def _stats(record: Record, view: View) -> list[Block]:
    """`stats`: annual totals, one row a unit."""
    block = stats_block(record.text("title"), record.texts("stats"), view, record.text("note", ""))
    record.done()
    return [block] if block else []


def _trend(record: Record, view: View) -> list[Block]:
    """`trend`: annual totals beside those of the earlier rounds."""
    block = trend_block(record.text("title"), record.texts("trend"), view, record.text("note", ""))
    record.done()
    return [block] if block else []


def _results(record: Record, view: View) -> list[Block]:
    """`results`: levels under some clauses; with `open: true` only those that need someone to act."""
    clauses = [code for code in record.texts("results") if code in view.policy.clauses]
    if not clauses:
        return []
    left_out = {NOT_APPLICABLE, UNSET, *((MET,) if record.flag("open") else ())}
    lines: list[Line] = []
    for one in view.results(clauses):
        if one.level not in left_out or (record.flag("figures") and one.figures and one.unit):
            title = view.policy.clauses[one.clause].title.split("｜")[-1]
            subject = "" if one.subject == one.unit else view.name(one.subject, one.unit)
            cells = (view.unit_name(one.unit), one.clause, title, subject, one.level, one.reason)
            lines.append((cells, next(iter(one.evidence), None)))
    fields = [named_field(name) for name in ("@unit", "#clause", "#title", "#subject", "#level", "#reason")]
    return [_finished(record, fields, lines)]


def _rates(record: Record, view: View) -> list[Block]:
    """`rates`: how far groups of clauses are met."""
    said, shows = record.take("rates"), record.texts("shows")
    if isinstance(said, Record):
        groups: dict[str, tuple[str, ...]] | str = {name: said.texts(name) for name in said}
    else:
        groups = record.one_of("rates", [ACTIONS])
    if strange := set(shows) - set(SHOWS):
        record.fail(f"“shows”只能是 {'、'.join(SHOWS)}，没有 {'、'.join(sorted(strange))}", "shows")
    found = rates_blocks(record.text("title"), groups, view, shows, record.text("note", ""))
    record.done()
    return found


def _named(record: Record, view: View) -> list[Block]:
    """`named`: rows in which a unit wrote the name of a plan or brand."""
    names = _part(record, "named")
    places = []
    for part in record.records("places"):
        rows, texts, day = filter_of(part, view), part.texts("texts"), part.text("day")
        if rows is not None and view.has(rows.sheet, [*texts, day]):
            places.append(Place(rows, texts, day))
        part.done()
    said = {name: names.text(name) for name in names}
    found = named_blocks(record.text("title"), said, places, view, record.text("note", ""))
    record.done()
    return found


def _quotes(record: Record, view: View) -> list[Block]:
    """`quotes`: sentences of the policy itself, word for word."""
    clauses = [view.policy.clauses[code] for code in record.texts("quotes") if code in view.policy.clauses]
    if not clauses:
        return []
    lines = [((number, clause.quote, clause.id, None), None) for number, clause in enumerate(clauses, 1)]
    fields = [named_field(name) for name in ("#no", "#quote", "#clause", record.text("open", "#note"))]
    return [_finished(record, fields, lines)]


def _items(record: Record, view: View) -> list[Block]:
    """`items`: a list that the policy names and does not spell out, from a parameter."""
    name = record.text("items")
    if name not in view.policy.parameters:
        return []
    parameter, value = view.policy.parameters[name], view.setting(name)
    items = value if isinstance(value, tuple) else ()
    lines = [(number, item, "、".join(parameter.clauses), None) for number, item in enumerate(items, 1)]
    note = "" if items else word("items_open", title=parameter.title, name=name)
    fields = tuple(named_field(one) for one in ("#no", "#item", "#clause", "#note"))
    found = Block(record.text("title"), fields, lines, note)
    record.done()
    return [found]


def _code(record: Record, view: View) -> list[Block]:
    """`code`: what a list of columns cannot say."""
    name = record.text("code")
    if name not in special.SPECIALS:
        record.fail(f"没有名册算法“{name}”，只有 {'、'.join(special.SPECIALS)}", "code")
    found = special.SPECIALS[name](view)
    note = record.text("note", "")
    title = record.text("title")
    record.done()
    titles = [title, *[""] * len(found)]
    return [
        replace(block, title=block.title or own, note=note or block.note)
        for block, own in zip(found, titles, strict=False)
    ]


def _finished(
    record: Record, fields: list[Field], lines: Sequence[Line], body: Record | None = None, note: str = ""
) -> Block:
    said = "；".join(filter(None, (record.text("note", ""), note)))
    found = traced(fields, lines, said, title=record.text("title"))
    record.done()
    if body is not None:
        body.done()
    return found


BUILDERS: dict[str, Callable[[Record, View], list[Block]]] = {
    "list": _list,
    "each": _each,
    "count": _count,
    "stats": _stats,
    "trend": _trend,
    "results": _results,
    "rates": _rates,
    "named": _named,
    "quotes": _quotes,
    "items": _items,
    "code": _code,
}
"""Kind of a block → its builder."""


def levels_of(block: Block) -> Counter[str]:
    """How often each level stands in a block; for tests and for the front page."""
    places = [index for index, field in enumerate(block.fields) if field.kind == "level"]
    return Counter(str(row[place]) for row in block.rows for place in places)
