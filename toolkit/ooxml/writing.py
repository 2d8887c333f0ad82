"""Zip files written part by part: the same parts always give the same bytes."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.ooxml.archive import CENTRAL, LOCAL

_END = struct.Struct("<4sHHHHIIH")
_SMALL = 4096
_MIDNIGHT_1980 = (0, 33)
_UTF8 = 0x800


@dataclass(frozen=True, slots=True)
class Member:
    """One part as it lies in the zip: `packed` are its compressed bytes.

    Args:
        method: 0 stored, 8 deflated.
        crc, size: of the unpacked part.
    """

    name: str
    method: int
    crc: int
    size: int
    packed: bytes

    def header(self) -> bytes:
        """The local file header."""
        raw = self.name.encode()
        sizes = (self.crc, len(self.packed), self.size, len(raw), 0)
        return LOCAL.pack(b"PK\3\4", 20, _UTF8, self.method, *_MIDNIGHT_1980, *sizes) + raw

    def entry(self, offset: int) -> bytes:
        """The entry of the central directory."""
        raw = self.name.encode()
        sizes = (self.crc, len(self.packed), self.size, len(raw), 0, 0, 0, 0, 0, offset)
        return CENTRAL.pack(b"PK\1\2", 20, 20, _UTF8, self.method, *_MIDNIGHT_1980, *sizes) + raw


def pack(data: bytes, end: int = zlib.Z_FINISH) -> bytes:
    """Deflated bytes; a small window for small data, because setting up a large one costs more than packing."""
    window, memory = (-12, 5) if len(data) < _SMALL else (-15, 8)
    squeezer = zlib.compressobj(6, zlib.DEFLATED, window, memory)
    return squeezer.compress(data) + squeezer.flush(end)


def member(name: str, data: bytes) -> Member:
    """A part packed anew."""
    return Member(name, 8, zlib.crc32(data), len(data), pack(data))


def stored(name: str, data: bytes) -> Member:
    """A part that is not packed: nothing would be won, or it is read again at once."""
    return Member(name, 0, zlib.crc32(data), len(data), data)


def join_members(members: Iterable[Member]) -> bytes:
    """The zip file of the parts, in their order, with a fixed time."""
    body, directory, offset = [], [], 0
    for part in members:
        header = part.header()
        body += (header, part.packed)
        directory.append(part.entry(offset))
        offset += len(header) + len(part.packed)
    size = sum(map(len, directory))
    end = _END.pack(b"PK\5\6", 0, 0, len(directory), len(directory), size, offset, 0)
    return b"".join((*body, *directory, end))
