"""What people see on the terminal: tables on standard output, progress on standard error."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import contextmanager

import click

from toolkit.model.characters import LINES, escaped, shown
from toolkit.model.privacy import screened
from toolkit.words import mistyped, words

_STREAMS, _LAST = {"stdin": "r", "stdout": "w", "stderr": "w"}, 2
"""The streams of a program, and the number of the last."""
_GONE_AWAY = frozenset((errno.EPIPE, errno.EINVAL, errno.ESHUTDOWN))


def open_streams() -> None:
    """Opens in their place the streams that whoever started the program closed; what goes there nobody sees.

    Otherwise the next file that is opened, the ledger for instance, takes the place of the terminal.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) <= _LAST:
        os.set_inheritable(handle, True)
    os.close(handle)
    for name, mode in _STREAMS.items():
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def use_any_character() -> None:
    """Lets a cp936 console show what it can instead of failing on a character it has not."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def echo(text: object, err: bool = False) -> None:
    """Prints a text; nobody's ID number or mobile number, and no character that steers a terminal, leaves this way."""
    with _heard():
        click.echo(_seen(text), err=err)


def say_mistakes() -> None:
    """What was typed wrongly is said in our words and through this door, in place of click's own way."""
    for kind in (click.ClickException, click.UsageError):
        kind.show = lambda error, file=None: echo(mistyped(error), err=True)  # type: ignore[method-assign]


def _seen(text: object) -> str:
    return shown(screened(str(text)), LINES)


def echo_json(data: object, own: Collection[str] = ()) -> None:
    """Prints one JSON document.

    Args:
        own: keys whose texts are the bureau's own, with its telephone numbers.
    """
    with _heard():
        click.echo(escaped(json.dumps(_screened(data, own), ensure_ascii=False, indent=1)))


@contextmanager
def _heard():
    """A reader that went away is the same on every system: BrokenPipeError; Windows calls it a wrong argument."""
    try:
        yield
    except OSError as error:
        if error.errno in _GONE_AWAY:
            raise BrokenPipeError(*error.args) from error
        raise


def _screened(data: object, own: Collection[str]) -> object:
    if isinstance(data, str):
        return screened(data)
    if isinstance(data, Mapping):
        return {key: value if key in own else _screened(value, own) for key, value in data.items()}
    return [_screened(value, own) for value in data] if isinstance(data, list | tuple) else data


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]], *, lined: bool = False) -> None:
    """Prints a table; wide characters are measured.

    Args:
        lined: a line between the rows, where cells take several.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(title=_seen(title), title_justify="left", show_lines=lined)
    for head in heads:
        grid.add_column(head, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(_seen(cell)) for cell in row))
    width = None if sys.stdout.isatty() else 160
    console = Console(file=sys.stdout, width=width, highlight=False)
    console.on_broken_pipe = _gone_away  # type: ignore[method-assign]  # its own way is to end the program
    with _heard():
        console.print(grid)


def _gone_away() -> None:
    raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def state_rows(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Counts of files in words."""
    return [(words()["file_states"][name], count) for name, count in counts.items()]


@contextmanager
def progress(label: str, quiet: bool):
    """A callable (done, total) that moves a bar on standard error; silent when nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
