"""The bytes of files that people hand in: regular files only, not too big, not changed while they are read."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.ooxml.archive import Refused, directory, file_name, inflate

if TYPE_CHECKING:
    from toolkit.model.batch import Return

MAX_FILE, MAX_ARCHIVE = 25_000_000, 200_000_000
"""Bytes of a workbook and of an archive of workbooks."""
NOT_REGULAR, UNREADABLE, CHANGED, TOO_BIG = "F015", "F027", "F017", "F006"


_PAUSES = (0.1, 0.4)
"""Seconds before a file that is just being saved is read again."""
_FRESH = 2.0
"""Seconds within which a second change of a file may carry the same time as the first (FAT)."""


def content(path: Path, most: int = MAX_FILE) -> bytes:
    """The bytes of a file; one that is just being saved is read again.

    Raises: Refused: F015 it is a folder, a link or a pipe (which would never end), F006 it has more than `most` bytes,
        F027 it cannot be read, F017 it is being changed all the time.
    """
    for pause in _PAUSES:
        try:
            return _content(path, most)
        except Refused as refused:
            # Programs save into another file, remove the old one and give the new one its name.
            saving = refused.code == UNREADABLE and isinstance(refused.__cause__, FileNotFoundError)
            if refused.code != CHANGED and not saving:
                raise
        time.sleep(pause)
    return _content(path, most)


def _content(path: Path, most: int) -> bytes:
    try:
        before = os.lstat(path)
        if not stat.S_ISREG(before.st_mode):
            raise Refused(NOT_REGULAR)
        if before.st_size > most:
            raise Refused(TOO_BIG)
        with path.open("rb") as stream:
            data = stream.read(most + 1)
            if abs(time.time() - before.st_mtime) < _FRESH:
                stream.seek(0)
                if stream.read(most + 1) != data:
                    raise Refused(CHANGED)
            after = os.fstat(stream.fileno())
    except (OSError, ValueError) as error:
        raise Refused(UNREADABLE) from error
    state = [(one.st_ino, one.st_size, one.st_mtime_ns) for one in (before, after)]
    if state[0] != state[1] or len(data) != after.st_size:
        raise Refused(CHANGED)
    return data


def content_of(item: Return) -> bytes:
    """The bytes of a return as it was read, out of its archive where it lies in one.

    Raises: Refused: as `content`; F017 they are other bytes than those that were read; F002 the archive is damaged.
    """
    data = content(item.path, MAX_ARCHIVE)
    if item.member:
        entry = directory(data, file_name).get(file_name(item.member))
        if entry is None or entry.size > MAX_FILE:
            raise Refused(CHANGED)
        data = inflate(data, entry)
    if item.sha256 and hashlib.sha256(data).hexdigest() != item.sha256:
        raise Refused(CHANGED)
    return data
