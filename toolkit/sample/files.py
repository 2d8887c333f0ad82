"""What happens to a whole return: what must be reported, and habits that must do no harm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from toolkit.model import layout
from toolkit.model.cell import letters_of
from toolkit.model.form import Sheet
from toolkit.sample import spoiling
from toolkit.sample.defects import Draft, File, Spoiler, spoil_cells
from toolkit.sample.story import Row


def _stem(draft: Draft) -> str:
    return draft.name.removesuffix(".xlsx")


def as_filled(draft: Draft, rng: Random) -> Iterator[File]:
    """As the unit filled it in."""
    yield draft.name, draft.bytes(), []


def nothing(draft: Draft, rng: Random) -> Iterator[File]:
    """Nothing comes back."""
    yield from ()


def amount_left_open(draft: Draft, rng: Random) -> Iterator[File]:
    """What the secretaries got is left empty, so that nobody knows whether they got their due."""
    sheet = draft.form.by_name.get("post")
    for index, row in enumerate(draft.filled.rows["post"] if sheet else ()):
        if sheet and row.get("post_type") == "书记" and row.get("paid_amount"):
            draft.plant("POST-019", sheet.label, draft.set(sheet, "paid_amount", index, None))
    yield draft.name, draft.bytes(), draft.planted


def not_a_workbook(draft: Draft, rng: Random) -> Iterator[File]:
    """A PDF, a web page, a text file or nothing under the name of a workbook."""
    name = draft.unit.name
    code, data = rng.choice(
        (
            ("F020", spoiling.PDF),
            ("F018", spoiling.WEB_PAGE.format(name=name).encode()),
            ("F019", spoiling.TEXT.format(name=name).encode("gbk")),
            ("F001", b""),
        )
    )
    draft.plant(code)
    yield draft.name, data, draft.planted


def cut_off(draft: Draft, rng: Random) -> Iterator[File]:
    """A workbook of which only the first part arrived."""
    data = draft.bytes()
    draft.plant("F038")
    yield draft.name, data[: len(data) * 3 // 5], draft.planted


def another_unit(draft: Draft, rng: Random) -> Iterator[File]:
    """Filled into the workbook that was issued to another unit."""
    codes = draft.returns.codes
    other = codes[(codes.index(draft.unit.code) + 1) % len(codes)]
    if other == draft.unit.code:
        yield draft.name, draft.bytes(), []
        return
    draft.plant("S003")
    yield draft.name, draft.bytes(unit=other), draft.planted


def last_year(draft: Draft, rng: Random) -> Iterator[File]:
    """Filled into last year's workbook."""
    draft.plant("S023")
    yield draft.name, draft.bytes(year=str(draft.returns.year - 1)), draft.planted


def sent_twice(draft: Draft, rng: Random) -> Iterator[File]:
    """The same bytes once more under another name."""
    data, copy = draft.bytes(), f"{_stem(draft)}_副本.xlsx"
    draft.plant("B001", file=copy)
    yield draft.name, data, []
    yield copy, data, draft.planted


def corrected(draft: Draft, rng: Random) -> Iterator[File]:
    """Returned once with a mistake, and later again put right, with a later 填报日期."""
    first = f"{_stem(draft)}_第一次.xlsx"
    data = draft.bytes()
    sheet = draft.form.by_name["unit"]
    day = draft.filled.rows["unit"][0]["fill_date"]
    assert isinstance(day, date)
    draft.set(sheet, "fill_date", 0, day - timedelta(days=5))
    draft.set(sheet, "staff_total", 0, 99)
    draft.plant("B010", file=first)
    yield first, draft.bytes(), draft.planted
    yield draft.name, data, []


def two_versions(draft: Draft, rng: Random) -> Iterator[File]:
    """Returned twice with the same 填报日期 and different numbers."""
    data, again = draft.bytes(), f"{_stem(draft)}_最终版.xlsx"
    draft.set(draft.form.by_name["unit"], "staff_total", 0, 99)
    draft.plant("B002", file=again)
    yield again, draft.bytes(), draft.planted
    yield draft.name, data, [{"file": draft.name, "sheet": "", "cell": "", "code": "B002"}]


def sheet_deleted(draft: Draft, rng: Random) -> Iterator[File]:
    """A sheet that everybody must return is gone."""
    sheet = rng.choice([sheet for sheet in draft.form.sheets if sheet.name in ("honor", "floating", "annual_stat")])
    draft.plant("S004", sheet.label)
    yield draft.name, spoiling.without_sheet(draft.bytes(), sheet.label), draft.planted


def column_deleted(draft: Draft, rng: Random) -> Iterator[File]:
    """A column's label, hidden name and values are gone."""
    sheet, column = _column(draft, rng)
    _clear(draft, sheet, column)
    draft.plant("S006", sheet.label)
    yield draft.name, draft.bytes(), draft.planted


