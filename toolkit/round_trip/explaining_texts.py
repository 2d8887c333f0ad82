"""What counts as an explanation: long enough, and more than 核实无误; the words are data (`explaining.yaml`)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml

FILE = Path(__file__).with_name("explaining.yaml")
TOO_SHORT, LAZY = "EXP-001", "EXP-002"
_IDEOGRAPH = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Standards:
    """What an explanation must have, from `explaining.yaml`.

    Args:
        least: characters in all; different: distinct ones among them.
        left: ideographs that are left when the words that explain nothing are taken out.
    """

    least: int
    different: int
    left: int
    copies: int
    shown: int
    lazy: re.Pattern[str]


@cache
def standards() -> Standards:
    """The standards, read once."""
    record = strictyaml.load(FILE)
    lazy = sorted(record.texts("lazy"), key=len, reverse=True)
    numbers = {name: record.number(name, int) for name in ("least", "different", "left", "copies", "shown")}
    record.done()
    return Standards(**numbers, lazy=re.compile("|".join(map(re.escape, lazy))))


def plain(text: str) -> str:
    """The letters, digits and ideographs of a text.

    >>> plain(" 已核实，无误。 ")
    '已核实无误'
    """
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isalnum())


def shortcoming(text: str) -> str:
    """Code of the reason why a text by itself explains nothing; "" when it may.

    >>> shortcoming("退休后返聘"), shortcoming("经核实，情况属实，数据无误。"), shortcoming("该同志已经去世")
    ('EXP-001', 'EXP-002', '')
    """
    rules, bare = standards(), plain(text)
    if len(bare) < rules.least:
        return TOO_SHORT
    rest = _IDEOGRAPH.findall(rules.lazy.sub("", bare))
    return LAZY if len(rest) < rules.left or len(set(bare)) < rules.different else ""
