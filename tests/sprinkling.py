"""Rounds sprinkled with invented ID numbers, mobile numbers and e-mail addresses, and the search for them in outputs.

Each unit has its own secrets, so that what of one unit reaches another is seen. The spellings are those of people and
of Excel; the search takes off what a spelling adds (width, blanks, signs) and looks for what is left.
"""

from __future__ import annotations

import io
import json
import re
import sqlite3
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq

from toolkit.model import layout
from toolkit.model.form import Form, Sheet
from toolkit.model.privacy import CHECK_CHARACTERS, NUMBER_COLUMN, WEIGHTS, checksum_ok

CHINESE, BIG, CIRCLED, RAISED, BOLD = (
    str.maketrans("0123456789", digits)
    for digits in ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
)
_SMALL = {
    ord(word): digit
    for kind in (CHINESE, BIG)
    for digit, word in zip("0123456789", map(chr, kind.values()), strict=True)
}
WIDE = str.maketrans("0123456789Xx-", "０１２３４５６７８９Ｘｘ－")
_NOT_KEPT = re.compile(r"[^0-9a-z@*一-鿿]")


@dataclass(frozen=True)
class Secrets:
    """The numbers of one unit.

    >>> Secrets(3).number, Secrets(3).old, Secrets(3).mobile, Secrets(3).mail
    ('320999193904130035', '320999390413003', '13900123003', 'geheim3@example.org')
    """

    unit: int

    @property
    def number(self) -> str:
        """A citizen number that keeps its own check."""
        head = f"3209991939{4:02d}{self.unit % 19 + 10:02d}{self.unit % 1000:03d}"
        total = sum(int(digit) * weight for digit, weight in zip(head, WEIGHTS, strict=True))
        return head + CHECK_CHARACTERS[total % 11]

    @property
    def old(self) -> str:
        """The same person's number of the old kind."""
        return self.number[:6] + self.number[8:17]

    @property
    def mobile(self) -> str:
        """A mobile number."""
        return f"13900123{self.unit % 1000:03d}"

    @property
    def mail(self) -> str:
        """An e-mail address."""
        return f"geheim{self.unit}@example.org"

    @property
    def tokens(self) -> tuple[str, ...]:
        """What no output may hold once it is `squeezed`: region with birthday, old number, mobile, box of the mail."""
        return self.number[:14], self.old, self.mobile, self.mail.split("@")[0] + "@"


def spaced(text: str, *cuts: int, by: str = " ") -> str:
    """A text cut in pieces."""
    edges = [0, *cuts, len(text)]
    return by.join(text[one:other] for one, other in pairwise(edges))


