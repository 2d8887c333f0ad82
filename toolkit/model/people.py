"""Who is who: how names compare and are printed, which rows are about one person, which may be, what was ruled.

Every place that asks whether two rows are about one person asks here, so that findings, disputes, allowances,
levels, registers and explanations can never disagree about it.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import combinations
from typing import NamedTuple

from toolkit.model.characters import without_ignored
from toolkit.model.fewest import fewest, reached, webs
from toolkit.model.groups import Groups

Values = tuple[str, ...]
"""What rows of one person have in common: (name, month of birth), or (ID number,); see `plain`."""

COLUMNS = ("person_key", "person_name", "birth_ym", "id_number")
"""What a row says about its person, in the order of `Mention`."""
NAME, BIRTH = COLUMNS[1:3]
DOT = "·"
_DOTS = re.compile("[\u0387\u1427\u16eb\u2022\u2027\u2218\u2219\u22c5\u25cf\u25e6\u2e31\u2e33\u30fb\uff65]")
_POINT = re.compile(r"(?<=[^\W\d_])[.．。｡](?=[^\W\d_])")
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc")
"""Characters that show nothing and are no blanks by their category."""
_RARE = 20_000
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_MARK = 16
"""Characters of a mark: too many for two of a few thousand persons to agree by chance."""


def _blank(char: str) -> bool:
    """Whether a character shows nothing, whatever it is called."""
    return char.isspace() or char in _FILLERS or unicodedata.category(char) in ("Cf", "Cc", "Zs", "Zl", "Zp")


def _foreign(char: str) -> bool:
    """Whether a letter belongs to a script whose words are parted by blanks (Latin, Tibetan, Uyghur, Mongolian …)."""
    named = unicodedata.name(char, "CJK")
    return char.isalpha() and char not in _FILLERS and not named.startswith(("CJK", "IDEOGRAPHIC"))


@lru_cache(maxsize=_RARE)
def printed(text: str) -> str:
    """A name as it is kept and printed.

    Blanks of any kind inside a Chinese name are there for the eye and go. Names with · or with letters of another
    script keep theirs, as one plain blank each; every sign that stands for · becomes ·.

    >>> printed("赵 淑珍"), printed("罗\\u3000蕾"), printed("王&nbsp;明"), printed("买买提•艾力 江")
    ('赵淑珍', '罗蕾', '王明', '买买提·艾力 江')
    >>> printed("John  Smith"), printed("阿依古丽.买买提"), printed("葛\\U000e0100木"), printed("Jo\\u00adhn")
    ('John Smith', '阿依古丽·买买提', '葛木', 'John')
    """
    name = unicodedata.normalize("NFC", html.unescape(text) if "&" in text else text)
    name = _DOTS.sub(DOT, without_ignored(name))
    chinese = not any(map(_foreign, name))
    if chinese:
        name = _POINT.sub(DOT, name)
    words = "".join(" " if _blank(char) else char for char in name).split()
    return ("" if chinese and DOT not in name else " ").join(words)


@lru_cache(maxsize=_RARE)
def plain(text: str) -> str:
    """A name or a number as it is compared: without blanks, in one width, in capitals, every dot the same.

    >>> plain("王　明"), plain("11010519491231002x"), plain("买买提•艾力") == plain("买买提 · 艾力")
    ('王明', '11010519491231002X', True)
    """
    folded = unicodedata.normalize("NFKC", html.unescape(text) if "&" in text else text)
    bare = "".join(char for char in without_ignored(folded) if not _blank(char)).upper()
    return _POINT.sub(DOT, _DOTS.sub(DOT, bare))


@dataclass(frozen=True, slots=True)
class Rulings:
    """What was settled about rows that look like one person.

    Args:
        apart: values → unit → group: the units' rows with these values are about several persons, one a group.
        same: values → units whose rows with these values are about one person.
        keys: (unit, its own number of a person) → what the numbers of one person have in common.
        parted: values → the pairs of units (lesser code first) of which it was said that theirs are different
            persons; where it is given, `apart` says only who is certainly not one with whom.
    """

    apart: Mapping[Values, Mapping[str, int]] = field(default_factory=dict)
    same: Mapping[Values, frozenset[str]] = field(default_factory=dict)
    keys: Mapping[tuple[str, str], str] = field(default_factory=dict)
    parted: Mapping[Values, Collection[tuple[str, str]]] = field(default_factory=dict)

    def different(self, values: Values, one: str, other: str) -> bool:
        """Whether it was settled that two units' rows with these values are about different persons."""
        if values in self.parted:
            return (min(one, other), max(one, other)) in self.parted[values]
        return self.group(values, one) != self.group(values, other)

    def group(self, values: Values, unit: str) -> int:
        """The group of a unit's rows with these values; rows of different groups are about different persons."""
        return self.apart.get(values, {}).get(unit, 0)

    def certain(self, values: Values, unit: str) -> bool:
        """Whether a unit's rows with these values were ruled to be about the person of the other units' rows."""
        return unit in self.same.get(values, ())


