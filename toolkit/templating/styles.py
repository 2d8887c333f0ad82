"""The look of the issued workbook: calm, official, readable when the official fonts are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.model.form import Column

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

BODY, HEAD, TITLE, LINE = "宋体", "黑体", "方正小标宋简体", "仿宋_GB2312"
MONEY = "#,##0.00"
_FILLS = {"required": "#FFF2CC", "conditional": "#DDEBF7", "optional": "#FFFFFF"}
_LOCKED_FILL = "#F2F2F2"
_GREY = "#7F7F7F"
_RULED: dict[str, object] = {"border": 1, "border_color": _GREY}
_MIDDLE = {"valign": "vcenter"}


def _sides(third: str) -> dict[str, object]:
    """Frame lines left, right and on one more side."""
    sides = ("left", "right", third)
    found: dict[str, object] = {f"{side}_color": _GREY for side in sides}
    return found | dict.fromkeys(sides, 1)


def number_format(column: Column, *, integer: bool = False) -> str:
    """The number format of a column; text formats keep codes and months as typed.

    Money has two decimals; other decimals show what was typed.
    """
    if column.type == "date":
        return "yyyy-mm-dd"
    if integer or column.type == "integer":
        return "0"
    if column.type == "decimal":
        return MONEY if column.unit.startswith("元") else "General"
    return "@"


def alignment(column: Column) -> str:
    """Numbers right, long text left, everything short centred."""
    if column.type in ("integer", "decimal"):
        return "right"
    return "left" if column.type == "text" and column.width >= 16 else "center"


class Styles:
    """Formats of one workbook; equal ones are made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def make(self, **properties: object) -> Format:
        """The format of these properties, body font 11 unless said otherwise."""
        properties = {"font_name": BODY, "font_size": 11, **_MIDDLE, **properties}
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]

    def corner(self) -> Format:
        """附件N."""
        return self.make(font_name=HEAD, font_size=16)

    def title(self, size: int = 20) -> Format:
        """The title over a sheet: not bold, centred."""
        return self.make(font_name=TITLE, font_size=size, align="center")

    def line(self, align: str = "left", size: int = 12) -> Format:
        """填报单位, 填报日期, 计量单位; long ones shrink."""
        return self.make(font_name=LINE, font_size=size, align=align, shrink=True)

    def note(self, size: int = 10) -> Format:
        """The note under it."""
        return self.make(font_size=size, font_color="#404040", text_wrap=True, align="left")

    def label(self, need: str) -> Format:
        """A column label; the fill says whether the column must be filled in."""
        return self.make(bold=True, align="center", text_wrap=True, bg_color=_FILLS[need], **_RULED)

    def upper_label(self, need: str) -> Format:
        """A column label that makes one box with the English name below it."""
        fill = {"bg_color": _FILLS[need]}
        return self.make(bold=True, align="center", text_wrap=True, **fill, **_sides("top"))

    def name(self, need: str) -> Format:
        """An English name: there for programs, unseen by people."""
        unseen = {"font_size": 8, "num_format": ";;;", "hidden": True}
        return self.make(bg_color=_FILLS[need], **unseen, **_sides("bottom"))

    def entry(self, form: str, align: str, *, locked: bool = False, ruled: bool = True, indent: int = 0) -> Format:
        """A data cell; locked ones are grey."""
        look: dict[str, object] = dict(_RULED) if ruled else {}
        if locked:
            look["bg_color"] = _LOCKED_FILL
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
        return self.make(
            font_name=HEAD, font_size=18, align="center", bg_color="#FFC7CE", font_color="#9C0006", **_RULED
        )

    def link(self) -> Format:
        """A link to a cell."""
        return self.make(font_color="#0563C1", underline=1, align="center", border=4, border_color="#BFBFBF")

    def open_cell(self, align: str) -> Format:
        """A cell of the list of what is left to do; empty ones show no frame."""
        indent = {"indent": 1} if align == "left" else {}
        return self.make(text_wrap=True, align=align, border=4, border_color="#BFBFBF", **indent)

    def bad(self) -> Format:
        """A wrong cell, for a conditional format."""
        return self._workbook.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})

    def doubtful(self) -> Format:
        """A cell to look at again, for a conditional format."""
        return self._workbook.add_format({"bg_color": "#FFEB9C", "font_color": "#7F6000"})

    def good(self) -> Format:
        """Nothing left to do, for a conditional format."""
        return self._workbook.add_format({"bg_color": "#C6EFCE", "font_color": "#006100"})

    def faint(self) -> Format:
        """A line without problems, for a conditional format."""
        return self._workbook.add_format({"font_color": "#A6A6A6"})

    def frame(self) -> Format:
        """The frame alone, for a conditional format."""
        return self._workbook.add_format({"border": 1, "border_color": _GREY})
