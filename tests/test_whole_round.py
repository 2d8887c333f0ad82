"""A whole round, from an untidy list of units to the pages that are signed, as a person does it.

Twice: by commands and by buttons, with the same files out. What a person types, ticks or puts into a folder between two
steps is done here with the files, as a person would. Forty units of both policies by both doors: XLTOOL_WHOLE=1 pytest
tests/test_whole_round.py; the numbers of commands, clicks, pages and seconds are printed with -s.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from office import convert_all, needs_writer, page_texts, pages
from offices import say_offices

from tests.macros import contract
from toolkit import bridge
from toolkit.campaign import Campaign, open_campaign
from toolkit.cli import main_group
from toolkit.console import console
from toolkit.model import layout
from toolkit.policies import load_policy
from toolkit.sample import sample_units
from toolkit.sample.returns import Returns

pytestmark = [pytest.mark.rounds, pytest.mark.slow]

WHOLE = bool(os.environ.get("XLTOOL_WHOLE"))
UNITS = 40 if WHOLE else 12
WRONG, SILENT = (UNITS - 4, UNITS - 3), (UNITS - 2, UNITS - 1)
"""How many units there are, who returns a wrong number first, and who never returns anything."""
YEARS = {"yizheng-2022": 2023, "yunnan-2025": 2025}
FIRST_SEEN = "首次收到"
COMMANDS, BUTTONS = "commands", "buttons"
ROUNDS = [("yizheng-2022", COMMANDS), ("yizheng-2022", BUTTONS)]
if WHOLE:
    ROUNDS += [("yunnan-2025", COMMANDS), ("yunnan-2025", BUTTONS)]


class Clerk:
    """Somebody who does a round, by commands or by buttons; every step is one of either.

    Attributes:
        steps: the steps so far, each with its exit code.
        seconds: how long the round took.
    """

    def __init__(self, folder: Path, policy: str, door: str) -> None:
        self.folder, self.policy, self.door = folder / "2025 年度批次", policy, door
        self.year = YEARS[policy]
        self.steps: list[tuple[str, int]] = []
        self.seconds = 0.0
        self.cells = {"cfg_as_of": f"{self.year + 1}-01-15"}

    @property
    def campaign(self) -> Campaign:
        return open_campaign(self.folder)

    def do(self, task: str, *more: str, picked: str = "", good: tuple[int, ...] = (0,), **cells: str) -> str:
        """One step: the button of a task, or its command with what follows the folder of the round."""
        command = console().button(task).command
        if self.door == COMMANDS:
            day = ["--as-of", self.cells["cfg_as_of"]] if task in DATED else []
            done = CliRunner().invoke(main_group, [command, str(self.folder), *more, *day], catch_exceptions=False)
            code, said = done.exit_code, done.output
        else:
            answer = bridge.serve(contract.request(self.folder, task, picked=picked, **self.cells, **cells))
            code, said = answer.exit_code, answer.message
        assert code in good, (task, code, said)
        self.steps.append((task, code))
        return said

    def list_of_units(self) -> None:
        """Takes the list as the bureau has it: refused once with all that is to be decided, then taken."""
        untidy = self.folder / "花名册.xlsx" if self.door == BUTTONS else self.folder.parent / "花名册.xlsx"
        untidy.parent.mkdir(parents=True, exist_ok=True)
        _untidy(self.policy, untidy)
        said = self._create(untidy, good=(2,))
        assert "U005" in said or "单位名录_核对" in said
        review = untidy.with_name("单位名录_核对.xlsx")
        _answered(review, _listed(self.policy))
        self._create(review)
        assert [unit.name for unit in self.campaign.units] == [unit.name for unit in _listed(self.policy)]

    def _create(self, path: Path, **how) -> str:
        words = ["--policy", self.policy, "--year", str(self.year), "--units", str(path)]
        cells = {"cfg_policy": self.policy, "cfg_year": str(self.year), "cfg_units": path.name}
        return self.do("create", *words, **how, **cells)

    def returns(self, places, wrong=()) -> None:
        """Puts what units send into 回收."""
        campaign = self.campaign
        made = Returns(campaign.units, campaign.form, load_policy(self.policy), self.year, 3, "none")
        orgs = campaign.form.by_name["party_org"]
        for place in places:
            unit = list(campaign.units)[place]
            cells = made.story(unit).cells
            if place in wrong:
                cells[orgs.label][layout.cell(orgs, "full_members", 0)] = 9999
            (campaign.inbox / made.names[unit.code]).write_bytes(made.workbook(unit, cells))


DATED = ("validate", "run", "tasks", "annotate", "letters", "pages", "registers", "receipts", "chase")


def _listed(policy: str):
    return sample_units(load_policy(policy), UNITS, 3)


def _untidy(policy: str, path: Path) -> None:
    """The bureau's list: a title, other headings, parents by name, full-width digits, a total, two levels missing."""
    units = list(_listed(policy))
    names = {unit.code: unit.name for unit in units}
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "2025"
    sheet.append([f"离退休干部党建工作单位花名册（{len(units)}家）"])
    sheet.append(
        ["序号", "编码", "单位名称", "简称", "单位性质", "级别", "是否代表本级", "主管部门", "所属乡镇", "联络员"]
    )
    for number, unit in enumerate(units, 1):
        code = "".join(chr(ord(c) + 0xFEE0) for c in unit.code) if number % 5 == 0 else unit.code
        level = "" if number in (7, 9) else unit.level
        row = [number, code, unit.name, "；".join(unit.short_names), unit.category, level]
        row += ["√" if unit.speaks else "", names.get(unit.parent, ""), names.get(unit.town, ""), unit.contact]
        sheet.append(row)
    sheet.append(["", "合计", f"{len(units)}家"])
    sheet.merge_cells("A1:J1")
    branches = book.create_sheet("支部")
    branches.append(["单位代码", "党组织代码", "名称", "设置形式", "上级党组织代码"])
    for unit in units:
        for org in unit.orgs:
            branches.append([unit.code, org.code, org.name, org.type, org.parent])
    book.save(path)


