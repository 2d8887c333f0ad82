"""The page itself: frame, style, script and data in one file that needs nothing else and asks nobody."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from toolkit.board.data import board_data
from toolkit.board.words import board_words
from toolkit.files import write_whole
from toolkit.model.characters import escaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from toolkit.checked import Checked

_HERE = Path(__file__).parent
_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "&<>"}
"""What could end or begin markup inside of a script element."""
_POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data:; base-uri 'none'; form-action 'none'"
)
"""Nothing is loaded, nothing is sent, and no other script and style than ours has an effect."""


def write_board(checked: Checked, path: Path, outputs: Sequence[Path]) -> Path:
    """Writes 进度看板.html and returns its path.

    Args:
        outputs: the other files of the run, which it links.
    """
    write_whole(path, page(board_data(checked, path.parent, outputs)))
    return path


def page(data: Mapping[str, object]) -> bytes:
    """The page as UTF-8; the same bytes for the same data."""
    style, script = _source("board.css"), _source("board.js")
    frame = {name: escape(text) for name, text in board_words().frame.items()}
    policy = _POLICY.format(script=_digest(script), style=_digest(style))
    text = Template(_source("board.html")).substitute(
        frame, policy=policy, style=style, script=script, data=_in_script(data)
    )
    return text.encode("utf-8")


def _in_script(data: Mapping[str, object]) -> str:
    """JSON that is no markup, whatever stands in it."""
    return escaped(json.dumps(data, ensure_ascii=False, separators=(",", ":"))).translate(_UNSAFE)


@cache
def _source(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8").strip()


def _digest(text: str) -> str:
    """How a policy names a script or a style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
