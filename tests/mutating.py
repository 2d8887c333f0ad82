"""Workbooks changed at random on four levels: bytes, the zip package, XML, cells.

Every change is one that a broken program, a bad line or a spiteful hand could make. What a mutant still says is told by
harm.py.
"""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

Parts = dict[str, bytes]
WORDS = (b"NaN", b"-1", b"4294967297", b"", b"<", b"\x00", b"&#0;", b"]]>", b"A1:XFD1048576", b"e", b"s", b"9" * 400)
VALUES = (
    *("", "0", "1", "2", "7", "-1", "99999", "4294967297", "1e308", "NaN", "true", "x", " 3 ", "1.5", "٣", "A1", "a7"),
    *(
        "A7",
        "B8",
        "$C$9",
        "XFD1048576",
        "AAAA1",
        "A0",
        "A1:XFD1048576",
        "hidden",
        "veryHidden",
        "s",
        "n",
        "b",
        "e",
        "d",
    ),
    *(
        "str",
        "inlineStr",
        "rId1",
        "rId2",
        "rId999",
        "http://example.org/other",
        "worksheets/sheet2.xml",
        "&lt;",
        "\u3000",
    ),
)
TYPES = ("s", "n", "str", "inlineStr", "b", "e", "d", "x", "S", "")
HURTFUL = (
    "-1",
    "0",
    "1",
    "5",
    "99999",
    "1e5",
    "1e400",
    "NaN",
    "45413",
    "45413.7",
    "0x10",
    "true",
    "#N/A",
    " 8 ",
    "",
    "12 3",
)
_TAG = re.compile(rb"<[^<>]*>")
_ATTRIBUTE = re.compile(rb'\s([\w:]+)="([^"]*)"')
_CELL = re.compile(rb"<((?:\w+:)?c)\b([^<>]*?)(?:/>|>(.*?)</\1>)", re.S)
_ROW = re.compile(rb"<((?:\w+:)?row)\b([^<>]*)>")
_SHEET_ROW = re.compile(rb"<((?:\w+:)?row)\b[^<>]*(?:/>|>.*?</\1>)", re.S)
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True)
class Mutant:
    """One changed workbook.

    Args:
        parts: what was packed; None where bytes or the package itself were changed.
    """

    data: bytes
    level: str
    parts: Parts | None


def unpacked(data: bytes) -> Parts:
    """The parts of a package."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: Parts | list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A package of parts; a list may hold a name twice."""
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", method) as package:
        warnings.simplefilter("ignore")
        for name, part in parts.items() if isinstance(parts, dict) else parts:
            package.writestr(name, part)
    return stream.getvalue()


def mutant(data: bytes, chance: random.Random) -> Mutant:
    """One workbook changed on one of the levels that its format has."""
    if not data.startswith(b"PK"):
        return Mutant(scrambled(data, chance), "bytes", None)
    parts = unpacked(data)
    level = chance.choice(("bytes", "zip", "xml", "xml", "cell", "cell"))
    if level == "bytes":
        return Mutant(scrambled(data, chance), level, None)
    if level == "zip":
        return Mutant(repacked(data, parts, chance), level, None)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        name = _a_part(parts, level, chance)
        if level == "cell" and name.endswith(".xml"):
            parts[name] = chance.choice(CELL_CHANGES)(parts[name], chance)
        elif name.endswith((".xml", ".rels")):
            parts[name] = chance.choice(XML_CHANGES)(parts[name], chance)
        else:
            parts[name] = scrambled(parts[name], chance)
    return Mutant(packed(parts), level, parts)


def _a_part(parts: Parts, level: str, chance: random.Random) -> str:
    """Mostly a sheet, the texts, the styles, the workbook or its relations."""
    sheets = [name for name in parts if "/sheet" in name.lower() and parts[name]]
    if level == "cell" and sheets:
        return chance.choice(sheets)
    kinds = [sheets] + [
        [name for name in parts if word in name.lower() and parts[name]]
        for word in ("sharedstrings", "styles", "workbook", ".rels", "content")
    ]
    kinds.append([name for name in parts if parts[name]])
    return chance.choice(chance.choice([kind for kind in kinds if kind]))


