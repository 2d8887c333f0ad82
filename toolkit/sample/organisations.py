"""The sheets about the unit and its organisations: 单位情况, 党组织情况, 党员名册, 学习小组, 流动党员."""

from __future__ import annotations

from datetime import date, timedelta

from toolkit.sample.story import Org, Row, Story
from toolkit.sample.words import words

_VENUES = ("单独设置", "统筹使用党群服务中心", "统筹使用新时代文明实践中心", "其他共享场所")
_PLACES = ("原单位", "集中居住地", "活动学习场所", "养老机构", "村（社区）")


def unit_row(story: Story) -> Row:
    """The one record of the sheet 单位情况; prefilled columns are left to the issued workbook."""
    rng, unit = story.rng, story.unit
    known = words()
    staff = rng.randint(2, 6)
    channel = "企业预算（管理费用、税前列支）" if unit.category == "国有企业" else "年度预算"
    return {
        "unit_short_names": "；".join(unit.short_names),
        "work_body_name": rng.choice(known["work_bodies"]),
        "responsible_person": rng.choice(known["owners"]),
        "responsible_phone": f"内线{rng.randint(6000, 6999)}",
        "staff_total": staff,
        "staff_young": rng.randint(1, staff),
        "venue_mode": rng.choices(_VENUES, (0.5, 0.25, 0.15, 0.1))[0],
        "venue_feasible": "是" if story.goes_wrong(0.3) else "否",
        "budget_channel": channel if story.happens(0.95) else "其他渠道",
        "subsidy_std_secretary": story.secretary_rate,
        "subsidy_std_deputy": story.committee_rate,
        "subsidy_std_committee": story.committee_rate,
        "filler": unit.contact,
        "fill_date": story.fill_date,
    }


def party_orgs(story: Story) -> list[Row]:
    """The rows of the sheet 党组织情况."""
    return [_org(story, org) for org in story.orgs]


def _org(story: Story, org: Org) -> Row:
    rng, known = story.rng, words()
    place = rng.choices(_PLACES, (0.8, 0.05, 0.05, 0.04, 0.06))[0]
    grades = ("未评定", "规范", "示范") if story.policy_id.startswith("yizheng") else ("一般", "规范", "模范")
    left = rng.choices((0, 1, 2), (0.1, 0.45, 0.45))[0]
    ends = date(story.year + (2 if story.orderly else left), rng.randint(1, 12), 28)
    row: Row = {
        "org_code": org.code,
        "unit_code": story.unit.code,
        "org_name": org.name,
        "org_type": org.type,
        "is_temporary": "否",
        "parent_org_code": org.parent,
        "setting_place": place,
        "supervising_unit": story.unit.name,
        "standalone": "是",
        "set_date": org.set_date,
        "full_members": org.full,
        "total_members": len(org.everyone),
        "term_end_date": ends,
        "committee_seats": org.seats,
        "fixed_activity_day": rng.choice(known["activity_days"]) if story.happens(0.95) else "",
        "linked_leader_post": rng.choice(known["leader_posts"]) if story.happens(0.92) else "",
        "partner_community_org": rng.choice(known["partners"]) if story.happens(0.7) else "",
        "branch_grade": rng.choice(grades),
    }
    if org.leaf and len(org.everyone) > 50:
        row |= {"exception_reason": "拟拆分或改设", "exception_note": "已报上级党组织研究"}
    elif org.leaf and org.full < 3:
        row["exception_reason"] = "人数不足3名正式党员"
    elif (org.type == "党总支" and not 50 <= len(org.everyone) <= 100) or (
        org.type == "党委" and len(org.everyone) <= 100
    ):
        row |= {"exception_reason": "上级批准", "exception_note": "上级党组织批复同意设置"}
    return row


def members(story: Story) -> list[Row]:
    """The rows of the sheet 党员名册; most units leave this module out."""
    if story.rng.random() > 0.3:
        return []
    return [_member(story, org, person) for org in story.leaves for person in org.members]


