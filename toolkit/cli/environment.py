"""Guards against an environment in which the toolkit cannot work."""

from __future__ import annotations

import importlib.util
from pathlib import Path

MARK = "xltool"


def problem() -> str:
    """One Chinese sentence when another package `validators` hides ours; "" when all is well.

    The package index has a package of that name; installed later, it overwrites or shadows ours.
    """
    spec = importlib.util.find_spec("validators")
    place = spec.origin if spec and spec.origin else ""
    if place and MARK in Path(place).read_text(encoding="utf-8")[:500]:
        return ""
    from toolkit.model.errors import XltoolError

    return str(XltoolError("T001", place=place or "?"))
