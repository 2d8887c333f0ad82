"""Letters: figures of the workbooks, one unit's data only, the same bytes, wording that a bureau may change, pages."""

import doctest
import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from docx import Document
from docx.oxml.ns import qn
from office import convert_all, needs_writer, pages
from openpyxl import load_workbook
from rounds import Round

from tests.macros import contract
from toolkit import bridge
from toolkit.campaign import open_campaign
from toolkit.cli import main_group
from toolkit.job import campaign_job, scan
from toolkit.letters import measure
from toolkit.letters.compose import letter
from toolkit.letters.facts import Facts, RoundFacts
from toolkit.letters.files import RECORD, write_letters
from toolkit.letters.wording import OURS, PARAGRAPH, wording
from toolkit.letters.words import letter_words
from toolkit.model.errors import DefinitionError, XltoolError
from toolkit.model.privacy import mask_name
from toolkit.outputs import write_summaries
from toolkit.pipeline import check
from toolkit.rerun import Rerun
from toolkit.summary.definitions import unset_sentence
from toolkit.trial import write_sample

pytestmark = pytest.mark.rounds
DAY = {"yizheng-2022": date(2024, 1, 31), "yunnan-2025": date(2026, 1, 31)}
POLICIES = sorted(DAY)
BUREAU = "中共某市委老干部局"
FILLED = f'填空:\n  发文单位: "{BUREAU}"\n  电话: "0514-83421234"\n'
TEXTS = (
    *("政策", "表名", "截止日", "成文日", "未计入", "突出问题", "未对上", "未设定", "应发名称", "公示口径", "差额"),
    *("上报去向", "报送截止", "报送到", "暂不公示金额"),
    *letter_words().blanks.values(),
)
"""Facts that are no number."""
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?%?")


def written(folder, policy, units, defects="typical"):
    campaign = write_sample(folder, policy=policy, units=units, seed=1, defects=defects)
    (campaign.folder / letter_words().own_wording).write_text(FILLED, encoding="utf-8")
    checked = check(campaign_job(open_campaign(campaign.folder), DAY[policy]))
    return SimpleNamespace(folder=campaign.folder, checked=checked, letters=write_letters(checked), policy=policy)


