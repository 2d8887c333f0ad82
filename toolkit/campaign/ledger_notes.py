"""What the ledger of a round takes together with the outputs of a run, and the lines of its history."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from toolkit.campaign.words import campaign_words
from toolkit.model.privacy import screened

BY_UNIT = (
    "issued", "returned", "chosen", "decided", "explanations", "sent_back", "dispute_replies", "dispute_rulings",
    "dispute_sides", "history", "former", "named",
)  # fmt: skip
"""The tables with a column of unit codes."""


def line(db: sqlite3.Connection, at: str, what: str, unit: str, detail: str) -> None:
    """One line of history."""
    db.execute("INSERT INTO history (at, what, unit, detail) VALUES (?, ?, ?, ?)", (at, what, unit, screened(detail)))


def _issued(db: sqlite3.Connection, at: str, rows: Iterable[Sequence[str]], names: Mapping[str, str]) -> None:
    known = dict(db.execute("SELECT unit, sha256 FROM issued"))
    for unit, file, digest, version in rows:
        if known.get(unit) != digest:
            row = (unit, file, digest, version, at, names.get(unit, ""))
            db.execute("REPLACE INTO issued VALUES (?, ?, ?, ?, ?, ?)", row)
            event(db, at, "issued", unit, file)
    remember(db, names)


def _sent_back(
    db: sqlite3.Connection, at: str, rows: Iterable[Sequence[str]], gone: Iterable[str], names: Mapping[str, str]
) -> None:
    known = {row[0]: row[1:] for row in db.execute("SELECT file, unit, sha256, name FROM sent_back")}
    for file, unit, digest in rows:
        name = names.get(unit, "")
        if known.get(file) != (unit, digest, name):
            db.execute("REPLACE INTO sent_back VALUES (?, ?, ?, ?, ?)", (file, unit, digest, at, name))
            event(db, at, "sent_back", unit, file)
    db.executemany("DELETE FROM sent_back WHERE file = ?", [(file,) for file in gone])


def _written(db: sqlite3.Connection, at: str, counted: int) -> None:
    db.execute("REPLACE INTO written VALUES (1, ?, ?)", (counted, at))


def _changed(db: sqlite3.Connection, at: str, unit: str, code: str, had: Iterable[str], detail: str) -> None:
    now = code or unit
    db.execute("DELETE FROM former WHERE code = ? AND unit = ''", (now,))
    if code:
        for table in BY_UNIT:
            db.execute(f"UPDATE OR REPLACE {table} SET unit = ? WHERE unit = ?", (code, unit))
        db.execute("INSERT OR IGNORE INTO former VALUES (?, '', ?, ?)", (unit, now, at))
    for name in had:
        db.execute("INSERT OR IGNORE INTO former VALUES ('', ?, ?, ?)", (name, now, at))
    line(db, at, campaign_words().history["list_changed"], now, detail)


def _removed(db: sqlite3.Connection, at: str, unit: str, name: str, detail: str) -> None:
    db.execute("REPLACE INTO former VALUES (?, ?, '', ?)", (unit, name, at))
    line(db, at, campaign_words().history["list_changed"], unit, detail)


NOTES: dict[str, Callable] = {
    "issued": _issued,
    "sent_back": _sent_back,
    "written": _written,
    "history": line,
    "changed": _changed,
    "removed": _removed,
}


def event(db: sqlite3.Connection, at: str, what: str, unit: str, detail: str) -> None:
    """One line of history with words that somebody typed; `what` is a name under `history` of words.yaml."""
    line(db, at, campaign_words().history[what], unit, screened(detail, boxes=True))


def shown_moment(text: object) -> str:
    """A time of the ledger as people read it.

    >>> shown_moment("2026-01-15T09:30:00+08:00"), shown_moment("")
    ('2026-01-15 09:30', '')
    """
    return str(text)[:16].replace("T", " ")


def moment() -> str:
    """Now, as the ledger writes it."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def remember(db: sqlite3.Connection, names: Mapping[str, str]) -> None:
    """Keeps what the list calls the units: unit code → name."""
    db.executemany("INSERT OR IGNORE INTO named VALUES (?, ?)", names.items())
