"""Explanations of 疑问: which do, which do not and why, how long they hold, and who remembers them."""

import sqlite3
from dataclasses import replace
from datetime import date

import pytest
from reading_books import GOOD, STAMP, Paper, small_form

from toolkit.campaign.ledger import Ledger
from toolkit.model.catalogue import entry
from toolkit.model.cell import letters
from toolkit.model.finding import EXPLAINED, QUERY, Finding
from toolkit.model.form import Rule
from toolkit.model.layout import MARK_NOTE
from toolkit.model.unit import Unit, UnitList
from toolkit.reading import read_returns
from toolkit.round_trip.explaining import explain, hear
from toolkit.round_trip.explaining_texts import shortcoming, standards

ORG = "党组织情况"
RULE = Rule("T-1", "org", "at_most", {"column": "members", "than": "fund"}, QUERY, ("members",), "人数偏多", "请核对")
FORM = replace(small_form(), rules=(RULE,))
UNITS = UnitList(tuple(Unit(f"U{n}", f"第{n}机关局", "机关", "县") for n in range(1, 10)))
REASON = "2025年3月由市财政局整体划入"


def batch(tmp_path, *files):
    """Returns: each a list of (record, explanation or None, marked code); the file's number is the unit's."""
    paths = []
    for number, rows in enumerate(files, 1):
        paper = Paper(FORM, {"org": [row[0] for row in rows]}, replace(STAMP, unit=f"U{number}"))
        paper.put("单位情况", "C6", f"U{number}").put("单位情况", "C7", f"第{number}机关局")
        paper.put(ORG, "K5", "【校验】问题").put(ORG, "L5", "【校验】怎么改").put(ORG, "M5", "【校验】说明")
        for at, (_, text, code) in enumerate(rows, 7):
            if text is not None:
                paper.put(ORG, f"K{at}", f"[{code}] 疑问：人数偏多").put(ORG, f"M{at}", text)
        path = tmp_path / f"第{number}机关局.xlsx"
        path.write_bytes(paper.bytes())
        paths.append((path.name, path))
    return read_returns(paths, FORM, UNITS, workers=1)


def record(members=30, code="U1-01", fund="100"):
    """A row of the sheet of organisations."""
    return {**GOOD, "code": code, "members": members, "fund": fund}


def asked(returns) -> list[Finding]:
    """One 疑问 a file, on the number of members of every row."""
    found = []
    for item in returns.returns:
        rows = returns.tables["org"].query("_return == @item.index")["_row"]
        spots = tuple(f"F{row}" for row in rows)
        found.append(Finding("T-1", QUERY, "人数偏多", "请核对", item.unit, item.file, ORG, spots, "党员总数"))
    return found


def outcome(returns, known=()):
    """(level, code, cells) of what becomes of the 疑问, and the records."""
    heard = explain(returns, asked(returns), known, period="2025")
    return [(one.severity, one.code, one.cells) for one in heard.findings], heard.records


@pytest.mark.parametrize(
    ("text", "code"),
    (
        (REASON, ""),
        ("退休后返聘，按月发放", ""),
        ("老支书病假由副书记代", ""),
        ("核实无误", "EXP-001"),
        ("退休返聘", "EXP-001"),
        ("。。。。。。。。", "EXP-001"),
        ("情况属实，已核实。", "EXP-002"),
        ("经我单位认真核实，情况属实，数据准确无误", "EXP-002"),
        ("已经核对过了，没有问题，请审核通过", "EXP-002"),
        ("哈哈哈哈哈哈哈哈", "EXP-002"),
        ("111111111", "EXP-002"),
        ("经我单位核查，该项数据与实际情况一致", "EXP-002"),
        ("确实是这样，不需要更改", "EXP-002"),
        ("12345678", "EXP-002"),
        ("该同志已经去世", ""),
        ("我单位无此职务", ""),
        ("已调离本单位", ""),
        ("已电话联系核实，现住苏州女儿家", ""),
        ("见附件见附件见附件", "EXP-002"),
    ),
)
def test_what_explains_nothing(text, code):
    assert shortcoming(text) == code


def test_nothing_said_leaves_the_query_open(tmp_path):
    assert outcome(batch(tmp_path, [(record(), None, "")])) == ([(QUERY, "T-1", ("F7",))], [])


