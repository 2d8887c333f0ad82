"""docs/registers.md: the table of the named systems and where each is served."""

from __future__ import annotations

from itertools import groupby

from toolkit.forms import load_form
from toolkit.policies import load_policy, policy_ids
from toolkit.registers import served_systems
from toolkit.registers.definitions import all_definitions, word
from toolkit.registers.systems import systems


def register_page() -> str:
    """The text of the page."""
    return "\n".join([word("page_head", count=len(systems())), "", *_systems(), *_registers(), ""])


def _systems() -> list[str]:
    """One table a group: system, clauses, where it is served under each policy, what is out of reach."""
    served: dict[str, list[tuple[str, str]]] = {}
    for name in policy_ids():
        policy = load_policy(name)
        for _, system, clauses, where, _ in served_systems(policy, load_form(policy)):
            served.setdefault(system, []).append((f"{policy.short_title}：{clauses}", where.replace("\n", "；")))
    lines = []
    for group, members in groupby(systems(), key=lambda one: one.group):
        lines += [f"## {group}", "", word("page_systems"), "|---|---|---|---|"]
        for one in members:
            own = served[one.name]
            cells = (one.name, "<br>".join(clauses for clauses, _ in own), "<br>".join(where for _, where in own))
            lines.append("| " + " | ".join((*cells, one.out_of_reach)) + " |")
        lines.append("")
    return lines


def _registers() -> list[str]:
    """Every register with its sheet and its clauses."""
    lines = [word("page_registers"), "", word("page_columns"), "|---|---|---|"]
    lines += [f"| {one.sheet} | {one.title} | {'、'.join(one.clauses)} |" for one in all_definitions()]
    return lines
