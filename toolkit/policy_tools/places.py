"""Where in a pack's files a clause, a parameter, a level or a group stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from toolkit.model import strictyaml
from toolkit.model.errors import DefinitionError
from toolkit.model.strictyaml import Record
from toolkit.policies.loading import CLAUSES, NOT_ENCODED, PARAMETERS, TASKS

PACK = "pack.yaml"


@dataclass(frozen=True)
class Places:
    """Files and lines of one pack; what cannot be found stands on line 1 of its file."""

    folder: Path

    def clause(self, clause: str) -> tuple[Path, int]:
        """Where a clause is defined."""
        return self._of(CLAUSES, self._clauses.get(clause))

    def parameter(self, name: str) -> tuple[Path, int]:
        """Where a parameter is defined."""
        return self._of(PARAMETERS, self._parameters.get(name))

    def reason(self, clause: str) -> tuple[Path, int]:
        """Where the reason is that a clause is not encoded."""
        records = _records(self.folder / NOT_ENCODED, "not_encoded")
        found = next((record.lines["clauses"] for record in records if clause in record.texts("clauses")), None)
        return self._of(NOT_ENCODED, found)

    def level(self, name: str) -> tuple[Path, int]:
        """Where a level of the tasks is defined."""
        levels = _load(self.folder / TASKS).get("levels")
        return self._of(TASKS, levels.lines.get(name) if isinstance(levels, Record) else None)

    def group(self, title: str) -> tuple[Path, int]:
        """Where a group of sections is defined."""
        records = _records(self.folder / PACK, "groups")
        return self._of(PACK, next((record.line for record in records if record.get("title") == title), None))

    def key(self, name: str) -> tuple[Path, int]:
        """Where a key of `pack.yaml` stands."""
        return self._of(PACK, _load(self.folder / PACK).lines.get(name))

    def _of(self, file: str, line: int | None) -> tuple[Path, int]:
        return self.folder / file, line or 1

    @cached_property
    def _clauses(self) -> dict[str, int]:
        return {str(record.get("id")): record.line for record in _records(self.folder / CLAUSES, "clauses")}

    @cached_property
    def _parameters(self) -> dict[str, int]:
        return {str(record.get("name")): record.line for record in _records(self.folder / PARAMETERS, "parameters")}


def _load(path: Path) -> Record:
    """The file; an empty record when it cannot be read, which the loader reports."""
    try:
        return strictyaml.load(path)
    except DefinitionError:
        return Record()


def _records(path: Path, key: str) -> list[Record]:
    return [item for item in _load(path).get(key, []) if isinstance(item, Record)]
