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
_BYTES, _SHOWN = 200, 60
_NAME_TOO_LONG = 206
"""Of Windows: the whole path has more characters than it takes."""
_GONE = {
    getattr(errno, name, None) for name in ("EIO", "ENODEV", "ENXIO", "ESTALE", "ETIMEDOUT", "EHOSTDOWN", "ENETUNREACH")
} - {None}
"""A disk that was pulled out, a share that does not answer."""


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

    Raises: XltoolError: see `situation`: O001 folder not writable, O002 disk full, O003 file open elsewhere …
    """
    try:
        if holds(path, data):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".~", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise situation(error, path) from error
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
        raise situation(error, path) from error
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

    Raises: XltoolError: see `situation`.
    """
    with on_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".~", suffix=".tmp", dir=path.parent) as place:
            yield Path(place)


def situation(error: OSError, path: Path) -> XltoolError:
    """What the system said of a file or folder, as one of our sentences.

    O001 the folder cannot be written, O002 the disk is full, O003 the file is open elsewhere or may not be changed,
    O008 the name is too long, O009 a file stands where a folder belongs, O010 the disk or the share does not answer.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return XltoolError("O002", file=path.name)
    if error.errno == errno.ENAMETOOLONG or getattr(error, "winerror", None) == _NAME_TOO_LONG:
        return XltoolError("O008", file=path.name[:_SHOWN], length=len(str(path)))
    if isinstance(error, FileExistsError | NotADirectoryError) and (found := _file_among(path)):
        return XltoolError("O009", file=found)
    if error.errno in _GONE:
        return XltoolError("O010", folder=path.parent)
    if isinstance(error, PermissionError) and _is_there(path):
        return XltoolError("O003", file=path.name)
    return XltoolError("O001", folder=path.parent)


def unforeseen(error: Exception) -> XltoolError:
    """What is said of an error that nobody caught: of the disk in words of the disk (O011 …), of all others T000."""
    if not isinstance(error, OSError) or not error.filename or isinstance(error.filename, int):
        return XltoolError("T000", kind=type(error).__name__, problem=error)
    path = Path(os.fsdecode(error.filename))
    if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
        return XltoolError("O011", file=path, problem=error.strerror)
    return situation(error, path)


def _file_among(path: Path) -> Path | None:
    """The file that stands in a path where a folder belongs."""
    return next((one for one in (*reversed(path.parents), path) if _is_there(one) and not one.is_dir()), None)


@contextmanager
def on_disk(path: Path):
    """What goes wrong with a file or folder inside is one of our sentences.

    Raises: XltoolError: see `situation`.
    """
    try:
        yield
    except OSError as error:
        raise situation(error, path) from error


def make_folder(path: Path) -> Path:
    """The folder, made with those above it where it is not there.

    Raises: XltoolError: see `situation`.
    """
    with on_disk(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


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
