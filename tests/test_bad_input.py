"""What goes wrong at the command line: one clear Chinese sentence with a code, the right exit code, nothing lost."""

import ast
import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from toolkit.cli import main_group
from toolkit.ooxml.container import Package
from toolkit.ooxml.filling import set_cells
from toolkit.words import words

pytestmark = [pytest.mark.rounds, pytest.mark.usefixtures("own_workers")]

DAY = "2024-01-15"


def run(*args):
    """Exit code, standard output and standard error of a command."""
    answer = CliRunner().invoke(main_group, [str(arg) for arg in args])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    assert "Traceback" not in answer.output
    return answer.exit_code, answer.stdout, answer.stderr


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A round of five units whose returns have no defects."""
    folder = tmp_path_factory.mktemp("批次") / "样例"
    assert run("sample", folder, "--policy", "yizheng-2022", "--units", 5, "--seed", 3, "--defects", "none")[0] == 0
    return folder


@pytest.fixture
def copy(clean, tmp_path):
    """A round of one's own."""
    target = tmp_path / "批次"
    shutil.copytree(clean, target)
    return target


def validated(folder):
    """Exit code and JSON answer of validate."""
    code, out, _ = run("validate", folder, "--json", "--as-of", DAY)
    return code, json.loads(out)


def returned(folder) -> Path:
    return sorted((folder / "回收").iterdir())[2]


def codes_of(answer, path):
    return {f["code"] for f in answer["findings"] if f["file"] == path.name and f["severity"] == "错误"}


def test_a_clean_round_passes(copy):
    code, answer = validated(copy)
    assert code == 0, [f for f in answer["findings"] if f["severity"] == "错误"]
    assert answer["files"]["accepted"] == answer["files"]["total"] == 5


def _without_sheet(data):
    package = Package(data)
    book = package.read("xl/workbook.xml").decode()
    start = book.index('<sheet name="流动党员"')
    end = book.index("/>", start) + 2
    package.replace("xl/workbook.xml", (book[:start] + book[end:]).encode())
    return package.to_bytes()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_without_sheet, "S004"),
        (lambda data: set_cells(data, {"活动台账": {"C5": "随便", "C6": ""}}), "S006"),
        (lambda data: set_cells(data, {"活动台账": {"C5": "主题"}}), "S009"),
        (lambda data: b"%PDF-1.7 no workbook", "F020"),
        (lambda data: set_cells(data, {}, properties={"xltool_unit": "999999"}), "S003"),
        (lambda data: set_cells(data, {}, properties={"xltool_year": "2019"}), None),
        (lambda data: set_cells(data, {}, properties={"xltool_policy": "yunnan-2025"}), None),
    ],
    ids=["missing sheet", "missing column", "doubled column", "no workbook", "other unit", "year", "policy"],
)
def test_a_spoilt_return_costs_itself_only(copy, spoil, code):
    path = returned(copy)
    path.write_bytes(spoil(path.read_bytes()))
    exit_code, answer = validated(copy)
    found = codes_of(answer, path)
    assert exit_code == 1 and found
    assert code is None or code in found
    assert answer["files"]["accepted"] == 4
    assert answer["rows"]["read"] == sum(answer["rows"][name] for name in ("merged", "rejected", "not_data", "aside"))


def test_results_are_never_written_over_returned_files(copy, tmp_path):
    alone = tmp_path / "返回" / returned(copy).name
    alone.parent.mkdir()
    shutil.copy(returned(copy), alone)
    before = {path: path.read_bytes() for path in (*(copy / "回收").iterdir(), *(copy / "下发").iterdir(), alone)}
    for command in ("merge", "annotate"):  # all commands that write share one door
        name = copy / "回收" if command == "annotate" else returned(copy)
        for args in (
            (copy, "-o", name),
            (copy, "-o", copy / "下发"),
            (alone, "-o", alone if name.is_file() else alone.parent),
        ):
            code, _, err = run(command, *args)
            assert code == 2 and err.startswith(("[O005]", "[O007]")), (command, args, err)
    assert run("run", copy, "-o", copy / "回收")[2].startswith("[O007]")
    assert {path: path.read_bytes() for path in before} == before
    assert run("merge", copy, "-o", tmp_path / "汇总.csv")[2].startswith("[O006]")


