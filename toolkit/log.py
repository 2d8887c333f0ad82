"""What the program did, for whoever looks after it: one text file a day in the round's folder `.xltool/log`.

A line names the command and its options, a step and its seconds, an exit code, the code of an error and the places in
the program where it arose. Values never stand in it: no names, no contents, no messages of errors.

Records that are made before the round is known wait; a command that works on no round keeps none. A log that cannot be
written costs nothing but itself.
"""

from __future__ import annotations

import logging
import platform
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from toolkit import __version__
from toolkit.words import words

FOLDER = Path(".xltool", "log")
DAYS = 60
"""Files that are kept; each is of one day."""
_ROOT = Path(__file__).resolve().parents[1]
_LOGGER = logging.getLogger("xltool")
_LOGGER.setLevel(logging.INFO)
_LOGGER.propagate = False
_LOGGER.addHandler(logging.NullHandler())


class _Kept(logging.Handler):
    """Lines of one command: they wait for the round, then go into its file of the day."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(asctime)s %(process)d %(message)s", "%Y-%m-%d %H:%M:%S"))
        self.folder: Path | None = None
        self.path: Path | None = None
        self._waiting: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Takes one line."""
        self._waiting.append(self.format(record))
        if self.folder is not None:
            self.write(self.folder)

    def write(self, folder: Path) -> None:
        """Appends what waits to the file of today.

        Args:
            folder: that of the logs.
        """
        path, lines = folder / f"{datetime.now():%Y-%m-%d}.log", self._waiting
        self._waiting = []
        with suppress(OSError):  # a log is never worth the work that it tells of
            folder.mkdir(exist_ok=True)
            if not path.exists():
                for old in sorted(folder.glob("*.log"))[: -DAYS + 1]:
                    old.unlink(missing_ok=True)
            if path.exists() and not path.is_file():
                return  # a pipe, whose reader may never come
            with path.open("a", encoding="utf-8", newline="\n") as stream:
                stream.writelines(f"{line}\n" for line in lines)
            self.path = path


class _Shown(logging.Handler):
    """Says each line as it comes, for `-v`."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        super().__init__()
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        """Says one line."""
        self._heard(record.getMessage())


_kept: list[_Kept] = []
"""That of the command that is running; a command may call others, which belong to it."""


@contextmanager
def command(name: str, options: Sequence[str] = (), heard: Callable[[str], None] | None = None) -> Iterator[None]:
    """Around one command or one button: when it began and ended, and what stopped it.

    Args:
        name: of the command or task; options: their names, without values.
        heard: is told every line as it comes.
    """
    if _kept:
        yield
        return
    handlers: list[logging.Handler] = [kept := _Kept(), *([_Shown(heard)] if heard else [])]
    _kept.append(kept)
    for handler in handlers:
        _LOGGER.addHandler(handler)
    began = time.perf_counter()
    system = f"{platform.system()} {platform.machine()}"
    versions = {"version": __version__, "python": platform.python_version(), "system": system}
    say("began", command=name, options=" ".join(sorted(options)), **versions)
    try:
        yield
    finally:
        say("ended", seconds=time.perf_counter() - began)
        for handler in handlers:
            _LOGGER.removeHandler(handler)
        _kept.remove(kept)


def in_round(folder: Path) -> None:
    """From now on the lines of the running command go into the log of a round, the first that it opens."""
    if _kept and _kept[0].folder is None and (folder / FOLDER.parts[0]).is_dir():
        _kept[0].folder = folder / FOLDER
        _kept[0].write(folder / FOLDER)


def where() -> Path | None:
    """The file that the running command writes its lines to; None when it works on no round."""
    return _kept[0].path if _kept else None


def say(name: str, **facts: object) -> None:
    """One line; `name` is a sentence under `log` of `commands.yaml`."""
    if _kept:
        _LOGGER.info(words()["log"][name].format(**facts).rstrip())


def stopped(error: BaseException, code: str = "") -> None:
    """The code or the kind of an error, and the places in the program that led to it, the outermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{_within(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    say("stopped", what=code or type(error).__name__, places=" > ".join(places))
    if error.__cause__:
        stopped(error.__cause__)


def _within(file: str) -> str:
    """A source file relative to the program; of a library its folder and name."""
    path = Path(file)
    return path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else "/".join(path.parts[-2:])


@contextmanager
def step(name: str, **facts: object) -> Iterator[None]:
    """Around one step: what it was and how long it took. `name` is a word under `log.steps`."""
    began = time.perf_counter()
    yield
    if _kept:
        say("step", step=words()["log"]["steps"][name].format(**facts), seconds=time.perf_counter() - began)
