"""The external platforms: which columns in which order go out, what a pasted list says beside our own rows.

Export and import by a person, nothing more: no log-in, no sending, no reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from toolkit.model import strictyaml
from toolkit.model.batch import Dataset
from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.model.register import Cell, Field
from toolkit.model.strictyaml import Record
from toolkit.registers.definitions import FOLDER, word
from toolkit.registers.names import Names
from toolkit.registers.view import field_of, named_field

OWN = "外部平台列序.yaml"
WHOSE = {"@unit": "", "@org": "org_code", "@host": "host_code"}
"""Columns that no platform has, which say whose a row is → the column of the form that they name."""
BOTH, DIFFERENT, OURS, THEIRS = "same", "different", "only_ours", "only_theirs"


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform.

    Args:
        source: sheet of the form whose rows go out.
        match: columns that say which pasted line is which row of ours.
        columns: (column of the form, heading on the platform), in the platform's order; `@…` are columns of ours, that
            say whose a row is: they go out and are not asked back.
    """

    key: str
    sheet: str
    title: str
    clauses: tuple[str, ...]
    source: str
    match: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One row on both sides.

    Args:
        state: same, different, only_ours, only_theirs.
        differs: headings of the columns that differ.
        ours, theirs: the values in the order of the columns that go out, and of those that are asked back.
    """

    state: str
    differs: tuple[str, ...]
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


def load_platforms(policy: Policy, folder: Path | None = None) -> tuple[Platform, ...]:
    """The platforms that a policy names; the round's own file goes before the one that ships.

    Raises: DefinitionError: an unknown key or a missing one; with file and line.
    """
    own = folder / OWN if folder else None
    path = own if own and own.is_file() else FOLDER / "platforms.yaml"
    found = (_platform(key, record) for key, record in strictyaml.load(path).items())
    return tuple(one for one in found if set(one.clauses) & set(policy.clauses))


def _platform(key: str, record: Record) -> Platform:
    columns = []
    for column in record.records("columns"):
        columns.append((column.text("name"), column.text("heading")))
        column.done()
    found = Platform(
        key=key,
        sheet=record.text("sheet"),
        title=record.text("title"),
        clauses=record.texts("clauses"),
        source=record.text("source"),
        match=record.texts("key"),
        columns=tuple(columns),
    )
    unknown = set(found.match) - {name for name, _ in columns}
    if unknown:
        record.fail(f"“key”里的列不在“columns”里：{'、'.join(sorted(unknown))}", "key")
    strange = [name for name, _ in columns if name.startswith("@") and name not in WHOSE]
    if strange:
        record.fail(f"没有这样的列：{'、'.join(strange)}；可以用 {'、'.join(WHOSE)}", "columns")
    record.done()
    return found


def known_columns(platform: Platform, form: Form) -> tuple[tuple[str, str], ...]:
    """The columns that go out: those of ours, and of the form's those that it has."""
    sheet = form.by_name.get(platform.source)
    return tuple(
        (name, heading) for name, heading in platform.columns if sheet and WHOSE.get(name, name) in ("", *sheet.by_name)
    )


def asked_back(platform: Platform, form: Form) -> tuple[tuple[str, str], ...]:
    """The columns that a pasted list may have: those of the form."""
    return tuple(column for column in known_columns(platform, form) if column[0] not in WHOSE)


def fields(platform: Platform, form: Form, columns: Iterable[tuple[str, str]]) -> tuple[Field, ...]:
    """The headings of some columns with the formats of our own."""
    sheet, found = form.by_name[platform.source], []
    for name, heading in columns:
        own = named_field(name) if name in WHOSE else field_of(sheet.by_name[name])
        found.append(Field(heading, own.kind, max(12.0, own.width)))
    return tuple(found)


def export_rows(platform: Platform, dataset: Dataset) -> list[tuple[Cell, ...]]:
    """Our rows in the platform's order, unit by unit; numbers of members as the branch keeps them, no names."""
    columns, names = [name for name, _ in known_columns(platform, dataset.form)], Names(dataset)
    return [
        tuple(names.derived(row, name) if name in WHOSE else getattr(row, name) for name in columns)
        for row in names.rows(platform.source)
    ]


def plain(value: Cell) -> str:
    """A value as both sides write it.

    >>> plain(date(2025, 3, 1)), plain("2025/3/1"), plain(12.0), plain(None)
    ('2025-03-01', '2025-03-01', '12', '')
    """
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    parts = text.replace("/", "-").replace(".", "-").split("-")
    if len(parts) == 3 and len(parts[0]) == 4 and all(part.isdecimal() for part in parts):
        return f"{parts[0]}-{int(parts[1]):02d}-{int(parts[2]):02d}"
    return text


def compare(
    platform: Platform, form: Form, ours: Iterable[Sequence[Cell]], theirs: Iterable[Mapping[str, Cell]]
) -> list[Compared]:
    """Our rows beside a pasted list: every row of either side exactly once.

    Args:
        theirs: pasted lines by heading; a heading that is not there is not compared.
    """
    known, columns = known_columns(platform, form), asked_back(platform, form)
    compared = [known.index(column) for column in columns]
    places = [index for index, (name, _) in enumerate(columns) if name in platform.match]
    pasted: dict[tuple[str, ...], list[tuple[str | None, ...]]] = {}
    for line in theirs:
        values = tuple(plain(line[heading]) if heading in line else None for _, heading in columns)
        pasted.setdefault(tuple(values[place] or "" for place in places), []).append(values)
    found = []
    for row in ours:
        out = tuple(map(plain, row))
        mine = tuple(out[place] for place in compared)
        others = pasted.get(tuple(mine[place] for place in places))
        if not others:
            found.append(Compared(OURS, (), out, ()))
            continue
        other = others.pop(0)
        pairs = zip(columns, mine, other, strict=True)
        differs = tuple(heading for (_, heading), a, b in pairs if b is not None and a != b)
        shown = tuple(value or "" for value in other)
        found.append(Compared(DIFFERENT if differs else BOTH, differs, out, shown))
    rest = (values for lines in pasted.values() for values in lines)
    return [*found, *(Compared(THEIRS, (), (), tuple(value or "" for value in values)) for values in rest)]


def state_word(one: Compared) -> str:
    """The state in clerks' words."""
    return word(one.state, columns="、".join(one.differs))
