"""Who a returned file is from: the stamps, the cells and the file's name, compared; disagreement blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.model.finding import Finding, from_catalogue
from toolkit.model.form import Form
from toolkit.model.stamp import Stamp, from_pairs
from toolkit.model.unit import UnitList
from toolkit.reading.normal import compact

NO_STAMP, WRONG_POLICY, UNIT_MISMATCH, WRONG_YEAR, WRONG_CAMPAIGN = "S001", "S002", "S003", "S023", "S024"
TAMPERED, NOT_OURS, OLDER, NEWER, UNKNOWN_UNIT = "S015", "S016", "S025", "S026", "B003"


@dataclass(frozen=True, slots=True)
class Sources:
    """What a file says about itself.

    Args:
        custom, meta: the two stamps, None when missing.
        cell: unit code in the sheet `unit`.
        file: display name of the file.
        complete: every required sheet was found.
    """

    custom: Stamp | None
    meta: Stamp | None
    cell: str
    file: str
    complete: bool


def sources(custom: Mapping[str, str], meta: Mapping[str, str], cell: str, file: str, complete: bool) -> Sources:
    """The sources of identity from raw pairs."""
    return Sources(from_pairs(custom), from_pairs(meta), cell, file, complete)


class Names:
    """Finds the units that a file name names.

    Args:
        units: the unit list.
    """

    def __init__(self, units: UnitList) -> None:
        self._codes: dict[str, set[str]] = {}
        for unit in units:
            for name in (unit.name, unit.code, *unit.short_names):
                if len(form := compact(name)) >= 3:
                    self._codes.setdefault(form, set()).add(unit.code)
        self._lengths = sorted({len(name) for name in self._codes}, reverse=True)

    def named(self, file: str) -> set[str]:
        """Codes of the units whose longest name stands in the file's name.

        >>> from toolkit.model.unit import Unit
        >>> names = Names(UnitList((Unit("1", "财政局", "", ""), Unit("2", "市财政局", "", ""))))
        >>> names.named("市财政局 返回.xlsx")
        {'2'}
        """
        text = compact(file.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0])
        found: set[str] = set()
        at = 0
        while at < len(text):
            for length in self._lengths:
                if codes := self._codes.get(text[at : at + length]):
                    found |= codes
                    at += length
                    break
            else:
                at += 1
        return found


@dataclass(frozen=True, slots=True)
class Identity:
    """The verdict: the stamp that counts, the unit's code, findings, and whether the file is blocked."""

    stamp: Stamp
    unit: str
    findings: tuple[Finding, ...]
    blocked: bool


def judge(found: Sources, form: Form, units: UnitList, names: Names, expected: Stamp | None) -> Identity:
    """Who the file is from.

    Args:
        expected: what this collection round issued; only its non-empty fields are compared.
    """
    stamp = found.meta or found.custom or Stamp()
    named = names.named(found.file)
    unit = stamp.unit or found.cell or (next(iter(named)) if len(named) == 1 else "")
    place = {"unit": unit, "file": found.file}
    problems: list[Finding] = []
    if found.meta is None and found.custom is None:
        code = NO_STAMP if found.cell and found.complete else NOT_OURS
        problems.append(from_catalogue(code, {"unit": unit}, **place))
    else:
        problems += _stamp_problems(found, stamp, form, expected or Stamp(), place)
    problems += _unit_problems(found, unit, units, named, place)
    return Identity(stamp, unit, tuple(problems), any(f.severity == "错误" for f in problems))


def _stamp_problems(found: Sources, stamp: Stamp, form: Form, expected: Stamp, place: dict) -> list[Finding]:
    problems = []
    if found.meta and found.custom:
        for field in ("policy", "year", "campaign", "version"):
            one, other = getattr(found.meta, field), getattr(found.custom, field)
            if one and other and one != other:
                problems.append(from_catalogue(TAMPERED, {"one": one, "other": other}, **place))
    policy = expected.policy or form.policy
    for code, seen, wanted in (
        (WRONG_POLICY, stamp.policy, policy),
        (WRONG_YEAR, stamp.year, expected.year),
        (WRONG_CAMPAIGN, stamp.campaign, expected.campaign),
    ):
        if seen and wanted and seen != wanted:
            problems.append(from_catalogue(code, {"seen": seen, "wanted": wanted}, **place))
    if stamp.policy == policy and stamp.version and stamp.version != form.version:
        order = compare_versions(stamp.version, expected.version or form.version)
        if order:
            facts: dict[str, object] = {"seen": stamp.version, "wanted": form.version}
            problems.append(from_catalogue(NEWER if order > 0 else OLDER, facts, **place))
    return problems


def compare_versions(one: str, other: str) -> int:
    """-1, 0 or 1; dotted integers compared as numbers.

    >>> compare_versions("1.1.10", "1.1.2"), compare_versions("1.0", "1")
    (1, 0)
    """
    left, right = _numbers(one), _numbers(other)
    length = max(len(left), len(right))
    left, right = left + [0] * (length - len(left)), right + [0] * (length - len(right))
    return (left > right) - (left < right)


def _numbers(version: str) -> list[int]:
    """The parts of a version; what is no number counts as 0.

    >>> _numbers("1.10"), _numbers("1.²")
    ([1, 10], [1, 0])
    """
    return [int(part) if part.isdecimal() else 0 for part in version.split(".")]


def _unit_problems(found: Sources, unit: str, units: UnitList, named: set[str], place: dict) -> list[Finding]:
    said = {
        "meta": found.meta.unit if found.meta else "",
        "custom": found.custom.unit if found.custom else "",
        "cell": found.cell,
        "name": "" if unit in named else "、".join(sorted(named)),
    }
    if len({code for code in said.values() if code}) > 1 or said["name"]:
        facts: dict[str, object] = {key: _called(code, units) for key, code in said.items()}
        facts["name"] = facts["name"] if said["name"] or unit not in named else _called(unit, units)
        return [from_catalogue(UNIT_MISMATCH, facts, **place)]
    if unit and len(units) and units.get(unit) is None:
        return [from_catalogue(UNKNOWN_UNIT, {"code": unit}, **place)]
    return []


def _called(code: str, units: UnitList) -> str:
    known = units.get(code)
    return f"{code} {known.name}" if known else code or "—"
