"""Files on disk: written whole or not at all, with names that every system accepts."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from toolkit import disk
from toolkit.disk import make_folder, on_disk, unforeseen
from toolkit.disk.swap import current, holds
from toolkit.model.characters import unseen
from toolkit.model.errors import XltoolError

_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"com{i}" for i in range(1, 10)),
    *(f"lpt{i}" for i in range(1, 10)),
}
_BYTES = 200
_OF_THE_SYSTEM = tuple(map(Path, ("/proc", "/sys", "/dev")))
"""Where Unix shows itself as files: without end, or never answering."""
_MOST = 500_000
"""Files and folders below one folder; the returns of a round are a hundredth of them."""


def real(path: Path) -> Path:
    """Where a path leads; `Path.resolve` gives up on links that lead to themselves."""
    return Path(os.path.realpath(path))


def over_none_of(target: Path, sources: Iterable[Path]) -> Path:
    """The same path, when it is none of the files that were read.

    Raises: XltoolError: O005.
    """
    if real(target) in map(real, sources):
        raise XltoolError("O005", file=target.name)
    return target


def write_whole(path: Path, data: bytes, mode: int = 0o644, *, careful: bool = False) -> None:
    """Puts `data` at `path` in one step: the old file stays until the new one is complete on disk.

    Inside of `toolkit.disk.swap.together` that step comes at the end, for all files of the run at once. A file that
    holds the very bytes already is left alone.

    Args:
        careful: what somebody changes between now and that step stays as it is.
    Raises: XltoolError: see `toolkit.disk.situation`: O001 folder not writable, O002 disk full, O003 open elsewhere …
    """
    swap = current()
    with on_disk(path):
        if swap:
            swap.write(path, data, mode, careful=careful)
        elif not holds(path, data):
            disk.put(path, data, mode)


def write_now(path: Path, data: bytes) -> None:
    """As `write_whole`, but at once whatever else is being written: for what is no output of a run.

    Raises: XltoolError: those of `write_whole`.
    """
    with on_disk(path):
        disk.put(path, data)


def write_new(path: Path, data: bytes) -> None:
    """As `write_whole`, but never over another file: somebody may have filled it in.

    Raises: XltoolError: O004 a file with other content is there; those of `write_whole`.
    """
    if path.exists() and not holds(path, data):
        raise XltoolError("O004", file=path.name)
    write_whole(path, data)


def remove(path: Path, *, careful: bool = False) -> None:
    """Removes a file that may be there, inside of `toolkit.disk.swap.together` with all other changes of the run.

    Raises: XltoolError: those of `write_whole`.
    """
    swap = current()
    with on_disk(path):
        swap.remove(path, careful=careful) if swap else disk.remove(path)


def below(folder: Path, name: str) -> Path | None:
    """The file of a name below a folder; None for a name that leads out of it, whoever wrote it into a record.

    >>> [path and path.name for path in (below(Path("a"), name) for name in ("b/c.txt", "../c.txt", "/c.txt"))]
    ['c.txt', None, None]
    """
    path = folder / name
    return path if real(folder) in (real(path.parent), *real(path.parent).parents) else None


def at_hand(path: Path) -> Path:
    """Where to read what a file holds, or will hold when the run that writes now has ended."""
    swap = current()
    return swap.at_hand(path) if swap else path


def sweep(folder: Path) -> None:
    """Removes what a killed run left half-written below a folder; only under the lock of the round."""
    for left in list(folder.rglob(".~*.tmp")) if folder.is_dir() else ():
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


@contextmanager
def scratch(path: Path):
    """A folder on the disk of `path` for what is written on the way to it; gone afterwards, swept after a killed run.

    Raises: XltoolError: those of `write_whole`.
    """
    swap = current()
    with on_disk(path):
        place = swap.side(path) if swap else make_folder(path.parent)
        with tempfile.TemporaryDirectory(prefix=".~", suffix=".tmp", dir=place) as made:
            yield Path(made)


def safe_name(text: str) -> str:
    """A file name part that Windows and Linux accept: no path, no reserved name, at most 200 bytes.

    >>> safe_name("a/b:c")
    'a_b_c'
    >>> safe_name("../../etc/x")
    '.._.._etc_x'
    >>> safe_name("CON")
    '_CON'
    """
    name = unicodedata.normalize("NFC", text)
    name = re.sub(r'[<>:"/\\|?*]', "_", name)
    for one in set(unseen(name)):
        name = name.replace(one, "_")
    name = name.strip(" ").rstrip(". ") or "_"
    if name.split(".")[0].lower() in _RESERVED or name.startswith(("~$", "-")):
        name = "_" + name
    while len(name.encode()) > _BYTES:
        name = name[:-1]
    return name.rstrip(". ") or "_"


def all_below(folder: Path) -> Iterator[Path]:
    """All that is no folder below a folder, links too; and folders that cannot be opened, so that they are not lost.

    Raises: XltoolError: O011 the folder itself cannot be opened, O020 it is of the system, O021 it has no end.
    """
    closed: list[str] = []
    seen = 0
    if any(place in (real(folder), *real(folder).parents) for place in _OF_THE_SYSTEM):
        raise XltoolError("O020", folder=folder)

    def note(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise unforeseen(error) from error
        closed.append(error.filename)

    for place, folders, files in os.walk(folder, onerror=note):
        seen += len(files) + len(folders)
        if seen > _MOST:
            raise XltoolError("O021", folder=folder, most=_MOST)
        yield from (Path(place, name) for name in files)
        yield from (Path(place, name) for name in folders if _is_link(Path(place, name)))
    yield from map(Path, closed)


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError:  # a path longer than the system takes
        return False
