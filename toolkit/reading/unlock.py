"""Workbooks with a password to open them: opened with a password that is known, never guessed."""

from __future__ import annotations

import io
from collections.abc import Sequence

DEFAULT = "VelvetSweatshop"
"""The password that Excel itself uses for workbooks that are protected but open without asking."""


def is_locked(data: bytes) -> bool:
    """Whether an OLE2 file is a workbook that needs a password."""
    try:
        return _office_file(data).is_encrypted()
    except Exception:  # the library raises what its parser meets; then it is simply no such file
        return False


def unlock(data: bytes, passwords: Sequence[str]) -> tuple[bytes, bool] | None:
    """The workbook inside and whether Excel's own password opened it; None when no password fits.

    Args:
        passwords: tried in this order after Excel's own.
    """
    for password in (DEFAULT, *passwords):
        try:
            file, opened = _office_file(data), io.BytesIO()
            if getattr(file, "format", "") == "ooxml":
                file.load_key(password=password, verify_password=True)
            else:
                file.load_key(password=password)
            file.decrypt(opened)
        except Exception:  # a wrong password and a damaged file look alike here: neither opens
            continue
        return opened.getvalue(), password == DEFAULT
    return None


def _office_file(data: bytes):
    import msoffcrypto

    return msoffcrypto.OfficeFile(io.BytesIO(data))
