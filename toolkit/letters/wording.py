"""What the letters say: `wording.yaml`, and over it what the round's own file says; read strictly, line by line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from toolkit.files import safe_name
from toolkit.letters.words import PER_UNIT, letter_words
from toolkit.model import strictyaml
from toolkit.model.errors import DefinitionError
from toolkit.model.in_place import lies
from toolkit.model.strictyaml import Items, Record, Text

OURS = Path(__file__).with_name("wording.yaml")
WIDTH = 156.0
"""Millimetres between the margins."""
HEADING, PARAGRAPH, EACH, TABLE, FORM = BLOCKS = ("标题", "段", "逐项", "表", "栏")
"""Kinds of blocks: a heading, a paragraph, a paragraph a row, a table, a form to fill in."""
_BLANKS, _PHRASES = "填空", "短语"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: heading, width in millimetres, template of its cells."""

    label: str
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of a form: least height in millimetres, pairs of label and template."""

    height: float
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a letter.

    Args:
        kind: one of BLOCKS.
        text: template: of the heading, of the paragraph, or of the paragraph of a row.
        given, missing: it is printed only when the fact of that name says something, or says nothing; "" = always.
        table: key of the table of an EACH or TABLE.
        rest: template of what is said of rows without room.
    """

    kind: str
    text: str = ""
    given: str = ""
    missing: str = ""
    table: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[FormRow, ...] = ()
    rest: str = ""


@dataclass(frozen=True, slots=True)
class LetterText:
    """One letter; all texts are templates.

    Args:
        file: name of the file, or of the folder where there is one letter a unit.
        pages: how many pages it may take; 0 = any.
        head, number: 红头 and 文号; "" = none.
        to: 主送; "" = nobody.
        signed: the lines at its end.
    """

    file: str
    pages: int
    head: str
    number: str
    title: tuple[str, ...]
    to: str
    body: tuple[Block, ...]
    signed: tuple[str, ...]


@dataclass(frozen=True)
class Wording:
    """All that can be worded: what the bureau filled in once, phrases, letters by kind."""

    blanks: Mapping[str, str]
    phrases: Mapping[str, str]
    letters: Mapping[str, LetterText]

    def phrase(self, name: str, /, *values: object) -> str:
        """A phrase with its values, in the order in which `letters.yaml` names them."""
        names = letter_words().phrases[name][1:]
        return self.phrases[name].format_map(dict(zip(names, values, strict=True)))


def wording(own: Path | None = None) -> Wording:
    """The wording of a round.

    Args:
        own: the round's own file, which need not be there; what it does not say stays as it is.
    Raises: DefinitionError: an unknown key or name in braces, a table wider than the page …; with file and line.
    """
    ours = strictyaml.load(OURS)
    theirs = strictyaml.load(own) if own and lies(own) else Record()
    known = letter_words()
    found = Wording(
        blanks=_texts(_Pair(ours, theirs).of(_BLANKS), {name: None for name in known.blanks.values()}),
        phrases=_phrases(_Pair(ours, theirs).of(_PHRASES)),
        letters={kind: _letter(_Pair(ours, theirs).of(name), kind) for kind, name in known.kinds.items()},
    )
    for one in (ours, theirs):
        one.done()
    for kind, name in sorted(known.kinds.items(), key=lambda item: item[1] not in theirs):
        own_name = found.letters[kind].file
        if [one.file for one in found.letters.values()].count(own_name) > 1:
            (theirs if name in theirs else ours).fail(known.problems["twice"].format(name=own_name), name)
    return found


class _Pair:
    """A record of ours with that of the round over it."""

    def __init__(self, ours: Record, theirs: Record) -> None:
        self.ours, self.theirs = ours, theirs

    def of(self, key: str) -> _Pair:
        """The records under a key."""
        found = []
        for one in (self.ours, self.theirs):
            value = one.take(key, Record())
            if not isinstance(value, Record):
                one.fail(f"“{key}”应为键值对", key)
            found.append(value)
        return _Pair(*found)

    def take(self, key: str) -> Any:
        """The value of the round, ours where it says nothing; None where neither does."""
        value = self.ours.take(key, None)
        return self.theirs.take(key, value)

    def text(self, key: str) -> Text:
        """A text; an empty one where nothing is said."""
        value = self.take(key)
        if value is None:
            return _nothing()
        if not isinstance(value, Text):
            self._owner(key).fail(f"“{key}”应为文字", key)
        return value

    def items(self, key: str) -> Items:
        """A list; an empty one where nothing is said."""
        value = self.take(key)
        if value is None:
            return Items()
        if not isinstance(value, Items):
            self._owner(key).fail(f"“{key}”应为列表", key)
        return value

    def _owner(self, key: str) -> Record:
        return self.theirs if key in self.theirs else self.ours

    def done(self) -> None:
        """Raises for keys that nobody knows."""
        for one in (self.ours, self.theirs):
            if one:
                one.done()


def _nothing() -> Text:
    found = Text("")
    found.file, found.line = str(OURS), 1
    return found


def _texts(pair: _Pair, known: Mapping[str, Collection[str] | None]) -> dict[str, str]:
    """The texts of some keys; what may stand in braces is checked where it says something."""
    found = {name: _template(pair.text(name), names) for name, names in known.items()}
    pair.done()
    return found


