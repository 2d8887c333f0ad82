"""The program's side of the buttons: protocol, parity with the commands, situations, seeded defects."""

import json
import shutil
import threading
import time
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.macros import contract
from toolkit import bridge
from toolkit.bridge import more, protocol, settings, tables, tasks, units
from toolkit.campaign import UNIT_LIST, create_campaign, open_campaign
from toolkit.campaign.unit_list import unit_list_workbook
from toolkit.cli import main_group
from toolkit.console import console
from toolkit.forms import load_form
from toolkit.policies import load_policy
from toolkit.sample import sample_units
from toolkit.trial import write_sample

pytestmark = pytest.mark.rounds

POLICY = "yizheng-2022"
AWKWARD = "#1 '=甲\\u"


@pytest.fixture
def empty_round(tmp_path):
    """A round of three units to which nobody has returned anything."""
    pack = load_policy(POLICY)
    unit_list = tmp_path / UNIT_LIST
    unit_list.write_bytes(unit_list_workbook(sample_units(pack, 3, 1), load_form(pack)))
    folder = tmp_path / "批 次"
    create_campaign(folder, policy=pack, year=2023, unit_list=unit_list)
    settings.save(folder, {"title": AWKWARD})
    return folder


@pytest.fixture(scope="module")
def full_round(tmp_path_factory):
    """A round of two units with returns."""
    folder = tmp_path_factory.mktemp("bridge") / "批次"
    write_sample(folder, policy=POLICY, units=2, seed=3, defects="heavy")
    return folder


def test_contract(empty_round):
    contract.holds(empty_round)


def _raw_escape(text):
    return text.replace("\t", " ")


def _no_hash(text):
    return "".join(char if " " <= char <= "~" and char != "\\" else protocol._units(char) for char in text)


def _deaf(self, text, done=0, total=0):
    self._progress.write_bytes(f"{done}\t{total}\t{protocol.escape(text)}\r\n".encode())


def _silent(self, text, done=0, total=0):
    if self._stop.exists():
        raise bridge.XltoolError("M004")


