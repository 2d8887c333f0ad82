"""Rules as Excel formulas: what of a form the workbook can check by itself, without macros."""

from __future__ import annotations

import string

from toolkit.model.form import Form, Rule
from validators import formulas, formulas_cross
from validators.arguments import Bound, bind
from validators.formulas import UNKNOWN, Here, Ranges, all_sure

RENDERERS = {**formulas.RENDERERS, **formulas_cross.RENDERERS}


def verdict(rule: Rule, ranges: Ranges) -> str | None:
    """The array formula (without `=`) that is 1 in the bad rows of a rule; None when Excel cannot say it.

    As in `toolkit.validating`, a row that rests on an unknown cell is not judged, nor is a rule that looks into a
    column of which every cell is unknown. Nor is it where a far cell is one that only the reader can tell.

    Raises: DefinitionError: unknown argument or column; with file and line.
    """
    bound = bound_to_formula(rule, ranges.form)
    if bound is None:
        return None
    here = Here(ranges, rule.sheet)
    bad = bound.check(here, **bound.args)
    if bad is None:
        return None
    asks = rule.check == "required"
    judged = [here.rows] + [f"({here.state(name)}<{UNKNOWN})" for name in bound.touched if not asks]
    judged += [_told(ranges, sheet, column) for sheet, column in dict.fromkeys(bound.far)]
    return f"IFERROR(--(({'*'.join(judged)}*({bad}))>0),0)"


def bound_to_formula(rule: Rule, form: Form) -> Bound | None:
    """The rule's parsed arguments, with the renderer as its check; None where there is none.

    Raises: DefinitionError: unknown argument or column; with file and line.
    """
    renderer = RENDERERS.get(rule.check)
    return bind(rule, renderer, form, _placeholders(rule)) if renderer else None


def _told(ranges: Ranges, sheet: str, column: str) -> str:
    """Whether a far column holds a cell that is not unknown, or its sheet no row at all, and every cell is sure."""
    rows = ranges.rows(sheet)
    told = f"((SUM({rows})=0)+(SUM({rows}*({ranges.states(sheet, column)}<{UNKNOWN}))>0)>0)"
    return f"{told}*({all_sure(ranges, sheet, column)})"


def has_formula(rule: Rule, form: Form) -> bool:
    """Whether Excel can check the rule."""
    return verdict(rule, _Nowhere(form)) is not None


class _Nowhere:
    """Columns without a place, to ask whether a rule can be rendered."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.context = dict.fromkeys(("_as_of", "_first_day", "_last_day", "_fill_date", "_year"), "A1")

    def values(self, sheet: str, column: str) -> str:
        return "A1"

    states = values

    def rows(self, sheet: str) -> str:
        return "A1"


def _placeholders(rule: Rule) -> tuple[str, ...]:
    """The names in a rule's texts: binding to the check itself has proved them."""
    texts = (rule.message, rule.fix)
    return tuple(name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name)
