"""The lock of a round, and what a killed run left to be done before anybody works on the round."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.disk import journal, make_folder, of_folder
from toolkit.model.errors import XltoolError

if TYPE_CHECKING:
    from toolkit.campaign.ledger import Ledger

LOCK, SIDE = ".xltool/lock", ".xltool/swap"


class RoundLock:
    """The lock of one round; the same one may be taken again by whoever holds it."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.side = folder, folder / SIDE

    @cached_property
    def _lock(self):
        from filelock import FileLock

        return FileLock(self._folder / LOCK, timeout=0)

    @contextmanager
    def held(self, ledger: Ledger, patience: float = 0.0):
        """Holds the lock, with the outputs of a killed run put in order; gives whether it was not held before.

        Args:
            patience: seconds to wait for another run.
        Raises: XltoolError: K006 another run is at work; O001 to O016 the disk.
        """
        from filelock import Timeout

        first = not self._lock.is_locked
        make_folder(self.side.parent)
        try:
            self._lock.acquire(timeout=patience)
        except Timeout as error:
            raise XltoolError("K006", folder=self._folder) from error
        except OSError as error:
            raise of_folder(error, self.side.parent) from error
        try:
            if first:
                journal.recover(self._folder, self.side, ledger)
            yield first
        finally:
            self._lock.release()

    def settle(self, ledger: Ledger) -> None:
        """Puts the outputs of a killed run in order; does nothing, and takes no lock, when there is nothing to do.

        Raises: as `held`.
        """
        if not journal.unfinished(self.side):
            return
        with self.held(ledger, journal.PATIENCE):
            pass
