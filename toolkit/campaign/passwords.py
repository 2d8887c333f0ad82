"""Passwords that open returned workbooks: for all files, or per unit in a text file; never stored, never shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from toolkit.campaign.words import campaign_words
from toolkit.model.catalogue import entry
from toolkit.model.errors import XltoolError
from toolkit.ooxml.archive import Refused
from toolkit.ooxml.handed_in import content

_SEPARATOR = re.compile(r"[,，\t;；]")


def gather(given: Sequence[str], file: Path | None) -> dict[str, list[str]]:
    """Unit name or code → passwords; under "" those for all files.

    Args:
        file: lines `单位,密码` in UTF-8 or GBK; what follows the first separator is the password.
    Raises: XltoolError: K044 the file cannot be read or a line holds no separator.
    """
    found: dict[str, list[str]] = {"": list(given)} if given else {}
    for number, line in enumerate(_lines(file) if file else (), 1):
        if line.strip():
            parts = _SEPARATOR.split(line.strip(), maxsplit=1)
            if len(parts) < 2:
                raise XltoolError("K044", file=file, problem=campaign_words().problem("no_comma", row=number))
            found.setdefault(parts[0].strip(), []).append(parts[1].strip())
    return found


def _lines(file: Path) -> list[str]:
    try:
        data = content(file)
    except Refused as refused:
        raise XltoolError("K044", file=file, problem=entry(refused.code).message) from refused
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).splitlines()
        except UnicodeDecodeError:
            continue
    raise XltoolError("K044", file=file, problem=campaign_words().problem("no_text"))
