"""A run with nothing new does no work and changes no byte; any change of its input makes it work again."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from reading_books import edit

from tests.macros import contract
from toolkit import bridge, pipeline, rerun
from toolkit.bridge import protocol
from toolkit.campaign import aliases, open_campaign, tabs
from toolkit.cli import main_group
from toolkit.trial import write_sample

pytestmark = pytest.mark.rounds

DAY, ROOT = "2025-01-15", Path(__file__).parent.parent
UNCHANGED = "什么都没有变"


@pytest.fixture(scope="module")
def round_done(tmp_path_factory):
    """A round of two units that was run once."""
    folder = tmp_path_factory.mktemp("再") / "批次"
    write_sample(folder, policy="yizheng-2022", units=2, seed=5, defects="heavy")
    run(folder)
    return folder


@pytest.fixture
def works(monkeypatch):
    """Whether a run got as far as reading; it goes no further."""

    class Works(Exception):
        pass

    def read(job):
        raise Works

    monkeypatch.setattr(pipeline, "read", read)

    def worked(folder: Path, *more: str) -> bool:
        answer = CliRunner().invoke(main_group, ["run", str(folder), "--as-of", DAY, *more])
        assert (UNCHANGED in answer.output) != ("Works" in answer.output), answer.output
        return "Works" in answer.output

    return worked


def forge(path: Path) -> None:
    """Another report under the same seal."""
    data = path.read_bytes()
    changed = data.replace(b'"rejected": 0', b'"rejected": 7').replace(b'"exit_code": 1', b'"exit_code": 0')
    assert changed != data
    path.write_bytes(changed)


def run(folder: Path, *more: str):
    answer = CliRunner().invoke(main_group, ["run", str(folder), "--as-of", DAY, *more], catch_exceptions=False)
    assert answer.exit_code in (0, 1), answer.output
    return answer


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (
        path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "lock" and path.suffix != ".log"
    )
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def without_tables(*command: str) -> tuple[int, list[str]]:
    """The exit code and the lines of a command that loads neither pandas nor pandera."""
    code = (
        "import sys\nsys.argv = ['xltool', *sys.argv[1:]]\nfrom toolkit.cli import main\n"
        "try: main()\nfinally: print(sorted({'pandas', 'pandera'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, text=True, cwd=ROOT, encoding="utf-8"
    )
    *said, loaded = done.stdout.splitlines()
    assert loaded == "[]", done
    return done.returncode, said


def test_nothing_new_is_no_work_and_no_byte(round_done):
    before = state(round_done)
    code, said = without_tables("run", str(round_done), "--as-of", DAY)
    assert len(said) == 1 and UNCHANGED in said[0]
    assert code == 1, "the sample has errors, and that has not changed"
    assert state(round_done) == before


def test_who_only_looks_loads_no_tables(round_done):
    (new := round_done / "回收" / "新到.xlsx").write_bytes(min((round_done / "下发").glob("*.xlsx")).read_bytes())
    try:
        for command in (("status", "--as-of", DAY), ("history",)):
            assert without_tables(command[0], str(round_done), *command[1:])[0] == 0, command
    finally:
        new.unlink()


def test_a_forced_run_works_changes_no_output_and_a_machine_hears_the_same(round_done):
    before = state(round_done / "汇总")
    fresh = run(round_done, "--fresh", "--json").stdout
    assert UNCHANGED not in fresh and state(round_done / "汇总") == before
    assert json.loads(run(round_done, "--json").stdout) == json.loads(fresh)


def test_other_runs_work(round_done, works, tmp_path):
    assert not works(round_done)
    assert works(round_done, "--fresh")
    assert works(round_done, "--as-of", "2025-01-16")
    shutil.copytree(round_done, tmp_path / "批次")  # which remembers nothing: it is in another place
    assert works(tmp_path / "批次", "-o", str(tmp_path))
    assert works(round_done, "--password", "x")


CHANGES = {
    "a return more": lambda folder: (folder / "回收" / "x.xlsx").write_bytes(b"new"),
    "a return fewer": lambda folder: next((folder / "回收").glob("*.xlsx")).unlink(),
    "a return renamed": lambda folder: (lambda path: path.rename(path.with_name("改.xlsx")))(
        next((folder / "回收").glob("*.xlsx"))
    ),
    "a return changed": lambda folder: (lambda path: path.write_bytes(edit(path.read_bytes(), {}, {"x": b""})))(
        sorted((folder / "回收").glob("*.xlsx"))[-1]
    ),
    "the settings": lambda folder: (folder / "批次设置.yaml").open("a").write("# 改\n"),
    "the unit list": lambda folder: (folder / "单位名录.xlsx").open("ab").write(b"\0"),
    "a confirmed label": lambda folder: aliases.confirm(open_campaign(folder), "unit", "单位名字", "unit_name"),
    "a sheet that does not count": lambda folder: tabs.confirm(
        open_campaign(folder), next(iter(open_campaign(folder).units)).code, "Sheet1", ""
    ),
    "a feedback sheet": lambda folder: ((folder / "反馈").mkdir(), (folder / "反馈" / "甲.xlsx").write_bytes(b"new")),
    "an order of columns": lambda folder: (folder / "外部平台列序.yaml").write_text("new"),
    "a choice": lambda folder: open_campaign(folder).ledger.choose("U001", "0" * 64, ""),
    "a decision": lambda folder: open_campaign(folder).ledger.decide("U001", "通过", "0" * 64, "甲", "已核实无误"),
    "the ledger gone": lambda folder: (folder / ".xltool" / "台账.sqlite").unlink(),
    "an output gone": lambda folder: (folder / "汇总" / "达标情况.xlsx").unlink(),
    "an output changed": lambda folder: (folder / "汇总" / "达标情况.xlsx").open("ab").write(b"\0"),
    "a table gone": lambda folder: next((folder / "汇总").rglob("*.parquet")).unlink(),
    "the record damaged": lambda folder: (folder / rerun.RECORD).open("ab").write(b"}"),
    "the record forged": lambda folder: forge(folder / rerun.RECORD),
    "the record of another shape": lambda folder: (folder / rerun.RECORD).write_text('{"input": 1}'),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_makes_it_work(round_done, works, tmp_path, change):
    folder = tmp_path / "批次"
    shutil.copytree(round_done, folder)
    assert not works(folder), "a round may be moved"
    CHANGES[change](folder)
    assert works(folder)


def test_the_control_workbook_is_no_input(round_done, works, tmp_path):
    folder = tmp_path / "批次"
    shutil.copytree(round_done, folder)
    (folder / "控制台.xlsm").write_bytes(b"saved")
    (folder / "~$控制台.xlsm").write_bytes(b"open")
    assert not works(folder)


def test_another_program_works(round_done, works, monkeypatch):
    monkeypatch.setattr(rerun, "program_digest", lambda: "another version")
    assert works(round_done)


def test_an_input_that_changed_on_the_way_is_not_remembered(round_done, tmp_path, monkeypatch):
    folder = tmp_path / "批次"
    shutil.copytree(round_done, folder)
    check = pipeline.check

    def checked(job):
        found = check(job)
        (folder / "批次设置.yaml").open("a").write("# 改\n")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "check", checked)
        run(folder, "--fresh")
    monkeypatch.setattr(pipeline, "check", lambda job: 1 / 0)
    answer = CliRunner().invoke(main_group, ["run", str(folder), "--as-of", DAY])
    assert "ZeroDivisionError" in answer.output, "it works again"


def test_the_button_does_nothing_twice(round_done, tmp_path):
    before = state(round_done / "汇总")
    answer = bridge.serve(contract.request(round_done, "run", cfg_as_of=DAY))
    assert (answer.status, answer.exit_code) == (protocol.FINDINGS, 1)
    assert UNCHANGED in answer.message and "findings" not in answer.tables
    assert state(round_done / "汇总") == before


@pytest.mark.parametrize("task", ["validate", "run"])
def test_a_button_is_alone_until_its_last_output(round_done, monkeypatch, task):
    """Another run that starts while a button writes is told so; the button does its work."""
    from toolkit import outputs

    said = []

    def meanwhile(function):
        def wrapped(*args):
            again = CliRunner().invoke(main_group, ["validate", str(round_done), "--as-of", DAY])
            said.append((again.exit_code, again.output))
            return function(*args)

        return wrapped

    monkeypatch.setattr(outputs, "write_findings", meanwhile(outputs.write_findings))
    (round_done / rerun.RECORD).unlink(missing_ok=True)
    answer = bridge.serve(contract.request(round_done, task, cfg_as_of=DAY))
    assert answer.status in (protocol.DONE, protocol.FINDINGS), answer.message
    assert said and all(code == 3 and "K006" in text and "另一个 xltool 正在处理" in text for code, text in said)
    assert CliRunner().invoke(main_group, ["status", str(round_done)]).exit_code == 0
    with open_campaign(round_done).exclusive():
        answer = bridge.serve(contract.request(round_done, task, cfg_as_of=DAY))
    assert answer.status == protocol.FAILED and "K006" in answer.message


@pytest.mark.skipif(os.name != "posix", reason="needs a FIFO")
def test_what_is_no_file_is_told_apart(round_done, works, tmp_path):
    folder = tmp_path / "批次"
    shutil.copytree(round_done, folder)
    os.mkfifo(folder / "回收" / "管道.xlsx")
    assert works(folder)
