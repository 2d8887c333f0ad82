"""The words of the commands, from `commands.yaml`; light, because `--help` needs them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_WORDS = re.compile(r"INTEGER RANGE|\b[^\W\d_a-z]+\b")


@cache
def words() -> dict:
    """All texts of the commands."""
    text = Path(__file__).with_name("commands.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=_LOADER)


def option_help(name: str) -> str:
    """Help text of an option."""
    return words()["options"][name]


def say(name: str, /, **facts: object) -> str:
    """A sentence for the terminal."""
    return words()["say"][name].format(**facts)


def speak_chinese() -> None:
    """Makes click itself speak Chinese; click looks its words up through the `_` of each module."""
    import click.core
    import click.decorators
    import click.exceptions
    import click.formatting
    import click.parser
    import click.types

    table = words()["click"]

    def translate(message: str) -> str:
        return table.get(message, message)

    def translate_plural(one: str, many: str, n: int) -> str:
        return table.get(one if n == 1 else many, one if n == 1 else many)

    for module in (click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.types):
        for name, function in (("_", translate), ("ngettext", translate_plural)):
            if hasattr(module, name):
                setattr(module, name, function)
    _name_values(words()["metavars"])


def _name_values(known: dict[str, str]) -> None:
    """What stands for options, arguments and values in the help of a command."""
    import click

    for kind in (click.Argument, click.Option):
        kind.make_metavar = _translating(kind.make_metavar, known)  # type: ignore[method-assign]
    for one in (click.types.IntParamType, click.types.FloatParamType, click.IntRange, click.FloatRange):
        one.name = known.get(one.name.upper(), one.name)
    for group in (click.Command, click.Group):
        group.collect_usage_pieces = _translating(group.collect_usage_pieces, known)  # type: ignore[method-assign]


def _translating(original: Callable, known: dict[str, str]) -> Callable:
    """A method of click whose answer, a text or a list of texts, has our words for its own."""

    def translated(text: str) -> str:
        return _WORDS.sub(lambda found: known.get(found[0], found[0]), text)

    def method(*args: object, **kwargs: object) -> str | list[str]:
        answer = original(*args, **kwargs)
        return translated(answer) if isinstance(answer, str) else [translated(text) for text in answer]

    return method