@pytest.mark.parametrize("args", [("units",), ("template", "--policy", "yunnan-2025", "-o")])
def test_a_filled_file_is_not_replaced_by_an_empty_form(args, tmp_path):
    path = tmp_path / "名录.xlsx"
    path.write_bytes(b"filled in")
    code, _, err = run(*args, path)
    assert code == 2 and err.startswith("[O004]") and path.read_bytes() == b"filled in"
    path.unlink()
    assert run(*args, path)[0] == run(*args, path)[0] == 0  # the same bytes again are no loss


def test_an_unknown_unit_is_named(copy):
    from toolkit.campaign.unit_list import read_unit_list, unit_list_workbook
    from toolkit.forms import load_form
    from toolkit.model.unit import UnitList
    from toolkit.policies import load_policy

    form = load_form(load_policy("yizheng-2022"))
    units = read_unit_list(copy / "单位名录.xlsx", form)
    gone = units.units[2]
    shorter = UnitList(tuple(unit for unit in units if unit.code != gone.code))
    (copy / "单位名录.xlsx").write_bytes(unit_list_workbook(shorter, form))
    exit_code, answer = validated(copy)
    assert exit_code == 1
    assert [f["file"] for f in answer["findings"] if f["code"] == "B003"] == [returned(copy).name]


@pytest.mark.parametrize(
    ("args", "code", "exit_code"),
    [
        (("validate", "nowhere"), "K010", 2),
        (("init", "x", "--policy", "nowhere", "--year", 2025, "--units", "y.xlsx"), "P001", 2),
        (("init", "x", "--policy", "yizheng-2022", "--year", 2019, "--units", "y.xlsx"), "K003", 2),
        (("init", "x", "--policy", "yizheng-2022", "--year", 2025, "--units", "y.xlsx"), "U001", 2),
        (("distribute", "nowhere"), "K001", 2),
        (("status", "nowhere"), "K001", 2),
        (("validate", "--as-of", "2025-13-01"), "K007", 2),
        (("nonsense",), "T002", 2),
        (("template",), "T002", 2),
    ],
)
def test_wrong_use_is_one_sentence(args, code, exit_code, tmp_path, monkeypatch):
    from toolkit.cli.terminal import say_mistakes
    from toolkit.words import speak_chinese

    speak_chinese()
    say_mistakes()
    monkeypatch.chdir(tmp_path)
    got, out, err = run(*args)
    assert (got, out) == (exit_code, "")
    assert f"[{code}]" in err


def test_a_folder_that_is_no_round_gets_no_outputs(tmp_path, monkeypatch):
    (tmp_path / "有回收" / "回收").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    for folder in ("有回收", "."):
        got, out, err = run("run", folder)
        assert (got, out) == (2, "") and "[K004]" in err
    assert sorted(tmp_path.rglob("*")) == before


MISTYPED = {
    ("mail", "x"): "缺少选项“--what”；只能写 issued、marked、disputes、tasks；",
    ("mail",): "缺少参数“批次文件夹”；",
    ("mail", "x", "--what"): "选项“--what”后面要有值；",
    ("mail", "x", "--what", "y"): "“--what”填的值不对：“y”不对，只能写“issued”、“marked”、“disputes”、“tasks”；",
    ("mail", "x", "--waht", "y"): "没有选项“--waht”；要写的可能是“--what”；",
    ("mail", "x", "y", "--what", "tasks"): "多了参数（y）；",
    ("statsu",): "没有命令“statsu”；要写的可能是“status”；",
    ("sample", "x", "--units", "0"): "“--units”填的值不对：“0”不对，应是 1 到 100000；",
    ("sample", "x", "--seed", "一"): "“--seed”填的值不对：“一”不是整数；",
    ("run", "--json=1"): "选项“--json”后面不要写值；",
    ("init", "x"): "缺少选项“--policy”；",
}


