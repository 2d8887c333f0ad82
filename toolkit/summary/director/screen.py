"""The hidden tables of 综合汇总.xlsx for the screen: annual statistics, tallies, pairs of figures that must agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from toolkit.drawing.values import Formula, Value, value_of
from toolkit.model.batch import ASIDE, STATES, Dataset
from toolkit.model.figures import PROVED, TOLD
from toolkit.model.form import FixedRow
from toolkit.model.organisations import IN_FORCE, LEAVES, SHEET, Organisations
from toolkit.model.withholding import FEWEST, restricted_stats
from toolkit.summary.book import Book, Page
from toolkit.summary.director.behind import MONEY, Told
from toolkit.summary.labels import BookWords, Heading, book_words, words
from toolkit.summary.values import shown_names

TALLIES = (
    ("party_org", "org_type"),
    ("post", "post_type"),
    ("study_group", ""),
    ("event", "event_type"),
    ("floating", "direction"),
    ("honor", "item_type"),
)


def screen_sheets(book: Book, told: Told) -> None:
    """Adds the tables; none of them is printed."""
    sheets, dataset = book_words("overview"), told.lines.dataset
    tally_table(book, sheets, dataset, told.lines.orgs, told.facts)
    annual_table(book, sheets, dataset, told.facts)
    _checks(book, sheets, told)


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
    page.hide()
    page.frame(**facts)
    page.header(freeze=len(text.columns))
    values = stat_values(dataset)
    rows: list[dict[str, Value]] = [
        {"no": number, "unit": name, **{stat.key: values.get((code, stat.key)) for stat in stats}}
        for number, (code, name) in enumerate(shown_names(dataset.units).items(), 1)
    ]
    span = page.table(rows)
    page.total(span, page.sums(span, rows, [stat.key for stat in stats]), label_columns=len(text.columns))


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
    page.hide()
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
    rows = [
        {"sheet": sheet.label, "column": column.label, "value": value, "count": counts[value]}
        for value in dict.fromkeys(order)
    ]
    span = page.table(rows)
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
    page.table(
        {"sheet": sheet.label, "column": text["sensitive"], "value": _stat_label("{name}", stat), "count": shown}
        for stat in stats
        for shown in [text["below"] if stat.key in hidden else sums[stat.key]]
    )


def _checks(book: Book, sheets: BookWords, told: Told) -> None:
    """核对: pairs of figures that must agree."""
    page = book.page(sheets["checks"])
    page.hide()
    page.frame()
    page.header()
    text, common = page.words.words, words().common
    rows = []
    for number, (key, left, right) in enumerate(_pairs(told), 1):
        row = page.at(number)
        same = value_of(left) == value_of(right)
        check = f'=IF(ROUND(B{row}-C{row},2)=0,"{common["agrees"]}","{common["differs"]}")'
        rows.append(
            {
                "item": text[key],
                "left": left,
                "right": right,
                "result": Formula(check, common["agrees" if same else "differs"]),
            }
        )
    page.table(rows)


def _pairs(told: Told) -> Iterator[tuple[str, Value, Value]]:
    data, lines, merged, figures = told.data, told.lines, told.merged, told.figures
    rows, files = merged.rows, merged.files
    aside = sum(files[state] for state in ASIDE)
    yield "files", files["total"] - aside, sum(files[state] for state in STATES if state not in ASIDE)
    yield "rows", rows["read"] - rows["aside"], rows["merged"] + rows["rejected"] + rows["not_data"]
    for key in ("due", "paid"):
        yield key, data.sum(key), _decimal(lines.allowance.totals.get(key))
    yield "orgs", data.sum("orgs"), lines.org_total
    branches = (one.total for one in lines.orgs.selected(LEAVES))
    yield "members", data.sum("members"), sum(map(int, filter(None, branches)))
    yield "events", data.sum("events"), len(lines.dataset.records.rows("event").rows)
    for kind, prefix in ((PROVED, ""), (TOLD, "told_")):
        yield f"{prefix}met", data.sum(f"{prefix}met"), figures.whole[kind].met
        yield f"{prefix}asked", data.sum(f"{prefix}asked"), figures.whole[kind].asked
    parts = "+".join(str(part.text)[1:] for key in MONEY[1:] if isinstance(part := data.sum(key), Formula))
    whole = figures.account.total
    yield "reported", data.sum("reported"), Formula(f"={parts}", sum(whole.parts, Decimal(0))) if parts else 0


def _decimal(value: object) -> Decimal:
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)
