"""The cells of a unit list, each by itself: put right where only one thing can be meant, else with a suggestion."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from toolkit.campaign.listing.draft import Draft, Line, Problem
from toolkit.campaign.listing.words import Words, list_words
from toolkit.model.duties import CATEGORY, LEVEL, NO, YES, ladder
from toolkit.model.form import Form
from toolkit.model.likeness import nearest
from toolkit.reading.normal import INVISIBLE, compact, narrow, solid
from toolkit.reading.nothing import said
from toolkit.reading.words import vocabulary

EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
EXACT = 10**15
"""From here on a spreadsheet no longer keeps every digit of a number."""
_POWER = re.compile(r"\d+\.?\d*[Ee]\+\d+")
_QUOTES = "'`‘’＇"
_BETWEEN = re.compile(r"(?<=[\u2e80-\u9fff（）《》“”、·])\s+|\s+(?=[\u2e80-\u9fff（）《》“”、·])")
_PHONE = re.compile(r"\d{3,4}[-— ]?\d{7,8}|\d{7,8}")
_SEVERAL = re.compile(r"[；;、，,/\n]")
OPTIONAL = ("short_names", "parent", "town", "contact", "email", "speaks")


def tidy(draft: Draft, form: Form) -> None:
    """Puts every cell of the units right, in the order of the columns, and notes what was done or has to be."""
    for line in draft.units.lines:
        for name in OPTIONAL:
            _nothing(draft, line, name)
        for name in ("code", "parent", "town"):
            _code(draft, line, name)
        _name(draft, line)
        _shorts(line)
        _choice(draft, line, "category", form.code_lists[CATEGORY], list_words().categories, _by_ending)
        _choice(draft, line, "level", form.code_lists[LEVEL], list_words().levels, _by_category)
        _speaks(draft, line, form)
        _email(draft, line)
    _phones(draft)


def _nothing(draft: Draft, line: Line, name: str) -> None:
    """An optional cell that says that there is nothing is empty."""
    text = line.values.get(name, "")
    if text and not said(text) and not (name == "speaks" and text == NO):
        line.values[name] = ""
        draft.add("nothing", line, name, "")


def _code(draft: Draft, line: Line, name: str) -> None:
    """A code: half-width, without blanks, quotes or the .0 of a number; a cell that names a unit keeps the name."""
    raw, text = line.raw.get(name, ""), line.values.get(name, "")
    if not text:
        if name == "code":
            draft.add("missing", line, name)
        return
    if (isinstance(raw, int | float) and abs(raw) >= EXACT) or _POWER.fullmatch(solid(text)):
        draft.add("cut", line, name)
        return
    plain = re.sub(r"(?<=\d)\.0$", "", solid(unicodedata.normalize("NFC", text)).strip(_QUOTES))
    if name != "code" and not plain.isascii():
        line.values[name] = plain_name(text)
        return
    if plain != text:
        draft.add("wide", line, name, plain)
    line.values[name] = plain


def plain_name(text: str) -> str:
    """A name as it is written in one line; blanks between Chinese characters are none."""
    text = " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())
    return _BETWEEN.sub("", text)


def _name(draft: Draft, line: Line) -> None:
    text = line.values.get("name", "")
    if not text:
        draft.add("missing", line, "name")
        return
    if (plain := plain_name(text)) != text:
        draft.add("blanks", line, "name", plain)
    line.values["name"] = plain


def _shorts(line: Line) -> None:
    parts = (plain_name(part) for part in _SEVERAL.split(line.values.get("short_names", "")))
    line.values["short_names"] = "；".join(dict.fromkeys(part for part in parts if part))


def _choice(
    draft: Draft, line: Line, name: str, allowed: tuple[str, ...], words: Words, likely: Callable[[Mapping], str]
) -> None:
    """An entry of a list of the form; other words for it are turned into it, unlike ones are asked about."""
    text = line.values.get(name, "")
    if text in allowed:
        return
    if not text:
        draft.add("missing", line, name, likely(line.values) or None)
        return
    known = {compact(entry): entry for entry in allowed}
    for entry, others in words.items():
        known |= {compact(word): entry for word in others if compact(word) not in known and entry in allowed}
    if entry := known.get(compact(text), ""):
        draft.add("word", line, name, entry)
        line.values[name] = entry
    else:
        guess = nearest(text, allowed) or likely(line.values)
        draft.add("not_listed", line, name, guess or None, allowed="、".join(allowed))


def _by_ending(values: Mapping[str, str]) -> str:
    """The category that the end of the name makes likely: the longest ending that fits."""
    name = re.sub(r"[（(].*$", "", values.get("name", ""))
    fits = [(len(end), entry) for entry, ends in list_words().endings.items() for end in ends if name.endswith(end)]
    return max(fits)[1] if fits else ""


def _by_category(values: Mapping[str, str]) -> str:
    """The level that the category makes likely; nobody knows that of a unit that speaks for an area."""
    if _is(values.get("speaks", ""), YES, "yes_words"):
        return ""
    category = values.get("category") or _by_ending(values)
    return list_words().standing.get(category, "部门（单位）") if category else ""


def _speaks(draft: Draft, line: Line, form: Form) -> None:
    """代表本级: 是 or 否; nothing is 否, and a unit without an area cannot speak for one."""
    text = line.values.get("speaks", "")
    if _is(text, YES, "yes_words"):
        plain = YES
    elif not compact(text) or _is(text, NO, "no_words"):
        plain = NO
    else:
        draft.add("not_listed", line, "speaks", NO, allowed="、".join((YES, NO)))
        return
    if text and plain != text:
        draft.add("word", line, "speaks", plain)
    line.values["speaks"] = plain
    if plain == YES and line.values.get("level") == list(ladder(form))[-1]:
        draft.add("no_area", line, "speaks", NO, level=line.values["level"])


def _is(text: str, plain: str, words: str) -> bool:
    """Whether a text is one of the words for 是 or 否."""
    return compact(text) in map(compact, (plain, *vocabulary()[words]))


def _phones(draft: Draft) -> None:
    """Says once that names and telephone numbers share their cells."""
    rows = [line.row for line in draft.units.lines if _PHONE.search(narrow(line.values.get("contact", "")))]
    if rows:
        facts = {"count": len(rows), "row": rows[0]}
        draft.problems.append(Problem("with_phone", column="contact", sheet=draft.units.title, facts=facts))


def _email(draft: Draft, line: Line) -> None:
    text = line.values.get("email", "")
    plain = solid(narrow(text))
    if plain and not EMAIL.fullmatch(plain):
        inside = [found[0] for found in EMAIL.finditer(plain)]
        draft.add("no_address", line, "email", inside[0] if len(inside) == 1 else None)
        return
    if plain != text:
        draft.add("wide", line, "email", plain)
    line.values["email"] = plain
