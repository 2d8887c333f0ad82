"""The calculation chain, where an entry for a cell without formula makes Excel repair the file."""

from __future__ import annotations

import re

from toolkit.ooxml.container import Package
from toolkit.ooxml.usual import TYPES, relations_part


def without_calculation_chain(package: Package) -> None:
    """Takes the calculation chain out; Excel builds a new one when it opens the file."""
    for name in package.related(package.workbook, "calcChain").values():
        package.remove(name)
        _drop(package, TYPES, rb'<Override\b[^>]*PartName="/' + re.escape(name.encode()) + rb'"[^>]*/>')
        relations = relations_part(package.workbook)
        _drop(package, relations, rb'<Relationship\b[^>]*/calcChain"[^>]*/>')


def _drop(package: Package, part: str, pattern: bytes) -> None:
    package.replace(part, re.sub(pattern, b"", package.read(part)))
