"""The XML of a part written anew in the one style that all usual writers use.

No comments, CDATA, instructions and prefixes on its own elements; double quotes; UTF-8; every row and cell with its
address, which stands first, then the style, then the type. What looks at parts with patterns may rely on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.parsers import expat

from toolkit.model.cell import IN_XML, address, column_number
from toolkit.ooxml.archive import Refused

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_STRICT_NAMES = (
    (STRICT + "spreadsheetml/main", MAIN),
    *(
        (f"{STRICT}officeDocument/{step}{kind}Properties", f"{OFFICE}{step}{kind}-properties")
        for step in ("", "relationships/")
        for kind in ("custom", "extended")
    ),
    (STRICT + "officeDocument/", OFFICE),
    (STRICT + "drawingml/", "http://schemas.openxmlformats.org/drawingml/2006/"),
)
BETWEEN = "\x1f"
_NAME = re.compile(IN_XML.decode())
_XML = "http://www.w3.org/XML/1998/namespace"
_SPECIAL = re.compile(r'[&<>"\n\r\t]')
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_QUOTES = _IN_TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
_FIRST = ("r", "s", "t")
_PREFIX_LISTS = frozenset(f"{MC}{BETWEEN}{name}" for name in ("Ignorable", "MustUnderstand"))
_READ_BY_NAME = frozenset(("row", "c", "v", "t", "is", "si"))
"""Elements that readers take by their name alone, whatever their namespace."""
_CLAIMS = ("conformance", "count", "uniqueCount")
"""Attributes of a root that need not be true."""
DOCTYPE, MALFORMED = "F007", "F035"


def transitional(name: str) -> str:
    """A namespace or type of relation of the strict standard by its usual name; others as they are."""
    for strict, usual in _STRICT_NAMES:
        if name.startswith(strict):
            return usual + name[len(strict) :]
    return name


def escaped(text: str) -> str:
    """A text as it stands between tags (without `xml.sax.saxutils`, which loads half of the library for the network).

    >>> escaped('a<b & "c"')
    'a&lt;b &amp; "c"'
    """
    return text.translate(_IN_TEXT)


def quoted(value: str) -> str:
    """A text as the value of an attribute, with its quotes.

    >>> quoted('a "b"')
    '"a &quot;b&quot;"'
    """
    return f'"{value.translate(_IN_QUOTES) if _SPECIAL.search(value) else value}"'


def parse(
    part: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    prefix: Callable[[str | None, str], None] | None = None,
) -> None:
    """Walks a part, names as `namespace` + U+001F + `name`.

    Raises: Refused: F035 the part is not well-formed; F007 it declares a document type.
    """
    parser = expat.ParserCreate(namespace_separator=BETWEEN)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = start
    if end:
        parser.EndElementHandler = end
    if text:
        parser.CharacterDataHandler = text
    if prefix:
        parser.StartNamespaceDeclHandler = prefix
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Refused(MALFORMED) from error


def check(part: bytes) -> None:
    """Refuses a part that is not well-formed: readers differ on what it says, Excel repairs or rejects it.

    A prefix that is declared nowhere counts: Excel refuses it, and what reads tags by their last name does not see it.

    Raises: Refused: F035, F007.
    """
    parser = expat.ParserCreate(namespace_separator=BETWEEN)
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Refused(MALFORMED) from error


def _no_doctype(*_: object) -> None:
    raise Refused(DOCTYPE)


def canonical(
    part: bytes, main: str = MAIN, prefixes: Mapping[str, str] | None = None, *, for_readers: bool = False
) -> bytes:
    """The part in the usual style.

    Args:
        main: the namespace whose elements carry no prefix; "" for none.
        prefixes: namespace → prefix that it gets in any case.
        for_readers: a part with elements that readers take for cells and texts by their names alone is refused.

    Raises: Refused: F035, F007.
    """
    writer = _Writer(main, prefixes or {}, for_readers)
    parse(part, writer.start, writer.end, writer.text, writer.prefix)
    return writer.to_bytes()


class _Writer:
    """Writes what the parser sees; prefixes of other namespaces are declared once, at the root."""

    def __init__(self, main: str, prefixes: Mapping[str, str], for_readers: bool = False) -> None:
        self.out: list[str] = []
        self._for_readers = for_readers
        self._main = main
        self._row = self._column = 0
        self._row_at, self._in_data, self._in_item = -1, False, False
        self._prefixes: dict[str, str] = {_XML: "xml", **prefixes}
        self._declared: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._root = ""
        self._is_open = False

    def prefix(self, prefix: str | None, namespace: str | None) -> None:
        """A namespace is declared; it keeps its first prefix. `xmlns=""` takes the default one back, and is none."""
        namespace = transitional(namespace or "")
        self._declared[prefix or ""] = namespace
        if namespace in ("", self._main) or namespace in self._prefixes:
            return
        name = prefix or "ns"
        while name in self._prefixes.values():
            name += "1"
        self._prefixes[namespace] = name

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins.

        Raises: Refused: F035 it has the name of a cell, a value or a text and is none.
        """
        if self._for_readers and self._is_false(name):
            raise Refused(MALFORMED)
        name = self._name(name)
        self._in_data |= name == "sheetData"
        self._in_item |= name == "si"
        given = {self._name(key): self._value(key, value) for key, value in attributes.items()}
        if name == "row":
            number = given.get("r", "")
            self._row, self._column = int(number) if number.isdecimal() else self._row + 1, 0
            self._row_at = len(self.out) if not number else -1
            given["r"] = str(self._row)
        elif name == "c":
            found = _NAME.fullmatch(given.get("r", ""))
            if found and self._row_at >= 0:
                self._number_row(int(found[2]))
            self._column = column_number(found[1]) if found else self._column + 1
            given["r"] = found[0] if found else address(self._row, self._column)
        if not self._root:
            self._root = name
            given = {key: value for key, value in given.items() if key not in _CLAIMS}
        names = [key for key in _FIRST if key in given] + [key for key in given if key not in _FIRST]
        self.out.append(f"<{name}{''.join(f' {key}={quoted(given[key])}' for key in names)}>")
        self._is_open = True

    def _is_false(self, name: str) -> bool:
        """Whether readers take an element of another namespace for one of ours, by its name or by what stands in it."""
        namespace, between, local = name.rpartition(BETWEEN)
        if not between or transitional(namespace) == self._main:
            return False
        return self._in_item or (local in _READ_BY_NAME and (local != "row" or self._in_data))

    def _number_row(self, row: int) -> None:
        """Gives a row without a number that of its first cell."""
        old = self.out[self._row_at]
        self.out[self._row_at], self._row = old.replace(f' r="{self._row}"', f' r="{row}"', 1), row
        self._row_at = -1

    def text(self, data: str) -> None:
        """Text."""
        self.out.append(escaped(data).replace("\r", "&#13;"))
        self._is_open = False

    def end(self, name: str) -> None:
        """An element ends; an empty one gets the short form."""
        if self._is_open:
            self.out[-1] = self.out[-1][:-1] + "/>"
        else:
            self.out.append(f"</{self._name(name)}>")
        self._is_open = False
        self._in_data &= self._name(name) != "sheetData"
        self._in_item &= self._name(name) != "si"

    def to_bytes(self) -> bytes:
        """The part as UTF-8."""
        declared = "".join(
            f" xmlns:{prefix}={quoted(namespace)}" for namespace, prefix in self._prefixes.items() if prefix != "xml"
        )
        cut = 1 + len(self._root)
        own = f" xmlns={quoted(self._main)}" if self._main else ""
        first = f"{self.out[0][:cut]}{own}{declared}{self.out[0][cut:]}"
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        return "".join((head, first, *self.out[1:])).encode("utf-8", "replace")

    def _name(self, name: str) -> str:
        if name not in self._names:
            namespace, between, local = name.rpartition(BETWEEN)
            namespace = transitional(namespace)
            own = not between or namespace == self._main
            self._names[name] = local if own else f"{self._prefixes[namespace]}:{local}"
        return self._names[name]

    def _value(self, name: str, value: str) -> str:
        """The value of an attribute; lists of prefixes name those that are written here."""
        if name != "Requires" and name not in _PREFIX_LISTS:
            return value
        spaces = (self._declared.get(prefix, "") for prefix in value.split())
        return " ".join(self._prefixes[one] for one in spaces if one in self._prefixes)
