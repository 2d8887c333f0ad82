"""What the last run read, checked and computed, kept in the round: commands after it begin where it ended.

It is found only while the whole input is that of the run (see `toolkit.rerun`), and believed only under the seal of
this user's programs; the types that it may hold are named. The tables lie apart and are read when one is asked for.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from toolkit import disk
from toolkit.campaign import MEMORY
from toolkit.checked import Checked
from toolkit.files import real, write_whole
from toolkit.seal import LENGTH, seal, unbroken

if TYPE_CHECKING:
    import pandas as pd

    from toolkit.job import Job

CHECKED, TABLES = f"{MEMORY}/checked", f"{MEMORY}/tables"
MOST_ROWS = 300_000
"""Rows read up to which a run is kept whole."""
_COMPUTED = ("allowance", "compliance", "figures", "published", "plans")
_LEFT = ("job", "raw")
"""What is not kept: `raw` serves nothing but the plans, which are."""
_TYPES = ("toolkit.model.", "toolkit.fix_plan.", "pandas.", "numpy.", "datetime.", "decimal.", "fractions.")
_TYPES += ("collections.", "pathlib.")
_MAKERS = ("pandas._libs.", "pandas.core.indexes.", "numpy._core.", "pyarrow.lib.")
"""Where the functions come from by which pandas puts a table together again."""
_PLAIN = frozenset(("set", "frozenset", "slice", "complex", "bytearray"))


def recall(job: Job, state: str) -> Checked | None:
    """What a run of the job left; None when the input is another one than `state` says, or it is not all of our types.

    Args:
        state: digest of the whole input.
    """
    data = _read(job, CHECKED, state)
    try:
        return _Reader(data, job, state).checked() if data else None
    except pickle.UnpicklingError:
        return None


def remember(checked: Checked, state: str) -> None:
    """Keeps what a run knows, with its outputs: for commands with the same input.

    Raises: XltoolError: those of `write_whole`.
    """
    job = checked.job
    if sum(map(len, checked.batch.tables.values())) > MOST_ROWS:
        return
    computed = {name: getattr(checked, name) for name in _COMPUTED}
    known = {one.name: getattr(checked, one.name) for one in fields(checked) if one.name not in _LEFT}
    writer = _Writer(job, checked)
    whole = writer.bytes((known, computed)), pickle.dumps(writer.tables, pickle.HIGHEST_PROTOCOL)
    for name, data in zip((CHECKED, TABLES), whole, strict=True):
        if mark := seal(_named(job, name, state) + data):
            write_whole(job.campaign.folder / name, mark + data, 0o600)


def _named(job: Job, name: str, state: str) -> bytes:
    """What is sealed with the bytes: which of the two files it is, of what input, and of a round in which place."""
    return f"{name}\0{state}\0{real(job.campaign.folder)}\0".encode("utf-8", "surrogatepass")


def _read(job: Job, name: str, state: str) -> bytes:
    """The bytes of a kept file; b"" where there are none of this input that we wrote."""
    try:
        data = disk.read(job.campaign.folder / name)
    except OSError:
        return b""
    return data[LENGTH:] if unbroken(_named(job, name, state) + data[LENGTH:], data[:LENGTH]) else b""


def _outside(job: Job) -> dict[str, object]:
    """What a run takes from the definitions and the settings: it is not kept, but there again."""
    return {
        "campaign": job.campaign,
        "form": job.form,
        "job": job,
        "parameters": job.parameters,
        "policy": job.policy,
        "units": job.units,
    }


class _Writer(pickle.Pickler):
    """Writes what is known of a job; tables are collected, and definitions named."""

    def __init__(self, job: Job, checked: Checked) -> None:
        self._sink = io.BytesIO()
        super().__init__(self._sink, pickle.HIGHEST_PROTOCOL)
        batch, merged = checked.batch, checked.merged
        groups = (batch.tables, batch.set_aside, merged.tables, merged.rejected)
        self.tables = [dict(one) for one in groups]
        self._names = {id(one): (name, 0) for name, one in _outside(job).items()}
        self._names |= {id(one): ("tables", number) for number, one in enumerate(groups)}

    def persistent_id(self, one: object) -> tuple[str, int] | None:
        """The name of what is not written itself."""
        return self._names.get(id(one))

    def bytes(self, known: object) -> bytes:
        """Everything but the tables."""
        self.dump(known)
        return self._sink.getvalue()


class _Bounded(pickle.Unpickler):
    """Makes nothing but the types of our data; under the seal, a second lock."""

    def find_class(self, module: str, name: str) -> Any:
        """The type of a name, or what makes a table again.

        Raises: pickle.UnpicklingError: it is none that we keep, or something inside another name.
        """
        place = f"{module}."
        if "." not in name and (place.startswith((*_TYPES, *_MAKERS)) or (module == "builtins" and name in _PLAIN)):
            found = super().find_class(module, name)
            if isinstance(found, type) or place.startswith(_MAKERS):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


class _Reader(_Bounded):
    def __init__(self, data: bytes, job: Job, state: str) -> None:
        super().__init__(io.BytesIO(data))
        self._job, self._outside = job, _outside(job)
        self._groups = _Groups(job, state)

    def persistent_load(self, name: tuple[str, int]) -> object:
        """What a name stands for."""
        key, number = name
        return Tables(self._groups, number) if key == "tables" else self._outside[key]

    def checked(self) -> Checked | None:
        """What was known; None where the tables are not there too."""
        if not self._groups.there:
            return None
        known, computed = self.load()
        checked = Checked(job=self._job, raw=None, **known)
        checked.__dict__.update(computed)
        return checked


class _Groups:
    """The tables of a run; read once, when a row is asked for."""

    def __init__(self, job: Job, state: str) -> None:
        self._data = _read(job, TABLES, state)
        self.there = bool(self._data)

    @cached_property
    def tables(self) -> list[dict[str, pd.DataFrame]]:
        """By group and sheet."""
        found, self._data = _Bounded(io.BytesIO(self._data)).load(), b""
        return found


class Tables(Mapping):
    """One group of tables, by sheet."""

    def __init__(self, groups: _Groups, number: int) -> None:
        self._groups, self._number = groups, number

    def __getitem__(self, sheet: str) -> pd.DataFrame:
        return self._groups.tables[self._number][sheet]

    def __iter__(self) -> Iterator[str]:
        return iter(self._groups.tables[self._number])

    def __len__(self) -> int:
        return len(self._groups.tables[self._number])
