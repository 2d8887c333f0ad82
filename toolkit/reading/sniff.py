"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

import re

COMPANY, PARTIAL, MAIL, SYLK, WEB = "company", "partial", "mail", "sylk", "web"
ZIP, OLE, PDF, IMAGE, HTML, XML, TEXT, RTF, ARCHIVE, EMPTY, UNKNOWN = (
    "zip",
    "ole",
    "pdf",
    "image",
    "html",
    "xml",
    "text",
    "rtf",
    "archive",
    "empty",
    "unknown",
)
WORD, XLS, ENCRYPTED_OOXML, OTHER_OLE, CUT_OLE = "word", "xls", "encrypted", "other_ole", "cut_ole"
RIGHTS = "rights"

_MAGIC = (
    (b"%TSD-Header", COMPANY),
    (b"b\x14#e", COMPANY),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"%PDF", PDF),
    (b"\x89PNG", IMAGE),
    (b"\xff\xd8\xff", IMAGE),
    (b"GIF8", IMAGE),
    (b"BM", IMAGE),
    (b"II*\x00", IMAGE),
    (b"MM\x00*", IMAGE),
    (b"{\\rtf", RTF),
    (b"Rar!", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"\x1f\x8b", ARCHIVE),
)


_ZIP_END, _SHORTEST_END = b"PK\x05\x06", 22
_PHOTO = re.compile(rb"....ftyp(?:hei[cfsx]|hev[cx]|mif1|msf1|avif)|RIFF....WEBP", re.S)
"""Pictures as telephones take them."""
_COMPANY_MARKS = (b"E-SafeNet", b"TSD-Header")
_PAGES = ("<html", "<!doctype html", "<meta", "<head")
_MAIL_HEAD = re.compile(
    r"(?:from|to|received|return-path|date|subject|mime-version|message-id|delivered-to|content-type|x-[\w-]+"
    r"|dkim-signature|authentication-results|received-spf|arc-[\w-]+|domainkey-signature|reply-to|sender):\s"
    r"|from \S+@\S+ +\w{3} "
)
_BEFORE_PAGE = re.compile(r"(?:\s*(?:<\?xml[^>]*\?>|<!--.*?-->))*\s*", re.S)
"""What may stand in front of a web page: a comment, a declaration."""
_FAULT = re.compile(r"<error>\s*<code>")
"""What a store of files answers instead of a file."""
_PASSWORD_FIELD = re.compile(r"type\s*=\s*[\"']?password")
_JSON = re.compile(r"[{\[]\s*(?:[\"{\[]|[}\]]\s*$)")
_LONGEST_HEAD = 65_536
_LOGIN = re.compile(r"password|login|登录|登陆|密码|扫码")


def kind_of(data: bytes) -> str:
    """The kind of content: one of the constants of this module.

    >>> kind_of(b"%PDF-1.7"), kind_of(b""), kind_of("姓名,年龄".encode("gbk"))
    ('pdf', 'empty', 'text')
    """
    if not data:
        return EMPTY
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return PARTIAL if kind == ZIP and not _has_end(data) else kind
    if (start := data.find(b"PK\x03\x04", 0, 4096)) > 0 and data.rfind(b"PK\x05\x06") > start:
        return ZIP
    if _PHOTO.match(data):
        return IMAGE
    if any(mark in data[:512] for mark in _COMPANY_MARKS):
        return COMPANY
    if not data.strip(b"\0"):
        return PARTIAL  # the place for a file that never came
    return _text_kind(data[:_LONGEST_HEAD])


def _has_end(data: bytes) -> bool:
    """Whether the end of a package is there, whole."""
    end = data.rfind(_ZIP_END)
    return 0 <= end <= len(data) - _SHORTEST_END


