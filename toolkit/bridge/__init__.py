"""Behind the buttons: one request file in, one button's work done, one answer file out."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from toolkit import log
from toolkit.bridge.protocol import (
    CANCELLED,
    CLAIMED,
    FAILED,
    JOBS,
    PROGRESS,
    REQUEST,
    RESULT,
    STOP,
    Answer,
    Reporter,
    Request,
    is_file_itself,
    last_run,
    read_request,
    write_answer,
)
from toolkit.console import console
from toolkit.disk import make_folder, unforeseen
from toolkit.files import real
from toolkit.model.errors import DefinitionError, XltoolError
from toolkit.words import say

_OURS = (REQUEST, CLAIMED, PROGRESS, STOP, RESULT, ".tmp")
_STALE = 3600.0


def serve(
    path: Path, heard: Callable[[str, int, int], None] | None = None, watched: Path | None = None
) -> Answer | None:
    """Does what the request in a file asks and writes the answer beside it; None when another took it first.

    Whatever goes wrong becomes one sentence in the answer.

    Args:
        heard: called with text, done, total while the work goes on.
        watched: the only round that may be asked for.

    Raises: XltoolError: M001 it is no file of a control workbook, and stays as it is; the answer cannot be written.
    """
    if path.suffix != REQUEST or (path.exists() and not is_file_itself(path)):
        raise XltoolError("M001", file=path.name)
    claimed = path.with_suffix(CLAIMED)
    try:
        path.rename(claimed)
    except FileNotFoundError:
        if claimed.exists():
            return None
        raise XltoolError("M001", file=path.name) from None
    try:
        answer = _guarded(claimed, heard, watched)
        write_answer(path, answer)
        return answer
    finally:
        claimed.unlink(missing_ok=True)


def _guarded(path: Path, heard: Callable[[str, int, int], None] | None, watched: Path | None) -> Answer:
    try:
        request = read_request(path, watched)
    except XltoolError as error:
        return _failure("", FAILED, str(error), error.exit_code)
    with log.command(f"bridge {request.task}"):
        return _answered(request, Reporter(path, heard))


def _answered(request: Request, reporter: Reporter) -> Answer:
    try:
        return _perform(request, reporter)
    except (XltoolError, DefinitionError) as error:
        code = getattr(error, "code", "")
        if code == "M004":
            return _failure(request.task, CANCELLED, str(error), error.exit_code)
        log.stopped(error, code)
        return _failure(request.task, FAILED, str(error), error.exit_code)
    except Exception as error:
        if os.environ.get("XLTOOL_DEBUG"):
            raise
        said = unforeseen(error)
        code = said.code if isinstance(error, OSError) else ""
        log.stopped(error, code)
        path = log.where()
        message = f"{said}{say('logged', path=path)}" if path else str(said)
        return _failure(request.task, FAILED, message, said.exit_code)


def _failure(task: str, status: str, message: str, exit_code: int) -> Answer:
    message = console().in_buttons(message)
    return Answer(status, message, last_run(task, message) if task else {}, exit_code=exit_code)


def _perform(request: Request, reporter: Reporter) -> Answer:
    reporter.tell(console().texts["say"]["starting"])
    from toolkit.bridge.desk import Desk
    from toolkit.bridge.listing import LIST
    from toolkit.bridge.live import LIVE
    from toolkit.bridge.more import MORE
    from toolkit.bridge.tasks import TASKS
    from toolkit.bridge.units import UNITS

    tasks = {**TASKS, **MORE, **UNITS, **LIST, **LIVE}
    if request.task not in tasks:
        raise XltoolError("M002", task=request.task)
    with ExitStack() as held:
        desk = Desk(request, console().button(request.task), reporter, held)
        desk.stay_at_home()
        return tasks[request.task](desk)


def watch(
    folder: Path, heard: Callable[[str], None], pause: float = 0.3, stop: Callable[[], bool] = lambda: False
) -> None:
    """Answers requests in a round's job folder until `stop`; Office itself then starts no program.

    Requests left over from an earlier session are thrown away, never carried out late. What is no file is no request.

    Raises: XltoolError: M031 the job folder is a link to somewhere else; O010, O018 the round is gone.
    """
    jobs, home = make_folder(folder / JOBS), real(folder)
    if real(jobs) != home / JOBS:
        raise XltoolError("M031", folder=jobs)
    sweep(jobs, 0.0)
    while not stop():
        for path in filter(is_file_itself, sorted(jobs.glob(f"*{REQUEST}"))):
            try:
                answer = serve(path, watched=home)
            except XltoolError as error:
                heard(str(error))
                continue
            if answer:
                heard(answer.message)
        sweep(jobs, _STALE)
        time.sleep(pause)


def sweep(jobs: Path, older: float) -> None:
    """Removes files of ours in the job folder that are older than so many seconds."""
    for path in jobs.iterdir():
        try:
            if path.suffix in _OURS and time.time() - path.stat().st_mtime > older:
                path.unlink(missing_ok=True)
        except OSError:
            # It went away by itself, or the workbook is reading it; the next round will see.
            continue
