"""YAML read strictly: every scalar stays text, no key twice, every node knows its file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
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
        self._names: Mapping[str, str] = {}

    def under(self, names: Mapping[str, str]) -> Record:
        """The same record, in which a key may also stand under its name for people; messages then use that name.

        Args:
            names: key → name.
        Raises: DefinitionError: one thing stands there twice, under its key and its name.
        """
        keys = {name: key for key, name in names.items()}
        found = Record()
        found.file, found.line, found._names = self.file, self.line, names
        for written, value in self.items():
            key = keys.get(written, written)
            if key in found:
                self.fail(f"“{found.called(key)}”写了两次", written)
            found[key] = value
            found.lines[key] = self.lines.get(written, self.line)
        return found

    def called(self, key: str) -> str:
        """How people call a key: its name, with the key behind it."""
        name = self._names.get(key, key)
        return name if name == key else f"{name}（{key}）"

    def part(self, key: str) -> Record:
        """The mapping under `key`; where nothing stands it is empty."""
        value = self.take(key, Record()) or Record()
        if not isinstance(value, Record):
            self.fail(f"“{self.called(key)}”应为几项“名称: 值”", key)
        if not hasattr(value, "file"):
            value.file, value.line = self.file, self.line
        return value

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
            self.fail(f"缺少“{self.called(key)}”")
        return default

    def text(self, key: str, default: object = ...) -> str:
        """The scalar text of `key`."""
        value = self.take(key, default)
        if not isinstance(value, str):
            self.fail(f"“{self.called(key)}”应为文字", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of scalars of `key`; a single scalar counts as a list of one, a missing key as none."""
        value = self.take(key, Items())
        if isinstance(value, str):
            return (str(value),) if value else ()
        if not isinstance(value, list) or any(not isinstance(item, str) for item in value):
            self.fail(f"“{self.called(key)}”应为文字列表", key)
        return tuple(str(item) for item in value)

    def one_of(self, key: str, allowed: Iterable[str], default: object = ...) -> str:
        """The text of `key`, which must be one of `allowed`."""
        value, allowed = self.text(key, default), tuple(allowed)
        if value not in allowed:
            self.fail(f"“{self.called(key)}”不能是“{value}”，只能是 {'、'.join(allowed)}", key)
        return str(value)

    def number(self, key: str, kind: Callable[[str], Number], default: object = ...) -> Number:
        """The text of `key` as `int`, `float` or `Decimal`; the default is a text too."""
        text = self.text(key, default)
        try:
            if "_" in text:  # a number to Python only
                raise ValueError(text)
            return kind(text)
        except (ValueError, ArithmeticError):
            return self.fail(f"“{self.called(key)}”应为数字，不能是“{text}”", key)

    def day(self, key: str) -> date:
        """The text of `key` as a date."""
        try:
            return date.fromisoformat(self.text(key))
        except ValueError:
            return self.fail(f"“{self.called(key)}”应为 2025-01-02 这样的日期", key)

    def flag(self, key: str, default: bool = False) -> bool:
        """The boolean of `key`: true or false."""
        return self.one_of(key, ("true", "false"), "true" if default else "false") == "true"

    def records(self, key: str) -> list[Record]:
        """The list of mappings of `key`; a missing key is an empty list."""
        value = self.take(key, Items())
        if not isinstance(value, list) or any(not isinstance(item, Record) for item in value):
            self.fail(f"“{self.called(key)}”应为记录列表", key)
        return list(value)

    def done(self) -> None:
        """Raises for the first key that was never taken."""
        for key in self:
            if key not in self._taken:
                like = get_close_matches(key, [*self._names.values(), *self._names], n=1) if self._names else []
                self.fail(f"不认识的键“{key}”" + (f"，是不是“{like[0]}”" if like else ""), key)


NOT_YAML = "这一行读不懂：冒号用半角的、后面空一格，引号和括号要成对，同一层的各行要对齐"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MOST_BYTES, _MOST_PARTS, _DEEPEST = 5_000_000, 100_000, 40
"""What a file of people may have; the largest of ours has 130,000 bytes, 4,000 parts and 8 levels."""


