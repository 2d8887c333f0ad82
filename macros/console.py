"""The control workbook 控制台.xlsm, drawn from `toolkit/console.yaml`; same input, same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from macros.book import Board, Book, Cell, at
from macros.table_sheets import add_table
from toolkit.campaign.parameters import lines_of
from toolkit.console import OUTPUT_ROOM, Setting, console
from toolkit.drawing.look import look
from toolkit.drawing.measure import line_count
from toolkit.model.cell import area
from toolkit.model.policy import Policy
from toolkit.policies import load_policy, policy_ids
from toolkit.round_trip.states import UNIT_STATES

if TYPE_CHECKING:
    from toolkit.campaign import Campaign

NAME = "控制台.xlsm"
_COLUMNS = (1, 1, 2, 2, 3, 4, 4, 4)
"""Where the buttons of 更多操作 stand, the last ones of it where there are fewer."""
_ROW = 32.0
_LINE, _ABOUT = 12.5, 78.0
"""Points of a line of what is said of a parameter, and how many characters of its size stand on one."""
_HELP, _HELP_LINE, _APART = 110, 15.5, 5.0
"""Characters of a line of the help, points of it, and points between two of its texts."""
_UNKNOWN = 56.0
"""Points of a row whose parameter nobody knows yet."""
_TITLE, _MESSAGE = 32, 255
"""Characters that Excel takes in the title and in the text of a hint on a cell, and in a list to choose from."""
_KNOWN = ("title", "deadline", "return_to", "collect_ids")


def build_console(
    campaign: Campaign | None,
    *,
    program: str = "xltool",
    cells: Mapping[str, Cell] | None = None,
    tables: Mapping[str, Sequence[Sequence[Cell]]] | None = None,
) -> bytes:
    """The control workbook of a round, or one without a round that can make one.

    Args:
        program: the command or full path of xltool.
        cells, tables: what it shows before the first button is pressed, as in the answers of the bridge.
    """
    heads = console().texts["heads"]
    shown: dict[str, Cell] = {"out_title": heads["no_campaign"], "cfg_program": program}
    shown["out_about_1"] = heads["no_parameters_yet"]
    if campaign:
        shown |= {"cfg_policy": _policy_word(campaign.policy), "cfg_year": str(campaign.year)}
    shown |= cells or {}
    book = Book(shown)
    _main(book, tables or {})
    for number, table in enumerate(console().tables.values()):
        rows = (tables or {}).get(table.name, ())
        add_table(book, table, f"ShtTable{number + 1}", rows, campaign.policy if campaign else None)
    _settings(book, campaign)
    _help(book)
    _texts(book)
    return book.close()


def _policy_word(policy: Policy) -> str:
    """What stands in the dropdown: the id, a blank, the short title; a round may have a policy of its own."""
    return f"{policy.id} {policy.short_title}"


def _main(book: Book, tables: Mapping[str, Sequence[Sequence[Cell]]]) -> None:
    sheet = book.sheet(console().texts["sheets"]["main"], "ShtMain")
    widths = {"A": 1.5, "B": 20, "C": 29, "D": 12, "E": 38, "F": 1.5, "G": 12, "H": 8, "I": 19, "J": 1.5}
    sheet.widths(widths, hidden="KL")
    _band(book, sheet, "I")
    _status(book, sheet)
    last = _steps(book, sheet)
    last = max(last, _board(book, sheet, tables.get("states", ())))
    _live(book, sheet, last + 2)
    _outputs(book, sheet, last + 2)
    # What was done and how far the units are; the buttons below do not print.
    sheet.page(area(f"A1:J{last}"), 1)
    sheet.raw.set_first_sheet()
    sheet.raw.activate()


def _band(book: Book, sheet: Board, last: str) -> None:
    """The coloured head of the sheet with the round below it."""
    look, heads = book.look, console().texts["heads"]
    sheet.row_height(0, 8)
    sheet.row_height(1, 42)
    sheet.row_height(2, 26)
    band = {"font_color": look["band_text"], "indent": 1}
    big = book.format(**band, bg_color=look["band"], font_size=20, bold=True)
    sheet.write(f"B2:{last}2", heads["app"], big)
    small = book.format(**band, bg_color=look["under"], font_size=11, locked=False)
    sheet.field(f"B3:{last}3", "out_title", small)
    sheet.row_height(3, 8)


def _status(book: Book, sheet: Board) -> None:
    """Status, message, progress, time; the button that stops."""
    look, say = book.look, console().texts["say"]
    frame = {"border": 1, "border_color": look["line"], "locked": False}
    sheet.row_height(4, 46)
    sheet.row_height(5, 18)
    chip = book.format(**frame, bold=True, font_size=14, align="center")
    sheet.field("B5:B6", "out_status", chip, say["status_off"])
    words = [say[f"status_{name}"] for name in ("off", "ready", "running", "done", "findings", "failed", "cancelled")]
    sheet.colour_words(area("B5:B6"), words)
    text = book.format(**frame, text_wrap=True, indent=1, font_size=11)
    sheet.field("C5:H5", "out_message", text, say["macros_off"])
    bar = book.format(**frame, num_format="0%", align="center", font_color=look["faint"], font_size=9)
    sheet.field("C6:H6", "out_progress", bar, 0)
    rule = {"min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1}
    sheet.highlight(area("C6:H6"), {**_bar(book), **rule})
    time = book.format(**frame, align="center", font_size=9, font_color=look["faint"], num_format="@")
    sheet.write("I5", "", book.format(border=1, border_color=look["line"]))
    sheet.field("I6", "out_time", time)
    sheet.button(4, 8, console().at("status")[0], (128, 54))
    sheet.row_height(6, 8)


def _bar(book: Book) -> dict[str, object]:
    """A bar instead of the number in the cell."""
    colour = book.look["bar"]
    return {"type": "data_bar", "bar_only": True, "bar_color": colour, "bar_solid": True, "data_bar_2010": True}


def _section(book: Book, sheet: Board, row: int, cells: str, text: str) -> None:
    look = book.look
    sheet.row_height(row - 1, 24)
    style = book.format(bg_color=look["section"], font_color=look["section_text"], bold=True, font_size=12, indent=1)
    sheet.write(cells, text, style)


def _steps(book: Book, sheet: Board) -> int:
    """The buttons in the order of work, each with what it did last; the number of the last row."""
    look, heads = book.look, console().texts["heads"]
    _section(book, sheet, 8, "B8:E8", heads["steps"])
    frame = {"border": 1, "border_color": look["line"]}
    head = book.format(**frame, bg_color=look["head"], font_color=look["faint"], align="center", font_size=9)
    for letter, text in zip("BCDE", heads["step_heads"], strict=True):
        sheet.write(at(9, letter), text, head)
    plain = book.format(**frame, text_wrap=True, indent=1, font_color=look["text"])
    name = book.format(**frame, align="center", font_color=look["text"])
    when = book.format(**frame, align="center", locked=False, num_format="@")
    what = book.format(**frame, text_wrap=True, indent=1, locked=False, num_format="@", font_size=9)
    row = 9
    for button in console().at("steps"):
        row += 1
        sheet.row_height(row - 1, _ROW)
        # Buttons do not print; on the screen this one covers its name.
        sheet.write(at(row, "B"), button.label, name)
        sheet.button(row - 1, 1, button, (137, 38))
        sheet.write(at(row, "C"), button.help, plain)
        sheet.field(at(row, "D"), f"out_when_{button.task}", when)
        sheet.field(at(row, "E"), f"out_what_{button.task}", what)
    return row


def _board(book: Book, sheet: Board, counts: Sequence[Sequence[Cell]]) -> int:
    """How many units are in which state, with bars; the number of the last row."""
    look, heads = book.look, console().texts["heads"]
    _section(book, sheet, 8, "G8:I8", heads["board"])
    frame = {"border": 1, "border_color": look["line"]}
    first, last = 10, 9 + len(UNIT_STATES)
    name = book.format(**frame, align="center", bold=True)
    number = book.format(**frame, align="center", bold=True, font_size=14, locked=False)
    bar = book.format(**frame, font_color=look["faint"])
    for row, state in enumerate(UNIT_STATES, first):
        sheet.write(at(row, "G"), state, name)
        value = counts[row - first][0] if counts else ""
        sheet.write(at(row, "H"), value, number)
        shown = value if counts else 0
        sheet.formula(at(row, "I"), f"=N({at(row, 'H')})", bar, shown)
    sheet.define("tbl_states", area(f"H{first}:H{last}"))
    sheet.filled_in(area(f"H{first}:H{last}"))
    sheet.colour_words(area(f"G{first}:G{last}"), UNIT_STATES)
    none = book.formats.bare(font_color=look["none"])
    sheet.highlight(area(f"H{first}:H{last}"), {"type": "cell", "criteria": "==", "value": 0, "format": none})
    sheet.highlight(area(f"I{first}:I{last}"), {**_bar(book), "min_type": "num", "min_value": 0})
    head = book.format(**frame, bg_color=look["head"], font_color=look["faint"], align="center", font_size=9)
    for letter, text in zip("GHI", heads["board_heads"], strict=True):
        sheet.write(at(9, letter), text, head)
    total = last + 1
    sheet.write(at(total, "G"), heads["total"], book.format(**frame, align="center", bg_color=look["head"]))
    style = book.format(**frame, align="center", bold=True, font_size=14, locked=False, bg_color=look["head"])
    sheet.field(at(total, "H"), "out_total", style)
    sheet.write(at(total, "I"), "", book.format(**frame, bg_color=look["head"]))
    for place, button in zip((6, 8), console().at("board"), strict=True):
        sheet.button(total, place, button, (142 if place == 6 else 130, 38))
    sheet.row_height(total, _ROW)
    return total + 1


def _live(book: Book, sheet: Board, row: int) -> None:
    """Buttons for the returned workbook that is open, and the explanation to fill in."""
    look, heads = book.look, console().texts["heads"]
    _section(book, sheet, row, f"B{row}:E{row}", heads["live"])
    sheet.row_height(row, _ROW)
    sheet.row_of_buttons(row, console().at("live"), (1, 2, 3), 38)
    label = book.format(font_color=look["faint"], font_size=9, indent=1)
    sheet.write(f"E{row + 2}", heads["live_note"], label)
    entry = {"border": 1, "border_color": look["line"], "locked": False, "text_wrap": True, "num_format": "@"}
    sheet.field(f"E{row + 1}", "cfg_note", book.format(**entry, indent=1), guard=False)
    _more(book, sheet, row + 3)
    style = book.format(font_color=look["faint"], text_wrap=True, valign="vcenter", indent=1, font_size=9)
    sheet.write(f"B{row + 7}:E{row + OUTPUT_ROOM}", "\n".join(f"· {text}" for text in heads["tips"]), style)


def _more(book: Book, sheet: Board, row: int) -> None:
    """Smaller buttons for what is not asked for every time."""
    _section(book, sheet, row, f"B{row}:E{row}", console().texts["heads"]["more"])
    for number, place in enumerate(("more", "back", "list")):
        sheet.row_height(row + number, 30)
        buttons = console().at(place)
        sheet.row_of_buttons(row + number, buttons, _COLUMNS[-len(buttons) :], 30)


def _outputs(book: Book, sheet: Board, row: int) -> None:
    """The files that the last run wrote, to click."""
    _section(book, sheet, row, f"G{row}:I{row}", console().texts["heads"]["outputs"])
    link = look().colours["common"]["link"]
    style = book.format(font_color=link, underline=1, indent=1, bottom=1, bottom_color=book.look["line"])
    hidden = book.format(locked=False, num_format="@")
    for at_row in range(row + 1, row + 1 + OUTPUT_ROOM):
        formula = f'=IF(K{at_row}="","",HYPERLINK(L{at_row},K{at_row}))'
        sheet.formula(f"G{at_row}:I{at_row}", formula, style)
        for letter in "KL":
            sheet.write(f"{letter}{at_row}", "", hidden)
    sheet.define("tbl_outputs", area(f"K{row + 1}:L{row + OUTPUT_ROOM}"))


def _settings(book: Book, campaign: Campaign | None) -> None:
    sheet = book.sheet(console().texts["sheets"]["settings"], "ShtSettings")
    look, heads, groups = book.look, console().texts["heads"], console().texts["groups"]
    sheet.widths({"A": 1.5, "B": 20, "C": 58, "D": 58, "E": 1.5}, hidden="F")
    sheet.row_height(0, 8)
    sheet.row_height(1, 32)
    title = book.format(bg_color=look["band"], font_color=look["band_text"], bold=True, font_size=14, indent=1)
    sheet.write("B2:D2", heads["settings"], title)
    row = 3
    for group, group_title in groups.items():
        row += 1
        _section(book, sheet, row, f"B{row}:D{row}", group_title)
        for setting in (item for item in console().settings if item.group == group):
            row += 1
            _setting(book, sheet, row, setting)
        if group == "batch":
            row = _own(book, sheet, row + 1)
        elif group == "parameters":
            row = _parameters(book, sheet, row, campaign)
        row += 1
        sheet.row_height(row - 1, 8)
    for number, name in enumerate(_KNOWN, 1):
        sheet.field(f"F{number}", f"known_{name}", book.format(locked=False, num_format="@"), guard=False)
    sheet.page(area(f"A1:E{row}"))


def _own(book: Book, sheet: Board, row: int) -> int:
    """What the bureau has to look at itself, below the settings of the round; the number of the row."""
    look = book.look
    frame = {"border": 1, "border_color": look["line"], "text_wrap": True, "indent": 1}
    text = str(book.shown.get("out_own", ""))
    sheet.row_height(row - 1, max(36, 6 + _LINE * line_count(text, 2 * _ABOUT)))
    sheet.write(f"B{row}", console().texts["heads"]["own"], book.format(**frame, bg_color=look["head"]))
    style = book.format(**frame, font_color=look["text"], font_size=9, locked=False, num_format="@")
    sheet.field(f"C{row}:D{row}", "out_own", style)
    return row


def _setting(book: Book, sheet: Board, row: int, setting: Setting) -> None:
    look = book.look
    frame = {"border": 1, "border_color": look["line"]}
    sheet.row_height(row - 1, 24)
    sheet.write(f"B{row}", setting.label, book.format(**frame, bg_color=look["head"], indent=1))
    entry = book.format(**frame, bg_color=look["input"], locked=False, num_format="@", indent=1, bold=True)
    sheet.field(f"C{row}", setting.name, entry, setting.value, guard=False)
    note = book.format(**frame, font_color=look["faint"], indent=1, text_wrap=True, font_size=9)
    sheet.write(f"D{row}", setting.note, note)
    choices = (
        [_policy_word(load_policy(name)) for name in policy_ids()]
        if setting.name == "cfg_policy"
        else list(setting.choices)
    )
    if choices:
        sheet.rule({"validate": "list", "source": choices}, area(f"C{row}"))


def _parameters(book: Book, sheet: Board, row: int, campaign: Campaign | None) -> int:
    """A row for each parameter that the policy leaves open, and empty ones; the number of the last row."""
    look = book.look
    frame = {"border": 1, "border_color": look["line"], "text_wrap": True, "indent": 1}
    name = book.format(**frame, bg_color=look["head"], locked=False)
    entry = book.format(**frame, bg_color=look["input"], locked=False, num_format="@", bold=True)
    about = book.format(**frame, font_color=look["text"], font_size=9, locked=False, num_format="@")
    known = book.format(locked=False, num_format="@")
    lines = lines_of(campaign) if campaign else ()
    first = row + 1
    for number in range(1, console().parameter_room + 1):
        row += 1
        text = str(book.shown.get(f"out_about_{number}", ""))
        height = max(_ROW, 6 + _LINE * line_count(text, _ABOUT)) if campaign else _UNKNOWN
        sheet.row_height(row - 1, height, hidden=bool(campaign and not text))
        sheet.field(f"B{row}", f"out_parameter_{number}", name)
        sheet.field(f"C{row}", f"cfg_parameter_{number}", entry, guard=False)
        sheet.field(f"D{row}", f"out_about_{number}", about)
        sheet.field(f"F{row}", f"known_parameter_{number}", known, guard=False)
    for number, line in enumerate(lines[: console().parameter_room]):
        told = {"input_title": line.title[:_TITLE], "input_message": line.allowed[:_MESSAGE]}
        choices = list(line.choices)
        fits = choices and len(",".join(choices)) <= _MESSAGE and not any("," in choice for choice in choices)
        rule = {"validate": "list", "source": choices} if fits else {"validate": "any"}
        sheet.rule({**rule, **told}, area(f"C{first + number}"))
    return row


def _help(book: Book) -> None:
    sheet = book.sheet(console().texts["sheets"]["help"], "ShtHelp")
    look = book.look
    sheet.widths({"A": 1.5, "B": 18, "C": _HELP})
    sheet.row_height(0, 8)
    sheet.row_height(1, 32)
    title = book.format(bg_color=look["band"], font_color=look["band_text"], bold=True, font_size=14, indent=1)
    sheet.write("B2:C2", console().texts["heads"]["help"], title)
    head = book.format(bold=True, font_color=look["section_text"], valign="top", bottom=1, bottom_color=look["line"])
    text = book.format(text_wrap=True, valign="top", bottom=1, bottom_color=look["line"], font_size=11)
    for row, (word, sentence) in enumerate(console().texts["help"], 4):
        sheet.row_height(row - 1, _APART + _HELP_LINE * line_count(sentence, _HELP))
        sheet.write(f"B{row}", word, head)
        sheet.write(f"C{row}", sentence, text)
    sheet.page(None)


def _texts(book: Book) -> None:
    """The texts that the VBA shows, on a sheet that nobody sees."""
    said = console().texts["say"]
    sheet = book.texts("_texts", "ShtTexts", list(said.values()))
    for row, key in enumerate(said, 1):
        sheet.define(f"say_{key}", area(f"A{row}"))
