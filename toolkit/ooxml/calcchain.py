"""The calculation chain, where an entry for a cell without formula makes Excel repair the file."""

from __future__ import annotations

from toolkit.ooxml.container import Package
from toolkit.ooxml.relations import take_out


def without_calculation_chain(package: Package) -> None:
    """Takes the calculation chain out; Excel builds a new one when it opens the file."""
    for name in package.related(package.workbook, "calcChain").values():
        take_out(package, package.workbook, name)
