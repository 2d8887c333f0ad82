"""Settings of a round changed in the cells of the control workbook go into 批次设置.yaml, and the other way round."""

from __future__ import annotations

import re
from collections.abc import Mapping

from toolkit.campaign.settings_file import save
from toolkit.console import console

KEYS = {"title": "title", "deadline": "deadline", "return_to": "return_to", "collect_ids": "collect_id_numbers"}


def changed(values: Mapping[str, str]) -> dict[str, str]:
    """Key of the settings file → new value, for the cells that a person changed since they were last shown.

    >>> changed({"cfg_title": "新", "known_title": "旧", "cfg_deadline": "", "known_deadline": ""})
    {'title': '新'}
    """
    found = {}
    for cell, key in KEYS.items():
        value, known = values.get(f"cfg_{cell}", ""), values.get(f"known_{cell}")
        if known is not None and value != known:
            found[key] = value
    if found.get("deadline"):
        found["deadline"] = plain_day(found["deadline"])
    if "collect_id_numbers" in found:
        found["collect_id_numbers"] = "on" if found["collect_id_numbers"] == switch_words()["on"] else "off"
    return found


def switch_words() -> dict[str, str]:
    """What a switch is called in its cell: the choices of the setting, the first switches on.

    >>> switch_words()
    {'on': '收', 'off': '不收'}
    """
    return dict(zip(("on", "off"), console().setting("cfg_collect_ids").choices, strict=True))


def plain_day(text: str) -> str:
    """A day as people type it, as `YYYY-MM-DD`; what is no day stays as it is.

    >>> plain_day("2025年12月1日"), plain_day("2025/12/31 0:00:00"), plain_day("年底")
    ('2025-12-01', '2025-12-31', '年底')
    """
    match = re.match(r"\s*(\d{4})\D+(\d{1,2})\D+(\d{1,2})", text)
    return f"{int(match[1]):04}-{int(match[2]):02}-{int(match[3]):02}" if match else text

