"""Templates and workbooks that leave the bureau: the blank form, the unit list form, one workbook a unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.campaign import Campaign, check_year
from toolkit.files import write_new
from toolkit.forms import load_form
from toolkit.model.stamp import Stamp
from toolkit.policies import load_policy, policy_ids

if TYPE_CHECKING:
    from toolkit.distribute import Issued
    from toolkit.round_trip.prefilling import Prefilling


def write_template(policy: str, path: Path, *, year: int | None = None, collect_id_numbers: bool = False) -> None:
    """Writes the standard workbook of a policy, not addressed to any unit.

    Raises: XltoolError: P001 no such policy, K003 the year is outside it, O001 to O004.
    """
    from toolkit.template import build_template

    pack = load_policy(policy)
    if year is not None:
        check_year(pack, year)
    form = load_form(pack, frozenset({"collect_id_numbers"} if collect_id_numbers else ()))
    stamp = Stamp(policy=pack.id, version=form.version, year=str(year or ""), switches=",".join(sorted(form.switches)))
    write_new(path, build_template(form, pack, stamp))


def write_unit_list_form(path: Path) -> None:
    """Writes an empty unit list, for the bureau to fill in.

    Raises: XltoolError: O001 to O004.
    """
    from toolkit.campaign.unit_list import unit_list_workbook
    from toolkit.model.unit import UnitList

    write_new(path, unit_list_workbook(UnitList(), load_form(load_policy(policy_ids()[0]))))


def issue(campaign: Campaign, known: Prefilling | None = None) -> list[Issued]:
    """Writes one personalised workbook a unit into 下发 and notes it in the ledger.

    A workbook that somebody changed since it was issued is kept as it is.

    Args:
        known: what else stands in the workbooks; made when it is not given.
    """
    from toolkit.distribute import KEPT, distribute
    from toolkit.round_trip.prefilling import Prefilling

    with campaign.writing():
        ledger = campaign.ledger
        whole = (campaign.form, campaign.policy, campaign.units, campaign.issued, campaign.stamp, ledger.issued())
        issued = distribute(*whole, (known or Prefilling(campaign)).cells)
        ours = [item for item in issued if item.state != KEPT]
        rows = [(item.unit, item.path.name, item.sha256, campaign.form.version) for item in ours]
        ledger.record_issued(rows, campaign.units.names)
    return issued


def left_over(campaign: Campaign, issued: Iterable[Issued]) -> list[str]:
    """Workbooks in 下发 that are no unit's any more: the unit has another name now, or is not on the list."""
    now = {item.path.name for item in issued}
    return sorted(
        path.name for path in campaign.issued.glob("*.xlsx") if path.name not in now | {f"~${n}" for n in now}
    )


def issued_counts(issued: Iterable[Issued]) -> dict[str, int]:
    """How many workbooks are new, updated, the same as before, kept as somebody left them."""
    from toolkit.distribute import KEPT, NEW, UNCHANGED, UPDATED

    states = Counter(item.state for item in issued)
    return {"new": states[NEW], "updated": states[UPDATED], "same": states[UNCHANGED], "kept": states[KEPT]}
