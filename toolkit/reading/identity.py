"""Who a returned file is from: the stamps, the cells and the file's name, compared; disagreement blocks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from toolkit.model.finding import ERROR, Finding, from_catalogue
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


class Names:
    """Finds the units that a file name names.

    Args:
        units: the unit list.
    """

    def __init__(self, units: UnitList) -> None:
        self._codes: dict[str, set[str]] = {}
        for unit in units:
            for name in (unit.name, *units.codes(unit.code), *unit.short_names, *units.once.get(unit.code, ())):
                if len(form := compact(name)) >= 3:
                    self._codes.setdefault(form, set()).add(unit.code)
        self._lengths = sorted({len(name) for name in self._codes}, reverse=True)

    def called(self, text: str) -> set[str]:
        """Codes of the units that have just this name or code.

        >>> from toolkit.model.unit import Unit
        >>> names = Names(UnitList((Unit("1", "财政局", "", ""),)))
        >>> names.called(" 财政局 "), names.called("财政局支付中心")
        ({'1'}, set())
        """
        return self._codes.get(compact(text), set())

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
    stamps = [one.unit for one in (found.meta, found.custom) if one]
    named, called = names.named(found.file), names.called(found.title)
    unit = whose([*stamps, found.cell], named, called)
    place = {"unit": unit or "", "file": found.file}
    problems: list[Finding] = []
    if found.meta is None and found.custom is None:
        code = NO_STAMP if found.cell and found.complete else NOT_OURS
        problems.append(from_catalogue(code, {"unit": unit}, **place))
    else:
        problems += _stamp_problems(found, stamp, form, expected or Stamp(), place)
    if unit is None:
        problems.append(_disagreement(found, units, named, called, place))
    elif unit and len(units) and units.get(unit) is None:
        problems.append(from_catalogue(UNKNOWN_UNIT, {"code": unit}, **place))
    return Identity(stamp, unit or "", tuple(problems), any(f.severity == ERROR for f in problems), unit is None)


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


def _disagreement(
    found: Sources, units: UnitList, named: Collection[str], called: Collection[str], place: dict
) -> Finding:
    """What each mark of identity says."""
    cell = {found.cell} | (set(called) if found.cell not in called else set())
    facts: dict[str, object] = {
        "meta": _called([found.meta.unit if found.meta else ""], units),
        "custom": _called([found.custom.unit if found.custom else ""], units),
        "cell": _called(cell, units),
        "name": _called(named, units),
    }
    return from_catalogue(UNIT_MISMATCH, facts, **place)


def _called(codes: Collection[str], units: UnitList) -> str:
    known = [(code, units.get(code)) for code in sorted(codes) if code]
    return "、".join(f"{code} {unit.name}" if unit else code for code, unit in known) or "—"
