"""One child process, measured: wall time, processor time, peak memory of its largest process and of all together."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """What one run of a command cost; memory in MB, `together` counts shared pages once per process."""

    seconds: float
    processor: float
    largest: float
    together: float
    exit: int
    output: str


def measure(command: list[str]) -> Measured:
    """Runs a command to its end. An exit code above 1 stops the benchmark: nothing was measured."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child:
        watch = _Watch(child.pid)
        watch.start()
        output = child.stdout.read().decode(errors="replace")
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    watch.stop()
    if child.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}\n{output}\nexit code {child.returncode}")
    used = usage.ru_utime + usage.ru_stime
    return Measured(seconds, used, usage.ru_maxrss / 1024, watch.peak / 1024, child.returncode, output)


class _Watch(threading.Thread):
    """Adds up the resident memory of a process and its descendants, every 50 ms; Linux only, else 0."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self._on = pid, 0.0, True

    def run(self) -> None:
        while self._on:
            self.peak = max(self.peak, _tree(self.pid))
            time.sleep(0.05)

    def stop(self) -> None:
        self._on = False
        self.join()


def _tree(root: int) -> float:
    parents, sizes = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        except OSError:
            continue
        parents[int(folder.name)] = int(fields["PPid"])
        sizes[int(folder.name)] = float(fields.get("VmRSS", "0 kB").split()[0])
    total = 0.0
    for pid, size in sizes.items():
        at = pid
        while at and at != root:
            at = parents.get(at, 0)
        total += size if at == root else 0
    return total
