"""A `run` whose whole input is that of the last one and whose outputs are all there has nothing to do.

The input: the returned files by content, whatever else people put into the round (settings, unit list, confirmed
labels, packs, feedback sheets), the ledger, last year's round, the day of judgement, the place of the outputs, the
program itself. What the last run was and gave stands in `.xltool/memory/last.json`, sealed. A run with passwords is
never taken for the last one: they are written nowhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit import disk
from toolkit.campaign import INBOX, ISSUED, LEDGER, LETTERS, MEMORY, OUTPUT, SENT_BACK, SETTINGS
from toolkit.campaign.ledger import Ledger
from toolkit.campaign.prior import earlier_rounds, totals_file
from toolkit.files import at_hand, real, write_whole
from toolkit.program import program_digest
from toolkit.reading import trace
from toolkit.remembered import recall, remember
from toolkit.seal import seal, unbroken
from toolkit.words import words

if TYPE_CHECKING:
    from toolkit.checked import Checked
    from toolkit.job import Job

RECORD = f"{MEMORY}/last.json"
_HEARD = ("explanations", "dispute_replies")
_UNSURE = frozenset(("F017", "F027"))
"""The file was changing or locked: its content may be another one next time, although nothing shows it."""


def check(job: Job) -> Checked:
    """The job checked: as the last run of its round left it where nothing has changed since, otherwise anew.

    Raises: XltoolError: those of `toolkit.pipeline.check`.
    """
    with job.exclusive():
        if job.campaign and (known := Rerun(job, job.campaign.output).known()):
            return known
        from toolkit import pipeline

        return pipeline.check(job)


@dataclass(frozen=True)
class Last:
    """What the last run gave."""

    exit_code: int
    report: dict


class Rerun:
    """Tells whether a run of a job would do anything, does what there is to do, and remembers it.

    To be used while the job is alone. Of files and folders that are no round nothing is remembered.

    Args:
        output: the folder that the outputs go to.
    """

    def __init__(self, job: Job, output: Path) -> None:
        self.job, self.output, self.campaign = job, output, job.campaign
        if self.campaign:
            self._settled, self._heard = self._definitions(), self.campaign.ledger.digest(*_HEARD)

    def last(self) -> Last | None:
        """The last run, when nothing has changed since and its outputs are as it left them."""
        record = self._record()
        if record is None:
            return None
        if any(trace(name, self.campaign.folder / name) != digest for name, digest in record["outputs"].items()):
            return None
        return Last(record["exit_code"], record["report"])

    def known(self) -> Checked | None:
        """What the last run read and computed, when nothing has changed since, whatever became of its outputs."""
        record = None if self.job.answers else self._record()
        return recall(self.job, record["input"]) if record else None

    def _record(self) -> dict | None:
        """The record of the last run, when its whole input is that of today."""
        if self.campaign is None or self.job.fresh or self.job.passwords:
            return None
        record = _load(self.campaign.folder / RECORD)
        if record is None:
            return None
        files = {name: trace(name, path) for name, path in self.job.files}
        return record if all(files.values()) and record["input"] == self._input(files) else None

    def done(self, checked: Checked) -> tuple[list[Path], dict]:
        """Writes all outputs, and what it remembers with them; their paths and the report of the run."""
        from toolkit.outputs import write_all
        from toolkit.report import merge_report

        with self.job.writing():
            outputs = write_all(checked, self.output)
            report = merge_report(checked.merged, checked.findings, outputs)
            if self.campaign and not self.job.passwords:
                self._remember(checked, outputs, report)
        return outputs, report

    def _remember(self, checked: Checked, outputs: Sequence[Path], report: Mapping) -> None:
        """Notes a run that is done, unless its input changed on the way."""
        if self._definitions() != self._settled:
            return
        if self.campaign.ledger.digest(*_HEARD) != self._heard:
            return  # what was heard now counts as known from now on: the next run may judge by it
        items = [item for item in checked.batch.returns if not item.member]
        files = {item.file: item.sha256 or trace(item.file, item.path) for item in items}
        doubtful = any(finding.code in _UNSURE for item in checked.batch.returns for finding in item.findings)
        if doubtful or not all(files.values()) or len(files) < len(items):
            return
        record = {
            "input": self._input(files),
            "exit_code": int(checked.has_errors),
            "outputs": {self._name(path): trace(path.name, at_hand(path)) for path in outputs},
            "report": dict(report),
        }
        data = json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")
        if mark := seal(data):
            write_whole(self.campaign.folder / RECORD, mark.hex().encode() + b"\n" + data, 0o600)
            remember(checked, record["input"])

    def _name(self, path: Path) -> str:
        """A path below the round relative to it, so that a round may be moved."""
        place, home = real(path), real(self.campaign.folder)
        return str(place.relative_to(home) if place.is_relative_to(home) else place)

    def _input(self, files: Mapping[str, str]) -> str:
        parts = [self._settled, self.campaign.ledger.digest(), sorted(files.items())]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _definitions(self) -> str:
        """All that a run depends on but the returned files and the ledger."""
        parts = [
            program_digest(),
            self.job.as_of.isoformat(),
            self.job.why,
            self._name(self.output),
            *self._round(self.campaign.folder),
        ]
        if self.campaign.prior:
            before = self.campaign.folder / self.campaign.prior
            parts += [self.campaign.prior, *self._round(before)]
            parts += _contents(before, sorted((before / OUTPUT).rglob("*.parquet")))
            parts += [Ledger(before / LEDGER).digest("explanations")] if (before / LEDGER).is_file() else []
            for one in earlier_rounds(self.campaign):
                told = (one.folder / SETTINGS, totals_file(one), one.output / words()["files"]["overview"])
                parts += [str(one.year), *_contents(one.folder, told)]
        packs = [self.campaign.policy.folder] if not self.campaign.policy.folder.is_relative_to(_ROOT) else []
        return hashlib.sha256(json.dumps([*parts, *_packs(packs)]).encode()).hexdigest()

    @staticmethod
    def _round(folder: Path) -> list[str]:
        """Everything in a round's folder but the returned files, which are told apart, and what we write there."""
        own = [path for path in folder.iterdir() if path.name not in _NOT_SETTLED]
        below = [inner for path in own if path.is_dir() for inner in path.rglob("*")]
        settled = (path for path in (*own, *below) if path.suffix != _CONSOLE and not path.name.startswith("~$"))
        return _contents(folder, sorted(settled))


