"""综合汇总.xlsx: the page that the director signs, and the tables it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from toolkit.model.batch import ASIDE, STATES, Dataset
from toolkit.model.organisations import organisations_of
from toolkit.model.policy import Policy
from toolkit.model.result import (
    LEVELS,
    MET,
    MET_BY_EXCEPTION,
    NOT_APPLICABLE,
    NOT_MET,
    UNDETERMINED,
    UNSET,
    WARNING,
    AllowanceReport,
    ComplianceReport,
)
from toolkit.model.standing import ABSENT, AGAIN, CHOOSE, COUNTED, standings
from toolkit.summary.allowance_book import DOUBTS, total
from toolkit.summary.book import Book, Page
from toolkit.summary.grouping import cells, part_of, short_title
from toolkit.summary.labels import BookWords, book_words, words
from toolkit.summary.overview_tables import Tables, annual_table, checks_table, tally_table, units_table
from toolkit.summary.values import Formula, Span, Value

if TYPE_CHECKING:
    from toolkit.model.merged import Merged

MOST_UNITS = 10
WORST_SHOWN = 3
BAR_COLOURS = {MET: "#70AD47", MET_BY_EXCEPTION: "#A9D18E", WARNING: "#FFC000", NOT_MET: "#C55A11"}
OTHER_COLOURS = {NOT_APPLICABLE: "#BFBFBF", UNDETERMINED: "#5B9BD5", UNSET: "#D9D9D9"}


def overview_workbook(
    merged: Merged,
    dataset: Dataset,
    allowance: AllowanceReport,
    compliance: ComplianceReport,
    policy: Policy,
    title: str,
    why: str = "",
) -> bytes:
    """综合汇总.xlsx: 总览, 单位一览, 年度汇总数, 分类统计, 图表数据, 核对.

    Args:
        title: title of the collection round, kept as the document's title.
        why: why the day of judgement is that day; "" = it was named.
    """
    sheets = book_words("overview")
    facts = {"year": allowance.year, "as_of": allowance.as_of, "why": why, "policy": policy.title}
    book = Book(title)
    front = book.page(sheets["front"])
    orgs = organisations_of(dataset, allowance.as_of)
    tables = units_table(book, sheets, merged, dataset, orgs, allowance, compliance, facts)
    annual_table(book, sheets, dataset, facts)
    tally_table(book, sheets, dataset, orgs, facts)
    figures = _figures(book, sheets, merged, compliance, policy, tables)
    checks_table(book, sheets, merged, dataset, orgs, allowance, compliance, tables, figures["levels"])
    _front(front, merged, dataset, allowance, compliance, policy, tables, figures, facts)
    return book.close()


def _figures(
    book: Book, sheets: BookWords, merged: Merged, compliance: ComplianceReport, policy: Policy, tables: Tables
) -> dict[str, Span]:
    """The ranges that the charts draw: levels by part, files by state, the ten largest allowances."""
    page = book.page(sheets["figures"])
    page.frame()
    page.header()
    text = page.words.words
    parts = part_of(policy)
    counts = Counter((parts.get(one.clause, one.clause), one.level) for one in compliance.results)
    names = [name for name in dict.fromkeys(parts.values()) if any(counts[name, level] for level in LEVELS)]
    page.section(text["parts"])
    levels = page.body([(name, *(counts[name, level] for level in LEVELS)) for name in names])
    page.section(text["states"])
    blank: tuple[Value, ...] = (None,) * (len(LEVELS) - 1)
    states = Counter(one.state for one in merged.returns)
    files = page.body([(text[state], states[state], *blank) for state in STATES if state not in ASIDE])
    page.section(text["allowance"])
    largest = sorted(tables.due.items(), key=lambda item: (-item[1][1], item[0]))[:MOST_UNITS]
    rows = [(name, Formula(f"={cell}", amount), *blank) for name, (cell, amount) in largest if amount]
    return {"levels": levels, "states": files, "allowance": page.body(rows)}


def _front(
    page: Page,
    merged: Merged,
    dataset: Dataset,
    allowance: AllowanceReport,
    compliance: ComplianceReport,
    policy: Policy,
    tables: Tables,
    figures: Mapping[str, Span],
    facts: Mapping[str, object],
) -> None:
    page.paper(pages=1)
    page.frame(**facts)
    levels = Counter(one.level for one in compliance.results)
    numbers = _numbers(merged, dataset, allowance, levels)
    text = page.words.words
    page.section(text["figures"])
    _strip(page, _returns_strip(numbers, figures["states"]))
    _strip(page, _results_strip(numbers, tables, figures["levels"]))
    page.section(text["conclusions"])
    for sentence in _sentences(text, numbers, levels, compliance, policy):
        page.note(sentence)
    page.section(text["charts"])
    _charts(page, figures)
    page.signature()


def _numbers(
    merged: Merged, dataset: Dataset, allowance: AllowanceReport, levels: Mapping[str, int]
) -> dict[str, int | Decimal]:
    stand = standings(merged.returns)
    units = Counter(stand.get(unit.code, ABSENT) for unit in dataset.units)
    due, paid = total(one.due for one in allowance.persons), total(one.paid for one in allowance.persons)
    return {
        "units": len(dataset.units),
        "returned": units[COUNTED],
        "pending": units[CHOOSE] + units[AGAIN],
        "missing": units[ABSENT],
        "files": sum(not one.aside for one in merged.returns),
        "counted": sum(one.counts for one in merged.returns),
        **merged.rows,
        "read": merged.rows["read"] - merged.rows["aside"],
        "persons": sum(bool(one.due) for one in allowance.persons),
        "due": due,
        "paid": paid,
        "doubts": sum(one.level in DOUBTS for one in allowance.persons),
        "met": levels.get(MET, 0) + levels.get(MET_BY_EXCEPTION, 0),
        "warning": levels.get(WARNING, 0),
        "not_met": levels.get(NOT_MET, 0),
        "undetermined": levels.get(UNDETERMINED, 0),
        "not_applicable": levels.get(NOT_APPLICABLE, 0),
        "results": sum(levels.values()),
    }


def _returns_strip(numbers: Mapping[str, int | Decimal], states: Span) -> list[tuple[str, str, Value]]:
    values: dict[str, Value] = {key: numbers[key] for key in ("units", "returned", "pending", "missing")}
    values["files"] = Formula(f"=SUM({states.column(1)})", numbers["files"])
    values |= {key: numbers[key] for key in ("counted", "merged", "rejected")}
    return [(key, "count", value) for key, value in values.items()]


def _results_strip(numbers: Mapping[str, int | Decimal], tables: Tables, levels: Span) -> list[tuple[str, str, Value]]:
    at = {level: index for index, level in enumerate(LEVELS, 1)}

    def live(level: str, key: str) -> Value:
        columns = [at[level], at[MET_BY_EXCEPTION]] if level == MET else [at[level]]
        ranges = ",".join(levels.column(column) for column in columns)
        return Formula(f"=SUM({ranges})", numbers[key]) if not levels.empty else 0

    due, paid = tables.sums["due"], tables.sums["paid"]
    return [
        ("persons", "count", numbers["persons"]),
        ("due", "money", Formula(f"={due}", numbers["due"])),
        ("paid", "money", Formula(f"={paid}", numbers["paid"])),
        ("doubts", "count", numbers["doubts"]),
        ("met", "count", live(MET, "met")),
        ("warning", "count", live(WARNING, "warning")),
        ("not_met", "count", live(NOT_MET, "not_met")),
        ("undetermined", "count", live(UNDETERMINED, "undetermined")),
    ]


def _strip(page: Page, figures: list[tuple[str, str, Value]]) -> None:
    """Key figures side by side: heading above, number below."""
    styles = page.book.styles
    for index, (key, kind, value) in enumerate(figures):
        page.put(page.row, index, page.words.words[key], styles.header)
        page.put(page.row + 1, index, value, styles.total("amount" if kind == "money" else kind))
    page.height(page.row, 24)
    page.height(page.row + 1, 28)
    page.row += 2


def _sentences(
    text: Mapping[str, str],
    numbers: Mapping[str, int | Decimal],
    levels: Mapping[str, int],
    compliance: ComplianceReport,
    policy: Policy,
) -> list[str]:
    applicable = sum(levels.values()) - levels.get(NOT_APPLICABLE, 0) - levels.get(UNSET, 0)
    share = f"{numbers['met'] / applicable:.1%}" if applicable else words().common["none"]
    shown: dict[str, object] = {key: f"{value:,}" for key, value in numbers.items()}
    shown["rate"] = share
    missed = Counter(code for (unit, code), level in cells(compliance.results).items() if level == NOT_MET and unit)
    ranked = sorted(missed.items(), key=lambda item: (-item[1], list(policy.clauses).index(item[0])))[:WORST_SHOWN]
    clauses = "、".join(
        text["clause_count"].format(title=short_title(policy.clauses.get(code), code), count=count)
        for code, count in ranked
    )
    first = "say_returned" if numbers["returned"] < numbers["units"] else "say_all_returned"
    keys = [first, "say_rows", "say_allowance", "say_levels"]
    keys.append("say_worst" if clauses else "say_no_worst")
    return [text[key].format(**shown, clauses=clauses) for key in keys]


def _charts(page: Page, figures: Mapping[str, Span]) -> None:
    """Three native charts side by side below the text."""
    text = page.words.words
    top = page.row
    places = ((0, 2, "states", _bars), (2, 3, "levels", _stack), (5, 3, "allowance", _bars))
    titles = {"states": "states_chart", "levels": "parts_chart", "allowance": "allowance_chart"}
    for column, columns, key, draw in places:
        if not figures[key].empty:
            chart = draw(page, figures[key])
            chart.set_title({"name": text[titles[key]], "name_font": {"size": 12}, "overlay": False})
            page.chart(chart, top, column, columns)
    page.row = top + page.CHART_ROWS


def _bars(page: Page, span: Span):
    chart = page.book.raw.add_chart({"type": "bar"})
    chart.add_series(
        {
            "categories": f"={span.column(0)}",
            "values": f"={span.column(1)}",
            "fill": {"color": "#5B9BD5"},
            "data_labels": {"value": True},
            "gap": 60,
        }
    )
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    return chart


def _stack(page: Page, span: Span):
    chart = page.book.raw.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for index, level in enumerate(LEVELS, 1):
        chart.add_series(
            {
                "name": level,
                "categories": f"={span.column(0)}",
                "values": f"={span.column(index)}",
                "fill": {"color": (BAR_COLOURS | OTHER_COLOURS)[level]},
                "gap": 50,
            }
        )
    chart.set_legend({"position": "bottom", "font": {"size": 9}})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    return chart
