"""D: what is wrong with files as a set: copies, names, links, archives."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from reading_books import GOOD

from zoo.build import ORG, STAT, animal, edit, paper


def in_folder(function):
    """Marks a maker that puts its files into a folder by itself."""
    function.wants_folder = True
    return function


@animal
def d01(name):
    data = paper(name).bytes()
    return {"a.xlsx": data, "a 副本.xlsx": data}


@animal
def d03(name):
    data = paper(name).bytes()
    return {"a.xlsx": data, "b.xlsx": edit(data, {})}


@animal
def d04(name):
    junk = ("~$x.xlsx", ".~lock.x.xlsx#", ".DS_Store", "Thumbs.db", "desktop.ini", "._x.xlsx", "x.xlsx.tmp")
    return dict.fromkeys((*junk, "x.xlsx:Zone.Identifier", "x.crdownload"), b"x")


@animal
def d05(name):
    names = ("😀.xlsx", "党" * 70 + ".xlsx", "换\n行.xlsx", "-rf.xlsx", "点. .xlsx", "\u202exslx.甲.xlsx", "无后缀")
    return {file: paper(f"{name}n{number}").bytes() for number, file in enumerate(names)}


@animal
def d06(name):
    row = {**GOOD, "name": "../../etc/x", "note": "C:\\x|CON"}
    return {"..%2f..%2fx.xlsx": paper(name, row).bytes(), "CON.xlsx": paper(f"{name}b", row).bytes()}


@animal
def d07(name):
    names = ("é局.xlsx", "e\u0301局.xlsx", "ABC.xlsx", "abc.xlsx")
    return {file: paper(f"{name}n{number}").bytes() for number, file in enumerate(names)}


@animal
@in_folder
def d07_gbk_name_on_disk(name, folder: Path):
    if os.name == "posix":
        target = os.path.join(os.fsencode(folder), "甲局.xlsx".encode("gbk"))  # noqa: PTH118  (bytes, on purpose)
        with open(target, "wb") as stream:  # noqa: PTH123
            stream.write(paper(name).bytes())


@animal
@in_folder
def d08(name, folder: Path):
    (folder / "folder.xlsx").mkdir()
    if os.name == "posix":
        (folder / "loop.xlsx").symlink_to(folder / "loop.xlsx")
        (folder / "device.xlsx").symlink_to("/dev/zero")
        os.mkfifo(folder / "pipe.xlsx")


@animal
@in_folder
def d09(name, folder: Path):
    for file, time, unit in (("old.xlsx", 0, "a"), ("new.xlsx", 4_070_908_800, "b")):
        (folder / file).write_bytes(paper(name + unit).bytes())
        os.utime(folder / file, (time, time))


def zipped(parts: dict[bytes, bytes], flags: int = 0) -> bytes:
    """An archive whose names are the given bytes, as they are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for number, data in enumerate(parts.values()):
            package.writestr(f"{number:04d}" + "x" * (len(list(parts)[number]) - 4), data)
    made = stream.getvalue()
    for number, raw in enumerate(parts):
        made = made.replace(f"{number:04d}".encode() + b"x" * (len(raw) - 4), raw)
    return made


@animal
def d10(name):
    first, second = paper(f"{name}a").bytes(), paper(f"{name}b").bytes()
    names = {"回收/甲局.xlsx".encode("gbk"): first, "回收/乙局.xlsx".encode("gbk"): second}
    return {"返回.zip": zipped(names)}


@animal
def d10_unflagged_utf8(name):
    return {"返回.zip": zipped({"甲局.xlsx".encode(): paper(name).bytes()})}


@animal
def d11_traversal(name):
    parts = {b"../../etc/out.xlsx": paper(f"{name}a").bytes(), b"C:\\x\\con.xlsx": paper(f"{name}b").bytes()}
    return {"包.zip": zipped(parts)}


@animal
def d12_mixed_archive(name):
    parts = {
        b"good.xlsx": paper(name).bytes(),
        b"empty.xlsx": b"",
        b"readme.txt": "请查收".encode("gbk"),
        b"__MACOSX/._good.xlsx": b"x",
        b"scan.pdf": b"%PDF-1.4",
    }
    return {"包.zip": zipped(parts)}


@animal
def d13_protected_archive(name):
    data = bytearray(zipped({b"good.xlsx": paper(name).bytes()}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + place] |= 1
    return {"包.zip": bytes(data)}


@animal
def d14_empty_archive(name):
    return {"包.zip": b"PK\x05\x06" + bytes(18)}


@animal
def d15_copy_in_archive(name):
    data = paper(name).bytes()
    return {"a.xlsx": data, "b.zip": zipped({b"a.xlsx": data})}


@animal
def d17_secret_by_name(name):
    return {"机密★甲局.xlsx": paper(name).bytes()}


@animal
def d16_empty_tables(name):
    made = paper(name)
    for title in (ORG, STAT):
        made.cells[title] = {key: value for key, value in made.cells[title].items() if key[0] < 6}
    return made.bytes()
