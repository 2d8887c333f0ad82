"""What a person does about reading: confirms labels for a round, gives passwords; runs that exclude each other."""

import datetime as dt
import json
import os
import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from toolkit.campaign import aliases, open_campaign, tabs
from toolkit.campaign.passwords import gather
from toolkit.cli import main_group
from toolkit.model.errors import XltoolError

pytestmark = pytest.mark.rounds


def xltool(*args, expect=0):
    answer = CliRunner().invoke(main_group, [str(arg) for arg in args])
    assert answer.exit_code == expect, answer.output[-2000:]
    return answer.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from toolkit.trial import write_sample

    made = write_sample(tmp_path_factory.mktemp("批 次") / "x", policy="yizheng-2022", units=2, seed=3, defects="none")
    return made.inbox.parent


def relabel(path: Path, sheet: str, old: str, new: str) -> None:
    book = openpyxl.load_workbook(path)
    for row in book[sheet].iter_rows(min_row=1, max_row=8):
        for cell in row:
            if str(cell.value or "").startswith(old):
                cell.value = new
                book[sheet].cell(cell.row + 1, cell.column).value = None
    book.save(path)


def test_a_label_is_confirmed_for_the_round(folder):
    path = sorted((folder / "回收").glob("*.xlsx"))[0]
    before = path.read_bytes()
    relabel(path, "党组织情况", "党员总数", "党员总人数合计")
    listed = json.loads(xltool("alias", folder, "--json"))
    assert [(c["label"], c["columns"][0]) for c in listed["candidates"]] == [("党员总人数合计", "total_members")]
    assert listed["confirmed"] == []
    given = (
        "--sheet",
        "党组织情况",
        "--label",
        "党员总人数合计",
        "--column",
        "党员总数",
        "--why",
        "电话问过",
        "--who",
        "王五",
    )
    assert "党员总数" in xltool("alias", folder, *given)
    listed = json.loads(xltool("alias", folder, "--json"))
    assert listed["candidates"] == []
    assert [(a["column"], a["who"], a["why"], bool(a["at"])) for a in listed["confirmed"]] == [
        ("total_members", "王五", "电话问过", True)
    ]
    campaign = open_campaign(folder)
    assert [h["what"] for h in campaign.ledger.history() if "列名" in h["what"]] == ["确认列名"]
    xltool("alias", folder, "--sheet", "党组织情况", "--label", "党员总人数合计", "--remove")
    assert aliases.confirmed(folder) == []
    path.write_bytes(before)


@pytest.mark.parametrize(
    ("sheet", "label", "column", "code"),
    [("没有", "x", "y", "K040"), ("党组织情况", "x", "没有", "K041"), ("党组织情况", "党员总数", "党员总数", "K042")],
)
def test_a_wrong_confirmation_is_one_sentence(folder, sheet, label, column, code):
    with pytest.raises(XltoolError, match=code):
        aliases.confirm(open_campaign(folder), sheet, label, column)


def second_sheet(path: Path, sheet: str, title: str, *, emptied: bool) -> None:
    """A further sheet with the rows of one; the rows stay in the first as well, or stand in the second only."""
    book = openpyxl.load_workbook(path)
    copy = book.copy_worksheet(book[sheet])
    copy.title = title
    if emptied:
        for row in book[sheet].iter_rows(min_row=7):
            for cell in row:
                cell.value = None
    book.save(path)


def checked_of(folder: Path):
    """The round, read and checked."""
    from toolkit.job import campaign_job
    from toolkit.pipeline import check

    return check(campaign_job(open_campaign(folder), dt.date(2026, 1, 10)))


def rows_of(folder: Path) -> tuple[int, set[str]]:
    """Merged rows of the sheet of organisations, and codes of findings."""
    checked = checked_of(folder)
    return len(checked.dataset.tables["party_org"]), {one.code for one in checked.findings}


@pytest.mark.parametrize("emptied", [False, True])
def test_a_further_sheet_is_what_a_person_says(folder, emptied):
    path = sorted((folder / "回收").glob("*.xlsx"))[0]
    before, (rows, clean) = path.read_bytes(), rows_of(folder)
    second_sheet(path, "党组织情况", "党组织续", emptied=emptied)
    [left] = json.loads(xltool("alias", folder, "--json"))["left_out"]
    assert (left["title"], bool(left["problem"])) == ("党组织续", True)
    where = (folder, "--unit", left["unit"], "--tab", "党组织续")
    kept, said = rows_of(folder)
    assert "S028" in said - clean and (kept < rows if emptied else kept == rows)

    assert "党组织情况" in xltool("alias", *where, "--sheet", "党组织情况", "--why", "电话问过", "--who", "王五")
    kept, said = rows_of(folder)
    assert kept == rows and "S028" not in said and ("S032" if emptied else "S031") in said

    xltool("alias", *where, "--skip")
    kept, said = rows_of(folder)
    assert {"S030"} == said & {"S028", "S030", "S031", "S032"} and (kept < rows if emptied else kept == rows)
    listed = json.loads(xltool("alias", folder, "--json"))
    assert [(one["title"], one["sheet"]) for one in listed["tabs"]] == [("党组织续", "")] and not listed["left_out"]
    assert "不算" in xltool("alias", folder)

    history = [line["what"] for line in open_campaign(folder).ledger.history()]
    assert {"确认工作表", "工作表不算"} <= set(history)
    xltool("alias", *where, "--remove")
    assert tabs.confirmed(open_campaign(folder)) == [] and "S028" in rows_of(folder)[1]
    path.write_bytes(before)