def scrambled(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, lost, doubled or replaced; sometimes the end is cut off."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        if not changed:
            return b""
        at, kind = chance.randrange(len(changed)), chance.randrange(9)
        if kind < 4:
            changed[at] = chance.randrange(256) if kind else changed[at] ^ 1 << chance.randrange(8)
        elif kind < 6:
            del changed[at : at + chance.randrange(1, 40)]
        elif kind < 7:
            changed[at:at] = changed[at : at + chance.randrange(1, 40)]
        elif kind < 8:
            changed[at : at + 1] = chance.choice(WORDS)
        elif chance.random() < 0.3:
            del changed[at:]
    return bytes(changed)


def repacked(data: bytes, parts: Parts, chance: random.Random) -> bytes:
    """The package with parts lost, doubled, moved, exchanged, or with headers that say something else."""
    listed, kind = list(parts.items()), chance.randrange(12)
    at, other = chance.randrange(len(listed)), chance.randrange(len(listed))
    name, part = listed[at]
    if kind == 0:
        del listed[at]
    elif kind == 1:
        listed.insert(chance.randrange(len(listed) + 1), (chance.choice((name, name.upper())), listed[other][1]))
    elif kind == 2:
        listed[at] = (chance.choice((name + "x", "./" + name, "/" + name, name.replace("/", "\\"), name.upper())), part)
    elif kind == 3:
        listed[at], listed[other] = (name, listed[other][1]), (listed[other][0], part)
    elif kind == 4:
        listed[at] = (name, chance.choice((b"", part[: len(part) // 2], part * 2)))
    elif kind == 5:
        chance.shuffle(listed)
        return packed(listed, zipfile.ZIP_STORED)
    elif kind == 6:
        return chance.choice((b"MZ", b"\0" * 40, data)) + data
    elif kind == 7:
        return data + chance.choice(
            (b"\r\n--\r\n", b"\0" * 5000, data[: len(data) // 2], data, b"PK\x05\x06" + bytes(18))
        )
    else:
        return reheaded(data, chance)
    return packed(listed)


def reheaded(data: bytes, chance: random.Random) -> bytes:
    """One field of a local header, of the directory or of the end record changed."""
    mark, size = chance.choice(((b"PK\x03\x04", 30), (b"PK\x01\x02", 46), (b"PK\x05\x06", 22)))
    places = [found.start() for found in re.finditer(re.escape(mark), data)]
    changed, at = bytearray(data), chance.choice(places) + chance.randrange(4, size - 1)
    value = chance.choice((0, 1, 8, 9, 0xFFFF, 0x800, 0x808, chance.randrange(0x10000)))
    struct.pack_into("<H", changed, at, value)
    return bytes(changed)


def _tags(part: bytes) -> list[re.Match]:
    return list(_TAG.finditer(part))


def _a_tag(part: bytes, chance: random.Random) -> re.Match | None:
    tags = [tag for tag in _tags(part) if tag[0][1:2] not in b"/?!"]
    return chance.choice(tags) if tags else None


def _element(part: bytes, tag: re.Match) -> tuple[int, int]:
    """Where the element of an opening tag begins and ends."""
    if tag[0].endswith(b"/>"):
        return tag.span()
    name = re.match(rb"<([\w:.-]+)", tag[0])
    if not name:
        return tag.span()
    depth = 0
    for found in re.finditer(rb"<(/?)" + re.escape(name[1]) + rb"\b[^<>]*?(/?)>", part[tag.start() :]):
        depth += -1 if found[1] else 0 if found[2] else 1
        if depth == 0:
            return tag.start(), tag.start() + found.end()
    return tag.span()


def reattributed(part: bytes, chance: random.Random) -> bytes:
    """An attribute lost, doubled, renamed, with another value, or with that of its neighbour."""
    tags = [tag for tag in _tags(part) if _ATTRIBUTE.search(tag[0])]
    if not tags:
        return scrambled(part, chance)
    tag = chance.choice(tags)
    found = chance.choice(list(_ATTRIBUTE.finditer(tag[0])))
    word = chance.choice(VALUES).encode()
    new = chance.choice(
        (
            b"",
            found[0] * 2,
            b' %s="%s"' % (found[1], word),
            b' %s="%s"' % (found[1], word),
            b' q%s="%s"' % (found[1], found[2]),
            b' x:%s="%s"' % (found[1], found[2]),
            b" %s='%s'" % (found[1], found[2]),
            found[0] + b' hidden="1"',
            found[0] + b' date1904="1"' if b"workbookPr" in tag[0] else found[0].upper(),
        )
    )
    start = tag.start() + found.start()
    return part[:start] + new + part[start + len(found[0]) :]


def rebuilt(part: bytes, chance: random.Random) -> bytes:
    """An element lost, doubled, moved, exchanged with the next one, wrapped, renamed or emptied."""
    tag = _a_tag(part, chance)
    if tag is None:
        return scrambled(part, chance)
    start, end = _element(part, tag)
    body, before, after = part[start:end], part[:start], part[end:]
    kind = chance.randrange(8)
    if kind == 0:
        return before + after
    if kind == 1:
        return before + body * 2 + after
    if kind == 2:
        rest = before + after
        places = [tag.start() for tag in _tags(rest)]
        at = chance.choice(places) if places else 0
        return rest[:at] + body + rest[at:]
    if kind == 3 and (follower := re.match(rb"\s*<[^/!?][^<>]*>", after)):
        follow = _TAG.search(part, end + follower.start())
        _, stop = _element(part, follow)
        return before + part[end:stop] + body + part[stop:]
    if kind == 4:
        wrap = chance.choice((b"x", b"extLst", b"mc:AlternateContent", b"v", b"c"))
        return before + b"<" + wrap + b">" + body + b"</" + wrap + b">" + after
    if kind == 5:
        inside = _tags(body)
        return before + inside[0][0].rstrip(b"/>") + b"/>" + after
    name = re.match(rb"<([\w:.-]+)", body)
    if not name:
        return before + after
    new = chance.choice((name[1].upper(), b"x" + name[1], b"q:" + name[1], name[1] + b' xmlns="urn:other"'))
    body = b"<" + new + body[len(name[0]) :]
    if body.endswith(b"</" + name[1] + b">"):
        body = body[: -len(name[1]) - 1] + new.split(b" ")[0] + b">"
    return before + body + after


def retexted(part: bytes, chance: random.Random) -> bytes:
    """The text between two tags replaced, or something put in: comment, CDATA, instruction, entity."""
    tags = _tags(part)
    if len(tags) < 2:
        return scrambled(part, chance)
    place = chance.randrange(len(tags) - 1)
    start, end = tags[place].end(), tags[place + 1].start()
    text = part[start:end]
    new = chance.choice(
        (
            *(chance.choice(WORDS), chance.choice(VALUES).encode(), text + b"<!-- x -->", b"<!-- x -->" + text),
            *(text[:1] + b"<!-- x -->" + text[1:], b"<![CDATA[" + text + b"]]>", text[:1] + b"<?x y?>" + text[1:]),
            *(
                b"&bogus;" + text,
                b"&#55;" + text,
                text + text,
                text + b"\xff",
                text + b"_x000D_",
                text[:1],
                b"\n" + text,
            ),
        )
    )
    return part[:start] + new + part[end:]


def restyled(part: bytes, chance: random.Random) -> bytes:
    """The whole part otherwise: encoding, prolog, namespaces, a document type, cut off at a tag."""
    body = re.sub(rb"^\s*<\?xml[^>]*\?>\s*", b"", part)
    tags = _tags(part)
    kind = chance.randrange(9)
    if kind == 0:
        return part.decode("utf-8", "replace").replace("UTF-8", "UTF-16").encode("utf-16")
    if kind == 1:
        return b"\xef\xbb\xbf" + part
    if kind == 2:
        return body
    if kind == 3:
        return b'<?xml version="1.0" encoding="GBK"?>' + body
    if kind == 4:
        return b'<!DOCTYPE x [<!ENTITY a "7">]>' + body
    if kind == 5:
        return part.replace(_MAIN, chance.choice((b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"urn:other", b"")))
    if kind == 6 and tags:
        return part[: chance.choice(tags).start()]
    if kind == 7:
        return re.sub(rb"<(/?)(?=[a-zA-Z][\w.]*[\s/>])", rb"<\1x:", part).replace(b' xmlns="', b' xmlns:x="')
    return part + chance.choice((b" ", b"<x/>", part, b"\0"))


def _some_cell(part: bytes, chance: random.Random) -> re.Match | None:
    cells = list(_CELL.finditer(part))
    return chance.choice(cells) if cells else None


def recelled(part: bytes, chance: random.Random) -> bytes:
    """One cell with another type, style, address, value or formula."""
    cell = _some_cell(part, chance)
    if cell is None:
        return rebuilt(part, chance)
    tag, given, inside = cell[1], cell[2], cell[3] or b""
    word = chance.choice(HURTFUL).encode()
    kind = chance.randrange(9)
    if kind == 0:
        given = re.sub(rb'\st="[^"]*"', b"", given) + b' t="%s"' % chance.choice(TYPES).encode()
    elif kind == 1:
        given = re.sub(rb'\st="[^"]*"', b"", given)
    elif kind == 2:
        given = re.sub(rb'\ss="[^"]*"', b"", given) + b' s="%s"' % chance.choice((b"0", b"1", b"2", b"99", b"-1", b"x"))
    elif kind == 3:
        given = re.sub(rb'\sr="[^"]*"', chance.choice((b"", b' r="%s"' % chance.choice(VALUES).encode())), given)
    elif kind == 4:
        inside = re.sub(rb"(<(?:\w+:)?v[^>]*>)[^<]*", lambda found: found[1] + word, inside)
    elif kind == 5:
        inside = chance.choice((b"", inside * 2, inside.replace(b"v>", b"V>"), inside + b"<v>" + word + b"</v>"))
    elif kind == 6:
        inside = b"<f>" + chance.choice((b"A1", b"1/0", b"SUM(A1:A9)", b"", b'cmd|"/c"!A0')) + b"</f>" + inside
    elif kind == 7:
        inside = b"<is><t>" + word + b"</t></is>" + inside
    else:
        inside = word + inside + word
    return part[: cell.start()] + b"<" + tag + given + b">" + inside + b"</" + tag + b">" + part[cell.end() :]


def exchanged(part: bytes, chance: random.Random) -> bytes:
    """Two cells or two rows in the place of each other, or one of them twice."""
    found = list(chance.choice((_CELL, _SHEET_ROW)).finditer(part))
    if len(found) < 2:
        return rebuilt(part, chance)
    one, two = sorted(chance.sample(found, 2), key=lambda match: match.start())
    first = chance.choice((two[0], one[0], b""))
    return part[: one.start()] + first + part[one.end() : two.start()] + one[0] + part[two.end() :]


def renumbered(part: bytes, chance: random.Random) -> bytes:
    """A row with another number, with none, hidden, or of height 0."""
    rows = list(_ROW.finditer(part))
    if not rows:
        return rebuilt(part, chance)
    row = chance.choice(rows)
    other = chance.choice((b"7", b"8", b"1", b"0", b"-3", b"999999", b"1048577", b"x", b"", b"9"))
    given = chance.choice(
        (
            re.sub(rb'\sr="[^"]*"', b' r="%s"' % other, row[2]),
            re.sub(rb'\sr="[^"]*"', b"", row[2]),
            row[2].rstrip(b"/") + b' hidden="1"' + (b"/" if row[2].endswith(b"/") else b""),
        )
    )
    return part[: row.start()] + b"<" + row[1] + given + b">" + part[row.end() :]


Change = Callable[[bytes, random.Random], bytes]
XML_CHANGES: tuple[Change, ...] = (reattributed, reattributed, rebuilt, rebuilt, retexted, restyled)
CELL_CHANGES: tuple[Change, ...] = (recelled, recelled, recelled, exchanged, renumbered)
