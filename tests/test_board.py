"""进度看板.html without a browser: one safe file, the figures of the workbooks, masks, links, sizes, the same bytes."""

import base64
import doctest
import hashlib
import json
import re
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from rounds import Round

from toolkit.board import data as board
from toolkit.board import timeline
from toolkit.board.page import page
from toolkit.board.words import board_words
from toolkit.campaign import open_campaign
from toolkit.job import campaign_job, job_for
from toolkit.links import link
from toolkit.model import person_names
from toolkit.model.figures import RANK
from toolkit.model.finding import LEVELS as FINDING_LEVELS
from toolkit.model.finding import from_catalogue
from toolkit.model.person_names import NameCover
from toolkit.outputs import write_all
from toolkit.pipeline import check
from toolkit.summary.misses import fixes, reasons
from toolkit.summary.paper import tiles
from toolkit.trial import write_sample

DAY = {"yizheng-2022": date(2024, 1, 31), "yunnan-2025": date(2026, 1, 31)}
POLICIES = sorted(DAY)
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
NAME, UNITS = "进度看板.html", 12
HERE = Path(board.__file__).parent


class Parts(HTMLParser):
    """The elements of a page with their attributes, and the texts of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag in self.texts:
            self._inside = tag
            self.texts[tag].append("")

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside:
            self.texts[self._inside][-1] += data


def read(path: Path) -> dict:
    """The data of a page, read as a browser does."""
    return json.loads(Parts(path.read_text("utf-8")).texts["script"][0])


def addresses(found: dict) -> list[str]:
    return [one[1] for one in (*found["files"], *found["returned"]) if one[1]]


@pytest.fixture(scope="module", params=POLICIES)
def made(request, tmp_path_factory):
    """Twelve units with the usual defects, everything that a run writes."""
    campaign = write_sample(
        tmp_path_factory.mktemp("看板") / "批 次#1", policy=request.param, units=UNITS, seed=1, defects="typical"
    )
    checked = check(campaign_job(open_campaign(campaign.folder), DAY[request.param]))
    paths = write_all(checked, campaign.output)
    path = campaign.output / NAME
    assert path in paths
    books = {one.stem: one for one in paths if one.suffix == ".xlsx"}
    return SimpleNamespace(campaign=campaign, checked=checked, path=path, books=books, data=read(path))


def rows(path: Path, sheet: str, *heads: str) -> list[dict[str, object]]:
    """The rows of a table below the row that has these heads, line breaks in heads left out."""
    book = load_workbook(path, data_only=True)
    lines = [list(row) for row in book[sheet].values]
    book.close()
    plain = [[str(cell or "").replace("\n", "") for cell in line] for line in lines]
    head = next(place for place, line in enumerate(plain) if set(heads) <= set(line))
    return [dict(zip(plain[head], line, strict=True)) for line in lines[head + 1 :]]


@pytest.mark.rounds
class TestFigures:
    """What stands on the page stands in the workbooks of the same run."""

    def test_units(self, made):
        levels = {row["单位"]: row for row in rows(made.books["达标情况"], "单位总览", "单位", "总评")}
        money = {row["单位"]: row for row in rows(made.books["工作补贴发放表"], "单位汇总", "单位", "发放人次")}
        issues = {row["单位"]: row for row in rows(made.books["问题清单"], "按单位", "单位", "错误")}
        assert len(made.data["units"]) == UNITS
        for unit in made.data["units"]:
            one, overall = levels[unit["full"]], RANK[unit["overall"]]
            assert overall == one["总评"] and unit["sentence"]
            assert unit["issues"] == [issues[unit["full"]][word] for word in ("错误", "疑问", "提示")]
            if "cells" not in unit:
                assert one["硬性未达标"] is None and "hard" not in unit
                continue
            assert (unit["hard"], unit["soft"]) == (one["硬性未达标"], one["软性未达标"])
            assert unit["proved"][:2] == [one["据实达标"], one["据实应评"]]
            assert unit["told"][:2] == [one["自报达标"], one["自报应评"]]
            assert unit["proved"][2] == f"{one['据实达标率']:.1%}"
            heads = {head[:2]: value for head, value in money.get(unit["full"], {}).items() if "金额（元）" in head}
            assert unit["due"] == f"{heads.get('应发', 0):,.2f}" and unit["paid"] == f"{heads.get('已发', 0):,.2f}"

    def test_headline_figures_and_sentences(self, made):
        """Those of the first page of 综合汇总, and what the units add up to."""
        book = load_workbook(made.books["综合汇总"], data_only=True)
        cells = {
            (one.row, one.column): one.value for line in book.worksheets[0] for one in line if one.value is not None
        }
        book.close()
        places = {value: place for place, value in cells.items()}
        assert len(made.data["said"]) >= 4 and all(text in places for text in made.data["said"])
        patterns, figures = {"（元）": "{:,.2f}", "达标率": "{:.1%}"}, {}
        for label, text, below in made.data["tiles"]:
            row, column = places[label]
            pattern = next((one for sign, one in patterns.items() if sign in label), "{:,}")
            assert text == pattern.format(cells[row + 1, column]) and below == cells[row + 2, column]
            figures[label.partition("（")[0]] = text
        counted = [one for one in made.data["units"] if "cells" in one]
        assert len(made.data["tiles"]) == 8 and int(figures["已返回并计入"]) == len(counted)
        assert int(figures["硬性要求未达标"]) == sum(one["hard"] for one in counted)
        for name, key in (("党组织", "orgs"), ("党员", "members")):
            assert int(figures[name].replace(",", "")) == sum(one[key] or 0 for one in counted)
        for name, key in ((made.data["due"], "due"), ("已发", "paid")):
            total = sum(Decimal(one[key].replace(",", "")) for one in counted)
            assert figures[name] == f"{total:,.2f}"

    def test_matrix(self, made):
        """Every letter is the level in 达标情况; every clause counts its column."""
        levels = [one[0] for one in made.data["levels"]]
        titles = {row["单位"]: row for row in rows(made.books["达标情况"], "单位×条款", "单位", "总评")}
        figures = made.checked.figures
        clauses = list(board._Board(made.checked, made.path.parent, ()).clauses)
        for unit in (one for one in made.data["units"] if "cells" in one):
            shown = [levels["abcdefg".index(letter)] if letter != "." else "" for letter in unit["cells"]]
            assert shown == [titles[unit["full"]][clause] or "" for clause in clauses]
        counts = {row["条款"]: row for row in rows(made.books["达标情况"], "条款总览", "条款", "不达标")}
        for clause, one in zip(clauses, made.data["clauses"], strict=True):
            assert one["counts"] == [counts[clause][level] for level in ("不达标", "预警", "无法判定")]
        hard = [(clauses[n], one["counts"][0]) for n, one in enumerate(made.data["clauses"]) if one["nature"] == 0]
        assert sorted(one for one in hard if one[1]) == sorted(figures.most_missed())
        told = {one["section"] for one in made.data["clauses"]}
        assert told and made.data["natures"] == ["硬性", "软性", "任务"]

    def test_reasons_stand_where_something_is_to_be_done(self, made):
        figures, texts = made.checked.figures, made.data["texts"]
        clauses = list(board._Board(made.checked, made.path.parent, ()).clauses)
        codes = {one["code"]: one for one in made.data["units"]}
        for code, unit in codes.items():
            why = {clauses[one[0]]: one for one in unit.get("why", ())}
            letters = dict(zip(clauses, unit.get("cells", ""), strict=False))
            assert set(why) == {clause for clause, letter in letters.items() if letter in "abc"}
            for clause, (_, reason, fix, _, row) in why.items():
                cell = figures.cells[code, clause]
                assert row == (cell.row.row if cell.row else 0) and texts[fix] == fixes(cell)
                assert "*" in texts[reason] or texts[reason] == reasons(cell, rows=False)

    def test_findings(self, made):
        listed = rows(made.books["问题清单"], "问题", "级别", "代码")
        listed = [row for row in listed if row["级别"] in FINDING_LEVELS]
        assert len(made.data["findings"]) == len(listed)
        assert [made.data["texts"][one[2]] for one in made.data["findings"]] == [row["代码"] for row in listed]
        assert [FINDING_LEVELS[one[1]] for one in made.data["findings"]] == [row["级别"] for row in listed]

    def test_parts_and_states_add_up(self, made):
        whole = made.checked.figures.whole
        for kind, place in (("据实", 1), ("自报", 2)):
            assert sum(one[place][0] for one in made.data["rates"]) == whole[kind].met
            assert sum(one[place][1] for one in made.data["rates"]) == whole[kind].asked
        assert sum(count for _, _, count in made.data["overalls"]) == UNITS
        time = made.data["time"]
        assert sum(one[1] for one in time["columns"]) + time["undated"] == len(made.checked.figures.counted)


@pytest.mark.rounds
class TestFile:
    """One file, nothing from elsewhere, no markup out of data."""

    def test_the_policy_allows_this_script_and_this_style_only(self, made):
        parts = Parts(made.path.read_text("utf-8"))
        policy = next(one["content"] for tag, one in parts.found if one.get("http-equiv") == "Content-Security-Policy")
        known = dict(item.split(" ", 1) for item in policy.split("; "))
        digest = {
            kind: "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
            for kind, text in (("script", parts.texts["script"][1]), ("style", parts.texts["style"][0]))
        }
        assert known["default-src"] == "'none'" and known["script-src"] == digest["script"]
        assert known["style-src"] == digest["style"] and known["img-src"] == "data:"
        assert known["base-uri"] == known["form-action"] == "'none'"
        assert [len(texts) for texts in parts.texts.values()] == [2, 1]

    def test_no_attribute_and_no_call_makes_markup_or_asks_anybody(self, made):
        parts, script = Parts(made.path.read_text("utf-8")), (HERE / "board.js").read_text("utf-8")
        names = {name for _, attrs in parts.found for name in attrs}
        assert not [name for name in names if name.startswith("on") or name in ("style", "src", "action", "srcdoc")]
        markup = r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|setTimeout"
        assert not re.search(rf"{markup}|fetch\(|XMLHttp|import\(", script)
        whole = made.path.read_text("utf-8")
        assert not re.findall(r"https?://[^\s\"'<>]*", whole) and "@import" not in whole and "url(" not in whole

    def test_the_same_round_gives_the_same_bytes(self, made):
        before = made.path.read_bytes()
        again = check(campaign_job(open_campaign(made.campaign.folder), made.checked.job.as_of))
        assert page(board.board_data(again, made.path.parent, list(made.books.values()))) == before

    def test_every_link_leads_to_a_file_of_the_round(self, made):
        found = addresses(made.data)
        assert len(found) >= 6 + UNITS - 2 and all(one.isascii() and not re.search(r"[\\:#? ]", one) for one in found)
        for one in found:
            target = made.path.parent / unquote(one)
            assert target.is_file() and made.campaign.folder in target.resolve().parents
        assert {unquote(one) for one in found} >= {"综合汇总.xlsx", "达标情况.xlsx", "问题清单.xlsx"}
        names = [name for name, _, use in made.data["files"]]
        assert names[0] == "综合汇总.xlsx" and all(use for _, _, use in made.data["files"])

    def test_no_whole_name_of_a_person(self, made):
        batch, text = made.checked.batch, made.path.read_text("utf-8")
        names = {
            name
            for sheet in batch.form.sheets
            for column in sheet.columns
            if column.is_name
            for name in batch.tables[sheet.name][column.name]
            if isinstance(name, str)
        }
        assert len(names) > 20 and [name for name in names if name in text] == []

    def test_size(self, made):
        assert len(page(many(made.data, 4))) < 300_000, "48 units"
        assert len(page(many(made.data, 34))) < 1_500_000, "408 units"


def many(found: dict, times: int) -> dict:
    """The data of a round that is so many times as large: every unit again under another name, no text twice."""
    size, texts = len(found["units"]), len(found["texts"])
    more = {**found, "units": [], "findings": [], "returned": [], "texts": []}
    for number in range(times):
        more["texts"] += [f"{text}{number or ''}" for text in found["texts"]]
        more["returned"] += [[f"{number}{name}", address] for name, address in found["returned"]]
        for one in found["units"]:
            unit = {**one, "code": f"{one['code']}{number}", "name": f"{one['name']}{number or ''}"}
            unit["file"] += number * len(found["returned"]) if one["file"] >= 0 else 0
            if "why" in one:
                shifted = ([*w[:1], *(at + number * texts for at in w[1:3]), *w[3:]] for w in one["why"])
                unit["why"] = list(shifted)
            more["units"].append(unit)
        for unit, level, code, file, *said in found["findings"]:
            place = unit + number * size if unit >= 0 else unit
            more["findings"].append([place, level, code, file, *(at + number * texts for at in said)])
    return more


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A unit with a hostile name; names that are none; a file named after a person with a number; an archive."""

    def renamed(units):
        return [replace(units[0], name=HOSTILE, short_names=()), *units[1:]]

    made = Round(tmp_path_factory.mktemp("怪") / "批次", 3, policy="yizheng-2022", pick=renamed)
    made.issue()
    made.put(0, f"{made.units[0].code}_张三13812345678.xlsx", cells={("post", "person_name", 0): "欧阳修文（代）"})
    made.put(1, cells={("post", "person_name", 0): "赵钱孙、李周吴"})
    with zipfile.ZipFile(made.campaign.inbox / "一包.zip", "w") as pack:
        pack.writestr(made.returns.names[made.units[2].code], made.workbook(2))
    checked = made.check()
    who = {"who": "欧阳修文（代）", "key": "R9"}
    checked.findings.append(from_catalogue("CHG-001", who, unit=made.units[0].code, sheet="任职与补贴"))
    write_all(checked, made.campaign.output)
    return made.campaign.output / NAME