SPELLINGS = {
    "number": lambda s: s.number,
    "small x": lambda s: "证号" + s.number.lower() + "。",
    "wide": lambda s: s.number.translate(WIDE),
    "6-8-4": lambda s: spaced(s.number, 6, 14),
    "hyphens": lambda s: spaced(s.number, 6, 14, by="-"),
    "wide blanks": lambda s: spaced(s.number, 6, 10, 14, by="\u3000"),
    "letters before": lambda s: "SFZ" + s.number + "号",
    "word before": lambda s: "card" + s.number,
    "letter behind": lambda s: "id" + s.number[:17] + "0a",
    "old word before": lambda s: "id" + s.old,
    "one by one": lambda s: spaced(s.number, *range(1, 18)),
    "unseen": lambda s: spaced(s.number, 4, 8, 12, by="\u200b"),
    "dots": lambda s: spaced(s.number, 6, 14, by="."),
    "two lines": lambda s: spaced(s.number, 6, 14, by="\n"),
    "E": lambda s: f"{int(s.number[:17]) * 10:.14E}",
    "number cell": lambda s: int(s.number[:17]) * 10 + 1,
    "cut number cell": lambda s: int(s.number[:15]) * 1000,
    "old": lambda s: s.old,
    "old spaced": lambda s: "旧证 " + spaced(s.old, 6, 12),
    "old number cell": lambda s: int(s.old),
    "mobile": lambda s: s.mobile,
    "mobile 3-4-4": lambda s: "手机" + spaced(s.mobile, 3, 7),
    "mobile hyphens": lambda s: spaced(s.mobile, 3, 7, by="-"),
    "mobile +86": lambda s: "+86" + s.mobile,
    "mobile 0086": lambda s: "0086-" + spaced(s.mobile, 3, 7, by="-"),
    "mobile wide": lambda s: "电话：" + s.mobile.translate(WIDE) + "（本人）",
    "mobile dots": lambda s: spaced(s.mobile, 3, 7, by="."),
    "mobile brackets": lambda s: f"({s.mobile[:3]}){s.mobile[3:]}",
    "mobile one by one": lambda s: spaced(s.mobile, *range(1, 11), by="\u00a0"),
    "mobile number cell": lambda s: int(s.mobile),
    "mobile E": lambda s: f"{int(s.mobile):.10E}",
    "mobile thousands": lambda s: f"{int(s.mobile):,}",
    "mobile decimal": lambda s: int(s.mobile) + 0.5,
    "mail": lambda s: s.mail,
    "MAIL": lambda s: "邮箱" + s.mail.upper(),
    "mail wide": lambda s: s.mail.replace("@", "＠"),
    "mail spaced": lambda s: s.mail.replace("@", " @ "),
    "mail in brackets": lambda s: f"王某<{s.mail}>",
    "two": lambda s: f"{s.number}、{s.mobile}",
    "joined": lambda s: f"{s.number}{s.mobile}",
}
TYPED = {
    "tildes": lambda s: spaced(s.number, 6, 14, by="~"),
    "commas": lambda s: spaced(s.number, 6, 14, by="，"),
    "bars": lambda s: spaced(s.number, 6, 14, by="|"),
    "four blanks": lambda s: spaced(s.number, 6, 14, by=" " * 4),
    "directions": lambda s: spaced(s.number, *range(1, 18), by="\u202a"),
    "Chinese": lambda s: s.number.translate(CHINESE),
    "Chinese with name": lambda s: "张三" + s.number[:17].translate(BIG) + s.number[17],
    "raised": lambda s: s.number.translate(RAISED),
    "old circled": lambda s: s.old.translate(CIRCLED),
    "mobile Chinese": lambda s: "李四" + s.mobile.translate(CHINESE),
    "mobile half Chinese": lambda s: s.mobile[:3] + s.mobile[3:7].translate(CHINESE) + s.mobile[7:],
    "mobile yao": lambda s: s.mobile.translate(CHINESE).replace("一", "幺"),
    "mobile circled": lambda s: s.mobile.translate(CIRCLED),
    "mobile bold": lambda s: spaced(s.mobile.translate(BOLD), 3, 7),
    "mobile waves": lambda s: spaced(s.mobile, 3, 7, by="～"),
    "mobile stars": lambda s: spaced(s.mobile, 3, 7, by="*"),
    "mobile commas": lambda s: spaced(s.mobile, 3, 7, by=","),
    "mobile pauses": lambda s: spaced(s.mobile, *range(1, 11), by="、"),
    "mobile corners": lambda s: f"{s.mobile[:3]}【{s.mobile[3:7]}】{s.mobile[7:]}",
    "mobile 5-6": lambda s: spaced(s.mobile, 5),
    "mobile fillers": lambda s: spaced(s.mobile, 3, 7, by="\u3164"),
    "mail at": lambda s: s.mail.replace("@", "(at)"),
    "mail small at": lambda s: s.mail.replace("@", "﹫"),
    "mail hash": lambda s: s.mail.replace("@", "#"),
    "mail blanks": lambda s: s.mail.replace("@", " @ ").replace(".", " . "),
    "mail unseen": lambda s: spaced(s.mail, 3, by="\u200b"),
    "mail apart": lambda s: " ".join(s.mail),
    "mail said": lambda s: s.mail.replace("@", "艾特").replace(".", "点"),
    "mail words": lambda s: s.mail.replace("@", " at ").replace(".", " dot "),
    "mail braces": lambda s: s.mail.replace("@", "｛at｝"),
    "mail stop": lambda s: s.mail.replace(".", "。"),
}
"""Spellings that only what somebody typed is searched for."""
SPELLINGS |= TYPED
"""Name → the cell of a form that holds one unit's secret in this spelling."""
WRITTEN = tuple(SPELLINGS.values())


def sprinkled(
    form: Form, rows: dict[str, list], secrets: Secrets, start: int, share: str
) -> dict[str, dict[str, object]]:
    """Sheet title → address → a secret.

    Args:
        rows: the records that the unit filled in, by sheet.
        start: which spelling comes first.
        share: `all` cells of the first records; `one` cell of each record, so that the rest of the row is judged and
            listed; or a `number` in each number cell.
    """
    found: dict[str, dict[str, object]] = {}
    number = start
    for sheet in form.sheets:
        cells = found.setdefault(sheet.label, {})
        filled = len(rows.get(sheet.name, ())) + (sheet.layout == "table")
        for record in range(min(filled, _ROWS[share])):
            for column in _columns(sheet, share, record + start):
                value = WRITTEN[number % len(WRITTEN)](secrets)
                number += 1
                if share == "number":
                    value = (int(secrets.mobile), int(secrets.old), int(secrets.mobile) + 0.5)[number % 3]
                cells[layout.cell(sheet, column, record)] = value
    return found


