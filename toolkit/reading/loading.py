"""The bytes of every file, read once: regular files only, hashed, equal ones parsed once; archives opened."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from toolkit.model import batch as states
from toolkit.model.batch import Return
from toolkit.model.finding import from_catalogue
from toolkit.ooxml.archive import Refused
from toolkit.ooxml.handed_in import CHANGED, MAX_ARCHIVE, MAX_FILE, content
from toolkit.reading.archives import Archive, is_archive
from toolkit.reading.kept import Kept
from toolkit.reading.secrecy import SECRET, mark_in
from toolkit.reading.sniff import is_junk
from toolkit.reading.supervisor import Answer, Task

ARCHIVE, OPENED_ARCHIVE = "B007", "I002"


class Loader:
    """Reads each file once: regular files only, hashed, the same bytes are parsed only once.

    Args:
        returns: all files of the batch; those found in archives are added at the end.
        passwords: the passwords to try on a file, by its name.
        kept: what earlier runs read.
    """

    def __init__(
        self, returns: list[Return], passwords: Callable[[str], Sequence[str]], kept: Kept | None = None
    ) -> None:
        self.returns, self.passwords, self.kept = returns, passwords, kept
        self._seen: dict[str, int] = {}
        self._archive: tuple[Path, Archive] | None = None
        self._lock = threading.Lock()

    def load(self, index: int) -> Task | Answer | None:
        """The bytes to parse and passwords, or the answer of an earlier run; None when there is nothing to parse.

        Then the return says why.
        """
        returned = self.returns[index]
        if mark := mark_in(returned.file):
            return refuse(returned, SECRET, {"mark": mark})
        data = self._member(returned) if returned.member else self._bytes(returned)
        if data is None:
            return None
        returned.sha256 = hashlib.sha256(data).hexdigest()
        if self._seen.setdefault(returned.sha256, index) != index:
            return None
        known = self.kept.find(returned.sha256) if self.kept else None
        return known or (data, tuple(self.passwords(returned.file)))

    def again(self, index: int, told: dict[str, str]) -> Task | None:
        """The same bytes once more, with what a person said of the sheets in them; None when they are not there now."""
        returned = self.returns[index]
        data = self._member(returned) if returned.member else self._bytes(returned)
        if data is not None and hashlib.sha256(data).hexdigest() != returned.sha256:
            return refuse(returned, CHANGED)
        return None if data is None else (data, tuple(self.passwords(returned.file)), told)

    def keep(self, index: int, answer: Answer, frame: bytes) -> None:
        """Keeps what a worker said of a file for later runs."""
        if self.kept:
            self.kept.keep(self.returns[index].sha256, answer, frame)

    def _bytes(self, returned: Return) -> bytes | None:
        try:
            return content(returned.path, _most(returned.path))
        except Refused as refused:
            return refuse(returned, refused.code)

    def _member(self, returned: Return) -> bytes | None:
        try:
            return self._opened(returned.path).read(returned.member)
        except Refused as refused:
            return refuse(returned, refused.code)
        except KeyError:
            return refuse(returned, CHANGED)

    def _opened(self, path: Path) -> Archive:
        with self._lock:
            if self._archive is None or self._archive[0] != path:
                self._archive = path, Archive(content(path, MAX_ARCHIVE))
            return self._archive[1]

    def open_archive(self, returned: Return) -> list[Return]:
        """The files of an archive, added to the returns; none when it cannot be opened (then the return says why)."""
        try:
            data = content(returned.path, MAX_ARCHIVE)
            if not is_archive(data):
                return []
            names = Archive(data).members()
        except Refused as refused:
            refuse(returned, refused.code)
            return []
        found = [
            Return(len(self.returns) + number, f"{returned.file}/{shown}", returned.path, member=inside)
            for number, (shown, inside) in enumerate(names)
        ]
        self.returns += found
        returned.state = states.IGNORED
        returned.findings.append(from_catalogue(OPENED_ARCHIVE, {"n": len(found)}, file=returned.file))
        return found


def trace(name: str, path: Path) -> str:
    """What changes whenever the file does: its SHA-256; its kind or size where reading would not open it either.

    "" when it cannot be told.
    """
    if is_junk(name):
        return "junk"
    try:
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_ARCHIVE or mark_in(name):
            return f"{stat.S_IFMT(found.st_mode)} {found.st_size} {found.st_mtime_ns}"
        return hashlib.sha256(content(path, MAX_ARCHIVE)).hexdigest()
    except (OSError, Refused):
        return ""


def _most(path: Path) -> int:
    return MAX_ARCHIVE if path.suffix.lower() == ".zip" else MAX_FILE


def refuse(returned: Return, code: str, facts: dict[str, object] | None = None) -> None:
    """Marks a return as one that cannot be read, and says why."""
    returned.state = states.UNREADABLE
    returned.findings.append(from_catalogue(code, facts, file=returned.file))
