"""The reference pages in `docs/`: commands, rules and codes, registers, the tables of the pack format, the examples;
the schema of the packs.

python -m toolkit.policy_tools.docs [ROOT]

`docs/policy-packs.md` is written by hand; only its parts between markers are generated.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from toolkit.files import write_whole
from toolkit.policy_tools.command_page import command_page
from toolkit.policy_tools.pack_tables import pack_tables
from toolkit.policy_tools.rule_page import rule_page
from toolkit.policy_tools.schema import NAME, schema_text
from toolkit.policy_tools.worked import example_files
from toolkit.registers.page import register_page

ROOT = Path(__file__).parent.parent.parent
PACKS_PAGE = "policy-packs.md"
MARKER = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def files(root: Path = ROOT) -> dict[Path, str]:
    """The text of every generated file by path."""
    from macros.manual import manual

    folder = root / "docs"
    page = (folder / PACKS_PAGE).read_text(encoding="utf-8")
    return {
        folder / "commands.md": command_page(),
        folder / "rules.md": rule_page(),
        folder / "registers.md": register_page(),
        folder / "使用手册.html": manual(root),
        folder / PACKS_PAGE: filled(page, pack_tables()),
        root / "toolkit" / "policies" / NAME: schema_text(),
        **example_files(root / "tests" / "compute"),
    }


def filled(page: str, tables: dict[str, str]) -> str:
    """The page with its generated parts renewed.

    >>> filled("a\\n<!-- generated: x -->\\nold\\n<!-- end -->\\nb", {"x": "new"})
    'a\\n<!-- generated: x -->\\nnew\\n<!-- end -->\\nb'
    """
    return MARKER.sub(lambda match: f"{match[1]}{tables[match[2]]}\n{match[3]}", page)


def write(root: Path = ROOT) -> list[Path]:
    """Writes every generated file; gives their paths."""
    found = files(root)
    for path, text in found.items():
        write_whole(path, text.encode())
    return list(found)


if __name__ == "__main__":
    from toolkit.cli.terminal import echo

    for written in write(*map(Path, sys.argv[1:2])):
        echo(written)
