"""What a worker process must know about the form, as plain tuples: no class of ours crosses the pipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.model.form import Column, Form, Sheet
from toolkit.reading.words import vocabulary

Plan = dict[str, object]
"""`sheets`: list of sheet plans in the order of the form; `words`: the vocabulary.

A sheet plan is a dict: name, label, titles, vertical, required, fixed (keys of printed rows), columns (list of
column plans). A column plan is a dict: name, label, labels, confirmed (labels that a person confirmed), type,
needed (without it nobody knows what a row says), choices, unit, prefilled, key, is_name.
"""


def make_plan(form: Form, aliases: Mapping[str, Mapping[str, str]] | None = None) -> Plan:
    """The plan of a form.

    Args:
        aliases: per sheet name: label confirmed by a person → column name.
    """
    aliases = aliases or {}
    return _plain(
        {
            "sheets": [_sheet(form, sheet, aliases.get(sheet.name, {})) for sheet in form.sheets],
            "words": {key: list(words) for key, words in vocabulary().items()},
        }
    )


def _plain(node: Any) -> Any:
    """The same data as ordinary dict, list, str and bool: YAML texts carry their place, which marshal refuses."""
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(item) for item in node]
    return node if isinstance(node, bool) else str(node)


def _sheet(form: Form, sheet: Sheet, aliases: Mapping[str, str]) -> dict[str, object]:
    return {
        "name": sheet.name,
        "label": sheet.label,
        "titles": [sheet.label, *sheet.aliases],
        "vertical": sheet.layout == "vertical",
        "required": sheet.use == "required",
        "fixed": [row.key for row in sheet.fixed_rows],
        "columns": [_column(form, sheet, column, aliases) for column in sheet.columns],
    }


def _column(form: Form, sheet: Sheet, column: Column, aliases: Mapping[str, str]) -> dict[str, object]:
    confirmed = [text for text, name in aliases.items() if name == column.name]
    return {
        "name": column.name,
        "label": column.label,
        "labels": [column.label, *column.aliases, *confirmed],
        "confirmed": confirmed,
        "type": column.type,
        "needed": column.need != "optional" or column.name == sheet.until,
        "choices": list(form.choices(column)),
        "unit": column.unit,
        "prefilled": column.prefilled,
        "key": column.key,
        "is_name": column.is_name,
        "reference": bool(column.references),
    }
