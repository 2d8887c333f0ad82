"""A new pack, started as a copy of another one."""

from __future__ import annotations

import re
from pathlib import Path

from toolkit.disk.journal import recover_folder
from toolkit.disk.swap import together
from toolkit.files import write_whole
from toolkit.model.errors import XltoolError
from toolkit.policies import pack_folder
from toolkit.policy_tools.lint_pack import ID
from toolkit.policy_tools.schema import LINE, NAME, schema_text
from toolkit.policy_tools.texts import say

HERE = LINE.replace("../", "")
FILES = ("pack", "clauses", "parameters", "tasks", "indicators", "not_encoded", "rules")


def new_pack(folder: Path, source: str | Path) -> Path:
    """Copies a pack into a folder; the folder's name becomes its id.

    The worked examples stay behind: their results are those of the other policy.

    Raises: XltoolError: P001 no such source, P005 the folder holds something, P006 the name is no id.
    """
    origin = pack_folder(source)
    name = folder.name
    if not ID.fullmatch(name):
        raise XltoolError("P006", name=name)
    recover_folder(folder)
    if folder.exists() and any(folder.iterdir()):
        raise XltoolError("P005", folder=folder)
    with together():
        for path in (origin / f"{part}.yaml" for part in FILES):
            if path.exists():
                text = path.read_text(encoding="utf-8")
                text = _renamed(text, name, origin.name) if path.stem == "pack" else text.replace(LINE, HERE)
                write_whole(folder / path.name, text.encode())
        write_whole(folder / NAME, schema_text().encode())
    return folder


def _renamed(text: str, name: str, source: str) -> str:
    """`pack.yaml` with the new id and a first line that says where it comes from."""
    body = re.sub(r"\A(#[^\n]*\n)+", "", text)
    return say("new", "header", source=source) + re.sub(r"(?m)^id:.*$", f"id: {name}", body, count=1)
