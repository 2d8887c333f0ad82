"""Full names of persons inside of texts, made unreadable as `privacy.mask_name` does.

A text of ours may quote what somebody typed, and so a name; what leaves the house shows no whole one.
"""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.model.privacy import mask_name

_LEAST = 2
"""Characters of the shortest name: one alone stands in any text."""


class NameCover:
    """Masks the names of known persons wherever they stand in a text, the longest first.

    >>> cover = NameCover(["王小", "王小明", "无", ""])
    >>> cover("“王小明”与“王小”重复"), cover("无王")
    ('“王*明”与“王*”重复', '无王')
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, dict[int, set[str]]] = {}
        for name in names:
            if len(name) >= _LEAST:
                self._names.setdefault(name[0], {}).setdefault(len(name), set()).add(name)

    def __call__(self, text: str) -> str:
        """The text without whole names."""
        done, parts, place = 0, [], 0
        while place < len(text):
            if name := self._name_at(text, place):
                parts += [text[done:place], mask_name(name)]
                done = place = place + len(name)
            else:
                place += 1
        return "".join([*parts, text[done:]]) if parts else text

    def _name_at(self, text: str, place: int) -> str:
        """The longest name that begins at a place; "" = none."""
        known = self._names.get(text[place], {})
        ends = (text[place : place + length] for length in sorted(known, reverse=True))
        return next((name for name in ends if name in known.get(len(name), ())), "")
