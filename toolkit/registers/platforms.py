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
from toolkit.registers.view import field_of

OWN = "外部平台列序.yaml"
BOTH, DIFFERENT, OURS, THEIRS = "same", "different", "only_ours", "only_theirs"


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform.

    Args:
        source: sheet of the form whose rows go out.
        match: columns that say which pasted line is which row of ours.
        columns: (column of the form, heading on the platform), in the platform's order.
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
    """One row on both sides: state (same, different, only_ours, only_theirs), the columns that differ, the values."""

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
    record.done()
    return found


def known_columns(platform: Platform, form: Form) -> tuple[tuple[str, str], ...]:
    """The columns that the form has; the others are left out."""
    sheet = form.by_name.get(platform.source)
    return tuple((name, heading) for name, heading in platform.columns if sheet and name in sheet.by_name)


def export_fields(platform: Platform, form: Form) -> tuple[Field, ...]:
    """The headings of the platform with the formats of our columns."""
    sheet = form.by_name[platform.source]
    return tuple(
        Field(heading, field.kind, max(12.0, field.width))
        for name, heading in known_columns(platform, form)
        for field in [field_of(sheet.by_name[name])]
    )


def export_rows(platform: Platform, dataset: Dataset) -> list[tuple[Cell, ...]]:
    """Our rows in the platform's order; numbers of members as the branch keeps them, no names."""

    names = [name for name, _ in known_columns(platform, dataset.form)]
    table = dataset.records.rows(platform.source)
    return [tuple(getattr(row, name) for name in names) for row in table.rows]


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
    columns = known_columns(platform, form)
    places = [index for index, (name, _) in enumerate(columns) if name in platform.match]
    pasted: dict[tuple[str, ...], list[tuple[str | None, ...]]] = {}
    for line in theirs:
        values = tuple(plain(line[heading]) if heading in line else None for _, heading in columns)
        pasted.setdefault(tuple(values[place] or "" for place in places), []).append(values)
    found = []
    for row in ours:
        mine = tuple(map(plain, row))
        others = pasted.get(tuple(mine[place] for place in places))
        if not others:
            found.append(Compared(OURS, (), mine, ()))
            continue
        other = others.pop(0)
        pairs = zip(columns, mine, other, strict=True)
        differs = tuple(heading for (_, heading), a, b in pairs if b is not None and a != b)
        shown = tuple(value or "" for value in other)
        found.append(Compared(DIFFERENT if differs else BOTH, differs, mine, shown))
    rest = (values for lines in pasted.values() for values in lines)
    return [*found, *(Compared(THEIRS, (), (), tuple(value or "" for value in values)) for values in rest)]


def state_word(one: Compared) -> str:
    """The state in clerks' words."""
    return word(one.state, columns="、".join(one.differs))
