"""The calculation chain, where an entry for a cell without formula makes Excel repair the file."""

from __future__ import annotations

import re
from posixpath import basename, dirname, join

from toolkit.package.container import TYPES, Package


def without_calculation_chain(package: Package) -> None:
    """Takes the calculation chain out; Excel builds a new one when it opens the file."""
    for name in package.related(package.workbook, "calcChain").values():
        package.remove(name)
        _drop(package, TYPES, rb'<Override\b[^>]*PartName="/' + re.escape(name.encode()) + rb'"[^>]*/>')
        relations = join(dirname(package.workbook), "_rels", basename(package.workbook) + ".rels")
        _drop(package, relations, rb'<Relationship\b[^>]*/calcChain"[^>]*/>')


def _drop(package: Package, part: str, pattern: bytes) -> None:
    package.replace(part, re.sub(pattern, b"", package.read(part)))
