"""Files on disk: written whole or not at all, with names that every system accepts."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path

from toolkit.model.characters import unseen
from toolkit.model.errors import XltoolError

_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"com{i}" for i in range(1, 10)),
    *(f"lpt{i}" for i in range(1, 10)),
}
_BYTES = 200


def real(path: Path) -> Path:
    """Where a path leads; `Path.resolve` gives up on links that lead to themselves."""
    return Path(os.path.realpath(path))


def over_none_of(target: Path, sources: Iterable[Path]) -> Path:
    """The same path, when it is none of the files that were read.

    Raises: XltoolError: O005.
    """
    if real(target) in map(real, sources):
        raise XltoolError("O005", file=target.name)
    return target


def write_whole(path: Path, data: bytes) -> None:
    """Puts `data` at `path` in one step: the old file stays until the new one is complete on disk.

    A file that holds the very bytes already is left alone.

    Raises: XltoolError: O001 folder not writable, O002 disk full, O003 file open elsewhere.
    """
    try:
        if holds(path, data):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".~", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise _situation(error, path) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _situation(error, path) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_new(path: Path, data: bytes) -> None:
    """As `write_whole`, but never over another file: somebody may have filled it in.

    Raises: XltoolError: O004 a file with other content is there; O001 to O003.
    """
    if path.exists() and not holds(path, data):
        raise XltoolError("O004", file=path.name)
    write_whole(path, data)


def holds(path: Path, data: bytes) -> bool:
    """Whether a file has exactly these bytes."""
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data


def sweep(folder: Path) -> None:
    """Removes what a killed run left half-written below a folder; only under the lock of the round."""
    for left in list(folder.rglob(".~*.tmp")) if folder.is_dir() else ():
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


@contextmanager
def scratch(path: Path):
    """A folder beside `path` for what is written on the way to it; gone afterwards, swept after a killed run.

    Raises: XltoolError: O001 folder not writable, O002 disk full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".~", suffix=".tmp", dir=path.parent) as place:
            yield Path(place)
    except OSError as error:
        raise _situation(error, path) from error


def _situation(error: OSError, path: Path) -> XltoolError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return XltoolError("O002", file=path.name)
    if isinstance(error, PermissionError) and _is_there(path):
        return XltoolError("O003", file=path.name)
    return XltoolError("O001", folder=path.parent)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder that may not even be looked into
        return False


def safe_name(text: str) -> str:
    """A file name part that Windows and Linux accept: no path, no reserved name, at most 200 bytes.

    >>> safe_name("a/b:c")
    'a_b_c'
    >>> safe_name("../../etc/x")
    '.._.._etc_x'
    >>> safe_name("CON")
    '_CON'
    """
    name = unicodedata.normalize("NFC", text)
    name = re.sub(r'[<>:"/\\|?*]', "_", name)
    for one in set(unseen(name)):
        name = name.replace(one, "_")
    name = name.strip(" ").rstrip(". ") or "_"
    if name.split(".")[0].lower() in _RESERVED or name.startswith(("~$", "-")):
        name = "_" + name
    while len(name.encode()) > _BYTES:
        name = name[:-1]
    return name.rstrip(". ") or "_"
