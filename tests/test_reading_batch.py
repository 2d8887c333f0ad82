"""A batch: isolation, accounting, typed tables, the same answer however it is run."""

import datetime as dt
import os
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from reading_books import GOOD, STAMP, Paper, edit, small_form

from toolkit.model.unit import Unit, UnitList
from toolkit.ooxml.handed_in import content_of
from toolkit.reading import read_returns, stamps_of, supervisor
from toolkit.reading.supervisor import Supervisor

pytestmark = [pytest.mark.rounds, pytest.mark.usefixtures("own_workers")]

FORM = small_form()
NOBODY = UnitList()
SHEET2 = "xl/worksheets/sheet2.xml"
STUCK = "import sys,time; sys.stdin.buffer.read(8); time.sleep(60)"
ABORTS = "import sys,os; sys.stdin.buffer.read(8); os.abort()"


def unit_paper(code: str, *rows: dict) -> Paper:
    made = Paper(FORM, {"org": list(rows) or [GOOD]}, replace(STAMP, unit=code))
    return made.put("单位情况", "C6", code)


def put(folder: Path, **files: bytes) -> list[tuple[str, Path]]:
    found = []
    for name, data in files.items():
        path = folder / name
        path.write_bytes(data)
        found.append((name, path))
    return found


def killer() -> bytes:
    """Two cells as far apart as a sheet allows: a reader that trusts them asks for half a terabyte."""
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return edit(unit_paper("U8").bytes(), {SHEET2: lambda xml: xml.replace(b"</sheetData>", corner)})


def test_one_bad_file_costs_one_line(tmp_path):
    good = {f"{code}.xlsx": unit_paper(code).bytes() for code in ("A1x", "A2x", "A3x", "A4x")}
    names = list(good)
    files = {**dict(list(good.items())[:2]), "killer.xlsx": killer(), "cut.xlsx": good[names[0]][:500], **good}
    batch = read_returns(put(tmp_path, **files), FORM, NOBODY, workers=2)
    states = {returned.file: returned.state for returned in batch.returns}
    assert states == {**dict.fromkeys(names, "accepted"), "killer.xlsx": "unreadable", "cut.xlsx": "unreadable"}
    assert [f.code for r in batch.returns for f in r.findings] == ["F014", "F038"]
    assert sorted(batch.tables["org"]["_unit"]) == ["A1x", "A2x", "A3x", "A4x"]


def aborting(data: bytes) -> bytes:
    """Reads well past the gate and makes the reader ask for more memory than there is."""
    cells = b"".join(b'<row r="%d"><c r="ZZ%d"><v>1</v></c></row>' % (row, row) for row in range(9000, 9999))
    return edit(data, {SHEET2: lambda xml: xml.replace(b"</sheetData>", cells + b"</sheetData>")})


def test_running_out_of_memory_is_one_line(tmp_path):
    files = put(tmp_path, **{"a.xlsx": aborting(unit_paper("U1").bytes()), "b.xlsx": unit_paper("U2").bytes()})
    batch = read_returns(files, FORM, NOBODY, workers=1, memory=150_000_000)
    assert [(r.state, [f.code for f in r.findings]) for r in batch.returns] == [
        ("unreadable", ["F011"]),
        ("accepted", []),
    ]


def test_a_worker_that_cannot_limit_itself_is_killed_beyond_the_limit(tmp_path, monkeypatch):
    """As on Windows and macOS: the parent looks on."""
    monkeypatch.setattr(supervisor, "limits_itself", lambda: False)
    files = put(tmp_path, **{"a.xlsx": aborting(unit_paper("U1").bytes()), "b.xlsx": unit_paper("U2").bytes()})
    limited = read_returns(files, FORM, NOBODY, workers=1, memory=150_000_000)
    assert [[f.code for f in r.findings] for r in limited.returns] == [["F011"], []]
    free = read_returns(files, FORM, NOBODY, workers=1, memory=0)
    assert "F011" not in [f.code for r in free.returns for f in r.findings], "it is the limit that ends it"


