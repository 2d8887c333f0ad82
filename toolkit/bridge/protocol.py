"""The files between a button and the program: ASCII, CRLF, other characters as `\\uXXXX`.

    job.req   the button's request: `key=value` lines, written by the VBA
    job.prg   one line `done<TAB>total<TAB>text`, written again and again while the program works
    job.stop  the person asks to stop
    job.res   the answer, put in place whole: `put=cell<TAB>value`, `table=name<TAB>rows<TAB>columns`, `row=…`,
              `show=sheet`

A value that starts with `#` is a number; `#` and `'` in texts travel as `\\uXXXX` too.
"""

from __future__ import annotations

import re
import stat
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from toolkit.console import console
from toolkit.files import real, write_now
from toolkit.model.errors import XltoolError
from toolkit.model.privacy import screened
from toolkit.ooxml.archive import Refused
from toolkit.ooxml.handed_in import content

VERSION = "1"
REQUEST, PROGRESS, STOP, RESULT, CLAIMED = ".req", ".prg", ".stop", ".res", ".run"
JOBS = Path(".xltool", "jobs")
"""Where in a round a watcher finds requests."""
DONE, FINDINGS, FAILED, CANCELLED = "done", "findings", "failed", "cancelled"

Cell = str | int | float
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")
_PLAIN = frozenset(chr(code) for code in range(32, 127)) - frozenset("\\#'")
_SETTINGS = ("cfg_", "known_")
_EVERY, _ROOM = 0.3, 46
_MOST = 1_000_000
"""Bytes of the longest request."""


def escape(text: str) -> str:
    r"""Text as the files carry it.

    >>> escape("a\t中😀")
    'a\\u0009\\u4e2d\\ud83d\\ude00'
    """
    return "".join(char if char in _PLAIN else _units(char) for char in text)


def _units(char: str) -> str:
    data = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{data[at]:02x}{data[at + 1]:02x}" for at in range(0, len(data), 2))


def unescape(text: str) -> str:
    r"""The text behind its escapes.

    >>> unescape("a\\u4e2d\\ud83d\\ude00")
    'a中😀'
    """
    return _ESCAPES.sub(lambda match: bytes.fromhex(match[0].replace("\\u", "")).decode("utf-16-be", "replace"), text)


@dataclass(frozen=True)
class Request:
    """What a button asks for.

    Args:
        picked: what stands in column B of the row that is selected on the sheet in front.
        values: cells `cfg_*` and `known_*` of the workbook, texts as typed.
        watched: the round for which somebody watches; None = nobody does.
    """

    path: Path
    task: str
    book_folder: str
    book_name: str
    picked: str
    values: Mapping[str, str]
    watched: Path | None = None

    @property
    def home(self) -> Path | None:
        """The round that is watched, else that in whose job folder the request lies; None where a workbook put it.

        Whoever may write into a round can put a request there: it may ask for this round and no other, wherever links
        in the folder lead to.
        """
        place = real(self.path.parent)
        return self.watched or (place.parents[1] if Path(*place.parts[-2:]) == JOBS else None)


def is_file_itself(path: Path) -> bool:
    """Whether a file lies at a path: no link to one, no folder, no pipe."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def read_request(path: Path, watched: Path | None = None) -> Request:
    """The request in a file.

    Args:
        watched: see `Request`.
    Raises: XltoolError: M001 it is no request of this version.
    """
    try:
        lines = content(path, _MOST).decode("ascii").splitlines()
    except (Refused, UnicodeDecodeError) as error:
        raise XltoolError("M001", file=path.name) from error
    pairs = {key: unescape(value) for key, mark, value in (line.partition("=") for line in lines) if mark}
    if pairs.get("xltool-request") != VERSION or "task" not in pairs:
        raise XltoolError("M001", file=path.name)
    values = {key: value for key, value in pairs.items() if key.startswith(("cfg_", "known_"))}
    facts = {name: pairs.get(name, "") for name in ("book_folder", "book_name", "picked")}
    return Request(path, pairs["task"], **facts, values=values, watched=watched)


@dataclass
class Answer:
    """What a button shows.

    Args:
        status: DONE, FINDINGS, FAILED or CANCELLED.
        message: one sentence.
        puts: named cell → value.
        tables: table name → rows; a table that is not named stays as it is.
        exit_code: what the command ends with.
        sheet: title of the sheet to bring to the front; "" = the one that is there.
    """

    status: str
    message: str
    puts: dict[str, Cell] = field(default_factory=dict)
    tables: dict[str, Sequence[Sequence[Cell]]] = field(default_factory=dict)
    exit_code: int = 0
    sheet: str = ""

    def cells(self) -> dict[str, Cell]:
        """All named cells to write: what every answer shows, and the task's own."""
        return {
            **self.puts,
            "out_message": self.message,
            "out_progress": int(self.status in (DONE, FINDINGS)),
            "out_time": datetime.now().strftime("%Y-%m-%d %H:%M:%S"),
            "out_status": console().texts["say"][f"status_{self.status}"],
        }

    def lines(self) -> list[str]:
        """The lines of the answer file; the status comes last, when everything else is in its place."""
        lines = [f"xltool-result={VERSION}"]
        for name, rows in self.tables.items():
            lines.append(f"table={name}\t{len(rows)}\t{len(rows[0]) if rows else 0}")
            lines += ["row=" + "\t".join(_cell(value) for value in row) for row in rows]
        lines += [f"show={escape(self.sheet)}"] if self.sheet else []
        lines += [f"put={name}\t{_cell(value, name.startswith(_SETTINGS))}" for name, value in self.cells().items()]
        return lines


def _cell(value: Cell, own: bool = False) -> str:
    """A value as the files carry it; nobody's number leaves this way but those in the bureau's own settings."""
    return escape(value if own else screened(value)) if isinstance(value, str) else f"#{value}"


def write_answer(request: Path, answer: Answer) -> None:
    """Puts the answer beside the request, whole or not at all."""
    data = "".join(f"{line}\r\n" for line in answer.lines()).encode("ascii")
    write_now(request.with_suffix(RESULT), data)


class Reporter:
    """Tells the waiting workbook how far the work is, and hears whether it should stop.

    Args:
        heard: called with text, done, total as well, for a caller that shows them itself.
    """

    def __init__(self, request: Path, heard: Callable[[str, int, int], None] | None = None) -> None:
        self._heard = heard
        self._progress, self._stop = request.with_suffix(PROGRESS), request.with_suffix(STOP)
        self._last = 0.0

    def tell(self, text: str, done: int = 0, total: int = 0) -> None:
        """Shows a text and a share of the work at once.

        Raises: XltoolError: M004 the person asked to stop.
        """
        if self._stop.exists():
            raise XltoolError("M004")
        self._last = time.monotonic()
        if self._heard:
            self._heard(text, done, total)
        line = f"{done}\t{total}\t{escape(text)}\r\n"
        try:
            write_now(self._progress, line.encode("ascii"))
        except XltoolError:
            # The workbook is just reading it; the next line will do.
            self._last = 0.0

    def moved(self, text: str, done: int, total: int) -> None:
        """The same, but at most a few times a second."""
        if done >= total or time.monotonic() - self._last >= _EVERY:
            self.tell(text, done, total)


def last_run(task: str, message: str) -> dict[str, Cell]:
    """The cells that say when a step ran last and what came of it: the first sentence, as far as there is room."""
    first, stop, _ = message.partition("。")
    short = first + stop if len(first) < _ROOM else first[: _ROOM - 1] + "…"
    return {f"out_when_{task}": datetime.now().strftime("%m-%d %H:%M"), f"out_what_{task}": short}
