"""Symbol fonts: what the screen shows where the cell holds a plain letter.

Source: the character tables of the fonts Wingdings, Wingdings 2 and Webdings. A letter may also stand in the private
area that Word uses for these fonts (U+F000 onward).
"""

from __future__ import annotations

_TICK, _CROSS, _TICKED, _CROSSED, _EMPTY = "√", "×", "☑", "☒", "□"
SYMBOL_FONTS: dict[str, dict[str, str]] = {
    "wingdings": {"ü": _TICK, "û": _CROSS, "þ": _TICKED, "ý": _CROSSED, "x": _CROSSED, "¨": _EMPTY, "o": _EMPTY},
    "wingdings 2": {
        "P": _TICK,
        "O": _CROSS,
        "R": _TICKED,
        "Q": _CROSSED,
        "S": _CROSSED,
        "T": _CROSSED,
        "£": _EMPTY,
        "*": _EMPTY,
        "V": _CROSS,
    },
    "wingdings 3": {},
    "webdings": {"a": _TICK, "r": _CROSS, "c": _EMPTY},
    "symbol": {"Ö": _TICK, "´": _CROSS},
    "marlett": {"a": _TICK, "b": _TICK, "r": _CROSS},
    "bookshelf symbol 7": {},
    "mt extra": {},
    "ms outlook": {},
    "ms reference specialty": {},
    "monotype sorts": {},
    "zapfdingbats": {},
    "zapf dingbats": {},
    "itc zapf dingbats": {},
    "symbol mt": {},
}
"""Font → letter → sign; fonts whose signs nobody needs are known by their names alone."""
_PRIVATE = 0xF000


def symbol_font(name: str) -> str:
    """The name of a symbol font as it is known here; "" for other fonts. A font for upright columns begins with @.

    >>> symbol_font("@Wingdings"), symbol_font("MT Extra"), symbol_font("宋体"), symbol_font("Segoe UI Symbol")
    ('wingdings', 'mt extra', '', '')
    """
    known = name.strip("'\" ").casefold().removeprefix("@")
    return known if known in SYMBOL_FONTS else ""


def as_shown(text: str, font: str) -> str | None:
    """What the screen shows of a text in a symbol font; None when that is not known.

    >>> as_shown("ü", "wingdings"), as_shown("P", "wingdings 2"), as_shown("Z", "wingdings")
    ('√', '√', None)
    >>> as_shown(chr(0xF0FC), "wingdings")
    '√'
    """
    known = SYMBOL_FONTS.get(font, {})
    shown = [known.get(chr(ord(char) - _PRIVATE) if ord(char) >= _PRIVATE else char) for char in text.strip()]
    return "".join(shown) if shown and None not in shown else None  # type: ignore[arg-type]
