"""Text and choice cells: what people see, without what they cannot see.

Answers are (value, problem code or "", repair code or "").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta

from toolkit.reading.dates import iso
from toolkit.reading.normal import INVISIBLE, compact

Answer = tuple[object, str, str]

PRECISION_LOST, TOO_LONG, BECAME_DATE = "C003", "C011", "C024"
TYPED_FORMULA, DISGUISED, ERROR = "C037", "C042", "C006"
CLEANED, SPELLING, YES_NO, JOINED = "R001", "R008", "R009", "R012"

_PLAIN = " -~一-鿿·—‘’“”…、。《》〈〉【】（），：；！？㐀-䶿"
CLEAN = re.compile(rf"(?! )[{_PLAIN}]*(?<! )")
"""Text that needs no second look: ASCII, common ideographs and Chinese punctuation, no blank at an end."""
SEAM = "\x1f"
_CLEAN_COLUMN = re.compile(rf"[{_PLAIN}{SEAM}]*")

_SCIENTIFIC = re.compile(r"\d\.\d+[Ee]\+\d{2}")
_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_COMPATIBLE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")
_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t]")
_NAME_WITH_GAP = re.compile("([㐀-䶿一-鿿])[ ]+([㐀-䶿一-鿿])")
_BREAKS = re.compile(r"[ ]*[\r\n]+[ ]*")
_FORMULA = re.compile(r"=\s*(?:[A-Za-z_.]+\(|[$']?[A-Za-z]{1,3}\$?[0-9]|[-+]?[0-9(\"])")
_DISGUISES = re.compile("\u202e\\s*[^\\s\u202c]|[\u0334-\u0338\u20d2-\u20df\u20e5\u20e6\u20ea-\u20ef]")
"""Characters that turn what follows them round, or are drawn over the one before."""
_ESCAPED = re.compile("_x[0-9A-Fa-f]{4}_")
"""A character as .xlsx files may write it (_x7532_): Excel shows 甲, others what is written."""
_NAMES = "n/?a(?: n/?a)?|ref|name|value|null|num|div/0|spill|calc|field|getting_data"
_ERROR = re.compile(f"=?#(?:[A-Z0-9/_]+[!?]|(?i:{_NAMES})[!?！？]?|[一-鿿]{{1,4}}[!?！？])|#{{3,}}|Err:[0-9]{{3}}")
"""What programs show for an error, and what they keep of it when it is pasted as a text."""
_ERROR_STARTS = ("#", "=", "E")
_CELL_LIMIT = 32_767
_SHORT = 40


def parse_text(value: object) -> Answer:
    """The text of a cell; numbers as they are shown, true and false as Excel writes them.

    >>> parse_text("李　四"), parse_text(12.0), parse_text(-0.0), parse_text(110101199001011008.0)
    (('李四', '', 'R001'), ('12', '', ''), ('0', '', ''), (None, 'C003', ''))
    """
    kind = value.__class__
    if kind is str:
        return _text(value)  # type: ignore[arg-type]
    if kind is bool:
        return ("TRUE" if value else "FALSE"), "", ""
    if kind is float or kind is int:
        if value != value or abs(value) >= 1e15:  # type: ignore[arg-type, operator]
            return None, PRECISION_LOST, ""
        return f"{value + 0:.15g}", "", ""  # type: ignore[operator]
    if isinstance(value, date | time | timedelta):
        return iso(value), BECAME_DATE, ""
    return str(value), "", ""


def parse_printed(value: object) -> Answer:
    """The text of a cell that was issued filled in: as it is, without blanks at its ends.

    >>> parse_printed("加强：\\n1. 学习 ")
    ('加强：\\n1. 学习', '', '')
    """
    return (value.strip() or None, "", "") if value.__class__ is str else parse_text(value)  # type: ignore[union-attr]


def _text(text: str) -> Answer:
    if text[:1] == "=" and _FORMULA.match(text):
        return text, TYPED_FORMULA, ""
    if text[:1] in _ERROR_STARTS and _ERROR.fullmatch(text):
        return None, ERROR, ""
    if "_x" in text and _ESCAPED.search(text):
        return text, DISGUISED, ""
    if CLEAN.fullmatch(text) and len(text) < 1000:
        return (None, PRECISION_LOST, "") if _SCIENTIFIC.fullmatch(text) else (text or None, "", "")
    if len(text.encode("utf-16-le")) // 2 > _CELL_LIMIT:
        return None, TOO_LONG, ""
    clean = tidy(text)
    if clean[:1] in _ERROR_STARTS and _ERROR.fullmatch(clean):
        return None, ERROR, ""
    if _SCIENTIFIC.fullmatch(clean):
        return None, PRECISION_LOST, ""
    if _DISGUISES.search(unicodedata.normalize("NFC", text)):
        return clean or None, DISGUISED, ""
    repair = "" if clean == text else JOINED if "\n" in text and "\n" not in clean else CLEANED
    return clean or None, "", repair if clean else ""


def all_clean(texts: Sequence[str]) -> bool:
    """Whether none of the texts needs a second look, found out in one go.

    >>> all_clean(["市教育局", "", "A-1"]), all_clean(["市教育局 ", "A"]), all_clean(["Ａ"])
    (True, False, False)
    """
    column = f"{SEAM}{SEAM.join(texts)}{SEAM}"
    return (
        column.count(SEAM) == len(texts) + 1
        and _CLEAN_COLUMN.fullmatch(column) is not None
        and f" {SEAM}" not in column
        and f"{SEAM} " not in column
        and f"{SEAM}=" not in column
        and f"{SEAM}#" not in column
        and f"{SEAM}Err:" not in column
        and not _SCIENTIFIC.search(column)
        and ("_x" not in column or not _ESCAPED.search(column))
        and (len(column) <= _CELL_LIMIT or all(len(text) <= _CELL_LIMIT for text in texts))
    )


def tidy(text: str) -> str:
    """Full-width letters and digits narrow, invisible characters gone, blanks inside a short name gone.

    >>> tidy(" ＡＢ１２\\u200b（甲） "), tidy("王 五"), tidy("市教\\n育局")
    ('AB12（甲）', '王五', '市教育局')
    """
    text = INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _BLANKS.sub(" ", unicodedata.normalize("NFC", text.translate(_WIDE))).strip()
    text = _COMPATIBLE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    if "\n" in text and len(text) <= _SHORT:
        text = _BREAKS.sub(" ", text)
        text = re.sub("(?<=[㐀-鿿（）]) (?=[㐀-鿿（）])", "", text)
    return _NAME_WITH_GAP.sub(r"\1\2", text) if _NAME_WITH_GAP.fullmatch(text) else text


class Choices:
    """The parser of a choice column: the listed spelling when exactly one matches, else the text as it is.

    Args:
        choices: the allowed values.
        words: the vocabulary; its yes and no words count where the list is 是 and 否.
    """

    def __init__(self, choices: Iterable[str], words: Mapping[str, Iterable[str]]) -> None:
        self.choices = tuple(choices)
        self._by_form: dict[str, str | None] = {}
        for choice in self.choices:
            for form in {compact(choice), _bare(choice)}:
                self._by_form[form] = None if form in self._by_form else choice
        self._marks: dict[str, str] = {}
        if set(self.choices) == {"是", "否"}:
            self._marks = {compact(w): "是" for w in words["yes_words"]}
            self._marks |= {compact(w): "否" for w in words["no_words"]}

    def parse(self, value: object) -> Answer:
        """The listed value.

        >>> Choices(["国有企业", "村（社区）"], {}).parse("村 (社区)")
        ('村（社区）', '', 'R008')
        """
        if value.__class__ is bool:
            value = "TRUE" if value else "FALSE"
        text, problem, repair = parse_text(value)
        if problem or text is None or text in self.choices:
            return text, problem, repair
        form = compact(text)  # type: ignore[arg-type]
        if form in self._marks:
            return self._marks[form], "", YES_NO
        listed = self._by_form.get(form) or self._by_form.get(_bare(form))
        return (listed, "", SPELLING) if listed else (text, "", repair)


def _bare(text: str) -> str:
    """A choice without brackets' kinds, blanks and punctuation between words."""
    return re.sub(r"[、,，/／;；。.·\-—()（）]", "", compact(text))
