"""改名录, one function a button: the unit list of a running round changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from toolkit.bridge.desk import Desk, answer_with
from toolkit.bridge.protocol import Answer
from toolkit.campaign import Campaign, open_campaign
from toolkit.console import console
from toolkit.model.errors import XltoolError
from toolkit.model.unit import Unit
from toolkit.words import say

FIELDS = ("code", "name", "category", "level", "parent")
_RENAMES, _MOVES = FIELDS[:2], FIELDS[2:]


def _done(desk: Desk, message: str, campaign: Campaign) -> Answer:
    """The answer with the board of the list as it is now; the cells of the change are empty again."""
    message = console().in_buttons(message)
    answer = answer_with(desk, open_campaign(campaign.folder), message)
    answer.puts |= dict.fromkeys([f"cfg_list_{name}" for name in ("unit", *FIELDS, "why")], "")
    return answer


def _unit(desk: Desk) -> Unit:
    from toolkit.campaign.changing import find_unit

    return find_unit(desk.campaign.units, desk.needed("cfg_list_unit"))


def add(desk: Desk) -> Answer:
    """增加单位: `xltool unit add`."""
    from toolkit.campaign.changing import add_unit

    desk.tell("begin")
    facts = {name: desk.needed(f"cfg_list_{name}") for name in FIELDS[:-1]}
    made = add_unit(desk.campaign, facts | {"parent": desk.value("cfg_list_parent")})
    return _done(desk, say("unit_added", unit=made.code, name=made.name, folder=desk.folder), desk.campaign)


def change(names: tuple[str, ...], desk: Desk) -> Answer:
    """改代码名称, 换归口层级: `xltool unit rename`, `xltool unit move`.

    Raises: XltoolError: M017 nothing was written.
    """
    from toolkit.campaign.changing import change_unit

    desk.tell("begin")
    unit = _unit(desk)
    facts = {name: text for name in names if (text := desk.value(f"cfg_list_{name}").strip())}
    if not facts:
        raise XltoolError("M017", label=console().setting(f"cfg_list_{names[0]}").label)
    made = change_unit(desk.campaign, unit, facts)
    return _done(desk, say("unit_changed", unit=made.code, name=made.name), desk.campaign)


def remove(desk: Desk) -> Answer:
    """移出名录: `xltool unit remove`."""
    from toolkit.campaign.changing import remove_unit
    from toolkit.round_trip.states import files_of

    desk.tell("begin")
    unit = _unit(desk)
    remove_unit(desk.campaign, unit, desk.needed("cfg_list_why"), files_of(desk.campaign, unit.code))
    return _done(desk, say("unit_removed", unit=unit.code, name=unit.name), desk.campaign)


def check(desk: Desk) -> Answer:
    """核对名录: `xltool unit check`."""
    from toolkit.campaign.changing import check_list, counts

    desk.tell("begin")
    path, draft = check_list(desk.campaign)
    found = counts(draft)
    message = say("unit_checked", **found)
    return answer_with(desk, desk.campaign, message, outputs=[path], bad=bool(found["open"]))


LIST: dict[str, Callable[[Desk], Answer]] = {
    "unit_add": add,
    "unit_rename": partial(change, _RENAMES),
    "unit_move": partial(change, _MOVES),
    "unit_remove": remove,
    "unit_check": check,
}
