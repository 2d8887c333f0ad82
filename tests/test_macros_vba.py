"""The VBA and the workbook around it, without any Office: build, readers, names, subset, seeded defects."""

import hashlib
import random
import shutil

import pyopenvba
import pytest
from pyopenvba.vba import decompress

from macros import source
from macros.compound_file import compound_file
from macros.compression import compress
from macros.console import build_console
from macros.vba_pack import STANDARD, Module, encrypt, pack
from tests.macros import vba_checks
from toolkit.console import console
from toolkit.drawing.look import look


def test_build_is_reproducible():
    first, second = build_console(None, program="xltool"), build_console(None, program="xltool")
    assert hashlib.sha256(first).hexdigest() == hashlib.sha256(second).hexdigest()


def test_sources_come_back_from_the_workbook(tmp_path):
    path = tmp_path / "控制台.xlsm"
    path.write_bytes(build_console(None))
    report = pyopenvba.check_file(str(path))
    assert report.ok and report.complete and not report.issues
    with pyopenvba.ExcelFile(str(path)) as file:
        found = {name: file.get_module(name).replace("\r\n", "\n").strip() for name in file.module_names()}
    wanted = {module.name: module.stream.decode().replace("\r\n", "\n") for module in _modules()}
    assert found.keys() == wanted.keys()
    for name, text in wanted.items():
        assert _code(found[name]) == _code(text)


def _modules():
    return source.modules(vba_checks.WORKBOOK_SHEETS)


def _code(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("Attribute")]


def test_no_defects_in_what_we_ship(tmp_path):
    assert list(vba_checks.defects(source.FOLDER, tmp_path)) == []


MUTANTS = {
    "misspelt variable": ("XlBridge.bas", "mStops = mStops + 1", "mStop = mStops + 1"),
    "missing End If": ("XlBridge.bas", '                End If\n            Case "row="', '            Case "row="'),
    "wrong task behind a button": ("XlButtons.bas", 'RunTask "merge"', 'RunTask "validate"'),
    "button without a Sub": ("XlButtons.bas", "Public Sub Btn_Chase()", "Public Sub Btn_Chased()"),
    "Declare": ("XlBridge.bas", "Option Explicit\n", 'Option Explicit\nPrivate Declare PtrSafe Sub S Lib "k" ()\n'),
    "both branches run": ("XlBridge.bas", "    mBusy = True\n", "    #If Mac Then\n    mBusy = True\n    #End If\n"),
    "ReDim behind Then": (
        "XlBridge.bas",
        "If height > 0 Then\n                    ReDim grid(1 To height, 1 To width)\n                End If",
        "If height > 0 Then ReDim grid(1 To height, 1 To width)",
    ),
    "cell that does not exist": ("XlBridge.bas", '"out_progress", "#0"', '"out_progres", "#0"'),
    "text that does not exist": ("XlBridge.bas", 'Txt("busy")', 'Txt("bussy")'),
    "status that does not exist": ("XlBridge.bas", 'Announce "ready"', 'Announce "redy"'),
    "answer file of another name": ("XlBridge.bas", '".res"', '".rsp"'),
    "key of the answer renamed": ("XlBridge.bas", 'Case "table="', 'Case "tables="'),
    "key of the request renamed": ("XlBridge.bas", '"book_folder="', '"bookfolder="'),
    "other version of the protocol": ("XlBridge.bas", 'PROTOCOL As String = "1"', 'PROTOCOL As String = "2"'),
    "text becomes a formula": ("XlBridge.bas", "Typed = TEXT_MARK & UnEsc(s)", "Typed = UnEsc(s)"),
    "escapes too short": ("XlBridge.bas", 'Right$("000" & Hex$(c), 4)', "Hex$(c)"),
    "apostrophe ends the Python text": ("XlBridge.bas", " Or c = 39 Then", " Then"),
    "function called with too little": (
        "XlBridge.bas",
        'Launch = LaunchShell(Cfg("cfg_program", "xltool"))',
        "Launch = LaunchShell()",
    ),
    "unknown function": ("XlBridge.bas", "Quoted(program) &", "Quote(program) &"),
    "button of the second group starts another task": ("XlButtons.bas", 'RunTask "accept"', 'RunTask "hold"'),
    "selected row not sent": ("XlBridge.bas", '"picked="', '"pick="'),
    "sheet to show not understood": ("XlBridge.bas", 'Case "show="', 'Case "sheet="'),
    "print area of no table": ("XlBridge.bas", '"page_" & table', '"paper_" & table'),
    "Chinese in the source": ("XlBridge.bas", '"stop"', '"停"'),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_seeded_defects_are_caught(name, tmp_path):
    file, old, new = MUTANTS[name]
    folder = tmp_path / "vba"
    shutil.copytree(source.FOLDER, folder)
    text = (folder / file).read_text(encoding="ascii")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert next(vba_checks.defects(folder, tmp_path), "")


def test_packing_comes_back():
    dice = random.Random(7)
    for length in (0, 1, 3, 100, 4095, 4096, 4097, 9000):
        data = "".join(dice.choices("ab c\r\nDim As End", k=length)).encode()
        assert bytes(decompress(compress(data))) == data or not length


def test_long_code_names_are_refused():
    with pytest.raises(ValueError, match="22"):
        pack([Module("A" * 23, STANDARD)], "X")


def test_encryption_is_that_of_the_specification():
    assert encrypt(b"\0", "{00000000-0000-0000-0000-000000000000}", 0x38)[:2] == "38"


def test_a_file_too_large_for_the_header_is_refused():
    with pytest.raises(ValueError, match="DIFAT"):
        compound_file({"x": bytes(8_000_000)})


def test_every_text_has_its_place():
    texts = console().texts
    assert {item.task for item in console().at("steps")} == set(texts_of_steps())
    assert all(look().chips[texts["say"][f"status_{name}"]] for name in ("ready", "running", "done", "failed"))


def texts_of_steps() -> list[str]:
    return [item.task for item in console().buttons if item.help]
