"""The offline bundle, installed with the network off, from and to folders with blanks and Chinese characters."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from macros import bundle
from toolkit.console import console


def test_install_scripts_have_the_line_ends_of_their_system_and_find_the_wheels():
    scripts = console().texts["bundle"]["scripts"]
    assert set(scripts) == {"安装.cmd", "安装.sh"}
    assert all("--no-index" in text and "{wheels}" in text for text in scripts.values())
    done = subprocess.run(["sh", "-n"], input=scripts["安装.sh"], text=True, check=False)
    assert done.returncode == 0


def test_without_python_a_sentence(tmp_path):
    script = tmp_path / "安装.sh"
    script.write_text(console().texts["bundle"]["scripts"]["安装.sh"], encoding="utf-8")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname"):
        (tools / name).symlink_to(shutil.which(name))
    done = subprocess.run([tools / "sh", script], env={"PATH": str(tools)}, capture_output=True, text=True, check=False)
    assert done.returncode == 3 and "没有找到 Python 3.11" in done.stdout


def test_the_manual_is_a_page():
    page = bundle._manual()
    assert page.startswith("<!DOCTYPE html>") and "<h1>" in page and "{body}" not in page


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("CI", "").lower() != "true", reason="downloads 100 MB; runs in CI")
@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the bundle is for Python 3.11")
def test_install_with_the_network_off(tmp_path):
    name = {"x86_64": "linux-x64", "aarch64": "linux-arm64"}[platform.machine()]
    folder = bundle.build(tmp_path / "离 线 包", [name])
    target = tmp_path / "装 在 这里"
    alone = ["unshare", "--map-root-user", "--net"]
    here = {"PATH": f"{Path(sys.executable).resolve().parent}:/usr/bin:/bin", "HOME": str(tmp_path)}
    here["LC_ALL"] = "C.UTF-8"

    def run(*command):
        return subprocess.run(command, env=here, cwd=tmp_path, capture_output=True, text=True, check=False)

    if run(*alone, "true").returncode:
        pytest.skip("no network namespaces here")
    done = run(*alone, "sh", str(folder / "安装.sh"), str(target))
    assert done.returncode == 0, done.stdout + done.stderr
    program = str(target / "bin" / "xltool")
    made = run(*alone, program, "sample", str(tmp_path / "试办 批次"), "--policy", "yizheng-2022", "--units", "2")
    assert made.returncode == 0, made.stdout + made.stderr
    assert run(*alone, program, "run", str(tmp_path / "试办 批次")).returncode in (0, 1)
    assert (tmp_path / "试办 批次" / "汇总" / "综合汇总.xlsx").exists()
    assert (folder / "控制台.xlsm").exists() and (folder / "使用手册.html").exists()
