"""The words of the output workbooks, from `labels.yaml`: sheet names, titles, headings, notes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from toolkit.drawing.values import Value
from toolkit.model import strictyaml
from toolkit.model.policy import Parameter

FILE = Path(__file__).parent / "labels.yaml"
KINDS = ("text", "short", "code", "count", "number", "money", "percent", "date", "level")

OUTSIDE = "outside"
"""Kind of a column that a table does not reach to."""


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of an output table.

    Args:
        key: identifier used by the code.
        label: what stands in the header.
        width: column width in characters of the body font (a Chinese character is 2).
        kind: one of KINDS; decides format and alignment.
        screen: it stands behind the printed columns, for the screen only; its texts make no row higher.
        open: its cells wait for an answer.
    """

    key: str
    label: str
    width: float
    kind: str
    screen: bool = False
    open: bool = False


def by_number(values: Iterable[Value], group: str = "") -> dict[str, Value]:
    """The record of values whose columns were made at run time; their keys are numbers behind the name of a group.

    >>> by_number(["a", 2]), by_number("b", "ours")
    ({'0': 'a', '1': 2}, {'ours0': 'b'})
    """
    return {f"{group}{number}": value for number, value in enumerate(values)}


@dataclass(frozen=True)
class SheetWords:
    """The words of one sheet; `title`, `left` and `right` may hold placeholders.

    Args:
        screen: it is for the screen: of it only the frame is printed, in which `{screen}` says how to print the rest.
    """

    name: str
    title: str = ""
    corner: str = ""
    left: str = ""
    right: str = ""
    columns: tuple[Heading, ...] = ()
    notes: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    screen: bool = False

    def saying(self, old: str, new: str) -> SheetWords:
        """The same sheet with another term in its headings and remarks."""
        columns = tuple(replace(column, label=column.label.replace(old, new)) for column in self.columns)
        return replace(self, columns=columns, words={key: text.replace(old, new) for key, text in self.words.items()})

    def without(self, keys: Collection[str]) -> SheetWords:
        """The same sheet without some columns."""
        return replace(self, columns=tuple(column for column in self.columns if column.key not in keys))

    def at(self, key: str) -> int:
        """Position of the column `key`."""
        return [column.key for column in self.columns].index(key)


@dataclass(frozen=True)
class BookWords:
    """The words of one workbook: its sheets by key."""

    sheets: Mapping[str, SheetWords]

    def __getitem__(self, key: str) -> SheetWords:
        return self.sheets[key]

    def saying(self, old: str, new: str) -> BookWords:
        """The same workbook with another term in its headings and remarks."""
        return BookWords({key: sheet.saying(old, new) for key, sheet in self.sheets.items()})


@dataclass(frozen=True)
class Words:
    """All of `labels.yaml`."""

    common: Mapping[str, str]
    figures: Mapping[str, str]
    task_figures: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    states: Mapping[str, str]
    standings: Mapping[str, str]
    definitions: tuple[str, ...]
    said: Mapping[str, str]
    parts: Mapping[str, str]
    left_out: frozenset[str]
    books: Mapping[str, BookWords]


@cache
def words() -> Words:
    """The words, read strictly once.

    Raises: DefinitionError: an unknown or missing key, an unknown kind, a column key twice; with file and line.
    """
    root = strictyaml.load(FILE)
    found = Words(
        common=strictyaml.plain(root.take("common")),
        figures=strictyaml.plain(root.take("figures")),
        task_figures=strictyaml.plain(root.take("task_figures")),
        values=strictyaml.plain(root.take("values")),
        states=strictyaml.plain(root.take("states")),
        standings=strictyaml.plain(root.take("standings")),
        definitions=root.texts("definitions"),
        said=strictyaml.plain(root.take("said")),
        parts=strictyaml.plain(root.take("parts")),
        left_out=frozenset(root.texts("left_out")),
        books={key: _book(record) for key, record in root.take("books").items()},
    )
    root.done()
    return found


_SINCE = "起 "
"""Between a day and what holds from then on, where a value changes inside the year."""


def parameter_word(name: str, value: str, known: Parameter | None = None) -> str:
    """The value of a parameter as a clerk reads it: the pack's own words first, then those of all packs.

    >>> parameter_word("month_rule", "first_day"), parameter_word("secretary_minimum", "300")
    ('每月1日在任的月份计发', '300')
    >>> parameter_word("pay_in_service", "2025-01-01起 否；2025-07-01起 是")
    '2025-01-01起 否；2025-07-01起 是'
    """
    if _SINCE in value:
        dated = (part.split(_SINCE, 1) for part in value.split("；"))
        return "；".join(f"{day}{_SINCE}{parameter_word(name, one, known)}" for day, one in dated)
    own = known.words.get(value) if known else None
    return own or choice_word(name, value) or words().values["flag"].get(value, value) or words().common["open"]


def choice_word(name: str, value: str) -> str:
    """How all packs say a choice of a parameter; "" when only a pack can say it."""
    return words().values.get(name, {}).get(value, "")


def figure_name(key: str, figures: Mapping[str, str]) -> str:
    """The name of a figure in clerks' words; the `due` of a task is a date.

    >>> figure_name("due", {}), figure_name("due", {"status": "已完成"}), figure_name("红色教育资源", {})
    ('应做数', '完成时限', '红色教育资源')
    """
    names = {**words().figures, **(words().task_figures if "status" in figures else {})}
    return names.get(key, key)


def book_words(key: str) -> BookWords:
    """The words of one workbook."""
    return words().books[key]


def in_terms(book: BookWords) -> BookWords:
    """The words of a workbook for a policy that sets only a lower limit: 应发 is called 应发下限 everywhere."""
    common = words().common
    return book.saying(common["due"], common["due_floor"])


def _book(record: strictyaml.Record) -> BookWords:
    sheets = {key: _sheet(sheet) for key, sheet in record.take("sheets").items()}
    found = BookWords(sheets)
    record.done()
    return found


def _sheet(record: strictyaml.Record) -> SheetWords:
    columns = tuple(_heading(column) for column in record.records("columns"))
    if len({column.key for column in columns}) < len(columns):
        record.fail("列的 key 重复", "columns")
    found = SheetWords(
        name=record.text("name"),
        title=record.text("title", ""),
        corner=record.text("corner", ""),
        left=record.text("left", ""),
        right=record.text("right", ""),
        columns=columns,
        notes=record.texts("notes"),
        signature=record.texts("signature"),
        words=strictyaml.plain(record.take("words", {})),
        screen=record.flag("screen"),
    )
    record.done()
    return found


def _heading(record: strictyaml.Record) -> Heading:
    found = Heading(
        key=record.text("key"),
        label=record.text("label"),
        width=float(record.text("width")),
        kind=record.one_of("kind", KINDS, "text"),
        screen=record.flag("screen"),
        open=record.flag("open"),
    )
    record.done()
    return found