MUTANTS = {
    "Chinese sent as it is": (protocol, "escape", _raw_escape),
    "a text that begins with # becomes a number": (protocol, "escape", _no_hash),
    "answer under another name": (protocol, "RESULT", ".result"),
    "no share of the work shown": (protocol.Reporter, "tell", _silent),
    "does not stop when asked": (protocol.Reporter, "tell", _deaf),
    "rows too short for the table": (tables, "_unit_row", lambda item, inbox: (item.unit, item.name)),
    "numbers sent as texts": (protocol, "_cell", lambda value, own=False: protocol.escape(str(value))),
    "old cells overwrite the settings": (
        settings,
        "changed",
        lambda values: {"title": values["cfg_title"]} if "cfg_title" in values else {},
    ),
    "changed cells are forgotten": (settings, "changed", lambda values: {}),
    "an unknown task counts as done": (
        bridge,
        "_perform",
        lambda request, reporter: protocol.Answer(protocol.DONE, "好"),
    ),
    "lines end in LF": (
        protocol.Answer,
        "lines",
        lambda self: ["xltool-result=1\n" + "\n".join(f"put={name}\t{value}" for name, value in self.cells().items())],
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_seeded_defects_are_caught(name, empty_round, monkeypatch):
    owner, attribute, wrong = MUTANTS[name]
    monkeypatch.setattr(owner, attribute, wrong)
    with pytest.raises((AssertionError, UnicodeError, FileNotFoundError, ValueError, KeyError)):
        contract.holds(empty_round)


@given(st.text())
def test_any_text_survives_the_way(text):
    carried = protocol.escape(text)
    assert protocol.unescape(carried) == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert carried.isascii() and not set(carried) & set("#'\t\r\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    "task", ["validate", "annotate", "merge", "chase", "allowance", "compliance", "summary", "run"]
)
def test_a_button_writes_what_its_command_writes(full_round, task):
    command = [console().button(task).command, str(full_round), "--as-of", "2024-01-15"]
    _written(full_round)
    CliRunner().invoke(main_group, command, catch_exceptions=False)
    by_command = _written(full_round)
    answer = bridge.serve(contract.request(full_round, task, cfg_as_of="2024年1月15日"))
    assert answer.status in (protocol.DONE, protocol.FINDINGS)
    assert _written(full_round) == by_command != {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "arguments"),
    [
        ("registers", ["--as-of", "2024-01-15"]),
        ("platforms", ["--as-of", "2024-01-15"]),
        ("report_up", ["--as-of", "2024-01-15"]),
        ("tasks", ["--as-of", "2024-01-15"]),
        ("mail", ["--what", "issued", "--dry-run"]),
    ],
)
def test_more_buttons_write_what_their_commands_write(full_round, task, arguments):
    """Those that read the round are told the day; the other does not depend on it."""
    _written(full_round)
    CliRunner().invoke(main_group, [console().button(task).command, str(full_round), *arguments])
    by_command = _written(full_round)
    answer = bridge.serve(contract.request(full_round, task, cfg_as_of="2024-01-15"))
    assert answer.status == protocol.DONE, answer.message
    assert _written(full_round) == by_command != {}


@pytest.fixture
def handled(tmp_path):
    """A round of two units, validated; the first has returned two different files."""
    folder = tmp_path / "批次"
    write_sample(folder, policy=POLICY, units=2, seed=5, defects="none")
    first = min((folder / "回收").glob("*.xlsx"))
    book = openpyxl.load_workbook(first)
    book["任职与补贴"]["D7"].value = "王另名"
    book.save(first.with_name(f"改_{first.name}"))
    bridge.serve(contract.request(folder, "validate"))
    return folder


def test_the_selected_unit_is_decided_on(handled):
    code = list(open_campaign(handled).units)[1].code

    def press(task, why, picked=code):
        return bridge.serve(contract.request(handled, task, picked=picked, cfg_why=why))

    def state():
        answer = CliRunner().invoke(main_group, ["status", str(handled), "--json"])
        return next(one for one in json.loads(answer.stdout)["units"] if one["unit"] == code)

    before = state()["state"]
    held = press("hold", "等财政局核实")
    assert held.status == protocol.DONE and held.message.startswith("已记下“暂缓”")
    assert state()["state"] == "有疑问" and "等财政局核实" in state()["remark"]
    assert held.puts["cfg_why"] == ""
    assert [row[2] for row in held.tables["units"] if row[0] == code] == ["有疑问"]
    assert "已通过" in press("accept", "财政局已核实").message and state()["state"] == "已通过"
    press("reopen", "发现新情况")
    assert state()["state"] == before
    assert press("accept", "").message.startswith("[M017] “理由”还没有写")
    assert press("accept", "已核实", "单位代码").message.startswith("[M016]")


def test_differences_and_reasons_stand_on_the_sheet(handled):
    code, other = (unit.code for unit in list(open_campaign(handled).units)[:2])
    answer = bridge.serve(contract.request(handled, "diff", picked=code))
    assert answer.status == protocol.DONE and answer.sheet == "查看"
    assert any("王另名" in row[1] for row in answer.tables["details"])
    said = CliRunner().invoke(main_group, ["diff", str(handled), code])
    assert said.exit_code == 0 and _solid(answer.tables["details"][0][1]) in _solid(said.output)
    assert bridge.serve(contract.request(handled, "diff", picked=other)).message.startswith("[K015]")
    clause = next(iter(open_campaign(handled).policy.clauses))
    told = bridge.serve(contract.request(handled, "explain", picked=other, cfg_clause=f"{clause} 标题"))
    assert told.sheet == "查看" and all(len(row) == 3 and row[0] + row[1] for row in told.tables["details"])
    by_command = CliRunner().invoke(main_group, ["explain", str(handled), "--unit", other, "--clause", clause]).output
    by_command = by_command.partition("。\n")[2]  # which day the closed year is judged on
    shown = "".join(label + text for label, text, _ in told.tables["details"])
    assert shown == "".join(units._split(line)[0] + units._split(line)[1] for line in by_command.splitlines())
    cells, tables_read = contract.read(handled.parent / "job.res")
    assert cells["out_status"] == "完成" and len(tables_read["details"]) == len(told.tables["details"])


def _solid(text: str) -> str:
    return "".join(text.split())


def test_receipts_for_one_and_for_all(handled):
    other = list(open_campaign(handled).units)[1]
    bridge.serve(contract.request(handled, "accept", picked=other.code, cfg_why="已电话核实"))
    one = bridge.serve(contract.request(handled, "receipt", picked=other.code))
    wanted = [f"{other.code}_{other.name}{suffix}" for suffix in (".docx", ".txt")]
    assert one.status == protocol.DONE and [row[0] for row in one.tables["outputs"]] == wanted
    every = bridge.serve(contract.request(handled, "receipts"))
    assert every.status == protocol.DONE and "出了 1 份回执" in every.message


def test_mail_goes_out_only_when_it_is_said_so_each_time(handled, monkeypatch):
    asked = []

    def send(campaign, what, *, dry_run=False, again=False):
        asked.append((what, dry_run))
        return []

    monkeypatch.setattr("toolkit.round_trip.mailing.send", send)
    for cells in ({}, {"cfg_mail_mode": "先演练"}, {"cfg_mail_mode": "真的发出", "cfg_mail_what": "退回的表"}):
        answer = bridge.serve(contract.request(handled, "mail", **cells))
        assert answer.puts["cfg_mail_mode"] == "先演练"
    assert asked == [("issued", True), ("issued", True), ("marked", False)]


def _written(folder: Path) -> dict[str, bytes]:
    """What stands in the folders of outputs, which are empty afterwards."""
    paths = [path for name in ("汇总", "退回") for path in (folder / name).rglob("*") if path.is_file()]
    found = {path.name: path.read_bytes() for path in paths}
    for path in paths:
        path.unlink()
    return found


def test_every_button_has_a_task():
    from toolkit.bridge.listing import LIST
    from toolkit.bridge.live import LIVE

    known = {**tasks.TASKS, **more.MORE, **units.UNITS, **LIST, **LIVE}
    assert {button.task for button in console().buttons if button.task} <= set(known)


def test_an_output_open_in_excel_is_one_sentence(full_round, monkeypatch):
    real = Path.replace

    def locked(self, target):
        if Path(target).suffix == ".xlsx":
            raise PermissionError(13, "in use")
        return real(self, target)

    (full_round / "汇总" / "问题清单.xlsx").write_bytes(b"an older one")
    monkeypatch.setattr(Path, "replace", locked)
    answer = bridge.serve(contract.request(full_round, "validate"))
    assert answer.message.startswith("[O003] “问题清单.xlsx”正在别处打开") and answer.exit_code == 3


def test_what_nobody_foresaw_is_one_sentence(empty_round, monkeypatch):
    monkeypatch.delenv("XLTOOL_DEBUG", raising=False)
    monkeypatch.setitem(tasks.TASKS, "status", lambda desk: 1 / 0)
    answer = bridge.serve(contract.request(empty_round, "status"))
    assert answer.message.startswith("[T000]") and answer.exit_code == 3


@pytest.mark.parametrize("text", ["", "xltool-request=9\r\ntask=status\r\n", "junk", "中文"])
def test_a_broken_request_is_said_so(tmp_path, text):
    path = tmp_path / "job.req"
    path.write_text(text, encoding="utf-8")
    assert bridge.serve(path).message.startswith("[M001]")


def test_a_file_that_is_no_request_stays_as_it_is(tmp_path):
    book, folder = tmp_path / "返回表.xlsx", tmp_path / "回收.req"
    book.write_bytes(b"a return")
    folder.mkdir()
    for path in (book, folder, tmp_path):
        answer = CliRunner().invoke(main_group, ["bridge", str(path)])
        assert answer.exit_code == 2 and "[M001]" in answer.stderr, path
    assert sorted(item.name for item in tmp_path.iterdir()) == ["回收.req", "返回表.xlsx"]
    assert book.read_bytes() == b"a return"


def test_a_missing_request_is_said_so(tmp_path):
    answer = CliRunner().invoke(main_group, ["bridge", str(tmp_path / "none.req")])
    assert answer.exit_code == 2 and "M001" in answer.output


def test_a_web_address_is_no_folder(empty_round):
    answer = bridge.serve(contract.request(empty_round, "status", cfg_folder="https://x.sharepoint.com/a"))
    assert answer.message.startswith("[M003]")


@pytest.mark.parametrize("folder", [r"\\服务器\共享\批次", "//server/share/a"])
def test_another_computer_is_no_place_for_a_round(empty_round, folder):
    answer = bridge.serve(contract.request(empty_round, "status", cfg_folder=folder))
    assert answer.message.startswith("[M018]") and folder in answer.message


def test_a_new_round_needs_its_settings(tmp_path):
    answer = bridge.serve(contract.request(tmp_path / "新", "create", cfg_policy=POLICY))
    assert answer.message == "[M012] 新建批次还缺“填报年度”；请在“设置”表里填好再点。"


@pytest.mark.parametrize("year", ["²", "今年", "2025.5"])
def test_a_year_that_is_no_number_is_asked_for_again(tmp_path, year):
    (tmp_path / UNIT_LIST).write_bytes(b"")
    cells = {"cfg_policy": POLICY, "cfg_year": year, "cfg_units": UNIT_LIST}
    answer = bridge.serve(contract.request(tmp_path / "新", "create", **cells))
    assert answer.message.startswith("[M012] 新建批次还缺“填报年度”")


def test_a_button_and_its_command_say_the_same(empty_round):
    command = ["distribute", str(empty_round)]
    answers = [bridge.serve(contract.request(empty_round, "distribute")).message for _ in range(2)]
    assert "新发 3 份，更新 0 份，未变 0 份，保留 0 份" in answers[0]
    assert CliRunner().invoke(main_group, command).stdout.startswith(answers[1])


def test_more_findings_than_the_sheet_holds(full_round, monkeypatch):
    from dataclasses import replace

    small = replace(console().tables["findings"], room=1)
    monkeypatch.setitem(console().tables, "findings", small)
    answer = bridge.serve(contract.request(full_round, "validate"))
    assert len(answer.tables["findings"]) == 1
    assert answer.puts["out_more"].startswith("只列出前 1 处")


def test_a_watcher_throws_old_requests_away_and_answers_new_ones(empty_round):
    jobs = empty_round / bridge.JOBS
    jobs.mkdir(parents=True)
    (jobs / "old.req").write_text("xltool-request=1\r\ntask=status\r\n")
    heard, end = [], threading.Event()
    watcher = threading.Thread(target=bridge.watch, args=(empty_round, heard.append, 0.02, end.is_set))
    watcher.start()
    try:
        _until(lambda: not (jobs / "old.req").exists())
        contract.request(empty_round, "status").rename(jobs / "new.req")
        _until((jobs / "new.res").exists)
    finally:
        end.set()
        watcher.join(20)
    assert len(heard) == 1 and "3 个单位" in heard[0]
    assert not (jobs / "old.res").exists()


def _until(condition) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_links_too_long_for_excel_lose_the_cell_first():
    path = Path("/" + "长" * 249)
    assert tables.link(path, "表", "A1") == str(path)
    assert tables.link(Path("/" + "长" * 260)) == ""


def test_a_broken_setting_leaves_the_file_alone(empty_round):
    before = (empty_round / "批次设置.yaml").read_bytes()
    answer = bridge.serve(contract.request(empty_round, "status", cfg_deadline="年底", known_deadline=""))
    assert answer.message.startswith("[M014]")
    assert (empty_round / "批次设置.yaml").read_bytes() == before
    assert open_campaign(empty_round).deadline is None


def _left(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("task", ["run", "status", "create", "validate", "distribute", "open", "save", "annotate"])
def test_a_request_in_a_round_may_ask_for_this_round_only(task, empty_round, tmp_path):
    """A forged request named another folder: `run` changed another round, `create` made one elsewhere."""
    other = tmp_path / "别处"
    shutil.copytree(empty_round, other)
    jobs = empty_round / bridge.JOBS
    jobs.mkdir(parents=True, exist_ok=True)
    before = _left(other)
    for number, (book, cells) in enumerate(
        [(other, {}), (empty_round, {"cfg_folder": str(other)}), (other, {"cfg_title": "假", "known_title": "x"})]
    ):
        asked = contract.request(book, task, name=f"{task}{number}", **cells).rename(jobs / f"{task}{number}.req")
        answer = bridge.serve(asked)
        assert "[M030]" in answer.message or "[M002]" in answer.message, answer.message
    signs = {"cfg_backtest": str(other), "cfg_sign": "COL-001", "cfg_sign_why": "假"}
    asked = contract.request(empty_round, "backtest", name="sign", **signs).rename(jobs / "sign.req")
    assert "[M030]" in bridge.serve(asked).message
    new = contract.request(tmp_path / "新", "create", name="new").rename(jobs / "new.req")
    assert "[M030]" in bridge.serve(new).message
    assert _left(other) == before and not (tmp_path / "新").exists()


def test_a_round_reached_by_a_link_is_still_its_own(empty_round, tmp_path):
    link = tmp_path / "链接"
    link.symlink_to(empty_round, target_is_directory=True)
    jobs = link / bridge.JOBS
    jobs.mkdir(parents=True, exist_ok=True)
    for book in (link, empty_round):
        answer = bridge.serve(contract.request(book, "status").rename(jobs / "job.req"))
        assert answer.status == protocol.DONE


def test_a_request_that_a_workbook_put_elsewhere_names_its_round(empty_round):
    assert bridge.serve(contract.request(empty_round, "status", name="temp")).status == protocol.DONE