def test_a_reason_closes_the_row_that_it_is_for(tmp_path):
    returns = batch(tmp_path, [(record(), REASON, "T-1"), (record(code="U1-02"), None, "")])
    told, records = outcome(returns)
    assert told == [(QUERY, "T-1", ("F8",)), (EXPLAINED, "T-1", ("F7",))]
    assert [(one.unit, one.sheet, one.code, one.key, one.verdict) for one in records] == [
        ("U1", "org", "T-1", "U1-01", "")
    ]
    heard = explain(returns, asked(returns))
    assert heard.findings[1].message == f"人数偏多；单位说明：{REASON}"


@pytest.mark.parametrize(("text", "code"), (("返聘", "EXP-001"), ("已核实，情况属实", "EXP-002")))
def test_a_refused_one_leaves_the_query_and_says_why(tmp_path, text, code):
    told, records = outcome(batch(tmp_path, [(record(), text, "T-1")]))
    assert told == [(QUERY, "T-1", ("F7",)), (QUERY, code, ("F7",))]
    assert [one.verdict for one in records] == [code]
    assert entry(code).severity == QUERY


@pytest.mark.parametrize(("rows", "code"), ((5, None), (6, "EXP-003")))
def test_the_same_text_over_many_rows(tmp_path, rows, code):
    records = [(record(code=f"U1-{n}"), REASON, "T-1") for n in range(rows)]
    told, _ = outcome(batch(tmp_path, records))
    assert {one[1] for one in told} == ({"T-1", code} if code else {"T-1"})
    assert (told[0][0] == EXPLAINED) is (code is None)


@pytest.mark.parametrize(("units", "code"), ((5, None), (6, "EXP-003")))
def test_the_same_text_in_many_units(tmp_path, units, code):
    told, _ = outcome(batch(tmp_path, *([(record(), REASON, "T-1")] for _ in range(units))))
    assert {one[1] for one in told} - {"T-1"} == ({code} if code else set())


def test_an_explanation_for_5_does_not_cover_50(tmp_path):
    _, known = outcome(batch(tmp_path, [(record(5), REASON, "T-1")]))
    told, again = outcome(batch(tmp_path, [(record(50), REASON, "T-1")]), known)
    assert told == [(QUERY, "T-1", ("F7",)), (QUERY, "EXP-004", ("F7",))]
    told, _ = outcome(batch(tmp_path, [(record(50), REASON, "T-1")]), [*known, *again])
    assert [one[1] for one in told] == ["T-1", "EXP-004"], "asking twice does not make it true"
    told, _ = outcome(batch(tmp_path, [(record(50), "4月又并入两个支部共45人", "T-1")]), known)
    assert told == [(EXPLAINED, "T-1", ("F7",))]
    told, _ = outcome(batch(tmp_path, [(record(5), None, "")]), known)
    assert told == [(EXPLAINED, "T-1", ("F7",))], "the old value is still explained"


def test_another_column_that_the_rule_looks_at_counts_too(tmp_path):
    _, known = outcome(batch(tmp_path, [(record(fund="100"), REASON, "T-1")]))
    assert outcome(batch(tmp_path, [(record(fund="100"), None, "")]), known)[0] == [(EXPLAINED, "T-1", ("F7",))]
    assert outcome(batch(tmp_path, [(record(fund="7"), None, "")]), known)[0] == [(QUERY, "T-1", ("F7",))]


def test_it_follows_its_row(tmp_path):
    _, known = outcome(batch(tmp_path, [(record(5, "U1-01"), REASON, "T-1"), (record(6, "U1-02"), None, "")]))
    told, _ = outcome(batch(tmp_path, [(record(6, "U1-02"), None, ""), (record(5, "U1-01"), None, "")]), known)
    assert told == [(QUERY, "T-1", ("F7",)), (EXPLAINED, "T-1", ("F8",))]


def test_text_beside_a_mark_about_something_else_is_not_taken(tmp_path):
    assert outcome(batch(tmp_path, [(record(), REASON, "X-9")])) == ([(QUERY, "T-1", ("F7",))], [])


def test_another_unit_does_not_profit(tmp_path):
    _, known = outcome(batch(tmp_path, [(record(), REASON, "T-1")]))
    told, _ = outcome(batch(tmp_path, [(record(), None, "")], [(record(), None, "")]), known)
    assert told == [(EXPLAINED, "T-1", ("F7",)), (QUERY, "T-1", ("F7",))]