class Mention(NamedTuple):
    """What one row says about its person; "" where it says nothing.

    Args:
        key: the number that the unit gave the person (人员编号).
        birth: month of birth; number: ID number.
        open: of COLUMNS, those whose content nobody knows because the row was refused; they are "" here.
    """

    unit: str
    key: str = ""
    name: str = ""
    birth: str = ""
    number: str = ""
    open: frozenset[str] = frozenset()

    @property
    def looks(self) -> Values | None:
        """Name and month of birth as they are compared; None where one of them is not filled in."""
        known = (plain(self.name), plain(self.birth))
        return known if all(known) else None


def marked(looks: Values, key: bytes, about: str) -> str:
    """What stands for a name and month of birth, or an ID number, where they must not be read.

    It is the same for the same, under one key. Nobody without the key can tell whose it is, not even by trying names.

    Args:
        about: what the mark is made for; marks for different purposes cannot be compared.

    >>> marked(("王明", "1950-01"), b"k", "a") == marked(("王明", "1950-01"), b"k", "b")
    False
    """
    return in_letters(hmac.new(key, "\x1f".join((about, *looks)).encode(), hashlib.sha256).digest())[:_MARK]


def in_letters(digest: bytes) -> str:
    """A digest in letters only: nobody, and no mask, takes a part of it for somebody's number.

    >>> in_letters(bytes([0, 31]))
    'aabp'
    """
    return digest.hex().translate(_LETTERS)


@dataclass(frozen=True)
class Persons:
    """Rows told apart by person.

    Args:
        number: the person of each row, named by its first row.
        doubts: person → the others that it may be: 疑似, until an ID number or a ruling says so.
        unread: the same, of a refused row of which the name or the month of birth cannot be read: the other one agrees.
        shared: the same, of rows of one unit that have one number but different names.
        apart: person → the others that it certainly is not, of those to whom suspicions lead from it.
    """

    number: tuple[int, ...]
    doubts: Mapping[int, frozenset[int]]
    unread: Mapping[int, frozenset[int]] = field(default_factory=dict)
    shared: Mapping[int, frozenset[int]] = field(default_factory=dict)
    apart: Mapping[int, frozenset[int]] = field(default_factory=dict)

    @cached_property
    def near(self) -> Mapping[int, frozenset[int]]:
        """Person → the others that it may be directly, for whatever reason."""
        return _both(self.doubts, self.unread, self.shared)

    @cached_property
    def webs(self) -> tuple[tuple[int, ...], ...]:
        """The persons that suspicions join, directly or over others; two of one web may certainly be two."""
        return tuple(map(tuple, webs(set(self.number), self.near)))

    def circle(self, person: int) -> tuple[int, ...]:
        """The person and all that it may be, directly or over others; nobody who is certainly somebody else."""
        return tuple(reached(person, self.near, self.apart.get(person, ())))

    def fewest(self, chosen: Collection[int] | None = None) -> dict[int, int]:
        """Person → party: there are as few persons as parties when as many suspicions are true as can be together.

        Args:
            chosen: the persons that are counted, None = all; two of them may also be one over a third.
        """
        wanted = set(self.number) if chosen is None else set(chosen)
        parties: dict[int, int] = {}
        for web in self.webs:
            if own := wanted.intersection(web):
                parties |= fewest(web, self.near, self.apart, own)
        return parties


