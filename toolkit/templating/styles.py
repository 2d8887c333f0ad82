"""The look of the issued workbook: calm, official, readable when the official fonts are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.drawing.formats import Formats
from toolkit.drawing.look import look
from toolkit.model.form import Column

if TYPE_CHECKING:
    from xlsxwriter.format import Format

COLOURS = look().colours["form"]
_RULED: dict[str, object] = {"border": 1, "border_color": COLOURS["line"]}


def _sides(third: str) -> dict[str, object]:
    """Frame lines left, right and on one more side."""
    sides = ("left", "right", third)
    found: dict[str, object] = {f"{side}_color": COLOURS["line"] for side in sides}
    return found | dict.fromkeys(sides, 1)


def number_format(column: Column, *, integer: bool = False) -> str:
    """The number format of a column; text formats keep codes and months as typed.

    Money has two decimals; other decimals show what was typed.
    """
    numbers = look().numbers["form"]
    if column.type == "date":
        return numbers["date"]
    if integer or column.type == "integer":
        return numbers["integer"]
    if column.type == "decimal":
        return numbers["money" if column.unit.startswith("元") else "decimal"]
    return numbers["typed"]


def alignment(column: Column) -> str:
    """Numbers right, long text left, everything short centred."""
    if column.type in ("integer", "decimal"):
        return "right"
    return "left" if column.type == "text" and column.width >= 16 else "center"


def base() -> dict[str, object]:
    """What every cell of an issued workbook has unless it says otherwise."""
    return {"font_name": look().fonts["body"], "font_size": look().sizes["form"]["body"]}


class Styles(Formats):
    """Formats of one issued workbook."""

    def head(self) -> Format:
        """A heading between the parts of a sheet."""
        return self.plain(font_name=look().fonts["head"], align="left")

    def corner(self) -> Format:
        """附件N."""
        return self.make(font_name=look().fonts["head"], font_size=look().sizes["form"]["corner"])

    def title(self, size: int = 20) -> Format:
        """The title over a sheet: not bold, centred."""
        return self.make(font_name=look().fonts["title"], font_size=size, align="center")

    def line(self, align: str = "left", size: int = 12) -> Format:
        """填报单位, 填报日期, 计量单位; long ones shrink."""
        return self.make(font_name=look().fonts["line"], font_size=size, align=align, shrink=True)

    def note(self, size: int = 10) -> Format:
        """The note under it."""
        return self.make(font_size=size, font_color=COLOURS["note"], text_wrap=True, align="left")

    def label(self, need: str) -> Format:
        """A column label; the fill says whether the column must be filled in."""
        return self.make(bold=True, align="center", text_wrap=True, bg_color=COLOURS[need], **_RULED)

    def upper_label(self, need: str) -> Format:
        """A column label that makes one box with the English name below it."""
        fill = {"bg_color": COLOURS[need]}
        return self.make(bold=True, align="center", text_wrap=True, **fill, **_sides("top"))

    def name(self, need: str) -> Format:
        """An English name: there for programs, unseen by people."""
        size, unseen = look().sizes["form"]["name"], look().numbers["form"]["unseen"]
        unread = {"font_size": size, "num_format": unseen, "hidden": True}
        return self.make(bg_color=COLOURS[need], **unread, **_sides("bottom"))

    def entry(self, form: str, align: str, *, locked: bool = False, ruled: bool = True, indent: int = 0) -> Format:
        """A data cell; locked ones are grey."""
        look: dict[str, object] = dict(_RULED) if ruled else {}
        if locked:
            look["bg_color"] = COLOURS["locked"]
        if indent:
            look["indent"] = indent
        return self.make(num_format=form, align=align, text_wrap=True, locked=locked, **look)

    def plain(self, **properties: object) -> Format:
        """Locked text without a frame."""
        return self.make(text_wrap=True, **properties)

    def ruled(self, **properties: object) -> Format:
        """Locked text in a frame."""
        indent = {"indent": 1} if properties.get("align") == "left" else {}
        return self.make(text_wrap=True, **_RULED, **indent, **properties)

    def status(self) -> Format:
        """The big line of the check, red until it turns out to be good."""
        ground, ink = look().marks["wrong"]
        return self.make(
            font_name=look().fonts["head"],
            font_size=look().sizes["form"]["status"],
            align="center",
            bg_color=ground,
            font_color=ink,
            **_RULED,
        )

    def link(self) -> Format:
        """A link to a cell."""
        ink = look().colours["common"]["link"]
        return self.make(font_color=ink, underline=1, align="center", border=4, border_color=COLOURS["open_line"])

    def open_cell(self, align: str) -> Format:
        """A cell of the list of what is left to do; empty ones show no frame."""
        indent = {"indent": 1} if align == "left" else {}
        return self.make(text_wrap=True, align=align, border=4, border_color=COLOURS["open_line"], **indent)

    def bad(self) -> Format:
        """A wrong cell, for a conditional format."""
        return self.mark("wrong")

    def doubtful(self) -> Format:
        """A cell to look at again, for a conditional format."""
        return self.mark("doubtful")

    def good(self) -> Format:
        """Nothing left to do, for a conditional format."""
        return self.mark("good")

    def faint(self) -> Format:
        """A line without problems, for a conditional format."""
        return self.bare(font_color=COLOURS["faint"])

    def frame(self) -> Format:
        """The frame alone, for a conditional format."""
        return self.bare(**_RULED)
