"""Workbooks of ours that other people return: read in a worker, whatever they are."""

import os
from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook

from toolkit.our_books import OurBook, day_of, read_books, workbooks_below
from toolkit.reading import supervisor


def book(*rows) -> bytes:
    made, stream = Workbook(), BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(stream)
    return stream.getvalue()


def test_cells_come_as_they_are_typed(tmp_path):
    path = tmp_path / "清单.xlsx"
    path.write_bytes(book(["序号", 1, 2.5, True, None, date(2025, 3, 1), datetime(2025, 3, 1, 9, 30)]))
    found = read_books([path])[path]
    (row,) = found.sheets["Sheet"]
    assert row[:5] == ["序号", 1.0, 2.5, True, ""]
    assert [day_of(cell) for cell in row[5:]] == [date(2025, 3, 1)] * 2
    assert found.kind == "" and len(found.sha256) == 64


def test_what_cannot_be_read_is_none_and_costs_itself_only(tmp_path):
    good = tmp_path / "好.xlsx"
    good.write_bytes(book(["甲"]))
    entity = book(["甲"]).replace(b"PK\x03\x04", b"PK\x03\x05", 1)
    bad = {"空.xlsx": b"", "网页.xlsx": b"<html></html>", "坏.xlsx": entity, "截断.xlsx": book(["甲"])[:900]}
    for name, data in bad.items():
        (tmp_path / name).write_bytes(data)
    paths = [*(tmp_path / name for name in bad), tmp_path / "没有.xlsx", good]
    found = read_books(paths)
    assert [path for path in paths if isinstance(found[path], OurBook)] == [good]
    assert [found[path].code for path in paths[:-1]] == ["F001", "F018", "F002", "F038", "F027"]


@pytest.mark.parametrize("end", ["import os; os.abort()", "import time; time.sleep(60)"], ids=["dies", "hangs"])
def test_a_reader_that_dies_or_hangs_is_no_end_of_the_command(end, tmp_path, monkeypatch):
    path = tmp_path / "清单.xlsx"
    path.write_bytes(book(["甲"]))
    monkeypatch.setattr(supervisor, "_START", end)
    monkeypatch.setattr("toolkit.reading.door.SECONDS", 0.5)
    assert read_books([path])[path].code in ("F011", "F026")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links and pipes")
def test_nothing_that_is_handed_in_is_passed_over_without_a_word(tmp_path):
    elsewhere, inbox = tmp_path / "别处", tmp_path / "反馈"
    for folder in (elsewhere, inbox / "甲"):
        folder.mkdir(parents=True)
        (folder / "清单.xlsx").write_bytes(book([folder.name]))
    (inbox / "链接.xlsx").symlink_to(elsewhere / "清单.xlsx")
    (inbox / "断的.xlsx").symlink_to(elsewhere / "没有.xlsx")
    (inbox / "文件夹").symlink_to(elsewhere)
    os.mkfifo(inbox / "管道.xlsx")
    (inbox / "扫描.pdf").write_bytes(b"%PDF-1.7\n" + bytes(90))
    (inbox / "~$清单.xlsx").write_bytes(b"x")
    found = read_books(workbooks_below(inbox))
    said = {path.relative_to(inbox).as_posix(): getattr(one, "code", "") for path, one in found.items()}
    links = {"链接.xlsx": "F015", "断的.xlsx": "F015", "文件夹": "F015", "管道.xlsx": "F015"}
    assert said == {"甲/清单.xlsx": "", "扫描.pdf": "F020", **links}
