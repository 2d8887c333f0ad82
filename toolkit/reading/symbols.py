"""Fonts whose letters are no letters: signs, icons, bar codes, dots, blanks; and what the screen shows for some.

Source: the character tables of the fonts Wingdings, Wingdings 2 and Webdings. A letter may also stand in the private
area that Word uses for these fonts (U+F000 onward).
"""

from __future__ import annotations

import re

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
_READABLE = re.compile(r"segoe ui (?:symbol|emoji)|apple symbols|noto sans symbols|cambria math|symbola")
"""Fonts that have letters beside their signs, or none, so that another font shows them."""
_KINDS = (
    r"\w*dings\b|\bsymbols?(?:ps|mt| neu| std)?$|\bstandard symbols\b|\beuclid (?:symbol|extra|math)|\bmathematica\d",
    r"\bicons?\b|\w+icons\b|\bicomoon|\bmdl2\b|font ?awesome|\bmaterial (?:symbols|design)|\bfontello\b|\bglyphs?\b",
    r"bar ?code|\bcode ?(?:11|25|39|93|128)(?!\d)|\b3 ?of ?9\b|\b2 ?of ?5\b|\bi2of5|\bc(?:39|128)(?!\d)|\bidautomation",
    r"\bean ?-?(?:8|13)(?!\d)|\bupc\b|\bqr\b|\bpdf ?417|\bdata ?matrix|\bpostnet\b|条码|二维码",
    r"blank\d?\b|\binvisible\b|\bredacted\b|\bblokk\b|\bflow (?:block|circular|rounded)\b|\bpassword\b|\bdots?font\b",
    r"braille|\bmorse\b|\bsemaphore|\bhieroglyph|\bbravura\b|\bmaestro\b|\bchess\b|\bplaying cards\b|\bmah-?jong",
    r"\b(?:almanac|botanical|holidays?|keystrokes|map symbols|parties|signs|sports three|transport|vacation) mt\b",
)
_WITHOUT_LETTERS = re.compile("|".join(_KINDS))
"""Kinds of fonts by words in their names: signs, icons, bar codes, nothing to be seen, scripts for few, games."""


def symbol_font(name: str) -> str:
    """The name of a font without letters as it is known here; "" for others. One for upright columns begins with @.

    >>> symbol_font("@Wingdings"), symbol_font("MT Extra"), symbol_font("宋体"), symbol_font("Segoe UI Symbol")
    ('wingdings', 'mt extra', '', '')
    >>> [symbol_font(name) != "" for name in ("Code 128", "Free 3 of 9 Extended", "Adobe Blank", "FontAwesome")]
    [True, True, True, True]
    >>> [symbol_font(name) != "" for name in ("Consolas", "Source Code Pro", "仿宋_GB2312", "Arial Black")]
    [False, False, False, False]
    """
    known = name.strip("'\" ").casefold().removeprefix("@")
    if known in SYMBOL_FONTS:
        return known
    return known if _WITHOUT_LETTERS.search(known) and not _READABLE.search(known) else ""


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