@pytest.mark.parametrize(("program", "code"), [(STUCK, "F026"), (ABORTS, "F011")])
def test_a_worker_that_hangs_or_dies(tmp_path, monkeypatch, program, code):
    monkeypatch.setattr(supervisor, "_START", program)
    files = put(tmp_path, **{"a.xlsx": unit_paper("U1").bytes(), "b.xlsx": unit_paper("U2").bytes()})
    batch = read_returns(files, FORM, NOBODY, workers=2, timeout=0.2)
    assert [[f.code for f in r.findings] for r in batch.returns] == [[code], [code]]


def test_workers_are_replaced_after_a_number_of_files(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "RECYCLE_AFTER", 2)
    started = []
    original = supervisor.Worker.__init__
    monkeypatch.setattr(supervisor.Worker, "__init__", lambda self, o: (started.append(1), original(self, o))[1])
    files = put(tmp_path, **{f"{n}.xlsx": unit_paper(f"U{n}x").bytes() for n in range(5)})
    batch = read_returns(files, FORM, NOBODY, workers=1)
    assert [r.state for r in batch.returns] == ["accepted"] * 5
    assert len(started) == 3


def test_an_error_of_ours_is_raised_and_no_process_is_left(tmp_path):
    def broken(job):
        raise RuntimeError("ours")

    boss = Supervisor({"sheets": [], "words": {}}, 1, 5, 0)
    with pytest.raises(RuntimeError, match="ours"):
        list(boss.run([0], broken))


def test_no_process_is_left_when_the_caller_stops(tmp_path):
    from toolkit.reading.plan import make_plan

    boss = Supervisor(make_plan(FORM), 1, 5, 0)
    data = unit_paper("U1").bytes()
    answers = boss.run([0, 1, 2], lambda job: (data, ()))
    next(answers)
    process = boss._slots[0].process
    answers.close()
    assert process.poll() is not None


def snapshot(batch) -> tuple:
    frames = {name: frame.to_csv() for name, frame in batch.tables.items()}
    return frames, [(r.file, r.state, r.unit, r.findings, r.repairs, r.not_data, r.rows_read) for r in batch.returns]


def test_the_result_does_not_depend_on_the_workers(tmp_path):
    papers = {f"{n}.xlsx": unit_paper(f"U{n}x", {**GOOD, "members": n if n % 3 else "若干"}).bytes() for n in range(9)}
    papers["copy.xlsx"] = papers["1.xlsx"]
    files = put(tmp_path, **papers)
    one = snapshot(read_returns(files, FORM, NOBODY, workers=1))
    assert one == snapshot(read_returns(files, FORM, NOBODY, workers=3))


def test_copies_count_once_and_name_the_other(tmp_path):
    data = unit_paper("U1").bytes()
    batch = read_returns(put(tmp_path, **{"a.xlsx": data, "b.xlsx": data}), FORM, NOBODY)
    assert [r.state for r in batch.returns] == ["accepted", "duplicate"]
    assert [(f.code, "a.xlsx" in f.message) for f in batch.returns[1].findings] == [("B001", True)]
    assert len(batch.tables["org"]) == 1
    assert batch.returns[0].sha256 == batch.returns[1].sha256 != ""


def test_copies_of_an_empty_file_are_each_empty(tmp_path):
    batch = read_returns(put(tmp_path, **{"a.xlsx": b"", "b.xlsx": b""}), FORM, NOBODY)
    assert [[f.code for f in r.findings] for r in batch.returns] == [["F001"], ["F001"]]


@pytest.mark.parametrize("name", ["~$表.xlsx", ".DS_Store", "Thumbs.db", "desktop.ini", "._表.xlsx", "表.xlsx.tmp"])
def test_system_files_are_ignored_and_counted(tmp_path, name):
    batch = read_returns(put(tmp_path, **{name: b"x"}), FORM, NOBODY)
    assert [(r.state, [f.code for f in r.findings]) for r in batch.returns] == [("ignored", ["I001"])]


