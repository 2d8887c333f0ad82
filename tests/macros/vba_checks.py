"""What can be said about the VBA without any Office: one list of defects, empty for the sources we ship."""

import re
import zipfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import xlsxwriter

from macros import source
from macros.console import build_console
from toolkit.bridge import protocol
from toolkit.console import console

NOT_PORTABLE = {
    r"^\s*(Public |Private )?Declare\b": "Declare",
    r"\bLongPtr\b": "LongPtr",
    r"^\s*#": "conditional compilation",
    r"\bErr\.Number\b": "Err.Number differs between hosts",
    r"\bvbObjectError\b": "vbObjectError",
    r"\bThisWorkbook\.FullName\b": "FullName is a bare name in LibreOffice",
    r"\.End\(xl": "Range.End",
    r"\bListObjects\b": "ListObjects",
    r"\bShapes\(": "Shapes",
    r"\bApplication\.(Path|Hwnd|Build|Evaluate)\b": "missing in LibreOffice",
    r"\bAs (Scripting|ADODB|Excel|MSForms)\.": "a type of a library",
    r"\bThen\s+ReDim\b": "LibreOffice refuses ReDim behind Then",
    r"[^\x00-\x7f]": "not ASCII",
}
SUFFIXES = {protocol.REQUEST, protocol.PROGRESS, protocol.STOP, protocol.RESULT, ".tmp"}
WORKBOOK_SHEETS = ("ShtMain", "ShtTable1", "ShtTable2", "ShtTable3", "ShtSettings", "ShtHelp", "ShtTexts")


def texts(folder: Path) -> dict[str, str]:
    """Sources by module name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.*"))}


def code_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their comments cut off; an apostrophe inside a string does not begin one."""
    for number, line in enumerate(text.splitlines(), 1):
        kept, quoted = "", False
        for char in line:
            quoted ^= char == '"'
            if char == "'" and not quoted:
                break
            kept += char
        yield number, kept


@cache
def console_parts() -> tuple[str, str]:
    """workbook.xml and the drawings of the buttons of the control workbook."""
    with zipfile.ZipFile(BytesIO(build_console(None))) as file:
        drawings = [name for name in file.namelist() if name.startswith("xl/drawings/vmlDrawing")]
        return file.read("xl/workbook.xml").decode(), "".join(file.read(name).decode() for name in drawings)


def small_book(folder: Path, path: Path) -> Path:
    """A workbook with nothing but these sources."""
    book = xlsxwriter.Workbook(str(path))
    book.set_vba_name(source.BOOK)
    book.add_worksheet().set_vba_name("ShtMain")
    book.add_vba_project(BytesIO(source.project(["ShtMain"], folder)), True)
    book.close()
    return path


def defects(folder: Path, place: Path) -> Iterator[str]:
    """Everything that is wrong with the sources in a folder, cheap checks first; `place` takes workbooks."""
    yield from _not_portable(folder)
    yield from _buttons(folder)
    yield from _contract(folder)
    yield from _names(folder)
    try:
        book = small_book(folder, place / "checked.xlsm")
    except (ValueError, UnicodeError) as error:
        yield f"cannot be packed: {error}"
        return
    yield from _semantics(book)
    yield from _characters(folder, place)


def _not_portable(folder: Path) -> Iterator[str]:
    for module, text in texts(folder).items():
        if not text.startswith("Option Explicit"):
            yield f"{module}: no Option Explicit"
        for number, line in code_lines(text):
            for pattern, why in NOT_PORTABLE.items():
                if re.search(pattern, line):
                    yield f"{module}:{number}: {why}"


def _buttons(folder: Path) -> Iterator[str]:
    """Every button has a Sub that starts its task, and nothing else is public in that module."""
    text = texts(folder)["XlButtons"]
    subs = dict(re.findall(r"(?m)^Public Sub (\w+)\(\)\n    (.+)\nEnd Sub$", text))
    wanted = {item.macro: f'RunTask "{item.task}"' if item.task else "CancelTask" for item in console().buttons}
    if subs != wanted:
        yield f"buttons and Subs differ: {sorted(set(subs.items()) ^ set(wanted.items()))}"


