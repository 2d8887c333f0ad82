"""The number formats of an .ods file, written out as the codes that Excel would give them, for `number_formats`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from toolkit.reading.inks import PAPER, Colour, are_alike, from_hex

KINDS = frozenset(
    f"number:{kind}-style" for kind in ("number", "currency", "percentage", "date", "time", "text", "boolean")
)
_PERCENT, _TEXT, _DATE = "number:percentage-style", "number:text-style", "number:date-style"
_NOTHING = '""'
"""A section that shows nothing."""
_TEXT_CONTENT = "@"
_CONDITION = re.compile(r"value\(\)\s*(<=|>=|!=|<>|<|>|=)\s*(-?[0-9]+(?:\.[0-9]+)?)")
_SIGNED, _BY_SIGN, _EVERY = [(">=", "0")], [(">", "0"), ("<", "0")], [(">", "0"), ("<", "0"), ("=", "0")]
_OTHER_CALENDAR = "[$-1070000]"
"""Buddhist years: one of the calendars whose years are not those of the common era."""
_AS_THE_PLACE_DOES = "yyyy/m/d"
"""A date whose order is left to the place of the program, as Chinese programs show it."""
_PARTS_OF_DAYS = {
    "number:year": ("yy", "yyyy"),
    "number:month": ("m", "mm"),
    "number:day": ("d", "dd"),
    "number:day-of-week": ("ddd", "dddd"),
    "number:era": ("g", "gg"),
    "number:hours": ("h", "hh"),
    "number:minutes": ("m", "mm"),
    "number:seconds": ("s", "ss"),
}
"""Short and long."""


@dataclass
class _Section:
    """One style: what it shows, and those that take its place under a condition."""

    kind: str
    in_order_of_place: bool
    parts: list[str] = field(default_factory=list)
    inks: list[Colour] = field(default_factory=list)
    maps: list[tuple[str, str]] = field(default_factory=list)
    other_years: bool = False

    def code(self) -> str:
        """What it shows; nothing given is what programs show by themselves."""
        shown = "".join(self.parts)
        if self.kind == _DATE and self.in_order_of_place and not re.search("[hs]|m{3}", shown):
            shown = _AS_THE_PLACE_DOES
        white = "[White]" if any(are_alike(ink, PAPER) for ink in self.inks) else ""
        return white + (_OTHER_CALENDAR if self.other_years else "") + shown


class Formats:
    """Collects the number formats by name."""

    def __init__(self) -> None:
        self._known: dict[str, _Section] = {}
        self._open: _Section | None = None
        self._number: dict[str, str] = {}
        self._inside: list[tuple[int, str]] = []
        self._text: list[str] | None = None

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        if name in KINDS:
            self._open = _Section(name, given.get("number:automatic-order") == "true")
            self._known[given.get("style:name", "")] = self._open
        elif self._open is None:
            return
        elif name in ("number:text", "number:fill-character", "number:currency-symbol", "number:embedded-text"):
            self._text = []
            if name == "number:embedded-text":
                self._inside.append((int(given.get("number:position", "0")), ""))
        elif name == "number:number":
            self._number, self._inside = given, []
        elif name == "style:map":
            self._open.maps.append((given.get("style:condition", ""), given.get("style:apply-style-name", "")))
        else:
            self._part(self._open, name, given)

    def _part(self, section: _Section, name: str, given: dict[str, str]) -> None:
        if name == "style:text-properties" and given.get("fo:color", "").startswith("#"):
            section.inks.append(from_hex(given["fo:color"]))
        elif name == "number:scientific-number":
            section.parts.append(_digits(given, []) + "E+" + "0" * int(given.get("number:min-exponent-digits", "1")))
        elif name == "number:fraction":
            section.parts.append("# ?/" + given.get("number:denominator-value", "?"))
        elif name == "number:text-content":
            section.parts.append(_TEXT_CONTENT)
        elif name == "number:boolean":
            section.parts.append('"TRUE"')
        elif name in ("number:quarter", "number:week-of-year"):
            section.parts.append('"季周"')
        elif name in _PARTS_OF_DAYS:
            section.other_years |= given.get("number:calendar", "gregorian") != "gregorian"
            section.parts.append(_part_of_day(name, given))

    def text(self, data: str) -> None:
        """Text."""
        if self._text is not None:
            self._text.append(data)

    def end(self, name: str) -> None:
        """An element ends."""
        section, said = self._open, "".join(self._text or ())
        if section is None:
            return
        if name in KINDS:
            self._open = None
        elif name == "number:number":
            section.parts.append(_digits(self._number, self._inside))
        elif name == "number:text":
            section.parts.append("%" if section.kind == _PERCENT and said.strip() == "%" else _quoted(said))
        elif name == "number:currency-symbol":
            section.parts.append(f"[${said}]" if said else "")
        elif name == "number:fill-character":
            section.parts.append(f"*{said[:1]}" if said else "")
        elif name == "number:embedded-text":
            self._inside[-1] = self._inside[-1][0], said
        else:
            return
        self._text = None

    def code(self, name: str) -> str:
        """The code of a format; empty for one that is not known or shows all by itself.

        >>> made = Formats()
        >>> for kind, inner in (("number", "number:number"), ("text", "number:text-content")):
        ...     made.start(f"number:{kind}-style", {"style:name": kind})
        ...     made.start(inner, {"number:display-factor": "1000", "number:min-integer-digits": "1"})
        ...     made.end(inner)
        ...     made.end(f"number:{kind}-style")
        >>> made.code("number"), made.code("text"), made.code("none")
        ('0,', '@', '')
        """
        base = self._known.get(name)
        if base is None or not (base.parts or base.maps):
            return ""
        found = [(_CONDITION.search(condition), self._known.get(applied)) for condition, applied in base.maps]
        others = [(one[1].replace("!=", "<>"), one[2], style.code()) for one, style in found if one and style]
        return self._joined(base, others) or _NOTHING

    @staticmethod
    def _joined(base: _Section, others: list[tuple[str, str, str]]) -> str:
        conditions, codes = [one[:2] for one in others], [one[2] for one in others]
        usual = {1: _SIGNED, 2: _BY_SIGN, 3: _EVERY}.get(len(others))
        if not others or conditions == usual:
            fill = codes[:1] * (3 - len(codes)) if others and base.kind == _TEXT else []
            return ";".join((*codes, *fill, base.code()))
        return ";".join((*(f"[{sign}{bound}]{code}" for sign, bound, code in others), base.code()))

    def inks(self, name: str) -> tuple[Colour, ...]:
        """The colours but white that a format gives to numbers, whatever their condition."""
        base = self._known.get(name)
        every = [base, *(self._known.get(applied) for _, applied in base.maps)] if base else []
        return tuple(ink for one in every if one for ink in one.inks if not are_alike(ink, PAPER))


def _digits(given: dict[str, str], inside: list[tuple[int, str]]) -> str:
    """The digits of a number, with texts between those before the point.

    >>> _digits({"number:min-integer-digits": "1"}, []), _digits({"number:decimal-places": "2"}, [])
    ('General', '#.00')
    >>> _digits({"number:decimal-places": "0", "number:min-integer-digits": "1", "number:grouping": "true"}, [(3, "-")])
    '#"-"#,##0'
    """
    least, places = int(given.get("number:min-integer-digits", "0")), given.get("number:decimal-places")
    grouped, factor = given.get("number:grouping") == "true", float(given.get("number:display-factor", "1"))
    if places is None and least <= 1 and not grouped and not inside and factor == 1:
        return "General"
    length = max(least, 4 if grouped else 1, *(at + 1 for at, _ in inside or [(0, "")]))
    signs = []
    for at in range(length, 0, -1):
        signs.append("0" if at <= least else "#")
        signs.append("," if grouped and at > 1 and at % 3 == 1 else "")
        signs.extend(f'"{text}"' for place, text in inside if place == at - 1)
    always = int(given.get("number:min-decimal-places") or given.get("loext:min-decimal-places") or places or 0)
    always = 0 if given.get("number:decimal-replacement") is not None else always
    behind = "0" * always + "#" * max(0, int(places or 0) - always)
    scaled = "," * max(1, round(math.log(factor, 1000))) if factor > 1 else ""
    return "".join(signs) + ("." + behind if behind else "") + scaled


def _part_of_day(name: str, given: dict[str, str]) -> str:
    long = given.get("number:style") == "long"
    code = _PARTS_OF_DAYS[name][long]
    if name == "number:month" and given.get("number:textual") == "true":
        return "mmmm" if long else "mmm"
    decimals = int(given.get("number:decimal-places", "0")) if name == "number:seconds" else 0
    return code + ("." + "0" * decimals if decimals else "")


def _quoted(text: str) -> str:
    """A text of a format's own as a code writes it.

    >>> _quoted("人"), _quoted("  "), _quoted('"'), _quoted("")
    ('"人"', '_ _ ', '\\\\"', '')
    """
    if not text.strip(" "):
        return "_ " * len(text)
    return "".join(f'"{piece}"' if piece != '"' else '\\"' for piece in re.findall('"|[^"]+', text))
