"""批次设置.yaml changed by a program: new values put into it, its comments and everything else stay."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from toolkit.campaign import SETTINGS, open_campaign
from toolkit.campaign.settings import PARAMETERS, titles_of
from toolkit.campaign.words import campaign_words
from toolkit.disk.swap import together
from toolkit.files import write_whole
from toolkit.model.errors import DefinitionError, XltoolError


def save(
    folder: Path, changes: Mapping[str, str], parameters: Mapping[str, str | tuple[str, ...]] | None = None
) -> None:
    """Puts new values into the settings file.

    Args:
        changes: key → value; parameters: name → value as the file has it, "" = left open.
    Raises: XltoolError: M014 the file would not be valid, it stays as it was; O001–O003.
    """
    path = folder / SETTINGS
    text = path.read_text(encoding="utf-8")
    for key, value in changes.items():
        written = next((node.value for name, node in _settings(text) if name == key), key)
        line = f"{written}: {_written(value)}"
        text, count = re.subn(rf"(?m)^{re.escape(written)}\s*:.*$", lambda _, line=line: line, text)
        text = text if count else f"{text.rstrip()}\n{line}\n"
    titles = titles_of(open_campaign(folder).policy) if parameters else {}
    for name, own in (parameters or {}).items():
        text = with_parameter(text, name, own, titles.get(name, name))
    with together():
        write_whole(path, text.encode())
        try:
            open_campaign(folder)
        except (XltoolError, DefinitionError) as error:
            raise XltoolError("M014", file=SETTINGS, problem=str(error).rstrip("。")) from error


def carried(old: str, new: str, keys: Iterable[str], values: Mapping[str, str]) -> str:
    """The text of a new settings file with what an older one says under some keys, and with values of its own.

    >>> old = "mail: {host: a}\\nparameters:\\n  x: \\"1\\"\\nyear: 1\\n"
    >>> carried(old, "year: 2\\nmail: {}\\nparameters: {}\\n", ["mail", "parameters"], {})
    'year: 2\\nmail: {host: a}\\nparameters:\\n  x: "1"\\n'
    """
    ends = {node.start_mark.index: _end(value) for node, value in yaml.compose(old, yaml.SafeLoader).value}
    held = {key: old[(start := node.start_mark.index) : ends[start]] for key, node in _settings(old)}
    lines = {key: held[key] for key in keys if key in held}
    lines |= {key: f"{key}: {_written(value)}" for key, value in values.items()}
    for key, line in lines.items():
        new = re.sub(rf"(?m)^{key}\s*:.*$", lambda _, line=line: line, new)
    return new


def with_parameter(text: str, name: str, value: str | tuple[str, ...], title: str = "") -> str:
    """The text of a settings file with one parameter set; everything else as it was.

    Args:
        title: its Chinese name, under which it may stand there.

    >>> with_parameter("year: \\"2025\\"\\nparameters: {}\\n# 说明\\n", "theme", "学")
    'year: "2025"\\nparameters: {theme: "学"}\\n# 说明\\n'
    >>> with_parameter("parameters:\\n  a: \\"1\\"  # 甲\\nmail: {}\\n", "b", ("x", "y"))
    'parameters:\\n  b: ["x", "y"]\\n  a: "1"  # 甲\\nmail: {}\\n'
    """
    root = yaml.compose(text, yaml.SafeLoader)
    places = {node.start_mark.index for key, node in _settings(text) if key == PARAMETERS}
    held = next((node for key, node in root.value if key.start_mark.index in places), None)
    if held is None:
        return f"{text.rstrip()}\n{PARAMETERS}: {{{name}: {_written(value)}}}\n"
    entries = held.value if isinstance(held, yaml.MappingNode) else []
    known = next((pair for pair in entries if pair[0].value in (name, title)), None)
    if known is not None:
        colon = text.index(":", known[0].end_mark.index) + 1
        # What stands between the colon and a value on the next line can only be a comment.
        between = text[colon : known[1].start_mark.index].rstrip()
        return _replaced(text, colon, _end(known[1]), f" {_written(value)}{between}")
    if not entries:
        before = "" if text[held.start_mark.index - 1 : held.start_mark.index].isspace() else " "
        return _replaced(text, held.start_mark.index, held.end_mark.index, f"{before}{{{name}: {_written(value)}}}")
    first = held.start_mark
    apart = ", " if held.flow_style else "\n" + " " * first.column
    return _replaced(text, *(first.index + bool(held.flow_style),) * 2, f"{name}: {_written(value)}{apart}")


def _settings(text: str) -> list[tuple[str, yaml.Node]]:
    """Each setting of a file: its key, and the node of the name under which it stands."""
    keys = {name: key for key, name in campaign_words().settings_keys.items()}
    return [(keys.get(node.value, node.value), node) for node, _ in yaml.compose(text, yaml.SafeLoader).value]


def _end(node: yaml.Node) -> int:
    """Where a value ends; a block ends with its last part, not with the comments after it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return node.end_mark.index


def _replaced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _written(value: str | tuple[str, ...]) -> str:
    return json.dumps(value, ensure_ascii=False)
