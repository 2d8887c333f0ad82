"""综合汇总.xlsx: the page that the director signs, and the tables it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from toolkit.model.batch import ASIDE, STATES, Dataset
from toolkit.model.figures import (
    CHOOSE,
    FAILED,
    FINE,
    NOT_BACK,
    OPEN,
    PROVED,
    TO_FIX,
    TOLD,
    WARNED,
    Figures,
)
from toolkit.model.organisations import organisations_of
from toolkit.model.policy import Policy
from toolkit.model.reports import AllowanceReport
from toolkit.model.result import (
    LEVELS,
    MET,
    MET_BY_EXCEPTION,
    NOT_APPLICABLE,
    NOT_MET,
    UNDETERMINED,
    UNSET,
    WARNING,
)
from toolkit.summary.allowance_book import total
from toolkit.summary.book import Book, Page
from toolkit.summary.definitions import unset_sentence
from toolkit.summary.grouping import part_of, short_title
from toolkit.summary.labels import BookWords, book_words, in_terms, words
from toolkit.summary.overview_tables import (
    Tables,
    account_table,
    annual_table,
    checks_table,
    tally_table,
    units_table,
)
from toolkit.summary.values import Formula, Span, Value

if TYPE_CHECKING:
    from toolkit.model.merged import Merged

MOST_UNITS = 10
WORST_SHOWN = 3
OVERALLS = {"failed": FAILED, "open": OPEN, "warned": WARNED, "fine": FINE}
BAR_COLOURS = {MET: "#70AD47", MET_BY_EXCEPTION: "#A9D18E", WARNING: "#FFC000", NOT_MET: "#C55A11"}
OTHER_COLOURS = {NOT_APPLICABLE: "#BFBFBF", UNDETERMINED: "#5B9BD5", UNSET: "#D9D9D9"}


def overview_workbook(
    merged: Merged,
    dataset: Dataset,
    allowance: AllowanceReport,
    figures: Figures,
    policy: Policy,
    title: str,
    day: str = "",
) -> bytes:
    """综合汇总.xlsx: 总览, 单位一览, 补贴对账, 年度汇总数, 分类统计, 图表数据, 核对.

    Args:
        figures: rates, 总评 and the account of the money, as in all outputs.
        title: title of the collection round, kept as the document's title.
        day: the day of judgement as it is printed, with the reason why it is that day; "" = only the day.
    """
    sheets = in_terms(book_words("overview")) if policy.due_is_floor else book_words("overview")
    facts = {"year": allowance.year, "as_of": day or allowance.as_of, "policy": policy.title}
    book = Book(title)
    front = book.page(sheets["front"])
    orgs = organisations_of(dataset, allowance.as_of)
    tables = units_table(book, sheets, dataset, orgs, allowance, figures, facts)
    money = account_table(book, sheets, dataset, figures, facts)
    annual_table(book, sheets, dataset, facts)
    tally_table(book, sheets, dataset, orgs, facts)
    drawn = _drawn(book, sheets, merged, figures, policy, tables)
    checks_table(book, sheets, merged, dataset, orgs, allowance, figures, tables, drawn["levels"], money)
    _front(front, _numbers(merged, allowance, figures), figures, policy, {**tables.sums, **money}, drawn, facts)
    return book.close()


def _drawn(
    book: Book, sheets: BookWords, merged: Merged, figures: Figures, policy: Policy, tables: Tables
) -> dict[str, Span]:
    """The ranges that the charts draw: levels by part, files by state, the ten largest allowances."""
    page = book.page(sheets["figures"])
    page.frame()
    page.header()
    text = page.words.words
    parts = part_of(policy)
    counts: Counter[tuple[str, str]] = Counter()
    for (clause, level), count in figures.counts.items():
        counts[parts.get(clause, clause), level] += count
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
    numbers: Mapping[str, int | Decimal],
    figures: Figures,
    policy: Policy,
    sums: Mapping[str, str],
    drawn: Mapping[str, Span],
    facts: Mapping[str, object],
) -> None:
    page.paper(pages=1)
    page.frame(**facts)
    text = page.words.words
    page.section(text["figures"])
    _strip(page, _returns_strip(numbers, drawn["states"]))
    _strip(page, _results_strip(numbers, figures, sums))
    page.section(text["conclusions"])
    for sentence in _sentences(text, numbers, figures, policy):
        page.note(sentence)
    page.section(text["charts"])
    _charts(page, drawn)
    page.signature()


def _numbers(merged: Merged, allowance: AllowanceReport, figures: Figures) -> dict[str, int | Decimal]:
    states, units = figures.overalls, len(figures.units)
    pending = states[CHOOSE] + states[TO_FIX]
    proved, told, money = figures.whole[PROVED], figures.whole[TOLD], figures.account.total
    return {
        "units": units,
        "returned": units - pending - states[NOT_BACK],
        "pending": pending,
        "missing": states[NOT_BACK],
        "files": sum(not one.aside for one in merged.returns),
        "counted": sum(one.counts for one in merged.returns),
        **merged.rows,
        "read": merged.rows["read"] - merged.rows["aside"],
        "persons": sum(bool(one.due) for one in allowance.persons),
        "due": total(one.due for one in allowance.persons),
        "paid": total(one.paid for one in allowance.persons),
        "reported": money.reported,
        "elsewhere": money.registered + money.refused,
        "hard": sum(one.hard for one in figures.units),
        "met": proved.met,
        "asked": proved.asked,
        "told_met": told.met,
        "told_asked": told.asked,
        **{key: states[word] for key, word in OVERALLS.items()},
    }


def _returns_strip(numbers: Mapping[str, int | Decimal], states: Span) -> list[tuple[str, str, Value]]:
    values: dict[str, Value] = {key: numbers[key] for key in ("units", "returned", "pending", "missing")}
    values["files"] = Formula(f"=SUM({states.column(1)})", numbers["files"])
    values |= {key: numbers[key] for key in ("counted", "merged", "rejected")}
    return [(key, "count", value) for key, value in values.items()]


def _results_strip(
    numbers: Mapping[str, int | Decimal], figures: Figures, sums: Mapping[str, str]
) -> list[tuple[str, str, Value]]:
    def live(key: str, value: object) -> Formula:
        return Formula(f"={sums[key]}", value)

    rates = {kind: share.rate if share.asked else "" for kind, share in figures.whole.items()}
    return [
        ("persons", "count", numbers["persons"]),
        ("due", "money", live("due", numbers["due"])),
        ("paid", "money", live("paid", numbers["paid"])),
        ("reported", "money", live("reported", numbers["reported"])),
        ("hard", "count", live("hard", numbers["hard"])),
        ("proved_rate", "percent", live("rate", rates[PROVED])),
        ("told_rate", "percent", live("told_rate", rates[TOLD])),
        ("failed", "count", numbers["failed"]),
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
    text: Mapping[str, str], numbers: Mapping[str, int | Decimal], figures: Figures, policy: Policy
) -> list[str]:
    shown: dict[str, object] = {key: f"{value:,}" for key, value in numbers.items()}
    for key, share in (("rate", figures.whole[PROVED]), ("told_rate", figures.whole[TOLD])):
        shown[key] = words().common["none"] if share.rate is None else f"{share.rate:.1%}"
    clauses = "、".join(
        text["clause_count"].format(title=short_title(policy.clauses.get(code), code), count=count)
        for code, count in figures.most_missed()[:WORST_SHOWN]
    )
    first = "say_returned" if numbers["returned"] < numbers["units"] else "say_all_returned"
    keys = [first, "say_rows", "say_allowance", "say_levels", "say_overall"]
    keys.append("say_worst" if clauses else "say_no_worst")
    said = [text[key].format(**shown, clauses=clauses) for key in keys]
    return [*said, *(text["say_unset"].format(sentence=sentence) for sentence in unset_sentence(figures))]


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
