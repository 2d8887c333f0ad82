"""The house rules that a machine can check: who imports whom, sizes, light start-up."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(path for folder in ("toolkit", "validators", "macros") for path in (ROOT / folder).rglob("*.py"))
STAGES = {"template", "distribute", "reading", "validating", "annotate", "selecting", "merge", "compute", "summary"}
UPSTAIRS = {"pipeline", "outputs", "trial", "round_trip", "bridge", "macro_api", "cli"}
HEAVY = {"pandas", "pandera", "pyarrow", "openpyxl", "xlsxwriter", "numpy", "docx", "lxml"}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def _room(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[1].removesuffix(".py") if parts[0] == "toolkit" and len(parts) > 1 else parts[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_downwards(path):
    imports, room = _imports(path), _room(path)
    rooms = {name.split(".")[1] for name in imports if name.startswith("toolkit.") and name.count(".")}
    if room in STAGES:
        assert not rooms & (STAGES - {room}), "stages never import one another"
    if room == "validators":
        assert rooms <= {"model"}
        allowed = {"pandas", "pandera", "numpy", "toolkit", "validators", *sys.stdlib_module_names}
        assert {name.split(".")[0] for name in imports} <= allowed
    if room == "model":
        assert rooms <= {"model"}
    if room not in ("cli", "words"):
        assert "click" not in imports
    if room in STAGES or room in {"campaign", "ooxml", "forms", "policies", "registers", "job", "checked"}:
        assert not rooms & UPSTAIRS


def test_one_door_to_the_terminal():
    """What is printed passes `terminal.echo`, which lets nobody's number through."""
    doors = {path.name for path in (ROOT / "toolkit" / "cli").glob("*.py") if "click.echo(" in path.read_text("utf-8")}
    assert doors == {"terminal.py"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rooms_stay_small(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 50, f"{node.name} is too long"


FIGURES = {"compute", "registers", "summary", "feedback", "policy_tools", "campaign", "upward", "tasks"}
"""Rooms whose figures rest on rows: they look them up in `dataset.records`."""
PRINTED = {
    "toolkit/summary/merged.py": "prints the merged and the refused tables themselves",
    "toolkit/summary/parquet.py": "writes the merged and the refused tables themselves",
}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_figures_look_rows_up_in_the_records(path):
    """No figure reads a table past the records, which know what was refused, lost or is missing."""
    if _room(path) not in FIGURES or path.relative_to(ROOT).as_posix() in PRINTED:
        return
    past = [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("tables", "rejected", "missing", "open_cells")
        and ast.unparse(node.value).split(".")[-1] in ("dataset", "data", "merged", "returned_dataset", "prior")
    ]
    assert not past, "asks the tables, not dataset.records"


def test_what_may_print_the_tables_still_does():
    for name in PRINTED:
        assert ".tables" in (ROOT / name).read_text(encoding="utf-8"), f"{name} needs no exception any more"


PARSERS = {
    "openpyxl",
    "python_calamine",
    "zipfile",
    "tarfile",
    "olefile",
    "msoffcrypto",
    "xlrd",
    "pyxlsb",
    "odf",
    "csv",
}
"""What parses files of other people."""
PARSING = {
    "load_workbook",
    "read_excel",
    "read_csv",
    "read_html",
    "read_fwf",
    "read_xml",
    "unpack_archive",
}
FOREIGN, WORKER, BOSS = "toolkit.reading.foreign", "toolkit.reading.worker", "toolkit.reading.supervisor"


def _parsers(text: str) -> set[str]:
    """The parsers of other people's files that a module imports or calls, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names} & PARSERS
        elif isinstance(node, ast.ImportFrom):
            found |= {(node.module or "").split(".")[0]} & PARSERS | {alias.name for alias in node.names} & PARSING
        elif isinstance(node, ast.Attribute):
            found |= {node.attr} & PARSING
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in (
            "import_module",
            "__import__",
        ):
            found |= {str(one.value).split(".")[0] for one in node.args if isinstance(one, ast.Constant)} & PARSERS
    return found


def _named(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def _imported_modules(path: Path) -> set[str]:
    """All modules that a module may load: what `from a import b` names may be the module a.b."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _users(name: str) -> set[str]:
    """All modules from which one can be reached by imports, wherever in a module they stand."""
    imported = {_named(path): _imported_modules(path) for path in MODULES}
    found, new = set(), {name}
    while new:
        found |= new
        new = {module for module, own in imported.items() if own & new} - found
    return found - {name}


def test_one_module_parses_what_other_people_made():
    """Whatever people hand in goes through one door; there is no exception."""
    found = {_named(path): own for path in MODULES if (own := _parsers(path.read_text(encoding="utf-8")))}
    assert set(found) == {FOREIGN}, found


def test_only_worker_processes_load_the_parsers():
    """From no module of the program but the worker's own can a parser be reached: a crash there costs one file."""
    users = _users(FOREIGN)
    assert WORKER in users and "toolkit.reading.extract" in users
    assert _users(WORKER) == set(), "the worker is started as a process, never imported"
    assert all(name.startswith("toolkit.reading.") for name in users)
    ends = {name for name in users if not _users(name)}
    assert ends == {WORKER}


def test_only_the_reading_room_starts_workers():
    imported = {_named(path): _imported_modules(path) for path in MODULES}
    bosses = {module for module, own in imported.items() if BOSS in own}
    assert bosses and all(module.startswith("toolkit.reading.") for module in bosses)


@pytest.mark.parametrize(
    "line",
    [
        "import zipfile",
        "def f():\n    from openpyxl import load_workbook",
        "import pandas as pd\npd.read_excel(path)",
        "import importlib\nimportlib.import_module('python_calamine')",
        "from pandas import read_csv",
        "import shutil\nshutil.unpack_archive(path)",
    ],
)
def test_a_second_door_is_seen(line):
    assert _parsers(line)


CELL = "toolkit/model/cell.py"
"""The one module that knows how a cell's address is written and by which number a cell keeps a day."""
BEGINNINGS = {1899, 1462, 25_569, 693_594, 719_162, 719_163, 1_048_576, 16_384, 2_958_465}
"""First days of calendars, days between them; the last row, the last column, the last day."""
WRITTEN = re.compile(r"\[A-Z\][*+{\\]|1899-12|^\\D$|^''$|^'!")
"""Patterns of addresses, a first day, all but the digits, the quotes around the title of a sheet."""


def _addresses(text: str) -> list[str]:
    """Places where a module reads or writes addresses or day numbers by itself."""
    tree = ast.parse(text)
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        f"{node.lineno}: {ast.unparse(node)}"  # type: ignore[attr-defined]
        for node in ast.walk(tree)
        if id(node) not in documents and _of_addresses(node)
    ]


def _of_addresses(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(one.name.startswith(("openpyxl.utils", "xlsxwriter.utility")) for one in names)
        case ast.ImportFrom(module=module):
            return (module or "").startswith(("openpyxl.utils", "xlsxwriter.utility"))
        case ast.Constant(value=bytes(value)):
            return bool(WRITTEN.search(value.decode("latin-1")))
        case ast.Constant(value=str(value)):
            return bool(WRITTEN.search(value))
        case ast.Constant(value=value):
            return value in BEGINNINGS
        case ast.Call(func=ast.Attribute(attr="strip" | "rstrip"), args=[ast.Constant(value="0123456789")]):
            return True
        case ast.BinOp(left=ast.Call(func=ast.Name(id="ord")), right=ast.Constant(value=64 | 65)):
            return True
        case ast.Call(func=ast.Name(id="chr"), args=[ast.BinOp(left=left, right=right)]):
            return any(isinstance(side, ast.Constant) and side.value in (64, 65) for side in (left, right))
        case ast.JoinedStr(values=parts):
            texts = [part.value if isinstance(part, ast.Constant) else None for part in parts]
            return any(
                first and last and middle is None and first.endswith("$") and last.startswith("$")
                for first, middle, last in zip(texts, texts[1:], texts[2:], strict=False)
            )
    return False


def test_cells_have_one_home():
    elsewhere = {
        path.relative_to(ROOT).as_posix(): found
        for path in MODULES
        if (found := _addresses(path.read_text(encoding="utf-8")))
    }
    assert elsewhere.pop(CELL) and not elsewhere, "asks toolkit.model.cell"


@pytest.mark.parametrize(
    "line",
    [
        "from openpyxl.utils import get_column_letter",
        "import xlsxwriter.utility",
        'pattern = re.compile(r"([A-Z]+)([0-9]+)")',
        "pattern = re.compile(rb'<c r=\"([A-Z]{1,3})')",
        'row = int(re.sub(r"\\D", "", cell))',
        'letter = cell.rstrip("0123456789")',
        'day = pd.Timestamp("1899-12-30")',
        "days = (day - date(1899, 12, 30)).days",
        "days = day.toordinal() - 693_594",
        "letter = chr(65 + rest)",
        "column = ord(letter) - 64",
        'name = title.replace("\'", "\'\'")',
        "formula = f\"='{title}'!{area}\"",
        'corner = f"${letter}${row}"',
        "if row > 1_048_576: pass",
    ],
)
def test_a_second_home_of_cells_is_seen(line):
    assert _addresses(line)


def test_other_lines_are_no_home_of_cells():
    assert not _addresses(
        '"""Cells such as $A$1; counted from 1899-12-30."""\n'
        'name = f"~${file}"\npattern = re.compile("[A-Za-z]+")\nlimit = 16_000\nsign = chr(code)\n'
    )


def test_help_loads_nothing_heavy():
    code = (
        "import sys; sys.argv=['xltool','--help']\n"
        "from toolkit.cli import main\n"
        "try:\n main()\nexcept SystemExit: pass\n"
        f"print(sorted(set(sys.modules) & {HEAVY!r}))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"


DRAWING = "toolkit/drawing/"
WRITER = {
    *("add_format", "add_worksheet", "set_paper", "set_margins", "set_landscape", "set_footer", "fit_to_pages"),
    *("set_print_scale", "print_area", "set_column", "set_row", "merge_range", "data_validation", "define_name"),
    *("conditional_format", "autofilter", "freeze_panes", "repeat_rows", "write_number", "set_properties"),
}
"""What only the drawing layer says to the writer library: formats, sheets, paper, widths, rules, names, cells."""
TYPES = {"xlsxwriter.format", "xlsxwriter.worksheet", "xlsxwriter.workbook"}
"""What others may name of it: the types of formats, and of the sheet that the template derives one from."""


def _drawing(text: str) -> list[str]:
    """Where a module speaks to the writer library by itself."""
    tree = ast.parse(text)
    imported = [
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if name.split(".")[0] == "xlsxwriter" and name not in TYPES
    ]
    calls = [
        f"{node.lineno}: {ast.unparse(node.func)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITER
    ]
    return imported + calls


def test_one_layer_draws():
    elsewhere = {
        name: found
        for path in MODULES
        if not (name := path.relative_to(ROOT).as_posix()).startswith(DRAWING)
        and (found := _drawing(path.read_text(encoding="utf-8")))
    }
    assert not elsewhere, "asks toolkit.drawing"


@pytest.mark.parametrize(
    "line", ["import xlsxwriter", "book.raw.add_format({})", "sheet.set_paper(9)", "from xlsxwriter.utility import x"]
)
def test_a_second_layer_that_draws_is_seen(line):
    assert _drawing(line)


COLOUR = re.compile(r"^#?[0-9A-F]{6}$")


def test_colours_have_one_home():
    """Of workbooks; letters, the board and marks in other people's workbooks have looks of their own."""
    rooms = ("toolkit/summary/", "toolkit/templating/", "toolkit/campaign/", "toolkit/round_trip/", "macros/")
    elsewhere = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value}"
        for path in MODULES
        if path.relative_to(ROOT).as_posix().startswith(rooms)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and COLOUR.match(node.value)
    ]
    assert not elsewhere, "asks toolkit/drawing/look.yaml"


SWITCH = re.compile(r"XLTOOL_[A-Z_]+")


def test_all_switches_of_tests_are_told():
    """CONTRIBUTING.md has every switch that a test reads, with the test that reads it, and no other."""
    lines = (ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines()
    told = {SWITCH.search(line)[0]: line for line in lines if line.startswith("| `XLTOOL_")}
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    read = set(re.findall(r"[\"'](XLTOOL_[A-Z_]+)[\"']", sources))
    assert read <= set(told), "a switch that is told nowhere"
    sources += "".join(path.read_text("utf-8") for path in MODULES)
    assert not [switch for switch in told if f'"{switch}"' not in sources], "a switch that nothing reads"
