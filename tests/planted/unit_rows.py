"""The neutral unit, complete and without a blemish, and a situation's edits to its rows."""

from __future__ import annotations

from functools import cache

from tests.planted.situations import FOLDER, Situation
from toolkit.model.form import Form
from toolkit.model.strictyaml import load, plain

Rows = dict[str, list[dict[str, str]]]
"""Sheet name → rows; cells by column name, as text, "" = empty."""
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN = "安平和定康宁永兴志明国华文武德才建设光荣福庆春秋东南西北山水林森"
PEOPLE = 130
SERIAL = ("post_no", "event_no", "float_no", "item_no", "talent_no")


@cache
def _neutral() -> dict:
    return plain(load(FOLDER / "neutral.yaml"))


class UnitRows:
    """The rows of one unit.

    Args:
        number: place of the unit in the round; names follow from it.
    """

    def __init__(self, form: Form, policy: str, code: str, name: str, number: int, year: int, kind: dict) -> None:
        self.form, self.number, self.kind = form, number, kind
        self.known = {"unit": code, "name": name, "year": str(year), "last": str(year - 1), "next": str(year + 1)}
        self.known |= {"category": kind["category"], "level": kind["level"]}
        self.rows: Rows = {sheet.name: [] for sheet in form.sheets}
        self.refused: Rows = {sheet.name: [] for sheet in form.sheets}
        self._keys: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._fixed()
        for part in ("both", policy):
            for sheet, rows in _neutral()[part].items():
                for cells in rows:
                    self.add(sheet, cells)
        self.stats(_neutral()["stats"])
        for sheet, rows in (kind.get("add") or {}).items():
            for cells in rows:
                self.add(sheet, cells)

    def _fixed(self) -> None:
        for sheet in ("annual_stat", "task"):
            for row in self.form.by_name[sheet].fixed_rows:
                cells = dict.fromkeys(self.form.by_name[sheet].names, "") | dict(row.values)
                first = self.form.by_name[sheet].columns[0].name
                self.rows[sheet].append(cells | {first: row.key})
        for row in self.rows["task"]:
            row |= {"status": "已完成", "owner": "党支部书记", "evidence_no": "A-1"}
            row |= {"due_date": f"{self.known['year']}-12-31", "done_date": f"{self.known['year']}-11-20"}

    def plant(self, situation: Situation) -> None:
        """The situation's edits."""
        given = situation.given
        for sheet, cells in (given.get("drop") or {}).items():
            self.drop(sheet, cells)
        for sheet, (which, cells) in (given.get("change") or {}).items():
            self.change(sheet, which, cells)
        for sheet, rows in (given.get("add") or {}).items():
            for cells in rows:
                self.add(sheet, cells)
        self.stats(given.get("stats") or {}, strict=True)
        self.stats(parts_of_small(self.form, given.get("stats") or {}))
        for (sheet, column), number in counted_by_small(given.get("stats") or {}).items():
            for row in self.rows[sheet]:
                row[column] = number
        for code, cells in (given.get("tasks") or {}).items():
            self.change("任务清单", {"任务编号": code}, cells)
        if given.get("unit"):
            self.change("单位情况", {}, given["unit"])
        for sheet, cells in (given.get("refuse") or {}).items():
            self.refused[self._sheet(sheet)] += self.drop(sheet, cells)

    def _sheet(self, label: str) -> str:
        return next(sheet.name for sheet in self.form.sheets if sheet.label == label)

    def cells(self, sheet: str, labelled: dict[str, str], strict: bool = True) -> dict[str, str]:
        """Cells by column name; a label that the form lacks is an error, or left out."""
        names = {column.label: column.name for column in self.form.by_name[sheet].columns}
        unknown = set(labelled) - set(names)
        assert not (strict and unknown), f"{sheet}: {unknown}"
        return {names[label]: value.format(**self.known) for label, value in labelled.items() if label in names}

    def matching(self, label: str, which: dict[str, str]) -> list[dict[str, str]]:
        """Rows that hold the given cells; at least one."""
        sheet = self._sheet(label)
        wanted = self.cells(sheet, which)
        found = [row for row in self.rows[sheet] if all(row.get(name, "") == cell for name, cell in wanted.items())]
        assert found, f"{label}: {which}"
        return found

    def drop(self, label: str, which: dict[str, str]) -> list[dict[str, str]]:
        """Takes the rows away and returns them."""
        gone = self.matching(label, which)
        sheet = self._sheet(label)
        self.rows[sheet] = [row for row in self.rows[sheet] if not any(row is other for other in gone)]
        return gone

    def change(self, label: str, which: dict[str, str], cells: dict[str, str]) -> None:
        """Puts cells into the matching rows."""
        for row in self.matching(label, which):
            row |= self.cells(self._sheet(label), cells)

    def add(self, label: str, cells: dict[str, str]) -> None:
        """Adds a row, or `times` of it; what it does not say comes from the defaults of its sheet."""
        sheet = next((sheet.name for sheet in self.form.sheets if sheet.label == label), "")
        if not sheet:
            return
        cells = dict(cells)
        for count in range(1, int(cells.pop("times", "1")) + 1):
            self.known["n"] = f"{count:03d}"
            full = _neutral()["defaults"].get(label, {})
            row = self.cells(sheet, full, strict=False) | self.cells(sheet, cells, strict=False)
            assert set(cells) <= {column.label for column in self.form.by_name[sheet].columns} | _optional(label)
            self.rows[sheet].append(row | self._named(sheet, row))

    def _named(self, sheet: str, row: dict[str, str]) -> dict[str, str]:
        given: dict[str, str] = {}
        columns = self.form.by_name[sheet].names
        for name in SERIAL:
            if name in columns and not row.get(name):
                self._numbers[sheet] = self._numbers.get(sheet, 0) + 1
                given[name] = str(self._numbers[sheet])
        for name in ("person_name", "name"):
            if name in columns and not row.get(name):
                given[name] = self.person(row.get("person_key") or row.get("member_no") or f"T{len(self.rows[sheet])}")
        return given

    def person(self, key: str) -> str:
        """The name of the person with this number; the same in all rows, another in every unit."""
        place = self._keys.setdefault(key, len(self._keys))
        assert place < PEOPLE
        at = self.number * PEOPLE + place
        rest, first = divmod(at, len(SURNAMES))
        second, third = divmod(rest, len(GIVEN))
        return SURNAMES[first] + GIVEN[second % len(GIVEN)] + GIVEN[third] + "一二三四五六七八九"[second // len(GIVEN)]

    def stats(self, values: dict[str, str], strict: bool = False) -> None:
        """Puts totals in by their code."""
        rows = {row["stat_code"]: row for row in self.rows["annual_stat"]}
        assert not (strict and set(values) - set(rows)), set(values) - set(rows)
        for code, value in values.items():
            if code in rows:
                rows[code]["value"] = value

    def finished(self) -> tuple[Rows, Rows]:
        """Merged and refused rows."""
        return self.rows, self.refused


COUNTED = {
    "A01": (("party_org", "total_members"), ("party_org", "full_members"), ("study_group", "group_size")),
    "A03": (("party_org", "total_members"), ("party_org", "full_members")),
    "A04": (("study_group", "group_size"),),
}
"""Total → the columns that are added up beside it."""
FEW = ("0", "2")
"""What a situation says of a total that leaves the unit out of a duty."""


def parts_of_small(form, stats: dict[str, str]) -> dict[str, str]:
    """The parts of totals that are small in a situation, which cannot be larger: code → value."""
    found = {}
    small = {code: value for code, value in stats.items() if value in FEW and code in COUNTED}
    for row in form.by_name["annual_stat"].fixed_rows:  # a part stands below its whole
        if row.parent in small:
            small[row.key] = found[row.key] = small[row.parent]
    return {code: value for code, value in found.items() if code not in stats}


def counted_by_small(stats: dict[str, str]) -> dict[tuple[str, str], str]:
    """What the rows beside such a total say then: (sheet, column) → number."""
    small = ((code, value) for code, value in stats.items() if value in FEW)
    return {place: value for code, value in small for place in COUNTED.get(code, ())}


@cache
def _optional(label: str) -> frozenset[str]:
    """Columns that only one of the policies has: the neutral unit is written once for both."""
    found = set(_neutral()["defaults"].get(label, {}))
    for part in ("both", "yizheng-2022", "yunnan-2025"):
        for row in _neutral()[part].get(label, []):
            found |= set(row)
    return frozenset(found)