def _contract(folder: Path) -> Iterator[str]:
    """File names, keys and version are those of the bridge."""
    text = "\n".join(line for _, line in code_lines(texts(folder)["XlBridge"]))
    suffixes = set(re.findall(r'"(\.[a-z]{3,4})"', text))
    if suffixes != SUFFIXES:
        yield f"files of a job: {sorted(suffixes ^ SUFFIXES)}"
    keys = set(re.findall(r'Case "(\w+=)"', text))
    if keys != {"put=", "table=", "row=", "show="}:
        yield f"keys of the answer: {sorted(keys)}"
    written = re.findall(r'Print #f, "([\w-]+)="', text)
    if written != ["xltool-request", "task", "book_folder", "book_name", "picked"]:
        yield f"keys of the request: {written}"
    if f'PROTOCOL As String = "{protocol.VERSION}"' not in text:
        yield "version of the protocol"
    if '" bridge "' not in text:
        yield "the command is not bridge"


def _names(folder: Path) -> Iterator[str]:
    """Every cell and text that the code names stands in the workbook, every button on it has its macro."""
    workbook, drawing = console_parts()
    known = set(re.findall(r'definedName name="(\w+)"', workbook))
    text = "\n".join(line for _, line in code_lines(texts(folder)["XlBridge"]))
    used = set(re.findall(r'"((?:cfg|out|known)_[a-z_]*[a-z])"', text))
    used |= {f"say_{key}" for key in re.findall(r'Txt\("(\w+)"\)', text)}
    used |= {f"say_status_{key}" for key in re.findall(r'Announce "(\w+)"', text)}
    yield from (f"no cell {name}" for name in sorted(used - known))
    prefixes = set(re.findall(r'"([a-z]+_)" & table', text))
    areas = {f"{prefix}{name}" for prefix in prefixes for name in console().tables}
    yield from (f"no area {name}" for name in sorted(areas - known))
    bound = re.findall(r"<x:FmlaMacro>\[0\]!(\w+)</x:FmlaMacro>", drawing)
    if sorted(bound) != sorted(item.macro for item in console().buttons):
        yield f"buttons on the sheet: {sorted(bound)}"


def _semantics(book: Path) -> Iterator[str]:
    """What a reader of Excel's own VBA says about it."""
    from pyvbaanalysis import analyze_office_file

    for module, problems in analyze_office_file(str(book)).items():
        for problem in problems:
            if problem.severity.value == "error":
                yield f"{module}: {problem.code}: {problem.message}"


PROBES = ("", "plain", "=1+1", "#5", "it's", "中文\t\\u", "a\\b", "'x", "\uff0c")
PURE = ("Esc", "UnEsc", "Typed")


def _characters(folder: Path, place: Path) -> Iterator[str]:
    """The pure functions of the bridge, run by an interpreter, agree with Python's."""
    from pyopenvba.apps.excel import ExcelApplication
    from pyopenvba.exceptions import PyOpenVBAError

    opened = place / "opened"
    opened.mkdir(exist_ok=True)
    for path in folder.iterdir():
        text = path.read_text(encoding="ascii")
        for name in PURE:
            text = text.replace(f"Private Function {name}(", f"Public Function {name}(")
        (opened / path.name).write_text(text, encoding="ascii")
    try:
        app = ExcelApplication.open(str(small_book(opened, place / "opened.xlsm")))
        for probe in PROBES:
            yield from _character(app, probe)
        if app.run("Typed", "#12.5") != 12.5:
            yield "Typed(number)"
    except PyOpenVBAError as error:
        yield f"{type(error).__name__}: {error}"


def _character(app, probe: str) -> Iterator[str]:
    carried = app.run("Esc", probe)
    if protocol.unescape(carried) != probe or set(carried) & set("#'\t") or not carried.isascii():
        yield f"Esc({probe!r}) = {carried!r}"
    if app.run("UnEsc", protocol.escape(probe)) != probe:
        yield f"UnEsc({probe!r})"
    shown = app.run("Typed", protocol.escape(probe))
    if shown != (f"'{probe}" if probe else ""):
        yield f"Typed({probe!r}) = {shown!r}"