@pytest.mark.rounds
def test_a_hostile_name_stays_text(odd):
    text, found = odd.read_text("utf-8"), read(odd)
    tags = [tag for tag, _ in Parts(text).found]
    assert tags.count("script") == 2 and "img" not in tags and "<img" not in text
    assert HOSTILE in {one["name"] for one in found["units"]}


@pytest.mark.rounds
def test_names_in_findings_and_numbers_in_file_names(odd):
    """What a message quotes is masked; a file whose name holds somebody's number is named masked and not linked."""
    text, found = odd.read_text("utf-8"), read(odd)
    assert "欧*）" in text and not re.search("欧阳修文|赵钱孙|李周吴|13812345678", text)
    assert [address for name, address in found["returned"] if "张三138＊＊＊＊5678" in name] == [""]
    assert {unquote(address) for name, address in found["returned"] if "一包" in name} == {"../回收/一包.zip"}


@pytest.mark.rounds
def test_files_that_are_no_round(tmp_path):
    """Without a unit list and a ledger, and with the outputs somewhere else."""
    made = Round(tmp_path / "批次", 2)
    made.put(0)
    made.put(1)
    loose = tmp_path / "收到的 表"
    shutil.copytree(made.campaign.inbox, loose)
    write_all(check(job_for([loose], as_of=made.day)), tmp_path / "结果")
    path = tmp_path / "结果" / NAME
    found = read(path)
    assert len(found["units"]) == 2 and found["time"]["deadline"] == ""
    assert {unquote(one).split("/")[0] for one in addresses(found)} == {"..", *(one[0] for one in found["files"])}
    assert all((path.parent / unquote(one)).is_file() for one in addresses(found))


