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
_FIGURE = r"[¥$]?\d[\d.,]*(?:%|[一-鿿]{0,2})"
_AROUND = re.compile(r"^[^\w¥$(\[【〔]+|[^\w)\]】〕%]+$|(?<=[一-鿿])[^\w¥$()\[\]【】〔〕]+(?=[一-鿿])")
"""Signs that people draw around a label or between its characters: →合计←, 合-计, "合计"."""
_NEAR = "(?:约|近|为|共|计|是)?"
_OF = "人名位元圆圓"
"""What loose labels count: 以上4人."""
_MANY = re.compile(r"\d|[元圆圓人名]")
_NUMERALS = "[零〇一二两三四五六七八九十百千壹贰貳叁參肆伍陆陸柒捌玖拾佰仟]+"


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
        rates = self._one_of(words["total_rates"])
        units, money = self._one_of(words["number_units"]), f"(?:{self._one_of(words['amount_words'])})+"
        figure = f"(?:{_FIGURE}|{_NUMERALS}(?:{units}))"
        tail = f"{_BRACKETS}[:]?(?:共?{figure}|{money}|[-—]+)?{_BRACKETS}"
        number = r"(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})[.、])?"
        sure, loose = (
            f"{number}(?:{lead})*(?:{total})+(?:{noun})?",
            f".{{0,{_LONGEST_LEAD}}}?(?:{total}|{rates})(?:{noun})?",
        )
        some = f"(?:{lead})*[一-鿿]{{0,4}}?(?:共有?|现有)[一-鿿]{{0,4}}|(?:{noun}):"
        self._sure = re.compile(sure + tail, re.I)
        self._counted = re.compile(rf"(?:{lead})*(?:{total}|共有?|合共)+{figure}", re.I)
        self._perhaps = re.compile(
            rf"{loose}{tail}|(?:{lead})*(?:{short}){tail}|(?:{total})(?:{noun})?(?:,不?|不)(?:含|包括).*", re.I
        )
        dressed = f"{_BRACKETS}[:=]?{_NEAR}"
        heads = (
            (SURE, sure, ""),
            (PERHAPS, f"{loose}|(?:{lead})*(?:{short})", ""),
            (PERHAPS, f"(?:{lead})+|{some}", _OF),
        )
        self._heads = [(said, re.compile(rf"(?:{head}){dressed}", re.I), of) for said, head, of in heads]
        self._figure = re.compile(f"(?:{figure}|{money})")
        one = f"(?:{figure}|{money})(?:[一-鿿]{{1,3}}$)?"
        self._first, self._next = re.compile(one), re.compile(rf"[,、;和及/]?[一-鿿]{{0,4}}?:?{one}")
        self._each = re.compile(r"其中(?::.{0,10}|.{0,2})|(?:[一-鿿]{1,4}:?\d+[人名个元][,、;]?){2,}")
        words_of = rf"(?:[一-鿿]{{0,4}}[(]?[大小]写[)]?)?:?(?:人民币|¥|\$)?(?=.{{3,}}[元圆圓整正角分]){money}"
        self._money = re.compile(rf"{words_of}|[¥$]\d[\d.,]*元?整?|\d[\d.,]*元整")
        notes = self._one_of(words["note_words"])
        self._note = re.compile(rf"(?:{notes})(?:\([^)]*\))?(?:[:：]|\d[.、]|$)")
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
        >>> [labels.of(text) for text in ("合计：男3人，女1人", "“合计”", "共4人3840元", "叁佰元整", "占比")]
        ['sure', 'sure', 'perhaps', 'perhaps', 'perhaps']
        >>> labels.of("数据汇总支部"), labels.of("总工会支部"), labels.of("合计划处支部1")
        ('', '', '')
        """
        found = self._memo.get(cell)
        if found is None:
            if len(self._memo) > _MEMO_LIMIT:
                self._memo.clear()
            found = self._memo[cell] = self._judged(compact(cell)) if len(cell) <= _LONGEST else self._noted(cell)
        return found

    def _judged(self, form: str) -> str:
        form = _WHOLE.sub(r"\1", form) if _WHOLE.fullmatch(form) else form
        bare = _AROUND.sub("", form)
        if self._sure.fullmatch(form) or self._counted.fullmatch(form) or self._sure.fullmatch(bare):
            return SURE
        if _MANY.search(form) and (counted := self._counts(form)):
            return counted
        loose = (self._perhaps, self._money, self._each)
        return PERHAPS if any(one.fullmatch(text) for one in loose for text in (form, bare)) else self._noted(form)

    def _counts(self, form: str) -> str:
        """What a label says before figures of any number: 合计4人、3840元; or figures of people and money alone."""
        for cut in range(1, min(len(form), _LONGEST_LEAD)):
            if self._are_figures(form, cut, named=form[cut - 1] in ":="):
                for meaning, head, of in self._heads:
                    if head.fullmatch(form, 0, cut) and any(sign in form[cut:] for sign in of or form[cut:]):
                        return meaning
        return ""

    def _are_figures(self, form: str, at: int, *, named: bool) -> bool:
        """Whether the rest of a label is nothing but figures; the first one has a name only where one is expected."""
        item = self._next if named else self._first
        while found := item.match(form, at):
            at, item = found.end(), self._next
        return at == len(form)

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
