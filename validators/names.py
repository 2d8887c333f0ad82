"""The three elements of an organisation's name: the unit, the people it serves, its form (calculations C7).

Shared by the check on returned workbooks and by the computation of the naming clauses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from toolkit.model.result import MET, NOT_MET, WARNING

SERVED = re.compile("离退休|离休|退休|老干部")
_FORMS = (
    (re.compile("总支部?(?:委员会)?$"), "党总支"),
    (re.compile("支部(?:委员会)?$"), "党支部"),
    (re.compile("(?:党委|委员会)$"), "党委"),
)
_SAME_FORM = {"联合党支部": "党支部"}
_ANY_FORM = "临时党组织"
_LACKS, _SHORT_ONLY = "缺{}", "仅匹配简称"


@dataclass(frozen=True, slots=True)
class NameVerdict:
    """Level (达标, 预警, 不达标) and its reason, empty when 达标."""

    level: str
    reason: str


def split_short(text: str | None) -> tuple[str, ...]:
    """The registered short names of a cell.

    >>> split_short("教育局；市教育局"), split_short(None)
    (('教育局', '市教育局'), ())
    """
    return tuple(part.strip() for part in re.split("[；;、]", text) if part.strip()) if isinstance(text, str) else ()


def name_elements(org_name: str, unit_name: str, short_names: tuple[str, ...], org_type: str) -> NameVerdict:
    """Whether the name has all three elements and its ending agrees with the registered type.

    A leading 中共 and blanks do not count. The people served are looked for in what is left after the unit's name,
    otherwise 老干部局党支部 would pass by its unit's name. A missing element or another form is 不达标, a match by
    short name only is 预警. Serial numbers (第一、第二) are allowed.

    Source: YN-06-e, YN-00-g; calculations C7.

    >>> name_elements("中共仪征市教育局离退休干部党支部委员会", "仪征市教育局", (), "党支部")
    NameVerdict(level='达标', reason='')
    >>> name_elements("教育局老干部支部", "仪征市教育局", ("教育局",), "党支部")
    NameVerdict(level='预警', reason='仅匹配简称')
    >>> name_elements("第一党支部", "仪征市教育局", (), "党支部").reason
    '缺单位名称、服务群体'
    >>> name_elements("仪征市教育局离退休干部党总支", "仪征市教育局", (), "党支部").reason
    '名称为党总支，登记为党支部'
    """
    name, unit = _bare(org_name), _bare(unit_name)
    short = next((text for text in sorted(map(_bare, short_names), key=len, reverse=True) if text in name), "")
    found = unit if unit and unit in name else short
    rest = name.replace(found, "", 1) if found else name
    form = next((form for pattern, form in _FORMS if pattern.search(name)), "")
    missing = [
        label
        for label, there in (("单位名称", found), ("服务群体", SERVED.search(rest)), ("设置形式", form))
        if not there
    ]
    if missing:
        return NameVerdict(NOT_MET, _LACKS.format("、".join(missing)))
    if org_type != _ANY_FORM and form != _SAME_FORM.get(org_type, org_type):
        return NameVerdict(NOT_MET, f"名称为{form}，登记为{org_type}")
    return NameVerdict(MET, "") if found == unit else NameVerdict(WARNING, _SHORT_ONLY)


def _bare(name: str) -> str:
    return re.sub(r"\s", "", name).removeprefix("中共")
