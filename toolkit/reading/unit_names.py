"""What units are called: which unit a text names, and whether a name can be one of a unit's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from toolkit.model.unit import Unit, UnitList
from toolkit.reading.normal import compact
from toolkit.reading.words import vocabulary

_PARTY, _COMMITTEE, _IN_SHORT = "中共", "委员会", "委"
_IN_FILES = 3
"""Characters of the shortest name that is looked for in the name of a file."""
_SHORTEST, _LEAST, _MOST = 2, 3, 4
"""Characters of the shortest name that another may end with, and of a name made of a few characters of another."""
_PLACES = frozenset("省市县区州盟旗镇乡村部和")
"""Characters that people leave out of the middle of a name."""


class Names:
    """The names and codes of the units of a list, those that they once had too.

    Args:
        units: the unit list.
    """

    def __init__(self, units: UnitList) -> None:
        self._codes: dict[str, set[str]] = {}
        self._own = {unit.code: names_of(unit, units) for unit in units}
        for unit in units:
            for name in (*self._own[unit.code], *units.codes(unit.code)):
                self._codes.setdefault(compact(name), set()).add(unit.code)
        self._lengths = sorted({len(name) for name in self._codes if len(name) >= _IN_FILES}, reverse=True)

    def called(self, text: str) -> set[str]:
        """Codes of the units that have just this name or code.

        >>> names = Names(UnitList((Unit("1", "财政局", "", ""),)))
        >>> names.called(" 财政局 "), names.called("财政局支付中心")
        ({'1'}, set())
        """
        return self._codes.get(compact(text), set())

    def resembling(self, text: str) -> set[str]:
        """Codes of the units that the text names, else of those whose name it is but for how people write names.

        >>> names = Names(UnitList((Unit("1", "仪征市财政局", "", ""),)))
        >>> names.resembling("财政局党组"), names.resembling("财政局支付中心")
        ({'1'}, set())
        """
        return self.called(text) or {code for code in self._own if self.may_call(code, text)}

    def may_call(self, code: str, text: str) -> bool:
        """Whether a text can be a name of a unit; of a unit that the list does not know it can be any."""
        own = self._own.get(code)
        return own is None or any(same_name(text, name) for name in own)

    def is_still(self, code: str, name: str) -> bool:
        """Whether the unit that has a code is the one that had it when something was noted under this name.

        >>> names = Names(UnitList((Unit("1", "仪征市财政局", "", ""), Unit("2", "教育局", "", ""))))
        >>> names.is_still("1", "财政局"), names.is_still("1", "教育局"), names.is_still("1", "")
        (True, False, False)
        """
        return self.may_call(code, name) and not self.called(name) - {code} if name else False

    def named(self, file: str) -> set[str]:
        """Codes of the units whose longest name stands in the file's name.

        >>> names = Names(UnitList((Unit("1", "财政局", "", ""), Unit("2", "市财政局", "", ""))))
        >>> names.named("市财政局 返回.xlsx")
        {'2'}
        """
        text = compact(file.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0])
        found: set[str] = set()
        at = 0
        while at < len(text):
            for length in self._lengths:
                if codes := self._codes.get(text[at : at + length]):
                    found |= codes
                    at += length
                    break
            else:
                at += 1
        return found


def names_of(unit: Unit, units: UnitList) -> tuple[str, ...]:
    """The full name, the short ones, those of before."""
    return (unit.name, *unit.short_names, *units.once.get(unit.code, ()))


def same_name(one: str, other: str) -> bool:
    """Whether two texts can be the name of one unit: with or without its place and its Party body, or shortened.

    What stands behind a name makes another unit of it, if it is no word for the body that writes.

    >>> [same_name("仪征市教育局", text) for text in ("教育局", "中共仪征市教育局委员会", "教育局机关党委")]
    [True, True, True]
    >>> [same_name("仪征市教育局", text) for text in ("仪征市财政局", "仪征市教育局招生办", "局", "")]
    [False, False, False, False]
    """
    return any(_same(mine, yours) for mine in _forms(one) for yours in _forms(other))


def _same(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if short == long:
        return bool(short)
    if len(short) < _SHORTEST or short[-1] != long[-1]:
        return False
    return long.endswith(short) or _shortened(short, long)


def _shortened(short: str, long: str) -> bool:
    """Whether people shorten a name so: to a few of its characters, or without words for kinds of places.

    >>> _shortened("人社局", "仪征市人力资源和社会保障局"), _shortened("仪征教育局", "仪征市教育局")
    (True, True)
    >>> _shortened("仪征市水务集团", "仪征市青岭水务集团")
    False
    """
    rest, at = list(long), 0
    for character in short:
        if character not in rest[at:]:
            return False
        at = rest.index(character, at)
        del rest[at]
    return _LEAST <= len(short) <= _MOST or set(rest) <= _PLACES


def _forms(name: str) -> set[str]:
    """The name without 中共, brackets at its end and the words for the body that writes; 委员会 may be one of them.

    >>> _forms("中共仪征市教育局委员会") == {"仪征市教育局", "仪征市教育局委"}
    True
    >>> _forms("仪征市卫生健康委员会（老干部科）")
    {'仪征市卫生健康委'}
    """
    text = compact(name)
    party = text.removeprefix(_PARTY)
    bare = _without_body(party)
    forms = {bare} if party == text else {bare, _without_body(bare.removesuffix(_COMMITTEE))}
    return {form.replace(_COMMITTEE, _IN_SHORT) for form in forms}


def _without_body(text: str) -> str:
    return _body().sub("", text) or text


@cache
def _body() -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(vocabulary()["unit_bodies"], key=len, reverse=True)))
    return re.compile(rf"(?:{words}|\([^()]*\))+$")


def passwords_for(passwords: Mapping[str, Sequence[str]], file: str, names: Names, units: UnitList) -> list[str]:
    """The passwords given for all files, and those of the units whose name or code the file's name holds."""
    found = list(passwords.get("", ()))
    if not len(units):  # nobody says who is who: the names in the list of passwords have to do
        shown = compact(file)
        found += [one for name, own in passwords.items() if name and compact(name) in shown for one in own]
    for code in sorted(names.named(file)) if len(passwords) > 1 or not found else ():
        unit = units.get(code)
        for name in (code, unit.name, *unit.short_names) if unit else (code,):
            found += passwords.get(name, ())
    return list(dict.fromkeys(found))
