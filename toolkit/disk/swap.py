"""The outputs of one run: written into a side folder first, then put in place together, or not at all.

    with together(...):
        write_whole(...)      # toolkit.files: into the side folder
        remove(...)           # goes when the others come
                              # here: a journal, then one rename a file, then the notes for the ledger

An error on the way puts everything back. A killed run leaves a journal in the side folder; `toolkit.disk.journal`
carries it out to the end, or back where that cannot be, before the next command does anything. So all outputs are
those of one run.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path

from toolkit import disk
from toolkit.disk.journal import (
    Change,
    Journal,
    Keeper,
    Note,
    absolute,
    clear,
    locked,
    recover_folder,
    unfinished,
)


class Swap:
    """What a run has written so far.

    Args:
        root, home: of a round, whose lock is held: its folder and side folder; otherwise the folder of the first
            output and the side folder in it.
    """

    def __init__(self, root: Path | None, home: Path | None, keeper: Keeper | None) -> None:
        self.root, self.home, self.keeper = root and absolute(root), home and absolute(home), keeper
        self.token = secrets.token_hex(8)
        self._changes: dict[str, Change] = {}
        self._notes: list[Note] = []
        self._sides: list[Path] = []
        self._lock = None
        self._count = 0

    def write(self, path: Path, data: bytes, mode: int = 0o644, *, careful: bool = False) -> None:
        """Takes the new content of a file; nothing changes when the file has it already.

        Raises: OSError.
        """
        path = self._begin(path)
        if _holds(path, data):
            return
        disk.check_free(path)
        change = self._change(path, careful=careful)
        disk.write(change.new, data, mode)
        self._changes[os.path.normcase(path)] = change

    def remove(self, path: Path, *, careful: bool = False) -> None:
        """Takes note that a file is to go.

        Raises: OSError.
        """
        path = self._begin(path)
        if os.path.lexists(path):
            disk.check_free(path)
            self._changes[os.path.normcase(path)] = self._change(path, gone=True, careful=careful)

    def _begin(self, path: Path) -> Path:
        """The whole path, of which nothing is known yet; where a killed run left something, that comes first."""
        path = absolute(path)
        if self.home is None:
            recover_folder(_there(path))
        self._changes.pop(os.path.normcase(path), None)
        return path

    def note(self, kind: str, *args: object) -> None:
        """Takes what the ledger is to be told when the outputs are in place."""
        self._notes.append((kind, args))

    def at_hand(self, path: Path) -> Path:
        """Where the newest content of a file lies."""
        change = self._changes.get(os.path.normcase(absolute(path)))
        return change.new if change else path

    def side(self, path: Path) -> Path:
        """The folder in which content for a file waits: on the same disk.

        Raises: OSError; XltoolError: O014.
        """
        there = _there(absolute(path))
        if not there.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(there))
        if self.home is None:
            self.root, lock = there, locked(there)
            self.home, self._lock = lock.__enter__(), lock
        if not self._count:
            self.home.mkdir(parents=True, exist_ok=True)
        disks = {folder.stat().st_dev: folder for folder in (*reversed(self._sides), self.home)}
        if (found := disks.get(there.stat().st_dev)) is not None:
            return found
        self._sides.append(there / f".~{self.token}.tmp")
        self._sides[-1].mkdir()
        return self._sides[-1]

    def _change(self, path: Path, *, gone: bool = False, careful: bool = False) -> Change:
        side = self.side(path)
        self._count += 1
        return Change(path, side, self._count, os.path.lexists(path), gone, careful)

    def commit(self) -> None:
        """Puts everything in place together.

        Raises: XltoolError: O001 to O015; everything is then as before.
        """
        changes = [replace(one, had=os.path.lexists(one.to)) for one in self._changes.values()]
        try:
            if changes and self.home and self.root:
                folders = _missing(changes)
                Journal(self.root, self.home, self.token, folders, changes, self._notes).carry_out(self.keeper)
            elif self._notes and self.keeper:
                self.keeper.settle(self.token, self._notes)
        except BaseException:
            self.abandon()
            raise
        self._let_go()

    def abandon(self) -> None:
        """Leaves everything as it is."""
        self._let_go()

    def _let_go(self) -> None:
        if self.home and not unfinished(self.home):
            clear(self._sides, self.home)
        if self._lock is not None:
            self._lock.__exit__(None, None, None)


def _there(path: Path) -> Path:
    """The folder of a file, or where it will be made.

    Raises: OSError: not even the disk is there.
    """
    for folder in path.parents:
        if folder.exists():
            return folder
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))


def _missing(changes: Iterable[Change]) -> list[Path]:
    """The folders that new files need and that are not there, outer ones first."""
    needed = {folder for one in changes if not one.gone for folder in one.to.parents}
    return sorted((folder for folder in needed if not folder.exists()), key=lambda folder: len(folder.parts))


_CURRENT: ContextVar[Swap | None] = ContextVar("swap", default=None)


def current() -> Swap | None:
    """The run that is writing now; None outside of `together`."""
    return _CURRENT.get()


@contextmanager
def together(root: Path | None = None, home: Path | None = None, keeper: Keeper | None = None) -> Iterator[Swap]:
    """Around the writing of all outputs of one run: they are put in place at the end, together; may be nested.

    Args:
        root, home, keeper: of a round, whose lock is held; see `Swap`.
    Raises: XltoolError: O001 to O016; all files are then as before.
    """
    if (outer := _CURRENT.get()) is not None:
        yield outer
        return
    swap = Swap(root, home, keeper)
    mark = _CURRENT.set(swap)
    try:
        yield swap
    except BaseException:
        swap.abandon()
        raise
    else:
        swap.commit()
    finally:
        _CURRENT.reset(mark)


def holds(path: Path, data: bytes) -> bool:
    """Whether a file has exactly these bytes, or will have when the run that writes now has ended."""
    swap = _CURRENT.get()
    return _holds(swap.at_hand(path) if swap else path, data)


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
