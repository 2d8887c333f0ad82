"""The ledger of a round (SQLite): what was issued, every file that came back, who chose what."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from toolkit.campaign import ledger_disputes
from toolkit.campaign.ledger_disputes import Sides
from toolkit.campaign.ledger_notes import NOTES, event, line, moment, remember
from toolkit.campaign.ledger_tables import SCHEMA
from toolkit.campaign.words import campaign_words
from toolkit.disk import make_folder
from toolkit.disk.journal import Note
from toolkit.disk.swap import current
from toolkit.model.batch import Return
from toolkit.model.dispute import ONE, Reply, Ruling
from toolkit.model.errors import XltoolError
from toolkit.model.explanation import Explanation
from toolkit.model.in_place import MISSING, instead, what_lies
from toolkit.model.privacy import screened

_COUNTS = (
    "issued", "returned", "nil_returns", "chosen", "decided", "explanations", "dispute_replies", "dispute_rulings",
    "dispute_sides", "former",
)  # fmt: skip
"""The tables that a run depends on."""
_UPSERT = """
INSERT INTO returned VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)
ON CONFLICT (sha256, file) DO UPDATE SET
    unit = excluded.unit, state = excluded.state, fill_date = excluded.fill_date, errors = excluded.errors,
    queries = excluded.queries, rows = excluded.rows, present = 1, blocked = excluded.blocked,
    name = excluded.name
