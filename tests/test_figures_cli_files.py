"""Files, states, order, days of judgement: FIG-31 to FIG-34 of the faults found in the figures, on the command line."""

from __future__ import annotations

import json

import pytest
from figures_cli.returns import YIZHENG, yizheng
from figures_cli.rounds import Round, command, folder_for
from other_saves import as_xls

pytestmark = pytest.mark.rounds
TWICE, TEXT_FILE, LAST, FIRST = "320901", "320902", "320903", "320904"
UNITS = {TWICE: "清渚市教育局", TEXT_FILE: "清渚市水利局", LAST: "清渚市民政局", FIRST: "清渚市交通局"}


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Round:
    """One unit sent a return as .xls and .xlsx, one only a .csv, two under names in the opposite order; no --as-of."""
    units = [{"单位代码": code, "单位全称": name} for code, name in UNITS.items()]
    made = Round(folder_for(tmp_path_factory, "文件"), *YIZHENG, units)
    good = {code: yizheng(code, name) for code, name in UNITS.items()}
    path = made.give(TWICE, good[TWICE])
    path.with_name("另存.xls").write_bytes(as_xls(path.read_bytes()))
    (made.folder / "回收" / f"{TEXT_FILE}_{UNITS[TEXT_FILE]}.csv").write_text("单位,人数\n甲,3\n", "utf-8")
    made.give(LAST, good[LAST], "乙.xlsx")
    made.give(FIRST, good[FIRST], "0甲.xlsx")
    answer = command("run", made.folder)
    assert answer.exit_code == 1, answer.output
    return made


def test_fig_31_one_return_in_two_formats_is_one_return(files):
    """Compared by rows, not by bytes; no question which of them counts."""
    assert "B002" not in [line["代码"] for line in files.findings()]
    assert files.line("综合汇总", "数据_单位", TWICE, "返回情况")["返回情况"] == "已返回"
    assert files.payment(TWICE, "周桂芳") == (3600, "达标")


def test_fig_33_one_text_file_is_one_state_everywhere(files):
    """Sent back to be done again: in `status`, 概况, 按单位, 数据_单位 and `chase`."""
    states = json.loads(files.ask("status", "--json", dated=False).output)["units"]
    reminders = json.loads(files.ask("chase", "--json").output)
    assert {one["state"] for one in (*states, *reminders) if one["unit"] == TEXT_FILE} == {"有错退回"}
    for book, sheet in (("综合汇总", "数据_单位"), ("问题清单", "按单位")):
        assert files.line(book, sheet, TEXT_FILE, "返回情况")["返回情况"] not in ("未返回", "已返回"), sheet
    silent = next(line for line in files.text("问题清单", "概况").splitlines() if line.startswith("其中：未返回"))
    assert UNITS[TEXT_FILE] not in silent


@pytest.mark.parametrize(("sheet", "label"), [("任职与补贴", "姓名"), ("活动台账", "主题")])
def test_fig_34_rows_stand_in_the_order_of_the_unit_list(files, sheet, label):
    """Whatever the files are called: 乙.xlsx is the third unit's, 0甲.xlsx the fourth one's."""
    order = [UNITS[LAST], UNITS[FIRST]]
    shown = [line["单位"] for line in files.rows("汇总数据", sheet, "单位", label)]
    assert list(dict.fromkeys(name for name in shown if name in order)) == order


def test_fig_34_a_closed_year_is_judged_as_of_its_end(files):
    """Not as of the day on which somebody happens to look; and the page to sign says so."""
    front = files.text("综合汇总", "1 总体情况")
    assert "统计截止：2024-01-01" in front and "年度终了" in front


def test_fig_32_an_emptied_inbox_replaces_nothing(files):
    """Renamed, then half of it gone: nothing is written, and the run does not end as if all were well."""
    inbox, kept = files.folder / "回收", files.folder / "回收（旧）"
    before = _outputs(files)
    inbox.rename(kept)
    assert files.ask("run").exit_code not in (0, 1)
    assert _outputs(files) == before
    inbox.mkdir(exist_ok=True)
    assert files.ask("run").exit_code not in (0, 1)
    assert _outputs(files) == before
    (kept / f"{TWICE}_{UNITS[TWICE]}.xlsx").rename(inbox / "一份.xlsx")
    answer = files.ask("run")
    assert answer.exit_code not in (0, 1) and "3" in answer.output, "one return counts where three did"
    assert _outputs(files) == before


def _outputs(made: Round) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((made.folder / "汇总").glob("*.xlsx"))}