@pytest.mark.skipif(os.name != "posix", reason="needs a FIFO")
def test_only_regular_files_are_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "link.xlsx")
    names = ("pipe.xlsx", "folder.xlsx", "link.xlsx", "gone.xlsx")
    batch = read_returns([(name, tmp_path / name) for name in names], FORM, NOBODY)
    assert [[f.code for f in r.findings] for r in batch.returns] == [["F015"], ["F015"], ["F015"], ["F027"]]


def test_a_file_that_changes_while_it_is_read(tmp_path, monkeypatch):
    files = put(tmp_path, **{"a.xlsx": unit_paper("U1").bytes()})
    real = os.lstat(files[0][1])
    older = os.stat_result((*real[:8], real.st_mtime - 9, real.st_ctime))
    monkeypatch.setattr("toolkit.reading.loading.os.lstat", lambda path: older)
    batch = read_returns(files, FORM, NOBODY)
    assert [f.code for f in batch.returns[0].findings] == ["F017"]


def test_progress_counts_every_file(tmp_path):
    seen = []
    files = put(tmp_path, **{"a.xlsx": b"", "~$b.xlsx": b"", "c.xlsx": unit_paper("U1").bytes()})
    read_returns(files, FORM, NOBODY, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 3), (3, 3)]


def test_nothing_to_read():
    batch = read_returns([], FORM, NOBODY)
    assert batch.returns == []
    assert {name: len(frame) for name, frame in batch.tables.items()} == {"unit": 0, "org": 0, "stat": 0}
    assert str(batch.tables["org"]["members"].dtype) == "Int64"


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    rows = (
        {**GOOD, "born": "1956.08", "fund": 0.1 + 0.2, "temporary": "√", "members": "30人", "note": "无"},
        {},
        {**GOOD, "code": "U1-02", "name": "李　四", "members": "若干", "since": 45413.0},
    )
    made = Paper(FORM, {"org": list(rows)})
    made.put("党组织情况", "A11", "合计").put("党组织情况", "F11", 60)
    made.put("年度汇总数", "C7", 12.5)
    made.cells["封面"] = {
        (10, 1): "工作表",
        (10, 2): "填写要求",
        (10, 3): "本单位无此情况",
        (11, 1): "党组织情况",
        (11, 3): "√",
        (12, 1): "年度汇总数",
        (12, 3): "没有的在右边打√",
    }
    files = put(tmp_path_factory.mktemp("one"), **{"甲局.xlsx": made.bytes()})
    return read_returns(files, FORM, UnitList((Unit("U1", "甲局", "", ""),)))


def test_the_tables_are_typed(read):
    frame = read.tables["org"]
    assert list(frame.columns) == ["_return", "_unit", "_sheet", "_row", *FORM.by_name["org"].names]
    assert frame["_row"].tolist() == [7, 9]
    first, second = frame.iloc[0], frame.iloc[1]
    assert (first["_return"], first["_unit"], first["_sheet"]) == (0, "U1", "党组织情况")
    assert first["since"] == pd.Timestamp("2024-05-01")
    assert second["since"] == pd.Timestamp("2024-05-01")
    assert (first["born"], first["fund"], first["temporary"]) == ("1956-08", Decimal("0.3"), "是")
    assert (first["members"], first["note"]) == (30, None)
    assert second["members"] is pd.NA
    assert second["name"] == "李四"
    assert str(frame["since"].dtype) == "datetime64[s]"
    assert str(frame["members"].dtype) == "Int64"
    assert [str(frame[name].dtype) for name in ("code", "fund", "born")] == ["object"] * 3


def test_problem_cells_are_named_and_empty(read):
    assert read.problem_cells["org"] == {(0, 9, "members")}
    assert read.cells(0, "org", ("members",), 9) == ("F9",)
    assert read.cells(0, "unit", ("fill_date",), 0) == ("C9",)


