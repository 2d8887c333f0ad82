"""The unit list (单位名录): who must return a workbook, in official order."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.campaign.words import campaign_words
from toolkit.model.cell import address
from toolkit.model.duties import CATEGORY, LEVEL, NO, YES, ladder
from toolkit.model.errors import XltoolError
from toolkit.model.form import Form
from toolkit.model.privacy import mask_label, recognise
from toolkit.model.unit import KnownOrg, Unit, UnitList

if TYPE_CHECKING:
    import xlsxwriter

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_REQUIRED_UNIT = ("code", "name", "category", "level")


def read_unit_list(path: Path, form: Form) -> UnitList:
    """The units of a workbook with the sheet 单位名录 and, if there, 党组织.

    Args:
        form: gives the allowed categories, levels and forms of organisation.
    Raises: XltoolError: U001 unreadable, U002 sheet or column missing, U003 a bad cell, U004 no unit.

    A list made before the column 代表本级 existed is read as if nobody spoke for an area.
    """
    sheets, said = _sheets(path), campaign_words()
    units_sheet, orgs_sheet = said.unit_list["units"], said.unit_list["orgs"]
    if units_sheet not in sheets:
        raise XltoolError("U002", file=path.name, what=units_sheet)
    orgs = _orgs(path, sheets.get(orgs_sheet), form)
    units: dict[str, Unit] = {}
    places: dict[str, dict[str, str]] = {}
    columns = _columns(sheets[units_sheet], said.units)
    for number, record in _records(path, sheets[units_sheet], said.units, _REQUIRED_UNIT):
        unit = _unit(path, number, record, form, orgs)
        if unit.code in units:
            raise _bad(path, number, said.units["code"], unit.code, "twice")
        units[unit.code] = unit
        places[unit.code] = {field: address(number, at + 1) for field, at in columns.items()}
    if not units:
        raise XltoolError("U004", file=path.name)
    for code in orgs:
        if code not in units:
            raise _bad(path, "?", orgs_sheet, code, "no_unit")
    recognise(units)
    return UnitList(tuple(units.values()), "speaks" in columns, places)


def _sheets(path: Path) -> Mapping[str, Sequence[Sequence]]:
    """The sheets of a list, which goes through the same door as every other file that people hand in."""
    from toolkit.reading.door import Cells, read_cells

    said = campaign_words()
    if not path.exists():
        raise XltoolError("U001", file=path, problem=said.problem("no_file"), advice=said.problem("look_again"))
    read = read_cells([path])[path]
    if isinstance(read, Cells):
        return read.sheets
    advice = said.problem("put_back", advice=read.advice)
    raise XltoolError("U001", file=path.name, problem=read.message, advice=advice)


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFC", str(value if value is not None else "")).strip(" \u3000\t\r\n\u200b\xa0")


def _records(path: Path, rows: Sequence[Sequence], labels: dict[str, str], required: tuple[str, ...]):
    """(Excel row, field → text) of every row that is not blank; the first row holds the labels."""
    from toolkit.reading.nothing import said

    places = _columns(rows, labels)
    for field in required:
        if field not in places:
            raise XltoolError("U002", file=path.name, what=labels[field])
    for number, row in enumerate(rows[1:], 2):
        record = {field: said(_text(row[place])) if place < len(row) else "" for field, place in places.items()}
        if any(record.values()):
            for field in required:
                if not record[field]:
                    raise _bad(path, number, labels[field], "", "empty")
            yield number, record


def _columns(rows: Sequence[Sequence], labels: dict[str, str]) -> dict[str, int]:
    """Field → place of its column; the first row holds the labels."""
    header = [re.sub(r"\s", "", _text(cell)) for cell in rows[0]] if rows else []
    return {field: header.index(label) for field, label in labels.items() if label in header}


def _bad(path: Path, row: int | str, label: str, value: str, problem: str, **facts: object) -> XltoolError:
    said = campaign_words().problem(problem, **facts)
    return XltoolError("U003", file=path.name, row=row, label=label, value=value, problem=said)


def _unit(path: Path, number: int, record: dict[str, str], form: Form, orgs: dict[str, list[KnownOrg]]) -> Unit:
    for field, name in (("category", CATEGORY), ("level", LEVEL)):
        allowed = form.code_lists[name]
        if record[field] not in allowed:
            label = campaign_words().units[field]
            raise _bad(path, number, label, record[field], "not_allowed", allowed="、".join(allowed))
    return Unit(
        speaks=_speaks(path, number, record, form),
        code=record["code"],
        name=mask_label(record["name"]),
        category=record["category"],
        level=record["level"],
        parent=record.get("parent", ""),
        short_names=tuple(mask_label(name) for name in re.split("[；;、]", record.get("short_names", "")) if name),
        town=record.get("town", ""),
        contact=record.get("contact", ""),
        email=_email(path, number, record.get("email", "")),
        orgs=tuple(orgs.get(record["code"], ())),
    )


def _speaks(path: Path, number: int, record: dict[str, str], form: Form) -> bool:
    """Whether the unit speaks for the area of its level; an empty cell is 否."""
    said, label = record.get("speaks", "") or NO, campaign_words().units["speaks"]
    if said not in (YES, NO):
        raise _bad(path, number, label, said, "not_allowed", allowed="、".join((YES, NO)))
    if said == YES and record["level"] == list(ladder(form))[-1]:
        raise _bad(path, number, label, said, "no_area", level=record["level"])
    return said == YES


def _email(path: Path, number: int, text: str) -> str:
    """A mail address, or nothing."""
    if text and not _EMAIL.fullmatch(text):
        raise _bad(path, number, campaign_words().units["email"], text, "no_address")
    return text


def _orgs(path: Path, rows: Sequence[Sequence] | None, form: Form) -> dict[str, list[KnownOrg]]:
    orgs: dict[str, list[KnownOrg]] = {}
    labels, allowed = campaign_words().orgs, form.code_lists["org_type"]
    for number, record in _records(path, rows, labels, ("unit", "code", "name", "type")) if rows else ():
        if record["type"] not in allowed:
            raise _bad(path, number, labels["type"], record["type"], "not_allowed", allowed="、".join(allowed))
        org = KnownOrg(record["code"], mask_label(record["name"]), record["type"], record.get("parent", ""))
        orgs.setdefault(record["unit"], []).append(org)
    return orgs


_WIDTHS = {"name": 34, "short_names": 20, "level": 20, "parent": 18, "town": 18, "category": 14, "type": 14}
_ROWS = 2000
_TITLE = 32
_NOTE_WIDTH = 110


def unit_list_workbook(units: UnitList, form: Form) -> bytes:
    """The sheets 单位名录, 党组织 and 填写说明; what a list lacks is an empty table to fill in."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2025, 1, 1)})
    lists, said = form.code_lists, campaign_words()
    choices = {
        "category": lists[CATEGORY],
        "level": lists[LEVEL],
        "speaks": (YES, NO),
        "type": lists["org_type"],
    }
    org_rows = [
        {"unit": unit.code, "code": org.code, "name": org.name, "type": org.type, "parent": org.parent}
        for unit in units
        for org in unit.orgs
    ]
    _write_sheet(book, said.unit_list["units"], said.units, [_record(unit) for unit in units], choices)
    _write_sheet(book, said.unit_list["orgs"], said.orgs, org_rows, choices)
    _write_notes(book)
    book.close()
    return buffer.getvalue()