def _phrases(pair: _Pair) -> dict[str, str]:
    known = {words[0]: words[1:] for words in letter_words().phrases.values()}
    said = _texts(pair, known)
    return {key: said[words[0]] for key, words in letter_words().phrases.items()}


def _letter(pair: _Pair, kind: str) -> LetterText:
    known = letter_words()
    names = [*known.blanks.values(), *known.round.values(), *(known.unit.values() if kind in PER_UNIT else ())]
    pages = pair.text("页数")
    found = LetterText(
        file=safe_name(pair.text("文件名")),
        pages=int(_millimetres(pages)) if pages else 0,
        head=_template(pair.text("红头"), names),
        number=_template(pair.text("文号"), names),
        title=tuple(_template(one, names) for one in pair.items("标题")),
        to=_template(pair.text("主送"), names),
        body=tuple(_block(one, kind, names) for one in pair.items("正文")),
        signed=tuple(_template(one, names) for one in pair.items("落款")),
    )
    pair.done()
    return found


def _block(record: object, kind: str, names: Sequence[str]) -> Block:
    known = letter_words()
    if not isinstance(record, Record) or sum(one in record for one in BLOCKS) != 1:
        raise _wrong(record, known.problems["kind"])
    form = next(one for one in BLOCKS if one in record)
    facts: dict[str, Any] = {"kind": form}
    for key, field in (("有", "given"), ("无", "missing")):
        facts[field] = _name(record, key, names)
    if form in (HEADING, PARAGRAPH):
        facts["text"] = _template(_text(record, form), names)
    elif form == FORM:
        facts["rows"] = tuple(_form_row(one, names) for one in _items(record, form))
    else:
        facts |= _of_table(record, form, kind, names)
    record.done()
    return Block(**facts)


def _of_table(record: Record, form: str, kind: str, names: Sequence[str]) -> dict[str, Any]:
    known = letter_words()
    table = known.tables_of.get(kind, "")
    title = known.tables[table]["title"] if table else ""
    if (asked := _text(record, form)) != title:
        raise _wrong(asked, known.problems["table"].format(name=asked, known=title))
    inside = [*known.tables[table]["facts"].values(), *names]
    found: dict[str, Any] = {"table": table}
    if "其余" in record:
        found["rest"] = _template(_text(record, "其余"), [*known.rest.values(), *names])
    if form == EACH:
        return {**found, "text": _template(_text(record, "句"), inside)}
    columns = tuple(_column(one, inside) for one in _items(record, "列"))
    if (sum_ := sum(one.width for one in columns)) > WIDTH:
        record.fail(known.problems["width"].format(sum=f"{sum_:g}"), "列")
    return {**found, "columns": columns}


def _column(cells: object, names: Sequence[str]) -> Column:
    if not isinstance(cells, Items) or len(cells) != 3 or not all(isinstance(one, Text) for one in cells):
        raise _wrong(cells, letter_words().problems["column"])
    return Column(str(cells[0]), _millimetres(cells[1]), _template(cells[2], names))


def _form_row(record: object, names: Sequence[str]) -> FormRow:
    if not isinstance(record, Record):
        raise _wrong(record, letter_words().problems["cell"])
    cells = []
    for pair in _items(record, "格"):
        if not isinstance(pair, Items) or len(pair) != 2 or not all(isinstance(one, Text) for one in pair):
            raise _wrong(pair, letter_words().problems["cell"])
        cells.append((str(pair[0]), _template(pair[1], names)))
    found = FormRow(_millimetres(_text(record, "高")), tuple(cells))
    record.done()
    return found


def _name(record: Record, key: str, names: Sequence[str]) -> str:
    value = record.text(key, "")
    if value and value not in names:
        record.fail(letter_words().problems["unknown"].format(name=value, known="、".join(names)), key)
    return str(value)


def _template(text: object, names: Collection[str] | None) -> str:
    """A template, in which only some names stand in braces.

    Args:
        names: None = it is no template.
    """
    if not isinstance(text, Text):
        raise _wrong(text, letter_words().problems["braces"])
    if names is None:
        return str(text)
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise _wrong(text, letter_words().problems["braces"]) from error
    for _, name, form, turned in parts:
        if name is not None and (form or turned):
            raise _wrong(text, letter_words().problems["braces"])
        if name is not None and name not in names:
            raise _wrong(text, letter_words().problems["unknown"].format(name=name, known="、".join(names)))
    return str(text)


def _text(record: Record, key: str) -> Text:
    value = record.take(key)
    if not isinstance(value, Text):
        record.fail(f"“{key}”应为文字", key)
    return value  # type: ignore[return-value]


def _items(record: Record, key: str) -> Items:
    value = record.take(key)
    if not isinstance(value, Items):
        record.fail(f"“{key}”应为列表", key)
    return value  # type: ignore[return-value]


def _millimetres(text: Text) -> float:
    if not text.isdecimal() or not text.isascii() or not 0 < int(text) < 1000:
        raise _wrong(text, letter_words().problems["height"])
    return float(text)


def _wrong(node: object, problem: str) -> DefinitionError:
    return DefinitionError(getattr(node, "file", OURS), getattr(node, "line", 1), problem)
