"""The manual: the clerks' README, the pages on installing and for the administrator, as one HTML file with pictures."""

from __future__ import annotations

import base64
import re
from html import escape, unescape
from pathlib import Path

from toolkit.console import console

ROOT = Path(__file__).parent.parent
PARTS = ("README.zh-CN.md", "docs/安装.md", "docs/管理员.md")
_HEADING = re.compile(r"<h([12])>(.*?)</h\1>")
_PICTURE = re.compile(r'<img src="([^"]+)"')
_ADDRESS = re.compile(r'<a href="([^"]+)">(.*?)</a>', re.DOTALL)
_TAG, _SIGN = re.compile(r"<[^>]+>"), re.compile(r"[^\w-]+")


def manual(root: Path = ROOT) -> str:
    """One page: a table of contents, the parts one after the other, pictures inside, no address outside."""
    known: set[str] = set()
    found = [_part(root / name, known) for name in PARTS]
    contents = "\n".join(line for lines, _ in found for line in lines)
    body = "\n".join(_within(text, known) for _, text in found)
    return console().texts["bundle"]["page"].replace("{contents}", contents).replace("{body}", body)


def _part(path: Path, known: set[str]) -> tuple[list[str], str]:
    """Lines of the table of contents, and the part as HTML; its headings have names."""
    from markdown_it import MarkdownIt

    lines: list[str] = []

    def named(match: re.Match[str]) -> str:
        level, text = match.groups()
        title = unescape(_TAG.sub("", text))
        name = _SIGN.sub("", title.replace(" ", "-")).lower()
        while name in known:
            name += "-"
        known.add(name)
        lines.append(f'<li class="h{level}"><a href="#{escape(name)}">{escape(title)}</a></li>')
        return f'<h{level} id="{escape(name)}">{text}</h{level}>'

    text = MarkdownIt("commonmark").enable("table").render(path.read_text(encoding="utf-8"))
    text = _PICTURE.sub(lambda match: f'<img src="{_embedded(path.parent / match[1])}"', text)
    return lines, _HEADING.sub(named, text)


def _embedded(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()


def _within(text: str, known: set[str]) -> str:
    """The text with the links that lead to a heading of this page; of the others only their words."""

    def kept(match: re.Match[str]) -> str:
        name = unescape(match[1]).removeprefix("#").lower()
        inside = match[1].startswith("#") and _plain(name) in known
        return f'<a href="#{escape(_plain(name))}">{match[2]}</a>' if inside else match[2]

    return _ADDRESS.sub(kept, text)


def _plain(name: str) -> str:
    from urllib.parse import unquote

    return unquote(name)
