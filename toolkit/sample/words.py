"""The words of invention: names, places, units and activities, as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, cast

from toolkit.model import strictyaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity of the year's calendar.

    Args:
        host: unit, branch, group or top (only the unit that speaks for the area).
        months: the months it may fall in; a branch's or group's activity falls in each of them.
        chance: how likely a diligent unit holds it.
    """

    type: str
    host: str
    months: tuple[int, ...]
    title: str
    target: str
    chance: float
    also: str = ""
    speaker: str = ""
    mode: str = "线下"
    place: str = "单位活动阵地"
    occasion: str = ""
    area: str = ""
    brand: str = ""
    nearby: bool = False
    hours: bool = False
    policies: tuple[str, ...] = ()


@cache
def words() -> dict[str, Any]:
    """All word lists by name, from names.yaml."""
    return cast(dict[str, Any], strictyaml.plain(strictyaml.load(FOLDER / "names.yaml")))


@cache
def activities(policy_id: str) -> tuple[Activity, ...]:
    """The activities of the year's calendar under one policy, from activities.yaml."""
    record = strictyaml.load(FOLDER / "activities.yaml")
    found = [_activity(item) for item in record.records("activities")]
    record.done()
    return tuple(item for item in found if not item.policies or policy_id in item.policies)


def _activity(record: strictyaml.Record) -> Activity:
    activity = Activity(
        type=record.text("type"),
        host=record.one_of("host", ("unit", "branch", "group", "top")),
        months=tuple(int(month) for month in record.texts("months")),
        title=record.text("title"),
        target=record.text("target"),
        chance=float(record.text("chance")),
        also=record.text("also", ""),
        speaker=record.text("speaker", ""),
        mode=record.text("mode", "线下"),
        place=record.text("place", "单位活动阵地"),
        occasion=record.text("occasion", ""),
        area=record.text("area", ""),
        brand=record.text("brand", ""),
        nearby=record.text("nearby", "") == "1",
        hours=record.text("hours", "") == "1",
        policies=record.texts("policies"),
    )
    record.done()
    return activity


def full_name(rng: Random) -> str:
    """An invented name."""
    known = words()
    second = rng.choice(known["given_second"]) if rng.random() < 0.85 else ""
    return rng.choice(known["surnames"]) + rng.choice(known["given"]) + second


def place_name(number: int) -> str:
    """The invented place of a number; different for different numbers below 600, numbered beyond.

    >>> place_name(0) != place_name(1)
    True
    """
    first, second = words()["place_first"], words()["place_second"]
    turn, rest = divmod(number, len(first) * len(second))
    column, row = divmod(rest, len(first))
    return first[row] + second[(column + row) % len(second)] + ("" if turn == 0 else f"第{turn + 1}")
