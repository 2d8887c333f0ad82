"""Archives of workbooks: each file inside is a return of its own; nothing is ever written to disk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from toolkit.model.characters import shown
from toolkit.model.privacy import WIDE_STAR, mask_file_name
from toolkit.ooxml.archive import Entry, Refused, directory, file_name, inflate
from toolkit.ooxml.handed_in import MAX_FILE
from toolkit.reading import sniff

_UNSAFE = re.compile(r"^(?:[A-Za-z]:)?/+")


class Archive:
    """A zip of files.

    Args:
        data: its bytes.
    Raises: Refused: F034 it needs a password; F002, F006, F008 it is damaged, a bomb, or contradicts itself.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._entries = directory(data, file_name)
        if any(entry.flags & 1 for entry in self._entries.values()):
            raise Refused("F034")

    def members(self) -> list[tuple[str, str]]:
        """(name as shown, name inside) of every file, in the order of the archive; folders left out."""
        names = [(entry, shown_name(entry)) for entry in self._entries.values()]
        names = [(entry, shown) for entry, shown in names if not shown.endswith("/")]
        told_apart = distinct(shown for _, shown in names)
        return [(shown, entry.name) for (entry, _), shown in zip(names, told_apart, strict=True)]

    def read(self, name: str) -> bytes:
        """The bytes of one file.

        Raises: Refused: F002 damaged, F006 too big.
        """
        entry = self._entries[name.replace("\\", "/")]
        if entry.size > MAX_FILE:
            raise Refused("F006")
        return inflate(self._data, entry)


def shown_name(entry: Entry) -> str:
    """The name of a file in an archive, as its writer meant it and without ways out of the archive.

    Old archivers write the bytes of the system's own encoding (GBK in China) without saying so.
    """
    name = entry.name
    if not entry.flags & 0x800:
        raw = name.encode("cp437", "replace")
        for encoding in ("ascii", "utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    parts = _UNSAFE.sub("", name.replace("\\", "/")).split("/")
    return visible("/".join("__" if part == ".." else part for part in parts if part != "."))


def visible(name: str) -> str:
    """A file name as it may be shown and stored: no control and direction characters, no broken bytes, nobody's number.

    >>> visible("换\\n行.xlsx"), visible("\\u202exslx.甲"), visible("甲.xlsx"), visible("张三13812345678.xlsx")
    ('换<A>行.xlsx', '<202E>xslx.甲', '甲.xlsx', '张三138＊＊＊＊5678.xlsx')
    """
    if any("\udc80" <= character <= "\udcff" for character in name):
        with suppress(UnicodeEncodeError):  # half a pair, which Windows allows in a name
            name = name.encode("utf-8", "surrogateescape").decode("gb18030", "surrogateescape")
    return mask_file_name(shown(name))


def distinct(names: Iterable[str]) -> list[str]:
    """The names, a masked one that is there already with a number: two files never go by one name.

    >>> distinct(["张三138＊＊＊＊5678.xlsx", "张三138＊＊＊＊5678.xlsx", "甲.xlsx"])
    ['张三138＊＊＊＊5678.xlsx', '张三138＊＊＊＊5678（2）.xlsx', '甲.xlsx']
    """
    found: list[str] = []
    seen: Counter[str] = Counter()
    for name in names:
        if WIDE_STAR in name:
            seen[name] += 1
            stem, dot, suffix = name.rpartition(".")
            found.append(f"{stem}（{seen[name]}）{dot}{suffix}" if seen[name] > 1 else name)
        else:
            found.append(name)
    return found


def is_archive(data: bytes) -> bool:
    """Whether bytes that are no workbook are a zip."""
    return sniff.kind_of(data) == sniff.ZIP
