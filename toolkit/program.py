"""The program as it is installed: one digest that changes with every rule, definition and library."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_LIBRARIES = ("msoffcrypto-tool", "numpy", "openpyxl", "pandas", "pandera", "pyarrow", "python-calamine", "xlsxwriter")
_SOURCES = (".py", ".yaml", ".html", ".css", ".js")


@cache
def program_digest() -> str:
    """SHA-256 of all sources and definitions of the toolkit and of the versions of what it computes with."""
    digest = hashlib.sha256(sys.version.encode())
    for folder in ("toolkit", "validators"):
        files = (path for path in (_ROOT / folder).rglob("*") if path.suffix in _SOURCES)
        for path in sorted(files):
            data = path.read_bytes()
            digest.update(f"{path.relative_to(_ROOT).as_posix()} {len(data)}\n".encode())
            digest.update(data)
    for name in _LIBRARIES:
        digest.update(f"{name} {metadata.version(name)}\n".encode())
    return digest.hexdigest()
