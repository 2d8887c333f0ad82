"""The control workbook and its double-click scripts, written into a round."""

from __future__ import annotations

import shutil
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from macros.console import NAME, build_console
from macros.scripts import write_scripts
from toolkit.bridge.tables import board
from toolkit.disk.swap import together
from toolkit.files import write_whole

if TYPE_CHECKING:
    from toolkit.campaign import Campaign


def write_console(campaign: Campaign, *, program: str = "", replace: bool = True) -> list[Path]:
    """Writes 控制台.xlsm and the double-click scripts into a round and returns their paths.

    Args:
        program: what the buttons and scripts start; without it the xltool that is running.
        replace: a control workbook that is there already is written anew; its cells are then as at the first time.
    Raises: XltoolError: O003 it is open in Excel.
    """
    path = campaign.folder / NAME
    program = program or this_program()
    with campaign.writing():
        if replace or not path.exists():
            cells, tables = board(campaign, date.today())
            write_whole(path, build_console(campaign, program=program, cells=cells, tables=tables))
        return [path, *write_scripts(campaign.folder, program)]


def write_start(folder: Path, *, program: str = "") -> list[Path]:
    """Writes a 控制台.xlsm that belongs to no round yet, and the scripts that make one without macros; their paths.

    Raises: XltoolError: O001 to O003 writing.
    """
    path = folder / NAME
    program = program or this_program()
    with together():
        write_whole(path, build_console(None, program=program))
        return [path, *write_scripts(folder, program, start=True)]


def write_for(folder: Path, *, program: str = "") -> list[Path]:
    """The control workbook of the round in a folder, or one to start with where there is no round."""
    from toolkit.campaign import is_campaign, open_campaign

    if is_campaign(folder):
        return write_console(open_campaign(folder), program=program)
    return write_start(folder, program=program)


def this_program() -> str:
    """The full path of the xltool that is running; its name where it has none."""
    own = Path(sys.executable).with_name("xltool.exe" if sys.platform == "win32" else "xltool")
    return str(own) if own.exists() else shutil.which("xltool") or "xltool"
