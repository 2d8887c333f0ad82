"""How alike two short texts are: what somebody typed, and what the list or the form has."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

_LIKELY, _MARGIN = 0.6, 0.2


def alike(typed: str, known: str) -> float:
    """From 0 to 1: the share of the characters that both have in the same order; blanks do not count.

    >>> alike("副书 记", "副书记"), alike("省长", "副书记")
    (1.0, 0.0)
    """
    return SequenceMatcher(None, _bare(typed), _bare(known), autojunk=False).ratio()


def by_likeness(typed: str, choices: Sequence[str]) -> list[str]:
    """The choices, those most alike first; equally alike ones in the order of the list.

    >>> by_likeness("支部书记", ("委员", "副书记", "书记"))
    ['书记', '副书记', '委员']
    """
    return sorted(choices, key=lambda choice: -alike(typed, choice))


def nearest(typed: str, choices: Sequence[str]) -> str:
    """The choice that is meant when one is clearly nearer than all others, otherwise "".

    >>> nearest("委员们", ("书记", "副书记", "委员")), nearest("支部书记", ("书记", "副书记", "委员"))
    ('委员', '')
    """
    ranked = [(alike(typed, choice), choice) for choice in by_likeness(typed, choices)]
    if not ranked or ranked[0][0] < _LIKELY:
        return ""
    clear = len(ranked) == 1 or ranked[0][0] == 1 or ranked[0][0] - ranked[1][0] >= _MARGIN
    return ranked[0][1] if clear else ""


def _bare(text: str) -> str:
    return "".join(text.split())
