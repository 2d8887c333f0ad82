"""How people spell long numbers and e-mail addresses: the runs of digits in a text, and the addresses.

Three readings. `CERTAIN` is for rules: digits of any script, with blanks, hyphens, dots and invisible characters
between them. `DOORS` is for all that leaves the program: Chinese, circled and raised digits, `(at)` for @, blanks in an
address too. `TYPED` is for what somebody typed, where hiding too much costs nothing: any sign between the parts,
but not the stars of a mask: what stands around it is no number any more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, pairwise

_WORDS = "〇零一二三四五六七八九○幺壹贰叁肆伍陆柒捌玖⓪①②③④⑤⑥⑦⑧⑨⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"
"""Digits that Unicode does not call decimal ones, and what they are worth."""
_WORTH = dict(zip(_WORDS, "00123456789" + "01123456789" + "0123456789" * 3, strict=True))
_LETTERS_UNSEEN = "\u115f\u1160\u3164\uffa0ー"
"""What Unicode calls letters though nothing or only a line is to be seen."""
CERTAIN, DOORS, TYPED = "certain", "doors", "typed"
_EX = "xXｘＸ×✕ХхΧχ"
_GAP = r"[\s\-‐-―−﹣－_./／·•'’()（）\u00ad\u200b-\u200f\u2060\ufeff]{0,3}"
PREFIXES = ("", "0", "86", "086", "0086")
"""What people write before a mobile number."""
_LEFT = (*(rf"{prefix}\d{{3}}" for prefix in PREFIXES), *(rf"\d{{{count}}}" for count in (4, 5, 6)))
"""What a mask leaves at the front, also right behind a name that ends like a digit (李四): too few to be a number."""
_FRONT = "|".join((*(rf"(?<={edge}{left})" for edge in ("^", r"[^\d]") for left in _LEFT), r"(?<=\d\.\d)"))
_MASK = rf"(?:{_FRONT})\*{{4,}}(?:\d{{4}}|\d{{3}}[xX])(?!\d)"
"""The stars of a mask, by what it leaves at the front and at the end; other stars only stand between the digits."""
_BETWEEN = {
    CERTAIN: _GAP,
    DOORS: r"[ \-‐-―−_./·•'’()~#\u200b]{0,6}",
    TYPED: rf"(?:(?!{_MASK})[\W_]){{0,6}}",
}
"""Reading → what may stand between two digits of a run."""
_GROUP = re.compile(rf"\d+|[{_WORDS}]")
_LISTED, _ITEMS = re.compile(r"[,，、;；:：|｜。]"), re.compile(r"[、;；:：。]")
"""What stands between numbers that stand side by side and are not one, and what stands nowhere else."""

_MAIL = (
    r"(?:[A-Za-z0-9._%+\-０-９Ａ-Ｚａ-ｚ．＿－]+|(?<![*＊\s]))\s?(?P<at>[@＠])\s?"
    r"(?P<host>(?:[A-Za-z0-9\-０-９Ａ-Ｚａ-ｚ－]+[.．])+[A-Za-zＡ-Ｚａ-ｚ]{2,})"
)
_ASCII, _LABEL = r"[A-Za-z0-9._%+\-'&/=?^~!$\u200b]", r"[\w\-\u200b]+"
_APART = r"(?<![A-Za-z0-9])[A-Za-z0-9](?: [A-Za-z0-9])+"
_SAID_AT = r"[艾爱][特忒]|圈[aA]|(?<=[ *])[aA][tT](?= )"
_SAID_DOT = r"[点點](?= ?[A-Za-z]{2})|(?<= )[dD][oO][tT](?= ?[A-Za-z])"
"""The words for @ and for the dot, as people say an address."""
_AT = rf"@|#(?= ?[\w\-]+ ?\. ?[A-Za-z]{{2}})|[(\[{{<【] ?[aA][tT] ?[)\]}}>】]|{_SAID_AT}"
_DOT = rf"\.|[,。](?= ?[A-Za-z])|[(\[{{<【] ?[dD][oO][tT] ?[)\]}}>】]|{_SAID_DOT}"
_WIDE_MAIL = (
    rf"(?:{_APART}|\"[^\"\n]{{1,60}}\"|{_ASCII}+|[㐀-鿿]{{1,8}}|(?<![*＊\s]))[ \u200b]{{0,3}}"
    rf"(?P<at>{_AT})(?P<host>[ \u200b]{{0,3}}(?:\[?\d{{1,3}}(?:\.\d{{1,3}}){{3}}|(?:{_APART}|{_LABEL})"
    rf"(?:[ \u200b]{{0,3}}(?:{_DOT})[ \u200b]{{0,3}}(?:{_APART}|{_LABEL}))+))"
)
_BRACKETED_AT = r"[(（\[［【{｛<＜\s]\s?[aAａＡ][tTｔＴ]\s?[)）\]］】}｝>＞\s]"
_MAYBE = re.compile(
    rf"[@＠﹫#＃]|{_BRACKETED_AT}|[艾爱][特忒]|圈[aAａＡ]"
    rf"|(?:[\d{_WORDS}][^\d{_WORDS}]{{0,6}}){{9}}[\d{_WORDS}]"
)


def maybe(text: str) -> bool:
    """Whether a long number or an address may stand in a text: a quick look that most texts do not pass.

    >>> maybe("R001"), maybe("138 1234 5678"), maybe("一三八一二三四五六七八")
    (False, True, True)
    """
    return _MAYBE.search(text) is not None


def plain_digits(text: str) -> str:
    """Digits of any script as ASCII.

    >>> plain_digits("１३8"), plain_digits("幺叁⑧")
    ('138', '138')
    """
    return text if text.isascii() else "".join(_WORTH.get(one) or str(int(one)) for one in text)


def addresses(text: str, reading: str) -> Iterator[tuple[int, int, str, str]]:
    """The e-mail addresses in a text: where each begins and ends, its @ as it stands there, and what follows it.

    >>> list(addresses("见wang@qq.com", CERTAIN)), list(addresses("w a n g (at) qq . com", TYPED))
    ([(1, 12, '@', 'qq.com')], [(0, 21, '(at)', ' qq . com')])
    """
    for found in _mail(reading).finditer(text if reading == CERTAIN else _shadow(text)):
        yield *found.span(), text[slice(*found.span("at"))], text[slice(*found.span("host"))]


def runs(text: str, reading: str) -> Iterator[Run]:
    """The runs of eleven digits and more."""
    for found in _run(reading).finditer(text if reading == CERTAIN else _shadow(text)):
        yield Run(text, *found.span(), reading)


@cache
def _run(reading: str) -> re.Pattern[str]:
    """Compiled at need: most commands look for no number in what they say."""
    gap = _BETWEEN[reading]
    return re.compile(rf"\d(?:{gap}\d){{10,}}(?:{gap}[{_EX}])?")


@cache
def _mail(reading: str) -> re.Pattern[str]:
    return re.compile(_MAIL if reading == CERTAIN else _WIDE_MAIL)


def _shadow(text: str) -> str:
    """The text with each character as what it is meant for: digits, letters and signs in ASCII, one kind of blank.

    >>> _shadow("ｗa\u2060ng＠qq．ｃom"), _shadow("一三８\u3000①")
    ('wa\\u200bng@qq.com', '138 1')
    """
    return "".join(map(_meant, text))


@cache
def _meant(one: str) -> str:
    if one in _WORTH:
        return _WORTH[one]
    if one in _LETTERS_UNSEEN or one.isspace():
        return " "
    if unicodedata.category(one) in ("Cf", "Mn", "Me", "Cc"):
        return "\u200b"
    same = unicodedata.normalize("NFKC", one)
    return same if len(same) == 1 else one


class Run:
    """Digits in groups.

    Args:
        text: where they stand, from `start` to `end`.
        reading: which one found them.

    Attributes:
        digits: all of them in ASCII; a final X is one of them.
        places: the place of each in the text.
        starts: where groups begin, counted in digits.
        ends: where groups end.
        dotted: beginnings of groups that stand right after a digit and a dot.
        lengths: beginning of a group → how many digits it has.
    """

    def __init__(self, text: str, start: int, end: int, reading: str) -> None:
        self.start, self.end, self.reading = start, end, reading
        groups = list(_GROUP.finditer(text, start, end))
        last = text[end - 1]
        self.places = [place for one in groups for place in range(*one.span())]
        self.digits = plain_digits("".join(one[0] for one in groups))
        lengths = [len(one[0]) for one in groups]
        self.starts = [0, *accumulate(lengths[:-1])]
        self.ends = set(accumulate(lengths))
        self.ex = last in _EX
        if self.ex:
            self.places.append(end - 1)
            self.digits += "X"
        between = [text[one.end() : other.start()] for one, other in pairwise(groups)]
        gaps = dict(zip(self.starts[1:], between, strict=True))
        self.dotted = {at: gap in (".", "．") for at, gap in gaps.items()}
        self.lengths = dict(zip(self.starts, lengths, strict=True))
        self._cuts = {at for at, gap in gaps.items() if gap}
        self._listed = {at: bool(_ITEMS.search(gap)) for at, gap in gaps.items() if _LISTED.search(gap)}

    def cuts(self, start: int, end: int) -> set[int]:
        """Where something stands between the digits from start to end, counted from the first."""
        return {edge - start for edge in self._cuts if start < edge < end}

    def listed(self, start: int, end: int) -> bool:
        """Whether what stands there stands between the items of a list too."""
        return any(start < edge < end for edge in self._listed)

    def items(self, start: int, end: int) -> bool:
        """Whether what stands there stands nowhere else."""
        return any(items and start < edge < end for edge, items in self._listed.items())

    def closed(self, end: int) -> bool:
        """Whether a number may end here: at the end of a group, or behind the X after one."""
        return end in self.ends or (self.ex and end == len(self.digits))