def _member(story: Story, org: Org, person) -> Row:
    rng = story.rng
    born = int(person.birth[:4])
    joined = date(born + rng.randint(20, 34), rng.randint(1, 12), rng.randint(1, 28))
    full = joined if date(1969, 4, 1) <= joined <= date(1977, 8, 11) else _next_year(joined)
    lixiu = born < 1938
    row: Row = {
        "member_no": person.key,
        "org_code": org.code,
        "name": person.name,
        "birth_ym": person.birth,
        "member_status": "正式" if person.full else "预备",
        "join_date": joined,
        "retire_date": date(born + 60, rng.randint(1, 12), 28),
        "cadre_type": "离休" if lixiu else "退休",
        "held_leading_post": rng.choice(("是", "否")),
        "relation_location": "原工作单位",
        "record_status": "在册",
    }
    if not person.full:
        return row | {"join_date": date(story.year, 1, 15)}
    row["full_date"] = full
    due = full.year + 50 + ((full.month, full.day) > (7, 1))
    if due <= story.year and story.turns_out(0.93):
        row["medal_year"] = max(due, 2021)
    return row


def _next_year(day: date) -> date:
    return day.replace(year=day.year + 1)


def study_groups(story: Story) -> list[Row]:
    """The rows of the sheet 学习小组, and the story's groups for posts, events and totals."""
    if "study_group" not in story.form.by_name or story.rng.random() > 0.6:
        return []
    linked = story.rng.choice(story.leaves)
    size, code = story.rng.randint(3, 14), f"{story.unit.code}-X01"
    founded = date(story.year - 1, story.rng.randint(1, 12), 10)
    if story.rng.random() < 0.1:
        founded = date(story.year, 5, 6)
    story.groups.append((code, linked.code, founded, size))
    return [
        {
            "group_code": code,
            "unit_code": story.unit.code,
            "group_name": f"{story.unit.name}非中共党员学习小组",
            "set_date": founded,
            "group_size": size,
            "linked_org_code": linked.code,
        }
    ]


def floating(story: Story) -> list[Row]:
    """The rows of the sheet 流动党员."""
    if story.rng.random() > 0.35:
        return []
    org = max(story.leaves, key=lambda leaf: len(leaf.members))
    people = org.members[-story.rng.randint(1, 3) :]
    return [_floating(story, org, person.key, number) for number, person in enumerate(people, 1)]


def _floating(story: Story, org: Org, key: str, number: int) -> Row:
    rng, year = story.rng, story.year
    out = date(year, 1, 5) + timedelta(days=rng.randrange(-300, 250))
    if story.orderly:  # the six months and what follows them are over before the workbook is filled in
        out = min(out, date(year, 3, 1))
    eligible = rng.random() < 0.3
    row: Row = {
        "float_no": str(number),
        "org_code": org.code,
        "direction": "流出",
        "member_no": key,
        "float_kind": "长期异地居住",
        "out_date": out,
        "counterpart_place": rng.choice(words()["place_far"]),
        "counterpart_org": f"{rng.choice(words()['place_first'])}苑社区党总支",
        "transfer_eligible": "是" if eligible else "否",
        "registered_date": out + timedelta(days=rng.randint(3, 25)),
        "local_activity_count": rng.randint(0, 6),
    }
    if eligible:
        row["transfer_willing"] = "是" if rng.random() < 0.6 else "否"
        if row["transfer_willing"] == "是" and story.happens(0.8):
            row["transfer_date"] = out + timedelta(days=rng.randint(20, 60))
    if story.happens(0.8):
        row["reported_date"] = out + timedelta(days=rng.randint(10, 40))
    notified = out + timedelta(days=rng.randint(184, 205))
    if notified <= story.fill_date and story.happens(0.85):
        row["notified_date"] = notified
        if notified + timedelta(days=20) <= story.fill_date and story.happens(0.7):
            row["included_date"] = notified + timedelta(days=20)
    for quarter in range(1, 5):
        if date(year, 3 * quarter, 1) > out and date(year, 3 * quarter - 2, 1) <= story.fill_date:
            row[f"contact_q{quarter}"] = rng.randint(1, 3) if story.happens(0.93) else 0
    return row