@pytest.mark.rounds
def test_nothing_came_yet_and_everything_is_fine(tmp_path):
    """A round in which one unit returned nothing but ticks: no clause is missing on the page, no chart fails."""
    made = Round(tmp_path / "批次", 2)
    made.put(0, nil=True)
    write_all(made.check(), made.campaign.output)
    found = read(made.campaign.output / NAME)
    assert [RANK[one["overall"]] for one in found["units"]][-1] == "未返回"
    assert found["units"][-1]["sentence"] and "cells" not in found["units"][-1]


def test_links(tmp_path):
    folder, away = tmp_path / "汇总", tmp_path / "回收" / "a b&%#?.xlsx"
    away.parent.mkdir()
    away.write_bytes(b"")
    assert link(away, folder) == "../%E5%9B%9E%E6%94%B6/a%20b%26%25%23%3F.xlsx"
    assert link(folder / "x.xlsx", folder) == "" and link(folder / "x.xlsx", folder, [folder / "x.xlsx"]) == "x.xlsx"
    assert link(tmp_path / "javascript:x", folder, [tmp_path / "javascript:x"]) == "../javascript%3Ax"


def test_a_name_is_masked_wherever_it_stands_and_the_longest_first():
    cover = NameCover(["王小", "王小明", "买买提·艾力", "一"])
    assert cover("王小明王小、王小明了，买买提·艾力、一") == "王*明王*、王*明了，买*力、一"
    assert NameCover([])("王小明") == "王小明"
    assert [doctest.testmod(one).failed for one in (person_names, timeline, tiles)] == [0, 0, 0]


def test_every_word_of_the_page_is_used_and_there():
    words, script = board_words(), (HERE / "board.js").read_text("utf-8")
    used = set(re.findall(r'\bW\.(\w+)|say\("(\w+)"', script))
    used = {one or two for one, two in used} | {"by_day", "by_week", "by_month", "by_one_day"}
    assert used == set(words.script)
    frame = set(re.findall(r"\$(\w+)", (HERE / "board.html").read_text("utf-8")))
    assert frame - {"policy", "style", "script", "data"} == set(words.frame)
    sources = script + (HERE / "board.html").read_text("utf-8")
    assert not re.search(r"[\u4e00-\u9fff]", sources), "words stand in board.yaml"
    said = set(re.findall(r'say\(\s*"(\w+)"|said\["(\w+)"\]', (HERE / "data.py").read_text("utf-8")))
    said = {one or two for one, two in said}
    assert said == set(words.said)
