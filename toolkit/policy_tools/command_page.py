"""docs/commands.md, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from toolkit.policy_tools.markdown import table
from toolkit.policy_tools.texts import texts

EVERYWHERE = {"--help", "--verbose"}
"""Options that every command has; the introduction tells of them."""


def command_page() -> str:
    """Every command with its arguments and options."""
    from toolkit.cli import main_group

    said = texts()["pages"]
    parts = [f"# {said['commands_title']}", said["generated"], said["commands_intro"]]
    for name, command in _commands(main_group, "xltool"):
        parts += [f"## {name}", command.help or ""]
        rows = [_row(parameter) for parameter in command.params if not EVERYWHERE & set(parameter.opts)]
        if rows:
            parts.append(table(said["commands_head"], rows))
    parts += [f"## {said['exit_title']}", table(said["exit_head"], said["exits"].items())]
    return "\n\n".join(part for part in parts if part) + "\n"


def _commands(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    """All commands that do something, with their full names; groups are named by their commands."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _row(parameter: Any) -> tuple[str, str, str]:
    said = texts()["pages"]
    argument = parameter.param_type_name == "argument"
    name = (parameter.metavar or parameter.name.upper()) if argument else ", ".join(parameter.opts)
    name += said["many"] if parameter.nargs == -1 else ""
    notes = [said["arguments"].get(parameter.name, "") if argument else parameter.help]
    choices = getattr(parameter.type, "choices", ())
    notes += [said["one_of"].format(choices="、".join(choices))] if choices else []
    default = parameter.default
    shown = isinstance(default, str | int) and not isinstance(default, bool) and default != ""
    notes += [said["default"].format(value=default)] if shown else []
    return f"`{name}`", said["required"] if parameter.required else "", "；".join(filter(None, notes))
