"""汇总数据.xlsx and Parquet: typed cells, provenance, refused rows, the account."""

from datetime import datetime
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
import summary_cases as cases
from openpyxl import load_workbook

from toolkit.summary.merged import merged_workbook, write_parquet


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("merged") / "汇总数据.xlsx"
    merged_workbook(cases.merged(), path)
    return load_workbook(path, data_only=True)


def table(sheet) -> list[dict]:
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def test_cells_keep_their_types(book):
    first, second = table(book["任职与补贴"])[:2]
    assert (first["单位"], first["文件"], first["行"]) == ("市教育局", "返回0.xlsx", 5)
    assert first["任职日期"] == datetime(2023, 3, 15)
    assert first["本期已发月数"] == 0 and second["本期已发月数"] == 1
    assert second["本期已发金额"] == 3600.1
    assert first["本期已发金额"] == "1234567890123456.78", "Excel would lose the last digit"


def test_empty_stays_empty(book):
    third = table(book["任职与补贴"])[2]
    assert {key for key, value in third.items() if value is not None} == {"单位", "文件", "行"}


def test_phone_and_clerk_are_left_out_and_the_account_says_so(book):
    assert not {"办公电话", "填报人"} & set(table(book["单位情况"])[0])
    assert any("办公电话、填报人" in str(cell.value) for cell in book["核对"]["A"])


def test_refused_rows_are_all_there_with_their_reason(book):
    body = [[cell.value for cell in row] for row in book["剔除行"].iter_rows(min_row=4)]
    assert [row[:6] for row in body] == [
        ["市教育局", "返回0.xlsx", "任职与补贴", 5, "T-001\nT-003", "人员编号像身份证号"],
        ["市财政局", "返回0.xlsx", "任职与补贴", 6, "T-001\nT-003", "人员编号像身份证号"],
    ]
    assert "本期已发金额：1234567890123456.78" in body[0][6]


def test_files_that_do_not_count_are_listed_with_their_state(book):
    """In the order of the unit list; files of nobody come last."""
    states = [row[3].value[:4] for row in book["旧版与重复"].iter_rows(min_row=4)]
    assert states == ["重复文件", "旧版本（", "待确认（", "无法读取", "不是返回"]


def test_the_account_balances_and_shows_it(book):
    verdicts = [row[5].value for row in book["核对"].iter_rows() if row[5].value in ("平", "不平")]
    assert len(verdicts) == len(cases.form().sheets) + 4 and set(verdicts) == {"平"}


def test_a_lost_row_shows_in_the_account(tmp_path):
    merged = cases.merged()
    merged.returns[0].rows_read += 1
    merged_workbook(merged, tmp_path / "a.xlsx")
    sheet = load_workbook(tmp_path / "a.xlsx", data_only=True)["核对"]
    assert [row[5].value for row in sheet.iter_rows() if row[5].value == "不平"] == ["不平"]


def test_more_rows_than_a_sheet_holds_go_to_numbered_sheets(tmp_path, monkeypatch):
    monkeypatch.setattr("toolkit.summary.long_sheet.SHEET_ROWS", 5)
    merged_workbook(cases.merged(rows=9), tmp_path / "a.xlsx")
    book = load_workbook(tmp_path / "a.xlsx", data_only=True)
    names = ["任职与补贴", "任职与补贴（2）", "任职与补贴（3）"]
    assert [name for name in book.sheetnames if name.startswith("任职")] == names
    assert [row["行"] for name in names for row in table(book[name])] == list(range(5, 14))
    assert any("分成 3 张" in str(row[6].value) for row in book["核对"].iter_rows())


def test_parquet_holds_the_same_rows_exactly(tmp_path):
    merged = cases.merged()
    paths = write_parquet(merged, tmp_path)
    assert [path.stem for path in paths] == [
        stem for sheet in cases.form().sheets for stem in (sheet.name, f"_refused_{sheet.name}")
    ]
    data = pq.read_table(tmp_path / "post.parquet").to_pylist()
    assert data[0]["paid_amount"] == Decimal("1234567890123456.78")
    assert data[0]["start_date"].isoformat() == "2023-03-15"
    assert (data[0]["_unit"], data[0]["_file"], data[0]["_row"]) == (cases.CODES[0], "返回0.xlsx", 5)
    assert data[2]["paid_months"] is None and len(data) == 9
    before = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in write_parquet(merged, tmp_path)] == before
