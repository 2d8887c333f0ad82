"""What the rows of a unit list have to do with one another: doubles, whom they name, circles, who speaks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from toolkit.campaign.listing.draft import Draft, Line, Problem
from toolkit.campaign.listing.values import plain_name
from toolkit.campaign.listing.words import ASK, STOP, list_words
from toolkit.campaign.words import campaign_words
from toolkit.model.duties import YES
from toolkit.model.form import Form
from toolkit.model.likeness import nearest
from toolkit.reading.normal import compact

COMMUNITY, TOWN = "村（社区）", "园镇"
_TOKEN = re.compile(r"[0-9A-Za-z-]{2,}")
_SPEAKERS = ("老干部局", "离退休干部工委", "老干部工作局")


def relate(draft: Draft, form: Form) -> None:
    """Notes what is doubled, resolves names of units to codes, looks for circles."""
    _zeros(draft)
    _new_codes(draft)
    _doubles(draft)
    _same_names(draft)
    book = _Book(draft)
    for name in ("parent", "town"):
        for line in book.lines:
            book.resolve(line, name)
    _circles(draft, book)
    if not form.by_name["unit"].by_name.get("town_code"):
        return _speakers(draft, book)
    for line in book.lines:
        _town(draft, line, book)
    _speakers(draft, book)


def proposed(draft: Draft) -> dict[tuple[int, str], str]:
    """(row, field) → what is suggested there, where something is open."""
    return {
        (one.row, one.column): one.suggestion
        for one in draft.problems
        if one.suggestion is not None and one.weight in (STOP, ASK) and not one.orgs and one.column
    }


def _zeros(draft: Draft) -> None:
    """Codes that a spreadsheet made numbers of have lost the zeros before them."""
    texts = [line.values["code"] for line in draft.units.lines if isinstance(line.raw.get("code"), str)]
    texts = [text for text in texts if text.isdecimal()]
    widths = {len(text) for text in texts}
    if len(widths) != 1 or not any(text.startswith("0") for text in texts):
        return
    width = widths.pop()
    for line in draft.units.lines:
        code = line.values.get("code", "")
        if isinstance(line.raw.get("code"), int | float) and code.isdecimal() and len(code) < width:
            draft.add("zeros", line, "code", code.zfill(width), width=width)


def _new_codes(draft: Draft) -> None:
    """Suggests the next free codes where there are none."""
    taken = {line.values.get("code", "") for line in draft.units.lines}
    numbers = [text for text in taken if text.isdecimal()]
    width = max(map(len, numbers), default=3)
    number = max(map(int, numbers), default=0)
    for place, one in enumerate(draft.problems):
        if one.kind == "missing" and one.column == "code" and not one.orgs:
            number += 1
            draft.problems[place] = Problem(one.kind, one.row, one.column, "", str(number).zfill(width))


def _doubles(draft: Draft) -> None:
    """One code in several rows: one unit written twice, or two units of which one has a wrong code."""
    first: dict[str, Line] = {}
    for line in draft.units.lines:
        code = line.values.get("code", "")
        if not code or first.setdefault(code, line) is line:
            continue
        known = first[code]
        if compact(known.values.get("name", "")) != compact(line.values.get("name", "")):
            draft.add("code_twice", line, "code", other=known.row, name=known.values.get("name", ""))
            continue
        differs = [key for key, text in line.values.items() if text and known.values.get(key, "") not in ("", text)]
        if differs:
            labels = "、".join(campaign_words().units[key] for key in differs)
            facts = {"other": known.row, "differs": labels}
            draft.problems.append(Problem("twice_other", line.row, "", code, facts=facts, drop=True))
            continue
        known.values.update({key: text for key, text in line.values.items() if text})
        line.out = True
        draft.problems = [one for one in draft.problems if one.row != line.row or one.orgs]
        draft.problems.append(Problem("twice_same", line.row, "", code, facts={"other": known.row}))


def _same_names(draft: Draft) -> None:
    first: dict[str, Line] = {}
    shorts: dict[str, Line] = {}
    for line in draft.units.lines:
        name = compact(line.values.get("name", ""))
        if line.out or not name:
            continue
        known = first.setdefault(name, line)
        if known is not line and known.values.get("code") != line.values.get("code"):
            parent, other = (one.values.get("parent", "") for one in (line, known))
            apart = (
                plain_name(parent + line.values["name"])
                if parent != other and parent and not parent.isascii()
                else None
            )
            draft.add("name_twice", line, "name", apart, other=known.row, code=known.values.get("code", ""))
        for short in filter(None, line.values.get("short_names", "").split("；")):
            if shorts.setdefault(compact(short), line) is not line:
                draft.add("short_twice", line, "short_names", short=short, other=shorts[compact(short)].row)


class _Book:
    """The units by whatever they may be called."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.lines = [line for line in draft.units.lines if not line.out]
        open_codes = proposed(draft)
        self.codes = {
            line.row: open_codes.get((line.row, "code")) or line.values.get("code", "") for line in self.lines
        }
        self.by_code = {code: line for line in reversed(self.lines) if (code := self.codes[line.row])}
        self.by_code |= {line.values["code"]: line for line in reversed(self.lines) if line.values.get("code")}
        self.called: dict[str, set[str]] = {}
        for line in self.lines:
            for name in (line.values.get("name", ""), *line.values.get("short_names", "").split("；")):
                if name:
                    self.called.setdefault(compact(name), set()).add(self.codes[line.row])

    def resolve(self, line: Line, name: str) -> None:
        """Turns what a unit is called into its code."""
        text, draft = line.values.get(name, ""), self.draft
        if not text:
            return
        codes = self._meant(text)
        if len(codes) == 1:
            [code] = codes
            self._settle(line, name, text, code)
        elif codes:
            draft.add("several", line, name, codes="、".join(sorted(codes)))
        elif not text.isascii() and (likely := nearest(text, [one.values.get("name", "") for one in self.lines])):
            [code, *_] = self.called[compact(likely)]
            draft.add("alike", line, name, code, name=likely)
        else:
            draft.add("unknown", line, name)

    def _settle(self, line: Line, name: str, text: str, code: str) -> None:
        """Notes what a name or code of one known unit should be, its code."""
        meant = self.by_code[code]
        code, called = self.codes[meant.row], meant.values.get("name", "")
        if name == "parent" and meant is line:
            self.draft.add("self", line, name, "")
        elif name == "town" and meant.values.get("category") != TOWN:
            self.draft.add("not_town", line, name, name=called)
        elif code != text and code == meant.values.get("code"):
            self.draft.add("named", line, name, code)
            line.values[name] = code
        elif code != text:
            self.draft.add("alike", line, name, code, name=called)

    def _meant(self, text: str) -> set[str]:
        """The codes of the units that a text means: a code, a name, a short name, or a name with its code."""
        if text in self.by_code:
            return {text}
        if found := self.called.get(compact(text)):
            return found
        tokens = {token for token in _TOKEN.findall(text) if token in self.by_code}
        rest = compact(_TOKEN.sub("", text)).strip("()[]:-—_")
        return tokens if len(tokens) == 1 and self.called.get(rest, tokens) & tokens and rest in self.called else set()


