"""The XML of a sheet written anew in the one style that all usual writers use.

No comments, CDATA, instructions and prefixes; double quotes; every row and cell with its address, which stands first,
then the style, then the type. What looks at sheets with patterns may rely on it.
"""

from __future__ import annotations

import re
from xml.parsers import expat
from xml.sax.saxutils import escape

from toolkit.model.cell import IN_XML, address, column_number

_FIRST = ("r", "s", "t")
_NAME = re.compile(IN_XML.decode())


def canonical(part: bytes) -> bytes:
    """The sheet in the usual style; as it is when it is no XML."""
    writer = _Writer()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = writer.start, writer.end
    parser.CharacterDataHandler = writer.text
    try:
        parser.Parse(part, True)
    except expat.ExpatError:
        return part
    return "".join(writer.out).encode("utf-8", "replace")


class _Writer:
    def __init__(self) -> None:
        self.out: list[str] = []
        self._row = self._column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(":")[2]
        if name == "row":
            number = attributes.get("r", "")
            self._row, self._column = int(number) if number.isdecimal() else self._row + 1, 0
            attributes["r"] = str(self._row)
        elif name == "c":
            found = _NAME.fullmatch(attributes.get("r", ""))
            self._column = column_number(found[1]) if found else self._column + 1
            attributes["r"] = found[0] if found else address(self._row, self._column)
        names = [key for key in _FIRST if key in attributes] + [key for key in attributes if key not in _FIRST]
        given = "".join(f" {key}={_quoted(attributes[key])}" for key in names)
        self.out.append(f"<{name}{given}>")

    def text(self, data: str) -> None:
        """Text."""
        self.out.append(escape(data))

    def end(self, name: str) -> None:
        """An element ends; an empty one gets the short form."""
        name = name.rpartition(":")[2]
        if self.out[-1].startswith(f"<{name}") and not self.out[-1].startswith("</"):
            self.out[-1] = self.out[-1][:-1] + "/>"
        else:
            self.out.append(f"</{name}>")


def _quoted(value: str) -> str:
    return '"' + escape(value, {'"': "&quot;"}) + '"'
