"""Links from an output to files and their rows, relative to the folder that it lies in."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import quote

from toolkit.model.privacy import holds, mask


def away(path: Path, folder: Path, coming: Collection[Path] = ()) -> str:
    """A file as seen from a folder, with slashes; "" when it cannot be linked, see `link`."""
    if path not in coming and not path.exists():
        return ""
    try:
        found = os.path.relpath(path, folder)
    except ValueError:  # another drive
        return ""
    return "" if holds(found) or mask(found, typed=True, leaving=True) != found else Path(found).as_posix()


def link(path: Path, folder: Path, coming: Collection[Path] = ()) -> str:
    """The address of a file as seen from a folder; "" when it cannot be linked.

    That is when it is not there, lies on another drive, or its name holds somebody's number.

    Args:
        coming: files that will be there when the run has ended.
    """
    return "/".join(quote(os.fsencode(part)) for part in away(path, folder, coming).split("/") if part)
