"""The key of the marks in a return upward: made from what the upper level told the lower ones, never written down.

The upper level decides a text and tells it to all that report to it, and to itself (批次设置 › report_key). A return
carries marks made under it and the key's name, so that marks under another key are never taken for the same. To
compare marks nobody needs the key; to find out whose one is, one would need it.
"""

from __future__ import annotations

import hashlib
import hmac

from toolkit.model.people import in_letters, plain

ROUNDS = 200_000
"""Steps from the text to the key: too many to try texts one after another."""
NAME = 8


def key_of(text: str, policy: str, year: int) -> bytes:
    """The key; b"" without a text. It holds for one policy and one year, so that years cannot be linked."""
    if not text:
        return b""
    return hashlib.pbkdf2_hmac("sha256", plain(text).encode(), f"xltool/{policy}/{year}".encode(), ROUNDS)


def name_of(key: bytes) -> str:
    """What tells one key from another; "" without a key."""
    return in_letters(hmac.new(key, b"name", hashlib.sha256).digest())[:NAME] if key else ""
