"""What the first words of a row say of it: that it is a total, a note or a signature, in whatever spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from toolkit.reading.normal import compact

SURE, PERHAPS, NOTED = "sure", "perhaps", "noted"
"""A total; a total where the row holds numbers only; a note where the row holds little else."""

_FIRST = ("total_words", "total_leads", "note_words")
_LONGEST_LEAD, _LONGEST, _MEMO_LIMIT = 20, 60, 20_000
_WHOLE = re.compile(r"[(\[【〔<《]([^)\]】〕>》]*)[)\]】〕>》]")
_BRACKETS = r"(?:[(\[【〔][^)\]】〕]*[)\]】〕])*"
_FIGURE = r"[¥$]?\d[\d.,]*[一-鿿]{0,2}"
_NUMERALS = "[零〇一二两三四五六七八九十百千]+"


class Labels:
    """Tells the labels of rows that are no data from what stands in data.

    Args:
        words: the vocabulary.
    """

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._old: dict[str, str] = {}
        for old, new in words["traditional"]:
            self._old[new] = self._old.get(new, "") + old
        total, lead, noun, short = (
            self._one_of(words[key]) for key in ("total_words", "total_leads", "total_nouns", "total_short")
        )
        figure = f"(?:{_FIGURE}|{_NUMERALS}(?:{self._one_of(words['number_units'])}))"
        amount = f"(?:{self._one_of(words['amount_words'])})+"
        tail = f"{_BRACKETS}[:]?(?:共?{figure}|{amount}|[-—]+)?{_BRACKETS}"
        number = r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})[.、])?"
        self._sure = re.compile(rf"{number}(?:{lead})*(?:{total})+(?:{noun})?{tail}", re.I)
        self._counted = re.compile(rf"(?:{lead})*(?:{total}|共有?|合共)+{figure}", re.I)
        self._perhaps = re.compile(
            rf".{{0,{_LONGEST_LEAD}}}?(?:{total})(?:{noun})?{tail}|(?:{lead})*(?:{short}){tail}", re.I
        )
        notes = self._one_of(words["note_words"])
        self._note = re.compile(rf"(?:{notes})(?:\([^)]*\))?(?:[:：]|\d[.、]|$)")
        self._figure = re.compile(rf"(?:{figure}|{amount})")
        starts = {word[0] for key in _FIRST for word in words[key]}
        self._starts = frozenset(form for char in starts for form in (char, char.upper()))
        self._memo: dict[str, str] = {}

    def _one_of(self, words: Iterable[str]) -> str:
        """A pattern of the words, the longest first, each character in both scripts."""
        forms = sorted({compact(word) for word in words}, key=lambda word: (-len(word), word))
        return "|".join("".join(map(self._both, form)) for form in forms)

    def _both(self, char: str) -> str:
        return f"[{char}{self._old[char]}]" if char in self._old else re.escape(char)

    def may_be(self, cell: str) -> bool:
        """Whether a text needs a look; codes and numbers do not."""
        return not cell.isascii() or cell[0] in self._starts or cell[0] <= " "

    def of(self, cell: str) -> str:
        """SURE, PERHAPS, NOTED or "".

        >>> from toolkit.reading.words import vocabulary
        >>> labels = Labels(vocabulary())
        >>> [labels.of(text) for text in ("小計", "∑：", "合计（大写）：叁仟元整", "共计 3 人", "总 计", "机关汇总")]
        ['sure', 'sure', 'sure', 'sure', 'sure', 'perhaps']
        >>> labels.of("数据汇总支部"), labels.of("总工会支部")
        ('', '')
        """
        found = self._memo.get(cell)
        if found is None:
            if len(self._memo) > _MEMO_LIMIT:
                self._memo.clear()
            found = self._memo[cell] = self._judged(compact(cell)) if len(cell) <= _LONGEST else self._noted(cell)
        return found

    def _judged(self, form: str) -> str:
        form = _WHOLE.sub(r"\1", form) if _WHOLE.fullmatch(form) else form
        if self._sure.fullmatch(form) or self._counted.fullmatch(form):
            return SURE
        return PERHAPS if self._perhaps.fullmatch(form) else self._noted(form)

    def _noted(self, form: str) -> str:
        return NOTED if self._note.match(compact(form)) else ""

    def is_figure(self, cell: str) -> bool:
        """Whether a text is a figure, in digits with a unit or in words.

        >>> from toolkit.reading.words import vocabulary
        >>> Labels(vocabulary()).is_figure("叁仟元整"), Labels(vocabulary()).is_figure("王叁")
        (True, False)
        """
        return self._figure.fullmatch(compact(cell)) is not None


def spellings(words: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Labels that are totals for sure, in both scripts, for the workbook's own check.

    >>> from toolkit.reading.words import vocabulary
    >>> {"合计", "合計", "本页小计", "本頁小計"} <= set(spellings(vocabulary()))
    True
    """
    old = str.maketrans({pair[1]: pair[0] for pair in reversed(words["traditional"])})
    plain = [lead + word for lead in ("", *words["total_leads"]) for word in words["total_words"]]
    return tuple(dict.fromkeys(form for text in plain for form in (text, text.translate(old))))
