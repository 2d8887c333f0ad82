"""The sheets of totals and lists: 年度汇总数, 创建与品牌, 任务清单, 银发人才库."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from toolkit.model.form import FixedRow
from toolkit.sample.story import FLAWLESS, Row, Story
from toolkit.sample.words import words

_TRAININGS = {"培训班", "全覆盖培训"}


def totals(story: Story, posts: list[Row], events: list[Row]) -> dict[str, int | Decimal]:
    """The value of every statistic by its English name; consistent with the other sheets."""
    rng = story.rng
    counts = story.head_count
    served, party = counts["served_total"], counts["party_in_org"]
    held = [row for row in events if {row["event_type"], row.get("also_counts_as")} & _TRAININGS]
    trained = sum(int(row["attend_count"]) for row in held)
    known: dict[str, int | Decimal] = {
        **counts,
        "served_lixiu": rng.randint(0, min(2, served)),
        "retired_this_year": rng.randint(0, 4),
        "soe_retired_party": rng.randint(1, 5) if story.unit.category == "国有企业" else 0,
        "class_groups": rng.randint(2, 5),
        "classed_members": party,
        "trained_distinct": min(served if story.happens(0.85) else max(0, served - rng.randint(1, 5)), trained),
        "home_study_due": rng.randint(0, 5),
        "offline_due": max(1, party - rng.randint(0, 5)),
        "volunteer_hours": Decimal(rng.randint(0, 800)) / 2,
        "timebank_hours": Decimal(rng.randint(0, 60)) / 2,
        "smart_aided": rng.randint(0, 60),
        "psych_care_services": rng.randint(0, 6),
        "peer_link_due": served,
        "chat_groups_total": rng.randint(1, 4),
        **_money(story, posts),
    }
    return known


def _money(story: Story, posts: list[Row]) -> dict[str, Decimal]:
    rng = story.rng
    budget = Decimal(rng.randint(30, 300) * 100)
    paid = [row for row in posts if row.get("paid_amount")]
    secretaries = sum(1 for row in paid if row["post_type"] == "书记")
    due = secretaries * 12 * story.secretary_rate
    return {
        "budget_amount": budget,
        "budget_spent": (budget * rng.randint(70, 100) / 100).quantize(Decimal("0.01")),
        "activity_fund": Decimal(rng.randint(10, 80) * 100),
        "party_fee_support": Decimal(rng.randint(0, 30) * 100),
        "training_fund": Decimal(rng.randint(5, 30) * 100),
        "secretary_subsidy_budget": due if story.happens(0.95) else due / 2,
    }


def annual_stat(story: Story, values: dict[str, int | Decimal]) -> list[Row]:
    """One row a printed statistic, in their order; a part is never more than its whole."""
    keys = {row.key: row.values["stat_key"] for row in story.form.by_name["annual_stat"].fixed_rows}
    found: dict[str, int | Decimal] = {}
    for fixed in story.form.by_name["annual_stat"].fixed_rows:
        key = fixed.values["stat_key"]
        whole = found.get(keys.get(fixed.parent, ""))
        found[key] = values[key] if key in values else _unknown(story, fixed, whole)
    return [{"value": value} for value in found.values()]


def _unknown(story: Story, fixed: FixedRow, whole: int | Decimal | None) -> int | Decimal:
    """A value for a statistic that nothing else fixes: the whole if the unit is diligent, less if not."""
    if whole is None:
        return story.rng.choice((0, 0, 1, 2, 3))
    if fixed.values["stat_key"] in ("absent_unjustified",):
        absent = story.rng.choice((0, 0, 1))
        return 0 if story.orderly else min(whole, absent)
    return whole if story.happens(0.94) or not whole else whole - 1


def honors(story: Story) -> list[Row]:
    """The rows of the sheet 创建与品牌."""
    rng, known = story.rng, words()
    own = _own_marks(story)
    if rng.random() > 0.4:
        return _numbered(own)
    model = "示范支部" if story.policy_id.startswith("yizheng") else "模范党支部"
    org = rng.choice(story.leaves)
    status = rng.choice(("申报", "创建中", "命名"))
    row = _honor(org.code, model, org.name, "县（市、区）级", status)
    row |= dict.fromkeys(("good_org", "good_team", "good_members", "good_study", "good_role", "good_rules"), "是")
    if status == "命名":
        row["award_date"] = date(story.year, 6, 28)
    rows = [row]
    for kind, names in (("党建品牌", "brand_names"), ("支部工作法", "method_names"), ("精品课程", "course_names")):
        if rng.random() < 0.3:
            name = rng.choice(known[names])
            item = _honor(org.code, kind, name, "单位级", "创建中")
            if kind == "精品课程":
                item["course_class"] = "党性教育主体课"
            rows.append(item)
    return _numbered([*rows, *own])


def _own_marks(story: Story) -> list[Row]:
    """What every branch of a flawless unit is known for; others leave that out, as the text only recommends it."""
    if story.manner != FLAWLESS:
        return []
    marks = words()["method_names"]
    return [
        _honor(org.code, "支部特色", marks[place % len(marks)], "单位级", "创建中")
        for place, org in enumerate(story.leaves)
    ]


def _numbered(rows: list[Row]) -> list[Row]:
    for number, item in enumerate(rows, 1):
        item |= {"item_no": str(number), "evidence_no": f"创-{number}"}
    return rows


def _honor(host: str, kind: str, name: str, level: str, status: str) -> Row:
    return {"host_code": host, "item_type": kind, "item_name": name, "level": level, "status": status}


def tasks(story: Story, count: int) -> list[Row]:
    """The open cells of the printed task rows."""
    return [_task(story, number) for number in range(1, count + 1)]


def _task(story: Story, number: int) -> Row:
    rng = story.rng
    row: Row = {"owner": rng.choice(words()["owners"])}
    status = rng.choices(("已完成", "进行中", "不适用", "未启动"), (0.86, 0.08, 0.03, 0.03))[0]
    if story.orderly and status != "不适用":
        status = "已完成"
    if story.diligence < 0.5:
        status = rng.choice(("已完成", "进行中", "未启动"))
    row["status"] = status
    if status == "已完成":
        row["done_date"] = date(story.year, rng.randint(3, 11), rng.randint(1, 28))
        if story.happens(0.96):
            row["evidence_no"] = f"档-{number:02d}"
    if status == "不适用":
        row["na_reason"] = rng.choice(words()["na_reasons"])
    return row


def talents(story: Story) -> list[Row]:
    """The rows of the sheet 银发人才库; only who agreed, with the day."""
    rng = story.rng
    if rng.random() > 0.3:
        return []
    org = story.leaves[0]
    fields = story.form.code_lists["specialty"]
    return [
        {
            "talent_no": str(number),
            "org_code": org.code,
            "name": person.name,
            "specialty": rng.choice(fields),
            "level": "单位级",
            "consent": "是",
            "consent_date": date(story.year, 5, rng.randint(1, 28)),
            "programme": rng.choice(("银龄行动", "无")),
            "service_count": rng.randint(0, 12),
        }
        for number, person in enumerate(org.members[: rng.randint(1, 3)], 1)
    ]
