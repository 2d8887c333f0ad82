"""What stands on the control workbook, from `console.yaml`: buttons, settings, tables, texts.

The workbook's builder, the bridge behind the buttons and the double-click scripts all read it here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from toolkit.model import strictyaml
from toolkit.model.catalogue import entry

_TEXTS = ("groups", "say", "answers", "sheets", "heads", "help", "scripts", "bundle")
_COMMAND = re.compile(r"(?P<run>\w\w)? ?xltool (?P<command>rules backtest|unit [a-z]+|[a-z-]+) ?")
OUTPUT_ROOM = 9
"""Files of a run that the sheet lists, to click."""
PLACES = ("steps", "board", "live", "more", "back", "unit", "look", "list", "status")


@dataclass(frozen=True, slots=True)
class Button:
    """A button.

    Args:
        task: what the bridge does; "" = the button stops a running task.
        macro: the VBA Sub behind it.
        command: the command of the CLI that does the same; "" = it only opens or marks what is on the screen.
        place: part of the sheet.
        label, help: what people read on and beside it.
    """

    task: str
    macro: str
    command: str
    place: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting in a named cell."""

    name: str
    group: str
    label: str
    value: str
    note: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table that every run writes anew.

    Args:
        columns: (heading, width).
        room: how many rows there are at most.
        link: heading of the column with links.
        words: number of the column whose words are coloured, from 1; 0 = none.
        height: points of a row that no run has filled.
    """

    name: str
    sheet: str
    room: int
    columns: tuple[tuple[str, float], ...]
    link: str
    words: int
    height: float


@dataclass(frozen=True)
class Console:
    """Everything on the control workbook."""

    buttons: tuple[Button, ...]
    settings: tuple[Setting, ...]
    tables: dict[str, Table]
    texts: dict[str, Any]
    parameter_room: int
    """Rows for the parameters that a policy leaves open."""

    def button(self, task: str) -> Button:
        """The button of a task; an unknown task is a KeyError."""
        found = {button.task: button for button in self.buttons}
        return found[task]

    def setting(self, name: str) -> Setting:
        """The setting in a named cell; an unknown name is a KeyError."""
        return {item.name: item for item in self.settings}[name]

    def at(self, place: str) -> tuple[Button, ...]:
        """The buttons of one part of the sheet, in order."""
        return tuple(button for button in self.buttons if button.place == place)

    def in_buttons(self, text: str) -> str:
        """A sentence for people who click: commands that have a button are called by its label.

        >>> console().in_buttons("请先运行 xltool validate，再决定；用 xltool choose 选定")
        '请先点“3 校验返回表”，再决定；用“选定哪份”选定'
        """
        return _COMMAND.sub(self._pressed, text)

    def _pressed(self, found: re.Match[str]) -> str:
        run, command = found["run"], found["command"]
        label = next((button.label for button in self.buttons if button.command == command), "")
        if not label:
            return found[0]
        words = self.texts["answers"]
        return (words["press"] if run == words["run"] else run or "") + words["button"].format(label=label)

    def say(self, name: str, **facts: object) -> str:
        """A sentence of the bridge."""
        return self.texts["answers"][name].format(**facts)


@cache
def console() -> Console:
    """The definitions.

    Raises: DefinitionError: `console.yaml` breaks its rules; with line.
    """
    record = strictyaml.load(Path(__file__).with_name("console.yaml"))
    helps = _plain(record, "helps")
    buttons = tuple(_button(item, helps) for item in record.records("buttons"))
    settings = tuple(_setting(item) for item in record.records("settings"))
    tables = {item.text("name"): _table(item) for item in record.records("tables")}
    texts = {name: _plain(record, name) for name in _TEXTS}
    texts["say"] |= {name: _problem(code) for name, code in _plain(record, "problems").items()}
    room = record.number("parameter_room", int)
    record.done()
    return Console(buttons, settings, tables, texts, room)


def _plain(record: strictyaml.Record, key: str) -> dict[str, Any]:
    return cast("dict[str, Any]", strictyaml.plain(record.take(key)))


def _problem(code: str) -> str:
    """A sentence of the catalogue whose placeholders the VBA fills."""
    facts = {name: f"{{{name}}}" for name in ("program", "folder", "problem")}
    return f"[{code}] {entry(code).sentence(**facts)}"


def _button(item: strictyaml.Record, helps: dict[str, str]) -> Button:
    task = item.text("task")
    button = Button(
        task=task,
        macro=item.text("macro"),
        command=item.text("command"),
        place=item.one_of("place", PLACES),
        label=item.text("label"),
        help=helps.get(task, ""),
    )
    item.done()
    return button


def _setting(item: strictyaml.Record) -> Setting:
    setting = Setting(
        name=item.text("name"),
        group=item.text("group"),
        label=item.text("label"),
        value=item.text("value"),
        note=item.text("note"),
        choices=item.texts("choices"),
    )
    item.done()
    return setting


def _table(item: strictyaml.Record) -> Table:
    columns = tuple((column.text("label"), column.number("width", float)) for column in item.records("columns"))
    facts = {
        "room": item.number("room", int),
        "words": item.number("words", int),
        "height": item.number("height", float),
    }
    table = Table(item.text("name"), item.text("sheet"), columns=columns, link=item.text("link"), **facts)
    item.done()
    return table
