"""Double-click scripts: every function without macros, from folders with blanks and Chinese characters."""

import pathlib
import re
import shutil
import subprocess

import pytest

from macros.scripts import scripts, write_scripts
from macros.writing import this_program, write_for
from toolkit.campaign import open_campaign
from toolkit.cli import main_group
from toolkit.console import console
from toolkit.round_trip import states
from toolkit.trial import write_sample

pytestmark = pytest.mark.rounds

PLATFORMS = {"win32": ".cmd", "darwin": ".command", "linux": ".desktop"}
CLICKED = pathlib.PurePath("双击运行")
SHELL = CLICKED / "脚本"
AWKWARD = "/程序 文件夹/it's 100%/xltool"


def test_every_command_of_a_button_has_its_files():
    wanted = [button.label.replace(" ", "_") for button in console().buttons if button.command not in ("", "init")]
    for platform, suffix in PLATFORMS.items():
        names = [name for name in scripts("xltool", platform=platform) if "/" not in name]
        assert names == [f"{title}{suffix}" for title in (*wanted, "后台值守")], platform
    for button in console().buttons:
        assert not button.command or _command(button.command)


def _command(name: str):
    group = main_group
    for word in name.split():
        group = group.commands[word]
    return group


LABELLED = re.compile(r"^\s*(echo |rem )")


def cmd_problems(data: bytes) -> list[str]:
    """What cmd.exe would trip over: encoding, line ends, blanks in places, brackets within a block."""
    problems = []
    page = re.match(rb"@echo off\r\nchcp (936|65001) >nul\r\n", data)
    if not page:
        return ["no code page in the second line"]
    text = data.decode("gbk" if page[1] == b"936" else "utf-8")
    if "\n" in text.replace("\r\n", ""):
        problems.append("a line without CRLF")
    if data.startswith(b"\xef\xbb\xbf"):
        problems.append("a byte order mark, which cmd takes for a command")
    depth, labels = 0, set(re.findall(r"(?m)^:(\w+)", text))
    for line in text.replace(':"=%', ":=%").split("\r\n"):
        if line.count('"') % 2:
            problems.append(f"unbalanced quotes: {line}")
        bare = re.sub(r'"[^"]*"', "", line)
        if re.search(r"%~dp0|%~f0|%XLTOOL%|%TARGET%|%[A-Z]+_?DIR%|%LOCALAPPDATA%", bare):
            problems.append(f"a path without quotes: {line}")
        if depth and LABELLED.match(line) and re.search(r"[()]", bare):
            problems.append(f"a bracket inside a block: {line}")
        depth += 0 if LABELLED.match(line) else bare.count("(") - bare.count(")")
        if depth < 0:
            problems.append(f"a bracket too many: {line}")
        problems += [f"no label {name}" for name in re.findall(r"goto (\w+)", bare) if name not in labels]
    return [*problems, "a block does not end"] if depth else problems


@pytest.mark.parametrize("program", [AWKWARD, r"C:\程序 (x86)\xltool.exe", "/程序/\u0915/xltool"])
def test_windows_files_can_be_read_by_cmd(program):
    files = {**scripts(program, platform="win32"), **scripts(program, start=True, platform="win32")}
    for name, data in files.items():
        assert cmd_problems(data) == [], name
        text = data.decode("utf-8" if "\u0915" in program else "gbk")
        assert f'set "XLTOOL={program.replace("%", "%%")}"\r\n' in text
        assert text.count("pause >nul") == 2 and "{" not in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\nsetlocal", b"\nsetlocal"),
        (b'"%~dp0.."', b"%~dp0.."),
        (b"chcp 936", b"chcp 437"),
        (b"\r\n)\r\n", b"\r\n"),
        (b'set "XLTOOL=', b"set XLTOOL="),
        ("echo 没有找到".encode("gbk"), "echo (没有找到)".encode("gbk")),
    ],
)
def test_seeded_defects_of_windows_files_are_caught(old, new):
    data = scripts("xltool", platform="win32")["5_汇总.cmd"]
    assert old in data and cmd_problems(data.replace(old, new, 1))