def column_doubled(draft: Draft, rng: Random) -> Iterator[File]:
    """A column stands there twice, both filled in."""
    sheet, column = _column(draft, rng)
    free = spoiling.next_letter(sheet)
    cells = draft.filled.cells[sheet.label]
    cells[f"{free}{layout.LABEL_ROW}"] = sheet.by_name[column].label
    for index, row in enumerate(draft.filled.rows[sheet.name]):
        cells[f"{free}{layout.FIRST_ROW + index}"] = row.get(column)
    draft.plant("S009", sheet.label, f"{free}{layout.LABEL_ROW}")
    yield draft.name, draft.bytes(), draft.planted


def _column(draft: Draft, rng: Random) -> tuple[Sheet, str]:
    """A required column of the list of activities, which every unit has."""
    sheet = draft.form.by_name["event"]
    return sheet, rng.choice(("target_group", "mode", "title"))


def _clear(draft: Draft, sheet: Sheet, column: str) -> None:
    cells = draft.filled.cells[sheet.label]
    letter = letters_of(layout.cell(sheet, column))
    for row in (layout.LABEL_ROW, layout.NAME_ROW):
        cells[f"{letter}{row}"] = None
    for index in range(len(draft.filled.rows[sheet.name])):
        cells[layout.cell(sheet, column, index)] = None


def ticked_although_filled(draft: Draft, rng: Random) -> Iterator[File]:
    """本单位无此情况 is ticked for a sheet that has rows."""
    sheet = draft.form.by_name["event"]
    cell = layout.nil_cell(draft.form.sheets, sheet.name)
    draft.filled.cells.setdefault(draft.returns.cover, {})[cell] = layout.TICK
    draft.plant("NIL-002", sheet.label)
    yield draft.name, draft.bytes(), draft.planted


def renamed(draft: Draft, rng: Random) -> Iterator[File]:
    """A sheet was renamed; its labels still tell what it is."""
    title = draft.form.by_name["event"].label
    yield draft.name, spoiling.renamed_sheet(draft.bytes(), title, rng.choice(("Sheet1", f"{title}（定稿）"))), []


def moved_down(draft: Draft, rng: Random) -> Iterator[File]:
    """A line was inserted above the labels."""
    title = draft.form.by_name["event"].label
    yield draft.name, spoiling.with_rows_inserted(draft.bytes(), title, layout.NOTE_ROW, 2), []


def with_total(draft: Draft, rng: Random) -> Iterator[File]:
    """A 合计 row and a signature below the activities."""
    sheet = draft.form.by_name["event"]
    rows = draft.filled.rows["event"]
    cells = draft.filled.cells[sheet.label]
    last = len(rows)
    cells[layout.cell(sheet, "event_no", last)] = "合计"
    cells[layout.cell(sheet, "attend_count", last)] = sum(int(row["attend_count"]) for row in rows)
    cells[layout.cell(sheet, "event_no", last + 1)] = f"填表人：{draft.unit.contact}"
    yield draft.name, draft.bytes(), []


def loosely_typed(draft: Draft, rng: Random) -> Iterator[File]:
    """Blanks around names, units after numbers, days written by hand: all of it can be read."""
    spell = (
        lambda day: f"{day.year}.{day.month}.{day.day}",
        lambda day: f"{day.year}年{day.month}月{day.day}日",
        lambda day: f"{day.year}/{day.month}/{day.day}",
    )
    sheet = draft.form.by_name["event"]
    for index, row in enumerate(draft.filled.rows["event"]):
        if rng.random() < 0.4:
            draft.set(sheet, "event_date", index, rng.choice(spell)(row["event_date"]))
        if rng.random() < 0.2:
            draft.set(sheet, "attend_count", index, f"{row['attend_count']}人")
        if rng.random() < 0.2:
            draft.set(sheet, "title", index, f"　{row['title']} ")
    yield draft.name, draft.bytes(), []


def renamed_file(draft: Draft, rng: Random) -> Iterator[File]:
    """The file came back under a name that somebody gave it."""
    ending = rng.choice(("(1)", "-终稿", "_20231220", "（已审核）"))
    yield f"{_stem(draft)}{ending}.xlsx", draft.bytes(), []


def _blank_row_between(rows: list[Row]) -> int:
    return max(1, len(rows) // 2)


def gap_between(draft: Draft, rng: Random) -> Iterator[File]:
    """Two empty rows between the activities."""
    sheet = draft.form.by_name["event"]
    half = _blank_row_between(draft.filled.rows["event"])
    data = spoiling.with_rows_inserted(draft.bytes(), sheet.label, layout.FIRST_ROW + half, 2)
    yield draft.name, data, []


WHOLE: tuple[Spoiler, ...] = (
    not_a_workbook,
    cut_off,
    another_unit,
    last_year,
    sent_twice,
    corrected,
    two_versions,
    sheet_deleted,
    column_deleted,
    column_doubled,
    ticked_although_filled,
)
HABITS: tuple[Spoiler, ...] = (renamed, moved_down, with_total, loosely_typed, renamed_file, gap_between)

__all__ = ["HABITS", "WHOLE", "spoil_cells"]
