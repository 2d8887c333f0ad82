"""What 达标率 and 总评 mean, in plain words, as they are printed once in a book."""

from __future__ import annotations

from toolkit.model.figures import Figures
from toolkit.summary.labels import words


def definitions(figures: Figures) -> list[str]:
    """The definitions with the numbers of the policy."""
    terms = {"hard": figures.terms.hard, "open": figures.terms.open, "soft": figures.terms.soft}
    return [text.format(**terms) for text in words().definitions]


def unset_sentence(figures: Figures) -> list[str]:
    """Which open parameters leave which clauses 未评, and what to do; nothing when there are none."""
    common = words().common
    items = [
        common["unset_one"].format(title=title, clauses="、".join(figures.waiting.get(name, ())))
        for name, title in figures.unset.items()
    ]
    return [common["unset"].format(items="，".join(items))] if items else []
