"""The definitions of the registers, read strictly: which rows and columns under which clauses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml
from toolkit.model.policy import Policy
from toolkit.model.strictyaml import Record

FOLDER = Path(__file__).parent
OWN = "registers.yaml"
KINDS = ("list", "each", "count", "stats", "trend", "results", "rates", "named", "quotes", "items", "code")


@dataclass(frozen=True)
class Definition:
    """One register.

    Args:
        clauses: ids of all policies; those that the policy at hand has are the basis.
        blocks: (kind, record of the block).
    """

    key: str
    sheet: str
    title: str
    clauses: tuple[str, ...]
    blocks: tuple[tuple[str, Record], ...]
    notes: tuple[str, ...]


def load_definitions(policy: Policy) -> tuple[Definition, ...]:
    """The definitions that concern a policy: those of which it has a clause, then those of the pack itself.

    Raises: DefinitionError: an unknown key or kind, a key twice; with file and line.
    """
    shipped = [one for one in _load(FOLDER / "definitions.yaml") if set(one.clauses) & set(policy.clauses)]
    own = policy.folder / OWN
    if not own.is_file():
        return tuple(shipped)
    added = _load(own)
    replaced = {one.key for one in added}
    return (*(one for one in shipped if one.key not in replaced), *added)


def all_definitions() -> tuple[Definition, ...]:
    """Every register that ships."""
    return _load(FOLDER / "definitions.yaml")


@cache
def _load(path: Path) -> tuple[Definition, ...]:
    root = strictyaml.load(path)
    found = tuple(_definition(key, record) for key, record in root.items())
    return found


def _definition(key: str, record: Record) -> Definition:
    found = Definition(
        key=key,
        sheet=record.text("sheet"),
        title=record.text("title"),
        clauses=record.texts("clauses"),
        blocks=tuple(_block(block) for block in record.records("blocks")),
        notes=record.texts("notes"),
    )
    record.done()
    if not found.blocks:
        record.fail("“blocks”应至少有一项")
    return found


def _block(record: Record) -> tuple[str, Record]:
    kinds = [kind for kind in KINDS if kind in record]
    if len(kinds) != 1:
        record.fail(f"每一项应有且只有一种：{'、'.join(KINDS)}")
    return kinds[0], record


@cache
def vocabulary() -> dict[str, dict[str, str]]:
    """Labels of the columns that are no columns of the form, and the words that the registers say."""
    return strictyaml.plain(strictyaml.load(FOLDER / "words.yaml"))  # type: ignore[return-value]


def word(key: str, **facts: object) -> str:
    """A word or sentence of the registers."""
    return vocabulary()["say"][key].format(**facts)
