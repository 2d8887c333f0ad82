"""The 50 pitfalls of comparable systems, a test each, by number."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from annotate_books import SHEET, rich_book
from click.testing import CliRunner
from markdown import batch as batch_of
from ooxml import parts
from reading_books import GOOD, STAMP, Paper, edit, open_document, small_form
from zoo import contents
from zoo.containers import encrypted
from zoo.legacy import xls, xlsb

from toolkit.annotate import annotate
from toolkit.campaign import open_campaign
from toolkit.cli import main_group
from toolkit.console import console
from toolkit.distribute import file_names
from toolkit.drawing.look import look
from toolkit.files import safe_name, write_whole
from toolkit.forms import load_form
from toolkit.model import layout
from toolkit.model.batch import UNREADABLE
from toolkit.model.errors import XltoolError
from toolkit.model.layout import MARK
from toolkit.model.unit import Unit, UnitList
from toolkit.ooxml.filling import set_cells
from toolkit.policies import load_policy, policy_ids
from toolkit.reading import read_returns
from toolkit.reading.identity import compare_versions
from toolkit.trial import write_sample
from toolkit.validating import validate
from validators import compile

ROOT = Path(__file__).parent.parent
FORM = small_form()
ORG, UNIT = "党组织情况", "单位情况"
POLICY = "yizheng-2022"


def paper(*rows: dict, unit: str = "U1") -> Paper:
    made = Paper(FORM, {"org": list(rows)} if rows else None, replace(STAMP, unit=unit))
    return made.put(UNIT, "C6", unit)


@pytest.fixture
def read(tmp_path):
    """Reads files given by name."""

    def reader(units: UnitList = UnitList(), **files: bytes):  # noqa: B008
        found = []
        for name, data in files.items():
            name = name if "." in name else f"{name}.xlsx"
            (tmp_path / name).write_bytes(data)
            found.append((name, tmp_path / name))
        return read_returns(found, FORM, units)

    return reader


def codes(batch, file: int = 0) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.code, finding.cells) for finding in batch.returns[file].findings]


@cache
def form_of(policy: str = POLICY):
    return load_form(load_policy(policy))


def verdict_of(text: str, policy: str = POLICY, **how):
    return validate(
        batch_of(text, form_of(policy)), as_of=date(2025, 12, 31), year=2025, policy=load_policy(policy), **how
    )


def said(verdict) -> list[tuple[str, str]]:
    return sorted((finding.code, cell) for finding in verdict.findings for cell in finding.cells)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A small round, run once: its folder and what the command printed."""
    folder = tmp_path_factory.mktemp("坑") / "批次"
    write_sample(folder, policy=POLICY, units=3, seed=11, defects="typical")
    answer = CliRunner().invoke(main_group, ["run", str(folder), "--as-of", "2025-01-15", "--json"])
    assert answer.exit_code in (0, 1), answer.output
    return folder, answer


