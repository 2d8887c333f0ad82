"""What people write into 批次设置.yaml: keys or their Chinese names, switches and days in plain words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from toolkit.campaign.words import campaign_words
from toolkit.model import strictyaml
from toolkit.model.errors import XltoolError
from toolkit.model.policy import Policy
from toolkit.reading.dates import day_of, parse_date

EARLIEST, LATEST = 1949, 2100
"""Years that a round, a deadline or a day of judgement can have."""
SHORTEST_KEY = 12
"""Characters of a key for the return upward."""
SERIAL = 5
"""Digits of a day as a spreadsheet counts days; eight are year, month and day."""
PARAMETERS = "parameters"


def load_settings(path: Path, content: Path | None = None) -> strictyaml.Record:
    """The settings under the keys of the program, however they are called in the file.

    Args:
        content: where the content lies while it is being written.
    Raises: DefinitionError: not YAML, a setting twice; with line.
    """
    return strictyaml.load(path, content).under(campaign_words().settings_keys)


def parameters_of(record: strictyaml.Record, policy: Policy) -> strictyaml.Record:
    """The round's own parameters, by name; those of a day on with `from` and `value`."""
    found = record.part(PARAMETERS).under(titles_of(policy))
    for value in found.values():
        for at, one in enumerate(value if isinstance(value, strictyaml.Items) else ()):
            if isinstance(one, strictyaml.Record):
                value[at] = one.under(campaign_words().dated_keys)
    return found


def titles_of(policy: Policy) -> dict[str, str]:
    """Parameter → its Chinese name."""
    return {one.name: one.title for one in policy.parameters.values() if one.title}


def switch(record: strictyaml.Record, key: str, default: object = ...) -> bool:
    """Whether something is switched on, in any of the words for it."""
    words = campaign_words().switches
    return record.one_of(key, (*words["on"], *words["off"]), default) in words["on"]


def mail_of(record: strictyaml.Record) -> dict[str, str]:
    """The mail server of the settings; {} when none is set."""
    mail = record.part("mail").under(campaign_words().mail_keys)
    if not mail:
        return {}
    found = {
        "host": mail.text("host"),
        "port": str(mail.number("port", int, "25")),
        "starttls": "on" if switch(mail, "starttls", "on") else "off",
        "ssl": "on" if switch(mail, "ssl", "off") else "off",
        "ca": mail.text("ca", ""),
        "user": mail.text("user", ""),
        "from": mail.text("from"),
    }
    mail.done()
    return found


def report_key_of(record: strictyaml.Record) -> str:
    """The key for the return upward; a short one could be guessed."""
    text = record.text("report_key", "").strip()
    if text and len(text) < SHORTEST_KEY:
        name = record.called("report_key")
        record.fail(campaign_words().problem("short_key", name=name, least=SHORTEST_KEY), "report_key")
    return text


def parse_day(text: str) -> date:
    """A day as people write one: 2025-12-31, 2025.12.31, 2025年12月31日, or as a number of a spreadsheet, 46022.

    Raises: XltoolError: K007 no day, or one that no round can have.
    """
    typed = str(text)
    serial = typed.isascii() and typed.isdigit() and len(typed) == SERIAL
    days, problem, _ = parse_date(int(typed) if serial else typed)
    if days is None or problem:
        raise XltoolError("K007", value=text)
    day = day_of(days)
    if not EARLIEST <= day.year <= LATEST:
        raise XltoolError("K007", value=text)
    return day
