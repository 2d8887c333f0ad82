"""Run-length packing of VBA streams. Source: [MS-OVBA] 2.4.1."""

from __future__ import annotations

import struct
from collections.abc import Iterator

CHUNK = 4096
_SHORTEST = 3


def compress(data: bytes) -> bytes:
    """The CompressedContainer of a stream.

    >>> compress(b"abcdefghijklmnopqrstuv.").hex()
    '0119b000616263646566676800696a6b6c6d6e6f70007172737475762e'
    """
    return b"\x01" + b"".join(_chunk(data[at : at + CHUNK]) for at in range(0, len(data), CHUNK))


def _chunk(raw: bytes) -> bytes:
    tokens = list(_tokens(raw))
    body = bytearray()
    for at in range(0, len(tokens), 8):
        group = tokens[at : at + 8]
        body.append(sum((len(token) == 2) << bit for bit, token in enumerate(group)))
        body += b"".join(group)
    if len(body) < CHUNK:
        return struct.pack("<H", 0xB000 | (len(body) - 1)) + bytes(body)
    return struct.pack("<H", 0x3000 | (CHUNK - 1)) + raw.ljust(CHUNK, b"\0")


def _tokens(raw: bytes) -> Iterator[bytes]:
    """Literal bytes and two-byte copy tokens, in order."""
    seen: dict[bytes, list[int]] = {}
    at = 0
    while at < len(raw):
        offset, length = _longest_copy(raw, at, seen)
        step = length or 1
        if length:
            shift = 16 - _offset_bits(at)
            yield struct.pack("<H", (offset - 1) << shift | (length - _SHORTEST))
        else:
            yield raw[at : at + 1]
        for place in range(at, at + step):
            seen.setdefault(raw[place : place + _SHORTEST], []).append(place)
        at += step


def _offset_bits(at: int) -> int:
    """How many bits of a copy token hold the offset: it grows with the distance from the chunk's start."""
    return max(4, (at - 1).bit_length())


def _longest_copy(raw: bytes, at: int, seen: dict[bytes, list[int]]) -> tuple[int, int]:
    """(offset, length) of the longest earlier text that continues here, (0, 0) when none is worth a token."""
    key = raw[at : at + _SHORTEST]
    if len(key) < _SHORTEST:
        return 0, 0
    limit = min((0xFFFF >> _offset_bits(at)) + _SHORTEST, len(raw) - at)
    best = (0, 0)
    for start in reversed(seen.get(key, ())):
        length = _SHORTEST
        while length < limit and raw[start + length] == raw[at + length]:
            length += 1
        if length > best[1]:
            best = (at - start, length)
        if length == limit:
            break
    return best