def test_rows_that_cannot_be_judged_are_problem_cells_too(tmp_path):
    lacking = Paper(FORM).put("党组织情况", "F5", "").put("党组织情况", "F6", "").put("党组织情况", "F7", "")
    dated = Paper(FORM, {"org": [{**GOOD, "note": dt.datetime(2024, 3, 1)}]})
    merged = Paper(FORM, {"org": [GOOD, {**GOOD, "code": "U1-02", "name": ""}]})
    merged.hooks.append(lambda book, page, title: page.merge_range("B7:B8", "甲") if title == "党组织情况" else None)
    files = put(tmp_path, **{"a.xlsx": lacking.bytes(), "b.xlsx": dated.bytes(), "c.xlsx": merged.bytes()})
    batch = read_returns(files, FORM, NOBODY)
    assert batch.problem_cells["org"] == {(0, 7, "members"), (2, 8, "name")}
    assert batch.tables["org"]["note"].tolist()[1] == "2024-03-01"


def test_rows_are_accounted_for(read):
    returned = read.returns[0]
    assert (returned.rows_read, returned.not_data) == (6, 1)
    assert returned.rows_read == sum(map(len, read.tables.values())) + returned.not_data


def test_rows_that_are_no_data(tmp_path):
    labels = {column.name: column.label for column in FORM.by_name["org"].columns}
    rows = (
        GOOD,  # 7
        {"code": "2"},  # 8: only a running number
        {"code": "3", "kind": "党支部"},  # 9: and a dropdown default
        {"name": "\u00a0", "note": "　"},  # 10: blanks that are not seen
        labels,  # 11: the header once more
        {"code": "小　计", "members": 30, "fund": 5, "kind": "党支部", "since": "2024-05-01"},  # 12
        {"code": "4", "name": "合计", "members": 30},  # 13
        {"code": "注：以上为离退休党支部"},  # 14
        {"name": "单位负责人：张三", "fund": "填表人：李四"},  # 15
        {},  # 16, 17: blank
        {},
        {"code": "U1-02", "members": 12},  # 18: incomplete, but data
        {**GOOD, "code": "说明书编制支部", "name": "负责人之家"},  # 19: begins like a note, but is data
        {"members": 0},  # 20: a number is data, also nought
        {"code": "U1-09"},  # 21: a code of its own is data
    )
    batch = read_returns(put(tmp_path, **{"a.xlsx": Paper(FORM, {"org": list(rows)}).bytes()}), FORM, NOBODY)
    assert batch.tables["org"]["_row"].tolist() == [7, 18, 19, 20, 21]
    assert batch.returns[0].not_data == 7
    assert [(f.code, f.cells) for f in batch.returns[0].findings] == [("S013", ("A12", "A13", "A14", "A15"))]


def test_printed_rows_are_data_even_when_nothing_is_filled_in(read):
    frame = read.tables["stat"]
    assert frame["stat_code"].tolist() == ["A01", "A02"]
    assert frame["value"].tolist() == [Decimal("12.5"), None]


def test_what_was_put_right_is_listed(read):
    listed = {(repair.cell, repair.before, repair.after) for repair in read.returns[0].repairs}
    assert listed == {
        ("F7", "30人", "30"),
        ("H7", "√", "是"),
        ("I7", "无", ""),
        ("B9", "李　四", "李四"),
        ("D9", "45413", "2024-05-01"),
    }
    assert all(repair.reason and repair.sheet == "党组织情况" for repair in read.returns[0].repairs)


def test_the_vertical_sheet_is_one_row(read):
    frame = read.tables["unit"]
    assert frame["_row"].tolist() == [0]
    assert frame["unit_code"].tolist() == ["U1"]
    assert read.returns[0].fill_date == dt.date(2025, 12, 1)


def test_ticks_on_the_cover(read):
    assert read.returns[0].nil == frozenset({"org"})


def test_where_everything_was_found(read):
    located = read.returns[0].located
    assert located["org"].letters["members"] == "F"
    assert located["org"].header_row == 5
    assert (located["unit"].value_letter, located["unit"].rows["staff"]) == ("C", 8)


