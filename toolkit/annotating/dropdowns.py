"""Dropdowns that pasting destroyed, put back where the form has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from toolkit.annotating.labels import labels
from toolkit.model.batch import Located
from toolkit.model.form import Form, Sheet
from toolkit.model.layout import FIRST_ROW, LABEL_ROW, SPARE_ROWS, rows
from toolkit.package.editing import SheetEditor
from toolkit.package.elements import with_attribute
from toolkit.package.sheet import number

_SQREF = re.compile(rb'<(?:\w+:)?dataValidation\b[^>]*?\ssqref="([^"]*)"')
_X14 = re.compile(rb"<(?:\w+:)?dataValidations\b.*?</(?:\w+:)?dataValidations>", re.S)
_X14_SQREF = re.compile(rb"<(?:\w+:)?sqref>([^<]*)<")
_RANGE = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")
_OPEN = re.compile(rb"<(?:\w+:)?dataValidations\b[^>]*>")
_DEFINED = re.compile(r"<(?:\w+:)?definedName\b[^>]*?\sname=\"([^\"]+)\"")

Area = tuple[int, int]
"""First and last row."""


def defined_names(workbook: bytes) -> frozenset[str]:
    """Names that formulas of the workbook may use."""
    return frozenset(_DEFINED.findall(workbook.decode("utf-8", "replace")))


def restore(
    sheet: SheetEditor, kind: Sheet, form: Form, spot: Located, filled: Sequence[int], names: frozenset[str]
) -> int:
    """How many dropdowns were put back on a sheet.

    Args:
        spot: where the sheet's columns are.
        filled: rows with records.
        names: defined names of the workbook; a dropdown whose list is gone cannot be put back.
    """
    covered = _covered(sheet)
    added = []
    for column in kind.columns:
        source = _source(form, kind, column.name, names)
        places = _places(kind, spot, column.name, filled)
        if not source or not places or column.prefilled:
            continue
        letter = spot.value_letter or spot.letters[column.name]
        gaps = [gap for place in places for gap in _gaps(place, covered.get(number(letter), []), filled)]
        if gaps:
            cells = " ".join(f"{letter}{a}" if a == b else f"{letter}{a}:{letter}{b}" for a, b in gaps)
            added.append(_validation(sheet.prefix, source, cells, strict=bool(column.choices)))
    if added:
        _insert(sheet, added)
    return len(added)


def _source(form: Form, kind: Sheet, name: str, names: frozenset[str]) -> str:
    """The defined name of the list that a column chooses from; "" when there is none in the workbook."""
    column = kind.by_name[name]
    if column.choices:
        wanted = f"list_{column.choices}"
    else:
        known = [one for one in column.references if one.split(".")[0] in form.by_name]
        wanted = "keys_" + "_".join(one.replace(".", "_") for one in known)
    return wanted if wanted in names else ""


def _places(kind: Sheet, spot: Located, name: str, filled: Sequence[int]) -> list[Area]:
    """The rows in which a column wants its dropdown."""
    if spot.rows:
        return [(spot.rows[name], spot.rows[name])] if name in spot.rows else []
    if name not in spot.letters:
        return []
    if kind.fixed_rows:
        return [(row, row) for row in filled]
    first = FIRST_ROW + spot.header_row - LABEL_ROW
    return [(first, max([first + rows(kind) + SPARE_ROWS - 1, *filled]))]


def _gaps(place: Area, covered: Sequence[Area], filled: Sequence[int]) -> list[Area]:
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


def _covered(sheet: SheetEditor) -> dict[int, list[Area]]:
    """Column number → areas with any validation."""
    texts = [found.decode() for found in _SQREF.findall(sheet.element("dataValidations"))]
    extended = sheet.element("extLst")
    if b"dataValidation" in extended:
        texts += [ref.decode() for part in _X14.findall(extended) for ref in _X14_SQREF.findall(part)]
    found: dict[int, list[Area]] = {}
    for text in texts:
        for left, top, right, bottom in _RANGE.findall(text):
            for column in range(number(left), number(right or left) + 1):
                found.setdefault(column, []).append((int(top), int(bottom or top)))
    return found


def _validation(prefix: str, source: str, cells: str, *, strict: bool) -> str:
    title, text = labels().error
    refuses = f' showErrorMessage="1" errorTitle={quoteattr(title)} error={quoteattr(text)}' if strict else ""
    return (
        f'<{prefix}dataValidation type="list" allowBlank="1"{refuses} sqref="{cells}">'
        f"<{prefix}formula1>{escape(source)}</{prefix}formula1></{prefix}dataValidation>"
    )


def _insert(sheet: SheetEditor, added: Iterable[str]) -> None:
    known, text, p = sheet.element("dataValidations"), "".join(added).encode(), sheet.prefix.encode()
    close = b"</" + p + b"dataValidations>"
    opened = _OPEN.match(known)
    head = opened[0] if opened else b"<" + p + b"dataValidations>"
    inner = known[len(head) : -len(close)] if opened else b""
    count = len(_SQREF.findall(inner + text))
    sheet.set_element("dataValidations", with_attribute(head, "count", str(count)) + inner + text + close)