def test_what_is_said_of_one_unit_holds_for_no_other(folder):
    """A sheet that one unit's people do not count may hold another unit's people."""
    paths = sorted((folder / "回收").glob("*.xlsx"))[:2]
    before = [path.read_bytes() for path in paths]
    for path in paths:
        second_sheet(path, "党组织情况", "Sheet1", emptied=False)
    left = json.loads(xltool("alias", folder, "--json"))["left_out"]
    assert len({one["unit"] for one in left}) == 2
    xltool("alias", folder, "--unit", left[0]["unit"], "--tab", "Sheet1", "--skip")
    assert [one["unit"] for one in json.loads(xltool("alias", folder, "--json"))["left_out"]] == [left[1]["unit"]]
    xltool("alias", folder, "--unit", left[0]["unit"], "--tab", "Sheet1", "--remove")
    for path, data in zip(paths, before, strict=True):
        path.write_bytes(data)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("--unit", "x", "--tab", "y", "--skip"), "K046"),
        (("--tab", "y", "--skip"), "K045"),
        (("--unit", "x", "--tab", "y"), "K045"),
        (("--unit", "x", "--tab", "y", "--sheet", "党组织情况", "--skip"), "K045"),
        (("--unit", "x", "--tab", "y", "--remove"), "K047"),
        (("--unit", "{unit}", "--tab", "y", "--sheet", "单位情况"), "K048"),
        (("--unit", "{unit}", "--tab", "y", "--sheet", "没有"), "K040"),
    ],
)
def test_a_wrong_word_about_a_sheet_is_one_sentence(folder, given, code):
    unit = next(iter(open_campaign(folder).units)).code
    assert code in xltool("alias", folder, *(one.format(unit=unit) for one in given), expect=2)


def test_passwords_come_from_the_command_and_from_a_file(tmp_path):
    file = tmp_path / "密码.txt"
    file.write_bytes("甲局,a,b\r\n\r\n320902；c\r\n".encode("gbk"))
    assert gather(["x"], file) == {"": ["x"], "甲局": ["a,b"], "320902": ["c"]}
    assert gather([], None) == {}
    file.write_text("甲局", encoding="utf-8")
    with pytest.raises(XltoolError, match="K044"):
        gather([], file)
    with pytest.raises(XltoolError, match="K044"):
        gather([], tmp_path / "none")


def test_a_password_on_the_command_line_opens_a_return(folder, tmp_path):
    from zoo.containers import encrypted

    source = sorted((folder / "回收").glob("*.xlsx"))[0]
    target = tmp_path / source.name
    target.write_bytes(encrypted(source.read_bytes(), "kept-secret"))
    out = tmp_path / "out.xlsx"
    given = ("validate", target, "--policy", "yizheng-2022", "--as-of", "2023-12-31", "-o", out, "--json")
    locked = json.loads(xltool(*given, expect=1))
    assert (locked["returns"][0]["state"], locked["returns"][0]["codes"]) == ("unreadable", ["F005"])
    said = xltool(*given, "--password", "kept-secret")
    assert "F032" in json.loads(said)["returns"][0]["codes"] and "kept-secret" not in said


def test_locked_and_old_returns_without_a_round_say_whose_they_are(folder, tmp_path):
    from zoo.containers import encrypted

    from toolkit.job import job_for

    source = sorted((folder / "回收").glob("*.xlsx"))[0]
    locked = tmp_path / "单独" / source.name
    locked.parent.mkdir()
    locked.write_bytes(encrypted(source.read_bytes(), "kept-secret"))
    given = {"as_of": dt.date(2031, 5, 1)}
    plain = job_for([source], **given)
    assert job_for([locked], **given).year == 2031, "without the password nobody can know"
    for passwords in ({"": ["kept-secret"]}, {source.stem[:4]: ["kept-secret"]}):
        job = job_for([locked], passwords=passwords, **given)
        assert (job.year, job.policy.id, job.expected) == (plain.year, plain.policy.id, plain.expected)
        assert (job.year, job.policy.id) == (2023, "yizheng-2022")


