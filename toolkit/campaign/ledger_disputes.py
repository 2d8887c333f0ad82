"""What the ledger of a round holds about disputes, read and written within one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from toolkit.model.dispute import Reply, Ruling

Sides = frozenset[tuple[str, str]]
"""(unit, the number that it gave the person in dispute)."""


def replies(db: sqlite3.Connection) -> list[Reply]:
    """The last answer of every unit to every dispute."""
    return [Reply(*row[:-1]) for row in db.execute("SELECT * FROM dispute_replies ORDER BY dispute, unit")]


def reply(db: sqlite3.Connection, at: str, one: Reply) -> None:
    """An answer in place of the unit's former one."""
    row = (one.dispute, one.unit, one.answer, one.day, one.text, one.who, one.on, one.file, at)
    db.execute("REPLACE INTO dispute_replies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def rulings(db: sqlite3.Connection) -> list[Ruling]:
    """What the bureau decided."""
    return [Ruling(*row) for row in db.execute("SELECT * FROM dispute_rulings ORDER BY dispute")]


def sides(db: sqlite3.Connection) -> dict[str, Sides]:
    """Number of a dispute that was ruled on → its sides; rulings of earlier versions have none."""
    found: dict[str, set[tuple[str, str]]] = {}
    for number, unit, own in db.execute("SELECT dispute, unit, own FROM dispute_sides"):
        found.setdefault(number, set()).add((unit, own))
    return {number: frozenset(own) for number, own in found.items()}


def rule(db: sqlite3.Connection, numbers: Sequence[str], ruling: tuple[str, str, str, str], of: Sides) -> None:
    """One ruling (unit, who, why, at) under all its numbers; its sides are kept under the first."""
    db.executemany("REPLACE INTO dispute_rulings VALUES (?, ?, ?, ?, ?)", [(number, *ruling) for number in numbers])
    db.execute("DELETE FROM dispute_sides WHERE dispute = ?", numbers[:1])
    db.executemany("INSERT INTO dispute_sides VALUES (?, ?, ?)", [(numbers[0], *side) for side in sorted(of)])
