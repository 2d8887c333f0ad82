"""Which branch has a reserve secretary of its own: one person serves one branch.

Source: calculations C8; YN-07-b/g; YZ-2.2-d.
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.compute.families.reserve import matched
from toolkit.compute.people import distinct
from toolkit.model.organisations import Node, in_force
from toolkit.model.register import Block
from toolkit.model.rows import Row
from toolkit.registers.definitions import word
from toolkit.registers.special.organisations import branches_of
from toolkit.registers.view import Line, View, doubt_note, named_field, traced

RESERVE, SECRETARY, RETIRED = "后备书记", "书记", "离退休党员"


def branches(view: View) -> Sequence[Block]:
    """One row a branch: how many reserves are named, and whether one of them can be its own."""
    posts = [row for row in view.rows("post") if in_force(row.start_date, row.end_date, view.as_of)]
    found = distinct(posts, view.dataset.rulings)
    lead: dict[Node, set[int]] = {}
    named: dict[Node, set[int]] = {}
    for row in posts:
        if row.post_type == SECRETARY:
            lead.setdefault(_node(row), set()).add(found.person[row.origin])
        elif row.post_type == RESERVE and row.person_status == RETIRED:
            named.setdefault(_node(row), set()).add(found.person[row.origin])
    own = branches_of(view)
    able = {_node(row): named.get(_node(row), set()) - lead.get(_node(row), set()) for row in own}
    served = matched({org: frozenset(map(str, persons)) for org, persons in able.items()})
    lines: list[Line] = []
    for row in own:
        has_one = word("yes") if _node(row) in served else word("no")
        cells = (view.unit_name(row.origin.unit), row.org_name, len(named.get(_node(row), ())), has_one)
        lines.append((cells, view.behind("party_org", row)))
    cover = word("reserve_cover", done=len(served), due=len(own))
    reserves = distinct([row for row in posts if row.post_type == RESERVE], view.dataset.rulings)
    note = "；".join(filter(None, (cover, doubt_note(reserves))))
    return [traced(map(named_field, ("@unit", "@org", "#reserves", "#served")), lines, note)]


def _node(row: Row) -> Node:
    """Whose code it is: codes of two units may be the same."""
    return row.origin.unit, row.org_code
