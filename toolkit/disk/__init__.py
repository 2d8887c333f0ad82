"""One file on disk: written through, replaced, removed; what the system says when it cannot be done, as one sentence.

Systems differ, and only here: Windows refuses for a moment what a virus scanner or an indexer looks at, and for as long
as Excel holds it; not every disk knows hard links; a folder may lie on another disk than its neighbours.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from toolkit.model.catalogue import entry
from toolkit.model.errors import XltoolError

WINDOWS = os.name == "nt"
PATIENCE, PAUSE = 1.0, 0.05
"""Seconds for which a file that Windows refuses is tried again, and between two trials."""
FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
HELD = frozenset((errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY))
GONE = frozenset(
    getattr(errno, name)
    for name in (
        "EIO", "ENODEV", "ENXIO", "ESTALE", "ENOTCONN", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH",
        "ETIMEDOUT", "EREMOTEIO", "ECONNRESET", "ENOTBLK", "ENOMEDIUM",
    )
    if hasattr(errno, name)
)  # fmt: skip
"""The disk or the share does not answer."""
GONE_WINDOWS = frozenset((3, 15, 21, 31, 51, 53, 55, 59, 64, 67, 121, 1117, 1167, 1231, 1236))
"""The same as numbers of Windows: no such drive, not ready, network path not found, I/O error …"""
_NAME_TOO_LONG, _SHOWN = 206, 60
"""A number of Windows: the whole path has more characters than it takes; characters of such a name that are shown."""
_NO_LINKS = frozenset(
    (errno.EPERM, errno.EACCES, errno.EXDEV, errno.EMLINK, errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
)
_NO_FLUSH = frozenset((errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EBADF))
_OPENED = ((".~lock.", "#", "LibreOffice"), (".~", "", "WPS"))
"""What stands beside a file that is open: before its name, after it, and whose it is."""
_OWNER, _EXCEL, _WORD, _LETTERS, _LEFT = "~$", "Excel 或 WPS", "Word 或 WPS", (".docx", ".doc"), 6
"""Microsoft's mark before a name. In Word it takes the place of up to two characters, so long as six are left."""


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Writes a file and waits until the disk has it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), mode)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    path.chmod(mode)


def read(path: Path) -> bytes:
    """The bytes of a file of ours.

    Raises: OSError: also where a pipe stands in its place, which would never end.
    """
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    return path.read_bytes()


def put(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Puts `data` at `path` in one step: what is there stays until the new file is complete on disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".~", suffix=".tmp", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary, data, mode)
        replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def replace(source: Path, target: Path) -> None:
    """Moves a file to where another one may be, in one step, from another disk too."""
    try:
        _patiently(lambda: source.replace(target))
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        put(target, source.read_bytes(), source.stat().st_mode & 0o777)
        remove(source)


def remove(path: Path) -> None:
    """Removes a file that may be there."""
    _patiently(lambda: path.unlink(missing_ok=True))


def keep(path: Path, copy: Path) -> None:
    """Keeps what a file holds now under a second name: a hard link, a copy where the disk has none."""
    copy.unlink(missing_ok=True)
    try:
        copy.hardlink_to(path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        put(copy, path.read_bytes(), path.stat().st_mode & 0o777)
        shutil.copystat(path, copy)


def check_free(path: Path) -> None:
    """Raises PermissionError when a program holds a file so that it could not be replaced; only Windows lets it."""
    if WINDOWS and path.exists():
        os.close(_patiently(lambda: os.open(path, os.O_RDWR)))


def flush(folder: Path) -> None:
    """Waits until the disk has the names in a folder; Windows and some shares do so by themselves."""
    if WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FLUSH:
            raise
    finally:
        os.close(handle)


def _patiently(action: Callable):
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return action()
        except PermissionError:
            if not WINDOWS or time.monotonic() >= until:
                raise
            time.sleep(PAUSE)


def opened_in(path: Path) -> str:
    """The program that has a file open, as its lock file beside it says; "" when there is none.

    >>> opened_in(Path("nowhere/x.xlsx"))
    ''
    """
    office, cut = _EXCEL, 0
    if path.suffix.lower() in _LETTERS:
        office, cut = _WORD, min(2, max(0, len(path.stem) - _LEFT))
    if any(_is_there(path.with_name(_OWNER + name)) for name in (path.name[cut:], path.name)):
        return office
    for before, after, program in _OPENED:
        if _is_there(path.with_name(f"{before}{path.name}{after}")):
            return program
    return ""


def situation(error: OSError, path: Path) -> XltoolError:
    """What the system said of a file or folder that was to be written, as one of our sentences.

    O001 the folder cannot be written, O002 the disk is full, O003 the file is open elsewhere or may not be changed,
    O008 the name is too long, O009 a file stands where a folder belongs, O010 the disk or the share does not answer,
    O012 a program that is known has the file open, O013 the disk is read-only, O022 it is a folder.
    """
    number, windows = error.errno, getattr(error, "winerror", None)
    needed = path.parent if isinstance(error, FileNotFoundError) else path
    if isinstance(error, FileExistsError | NotADirectoryError | FileNotFoundError) and (found := _file_among(needed)):
        return XltoolError("O009", file=found)
    if isinstance(error, IsADirectoryError) or (WINDOWS and number in HELD and path.is_dir()):
        return XltoolError("O022", file=path.name)
    if number in FULL:
        return XltoolError("O002", file=path.name)
    if number == errno.ENAMETOOLONG or windows == _NAME_TOO_LONG:
        return XltoolError("O008", file=path.name[:_SHOWN], length=len(str(path)))
    if isinstance(error, FileNotFoundError) or number in GONE or windows in GONE_WINDOWS:
        return XltoolError("O010", folder=path.parent)
    if number == errno.EROFS:
        return XltoolError("O013", file=path.name, folder=path.parent)
    if number in HELD and _is_there(path):
        program = opened_in(path)
        return XltoolError("O012", file=path.name, program=program) if program else XltoolError("O003", file=path.name)
    return XltoolError("O001", folder=path.parent)


def of_folder(error: OSError, folder: Path) -> XltoolError:
    """The same of what lies in a folder and is nothing that people open or close, a lock for instance."""
    if isinstance(error, PermissionError):
        return XltoolError("O001", folder=folder)
    named = isinstance(error, IsADirectoryError) and error.filename
    return situation(error, Path(os.fsdecode(error.filename)) if named else folder / "_")


_CLOSED = {FileNotFoundError: "gone", IsADirectoryError: "folder", PermissionError: "closed"}
"""Errors of a file or folder that was to be opened → what is said of it."""


def unforeseen(error: Exception) -> XltoolError:
    """What is said of an error that nobody caught: of the disk in words of the disk (O011 …), of all others T000."""
    if not isinstance(error, OSError):
        return XltoolError("T000", kind=type(error).__name__, problem=error)
    if not error.filename or isinstance(error.filename, int):
        code = "O017" if error.errno in FULL else "O018" if error.errno in GONE else "T000"
        return XltoolError(code, kind=type(error).__name__, problem=error)
    path = Path(os.fsdecode(error.filename))
    for kind, name in _CLOSED.items():
        if isinstance(error, kind):
            return XltoolError("O011", file=path, problem=entry("O011").problem(name))
    return situation(error, path)


@contextlib.contextmanager
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


def _file_among(path: Path) -> Path | None:
    """The file that stands in a path where a folder belongs."""
    return next((one for one in (*reversed(path.parents), path) if _is_there(one) and not one.is_dir()), None)


def _is_there(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except (OSError, ValueError):  # a folder that may not even be looked into
        return False