def test_columns_may_be_anywhere(tmp_path):
    made = Paper(FORM)
    cells = made.cells["党组织情况"]
    made.cells["党组织情况"] = {(row + 3, 20 - column): value for (row, column), value in cells.items()}
    batch = read_returns(put(tmp_path, **{"a.xlsx": made.bytes()}), FORM, NOBODY)
    assert batch.returns[0].findings == []
    assert batch.returns[0].located["org"].letters["code"] == "U"
    row = batch.tables["org"].iloc[0]
    assert (row["code"], row["members"], row["_row"]) == ("U1-01", 30, 10)


def test_confirmed_aliases_count_as_labels(tmp_path):
    made = Paper(FORM).put("党组织情况", "F5", "人头").put("党组织情况", "F6", "")
    files = put(tmp_path, **{"a.xlsx": made.bytes()})
    codes = {f.code for f in read_returns(files, FORM, NOBODY).returns[0].findings}
    assert codes == {"S006", "S008"}
    known = read_returns(files, FORM, NOBODY, aliases={"org": {"人头": "members"}})
    assert [(finding.code, finding.cells) for finding in known.returns[0].findings] == [("S027", ("F5",))]
    assert known.tables["org"]["members"].tolist() == [30]


def test_personal_numbers_are_masked(tmp_path):
    made = Paper(FORM, {"org": [{**GOOD, "members": "11010119900101123X", "fund": "13812345678元整"}]})
    batch = read_returns(put(tmp_path, **{"a.xlsx": made.bytes()}), FORM, NOBODY)
    text = " ".join(f.sentence + f.value for f in batch.returns[0].findings)
    assert "110101********123X" in text and "138****5678" in text
    assert "19900101" not in text and "13812345678" not in text


def test_the_stamp_is_read_without_the_sheets(tmp_path):
    data = Paper(FORM).bytes()
    lost = edit(data, {"docProps/custom.xml": lambda xml: b"<Properties/>"})
    files = dict(
        put(tmp_path, **{"a.xlsx": data, "b.xlsx": lost, "c.xlsx": b"x", "d.xlsx": Paper(FORM, stamp=None).bytes()})
    )
    found = stamps_of([*files.items(), ("none", tmp_path / "none")])
    assert found[files["a.xlsx"]] == found[files["b.xlsx"]] == STAMP
    assert {found[files["c.xlsx"]], found[files["d.xlsx"]], found[tmp_path / "none"]} == {None}


def test_importing_the_reader_is_cheap():
    code = "import sys, toolkit.reading.worker; print(*sorted({'pandas', 'yaml', 'click'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    assert done.stdout.strip() == ""


def test_a_worker_imports_little():
    code = (
        "import sys, toolkit.reading.extract; print(*sorted({'pandas', 'numpy', 'yaml', 'decimal'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    assert done.stdout.strip() == ""


def test_a_password_opens_the_files_of_its_unit(tmp_path):
    from zoo.containers import encrypted

    units = UnitList((Unit("U1", "甲机关局", "", ""), Unit("U2", "乙机关局", "", "")))
    names = {"甲机关局.xlsx": ("U1", "one"), "乙机关局.xlsx": ("U2", "two")}
    files = put(
        tmp_path,
        **{
            file: encrypted(unit_paper(unit).put("单位情况", "C7", Path(file).stem).bytes(), word)
            for file, (unit, word) in names.items()
        },
    )
    said = {}
    for name, passwords in (("none", {}), ("all", {"": ["two", "one"]}), ("unit", {"U1": ["one"], "乙机关局": ["x"]})):
        batch = read_returns(files, FORM, units, passwords=passwords)
        said[name] = [[finding.code for finding in returned.findings] for returned in batch.returns]
    assert said == {"none": [["F005"], ["F005"]], "all": [["F032"], ["F032"]], "unit": [["F032"], ["F005"]]}


def test_a_file_in_an_archive_can_be_read_again(tmp_path):
    from zoo.batches import zipped

    data = unit_paper("U1").bytes()
    batch = read_returns(put(tmp_path, **{"a.zip": zipped({"回收/甲局.xlsx".encode("gbk"): data})}), FORM, NOBODY)
    assert [returned.file for returned in batch.returns] == ["a.zip", "a.zip/回收/甲局.xlsx"]
    assert content_of(batch.returns[1]) == data
