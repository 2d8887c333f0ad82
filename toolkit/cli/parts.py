"""What all commands share: options, the type of a date, and how a situation becomes one sentence and an exit code."""

from __future__ import annotations

import functools
import io
import os
import sys
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path

import click

from toolkit import log
from toolkit.cli.terminal import echo
from toolkit.words import option_help, say, words

PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
FOLDER = click.argument("folder", type=click.Path(path_type=Path))


def option(name: str, *names: str, **kwargs):
    """An option with its help text; further names as click takes them."""
    return click.option(f"--{name}", *names, help=option_help(name), **kwargs)


class Day(click.ParamType):
    """A date, written 2025-12-31."""

    name = "YYYY-MM-DD"

    def convert(self, value, param, ctx):
        """The date; a wrong one is said in our own words (K007), not in click's."""
        from toolkit.campaign import parse_day
        from toolkit.model.errors import XltoolError

        try:
            return value if isinstance(value, date) else parse_day(value)
        except XltoolError as error:
            echo(str(error), err=True)
            sys.exit(error.exit_code)


POLICY = option("policy", default="", metavar="P")
OUTPUT = click.option("-o", "--output", type=click.Path(path_type=Path), help=option_help("output"))
JSON = click.option("--json", "as_json", is_flag=True, help=option_help("json"))
AS_OF = option("as-of", type=Day(), default=None)


class Commands(click.Group):
    """Commands in the order of work, not of the alphabet."""

    def list_commands(self, ctx):
        """Names in the order of definition."""
        return list(self.commands)


class Headed(Commands):
    """Commands under the headings of `groups`."""

    def list_commands(self, ctx):
        """Names in the order of their headings."""
        return [name for names in words()["groups"].values() for name in names]

    def format_commands(self, ctx, formatter):
        """One section a heading; what a command does in whole, not cut short."""
        widest = max(map(len, self.commands))
        for heading, names in words()["groups"].items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(widest), self.commands[name].help or "") for name in names])


def run(group: click.Group) -> int:
    """Runs what the command line asks for; its exit code.

    Ctrl+C is no finding and no fault: it ends with 130, as everywhere. Who reads what is printed may go away (`head`).
    """
    from toolkit.model.errors import XltoolError

    try:
        return group.main(prog_name="xltool", standalone_mode=False) or 0
    except click.Abort:
        error = XltoolError("T003")
        echo(str(error), err=True)
        return error.exit_code
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        echo(said.getvalue().rstrip("\n"), err=True)
        return error.exit_code
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(bool(done.code))


def _unheard() -> int:
    """The exit code when nobody hears any more what is printed; said where somebody may still hear it."""
    from toolkit.model.errors import UNHEARD, XltoolError

    with suppress(OSError):  # standard error may have gone the same way
        echo(str(XltoolError("T004")), err=True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still unsaid is said to nobody
    return UNHEARD


def command_of(group: click.Group, name: str, key: str = ""):
    """A command of a group; what goes wrong becomes one sentence and an exit code.

    Args:
        key: where its help text stands in `commands`; default: its name.
    """

    def wrap(function):
        @functools.wraps(function)
        def guarded(*args, verbose: bool, **kwargs):
            heard = partial(echo, err=True) if verbose else None
            with log.command(key or name, _given(click.get_current_context()), heard):
                code = guard(function, args, kwargs)
                log.say("exit", code=code)
            sys.exit(code)

        loud = click.option("-v", "--verbose", is_flag=True, help=option_help("verbose"))
        return group.command(name, help=words()["commands"][key or name])(loud(guarded))

    return wrap


def _given(context: click.Context) -> list[str]:
    """The options that were typed, by name."""
    typed = click.core.ParameterSource.COMMANDLINE
    options = (one for one in context.command.params if isinstance(one, click.Option))
    return [one.opts[-1] for one in options if one.name and context.get_parameter_source(one.name) is typed]


def _failed(said: str, error: Exception, code: str) -> None:
    """Says on standard error what stopped the command, and where the log tells more of it."""
    echo(said, err=True)
    log.stopped(error, code)
    if path := log.where():
        echo(say("logged", path=path), err=True)


def guard(function, args, kwargs) -> int:
    """The exit code of a command body; situations are said in one sentence on standard error."""
    from toolkit.disk import unforeseen
    from toolkit.model.errors import DefinitionError, XltoolError

    try:
        return function(*args, **kwargs) or 0
    except (XltoolError, DefinitionError) as error:
        _failed(str(error), error, getattr(error, "code", ""))
        return error.exit_code
    except BrokenPipeError:
        return _unheard()
    except (click.ClickException, click.Abort, KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:
        if os.environ.get("XLTOOL_DEBUG"):
            raise
        said = unforeseen(error)
        _failed(str(said), error, said.code if isinstance(error, OSError) else "")
        return said.exit_code
