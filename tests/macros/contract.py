"""What the bridge owes the workbook, asserted on a real round: answers read as the VBA reads them."""

from pathlib import Path

from tests.macros.vba_checks import console_parts
from toolkit import bridge
from toolkit.bridge import protocol
from toolkit.campaign import open_campaign
from toolkit.console import console


def request(folder: Path, task: str, name: str = "job", picked: str = "", **cells: str) -> Path:
    """A request file as the VBA writes it."""
    path = folder.parent / f"{name}.req"
    lines = ["xltool-request=1", f"task={task}", f"book_folder={_esc(str(folder))}", "book_name=x.xlsm"]
    lines += [f"picked={_esc(picked)}"]
    lines += [f"{key}={_esc(value)}" for key, value in cells.items()]
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("ascii"))
    return path


def _esc(text: str) -> str:
    return "".join(char if " " <= char <= "~" and char not in "\\#'" else f"\\u{ord(char):04x}" for char in text)


def read(path: Path) -> tuple[dict, dict]:
    """Cells and tables of an answer, read as the VBA reads them: by line, tab and sign, nothing else."""
    cells, tables, rows = {}, {}, []
    data = path.read_bytes()
    assert data.isascii()
    assert data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b"")
    width = 0
    for line in data.decode("ascii").split("\r\n"):
        key, _, rest = line.partition("=")
        parts = rest.split("\t")
        if key == "put":
            cells[parts[0]] = _typed(parts[1])
        elif key == "table":
            assert len(parts) == 3
            height, width = int(parts[1]), int(parts[2])
            rows = tables[parts[0]] = []
            left = height
        elif key == "row":
            assert len(parts) == width and left > 0
            left -= 1
            rows.append([_typed(part) for part in parts])
    return cells, tables


def _typed(text: str):
    if text.startswith("#"):
        return float(text[1:])
    out = ""
    while text:
        at = text.find("\\u")
        if at < 0:
            return out + text
        out, text = out + text[:at] + chr(int(text[at + 2 : at + 6], 16)), text[at + 6 :]
    return out


def holds(folder: Path) -> None:
    """Raises AssertionError where the bridge breaks its side.

    Args:
        folder: a round without returns whose title holds every awkward character.
    """
    title = open_campaign(folder).title
    path = request(folder, "status")
    answer = bridge.serve(path)
    assert not path.exists(), "a request is done once"
    assert bridge.serve(request(folder, "status", "twice")) is not None
    cells, tables = read(path.with_suffix(".res"))
    workbook, _ = console_parts()
    known = [
        name for name in cells if f'definedName name="{name}"' in workbook or name.startswith(("out_when", "out_what"))
    ]
    assert known == list(cells)
    assert cells["out_status"] == "完成" and cells["out_progress"] == 1.0
    assert cells["out_message"] == answer.message and answer.message
    assert title in cells["out_title"] and cells["cfg_title"] == cells["known_title"] == title
    columns = {name: len(table.columns) + 1 for name, table in console().tables.items()} | {"states": 1, "outputs": 2}
    assert tables and all(len(row) == columns[name] for name, rows in tables.items() for row in rows)
    assert [row[1] for row in tables["units"]] == [unit.name for unit in open_campaign(folder).units]
    assert sum(row[0] for row in tables["states"]) == cells["out_total"] == len(tables["units"])
    assert path.with_suffix(".prg").read_text("ascii").count("\t") == 2
    _stops(folder)
    _changes(folder)
    assert bridge.serve(request(folder, "nonsense")).message.startswith("[M002]")


def _stops(folder: Path) -> None:
    path = request(folder, "status")
    path.with_suffix(".stop").write_text("stop")
    answer = bridge.serve(path)
    path.with_suffix(".stop").unlink()
    assert answer.status == protocol.CANCELLED and answer.message.startswith("[M004]")


def _changes(folder: Path) -> None:
    """Only what a person changed reaches the settings."""
    before = (folder / "批次设置.yaml").read_text(encoding="utf-8")
    title = open_campaign(folder).title
    same = {"cfg_title": "别处来的旧名称", "known_title": "别处来的旧名称"}
    bridge.serve(request(folder, "status", **same))
    assert open_campaign(folder).title == title
    bridge.serve(request(folder, "status", cfg_return_to='甲"乙', known_return_to=""))
    assert open_campaign(folder).return_to == '甲"乙'
    assert "# 批次设置" in (folder / "批次设置.yaml").read_text(encoding="utf-8")
    (folder / "批次设置.yaml").write_text(before, encoding="utf-8")
