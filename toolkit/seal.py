"""The seal on what a round keeps for the next run: only this user's own program can have written it.

Whoever may write into the round's folder could otherwise put in readings that no file has. The key lies outside every
round, with the settings of the user's programs; without one, nothing is kept and nothing kept is believed.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

LENGTH = sha256().digest_size
_NAME = "seal.key"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_keys: dict[Path, bytes] = {}


def seal(data: bytes) -> bytes:
    """The seal of some bytes; b"" when there is no key."""
    key = _key()
    return hmac.digest(key, data, "sha256") if key else b""


def unbroken(data: bytes, mark: bytes) -> bool:
    """Whether a seal is that of these bytes."""
    own = seal(data)
    return bool(own) and hmac.compare_digest(own, mark)


def folder() -> Path:
    """Where the programs of this user keep their own settings."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "xltool"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "xltool"
    return Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "xltool"


def _key() -> bytes:
    """The key, made on first use; b"" where the system lets nothing be written or only others could have."""
    try:
        path = folder() / _NAME
        if path not in _keys:
            _keys[path] = _known(path) or _made(path)
        return _keys[path]
    except (OSError, RuntimeError):  # no home of its own, or one that takes nothing
        return b""


def _known(path: Path) -> bytes:
    """The key that is there; one that others could read or write is no secret, and is not used."""
    with suppress(FileNotFoundError):
        found = path.lstat()
        own = not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & _OTHERS)
        if stat.S_ISREG(found.st_mode) and own and len(data := path.read_bytes()) == LENGTH:
            return data
        path.unlink()
    return b""


def _made(path: Path) -> bytes:
    """A new key; of two programs that start at once the first one's."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{_NAME}.{secrets.token_hex(8)}")
    key = secrets.token_bytes(LENGTH)
    private(part, key)
    try:
        os.link(part, path)
    except FileExistsError:
        return _known(path)
    except OSError:  # a disk without links
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return key


def private(path: Path, data: bytes) -> None:
    """Writes a new file that only this user may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
