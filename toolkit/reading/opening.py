"""How every reader of a worker opens a file: gate, values, passwords, and one code for each way in which it fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from toolkit.ooxml.archive import Refused
from toolkit.reading import foreign, gate

Answer = dict[str, object]
Read = Callable[[gate.Package | str, bytes], Answer]
"""Reads a file that passed the gate, from its package (`xls` for OLE2 files) and its bytes."""
BY_DEFAULT, BY_PASSWORD = "F031", "F032"
"""Which password opened a file: Excel's own, or one that was given."""


def opened(
    data: bytes, passwords: Sequence[str], read: Read, opens: gate.Opens = gate.everything
) -> tuple[Answer, str]:
    """What a reader says of a file, or {"refused": code, "facts": of its message}; and how a locked one was opened.

    Args:
        passwords: tried in this order after Excel's own; none is ever guessed.
        opens: the sheets that it is going to open; others it must open through the package.
    """
    answer = _attempt(data, read, opens)
    if answer.get("refused") != foreign.LOCKED:
        return answer, ""
    for password in (foreign.DEFAULT, *passwords):
        if (inside := foreign.unlock(data, password)) is not None:
            return _attempt(inside, read, opens), BY_DEFAULT if password == foreign.DEFAULT else BY_PASSWORD
    return answer, ""


def _attempt(data: bytes, read: Read, opens: gate.Opens) -> Answer:
    package: gate.Package | str | None = None
    try:
        package = gate.check(data, opens)
        return read(package, data)
    except Refused as refused:
        return {"refused": refused.code, "facts": refused.facts}
    except foreign.NOT_READABLE:
        locked = package == "xls" and foreign.is_locked(data)
        return {"refused": foreign.LOCKED if locked else foreign.DAMAGED, "facts": {}}
