"""The offline bundle, installed with the network off, from and to folders with blanks and Chinese characters."""

import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from macros import bundle
from macros.manual import manual
from tests.test_macros_scripts import cmd_problems

RUNNING = "{}.{}".format(*sys.version_info)
"""This Python, as versions of bundles are written."""


@pytest.mark.parametrize("version", bundle.VERSIONS)
def test_install_scripts_can_be_read_by_their_system(version):
    scripts = bundle.install_scripts(version)
    assert set(scripts) == {"安装.cmd", "安装.sh"}
    assert all(
        b"--no-index" in data and b"{" not in data.replace(b"${", b"").replace(b"fail() {", b"")
        for data in scripts.values()
    )
    assert cmd_problems(scripts["安装.cmd"]) == []
    done = subprocess.run(["sh", "-n"], input=scripts["安装.sh"], check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("version", bundle.VERSIONS)
def test_the_scripts_name_the_python_of_the_wheels_and_no_other(version):
    for data in bundle.install_scripts(version).values():
        text = data.decode("gbk" if data.startswith(b"@") else "utf-8")
        assert f"没有找到 Python {version}，" in text and f"!= (3, {version[2:]})" in text
        assert {found.replace(".", "") for found in re.findall(r"3[.]?1\d", text)} == {version.replace(".", "")}


@pytest.mark.parametrize("version", bundle.VERSIONS)
def test_the_wheels_are_for_the_python_that_is_asked_for(tmp_path, monkeypatch, version):
    """The tools are told so; what they bring is tried where the bundle is installed."""
    told = []

    def noted(*arguments):
        told.append(arguments)
        if "--output-file" in arguments:
            Path(arguments[arguments.index("--output-file") + 1]).touch()

    monkeypatch.setattr(bundle, "_python", noted)
    bundle.build(tmp_path / "包", ["windows-x64", "linux-x64"], version=version)
    asked = [line[line.index("--python-version") + 1] for line in told if "--python-version" in line]
    assert asked == [version] * 4


def test_windows_gets_its_own_python_from_the_zip_beside_the_script():
    """Not run: there is no Windows here. What the embeddable Python needs is that it looks into site-packages."""
    text = bundle.install_scripts()["安装.cmd"].decode("gbk")
    own = text[text.index(":own") : text.index(":install\r\n")]
    assert [line.split(">")[0] for line in own.splitlines() if line.startswith("echo ")] == [
        "echo python311.zip",
        "echo .",
        "echo Lib\\site-packages",
        "echo import site",
    ]
    assert text.index('"Python\\*.zip"') < text.index("py -3.11")


def _alone(tmp_path, *tools):
    """A folder with 安装.sh, and a PATH with these tools and no Python."""
    folder, path = tmp_path / "离 线 包", tmp_path / "bin"
    for place in (folder / "程序包", folder / "Python", path):
        place.mkdir(parents=True)
    (folder / "安装.sh").write_bytes(bundle.install_scripts()["安装.sh"])
    for name in tools:
        (path / name).symlink_to(shutil.which(name))
    return folder, {"PATH": str(path), "HOME": str(tmp_path)}


def test_without_python_a_sentence(tmp_path):
    folder, here = _alone(tmp_path, "sh", "dirname", "uname")
    script = folder / "安装.sh"
    done = subprocess.run([shutil.which("sh"), script], env=here, capture_output=True, text=True, check=False)
    assert done.returncode == 3 and "没有找到 Python 3.11" in done.stdout


def test_the_python_beside_the_script_is_used(tmp_path):
    """The archive holds a Python that notes what it is asked and makes what `venv` makes."""
    folder, here = _alone(tmp_path, "sh", "dirname", "uname", "tar", "gzip", "mkdir", "cp")
    asked = tmp_path / "asked.txt"
    program = tmp_path / "python3"
    program.write_text(
        f'#!/bin/sh\necho "$@" >> "{asked}"\n[ "$2" = venv ] || exit 0\nmkdir -p "$4/bin" && cp "$0" "$4/bin/python"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    with tarfile.open(folder / "Python" / f"cpython-3.11-{platform.machine()}-linux.tar.gz", "w:gz") as archive:
        archive.add(program, "python/bin/python3")
    (folder / "程序包" / "pip-1-py3-none-any.whl").touch()
    target = tmp_path / "装 在 这里"
    command = [shutil.which("sh"), str(folder / "安装.sh"), str(target)]
    done = subprocess.run(command, env=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    first, second, third = asked.read_text(encoding="utf-8").splitlines()
    assert first == f"-m venv --without-pip {target}"
    assert second.startswith("程序包/pip-1-py3-none-any.whl/pip install ") and "--find-links 程序包 xltool" in second
    assert third == "-m toolkit.cli console ."


def test_the_manual_is_one_page_without_anything_outside():
    page = manual()
    assert page.startswith("<!DOCTYPE html>") and "{body}" not in page and "{contents}" not in page
    names = re.findall(r'<h[12] id="([^"]+)"', page)
    links = re.findall(r'<a href="#([^"]+)"', page)
    assert len(names) == len(set(names)) > 12 and set(links) <= set(names) and set(names) <= set(links)
    assert re.findall(r'(?:href|src)="(?!#|data:image/png;base64,)[^"]*"', page) == [] and "http" not in page
    assert page.count("<img ") == page.count("data:image/png;base64,") >= 2 and len(page) < 800_000
    assert "解除锁定" in page and "受信任位置" in page and "WPS" in page and "银河麒麟" in page


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("CI", "").lower() != "true", reason="downloads 100 MB; runs in CI")
@pytest.mark.skipif(RUNNING not in bundle.VERSIONS, reason="no bundle is for this Python")
def test_install_with_the_network_off(tmp_path):
    name = {"x86_64": "linux-x64", "aarch64": "linux-arm64"}[platform.machine()]
    folder = bundle.build(tmp_path / "离 线 包", [name], version=RUNNING)
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
