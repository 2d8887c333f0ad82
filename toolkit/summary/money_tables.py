"""The account of the money as tables: the four parts beside what the units reported, and the rows only registered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from toolkit.drawing.values import Formula, Span, Value, value_of
from toolkit.model.figures import Account, Money
from toolkit.model.result import UNDETERMINED
from toolkit.summary.basis import evidence_text
from toolkit.summary.book import Book, Page
from toolkit.summary.labels import SheetWords, words
from toolkit.summary.places import Places

PARTS = ("listed", "to_verify", "registered", "refused")
_NAMED = 5
SUMS = ("reported", *PARTS, "sum", "unread")


@dataclass(frozen=True)
class Listed:
    """Where rows with money stand: the page and its body."""

    page: Page
    span: Span

    def sum(self, key: str, unit: str, value: Decimal, *terms: tuple[str, str]) -> Value:
        """A live sum over a column of one unit's rows.

        Args:
            unit: address of the cell with the unit's name.
            terms: further (column, criterion) pairs.
        """
        if self.span.empty:
            return value
        pairs = [("unit", unit), *((key, f'"{criterion}"') for key, criterion in terms)]
        criteria = ",".join(f"{{{number}}},{criterion}" for number, (_, criterion) in enumerate(pairs, 1))
        columns = [self.page.index(one) for one in (key, *(one for one, _ in pairs))]
        return self.span.live(f"SUMIFS({{0}},{criteria})", *columns, value=value)


def registered_table(
    book: Book, sheet: SheetWords, account: Account, name: Callable[[str], str], orgs: Mapping, places: Places
) -> Listed:
    """仅登记: merged rows with money that the policy does not regulate, with their sum."""
    page = book.page(sheet)
    page.frame(count=len(account.registered))
    page.header(freeze=2)
    rows: list[dict[str, Value]] = []
    for number, one in enumerate(account.registered, 1):
        who = {"unit": name(one.unit), "org": orgs.get(one.org, one.org), "name": one.name, "post": one.post}
        row = places.returned(evidence_text([one.row]), one.row)
        rows.append(
            {
                "no": number,
                **who,
                "amount": one.amount,
                "note": sheet.words["later" if one.later else "why"],
                "evidence": row,
            }
        )
    span = page.table(rows, filtered=True)
    page.total(span, page.sums(span, rows, ["amount"]), label_columns=5)
    return Listed(page, span)


def money_table(
    page: Page,
    account: Account,
    names: Mapping[str, str],
    listed: Listed | None = None,
    registered: Listed | None = None,
) -> dict[str, str]:
    """One row a unit: reported, the four parts, their sum, whether they agree; totals live.

    Args:
        listed: the payment list of the same book; its two parts are sums over it then.
        registered: the rows only registered, likewise.
    Returns: the address of each total.
    """
    page.header(freeze=2)
    rows = [
        _row(
            page,
            page.at(number),
            number,
            names.get(code, code or words().common["nobody"]),
            money,
            listed,
            registered,
            words().common["unopened"] if code in account.closed else None,
        )
        for number, (code, money) in enumerate(account.units.items(), 1)
    ]
    span = page.table(rows)
    sums = page.sums(span, rows, SUMS)
    sums = _or_unknown(sums, account.total)
    sums["result"] = _check(page, page.row + 1, account.total)
    addresses = page.total(span, sums, label_columns=2)
    text = page.words.words
    if account.closed:
        known = [names.get(code, code or words().common["nobody"]) for code in account.closed]
        page.note(text["unopened_files"].format(count=len(known), names="、".join(known[:_NAMED])))
    if account.total.unread:
        page.note(text["unread_rows"].format(count=account.total.unread))
    for note in page.words.notes:
        page.note(note)
    return addresses


def _row(
    page: Page,
    row: int,
    number: int,
    name: str,
    money: Money,
    listed: Listed | None,
    registered: Listed | None,
    closed: str | None,
) -> dict[str, Value]:
    """One unit; where its return cannot be opened it is said, in place of a comparison of nothing with nothing."""
    parts: dict[str, Value] = {key: getattr(money, key) for key in PARTS}
    unit = f"B{row}"
    if listed:
        parts["listed"] = listed.sum("paid", unit, money.listed, ("level", f"<>{UNDETERMINED}"))
        parts["to_verify"] = listed.sum("paid", unit, money.to_verify, ("level", UNDETERMINED))
    if registered:
        parts["registered"] = registered.sum("amount", unit, money.registered)
    whole = Formula(f"=SUM({page.cells(PARTS[0], PARTS[-1], row)})", sum(money.parts, Decimal(0)))
    amounts = {"reported": money.reported, **parts, "sum": whole}
    result = closed or _check(page, row, money)
    return {
        "no": number,
        "unit": name,
        **_or_unknown(amounts, money),
        "result": result,
        "unread": money.unread or None,
    }


def or_unknown(amount: Value, rows: int) -> Value:
    """An amount, 0 only where it is known: where there is nothing but rows whose amount nobody knows, how many.

    >>> or_unknown(Decimal("5.00"), 2), or_unknown(Decimal(0), 0), or_unknown(Decimal(0), 2)
    (Decimal('5.00'), Decimal('0'), '2行金额不明')
    >>> or_unknown(Formula("=SUM(A1:A2)", Decimal(0)), 2).text
    '=IF(SUM(A1:A2)=0,"2行金额不明",SUM(A1:A2))'
    """
    if not rows or value_of(amount):
        return amount
    said = words().common["unknown_rows"].format(count=rows)
    if isinstance(amount, Formula):
        live = amount.text.removeprefix("=")
        return Formula(f'=IF({live}=0,"{said}",{live})', said)
    return said


def _or_unknown(amounts: Mapping[str, Value], money: Money) -> dict[str, Value]:
    """The cells of a row of the account by column; what is only counted is left as it is."""
    unknown = {**money.unknown, "reported": money.unread, "sum": money.unread}
    return {key: or_unknown(amount, unknown.get(key, 0)) for key, amount in amounts.items()}


def _check(page: Page, row: int, money: Money) -> Formula:
    """Whether what was reported and the sum of the parts agree, to the cent; texts in their place are nothing."""
    common = words().common
    cells = f"SUM({page.cell('reported', row)})-SUM({page.cell('sum', row)})"
    return Formula(
        f'=IF(ROUND({cells},2)=0,"{common["agrees"]}","{common["differs"]}")',
        common["differs" if money.gap else "agrees"],
    )
