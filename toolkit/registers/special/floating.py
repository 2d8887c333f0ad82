"""Floating members of all workbooks: outflow and inflow rows that belong together; the feedback sheet.

Source: YZ-3.2-g/h/i; YN-13-a/c/l; forms.md V27.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.model.org_names import by_name, plain_name
from toolkit.model.organisations import Node
from toolkit.model.register import Block, Cell
from toolkit.model.rows import Row
from toolkit.registers.definitions import word
from toolkit.registers.view import View, named_field, traced

SHEET, OUT, IN = "floating", "流出", "流入"


def partners(view: View, row: Row) -> frozenset[Node]:
    """Where the organisation on the other side may be; nothing when it is not among the merged ones."""
    at = view.scratch
    if "registers.names" not in at:
        rows = (one for one in view.rows("party_org") if one.org_code)
        at["registers.names"] = by_name((one.origin.unit, one.org_code, one.org_name) for one in rows)
    return at["registers.names"].get(plain_name(row.counterpart_org or ""), frozenset())


def place_of(row: Row) -> Node:
    """Where the organisation of a row is: its unit's own, for codes of two units may be the same."""
    return row.origin.unit, row.org_code


def paired(view: View) -> list[tuple[Row | None, Row | None]]:
    """(outflow, inflow) rows that name one another, one to one, the nearest dates first; what is left stands alone."""
    rows = view.rows(SHEET)
    going, coming = ([row for row in rows if row.direction == side] for side in (OUT, IN))
    candidates = [
        (abs((out.out_date - come.out_date).days) if out.out_date and come.out_date else 9999, place, at)
        for place, out in enumerate(going)
        for at, come in enumerate(coming)
        if place_of(come) in partners(view, out) and place_of(out) in partners(view, come)
    ]
    outs: dict[int, int] = {}
    taken: set[int] = set()
    for _, place, at in sorted(candidates):
        if place not in outs and at not in taken:
            outs[place] = at
            taken.add(at)
    pairs = [(out, coming[outs[place]] if place in outs else None) for place, out in enumerate(going)]
    return [*pairs, *((None, come) for at, come in enumerate(coming) if at not in taken)]


def pairs(view: View) -> Sequence[Block]:
    """One row a member: both sides, and what is missing."""
    lines = [
        ((*_side(view, out), *_side(view, come), _state(view, out, come)), view.behind(SHEET, out, come))
        for out, come in paired(view)
    ]
    names = ("#out_org", "#out_no", "#out_date", "#in_org", "#in_no", "#in_date", "#state")
    return [traced(map(named_field, names), lines)]


def _side(view: View, row: Row | None) -> tuple[Cell, ...]:
    return (view.name(row.org_code, row.origin.unit), row.member_no, row.out_date) if row else (None, None, None)


def _state(view: View, out: Row | None, come: Row | None) -> str:
    if out and come:
        return word("paired")
    row = out or come
    if row is None or not partners(view, row):
        return word("outside")
    return word("only_out") if out else word("only_in")


def feedback(view: View) -> Sequence[Block]:
    """What the inflow side reports back: how often a member took part; for the outflow side to take over."""
    coming = [row for row in view.rows(SHEET) if row.direction == IN]
    lines = [((*_side(view, row)[:2], *_reported(row)), view.behind(SHEET, row)) for row in coming]
    names = ("#in_org", "#in_no", "#out_org", "#took_part", "#feedback")
    return [traced(map(named_field, names), lines)]


def credits(view: View) -> Sequence[Block]:
    """结果互认: what the feedback sheets of other places were credited to."""
    rows: list[tuple[Cell, ...]] = [
        (one.out_org, one.out_no, one.in_org, one.in_no, one.count, one.day) for one in view.dataset.credits
    ]
    names = ("#out_org", "#out_no", "#in_org", "#in_no", "#took_part", "#feedback")
    return [Block("", tuple(map(named_field, names)), rows)]


def _reported(row: Row) -> tuple[Cell, ...]:
    return row.counterpart_org, row.local_activity_count, getattr(row, "feedback_date", None)