@pytest.mark.parametrize("args", MISTYPED, ids=" ".join)
def test_what_was_typed_wrongly_is_said_in_clerks_words(args):
    """One sentence with the marks of Chinese; nothing but what people type is left in Latin letters."""
    from toolkit.cli.terminal import say_mistakes
    from toolkit.words import speak_chinese

    speak_chinese()
    say_mistakes()
    _, _, err = run(*args)
    usage, sentence = err.strip().split("\n") if "用法：" in err else ("", err.strip())
    assert sentence == f"[T002] 命令写得不对：{MISTYPED[args]}加 --help 可以看用法。"
    assert usage in ("",) or usage.startswith("用法：main ")
    typed = {
        *re.findall(r"[A-Za-z]+", " ".join(args)),
        *re.findall(r"[A-Za-z]+", MISTYPED[args]),
        "T",
        "help",
        "main",
    }
    assert set(re.findall(r"[A-Za-z]+", err)) <= typed
    assert not re.search(r"[一-鿿”][.,:;?'\"]|[.,:;?'\"][一-鿿“]", err)


def test_a_unit_list_that_is_not_there_is_not_called_damaged(tmp_path):
    _, _, err = run("init", tmp_path / "x", "--policy", "yizheng-2022", "--year", 2025, "--units", tmp_path / "无.xlsx")
    assert "没有这个文件" in err and "损坏" not in err


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights")
def test_a_unit_list_that_is_a_link_to_nothing_is_called_so(tmp_path):
    link = tmp_path / "名录.xlsx"
    link.symlink_to(tmp_path / "别处.xlsx")
    _, _, err = run("init", tmp_path / "x", "--policy", "yizheng-2022", "--year", 2025, "--units", link)
    assert "[U001]" in err and "链接" in err and "没有这个文件" not in err


def test_an_output_open_elsewhere_keeps_the_old_one(copy, monkeypatch):
    assert run("validate", copy, "--as-of", DAY)[0] == 0
    book = copy / "汇总" / "问题清单.xlsx"
    before = b"yesterday's list"
    book.write_bytes(before)

    real = Path.replace

    def locked(self, target):
        if target == book:
            raise PermissionError(13, "locked", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", locked)
    code, _, err = run("validate", copy, "--as-of", DAY)
    assert (code, "[O003]" in err) == (3, True)
    assert book.read_bytes() == before
    assert [path.name for path in book.parent.iterdir()] == [book.name]


def test_returned_files_are_never_touched(copy):
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (copy / "回收").iterdir()}
    run("run", copy, "--as-of", DAY)
    after = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (copy / "回收").iterdir()}
    assert before == after


def test_status_adds_up_before_and_after(copy):
    _, out, _ = run("status", copy, "--json", "--as-of", DAY)
    first = json.loads(out)["counts"]
    run("validate", copy, "--as-of", DAY)
    _, out, _ = run("status", copy, "--json", "--as-of", DAY)
    second = json.loads(out)["counts"]
    assert first["已收待查"] == 5 and not second["已收待查"]
    for counts in (first, second):
        assert counts["total"] == sum(n for state, n in counts.items() if state != "total") == 5


AUTHORS_ONLY = {
    "Name '{name}' defined twice",
    "Positional arguments",
    "deprecated",
    "env var: {var}",
    "(dynamic)",
    "Value must be an iterable.",
    "Choice({choices})",
    "Invalid start character for option ({option})",
    "{value!r} is not a valid UUID.",
    "Could not determine name for option with declarations {decls!r}",
    "Boolean option {decl!r} cannot use the same flag for true/false.",
    "Arguments take exactly one parameter declaration, got {length}: {decls}.",
}
"""Sentences of click about how commands are declared, or about kinds of parameters that no command has."""


def test_every_sentence_of_click_has_its_chinese_words():
    """A new version of click may say things in another way; they would stand in English on a clerk's screen."""
    import click

    known, folder = words()["click"], Path(click.__file__).parent
    found = {
        text.value
        for name in ("exceptions", "core", "parser", "types", "formatting")
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext")
        for text in node.args
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    }
    lacking = {text for text in found - known.keys() - AUTHORS_ONLY if not text.startswith(("Deprecat", "No options"))}
    assert not lacking
