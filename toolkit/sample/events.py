"""The year's activities of a unit, its branches and study groups: the sheet 活动台账."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from toolkit.sample.story import Row, Story
from toolkit.sample.words import Activity, activities


def events(story: Story) -> list[Row]:
    """The rows of the sheet 活动台账, by date."""
    rows: list[Row] = []
    for activity in activities(story.policy_id):
        for host, people, since in _hosts(story, activity):
            for month in _months(story, activity):
                if story.happens(activity.chance):
                    row = _row(story, activity, host, people, month, since)
                    if row:
                        rows.append(row)
    rows.sort(key=lambda row: (row["event_date"], row["host_code"], row["event_type"]))
    for number, row in enumerate(rows, 1):
        row["event_no"] = str(number)
    return rows


def _hosts(story: Story, activity: Activity) -> list[tuple[str, int, date]]:
    """(code, how many people, existing since) of those who hold the activity."""
    start = date(story.year, 1, 1)
    total = story.head_count["served_total"]
    if activity.host == "branch":
        return [(org.code, len(org.members), max(start, org.set_date)) for org in story.leaves]
    if activity.host == "group":
        return [(code, size, max(start, founded)) for code, _, founded, size in story.groups]
    if activity.host == "top" and not story.unit.speaks:
        return []
    return [(story.unit.code, total, start)]


def _months(story: Story, activity: Activity) -> tuple[int, ...]:
    if activity.host == "branch" and len(activity.months) > 4:
        return activity.months
    if activity.host == "branch" and activity.type in ("支部党员大会", "支委会"):
        return activity.months
    return (story.rng.choice(activity.months),)


def _row(story: Story, activity: Activity, host: str, people: int, month: int, since: date) -> Row | None:
    rng, sheet = story.rng, story.form.by_name["event"]
    day = next((day for day in story.days(month) if day >= since), None)
    if day is None:
        return None
    expected = max(3, people if activity.target != "书记委员" else 5)
    row: Row = {
        "host_code": host,
        "event_type": activity.type,
        "event_date": day,
        "title": activity.title.format(month=month, quarter=(month + 2) // 3),
        "target_group": activity.target,
        "mode": activity.mode,
        "venue_type": activity.place,
        "expected_count": expected,
        "attend_count": expected if activity.hours else max(1, round(expected * rng.uniform(0.6, 1.0))),
        "evidence_no": f"{story.year}-{rng.randint(1, 999):03d}",
    }
    optional = {"also_counts_as": activity.also, "speaker_role": activity.speaker, "theme_area": activity.area}
    optional |= {"occasion": activity.occasion, "brand_tag": activity.brand}
    row |= {name: value for name, value in optional.items() if value}
    if activity.nearby:
        row["is_nearby"] = "是" if story.turns_out(0.93) else "否"
    if activity.hours:
        total = rng.choice((16, 20, 24, 40))
        row["hours_total"] = Decimal(total)
        share = Decimal("0.75" if story.turns_out(0.93) else "0.60")
        row["hours_core"] = (total * share).quantize(Decimal("0.1"))
    return {name: value for name, value in row.items() if name in sheet.by_name}
