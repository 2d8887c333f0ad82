"""Returned files → located, typed tables; one bad file costs one line, never the batch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.model.batch import Batch
    from toolkit.model.form import Form
    from toolkit.model.stamp import Stamp
    from toolkit.model.unit import UnitList


def read_returns(
    files: Sequence[tuple[str, Path]],
    form: Form,
    units: UnitList,
    *,
    workers: int | None = None,
    timeout: float = 20,
    memory: int = 1_500_000_000,
    aliases: Mapping[str, Mapping[str, str]] | None = None,
    expected: Stamp | None = None,
    progress: Callable[[int, int], None] | None = None,
    passwords: Mapping[str, Sequence[str]] | None = None,
    memory_folder: Path | None = None,
    fresh: bool = False,
    tabs: Mapping[str, Mapping[str, str]] | None = None,
    known: Collection[str] = (),
    gone: Sequence[tuple[str, str]] = (),
) -> Batch:
    """All files as one batch; the same result whatever the number of workers.

    Args:
        files: (display name, path), in the order in which they are to be listed.
        form: the form that was issued.
        units: the unit list; may be empty, then the unit named in the file counts.
        workers: worker processes; None = one a processor, fewer for few files.
        timeout: seconds one file may take (and 2 more a megabyte).
        memory: bytes of memory of one worker; 0 = no limit.
        aliases: per sheet name: label confirmed by a person → column name.
        expected: campaign, policy, year of this round; only non-empty fields are compared.
        progress: called with (files done, files in all); archives make the second number grow.
        passwords: unit name or code → passwords to open its workbooks; under "" those to try on every file.
        memory_folder: what is read is kept here; files that were read before are not read again.
        fresh: read all files, whatever is kept.
        tabs: per unit: title of a sheet in its workbook → the sheet of the form that a person said it is; "" where it
            does not count.
        known: SHA-256 of all contents of the round: what was read of them stays in the memory folder.
        gone: name and SHA-256 of contents that are files no more; they are returns too where the memory has them.
    """
    from toolkit.reading.returns import Reading, read

    held = (passwords or {}, memory_folder, fresh, tabs, known, gone)
    how = Reading(workers, timeout, memory, aliases, expected, progress, *held)
    return read(files, form, units, how)


def stamps_of(
    files: Sequence[tuple[str, Path]], passwords: Mapping[str, Sequence[str]] | None = None
) -> dict[Path, Stamp | None]:
    """The identities of workbooks by their paths, their tables unread; None for every file that has none.

    Args:
        files: (display name, path).
        passwords: as for `read_returns`; a file that needs one is looked into only when it is given.
    """
    from toolkit.model.unit import UnitList
    from toolkit.reading.door import read_stamps
    from toolkit.reading.unit_names import Names, passwords_for

    shown, nobody = {path: name for name, path in files}, UnitList()
    names = Names(nobody)
    return read_stamps(list(shown), lambda path: passwords_for(passwords or {}, shown[path], names, nobody))


def trace(name: str, path: Path) -> str:
    """What changes whenever the content of a returned file does; "" when it cannot be told."""
    from toolkit.reading.loading import trace as found

    return found(name, path)


def distinct(names: Iterable[str]) -> list[str]:
    """See `toolkit.reading.archives.distinct`."""
    from toolkit.reading.archives import distinct as told_apart

    return told_apart(names)


def visible(name: str) -> str:
    """A file name as it may be shown and stored: no control and direction characters, no broken bytes."""
    from toolkit.reading.archives import visible as shown

    return shown(name)
