"""The control workbook 控制台.xlsm, drawn from `toolkit/console.yaml`; same input, same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from macros.book import Book, Cell, at, must
from macros.table_sheets import add_table
from toolkit.campaign.parameters import lines_of
from toolkit.console import OUTPUT_ROOM, Setting, console
from toolkit.model.policy import Policy
from toolkit.policies import load_policy, policy_ids
from toolkit.round_trip.states import UNIT_STATES
from toolkit.summary.wording import line_count

if TYPE_CHECKING:
    from toolkit.campaign import Campaign

NAME = "控制台.xlsm"
_COLUMNS = (1, 1, 2, 2, 3, 4, 4, 4)
"""Where the buttons of 更多操作 stand, the last ones of it where there are fewer."""
_ROW = 32.0
_LINE, _ABOUT = 12.5, 78.0
"""Points of a line of what is said of a parameter, and how many characters of its size stand on one."""
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
    for letter, width in widths.items():
        sheet.set_column(f"{letter}:{letter}", width)
    sheet.set_column("K:L", 10, None, {"hidden": True})
    _band(book, sheet, "I")
    _status(book, sheet)
    last = _steps(book, sheet)
    last = max(last, _board(book, sheet, tables.get("states", ())))
    _live(book, sheet, last + 2)
    _outputs(book, sheet, last + 2)
    # What was done and how far the units are; the buttons below do not print.
    book.page(sheet, f"A1:J{last}", 1)
    sheet.set_first_sheet()
    sheet.activate()


def _band(book: Book, sheet, last: str) -> None:
    """The coloured head of the sheet with the round below it."""
    look, heads = book.look, console().texts["heads"]
    sheet.set_row(0, 8)
    sheet.set_row(1, 42)
    sheet.set_row(2, 26)
    band = {"font_color": look["band_text"], "indent": 1}
    big = book.format(**band, bg_color=look["band"], font_size=20, bold=True)
    book.write(sheet, f"B2:{last}2", heads["app"], big)
    small = book.format(**band, bg_color=look["under"], font_size=11, locked=False)
    book.field(sheet, f"B3:{last}3", "out_title", small)
    sheet.set_row(3, 8)


def _status(book: Book, sheet) -> None:
    """Status, message, progress, time; the button that stops."""
    look, say = book.look, console().texts["say"]
    frame = {"border": 1, "border_color": look["line"], "locked": False}
    sheet.set_row(4, 46)
    sheet.set_row(5, 18)
    chip = book.format(**frame, bold=True, font_size=14, align="center")
    book.field(sheet, "B5:B6", "out_status", chip, say["status_ready"])
    words = [say[f"status_{name}"] for name in ("ready", "running", "done", "findings", "failed", "cancelled")]
    book.colour_words(sheet, "B5:B6", words)
    text = book.format(**frame, text_wrap=True, indent=1, font_size=11)
    book.field(sheet, "C5:H5", "out_message", text, say["macros_off"])
    bar = book.format(**frame, num_format="0%", align="center", font_color=look["faint"], font_size=9)
    book.field(sheet, "C6:H6", "out_progress", bar, 0)
    rule = {"min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1}
    must(sheet.conditional_format("C6:H6", {**_bar(book), **rule}))
    time = book.format(**frame, align="center", font_size=9, font_color=look["faint"], num_format="@")
    book.write(sheet, "I5", "", book.format(border=1, border_color=look["line"]))
    book.field(sheet, "I6", "out_time", time)
    book.button(sheet, 4, 8, console().at("status")[0], (128, 54))
    sheet.set_row(6, 8)


def _bar(book: Book) -> dict[str, object]:
    """A bar instead of the number in the cell."""
    colour = f"#{book.look['bar']}"
    return {"type": "data_bar", "bar_only": True, "bar_color": colour, "bar_solid": True, "data_bar_2010": True}


def _section(book: Book, sheet, row: int, area: str, text: str) -> None:
    look = book.look
    sheet.set_row(row - 1, 24)
    style = book.format(bg_color=look["section"], font_color=look["section_text"], bold=True, font_size=12, indent=1)
    book.write(sheet, area, text, style)


def _steps(book: Book, sheet) -> int:
    """The buttons in the order of work, each with what it did last; the number of the last row."""
    look, heads = book.look, console().texts["heads"]
    _section(book, sheet, 8, "B8:E8", heads["steps"])
    frame = {"border": 1, "border_color": look["line"]}
    head = book.format(**frame, bg_color=look["head"], font_color=look["faint"], align="center", font_size=9)
    for letter, text in zip("BCDE", heads["step_heads"], strict=True):
        book.write(sheet, at(9, letter), text, head)
    plain = book.format(**frame, text_wrap=True, indent=1, font_color=look["text"])
    name = book.format(**frame, align="center", font_color=look["text"])
    when = book.format(**frame, align="center", locked=False, num_format="@")
    what = book.format(**frame, text_wrap=True, indent=1, locked=False, num_format="@", font_size=9)
    row = 9
    for button in console().at("steps"):
        row += 1
        sheet.set_row(row - 1, _ROW)
        # Buttons do not print; on the screen this one covers its name.
        book.write(sheet, at(row, "B"), button.label, name)
        book.button(sheet, row - 1, 1, button, (137, 38))
        book.write(sheet, at(row, "C"), button.help, plain)
        book.field(sheet, at(row, "D"), f"out_when_{button.task}", when)
        book.field(sheet, at(row, "E"), f"out_what_{button.task}", what)
    return row


def _board(book: Book, sheet, counts: Sequence[Sequence[Cell]]) -> int:
    """How many units are in which state, with bars; the number of the last row."""
    look, heads = book.look, console().texts["heads"]
    _section(book, sheet, 8, "G8:I8", heads["board"])
    frame = {"border": 1, "border_color": look["line"]}
    first, last = 10, 9 + len(UNIT_STATES)
    name = book.format(**frame, align="center", bold=True)
    number = book.format(**frame, align="center", bold=True, font_size=14, locked=False)
    bar = book.format(**frame, font_color=look["faint"])
    for row, state in enumerate(UNIT_STATES, first):
        book.write(sheet, at(row, "G"), state, name)
        value = counts[row - first][0] if counts else ""
        book.write(sheet, at(row, "H"), value, number)
        shown = value if counts else 0
        must(sheet.write_formula(at(row, "I"), f"=N({at(row, 'H')})", bar, shown))
    book.name("tbl_states", sheet, f"H{first}:H{last}")
    book.guard(sheet, f"H{first}:H{last}")
    book.colour_words(sheet, f"G{first}:G{last}", UNIT_STATES)
    none = book.raw.add_format({"font_color": f"#{look['none']}"})
    must(sheet.conditional_format(f"H{first}:H{last}", {"type": "cell", "criteria": "==", "value": 0, "format": none}))
    must(sheet.conditional_format(f"I{first}:I{last}", {**_bar(book), "min_type": "num", "min_value": 0}))
    head = book.format(**frame, bg_color=look["head"], font_color=look["faint"], align="center", font_size=9)
    for letter, text in zip("GHI", heads["board_heads"], strict=True):
        book.write(sheet, at(9, letter), text, head)
    total = last + 1
    book.write(sheet, at(total, "G"), heads["total"], book.format(**frame, align="center", bg_color=look["head"]))
    style = book.format(**frame, align="center", bold=True, font_size=14, locked=False, bg_color=look["head"])
    book.field(sheet, at(total, "H"), "out_total", style)
    book.write(sheet, at(total, "I"), "", book.format(**frame, bg_color=look["head"]))
    for place, button in zip((6, 8), console().at("board"), strict=True):
        book.button(sheet, total, place, button, (142 if place == 6 else 130, 38))
    sheet.set_row(total, _ROW)
    return total + 1


def _live(book: Book, sheet, row: int) -> None:
    """Buttons for the returned workbook that is open, and the explanation to fill in."""
    look, heads = book.look, console().texts["heads"]
    _section(book, sheet, row, f"B{row}:E{row}", heads["live"])
    sheet.set_row(row, _ROW)
    book.row_of_buttons(sheet, row, console().at("live"), (1, 2, 3), 38)
    label = book.format(font_color=look["faint"], font_size=9, indent=1)
    book.write(sheet, f"E{row + 2}", heads["live_note"], label)
    entry = {"border": 1, "border_color": look["line"], "locked": False, "text_wrap": True, "num_format": "@"}
    book.field(sheet, f"E{row + 1}", "cfg_note", book.format(**entry, indent=1), guard=False)
    _more(book, sheet, row + 3)
    style = book.format(font_color=look["faint"], text_wrap=True, valign="vcenter", indent=1, font_size=9)
    book.write(sheet, f"B{row + 7}:E{row + OUTPUT_ROOM}", "\n".join(f"· {text}" for text in heads["tips"]), style)


def _more(book: Book, sheet, row: int) -> None:
    """Smaller buttons for what is not asked for every time."""
    _section(book, sheet, row, f"B{row}:E{row}", console().texts["heads"]["more"])
    for number, place in enumerate(("more", "back", "list")):
        sheet.set_row(row + number, 30)
        buttons = console().at(place)
        book.row_of_buttons(sheet, row + number, buttons, _COLUMNS[-len(buttons) :], 30)


def _outputs(book: Book, sheet, row: int) -> None:
    """The files that the last run wrote, to click."""
    _section(book, sheet, row, f"G{row}:I{row}", console().texts["heads"]["outputs"])
    style = book.format(font_color="0563C1", underline=1, indent=1, bottom=1, bottom_color=book.look["line"])
    hidden = book.format(locked=False, num_format="@")
    for at_row in range(row + 1, row + 1 + OUTPUT_ROOM):
        must(sheet.merge_range(f"G{at_row}:I{at_row}", "", style))
        formula = f'=IF(K{at_row}="","",HYPERLINK(L{at_row},K{at_row}))'
        must(sheet.write_formula(f"G{at_row}", formula, style, ""))
        for letter in "KL":
            book.write(sheet, f"{letter}{at_row}", "", hidden)
    book.name("tbl_outputs", sheet, f"K{row + 1}:L{row + OUTPUT_ROOM}")


def _settings(book: Book, campaign: Campaign | None) -> None:
    sheet = book.sheet(console().texts["sheets"]["settings"], "ShtSettings")
    look, heads, groups = book.look, console().texts["heads"], console().texts["groups"]
    for letter, width in {"A": 1.5, "B": 20, "C": 58, "D": 58, "E": 1.5}.items():
        sheet.set_column(f"{letter}:{letter}", width)
    sheet.set_column("F:F", 10, None, {"hidden": True})
    sheet.set_row(0, 8)
    sheet.set_row(1, 32)
    title = book.format(bg_color=look["band"], font_color=look["band_text"], bold=True, font_size=14, indent=1)
    book.write(sheet, "B2:D2", heads["settings"], title)
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
        sheet.set_row(row - 1, 8)
    for number, name in enumerate(_KNOWN, 1):
        book.field(sheet, f"F{number}", f"known_{name}", book.format(locked=False, num_format="@"), guard=False)
    book.page(sheet, f"A1:E{row}")


def _own(book: Book, sheet, row: int) -> int:
    """What the bureau has to look at itself, below the settings of the round; the number of the row."""
    look = book.look
    frame = {"border": 1, "border_color": look["line"], "text_wrap": True, "indent": 1}
    text = str(book.shown.get("out_own", ""))
    sheet.set_row(row - 1, max(36, 6 + _LINE * line_count(text, 2 * _ABOUT)))
    book.write(sheet, f"B{row}", console().texts["heads"]["own"], book.format(**frame, bg_color=look["head"]))
    style = book.format(**frame, font_color=look["text"], font_size=9, locked=False, num_format="@")
    book.field(sheet, f"C{row}:D{row}", "out_own", style)
    return row


def _setting(book: Book, sheet, row: int, setting: Setting) -> None:
    look = book.look
    frame = {"border": 1, "border_color": look["line"]}
    sheet.set_row(row - 1, 24)
    book.write(sheet, f"B{row}", setting.label, book.format(**frame, bg_color=look["head"], indent=1))
    entry = book.format(**frame, bg_color=look["input"], locked=False, num_format="@", indent=1, bold=True)
    book.field(sheet, f"C{row}", setting.name, entry, setting.value, guard=False)
    note = book.format(**frame, font_color=look["faint"], indent=1, text_wrap=True, font_size=9)
    book.write(sheet, f"D{row}", setting.note, note)
    choices = (
        [_policy_word(load_policy(name)) for name in policy_ids()]
        if setting.name == "cfg_policy"
        else list(setting.choices)
    )
    if choices:
        must(sheet.data_validation(f"C{row}", {"validate": "list", "source": choices}))


def _parameters(book: Book, sheet, row: int, campaign: Campaign | None) -> int:
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
        sheet.set_row(row - 1, height, None, {} if text or not campaign else {"hidden": True})
        book.field(sheet, f"B{row}", f"out_parameter_{number}", name)
        book.field(sheet, f"C{row}", f"cfg_parameter_{number}", entry, guard=False)
        book.field(sheet, f"D{row}", f"out_about_{number}", about)
        book.field(sheet, f"F{row}", f"known_parameter_{number}", known, guard=False)
    for number, line in enumerate(lines[: console().parameter_room]):
        told = {"input_title": line.title[:_TITLE], "input_message": line.allowed[:_MESSAGE]}
        choices = list(line.choices)
        fits = choices and len(",".join(choices)) <= _MESSAGE and not any("," in choice for choice in choices)
        rule = {"validate": "list", "source": choices} if fits else {"validate": "any"}
        must(sheet.data_validation(f"C{first + number}", {**rule, **told}))
    return row


def _help(book: Book) -> None:
    sheet = book.sheet(console().texts["sheets"]["help"], "ShtHelp")
    look = book.look
    for letter, width in {"A": 1.5, "B": 18, "C": 110}.items():
        sheet.set_column(f"{letter}:{letter}", width)
    sheet.set_row(0, 8)
    sheet.set_row(1, 32)
    title = book.format(bg_color=look["band"], font_color=look["band_text"], bold=True, font_size=14, indent=1)
    book.write(sheet, "B2:C2", console().texts["heads"]["help"], title)
    head = book.format(bold=True, font_color=look["section_text"], valign="top", bottom=1, bottom_color=look["line"])
    text = book.format(text_wrap=True, valign="top", bottom=1, bottom_color=look["line"], font_size=11)
    for row, (word, sentence) in enumerate(console().texts["help"], 4):
        sheet.set_row(row - 1, 36)
        book.write(sheet, f"B{row}", word, head)
        book.write(sheet, f"C{row}", sentence, text)
    book.page(sheet, None)


def _texts(book: Book) -> None:
    """The texts that the VBA shows, on a sheet that nobody sees."""
    sheet = book.sheet("_texts", "ShtTexts")
    style = book.format(num_format="@")
    for row, (key, text) in enumerate(console().texts["say"].items(), 1):
        book.write(sheet, f"A{row}", text, style)
        book.name(f"say_{key}", sheet, f"A{row}")
    sheet.very_hidden()
    sheet.protect()
