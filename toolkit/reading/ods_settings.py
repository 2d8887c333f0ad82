"""What the settings of an .ods file say of the screen: zeros that are not shown, rows and columns out of reach."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from toolkit.reading.appearance import Appearance

_STANDS_STILL = "2"
_ZEROS, _ITEM, _ENTRY = "ShowZeroValues", "config:config-item", "config:config-item-map-entry"


class View(NamedTuple):
    """How a sheet is shown.

    Args:
        rows, columns: how many of them lie before those that stand still, where nobody can scroll to.
    """

    no_zeros: bool
    rows: int
    columns: int

    def change(self, seen: Appearance) -> None:
        """Adds it to what is seen of the sheet."""
        seen.no_zeros |= self.no_zeros
        seen.rows = [*range(self.rows), *seen.rows]
        seen.columns = [*range(self.columns), *seen.columns]


def views(part: bytes, title: str) -> View:
    """How a sheet is shown; what is said of the whole file counts where nothing is said of the sheet."""
    said = _settings(part)
    own = {key: value for (name, key), value in said.items() if name == title}
    zeros = own.get(_ZEROS, said.get(("", _ZEROS), "true"))
    before = [
        int(own.get(place, "0")) if own.get(split) == _STANDS_STILL and own.get(place, "0").isdecimal() else 0
        for split, place in (("VerticalSplitMode", "PositionTop"), ("HorizontalSplitMode", "PositionLeft"))
    ]
    return View(zeros == "false", *before)


@lru_cache(maxsize=8)
def _settings(part: bytes) -> dict[tuple[str, str], str]:
    """(Title of a sheet or "", name) → value."""
    found: dict[tuple[str, str], str] = {}
    entries: list[str] = []
    item = ""

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal item
        item = given.get("config:name", "") if name == _ITEM else ""
        if name == _ENTRY:
            entries.append(given.get("config:name", ""))

    def end(name: str) -> None:
        nonlocal item
        item = ""
        if name == _ENTRY:
            entries.pop()

    def text(data: str) -> None:
        if item:
            found[entries[-1] if entries else "", item] = data.strip()

    if part:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
        parser.Parse(part, True)
    return found
