"""Nobody's ID number, mobile number or e-mail address leaves: by any door, in any spelling, from any cell.

The round: the first unit has a secret in every cell of its first rows, on every sheet; the second one in each row (so
that the rest of the row is merged, computed with and listed); the third numbers in the number cells; the fourth none.
Then every command runs, and every file, every line on the terminal and the ledger are searched. The round is checked
anew for each command only in the longest form: XLTOOL_PRIVACY_ROUNDS=50 XLTOOL_PRIVACY_ANEW=1 pytest
tests/test_privacy.py.
"""

import json
import os
import random
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from disputing import PERSON
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import say_offices
from openpyxl import load_workbook
from rounds import Round
from sprinkling import (
    CHINESE,
    SPELLINGS,
    TYPED,
    Secrets,
    attachments,
    leaks,
    spaced,
    sprinkled,
    squeezed,
    texts_in,
    texts_of,
)

from toolkit import pipeline
from toolkit.cli import main_group
from toolkit.model import layout
from toolkit.model.cell import letters
from toolkit.model.privacy import holds, mask, mask_file_name, recognise, screened

ROUNDS = int(os.environ.get("XLTOOL_PRIVACY_ROUNDS", "1"))
ANEW = bool(os.environ.get("XLTOOL_PRIVACY_ANEW"))
CASES = [("yizheng-2022", 1), ("yunnan-2025", 0)]
"""Odd rounds collect ID numbers."""
CASES += [(policy, seed) for seed in range(2, 1 + ROUNDS) for policy, _ in CASES]
ALL, SOME, NUMBERS, CLEAN = range(4)
PEOPLE = {place: Secrets(place * 7 + 3) for place in (ALL, SOME, NUMBERS)}


@given(st.sampled_from(sorted(SPELLINGS)), st.integers(0, 999), st.text("张三的号码：，。(（【/A7", max_size=6))
@settings(max_examples=300, deadline=None)
def test_every_spelling_is_masked_in_any_company(name, unit, around):
    secrets = Secrets(unit)
    text = f"{around}，{SPELLINGS[name](secrets)}，{around}"
    covered = mask(text, typed=True)
    assert not leaks([covered], [secrets]), text
    assert mask(covered, typed=True) == covered
    assert covered.startswith(around) and covered.endswith(around)
    if not isinstance(SPELLINGS[name](secrets), float) and name not in ("joined", "cut number cell", *TYPED):
        assert not leaks([mask(text)], [secrets]), text


@pytest.mark.parametrize(
    "text",
    [
        "138****5678，77三三",
        "+86139****3514，三7三三",
        "0139****3514、1234567",
        "李四一三九****三六六五，777三A三",
        "0086 139****3514，77777",
        "086139****3514 77三三7",
        "110105********0021、1234567",
        "2025-01-01至2025-12-31",
        "2025.03.01 2025.12.31",
        "第13、14、15、16、17、18行",
        "13 14 15 16 17 18",
        "每月150，2025-03-01起",
        "320905-20250301-0012",
        "320905-2024-0301-0012",
        "320905001-001",
        "0514-83421234",
        "张三@机关党委",
        "0.15384615385",
        "0.3333333333333333",
        "12,345,678.90",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "a13812345678b2c3d4e5f60718293a4b",
        "91320905MA1XQ2LT8K",
        "150、1200、3600",
        "第110、150、198、205、230、240行",
        "二〇二三年十二月三十一日",
        "一、二、三、四、五、六、七、八、九、十",
        "0514-83421234、0514-83425678",
        "①②③④⑤⑥⑦⑧⑨",
        "3#楼101室，A#b",
    ],
)
def test_what_is_nobodys_number_stays(text):
    assert mask(text, typed=True) == text == screened(text) and not holds(text)


@pytest.mark.parametrize("text", ["1381****2345678", "138****12345678", "13****812345678", "110105****194912310021"])
def test_stars_between_all_digits_of_a_number_are_no_mask(text):
    """Whoever types stars into a number has hidden nothing of it."""
    covered = mask(text, typed=True)
    assert squeezed(text.replace("*", "")) not in squeezed(covered.replace("*", ""))
    assert mask(covered, typed=True) == covered


def test_a_long_number_is_somebodys_only_where_it_was_typed():
    account = "6222021001116245702"
    assert mask(account) == account and squeezed(account) not in squeezed(mask(account, typed=True))
    assert mask("1234567890123456.78", typed=True) == "1234567890123456.78"