def _circles(draft: Draft, book: _Book) -> None:
    told: set[str] = set()
    for line in book.lines:
        path, code = [], book.codes[line.row]
        while code and code not in path and code in book.by_code:
            path.append(code)
            parent = book.by_code[code].values.get("parent", "")
            code = parent if parent != code else ""
        if not code or code not in path:
            continue
        circle = path[path.index(code) :]
        if len(circle) > 1 and not told & set(circle):
            told |= set(circle)
            names = [book.by_code[one].values.get("name", "") or one for one in (*circle, circle[0])]
            for one in circle:
                draft.add("circle", book.by_code[one], "parent", path=" → ".join(names))


def _town(draft: Draft, line: Line, book: _Book) -> None:
    if line.values.get("category") != COMMUNITY or line.values.get("town"):
        return
    parent = book.by_code.get(line.values.get("parent", ""))
    if parent is not None and parent.values.get("category") == TOWN:
        draft.add("no_town", line, "town", book.codes[parent.row])
    else:
        draft.add("town_open", line, "town")


def _speakers(draft: Draft, book: _Book) -> None:
    if any(line.values.get("speaks") == YES for line in book.lines):
        return
    names = [line.values.get("name", "") for line in book.lines]
    likely = next((name for end in _SPEAKERS for name in names if name.endswith(end)), "")
    facts = {"likely": list_words().likely.format(name=likely) if likely else ""}
    draft.problems.append(Problem("no_speaker", column="speaks", sheet=draft.units.title, facts=facts))


def tidy_orgs(draft: Draft, form: Form) -> None:
    """Checks the organisations: their form, whose they are."""
    lines = {line.values.get("code", ""): line for line in draft.units.lines}
    names = {compact(line.values.get("name", "")): code for code, line in lines.items()}
    for line in draft.orgs.lines:
        _org(draft, line, form.code_lists["org_type"], lines, names)
    counts = Counter(line.values.get("code", "") for line in draft.orgs.lines)
    for line in draft.orgs.lines:
        if counts[line.values.get("code", "")] > 1 and line.values.get("code"):
            seen = next(one for one in draft.orgs.lines if one.values.get("code") == line.values["code"])
            if seen is not line:
                facts = {"other": seen.row, "name": seen.values.get("name", "")}
                draft.problems.append(
                    Problem("code_twice", line.row, "code", line.values["code"], None, facts, orgs=True)
                )


def _org(draft: Draft, line: Line, types: Iterable[str], lines: Mapping[str, Line], names: Mapping[str, str]) -> None:
    def note(kind: str, field: str, suggestion: str | None = None, **facts: object) -> None:
        draft.problems.append(Problem(kind, line.row, field, line.values.get(field, ""), suggestion, facts, orgs=True))

    for field in ("unit", "code", "name", "type"):
        if not line.values.get(field):
            note("missing", field)
    line.values["name"] = plain_name(line.values.get("name", ""))
    for field in ("unit", "code", "parent"):
        text = line.values.get(field, "")
        plain = compact(text)
        if field == "unit" and plain and plain not in lines and plain in names:
            note("named", field, names[plain])
            plain = names[plain]
        elif plain != text:
            note("wide", field, plain)
        line.values[field] = plain
    if (unit := line.values["unit"]) and unit not in lines:
        note("no_unit", "unit")
    kind, types = line.values.get("type", ""), tuple(types)
    if kind and kind not in types:
        note("not_listed", "type", nearest(kind, types) or None, allowed="、".join(types))