def identify(mentions: Sequence[Mention], rulings: Rulings | None = None, *, across: bool = True) -> Persons:
    """Who is certainly one person, and who may be.

    Certain: one number of the unit (人员编号) under one name in one unit, one ID number, or a ruling. Suspected: one
    name with one month of birth, or one number of the unit under several names. Never one person: different ID
    numbers, or a ruling that says so.

    Args:
        across: whether rows of different units are compared at all.
    Source: calculations C4 (`person_key` in a unit; name + birth_ym across units, confirmed by hand), forms.md V24.
    """
    rulings = rulings or Rulings()
    groups, several = Groups(len(mentions)), _several_names(mentions)
    for place, one in enumerate(mentions):
        for key in _certain_keys(one, rulings, several):
            groups.join(place, key if across else (one.unit, key))
    number = tuple(groups.root(place) for place in range(len(mentions)))
    half = set(_half_alike(mentions, number, rulings, across))
    asked = {(one, other) for one, other, ruled in half if not ruled}
    known = _Known.of(mentions, number, rulings, {(one, other) for one, other, ruled in half if ruled} - asked)
    alike, unread = known.paired(_alike(mentions, number, across)), known.paired(asked)
    shared = known.paired(_sharing(mentions, number, several))
    near = _both(alike, unread, shared)
    return Persons(number, alike, unread, shared, _both(*map(known.apart, webs(near, near))))


