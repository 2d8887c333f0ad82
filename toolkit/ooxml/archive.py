"""A zip package read with distrust: directory, sizes and names are checked before anything is inflated."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

MAX_PARTS = 2_000
MAX_TOTAL = 200_000_000
MAX_RATIO = 500
_RATIO_FROM = 1_000_000
_COMMON = 500_000
"""Bytes up to which a part may be one that many workbooks have."""

CORRUPT, BOMB, AMBIGUOUS = "F002", "F006", "F008"

_END = b"PK\x05\x06"
CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")


class Refused(Exception):
    """A package that must not be parsed, with the code that says why and the facts of its message."""

    def __init__(self, code: str, facts: dict[str, str] | None = None) -> None:
        self.code, self.facts = code, facts or {}
        super().__init__(code)


class Entry:
    """One part of the package: where it lies and how big it says it is."""

    __slots__ = ("checksum", "flags", "method", "name", "offset", "packed", "size")

    def __init__(self, name: str, flags: int, method: int, checksum: int, packed: int, size: int, offset: int) -> None:
        self.name, self.flags, self.method, self.checksum = name, flags, method, checksum
        self.packed, self.size, self.offset = packed, size, offset


def part_name(name: str) -> str:
    """The name of the part that an entry of the directory holds; programs differ on slashes and on %20 in it.

    >>> part_name("/xl/worksheets/sheet%205.xml")
    'xl/worksheets/sheet 5.xml'
    """
    return unquote(name.replace("\\", "/").lstrip("/"))


def file_name(name: str) -> str:
    """The name of the file that an entry of an archive holds."""
    return name.replace("\\", "/")


def directory(data: bytes, named: Callable[[str], str] = part_name) -> dict[str, Entry]:
    """All parts by name.

    Args:
        named: the name of an entry; those of one name, in whatever case, are one too many.
    Raises: Refused: no directory, cut off (F002); too many parts, too big (F006); a name twice, parts that
        overlap, or a local header that disagrees with the directory (F008).
    """
    end = data.rfind(_END, max(0, len(data) - 66_000))
    if end < 0 or end + 22 > len(data):
        raise Refused(CORRUPT)
    count, size, start = struct.unpack_from("<HLL", data, end + 10)
    shift = end - size - start
    if count == 0xFFFF or start == 0xFFFFFFFF:
        start, count, shift = _zip64(data, end)
    if shift < 0:
        raise Refused(CORRUPT)
    if count > MAX_PARTS:
        raise Refused(BOMB)
    entries = _entries(data, start + shift, count, shift)
    _check_places(data, entries, start + shift)
    _check_sizes(entries)
    parts: dict[str, Entry] = {}
    folded: set[str] = set()
    for entry in entries:
        name = named(entry.name)
        if name.lower() in folded:
            raise Refused(AMBIGUOUS)
        folded.add(name.lower())
        parts[name] = entry
    return parts


def appended(data: bytes) -> bool:
    """Whether bytes follow the end of the package (mail gateways add them)."""
    end = data.rfind(_END, max(0, len(data) - 66_000))
    return end >= 0 and end + 22 + int.from_bytes(data[end + 20 : end + 22], "little") < len(data)


def _zip64(data: bytes, end: int) -> tuple[int, int, int]:
    place = data.rfind(b"PK\x06\x06", 0, end)
    if place < 0 or place + 56 > len(data):
        raise Refused(CORRUPT)
    count, _size, start = struct.unpack_from("<QQQ", data, place + 32)
    return start, count, 0


def _entries(data: bytes, place: int, count: int, shift: int) -> list[Entry]:
    entries = []
    for _ in range(count):
        if place + CENTRAL.size > len(data):
            raise Refused(CORRUPT)
        fields = CENTRAL.unpack_from(data, place)
        if fields[0] != b"PK\x01\x02":
            raise Refused(CORRUPT)
        flags, method, checksum, packed, size = fields[3], fields[4], *fields[7:10]
        name_length, extra_length, comment_length, offset = fields[10], fields[11], fields[12], fields[16]
        name_at = place + CENTRAL.size
        raw = data[name_at : name_at + name_length]
        extra = data[name_at + name_length : name_at + name_length + extra_length]
        if 0xFFFFFFFF in (packed, size, offset):
            size, packed, offset = _wide(extra, size, packed, offset)
        name = raw.decode("utf-8" if flags & 0x800 else "cp437", "replace")
        entries.append(Entry(name, flags, method, checksum, packed, size, offset + shift))
        place = name_at + name_length + extra_length + comment_length
    return entries


def _wide(extra: bytes, *fields: int) -> list[int]:
    place = 0
    while place + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, place)
        if tag == 1:
            numbers = iter(struct.unpack_from(f"<{length // 8}Q", extra, place + 4))
            return [next(numbers, 0) if field == 0xFFFFFFFF else field for field in fields]
        place += 4 + length
    raise Refused(CORRUPT)


def _check_places(data: bytes, entries: list[Entry], end: int) -> None:
    before = 0
    for entry in sorted(entries, key=lambda entry: entry.offset):
        if entry.offset < before:
            raise Refused(BOMB)
        if entry.offset + LOCAL.size > end:
            raise Refused(CORRUPT)
        fields = LOCAL.unpack_from(data, entry.offset)
        if fields[0] != b"PK\x03\x04":
            raise Refused(CORRUPT)
        name_at = entry.offset + LOCAL.size
        raw = data[name_at : name_at + fields[9]]
        if raw.decode("utf-8" if entry.flags & 0x800 else "cp437", "replace") != entry.name:
            raise Refused(AMBIGUOUS)
        entry.offset = name_at + fields[9] + fields[10]
        before = entry.offset + entry.packed
        if before > end:
            raise Refused(CORRUPT)


def _check_sizes(entries: list[Entry]) -> None:
    if sum(entry.size for entry in entries) > MAX_TOTAL:
        raise Refused(BOMB)
    for entry in entries:
        if entry.size > _RATIO_FROM and entry.size > MAX_RATIO * max(entry.packed, 1):
            raise Refused(BOMB)


def inflate(data: bytes, entry: Entry) -> bytes:
    """The bytes of one part, never more than it declares.

    Raises: Refused: encrypted or unknown method, cut off, wrong checksum (F002); more bytes than declared (F006).
    """
    whole = _known if entry.size < _COMMON else _whole
    return whole(_packed(data, entry), entry.method, entry.size, entry.checksum)


def _whole(packed: bytes, method: int, size: int, checksum: int) -> bytes:
    """The same by the bytes as they are packed."""
    out = _inflated(packed, method, size + 1)
    if len(out) > size:
        raise Refused(BOMB)
    if len(out) < size or zlib.crc32(out) != checksum:
        raise Refused(CORRUPT)
    return out


_known = lru_cache(maxsize=96)(_whole)
"""The same; workbooks that were issued alike have most parts in common, and what is known of a part is known by it."""


def head(data: bytes, entry: Entry, length: int) -> bytes:
    """The first bytes of one part.

    Raises: Refused: encrypted or unknown method, damaged (F002).
    """
    return _inflated(_packed(data, entry), entry.method, length)


def _packed(data: bytes, entry: Entry) -> bytes:
    if entry.flags & 1:
        raise Refused(CORRUPT)
    return data[entry.offset : entry.offset + entry.packed]


def _inflated(packed: bytes, method: int, most: int) -> bytes:
    if method not in (0, 8):
        raise Refused(CORRUPT)
    if method == 0:
        return packed[:most]
    try:
        return zlib.decompressobj(-15).decompress(packed, most)
    except zlib.error as error:
        raise Refused(CORRUPT) from error