def test_a_known_unit_code_is_one_in_file_names_and_in_our_own_words_only():
    recognise(["13010200199", "320102"])
    assert mask_file_name("13010200199_某局.xlsx") == "13010200199_某局.xlsx"
    assert mask_file_name("13010200198_某局.xlsx") == "130＊＊＊＊0198_某局.xlsx"
    assert (screened("见13010200199-01"), mask("130 1020 0199")) == ("见13010200199-01", "130****0199")
    assert mask("13010200199", typed=True) == "130****0199"
    assert mask("电话13010200199-01", typed=True, leaving=True) == "电话13010200199-01"


def test_two_files_with_one_masked_name_stay_two(tmp_path):
    from toolkit.job import scan

    for number in ("13900001234", "13911111234"):
        (tmp_path / f"张三{number}.xlsx").write_bytes(b"")
    names = [name for name, _ in scan([tmp_path])]
    assert names == ["张三139＊＊＊＊1234.xlsx", "张三139＊＊＊＊1234（2）.xlsx"]


def _coded(units):
    """The same units under codes of eleven digits, which look like mobile numbers."""
    new = {unit.code: f"1301020{number:04d}" for number, unit in enumerate(units, 7)}
    for unit in units:
        moved = {org.code: new[unit.code] + org.code[len(unit.code) :] for org in unit.orgs}
        orgs = [replace(org, code=moved[org.code], parent=moved.get(org.parent, "")) for org in unit.orgs]
        yield replace(unit, code=new[unit.code], parent=new.get(unit.parent, ""), orgs=tuple(orgs))


@pytest.mark.rounds
def test_a_known_unit_code_is_no_mobile_number_and_a_typed_mobile_is_one(tmp_path):
    found = Round(tmp_path / "批次", units=3, policy="yizheng-2022", pick=lambda units: list(_coded(units)))
    codes = [unit.code for unit in found.units]
    assert codes[0] == "13010200007"
    found.put(0, cells={("post", "person_name", 0): "13010200007", ("post", "start_date", 0): "13010299999"})
    found.put(1, "13010200008_回 13010299998.xlsx")
    found.put(2)
    answer = CliRunner().invoke(main_group, ["validate", str(found.campaign.folder), "--json"])
    told = json.loads(answer.stdout)
    files = {one["file"] for one in told["findings"]}
    assert {found.returns.names[codes[0]], "13010200008_回 130＊＊＊＊9998.xlsx"} <= files
    said = "".join(one["message"] for one in told["findings"])
    assert "130****9999" in said and "13010299999" not in said and "13010200007" not in said
    texts = [text for path in (found.campaign.output).rglob("*.xlsx") for text in texts_of(path)]
    assert any(found.returns.names[codes[0]] in text for text in texts)
    assert not any("13010299998" in text or "13010299999" in text for text in texts)


@pytest.mark.rounds
def test_names_of_units_and_of_sheets_hide_numbers_too(tmp_path):
    secrets = PEOPLE[ALL]

    def renamed(units):
        units[0] = replace(units[0], name=f"{units[0].name}（{secrets.mobile.translate(CHINESE)}）")
        units[1] = replace(units[1], name=f"{units[1].name}{spaced(secrets.number, 6, 14, by='，')}")
        return units

    found = Round(tmp_path / "批次", units=3, policy="yizheng-2022", pick=renamed)
    for place in range(3):
        path = found.put(place, f"{place}份.xlsx")
        book = load_workbook(path)
        book["活动台账"].title = f"活动台账 {spaced(secrets.mobile, 3, 7, by='~')}"
        book.save(path)
    xltool = Commands(found)
    for name in ("run", "status", "chase", "report-up", "annotate", "console"):
        xltool(name, dated=name not in ("console",))
    assert all(not leaks(text.splitlines(), [secrets]) for _, text in xltool.said)
    written = [path for path in outputs(found) if path.is_relative_to(found.campaign.output) or path.suffix == ".xlsm"]
    assert len(written) > 20
    assert [(path.name, leak) for path in written for leak in leaks(texts_of(path), [secrets])] == []


def made(folder, policy, seed):
    """The round with its returns in 回收."""
    found = Round(folder, units=4, policy=policy, settings={"collect_id_numbers": "on"} if seed % 2 else None)
    found.issue()
    rng = random.Random(seed)
    for place, secrets in PEOPLE.items():
        _put(found, place, sprinkled_cells(found, place, secrets, rng), f"{secrets.number}_{secrets.mobile}")
    _put(found, CLEAN, {})
    return found


