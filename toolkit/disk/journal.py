"""The journal of a run that puts its outputs in place: carried out to the end or back, now or by the next command.

The side folder of a round is `.xltool/swap`, of any other folder `.~xltool` in it; files of another disk wait beside
their target. `forward.json` is the journal; renamed to `back.json` it says that everything is to be put back.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from toolkit import disk
from toolkit.disk import on_disk
from toolkit.model.errors import XltoolError
from toolkit.seal import seal, unbroken

SIDE = ".~xltool"
JOURNAL, BACK, LOCK = "forward.json", "back.json", "lock"
PATIENCE = 30.0
"""Seconds that a command waits for another one that is just putting its outputs in place."""
Note = tuple[str, Sequence[object]]


class Keeper(Protocol):
    """What takes the notes of a run: the ledger."""

    path: Path

    def settle(self, token: str, notes: Sequence[Note]) -> None:
        """Takes the notes in one step, and the notes of one token only once."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file that a run changes.

    Args:
        side: the folder in which the new content waits and the old one is kept.
        had: there was a file before; gone: it is to be removed.
        careful: what somebody changed meanwhile stays as it is.
    """

    to: Path
    side: Path
    number: int
    had: bool
    gone: bool
    careful: bool

    @property
    def new(self) -> Path:
        """What is to come."""
        return self.side / f"{self.number}.new"

    @property
    def old(self) -> Path:
        """What was there."""
        return self.side / f"{self.number}.old"

    def forward(self) -> None:
        """Puts the new content in place; nothing where that was done before."""
        if self.careful and not self._untouched():
            return
        if self.gone:
            disk.remove(self.to)
        elif self.new.exists():
            disk.replace(self.new, self.to)

    def back(self) -> None:
        """Puts the old content in place; nothing where that was done before."""
        if not self.gone and self.new.exists():
            return
        if self.old.exists() and (not self.gone or not self.to.exists()):
            disk.replace(self.old, self.to)
        elif not self.had and os.path.lexists(self.to):
            disk.replace(self.to, self.new)

    def _untouched(self) -> bool:
        if not os.path.lexists(self.to):
            return self.gone or not self.had
        if not (self.had and self.old.exists()):
            return False
        now, before = self.to.stat(), self.old.stat()
        return (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


@dataclass(frozen=True)
class Journal:
    """What a run changes, all of it ready in side folders.

    Args:
        root: the folder to which the paths in the journal are relative, so that it may be moved.
        folders: those that the files need and that are not there, outer ones first.
    """

    root: Path
    home: Path
    token: str
    folders: Sequence[Path]
    changes: Sequence[Change]
    notes: Sequence[Note]

    def carry_out(self, keeper: Keeper | None) -> None:
        """Keeps what is there now, writes the journal and puts everything new in place.

        From the journal on the run counts: what a kill stops is done by the next command.
        Raises: XltoolError: as `forward`.
        """
        try:
            for one in self.changes:
                with on_disk(one.to):
                    if not one.gone:
                        one.new.stat()  # what went away meanwhile would look like done
                    if one.had:
                        disk.keep(one.to, one.old)
            with on_disk(self.changes[0].to):
                self._write()
        except BaseException as error:
            if unfinished(self.home):
                self.back(error)
            raise
        self.forward(keeper)

    def _write(self) -> None:
        rows = [[self._named(one.to), self._named(one.side), one.number, one.had, one.gone, one.careful]
                for one in self.changes]  # fmt: skip
        folders = [self._named(folder) for folder in self.folders]
        record = {"token": self.token, "folders": folders, "changes": rows, "notes": list(self.notes)}
        for folder in self._sides():
            disk.flush(folder)
        data = json.dumps(record).encode("utf-8", "surrogatepass")
        disk.put(self.home / JOURNAL, seal(data).hex().encode() + b"\n" + data)
        disk.flush(self.home)

    @classmethod
    def read(cls, root: Path, home: Path, name: str) -> Journal:
        """The journal in a side folder.

        Whoever may write into the folder can put one there; one that is not this user's own changes nothing outside it.

        Raises: XltoolError: O016 it cannot be read; O019 it is another user's and names places outside the folder.
        """
        try:
            mark, _, data = disk.read(home / name).partition(b"\n")
            own = unbroken(data, bytes.fromhex(mark.decode("ascii")))
            record = json.loads(data.decode("utf-8", "surrogatepass"))
            changes = [Change(root / to, root / side, *more) for to, side, *more in record["changes"]]
            notes = [(kind, args) for kind, args in record["notes"]]
            found = cls(root, home, record["token"], [root / one for one in record["folders"]], changes, notes)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise XltoolError("O016", file=home / name) from error
        if not own and not found.stays_inside():
            raise XltoolError("O019", file=home / name)
        return found

    def stays_inside(self) -> bool:
        """Whether all that it changes, makes or sweeps lies in its folder, also where links lead."""
        root = Path(os.path.realpath(self.root))
        places = [*self.folders, *(place for one in self.changes for place in (one.to, one.side))]
        numbers = all(type(one.number) is int for one in self.changes)
        return numbers and all(root in Path(os.path.realpath(place)).parents for place in places)

    def _named(self, path: Path) -> str:
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    def _sides(self) -> list[Path]:
        return list(dict.fromkeys((self.home, *(one.side for one in self.changes))))

    def forward(self, keeper: Keeper | None) -> None:
        """Puts everything new in place and tells the ledger; after an error on the way everything is as before.

        Raises: XltoolError: O001 to O009 what could not be put in place, O015 nor put back.
        """
        try:
            for folder in self.folders:
                with on_disk(folder / "_"):
                    folder.mkdir(exist_ok=True)
            for one in self.changes:
                with on_disk(one.to):
                    one.forward()
            self._flush()
            if keeper and self.notes:
                keeper.settle(self.token, self.notes)
        except BaseException as error:
            self.back(error)
            raise
        self._close(JOURNAL)

    def back(self, why: BaseException | None = None) -> None:
        """Puts everything old in place.

        Args:
            why: what went wrong.
        Raises: XltoolError: O015 it cannot be done now; the next command tries again.
        """
        at = self.home
        try:
            if (self.home / JOURNAL).exists():
                disk.replace(self.home / JOURNAL, self.home / BACK)
                disk.flush(self.home)
            for one in reversed(self.changes):
                at = one.to
                one.back()
            for folder in reversed(self.folders):
                with suppress(OSError):  # somebody put something there meanwhile
                    folder.rmdir()
            self._flush()
        except OSError as error:
            problem = why if isinstance(why, XltoolError) else disk.situation(error, at)
            raise XltoolError("O015", file=at.name, problem=str(problem).rstrip("。")) from error
        self._close(BACK)

    def _flush(self) -> None:
        for folder in dict.fromkeys(one.to.parent for one in self.changes):
            if folder.is_dir():
                with on_disk(folder / "_"):
                    disk.flush(folder)

    def _close(self, name: str) -> None:
        """The journal goes first; what is left in the side folders then means nothing.

        A journal that cannot go says what is done already: the next command finds nothing to do, and takes it away.
        """
        with suppress(OSError):
            disk.remove(self.home / name)
            clear(self._sides(), self.home)


def clear(sides: Sequence[Path], home: Path) -> None:
    """Empties side folders; the lock of a home stays until it is let go."""
    for side in sides:
        if side != home:
            shutil.rmtree(side, ignore_errors=True)
    for left in list(home.iterdir()) if home.is_dir() else ():
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        elif left.name not in (LOCK, JOURNAL, BACK):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    with suppress(OSError):
        home.rmdir()


def unfinished(home: Path) -> bool:
    """Whether a killed run left something to do."""
    return os.path.lexists(home / JOURNAL) or os.path.lexists(home / BACK)


def recover(root: Path, home: Path, keeper: Keeper | None = None) -> None:
    """Carries out what a killed run had ready, or puts it back where that cannot be; to be called under the lock.

    Raises: XltoolError: O015 neither can be done now, O016 the journal is damaged.
    """
    root, home = absolute(root), absolute(home)
    if (home / BACK).exists():
        Journal.read(root, home, BACK).back()
    elif (home / JOURNAL).exists():
        journal = Journal.read(root, home, JOURNAL)
        try:
            journal.forward(keeper)
        except XltoolError:
            if unfinished(home):
                raise
    else:
        clear((), home)


def recover_folder(folder: Path) -> None:
    """The same for what a killed run left in a folder that is no round, or above it, where it was to make the folder.

    Raises: XltoolError: O014 another program is just at it, O015, O016.
    """
    whole = absolute(folder)
    for place in (whole, *whole.parents):
        if unfinished(place / SIDE):
            with locked(place, PATIENCE):
                pass
    if os.path.isdir(whole / SIDE):  # noqa: PTH112  (false in a folder that may not be looked into)
        with suppress(XltoolError), locked(whole):  # only swept: another program may be at work there
            pass


@contextmanager
def locked(folder: Path, patience: float = 0.0):
    """The side folder of a folder that is no round, in order, and nobody else's until the end.

    Args:
        patience: seconds to wait for another program.
    Raises: XltoolError: O014 another program writes there, O001 to O016.
    """
    from filelock import FileLock, Timeout

    home = folder / SIDE
    lock = FileLock(home / LOCK, timeout=patience)
    try:
        _take(lock, home)
    except Timeout as error:
        raise XltoolError("O014", folder=folder) from error
    except OSError as error:
        with suppress(OSError):
            home.rmdir()
        raise disk.of_folder(error, folder) from error
    try:
        try:
            recover(folder, home)
        except OSError as error:
            raise disk.of_folder(error, folder) from error
        yield home
    finally:
        if not unfinished(home):
            shutil.rmtree(home, ignore_errors=True)
        lock.release()
        with suppress(OSError):
            home.rmdir()


def _take(lock, home: Path) -> None:
    """Takes a lock whose folder may be removed by the one who lets it go."""
    for trial in range(5):
        home.mkdir(exist_ok=True)
        try:
            lock.acquire()
            return
        except FileNotFoundError:
            if trial == 4:
                raise


def absolute(path: Path) -> Path:
    """The whole path; links in it stay links."""
    return Path(os.path.abspath(path))  # noqa: PTH100
