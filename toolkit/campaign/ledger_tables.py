"""The tables of the ledger of a round."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE IF NOT EXISTS issued (
    unit TEXT PRIMARY KEY, file TEXT NOT NULL, sha256 TEXT NOT NULL, version TEXT NOT NULL, at TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS returned (
    sha256 TEXT NOT NULL, file TEXT NOT NULL, unit TEXT NOT NULL, state TEXT NOT NULL, fill_date TEXT NOT NULL,
    errors INTEGER NOT NULL, queries INTEGER NOT NULL, rows INTEGER NOT NULL, seen TEXT NOT NULL,
    present INTEGER NOT NULL, blocked INTEGER NOT NULL DEFAULT 0, name TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (sha256, file));
CREATE TABLE IF NOT EXISTS chosen (unit TEXT PRIMARY KEY, sha256 TEXT NOT NULL, at TEXT NOT NULL, why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS nil_returns (
    sha256 TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY (sha256, file));
CREATE TABLE IF NOT EXISTS decided (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, unit TEXT NOT NULL, verdict TEXT NOT NULL, sha256 TEXT NOT NULL,
    who TEXT NOT NULL, why TEXT NOT NULL, name TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS explanations (
    unit TEXT NOT NULL, sheet TEXT NOT NULL, code TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL,
    text TEXT NOT NULL, verdict TEXT NOT NULL, file TEXT NOT NULL, period TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (unit, sheet, code, key, digest));
CREATE TABLE IF NOT EXISTS sent_back (
    file TEXT PRIMARY KEY, unit TEXT NOT NULL, sha256 TEXT NOT NULL, at TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS dispute_replies (
    dispute TEXT NOT NULL, unit TEXT NOT NULL, answer TEXT NOT NULL, day TEXT NOT NULL, text TEXT NOT NULL,
    who TEXT NOT NULL, answered TEXT NOT NULL, file TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (dispute, unit));
CREATE TABLE IF NOT EXISTS dispute_rulings (
    dispute TEXT PRIMARY KEY, unit TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS dispute_sides (
    dispute TEXT NOT NULL, unit TEXT NOT NULL, own TEXT NOT NULL, PRIMARY KEY (dispute, unit, own));
CREATE TABLE IF NOT EXISTS written (
    id INTEGER PRIMARY KEY CHECK (id = 1), counted INTEGER NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS history (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL, unit TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS former (
    code TEXT NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (code, name));
CREATE TABLE IF NOT EXISTS named (unit TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (unit, name));
CREATE TABLE IF NOT EXISTS settled (id INTEGER PRIMARY KEY CHECK (id = 1), token TEXT NOT NULL);
"""
"""`former`: a code or a name that a unit once had, the other one empty; code and name of a unit that was
taken off the list, with no unit.

`name` of `issued`, `returned`, `decided`, `sent_back`: what the list called the unit when it was noted;
`named`: all that it ever called it.

`settled`: the last run whose notes came with its outputs, so that they are never taken twice."""
