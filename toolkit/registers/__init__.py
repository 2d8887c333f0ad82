"""The registers, lists and ledgers that a policy names: merged data and policy → tables. Pure functions, no files.

What a register shows is data (`definitions.yaml`, `lists.yaml`); a pack may add its own in `registers.yaml`.
Where each named system of the policies is served stands in `systems.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.model.batch import Dataset
    from toolkit.model.figures import Share
    from toolkit.model.form import Form
    from toolkit.model.policy import Parameters, Policy
    from toolkit.model.register import Register
    from toolkit.model.reports import AllowanceReport, ComplianceReport


def registers(
    dataset: Dataset,
    policy: Policy,
    parameters: Parameters,
    as_of: date,
    compliance: ComplianceReport,
    allowance: AllowanceReport,
    earlier: Mapping[int, Mapping[str, Share]] | None = None,
) -> Sequence[Register]:
    """All registers that the policy names, in the order of the definitions.

    Args:
        compliance: the levels as they may leave the unit (small sensitive totals withheld).
        earlier: year → clause → met out of asked, of the earlier rounds.
    Raises: DefinitionError: a definition names a column, choice or clause that does not exist.
    """
    from toolkit.registers.building import build
    from toolkit.registers.definitions import load_definitions
    from toolkit.registers.view import View

    view = View(dataset, policy, parameters, as_of, compliance, allowance, earlier)
    return tuple(one for one in (build(item, view) for item in load_definitions(policy)) if one)


def served_systems(policy: Policy, form: Form) -> list[tuple[str, str, str, str, str]]:
    """Group, name, clauses, where it is served and what is out of reach, of every system that the policy names."""
    from toolkit.registers.platforms import load_platforms
    from toolkit.registers.systems import served, systems_of
    from toolkit.words import words

    names = {"registers": words()["files"]["registers"].removesuffix(".xlsx")}
    names |= {f"sheet:{sheet.name}": sheet.label for sheet in form.sheets}
    names |= {f"book:{key}": name for key, name in words()["files"].items()}
    names |= {f"export:{one.key}": one.sheet for one in load_platforms(policy)}
    return [
        (
            one.group,
            one.name,
            "、".join(code for code in one.clauses if code in policy.clauses),
            "\n".join(served(one, policy, names)),
            one.out_of_reach,
        )
        for one in systems_of(policy)
    ]
