"""The offline bundle: wheels for Windows and Linux, an install script each, the manual, the control workbook.

    python -m macros.bundle FOLDER [--platform linux-x64 …] [--python ARCHIVE …] [--version 3.13]

Everything is installed from the folder alone, without a network and without administrator rights. Python itself is in
it when its archives are given: the embeddable zip for Windows, a tar.gz with python/bin/python3 for Linux.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from macros.manual import manual
from macros.scripts import batch_file
from macros.writing import write_start
from toolkit.console import console
from toolkit.files import write_whole

ROOT = Path(__file__).parent.parent
VERSIONS = ("3.11", "3.12", "3.13")
"""Python versions that a bundle can be for; the first unless another is asked for."""
PLATFORMS = {
    "windows-x64": ("x86_64-pc-windows-msvc", ("win_amd64",)),
    "linux-x64": ("x86_64-manylinux_2_28", ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")),
    "linux-arm64": (
        "aarch64-manylinux_2_28",
        ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    ),
}
"""Name → platform as uv resolves it, tags of wheels as pip downloads them."""
WHEELS, PYTHONS = "程序包", "Python"


def build(
    folder: Path,
    platforms: Sequence[str] = tuple(PLATFORMS),
    pythons: Sequence[Path] = (),
    version: str = VERSIONS[0],
) -> Path:
    """Writes the bundle into a folder, which is emptied first, and returns it.

    Args:
        pythons: archives with a Python of that version each, for machines without one.
        version: the Python that the wheels and the install scripts are for.
    Raises: CalledProcessError: a tool failed; its own words are on standard error.
    """
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / WHEELS
    wheels.mkdir(parents=True)
    # What setuptools left there of an earlier tree would otherwise get into the wheel.
    shutil.rmtree(ROOT / "build" / "lib", ignore_errors=True)
    own = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT)]
    _python("-m", "pip", *own)
    for name in platforms:
        _download(name, wheels, version)
    for archive in pythons:
        (folder / PYTHONS).mkdir(exist_ok=True)
        shutil.copyfile(archive, folder / PYTHONS / archive.name)
    write_start(folder, program="xltool")
    for name, data in install_scripts(version).items():
        write_whole(folder / name, data)
        (folder / name).chmod(0o755)
    write_whole(folder / console().texts["bundle"]["manual"], manual().encode())
    return folder


def install_scripts(version: str = VERSIONS[0]) -> dict[str, bytes]:
    """File name → content, for a Python version: no other can use the wheels."""
    major, minor = version.split(".")
    known = {"wheels": WHEELS, "pythons": PYTHONS, "version": version, "major": major, "minor": minor}
    files = {}
    for name, text in console().texts["bundle"]["scripts"].items():
        text = re.sub(r"(?<!\$){(\w+)}", lambda found: known[found[1]], text)
        files[name] = batch_file(text.splitlines()) if name.endswith(".cmd") else text.encode()
    return files


def _download(platform: str, wheels: Path, version: str) -> None:
    """Wheels of everything that the toolkit needs on a platform, in the versions of the lock file, and pip itself."""
    target, tags = PLATFORMS[platform]
    pins = wheels / "pins.txt"
    options = ["--quiet", "--python-version", version, "--python-platform", target, "--no-annotate", "--no-header"]
    options += ["--constraint", str(ROOT / "requirements.lock"), "--output-file", str(pins)]
    _python("-m", "uv", "pip", "compile", *options, str(ROOT / "pyproject.toml"))
    tagged = [part for tag in tags for part in ("--platform", tag)]
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", *tagged]
    options += ["--python-version", version, "--implementation", "cp", "--dest", str(wheels)]
    _python("-m", "pip", "download", *options, "--requirement", str(pins), "pip")
    pins.unlink()


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True)


def main() -> None:
    """Entry point of `python -m macros.bundle`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--platform", action="append", choices=PLATFORMS)
    parser.add_argument("--python", action="append", type=Path, default=[])
    parser.add_argument("--version", choices=VERSIONS, default=VERSIONS[0])
    options = parser.parse_args()
    build(options.folder, options.platform or tuple(PLATFORMS), options.python, options.version)


if __name__ == "__main__":
    main()
