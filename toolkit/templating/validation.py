"""Data validations: one a column range, from the same column record that the checks use."""

from __future__ import annotations

from datetime import date

from toolkit.model.form import Column
from toolkit.templating.choices import Lists
from toolkit.templating.texts import Texts, texts

_TITLE = 32
_FARTHEST = 10**12
LATEST = date(2100, 12, 31)


def rule(column: Column, lists: Lists, *, integer: bool = False) -> dict[str, object] | None:
    """The validation of a column, for xlsxwriter; None when there is nothing to say or to refuse.

    Choices, numbers and dates are refused when wrong (2023.5 in a date cell would become a day of 1905); keys of
    other sheets are offered, not enforced.
    """
    said = texts()
    condition = _condition(column, lists, said, integer)
    prompt = prompt_of(column, said, keys=bool(condition and condition.get("show_error") is False))
    if not condition and not prompt:
        return None
    result = condition or {"validate": "any"}
    if prompt:
        result |= {"input_title": column.label[:_TITLE], "input_message": prompt}
    return result


def prompt_of(column: Column, said: Texts, *, keys: bool = False) -> str:
    """The input prompt of a column: its note, otherwise what its type asks for, and an example.

    Issued cells that are locked have none.
    """
    if column.prefilled:
        return ""
    note = column.note or said.prompts[column.type]
    parts = [note] if note else []
    if keys:
        parts.append(said.prompts["keys"])
    if column.example and column.example not in note:
        parts.append(said.prompts["example"].format(example=column.example))
    return "；".join(parts)


def _condition(column: Column, lists: Lists, said: Texts, integer: bool) -> dict[str, object] | None:
    if column.type == "choice":
        return {"validate": "list", "source": lists.choice(column), **_error(said.errors["choice"])}
    if column.type in ("integer", "decimal"):
        return _number(column, said, integer or column.type == "integer")
    if column.type == "date" and column.earliest and not column.prefilled:
        span = {"criteria": "between", "minimum": column.earliest, "maximum": LATEST}
        return {"validate": "date", **span, **_error(said.errors["date"])}
    if column.references and (source := lists.keys(column)):
        return {"validate": "list", "source": source, "show_error": False}
    if column.type == "text" and column.max_length:
        title, text = said.errors["length"]
        limit = {"validate": "length", "criteria": "<=", "value": column.max_length}
        return {**limit, **_error((title, text.format(maximum=column.max_length)))}
    return None


def _number(column: Column, said: Texts, integer: bool) -> dict[str, object]:
    kind = "integer" if integer else "decimal"
    title, text = said.errors[kind]
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        text = said.between.format(minimum=low, maximum=high)
    elif low is not None and not integer:
        text = said.minimum.format(minimum=low)
    bounds = {"minimum": _plain(low, -_FARTHEST), "maximum": _plain(high, _FARTHEST)}
    if high is None:
        span: dict[str, object] = {"criteria": ">=", "value": bounds["minimum"]}
    else:
        span = {"criteria": "between", **bounds}
    return {"validate": kind, **span, **_error((title, text))}


def _plain(bound: object, otherwise: int) -> object:
    return otherwise if bound is None else float(str(bound)) if "." in str(bound) else int(str(bound))


def _error(pair: tuple[str, str]) -> dict[str, object]:
    title, text = pair
    return {"error_type": "stop", "error_title": title[:_TITLE], "error_message": text}
