"""The worked examples of the tests as data of the packs, so that `policy show` can print them.

The examples themselves are in `tests/compute/*.yaml`; this writes what a reader needs of them.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from toolkit.model import strictyaml
from toolkit.policies import load_policy, policy_ids
from toolkit.policy_tools.show import EXAMPLES
from toolkit.policy_tools.texts import texts

HEAD = "# Worked examples, generated from tests/compute by python -m toolkit.policy_tools.docs; do not edit.\n"


def example_files(source: Path) -> dict[Path, str]:
    """The text of each pack's `examples.yaml`, by path."""
    books = [strictyaml.plain(strictyaml.load(path)) for path in sorted(source.glob("*.yaml"))]
    records = [record for book in books for record in book["examples"]]  # type: ignore[index]
    found = {}
    for policy in map(load_policy, policy_ids()):
        own = [_record(record, clause) for record in records for clause in _clauses(record) if clause in policy.clauses]
        own.sort(key=lambda record: list(policy.clauses).index(record["clause"]))
        text = yaml.safe_dump({"examples": own}, allow_unicode=True, sort_keys=False, width=120)
        found[policy.folder / EXAMPLES] = HEAD + text
    return found


def _clauses(record: dict) -> list[str]:
    """The clauses of an example: one, or several."""
    return [record["clause"]] if isinstance(record["clause"], str) else record["clause"]


def _record(record: dict, clause: str) -> dict[str, str]:
    """Number, case, clause and the expected result in words."""
    kept = [record[key] for key in ("expect", "persons", "by_month_rule", "units") if key in record]
    result = "；".join(map(in_words, kept))
    return {"no": record["no"], "case": record["case"], "clause": clause, "result": result}


def in_words(value: object) -> str:
    """An expected result as people read it.

    >>> in_words({"甲": {"due": "3600.00", "level": "达标"}}), in_words(["达标", "预警"])
    ('甲：应发3600.00、达标', '达标、预警')
    """
    if isinstance(value, dict):
        parts = [_named(key, item, in_words(item)) for key, item in value.items() if in_words(item)]
        return ("；" if any(isinstance(item, dict) for item in value.values()) else "、").join(parts)
    if isinstance(value, list):
        return "、".join(filter(None, map(in_words, value)))
    return "" if value in ("null", None) else str(value)


def _named(key: str, value: object, said: str) -> str:
    """A part with its name; the names of people and units have a colon."""
    names = texts()["examples"]
    name = names.get(key, key)
    return f"{name}：{said}" if isinstance(value, dict | list) and not name.endswith("：") else f"{name}{said}"