def sprinkled_cells(found, place, secrets, rng):
    filled = found.returns.story(found.units[place])
    share = {ALL: "all", SOME: "one", NUMBERS: "number"}[place]
    return sprinkled(filled.story.form, filled.rows, secrets, rng.randrange(1000), share)


def _put(found, place, cells, name=""):
    """Writes a return with some cells changed."""
    unit = found.units[place]
    filled = found.returns.story(unit)
    form = filled.story.form
    for title, own in cells.items():
        filled.cells.setdefault(title, {}).update(own)
    if place in (CLEAN, SOME):
        post = form.by_name["post"]
        row = {"post_no": "901", "org_code": f"{unit.code}-01", "person_key": "R901", **PERSON}
        row |= {"post_type": "委员", "start_date": "2021-05-10"}
        row |= {"id_number": PEOPLE[SOME].number} if place == SOME else {}
        held = {name: value for name, value in row.items() if name in post.by_name}
        filled.cells[post.label] |= {layout.cell(post, name, 50): value for name, value in held.items()}
    if place == SOME:
        event = form.by_name["event"]
        spare = letters(len(event.columns) + 2)
        filled.cells[event.label] |= {f"{spare}{layout.LABEL_ROW}": PEOPLE[SOME].mobile, f"{spare}8": PEOPLE[SOME].mail}
    path = found.campaign.inbox / (f"{unit.name}_{name}.xlsx" if name else found.returns.names[unit.code])
    path.write_bytes(found.returns.workbook(unit, filled.cells))
    return path


class Commands:
    """Runs commands of a round and keeps what they print."""

    def __init__(self, found):
        self.folder, self.day, self.said = str(found.campaign.folder), found.day.isoformat(), []

    def __call__(self, name, *args, json_too=False, dated=True):
        day = ("--as-of", self.day) if dated else ()
        for more in ((), ("--json",)) if json_too else ((),):
            answer = CliRunner().invoke(main_group, [*name.split(), self.folder, *map(str, args), *day, *more])
            assert answer.exit_code in (0, 1, 2), (name, args, answer.output, answer.exception)
            self.said.append((f"{name} {' '.join(map(str, args))} {' '.join(more)}", answer.stdout + answer.stderr))
        return answer


def everything_runs(found, xltool):
    """All commands that read the round, write something of it or tell about it."""
    units = [unit.code for unit in found.units]
    xltool("validate", json_too=True)
    xltool("validate", "--annotate")
    _explain(found)
    for name in ("run", "merge", "allowance", "compliance", "chase", "disputes"):
        xltool(name, json_too=True)
    xltool("run", "--fresh")
    for name in ("summary", "registers", "platforms", "feedback", "report-up", "annotate", "letters", "pages"):
        xltool(name)
    xltool("tasks")
    say_offices(found.campaign, {}, "名录外")
    xltool("tasks")
    xltool("tasks", "--merge", found.campaign.output / "责任清单")
    xltool("chase")
    xltool("status", json_too=True)
    xltool("accept", units[CLEAN], "--why", "核对无误", dated=False)
    xltool("receipt")
    for what in ("issued", "marked", "disputes", "tasks"):
        xltool("mail", "--what", what, "--dry-run", dated=False)
    xltool("alias", json_too=True, dated=False)
    xltool("history", json_too=True, dated=False)
    for code in units[:3]:
        xltool("diff", code, json_too=True, dated=False)
        xltool("choose", "--unit", code, "--file", f"{PEOPLE[ALL].number}.xlsx", dated=False)
        for clause in CLAUSES[found.campaign.policy.id]:
            xltool("explain", "--unit", code, "--clause", clause, json_too=True)
    for secrets in PEOPLE.values():
        xltool("explain", "--person", secrets.number)


CLAUSES = {
    "yizheng-2022": ("YZ-S4-l", "YZ-2.1-b", "YZ-3.4-g", "YZ-S1-m"),
    "yunnan-2025": ("YN-02-i", "YN-06-a", "YN-13-c", "YN-02-k"),
}


