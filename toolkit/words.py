"""The words of the commands, from `commands.yaml`; light, because `--help` needs them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Marks of click in its messages: quotes, ranges, what stands beside Chinese quotes, ends of sentences, lists.
_QUOTED = re.compile(r"[\"']([^\"'\n]*)[\"']")
_BETWEEN, _AT_LEAST = re.compile(r"(\d+)<=x<=(\d+)"), re.compile(r"x>=(\d+)")
_BESIDE = re.compile(r"\s*([“”])\s*|(?<=：)\s+|(?<=[写是])\s+(?=“)")
_MORE = re.compile(r"(?:(?<=”)\.|(?<=[^\x00-\x7f])[.。])\s*(?=\S)")
_LISTED = re.compile(r",\s+")
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


def mistyped(error) -> str:
    """How the command is written, and what is wrong with what was typed.

    Args:
        error: click's own; its messages have our words already (`speak_chinese`).
    """
    import click

    from toolkit.model.errors import XltoolError

    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    sentence = str(XltoolError("T002", problem=in_chinese(error.format_message())))
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return sentence
    return f"{in_chinese(context.get_usage())}\n{sentence}"


def in_chinese(message: str) -> str:
    """A message of click with the marks of Chinese: quotes, full stops and lists.

    >>> in_chinese("缺少选项 '--what'. 只能写\\n\\tissued,\\n\\tmarked")
    '缺少选项“--what”；只能写 issued、marked'
    >>> in_chinese("没有选项“--bad”。 要写的可能是 '--fewer'。"), in_chinese("缺少参数 '批次文件夹'.")
    ('没有选项“--bad”；要写的可能是“--fewer”', '缺少参数“批次文件夹”')
    >>> in_chinese("“x”不对，只能写 'issued', 'tasks'。"), in_chinese("用法： xltool mail [选项]")
    ('“x”不对，只能写“issued”、“tasks”', '用法：xltool mail [选项]')
    >>> in_chinese("'--units' 填的值不对：“0”不对，应是 1<=x<=9。")
    '“--units”填的值不对：“0”不对，应是 1 到 9'
    """
    message = _AT_LEAST.sub(r"\1 以上", _BETWEEN.sub(r"\1 到 \2", message))
    text = _LISTED.sub("、", _QUOTED.sub(r"“\1”", message.strip().replace("\n\t", " ", 1)))
    text = _BESIDE.sub(lambda found: found[1] or "", text)
    return _MORE.sub("；", text).rstrip(".。")


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
