"""How many pages each thing that is printed takes, printed as it is: a bureau never touches the dialog of printing.

Rounds of 8 and 40 units; XLTOOL_PAGES=400 pytest tests/test_printed_pages.py also one of 400, and 台账名册 of every
size. Each round is printed by one start of LibreOffice, the counts are shown with -s. 综合汇总 of all sizes is in
test_director.py.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from disputing import PERSON
from office import convert_all, needs_writer, page_texts
from offices import say_offices
from openpyxl import load_workbook
from rounds import Round

from toolkit.letters.files import write_letters
from toolkit.outputs import write_all
from toolkit.round_trip.chase import write_chase
from toolkit.round_trip.dispute_books import write_disputes
from toolkit.round_trip.receipt import write_receipts
from toolkit.round_trip.unit_pages import write_unit_pages
from toolkit.tasks.files import write_lists
from toolkit.upward.files import upward_of, write_upward

pytestmark = [pytest.mark.rounds, pytest.mark.slow]
LONG = [int(count) for count in os.environ.get("XLTOOL_PAGES", "").split()]
SIZES = {8: "yizheng-2022", 40: "yunnan-2025", **dict.fromkeys(LONG, "yunnan-2025")}
SILENT, SAME = 2, (0, 1)
OFFICES = ("市财政局", "各地各部门")
"""How many units return nothing; the two that both name one person; offices with many duties."""
BULKY = "台账名册"
"""Printed in large rounds on request only."""
MOST = {
    "综合汇总": (5, 6, 6),
    "单位一页纸": (8, 40, 400),
    "达标情况": (12, 16, 40),
    "工作补贴发放表": (12, 42, 400),
    BULKY: (70, 290, 2600),
    "上报汇总": (20, 20, 30),
    "责任清单": (15, 15, 90),
    "催报名单": (3, 5, 40),
    "争议汇总": (2, 2, 3),
    "争议核对": (1, 1, 1),
    "情况通报": (3, 3, 3),
    "领导签批单": (1, 1, 1),
    "催报函": (1, 1, 1),
    "整改通知": (3, 3, 3),
    "公示稿": (3, 8, 80),
    "回执": (1, 1, 1),
}
"""Kind → pages at most of 8, 40 and 400 units."""
DISPUTED, NO_BIRTHS = ("争议汇总", "争议核对"), "yizheng-2022"
"""What is written where two units name one person, and a policy whose form cannot tell that it is one."""
LETTERS = ("情况通报", "领导签批单", "催报函", "整改通知", "公示稿", "回执")
FEW = 5
"""Lines that a page has at least that is not the first of a sheet, its footer among them."""


@dataclass(frozen=True)
class Printed:
    """What LibreOffice made of one thing: the text of each page, and what stands on the first page of each sheet."""

    texts: list[str]
    titles: frozenset[str]

    def lost(self) -> list[str]:
        """Pages with a few lines only on which no sheet begins."""
        return [
            text
            for text in self.texts
            if sum(bool(line.strip()) for line in text.splitlines()) < FEW
            and not any(title in "".join(text.split()) for title in self.titles)
        ]


def titles(path: Path) -> frozenset[str]:
    """The longest text of the first two rows of each sheet."""
    if path.suffix != ".xlsx":
        return frozenset()
    top = (
        [str(v) for row in sheet.iter_rows(max_row=2, values_only=True) for v in row if v]
        for sheet in load_workbook(path)
    )
    return frozenset("".join(max(texts[:1], key=len).split()) for texts in top if texts)


def claiming(made: Round):
    """A change of the rows of `post`: the first one is a person that another unit names too."""
    names = made.campaign.form.by_name["post"].names
    return {"post": lambda rows: [{k: v for k, v in (rows[0] | PERSON).items() if k in names}, *rows[1:]]}


def things(made: Round) -> Iterator[tuple[str, Path]]:
    """Everything that is printed of a round, by its kind; of what every unit gets, one."""
    checked, campaign = made.check(), made.campaign
    for path in write_all(checked, campaign.output):
        if path.stem in MOST:
            yield path.stem, path
    yield "单位一页纸", write_unit_pages(checked)[0]
    yield "上报汇总", write_upward(upward_of(checked), campaign.output / "上报汇总.xlsx", campaign.id)
    office = next(name for name in campaign.policy.offices if name in OFFICES)
    say_offices(campaign, {office: made.units[0].code}, "不发")
    yield "责任清单", write_lists(checked).lists[0]
    yield "催报名单", write_chase(checked, made.day, campaign.output)[0][0]
    for path in write_disputes(checked)[:2]:
        yield ("争议汇总" if path.stem == "争议汇总" else "争议核对"), path
    letters = {path.stem if path.stem in MOST else path.parent.name: path for path in write_letters(checked).paths}
    yield from letters.items()
    yield "回执", write_receipts(checked, made.day)[0]


@pytest.fixture(scope="module", params=SIZES)
def printed(request, tmp_path_factory):
    """Kind → how it is printed."""
    folder, units = tmp_path_factory.mktemp("印"), request.param
    made = Round(folder / "批次", units, SIZES[units])
    made.issue()
    for place in range(units - SILENT):
        made.put(place, rows=claiming(made) if place in SAME else None)
    for kind, path in things(made):
        shutil.copyfile(path, folder / f"{kind}{path.suffix}")
    paths = sorted((*folder.glob("*.xlsx"), *folder.glob("*.docx")))
    paths = [path for path in paths if path.stem in MOST and (path.stem != BULKY or units < 40 or LONG)]
    pdfs = convert_all(paths, folder, "pdf", anew=False)
    return units, {path.stem: Printed(page_texts(pdf), titles(path)) for path, pdf in zip(paths, pdfs, strict=True)}


@needs_writer
def test_pages_of_everything_that_is_printed(printed):
    units, found = printed
    missing = {*(DISPUTED if SIZES[units] == NO_BIRTHS else ()), *([BULKY] if units >= 40 and not LONG else ())}
    assert found.keys() >= MOST.keys() - missing
    counts = {kind: len(one.texts) for kind, one in found.items()}
    print(units, counts)
    most = {kind: limits[sum(units > size for size in (8, 40))] for kind, limits in MOST.items()}
    assert {kind: count for kind, count in counts.items() if count > most[kind]} == {}
    for kind, one in found.items():
        assert not any("###" in text for text in one.texts), kind
        assert kind in LETTERS or len(one.lost()) <= len(one.texts) // 100, (kind, one.lost())