def test_numbers_of_people_are_masked_where_it_is_shown(tmp_path):
    returns = batch(tmp_path, [(record(), "张某 11010519491231002X 三月调入", "T-1")])
    [told] = explain(returns, asked(returns)).findings
    assert "11010519491231002X" not in told.message and "三月调入" in told.message
    assert len(told.message) < standards().shown + 20


def test_errors_and_findings_without_cells_are_left_alone(tmp_path):
    returns = batch(tmp_path, [(record(), REASON, "T-1")])
    findings = [replace(asked(returns)[0], severity="错误"), replace(asked(returns)[0], cells=())]
    assert explain(returns, findings).findings == findings


def test_the_ledger_keeps_them(tmp_path):
    ledger = Ledger(tmp_path / "台账.sqlite")
    _, records = outcome(batch(tmp_path, [(record(), REASON, "T-1"), (record(code="U1-02"), "返聘", "T-1")]))
    ledger.record_explanations(records)
    ledger.record_explanations(records)
    assert ledger.explanations() == records
    assert [line["what"] for line in ledger.history()] == ["说明", "说明"]


def test_an_older_ledger_gets_the_new_tables(tmp_path):
    path = tmp_path / "台账.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE issued (unit TEXT PRIMARY KEY, file TEXT, sha256 TEXT, version TEXT, at TEXT)")
    assert Ledger(path).explanations() == [] and Ledger(path).sent_back() == {}


@pytest.fixture
def rounds(tmp_path):
    """Two rounds of one unit, the second naming the first as the one before."""
    from toolkit.campaign import open_campaign
    from toolkit.trial import write_sample

    for year in (2025, 2026):
        write_sample(tmp_path / str(year), policy="yunnan-2025", units=1, seed=1, defects="none", year=year)
    settings = tmp_path / "2026" / "批次设置.yaml"
    text = settings.read_text(encoding="utf-8")
    if "prior:" in text:
        text = "\n".join("prior: ../2025" if line.startswith("prior:") else line for line in text.splitlines())
    else:
        text += "\nprior: ../2025\n"
    settings.write_text(text, encoding="utf-8")
    return [open_campaign(tmp_path / str(year)) for year in (2025, 2026)]


@pytest.mark.rounds
def test_next_period_it_is_shown_again_and_asked_again(tmp_path, rounds):
    first, second = rounds
    returns = batch(tmp_path, [(record(), REASON, "T-1")])
    first.ledger.record_explanations(hear(returns, asked(returns), first).records)
    returns = batch(tmp_path, [(record(), None, "")])
    assert [one.severity for one in hear(returns, asked(returns), first).findings] == [EXPLAINED]
    heard = hear(returns, asked(returns), second)
    assert [one.severity for one in heard.findings] == [QUERY]
    assert heard.earlier == {0: {ORG: {7: REASON}}}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "planted", "beside"),
    (
        ("UNIT-005", {"单位情况": {"C19": "其他渠道"}}, False),
        ("POST-004", {"任职与补贴": {"F7": None, "N7": "是"}}, True),
    ),
)
def test_the_round_trip(tmp_path, code, planted, beside):
    """Marked copy → explanation typed into it → returned → 已说明, not counted as open; read again → the same.

    Args:
        beside: the copy comes back under another name, beside the first file.
    """
    from toolkit.job import job_for
    from toolkit.ooxml.filling import set_cells
    from toolkit.outputs import write_marked
    from toolkit.pipeline import check
    from toolkit.trial import write_sample

    folder = tmp_path / "批次"
    write_sample(folder, policy="yunnan-2025", units=2, seed=1, defects="none", year=2025)
    path, *others = sorted((folder / "回收").iterdir())
    for other in others:
        other.unlink()
    path.write_bytes(set_cells(path.read_bytes(), planted))

    def run():
        return check(job_for([folder], as_of=date(2026, 1, 15)))

    query = next(one for one in run().findings if one.code == code)
    assert query.severity == QUERY
    write_marked(run())
    row = int("".join(char for char in query.cells[0] if char.isdigit()))
    copy = (folder / "退回" / query.file).read_bytes()
    data = set_cells(copy, {query.sheet: {f"{note_column(copy, query.sheet)}{row}": REASON}})
    (folder / "回收" / ("说明后的.xlsx" if beside else query.file)).write_bytes(data)
    second = run()
    explained = [one for one in second.findings if one.severity == EXPLAINED]
    assert (code, query.cells[:1]) in [(one.code, one.cells) for one in explained]
    assert {one.cells[0][1:] for one in explained} == {str(row)}, "one text answers every 疑问 of its row, and no other"
    state = {one["file"]: one["queries"] for one in second.job.campaign.ledger.returned() if one["present"]}
    still = [one.file for one in second.findings if one.severity == QUERY]
    assert sum(state.values()) == len(still)
    assert [one.sentence for one in run().findings] == [one.sentence for one in second.findings]


