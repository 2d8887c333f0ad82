"""What was read of each file, kept in the round, so that the next run reads only what is new.

An entry is the worker's answer as it came over the pipe (plain marshalled data) behind a seal (`toolkit.seal`). Its
name is a digest of the file's content and of all that reading depends on, so nothing stale is ever found; an entry that
is damaged in any way, or that somebody else wrote, does not pass its seal and the file is read again. Only this user
can read the entries. What a password opened is never kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import marshal
import os
import re
import threading
from collections.abc import Iterable
from pathlib import Path

from toolkit import disk
from toolkit.program import program_digest
from toolkit.seal import LENGTH, private, seal, unbroken

_LOCKED, _UNLOCKED = "F005", ("F031", "F032")
_ENTRY = re.compile(r"[0-9a-f]{64}")
_WITHIN = 2
"""How many folders above this one are the round's own."""


class Kept:
    """The answers kept in one folder.

    Args:
        plan: what the workers know about the form: definitions, confirmed labels, words.
        fresh: find nothing, so that every file is read again.
        known: SHA-256 of contents whose answers stay, whether these files are there or not.
    """

    def __init__(self, folder: Path, plan: object, fresh: bool = False, known: Iterable[str] = ()) -> None:
        self._folder, self._fresh = folder, fresh
        basis = json.dumps([program_digest(), plan], ensure_ascii=False, sort_keys=True)
        self._basis = hashlib.sha256(basis.encode("utf-8", "surrogatepass")).digest()
        self._used = set(map(self._name, known))

    def _name(self, sha256: str) -> str:
        return hashlib.sha256(self._basis + sha256.encode()).hexdigest()

    def find(self, sha256: str) -> dict | None:
        """The answer about a file with this content; None when it has to be read."""
        name = self._name(sha256)
        if self._fresh:
            return None
        try:
            data = disk.read(self._folder / name)
        except OSError:
            return None
        frame = data[LENGTH:]
        if not unbroken(_named(name, frame), data[:LENGTH]):
            return None
        self._used.add(name)
        return marshal.loads(frame)

    def keep(self, sha256: str, answer: dict, frame: bytes) -> None:
        """Keeps an answer; a disk that does not take it costs nothing but the time of reading again.

        Args:
            frame: the answer as the worker sent it.
        """
        if answer.get("refused") == _LOCKED or any(note[0] in _UNLOCKED for note in answer.get("notes", ())):
            return
        name = self._name(sha256)
        mark = seal(_named(name, frame))
        if not mark or self._elsewhere():
            return
        part = self._folder / f".~{name}{os.getpid()}-{threading.get_ident()}.tmp"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            private(part, mark + frame)
            part.replace(self._folder / name)
            self._used.add(name)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def _elsewhere(self) -> bool:
        """Whether a link leads out of the round: what lies there is not ours, nor ours to close or to remove."""
        return any(path.is_symlink() for path in (self._folder, *list(self._folder.parents)[:_WITHIN]))

    def prune(self) -> None:
        """Removes what belongs to files that nobody knows or to an earlier state of the definitions; nothing else."""
        for path in self._folder.iterdir() if self._folder.is_dir() and not self._elsewhere() else ():
            if path.name not in self._used and _ENTRY.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)


def _named(name: str, frame: bytes) -> bytes:
    """What is sealed: an answer is that of one file only."""
    return name.encode() + frame
