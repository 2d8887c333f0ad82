"""The buttons beyond the steps: each does what its command does, in words of people who click."""

import json

import pytest
from click.testing import CliRunner
from disputing import claiming
from offices import say_offices
from rounds import Round
from test_feedback import row
from test_macros_bridge import _written

from tests.macros import contract
from toolkit import bridge
from toolkit.bridge import protocol
from toolkit.campaign import open_campaign
from toolkit.cli import main_group
from toolkit.console import console
from toolkit.feedback.files import write_feedback, write_received
from toolkit.feedback.reading import receive
from toolkit.model.catalogue import entries
from toolkit.registers.files import compare_platforms, write_platforms
from toolkit.round_trip.dispute_books import write_disputes
from toolkit.tasks.files import write_lists
from toolkit.upward.files import upward_of, write_upward

pytestmark = pytest.mark.rounds
EMPTY = ("event", "member")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Four units: the first two return one person, the third two lists of one day, the fourth an older template."""
    made = Round(tmp_path_factory.mktemp("更 多") / "批次", units=4)
    org = made.units[0].orgs[0].code
    coming = row(1, org, "流入", "L1", made.day.replace(year=made.year, month=3), "别处党支部", local_activity_count=4)
    few = dict.fromkeys(EMPTY, lambda rows: [])
    made.put(0, rows={**few, **claiming(), "floating": lambda rows: [coming]})
    made.put(1, rows={**few, **claiming()})
    made.put(2, day=10, nil=True)
    made.put(2, "另一份.xlsx", day=10, cells={("post", "person_name", 0): "王另名"})
    old = made.campaign.inbox / "旧版.xlsx"
    old.write_bytes(made.workbook(3, nil=True, version="0.9"))
    made.issue()
    made.checked = made.check()
    return made


def press(made, task, place=None, **cells):
    picked = "" if place is None else made.units[place].code
    cells = {"cfg_as_of": str(made.day), **cells}
    return bridge.serve(contract.request(made.campaign.folder, task, picked=picked, **cells))


def command(made, *words):
    return CliRunner().invoke(main_group, [str(word) for word in words], catch_exceptions=False)


def details(answer) -> list[tuple[str, str]]:
    """Label and text of every row on 查看."""
    assert answer.sheet == "查看"
    return [(label, text) for label, text, _ in answer.tables["details"]]


@pytest.fixture(scope="module")
def sources(made):
    """What comes back from others, in the places where the buttons look for it."""
    campaign, checked = made.campaign, made.checked
    folder, job = campaign.folder, checked.job
    say_offices(campaign, {"各地各部门": made.units[1].code}, "不发")
    write_lists(checked, folder / "责任清单回收")
    write_feedback(checked, folder / "反馈")
    write_platforms(checked.dataset, job.policy, folder, folder / "平台名单.xlsx", job.title)
    write_upward(upward_of(checked), folder / "下级上报" / "某县.xlsx", campaign.id)
    return folder


@pytest.mark.parametrize(
    ("task", "words", "place"),
    [
        ("pack", ["distribute", "{}", "--zip"], None),
        ("tasks_in", ["tasks", "{}", "--as-of", "{day}", "--merge", "{}/责任清单回收"], None),
        ("merge_up", ["merge-up", "{}/下级上报", "--round", "{}", "-o", "{}/汇总/上报汇总合并.xlsx"], None),
        ("migrate", ["migrate", "{}", "{}/回收/旧版.xlsx"], 3),
    ],
)
def test_a_button_writes_what_its_command_writes(made, sources, task, words, place):
    assert words[0] == console().button(task).command
    facts = {"day": made.day, "title": made.campaign.title}
    _written(sources)
    told = command(made, *(word.format(sources, **facts) for word in words))
    by_command = _written(sources)
    answer = press(made, task, place)
    assert answer.status in (protocol.DONE, protocol.FINDINGS), answer.message
    assert _written(sources) == by_command != {}
    assert answer.exit_code == told.exit_code and "xltool" not in answer.message
    first = answer.message.partition("。")[0].partition("；在")[0]
    assert "".join(first.split()) in "".join(told.stdout.split())
    zips = {path.name for path in (sources / "下发" / "打包").iterdir()} if task == "pack" else set()
    assert {row[0] for row in answer.tables["outputs"]} <= set(by_command) | zips


def _feedback_in(checked, output):
    found = receive(checked.job.campaign.folder / "反馈", checked.returned_dataset, checked.job.as_of)
    return write_received(checked, output, found)


def _platforms_in(checked, output):
    job, folder = checked.job, checked.job.campaign.folder
    facts = (checked.dataset, job.policy, folder, folder / "平台名单.xlsx", output / "外部平台比对.xlsx", job.title)
    return compare_platforms(*facts)


@pytest.mark.parametrize(
    ("task", "does", "said"),
    [
        ("disputes", lambda checked, _: write_disputes(checked), "争议 1 起：待裁定 0 起，待答复 1 起"),
        ("feedback", lambda checked, output: write_feedback(checked, output / "双向反馈单"), "已写出 1 份双向反馈单"),
        ("feedback_in", _feedback_in, "双向反馈单：收到 1 份"),
        ("platforms_in", _platforms_in, "比对：一致"),
    ],
)
def test_a_button_writes_what_the_function_of_its_command_writes(made, sources, task, does, said):
    _written(sources)
    does(made.checked, made.campaign.output)
    wanted = _written(sources)
    answer = press(made, task, cfg_pasted="平台名单.xlsx")
    assert answer.message.startswith(said) and "xltool" not in answer.message, answer.message
    assert _written(sources) == wanted != {}
    assert {row[0] for row in answer.tables["outputs"]} <= set(wanted)


def test_all_in_one_names_the_feedback_that_was_refused(made, sources):
    """The command named it, the button did not."""
    bad = sources / "反馈" / "坏.xlsx"
    bad.write_bytes(b"no workbook")
    answer = press(made, "run")
    bad.unlink()
    assert "坏.xlsx" in answer.message and "xltool" not in answer.message, answer.message


def test_without_files_the_place_is_named(made):
    for task, cell in (("tasks_in", "cfg_task_lists"), ("merge_up", "cfg_upward")):
        answer = press(made, task, **{cell: "没有/这里"})
        assert answer.status == protocol.FAILED and answer.exit_code == 2, task
        assert answer.message.startswith("[") and "这里" in answer.message


def test_one_of_several_returns_is_chosen_by_its_number(made):
    listed = press(made, "choose", 2)
    assert "交来 2 份" in listed.message and [label for label, _ in details(listed)] == ["1", "2"]
    number, text = next(line for line in details(listed) if "另一份.xlsx" in line[1])
    assert "待选定" in text and f"{made.year}-12-10" in text
    chosen = press(made, "choose", 2, cfg_file=number, cfg_why="已电话核实")
    assert chosen.message.startswith("已选定 另一份.xlsx。") and "xltool" not in chosen.message
    assert chosen.puts["cfg_file"] == chosen.puts["cfg_why"] == ""
    ledger, unit = open_campaign(made.campaign.folder).ledger, made.units[2].code
    sha256 = next(one["sha256"] for one in ledger.returned() if one["file"] == "另一份.xlsx")
    assert ledger.chosen()[unit] == sha256
    refused = press(made, "choose", 2, cfg_file="没有.xlsx").message
    assert refused.startswith("[K005]") and "“刷新情况”" in refused and "xltool" not in refused
    assert press(made, "choose").message.startswith("[M016]")


@pytest.mark.slow
def test_a_dispute_is_ruled_on_from_the_sheet(made):
    number = made.checked.disputes[0].number
    assert press(made, "settle", 0, cfg_dispute=number).message.startswith("[M017] “理由”")
    assert press(made, "settle", 0, cfg_why="有").message.startswith("[M017] “争议编号”")
    settled = press(made, "settle", 1, cfg_dispute=number, cfg_why="组织关系在该单位")
    assert "已了结 1 起" in settled.message and settled.puts["cfg_dispute"] == ""
    lines = details(settled)
    assert [label for label, _ in lines] == [number, "已了结", ""] and "王小明" not in str(lines)
    for place in (0, 1):
        assert made.units[place].code in lines[place][1] and "还没有答复" in lines[place][1]
    assert f"由{made.units[1].name}申报" in lines[2][1]
    apart = press(made, "apart", cfg_dispute=number, cfg_why="身份证不同")
    assert "不是同一人" in details(apart)[2][1] and "身份证不同" in details(apart)[2][1]
    ruling = open_campaign(made.campaign.folder).ledger.dispute_rulings()[0]
    assert (ruling.dispute, ruling.unit, ruling.why) == (number, "", "身份证不同")


def test_what_happened_to_a_unit_is_told(made):
    answer = press(made, "history", 3)
    told = command(made, "history", made.campaign.folder, made.units[3].code, "--json")
    assert [text.partition("　")[0] for _, text in details(answer)] == [
        line["what"] for line in json.loads(told.stdout)
    ]
    assert any(("旧版.xlsx" in text and "有错误" in text) or "通过" in text for _, text in details(answer))


@pytest.mark.slow
def test_rules_are_tried_on_an_earlier_round_and_signed(made, tmp_path):
    folder = made.campaign.folder
    press(made, "merge")
    assert press(made, "backtest", cfg_sign="POST-001").message.startswith("[M017] “核准的理由”")
    assert press(made, "backtest", cfg_backtest=str(tmp_path)).message.startswith("[K001]")
    told = json.loads(command(made, "rules", "backtest", folder, "--as-of", made.day, "--json").stdout)
    code = told["rules"][0]["code"]
    signed = press(made, "backtest", cfg_backtest=str(folder), cfg_sign=code, cfg_sign_why="今年起从严")
    labels = [label for label, _ in details(signed) if label]
    assert labels == [f"{one['code']}　{one['severity']}" for one in told["rules"]] != []
    assert f"回测了 {told['files']} 份" in signed.message and made.campaign.title in signed.message
    assert signed.puts["cfg_sign"] == signed.puts["cfg_sign_why"] == ""
    assert any("今年起从严" in text for _, text in details(signed))
    assert code in (folder / "规则核准.yaml").read_text("utf-8")


NO_BUTTON = {"alias", "console", "policy", "set", "units"}


def test_messages_name_the_button_where_there_is_one():
    """What people who click read names no command, but for what only an administrator does."""
    left = set()
    for entry in entries().values():
        said = console().in_buttons(f"{entry.message} {entry.fix}")
        left |= {word for word in said.replace("，", " ").split("xltool ")[1:] for word in [word.split()[0]]}
    assert {word for word in left if word in main_group.commands} == NO_BUTTON
