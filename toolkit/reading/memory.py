"""The memory limit of a worker: the worker limits itself where the system can, and the parent looks on everywhere.

Linux limits the address space, so that the allocation that is too much fails at once. macOS ignores that limit and
Windows has none: there the parent asks how much a worker holds while it reads, and kills it beyond the limit.
"""

from __future__ import annotations

import sys


def limits_itself() -> bool:
    """Whether a process can limit its own memory here."""
    return sys.platform.startswith("linux")


def limit_memory(memory: int) -> None:
    """Limits the address space of this process; 0 = no limit."""
    if memory and limits_itself():
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def held(pid: int) -> int:
    """Bytes of memory that a process holds; 0 when it has ended."""
    import psutil

    try:
        return psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return 0
