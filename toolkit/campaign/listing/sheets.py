"""The sheets of a unit list as people fill them in: dropdowns, prompts, explanations, marks on single cells."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime

import xlsxwriter

from toolkit.campaign.words import campaign_words
from toolkit.model.duties import CATEGORY, LEVEL, NO, YES
from toolkit.model.form import Form

Rows = Sequence[Mapping[str, str]]
Marks = Mapping[tuple[int, str], tuple[str, str]]
"""(row from 0, field) → colour of the cell and what is said on it."""
_WIDTHS = {"name": 34, "short_names": 20, "level": 20, "parent": 18, "town": 18, "category": 14, "type": 14}
_ROWS = 2000
_TITLE = 32
_NOTE_WIDTH = 110


class ListBook:
    """A workbook with a unit list in the making."""

    def __init__(self, form: Form) -> None:
        self._buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.raw = xlsxwriter.Workbook(self._buffer, options)
        self.raw.set_properties({"created": datetime(2025, 1, 1)})
        lists = form.code_lists
        self._choices = {
            "category": lists[CATEGORY],
            "level": lists[LEVEL],
            "speaks": (YES, NO),
            "type": lists["org_type"],
        }

    def lists(self, units: Rows, orgs: Rows, marks: Marks | None = None, org_marks: Marks | None = None) -> None:
        """The sheets of the units and of the organisations."""
        said = campaign_words()
        self._sheet(said.unit_list["units"], said.units, units, marks or {})
        self._sheet(said.unit_list["orgs"], said.orgs, orgs, org_marks or {})

    def notes(self) -> None:
        """What is meant by the columns that decide who bears which duty, at length."""
        said = campaign_words()
        sheet = self.raw.add_worksheet(said.unit_list["notes"])
        head = self.raw.add_format({"bold": True, "font_size": 14})
        text = self.raw.add_format({"text_wrap": True, "valign": "top", "font_size": 11})
        sheet.set_column(0, 0, _NOTE_WIDTH, text)
        sheet.write_string(0, 0, said.unit_list["notes_title"], head)
        for number, line in enumerate(said.notes.values(), 1):
            sheet.write_string(number, 0, line, text)
        printing(sheet, landscape=False)

    def close(self) -> bytes:
        """Completes the workbook."""
        self.raw.close()
        return self._buffer.getvalue()

    def _sheet(self, title: str, labels: Mapping[str, str], rows: Rows, marks: Marks) -> None:
        sheet = self.raw.add_worksheet(title)
        head = self.raw.add_format(
            {"bold": True, "align": "center", "valign": "vcenter", "border": 1, "bg_color": "#E8EEF5", "font_size": 11}
        )
        plain = {"num_format": "@", "font_size": 11}
        blank = self.raw.add_format(plain)
        looks = {
            colour: self.raw.add_format(plain | {"border": 1} | ({"bg_color": colour} if colour else {}))
            for colour in ("", *sorted({colour for colour, _ in marks.values()}))
        }
        for column, (field, label) in enumerate(labels.items()):
            sheet.set_column(column, column, _WIDTHS.get(field, 16), blank)
            sheet.write_string(0, column, label, head)
            for number, row in enumerate(rows):
                colour, note = marks.get((number, field), ("", ""))
                sheet.write_string(number + 1, column, row.get(field, ""), looks[colour])
                if note:
                    sheet.write_comment(number + 1, column, note, {"x_scale": 2})
            rule = _rule(field, label, self._choices)
            if rule:
                sheet.data_validation(1, column, max(len(rows), _ROWS), column, rule)
        sheet.set_row(0, 24)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(len(rows), 1), len(labels) - 1)
        printing(sheet, landscape=True)


def _rule(field: str, label: str, choices: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """The dropdown and the prompt of a column; {} when it has neither."""
    rule: dict[str, object] = {"validate": "list", "source": list(choices[field])} if field in choices else {}
    if prompt := campaign_words().prompts.get(field):
        rule = {"validate": "any"} | rule | {"input_title": label[:_TITLE], "input_message": prompt}
    return rule


def printing(sheet, *, landscape: bool) -> None:
    """A4, as wide as one page; a table repeats its heading."""
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    if landscape:
        sheet.set_landscape()
        sheet.repeat_rows(0)