def test_a_run_waits_for_no_other(folder):
    with open_campaign(folder).exclusive():
        said = xltool("run", folder, "--as-of", "2025-01-15", expect=3)
    assert "K006" in said and "另一个 xltool 正在处理" in said


def test_a_second_run_changes_nothing_and_sweeps_what_a_killed_one_left(folder):
    xltool("run", folder, "--as-of", "2025-01-15")
    output = folder / "汇总"
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in output.rglob("*") if p.is_file()}
    (output / ".~stray.tmp").write_bytes(b"half")
    xltool("run", folder, "--as-of", "2025-01-15")
    after = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in output.rglob("*") if p.is_file()}
    assert sorted(after) == sorted(before)
    assert [path.name for path in before if before[path][0] != after[path][0]] == []
    assert [path.name for path in before if before[path][1] != after[path][1]] == []


@pytest.mark.skipif(os.name != "posix", reason="needs pipes and paths longer than the system takes")
def test_odd_things_in_the_inbox_stop_no_command(folder, tmp_path, monkeypatch):
    """Pipes, links to nowhere and to themselves, names that are no text, folders deeper than a path may be long."""
    odd = tmp_path / "批次"
    shutil.copytree(folder, odd)
    inbox = odd / "回收"
    os.mkfifo(inbox / "管道.xlsx")
    for name, target in (("无.xlsx", "nowhere"), ("自.xlsx", "自.xlsx"), ("圈", str(inbox)), ("零.xlsx", "/dev/zero")):
        (inbox / name).symlink_to(target)
    with open(os.path.join(os.fsencode(inbox), b"\xff\xfe.xlsx"), "wb") as stream:  # noqa: PTH118, PTH123
        stream.write(b"")
    assert xltool("annotate", odd, "--as-of", "2025-01-15", expect=1).count("已写出") >= 1
    monkeypatch.chdir(inbox)
    for _ in range(70):
        Path("深" * 20).mkdir()
        os.chdir("深" * 20)
    Path("甲.xlsx").write_bytes(b"")
    monkeypatch.undo()
    told = json.loads(xltool("validate", odd, "--as-of", "2025-01-15", "--json", expect=1))
    states = {item["file"]: item["codes"] for item in told["returns"]}
    assert [states[name] for name in ("管道.xlsx", "无.xlsx", "自.xlsx", "圈", "零.xlsx")] == [["F015"]] * 5
    [deep] = [codes for name, codes in states.items() if name.startswith("深")]
    assert deep in (["F015"], ["F027"]), "what is in there nobody can tell, but it is said"
    assert told["files"]["total"] == len(states) == sum(n for key, n in told["files"].items() if key != "total")
    xltool("status", odd)
    xltool("history", odd)


def test_a_folder_of_foreign_files_is_accounted_for(tmp_path):
    from zoo.build import write

    made = write(tmp_path / "zoo")
    given = ("--policy", "yizheng-2022", "-o", tmp_path, "--json")
    answer = json.loads(xltool("validate", tmp_path / "zoo", *given, expect=1))
    files = answer["files"]
    assert files["total"] == sum(n for state, n in files.items() if state != "total") == len(answer["returns"])
    listed = [item["file"] for item in answer["returns"]]
    assert len(set(listed)) == len(listed)
    assert {name for _, name, path in made if not path.is_dir() or path.is_symlink()} <= set(listed)
    assert all(item["codes"] for item in answer["returns"] if item["state"] == "unreadable")


@pytest.mark.parametrize("moved", [False, True])
def test_what_is_said_of_rows_in_two_places_ends_the_loop(folder, moved):
    """The rows that are there twice, or of which half stands on either sheet: as the sentence says, and all is read."""
    path = sorted((folder / "回收").glob("*.xlsx"))[0]
    second_sheet(path, "党组织情况", "党组织续", emptied=False)
    book = openpyxl.load_workbook(path)
    last = max(row for row in range(7, 400) if book["党组织情况"].cell(row, 2).value)
    if moved:  # the last row stands on the further sheet only
        for cell in book["党组织情况"][last]:
            cell.value = None
        book.save(path)
    [left] = json.loads(xltool("alias", folder, "--json"))["left_out"]
    where = (folder, "--unit", left["unit"], "--tab", "党组织续")
    xltool("alias", *where, "--sheet", "党组织情况")
    before, said = rows_of(folder)
    assert "S031" in said
    sentence = next(one.sentence for one in checked_of(folder).findings if one.code == "S031")
    assert f"{last - 6}行没有读取" in sentence and "“党组织情况”里没有的行移过去" in sentence
    if moved:
        for cell in book["党组织续"][last]:
            book["党组织情况"].cell(cell.row, cell.column).value = cell.value
    del book["党组织续"]
    book.save(path)
    after, said = rows_of(folder)
    assert not {"S028", "S030", "S031", "S032"} & said and after == before + moved
    xltool("alias", *where, "--remove")
