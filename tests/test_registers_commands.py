"""The commands from end to end on one small round: registers, platforms, lists of duties, returns upward."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from office import needs_office, recalculate
from offices import say_offices
from openpyxl import load_workbook

from toolkit.campaign import open_campaign
from toolkit.job import job_for
from toolkit.pipeline import check
from toolkit.registers.files import compare_platforms, write_platforms, write_registers
from toolkit.trial import write_sample

pytestmark = pytest.mark.rounds

DAY = date(2026, 1, 15)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("round") / "r"
    write_sample(folder, policy="yunnan-2025", units=3, seed=1, defects="none", year=2025)
    return check(job_for([folder], as_of=DAY))


def xltool(*words):
    """Runs the program; exit code and what it says."""
    done = subprocess.run([sys.executable, "-m", "toolkit.cli", *map(str, words)], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_every_command_says_what_it_did(run, tmp_path):
    folder = run.job.campaign.folder
    day = ("--as-of", DAY)
    assert xltool("registers", folder, *day, "-o", tmp_path / "a.xlsx")[0] == 0
    code, said = xltool("tasks", folder, *day)
    assert code == 0 and "已写出 0 份责任清单" in said and "[TSK-120]" in said
    say_offices(open_campaign(folder), {"各地各部门": "530902"}, "不发")
    code, said = xltool("tasks", folder, *day)
    assert code == 0 and "已写出 1 份责任清单" in said and "TSK" not in said
    code, said = xltool("tasks", folder, "--merge", folder / "汇总" / "责任清单", *day)
    assert code == 0 and "责任清单汇总.xlsx" in said
    assert xltool("platforms", folder, *day, "-o", tmp_path / "p.xlsx")[0] == 0
    assert xltool("report-up", folder, *day, "-o", tmp_path / "u.xlsx")[0] == 0
    code, said = xltool("merge-up", tmp_path / "u.xlsx", "-o", tmp_path / "v.xlsx")
    assert code == 0 and "3 个单位" in said
    code, said = xltool("merge-up", tmp_path / "v.xlsx", "-o", tmp_path / "v.xlsx")
    assert code == 2 and said.startswith("[O005]")
    assert xltool("merge-up", tmp_path / "a.xlsx", "-o", tmp_path / "w.xlsx")[0] == 2
    assert xltool("tasks", folder, "--merge", tmp_path / "none")[0] == 2
    assert {path.name for path in tmp_path.iterdir()} == {"a.xlsx", "p.xlsx", "u.xlsx", "v.xlsx"}


def test_a_list_pasted_into_the_import_sheet_is_compared(run, tmp_path):
    job = run.job
    data = run.dataset
    rows = [
        {"org_code": "530901-01", "member_no": "R1", "direction": "流出", "_unit": "530901", "_row": 7, "_return": 0},
        {"org_code": "530901-01", "member_no": "R2", "direction": "流出", "_unit": "530901", "_row": 8, "_return": 0},
    ]
    import pandas as pd

    data.tables["floating"] = pd.DataFrame(rows)
    path = write_platforms(data, job.policy, None, tmp_path / "p.xlsx", "")
    book = load_workbook(path)
    assert book.sheetnames == ["导出·党员管理信息系统", "导入·党员管理信息系统"]
    out, into = book.worksheets
    unit = run.dataset.units.get("530901")
    assert [cell.value for cell in out[5]][:5] == [unit.name, unit.orgs[0].name, "530901-01", "R1", "流出"]
    assert [cell.value for cell in into[4]][:2] == ["党组织代码", "党员编号"]
    into.append(["530901-01", "R1", "流出"])
    into.append(["530901-01", "R9", "流出"])
    book.save(path)
    counts = compare_platforms(data, job.policy, None, path, tmp_path / "c.xlsx", "")
    assert counts == {"same": 1, "only_ours": 1, "only_theirs": 1}
    rows = [[cell.value for cell in row] for row in load_workbook(tmp_path / "c.xlsx").active.iter_rows(min_row=4)]
    assert [row[1] for row in rows] == ["两边一致", "平台名单里没有", "报表里没有"]
    assert [row[2] for row in rows] == [unit.name, unit.name, None]


@needs_office
@pytest.mark.libreoffice
def test_live_sums_of_the_registers(run, tmp_path):
    path = write_registers(run, Path(tmp_path) / "a.xlsx")
    cached, again = load_workbook(path, data_only=True), recalculate(path, tmp_path)
    formulas = load_workbook(path)
    found = 0
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")):
            found += 1
            expected = cached[sheet.title][cell.coordinate].value
            assert again[sheet.title][cell.coordinate] == pytest.approx(expected), (sheet.title, cell.coordinate)
    assert found > 20