def _answered(review: Path, units) -> None:
    """The list to check, with what nobody but the bureau knows typed in."""
    book = openpyxl.load_workbook(review)
    sheet = book["单位名录"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    levels = {unit.name: unit.level for unit in units}
    for row in range(2, sheet.max_row + 1):
        name = sheet.cell(row, heads["单位全称"]).value
        if name in levels:
            sheet.cell(row, heads["层级"], levels[name])
    book.save(review)


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    """Every round of this file, done."""
    return {one: _whole_round(tmp_path_factory.mktemp("全 程"), *one) for one in ROUNDS}


def _whole_round(folder: Path, policy: str, door: str) -> Clerk:
    started = time.perf_counter()
    clerk = Clerk(folder, policy, door)
    clerk.list_of_units()
    clerk.do("distribute")
    assert len(list(clerk.campaign.issued.glob("*.xlsx"))) == UNITS
    clerk.returns(range(UNITS - len(SILENT)), wrong=WRONG)
    clerk.do("validate", good=(1,))
    clerk.do("annotate", good=(0, 1))
    assert len(list((clerk.folder / "退回").glob("*.xlsx"))) >= len(WRONG)
    clerk.returns(WRONG)
    clerk.do("run", good=(0, 1))
    clerk.do("chase", good=(0, 1))
    say_offices(clerk.campaign, {}, "不发")
    for task in ("tasks", "letters", "pages", "receipts"):
        clerk.do(task, good=(0, 1))
    clerk.seconds = time.perf_counter() - started
    return clerk


@needs_writer
@pytest.mark.parametrize("which", ROUNDS, ids="-".join)
def test_a_whole_round_ends_in_pages_to_sign(rounds, which, tmp_path):
    clerk = rounds[which]
    output, texts = clerk.campaign.output, clerk.folder / "文书"
    made = {path.name for path in output.rglob("*") if path.is_file()}
    assert {"综合汇总.xlsx", "工作补贴发放表.xlsx", "达标情况.xlsx", "进度看板.html", "单位一页纸.xlsx"} <= made
    director, sheet, notice = convert_all(
        [output / "综合汇总.xlsx", texts / "领导签批单.docx", texts / "公示稿.docx"], tmp_path, "pdf", anew=False
    )
    assert pages(director) <= 6 and pages(sheet) == 1
    first, signed = page_texts(director)[0], page_texts(sheet)[0]
    assert (str(UNITS - len(SILENT)) in first and "批示" in signed) or "签" in signed
    chased = {path.name for path in (texts / "催报函").iterdir()}
    units = list(clerk.campaign.units)
    assert len(chased) == len(SILENT) and all(any(units[n].name in name for name in chased) for n in SILENT)
    printed = sum(map(pages, (director, sheet, notice)))
    kind = "commands" if clerk.door == COMMANDS else "clicks"
    print(f"{which}: {len(clerk.steps)} {kind}, {printed} pages, {clerk.seconds:.0f} s")


@pytest.mark.parametrize("policy", sorted({policy for policy, _ in ROUNDS}))
def test_buttons_and_commands_make_the_same_files(rounds, policy):
    by_command, by_button = (_files(rounds[policy, door]) for door in (COMMANDS, BUTTONS))
    assert by_command.keys() == by_button.keys()
    assert [name for name, data in by_command.items() if data != by_button[name]] == []
    assert len(by_command) > UNITS


def _files(clerk: Clerk) -> dict[str, bytes]:
    """What the round gives to people, by its name."""
    folders = [clerk.campaign.issued, clerk.campaign.output, clerk.folder / "文书", clerk.folder / "退回"]
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(clerk.folder)): path.read_bytes() for path in found if not _says_the_time(path)}


def _says_the_time(path: Path) -> bool:
    """Whether a receipt says when the unit's first return came in, as those of units that returned twice do."""
    return path.parent.name == "回执" and FIRST_SEEN in path.with_suffix(".txt").read_text("utf-8")
