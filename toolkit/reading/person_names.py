"""Cells with the name of a person: the name as it is printed; several persons, or more than a name, are said."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence

from toolkit.model.people import DOT, printed
from toolkit.reading.texts import Answer, parse_text

SEVERAL, MORE, REPRINTED = "C036", "C041", "R015"

_HAN = "[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff〇]"
_ONE = re.compile(f"{_HAN}{{2,4}}")
_DOTTED = re.compile(f"{_HAN}+(?:{DOT}{_HAN}+)+")
_ONE_SIGN = re.compile(_HAN)
_BETWEEN, _OPENING = "、,，;；/／|\\&＆+＋~～", "(（[【〔"
_SIGNS = re.compile(rf"\s*[\r\n{re.escape(_BETWEEN)}]+\s*|(?=[①-⑳])")
_GAPS, _WIDE_GAPS = re.compile(r"\s+"), re.compile(r"\s{2,}")
_NUMBER = re.compile(r"^(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、．)）]\s*|^[①-⑳]\s*")
_BRACKETS = re.compile(rf"\s*[{re.escape(_OPENING)}][^)）\]】〕]*[)）\]】〕]\s*$")
BESIDE_NAMES = _BETWEEN + _OPENING
"""Signs between the names of two persons, and those that open what is written behind a name."""
_MOST = 4
"""Characters of the longest Chinese name."""


class Names:
    """The parser of a column of names.

    Args:
        words: the vocabulary.
    """

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        titles, notes = ("|".join(map(re.escape, words[key])) for key in ("name_titles", "name_notes"))
        joints = sorted(words["name_joints"], key=len, reverse=True)
        self._joined = [re.compile(f"({_HAN}{{2,4}}){joint}({_HAN}{{2,4}})") for joint in joints]
        self._titled = re.compile(rf"(.*{_HAN}{_HAN})(?:(?:{titles})(?:\d+[人名位])?|\s+(?:{notes}))")
        self._double = frozenset(words["double_surnames"])

    def parse(self, value: object) -> Answer:
        """The name of a person, written as it is printed everywhere.

        >>> from toolkit.reading.words import vocabulary
        >>> names = Names(vocabulary())
        >>> names.parse("赵 淑珍"), names.parse("赵淑珍"), names.parse("买买提•艾力")
        (('赵淑珍', '', 'R015'), ('赵淑珍', '', ''), ('买买提·艾力', '', 'R015'))
        >>> names.parse("张三和李四平"), names.parse("方琴达（代）")
        (('张三、李四平', 'C036', ''), ('方琴达（代）', 'C041', ''))
        """
        if value.__class__ is str:
            if len(value) < _MOST and _ONE.fullmatch(value):  # type: ignore[arg-type]
                return value, "", ""
            if people := self.several(value):  # type: ignore[arg-type]
                return "、".join(people), SEVERAL, ""
        text, problem, repair = parse_text(value)
        name = printed(text) if text.__class__ is str else text  # type: ignore[arg-type]
        if not problem and name.__class__ is str:
            problem = self._doubt(html.unescape(str(value)).strip(), name)  # type: ignore[arg-type]
            if problem:
                return name, problem, ""
        return (text, problem, repair) if name == text else (name or None, problem, REPRINTED)

    def several(self, text: str) -> list[str]:
        """The names in a cell that looks like more than one person; empty for one.

        >>> from toolkit.reading.words import vocabulary
        >>> several = Names(vocabulary()).several
        >>> several("曹仁来\\n王建国"), several("李四/王五（代）"), several("张三 李四"), several("张三、李四和王五")
        (['曹仁来', '王建国'], ['李四', '王五'], ['张三', '李四'], ['张三', '李四', '王五'])
        >>> several("赵 淑珍"), several("欧阳 修文"), several("买买提·艾力 江"), several("张 三"), several("欧阳和平")
        ([], [], [], [], [])
        """
        text = html.unescape(text).strip()
        parts = [name for part in _SIGNS.split(text) for name in self._parted(_NUMBER.sub("", part))]
        if len(parts) < 2:
            parts = self._by_gaps(text)
        names = [name for part in parts if (name := printed(self._bare(_NUMBER.sub("", part))))]
        return (
            names if len(names) > 1 and all(_ONE.fullmatch(name) or _DOTTED.fullmatch(name) for name in names) else []
        )

    def _parted(self, text: str) -> Sequence[str]:
        """The names on both sides of 和; whole names between blanks first, since 蔡和峰 is one."""
        if all(map(_ONE.fullmatch, gaps := _GAPS.split(text.strip()))) and len(gaps) > 1:
            return self._by_gaps(text) or (text,)
        bare = printed(self._bare(text))
        found = next(filter(None, (joined.fullmatch(bare) for joined in self._joined)), None)
        return found.groups() if found else (text,)

    def _by_gaps(self, text: str) -> list[str]:
        """The names between blanks: two or more of whole length, or more characters than a name has."""
        if DOT in printed(text):
            return []
        wide = _WIDE_GAPS.split(text)
        parts = wide if len(wide) > 1 and all(map(_ONE.fullmatch, map(printed, wide))) else _GAPS.split(text)
        if len(parts) == 2 and parts[0] in self._double and len(parts[1]) <= 2:
            return []
        return parts

    def _bare(self, text: str) -> str:
        """A name without what is written behind it."""
        bare = _BRACKETS.sub("", text)
        found = self._titled.fullmatch(bare)
        return found[1] if found and len(printed(bare)) >= _MOST else bare

    def _doubt(self, typed: str, name: str) -> str:
        """The code of what else than one name a cell holds: brackets, a title, figures, signs; "" for nothing."""
        if self._bare(typed) != typed:
            return MORE
        chinese = all(map(_is_han, filter(str.isalpha, name)))
        if any(map(_no_name if chinese else _strange, name)) or DOT in (name[:1], name[-1:]):
            return MORE
        return SEVERAL if chinese and DOT not in name and len(name) > _MOST and _GAPS.search(typed) else ""


def _is_han(char: str) -> bool:
    return _ONE_SIGN.fullmatch(char) is not None


def _no_name(char: str) -> bool:
    """Whether a sign stands in no Chinese name."""
    return char not in (DOT, " ") and not _is_han(char) and unicodedata.category(char)[0] != "L"


def _strange(char: str) -> bool:
    """Whether a sign stands in no name of any script: figures, brackets, strokes."""
    return char in "/\\" or unicodedata.category(char) in ("Nd", "No", "Ps", "Pe", "Sm", "So")
