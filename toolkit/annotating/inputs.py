"""Dropdowns, limits of numbers and prompts that pasting destroyed, put back as the template has them.

Dropdowns come back on every sheet; the others only on a sheet that is marked anyway or still has some of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from toolkit.model.batch import Located
from toolkit.model.cell import Area, areas, column_number, serial
from toolkit.model.form import Column, Form, Sheet
from toolkit.model.layout import FIRST_ROW, KEYS_NAME, LABEL_ROW, LIST_NAME, SPARE_ROWS, rows
from toolkit.ooxml.editing import SheetEditor
from toolkit.ooxml.elements import with_attribute
from toolkit.templating.validation import rule

_SQREF = re.compile(rb'<dataValidation\b[^>]*?\ssqref="([^"]*)"')
_X14 = re.compile(rb"<(?:\w+:)?dataValidations\b.*?</(?:\w+:)?dataValidations>", re.S)
_X14_SQREF = re.compile(rb"<(?:\w+:)?sqref>([^<]*)<")
_OPEN = re.compile(rb"<dataValidations\b[^>]*>")
_DEFINED = re.compile(r"<definedName\b[^>]*?\sname=\"([^\"]+)\"")

_KINDS = {"list": "list", "integer": "whole", "decimal": "decimal", "length": "textLength", "date": "date", "any": ""}
_OPERATORS = {"between": "", ">=": "greaterThanOrEqual", "<=": "lessThanOrEqual"}

_MOST, _MOST_AREAS = 65_534, 1_000
"""Validations of a sheet that Excel takes; areas in one of them, so that it stays far below 8,192."""

Rows = tuple[int, int]
"""First and last row."""


def defined_names(workbook: bytes) -> frozenset[str]:
    """Names that formulas of the workbook may use."""
    return frozenset(_DEFINED.findall(workbook.decode("utf-8", "replace")))


def restore(
    sheet: SheetEditor,
    kind: Sheet,
    form: Form,
    spot: Located,
    filled: Mapping[int, str],
    names: frozenset[str],
    marked: bool = True,
) -> int:
    """How many validations were put back on a sheet.

    Args:
        spot: where the sheet's columns are.
        filled: rows with records, in order, with the keys of printed ones.
        names: defined names of the workbook; a dropdown whose list is gone cannot be put back.
        marked: whether the sheet gets marks.
    """
    covered, lists = _covered(sheet), _Lists(form, names)
    added = []
    for column, integer, wanted in _parts(kind, filled):
        found = lists.rule(column, integer)
        places = _places(kind, spot, column.name, wanted)
        if not found or not places or column.prefilled or column.hidden:
            continue
        if found["validate"] != "list" and not (marked or covered):
            continue
        at = column_number(spot.value_letter or spot.letters[column.name])
        gaps = [gap for place in places for gap in _gaps(place, covered.get(at, []), wanted)]
        for start in range(0, len(gaps), _MOST_AREAS):
            cells = " ".join(str(Area(first, at, last, at)) for first, last in gaps[start : start + _MOST_AREAS])
            added.append(_validation(found, cells))
    return _insert(sheet, added) if added else 0


def _parts(kind: Sheet, filled: Mapping[int, str]) -> Iterator[tuple[Column, bool, list[int]]]:
    """Columns with the rows that are checked alike: of printed statistics some are whole numbers, some are not."""
    whole = {row.key for row in kind.fixed_rows if row.integer}
    for column in kind.columns:
        if column.type != "decimal" or not kind.fixed_rows:
            yield column, False, list(filled)
            continue
        for integer in (True, False):
            yield column, integer, [row for row, key in filled.items() if (key in whole) == integer]


class _Lists:
    """The lists that the returned workbook still has, under the names that the template gave them."""

    def __init__(self, form: Form, names: frozenset[str]) -> None:
        self.form, self.names = form, names

    def rule(self, column: Column, integer: bool) -> Mapping[str, object] | None:
        """The template's validation of a column; of one whose list is gone only the prompt."""
        found = rule(column, self, integer=integer)  # type: ignore[arg-type]
        if found and found["validate"] == "list" and str(found["source"])[1:] not in self.names:
            prompt = {key: found[key] for key in ("input_title", "input_message") if key in found}
            return {"validate": "any", **prompt} if prompt else None
        return found

    def choice(self, column: Column) -> str:
        """The name of a choice column's list."""
        return f"={LIST_NAME}{column.choices}"

    def keys(self, column: Column) -> str:
        """The name of the keys that a reference column may take."""
        known = [one for one in column.references if one.split(".")[0] in self.form.by_name]
        return f"={KEYS_NAME}" + "_".join(one.replace(".", "_") for one in known) if known else ""