def _record(unit: Unit) -> dict[str, str]:
    return {
        "code": unit.code,
        "name": unit.name,
        "short_names": "；".join(unit.short_names),
        "category": unit.category,
        "level": unit.level,
        "speaks": YES if unit.speaks else NO,
        "parent": unit.parent,
        "town": unit.town,
        "contact": unit.contact,
        "email": unit.email,
    }


def _write_sheet(
    book: xlsxwriter.Workbook,
    title: str,
    labels: Mapping[str, str],
    rows: Sequence[Mapping[str, str]],
    choices: Mapping[str, Sequence[str]],
) -> None:
    sheet = book.add_worksheet(title)
    head = book.add_format(
        {"bold": True, "align": "center", "valign": "vcenter", "border": 1, "bg_color": "#E8EEF5", "font_size": 11}
    )
    text = book.add_format({"num_format": "@", "border": 1, "font_size": 11})
    blank = book.add_format({"num_format": "@", "font_size": 11})
    for column, (field, label) in enumerate(labels.items()):
        sheet.set_column(column, column, _WIDTHS.get(field, 16), blank)
        sheet.write_string(0, column, label, head)
        for number, row in enumerate(rows, 1):
            sheet.write_string(number, column, row[field], text)
        rule = _rule(field, label, choices)
        if rule:
            sheet.data_validation(1, column, max(len(rows), _ROWS), column, rule)
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(rows), 1), len(labels) - 1)
    _printing(sheet, landscape=True)


def _rule(field: str, label: str, choices: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """The dropdown and the prompt of a column; {} when it has neither."""
    rule: dict[str, object] = {"validate": "list", "source": list(choices[field])} if field in choices else {}
    if prompt := campaign_words().prompts.get(field):
        rule = {"validate": "any"} | rule | {"input_title": label[:_TITLE], "input_message": prompt}
    return rule


def _write_notes(book: xlsxwriter.Workbook) -> None:
    """What is meant by the columns that decide who bears which duty, at length."""
    said = campaign_words()
    sheet = book.add_worksheet(said.unit_list["notes"])
    head = book.add_format({"bold": True, "font_size": 14})
    text = book.add_format({"text_wrap": True, "valign": "top", "font_size": 11})
    sheet.set_column(0, 0, _NOTE_WIDTH, text)
    sheet.write_string(0, 0, said.unit_list["notes_title"], head)
    for number, line in enumerate(said.notes.values(), 1):
        sheet.write_string(number, 0, line, text)
    _printing(sheet, landscape=False)


def _printing(sheet, *, landscape: bool) -> None:
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    if landscape:
        sheet.set_landscape()
        sheet.repeat_rows(0)
