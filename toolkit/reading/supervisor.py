"""Worker processes kept on a short lead: one file at a time each, a deadline, killed and replaced when they fail.

Neither ProcessPoolExecutor (one crash breaks the pool) nor Pool (a crash hangs it) survives a reader that aborts.
"""

from __future__ import annotations

import contextlib
import json
import marshal
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from toolkit.reading.frames import LENGTH, receive
from toolkit.reading.memory import held, kill, limits_itself

RECYCLE_AFTER = 200
FILES_PER_WORKER = 6
SECONDS_PER_BYTE = 2e-6
CRASHED, TIMED_OUT = "F011", "F026"

_ROOT = str(Path(__file__).resolve().parents[2])
"""Where the package `toolkit` lies, for installations that are not on sys.path (editable ones)."""

_START = "import json,sys; sys.path[:]=json.loads(sys.argv[1]); from toolkit.reading.worker import main; main()"

Answer = dict[str, object]
Task = tuple[bytes, tuple[str, ...]] | tuple[bytes, tuple[str, ...], dict[str, str]]
"""The bytes of a file, the passwords to try on it, and what a person said of its sheets."""
Load = Callable[[int], "Task | Answer | None"]
"""What a worker has to read, or the answer where it is known already, or None."""
Keep = Callable[[int, Answer, bytes], None]
"""Takes a job, its answer, and the answer as the worker sent it."""


class Worker:
    """One worker process.

    Args:
        opening: the first frame: plan and memory limit.
    """

    def __init__(self, opening: bytes) -> None:
        paths = json.dumps([path for path in sys.path if path] + [_ROOT])
        command = [sys.executable, "-I", "-S", "-X", "utf8", "-c", _START, paths]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=os.name == "posix",
        )
        self.deadline = float("inf")
        self.timed_out = False
        self.served = 0
        self._send(opening)

    def _send(self, data: bytes) -> None:
        with contextlib.suppress(BrokenPipeError, OSError):
            self.process.stdin.write(LENGTH.pack(len(data)))  # type: ignore[union-attr]
            self.process.stdin.write(data)  # type: ignore[union-attr]
            self.process.stdin.flush()  # type: ignore[union-attr]

    def ask(self, task: Task, seconds: float) -> tuple[Answer, bytes]:
        """The answer about one file, and as it was sent; ({"refused": code}, b"") when the process died or hung."""
        self.served += 1
        self.deadline = time.monotonic() + seconds
        self._send(marshal.dumps(task))
        answer = receive(self.process.stdout)  # type: ignore[arg-type]
        self.deadline = float("inf")
        if answer is None:
            self.end()
            return {"refused": TIMED_OUT if self.timed_out else CRASHED}, b""
        found = marshal.loads(answer)
        if "crash" in found:
            self.end()
            return {"refused": CRASHED}, b""
        return found, answer

    @property
    def alive(self) -> bool:
        """Whether the next file may be given to it."""
        return self.process.poll() is None and self.served < RECYCLE_AFTER

    def end(self) -> None:
        """Kills the process and closes its pipes."""
        kill(self.process)
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        self.process.wait()


class Supervisor:
    """Several workers over a list of files.

    Args:
        plan: what the workers read with: PLAIN, STAMPS, or a plan (see plan.py).
        workers: number of processes; None = as many as processors, fewer for few files.
        timeout: seconds a file may take, and 2 more a megabyte.
        memory: bytes of memory a worker may use; 0 = no limit.
    """

    def __init__(self, plan: object, workers: int | None, timeout: float, memory: int) -> None:
        self.opening = marshal.dumps([plan, memory if limits_itself() else 0])
        self.workers, self.timeout, self.memory = workers, timeout, memory
        self._slots: list[Worker | None] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def run(self, jobs: Sequence[int], load: Load, keep: Keep | None = None) -> Iterator[tuple[int, Answer | None]]:
        """(job, answer) in the order of completion; answer None where `load` gave nothing.

        `load` and `keep` are called in the threads of the supervisor; `keep` for every answer of a worker.
        """
        keep = keep or (lambda job, answer, frame: None)
        count = self.workers or max(1, min(_processors(), -(-len(jobs) // FILES_PER_WORKER)))
        done: queue.SimpleQueue = queue.SimpleQueue()
        waiting = iter(jobs)
        self._slots = [None] * count
        threads = [
            threading.Thread(target=self._serve, args=(slot, waiting, load, keep, done), daemon=True)
            for slot in range(min(count, max(len(jobs), 1)))
        ]
        threads.append(threading.Thread(target=self._watch, daemon=True))
        for thread in threads:
            thread.start()
        try:
            for _ in jobs:
                job, answer = done.get()
                if isinstance(answer, BaseException):
                    raise answer
                yield job, answer
        finally:
            self._stop.set()
            for worker in list(self._slots):
                if worker is not None:
                    worker.end()

    def _serve(self, slot: int, waiting: Iterator[int], load: Load, keep: Keep, done: queue.SimpleQueue) -> None:
        while not self._stop.is_set():
            with self._lock:
                job = next(waiting, None)
            if job is None:
                break
            try:
                answer = load(job)
                if isinstance(answer, tuple):
                    answer, frame = self._ask(slot, answer)
                    if frame:
                        keep(job, answer, frame)
                done.put((job, answer))
            except BaseException as error:  # handed to the main thread, which raises it
                done.put((job, error))
                break

    def _ask(self, slot: int, task: Task) -> tuple[Answer, bytes]:
        worker = self._slots[slot]
        if worker is None or not worker.alive:
            if worker is not None:
                worker.end()
            worker = self._slots[slot] = Worker(self.opening)
            if self._stop.is_set():
                worker.end()
        return worker.ask(task, self.timeout + len(task[0]) * SECONDS_PER_BYTE)

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            now = time.monotonic()
            for worker in list(self._slots):
                if worker is None or worker.deadline == float("inf"):
                    continue
                worker.timed_out = now > worker.deadline
                if worker.timed_out or (self.memory and held(worker.process.pid) > self.memory):
                    kill(worker.process)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
