"""Settings of a round changed in the cells of the control workbook go into 批次设置.yaml, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from toolkit.campaign import open_campaign, settings_file
from toolkit.campaign.parameters import as_settings
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
    if "collect_id_numbers" in found:
        found["collect_id_numbers"] = "on" if found["collect_id_numbers"] == switch_words()["on"] else "off"
    return found


def changed_parameters(values: Mapping[str, str]) -> dict[str, str]:
    """Parameter → what a person typed into its cell, for those changed since they were last shown.

    >>> changed_parameters({"cfg_parameter_1": "新", "known_parameter_1": "theme=旧", "cfg_parameter_2": "废话"})
    {'theme': '新'}
    """
    found = {}
    for number in range(1, console().parameter_room + 1):
        name, _, known = values.get(f"known_parameter_{number}", "").partition("=")
        value = values.get(f"cfg_parameter_{number}", "")
        if name and value.strip() != known.strip():
            found[name] = value
    return found


def save(folder: Path, changes: Mapping[str, str], typed: Mapping[str, str] | None = None) -> None:
    """Puts new values into the settings file, all of them or none.

    Args:
        changes: key of the file → value; typed: parameter → what a person typed.
    Raises: XltoolError: P002, P009, P010 a parameter cannot be set to this; M014 the file would not be valid.
    """
    settings_file.save(folder, changes, as_settings(open_campaign(folder), typed) if typed else None)


def switch_words() -> dict[str, str]:
    """What a switch is called in its cell: the choices of the setting, the first switches on.

    >>> switch_words()
    {'on': '收', 'off': '不收'}
    """
    return dict(zip(("on", "off"), console().setting("cfg_collect_ids").choices, strict=True))
