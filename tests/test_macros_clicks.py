"""Every button clicked with a real mouse in LibreOffice on its own screen: the sheet and the disk are asserted."""

import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from office import needs_office

from macros.writing import this_program, write_console
from tests.macros.clicking import Clicks
from toolkit.campaign import open_campaign
from toolkit.console import console
from toolkit.trial import write_sample

pytestmark = [pytest.mark.slow]
AS_OF = "2024-01-15"
UNITS = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A round with returns, in a folder with Chinese characters and a blank."""
    folder = tmp_path_factory.mktemp("控 制") / "批次 一"
    campaign = write_sample(folder, policy="yizheng-2022", units=UNITS, seed=3, defects="heavy")
    write_console(campaign)
    return folder


@pytest.fixture(scope="module")
def screen(folder):
    clicks = Clicks()
    clicks.open(path=str(folder / "控制台.xlsm"))
    clicks.set(name="cfg_as_of", value=AS_OF)
    yield clicks
    clicks.close()
    clicks.end()


@contextmanager
def cells(screen, **values):
    """Settings changed for one click."""
    before = screen.cells(names=list(values))
    for name, value in values.items():
        screen.set(name=name, value=value)
    try:
        yield
    finally:
        for name, value in before.items():
            screen.set(name=name, value=value)


@needs_office
def test_opening_starts_the_macros_and_says_so(screen):
    assert screen.cells(names=["out_status", "out_message"]) == {
        "out_status": "就绪",
        "out_message": console().texts["say"]["ready"],
    }
    screen.picture("控制台_打开")


@needs_office
def test_status_started_by_office_itself(screen):
    answer = screen.press("刷新情况")
    assert (answer["status"], answer["message"][:9]) == ("完成", f"情况已刷新：{UNITS} 个")


@needs_office
def test_new_round_started_by_office_itself(screen, folder):
    target = folder.parent / "新批次"
    target.mkdir()
    shutil.copy(folder / "单位名录.xlsx", target)
    new = {"cfg_folder": str(target), "cfg_title": "试办批次", "cfg_deadline": "2023/12/31", "cfg_year": "2023"}
    with cells(screen, **new, known_title="试办批次", known_deadline="2023/12/31"):
        assert screen.press("1 新建批次")["status"] == "完成"
        assert screen.cells(names=["out_title"])["out_title"].startswith("试办批次　｜　")
        again = screen.press("1 新建批次")
    made = open_campaign(target)
    assert (made.title, str(made.deadline)) == ("试办批次", "2023-12-31")
    assert (target / "控制台.xlsm").exists()
    assert again["status"] == "没有做成" and "K002" in again["message"]


@needs_office
def test_validate_fills_the_tables(screen, folder):
    answer = screen.press("3 校验返回表")
    screen.picture("控制台_校验")
    assert (folder / "汇总" / "问题清单.xlsx").exists()
    assert answer["status"] == "有问题" and answer["message"].startswith("校验了")
    assert answer["progress"] == "100%"
    rows = screen.table(name="tbl_findings")
    assert {row[0] for row in rows} <= {"错误", "疑问", "提示", "已说明"} and rows
    assert all(not row[6].startswith("'") for row in rows)
    units = screen.table(name="tbl_units")
    assert [row[0] for row in units] == [unit.code for unit in open_campaign(folder).units]
    counted = [row[0] for row in screen.area(name="tbl_states")]
    assert sum(counted) == UNITS == len(units)
    assert screen.cells(names=["out_what_validate"])["out_what_validate"]
    screen.sheet(title="问题清单")
    screen.picture("问题清单")
    screen.sheet(title="各单位")
    screen.picture("各单位")
    screen.sheet(title="控制台")


@pytest.fixture(scope="class")
def watched(screen, folder):
    """A watcher at work for many clicks; before it started, the workbook said that there is none."""
    with cells(screen, cfg_launcher="后台值守", cfg_start="2"):
        alone = screen.press("刷新情况")
    assert alone["status"] == "没有做成" and "M024" in alone["message"]
    watcher = subprocess.Popen([this_program(), "watch", str(folder)], stdout=subprocess.DEVNULL)
    jobs = folder / ".xltool" / "jobs"
    _wait_for(jobs)
    with cells(screen, cfg_launcher="后台值守", cfg_jobs=str(jobs)):
        yield
    watcher.terminate()
    watcher.wait(10)


@needs_office
@pytest.mark.usefixtures("watched")
class TestWithAWatcher:
    """Office starts no program here: a watcher hears the buttons."""

    def test_new_round_is_not_the_business_of_this_one(self, screen, folder):
        """A watcher serves the round in whose folder it was started, and makes none elsewhere."""
        with cells(screen, cfg_folder=str(folder.parent / "别的批次")):
            answer = screen.press("1 新建批次")
        assert answer["status"] == "没有做成" and "M030" in answer["message"]
        assert not (folder.parent / "别的批次").exists()

    def test_distribute(self, screen, folder):
        missing = next((folder / "下发").iterdir())
        missing.unlink()
        answer = screen.press("2 下发模板")
        assert answer["status"] == "完成" and "下发完成" in answer["message"]
        assert missing.exists()

    def test_send_back(self, screen, folder):
        answer = screen.press("4 退回修改")
        assert answer["status"] in ("完成", "有问题") and answer["message"].startswith("退回")
        names = [row[0] for row in screen.table(name="tbl_outputs")]
        assert names and sorted(names) == sorted(path.name for path in (folder / "退回").rglob("*.xlsx"))

    @pytest.mark.parametrize(
        ("label", "files"),
        [
            ("5 汇总", ["汇总数据.xlsx"]),
            ("6 核算补贴", ["工作补贴发放表.xlsx"]),
            ("7 达标核对", ["达标情况.xlsx"]),
            ("8 生成汇总表", ["工作补贴发放表.xlsx", "达标情况.xlsx", "综合汇总.xlsx"]),
            ("一键全流程", ["问题清单.xlsx", "汇总数据.xlsx", "工作补贴发放表.xlsx", "达标情况.xlsx", "综合汇总.xlsx"]),
            ("台账名册", ["台账名册.xlsx"]),
            ("上报汇总", ["上报汇总.xlsx"]),
            ("外部平台", ["外部平台.xlsx"]),
        ],
    )
    def test_buttons_that_write_files(self, screen, folder, label, files):
        for name in files:
            (folder / "汇总" / name).unlink(missing_ok=True)
        assert screen.press(label)["status"] in ("完成", "有问题")
        listed = [row[0] for row in screen.table(name="tbl_outputs")]
        assert set(files) <= set(listed)
        assert all((folder / "汇总" / name).exists() for name in listed)
        if label == "一键全流程":
            screen.picture("控制台_全流程")

    def test_chase(self, screen, folder):
        answer = screen.press("9 催报")
        assert answer["status"] == "完成" and answer["message"].startswith("要催")
        assert [path.name for path in (folder / "汇总").glob("催报*.xlsx")]

    def test_task_lists(self, screen, folder):
        answer = screen.press("责任清单")
        assert answer["status"] == "完成" and screen.front_sheet() == "查看"
        assert any("TSK-120" in str(cell) for row in screen.table(name="tbl_details") for cell in row)
        screen.sheet(title="控制台")
        names = {row[0] for row in screen.table(name="tbl_outputs")}
        assert names - {"责任单位.xlsx"} == {path.name for path in (folder / "汇总" / "责任清单").iterdir()}

    @pytest.mark.parametrize(
        ("label", "said", "files"),
        [
            ("打包下发", "下发完成：", ["下发清单.xlsx"]),
            ("争议核对", "争议 0 起", ["争议汇总.xlsx"]),
            ("收责任单", "责任清单：收到", ["责任清单汇总.xlsx"]),
            ("合并上报", "合并了 1 份上报汇总", ["上报汇总合并.xlsx"]),
            ("规则回测", "回测了", []),
        ],
    )
    def test_more_and_what_comes_back(self, screen, folder, label, said, files):
        """Lists and returns upward that earlier clicks wrote come back in the folders that the settings name."""
        for source, target in (("汇总/责任清单", "责任清单回收"), ("汇总/上报汇总.xlsx", "下级上报/某县.xlsx")):
            if not (folder / target).exists():
                (folder / target).parent.mkdir(exist_ok=True)
                (shutil.copy if target.endswith(".xlsx") else shutil.copytree)(folder / source, folder / target)
        answer = screen.press(label)
        assert answer["message"].startswith(said), answer
        assert set(files) <= {row[0] for row in screen.table(name="tbl_outputs")}
        if label == "规则回测":
            assert screen.front_sheet() == "查看" and screen.table(name="tbl_details")
            screen.picture("查看_规则回测")
            screen.sheet(title="控制台")
            screen.picture("控制台_更多操作")

    def test_mail_is_a_rehearsal(self, screen, folder):
        answer = screen.press("发邮件")
        assert answer["status"] == "完成" and "一封都没有发" in answer["message"]
        assert screen.cells(names=["cfg_mail_mode"]) == {"cfg_mail_mode": "先演练"}
        assert len(screen.table(name="tbl_details")) == len(list((folder / "汇总" / "邮件").iterdir())) == UNITS
        assert screen.front_sheet() == "查看"
        screen.sheet(title="控制台")

    def test_a_unit_is_picked_and_decided_on(self, screen, folder):
        screen.sheet(title="各单位")
        unit = list(open_campaign(folder).units)[1]
        screen.pick(name="tbl_units", row=1)
        assert screen.press("暂缓")["message"].startswith("[M017]")
        for label, verdict in (("暂缓", "有疑问"), ("人工通过", "已通过"), ("重开", "有错退回")):
            screen.set(name="cfg_why", value="已电话核实")
            answer = screen.press(label)
            assert answer["status"] == "完成" and unit.name in answer["message"]
            assert screen.table(name="tbl_units")[1][2] == verdict
            if label == "人工通过":
                self._receipts(screen, folder, unit)
        last = open_campaign(folder).ledger.decisions()[unit.code]
        assert (last["verdict"], last["why"]) == ("重开", "已电话核实")
        screen.picture("各单位_选中")
        screen.sheet(title="控制台")

    @staticmethod
    def _receipts(screen, folder, unit):
        assert screen.press("出回执")["status"] == "完成"
        made = folder / "汇总" / "回执" / f"{unit.code}_{unit.name}.txt"
        assert made.exists()
        made.unlink()
        screen.sheet(title="控制台")
        assert screen.press("全部回执")["status"] == "完成" and made.exists()
        screen.sheet(title="各单位")

    def test_what_else_a_unit_needs(self, screen, folder):
        """One of several returns is chosen by its number, what happened is told, an older workbook is carried over."""
        unit = next(iter(open_campaign(folder).units))
        file = screen.table(name="tbl_units")[0][6]
        screen.sheet(title="各单位")
        screen.pick(name="tbl_units", row=0)
        assert "[M017] “争议编号”" in screen.press("裁定归该单位")["message"]
        assert "[M017] “争议编号”" in screen.press("裁定不是一人")["message"]
        for label, told in (("来往经过", "校验"), ("选定哪份", file), ("转旧版表", file)):
            screen.sheet(title="各单位")
            answer = screen.press(label)
            assert answer["status"] in ("完成", "有问题"), answer
            assert screen.front_sheet() == "查看" and told in str(screen.table(name="tbl_details"))
        assert (folder / "汇总" / "迁移" / file).exists()
        screen.sheet(title="各单位")
        screen.set(name="cfg_file", value="1")
        assert screen.press("选定哪份")["message"].startswith(f"已选定 {file}")
        assert unit.code in open_campaign(folder).ledger.chosen()
        assert screen.cells(names=["cfg_file"]) == {"cfg_file": ""}
        screen.picture("各单位_按钮")
        screen.sheet(title="控制台")

    def test_a_result_is_explained(self, screen):
        screen.sheet(title="各单位")
        screen.pick(name="tbl_units", row=0)
        with cells(screen, cfg_clause="YZ-S4-l 加大保障力度"):
            answer = screen.press("解释结果")
        assert answer["status"] == "完成" and screen.front_sheet() == "查看"
        rows = screen.table(name="tbl_details")
        assert rows[0][1].split("　")[1] == "YZ-S4-l" and [
            label for label in dict.fromkeys(row[0] for row in rows) if label in ("原文", "等级")
        ] == ["原文", "等级"]
        screen.picture("查看_解释结果")
        screen.sheet(title="各单位")
        assert "[K015]" in screen.press("前后对比")["message"]
        screen.pick(name="page_units", row=1)
        assert "[M016]" in screen.press("前后对比")["message"]
        screen.sheet(title="控制台")

    def test_status(self, screen):
        answer = screen.press("刷新情况")
        assert (answer["status"], answer["message"][:9]) == ("完成", f"情况已刷新：{UNITS} 个")

    def test_only_filled_rows_are_printed(self, screen, tmp_path):
        pdf = tmp_path / "控制台.pdf"
        screen.print_to(path=str(pdf))
        told = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
        pages = told.stdout.split("\f")[:-1]
        assert 6 <= len(pages) <= 13
        assert all(page.strip() for page in pages)

    def test_settings_changed_in_the_cells_reach_the_round(self, screen, folder):
        screen.set(name="cfg_return_to", value="市委老干部局组织科")
        assert screen.press("刷新情况")["status"] == "完成"
        assert open_campaign(folder).return_to == "市委老干部局组织科"
        assert screen.cells(names=["known_return_to"])["known_return_to"] == "市委老干部局组织科"

    def test_open_folder(self, screen, folder):
        answer = screen.press("打开文件夹")
        expected = "完成" if shutil.which("xdg-open") else "没有做成"
        assert answer["status"] == expected and str(folder) in answer["message"]

    @pytest.mark.parametrize("label", ["校验当前工作簿", "下一处", "填入说明"])
    def test_live_buttons_say_that_they_need_excel(self, screen, label):
        answer = screen.press(label)
        assert answer["status"] == "没有做成" and "M006" in answer["message"]

    @pytest.mark.parametrize(
        ("code", "settings"),
        [
            ("M030", {"cfg_folder": "/tmp"}),
            ("K007", {"cfg_as_of": "年底"}),
            ("M014", {"cfg_deadline": "年底"}),
        ],
    )
    def test_what_the_program_refuses_is_one_sentence(self, screen, code, settings):
        _one_sentence(screen, code, settings)

    def test_a_second_console_waits_its_turn(self, screen, folder):
        with open_campaign(folder).exclusive():
            answer = screen.press("3 校验返回表")
        assert answer["status"] == "没有做成" and "K006" in answer["message"]

    def test_a_box_when_asked_for(self, screen):
        with cells(screen, cfg_popup="是"):
            screen.click(label="刷新情况")
            assert screen.answer_box(title="控制台", seconds=40)
        assert screen.wait(running="正在运行", seconds=5) == "完成"


def _one_sentence(screen, code, settings):
    with cells(screen, **settings):
        answer = screen.press("刷新情况", seconds=30)
    assert answer["status"] == "没有做成" and answer["message"].startswith(f"[{code}]")
    assert "\n" not in answer["message"] and answer["message"].endswith("。")


def _wait_for(path: Path) -> None:
    end = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.1)


def _script(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@needs_office
@pytest.mark.parametrize(
    ("code", "settings"),
    [
        ("K001", {"cfg_folder": "/tmp"}),
        ("M026", {"cfg_program": "/没有/这个 程序"}),
        ("M028", {"cfg_program": "/bin/true", "cfg_start": "1"}),
        ("M022", {"cfg_folder": "https://d.docs.live.net/批次"}),
        ("M025", {"cfg_jobs": "/没有/这个文件夹"}),
        ("M027", {"cfg_launcher": "xlwings 加载项"}),
    ],
)
def test_what_goes_wrong_is_one_sentence(screen, code, settings):
    _one_sentence(screen, code, settings)


@needs_office
def test_cancel_stops_the_program(screen, tmp_path):
    slow = _script(tmp_path, "慢.sh", f'cd "{Path.cwd()}" && exec "{sys.executable}" tests/macros/slow_program.py "$@"')
    with cells(screen, cfg_program=slow):
        screen.click(label="刷新情况")
        assert screen.watch_cell(name="out_message", text="慢慢做", seconds=30)
        screen.picture("控制台_进度")
        screen.click(label="取消", mark="")
        assert screen.wait(running="正在运行", seconds=30) == "已取消"
    assert "M004" in screen.cells(names=["out_message"])["out_message"]


@needs_office
def test_too_long(screen, tmp_path):
    slow = _script(tmp_path, "慢.sh", f'cd "{Path.cwd()}" && exec "{sys.executable}" tests/macros/slow_program.py "$@"')
    with cells(screen, cfg_program=slow, cfg_minutes="0.05"):
        answer = screen.press("刷新情况", seconds=30)
    assert answer["status"] == "没有做成" and "M029" in answer["message"]
