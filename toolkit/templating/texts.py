"""What the issued workbook says: `toolkit/forms/cover.yaml`, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolkit.model import strictyaml
from toolkit.model.form import COLUMN_TYPES, Sheet
from toolkit.model.strictyaml import Record

FILE = Path(__file__).parent.parent / "forms" / "cover.yaml"

_COVER = (
    "sheet", "title", "year", "blank_year", "basis", "unit_label", "code_label", "year_label", "year_value",
    "sign_label", "sign_value", "secrecy", "nil_hint", "not_nil", "tick_prompt", "guide_title", "return_title",
    "deadline",
)  # fmt: skip
_SHEET = (
    "corner", "title", "unit_line", "date_line", "measure", "measure_join", "basis", "basis_join", "legend",
    "note_join", "unit_suffix", "footer",
)  # fmt: skip
_CHECK = (
    "title", "note", "ready", "problems", "doubts", "todo_title", "list_title", "whole", "first_row", "first_label",
    "join", "go", "unsure", "unread", "unread_fix", "beyond", "beyond_fix",
)  # fmt: skip
_ERRORS = ("choice", "integer", "decimal", "date", "length")


@dataclass(frozen=True)
class Texts:
    """All texts of the workbook.

    Args:
        cover, sheet: single texts by name, with placeholders.
        head: the four column labels of the cover's table; needs: 必填 and 选填 by use.
        guide, returns: numbered notes; (key, label, text) lines about when and where to send it.
        vertical_head: the four column labels of the vertical sheet.
        sheets: sheet name → (title, note); a sheet that is not listed gets the general title.
        prompts: by column type, and `example`, `keys`.
        errors: kind → (title, text); minimum, between: texts for bounded numbers.
        check: single texts of the sheet 自检; check_head: its labels.
    """

    cover: dict[str, str]
    head: tuple[str, ...]
    needs: dict[str, str]
    guide: tuple[str, ...]
    returns: tuple[tuple[str, str, str], ...]
    sheet: dict[str, str]
    vertical_head: tuple[str, ...]
    sheets: dict[str, tuple[str, str]]
    prompts: dict[str, str]
    errors: dict[str, tuple[str, str]]
    minimum: str
    between: str
    check: dict[str, str]
    check_head: tuple[str, ...]

    def title(self, sheet: Sheet) -> str:
        """The official title over a sheet."""
        if sheet.name in self.sheets:
            return self.sheets[sheet.name][0]
        return self.sheet["title"].format(sheet=sheet.label)

    def note(self, sheet: Sheet) -> str:
        """What a clerk is told about a sheet, one clause long."""
        return self.sheets[sheet.name][1] if sheet.name in self.sheets else sheet.basis


@cache
def texts() -> Texts:
    """The texts.

    Raises: DefinitionError: missing, unknown or repeated key; with file and line.
    """
    root = strictyaml.load(FILE)
    _part(root, "readme")
    cover, sheet, errors, check = (_part(root, key) for key in ("cover", "sheet", "errors", "check"))
    found = Texts(
        cover={key: cover.text(key) for key in _COVER},
        head=_four(cover, "head"),
        needs=_texts(_part(cover, "needs"), ("required", "optional")),
        guide=cover.texts("guide"),
        returns=tuple((str(key), str(label), str(text)) for key, label, text in cover.take("returns")),  # type: ignore[union-attr]
        sheet={key: sheet.text(key) for key in _SHEET},
        vertical_head=_four(sheet, "vertical_head"),
        sheets={name: _title_note(record) for name, record in _part(root, "sheets").items()},
        prompts=_texts(_part(root, "prompts"), (*COLUMN_TYPES, "example", "keys")),
        errors={key: _pair(errors, key) for key in _ERRORS},
        minimum=errors.text("minimum"),
        between=errors.text("between"),
        check={key: check.text(key) for key in _CHECK},
        check_head=check.texts("head"),
    )
    for record in (cover, sheet, errors, check, root):
        record.done()
    return found


@cache
def readme_texts() -> Record:
    """The texts of the generated README, as a record."""
    return _part(strictyaml.load(FILE), "readme")


def _part(record: Record, key: str) -> Record:
    part = record.take(key)
    return part if isinstance(part, Record) else record.fail(f"“{key}”应为键值对", key)


def _texts(record: Record, keys: tuple[str, ...]) -> dict[str, str]:
    found = {key: record.text(key) for key in keys}
    record.done()
    return found


def _title_note(record: Record) -> tuple[str, str]:
    pair = record.text("title"), record.text("note")
    record.done()
    return pair


def _four(record: Record, key: str) -> tuple[str, ...]:
    items = record.texts(key)
    return items if len(items) == 4 else record.fail(f"“{key}”应有四项", key)


def _pair(record: Record, key: str) -> tuple[str, str]:
    items = record.texts(key)
    return (items[0], items[1]) if len(items) == 2 else record.fail(f"“{key}”应有标题和正文两项", key)
