"""Files of ours that other people fill in or change: written over what we wrote, and over nothing else.

A record says what was written last. A file that is still so, or gone, is written anew; one that somebody changed stays;
one that nobody needs any more goes, unless somebody changed it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolkit import disk
from toolkit.files import below, remove, write_whole


@dataclass(frozen=True)
class Put:
    """What became of the files: those that are now as they should be, and those that stay as somebody changed them."""

    paths: tuple[Path, ...]
    kept: tuple[Path, ...]


def put(folder: Path, record: Path, made: Mapping[str, Mapping[str, bytes]]) -> Put:
    """Writes some kinds of files below a folder, and notes them in the record; other kinds stay as they are.

    Args:
        record: kind → name below the folder → SHA-256 of what was written last, as JSON.
        made: kind → name below the folder → content.
    Raises: XltoolError: see `toolkit.files.write_whole`.
    """
    before = noted(record)
    now, paths, kept = dict(before), [], []
    for kind, files in made.items():
        old = before.get(kind, {})
        now[kind] = {}
        for name, data in files.items():
            path, digest = folder / name, _sha256(data)
            if _there(path) in ("", digest, old.get(name)):
                write_whole(path, data, careful=True)
                now[kind][name] = digest
                paths.append(path)
            else:
                now[kind][name] = old.get(name, "")
                kept.append(path)
        for name in old.keys() - files.keys():
            path = below(folder, name)
            if path and _there(path) == old[name]:
                remove(path, careful=True)
    write_whole(record, json.dumps(now, ensure_ascii=False, indent=1, sort_keys=True).encode())
    return Put(tuple(paths), tuple(kept))


def noted(record: Path) -> dict[str, dict[str, str]]:
    """What was written before; nothing when the record is gone or damaged, then files that differ are kept."""
    try:
        found = json.loads(disk.read(record).decode("utf-8"))
        return {str(kind): {str(name): str(digest) for name, digest in own.items()} for kind, own in found.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _there(path: Path) -> str:
    """SHA-256 of what lies there; "" = nothing."""
    return _sha256(path.read_bytes()) if path.is_file() else ""