"""
_LATER = {
    "returned": {"blocked": "INTEGER NOT NULL DEFAULT 0", "name": "TEXT NOT NULL DEFAULT ''"},
    "issued": {"name": "TEXT NOT NULL DEFAULT ''"},
    "decided": {"name": "TEXT NOT NULL DEFAULT ''"},
    "sent_back": {"name": "TEXT NOT NULL DEFAULT ''"},
}
"""Columns that ledgers of earlier versions lack."""


_PATIENCE = 10
"""Seconds to wait for a program that has the ledger open."""
_SITUATIONS = (
    ("K024", (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)),
    ("K025", (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)),
    ("O002", (sqlite3.SQLITE_FULL,)),
    ("O010", (sqlite3.SQLITE_IOERR,)),
)
"""Of what the database says, that in which nothing of the ledger is lost; all else is damage (K008)."""
_FAMILY, _LONGEST_PATH = 0xFF, 480
"""The main part of a code of SQLite; bytes of a path that it takes on every system, with room for its journal."""


class Ledger:
    """One ledger file; every method is one transaction.

    What is noted about outputs while `toolkit.disk.swap.together` is open waits until they are in place.

    Raises: XltoolError: K008 the file is no ledger or is damaged; K024 another program has it open; K025 it cannot be
        opened or written here; K050 something else than a file stands in its place; O002, O009, O010 from the disk.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def _open(self):
        make_folder(self.path.parent)
        if what_lies(self.path) not in ("", MISSING):  # behind a link to nothing a new ledger would begin
            raise XltoolError("K050", file=self.path.name, folder=self.path.parent, problem=instead(self.path))
        try:
            connection = sqlite3.connect(self.path, timeout=_PATIENCE)
            try:
                connection.executescript(SCHEMA)
                _bring_up_to_date(connection)
                with connection:
                    yield connection
            finally:
                connection.close()
        except sqlite3.DatabaseError as error:
            raise self._said(error) from error

    def _said(self, error: sqlite3.DatabaseError) -> XltoolError:
        family = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _FAMILY
        code = next((code for code, families in _SITUATIONS if family in families), "K008")
        whole = os.path.realpath(self.path)
        if family == sqlite3.SQLITE_CANTOPEN and len(os.fsencode(whole)) > _LONGEST_PATH:
            return XltoolError("O008", file=self.path.parent.parent.name, length=len(whole))
        return XltoolError(code, file=self.path.name, folder=self.path.parent, problem=error)

    def settle(self, token: str, notes: Sequence[Note]) -> None:
        """Takes what a run notes about its outputs, all at once; nothing when this token was here before.

        Args:
            notes: (kind, arguments): `issued`, `sent_back`, `written` or `history`, see the methods that make them.
        """
        now = moment()
        with self._open() as db:
            if token and db.execute("SELECT 1 FROM settled WHERE token = ?", (token,)).fetchone():
                return
            for kind, args in notes:
                NOTES[kind](db, now, *args)
            db.execute("REPLACE INTO settled VALUES (1, ?)", (token,))

    def _with_outputs(self, kind: str, *args: object) -> None:
        """Takes a note together with the outputs that are being written, at once when there are none."""
        writing = current()
        if writing and writing.keeper and writing.keeper.path == self.path:
            writing.note(kind, *args)
        else:
            self.settle("", [(kind, args)])

    def issued(self) -> dict[str, str]:
        """Unit code → SHA-256 of the workbook as issued."""
        with self._open() as db:
            return dict(db.execute("SELECT unit, sha256 FROM issued"))

    def record_issued(self, rows: Iterable[tuple[str, str, str, str]], names: Mapping[str, str]) -> None:
        """Notes (unit, file, sha256, version) of issued workbooks; what is known already stays as it was.

        Args:
            names: what the list calls the units.
        """
        self._with_outputs("issued", list(rows), dict(names))

    def record_returns(
        self,
        returns: Iterable[Return],
        errors: dict[int, int],
        queries: dict[int, int],
        nil: Collection[int] = (),
        traces: Mapping[int, str] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Notes the verdict on every returned file; files that are gone from the folder stay, marked absent.

        Args:
            names: what the list calls the units.
            traces: what tells the content of files that were not opened, by index.
            nil: indices of the returns in which every sheet that may be empty is ticked 本单位无此情况.
        """
        now, returns = moment(), list(returns)
        with self._open() as db:
            rows = list(db.execute("SELECT sha256, file, state, unit, present FROM returned"))
            known = {(row[0], row[1]): row[2] for row in rows}
            gone = {(row[0], row[1]): row[3] for row in rows if row[4]}
            db.execute("UPDATE returned SET present = 0")
            db.execute("DELETE FROM nil_returns")
            for item in returns:
                key = (item.sha256 or (traces or {}).get(item.index, ""), item.file)
                gone.pop(key, None)
                if item.index in nil:
                    db.execute("INSERT OR IGNORE INTO nil_returns VALUES (?, ?)", key)
                db.execute(
                    _UPSERT,
                    (
                        *key,
                        item.unit,
                        item.state,
                        str(item.fill_date or ""),
                        errors.get(item.index, 0),
                        queries.get(item.index, 0),
                        item.rows_read,
                        now,
                        int(item.blocked),
                        (names or {}).get(item.unit, ""),
                    ),
                )
                if known.get(key) != item.state:
                    detail = f"{item.file} {item.sha256[:12]}：{item.state}"
                    event(db, now, "returned", item.unit, detail)
            there = {item.file for item in returns}
            for (digest, file), unit in sorted(gone.items()):
                event(db, now, "replaced" if file in there else "gone", unit, f"{file} {digest[:12]}")
            remember(db, names or {})

    def nil_returns(self) -> frozenset[tuple[str, str]]:
        """(SHA-256, file) of the returns in which every sheet that may be empty is ticked."""
        with self._open() as db:
            return frozenset(db.execute("SELECT sha256, file FROM nil_returns"))

    def first_seen(self) -> dict[str, str]:
        """SHA-256 → when the first validation saw this content, whatever the file was called."""
        with self._open() as db:
            return dict(db.execute("SELECT sha256, MIN(seen) FROM returned GROUP BY sha256"))

    def decide(self, unit: str, verdict: str, digest: str, who: str, why: str, name: str = "") -> None:
        """Notes a person's decision on the content that counts now.

        Args:
            name: what the list calls the unit.
        """
        now = moment()
        with self._open() as db:
            row = (now, unit, verdict, digest, who, why, name)
            columns = "at, unit, verdict, sha256, who, why, name"
            db.execute(f"INSERT INTO decided ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            line(db, now, verdict, unit, screened(f"{digest[:12]} {who}：{why}", boxes=True))

    def decisions(self) -> dict[str, dict[str, object]]:
        """Unit code → the last decision of a person (verdict, sha256, who, why, at, name)."""
        with self._open() as db:
            db.row_factory = sqlite3.Row
            return {str(row["unit"]): dict(row) for row in db.execute("SELECT * FROM decided ORDER BY id")}

    def returned(self) -> list[dict[str, object]]:
        """Every file that ever came back, in the order of first sight."""
        with self._open() as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute("SELECT * FROM returned ORDER BY seen, file")]

    def choose(self, unit: str, digest: str, why: str) -> None:
        """Notes which of several returns of a unit counts."""
        now = moment()
        with self._open() as db:
            db.execute("REPLACE INTO chosen VALUES (?, ?, ?, ?)", (unit, digest, now, why))
            event(db, now, "chosen", unit, f"{digest[:12]} {why}")

    def chosen(self) -> dict[str, str]:
        """Unit code → SHA-256 of the return that a person chose."""
        with self._open() as db:
            return dict(db.execute("SELECT unit, sha256 FROM chosen"))

    def chosen_at(self) -> dict[str, str]:
        """Unit code → when a person chose."""
        with self._open() as db:
            return dict(db.execute("SELECT unit, at FROM chosen"))

    def explanations(self) -> list[Explanation]:
        """Every explanation of a 疑问, in the order in which they were first read."""
        with self._open() as db:
            return [Explanation(*row[:-1]) for row in db.execute("SELECT * FROM explanations ORDER BY at, rowid")]

    def record_explanations(self, records: Iterable[Explanation]) -> None:
        """Notes explanations with their verdict; what is known already stays as it was."""
        now = moment()
        with self._open() as db:
            columns = "unit, sheet, code, key, digest, text, verdict"
            known = set(db.execute(f"SELECT {columns} FROM explanations"))
            for one in records:
                bond = (one.unit, one.sheet, one.code, one.key, one.digest, one.text, one.verdict)
                if bond not in known:
                    row = (*bond, one.file, one.period, now)
                    db.execute("REPLACE INTO explanations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
                    verdict = one.verdict or campaign_words().history["accepted"]
                    event(db, now, "explained", one.unit, f"{one.code} {one.key} {verdict}")

    def dispute_replies(self) -> list[Reply]:
        """The last answer of every unit to every dispute."""
        with self._open() as db:
            return ledger_disputes.replies(db)

    def record_dispute_replies(self, replies: Iterable[Reply], words: Mapping[str, str]) -> None:
        """Notes answers; what is known already stays as it was, another answer takes its place.

        Args:
            words: the answers as people read them, for the history.
        """
        now, known = moment(), set(self.dispute_replies())
        with self._open() as db:
            for one in replies:
                if one not in known:
                    ledger_disputes.reply(db, now, one)
                    event(db, now, "dispute_reply", one.unit, f"{one.dispute} {words[one.answer]} {one.who}".strip())

    def dispute_rulings(self) -> list[Ruling]:
        """What the bureau decided."""
        with self._open() as db:
            return ledger_disputes.rulings(db)

    def dispute_sides(self) -> dict[str, Sides]:
        """Number of a dispute that was ruled on → (unit, the number that it gave the person)."""
        with self._open() as db:
            return ledger_disputes.sides(db)

    def rule_dispute(self, numbers: Sequence[str], unit: str, who: str, why: str, sides: Sides) -> None:
        """Notes the bureau's decision on a dispute; `unit` keeps the person, TWO = several persons, ONE = one.

        Args:
            numbers: its number, then those of the pairs of units that it is also about.
        """
        now = moment()
        with self._open() as db:
            ledger_disputes.rule(db, numbers, (unit, who, why, now), sides)
            event(db, now, "dispute_ruling", unit.strip(ONE), f"{numbers[0]} {who}：{why}")

    def sent_back(self) -> dict[str, str]:
        """File → SHA-256 of the marked copy that was written last."""
        with self._open() as db:
            return dict(db.execute("SELECT file, sha256 FROM sent_back"))

    def sent_back_to(self) -> dict[str, tuple[str, str, str]]:
        """File → unit that it is about ("" = nobody knows), its name then, SHA-256 of the copy written last."""
        with self._open() as db:
            return {row[0]: row[1:] for row in db.execute("SELECT file, unit, name, sha256 FROM sent_back")}

    def record_sent_back(
        self, rows: Iterable[tuple[str, str, str]], gone: Iterable[str] = (), names: Mapping[str, str] | None = None
    ) -> None:
        """Notes (file, unit, sha256) of marked copies, and those that are no longer needed.

        Args:
            names: what the list calls the units.
        """
        self._with_outputs("sent_back", list(rows), list(gone), dict(names or {}))

    def called(self, unit: str) -> tuple[str, ...]:
        """Names that the list ever had for a code when something was noted, the oldest first."""
        with self._open() as db:
            return tuple(row[0] for row in db.execute("SELECT name FROM named WHERE unit = ? ORDER BY rowid", (unit,)))

    def former(self) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
        """Code that a unit once had → its code now, the oldest first; unit code → names that it once had."""
        codes: dict[str, str] = {}
        names: dict[str, tuple[str, ...]] = {}
        with self._open() as db:
            for code, name, unit in db.execute("SELECT code, name, unit FROM former WHERE unit <> '' ORDER BY rowid"):
                if code:
                    codes[code] = unit
                else:
                    names[unit] = (*names.get(unit, ()), name)
        return codes, names

    def record_change(self, unit: str, code: str, had: Iterable[str], detail: str) -> None:
        """Notes, with the list that is being written, that a unit has another code or name now.

        Args:
            unit: its code until now; code: its new one, "" = the same; had: names that it had and has no more.
        """
        self._with_outputs("changed", unit, code, list(had), detail)

    def removed(self) -> dict[str, str]:
        """Code of a unit that was taken off the list → its name."""
        with self._open() as db:
            return dict(db.execute("SELECT code, name FROM former WHERE unit = ''"))

    def record_removal(self, unit: str, name: str, detail: str) -> None:
        """Notes, with the list that is being written, that a unit was taken off it."""
        self._with_outputs("removed", unit, name, detail)

    def counted_last(self) -> int:
        """How many units' returns counted when outputs were written last; 0 when none were."""
        with self._open() as db:
            return next((row[0] for row in db.execute("SELECT counted FROM written")), 0)

    def note_written(self, counted: int) -> None:
        """Notes with how many units' returns outputs were written."""
        self._with_outputs("written", counted)

    def digest(self, *tables: str) -> str:
        """SHA-256 of what the tables hold; default: all that a run depends on or notes, its history left out."""
        digest = hashlib.sha256()
        with self._open() as db:
            for table in tables or _COUNTS:
                rows = sorted(map(repr, db.execute(f"SELECT * FROM {table}")))
                digest.update("\n".join([table, *rows, ""]).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def note(self, what: str, unit: str = "", detail: str = "") -> None:
        """One line of history."""
        self._with_outputs("history", what, unit, detail)

    def history(self) -> list[dict[str, object]]:
        """All lines of history, oldest first."""
        with self._open() as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute("SELECT at, what, unit, detail FROM history ORDER BY id")]


def _bring_up_to_date(db: sqlite3.Connection) -> None:
    for table, columns in _LATER.items():
        known = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        for name in (name for name in columns if name not in known):
            db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {columns[name]}")
