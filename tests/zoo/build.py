"""The zoo: sloppy and hostile returns, each made by a few lines of code; what is expected stands in expected.yaml.

All payloads are inert: commands that print nothing, hosts that end in `.invalid`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from reading_books import GOOD, STAMP, Paper, edit, small_form

from toolkit.reading.archives import visible

FORM = small_form()
ORG, STAT, UNIT = "党组织情况", "年度汇总数", "单位情况"
SHEET1, SHEET2, SHEET3 = (f"xl/worksheets/sheet{number}.xml" for number in (1, 2, 3))
SUFFIXES = {"a08": ".xls", "a09": ".xls", "a11": ".xls", "a50_xlsb": ".xlsb", "a51_et": ".et", "a52_ods": ".ods"}
SUFFIXES |= {"a50_far_xlsb": ".xlsb", "a57_encrypted_xls": ".xls", "a58_damaged_xls": ".xls", "a64_secret_xls": ".xls"}
SUFFIXES |= {"c20": ".ods"}
ANIMALS: dict[str, Callable] = {}
"""Name → maker: bytes of one file, or a mapping of file names to bytes, or (given a folder) whatever it puts there."""


def animal(function: Callable) -> Callable:
    """Adds a maker to the zoo; it is called with its own name, which becomes the unit's code."""
    ANIMALS[function.__name__] = function
    return function


def paper(unit: str, *rows: dict) -> Paper:
    """A good workbook of one unit; the rows replace those on the sheet of organisations."""
    made = Paper(FORM, {"org": list(rows)} if rows else None, replace(STAMP, unit=unit))
    return made.put(UNIT, "C6", unit)


def one(unit: str, **values: object) -> bytes:
    """A workbook whose only organisation has these values."""
    return paper(unit, {**GOOD, **values}).bytes()


def xml(unit: str, change: Callable[[bytes], bytes], part: str = SHEET2, more: dict | None = None) -> bytes:
    """A good workbook with one part changed."""
    return edit(paper(unit).bytes(), {part: change}, more)


def members(unit: str, cell: bytes) -> bytes:
    """A workbook in which the XML of cell F7 (a whole number, 30) is another."""
    old = b'<c r="F7"><v>30</v></c>'

    def change(sheet: bytes) -> bytes:
        assert old in sheet
        return sheet.replace(old, cell)

    return xml(unit, change)


def last_rows(unit: str, rows: bytes) -> bytes:
    """A workbook with further rows of XML at the end of its sheet of organisations."""
    return xml(unit, lambda sheet: sheet.replace(b"</sheetData>", rows + b"</sheetData>"))


def write(folder: Path) -> list[tuple[str, str, Path]]:
    """Makes every animal; (animal, name as shown, path) of each file in a fixed order."""
    from zoo import batches, containers, contents, structures  # noqa: F401  (they fill ANIMALS)

    found: list[tuple[str, str, Path]] = []
    for name, maker in sorted(ANIMALS.items()):
        home = folder / name
        home.mkdir(parents=True)
        made = maker(name, home) if getattr(maker, "wants_folder", False) else maker(name)
        if isinstance(made, bytes):
            made = {f"{name}{SUFFIXES.get(name, '.xlsx')}": made}
        for file, data in (made or {}).items():
            (home / file).write_bytes(data)
        found += [(name, f"{name}/{visible(path.name)}", path) for path in sorted(home.iterdir(), key=lambda p: p.name)]
    return found
