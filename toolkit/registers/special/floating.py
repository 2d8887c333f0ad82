"""Floating members of all workbooks: outflow and inflow rows that belong together; the feedback sheet.

Source: YZ-3.2-g/h/i; YN-13-a/c/l; forms.md V27.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from toolkit.model.register import Block, Cell
from toolkit.model.rows import Row
from toolkit.registers.definitions import word
from toolkit.registers.view import View, named_field

OUT, IN = "流出", "流入"
_BLANK = re.compile(r"\s|中共")


def plain_name(text: str) -> str:
    """A name without what people write differently: width, blanks, a leading 中共.

    >>> plain_name("中共 仪征市教育局党支部"), plain_name("ＡＢ")
    ('仪征市教育局党支部', 'AB')
    """
    return _BLANK.sub("", unicodedata.normalize("NFKC", text))


def partner(view: View, row: Row) -> str:
    """Code of the organisation on the other side; empty when it is not among the merged ones."""
    known = view.scratch.setdefault("registers.names", {})
    if not known:
        known.update({plain_name(org.org_name): code for code, org in view.orgs.items() if org.org_name})
        known.update({plain_name(code): code for code in view.orgs})
    return known.get(plain_name(row.counterpart_org or ""), "")


def paired(view: View) -> list[tuple[Row | None, Row | None]]:
    """(outflow, inflow) rows that name one another, one to one, the nearest dates first; what is left stands alone."""
    rows = view.rows("floating")
    going, coming = ([row for row in rows if row.direction == side] for side in (OUT, IN))
    candidates = [
        (abs((out.out_date - come.out_date).days) if out.out_date and come.out_date else 9999, place, at)
        for place, out in enumerate(going)
        for at, come in enumerate(coming)
        if partner(view, out) == come.org_code and partner(view, come) == out.org_code
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
    rows: list[tuple[Cell, ...]] = []
    for out, come in paired(view):
        rows.append((*_side(view, out), *_side(view, come), _state(view, out, come)))
    names = ("#out_org", "#out_no", "#out_date", "#in_org", "#in_no", "#in_date", "#state")
    return [Block("", tuple(map(named_field, names)), rows)]


def _side(view: View, row: Row | None) -> tuple[Cell, ...]:
    return (view.name(row.org_code, row.origin.unit), row.member_no, row.out_date) if row else (None, None, None)


def _state(view: View, out: Row | None, come: Row | None) -> str:
    if out and come:
        return word("paired")
    row = out or come
    if row is None or not partner(view, row):
        return word("outside")
    return word("only_out") if out else word("only_in")


def feedback(view: View) -> Sequence[Block]:
    """What the inflow side reports back: how often a member took part; for the outflow side to take over."""
    rows: list[tuple[Cell, ...]] = [
        (
            view.name(row.org_code, row.origin.unit),
            row.member_no,
            row.counterpart_org,
            row.local_activity_count,
            _day(row),
        )
        for row in view.rows("floating")
        if row.direction == IN
    ]
    names = ("#in_org", "#in_no", "#out_org", "#took_part", "#feedback")
    return [Block("", tuple(map(named_field, names)), rows)]


def credits(view: View) -> Sequence[Block]:
    """结果互认: what the feedback sheets of other places were credited to."""
    rows: list[tuple[Cell, ...]] = [
        (one.out_org, one.out_no, one.in_org, one.in_no, one.count, one.day) for one in view.dataset.credits
    ]
    names = ("#out_org", "#out_no", "#in_org", "#in_no", "#took_part", "#feedback")
    return [Block("", tuple(map(named_field, names)), rows)]


def _day(row: Row) -> Cell:
    return getattr(row, "feedback_date", None)