def _run(path, said: str = ""):
    return subprocess.run(["sh", str(path)], capture_output=True, text=True, input=said, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("双 击") / "批次 一"
    write_sample(folder, policy="yizheng-2022", units=2, seed=1, defects="none")
    write_for(folder, program=this_program())
    return folder


def test_a_script_does_what_the_command_does(folder):
    done = _run(folder / SHELL / "刷新情况.sh")
    assert done.returncode == 0 and "各单位情况" in done.stdout and "做完了" in done.stdout


def test_a_script_asks_for_what_the_command_needs(folder):
    code = next(iter(open_campaign(folder).units)).code
    open_campaign(folder).ledger.decide(code, states.HOLD, "", "甲", "等盖章件")
    done = _run(folder / SHELL / "重开.sh", f"{code}\n发现 新情况 $HOME\n")
    assert done.returncode == 0 and "单位代码" in done.stdout and "已记下“重开”" in done.stdout
    assert open_campaign(folder).ledger.decisions()[code]["why"] == "发现 新情况 $HOME"
    refused = _run(folder / SHELL / "重开.sh", "000\n无\n")
    assert refused.returncode == 2 and "[K011]" in refused.stderr and "没有做成" in refused.stdout


def test_a_round_can_be_made_without_macros(folder, tmp_path):
    place = tmp_path / "新 批次"
    place.mkdir()
    write_for(place, program=this_program())
    units = folder / "单位名录.xlsx"
    done = _run(place / SHELL / "1_新建批次.sh", f"yizheng-2022\n2023\n{units}\n")
    assert done.returncode == 0, done.stderr
    assert open_campaign(place).year == 2023 and (place / SHELL / "3_校验返回表.sh").exists()


def started(entry: str, place: str) -> list[str]:
    """What a desktop starts, read as the Desktop Entry Specification says: value, quotes, field codes."""
    value = next(line for line in entry.splitlines() if line.startswith("Exec=")).removeprefix("Exec=")
    value = value.replace("\\\\", "\\")
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', value)
    bare = [re.sub(r"\\(.)", r"\1", quoted) if quoted else plain for quoted, plain in words]
    return [place if word == "%k" else word.replace("%%", "%") for word in bare]


def test_the_desktop_file_starts_the_script_below_it(folder):
    path = folder / CLICKED / "刷新情况.desktop"
    command = started(path.read_text(encoding="utf-8"), str(path))
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0 and "各单位情况" in done.stdout


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="desktop-file-utils is not installed")
def test_desktop_files_are_valid(folder):
    files = sorted((folder / CLICKED).glob("*.desktop"))
    done = subprocess.run(["desktop-file-validate", *map(str, files)], capture_output=True, text=True, check=False)
    assert len(files) > 30 and (done.returncode, done.stdout) == (0, "")


def test_the_folder_holds_what_this_platform_starts(tmp_path):
    for platform, suffix in PLATFORMS.items():
        write_scripts(tmp_path / platform, "xltool", platform=platform)
        assert {path.suffix for path in (tmp_path / platform / CLICKED).iterdir()} - {""} == {suffix}


def test_a_mac_script_works_where_it_lies(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "批次")
    write_scripts(tmp_path / "批次", this_program(), platform="darwin")
    done = _run(tmp_path / "批次" / CLICKED / "刷新情况.command")
    assert done.returncode == 0 and "各单位情况" in done.stdout


def test_without_the_program_a_sentence(tmp_path, monkeypatch):
    write_scripts(tmp_path, AWKWARD)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    done = _run(tmp_path / SHELL / "5_汇总.sh")
    assert done.returncode == 3 and "没有找到 xltool" in done.stdout


def test_a_folder_without_a_round_gets_a_workbook_to_start_with(tmp_path):
    names = [path.name for path in write_for(tmp_path)]
    assert names == ["控制台.xlsm", "1_新建批次.desktop"]