_CONSOLE = ".xlsm"
_NOT_SETTLED = frozenset((INBOX, ISSUED, SENT_BACK, OUTPUT, LETTERS, Path(LEDGER).parts[0]))
_ROOT = Path(__file__).resolve().parent
"""Packs below it are part of the program's digest."""


def _packs(folders: Iterable[Path]) -> list[str]:
    return [text for folder in folders for text in _contents(folder, sorted(folder.rglob("*.yaml")))]


def _contents(folder: Path, files: Iterable[Path]) -> list[str]:
    """Name and digest of each of the files that is there."""
    return [f"{path.relative_to(folder).as_posix()} {trace(path.name, path)}" for path in files if path.is_file()]


def _load(path: Path) -> dict | None:
    """The record; None when there is none, it is damaged, or somebody else wrote it."""
    try:
        mark, _, data = disk.read(path).partition(b"\n")
        if not unbroken(data, bytes.fromhex(mark.decode("ascii"))):
            return None
        record = json.loads(data.decode("utf-8", "surrogatepass"))
    except (OSError, ValueError):
        return None
    kinds = {"input": str, "exit_code": int, "outputs": dict, "report": dict}
    whole = isinstance(record, dict) and all(isinstance(record.get(key), kind) for key, kind in kinds.items())
    return record if whole else None
