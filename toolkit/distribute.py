"""Template → one workbook per unit, filled with what is known, never over a person's work."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit import disk
from toolkit.files import safe_name, write_whole
from toolkit.model.duties import bundles_for
from toolkit.model.errors import XltoolError
from toolkit.model.finding import Finding, from_catalogue
from toolkit.model.form import Form
from toolkit.model.policy import Policy
from toolkit.model.stamp import Stamp
from toolkit.model.unit import Unit, UnitList

if TYPE_CHECKING:
    from toolkit.ooxml.filling import Template

NEW, UNCHANGED, UPDATED, KEPT = "新发", "未变", "更新", "保留"
STATES = (NEW, UNCHANGED, UPDATED, KEPT)
Known = Mapping[str, str] | Callable[[str], str | None]
Extra = Callable[[Form, Unit], Mapping[str, Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Issued:
    """One unit's workbook on disk.

    Args:
        unit: unit code.
        sha256: of the bytes issued to the unit; of a kept file the ones recorded earlier ("" = none), so
            that a person's changes are never taken for something issued.
        state: 新发, 未变, 更新 or 保留 (changed by a person, or open elsewhere; not touched).
    """

    unit: str
    path: Path
    sha256: str
    state: str


def form_for(form: Form, policy: Policy, unit: Unit) -> Form:
    """The form as this unit gets it: only the task rows that reach the unit."""
    return _narrowed(form, _tasks(policy, unit))


def template_for(form: Form, policy: Policy, stamp: Stamp, unit: Unit) -> tuple[Form, Template]:
    """The form as a unit gets it, rows included, and the template of which its workbook is a copy.

    What a unit gets depends on the unit alone, never on who else is in the list; units of one kind share a template.

    Args:
        stamp: campaign, policy, version, year; nobody's.
    Raises: XltoolError: TPL-001 a text, name or list that Excel does not take.
    """
    from toolkit.templating.prefill import rows_for

    return _template(form, policy, stamp, _tasks(policy, unit), rows_for(form, unit))


@lru_cache(maxsize=32)
def _template(form: Form, policy: Policy, stamp: Stamp, tasks: frozenset[str], rows: int) -> tuple[Form, Template]:
    from toolkit.ooxml.filling import Template
    from toolkit.templating.build import build
    from toolkit.templating.prefill import roomy

    form = roomy(_narrowed(form, tasks), rows)
    return form, Template(build(form, policy, stamp, addressed=True))


def copy_for(form: Form, policy: Policy, stamp: Stamp, unit: Unit, extra: Extra | None = None) -> bytes:
    """The workbook of one unit: name, code, category and known organisations filled in.

    Args:
        stamp, extra: as for `distribute`.
    Raises: XltoolError: TPL-001 a text, name or list that Excel does not take.
    """
    from toolkit.templating.prefill import unit_cells

    own, template = template_for(form, policy, stamp, unit)
    stamp = replace(stamp, unit=unit.code, unit_name=unit.name)
    cells: dict[str, dict] = {title: dict(known) for title, known in unit_cells(own, unit, stamp).items()}
    for title, values in (extra(own, unit) if extra else {}).items():
        cells.setdefault(title, {}).update(values)
    return template.fill(cells, properties=dict(stamp.pairs()))


def distribute(
    form: Form,
    policy: Policy,
    units: Iterable[Unit],
    folder: Path,
    stamp: Stamp,
    issued: Known,
    extra: Extra | None = None,
) -> list[Issued]:
    """Writes every unit's workbook into a folder; gives one record per unit in the order of the list.

    A file that is there already is left alone when it is what would be written, written anew when it is
    byte for byte what was issued earlier, and kept when anything else has happened to it.

    Args:
        stamp: campaign, policy, version, year; unit and name are set per unit.
        issued: sha256 recorded for a unit code at the last issue.
        extra: what else stands in a unit's workbook: the unit's form and the unit → cells by sheet title.
    Raises: XltoolError: TPL-002 a unit code twice (before anything is written); O001, O002 from the disk.
    """
    units = list(units)
    names = file_names(units)
    known = issued if callable(issued) else issued.get
    records = []
    for unit in units:
        recorded = known(unit.code) or ""
        records.append(
            _issue(folder / names[unit.code], copy_for(form, policy, stamp, unit, extra), unit.code, recorded)
        )
    return records


def notices(records: Iterable[Issued]) -> list[Finding]:
    """One finding for every workbook that was kept because somebody changed it or has it open."""
    return [
        from_catalogue("TPL-003", {"file": record.path.name}, unit=record.unit, file=record.path.name)
        for record in records
        if record.state == KEPT
    ]


def file_names(units: Iterable[Unit]) -> dict[str, str]:
    """File name by unit code: `代码_全称.xlsx`, different from one another on every system.

    Raises: XltoolError: TPL-002 a unit code twice.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for unit in units:
        if unit.code in names:
            raise XltoolError("TPL-002", unit=unit.code)
        stem, number = safe_name(f"{unit.code}_{unit.name}"), 1
        name = f"{stem}.xlsx"
        while _alike(name) in taken:
            number += 1
            name = f"{stem}_{number}.xlsx"
        taken.add(_alike(name))
        names[unit.code] = name
    return names


def former_names(units: UnitList, removed: Mapping[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """Names that files of a unit had under its former codes and names, by its code; none that a file has now.

    Args:
        removed: code → name of units that left the list; theirs stand under their codes.
    """
    now = {_alike(name) for name in file_names(units).values()}
    known = [
        (unit.code, code, name)
        for unit in units
        for code in units.codes(unit.code)
        for name in (unit.name, *units.once.get(unit.code, ()))
    ]
    found: dict[str, tuple[str, ...]] = {}
    for owner, code, name in (*known, *((code, code, name) for code, name in (removed or {}).items())):
        file = f"{safe_name(f'{code}_{name}')}.xlsx"
        if _alike(file) not in now:
            found[owner] = (*found.get(owner, ()), file)
    return found


def _alike(name: str) -> str:
    """What a file system without case or with decomposed names may take for the same."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _issue(path: Path, data: bytes, code: str, recorded: str) -> Issued:
    fresh = hashlib.sha256(data).hexdigest()
    if not path.exists():
        write_whole(path, data)
        return Issued(code, path, fresh, NEW)
    present = _sha256(path)
    if present == fresh:
        return Issued(code, path, fresh, UNCHANGED)
    if present == recorded and _replaced(path, data):
        return Issued(code, path, fresh, UPDATED)
    return Issued(code, path, recorded, KEPT)


def _sha256(path: Path) -> str | None:
    """Of what is there; None for what cannot be read, which is then nobody's to overwrite."""
    try:
        return hashlib.sha256(disk.read(path)).hexdigest()
    except OSError:
        return None


def _replaced(path: Path, data: bytes) -> bool:
    """Whether the file could be written; one that is open elsewhere stays, and the other units get theirs."""
    try:
        write_whole(path, data, careful=True)
    except XltoolError as error:
        if error.code not in ("O003", "O012"):
            raise
        return False
    return True


def _tasks(policy: Policy, unit: Unit) -> frozenset[str]:
    return frozenset(bundle.task_no for bundle in bundles_for(policy, unit))


def _narrowed(form: Form, wanted: frozenset[str]) -> Form:
    sheets = tuple(
        replace(sheet, fixed_rows=tuple(row for row in sheet.fixed_rows if row.key in wanted))
        if sheet.name == "task"
        else sheet
        for sheet in form.sheets
    )
    return replace(form, sheets=sheets)
