"""Guards against an environment in which the toolkit cannot work."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

MARK = "xltool"
_START = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from toolkit.cli.app import main; main()"


def problem() -> str:
    """One Chinese sentence when another package `validators` hides ours; "" when all is well.

    The package index has a package of that name; installed later, it overwrites or shadows ours.
    """
    spec = importlib.util.find_spec("validators")
    place = spec.origin if spec and spec.origin else ""
    if place and MARK in Path(place).read_text(encoding="utf-8")[:500]:
        return ""
    from toolkit.model.errors import XltoolError

    return str(XltoolError("T001", place=place or "?"))


def name_files_in_utf8() -> None:
    """Starts the program anew with names of files in UTF-8, where the language settings say another encoding.

    Names on the disk are UTF-8 whatever LC_ALL says (zh_CN.GBK, say); read by it, some could be neither shown nor
    opened. What is printed stays in the encoding of the terminal.
    """
    if sys.getfilesystemencoding().lower() in ("utf-8", "utf8"):
        return
    said = f"{sys.stdout.encoding}:{sys.stdout.errors}" if sys.stdout else "utf-8"
    given = {"PYTHONUTF8": "1", "PYTHONIOENCODING": os.environ.get("PYTHONIOENCODING", said)}
    paths = json.dumps([path for path in sys.path if path])
    start = [sys.executable, "-X", "utf8", "-c", _START, paths]
    os.execve(sys.executable, [*start, *in_utf8(sys.argv[1:])], {**os.environ, **given})


def in_utf8(arguments: Sequence[str]) -> list[bytes]:
    """Arguments as bytes: names that are on the disk, or UTF-8 already, as they were typed; other texts as UTF-8."""
    return [_in_utf8(argument, os.fsencode(argument)) for argument in arguments]


def _in_utf8(text: str, raw: bytes) -> bytes:
    if os.path.lexists(raw):
        return raw
    try:
        raw.decode("utf-8")
        return raw
    except UnicodeDecodeError:
        return text.encode("utf-8", "surrogateescape")
