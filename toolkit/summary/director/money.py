"""补贴对账: where every reported yuan is, what is due against what was paid, who paid least."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from toolkit.drawing.values import Formula, Value, value_of
from toolkit.summary.director.behind import MONEY, Told
from toolkit.summary.labels import words
from toolkit.summary.money_tables import or_unknown
from toolkit.summary.paper.fitting import height
from toolkit.summary.paper.page import TEXT, PrintedPage
from toolkit.summary.paper.placed import Placed
from toolkit.summary.unit_lines import OVER, PAID, SHORT
from toolkit.summary.wording import capitals

MOST = 10
TALL, TALLER = 34.0, 26.0
SIGNED, _BELOW = 30.0, 2


def money(page: PrintedPage, told: Told) -> None:
    """Draws the page."""
    parts = _parts(page, told)
    page.skip()
    states = _states(page, told)
    page.skip()
    shorts = _shorts(page, told)
    page.para(page.words["capitals"].format(amount=capitals(told.lines.paid)))
    page.signature()
    page.stretch([*parts.rows, *states.rows], TALL)
    page.stretch(shorts, TALLER)


def _parts(page: PrintedPage, told: Told) -> Placed:
    """The four parts of the reported money, their sum beside what was reported."""
    said, account, data = page.words, told.figures.account.total, told.data
    page.section(said["where"])
    table, keys = page.spec.tables["parts"], (*MONEY[1:], "sum", "reported")
    cells = dict(zip(keys, page.ahead(table, "amount", len(keys)), strict=True))
    amounts: dict[str, Value] = {key: data.sum(key) for key in MONEY[1:]}
    parts = sum(account.parts, Decimal(0))
    amounts["sum"] = Formula(f"=SUM({cells[MONEY[1]]}:{cells[MONEY[-1]]})", parts)
    amounts["reported"] = data.sum("reported")
    records = []
    for number, (key, amount) in enumerate(amounts.items(), 1):
        unknown = account.unknown.get(key, 0)
        shown, rows = or_unknown(amount, unknown), words().common["unknown_rows"].format(count=unknown)
        nothing = shown is not amount
        records.append(
            {
                "no": number if key in MONEY[1:] else "",
                "part": said[key],
                "amount": shown,
                "share": said["nothing"] if nothing else _share(cells, key, amount, account.reported),
                "why": said[f"why_{key}"] + (said["not_in"].format(rows=rows) if unknown and not nothing else ""),
            }
        )
    records[-1]["share"] = _agreed(cells, account.gap)
    placed = page.table(table, records)
    if account.unread:
        page.para(said["unread"].format(count=account.unread))
    return placed


def _share(cells: Mapping[str, str], key: str, amount: Value, reported: Decimal) -> Formula:
    whole = cells["reported"]
    share = float(value_of(amount) / reported) if reported else 0
    return Formula(f"=IF({whole}=0,0,{cells[key]}/{whole})", share)


def _agreed(cells: Mapping[str, str], gap: Decimal) -> Formula:
    """Whether what was reported is the sum of its parts, to the cent."""
    common = words().common
    return Formula(
        f'=IF(ROUND({cells["reported"]}-{cells["sum"]},2)=0,"{common["agrees"]}","{common["differs"]}")',
        common["differs" if gap else "agrees"],
    )


def _states(page: PrintedPage, told: Told) -> Placed:
    """The rows of the payment list by how what was paid stands to what is due."""
    said, lines = page.words, told.lines
    page.section(said["states"].format(term=lines.term))
    shown = [state for state in PAID if state != OVER or not lines.policy.due_is_floor]
    records = []
    for number, state in enumerate(shown, 1):
        own = lines.by_state[state]
        due, paid = (_known(getattr(one, key) for one in own) for key in ("due", "paid"))
        records.append(
            {
                "no": number,
                "state": said[state],
                "count": len(own),
                "due": said["nothing"] if due is None else due,
                "paid": said["nothing"] if paid is None else paid,
                "gap": said["nothing"] if due is None or paid is None else due - paid,
                "remedy": said[f"do_{state}"],
            }
        )
    return page.table(page.spec.tables["states"], records)


def _known(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of the amounts that are known; None where there are some and none of them is."""
    found = list(amounts)
    known = [one for one in found if one is not None]
    return sum(known, Decimal(0)) if known or not found else None


def _shorts(page: PrintedPage, told: Told) -> list[int]:
    """The units that paid least of what is due, as many as the page holds."""
    said, lines = page.words, told.lines
    page.section(said["shorts"])
    found = sorted((one for one in lines.all.values() if one.lack), key=lambda one: (-one.lack, one.code))
    if not found:
        page.para(said["no_short"])
        return []
    records: list[dict[str, Value]] = []
    for number, one in enumerate(found[:MOST], 1):
        own = [row for row in lines.by_state[SHORT] if row.unit == one.code]
        due, paid = (sum((getattr(row, key) for row in own), Decimal(0)) for key in ("due", "paid"))
        records.append(
            {"no": number, "unit": one.short, "count": len(own), "due": due, "paid": paid, "gap": one.lack, "done": ""}
        )
    table = page.spec.tables["short"]
    shown = max(1, page.fitting(table, records, _BELOW * height(1, TEXT) + SIGNED))
    placed = page.table(table, records[:shown])
    if len(found) > shown:
        page.para(said["short_rest"].format(count=len(found), shown=min(shown, len(records))))
    return list(placed.rows)
