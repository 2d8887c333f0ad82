"""The generated tables of docs/policy-packs.md."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.campaign import SWITCHES
from toolkit.compute.allowance.rules import REGIMES
from toolkit.compute.filters import OPERATORS
from toolkit.compute.indicators import COMMON, FAMILIES, family_form
from toolkit.forms import load_form
from toolkit.model.binder import keys_of
from toolkit.model.policy import PARAMETER_TYPES
from toolkit.policies import load_policy, policy_ids
from toolkit.policy_tools.markdown import table
from toolkit.policy_tools.texts import formulas, texts, words_of
from validators.checks import CHECKS
from validators.cross import CROSS


def pack_tables() -> dict[str, str]:
    """Name of the part → its text."""
    said = texts()["pages"]
    return {
        "families": table(said["families_head"], _families()),
        "forces": table(said["forces_head"], words_of("force").items()),
        "periods": table(said["periods_head"], _periods()),
        "operators": table(said["operators_head"], [(f"`{name}`", said["operators"][name]) for name in OPERATORS]),
        "types": table(said["types_head"], [(f"`{name}`", said["types"][name]) for name in PARAMETER_TYPES]),
        "common": table(said["common_head"], _common()),
        "regimes": table(said["regimes_head"], [(f"`{name}`", said["regimes"][name]) for name in REGIMES]),
        "sheets": table(said["sheets_head"], _sheets()),
        "checks": table(said["checks_head"], _checks()),
        "packs": table(said["packs_head"], _packs()),
    }


def _families() -> Iterator[tuple[str, ...]]:
    """Every form of every family with its keys, its periods, and the clauses that use it as examples."""
    used: dict[object, list[str]] = {}
    for policy in map(load_policy, policy_ids()):
        for indicator in policy.indicators:
            used.setdefault(family_form(indicator), []).append(indicator.clause)
    said = texts()["pages"]
    for name, forms in FAMILIES.items():
        for kind in forms:
            keys = "、".join(f"`{key}`" if must else f"〔`{key}`〕" for key, must in keys_of(kind).items())
            mark = f"`{kind.mark}`" if kind.mark else said["no_mark"]
            periods = "、".join(f"`{period}`" for period in kind.periods)
            examples = "、".join(used.get(kind, [])[:3])
            yield f"`{name}`", mark, kind.title, kind.sentence, keys, periods, examples
    for name, words in formulas().items():
        yield f"`{name}`", said["no_mark"], words["title"], words["words"], "", "", "、".join(used.get(None, [])[:3])


def _periods() -> Iterator[tuple[str, str]]:
    examples = {"by": "by 2025-12-31", "from": "from 2026-01-01", "only": "2026"}
    facts = {"by": {"day": "2025-12-31"}, "from": {"day": "2026-01-01"}, "only": {"year": "2026"}}
    for name, words in words_of("periods").items():
        yield f"`{examples.get(name, name)}`", words.format(**facts.get(name, {}))


def _common() -> Iterator[tuple[str, ...]]:
    policy = load_policy(policy_ids()[0])
    for name in COMMON:
        known = policy.parameters[name]
        yield f"`{name}`", known.title, f"`{known.type}`", known.why


def _sheets() -> Iterator[tuple[str, ...]]:
    """Every sheet with its columns, over all policies that ship."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for policy in map(load_policy, policy_ids()):
        for sheet in load_form(policy, frozenset(SWITCHES)).sheets:
            _, columns = found.setdefault(sheet.name, (sheet.label, {}))
            columns.update({column.name: column.label for column in sheet.columns})
    for name, (label, columns) in found.items():
        yield f"`{name}`", label, "、".join(f"`{key}` {title}" for key, title in columns.items())


def _checks() -> Iterator[tuple[str, ...]]:
    """Every check by name with its arguments; the first line of its documentation says what is good."""
    for checks, reach in ((CHECKS, "one"), (CROSS, "many")):
        for name, check in sorted(checks.items()):
            given = [arg for arg in check.__annotations__ if arg not in ("return", "frame", "situation", "sheet")]
            arguments = "、".join(f"`{arg}`" for arg in given)
            yield f"`{name}`", texts()["pages"]["reach"][reach], arguments


def _packs() -> Iterator[tuple[object, ...]]:
    for policy in map(load_policy, policy_ids()):
        numbers = (policy.clauses, policy.indicators, policy.parameters, policy.bundles)
        yield f"`{policy.id}`", policy.short_title, policy.effective, policy.ends or "", *map(len, numbers)
