"""工作补贴发放表.xlsx: the payment list that the bureau signs, with everything its figures rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from toolkit.drawing.values import Formula, Span, Value, value_of
from toolkit.model.figures import Account
from toolkit.model.policy import Policy
from toolkit.model.reports import AllowanceReport
from toolkit.model.result import NOT_MET, UNDETERMINED, WARNING, PersonAllowance
from toolkit.model.unit import UnitList
from toolkit.summary.basis import basis_rows, evidence_text
from toolkit.summary.book import Book, Page
from toolkit.summary.labels import BookWords, book_words, in_terms, words
from toolkit.summary.money_tables import Listed, money_table, registered_table
from toolkit.summary.places import Places
from toolkit.summary.public_notice import PublicNotice
from toolkit.summary.values import shown_names
from toolkit.summary.wording import capitals, spans

UNIT_LEVELS = ("standard_level", "pool_level", "budget_level")
DOUBTS = (NOT_MET, UNDETERMINED, WARNING)


@dataclass(frozen=True)
class _Names:
    units: Mapping[str, str]
    orgs: Mapping[str, str]
    places: Places

    def unit(self, code: str) -> str:
        return self.units.get(code, code)

    def org(self, code: str) -> str:
        return self.orgs.get(code, code)


def allowance_workbook(
    report: AllowanceReport,
    account: Account,
    policy: Policy,
    units: UnitList,
    title: str,
    orgs: Mapping[str, str] | None = None,
    day: str = "",
    places: Places | None = None,
) -> bytes:
    """工作补贴发放表.xlsx: 发放表, 单位汇总, 对账, 仅登记, 需核实, 明细月份, 标准和算法, 公示版, 参数与依据.

    Args:
        account: all money that the units reported as paid.
        title: title of the collection round, printed below the titles.
        orgs: organisation names by code; those of the unit list serve where it says nothing.
        day: the day of judgement as it is printed, with the reason why it is that day; "" = only the day.
        places: where the rows lie that the figures rest on; None = nothing is linked.
    """
    sheets, places = book_words("allowance"), places or Places()
    terms, floor, day = sheets["list"].words, policy.due_is_floor, day or str(report.as_of)
    if floor:
        sheets = in_terms(sheets)
    known = {org.code: org.name for unit in units for org in unit.orgs}
    names = _Names(shown_names(units), {**known, **(orgs or {})}, places)
    persons = in_order(report, units)
    book = Book(title)
    listed, span, sums = _list(
        book, sheets, report, persons, names, ([terms["floor"]] if floor else []) + [terms["as_of"].format(as_of=day)]
    )
    per_unit = _units(book, sheets, report, persons, names, listed, span)
    _account(book, sheets, report, account, names, Listed(listed, span))
    _doubts(book, sheets, persons, names)
    _months(book, sheets, report, persons, names)
    _grounds(book, sheets, report, persons, names)
    _public(book, sheets, report, persons, names)
    _basis(book, sheets, report, policy, sums, per_unit, day)
    return book.close()


def in_order(report: AllowanceReport, units: UnitList) -> list[PersonAllowance]:
    """The rows in official unit order; within a unit as the computation gave them."""
    place = {unit.code: index for index, unit in enumerate(units)}
    return sorted(report.persons, key=lambda row: (place.get(row.unit, len(place)), row.unit))


def _list(
    book: Book,
    sheets: BookWords,
    report: AllowanceReport,
    persons: Sequence[PersonAllowance],
    names: _Names,
    remarks: Sequence[str],
) -> tuple[Page, Span, dict[str, str]]:
    page = book.page(sheets["list"])
    text = sheets["list"].words
    page.frame(year=report.year)
    page.header(freeze=4)
    rows: list[dict[str, Value]] = []
    for number, one in enumerate(persons, 1):
        due, paid = (page.cell(key, page.at(number)) for key in ("due", "paid"))
        own = one.evidence[0] if one.evidence else None
        rows.append(
            {
                "no": names.places.merged(number, own),
                "unit": names.unit(one.unit),
                "org": names.org(one.org),
                "name": names.places.returned(one.name, own),
                "post": one.post,
                "period": spans([month for month, _ in one.monthly]),
                "months": one.months,
                "rate": one.rate,
                "due": one.due,
                "paid": one.paid,
                "difference": Formula(f'=IF(OR({due}="",{paid}=""),"",{due}-{paid})', difference(one)),
                "level": one.level,
                "note": one.reason,
            }
        )
    span = page.table(rows, filtered=True)
    keys = ("months", "due", "paid", "difference")
    sums = page.sums(span, rows, keys)
    addresses = page.total(span, sums, label_columns=6)
    for key in ("due", "paid"):
        page.note(text[f"{key}_capitals"].format(amount=capitals(value_of(sums[key]))))
    doubtful = [text["open"]] if any(difference(one) == "" for one in persons) else []
    for line in (*doubtful, *remarks):
        page.note(line)
    page.signature()
    return page, span, addresses


def difference(one: PersonAllowance) -> Decimal | str:
    """Due less paid; empty when one of them is unknown."""
    return "" if one.due is None or one.paid is None else one.due - one.paid


def _units(
    book: Book,
    sheets: BookWords,
    report: AllowanceReport,
    persons: Sequence[PersonAllowance],
    names: _Names,
    listed: Page,
    span: Span,
) -> dict[str, str]:
    judged = [key for key in UNIT_LEVELS if any(figures.get(key) for figures in report.units.values())]
    page = book.page(sheets["units"].without(set(UNIT_LEVELS) - set(judged)))
    page.frame(year=report.year)
    page.header(freeze=2)
    by_unit: dict[str, list[PersonAllowance]] = {code: [] for code in names.units}
    for one in persons:
        by_unit.setdefault(one.unit, []).append(one)
    rows: list[dict[str, Value]] = []
    for number, (code, own) in enumerate(by_unit.items(), 1):
        row = page.at(number)
        figures = report.units.get(code, {})
        sums = {
            "months": total(one.months for one in own),
            "due": total(one.due for one in own),
            "paid": total(one.paid for one in own),
            "difference": total(difference(one) for one in own),
        }
        rows.append(
            {
                "no": number,
                "unit": names.unit(code),
                "persons": _counted(listed, span, row, len(own)),
                **{key: _per_unit(listed, span, key, row, value) for key, value in sums.items()},
                "open": _open(listed, span, row, sum(difference(one) == "" for one in own)),
                **{key: level_word(figures.get(key)) for key in judged},
            }
        )
    body = page.table(rows, filtered=True)
    keys = ("persons", "months", "due", "paid", "difference", "open")
    sums = page.sums(body, rows, keys)
    addresses = page.total(body, sums, label_columns=2)
    page.signature()
    return addresses


def _account(
    book: Book, sheets: BookWords, report: AllowanceReport, account: Account, names: _Names, listed: Listed
) -> None:
    """对账 and 仅登记: where all reported money went."""
    page = book.page(sheets["account"])
    registered = registered_table(book, sheets["registered"], account, names.unit, names.orgs, names.places)
    page.frame(year=report.year)
    money_table(page, account, names.units, listed, registered)
    page.signature()


def total(values) -> Decimal:
    """Sum of the known values."""
    return sum((Decimal(str(value)) for value in values if value not in (None, "")), Decimal(0))


def level_word(value: object) -> str:
    """A level as text; empty when the unit has none."""
    return "" if value is None else str(value)


def _per_unit(listed: Page, span: Span, key: str, row: int, value: Decimal) -> Value:
    if span.empty:
        return 0
    index = listed.index
    return span.live(f"SUMIFS({{0}},{{1}},B{row})", index(key), index("unit"), value=value)


def _counted(listed: Page, span: Span, row: int, count: int) -> Value:
    return 0 if span.empty else span.live(f"COUNTIF({{0}},B{row})", listed.index("unit"), value=count)


def _open(listed: Page, span: Span, row: int, count: int) -> Value:
    if span.empty:
        return 0
    columns = (listed.index(key) for key in ("unit", "difference"))
    return span.live(f'COUNTIFS({{0}},B{row},{{1}},"")', *columns, value=count)


def _doubts(book: Book, sheets: BookWords, persons: Sequence[PersonAllowance], names: _Names) -> None:
    page = book.page(sheets["doubts"])
    text, found = page.words.words, [one for one in persons if one.level in DOUBTS or one.held]
    page.frame(count=len(found))
    page.header(freeze=2)
    page.table(
        (
            {
                "no": number,
                "unit": names.unit(one.unit),
                "org": names.org(one.org),
                "name": one.name,
                "post": one.post,
                "due": one.due,
                "paid": one.paid,
                "level": one.level,
                "reason": one.reason,
                "fix": one.fix,
                "public": text["held"] if one.held else "",
                "clause": one.clause,
                "evidence": names.places.returned(
                    evidence_text(one.evidence), one.evidence[0] if one.evidence else None
                ),
            }
            for number, one in enumerate(found, 1)
        ),
        filtered=True,
    )
    notice = PublicNotice.of(persons)
    if notice.left:
        page.note(_left_out(text, notice, kind=text[notice.key]))


def _months(
    book: Book, sheets: BookWords, report: AllowanceReport, persons: Sequence[PersonAllowance], names: _Names
) -> None:
    page = book.page(sheets["months"])
    page.frame(year=report.year)
    page.header(freeze=4)
    keys = [f"m{month:02d}" for month in range(1, 13)]
    rows: list[dict[str, Value]] = []
    for number, one in enumerate((one for one in persons if one.monthly), 1):
        row = page.at(number)
        amounts = monthly_amounts(one)
        exact = sum(amounts.values(), Fraction(0))
        whole = Formula(f"=ROUND(SUM({page.cells(keys[0], keys[-1], row)}),2)", rounded(exact))
        head = {"no": number, "unit": names.unit(one.unit), "name": one.name, "post": one.post}
        rows.append({**head, **{key: cell_amount(amounts.get(key)) for key in keys}, "sum": whole})
    span = page.table(rows, filtered=True)
    sums = page.sums(span, rows, (*keys, "sum"))
    page.total(span, sums, label_columns=4)


def _grounds(
    book: Book, sheets: BookWords, report: AllowanceReport, persons: Sequence[PersonAllowance], names: _Names
) -> None:
    page = book.page(sheets["grounds"])
    page.frame(year=report.year)
    page.header(freeze=4)
    page.table(
        (
            {
                "no": number,
                "unit": names.unit(one.unit),
                "name": one.name,
                "post": one.post,
                "due": one.due,
                "clause": one.clause,
                "steps": grounds(one),
            }
            for number, one in enumerate(persons, 1)
        ),
        filtered=True,
    )


def grounds(one: PersonAllowance) -> str:
    """How the amount comes about: the rate with the day from which it holds and its source, the rule of months.

    The line of each month is left out; its amount stands in a column of its own.
    """
    months = tuple(f"{month}：" for month, _ in one.monthly)
    return "；".join(step for step in one.steps if not step.startswith(months))


def monthly_amounts(one: PersonAllowance) -> dict[str, Fraction]:
    """The exact amount of each month by column key: the rate, times the part of the month that counts."""
    shares = one.shares or ("1",) * len(one.monthly)
    return {
        f"m{month[5:]}": Fraction(rate) * Fraction(share)
        for (month, rate), share in zip(one.monthly, shares, strict=True)
    }


def cell_amount(amount: Fraction | None) -> Decimal | float | None:
    """An exact amount as a cell: to the cent where that is exact, otherwise unrounded.

    >>> cell_amount(Fraction(300)), cell_amount(Fraction(100, 3)), cell_amount(None)
    (Decimal('300.00'), 33.333333333333336, None)
    """
    if amount is None:
        return None
    return rounded(amount) if amount * 100 % 1 == 0 else float(amount)


def rounded(amount: Fraction) -> Decimal:
    """Half-up to 0.01.

    >>> rounded(Fraction(2675, 1000))
    Decimal('2.68')
    """
    return Decimal(int(amount * 100 + Fraction(1, 2))) / 100 + Decimal("0.00")


def _public(
    book: Book, sheets: BookWords, report: AllowanceReport, persons: Sequence[PersonAllowance], names: _Names
) -> None:
    page = book.page(sheets["public"], upright=True)
    page.frame(year=report.year)
    page.header(freeze=2)
    notice, text = PublicNotice.of(persons), page.words.words
    rows = [
        {
            "no": number,
            "name": one.name,
            "unit": names.unit(one.unit),
            "post": one.post,
            "due": notice.amount(one),
            "note": text["less"] * notice.is_less(one),
        }
        for number, one in enumerate(notice.shown, 1)
    ]
    span = page.table(rows)
    page.total(span, {"due": page.sum(span, "due", map(notice.amount, notice.shown))}, label_columns=4)
    said = [text[notice.key], *[text["less_note"]] * bool(notice.less)]
    if notice.left:
        said.append(_left_out(text, notice))
    for line in (*said, *page.words.notes):
        page.note(line)


def _left_out(text: Mapping[str, str], notice: PublicNotice, **more: str) -> str:
    """How many rows the public notice leaves out, and how its sums add up."""
    known = text["known" if notice.facts["amount"] else "open"].format(**notice.facts)
    return text["held_back"].format(**notice.facts, known=known, **more)


def _basis(
    book: Book,
    sheets: BookWords,
    report: AllowanceReport,
    policy: Policy,
    detail: Mapping[str, str],
    per_unit: Mapping[str, str],
    day: str,
) -> None:
    page = book.page(sheets["basis"])
    text = sheets["basis"].words
    page.frame(as_of=day)
    page.header()
    page.table(basis_rows(report.parameters, policy))
    page.section(text["reconciliation"])
    for key in ("due", "paid"):
        _reconciled(page, key, report, detail[key], per_unit[key])


def _reconciled(page: Page, key: str, report: AllowanceReport, detail: str, per_unit: str) -> None:
    """Three rows that must show one amount, and the verdict below them."""
    text, common = page.words.words, words().common
    what, row = text[key], page.row + 1
    whole = Decimal(str(report.totals.get(key) or 0))
    listed = total(getattr(one, key) for one in report.persons)
    agrees = common["agrees" if listed == whole else "differs"]
    same = f"AND(ROUND(C{row}-C{row + 1},2)=0,ROUND(C{row + 1}-C{row + 2},2)=0)"
    check = Formula(f'=IF({same},"{common["agrees"]}","{common["differs"]}")', agrees)
    amounts = (Formula(f"={detail}", listed), Formula(f"={per_unit}", listed), whole)
    for name, value in zip(("detail", "units", "report", "result"), (*amounts, check), strict=True):
        page.pair(1, text[name].format(what=what), value, "level" if name == "result" else "money")
