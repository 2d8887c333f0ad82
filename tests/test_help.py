"""--help: every command once under a heading, all in Chinese."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from toolkit.cli import main_group
from toolkit.words import words

ENGLISH = re.compile(r"(?<![\w./=-])[A-Za-z]{3,}(?![\w./=-])")
NAMES = {"xltool", "xlsx", "xlsm", "JSON", "init", "run", "set", "YYYY", "Ctrl", "Parquet", "docx", "html", "text"}
"""Commands, formats and the like, which are called so in Chinese too."""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The names that lead to each command."""
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def test_every_command_stands_once_under_a_heading():
    listed = [name for names in words()["groups"].values() for name in names]
    assert sorted(listed) == sorted(main_group.commands)


def choices(command: click.Command) -> set[str]:
    """What options may be set to."""
    own = {word for one in command.params if isinstance(one.type, click.Choice) for word in one.type.choices}
    return own.union(*(choices(one) for one in getattr(command, "commands", {}).values()))


@pytest.fixture(scope="module")
def helped() -> str:
    """The help of all commands, one after the other, as the program prints it."""
    code = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from toolkit.cli import main_group\n"
        "from toolkit.words import speak_chinese\n"
        "speak_chinese()\n"
        f"for path in {list(commands(main_group))!r}:\n"
        "    print(CliRunner().invoke(main_group, [*path, '--help'], prog_name='xltool').output)\n"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.decode()


def test_no_help_speaks_english(helped):
    known = NAMES | {word for path in commands(main_group) for word in path} | choices(main_group)
    said = [line for line in helped.splitlines() if "--" not in line]
    assert len(said) > 100
    assert {word for line in said for word in ENGLISH.findall(line)} <= known


def test_usage_and_values_are_named(helped):
    assert "用法： xltool init [选项] 批次文件夹" in helped and "--units 路径" in helped and "--year 整数" in helped


def test_the_package_runs_as_a_module():
    for module in ("toolkit", "toolkit.cli"):
        done = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, check=True)
        assert done.stdout.startswith(b"xltool "), module
