"""Files to double-click where macros cannot run: one a command, in the way of the machine on which they are written."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from toolkit.console import console
from toolkit.files import write_whole
from toolkit.words import words

_ROUND = "{round}"
"""Stands for the folder of the round in the arguments of a command."""


def write_scripts(folder: Path, program: str, *, start: bool = False, platform: str = sys.platform) -> list[Path]:
    """Writes the files into 双击运行 beside the control workbook; returns the paths of those to be clicked.

    Args:
        start: there is no round in the folder yet; only what makes one.
        platform: as `sys.platform`.
    """
    target = folder / console().texts["scripts"]["folder"]
    written = []
    for name, data in scripts(program, start=start, platform=platform).items():
        path = target / name
        write_whole(path, data, 0o644 if path.suffix == ".cmd" else 0o755)
        written += [path] if path.parent == target else []
    return written


def scripts(program: str, *, start: bool = False, platform: str = sys.platform) -> dict[str, bytes]:
    """File name → content: for every button that has a command and for the watcher, or only for making a round.

    Windows gets `.cmd`, macOS `.command`, a Linux desktop `.desktop` and, in a folder below, what they start.
    """
    files: dict[str, bytes] = {}
    below = console().texts["scripts"]["below"]
    for title, command, arguments in _commands(start):
        if platform == "win32":
            files[f"{title}.cmd"] = _windows(program, command, arguments)
        elif platform == "darwin":
            files[f"{title}.command"] = _shell(program, command, arguments, "..")
        else:
            files[f"{title}.desktop"] = _desktop(title, f"{below}/{title}.sh")
            files[f"{below}/{title}.sh"] = _shell(program, command, arguments, "../..")
    return files


def _commands(start: bool) -> Iterator[tuple[str, str, str]]:
    """(file name, command, its arguments) in the order of work."""
    for button in console().buttons:
        if button.command and (button.command == "init") == start:
            yield button.label.replace(" ", "_"), button.command, _arguments(button.task)
    if not start:
        yield console().texts["scripts"]["watch"], "watch", _ROUND


def _arguments(task: str) -> str:
    """What follows the command of a button, with all names that are known; the round and questions stay in braces."""
    known = {setting.name: setting.value for setting in console().settings} | words()["files"]
    text = console().texts["scripts"]["arguments"].get(task, _ROUND)
    return re.sub(r"{(\w+)}", lambda found: known.get(found[1], found[0]), text)


def _quoted(arguments: str, values: Mapping[str, str]) -> str:
    """The arguments for a shell: those with a word in braces in quotes, the word replaced by its value."""
    parts = arguments.split(" ")
    filled = (re.sub(r"{(\w+)}", lambda found: values[found[1]], part) for part in parts)
    return " ".join(f'"{new}"' if new != part else part for part, new in zip(parts, filled, strict=True))


def _asked(arguments: str) -> list[tuple[str, str]]:
    """(word, question) for what a command needs to be told."""
    questions = console().texts["scripts"]["questions"]
    return [(word, questions[word]) for word in re.findall(r"{(\w+)}", arguments.replace(_ROUND, ""))]


def _windows(program: str, command: str, arguments: str) -> bytes:
    """A batch file; the round is the folder above its own."""
    say = console().texts["scripts"]
    lines = [f'set "XLTOOL={program.replace("%", "%%")}"']
    lines += [
        'if not exist "%XLTOOL%" set "XLTOOL=xltool"',
        'where "%XLTOOL%" >nul 2>nul || if not exist "%XLTOOL%" (',
        f"  echo {say['missing']}",
        "  pause >nul",
        "  exit /b 3",
        ")",
    ]
    values = {"round": "%~dp0.."}
    for word, question in _asked(arguments):
        name = word.upper()
        lines += [f'set "{name}="', f'set /p "{name}={question}："', f'if defined {name} set "{name}=%{name}:"=%"']
        values[word] = f"%{name}%"
    lines += [
        f'"%XLTOOL%" {command} {_quoted(arguments, values)}',
        "set CODE=%ERRORLEVEL%",
        f"if %CODE% geq 2 (echo {say['failed']}) else (echo {say['done']})",
        "pause >nul",
        "exit /b %CODE%",
    ]
    return batch_file(lines)


def batch_file(lines: Sequence[str]) -> bytes:
    """A batch file with CRLF.

    In code page 936, which a Chinese Windows has anyway and in which people can type; lines with characters that it
    lacks, such as those of a rare name in a path, make it UTF-8.
    """
    for page, codec in ((936, "gbk"), (65001, "utf-8")):
        text = "".join(f"{line}\r\n" for line in ("@echo off", f"chcp {page} >nul", "setlocal", *lines))
        try:
            return text.encode(codec)
        except UnicodeEncodeError:
            continue
    raise ValueError("a lone surrogate in a batch file")


def _shell(program: str, command: str, arguments: str, up: str) -> bytes:
    """A shell script; `up` leads from its folder to the round."""
    say = console().texts["scripts"]
    quoted = "'" + program.replace("'", "'\\''") + "'"
    lines = [
        "#!/bin/sh",
        'here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)',
        f"xltool={quoted}",
        '[ -x "$xltool" ] || xltool=$(command -v xltool) || {',
        f"    echo '{say['missing']}'; [ -t 0 ] && read -r _; exit 3",
        "}",
    ]
    values = {"round": f"$here/{up}"}
    for word, question in _asked(arguments):
        lines.append(f"printf '%s' '{question}：'; read -r {word}")
        values[word] = f"${word}"
    lines += [
        f'"$xltool" {command} {_quoted(arguments, values)}',
        "code=$?",
        f"if [ $code -ge 2 ]; then echo '{say['failed']}'; else echo '{say['done']}'; fi",
        "[ -t 0 ] && read -r _",
        "exit $code",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _desktop(title: str, script: str) -> bytes:
    """A launcher for Kylin and UOS; `%k` is its own place, so the folder can be moved.

    Quoting: Desktop Entry Specification 1.5, "The Exec key".
    """
    command = f'"$(dirname "$1")/{script}"'
    quoted = re.sub(r'(["`$\\])', r"\\\\\1", command).replace("%", "%%")
    lines = ["[Desktop Entry]", "Type=Application", f"Name={title}", f'Exec=sh -c "{quoted}" sh %k', "Terminal=true"]
    return "".join(f"{line}\n" for line in lines).encode()