@dataclass(frozen=True)
class _Known:
    """What is known of persons that can make two of them two.

    Args:
        numbers: person → ID numbers; values: person → name and month of birth, or ID number → units that say so.
        ruled: pairs of persons of whom it was ruled otherwise that they are two.
    """

    rulings: Rulings
    numbers: Mapping[int, set[str]]
    values: Mapping[int, Mapping[Values, set[str]]]
    ruled: Collection[tuple[int, int]]

    @classmethod
    def of(
        cls, mentions: Sequence[Mention], number: Sequence[int], rulings: Rulings, ruled: Collection[tuple[int, int]]
    ) -> _Known:
        """What the rows say of each person."""
        numbers: dict[int, set[str]] = defaultdict(set)
        values: dict[int, dict[Values, set[str]]] = defaultdict(lambda: defaultdict(set))
        for one, person in zip(mentions, number, strict=True):
            if one.number:
                numbers[person].add(plain(one.number))
                values[person][(plain(one.number),)].add(one.unit)
            if one.looks:
                values[person][one.looks].add(one.unit)
        return cls(rulings, numbers, values, ruled)

    def different(self, one: int, other: int) -> bool:
        """Whether two persons are certainly two: by their ID numbers, or by a ruling on what they have in common."""
        first, second = self.numbers.get(one), self.numbers.get(other)
        if first and second and not first & second:
            return True
        if (one, other) in self.ruled or (other, one) in self.ruled:
            return True
        own, others = self.values.get(one, {}), self.values.get(other, {})
        return any(
            all(self.rulings.different(values, unit, far) for unit in own[values] for far in others[values])
            for values in own.keys() & others.keys()
        )

    def paired(self, pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
        """Person → the others of its pairs; not who is certainly somebody else."""
        return _under_both(pair for pair in pairs if not self.different(*pair))

    def apart(self, web: Sequence[int]) -> dict[int, frozenset[int]]:
        """The pairs of a web who are certainly two."""
        parted = self.rulings.parted.keys() | self.rulings.apart.keys()
        named = {person for pair in self.ruled for person in pair}
        own = [
            one for one in web if one in self.numbers or one in named or not parted.isdisjoint(self.values.get(one, ()))
        ]
        return _under_both(pair for pair in combinations(own, 2) if self.different(*pair))


def _under_both(pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """Person → the others of its pairs."""
    found: dict[int, set[int]] = defaultdict(set)
    for first, second in pairs:
        found[first].add(second)
        found[second].add(first)
    return {person: frozenset(others) for person, others in found.items()}


def _both(*pairs: Mapping[int, frozenset[int]]) -> dict[int, frozenset[int]]:
    """Person → the others of all its pairs."""
    found: dict[int, frozenset[int]] = {}
    for by in pairs:
        for person, others in by.items():
            found[person] = found.get(person, frozenset()) | others
    return found


def _several_names(mentions: Iterable[Mention]) -> frozenset[tuple[str, str]]:
    """Units and their numbers of a person that stand beside different names."""
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in mentions:
        if one.key and one.name:
            names[one.unit, one.key].add(plain(one.name))
    return frozenset(at for at, own in names.items() if len(own) > 1)


def _sharing(
    mentions: Sequence[Mention], number: Sequence[int], several: Collection[tuple[str, str]]
) -> Iterator[tuple[int, int]]:
    """Pairs of persons of one unit that have one number under different names."""
    sharing: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one, person in zip(mentions, number, strict=True):
        if (one.unit, one.key) in several:
            sharing[one.unit, one.key].add(person)
    for persons in sharing.values():
        yield from combinations(sorted(persons), 2)


def _certain_keys(one: Mention, rulings: Rulings, several: Collection[tuple[str, str]]) -> Iterator[Hashable]:
    if (one.unit, one.key) in several:
        yield "key", one.unit, one.key, plain(one.name)
    elif one.key:
        yield "key", one.unit, one.key
        if (one.unit, one.key) in rulings.keys:
            yield "ruled", rulings.keys[one.unit, one.key]
    known = [one.looks] if one.looks else []
    if one.number:
        values = (plain(one.number),)
        known.append(values)
        yield "number", values, rulings.group(values, one.unit)
    for values in known:
        if rulings.certain(values, one.unit):
            yield "ruled", values


def _alike(mentions: Sequence[Mention], number: Sequence[int], across: bool) -> Iterator[tuple[int, int]]:
    """Pairs of persons that share a name and a month of birth."""
    alike: dict[tuple[Values, str], set[int]] = defaultdict(set)
    for one, person in zip(mentions, number, strict=True):
        if one.looks:
            alike[one.looks, "" if across else one.unit].add(person)
    for persons in alike.values():
        yield from combinations(sorted(persons), 2)


def _half_alike(
    mentions: Sequence[Mention], number: Sequence[int], rulings: Rulings, across: bool
) -> Iterator[tuple[int, int, bool]]:
    """Pairs of persons of whom one is in a row that cannot be read wholly, and what can be read agrees.

    The third says whether it was ruled that the unit's person of that name and month of birth is another one.
    """
    lost = [(one, person) for one, person in zip(mentions, number, strict=True) if half_read(one)]
    if not lost:
        return
    near: dict[Hashable, list[tuple[Mention, int]]] = defaultdict(list)
    for one, person in zip(mentions, number, strict=True):
        if one.looks:
            for part in (NAME, plain(one.name)), (BIRTH, plain(one.birth)):
                near[part, "" if across else one.unit].append((one, person))
    for one, person in lost:
        part = (NAME, plain(one.name)) if one.name else (BIRTH, plain(one.birth))
        for other, second in near[part, "" if across else one.unit]:
            if second != person and may_be(one, other, Rulings()):
                yield person, second, not may_be(one, other, rulings)


def half_read(one: Mention) -> bool:
    """Whether of name and month of birth one can be read and the other cannot."""
    return bool(one.name) != bool(one.birth) and (BIRTH if one.name else NAME) in one.open


def may_be(lost: Mention, other: Mention, rulings: Rulings) -> bool:
    """Whether a row that cannot be read wholly may be about the person of another row, by what of its looks is read.

    Not where it was ruled that the unit's person of that name and month of birth is another one.
    """
    looks = other.looks
    if looks is None or rulings.different(looks, lost.unit, other.unit):
        return False
    read = ((lost.name, NAME), (lost.birth, BIRTH))
    return all(
        plain(text) == wanted if text else column in lost.open
        for (text, column), wanted in zip(read, looks, strict=True)
    )
