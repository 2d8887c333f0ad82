"""The same workbook as rare programs write it: other prefixes, quotes, encodings, names and places of parts.

`WRITERS[name](data)` takes a workbook of a usual program and says the same in that way.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from ooxml import parts

STRICT = "http://purl.oclc.org/ooxml/"
_TAG = re.compile(rb"<[^>!?]*>")
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/"
_STRICT_NAMES = (
    (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"spreadsheetml/main"),
    (b"http://schemas.openxmlformats.org/drawingml/2006/", b"drawingml/"),
    (_OFFICE + b"relationships/custom-properties", b"officeDocument/relationships/customProperties"),
    (_OFFICE + b"relationships/extended-properties", b"officeDocument/relationships/extendedProperties"),
    (_OFFICE + b"custom-properties", b"officeDocument/customProperties"),
    (_OFFICE + b"extended-properties", b"officeDocument/extendedProperties"),
    (_OFFICE, b"officeDocument/"),
)
_HEAD = rb'(<c r="[^"]*"(?: s="\d+")?)'
_SPREADSHEET = re.compile(r"xl/(?:workbook|styles|sharedStrings|comments\d+|worksheets/[^/]+)\.xml")


def zipped(known: dict[str, bytes]) -> bytes:
    """A package of parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in known.items():
            new.writestr(name, part)
    return stream.getvalue()


def _each(change: Callable[[bytes], bytes], where: Callable[[str], bool]) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        return zipped({name: change(part) if where(name) else part for name, part in parts(data).items()})

    return changed


def _spreadsheet(name: str) -> bool:
    return bool(_SPREADSHEET.fullmatch(name))


def _listed(name: str) -> bool:
    return _spreadsheet(name) or name.endswith(".rels") or name in ("[Content_Types].xml", "docProps/custom.xml")


def _prefixed(part: bytes) -> bytes:
    part = re.sub(rb"<(/?)(?=[a-zA-Z][\w.]*[\s/>])", rb"<\1x:", part)
    return re.sub(rb'\sxmlns="', b' xmlns:x="', part)


def _single(part: bytes) -> bytes:
    def quotes(tag: re.Match[bytes]) -> bytes:
        return re.sub(rb'="([^"\']*)"', rb"='\1'", tag[0])

    return _TAG.sub(quotes, part)


def _strict(part: bytes) -> bytes:
    for usual, name in _STRICT_NAMES:
        part = part.replace(usual, STRICT.encode() + name)
    return part.replace(b"<workbook ", b'<workbook conformance="strict" ')


def _utf16(part: bytes) -> bytes:
    return part.decode("utf-8-sig").replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")


def _commented(part: bytes) -> bytes:
    part = re.sub(rb"<(sheetData|sst|sheets|fonts)\b([^>]*[^/])>", rb"<!-- by hand --><\1\2><!-- <row> -->", part)
    return re.sub(rb"(<t>)([^<&]+)(</t>)", rb"\1<![CDATA[\2]]>\3", part)


def _type_first(part: bytes) -> bytes:
    """The type of a cell before its style, as xlsx-populate writes it."""
    return re.sub(rb'(<c r="[^"]*")( s="\d+")( t="\w+")', rb"\1\3\2", part)


def _spaced(part: bytes) -> bytes:
    return re.sub(rb'<(c|row) r="([^"]*)"', rb'<\1  r = "\2"', part)


def _moved(data: bytes) -> bytes:
    """All parts in other folders, the workbook at the root, named by nothing but the relations."""
    names = {"xl/workbook.xml": "book.xml", "xl/styles.xml": "look/looks.xml", "xl/sharedStrings.xml": "words.xml"}
    known = parts(data)
    for name in known:
        if name.startswith("xl/worksheets/sheet"):
            names[name] = name.replace("xl/worksheets/sheet", "pages/p")

    def new(name: str) -> str:
        return names.get(name, name)

    def targets(source: str, part: bytes) -> bytes:
        folder = source.rpartition("/")[0]

        def target(found: re.Match[bytes]) -> bytes:
            from posixpath import join, normpath

            if found[2].startswith(b"http") or b"TargetMode" in found[0]:
                return found[0]
            path = found[2].decode()
            path = path[1:] if path.startswith("/") else normpath(join(folder, path))
            return found[1] + b"/" + new(path).encode() + found[3]

        return re.sub(rb'(<Relationship [^>]*Target=")([^"]*)("[^>]*>)', target, part)

    made = {}
    for name, part in known.items():
        if name.endswith(".rels"):
            source = name.replace("_rels/", "", 1).removesuffix(".rels")
            moved = new(source)
            folder, _, file = moved.rpartition("/")
            made["_rels/.rels" if not source else f"{folder}/_rels/{file}.rels".lstrip("/")] = targets(source, part)
        elif name == "[Content_Types].xml":
            for old, now in names.items():
                part = part.replace(f'"/{old}"'.encode(), f'"/{now}"'.encode())
            made[name] = part
        else:
            made[new(name)] = part
    return zipped(made)


