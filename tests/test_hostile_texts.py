"""Hostile texts: no character steers a terminal, no settings file fills the memory, no year is beyond all sense."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
import unicodedata
from functools import cache
from pathlib import Path

import pytest

from toolkit.campaign import EARLIEST, LATEST, check_year, create_campaign, open_campaign, parse_day
from toolkit.campaign.unit_list import unit_list_workbook
from toolkit.cli import environment, terminal
from toolkit.files import safe_name
from toolkit.forms import load_form
from toolkit.model import strictyaml
from toolkit.model.characters import LINES, escaped, shown, unseen
from toolkit.model.errors import DefinitionError, XltoolError
from toolkit.model.unit import UnitList
from toolkit.policies import load_policy
from toolkit.reading import visible
from toolkit.sample import sample_units

_TURNS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
REORDERING = set(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
"""All that turn the direction of writing, as a test says; looking at every character takes long."""
ROOT = Path(__file__).parent.parent


@cache
def all_steering() -> set[str]:
    """Characters that steer a terminal."""
    return {one for one in map(chr, range(0x110000)) if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")}


@pytest.mark.slow
def test_no_character_of_unicode_that_steers_or_reorders_is_printed(capsys):
    every, steering = [chr(code) for code in range(0x110000)], all_steering()
    assert {one for one in every if unicodedata.bidirectional(one) in _TURNS} == REORDERING
    assert steering >= REORDERING and len(steering) > 2000
    for at in range(0, len(every), 4096):
        text = "".join(every[at : at + 4096])
        for name in (shown(text), visible(text), safe_name(text)):
            assert not set(name) & steering
        kept = "".join(one for one in text if one not in steering)
        assert re.sub(r"<[0-9A-F]{1,6}>", "", shown(text)) == re.sub(r"<[0-9A-F]{1,6}>", "", kept)
        whole = text.encode("utf-8", "ignore").decode()
        assert json.loads(escaped(json.dumps(whole, ensure_ascii=False))) == whole
        terminal.echo(whole)
        terminal.echo_json({"unit": whole, whole: [whole]})
        out = capsys.readouterr().out
        assert not (set(out) & steering) - set(LINES)


@pytest.mark.parametrize("one", sorted(REORDERING | set("\x1b\x9b\x07\x08\r\x00\x7f\u2028\u061c\ufeff\U000e0041")))
def test_a_table_shows_the_number_of_what_nobody_sees(one, capsys):
    terminal.table(f"表{one}", ["单位"], [(f"甲{one}乙",)])
    out = capsys.readouterr().out
    assert one not in out.replace("\n", "") and f"甲<{ord(one):X}>乙" in out


def test_all_that_people_see_is_not_touched():
    text = "㎡ ①·“”…—é👨Ⅷ\ue000　\xa0"
    assert shown(text) == text and list(unseen("甲\t乙\n", LINES)) == []


def test_one_door_to_the_terminal():
    """Nothing else prints: no `print`, no stream written to, no console."""
    import ast

    found = set()
    for folder in ("toolkit", "macros", "validators"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
                imported = {one.name for one in node.names} if isinstance(node, ast.Import) else set()
                imported |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
                rich = any(name.startswith("rich") for name in imported)
                if rich or re.fullmatch(r"print|click\.s?echo|sys\.std\w+\.write", called):
                    found.add(path.relative_to(ROOT).as_posix())
    assert found == {"toolkit/cli/terminal.py"}


@pytest.mark.rounds
def test_a_units_name_does_not_steer_the_terminal(tmp_path):
    """ESC and the override from right to left stood raw in `status`."""
    policy = load_policy("yizheng-2022")
    from dataclasses import replace

    units = [replace(unit, name=f"{unit.name}\x1b[2J\u202e局") for unit in sample_units(policy, 2, 1)]
    path = tmp_path / "名录.xlsx"
    path.write_bytes(unit_list_workbook(UnitList(tuple(units)), load_form(policy)))
    create_campaign(tmp_path / "批次", policy=policy, year=2025, unit_list=path)
    for more in ([], ["--json"]):
        done = run("status", tmp_path / "批次", *more)
        assert done.returncode == 0 and not set(done.stdout) & (all_steering() - set(LINES))
    name = json.loads(done.stdout)["units"][0]["name"]
    assert name.endswith("[2J局") and not set(name) & all_steering(), "a unit list is put right when it is read"


def run(*arguments, **environ):
    command = [sys.executable, "-m", "toolkit.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environ}, cwd=ROOT)


BOMB = "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True))
BOMBS = {
    "references in references": "a: &a [x, x, x, x, x, x, x, x, x]\n" + BOMB,
    "references in records": "a: &a {x: x, y: y}\n"
    + re.sub(
        r"\[(.*)\]",
        lambda m: "{" + ", ".join(f"k{n}: {one.strip()}" for n, one in enumerate(m[1].split(","))) + "}",
        BOMB,
    ).replace("}\n", "}\n"),
    "itself": "a: &a [*a]\n",
    "brackets": "a: " + "[" * 200_000 + "\n",
    "brackets that close": "a: " + "[" * 50_000 + "]" * 50_000 + "\n",
    "lists in lists": "- " * 100_000 + "\n",
    "records in records": "a: " + "{a: " * 50_000 + "1" + "}" * 50_000 + "\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "a list for a key": "? [a]\n: 1\n",
    "megabytes": "a: " + "x" * 6_000_000,
}


@pytest.mark.rounds
@pytest.mark.parametrize("kind", BOMBS)
def test_a_settings_file_that_fills_the_memory_is_refused_at_once(kind, tmp_path):
    """Nine references in nine references hung for a minute; deep brackets ended the program (exit code 139)."""
    (tmp_path / "批次设置.yaml").write_text(BOMBS[kind], "utf-8")
    started = time.monotonic()
    done = run("status", tmp_path)
    assert done.returncode == 3 and done.stderr.startswith("[DEF-001]") and "T000" not in done.stderr
    assert time.monotonic() - started < 15


def test_references_of_a_pack_still_mean_what_they_say(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: &one {x: [1, 2], y: ja}\nb: *one\nc: &t text\nd: [*t, *t]\n", "utf-8")
    found = strictyaml.load(path)
    assert strictyaml.plain(found) == {
        "a": {"x": ["1", "2"], "y": "ja"},
        "b": {"x": ["1", "2"], "y": "ja"},
        "c": "text",
        "d": ["text", "text"],
    }
    found["a"].take("x")
    with pytest.raises(DefinitionError, match="第1行"):
        found["b"].done()


def test_any_tree_is_read_as_it_was_written(tmp_path):
    """Random trees, written by the library, come back; every part knows its line."""
    import yaml

    rng, path = random.Random(20), tmp_path / "a.yaml"

    def tree(depth):
        kind = rng.randrange(3) if depth < 5 else 0
        if kind == 0:
            return "".join(rng.choice("甲乙: #'\"\n-&*ab01") for _ in range(rng.randrange(6)))
        if kind == 1:
            return [tree(depth + 1) for _ in range(rng.randrange(4))]
        return {f"k{n}": tree(depth + 1) for n in range(rng.randrange(4))}

    def placed(node):
        inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        return node.line >= 1 and node.file == str(path) and all(map(placed, inner))

    for _ in range(60):
        made = {"root": tree(0), "flow": tree(1)}
        path.write_text(
            yaml.safe_dump(made, allow_unicode=True, default_flow_style=rng.choice([True, False, None])), "utf-8"
        )
        found = strictyaml.load(path)
        assert strictyaml.plain(found) == made and placed(found)


@pytest.mark.parametrize("year", [-1, 0, 99, 1948, 2101, 9999, 10**20])
def test_a_year_beyond_all_sense_is_a_sentence(year, tmp_path):
    with pytest.raises(XltoolError, match="K023"):
        check_year(load_policy("yizheng-2022"), year)


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "2101-01-01", "1948-12-31"])
def test_a_day_beyond_all_sense_is_a_sentence(text):
    with pytest.raises(XltoolError, match="K007"):
        parse_day(text)
    assert parse_day(f"{EARLIEST}-01-01").year == EARLIEST and parse_day(f"{LATEST}-12-31").year == LATEST


@pytest.mark.parametrize("year", ["99999999999999999999", "20_25", "2025.5", "", "二〇二五", "1e3"])
def test_a_year_in_the_settings_that_is_none_is_a_sentence(year, tmp_path):
    folder = made_round(tmp_path)
    path = folder / "批次设置.yaml"
    path.write_text(re.sub(r"(?m)^year: .*$", f'year: "{year}"', path.read_text("utf-8")), "utf-8")
    with pytest.raises((XltoolError, DefinitionError), match=r"K023|应为数字"):
        open_campaign(folder)


def made_round(tmp_path, policy="yizheng-2022", year=2025):
    pack, path = load_policy(policy), tmp_path / "名录.xlsx"
    path.write_bytes(unit_list_workbook(sample_units(pack, 2, 1), load_form(pack)))
    return create_campaign(tmp_path / "批次", policy=pack, year=year, unit_list=path).folder


@pytest.mark.parametrize("policy", ["yizheng-2022", "yunnan-2025", str(ROOT / "tests/third_policy/haiqing-2026")])
def test_every_example_in_the_settings_may_be_taken_as_it_stands(policy, tmp_path):
    """The example named a parameter that the policy does not have."""
    folder = made_round(tmp_path, policy, 2026 if "2026" in policy else 2025)
    path = folder / "批次设置.yaml"
    text = path.read_text("utf-8")
    examples = re.findall(r"写法如  (\w+: (?:\"[^\"]*\"|\[.*\]))", text)
    assert len(examples) == 2
    for example in examples:
        path.write_text(text.replace("parameters: {}", f"parameters: {{{example}}}"), "utf-8")
        assert set(open_campaign(folder).overrides) == {example.split(":")[0]}


def test_arguments_become_utf8_and_names_on_the_disk_stay(tmp_path, monkeypatch):
    """What a GBK terminal types is understood; what stands on the disk is found, in whatever encoding."""
    raw = os.fsencode(str(tmp_path)) + "/批次".encode("gbk")
    Path(os.fsdecode(raw)).mkdir()
    monkeypatch.setattr(environment.os, "fsencode", lambda text: text.encode("gbk", "surrogateescape"))
    typed = raw.decode("gbk", "surrogateescape")
    utf8 = "批次".encode().decode("gbk", "surrogateescape")
    given = ["已核实", utf8, "--why", typed]
    assert environment.in_utf8(given) == ["已核实".encode(), "批次".encode(), b"--why", raw]


@pytest.mark.skipif(not shutil.which("localedef"), reason="no program here that makes a locale")
@pytest.mark.rounds
def test_a_gbk_system_marks_copies_like_any_other(tmp_path):
    place = tmp_path / "locale"
    place.mkdir()
    made = subprocess.run(["localedef", "-i", "zh_CN", "-f", "GBK", str(place / "zh_CN.GBK")], capture_output=True)
    if made.returncode or not (place / "zh_CN.GBK").is_dir():
        pytest.skip("no sources of locales here")
    folder = made_round(tmp_path)
    (folder / "回收" / "甲局（返回）.xlsx").write_bytes(b"PK broken")
    command = [sys.executable, "-m", "toolkit.cli", "annotate", str(folder)]
    gbk = {**os.environ, "LC_ALL": "zh_CN.GBK", "LOCPATH": str(place)}
    done = subprocess.run(command, capture_output=True, env=gbk, cwd=ROOT)
    assert done.returncode == 1 and "退回 1 份" in done.stdout.decode("gbk"), done.stderr.decode("gbk")
    assert [path.name for path in (folder / "退回").iterdir()] == ["甲局（返回）.xlsx_问题清单.xlsx"]


def test_usage_errors_pass_the_same_door(monkeypatch, capsys):
    from toolkit.cli.app import main_group
    from toolkit.cli.parts import run as run_group

    monkeypatch.setattr(sys, "argv", ["xltool", "nonsense\x1b[31m\u202e"])
    assert run_group(main_group) == 2
    assert not set(capsys.readouterr().err) & (all_steering() - set(LINES))


def test_ctrl_c_is_130_and_a_reader_that_went_away_is_no_fault(monkeypatch, capsys):
    import click

    from toolkit.cli.parts import command_of
    from toolkit.cli.parts import run as run_group

    for raised, code in ((KeyboardInterrupt, 130), (BrokenPipeError, 141)):
        group = click.Group()

        @command_of(group, "status")
        def status(raised=raised):
            raise raised

        monkeypatch.setattr(sys, "argv", ["xltool", "status"])
        monkeypatch.setattr(sys.stdout, "fileno", lambda: os.open(os.devnull, os.O_WRONLY), raising=False)
        assert run_group(group) == code
    assert "[T003]" in capsys.readouterr().err
