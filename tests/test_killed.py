"""Commands that are killed at any point: all outputs of the old run or all of the new one, never some of each.

XLTOOL_KILLS=200 kills 200 times instead of a few.
"""

import importlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from faults import faulty, killed, tree
from offices import say_offices

from toolkit.campaign import open_campaign
from toolkit.cli import main_group
from toolkit.disk import journal
from toolkit.files import write_whole
from toolkit.reading import trace
from toolkit.trial import write_sample

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL"),
    pytest.mark.usefixtures("own_workers"),
]

ROOT = Path(__file__).parent.parent
KILLS = int(os.environ.get("XLTOOL_KILLS", "10"))
EVERY = 1 if KILLS < 50 else 4
"""After every so many kills the command is done once more, to its end."""
DAY = ("--as-of", "2025-01-15")
COMMANDS = {
    "run": DAY,
    "merge": DAY,
    "annotate": DAY,
    "distribute": ("--zip",),
    "tasks": (),
    "validate": (*DAY, "--annotate"),
}
PLACES = ("汇总", "退回", "下发")
NOTED = {
    "issued": "SELECT unit, file, sha256 FROM issued",
    "sent_back": "SELECT file, unit, sha256 FROM sent_back",
    "written": "SELECT counted FROM written",
}


def do(command: str, folder: Path) -> None:
    """One command in this process, as the terminal calls it."""
    main_group([command, str(folder), *COMMANDS[command]], standalone_mode=False)


def in_a_child(command: str, folder: Path) -> None:
    """The same in a process of its own, to its end."""
    assert not killed(lambda: do(command, folder), folder)


def outputs(folder: Path) -> dict[str, bytes]:
    """All outputs."""
    found = {f"{place}/{name}": data for place in PLACES for name, data in tree(folder / place).items()}
    return {name: data for name, data in found.items() if data != b"/" and "/.~" not in name}


def remembers(folder: Path) -> bool:
    """Whether what the round remembers of its last `run` is of the outputs that are there."""
    _, _, text = (folder / ".xltool" / "memory" / "last.json").read_text("utf-8").partition("\n")
    record = json.loads(text)
    return all(trace(name, folder / name) == digest for name, digest in record["outputs"].items())


def noted(folder: Path) -> dict[str, list]:
    """What the ledger says of the outputs."""
    with sqlite3.connect(folder / ".xltool" / "台账.sqlite") as db:
        return {name: sorted(map(tuple, db.execute(query))) for name, query in NOTED.items()}


def history(folder: Path) -> Counter:
    """The lines of history without their times."""
    with sqlite3.connect(folder / ".xltool" / "台账.sqlite") as db:
        return Counter(db.execute("SELECT what, unit, detail FROM history"))


def leftovers(folder: Path) -> list[Path]:
    """What unfinished runs left in the round."""
    return [*folder.rglob(".~*"), *(folder / ".xltool" / "swap").rglob("*")]


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    """A round with all outputs of yesterday; today every output is another one: title, units, two more returns."""
    place = tmp_path_factory.mktemp("kills")
    folder = place / "旧"

    def make() -> None:
        write_sample(folder, policy="yizheng-2022", units=4, seed=5, defects="typical")

    assert not killed(make, folder)
    _load()
    assert not killed(lambda: say_offices(open_campaign(folder), {}, "名录外"), folder)
    late = sorted((folder / "回收").iterdir())[-2:]
    for path in late:
        path.rename(place / path.name)
    for command in COMMANDS:
        in_a_child(command, folder)
    for path in late:
        (place / path.name).rename(path)
    settings = folder / "批次设置.yaml"
    text = settings.read_text("utf-8")
    assert 'title: "' in text or "title: " in text
    lines = [f"title: 新的一次 {i}" if line.startswith("title:") else line for i, line in enumerate(text.splitlines())]
    settings.write_text("\n".join(lines) + "\n", "utf-8")
    units = folder / "单位名录.xlsx"
    units.write_bytes(_renamed(units.read_bytes()))
    return folder


def _load() -> None:
    """Loads what the commands need: a process that is forked has it then, and is killed at its work."""
    for path in sorted((ROOT / "toolkit").rglob("*.py")):
        name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        if not name.endswith("__main__"):
            importlib.import_module(name)


