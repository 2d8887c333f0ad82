"""How two processes talk over a pipe: frames of an eight-byte length and as many bytes."""

from __future__ import annotations

import struct
from typing import BinaryIO

LENGTH = struct.Struct("<Q")
PLAIN, LISTS, STAMPS = "plain", "lists", "stamps"
"""What a worker reads with when it is no plan: see `worker._reader`."""


def receive(source: BinaryIO) -> bytes | None:
    """The next frame, or None at the end of the stream."""
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    size = LENGTH.unpack(head)[0]
    data = source.read(size)
    return data if len(data) == size else None
