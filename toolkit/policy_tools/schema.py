"""The JSON Schema of `indicators.yaml`, from the definitions of the families: an editor completes and checks by it."""

from __future__ import annotations

import json

from toolkit.compute.families.base import Resting
from toolkit.compute.fields import PACK_SCHEMAS
from toolkit.compute.indicators import ELSEWHERE, FAMILIES
from toolkit.model.binder import SCALAR, TEXTS, Schema, schema_of
from toolkit.model.policy import FORCES
from toolkit.policies.loading import INDICATOR_KEYS

NAME = "indicators.schema.json"
LINE = f"# yaml-language-server: $schema=../{NAME}\n"
"""The first line of a pack's file; `policy new` puts the schema beside it."""
_NEEDED = [key for key in INDICATOR_KEYS if key != "applies"]


def indicators_schema() -> Schema:
    """The schema of the whole file: each indicator is one of the forms of its family."""
    forms = [_form(name, form) for name, own in FAMILIES.items() for form in own]
    forms += [_form(name, None) for name in ELSEWHERE]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"indicators": {"type": "array", "items": {"anyOf": forms}}},
        "required": ["indicators"],
        "additionalProperties": False,
        "$defs": PACK_SCHEMAS,
    }


def _form(family: str, form: type[Resting] | None) -> Schema:
    """An indicator of one form: what every indicator has, and what the form has."""
    own = schema_of(form) if form else {"properties": {}}
    common: Schema = {key: SCALAR for key in INDICATOR_KEYS}
    common |= {
        "family": {"const": family},
        "force": {"enum": list(FORCES)},
        "applies": {"type": "object", "additionalProperties": TEXTS},
    }
    marked = [form.mark] if form and form.mark else []
    return {
        "title": f"{family}：{form.title}" if form else family,
        "type": "object",
        "properties": common | own["properties"],
        "required": list(dict.fromkeys([*_NEEDED, *marked, *own.get("required", ())])),
        "additionalProperties": False,
    }


def schema_text() -> str:
    """The schema as it stands beside the packs: a line a form, so that a difference can be read."""
    schema = indicators_schema()
    items = schema["properties"]["indicators"]["items"]
    forms = ",\n".join(json.dumps(form, ensure_ascii=False) for form in items["anyOf"])
    items["anyOf"] = []
    return json.dumps(schema, ensure_ascii=False).replace('"anyOf": []', f'"anyOf": [\n{forms}\n]', 1) + "\n"
