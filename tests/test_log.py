"""The log of a round: what was done, how long it took, where it failed, and nothing that anybody typed."""

import re
from datetime import date

import pytest
from click.testing import CliRunner

from tests.macros import contract
from toolkit import bridge, log, pipeline
from toolkit.cli import main_group
from toolkit.model.privacy import EMAIL, ID_NUMBER, MOBILE, holds
from toolkit.trial import write_sample

pytestmark = pytest.mark.rounds
CHINESE_NAME = "绝密某某某"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("批 次") / "批次", policy="yizheng-2022", units=3, seed=5).folder


def typed(*args):
    return CliRunner().invoke(main_group, list(map(str, args)))


def lines(folder):
    [path] = sorted((folder / log.FOLDER).glob("*.log"))
    return path.read_text(encoding="utf-8").splitlines()


def test_a_run_tells_its_steps_and_its_end(folder):
    before = len(lines(folder)) if (folder / log.FOLDER).exists() else 0
    done = typed("run", folder, "--as-of", "2026-01-15", "-v")
    new = lines(folder)[before:]
    assert "开始：run --as-of --verbose" in new[0] and new[-1].endswith("秒") and "退出码 0" in new[-2]
    steps = ("读取 3 个文件", "校验", "汇总", "核算补贴", "核对达标", "写出结果")
    assert [any(step in line for line in new) for step in steps] == [True] * len(steps)
    said = [line.split(" ", 3)[-1] for line in new]
    assert [line for line in done.stderr.splitlines() if line in said] == said, "-v says the same, on standard error"


def test_without_v_nothing_more_is_said(folder):
    assert "用时" not in typed("status", folder).output


def test_every_error_in_a_round_names_the_log_and_stands_in_it_without_values(folder):
    done = typed("accept", folder, CHINESE_NAME, "--why", "电话13812345678")
    assert done.exit_code == 2 and done.stderr.startswith("[K011]")
    [path] = (folder / log.FOLDER).glob("*.log")
    assert done.stderr.splitlines()[-1] == f"这次的经过记在：{path}"
    stopped = next(line for line in reversed(lines(folder)) if "停下" in line)
    assert "K011" in stopped and re.search(r"toolkit/round_trip/states\.py:\d+ decide", stopped)


def test_a_fault_of_the_program_can_be_found_from_the_log_alone(folder, monkeypatch):
    def broken(*_args, **_more):
        raise ZeroDivisionError(CHINESE_NAME)

    monkeypatch.setattr(pipeline, "merge", broken)
    monkeypatch.delenv("XLTOOL_DEBUG", raising=False)
    done = typed("merge", folder, "--as-of", "2026-01-16")  # on another day than the run: it has to work
    assert done.exit_code == 3 and "Traceback" not in done.output and "这次的经过记在" in done.stderr
    stopped = next(line for line in reversed(lines(folder)) if "停下" in line)
    assert "ZeroDivisionError" in stopped and "toolkit/pipeline.py" in stopped and "tests/test_log.py" in stopped


def test_a_button_leaves_the_same_trace(folder):
    cells = {"cfg_unit": CHINESE_NAME, "cfg_why": "另案核实"}
    answer = bridge.serve(contract.request(folder, "accept", cfg_as_of="2026-01-15", **cells))
    assert answer.exit_code == 2 and "\n" not in answer.message and "记在" not in answer.message
    assert any("bridge accept" in line for line in lines(folder))


def test_a_button_names_the_log_where_the_program_is_at_fault(folder, monkeypatch):
    def broken(*_args, **_more):
        raise ZeroDivisionError(CHINESE_NAME)

    monkeypatch.setattr(pipeline, "merge", broken)
    monkeypatch.delenv("XLTOOL_DEBUG", raising=False)
    answer = bridge.serve(contract.request(folder, "merge", cfg_as_of="2026-01-16"))
    assert answer.exit_code == 3 and "这次的经过记在" in answer.message and "\n" not in answer.message


def test_nothing_that_anybody_typed_stands_in_it(folder):
    text = "\n".join(lines(folder))
    assert CHINESE_NAME not in text and not holds(text, (ID_NUMBER, MOBILE, EMAIL))
    assert "电话" not in text and "另案" not in text


def test_files_of_long_ago_go(folder):
    for day in range(1, 91):
        (folder / log.FOLDER / f"{date(2024, 1, 1).replace(month=1 + day // 29, day=1 + day % 29)}.log").touch()
    [today] = (folder / log.FOLDER).glob(f"{date.today()}.log")
    kept = today.read_bytes()
    today.unlink()
    typed("status", folder)
    left = sorted(path.name for path in (folder / log.FOLDER).glob("*.log"))
    assert len(left) == log.DAYS and left[-1] == today.name
    for name in left[:-1]:
        (folder / log.FOLDER / name).unlink()
    today.write_bytes(kept)


def test_a_log_that_cannot_be_written_costs_nothing_but_itself(folder):
    path, aside = folder / log.FOLDER, folder / ".xltool" / "aside"
    path.rename(aside)
    path.write_bytes(b"")
    try:
        done = typed("status", folder)
        assert done.exit_code == 0 and "记在" not in done.output
        assert typed("accept", folder, "无", "--why", "无").stderr.count("\n") == 1
    finally:
        path.unlink()
        aside.rename(path)


def test_outside_a_round_nothing_is_kept(tmp_path):
    typed("units", tmp_path / "名录.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["名录.xlsx"]


def test_commands_in_commands_are_one():
    with log.command("outer"), log.command("inner"):
        assert len(log._kept) == 1
    assert not log._kept and log.where() is None