def _places(kind: Sheet, spot: Located, name: str, filled: Sequence[int]) -> list[Rows]:
    """The rows in which a column wants its dropdown."""
    if spot.rows:
        return [(spot.rows[name], spot.rows[name])] if name in spot.rows else []
    if name not in spot.letters:
        return []
    if kind.fixed_rows:
        return [(row, row) for row in filled]
    first = FIRST_ROW + spot.header_row - LABEL_ROW
    return [(first, max([first + rows(kind) + SPARE_ROWS - 1, *filled]))]


def _gaps(place: Rows, covered: Sequence[Rows], filled: Sequence[int]) -> list[Rows]:
    """Parts of an area without any validation; of open areas only those in which records stand."""
    gaps, start = [], place[0]
    for first, last in sorted(covered):
        if last < start or first > place[1]:
            continue
        if first > start:
            gaps.append((start, first - 1))
        start = max(start, last + 1)
    if start <= place[1]:
        gaps.append((start, place[1]))
    if place[0] == place[1] or not covered:
        return gaps
    return [(a, b) for a, b in gaps if any(a <= row <= b for row in filled)]


def _covered(sheet: SheetEditor) -> dict[int, list[Rows]]:
    """Column number → areas with any validation."""
    texts = [found.decode() for found in _SQREF.findall(sheet.element("dataValidations"))]
    extended = sheet.element("extLst")
    if b"dataValidation" in extended:
        texts += [ref.decode() for part in _X14.findall(extended) for ref in _X14_SQREF.findall(part)]
    found: dict[int, list[Rows]] = {}
    for text in texts:
        for area in areas(text):
            for column in range(area.left, area.right + 1):
                found.setdefault(column, []).append((area.top, area.bottom))
    return found


def _validation(found: Mapping[str, object], cells: str) -> str:
    """The validation as XML, from what xlsxwriter takes."""
    given = {"type": _KINDS[str(found["validate"])], "operator": _OPERATORS.get(str(found.get("criteria", "")), "")}
    given |= {"allowBlank": "1", "showInputMessage": "1" if "input_message" in found else ""}
    if found.get("show_error", True):
        given |= {"showErrorMessage": "1", "errorTitle": found.get("error_title", "")}
        given |= {"error": found.get("error_message", "")}
    given |= {"promptTitle": found.get("input_title", ""), "prompt": found.get("input_message", ""), "sqref": cells}
    inner = "".join(
        f"<formula{place}>{escape(str(value).removeprefix('='))}</formula{place}>"
        for place, value in enumerate(_bounds(found), 1)
    )
    said = "".join(f" {name}={quoteattr(str(value))}" for name, value in given.items() if value)
    return f"<dataValidation{said}>{inner}</dataValidation>"


def _bounds(found: Mapping[str, object]) -> list[object]:
    """The formulas of a validation."""
    if found["validate"] == "list":
        return [found["source"]]
    bounds = (found[key] for key in ("minimum", "maximum", "value") if key in found)
    return [serial(bound) if isinstance(bound, date) else bound for bound in bounds]


def _insert(sheet: SheetEditor, added: Sequence[str]) -> int:
    """How many of the validations were added; none where the sheet would have more than Excel takes."""
    known, text = sheet.element("dataValidations"), "".join(added).encode()
    close = b"</dataValidations>"
    opened = _OPEN.match(known)
    head = opened[0] if opened else b"<dataValidations>"
    inner = known[len(head) : -len(close)] if opened else b""
    count = len(_SQREF.findall(inner + text))
    if count > _MOST:
        return 0
    sheet.set_element("dataValidations", with_attribute(head, "count", str(count)) + inner + text + close)
    return len(added)
