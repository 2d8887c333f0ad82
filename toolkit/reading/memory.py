"""The memory limit of a worker: the worker limits itself where the system can, and the parent looks on everywhere.

Linux limits the address space, so that the allocation that is too much fails at once. macOS ignores that limit and
Windows has none: there the parent asks how much a worker holds while it reads, and kills it beyond the limit.
"""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

    import psutil

LAUNCHER = sys.platform == "win32"
"""The python of a virtual environment on Windows only starts the real one, in a process of its own, and waits."""


def limits_itself() -> bool:
    """Whether a process can limit its own memory here."""
    return sys.platform.startswith("linux")


def limit_memory(memory: int) -> None:
    """Limits the address space of this process; 0 = no limit."""
    if memory and limits_itself():
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def held(pid: int) -> int:
    """Bytes of memory that a worker holds; 0 when it has ended."""
    return sum(map(_held, _family(pid)))


def kill(worker: subprocess.Popen) -> None:
    """Ends a worker at once, behind a launcher the real one first."""
    if LAUNCHER:
        import psutil

        for process in reversed(_family(worker.pid)[1:]):
            with contextlib.suppress(psutil.Error):
                process.kill()
    with contextlib.suppress(OSError):
        worker.kill()


def _family(pid: int) -> list[psutil.Process]:
    """The process that was started and, where that is only a launcher, those that it started."""
    import psutil

    try:
        process = psutil.Process(pid)
        return [process, *(process.children(recursive=True) if LAUNCHER else ())]
    except psutil.Error:
        return []


def _held(process: psutil.Process) -> int:
    import psutil

    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0
