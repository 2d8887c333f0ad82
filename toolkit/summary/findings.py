"""问题清单.xlsx: what is wrong, in which cell, how to put it right, unit by unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from toolkit.drawing.values import Formula, Span, Value
from toolkit.model import cell
from toolkit.model.batch import STATES, Return
from toolkit.model.catalogue import SEVERITIES
from toolkit.model.finding import HINT, LEVELS, Finding
from toolkit.model.standing import ABSENT, COUNTED, STANDINGS, standings
from toolkit.model.unit import UnitList
from toolkit.summary.book import Book, Page
from toolkit.summary.file_sheet import file_rows
from toolkit.summary.labels import BookWords, book_words, words
from toolkit.summary.values import shown_names

if TYPE_CHECKING:
    from toolkit.fix_plan import Plan, Step

BUREAU = "@"
"""Stands for the bureau among the codes of the units."""
MOST_CELLS = 20
_LEVELS = ("error", "query", "hint")
"""Columns of the levels."""
MOST_NAMES = 30


def findings_workbook(
    findings: Sequence[Finding],
    returns: Sequence[Return],
    units: UnitList,
    title: str,
    plans: Mapping[str, Plan] | None = None,
) -> bytes:
    """问题清单.xlsx with the sheets 概况, 改正步骤, 问题, 按单位, 自动更正 and 返回文件.

    That a file is an older one or a copy stands on the sheet 返回文件 alone, unless somebody has to look into it.

    Args:
        findings: all findings, those of the returns included; sorted here into official order.
        returns: every file given, each exactly once.
        title: title of the first sheet, for example `2025年度返回表检查情况`.
        plans: steps by file name; without them there is no sheet 改正步骤.
    """
    sheets = book_words("findings")
    names = shown_names(units)
    listed = in_order(findings, units)
    returns = sorted(returns, key=lambda one: (units.place(one.unit), one.file))
    ordered = to_look_at(listed, returns)
    book = Book(title)
    front = book.page(sheets["overview"])
    if plans is not None:
        _steps(book, sheets, plans, names, title)
    issues = _issues(book, sheets, ordered, names, title)
    _units(book, sheets, ordered, returns, units, names)
    _repairs(book, sheets, returns, names)
    if len(returns) > 1:
        page = book.page(sheets["files"])
        page.frame(title=title, files=len(returns))
        page.header(freeze=3)
        page.table(file_rows(returns, listed, names), filtered=True)
    _overview(front, ordered, returns, units, issues, title)
    return book.close()


def to_look_at(findings: Iterable[Finding], returns: Iterable[Return]) -> list[Finding]:
    """The findings that 问题清单 lists: hints about older files and copies are of use to nobody."""
    aside = {one.file for one in returns if one.aside}
    return [one for one in findings if one.severity != HINT or one.file not in aside]


def in_order(findings: Iterable[Finding], units: UnitList) -> list[Finding]:
    """Findings by official unit order, file, severity, sheet and row.

    Those that the bureau puts right itself come first, those without a known unit last.
    """
    place = {unit.code: index for index, unit in enumerate(units)}
    rank = {severity: index for index, severity in enumerate(LEVELS)}
    return sorted(
        findings,
        key=lambda one: (
            -1 if one.bureau else place.get(one.unit, len(place)),
            one.file,
            rank[one.severity],
            one.sheet,
            tuple(map(cell.place, one.cells)),
            one.code,
            one.message,
        ),
    )


def _steps(book: Book, sheets: BookWords, plans: Mapping[str, Plan], names: Mapping[str, str], title: str) -> None:
    page = book.page(sheets["steps"])
    page.frame(title=title, files=len(plans), places=sum(plan.total for plan in plans.values()))
    page.header(freeze=2)
    place = {code: index for index, code in enumerate(names)}
    ordered = sorted(plans.values(), key=lambda plan: (place.get(plan.unit, len(place)), plan.file))
    page.table(
        (
            {
                "unit": names.get(plan.unit, plan.unit),
                "file": plan.file,
                "summary": plan.headline if number == 1 else "",
                "step": number,
                "action": step.action,
                "cells": step_cells(step),
                "problems": step.problems,
                "errors": step.errors,
                "follow_on": step.follow_on,
                "suggestion": step.suggestion,
            }
            for plan in ordered
            for number, step in enumerate(plan.steps, 1)
        ),
        filtered=True,
    )
    for note in page.words.notes:
        page.note(note)


def step_cells(step: Step, most: int = MOST_CELLS) -> str:
    """The first cells of a step on each sheet: `任职与补贴!J7、J8；流动党员!B9`."""
    text = book_words("findings")["steps"].words
    return text["join"].join(
        text["place"].format(sheet=sheet, cells=cell.in_words(cells, most)) for sheet, cells in step.cells.items()
    )


def _issues(book: Book, sheets: BookWords, findings: Sequence[Finding], names: Mapping[str, str], title: str) -> Span:
    page = book.page(sheets["issues"])
    page.frame(title=title, count=len(findings))
    page.header(freeze=2)
    return page.table(
        (
            {
                "no": number,
                "unit": words().common["bureau"] if one.bureau else names.get(one.unit, one.unit),
                "file": one.file,
                "sheet": one.sheet,
                "cells": cell.in_words(one.cells, MOST_CELLS),
                "label": one.label,
                "value": one.value,
                "severity": one.severity,
                "code": one.code,
                "message": one.message,
                "fix": one.advice,
                "clause": one.clause,
            }
            for number, one in enumerate(findings, 1)
        ),
        filtered=True,
    )


def _units(
    book: Book,
    sheets: BookWords,
    findings: Sequence[Finding],
    returns: Sequence[Return],
    units: UnitList,
    names: Mapping[str, str],
) -> None:
    page = book.page(sheets["units"])
    page.frame()
    page.header(freeze=3)
    counts = Counter((whose(one, names), one.severity) for one in findings)
    files = Counter(one.unit if one.unit in names else "" for one in returns if not one.aside)
    stand = standings(returns)
    unknown = [""] if files[""] or any(not unit for unit, _ in counts) else []
    ours = [BUREAU] if any(unit == BUREAU for unit, _ in counts) else []
    more = {"": sheets["units"].words["unknown"], BUREAU: words().common["bureau"]}
    rows = []
    for number, code in enumerate([*ours, *names, *unknown], 1):
        row = page.at(number)
        levels = {key: counts[code, severity] for key, severity in zip(_LEVELS, SEVERITIES, strict=True)}
        listed = code in names
        state = words().standings[stand.get(code, ABSENT)] if listed else ""
        name = names[code] if listed else more[code]
        total = Formula(f"=SUM(F{row}:H{row})", sum(levels.values()))
        rows.append(
            {
                "no": number,
                "code": code if listed else "",
                "unit": name,
                "returned": state,
                "files": files[code],
                **levels,
                "sum": total,
            }
        )
    span = page.table(rows, filtered=True)
    keys = ("files", *_LEVELS, "sum")
    page.total(span, page.sums(span, rows, keys), label_columns=4)


def whose(finding: Finding, names: Mapping[str, str]) -> str:
    """The unit that has to put a finding right; BUREAU = the bureau itself, "" = nobody knows whose it is."""
    return BUREAU if finding.bureau else finding.unit if finding.unit in names else ""


def _repairs(book: Book, sheets: BookWords, returns: Sequence[Return], names: Mapping[str, str]) -> None:
    page = book.page(sheets["repairs"])
    repairs = [(names.get(one.unit, one.unit), repair) for one in returns for repair in one.repairs]
    page.frame(count=len(repairs))
    page.header(freeze=2)
    page.table(
        (
            {
                "no": number,
                "unit": unit,
                "file": one.file,
                "sheet": one.sheet,
                "cell": one.cell,
                "before": one.before,
                "after": one.after,
                "reason": one.reason,
            }
            for number, (unit, one) in enumerate(repairs, 1)
        ),
        filtered=True,
    )


def _overview(
    page: Page, findings: Sequence[Finding], returns: Sequence[Return], units: UnitList, issues: Span, title: str
) -> None:
    page.frame(title=title, files=len(returns))
    page.header()
    states = Counter(one.state for one in returns)
    text = page.words.words
    page.section(text["files"])
    span = page.table(
        [{"item": words().states[state], "count": states[state], "note": text[f"note_{state}"]} for state in STATES]
    )
    files = page.sum(span, "count", [len(returns)])
    page.total(span, {"count": files}, text["files_total"])
    page.section(text["findings"])
    severities = Counter(one.severity for one in findings)
    span = page.table(
        [
            {"item": name, "count": _counted(issues, name, severities[name]), "note": text[f"note_{name}"]}
            for name in LEVELS
        ]
    )
    page.total(span, {"count": page.sum(span, "count", [len(findings)])}, text["findings_total"])
    page.section(text["rows"])
    page.table(_balance(page, returns, units, states))


def _counted(issues: Span, severity: str, count: int) -> Value:
    if issues.empty:
        return 0
    column = book_words("findings")["issues"].at("severity")
    return issues.live(f'COUNTIF({{0}},"{severity}")', column, value=count)


def _balance(
    page: Page, returns: Sequence[Return], units: UnitList, states: Mapping[str, int]
) -> list[dict[str, Value]]:
    text, common = page.words.words, words().common
    stand = standings(returns)
    by_standing = {one: [unit.name for unit in units if stand.get(unit.code, ABSENT) == one] for one in STANDINGS}
    counting = [one for one in returns if not one.aside]
    aside = sum(one.rows_read for one in returns if one.aside)
    balanced = common["balanced" if sum(states.values()) == len(returns) else "unbalanced"]
    return [
        {"item": text["units_total"], "count": len(units), "note": ""},
        *(
            {"item": text[f"units_{one}"], "count": len(own), "note": _names(own) if one != COUNTED else ""}
            for one, own in by_standing.items()
            if own or one in (COUNTED, ABSENT)
        ),
        {"item": text["rows_read"], "count": sum(one.rows_read for one in counting), "note": ""},
        {"item": text["rows_not_data"], "count": sum(one.not_data for one in counting), "note": ""},
        *([{"item": text["rows_aside"], "count": aside, "note": ""}] if aside else []),
        {"item": text["balance"], "count": balanced, "note": ""},
    ]


def _names(names: Sequence[str]) -> str:
    more = words().common["and_more"].format(count=len(names)) if len(names) > MOST_NAMES else ""
    return "、".join(names[:MOST_NAMES]) + more
