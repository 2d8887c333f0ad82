"""What a name says in the words of the check: its elements are found by `toolkit.model.org_names`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from toolkit.model.org_names import examine
from toolkit.model.organisations import words
from toolkit.model.result import MET, NOT_MET, WARNING

_LABELS = {"unit": "单位名称", "group": "服务群体", "form": "设置形式"}
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


def name_elements(
    org_name: str, unit_name: str, short_names: tuple[str, ...], org_type: str, groups: tuple[str, ...] = ()
) -> NameVerdict:
    """Whether the name has all three elements and its ending agrees with the registered type.

    A leading 中共 and blanks do not count. The people served are looked for in what is left after the unit's name,
    otherwise 老干部局党支部 would pass by its unit's name. A missing element or another form is 不达标, a match by
    short name only is 预警. Serial numbers (第一、第二) are allowed.
    What stands in brackets behind the form (筹) does not count.

    Args:
        groups: words for the people served; none = those of the form.

    Source: YN-06-e, YN-00-g; calculations C7.

    >>> name_elements("中共仪征市教育局离退休干部党支部委员会", "仪征市教育局", (), "党支部")
    NameVerdict(level='达标', reason='')
    >>> name_elements("仪征市教育局离退休干部党支部（筹）", "仪征市教育局", (), "党支部").reason
    ''
    >>> name_elements("教育局老干部支部", "仪征市教育局", ("教育局",), "党支部")
    NameVerdict(level='预警', reason='仅匹配简称')
    >>> name_elements("第一党支部", "仪征市教育局", (), "党支部").reason
    '缺单位名称、服务群体'
    >>> [name_elements("教育局老党员党支部", "教育局", (), "党支部", words).level for words in ((), ("老党员",))]
    ['不达标', '达标']
    >>> name_elements("仪征市教育局离退休干部党总支", "仪征市教育局", (), "党支部").reason
    '名称为党总支，登记为党支部'
    """
    known = words()
    found = examine(org_name, unit_name, short_names, replace(known.name, groups=groups or known.name.groups))
    if found.missing:
        return NameVerdict(NOT_MET, _LACKS.format("、".join(_LABELS[part] for part in found.missing)))
    if org_type != known.temporary and found.form != dict(known.name.same).get(org_type, org_type):
        return NameVerdict(NOT_MET, f"名称为{found.form}，登记为{org_type}")
    return NameVerdict(WARNING, _SHORT_ONLY) if found.short_only else NameVerdict(MET, "")
