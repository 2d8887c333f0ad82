"""Column labels that units changed: candidates by likeness, confirmed by a person for one round, with who and when."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from toolkit.campaign import Campaign
from toolkit.campaign.words import campaign_words
from toolkit.files import write_whole
from toolkit.model import strictyaml
from toolkit.model.batch import Return
from toolkit.model.errors import XltoolError
from toolkit.model.form import Form, Sheet
from toolkit.model.in_place import lies
from toolkit.model.likeness import alike

FILE = "列名确认.yaml"
UNKNOWN, MISSING = ("S008", "S018"), ("S006", "S020")
_LIKE, _MOST = 0.25, 3
_KEYS = ("sheet", "label", "column", "who", "at", "why")


@dataclass(frozen=True)
class Alias:
    """One confirmed label: on which sheet of the form it means which column; who said so, when and why."""

    sheet: str
    label: str
    column: str
    who: str
    at: str
    why: str


@dataclass(frozen=True)
class Candidate:
    """A label that no column has, the columns it may mean (best first), and the files it was seen in."""

    sheet: str
    label: str
    columns: tuple[str, ...]
    files: tuple[str, ...]


def confirmed(folder: Path) -> list[Alias]:
    """The labels confirmed for a round.

    Raises: DefinitionError: the file breaks its rules; with line.
    """
    path = folder / FILE
    if not lies(path):
        return []
    root = strictyaml.load(path)
    found = []
    for record in root.records("aliases"):
        found.append(Alias(**{key: record.text(key, "") for key in _KEYS}))
        record.done()
    root.done()
    return found


def lookup(aliases: Iterable[Alias]) -> dict[str, dict[str, str]]:
    """Sheet name → label → column name."""
    found: dict[str, dict[str, str]] = {}
    for alias in aliases:
        found.setdefault(alias.sheet, {})[alias.label] = alias.column
    return found


def confirm(campaign: Campaign, sheet: str, label: str, column: str, why: str = "", who: str = "") -> Alias:
    """Notes that a label means a column, in the settings and the history of the round.

    Args:
        sheet, column: Chinese titles or English names.
    Raises: XltoolError: K040 no such sheet, K041 no such column, K042 the label is another column's own.
    """
    at = sheet_named(campaign.form, sheet)
    name = next((c.name for c in at.columns if column in (c.label, c.name)), None)
    if name is None:
        raise XltoolError("K041", sheet=at.label, column=column)
    if any(label in (c.label, *c.aliases) for c in at.columns):
        raise XltoolError("K042", label=label)
    made = Alias(at.name, label, name, who or person(), datetime.now().astimezone().isoformat(timespec="seconds"), why)
    others = [known for known in confirmed(campaign.folder) if (known.sheet, known.label) != (at.name, label)]
    detail = f"{at.label}：{label} = {at.by_name[name].label} {made.who} {why}".strip()
    _save(campaign, [*others, made], "alias", detail)
    return made


def withdraw(campaign: Campaign, sheet: str, label: str) -> None:
    """Takes a confirmation back.

    Raises: XltoolError: K040 no such sheet, K043 the label was never confirmed.
    """
    at = sheet_named(campaign.form, sheet)
    known = confirmed(campaign.folder)
    rest = [alias for alias in known if (alias.sheet, alias.label) != (at.name, label)]
    if len(rest) == len(known):
        raise XltoolError("K043", sheet=at.label, label=label)
    _save(campaign, rest, "alias_withdrawn", f"{at.label}：{label} {person()}")


def _save(campaign: Campaign, aliases: list[Alias], what: str, detail: str) -> None:
    rows = [{key: str(getattr(alias, key)) for key in _KEYS} for alias in aliases]  # names carry their place in a file
    save_said(campaign, FILE, {"aliases": rows}, what, detail)


def save_said(campaign: Campaign, file: str, said: object, what: str, detail: str, unit: str = "") -> None:
    """Writes a file of what a person said and a line of history, both or neither.

    Args:
        what: a name under `history` of words.yaml.
    """
    text = yaml.safe_dump(said, allow_unicode=True, sort_keys=False)
    with campaign.writing():
        write_whole(campaign.folder / file, text.encode())
        campaign.ledger.note(campaign_words().history[what], unit, detail)


def sheet_named(form: Form, name: str) -> Sheet:
    """The sheet of the form with a Chinese title or an English name.

    Raises: XltoolError: K040 there is none.
    """
    for sheet in form.sheets:
        if name in (sheet.name, sheet.label):
            return sheet
    raise XltoolError("K040", sheet=name)


def person() -> str:
    """Who is logged in."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "—"


def candidates(returns: Iterable[Return], form: Form) -> list[Candidate]:
    """Unknown labels of the returns whose sheets lack a column, with the lacking columns by likeness."""
    seen: dict[tuple[str, str], tuple[set[str], list[str]]] = {}
    for returned in returns:
        titles = {place.title: name for name, place in returned.located.items()}
        unknown = [f for f in returned.findings if f.code in UNKNOWN and f.value and f.sheet in titles]
        for finding in unknown:
            sheet = form.by_name[titles[finding.sheet]]
            located = returned.located[sheet.name]
            lacking = [c.name for c in sheet.columns if c.name not in located.letters and c.name not in located.rows]
            columns, files = seen.setdefault((sheet.name, finding.value), (set(), []))
            columns.update(lacking)
            files.append(returned.file)
    return [
        Candidate(sheet, label, ranked(form.by_name[sheet], label, columns), tuple(files))
        for (sheet, label), (columns, files) in sorted(seen.items())
    ]


def ranked(sheet: Sheet, label: str, columns: Iterable[str]) -> tuple[str, ...]:
    """At most three of the columns, those whose labels are most like the given one first."""
    scored = []
    for name in sorted(columns):
        column = sheet.by_name[name]
        likeness = max(alike(label, known) for known in (column.label, *column.aliases))
        if likeness >= _LIKE:
            scored.append((-likeness, name))
    return tuple(name for _, name in sorted(scored)[:_MOST])