def load(path: Path, content: Path | None = None) -> Record:
    """The mapping in a YAML file.

    Args:
        content: where its content lies now, while it is being written.
    Raises: DefinitionError: no such file, not YAML, not a mapping, a key stands twice, or references and brackets in
        one another that would fill the memory; with file and line.
    """
    from toolkit.model.errors import DefinitionError
    from toolkit.model.in_place import instead, what_lies

    try:
        content = content or path
        if what_lies(content):  # a pipe would never end
            raise DefinitionError(path, 1, instead(content))
        if content.stat().st_size > _MOST_BYTES:
            raise DefinitionError(path, 1, "文件太大，不像是这样的文件")
        node = _Building(yaml.parse(content.read_text(encoding="utf-8"), Loader=_LOADER), str(path)).document()
    except UnicodeDecodeError as error:
        raise DefinitionError(path, 1, "不是 UTF-8 编码的文字文件") from error
    except OSError as error:
        raise DefinitionError(path, 1, "打不开（没有权限或正被占用）") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise DefinitionError(path, mark.line + 1 if mark else 1, NOT_YAML) from error
    if not isinstance(node, Record):
        raise DefinitionError(path, 1, "最外层应为键值对")
    return node


def load_groups(kind: Callable[..., Groups], path: Path) -> Groups:
    """A dataclass whose fields are the groups of texts in a file, no more and no fewer.

    Raises: DefinitionError: as `load`; a missing or unknown group.
    """
    root = load(path)
    found = kind(**{name: plain(root.take(name)) for name in kind.__dataclass_fields__})  # type: ignore[attr-defined]
    root.done()
    return found


Node = Text | Items | Record


class _Building:
    """Builds one document from the events of the parser.

    The library's own composer ends the program when brackets stand in one another deep enough, and multiplies
    references in references without end.
    """

    def __init__(self, events: Iterator[yaml.Event], file: str) -> None:
        self._events, self._file = events, file
        self._known: dict[str, Node] = {}
        self._parts = 0

    def document(self) -> Node | None:
        """The one document; None when the file is empty."""
        found = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent) and found is not None:
                self._fail(event, "只能有一份内容，不能用 --- 分成几份")
            if isinstance(event, yaml.NodeEvent):
                found = self._node(event, 1)
        return found

    def _node(self, event: yaml.Event, depth: int) -> Node:
        self._parts += 1
        if depth > _DEEPEST or self._parts > _MOST_PARTS:
            self._fail(event, "内容套得太深，或者引用（& 和 *）重复得太多")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._known:
                self._fail(event, f"引用的“*{event.anchor}”前面没有")
            return self._copy(self._known[event.anchor], event)
        if isinstance(event, yaml.ScalarEvent):
            found: Node = self._placed(Text(event.value), event)
        elif isinstance(event, yaml.SequenceStartEvent):
            found = self._placed(Items(), event)
            while not isinstance(inner := next(self._events), yaml.SequenceEndEvent):
                found.append(self._node(inner, depth + 1))
        else:
            found = self._placed(Record(), event)
            self._fill(found, depth)
        if event.anchor:
            self._known[event.anchor] = found
        return found

    def _fill(self, record: Record, depth: int) -> None:
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            name = self._node(key, depth + 1)
            if not isinstance(name, str):
                self._fail(key, "键应为文字")
            name = str(name)
            record.lines[name] = key.start_mark.line + 1
            if name in record:
                record.fail(f"键“{name}”重复", name)
            record[name] = self._node(next(self._events), depth + 1)

    def _copy(self, node: Node, event: yaml.Event) -> Node:
        """What a reference stands for: of its own, because a record notes what was taken from it."""
        self._parts += 1
        if self._parts > _MOST_PARTS:
            self._fail(event, "引用（& 和 *）重复得太多")
        if isinstance(node, Record):
            found: Node = Record({key: self._copy(value, event) for key, value in node.items()})
            found.lines = dict(node.lines)
        elif isinstance(node, Items):
            found = Items(self._copy(item, event) for item in node)
        else:
            return node
        found.file, found.line = node.file, node.line
        return found

    def _placed(self, node, event: yaml.Event):
        node.file, node.line = self._file, event.start_mark.line + 1
        return node

    def _fail(self, event: yaml.Event, problem: str):
        from toolkit.model.errors import DefinitionError

        raise DefinitionError(self._file, event.start_mark.line + 1, problem)


def plain(node: object):
    """The same data as ordinary dict, list and str."""
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(item) for item in node]
    return str(node)
