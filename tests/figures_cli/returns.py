"""What a unit that does everything fills in, as far as the form of each policy asks for it; the cases change it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy

YIZHENG, YUNNAN = ("yizheng-2022", 2023), ("yunnan-2025", 2025)

Sheets = dict[str, object]


def organisation(
    unit: Mapping[str, object], number: int = 1, form: str = "党支部", **more: object
) -> dict[str, object]:
    """A row of the list of organisations."""
    code = unit["单位代码"]
    which = "" if number == 1 else f"第{'〇一二三四五六七八九'[number]}"
    name = f"中共{unit['单位全称']}离退休干部{which}{form}"
    return {"单位代码": code, "党组织代码": f"{code}-{number:02}", "党组织全称": name, "设置形式": form, **more}


def yizheng(code: str, name: str, **fields: object) -> Sheets:
    """A branch of ten with a secretary paid 300 a month; a year in which everything was done.

    Args:
        fields: of 单位情况.
    """
    year, org = 2023, f"{code}-01"
    unit = {
        "离退休干部工作机构": "老干部科",
        "党建工作专责人": "办公室主任",
        "党务干部人数": 2,
        "阵地形式": "单独设置",
        "是否具备单独设置条件": "是",
        "经费列支渠道": "年度预算",
        "书记补贴标准": 300,
        "填报人": "王丽",
        "填报日期": f"{year}-12-20",
    }
    branch = {
        "党组织代码": org,
        "所属单位代码": code,
        "党组织全称": f"中共{name}离退休干部党支部",
        "设置形式": "党支部",
        "是否临时党组织": "否",
        "设置依托": "原单位",
        "主管责任单位": name,
        "是否单独组建": "是",
        "成立日期": "2016-07-01",
        "正式党员数": 10,
        "党员总数": 10,
        "本届届满日期": "2026-06-30",
        "班子应配职数": 1,
        "固定活动日": "每月15日",
        "支部等次": "规范",
    }
    posts = [
        post(1, org, "R001", "周桂芳", "书记", 3600, month=12),
        post(2, org, "R002", "吴建国", "党建联络员", person_status="在职党员"),
    ]
    events = [
        event(1, code, "培训班", f"{year}-03-10", **{"总课时": 24, "其中三类课程课时": 18}),
        event(2, code, "党课", f"{year}-07-01", **{"主讲或带队身份": "党委（党组）书记"}),
        event(3, code, "情况通报", f"{year}-02-15"),
        event(4, code, "情况通报", f"{year}-08-15"),
        event(5, code, "参观学习", f"{year}-05-10", **{"是否就近": "是"}),
        event(6, code, "走访慰问", f"{year}-01-12", **{"节点": "元旦春节"}),
        event(7, code, "走访慰问", f"{year}-10-20", **{"节点": "老年节"}),
        event(8, code, "听取汇报", f"{year}-11-10"),
    ]
    figures = {"A01": 10, "A03": 10, "A05": 10, "E01": 20000, "E02": 18000, "E03": 3000, "E06": 3600}
    return {
        "单位情况": unit | fields,
        "党组织情况": [branch],
        "任职与补贴": posts,
        "活动台账": events,
        "年度汇总数": figures,
        "任务清单": _done(year),
    }


def yunnan(code: str, name: str, **fields: object) -> Sheets:
    """A branch of ten with a secretary and a study group with a leader, both paid 300 a month; other people a unit."""
    year, org, born = 2025, f"{code}-01", 1945 + int(code[-2:]) % 15
    unit = {
        "离退休干部工作机构": "老干部科",
        "党建工作专责人": "办公室主任",
        "党务干部人数": 2,
        "阵地形式": "单独设置",
        "经费列支渠道": "年度预算",
        "书记补贴标准": 300,
        "委员补贴标准": 200,
        "填报人": "王丽",
        "填报日期": f"{year}-12-20",
    }
    branch = {
        "党组织代码": org,
        "所属单位代码": code,
        "党组织全称": f"中共{name}离退休干部党支部",
        "设置形式": "党支部",
        "是否单独组建": "是",
        "成立日期": "2016-07-01",
        "正式党员数": 10,
        "党员总数": 10,
        "直接联系的党员领导干部": "党委副书记",
        "共建社区党组织": "青云社区党委",
        "支部等次": "规范",
    }
    trained = {"本年集中培训日期": f"{year}-04-10"}
    posts = [
        post(1, org, "R001", "周桂芳", "书记", 3600, month=12, born=f"{born}.08", **trained),
        post(2, org, "R002", "吴建国", "党建联络员", person_status="在职党员", **trained),
        post(
            3,
            org,
            "R003",
            "郑国强",
            "后备书记",
            born=f"{born + 15}.05",
            **{"退休日期": "2024-05-01", "是否担任过领导职务": "是"},
        ),
    ]
    group = {
        "小组代码": f"{code}-X01",
        "单位代码": code,
        "小组名称": "学习小组",
        "组建日期": "2020-03-01",
        "成员人数": 5,
        "挂联党支部代码": org,
    }
    posts.append(
        post(
            4,
            org,
            "R004",
            "冯玉兰",
            "学习小组组长",
            3600,
            month=12,
            born=f"{born}.03",
            group=group["小组代码"],
            year=2020,
        )
        | {"人员身份": "离退休非中共党员"}
    )
    events = [
        event(1, code, "全覆盖培训", f"{year}-03-10"),
        event(2, code, "党课", f"{year}-07-01", **{"主讲或带队身份": "党委（党组）书记"}),
        event(3, code, "负责同志调研", f"{year}-06-10", **{"主讲或带队身份": "党委（党组）书记"}),
        event(4, code, "队伍状况分析", f"{year}-05-10"),
        event(5, code, "队伍状况分析", f"{year}-11-10"),
        event(6, code, "警示教育", f"{year}-09-10"),
        event(7, org, "主题党日", f"{year}-07-15"),
        *(
            event(8 + quarter, group["小组代码"], "学习小组学习", f"{year}-{3 * quarter + 2:02}-20")
            for quarter in range(4)
        ),
    ]
    figures = {"A01": 15, "A03": 10, "A04": 5, "A05": 10, "A06": 5, "B01": 15, "E01": 20000, "E02": 18000, "E06": 7200}
    honors = [
        {
            "项目序号": 1,
            "申报代码": org,
            "项目类型": "支部特色",
            "项目名称": "夕阳红",
            "级别": "单位级",
            "状态": "命名",
            "命名或表彰日期": f"{year}-05-01",
        }
    ]
    return {
        "单位情况": unit | fields,
        "党组织情况": [branch],
        "任职与补贴": posts,
        "学习小组": [group],
        "活动台账": events,
        "年度汇总数": figures,
        "创建与品牌": honors,
        "任务清单": _done(year),
    }


def post(
    number: int,
    org: str,
    key: str,
    name: str,
    what: str,
    paid: float | None = None,
    *,
    month: int | None = None,
    born: str | None = None,
    group: str | None = None,
    person_status: str = "离退休党员",
    year: int = 2021,
    **more: object,
) -> dict[str, object]:
    """A row of 任职与补贴; paid or not, since 1 March of a year."""
    row = {
        "任职序号": number,
        "党组织代码": org,
        "人员编号": key,
        "姓名": name,
        "人员身份": person_status,
        "职务": what,
        "任职日期": f"{year}-03-01",
        "是否领取补贴": "否" if paid is None else "是",
    }
    row |= {"本期已发月数": month, "本期已发金额": paid} if paid is not None else {}
    row |= {"出生年月": born} if born else {}
    row |= {"学习小组代码": group} if group else {}
    return row | more


def event(number: int, host: str, what: str, day: str, **more: object) -> dict[str, object]:
    """A row of 活动台账."""
    return {
        "活动序号": number,
        "主办代码": host,
        "活动类型": what,
        "开始日期": day,
        "主题": f"{what}（第{number}次）",
        "对象": "离退休干部",
        "方式": "线下",
        "应到人数": 15,
        "实到人数": 15,
    } | more


def _done(year: int) -> dict[str, object]:
    return {"责任岗位": "办公室主任", "状态": "已完成", "完成日期": f"{year}-11-30", "佐证材料编号": "A-1"}


def changed(sheets: Sheets, **cells: object) -> Sheets:
    """A copy in which cells of tables differ: 表__number__column = value."""
    made = deepcopy(sheets)
    for where, value in cells.items():
        sheet, number, column = where.split("__")
        made[sheet][int(number)][column] = value
    return made
