"""Where a broken definition goes: raised at once, or listed so that a lint can name all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from toolkit.model.errors import DefinitionError


class Problems:
    """Raises the first problem; what loading wants.

    >>> with Listed() as problems:
    ...     with problems.catch():
    ...         raise DefinitionError("a.yaml", 3, "没有列")
    >>> [problem.line for problem in problems.found]
    [3]
    """

    @contextmanager
    def catch(self) -> Iterator[None]:
        """A step that may fail; nothing is caught here."""
        yield

    def add(self, file: object, line: int, problem: str) -> None:
        """A problem found by looking, not by loading."""
        with self.catch():
            raise DefinitionError(file, line, problem)


class Listed(Problems):
    """Keeps the problems in `found`; what follows in the same step is left out."""

    def __init__(self) -> None:
        self.found: list[DefinitionError] = []

    def __enter__(self) -> Listed:
        return self

    def __exit__(self, *what: object) -> None:
        """Nothing to tidy up."""

    @contextmanager
    def catch(self) -> Iterator[None]:
        """A step that may fail; the problem is kept and the next step goes on."""
        try:
            yield
        except DefinitionError as problem:
            self.found.append(problem)
