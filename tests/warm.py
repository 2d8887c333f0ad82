"""Reading processes that are handed on: a test that only wants files read does not wait for a process to start.

Every reading of the program starts processes of its own and ends them, about a quarter of a second each; here one that
answered and rests is kept for the next reading with the same opening, program, paths and environment. What killed,
hung, crashed or served its time is ended as ever. Tests of the processes themselves take `own_workers`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from toolkit.reading import supervisor
from toolkit.reading.supervisor import CRASHED, Answer, Task, Worker

AT_REST = 4
"""Processes kept at most; the one that rested longest goes first."""
Key = tuple[object, ...]
_resting: list[tuple[Key, subprocess.Popen]] = []
_lock = threading.Lock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_resting.clear)


def _key(opening: bytes) -> Key:
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return opening, supervisor._START, json.dumps([sys.path, environment, str(Path.cwd())], sort_keys=True)


def _taken(key: Key) -> subprocess.Popen | None:
    with _lock:
        for at, (known, process) in enumerate(_resting):
            if known == key:
                del _resting[at]
                return process if process.poll() is None else None
    return None


class Warm(Worker):
    """A worker that takes over a resting process, and leaves its own to rest when it is fit."""

    def __init__(self, opening: bytes) -> None:
        self._key, self._fit, self._gone, self._own = _key(opening), True, False, threading.Lock()
        if process := _taken(self._key):
            self.process, self.deadline, self.timed_out, self.served = process, float("inf"), False, 0
        else:
            super().__init__(opening)

    def ask(self, task: Task, seconds: float) -> tuple[Answer, bytes]:
        """See `Worker.ask`; a process that rests is asked nothing by who left it."""
        with self._own:
            if self._gone:
                return {"refused": CRASHED}, b""
            self._fit = False
        answer, frame = super().ask(task, seconds)
        with self._own:
            self._fit = bool(frame)
        return answer, frame

    def end(self) -> None:
        """Leaves the process to rest where it answered what it was asked; kills it otherwise."""
        with self._own:
            fit = self._fit and self.alive and not self._gone
            self._gone = True
        if not fit:
            super().end()
            return
        with _lock:
            _resting.append((self._key, self.process))
            spare = [process for _, process in _resting[:-AT_REST]]
            del _resting[:-AT_REST]
        for process in spare:
            _ended(process)


def _ended(process: subprocess.Popen) -> None:
    process.stdin.close()
    process.stdout.close()
    process.wait()


def all_end() -> None:
    """No process rests any longer."""
    with _lock:
        left = [process for _, process in _resting]
        _resting.clear()
    for process in left:
        _ended(process)