def _moved_to(data: bytes, name: str) -> bytes:
    """The sheets under other names in the zip, which the relations write with %20 for a blank."""
    known = parts(data)
    numbers = re.findall(r"xl/worksheets/sheet(\d+)\.xml", " ".join(known))

    def new(text: str, form: str) -> str:
        return re.sub(
            r"(worksheets/(?:_rels/)?)sheet(\d+)\.", lambda found: found[1] + form.format(found[2]) + ".", text
        )

    assert numbers
    linked = ("[Content_Types].xml", "xl/_rels/workbook.xml.rels")
    return zipped(
        {
            new(old, name): new(part.decode(), "sheet%20{}").encode() if old in linked else part
            for old, part in known.items()
        }
    )


def _capitals(data: bytes) -> bytes:
    """Names of parts in the zip in other letters than in the relations, which count in any case."""
    return zipped({name if name == "[Content_Types].xml" else name.upper(): part for name, part in parts(data).items()})


def _without_addresses(part: bytes) -> bytes:
    """Rows and cells without addresses where none is left out; sheets with gaps keep theirs."""
    rows = re.findall(rb'<row r="(\d+)"[^>]*?(?:/>|>(.*?)</row>)', part, re.S)
    if [int(number) for number, _ in rows] != list(range(1, len(rows) + 1)):
        return part
    for _, cells in rows:
        letters = re.findall(rb'<c r="([A-Z]+)', cells)
        if letters != [bytes([65 + at]) for at in range(len(letters))]:
            return part
    return re.sub(rb'<(c|row) r="[^"]*"', rb"<\1", part)


def _numbered(part: bytes) -> bytes:
    """Every character above ASCII as its number."""
    return part.decode("utf-8-sig").encode("ascii", "xmlcharrefreplace")


def _results(data: bytes) -> bytes:
    """Texts as results of formulas that are not there, as SheetJS writes them."""
    known = parts(data)
    items = re.findall(rb"<si\b[^>]*>(.*?)</si>", known["xl/sharedStrings.xml"], re.S)
    texts = [b"".join(re.findall(rb"<t\b[^>]*>(.*?)</t>", item, re.S)) for item in items]

    def shared(found: re.Match[bytes]) -> bytes:
        return b'%s t="str"><v xml:space="preserve">%s</v></c>' % (found[1], texts[int(found[2])])

    def inline(found: re.Match[bytes]) -> bytes:
        text = b"".join(re.findall(rb"<t\b[^>]*>(.*?)</t>", found[2], re.S))
        return b'%s t="str"><v xml:space="preserve">%s</v></c>' % (found[1], text)

    for name in known:
        if name.startswith("xl/worksheets/sheet"):
            part = re.sub(rb'(<c r="[^"]*"(?: s="\d+")?) t="s"><v>(\d+)</v></c>', shared, known[name])
            known[name] = re.sub(
                rb'(<c r="[^"]*"(?: s="\d+")?) t="inlineStr">(<is>.*?</is>)</c>', inline, part, flags=re.S
            )
    return zipped(known)


WRITERS: dict[str, Callable[[bytes], bytes]] = {
    "usual": lambda data: data,
    "prefixed": _each(_prefixed, _listed),
    "strict": _each(_strict, lambda name: name.endswith((".xml", ".rels"))),
    "single quotes": _each(_single, lambda name: _listed(name) or name.endswith(".vml")),
    "UTF-16": _each(_utf16, _listed),
    "byte order mark": _each(lambda part: b"\xef\xbb\xbf" + part, _listed),
    "comments and CDATA": _each(_commented, _spreadsheet),
    "types before styles": _each(_type_first, _spreadsheet),
    "blanks around equal signs": _each(_spaced, _spreadsheet),
    "moved parts": _moved,
    "capital part names": _capitals,
    "figures by their number": _each(
        lambda part: re.sub(rb"<v>(\d)", lambda found: b"<v>&#%d;" % found[1][0], part),
        lambda name: "worksheets/" in name,
    ),
    "names in per cent signs": lambda data: _moved_to(data, "sheet%20{}"),
    "names with blanks": lambda data: _moved_to(data, "sheet {}"),
    "names with slashes before them": lambda data: zipped({f"/{name}": part for name, part in parts(data).items()}),
    "numbered characters": _each(_numbered, _spreadsheet),
    "texts as results": _results,
    "no addresses": _each(_without_addresses, _spreadsheet),
}