def _text_kind(head: bytes) -> str:
    text = ""
    for encoding in ("utf-16",) if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        for cut in range(4):
            try:
                text = head[: len(head) - cut].decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        if text:
            break
    start = text.lstrip().lower()
    page = start[_BEFORE_PAGE.match(start).end() :]  # type: ignore[union-attr]
    if _MAIL_HEAD.match(start):
        return MAIL
    if start.startswith("id;p"):
        return SYLK
    if _JSON.match(start) or _FAULT.match(page):
        return WEB
    if page.startswith(_PAGES) and (_PASSWORD_FIELD.search(start) or ("<table" not in start and _LOGIN.search(start))):
        return WEB
    if not text or any(character < " " and character not in "\t\r\n\f" for character in text):
        return UNKNOWN
    if page.startswith((*_PAGES, "<table")) or "<table" in start:
        return HTML
    return XML if start.startswith("<?xml") else TEXT


def ole_kind(data: bytes) -> str:
    """What an OLE2 file holds: xls, word, encrypted or other_ole, by the names of its streams, in any letters;
    cut_ole without them.

    >>> ole_kind("EncryptedPackage".encode("utf-16-le"))
    'encrypted'
    """
    low = data.lower()
    for name, kind in (
        ("DRMEncrypted", RIGHTS),
        ("EncryptedPackage", ENCRYPTED_OOXML),
        ("__properties_version1.0", MAIL),
        ("WordDocument", WORD),
        ("Workbook", XLS),
        ("Book", XLS),
    ):
        if name.lower().encode("utf-16-le") in low:
            return kind
    sector = 1 << min(int.from_bytes(data[30:32], "little"), 20)
    return OTHER_OLE if sector * (int.from_bytes(data[48:52], "little") + 2) <= len(data) else CUT_OLE


UNFINISHED = (".xltd", ".downloading", ".download", ".opdownload", ".aria2", ".td", ".!ut", ".bc!", ".partial")
PLACEHOLDERS = (".icloud", ".cloudf", ".cloud")


def named_reason(name: str) -> str:
    """Why a file with such a name cannot be read: a download that did not end (`partial`), a stand-in of a cloud.

    Asked only when its content says nothing better. "" for other names.

    >>> named_reason("汇总.xlsx.xltd"), named_reason(".汇总.xlsx.icloud"), named_reason("汇总.xlsx")
    ('partial', 'cloud', '')
    """
    low = name.lower()
    if low.endswith(PLACEHOLDERS):
        return "cloud"
    return PARTIAL if low.endswith(UNFINISHED) else ""


_VAGUE = ("F001", "F002", "F004", "F019", "F038")
"""What the content says of a file that its name may explain better."""
_BY_NAME = {PARTIAL: "F038", "cloud": "F039"}


def better_reason(name: str, code: str) -> str:
    """The code that says best why a file was not read: that of its content, or of its name where that says more.

    >>> better_reason(".汇总.xlsx.icloud", "F001"), better_reason("汇总.xlsx", "F001")
    ('F039', 'F001')
    """
    return _BY_NAME.get(named_reason(name), code) if code in _VAGUE else code


SUFFIXES = {
    "xlsx": (".xlsx", ".xlsm", ".xltx", ".xltm"),
    "xlsb": (".xlsb",),
    "ods": (".ods", ".ots"),
    "xls": (".xls", ".et", ".xlt", ".ett"),
}
"""The suffixes that fit each format that can be read."""

JUNK_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db"})
JUNK_STARTS = ("~$", "._", ".~lock.", ".~")
JUNK_ENDS = (".tmp", ".crdownload", ".part", ":zone.identifier", ".lnk")


def is_junk(name: str) -> bool:
    """Whether a file name is that of a temporary or system file.

    >>> is_junk("~$市教育局.xlsx"), is_junk("Thumbs.db"), is_junk("市教育局.xlsx")
    (True, True, False)
    """
    low = name.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return low in JUNK_NAMES or low.startswith(JUNK_STARTS) or low.endswith(JUNK_ENDS)
