"""The bytes of files that people hand in: regular files only, not too big, not changed while they are read."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.ooxml.archive import Refused, directory, inflate

if TYPE_CHECKING:
    from toolkit.model.batch import Return

MAX_FILE, MAX_ARCHIVE = 25_000_000, 200_000_000
"""Bytes of a workbook and of an archive of workbooks."""
NOT_REGULAR, UNREADABLE, CHANGED, TOO_BIG = "F015", "F027", "F017", "F006"


def content(path: Path, most: int = MAX_FILE) -> bytes:
    """The bytes of a file.

    Raises: Refused: F015 it is a folder, a link or a pipe (which would never end), F006 it has more than `most` bytes,
        F027 it cannot be read, F017 it is being changed.
    """
    try:
        before = os.lstat(path)
        if not stat.S_ISREG(before.st_mode):
            raise Refused(NOT_REGULAR)
        if before.st_size > most:
            raise Refused(TOO_BIG)
        with path.open("rb") as stream:
            data = stream.read(most + 1)
            after = os.fstat(stream.fileno())
    except (OSError, ValueError) as error:
        raise Refused(UNREADABLE) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise Refused(CHANGED)
    return data


def content_of(item: Return) -> bytes:
    """The bytes of a return as it was read, out of its archive where it lies in one.

    Raises: Refused: as `content`; F017 they are other bytes than those that were read; F002 the archive is damaged.
    """
    data = content(item.path, MAX_ARCHIVE)
    if item.member:
        entry = directory(data).get(item.member.replace("\\", "/"))
        if entry is None or entry.size > MAX_FILE:
            raise Refused(CHANGED)
        data = inflate(data, entry)
    if item.sha256 and hashlib.sha256(data).hexdigest() != item.sha256:
        raise Refused(CHANGED)
    return data
