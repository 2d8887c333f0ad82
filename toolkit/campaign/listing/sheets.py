"""The sheets of a unit list as people fill them in: dropdowns, prompts, explanations, marks on single cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.format import Format

from toolkit.campaign.words import campaign_words
from toolkit.drawing.book import Drawing
from toolkit.drawing.look import look
from toolkit.drawing.sheet import Sheet
from toolkit.drawing.values import OwnText
from toolkit.model.cell import Area
from toolkit.model.duties import CATEGORY, LEVEL, NO, YES
from toolkit.model.form import Form

Rows = Sequence[Mapping[str, str]]
Marks = Mapping[tuple[int, str], tuple[str, str]]
"""(row from 0, field) → colour of the cell and what is said on it."""
_WIDTHS = {"name": 34, "short_names": 20, "level": 20, "parent": 18, "town": 18, "category": 14, "type": 14}
_ROWS = 2000
_TITLE = 32
_NOTE_WIDTH = 110


class ListBook(Drawing):
    """A workbook with a unit list in the making."""

    def __init__(self, form: Form) -> None:
        super().__init__(base={"font_size": look().sizes["units"]["body"]})
        self.colours, self.sizes = look().colours["units"], look().sizes["units"]
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
        self._list(said.unit_list["units"], said.units, units, marks or {})
        self._list(said.unit_list["orgs"], said.orgs, orgs, org_marks or {})

    def notes(self) -> None:
        """What is meant by the columns that decide who bears which duty, at length."""
        said = campaign_words()
        sheet = Sheet(self, said.unit_list["notes"])
        text = self.formats.make(text_wrap=True, valign="top")
        sheet.column_width(0, _NOTE_WIDTH, text)
        sheet.put(
            0, 0, OwnText(said.unit_list["notes_title"]), self.formats.make(bold=True, font_size=self.sizes["head"])
        )
        for number, line in enumerate(said.notes.values(), 1):
            sheet.put(number, 0, OwnText(line), text)
        sheet.paper("units", across=False)

    def head(self, **more: object) -> Format:
        """The heading of a column."""
        return self.formats.make(bold=True, align="center", border=1, bg_color=self.colours["head"], **more)

    def _list(self, title: str, labels: Mapping[str, str], rows: Rows, marks: Marks) -> None:
        sheet = Sheet(self, title)
        head, typed = self.head(valign="vcenter"), {"num_format": look().numbers["form"]["typed"]}
        blank = self.formats.make(**typed)
        for column, (field, label) in enumerate(labels.items()):
            sheet.column_width(column, _WIDTHS.get(field, 16), blank)
            sheet.put(0, column, OwnText(label), head)
            for number, row in enumerate(rows):
                colour, note = marks.get((number, field), ("", ""))
                style = self.formats.make(**typed, border=1, **({"bg_color": colour} if colour else {}))
                sheet.exact(number + 1, column, row.get(field, ""), style)
                if note:
                    sheet.done(sheet.raw.write_comment(number + 1, column, note, {"x_scale": 2}))
            if rule := _rule(field, label, self._choices):
                sheet.rule(rule, Area(2, column + 1, max(len(rows), _ROWS) + 1, column + 1))
        sheet.row_height(0, 24)
        sheet.freeze(1, 2)
        sheet.filters(Area(1, 1, max(len(rows), 1) + 1, len(labels)))
        sheet.paper("units")
        sheet.repeat(0)


def _rule(field: str, label: str, choices: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """The dropdown and the prompt of a column; {} when it has neither."""
    rule: dict[str, object] = {"validate": "list", "source": list(choices[field])} if field in choices else {}
    if prompt := campaign_words().prompts.get(field):
        rule = {"validate": "any"} | rule | {"input_title": label[:_TITLE], "input_message": prompt}
    return rule
