"""The look of every workbook that is written, read strictly from `look.yaml`: the only home of fonts and colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from toolkit.model import strictyaml

FILE = Path(__file__).with_name("look.yaml")
Pair = tuple[str, str]
"""Ground and ink."""


@dataclass(frozen=True, slots=True)
class Paper:
    """How the sheets of a family are printed.

    Args:
        margins: inches left, right, above and below; () = those of the office suite.
        lines: whether the screen shows grid lines.
        footer: may hold the placeholders `{font}` and `{text}`; "" = none.
        footer_margin: inches below it; None = that of the office suite.
    """

    margins: tuple[float, ...]
    centred: bool
    lines: bool
    footer: str
    footer_margin: float | None


@dataclass(frozen=True)
class Look:
    """Fonts by name; everything else by family of workbooks, see the file."""

    fonts: Mapping[str, str]
    sizes: Mapping[str, Mapping[str, float]]
    colours: Mapping[str, Mapping[str, str]]
    marks: Mapping[str, Pair]
    words: Mapping[str, str]
    levels: Mapping[str, str]
    chips: Mapping[str, Pair]
    numbers: Mapping[str, Mapping[str, str]]
    papers: Mapping[str, Paper]
    allowed: Mapping[str, Mapping[str, bool]]
    cut: str


@cache
def look() -> Look:
    """The look, read once.

    Raises: DefinitionError: an unknown or missing key; with file and line.
    """
    root = strictyaml.load(FILE)
    sizes, pairs = _plain(root, "sizes"), {key: _plain(root, key) for key in ("marks", "chips")}
    found = Look(
        fonts=_plain(root, "fonts"),
        sizes={family: {name: _size(size) for name, size in own.items()} for family, own in sizes.items()},
        colours=_plain(root, "colours"),
        marks={name: (ground, ink) for name, (ground, ink) in pairs["marks"].items()},
        words=_plain(root, "words"),
        levels=_plain(root, "levels"),
        chips={name: (ground, ink) for name, (ground, ink) in pairs["chips"].items()},
        numbers=_plain(root, "numbers"),
        papers={family: _paper(record) for family, record in root.take("papers").items()},
        allowed={family: dict.fromkeys(names, True) for family, names in _plain(root, "allowed").items()},
        cut=root.text("cut"),
    )
    root.done()
    return found


def _size(text: str) -> float:
    """Points, written into workbooks as they stand in the file: 11 or 11.0."""
    return float(text) if "." in text else int(text)


def _plain(root: strictyaml.Record, key: str) -> dict[str, Any]:
    return cast("dict[str, Any]", strictyaml.plain(root.take(key)))


def _paper(record: strictyaml.Record) -> Paper:
    margin = record.text("footer_margin", "")
    found = Paper(
        margins=tuple(map(float, record.texts("margins"))),
        centred=record.flag("centred"),
        lines=record.flag("lines"),
        footer=record.text("footer", ""),
        footer_margin=float(margin) if margin else None,
    )
    record.done()
    return found
