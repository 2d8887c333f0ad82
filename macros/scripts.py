"""Files to double-click where macros cannot run: one a command, for Windows and for Linux desktops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from toolkit.console import console
from toolkit.files import write_whole


def write_scripts(folder: Path, program: str) -> list[Path]:
    """Writes `.cmd`, `.sh` and `.desktop` files into 双击运行 beside the control workbook; returns their paths."""
    target = folder / console().texts["scripts"]["folder"]
    written = []
    for name, data in scripts(program).items():
        path = target / name
        write_whole(path, data)
        if path.suffix in (".sh", ".desktop"):
            path.chmod(0o755)
        written.append(path)
    return written


def scripts(program: str) -> dict[str, bytes]:
    """File name → content, for every button that has a command, and for the watcher."""
    files: dict[str, bytes] = {}
    for title, command in _commands():
        files[f"{title}.cmd"] = _windows(program, command)
        files[f"{title}.sh"] = _shell(program, command)
        files[f"{title}.desktop"] = _desktop(title)
    return files


def _commands() -> Iterator[tuple[str, str]]:
    """(file name, command) in the order of work; a round exists already, so none makes one."""
    for button in console().buttons:
        if button.command and button.command != "init":
            yield button.label.replace(" ", "_"), button.command
    yield console().texts["scripts"]["watch"], "watch"


def _windows(program: str, command: str) -> bytes:
    """A batch file in UTF-8 with the code page set, CRLF; the round is the folder above its own."""
    say = console().texts["scripts"]
    lines = [
        "@echo off",
        "chcp 65001 >nul",
        "setlocal",
        f'set "XLTOOL={program.replace("%", "%%")}"',
        'if not exist "%XLTOOL%" set "XLTOOL=xltool"',
        'where "%XLTOOL%" >nul 2>nul || if not exist "%XLTOOL%" (',
        f"  echo {say['missing']}",
        "  pause >nul",
        "  exit /b 3",
        ")",
        f'"%XLTOOL%" {command} "%~dp0.."',
        f"if errorlevel 2 (echo {say['failed']}) else (echo {say['done']})",
        "pause >nul",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _shell(program: str, command: str) -> bytes:
    say = console().texts["scripts"]
    quoted = "'" + program.replace("'", "'\\''") + "'"
    lines = [
        "#!/bin/sh",
        'here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)',
        f"xltool={quoted}",
        '[ -x "$xltool" ] || xltool=$(command -v xltool) || {',
        f"    echo '{say['missing']}'; [ -t 0 ] && read -r _; exit 3",
        "}",
        f'"$xltool" {command} "$here/.."',
        "code=$?",
        f"if [ $code -ge 2 ]; then echo '{say['failed']}'; else echo '{say['done']}'; fi",
        "[ -t 0 ] && read -r _",
        "exit $code",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _desktop(title: str) -> bytes:
    """A launcher for Kylin and UOS; `%k` is its own place, so the folder can be moved."""
    start = f'sh -c \'"$(dirname "$1")/{title}.sh"\' sh %k'
    lines = ["[Desktop Entry]", "Type=Application", f"Name={title}", f"Exec={start}", "Terminal=true"]
    return "".join(f"{line}\n" for line in lines).encode()