def note_column(data: bytes, title: str) -> str:
    """Letter of the column for explanations."""
    import io

    import python_calamine

    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(title)
    rows = sheet.to_python(skip_empty_area=False)
    return letters(next(row.index(MARK_NOTE) for row in rows if MARK_NOTE in row) + 1)


def whole(item, message="上一期有“王*明”，这一期没有了", code="CHG-001") -> Finding:
    """A 疑问 that has no cell."""
    return Finding(code, QUERY, message, "请写明去向", item.unit, item.file, ORG)


def answered_on_the_list(tmp_path, given, **more):
    """A marked copy whose lines without a cell were answered on the sheet 问题清单, read again."""
    from openpyxl import load_workbook

    from toolkit.annotate import annotate

    path = tmp_path / "第1机关局.xlsx"
    if not path.exists():
        batch(tmp_path, [(record(), None, "")])
    returns = read_returns([(path.name, path)], FORM, UNITS, workers=1)
    item = returns.returns[0]
    findings = [whole(item), whole(item, "同样的问题还有 12 处，没有逐一列出", "T-1"), *asked(returns)]
    [copy], _ = annotate(returns, findings, tmp_path / "退回")
    book = load_workbook(copy)
    sheet = book["问题清单"]
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}
    note, code = cells["【校验】说明"].column, cells["【校验】代码"]
    lines = {str(row[code.column - 1].value): row for row in sheet.iter_rows(min_row=code.row + 1)}
    assert set(lines) == {findings[0].ref, findings[1].ref, "None"}, "what has a cell is answered in its row"
    texts = {ref: row[note - 1].value for ref, row in lines.items()}
    for ref, text in given(findings).items():
        lines[ref][note - 1].value = text
    book.save(path)
    return read_returns([(path.name, path)], FORM, UNITS, workers=1), findings, texts


def test_a_query_without_a_cell_is_answered_on_the_list(tmp_path):
    returns, findings, _ = answered_on_the_list(tmp_path, lambda found: {found[0].ref: REASON, found[1].ref: "属实"})
    assert returns.returns[0].remarks == {findings[0].ref: REASON, findings[1].ref: "属实"}
    heard = explain(returns, findings[:2])
    assert [(one.severity, one.code) for one in heard.findings] == [
        (EXPLAINED, "CHG-001"),
        (QUERY, "T-1"),
        (QUERY, "EXP-001"),
    ]
    assert REASON in heard.findings[0].message and heard.findings[0].cells == ()
    assert [(one.code, one.key, one.verdict) for one in heard.records] == [
        ("CHG-001", findings[0].ref, ""),
        ("T-1", findings[1].ref, "EXP-001"),
    ]


def test_it_holds_for_these_words_only_and_the_ledger_remembers_it(tmp_path):
    returns, findings, _ = answered_on_the_list(tmp_path, lambda found: {found[0].ref: REASON})
    item = returns.returns[0]
    known = explain(returns, findings[:1]).records
    item.remarks = {}
    assert explain(returns, [whole(item)], known).findings[0].severity == EXPLAINED
    other = whole(item, "上一期有“李*”，这一期没有了")
    assert explain(returns, [other], known).findings == [other]


def test_what_was_written_on_the_list_stands_there_again(tmp_path):
    answered_on_the_list(tmp_path, lambda found: {found[1].ref: "属实"})
    _, findings, texts = answered_on_the_list(tmp_path, lambda found: {})
    assert (texts[findings[0].ref], texts[findings[1].ref]) == (None, "属实")
