"""The few registers that need code, by the name that the definitions use."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from toolkit.model.register import Block
from toolkit.registers.special import floating, medal, money, organisations, people, reserves, tasks, whole
from toolkit.registers.view import View

SPECIALS: dict[str, Callable[[View], Sequence[Block]]] = {
    "floating_pairs": floating.pairs,
    "floating_feedback": floating.feedback,
    "floating_credits": floating.credits,
    "suggested_forms": organisations.suggested_forms,
    "existing_forms": organisations.existing_forms,
    "terms": organisations.terms,
    "vacancies": organisations.vacancies,
    "grade_moves": organisations.grade_moves,
    "directory_gaps": organisations.directory_gaps,
    "liaison_load": people.liaison_load,
    "liaison_duties": people.liaison_duties,
    "liaison_gaps": people.liaison_gaps,
    "corps": people.corps,
    "corps_of_units": people.corps_of_units,
    "unit_results": whole.unit_results,
    "task_progress": tasks.progress,
    "reserve_branches": reserves.branches,
    "medal_list": medal.listed,
    "medal_years": medal.by_year,
    "allowance_budget": money.allowance_budget,
    "channels": money.channels,
    "situation": whole.situation,
}
