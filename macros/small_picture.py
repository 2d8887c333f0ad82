"""A small PNG of a page: few colours, one palette, so that a manual with many pictures stays small."""

from __future__ import annotations

import struct
import zlib
from collections import Counter

COLOURS, LEVELS = 96, 31
"""Colours of the palette; levels of red, green and blue in which colours are told apart."""


def small_png(ppm: bytes) -> bytes:
    """A picture of `pdftoppm` (binary PPM) as PNG with the commonest colours, a byte a point."""
    width, height, points = _points(ppm)
    coarse = points.translate(bytes(round(level * LEVELS / 255) for level in range(256)))
    seen = list(zip(coarse[0::3], coarse[1::3], coarse[2::3], strict=True))
    palette = [one for one, _ in Counter(seen).most_common(COLOURS)]
    nearest = {one: min(range(len(palette)), key=lambda at, one=one: _apart(one, palette[at])) for one in set(seen)}
    places = bytes(map(nearest.__getitem__, seen))
    body = b"".join(b"\0" + places[start : start + width] for start in range(0, width * height, width))
    colours = b"".join(bytes(round(level * 255 / LEVELS) for level in one) for one in palette)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(body, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks))


def _points(ppm: bytes) -> tuple[int, int, bytes]:
    """Width, height, three bytes a point.

    Raises: ValueError: it is no picture of 255 levels in colour.
    """
    kind, width, height, rest = ppm.split(maxsplit=3)
    most, _, points = rest.partition(b"\n")
    if (kind, most) != (b"P6", b"255"):
        raise ValueError("not a picture of 255 levels in colour")
    return int(width), int(height), points


def _apart(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    return sum((left - right) ** 2 for left, right in zip(one, other, strict=True))


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    name, data = part
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
