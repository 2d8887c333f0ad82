"""What lies where a file belongs: a file that is not there, a link to nothing and a pipe are three different things."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MISSING, LINK, FOLDER, SPECIAL = "missing", "link", "folder", "special"


def what_lies(path: Path) -> str:
    """What there is in place of a file; "" for a file, also for one that a link leads to or that cannot be looked at.

    >>> what_lies(Path("/nowhere/x")), what_lies(Path())
    ('missing', 'folder')
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return LINK if os.path.lexists(path) else MISSING
    except OSError as error:
        return {errno.ELOOP: LINK, errno.ENAMETOOLONG: MISSING}.get(error.errno or 0, "")
    return "" if stat.S_ISREG(mode) else FOLDER if stat.S_ISDIR(mode) else SPECIAL


def lies(path: Path) -> bool:
    """Whether anything lies there, a file or not."""
    return what_lies(path) != MISSING


def instead(path: Path) -> str:
    """What lies in place of a file, as part of a sentence."""
    from toolkit.model.catalogue import entry

    return entry("K050").problem(what_lies(path))
