"""One person in the returns of two units, and the lists on which the units answer."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from toolkit.round_trip.dispute_books import write_disputes

PERSON = {
    "person_name": "王小明",
    "birth_ym": "1956.08",
    "person_status": "离退休党员",
    "post_type": "书记",
    "start_date": "2023-03-15",
    "end_date": "",
    "subsidy_recipient": "是",
    "paid_months": 12,
    "paid_amount": "3600.00",
}
MEMBER = {
    "member_no": "R777",
    "birth_ym": "1956.08",
    "member_status": "正式",
    "retire_date": "2016-08-30",
    "cadre_type": "退休",
    "held_leading_post": "否",
    "relation_location": "原工作单位",
    "record_status": "在册",
}


def listed(unit: str, name: str = "王小明", **changes):
    """A change of the rows of `member`: one more, the person in dispute."""
    return {"member": lambda rows: [*rows, {**MEMBER, "org_code": f"{unit}-01", "name": name, **changes}]}


def claiming(name: str = "王小明", **changes):
    """A change of the rows of `post`: the first one is the person in dispute."""
    return {"post": lambda rows: [{**rows[0], **PERSON, "person_name": name, **changes}, *rows[1:]]}


def lists(checked) -> dict[str, Path]:
    """Unit code → the list it has to answer, as written now."""
    return {path.name.split("_")[0]: path for path in write_disputes(checked)[1:]}


def answer(path: Path, target: Path, given, *, day=None, text=None, who="李干事", on="2026-01-10") -> Path:
    """Fills in a list as a clerk would, the same answer (or one answer a line) in every line, and saves it."""
    book = load_workbook(path)
    sheet = book["争议核对"]
    cells = {str(cell.value).replace("\n", ""): cell for row in sheet.iter_rows() for cell in row if cell.value}
    for label, value in (("填表人", who), ("答复日期", on)):
        sheet.cell(cells[label].row, cells[label].column + 1).value = value
    head = cells["编号"].row
    for at, row in enumerate(range(head + 1, sheet.max_row + 1)):
        said = given if isinstance(given, str) else given[at]
        for label, value in (("答复", said), ("转到对方的日期", day), ("说明", text)):
            sheet.cell(row, cells[label].column).value = value
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    return target
