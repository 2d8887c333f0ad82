"""The tables of 综合汇总.xlsx: units, annual statistics, tallies, cross-checks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from toolkit.model.batch import ASIDE, STATES, Dataset
from toolkit.model.cell import on_sheet
from toolkit.model.figures import PROVED, TOLD, Figures, UnitFigures
from toolkit.model.form import FixedRow
from toolkit.model.organisations import IN_FORCE, LEAVES, SHEET, Organisations
from toolkit.model.reports import AllowanceReport
from toolkit.model.result import LEVELS
from toolkit.model.standing import COUNTED
from toolkit.model.withholding import FEWEST, restricted_stats
from toolkit.summary.allowance_book import total
from toolkit.summary.book import Book, Page
from toolkit.summary.compliance_book import blocks_of, rate
from toolkit.summary.definitions import definitions
from toolkit.summary.labels import BookWords, Heading, words
from toolkit.summary.money_tables import money_table
from toolkit.summary.values import Formula, Span, Value, shown_names, value_of

if TYPE_CHECKING:
    from toolkit.model.merged import Merged

TALLIES = (
    ("party_org", "org_type"),
    ("post", "post_type"),
    ("study_group", ""),
    ("event", "event_type"),
    ("floating", "direction"),
    ("honor", "item_type"),
)
STATS_PER_PAGE = 12


@dataclass(frozen=True)
class Tables:
    """What the front page refers to in 单位一览.

    Args:
        due: unit name → (cell of its allowance, value).
        sums: column key → address of its total.
        values: column key → value of its total.
    """

    due: Mapping[str, tuple[str, Decimal]]
    sums: Mapping[str, str]
    values: Mapping[str, Decimal]


def units_table(
    book: Book,
    sheets: BookWords,
    dataset: Dataset,
    orgs: Organisations,
    allowance: AllowanceReport,
    figures: Figures,
    facts: Mapping[str, object],
) -> Tables:
    """单位一览: one row a unit, in official order, totals live; what 党组织 and 党员 count: see `org_count`."""
    page = book.page(sheets["units"])
    page.frame(**facts)
    page.header(freeze=2)
    names = shown_names(dataset.units)
    events = Counter(row.origin.unit for row in dataset.records.rows("event").rows)
    money = {key: _by_unit(allowance, key) for key in ("due", "paid")}
    rows: list[tuple[Value, ...]] = []
    due: dict[str, tuple[str, Decimal]] = {}
    for number, one in enumerate(figures.units, 1):
        code, row = one.unit, page.row + number
        name = names.get(code, code)
        counts = (org_count(orgs, code), orgs.members(code), events[code]) if one.counted else (None, None, None)
        state = words().standings[COUNTED] if one.counted else one.overall
        amounts = (money["due"].get(code), money["paid"].get(code))
        rows.append((number, name, state, *counts, *amounts, one.overall, *_rated(page, row, one)))
        due[name] = (on_sheet(page.name, page.cell("due", row)), money["due"].get(code, Decimal(0)))
    span = page.body(rows, filtered=True)
    keys = ("orgs", "members", "events", "due", "paid", "hard", "soft", "met", "asked", "told_met", "told_asked")
    sums = page.sums(span, rows, keys)
    values = {key: value_of(value) for key, value in sums.items()}
    for kind, prefix in ((PROVED, ""), (TOLD, "told_")):
        share = figures.whole[kind]
        sums[f"{prefix}rate"] = rate(page, page.row + 1, share.met, share.asked, prefix)
    addresses = page.total(span, sums, label_columns=3)
    for text in (*page.words.notes, *definitions(figures)):
        page.note(text)
    return Tables(due, addresses, values)


def _rated(page: Page, row: int, one: UnitFigures) -> tuple[Value, ...]:
    """硬性未达标, 软性未达标, and what was met of what was asked by 据实 and 自报; empty when nothing counts."""
    if not one.counted:
        return (None,) * 8
    proved, told = one.proved, one.told
    shares = (proved.met, proved.asked, rate(page, row, proved.met, proved.asked))
    ticks = (told.met, told.asked, rate(page, row, told.met, told.asked, "told_"))
    return (one.hard, one.soft, *shares, *ticks)


def account_table(book: Book, sheets: BookWords, dataset: Dataset, figures: Figures, facts: Mapping) -> dict[str, str]:
    """补贴对账: the four parts of the reported money, unit by unit; the address of each total."""
    page = book.page(sheets["account"])
    page.frame(**facts)
    return money_table(page, figures.account, shown_names(dataset.units))


def _by_unit(allowance: AllowanceReport, key: str) -> dict[str, Decimal]:
    own: dict[str, list] = defaultdict(list)
    for one in allowance.persons:
        own[one.unit].append(getattr(one, key))
    return {unit: total(values) for unit, values in own.items()}


def org_count(orgs: Organisations, unit: str | None = None) -> int:
    """The number of organisations in force on the day, temporary ones included, of a unit or of all."""
    return len(orgs.selected(IN_FORCE, unit))


def annual_table(book: Book, sheets: BookWords, dataset: Dataset, facts: Mapping[str, object]) -> None:
    """年度汇总数: units × statistics, those about personal matters left out; totals live."""
    sheet = dataset.form.by_name.get("annual_stat")
    if sheet is None:
        return
    text = sheets["data"]
    restricted = restricted_stats(dataset.form)
    stats = [row for row in sheet.fixed_rows if row.key not in restricted]
    width, pattern = float(text.words["cell"]), text.words["heading"]
    columns = [
        Heading(stat.key, _stat_label(pattern, stat), width, "count" if stat.integer else "number") for stat in stats
    ]
    page = book.page(text, columns)
    page.paper(fit=False)
    page.raw.set_print_scale(80)
    fixed = len(text.columns)
    blocks = blocks_of(fixed, len(columns), STATS_PER_PAGE)
    page.frame_in_blocks(blocks, fixed, **facts)
    page.header(freeze=fixed)
    page.raw.repeat_columns(0, fixed - 1)
    page.raw.set_v_pagebreaks([first for first, _ in blocks[1:]])
    values = stat_values(dataset)
    rows: list[tuple[Value, ...]] = [
        (number, name, *(values.get((code, stat.key)) for stat in stats))
        for number, (code, name) in enumerate(shown_names(dataset.units).items(), 1)
    ]
    span = page.body(rows)
    page.total(span, page.sums(span, rows, [stat.key for stat in stats]), label_columns=fixed)


def _stat_label(pattern: str, stat: FixedRow) -> str:
    return pattern.format(name=stat.values.get("stat_name", stat.key), unit=stat.values.get("stat_unit", ""))


def stat_values(dataset: Dataset) -> dict[tuple[str, str], Decimal]:
    """Annual statistics by (unit, statistic); those left empty are missing, not zero."""
    rows = dataset.records.rows("annual_stat").rows
    return {(row.origin.unit, row.stat_code): row.value for row in rows if isinstance(row.value, Decimal)}


def tally_table(
    book: Book, sheets: BookWords, dataset: Dataset, orgs: Organisations, facts: Mapping[str, object]
) -> None:
    """分类统计: rows by kind, a live subtotal for each, then the statistics of which only totals are shown.

    Of the organisations, those in force on the day; of other sheets, all merged rows.
    """
    page = book.page(sheets["tally"])
    page.frame(**facts)
    page.header()
    for sheet_name, column_name in TALLIES:
        if sheet_name in dataset.form.by_name and column_name:
            _tally(page, dataset, orgs, sheet_name, column_name)
    _sensitive(page, dataset)
    for text in page.words.notes:
        page.note(text)


def _tally(page: Page, dataset: Dataset, orgs: Organisations, sheet_name: str, column_name: str) -> None:
    sheet = dataset.form.by_name[sheet_name]
    column = sheet.by_name.get(column_name)
    if column is None:
        return
    if sheet_name == SHEET:
        kinds: Iterable[str] = (one.kind for one in orgs.selected(IN_FORCE))
    else:
        kinds = (getattr(row, column_name) for row in dataset.records.rows(sheet_name).rows)
    counts = Counter(value or page.words.words["empty"] for value in kinds)
    order = [value for value in (*dataset.form.choices(column), *sorted(counts)) if counts[value]]
    rows = [(sheet.label, column.label, value, counts[value]) for value in dict.fromkeys(order)]
    span = page.body(rows)
    page.total(span, page.sums(span, rows, ["count"]), page.words.words["subtotal"], 3)


def _sensitive(page: Page, dataset: Dataset) -> None:
    """Totals over all units; a total below 3 and the totals that are parts of it are not printed."""
    sheet = dataset.form.by_name.get("annual_stat")
    restricted = restricted_stats(dataset.form)
    stats = [row for row in sheet.fixed_rows if row.key in restricted] if sheet else []
    if not sheet or not stats:
        return
    text = page.words.words
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for (_, code), value in stat_values(dataset).items():
        sums[code] += value
    hidden = {stat.key for stat in stats if 0 < sums[stat.key] < FEWEST}
    hidden |= {stat.key for stat in stats if stat.parent in hidden}
    page.body(
        (sheet.label, text["sensitive"], _stat_label("{name}", stat), shown)
        for stat in stats
        for shown in [text["below"] if stat.key in hidden else sums[stat.key]]
    )


def checks_table(
    book: Book,
    sheets: BookWords,
    merged: Merged,
    dataset: Dataset,
    orgs: Organisations,
    allowance: AllowanceReport,
    figures: Figures,
    tables: Tables,
    levels: Span,
    money: Mapping[str, str],
) -> None:
    """核对: pairs of figures that must agree."""
    page = book.page(sheets["checks"])
    page.frame()
    page.header()
    text, common = page.words.words, words().common
    rows = []
    pairs = [*_pairs(merged, dataset, orgs, allowance, figures, tables, levels), _money_pair(figures, money)]
    for number, (key, left, right) in enumerate(pairs, 1):
        row = page.row + number
        same = value_of(left) == value_of(right)
        check = f'=IF(ROUND(B{row}-C{row},2)=0,"{common["agrees"]}","{common["differs"]}")'
        rows.append((text[key], left, right, Formula(check, common["agrees" if same else "differs"])))
    page.body(rows)


def _pairs(
    merged: Merged,
    dataset: Dataset,
    orgs: Organisations,
    allowance: AllowanceReport,
    figures: Figures,
    tables: Tables,
    levels: Span,
) -> Iterator[tuple[str, Value, Value]]:
    def live(key: str) -> Value:
        return Formula(f"={tables.sums[key]}", tables.values[key])

    rows, files = merged.rows, merged.files
    aside = sum(files[state] for state in ASIDE)
    yield "files", files["total"] - aside, sum(files[state] for state in STATES if state not in ASIDE)
    yield "rows", rows["read"] - rows["aside"], rows["merged"] + rows["rejected"] + rows["not_data"]
    for key in ("due", "paid"):
        yield key, live(key), _decimal(allowance.totals.get(key))
    yield "orgs", live("orgs"), org_count(orgs)
    yield "members", live("members"), sum(map(int, filter(None, (one.total for one in orgs.selected(LEAVES)))))
    yield "events", live("events"), len(dataset.records.rows("event").rows)
    block = f"{levels.column(1)}:{levels.column(len(LEVELS), local=True)}"
    judged = sum(figures.counts.values())
    yield "levels", Formula(f"=SUM({block})", judged) if not levels.empty else 0, judged
    for kind, prefix in ((PROVED, ""), (TOLD, "told_")):
        yield f"{prefix}met", live(f"{prefix}met"), figures.whole[kind].met
        yield f"{prefix}asked", live(f"{prefix}asked"), figures.whole[kind].asked


def _money_pair(figures: Figures, money: Mapping[str, str]) -> tuple[str, Value, Value]:
    whole = figures.account.total
    parts = Formula(f"={money['sum']}", sum(whole.parts, Decimal(0)))
    return "reported", Formula(f"={money['reported']}", whole.reported), parts


def _decimal(value: object) -> Decimal:
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)