_ROWS = {"all": 3, "one": 40, "number": 6}


def _columns(sheet: Sheet, share: str, record: int) -> list[str]:
    if share == "all":
        return list(sheet.names)
    if share == "number":
        return [column.name for column in sheet.columns if column.type in ("integer", "decimal")]
    free = [column.name for column in sheet.columns if not column.prefilled and not column.references]
    return [free[record % len(free)]]


@lru_cache(maxsize=1 << 16)
def squeezed(text: str) -> str:
    """A text without what spellings add to it; most stand in file after file.

    >>> squeezed("１３９-0012 3003"), squeezed("1.3900123003E+10"), squeezed("Geheim3 @ Example.org")
    ('13900123003', '13900123003e10', 'geheim3@exampleorg')
    """
    text = unicodedata.normalize("NFKC", text.translate(_SMALL).replace("幺", "1")).lower()
    for said in ("(at)", "{at}", "艾特", " at ", "#"):
        text = text.replace(said, "@")
    return _NOT_KEPT.sub("", text.replace("点", "").replace(" dot ", ""))


def texts_of(path: Path) -> Iterator[str]:
    """Everything that a file says: its name, and every text and number in it."""
    yield path.name
    yield from texts_in(path.name, path.read_bytes(), path)


def texts_in(name: str, data: bytes, path: Path | None = None) -> Iterator[str]:
    """Everything that some bytes say, by their kind; right ID numbers in their column of the working dataset may."""
    suffix = Path(name).suffix
    if data[:2] == b"PK":
        yield from _zipped(data)
    elif suffix == ".parquet":
        for row in pq.read_table(path).to_pylist():
            yield from (str(value) for name, value in row.items() if not _kept(name, value))
    elif suffix == ".sqlite":
        with sqlite3.connect(path) as db:
            for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in db.execute(f"SELECT * FROM {table}"):
                    yield from map(str, row)
    elif suffix == ".eml":
        for part in message_from_bytes(data, policy=policy.default).walk():
            yield from map(str, part.values())
            if not part.get_filename() and part.get_content_maintype() == "text":
                yield part.get_content()
    elif suffix == ".res":
        yield from (_unescaped(line) for line in data.decode("ascii").splitlines())
    elif suffix == ".json":
        seal, _, text = data.partition(b"\n") if data[:1] not in b"{[" else (b"", b"", data)
        yield from (seal.decode("ascii"), json.dumps(json.loads(text), ensure_ascii=False))
    else:
        yield data.decode("utf-8", "replace")


def _kept(column: str, value: object) -> bool:
    return column == NUMBER_COLUMN and value is not None and checksum_ok(str(value))


def attachments(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of what is attached to a letter."""
    for part in message_from_bytes(path.read_bytes(), policy=policy.default).walk():
        if part.get_filename():
            yield part.get_filename(), part.get_payload(decode=True)


def _unescaped(line: str) -> str:
    from toolkit.bridge.protocol import unescape

    return unescape(line)


def _zipped(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            inner = archive.read(name)
            if name.endswith((".xml", ".rels", ".vml")):
                yield from _xml(inner)
            elif inner[:2] == b"PK":
                yield name
                yield from _zipped(inner)


def _xml(data: bytes) -> Iterator[str]:
    for element in ElementTree.fromstring(data).iter():
        yield from element.attrib.values()
        text = "".join(element.itertext()) if element.tag.endswith(("}si", "}is", "}text")) else element.text
        if text:
            yield text
            yield from _as_number(text)


def _as_number(text: str) -> Iterator[str]:
    try:
        number = float(text)
    except ValueError:
        return
    if 1e9 < abs(number) < 1e20:
        yield f"{number:.0f}"


def leaks(texts: Iterable[str], people: Iterable[Secrets]) -> list[tuple[str, str]]:
    """(token, the text that holds it) of every secret that the texts give away."""
    tokens = [token for one in people for token in one.tokens]
    pattern = re.compile("|".join(map(re.escape, tokens)))
    return [(found[0], text[:300]) for text in dict.fromkeys(texts) if (found := pattern.search(squeezed(text)))]


def day_after(year: int) -> date:
    """The day on which the rounds are judged."""
    return date(year + 1, 1, 15)
