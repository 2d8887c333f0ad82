"""A definition is its dataclass: its annotations say what may be written, and all else follows from them.

    @dataclass(frozen=True)
    class Overdue:
        rows: Annotated[RowFilter, Rows()]
        done: Annotated[str, Column()]            # a column of the sheet of `rows`
        limit: Annotated[Number | None, Limit()] = None

`bind` reads it strictly: what is missing, misspelt or of the wrong kind is an error with file and line. `keys_of` lists
what may be written (for the reference pages), `schema_of` is its JSON Schema (for editors). What a field is says its
`Kind`; the kinds of the policy packs stand in `toolkit.compute.fields`. A field whose type is a dataclass is a nested
mapping, one whose type is a tuple of a dataclass a list of mappings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from toolkit.model.strictyaml import Record

Definition = TypeVar("Definition")
Schema = dict[str, Any]
REQUIRED: Any = ...
"""The default of a field that must be written."""
SCALAR: Schema = {"$ref": "#/$defs/scalar"}
TEXTS: Schema = {"$ref": "#/$defs/texts"}
SCHEMAS: Mapping[str, Schema] = {
    "scalar": {"type": ["string", "number", "boolean"]},
    "texts": {"anyOf": [SCALAR, {"type": "array", "items": SCALAR}]},
}
"""What the schemas of definitions refer to under `$defs`."""


class Place(Protocol):
    """Where a definition is read: its record, and what its kinds need to know of the world."""

    record: Record
    values: dict[str, Any]

    def inside(self, record: Record, values: dict[str, Any]) -> Place:
        """A part of the definition, or the definition itself with the values found so far."""
        ...


@dataclass(frozen=True)
class Kind:
    """What a field is.

    Args:
        key: what is written, where that is not the name of the field.
    """

    written: ClassVar[bool] = True
    """Whether it stands in the definition; other fields are taken from where it stands."""

    key: str = field(default="", kw_only=True)

    def read(self, at: Any, key: str, default: Any) -> Any:
        """The value of a field.

        Args:
            default: REQUIRED where it must be written.
        Raises: DefinitionError: with file and line.
        """
        raise NotImplementedError

    def schema(self) -> Schema:
        """What an editor may take."""
        return SCALAR

    def beside(self) -> tuple[str, ...]:
        """Further keys that it reads beside its own."""
        return ()

    def wants(self, default: Any) -> bool:
        """Whether its key must be written."""
        return default is REQUIRED


@dataclass(frozen=True)
class Text(Kind):
    """A text."""

    def read(self, at: Any, key: str, default: Any) -> str:
        """The text."""
        return str(at.record.text(key, default))


@dataclass(frozen=True)
class Texts(Kind):
    """A list of texts; `into` makes of it what the field holds."""

    into: type = tuple

    def read(self, at: Any, key: str, default: Any) -> Any:
        """The texts; none where a field with a default is not written."""
        if default is REQUIRED:
            at.record.take(key)
        return self.into(at.record.texts(key))

    def schema(self) -> Schema:
        """One text or several."""
        return TEXTS


@dataclass(frozen=True)
class Flag(Kind):
    """true or false."""

    def read(self, at: Any, key: str, default: Any) -> bool:
        """The flag; false where it is not written."""
        return at.record.flag(key)

    def schema(self) -> Schema:
        """true or false."""
        return {"enum": [True, False, "true", "false"]}


@dataclass(frozen=True)
class Part(Kind):
    """A nested mapping, a definition of its own; `several` of them are a list."""

    kind: type = object
    several: bool = False

    def read(self, at: Any, key: str, default: Any) -> Any:
        """The part or parts; the default where nothing is written."""
        if self.several:
            found = tuple(bind(self.kind, at.inside(record, {})) for record in at.record.records(key))
            return found or at.record.fail(f"“{key}”应至少有一项", key)
        node = at.record.take(key, default)
        if node is default:
            return default
        if not isinstance(node, Record):
            at.record.fail(f"“{key}”应为键值对", key)
        return bind(self.kind, at.inside(node, {}))

    def schema(self) -> Schema:
        """The mapping, or a list of them."""
        own = schema_of(self.kind)
        return {"type": "array", "items": own, "minItems": 1} if self.several else own


@dataclass(frozen=True)
class Inline(Part):
    """A definition of its own whose keys stand among those of the whole."""

    def read(self, at: Any, key: str, default: Any) -> Any:
        """The part; its fields are known to the fields that follow."""
        found = _bound(self.kind, at.inside(at.record, {}))
        at.values.update((one.name, getattr(found, one.name)) for one in fields_of(self.kind))
        return found

    def wants(self, default: Any) -> bool:
        """Its own key is never written."""
        return False


@dataclass(frozen=True)
class Field:
    """One field of a definition: its name, what is written, what it is, what holds where nothing is written."""

    name: str
    key: str
    kind: Kind
    default: Any


@cache
def fields_of(definition: type) -> tuple[Field, ...]:
    """The fields of a definition that are written, in their order."""
    hints = get_type_hints(definition, include_extras=True)
    found = []
    for one in fields(definition):
        default = one.default if one.default is not MISSING else REQUIRED
        if one.default_factory is not MISSING:
            default = one.default_factory()
        kind = _kind(hints[one.name])
        if kind is not None:
            found.append(Field(one.name, kind.key or one.name, kind, default))
    return tuple(found)


def _kind(hint: Any) -> Kind | None:
    """The kind of a field from its annotation; None where the field is not written."""
    if get_origin(hint) in (Union, UnionType):
        return next((kind for part in get_args(hint) if (kind := _kind(part))), None)
    if get_origin(hint) is Annotated:
        kind = next((one for one in get_args(hint)[1:] if isinstance(one, Kind)), None)
        if isinstance(kind, Part) and kind.kind is object:
            return type(kind)(get_args(hint)[0], kind.several, key=kind.key)
        return kind
    if get_origin(hint) is tuple and is_dataclass(get_args(hint)[0]):
        return Part(get_args(hint)[0], several=True)
    return Part(hint) if isinstance(hint, type) and is_dataclass(hint) else None


def bind(definition: type[Definition], at: Any) -> Definition:
    """A definition as it is written.

    Raises: DefinitionError: a key is missing or unknown, or its value is of the wrong kind; with file and line.
    """
    refuse_unknown(definition, at.record)
    return _bound(definition, at)


def refuse_unknown(definition: type, record: Record, others: Iterable[str] = ()) -> None:
    """Raises for the first key that the definition does not know, with the one that may have been meant.

    Args:
        others: keys by which other definitions are known that may have been meant.
    """
    known = keys_of(definition)
    for key in record:
        if key not in known:
            like = get_close_matches(key, [*known, *others], n=1)
            record.fail(f"不认识的键“{key}”" + (f"，是不是“{like[0]}”" if like else ""), key)


def _bound(definition: type[Definition], at: Any) -> Definition:
    values: dict[str, Any] = {}
    inside = at.inside(at.record, values)
    for one in fields_of(definition):
        values[one.name] = one.kind.read(inside, one.key, one.default)
    found = definition(**{one.name: values[one.name] for one in fields_of(definition)})
    if check := getattr(found, "check", None):
        check(inside)
    return found


def keys_of(definition: type) -> dict[str, bool]:
    """Every key that may be written → whether it must be."""
    return {key: wanted for key, (_, wanted) in _written(definition)}


def _written(definition: type) -> Iterator[tuple[str, tuple[Schema, bool]]]:
    for one in fields_of(definition):
        if isinstance(one.kind, Inline):
            yield from _written(one.kind.kind)
            continue
        if one.kind.written:
            yield one.key, (one.kind.schema(), one.kind.wants(one.default))
        for key in one.kind.beside():
            yield key, ({"type": "array", "items": SCALAR}, False)


def defaults_of(definition: type) -> Mapping[str, Any]:
    """Key → what holds where nothing is written, as far as something does."""
    found = {}
    for one in fields_of(definition):
        if isinstance(one.kind, Inline):
            found |= defaults_of(one.kind.kind)
        elif one.default not in (REQUIRED, None, "", ()):
            found[one.key] = one.default
    return found


def schema_of(definition: type) -> Schema:
    """The JSON Schema of a definition."""
    written = dict(_written(definition))
    found: Schema = {"type": "object", "properties": {key: schema for key, (schema, _) in written.items()}}
    if required := [key for key, (_, wanted) in written.items() if wanted]:
        found["required"] = required
    return found | {"additionalProperties": False}