def _explain(found):
    """A unit answers on its marked copy with its secrets, in another version of its return."""
    for place in (SOME, NUMBERS):
        unit = found.units[place]
        for path in (found.campaign.folder / "退回").glob(f"{unit.name}_*.xlsx"):
            book = load_workbook(path)
            for sheet in book:
                heads = {cell.value: cell.column for row in sheet.iter_rows(max_row=8) for cell in row if cell.value}
                if layout.MARK_NOTE in heads:
                    for row in range(layout.FIRST_ROW, sheet.max_row + 1):
                        secrets = PEOPLE[place]
                        said = f"该同志电话{spaced(secrets.mobile, 3, 7)}，证号{secrets.number}，邮箱{secrets.mail}"
                        sheet.cell(row, heads[layout.MARK_NOTE]).value = said
            title = next(name for name in book.sheetnames if name == "单位情况")
            sheet = book[title]
            row = next(row for row in range(6, 40) if sheet.cell(row, 1).value == "填报日期")
            sheet.cell(row, 3).value = found.day.replace(year=found.day.year - 1, month=12, day=30)
            book.save(found.campaign.inbox / f"{unit.name}_说明_{PEOPLE[place].mobile}.xlsx")


class Once:
    """`pipeline.check`, which checks the same files on the same day once only."""

    def __init__(self, check):
        self._check, self._known = check, {}

    def __call__(self, job):
        key = tuple((name, path.stat().st_mtime_ns) for name, path in job.files)
        if key not in self._known:
            self._known[key] = self._check(job)
        self._known[key].job = job  # whose lock is held
        return self._known[key]


def own_of(path, found):
    """The place of the unit whose own file this is: its marked copy or its list of disputes; None for all others."""
    folder = found.campaign.folder
    if not path.is_relative_to(folder / "退回"):
        return None
    return next((place for place, unit in enumerate(found.units) if path.name.startswith((unit.name, unit.code))), None)


def outputs(found):
    """Every file that the program wrote: 汇总, 退回, 下发, the ledger and what the last run left.

    But for the memory of what was read, which is for this user's eyes and names the files as they lie in 回收.
    """
    folder = found.campaign.folder
    left_alone = {folder / "回收"}
    for path in sorted(folder.rglob("*")):
        if (
            path.is_file()
            and not any(one in path.parents for one in left_alone)
            and ".xltool/memory/" not in path.as_posix()
        ):
            yield path


def searched(found):
    """Secrets that stand in some file."""
    for path in outputs(found):
        own = own_of(path, found)
        others = [secrets for place, secrets in PEOPLE.items() if place != own]
        yield from ((path.name, *leak) for leak in leaks(texts_of(path), others))
        if path.suffix == ".eml":
            for name, data in attachments(path):
                unit = next((p for p, unit in enumerate(found.units) if name.startswith((unit.name, unit.code))), None)
                others = [secrets for place, secrets in PEOPLE.items() if place != unit]
                yield from ((path.name, *leak) for leak in leaks(texts_in(name, data), others))


@pytest.mark.rounds
@pytest.mark.slow
@pytest.mark.parametrize(("policy", "seed"), CASES)
def test_nobodys_number_leaves_a_round(tmp_path, policy, seed, monkeypatch):
    if not ANEW:
        monkeypatch.setattr(pipeline, "check", Once(pipeline.check))
    found = made(tmp_path / "批次", policy, seed)
    sent = [text for path in found.campaign.inbox.iterdir() for text in texts_of(path)]
    assert all(leaks(sent, [secrets]) for secrets in PEOPLE.values())
    xltool = Commands(found)
    everything_runs(found, xltool)
    printed = [(name, *leak) for name, text in xltool.said for leak in leaks(text.splitlines(), PEOPLE.values())]
    assert printed == []
    assert list(searched(found)) == []
    back = [text for path in (found.campaign.folder / "退回").rglob("*.xlsx") for text in texts_of(path)]
    assert all(leaks(back, [secrets]) for secrets in PEOPLE.values()), "their own files say what they said"
    post = found.campaign.output / "汇总数据_parquet" / "post.parquet"
    kept = [row.get("id_number") for row in pq.read_table(post).to_pylist()]
    assert (PEOPLE[SOME].number in kept) is bool(seed % 2), "the working dataset of a round that collects them"
    told = json.loads(next(text for name, text in xltool.said if name == "validate  --json"))
    assert sum("*" in one["message"] for one in told["findings"]) > 100
    # A number over its own code makes a file nobody's.
    assert {one["unit"] for one in told["findings"]} >= {found.units[place].code for place in PEOPLE if place != ALL}
