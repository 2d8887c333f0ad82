"""The words of the commands, from `commands.yaml`; light, because `--help` needs them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
