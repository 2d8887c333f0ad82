"""Command lines that are typed wrong: every one is answered in Chinese, none with a traceback."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import click
import pytest
from test_help import ENGLISH, NAMES, choices, commands

from toolkit.cli import main_group

QUOTED = re.compile(r"[“'‘\[][^”'’\]]*[”'’\]]|/\S+|(?<!\w)--?[a-z][a-z-]*")
"""What is said back as it was typed, codes, paths and options."""
TYPED = ("甲", "12月", "2025-13-01", "-3", "", "1e9", "\x1b[31m红", "nonsense")
"""Values that no option takes everywhere."""


def found(path) -> click.Command:
    command: click.Command = main_group
    for name in path:
        command = command.commands[name]  # type: ignore[attr-defined]
    return command


def wrong_lines() -> list[list[str]]:
    """Of every command: without arguments, with too many, an unknown option, each option with and without a value."""
    lines = [[], ["nonsense"], ["Merge"], ["merge ", "x"], ["--nonsense"], ["policy"], ["policy", "nonsense"]]
    for path in commands(main_group):
        command = found(path)
        places = [f"没有{number}" for number, one in enumerate(command.params) if isinstance(one, click.Argument)]
        lines += [[*path], [*path, "--nonsense"], [*path, *places, "多1", "多2", "多3"]]
        for one in command.params:
            if isinstance(one, click.Option) and not one.is_flag:
                lines += [
                    [*path, *places, one.opts[-1]],
                    [*path, *places, one.opts[-1], TYPED[len(lines) % len(TYPED)]],
                ]
    return lines


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> list[tuple[list[str], int, str]]:
    """(line, exit code, what was said), each from an empty folder."""
    code = (
        "import contextlib, io, json, os, sys\n"
        "from pathlib import Path\n"
        "from toolkit.cli.app import main_group, run\n"
        "from toolkit.cli.terminal import say_mistakes\n"
        "from toolkit.words import speak_chinese\n"
        "speak_chinese()\n"
        "say_mistakes()\n"
        "told = []\n"
        "for number, line in enumerate(json.load(sys.stdin)):\n"
        "    Path(str(number)).mkdir()\n"
        "    os.chdir(str(number))\n"
        "    sys.argv = ['xltool', *line]\n"
        "    said = io.StringIO()\n"
        "    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):\n"
        "        code = run(main_group)\n"
        "    os.chdir('..')\n"
        "    told.append((line, code, said.getvalue()))\n"
        "print(json.dumps(told))\n"
    )
    given = json.dumps([line for line in wrong_lines() if not {"watch", "demo", "sample"} & set(line[:1])])
    folder = tmp_path_factory.mktemp("typed")
    done = subprocess.run([sys.executable, "-c", code], input=given, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_hundreds_are_typed(answers):
    assert len(answers) > 200


def test_none_is_answered_in_english(answers):
    known = NAMES | {word for path in commands(main_group) for word in path} | choices(main_group) | {"Tab", "yaml"}
    for line, _code, said in answers:
        left = [word for text in said.splitlines() for word in ENGLISH.findall(QUOTED.sub(" ", text))]
        assert set(left) <= known, (line, said)


def test_none_ends_in_a_fault_of_the_program(answers):
    for line, code, said in answers:
        assert "Traceback" not in said and "[T000]" not in said and "\x1b" not in said, (line, said)
        assert code in (0, 1, 2, 3), (line, code)


def test_what_is_typed_wrong_is_no_success(answers):
    fine = [(line, said) for line, code, said in answers if code == 0]
    assert all(said.strip() for _line, said in fine)
    assert {line[0] for line, _ in fine if line} <= {"units", "policy", "rules", "template", "console"}, fine
