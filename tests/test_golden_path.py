"""The whole job as a user runs it: sample → run in a process of its own → every output compared by meaning.

After an intended change: XLTOOL_RECORD=1 pytest tests/test_golden_path.py, then review the diff of tests/golden/.
"""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from dump import dump, formulas
from office import needs_office, recalculate_all

from toolkit.cli import main_group

ROOT, GOLDEN = Path(__file__).parent.parent, Path(__file__).parent / "golden"
POLICIES = ("yizheng-2022", "yunnan-2025")
BOOKS = ("问题清单", "汇总数据", "工作补贴发放表", "达标情况", "综合汇总")
RECORD = bool(os.environ.get("XLTOOL_RECORD"))

pytestmark = pytest.mark.slow


def xltool(*args, expect=0):
    """Runs the console command; returns its standard output."""
    command = [sys.executable, "-m", "toolkit.cli", *map(str, args)]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, encoding="utf-8")
    assert answer.returncode == expect, answer.stdout[-3000:] + answer.stderr[-3000:]
    assert "Traceback" not in answer.stderr
    return answer.stdout


def answered(*args, expect=0):
    """What a command of the same round answers as JSON, in this process: the processes were tried by `done`."""
    answer = CliRunner().invoke(main_group, [*map(str, args), "--json"], catch_exceptions=False)
    assert answer.exit_code == expect, answer.output[-3000:]
    return json.loads(answer.stdout)


@pytest.fixture(scope="module", params=POLICIES)
def done(request, tmp_path_factory):
    """A round of ten units with typical defects, run to the end."""
    folder = tmp_path_factory.mktemp("黄金 路径") / request.param
    xltool("sample", folder, "--policy", request.param, "--units", 10, "--seed", 7)
    year = {"yizheng-2022": 2024, "yunnan-2025": 2026}[request.param]
    day = f"{year}-01-15"
    xltool("run", folder, "--as-of", day, expect=1)
    return request.param, folder, day


@pytest.fixture(scope="module")
def validated(done):
    """What `xltool validate` answers."""
    _, folder, day = done
    return answered("validate", folder, "--as-of", day, expect=1)


@pytest.fixture(scope="module")
def computed(done, tmp_path_factory):
    """Book → its values after LibreOffice computed every formula anew; without the books that have no formula."""
    _, folder, _ = done
    paths = {book: folder / "汇总" / f"{book}.xlsx" for book in BOOKS}
    found = recalculate_all([path for path in paths.values() if formulas(path)], tmp_path_factory.mktemp("重算"))
    return {book: found[path] for book, path in paths.items() if path in found}


@pytest.mark.parametrize("book", BOOKS)
def test_every_output_says_what_it_said_before(done, book):
    policy, folder, _ = done
    text = dump(folder / "汇总" / f"{book}.xlsx").replace(str(folder), "DIR")
    golden = GOLDEN / policy / f"{book}.txt"
    if RECORD:
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_the_same_input_gives_the_same_bytes(done):
    _, folder, day = done
    before = {path.name: path.read_bytes() for path in (folder / "汇总").rglob("*") if path.is_file()}
    xltool("run", folder, "--as-of", day, expect=1)
    after = {path.name: path.read_bytes() for path in (folder / "汇总").rglob("*") if path.is_file()}
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []


def test_json_balances_and_every_file_is_there_once(done, validated):
    _, folder, _ = done
    files, rows = validated["files"], validated["rows"]
    assert files["total"] == sum(count for state, count in files.items() if state != "total")
    assert rows["read"] == rows["merged"] + rows["rejected"] + rows["not_data"] + rows["aside"]
    inbox = sorted(path.name for path in (folder / "回收").iterdir())
    assert sorted(item["file"] for item in validated["returns"]) == inbox


def test_every_planted_defect_is_found_in_its_cell(done, validated):
    _, folder, _ = done
    found = {
        (finding["file"], finding["sheet"], cell, finding["code"])
        for finding in validated["findings"]
        for cell in finding["cells"] or [""]
    }
    planted = json.loads((folder / "defects.json").read_text(encoding="utf-8"))
    assert planted
    missed = [d for d in planted if (d["file"], d["sheet"], d["cell"], d["code"]) not in found]
    assert missed == []


def test_the_allowances_reconcile(done):
    _, folder, day = done
    report = answered("allowance", folder, "--as-of", day)
    due = sum(Decimal(person["due"]) for person in report["persons"] if person["due"] is not None)
    assert due == Decimal(report["totals"]["due"])


@needs_office
@pytest.mark.parametrize("book", BOOKS)
def test_every_formula_gives_what_python_computed(done, computed, book):
    _, folder, _ = done
    expected = formulas(folder / "汇总" / f"{book}.xlsx")
    values = computed.get(book, {})
    wrong = {}
    for (sheet, cell), value in expected.items():
        got = values.get(sheet, {}).get(cell, "")
        same = got == value or (value in (None, "") and got == "")
        if isinstance(value, int | float) and isinstance(got, int | float):
            same = abs(got - value) < 1e-9
        if not same:
            wrong[sheet, cell] = (value, got)
    assert wrong == {}
