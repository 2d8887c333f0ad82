"""Puts the pages of 综合汇总.xlsx together, and the hidden sheets behind them."""

from __future__ import annotations

from toolkit.model.merged import Merged
from toolkit.summary.director.basis import basis
from toolkit.summary.director.behind import Told
from toolkit.summary.director.clauses import clauses
from toolkit.summary.director.front import front
from toolkit.summary.director.money import money
from toolkit.summary.director.ranking import ranking
from toolkit.summary.director.screen import screen_sheets
from toolkit.summary.director.ways import Ways
from toolkit.summary.last_year import LastYear
from toolkit.summary.paper.page import Paper
from toolkit.summary.unit_lines import UnitLines


def director_workbook(
    lines: UnitLines,
    merged: Merged,
    title: str,
    day: str = "",
    before: LastYear | None = None,
    ways: Ways | None = None,
) -> bytes:
    """综合汇总.xlsx: 总体情况, 问题在哪里, 单位排名 (one page or two), 补贴对账, 口径与依据.

    Hidden: 分类统计, 年度汇总数, 核对, and the values that the pages point to.

    Args:
        title: title of the collection round, kept as the document's title.
        day: the day of judgement as it is printed, with the reason why it is that day; "" = only the day.
        before: what the round before printed; None = nobody knows.
        ways: where units and clauses lead; None = nothing is linked.
    """
    policy, report = lines.policy, lines.allowance
    facts = {
        "year": report.year,
        "day": day or report.as_of,
        "as_of": day or report.as_of,
        "policy": policy.title,
        "issuer": policy.issuer,
    }
    told = Told(lines, merged, facts, before, ways or Ways())
    book = Paper(title)
    front(book.sheet(told.page("front"), **facts), told)
    clauses(book.sheet(told.page("clauses"), **facts), told)
    ranking(book, told)
    money(book.sheet(told.page("money"), **facts), told)
    basis(book.sheet(told.page("basis"), **facts), told)
    screen_sheets(book, told)
    told.data.put(book)
    told.clauses.put(book)
    told.drawn.put(book)
    return book.close()