@pytest.fixture(scope="module", params=POLICIES)
def made(request, tmp_path_factory):
    """Forty units with the usual defects: all letters, and the workbooks of the same run."""
    found = written(tmp_path_factory.mktemp("文书") / "批次", request.param, 40)
    found.books = {path.stem: path for path in write_summaries(found.checked, found.folder / "汇总")}
    return found


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Eight units without defects."""
    return written(tmp_path_factory.mktemp("小") / "批次", POLICIES[0], 8, "none")


def texts(path) -> list[str]:
    """All texts of a letter: paragraphs, then the cells of its tables."""
    doc = Document(str(path))
    return [*(one.text for one in doc.paragraphs), *(text for one in doc.tables for row in _rows(one) for text in row)]


def table(path) -> list[list[str]]:
    return _rows(Document(str(path)).tables[0])[1:]


def _rows(found) -> list[list[str]]:
    """The texts of the cells of a table; python-docx itself is slow at long ones."""
    return [
        ["".join(one.text or "" for one in cell.iter(qn("w:t"))) for cell in row.tc_lst] for row in found._tbl.tr_lst
    ]


def named(made, kind) -> list[Path]:
    return [path for path in made.letters.paths if kind in (path.stem, path.parent.name)]


def said(path, kind) -> dict[str, str]:
    """What the facts in the paragraphs of a letter say: the templates of the wording, read backwards."""
    found = {}
    for block in wording().letters[kind].body:
        if block.kind == PARAGRAPH:
            parts = re.split(r"\{(\w+)\}", block.text)
            kinds = {name: ".*?" if name in TEXTS else r"[\d,.]+%?" for name in parts[1::2]}
            pattern = "".join(f"(?P<f{n}>{kinds[part]})" if n % 2 else re.escape(part) for n, part in enumerate(parts))
            for text in texts(path):
                if match := re.fullmatch(pattern, text):
                    found |= {parts[int(name[1:])]: value for name, value in match.groupdict().items()}
    return found


def cells(path, title="") -> list[list[object]]:
    book = load_workbook(path, data_only=True)
    return [list(row) for sheet in book if title in ("", sheet.title) for row in sheet.values]


def printed(rows) -> set[str]:
    """The numbers of cells as letters print them, and those inside of their texts."""
    found = set()
    for value in (cell for row in rows for cell in row if cell is not None and not isinstance(cell, bool | datetime)):
        if isinstance(value, int | float):
            found |= {f"{value:,.2f}", f"{value:.1%}", f"{value:,.0f}" if value == int(value) else ""}
        else:
            found |= set(NUMBER.findall(str(value)))
    return found


def test_every_figure_of_the_circular_is_one_of_the_overview(made):
    [path] = named(made, "情况通报")
    facts = said(path, "circular")
    assert {"应报", "已计入", "据实达标率", "自报达标率", "应发", "已发", "上报", "硬性未达标"} <= set(facts)
    book = printed(cells(made.books["综合汇总"]))
    assert {name: text for name, text in facts.items() if name not in (*TEXTS, "返回率") and text not in book} == {}
    money = printed(cells(made.books["工作补贴发放表"], "对账"))
    assert facts["上报"] in money and set(NUMBER.findall(facts.get("未对上", ""))) <= money
    units, counted = int(facts["应报"]), int(facts["已计入"])
    assert facts["返回率"] == f"{counted / units:.1%}"
    assert counted + sum(int(n) for n in re.findall(r"(?:未返回|退回待改|版本待选)(\d+)家", facts["未计入"])) == units


def test_the_table_of_the_circular_counts_the_matrix(made):
    """Each requirement with the number of its units, as the columns of 达标情况 have them."""
    [path] = named(made, "情况通报")
    figures = made.checked.figures
    missed = [str(count) for _, count in figures.most_missed()]
    assert [row[2] for row in table(path)] == missed[:8]
    matrix = cells(made.books["达标情况"], "单位×条款")
    counted = [sum(cell == "不达标" for cell in column) for column in zip(*matrix, strict=True)]
    assert all(int(row[2]) in counted for row in table(path))


def test_the_approval_says_what_the_circular_says(made):
    [path] = named(made, "领导签批单")
    text = "".join(texts(path))
    facts = said(named(made, "情况通报")[0], "circular")
    assert all(facts[name] in text for name in ("应报", "已计入", "据实达标率", "自报达标率", "应发", "已发", "上报"))
    rectified, reminded = len(named(made, "整改通知")), len(named(made, "催报函"))
    assert f"向{rectified}家单位发整改通知，向{reminded}家单位发催报函" in text and rectified and reminded


def test_the_notice_is_the_public_page_with_masked_names(made):
    [path] = named(made, "公示稿")
    page = [row for row in cells(made.books["工作补贴发放表"], "公示版") if isinstance(row[0], int)]
    rows = table(path)
    assert [(row[2], row[3], row[5]) for row in rows] == [
        (mask_name(name), post, f"{amount:,.2f}") for _, name, _, post, amount, _ in page
    ]
    facts = said(path, "notice")
    total = sum(float(row[5].replace(",", "")) for row in rows)
    assert (facts["公示人次"], facts["公示金额"]) == (str(len(rows)), f"{total:,.2f}")
    names = {one.name for one in made.checked.allowance.persons}
    assert names and not [name for name in names if name in "".join(texts(path))]


def test_a_notice_of_rectification_has_the_figures_of_its_unit(made):
    units = made.checked.batch.units.by_code
    data = {row[1]: row for row in cells(made.books["综合汇总"], "数据_单位")}
    ranking = ("3 单位排名", "3 单位排名（续）")
    ranked = {row[1]: row for title in ranking for row in cells(made.books["综合汇总"], title)}
    money = {row[1]: row for row in cells(made.books["工作补贴发放表"], "单位汇总") if isinstance(row[0], int)}
    paid = 0
    assert named(made, "整改通知")
    for path in named(made, "整改通知"):
        unit, facts = units[path.stem.split("_")[0]], said(path, "rectify")
        own = printed([data[unit.name], ranked[next(iter(unit.short_names), unit.name)]])
        assert {facts["单位据实应评"], facts["单位据实达标率"], facts["单位硬性未达标"]} <= own
        assert len(table(path)) == int(facts["单位硬性未达标"])
        if "单位少发" in facts:
            paid += 1
            assert {facts["单位应发"], facts["单位已发"], facts["单位少发"]} <= printed([money[unit.name]])
    assert paid


def test_who_is_written_to(made):
    """催报函: whose return does not count; 整改通知: who counts and misses something hard; nobody both."""
    figures = made.checked.figures
    codes = {kind: {path.stem.split("_")[0] for path in named(made, kind)} for kind in ("催报函", "整改通知")}
    assert codes["催报函"] == {one.unit for one in figures.units if not one.counted}
    assert codes["整改通知"] == {one.unit for one in figures.units if one.counted and one.hard}


def test_a_letter_to_a_unit_names_no_other_unit(made):
    units = made.checked.batch.units
    for path in (*named(made, "催报函"), *named(made, "整改通知")):
        own = units.by_code[path.stem.split("_")[0]]
        text = "\n".join(texts(path))
        for name in sorted((own.name, *own.short_names, *(org.name for org in own.orgs)), key=len, reverse=True):
            text = text.replace(name, "")
        others = {unit.name for unit in units} - {own.name}
        assert [name for name in others if name in text] == [], path.name


def test_a_reason_that_names_another_unit_is_not_passed_on(small):
    facts = RoundFacts(small.checked, wording())
    mine, other = list(small.checked.batch.units)[:2]
    assert facts._own(f"{mine.name}的表", mine.code) == f"{mine.name}的表"
    hidden = facts._own(f"与{other.name}重复发放", mine.code)
    assert hidden == wording().phrase("of_others") and other.name not in hidden


def test_no_command_word_in_any_letter(made):
    names = {unit.name for unit in made.checked.batch.units}
    for path in made.letters.paths:
        text = "\n".join(texts(path))
        for name in names:
            text = text.replace(name, "")
        assert re.findall(r"[A-Za-z]{2,}", text) == [], path.name


def test_a_long_issuer_stays_on_one_line():
    known = letter_words()
    facts = dict.fromkeys([*known.blanks.values(), *known.round.values()], "1") | {"发文单位": "某" * 20}
    doc = Document(io.BytesIO(letter(wording().letters["circular"], Facts(facts), date(2026, 1, 31))))
    [head] = doc.paragraphs[0].runs
    assert 22 * head.font.size.mm <= 156 < 22 * (head.font.size.mm + 0.4), head.text
    assert {one.get(qn("w:eastAsia")) for one in doc.styles.element.iter(qn("w:lang"))} == {"zh-CN"}


def test_what_only_a_person_knows_is_left_to_fill_in(made):
    [circular], [approval] = named(made, "情况通报"), named(made, "领导签批单")
    first = [text.replace("\u00a0", " ") for text in texts(circular)]
    assert first[:2] == [f"{BUREAU}文件", f"〔    〕〔{DAY[made.policy].year}〕〔    〕号"]
    assert "0514-83421234" in "".join(texts(approval)), "what the bureau filled in is printed as it is"
    assert texts(circular)[-1 - len(table(circular)) * 4 - 4] == (f"{DAY[made.policy]:%Y年%-m月%-d日}")


def test_the_same_round_gives_the_same_bytes(made):
    before = {path: path.read_bytes() for path in made.letters.paths}
    again = write_letters(made.checked)
    assert {path: path.read_bytes() for path in again.paths} == before and not again.kept
    for path in again.paths:
        inside = zipfile.ZipFile(path)
        names = inside.namelist()
        assert names[0] == "[Content_Types].xml" and names[1:] == sorted(names[1:])
        assert {one.date_time for one in inside.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in names if "thumbnail" in name]
    core = Document(str(path)).core_properties
    assert core.created == core.modified == datetime(*DAY[made.policy].timetuple()[:3], tzinfo=core.created.tzinfo)
    assert (core.author, core.revision) == ("", 1)


def test_letters_are_neither_input_nor_a_reason_to_run_again(made):
    assert not [name for name, _ in scan([made.folder]) if name.endswith(".docx")]
    before = Rerun._round(made.folder)
    (made.folder / "文书" / "随手.txt").write_text("甲", encoding="utf-8")
    assert Rerun._round(made.folder) == before


def test_what_a_person_wrote_into_a_letter_stays(small, monkeypatch):
    circular, notice = named(small, "情况通报")[0], named(small, "公示稿")[0]
    doc = Document(str(circular))
    doc.add_paragraph("手写的电话")
    doc.save(str(circular))
    changed, ours = circular.read_bytes(), notice.read_bytes()
    again = write_letters(small.checked)
    assert again.kept == (circular,) and circular.read_bytes() == changed and notice in again.paths
    monkeypatch.setattr(RoundFacts, "rectified", property(lambda self: []))
    reminders = named(small, "催报函")
    only = write_letters(small.checked, ["整改通知"])
    assert not only.paths and not list((small.folder / "文书" / "整改通知").glob("*.docx"))
    assert notice.read_bytes() == ours and all(path.is_file() for path in reminders)
    circular.unlink()
    (small.folder / RECORD).write_text("[1]", encoding="utf-8")
    monkeypatch.undo()
    restored = write_letters(small.checked)
    assert circular in restored.paths and not restored.kept


def test_a_record_takes_nothing_away_outside_its_folder(small):
    """The record lies in the round, which may come from anywhere: it must not name a return of a unit."""
    outside = sorted((small.folder / "回收").glob("*.xlsx"))[0]
    record = small.folder / RECORD
    before, digest = record.read_bytes(), hashlib.sha256(outside.read_bytes()).hexdigest()
    for name in (f"../回收/{outside.name}", str(outside), f"整改通知/../../回收/{outside.name}"):
        record.write_text(json.dumps({"rectify": {name: digest}}), encoding="utf-8")
        write_letters(small.checked)
        assert outside.is_file(), name
    record.write_bytes(before)


def own(tmp_path, text):
    path = tmp_path / letter_words().own_wording
    path.write_text(text, encoding="utf-8")
    return path


def test_a_bureau_changes_what_it_wants_and_keeps_the_rest(tmp_path):
    changed = wording(own(tmp_path, '短语:\n  并列: "，"\n情况通报:\n  主送: "各县（市）"\n'))
    ours = wording()
    assert changed.letters["circular"].to == "各县（市）" and changed.phrase("join") == "，"
    assert replace(changed.letters["circular"], to=ours.letters["circular"].to) == ours.letters["circular"]
    assert wording(own(tmp_path, OURS.read_text("utf-8"))) == ours, "the sample is a wording of a round"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('情况通报:\n  文号: "1"\n  主送: "{单位}"\n', 3, "没有“单位”"),
        ('催报函:\n  正文:\n    - 段: 好\n    - 段: "{年度}{xx}"\n', 4, "没有“xx”"),
        ('催报函:\n  正文:\n    - 逐项: 要改的问题\n      句: "{现状}"\n', 4, "没有“现状”"),
        ("催报函:\n  正文:\n    - 逐项: 整改事项\n      句: 甲\n", 3, "整改事项"),
        ('短语:\n  日期: "{年}{日期}"\n', 2, "没有“日期”"),
        ('公示稿:\n  标题: ["{年度", 乙]\n', 2, "大括号"),
        ('公示稿:\n  标题: ["{年度:>9}"]\n', 2, "大括号"),
        ('公示稿:\n  标题: ["{年度.real}"]\n', 2, "没有“年度.real”"),
        ("公示稿:\n  正文:\n    - 段: 甲\n      有: 天气\n", 4, "没有“天气”"),
        ("公示稿:\n  正文:\n    - 段: 甲\n      标题: 乙\n", 3, "只能写"),
        ("公示稿:\n  正文:\n    - 表: 公示名单\n      列: [[甲, 200, 乙]]\n", 4, "200毫米"),
        ("公示稿:\n  正文:\n    - 表: 公示名单\n      列: [[甲, 乙]]\n", 4, "表的一列"),
        ("领导签批单:\n  正文:\n    - 栏:\n        - {高: 很高, 格: [[甲, 乙]]}\n", 4, "毫米数"),
        ("公示稿:\n  抬头: 甲\n", 2, "不认识的键“抬头”"),
        ("天气预报:\n  主送: 甲\n", 1, "不认识的键“天气预报”"),
        ("填空:\n  天气: 甲\n", 2, "不认识的键“天气”"),
        ("公示稿:\n  文件名: 情况通报\n", 1, "同名"),
    ],
)
def test_a_wrong_wording_is_refused_with_its_line(tmp_path, text, line, what):
    with pytest.raises(DefinitionError) as caught:
        wording(own(tmp_path, text))
    assert (caught.value.line, Path(caught.value.file).name) == (line, letter_words().own_wording)
    assert what in caught.value.problem


def test_the_sample_names_everything_that_may_be_used():
    known = letter_words()
    head = OURS.read_text("utf-8").split("填空:")[0]
    rows = [name for one in known.tables.values() for name in (one["title"], *one["facts"].values())]
    names = (*known.round.values(), *known.unit.values(), *known.rest.values(), *rows)
    assert [name for name in names if name not in re.findall(r"\w+", head) and name != "空格"] == []


HOSTILE = (
    "</w:t></w:p><script>甲",
    "{年度}{",
    "乙\u202e丙\x07丁\ud800",
    "=cmd|' /C calc'!A0",
    "〔 〕二",
    "&amp;",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text(name):
    known, text = letter_words(), wording().letters["reminder"]
    facts = dict.fromkeys([*known.blanks.values(), *known.round.values(), *known.unit.values()], name)
    facts |= {"没有交": "", "要选定": ""}
    data = letter(text, Facts(facts, [{"序号": "1", "内容": name}]), date(2026, 1, 31))
    inside = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    assert "<script" not in inside and "\u202e" not in inside
    doc = Document(io.BytesIO(data))
    shown = name.translate({0x202E: " ", 7: " ", 0xD800: " ", 10: " "}).replace("〔 〕", "〔\u00a0〕")
    assert f"1. {shown}。" in [paragraph.text for paragraph in doc.paragraphs]


def test_letters_to_units_with_hostile_names(tmp_path):
    """Files that every system takes, two units of one name apart, and nothing for who was never sent anything."""
    names = ("=甲*乙?", "</w:t><w:t>丙", "同名/单位", "同名:单位", "一二三四五六七八九十" * 5)
    made = Round(tmp_path / "批次", 6, POLICIES[1], pick=lambda units: [
        replace(unit, name=name) for unit, name in zip(units, (units[0].name, *names), strict=True)
    ])  # fmt: skip
    made.issue()
    made.put(0)
    written = write_letters(made.check())
    reminders = [path for path in written.paths if path.parent.name == "催报函"]
    assert len({path.name for path in reminders}) == 5
    assert not [path for path in reminders if re.search(r'[<>:"|?*]', path.name) or len(path.name.encode()) > 205]
    to = {next(text for text in texts(path) if text.endswith("：")) for path in reminders}
    assert len(to) == 5 and "一二三四五六七八九十" * 5 + "：" in to and any(one.endswith("丙：") for one in to)


def test_reminders_can_go_out_before_anything_came(tmp_path):
    made = Round(tmp_path / "批次", 2)
    made.issue()
    assert len(write_letters(made.check(), ["催报函"]).paths) == 2
    with pytest.raises(XltoolError) as caught:
        write_letters(made.check())
    assert caught.value.code == "K021"


def test_command_and_button_do_the_same(small):
    folder, day = small.folder, str(DAY[small.policy])
    done = CliRunner().invoke(main_group, ["letters", str(folder), "--as-of", day, "--kind", "公示稿"])
    assert done.exit_code == 0 and "公示稿 1 份" in done.output and "情况通报" not in done.output
    answer = bridge.serve(contract.request(folder, "letters", cfg_as_of=day))
    assert answer.exit_code == 0 and "情况通报 1 份，" in answer.message and "〔    〕" in answer.message
    (folder / letter_words().own_wording).write_text("公示稿:\n  主送: '{单位}'\n", encoding="utf-8")
    refused = CliRunner().invoke(main_group, ["letters", str(folder), "--as-of", day])
    (folder / letter_words().own_wording).write_text(FILLED, encoding="utf-8")
    assert refused.exit_code == 3 and "第2行" in refused.output and "没有“单位”" in refused.output


def test_what_is_not_set_is_said_once(made):
    [path] = named(made, "情况通报")
    told = sum("尚未设定" in text for text in texts(path))
    assert told == len(unset_sentence(made.checked.figures))


def test_measures_hold():
    assert doctest.testmod(measure).failed == 0


def full(kind, rows):
    """A letter with as much to say as can be, and what its table or list holds."""
    known = letter_words()
    long = {name: "很长的政策名称和单位名称" * 2 for name in (*known.round.values(), *known.unit.values())}
    facts = dict.fromkeys(known.blanks.values(), BUREAU) | dict.fromkeys(long, "12,345.67") | {
        name: long[name] for name in ("政策", "单位", "事项", "表名", "未计入", "突出问题", "未设定")
    }  # fmt: skip
    if kind == "reminder":
        facts |= {"没有交": "", "要选定": ""}
    inside = known.tables[known.tables_of[kind]]["facts"].values() if kind in known.tables_of else ()
    listed = [dict.fromkeys(inside, "要求落实的事项和原因说明" * 2) | {"序号": str(n + 1)} for n in range(rows)]
    return letter(wording().letters[kind], Facts(facts, listed), date(2026, 1, 31))


@pytest.mark.parametrize("kind", ["reminder", "rectify"])
def test_nothing_is_lost_where_there_is_no_room(kind):
    doc = Document(io.BytesIO(full(kind, 60)))
    [rest] = [one.text for one in doc.paragraphs if one.text.startswith("另有")]
    listed = (
        len(doc.tables[0].rows) - 1 if doc.tables else sum(bool(re.match(r"\d+\. ", p.text)) for p in doc.paragraphs)
    )
    assert listed and listed + int(NUMBER.search(rest)[0]) == 60


@needs_writer
def test_pages(made, tmp_path):
    """情况通报 3 pages, 催报函 and 领导签批单 1, 整改通知 at most 3, as printed; also very full ones."""
    units = sorted((*named(made, "催报函"), *named(made, "整改通知")), key=lambda path: path.stat().st_size)
    chosen = [*named(made, "情况通报"), *named(made, "领导签批单"), *named(made, "催报函")[:3], *units[-3:]]
    limits = {
        path: wording().letters[letter_words().kind_of(kind)].pages
        for path in dict.fromkeys(chosen)
        for kind in (path.stem, path.parent.name)
        if kind in letter_words().kinds.values()
    }
    for kind in ("circular", "reminder", "rectify", "approval"):
        path = tmp_path / f"满_{kind}.docx"
        path.write_bytes(full(kind, 60))
        limits[path] = wording().letters[kind].pages
    counts = dict(zip(limits, map(pages, convert_all(list(limits), tmp_path, "pdf")), strict=True))
    assert {path.name: count for path, count in counts.items() if count > limits[path]} == {}
    assert counts[named(made, "情况通报")[0]] == 3 and {counts[path] for path in named(made, "催报函")[:3]} == {1}


@pytest.mark.parametrize("settings", [{}, {"deadline": "2026-01-20", "return_to": "市委老干部局组织科"}])
def test_a_reminder_says_until_when_and_where_to(tmp_path, settings):
    """The deadline and the place of the settings; without them a blank to fill in, and no word of a deadline."""
    made = Round(tmp_path / "批次", 3, settings=settings)
    made.issue()
    for path in write_letters(made.check(), ["催报函"]).paths:
        text = "".join(texts(path))
        assert ("报送截止日期为2026年1月20日。" in text) == ("报送截止日期" in text) == bool(settings)
        assert f"报送到{settings.get('return_to', '〔')}" in text


def test_the_approval_says_what_was_paid_too_little_too_much_and_not_merged(made):
    [path] = named(made, "领导签批单")
    text = "".join(texts(path))
    facts = RoundFacts(made.checked, wording())
    states = facts.lines.by_state
    for state, word in (("short", "少发"), ("over", "多发"), ("not_due", "不应发而已发")):
        rows = [one for one in states[state] if one.due != one.paid and None not in (one.due, one.paid)]
        amount = abs(sum(one.due - one.paid for one in rows))
        assert (f"{word}{len(rows)}人次、{amount:,.2f}元" in text) == bool(rows)
    money = made.checked.figures.account.total
    assert money.refused and f"未并入{money.refused:,.2f}元" in text


def test_a_heading_without_anything_below_is_not_printed(tmp_path):
    body = (
        "    - 标题: 一、空的\n    - 表: 整改事项\n      列: [[序号, 13, '{序号}']]\n"
        "    - 标题: 二、也空\n    - 段: 有话\n      有: 单位少发\n    - 标题: 三、有的\n    - 段: 话\n"
    )
    text = wording(own(tmp_path, f"整改通知:\n  正文:\n{body}"))
    known = letter_words()
    facts = dict.fromkeys([*known.blanks.values(), *known.round.values(), *known.unit.values()], "")
    doc = Document(io.BytesIO(letter(text.letters["rectify"], Facts(facts), date(2026, 1, 31))))
    said = [one.text for one in doc.paragraphs]
    assert "三、有的" in said and not {"一、空的", "二、也空"} & set(said)
