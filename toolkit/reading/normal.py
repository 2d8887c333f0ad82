"""Labels and words reduced to what people mean by them: width, blanks and additions removed."""

from __future__ import annotations

import re
import unicodedata

from toolkit.model.characters import IGNORED, VARIANT

INVISIBLE = re.compile(rf"[{IGNORED}\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f]|{VARIANT}")
"""What nobody sees and what steers."""
_BLANK = re.compile(r"\s+")
_BRACKETS = re.compile(r"[(\[【〔<][^()\[\]【】〔〕<>]*[)\]】〕>]")
_EDGE = re.compile(r"^[*#★▲●□]+|[*#★▲●:：,，.。、]+$")
_LIMIT = 20_000
_compact: dict[str, str] = {}
_label: dict[str, str] = {}


def compact(text: str) -> str:
    """The text in NFKC without blanks, line breaks and invisible characters.

    >>> compact("姓　名\\n（必填）")
    '姓名(必填)'
    """
    found = _compact.get(text)
    if found is None:
        found = _BLANK.sub("", INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
        _remember(_compact, text, found)
    return found


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_NAMED_BLANKS = "\t\n\r\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_UNSEEN = re.compile("[\u00ad\u200b-\u200e\u2060\u2064\ufeff]")
_SIGNS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63"), "-")
_NARROW = _WIDE | _SIGNS | {0xFFE5: "\xa5"}
BLANKS = re.compile(f"[{_NAMED_BLANKS}]+")
"""Blanks that the reader knows by name."""


def narrow(text: str) -> str:
    """Figures as they are seen: full-width forms and named dashes in ASCII, characters of no width gone.

    Nothing else is turned into anything, so that a footnote mark (8①, 1²) can never become a digit.

    >>> narrow("１２－３"), narrow("8①"), narrow("1²"), narrow("٣")
    ('12-3', '8①', '1²', '٣')
    """
    return _UNSEEN.sub("", text).translate(_NARROW)


def solid(text: str) -> str:
    """The same without the blanks that have a name.

    >>> solid(" 1 200　元")
    '1200元'
    """
    return BLANKS.sub("", narrow(text))


def label(text: str) -> str:
    """The label without bracketed additions, required marks and final punctuation.

    >>> label("姓 名（必填）*")
    '姓名'
    >>> label("转正日期（党龄起算日）：")
    '转正日期'
    """
    found = _label.get(text)
    if found is None:
        bare, before = compact(text), ""
        while bare != before:
            before = bare
            bare = _EDGE.sub("", _BRACKETS.sub("", bare))
        found = bare or compact(text)
        _remember(_label, text, found)
    return found


_NUMBERING = re.compile(r"^(?:附?[表件]?\d{1,2}[.、．-]?|[一二三四五六七八九十]{1,3}[、.])")
_COPY = re.compile(r"(?:\(\d{1,2}\)|-?副本(?:\(\d+\))?|-?复制|-表格\d{1,2}|-[Tt]able\d{1,2})+$")


def title(text: str) -> str:
    """The title of a sheet without numbering, copy marks, what Apple's Numbers adds, and a final 表.

    >>> title("3. 任职与补贴表 (2)"), title("封面 - 表格 1")
    ('任职与补贴', '封面')
    """
    bare = _COPY.sub("", _NUMBERING.sub("", compact(text)))
    if bare.endswith("表") and len(bare) > 3:
        bare = bare[:-1]
    return bare or compact(text)


def is_copy(text: str) -> bool:
    """Whether a sheet's title says that it is a copy.

    >>> is_copy("任职与补贴 (2)")
    True
    """
    return bool(_COPY.search(compact(text)))


def _remember(store: dict[str, str], key: str, value: str) -> None:
    if len(store) > _LIMIT:
        store.clear()
    if len(key) <= 100:
        store[key] = value