def _renamed(data: bytes) -> bytes:
    """The unit list with another contact for every unit, which every issued workbook and the list of them shows."""
    from io import BytesIO

    from openpyxl import load_workbook

    book = load_workbook(BytesIO(data))
    sheet = book.worksheets[0]
    heads = {str(cell.value): cell.column for row in sheet.iter_rows(max_row=6) for cell in row if cell.value}
    column = next(number for name, number in heads.items() if "简称" in name)
    start = next(
        cell.row for row in sheet.iter_rows(max_row=6) for cell in row if cell.value and "简称" in str(cell.value)
    )
    for row in range(start + 1, sheet.max_row + 1):
        if sheet.cell(row, 1).value:
            sheet.cell(row, column).value = f"新简称{row}"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def states(rounds: Path, command: str, place: Path) -> tuple[dict, dict, int, float]:
    """Outputs before and after a command, the calls it makes, the seconds it takes."""
    folder = place / f"{command} 新"
    shutil.copytree(rounds, folder)
    old = outputs(folder), noted(folder)
    counts = place / "count"

    def counted() -> None:
        with faulty(folder) as seen:
            try:
                do(command, folder)
            finally:
                counts.write_text(str(seen.count))

    began = time.monotonic()
    assert not killed(counted, place / "nowhere")
    return old, (outputs(folder), noted(folder)), int(counts.read_text()), time.monotonic() - began


def test_a_command_killed_at_any_point_leaves_all_old_or_all_new(rounds, tmp_path, capsys):
    chance, seen = random.Random(int(os.environ.get("XLTOOL_SEED", "7"))), Counter()
    for at, command in enumerate(COMMANDS):
        old, new, calls, seconds = states(rounds, command, tmp_path)
        changed = [name for name in {**old[0], **new[0]} if old[0].get(name) != new[0].get(name)]
        assert len(changed) > 1, "a command with one output is no test"
        first = new, history(tmp_path / f"{command} 新")
        in_a_child(command, tmp_path / f"{command} 新")  # 下发清单 says of what was updated that it is the same now
        again = (
            (outputs(tmp_path / f"{command} 新"), noted(tmp_path / f"{command} 新")),
            history(tmp_path / f"{command} 新"),
        )
        for number in range(len(range(at, KILLS, len(COMMANDS)))):
            folder = tmp_path / f"{command} {number}"
            shutil.copytree(rounds, folder)
            # Most kills come at a call that changes something on disk, some at any time.
            where = (0, seconds * chance.random()) if number % 4 == 3 else (chance.randint(1, calls), 0.0)
            seen["killed"] += killed(lambda f=folder, c=command: do(c, f), folder, *where)
            seen["in the middle"] += journal.unfinished(folder / ".xltool" / "swap")
            open_campaign(folder)  # as every command does first, one that only reads too
            now = outputs(folder), noted(folder)
            assert now in (old, new), (command, where, [n for n in changed if now[0].get(n) == new[0].get(n)])
            assert command != "run" or remembers(folder), where
            seen["new" if now == new else "old"] += 1
            if number % EVERY == 0:
                in_a_child(command, folder)
                seen["run again"] += 1
                wanted, told = again if now == new else first
                assert (outputs(folder), noted(folder)) == wanted, (command, where)
                assert history(folder) == told, (command, where)
                assert leftovers(folder) == [], (command, where)
            shutil.rmtree(folder)
    with capsys.disabled():
        sys.stdout.write(f"\n{KILLS} kills over {'、'.join(COMMANDS)}: {dict(seen)}\n")
    assert seen["killed"] >= KILLS * 0.8, "most runs were to be killed before they ended"


@pytest.mark.skipif(os.name != "posix" or (os.geteuid() == 0 and not shutil.which("setpriv")), reason="needs setpriv")
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    folder = tmp_path / "只读"
    folder.mkdir()
    folder.chmod(0o555)
    code = (
        "import sys; from pathlib import Path; from toolkit.files import write_whole\n"
        "from toolkit.model.errors import XltoolError\n"
        "try: write_whole(Path(sys.argv[1]) / 'x.xlsx', b'1')\n"
        "except XltoolError as error: print(error)"
    )
    tmp_path.chmod(0o755)
    command = [sys.executable, "-c", code, str(folder)]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
        for parent in [tmp_path, *tmp_path.parents][:3]:
            parent.chmod(0o755)
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, encoding="utf-8")
    assert "O001" in done.stdout, done.stderr


def test_the_same_bytes_are_not_written_again(tmp_path):
    path = tmp_path / "x"
    write_whole(path, b"same")
    os.utime(path, (1, 1))
    write_whole(path, b"same")
    assert path.stat().st_mtime == 1
