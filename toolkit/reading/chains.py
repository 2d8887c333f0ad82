"""The chains of sectors of an OLE2 file: one that never ends would fill the memory of whoever follows it."""

from __future__ import annotations

import struct

from toolkit.ooxml.archive import CORRUPT, Refused

_HEAD = 512
_IN_HEAD = 109
_LAST = 0xFFFFFFFA
"""Numbers from here on are marks (end, free, of the table itself), no sectors."""


def check_chains(data: bytes) -> None:
    """Refuses a file one of whose chains comes back to a sector that it has passed.

    Raises: Refused: F002.
    """
    if len(data) < _HEAD:
        raise Refused(CORRUPT)
    power, small_power = struct.unpack_from("<HH", data, 30)
    first_small, more, tables = (struct.unpack_from("<L", data, at)[0] for at in (60, 68, 44))
    if not (7 <= power <= 20 and small_power <= power):
        raise Refused(CORRUPT)
    size = 1 << power

    def sector(number: int) -> tuple[int, ...]:
        start = (number + 1) * size
        whole = data[start : start + size] if number < _LAST else b""
        return struct.unpack(f"<{len(whole) // 4}L", whole[: len(whole) // 4 * 4])

    places = list(struct.unpack_from(f"<{_IN_HEAD}L", data, 76))
    seen: set[int] = set()
    while more < _LAST and len(seen) <= tables:
        if more in seen:
            raise Refused(CORRUPT)
        seen.add(more)
        listed = sector(more)
        places += listed[:-1]
        more = listed[-1] if listed else _LAST
    table = [after for place in places if place < _LAST for after in sector(place)]
    _check_ends(table)
    small: list[int] = []
    while first_small < min(_LAST, len(table)):
        small += sector(first_small)
        first_small = table[first_small]
    _check_ends(small)


def _check_ends(table: list[int]) -> None:
    """Whether every chain of a table ends: each sector is passed once, from wherever it is reached."""
    known = bytearray(len(table))  # 1: on the way that is walked now, 2: known to end
    for start in range(len(table)):
        at, way = start, []
        while at < len(table) and not known[at]:
            known[at] = 1
            way.append(at)
            at = table[at]
        if at < len(table) and known[at] == 1:
            raise Refused(CORRUPT)
        for one in way:
            known[one] = 2
