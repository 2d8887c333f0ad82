"""YAML read strictly: every scalar stays text, no key twice, every node knows its file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TypeVar

import yaml

Number = TypeVar("Number")
Groups = TypeVar("Groups")


class Text(str):
    """A scalar with its place."""

    file: str
    line: int


class Items(list):
    """A sequence with its place."""

    file: str
    line: int


class Record(dict):
    """A mapping with its place and the line of each key.

    `take` hands out a value once; `done` raises for keys that nobody asked for, so an unknown key
    is an error with its line and never ignored.
    """

    file: str
    line: int

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.lines: dict[str, int] = {}
        self._taken: set[str] = set()

    def fail(self, problem: str, key: str | None = None):
        """Raises DefinitionError at the line of `key`, or of the record."""
        from toolkit.model.errors import DefinitionError

        raise DefinitionError(self.file, self.lines.get(key or "", self.line), problem)

    def take(self, key: str, default: object = ...):
        """The value of `key`; without a default a missing key is an error."""
        self._taken.add(key)
        if key in self:
            return self[key]
        if default is ...:
            self.fail(f"缺少“{key}”")
        return default

    def text(self, key: str, default: object = ...) -> str:
        """The scalar text of `key`."""
        value = self.take(key, default)
        if not isinstance(value, str):
            self.fail(f"“{key}”应为文字", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of scalars of `key`; a single scalar counts as a list of one, a missing key as none."""
        value = self.take(key, Items())
        if isinstance(value, str):
            return (str(value),) if value else ()
        if not isinstance(value, list) or any(not isinstance(item, str) for item in value):
            self.fail(f"“{key}”应为文字列表", key)
        return tuple(str(item) for item in value)

    def one_of(self, key: str, allowed: Iterable[str], default: object = ...) -> str:
        """The text of `key`, which must be one of `allowed`."""
        value, allowed = self.text(key, default), tuple(allowed)
        if value not in allowed:
            self.fail(f"“{key}”不能是“{value}”，只能是 {'、'.join(allowed)}", key)
        return str(value)

    def number(self, key: str, kind: Callable[[str], Number], default: object = ...) -> Number:
        """The text of `key` as `int`, `float` or `Decimal`; the default is a text too."""
        text = self.text(key, default)
        try:
            return kind(text)
        except (ValueError, ArithmeticError):
            return self.fail(f"“{key}”应为数字，不能是“{text}”", key)

    def day(self, key: str) -> date:
        """The text of `key` as a date."""
        try:
            return date.fromisoformat(self.text(key))
        except ValueError:
            return self.fail(f"“{key}”应为 2025-01-02 这样的日期", key)

    def flag(self, key: str, default: bool = False) -> bool:
        """The boolean of `key`: true or false."""
        return self.one_of(key, ("true", "false"), "true" if default else "false") == "true"

    def records(self, key: str) -> list[Record]:
        """The list of mappings of `key`; a missing key is an empty list."""
        value = self.take(key, Items())
        if not isinstance(value, list) or any(not isinstance(item, Record) for item in value):
            self.fail(f"“{key}”应为记录列表", key)
        return list(value)

    def done(self) -> None:
        """Raises for the first key that was never taken."""
        for key in self:
            if key not in self._taken:
                self.fail(f"不认识的键“{key}”", key)


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path: Path) -> Record:
    """The mapping in a YAML file.

    Raises: DefinitionError: no such file, not YAML, not a mapping, or a key stands twice; with file and line.
    """
    from toolkit.model.errors import DefinitionError

    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except FileNotFoundError as error:
        raise DefinitionError(path, 1, "没有这个文件") from error
    except UnicodeDecodeError as error:
        raise DefinitionError(path, 1, "不是 UTF-8 编码的文字文件") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise DefinitionError(path, mark.line + 1 if mark else 1, f"不是合法的 YAML：{error}") from error
    if not isinstance(node, yaml.MappingNode):
        raise DefinitionError(path, 1, "最外层应为键值对")
    return _build(node, str(path))


def load_groups(kind: Callable[..., Groups], path: Path) -> Groups:
    """A dataclass whose fields are the groups of texts in a file, no more and no fewer.

    Raises: DefinitionError: as `load`; a missing or unknown group.
    """
    root = load(path)
    found = kind(**{name: plain(root.take(name)) for name in kind.__dataclass_fields__})  # type: ignore[attr-defined]
    root.done()
    return found


def _build(node: yaml.Node, file: str):
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        result: Text | Items | Record = Text(node.value)
    elif isinstance(node, yaml.SequenceNode):
        result = Items(_build(child, file) for child in node.value)
    else:
        result = Record()
        result.file, result.line = file, line
        for key_node, value_node in node.value:
            key = str(key_node.value)
            result.lines[key] = key_node.start_mark.line + 1
            if key in result:
                result.fail(f"键“{key}”重复", key)
            result[key] = _build(value_node, file)
    result.file, result.line = file, line
    return result


def plain(node: object):
    """The same data as ordinary dict, list and str."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(item) for item in node]
    return str(node)