def xml_of(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


def test_pitfall_01_wrong_row_numbers(read):
    made = paper(GOOD, {}, {}, {}, {**GOOD, "code": "U1-02"}, {**GOOD, "code": "U1-03", "members": "若干"})
    cells = made.cells[ORG]
    made.cells[ORG] = {(row + 5, column): value for (row, column), value in cells.items()}
    made.hooks.append(
        lambda book, sheet, title: sheet.set_row(15, None, None, {"hidden": True}) if title == ORG else None
    )
    batch = read(a=made.bytes())
    assert ("C001", ("F17",)) in codes(batch)
    assert batch.tables["org"]["_row"].tolist() == [12, 16, 17]


def test_pitfall_02_coercion_masks_errors(read):
    batch = read(a=paper({**GOOD, "members": "x"}, {**GOOD, "code": "U1-02", "members": -3}).bytes())
    assert codes(batch) == [("C001", ("F7",))]
    assert batch.tables["org"]["members"].tolist() == [pd.NA, -3]
    verdict = verdict_of("## 活动台账\n| 主题 | 实到人数 |\n| 甲 | ? |\n| 乙 | -3 |")
    assert [item for item in said(verdict) if item[1].startswith("B")] == [("COL-003", "B6")]


def test_pitfall_03_row_check_with_a_missing_column(read):
    """The column is missed once, in the words of the reader; the rule that needs it is not judged."""
    lacking = paper(GOOD, {**GOOD, "code": "U1-02"})
    lacking.cells[ORG] = {place: value for place, value in lacking.cells[ORG].items() if place[1] != 5}
    batch = read(a=lacking.bytes())
    assert codes(batch) == [("S006", ())] and "党员总数" in batch.returns[0].findings[0].message
    assert batch.problem_cells["org"] == {(0, 7, "members"), (0, 8, "members")}
    assert said(verdict_of("## 活动台账\n| 实到人数 |\n| 31 |")) == []


def test_pitfall_04_a_row_check_is_reported_once():
    found = [
        f for f in verdict_of("## 活动台账\n| 应到人数 | 实到人数 |\n| 30 | 31 |").findings if f.code == "EVENT-005"
    ]
    assert len(found) == 1 and len(found[0].cells) == 1


def test_pitfall_05_a_stray_cell_in_the_last_corner(read):
    files = {f"good{number}": paper(unit=f"G{number}").bytes() for number in range(3)}
    batch = read(**files, far=paper().put(ORG, "XFD1048576", " ").bytes())
    assert codes(batch, 3) == [("F014", ())]
    assert [returned.state for returned in batch.returns] == ["accepted"] * 3 + ["unreadable"]


@pytest.mark.parametrize("claim", [b'<dimension ref="A1"/>', b'<dimension ref="A1:C10"/>', b""])
def test_pitfall_06_the_claimed_dimension_is_not_believed(read, claim):
    rows = [{**GOOD, "code": f"U1-{number:02d}"} for number in range(50)]
    data = edit(
        paper(*rows).bytes(),
        {"xl/worksheets/sheet2.xml": lambda xml: re.sub(rb"<dimension [^>]*>", claim, xml)},
    )
    assert len(read(a=data).tables["org"]) == 50


def test_pitfall_07_an_id_typed_as_a_number(read):
    batch = read(a=paper({**GOOD, "code": 110101199001011000}, {**GOOD, "code": 6222021001116245702}).bytes())
    assert codes(batch) == [("C003", ("A7",)), ("C003", ("A8",))]
    assert batch.tables["org"]["code"].tolist() == [None, None]
    shown = batch.returns[0].findings[0].message
    assert "110101" in shown and "110101199001011" not in shown and "第15位" in shown
    lossless = read(b=paper({**GOOD, "code": 110101900101123}).bytes())
    assert lossless.tables["org"]["code"].tolist() == ["110101900101123"]


def marked(folder: Path, data: bytes) -> tuple[dict, dict]:
    """Parts of a workbook before and after marking."""
    (folder / "甲局.xlsx").write_bytes(data)
    batch = read_returns([("甲局.xlsx", folder / "甲局.xlsx")], FORM, UnitList())
    annotate(batch, batch.returns[0].findings, folder / "退回")
    return parts(data), parts((folder / "退回" / "甲局.xlsx").read_bytes())


def test_pitfall_08_marking_keeps_the_workbook(tmp_path):
    before, after = marked(tmp_path, rich_book())
    assert not set(before) - set(after)
    kept = [name for name in before if re.search(r"media/|charts/|ctrlProps|activeX|threadedComments", name)]
    assert kept and all(before[name] == after[name] for name in kept)
    formula = b"<f>SUM(F8:F9)</f><v>19</v>"
    assert formula in before[SHEET] and formula in after[SHEET]


@pytest.mark.rounds
def test_pitfall_09_formulas_without_a_result(read, done):
    """Read: never empty or nought. Written: who opens a summary without calculation sees numbers."""
    cells = [
        (path.name, cell)
        for path in sorted((done[0] / "汇总").glob("*.xlsx"))
        for part, xml in parts(path.read_bytes()).items()
        if part.startswith("xl/worksheets/")
        for cell in re.findall(rb"<c [^>]*><f>[^<]*</f>(?:<v>[^<]*</v>)?", xml)
    ]
    blank = [cell for cell in cells if not re.search(rb"<v>[^<]+</v>$", cell[1])]
    assert len(cells) > len(blank) and [cell for cell in blank if not cell[1].endswith(b',"")</f><v></v>')] == []
    assert codes(read(a=paper({**GOOD, "members": ("=SUM(1,2)", "")}).bytes())) == [("C007", ("F7",))]


def test_pitfall_10_formulas_that_were_overwritten_or_altered(read):
    """A typed total is checked by rule; a formula's result against what the formula gives now."""
    total = """## 党组织情况
    | 党组织代码 | 设置形式 | 上级党组织代码 | 党员总数 |
    | 320001-01 | 党总支 |  | {} |
    | 320001-02 | 党支部 | 320001-01 | 40 |
    | 320001-03 | 党支部 | 320001-01 | 50 |
    """
    told = [f for f in verdict_of(total.format(100)).findings if f.code == "ORG-006"]
    assert [(f.cells, "100" in f.message and "90" in f.message) for f in told] == [(("D5",), True)]
    assert not [f for f in verdict_of(total.format(90)).findings if f.code == "ORG-006"]

    def sums(*formulas: tuple[str, float]) -> list:
        rows = [{**GOOD, "code": f"U1-{n:02d}", "fund": value} for n, value in enumerate((40, 50, *formulas))]
        batch = read(a=paper(*rows).bytes())
        assert [batch.tables["org"]["fund"].isna().sum()] == [len(codes(batch))], "what is doubtful is not merged"
        return [
            (code, cells, f.value) for (code, cells), f in zip(codes(batch), batch.returns[0].findings, strict=True)
        ]

    assert sums(("=SUM(G7:G8)", 100)) == [("C027", ("G9",), "100 → 90")]
    assert sums(("=SUM(G8:G8)", 90)) == [("C027", ("G9",), "90 → 50")]
    assert sums(("=SUM($G$7:G8)", 90), ("=SUM($G$8:G9)", 90)) == [("C027", ("G10",), "90 → 140")]
    assert sums(("=SUM($G$7:G8)", 90), ("=$G7+G8", 90), ("=SUM(G7:G8)", 90)) == []


def test_pitfall_11_words_that_look_like_nothing(read):
    batch = read(a=contents.b27_nothing_words_as_text("U1"), b=contents.b04("U2"))
    assert batch.tables["org"]["name"].tolist()[:6] == ["NA", "N/A", "null", "None", "nan", "Null"]
    assert {code for code, _ in codes(batch, 1)} == {"C006"}


def test_pitfall_12_ghost_rows(read):
    ghosts = [{"code": str(n)} for n in range(2, 500)] + [{"kind": "党支部"}, {"name": "\u00a0"}, {}, {}, {}]
    rows = [GOOD, *ghosts, {**GOOD, "code": "U1-02"}, {}, {"code": "合计", "members": 60}, {"code": "填表人：王五"}]
    batch = read(a=paper(*rows).bytes())
    assert batch.tables["org"]["code"].tolist() == ["U1-01", "U1-02"]
    assert [code for code, _ in codes(batch)] == ["S013"]


def test_pitfall_13_moved_inserted_and_renamed(read):
    made = paper({**GOOD, "fund": 12})
    for row in range(4, 7):
        made.cells[ORG][row, 5], made.cells[ORG][row, 6] = made.cells[ORG][row, 6], made.cells[ORG][row, 5]
    made.cells[ORG] = {(row, column + (column > 0)): value for (row, column), value in made.cells[ORG].items()}
    made.put(ORG, "C5", "党 组织全称")
    made.cells = {"表二" if title == ORG else title: cells for title, cells in made.cells.items()}
    batch = read(a=made.bytes())
    row = batch.tables["org"].iloc[0]
    assert (row["members"], row["fund"], row["name"]) == (30, Decimal(12), "退休支部")
    doubled = paper().put(ORG, "J5", "活动经费").put(ORG, "J7", 1).put(ORG, "G7", 2)
    assert codes(read(b=doubled.bytes())) == [("S009", ("G5", "J5"))]


def test_pitfall_14_resubmissions():
    from test_selecting import EARLY, LATE, _batch

    from toolkit.selecting import select

    batch = _batch(("A", LATE, ["x"] * 9), ("A", EARLY, ["y"] * 10))
    found = select(batch, {}, {"0": "2025-12-21"})
    assert [item.state for item in batch.returns] == ["accepted", "superseded"]
    assert [finding.code for finding in found] == ["B012"], "older content that arrives later does not win silently"


def test_pitfall_15_the_same_person_in_two_units():
    from test_allowance import YN, report_of

    posts = """
    单位   | 姓名 | 人员编号 | 出生年月 | 职务         | 本期已发金额
    甲单位 | 张三 | J01      | 1956-08  | 书记         | 3600.00
    乙单位 | 张三 | Y07      | 1956-08  | 学习小组组长 | 3600.00
    """
    report = report_of(YN, posts)
    assert (report.totals["persons"], report.totals["due"]) == (2, Decimal("7200.00")), "suspicion changes no amount"
    assert {row.level for row in report.persons} == {"预警"} and all("疑似" in row.reason for row in report.persons)
    assert not [result for result in report.results if result.level == "不达标"]


def test_pitfall_16_who_it_is_from(read):
    units = UnitList((Unit("U1", "甲机关局", "", ""), Unit("U2", "乙机关局", "", "")))
    batch = read(units, 乙机关局=paper().bytes())
    assert [finding.code for finding in batch.returns[0].findings] == ["S003"] and batch.returns[0].blocked
    assert (
        "U1 甲机关局" in batch.returns[0].findings[0].message and "U2 乙机关局" in batch.returns[0].findings[0].message
    )


def test_pitfall_17_versions_are_numbers(read):
    versions = {"a": "1.1.10", "b": "1.1.1", "c": "1.1.2", "d": "2"}
    made = {name: Paper(FORM, stamp=replace(STAMP, version=version)).bytes() for name, version in versions.items()}
    batch = read(**made)
    assert [[code for code, _ in codes(batch, n)] for n in range(4)] == [["S026"], ["S025"], [], ["S026"]]
    assert [returned.blocked for returned in batch.returns] == [True, False, False, True]
    assert "升级" in batch.returns[0].findings[0].fix
    assert (compare_versions("1.1.10", "1.1.2"), compare_versions("1.1.9", "1.2"), compare_versions("1", "1.0")) == (
        1,
        -1,
        0,
    )


def test_pitfall_18_merged_cells(read):
    batch = read(a=contents.b16("U1"))
    assert codes(batch) == [("S011", ("F8", "F9"))]
    assert batch.tables["org"]["members"].tolist() == [30, pd.NA, pd.NA]


def test_pitfall_19_empty_is_not_missing():
    head = "## 活动台账{}\n| 主题 |\n"
    assert [f.code for f in verdict_of(head.format("")).findings] == ["NIL-001"]
    assert [f.code for f in verdict_of(head.format("【无此情况】")).findings] == []
    assert [f.code for f in verdict_of(head.format("【无此情况】") + "| 学习 |").findings] == ["NIL-002"]


def test_pitfall_20_numbers_with_units_are_never_nought(read):
    frame = read(a=contents.b05("U1")).tables["org"]["fund"]
    assert frame.tolist() == [None, Decimal("1234.5"), Decimal(1234), None, None, Decimal(12), None, None, Decimal(3)]


def test_pitfall_21_one_file_does_not_end_the_batch(read):
    bad = {
        "空": b"",
        "断": paper().bytes()[:900],
        "密": encrypted(paper().bytes(), "x"),
        "页": b"<html><table></table>",
    }
    bad |= {"图": b"%PDF-1.4", "~$锁": b"x"}
    batch = read(**bad, good=paper().bytes())
    assert [codes(batch, n)[0][0] for n in range(6)] == ["F001", "F038", "F005", "F018", "F020", "I001"]
    assert batch.returns[6].state == "accepted"


def test_pitfall_22_dates_in_all_styles(read):
    assert read(a=contents.b07("U1")).tables["org"]["since"].nunique() == 1
    assert {code for code, _ in codes(read(b=contents.b07_bad("U1")))} == {"C016", "C015", "C005", "C019"}
    assert read(c=contents.b08("U1")).tables["org"]["since"].tolist() == [pd.Timestamp("2024-05-01")]


def test_pitfall_23_characters_nobody_sees(read):
    batch = read(a=contents.b11("U1"), b=contents.b11_gap("U2"))
    assert batch.tables["org"]["name"].tolist() == ["退休支部", "李四"]
    assert ("B7", "李　四", "李四") in [(r.cell, r.before, r.after) for r in batch.returns[1].repairs]


def test_pitfall_24_values_pasted_over_a_dropdown():
    assert ("COL-002", "A5") in said(verdict_of("## 任职与补贴\n| 职务 |\n| 党小组 |"))


@cache
def blank(policy: str):
    from toolkit.model.stamp import Stamp
    from toolkit.template import build_template

    stamp = Stamp(policy=policy, version=form_of(policy).version)
    return openpyxl.load_workbook(io.BytesIO(build_template(form_of(policy), load_policy(policy), stamp)))


@pytest.mark.parametrize("policy", policy_ids())
def test_pitfall_25_dropdowns_come_from_ranges(policy):
    for sheet in blank(policy).worksheets:
        for rule in sheet.data_validations.dataValidation:
            assert not (rule.formula1 or "").startswith('"') and len(rule.formula1 or "") <= 255


@pytest.mark.parametrize("policy", policy_ids())
def test_pitfall_26_protection_leaves_the_work_possible(policy):
    for sheet in form_of(policy).sheets:
        lock = blank(policy)[sheet.label].protection
        if lock.sheet and sheet.layout == "table":
            assert lock.formatColumns is False and lock.autoFilter is False and lock.sort is False


def test_pitfall_27_the_identity_survives_in_one_of_two_places(read):
    one = edit(paper().bytes(), {"docProps/custom.xml": lambda xml: b"<Properties/>"})
    other = paper()
    del other.cells["_meta"]
    none = Paper(FORM, stamp=None)
    batch = read(a=one, b=other.bytes(), c=none.bytes())
    assert [returned.unit for returned in batch.returns] == ["U1"] * 3
    assert [[code for code, _ in codes(batch, n)] for n in range(3)] == [[], [], ["S001"]]


def test_pitfall_28_old_formats(read):
    files = {"a.xls": xls(paper(unit="A")), "b.et": xls(paper(unit="B")), "c.xlsb": xlsb(paper(unit="C"))}
    files |= {"d.ods": open_document(paper(unit="D")), "e.xlsx": xls(paper(unit="E")), "f.xls": paper(unit="F").bytes()}
    frame = read(**files).tables["org"].drop(columns=["_return", "_unit"])
    assert len(frame) == 6 and len(frame.astype(str).drop_duplicates()) == 1


def test_pitfall_29_hidden_rows_and_sheets(read):
    made = paper()
    made.hidden.add(ORG)
    batch = read(a=contents.b15("U1"), b=made.bytes())
    assert (batch.tables["org"]["_return"] == 0).sum() == 3
    assert [code for code, _ in codes(batch)] == [code for code, _ in codes(batch, 1)] == ["S010"]


def test_pitfall_30_links_to_other_workbooks_and_conversations(read, tmp_path):
    link = {"xl/externalLinks/externalLink1.xml": b"<externalLink><externalBook/></externalLink>"}
    assert codes(read(a=edit(paper().bytes(), {}, link))) == [("F010", ())]
    before, after = marked(tmp_path, rich_book())
    thread = "xl/threadedComments/threadedComment1.xml"
    assert before[thread] == after[thread]


def test_pitfall_31_a_comment_on_the_wrong_cell_stays(tmp_path):
    _, after = marked(tmp_path, rich_book())
    text = after["xl/comments1.xml"].decode()
    assert "这里的人数请再数一遍" in text and MARK in text


def test_pitfall_32_marked_copies_come_back(tmp_path):
    marked(tmp_path, rich_book())
    again = tmp_path / "退回" / "甲局.xlsx"
    first = read_returns([("甲局.xlsx", tmp_path / "甲局.xlsx")], FORM, UnitList())
    second = read_returns([("甲局.xlsx", again)], FORM, UnitList())
    assert codes(second) == codes(first)
    annotate(second, [], tmp_path / "再退")
    annotate(second, second.returns[0].findings, tmp_path / "再退")
    assert (tmp_path / "再退" / "甲局.xlsx").read_bytes() == again.read_bytes()


@pytest.mark.parametrize("policy", policy_ids())
def test_pitfall_33_examples_keep_their_own_rules(policy):
    from toolkit.reading.columns import SheetPlan
    from toolkit.reading.plan import make_plan

    plan = make_plan(form_of(policy))
    for sheet, planned in zip(form_of(policy).sheets, plan["sheets"], strict=True):
        for column, parser in zip(sheet.columns, SheetPlan(planned, plan["words"]).parsers, strict=True):
            if column.example:
                assert parser.cell(str(column.example))[1] == "", column


def test_pitfall_34_a_flood_of_errors_is_capped():
    rows = "".join(f"| {number} | -1 |\n" for number in range(3000))
    verdict = verdict_of(f"## 活动台账\n| 主题 | 实到人数 |\n{rows}", cap=50)
    found = [finding for finding in verdict.findings if finding.code == "COL-003"]
    assert sum(len(finding.cells) for finding in found) == 50
    assert any("2950" in finding.message for finding in found)


def test_pitfall_35_a_blank_cell_is_one_error():
    found = verdict_of("## 任职与补贴\n| 职务 | 人员身份 |\n|  | 离退休党员 |").findings
    assert [(finding.code, finding.cells) for finding in found] == [("COL-001", ("A5",))]


def test_pitfall_36_sums_are_exact(read):
    frame = read(a=contents.b22("U1")).tables["org"]["fund"]
    assert sum(frame.dropna()[:3], Decimal(0)) == frame.iloc[5] == Decimal("0.3")


def test_pitfall_37_schemas_are_built_once(monkeypatch):
    built = []
    original = compile.build
    monkeypatch.setattr(compile, "build", lambda form, sheet: built.append(1) or original(form, sheet))
    form = replace(form_of())
    for _ in range(3):
        data = batch_of("## 活动台账\n| 主题 |\n| 学习 |", form)
        validate(data, as_of=date(2025, 12, 31), year=2025, policy=load_policy(POLICY))
    assert built == [1]


@pytest.mark.rounds
def test_pitfall_38_two_readers_see_the_same(done):
    """Both ways over every return of a round; over all other workbooks: test_two_readers. Speed: benchmarks/."""
    from test_two_readers import calamine, differences, kind

    folder, _ = done
    whole = [path.read_bytes() for path in sorted((folder / "回收").glob("*.xlsx")) if zipfile.is_zipfile(path)]
    assert len(whole) >= 2 and all(len(calamine(data)) > 300 for data in whole)
    for data in whole:
        assert [pair for pair in differences(data).values() if not kind(*pair)] == []


@pytest.mark.rounds
def test_pitfall_39_exit_codes_and_output_for_machines(done, tmp_path):
    folder, answer = done
    assert json.loads(answer.stdout)["files"]["total"] >= 3
    runner = CliRunner()
    assert answer.exit_code == 1
    assert runner.invoke(main_group, ["status", str(folder)]).exit_code == 0
    assert runner.invoke(main_group, ["run", str(tmp_path / "none")]).exit_code == 2
    with open_campaign(folder).exclusive():
        assert runner.invoke(main_group, ["run", str(folder)]).exit_code == 3


@pytest.mark.rounds
def test_pitfall_40_a_changed_rule_judges_all_again(done, tmp_path):
    """A rule of the round's own pack becomes stricter: no return changed, yet all are judged and dated anew."""
    folder, pack = tmp_path / "批次", load_policy(POLICY).folder
    shutil.copytree(done[0], folder)
    settings = folder / "批次设置.yaml"
    shutil.copytree(pack, folder / "政策包" / POLICY)
    settings.write_text(settings.read_text("utf-8").replace(f"policy: {POLICY}", f"policy: 政策包/{POLICY}"), "utf-8")

    def run() -> tuple[dict, list[str]]:
        before = len(open_campaign(folder).ledger.history())
        answer = CliRunner().invoke(main_group, ["run", str(folder), "--as-of", "2025-01-15", "--json"])
        told = {item["file"]: "UNIT-099" in item["codes"] for item in json.loads(answer.stdout)["returns"]}
        return told, [line["what"] for line in open_campaign(folder).ledger.history()[before:]]

    told, _ = run()
    assert told and not any(told.values())
    passed = [row for row in open_campaign(folder).ledger.returned() if row["state"] == "accepted" and row["present"]]
    rules = folder / "政策包" / POLICY / "rules.yaml"
    more = """
  - code: UNIT-099
    sheet: unit
    check: one_of
    args: {column: unit_name, values: [没有这个单位]}
    severity: 错误
    at: [unit_name]
    message: 单位全称是{value}
    fix: 请改正
    clause: YZ-S4-l
"""
    rules.write_text(rules.read_text("utf-8").rstrip() + more, "utf-8")
    told, noted = run()
    read = [row["file"] for row in open_campaign(folder).ledger.returned() if row["rows"] and row["present"]]
    assert read and all(told[file] for file in read)
    assert noted.count("校验") == len(passed), "the history says when the verdict changed"
    assert not [r for r in open_campaign(folder).ledger.returned() if r["state"] == "accepted" and r["present"]]


def test_pitfall_41_texts_that_look_like_formulas(read, tmp_path):
    from summary_cases import HOSTILE, formulas
    from test_summary_books import build

    assert "=1+1" in read(a=contents.b01("U1")).tables["org"]["note"].tolist()
    for name in ("merged", "findings"):
        assert not set(formulas(build(name))) & {text.lstrip("=") for text in HOSTILE}


def test_pitfall_42_bombs_are_refused_and_fat_files_are_not(read):
    from zoo import containers

    fat = edit(paper().bytes(), {}, {"xl/media/picture.bin": os.urandom(3_000_000)})
    batch = read(a=containers.a14("U1"), b=containers.a16("U2"), c=fat)
    assert [returned.state for returned in batch.returns] == [UNREADABLE, UNREADABLE, "accepted"]
    assert [code for n in (0, 1) for code, _ in codes(batch, n)] == ["F006", "F006"]


def test_pitfall_43_entities_ways_out_and_macros(read):
    from zoo import containers

    batch = read(a=containers.a22("U1"), b=containers.a25("U2"), c=containers.a21("U3"), d=containers.a40("U4"))
    assert [[code for code, _ in codes(batch, n)] for n in range(4)] == [["F007"], ["F007"], [], ["F009"]]


@pytest.mark.rounds
def test_pitfall_44_personal_numbers_do_not_leak(read, done, tmp_path):
    """A number typed where none belongs reaches no message, no workbook, no history and no record of a run."""
    folder, number = tmp_path / "批次", "110101195608091237"
    shutil.copytree(done[0], folder)
    source = next(path for path in sorted((folder / "回收").glob("*.xlsx")) if zipfile.is_zipfile(path))
    sheet = form_of().by_name["post"]
    typed = {layout.cell(sheet, column, row): number for row in (0, 1) for column in ("end_reason", "person_name")}
    source.write_bytes(set_cells(source.read_bytes(), {sheet.label: typed}))
    answer = CliRunner().invoke(main_group, ["run", str(folder), "--as-of", "2025-01-15"])
    assert answer.exit_code == 1 and number not in answer.output
    for path in sorted((folder / "汇总").glob("*.xlsx")):
        assert number not in xml_of(path.read_bytes()), path.name
    assert not [line for line in open_campaign(folder).ledger.history() if number in str(line)]
    assert number not in (folder / ".xltool/memory/last.json").read_text("utf-8")
    batch = read(a=paper({**GOOD, "members": "11010119560809123X", "fund": "13912345678x"}).bytes())
    text = " ".join(finding.sentence + finding.value for finding in batch.returns[0].findings)
    assert "19560809" not in text and "13912345678" not in text


@pytest.mark.rounds
def test_pitfall_45_the_core_needs_no_excel():
    code = "import sys; sys.modules['xlwings'] = sys.modules['win32com'] = None; import toolkit.pipeline, toolkit.cli"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.rounds
def test_pitfall_46_everything_works_without_macros(done):
    folder, _ = done
    commands = {button.command.split()[0] for button in console().buttons if button.command}
    assert {"validate", "merge", "run", "distribute", "status"} <= commands <= set(main_group.commands)
    assert not [path for path in (folder / "下发").glob("*") if path.suffix == ".xlsm"]


@pytest.mark.parametrize("policy", policy_ids())
def test_pitfall_47_no_formula_depends_on_the_language(policy):
    for sheet in blank(policy).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                text = getattr(cell.value, "text", cell.value)  # of an array formula, or the cell's own
                if isinstance(text, str) and text.startswith("="):
                    assert not re.search(r"\b(TEXT|DATEVALUE|DOLLAR|CELL|INFO)\(", text), cell.coordinate
                    read = re.findall(r"\bVALUE\((\w+\()", text)  # digits only, or with the machine's own point
                    assert set(read) <= {"LEFT(", "MID(", "SUBSTITUTE("}, (cell.coordinate, read)
                    assert "SUBSTITUTE(" not in read or "MID(1/2,2,1)" in text, cell.coordinate


@pytest.mark.parametrize("name", ["党" * 200, "a/b:c", "../../x", "nul", "甲局. "])
def test_pitfall_48_names_that_a_disk_refuses(tmp_path, name):
    path = tmp_path / f"{safe_name(name)}.xlsx"
    write_whole(path, b"1")
    assert path.parent == tmp_path and len(path.name.encode()) <= 255


def test_pitfall_49_a_write_that_fails_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "汇总.xlsx"
    write_whole(path, b"old")
    monkeypatch.setattr(Path, "replace", lambda *args: (_ for _ in ()).throw(PermissionError(13, "open in Excel")))
    with pytest.raises(XltoolError, match="O003"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"


def test_pitfall_48_units_of_one_name_get_files_of_their_own():
    made = file_names([Unit(code, "党" * 90, "", "") for code in ("a/1", "a_1", "A_1", "a:1", "con")])
    assert len({name.lower() for name in made.values()}) == 5
    assert all(len(name.encode()) <= 255 and not re.search(r'[\\/:*?"<>|]', name) for name in made.values())


def test_pitfall_50_no_password_in_the_sources():
    for folder in ("toolkit", "macros", "validators"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            for found in re.findall(r"(?:password|Password)\s*=\s*[\"']([^\"']+)[\"']", text):
                assert not found, path
            for found in re.findall(r"\.protect\(\s*[\"']([^\"']+)[\"']", text):
                assert found in look().allowed, path


def test_every_pitfall_has_its_test():
    numbers = {int(found) for found in re.findall(r"def test_pitfall_(\d\d)_", Path(__file__).read_text("utf-8"))}
    assert numbers == set(range(1, 51))
