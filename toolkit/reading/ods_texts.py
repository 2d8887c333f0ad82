"""The text that a cell of an .ods file shows: without what is hidden in it, beside it or drawn over it."""

from __future__ import annotations

from collections.abc import Callable

from toolkit.reading.ods_styles import PARAGRAPH, TEXT, Named

_PARAGRAPHS = ("text:p", "text:h")
_SHOWN = frozenset(
    f"text:{name}"
    for name in (
        *("p", "h", "span", "a", "s", "tab", "line-break", "list", "list-item", "ruby", "ruby-base", "sheet-name"),
        *("date", "time", "title", "file-name", "author-name", "page-number", "page-count", "soft-page-break"),
    )
)
_SAID_OTHERWISE = {"text:tab": "\t", "text:line-break": "\n"}
"""What the reader of values leaves out."""
COMMENT = "office:annotation"


class CellText:
    """Follows what stands inside one cell.

    `shown` is the text; `differs` says that the reader of values takes another one, `hides` that there is text that
    nobody sees.

    Args:
        is_gone: whether a style hides text.
    """

    def __init__(self, is_gone: Callable[[Named], bool]) -> None:
        self._is_gone = is_gone
        self._inside: list[tuple[str, Named]] = []
        self._aside: list[str] = []
        self._pieces: list[str] = []
        self._paragraphs = 0
        self.differs = self.hides = False

    @property
    def shown(self) -> str:
        """The text."""
        return "".join(self._pieces)

    @property
    def names(self) -> list[Named]:
        """The styles around what is being read, the outermost first."""
        return [named for _, named in self._inside if named[1]]

    def start(self, name: str, given: dict[str, str]) -> None:
        """An element begins."""
        named = PARAGRAPH if name in _PARAGRAPHS else TEXT, given.get("text:style-name", "")
        self._inside.append((name, named))
        if self._aside or name not in _SHOWN or (named[1] and self._is_gone(named)):
            self._aside.append(name)
        elif name in _PARAGRAPHS:
            self._pieces.append("\n" if self._paragraphs else "")
            self._paragraphs += 1
        elif name == "text:s":
            self._pieces.append(" " * min(int(given.get("text:c", "1")), 1000))
        elif name in _SAID_OTHERWISE:
            self._pieces.append(_SAID_OTHERWISE[name])
            self.differs = True

    def text(self, data: str) -> bool:
        """Text; whether it is shown."""
        if self._inside and not self._aside:
            self._pieces.append(data)
            return True
        if COMMENT not in self._aside and data.strip():
            self.differs = True
            self.hides |= self._aside[:1] != [] and self._aside[0].startswith("text:")
        return False

    def end(self) -> None:
        """An element ends."""
        self._inside.pop()
        if self._aside:
            self._aside.pop()
