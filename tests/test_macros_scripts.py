"""Double-click scripts: every function without macros, from folders with blanks and Chinese characters."""

import subprocess

import pytest

from macros.scripts import scripts, write_scripts
from macros.writing import this_program, write_for
from toolkit.cli import main_group
from toolkit.console import console
from toolkit.trial import write_sample

AWKWARD = "/程序 文件夹/it's 100%/xltool"


def test_every_command_of_a_button_has_its_files():
    titles = [name.removesuffix(".sh") for name in scripts("xltool") if name.endswith(".sh")]
    wanted = [button.label.replace(" ", "_") for button in console().buttons if button.command not in ("", "init")]
    assert titles == [*wanted, "后台值守"]
    assert {button.command for button in console().buttons if button.command} <= set(main_group.commands)


def test_windows_files_can_be_read_by_cmd():
    for name, data in scripts(AWKWARD).items():
        if name.endswith(".cmd"):
            text = data.decode("utf-8")
            assert text.startswith("@echo off\r\nchcp 65001 >nul\r\n") and "\n" not in text.replace("\r\n", "")
            assert "100%%/xltool" in text and '"%~dp0.."' in text


def _run(path, *arguments):
    command = [*arguments, str(path)] if arguments else ["sh", str(path)]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("双 击") / "批次 一"
    write_sample(folder, policy="yizheng-2022", units=2, seed=1, defects="none")
    write_for(folder, program=this_program())
    return folder


def test_a_script_does_what_the_command_does(folder):
    done = _run(folder / "双击运行" / "刷新情况.sh")
    assert done.returncode == 0 and "各单位情况" in done.stdout and "做完了" in done.stdout


def test_the_desktop_file_starts_the_script_beside_it(folder, tmp_path):
    path = folder / "双击运行" / "刷新情况.desktop"
    start = next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("Exec="))
    command = start.removeprefix("Exec=").replace("%k", '"$0"')
    done = subprocess.run(
        ["sh", "-c", command, str(path)], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 0 and "各单位情况" in done.stdout


def test_without_the_program_a_sentence(tmp_path, monkeypatch):
    write_scripts(tmp_path, AWKWARD)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    done = _run(tmp_path / "双击运行" / "5_汇总.sh")
    assert done.returncode == 3 and "没有找到 xltool" in done.stdout


def test_a_folder_without_a_round_gets_a_workbook_to_start_with(tmp_path):
    assert [path.name for path in write_for(tmp_path)] == ["控制台.xlsm"]
