"""What people write where nothing is to be written: 无, 暂无, —, ///, and N/A where a number or a day belongs.

One owner for every place that asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from toolkit.reading.normal import compact
from toolkit.reading.words import empty_signs, empty_words, vocabulary


class Nothing:
    """The words and signs for nothing in cells of one type.

    Args:
        kind: type of a column.
        words: the vocabulary.
        listed: what a code list holds; there the word is a value.
    """

    def __init__(self, kind: str, words: Mapping[str, Sequence[str]], listed: Iterable[str] = ()) -> None:
        known = {compact(one).lower() for one in listed}
        self.words = frozenset({compact(word).lower() for word in empty_words(kind, words)} - known)
        signs = "".join(map(compact, empty_signs(kind, words)))
        self.signs = "" if any(one and not one.strip(signs) for one in known) else signs

    def meant_by(self, form: str) -> bool:
        """Whether a compacted text means nothing; what is empty says nothing at all.

        >>> nothing = Nothing("text", vocabulary())
        >>> [nothing.meant_by(text) for text in ("暂无", "———", "-/-", "不详", "无锡", "")]
        [True, True, True, True, False, False]
        """
        return bool(form) and (form.lower() in self.words or not form.strip(self.signs))

    def starts(self, least: int) -> frozenset[str]:
        """First characters of what may mean nothing and has so many characters or more."""
        return frozenset(self.signs) | {
            form for word in self.words if len(word) >= least for form in (word[0], word[0].upper())
        }


@cache
def _in_texts() -> Nothing:
    return Nothing("text", vocabulary())


def said(text: str) -> str:
    """A text, "" when it only says that there is nothing to say.

    >>> said("/"), said("不详"), said("八月调往省厅")
    ('', '', '八月调往省厅')
    """
    return "" if _in_texts().meant_by(compact(text)) else text
