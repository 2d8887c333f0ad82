"""Every system that the policies name, and where it is served: looked up in the packs, so that it cannot drift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from toolkit.model import strictyaml
from toolkit.model.policy import Policy
from toolkit.model.strictyaml import Record
from toolkit.registers.definitions import FOLDER, all_definitions, word


@dataclass(frozen=True, slots=True)
class System:
    """One named system.

    Args:
        registers, sheets, exports, commands, books: where it is served besides its clauses.
        out_of_reach: what the toolkit does not and should not do.
    """

    name: str
    group: str
    clauses: tuple[str, ...]
    registers: tuple[str, ...]
    sheets: tuple[str, ...]
    exports: tuple[str, ...]
    commands: tuple[str, ...]
    books: tuple[str, ...]
    out_of_reach: str


@cache
def systems() -> tuple[System, ...]:
    """All named systems of the two policies, in the order of the systems table.

    Raises: DefinitionError: an unknown key; with file and line.
    """
    root = strictyaml.load(FOLDER / "systems.yaml")
    found = tuple(_system(record) for record in root.records("systems"))
    root.done()
    return found


def _system(record: Record) -> System:
    found = System(
        name=record.text("name"),
        group=record.text("group"),
        clauses=record.texts("clauses"),
        registers=record.texts("registers"),
        sheets=record.texts("sheets"),
        exports=record.texts("exports"),
        commands=record.texts("commands"),
        books=record.texts("books"),
        out_of_reach=record.text("out_of_reach"),
    )
    record.done()
    return found


def systems_of(policy: Policy) -> tuple[System, ...]:
    """The systems of which the policy has a clause."""
    return tuple(one for one in systems() if set(one.clauses) & set(policy.clauses))


def served(system: System, policy: Policy, names: Mapping[str, str]) -> tuple[str, ...]:
    """Where a system shows under a policy, in clerks' words.

    Args:
        names: titles by `sheet:…`, `book:…`, `export:…`, `registers` (the workbook of the registers).
    """
    titles = {one.key: one.sheet for one in all_definitions()}
    mine = [code for code in system.clauses if code in policy.clauses]
    bundled = {code for bundle in policy.bundles for code in bundle.clauses}
    judged = [code for code in mine if code in policy.indicator_of]
    ticked = [code for code in mine if code in bundled and code not in policy.indicator_of]
    said = [word("in_register", book=names["registers"], sheet=titles[key]) for key in system.registers]
    said += [word("in_indicator", clauses="、".join(judged))] if judged else []
    said += [word("in_task", clauses="、".join(ticked))] if ticked else []
    said += [word("in_form", sheet=names[f"sheet:{name}"]) for name in system.sheets if f"sheet:{name}" in names]
    said += [word("in_export", sheet=names[f"export:{name}"]) for name in system.exports]
    said += [word("in_book", book=names[f"book:{name}"]) for name in system.books]
    said += [word("in_command", command=name) for name in system.commands]
    return tuple(said)
