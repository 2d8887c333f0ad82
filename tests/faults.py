"""Faults of the disk at a chosen call, and kills: what the functions of `os` do from then on, or only then."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

CALLS = (
    "open", "write", "fsync", "replace", "rename", "link", "unlink", "remove", "mkdir", "rmdir", "chmod", "utime",
)  # fmt: skip
"""All that changes something on disk; `open` where it creates or writes."""
NEED_ROOM = frozenset(("open", "write", "link", "mkdir", "fsync"))
_SINGLE = {errno.ENOSPC: NEED_ROOM, errno.EDQUOT: NEED_ROOM}
_HELD = frozenset(("open", "replace", "rename", "unlink", "remove", "chmod"))


class Disk:
    """Counts the calls below some folders and lets one of them go wrong.

    Args:
        act: what happens at the chosen call instead of it.
        at: number of the call, from 1; 0 = none, only count.
        lasting: all later calls go wrong too.
        calls: the functions that count.
    """

    def __init__(self, folder: Path, act: Callable[[str], None], at: int, lasting: bool, calls=CALLS) -> None:
        self.folder, self.act, self.at, self.lasting, self.calls = str(folder), act, at, lasting, frozenset(calls)
        self.count = 0
        self._handles: set[int] = set()

    def call(self, name: str, real: Callable, *args, **kwargs):
        """One call of a function of `os`."""
        if self._concerns(name, *args):
            self.count += 1
            if self.at and (self.count == self.at or (self.lasting and self.count > self.at)):
                self.act(name)
        found = real(*args, **kwargs)
        if name == "open" and self._inside(args[0]):
            self._handles.add(found)
        return found

    def _concerns(self, name: str, place, *more) -> bool:
        if name not in self.calls:
            return False
        if name in ("write", "fsync"):
            return place in self._handles
        if name == "open" and not more[0] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR):
            return False
        return self._inside(place)

    def _inside(self, place) -> bool:
        return isinstance(place, str | bytes | os.PathLike) and os.fsdecode(place).startswith(self.folder)


@contextmanager
def faulty(
    folder: Path, number: int = 0, at: int = 0, *, lasting: bool = False, act: Callable | None = None
) -> Iterator[Disk]:
    """The calls below a folder counted; the one `at` fails with an error number, or does what `act` does."""

    def fail(name: str) -> None:
        raise OSError(number, os.strerror(number))

    calls = _SINGLE.get(number, _HELD if number in (errno.EACCES, errno.EBUSY, errno.EPERM) else CALLS)
    disk = Disk(folder, act or fail, at, lasting, calls)
    real = {name: getattr(os, name) for name in CALLS}
    try:
        for name, function in real.items():
            setattr(os, name, lambda *a, _n=name, _f=function, **k: disk.call(_n, _f, *a, **k))
        yield disk
    finally:
        for name, function in real.items():
            setattr(os, name, function)


def die(name: str = "") -> None:
    """SIGKILL to this very process."""
    os.kill(os.getpid(), signal.SIGKILL)


def ended(work: Callable[[], object], folder: Path, at: int = 0, seconds: float = 0.0) -> int:
    """Does some work in a process of its own: its exit code, 99 when an exception ended it, negative when killed.

    Args:
        at: call below the folder at which it is killed; seconds: after which it is killed.
    """
    child = os.fork()
    if not child:
        code = 99
        try:
            sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
            with faulty(folder, at=at, act=die):
                work()
            code = 0
        except SystemExit as done:
            code = done.code if isinstance(done.code, int) else 0
        except BaseException:
            if os.environ.get("XLTOOL_DEBUG"):
                traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(code)
    timer = threading.Timer(seconds, lambda: os.kill(child, signal.SIGKILL))
    if seconds:
        timer.start()
    _, status = os.waitpid(child, 0)
    timer.cancel()
    return os.waitstatus_to_exitcode(status)


def killed(work: Callable[[], object], folder: Path, at: int = 0, seconds: float = 0.0) -> bool:
    """The same; whether it was killed before it had done its work."""
    code = ended(work, folder, at, seconds)
    assert code <= 1, f"ended with {code}"
    return code < 0


def tree(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, side folders too; a folder is there with b"/"."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"/"
        for path in sorted(folder.rglob("*"))
    }
