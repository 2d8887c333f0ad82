"""Who a returned file is from: the stamps, the cells and the file's name, compared; disagreement blocks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from toolkit.model.finding import ERROR, Finding, from_catalogue
from toolkit.model.form import Form
from toolkit.model.stamp import Stamp, from_pairs
from toolkit.model.unit import UnitList
from toolkit.reading.unit_names import Names

NO_STAMP, WRONG_POLICY, UNIT_MISMATCH, WRONG_YEAR, WRONG_CAMPAIGN = "S001", "S002", "S003", "S023", "S024"
TAMPERED, NOT_OURS, OLDER, NEWER, UNKNOWN_UNIT = "S015", "S016", "S025", "S026", "B003"
OTHER_NAME, TWO_NAMES = "S033", "S034"


@dataclass(frozen=True, slots=True)
class Sources:
    """What a file says about itself.

    Args:
        custom, meta: the two stamps, None when missing.
        cell: unit code in the sheet `unit`; title: name of the unit there.
        file: display name of the file.
        complete: every required sheet was found.
    """

    custom: Stamp | None
    meta: Stamp | None
    cell: str
    file: str
    complete: bool
    title: str = ""


def sources(
    custom: Mapping[str, str], meta: Mapping[str, str], cell: str, file: str, complete: bool, title: str = ""
) -> Sources:
    """The sources of identity from raw pairs."""
    return Sources(from_pairs(custom), from_pairs(meta), cell, file, complete, title)


@dataclass(frozen=True, slots=True)
class Identity:
    """The verdict: the stamp that counts, the unit's code, findings, and whether the file is blocked.

    Args:
        unit: "" when nothing says whose the file is, or when the marks of identity disagree: then it is nobody's.
        disagrees: they do.
    """

    stamp: Stamp
    unit: str
    findings: tuple[Finding, ...]
    blocked: bool
    disagrees: bool = False


def whose(codes: Iterable[str], *called: Collection[str]) -> str | None:
    """The unit on which all marks of identity agree; "" when there is no mark; None when they disagree.

    The one place that decides where a file belongs: nothing goes to a unit, is counted for it or said of it on less.

    Args:
        codes: codes of a unit, "" where a mark is missing.
        called: the units that a name may mean; empty where it means none.

    >>> whose(["1", "", "1"], {"1", "2"}), whose(["1"], {"2"}), whose([""], {"2"})
    ('1', None, '2')
    >>> whose(["1", "2"]), whose([], {"1", "2"})
    (None, '')
    """
    said = {code for code in codes if code}
    meant = [set(one) for one in called if one]
    common = set.intersection(*meant) if meant else set()
    if len(said) > 1 or (meant and not common):
        return None
    if not said:
        return next(iter(common)) if len(common) == 1 else ""
    [code] = said
    return code if not meant or code in common else None


def judge(found: Sources, form: Form, units: UnitList, names: Names, expected: Stamp | None) -> Identity:
    """Who the file is from.

    Args:
        expected: what this collection round issued; only its non-empty fields are compared.
    """
    found = _of_today(found, units)
    stamp = found.meta or found.custom or Stamp()
    code, marks = owner(found, names)
    place = {"unit": code or "", "file": found.file}
    problems: list[Finding] = []
    if found.meta is None and found.custom is None:
        missing = NO_STAMP if found.cell and found.complete else NOT_OURS
        problems.append(from_catalogue(missing, {"unit": code}, **place))
    else:
        problems += _stamp_problems(found, stamp, form, expected or Stamp(), place)
    if code is None:
        problems.append(_disagreement(found, units, names, marks, place))
    elif code and len(units) and units.get(code) is None:
        problems.append(from_catalogue(UNKNOWN_UNIT, {"code": code}, **place))
    elif other := [name for name in marks if not names.may_call(code, name)]:
        facts: dict[str, object] = {"said": "、".join(other), "code": code, "name": units.by_code[code].name}
        problems.append(from_catalogue(TWO_NAMES, facts, **place))
    return Identity(stamp, code or "", tuple(problems), any(f.severity == ERROR for f in problems), code is None)


def owner(found: Sources, names: Names) -> tuple[str | None, tuple[str, ...]]:
    """The unit on which all marks agree (see `whose`), and the names that the file gives its unit, each once.

    A code alone does not make a file a unit's: one of the names that stand in it has to be a name of the unit too.

    Args:
        found: with the codes of today.
    """
    stamps = [one for one in (found.meta, found.custom) if one]
    said = tuple(dict.fromkeys(filter(None, (*(one.unit_name for one in stamps), found.title))))
    codes = [*(one.unit for one in stamps), found.cell]
    code = whose(codes, names.named(found.file), *map(names.called, said))
    if code and said and not any(names.may_call(code, name) for name in said):
        return None, said
    strange = [name for name in said if code and not names.may_call(code, name)]
    return (None if any(map(names.resembling, strange)) else code), said


def of_stamp(stamp: Stamp | None, file: str, names: Names, units: UnitList) -> str | None:
    """The unit on which a stamp and the name of a file agree; "" when they say nothing, None when they disagree."""
    return owner(_of_today(Sources(stamp, None, "", file, True), units), names)[0]


def _of_today(found: Sources, units: UnitList) -> Sources:
    """The same with the codes that the units have now."""
    meta, custom = (one and replace(one, unit=units.now(one.unit)) for one in (found.meta, found.custom))
    return replace(found, meta=meta, custom=custom, cell=units.now(found.cell))


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


def _disagreement(found: Sources, units: UnitList, names: Names, said: Sequence[str], place: dict) -> Finding:
    """What each mark of identity says; where the codes agree and only the name is another, that the name is."""
    codes = {code for code in (*(one.unit for one in (found.meta, found.custom) if one), found.cell) if code}
    named = names.named(found.file)
    if len(codes) == 1 and named <= codes and not any(map(names.resembling, said)):
        [code] = codes
        facts: dict[str, object] = {"said": "、".join(said), "code": code, "name": units.by_code[code].name}
        return from_catalogue(OTHER_NAME, facts, **place)
    facts = {
        "meta": _mark(found.meta, names, units),
        "custom": _mark(found.custom, names, units),
        "cell": _called({found.cell, *names.resembling(found.title)}, units),
        "name": _called(named, units),
    }
    return from_catalogue(UNIT_MISMATCH, facts, **place)


def _mark(stamp: Stamp | None, names: Names, units: UnitList) -> str:
    return _called({stamp.unit, *names.resembling(stamp.unit_name)} if stamp else (), units)


def _called(codes: Collection[str], units: UnitList) -> str:
    known = [(code, units.get(code)) for code in sorted(codes) if code]
    return "、".join(f"{code} {unit.name}" if unit else code for code, unit in known) or "—"
