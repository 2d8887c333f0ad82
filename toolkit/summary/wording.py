"""Pure text work of the summaries: amounts in capitals, names safe as criteria."""

from __future__ import annotations

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def capitals(amount: Decimal) -> str:
    """An amount of money in the capital numerals of vouchers.

    >>> capitals(Decimal("3600")), capitals(Decimal("10050.07"))
    ('叁仟陆佰元整', '壹万零伍拾元零柒分')
    >>> capitals(Decimal("0.50")), capitals(Decimal("100000000")), capitals(Decimal("-20.10"))
    ('伍角整', '壹亿元整', '负贰拾元壹角整')
    >>> capitals(Decimal("0")), capitals(Decimal("200300.00")), capitals(Decimal("1010.05"))
    ('零元整', '贰拾万零叁佰元整', '壹仟零壹拾元零伍分')

    Source: 会计基础工作规范 art. 52.
    """
    cents = int((abs(amount) * 100).to_integral_exact())
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    sign = "负" if amount < 0 else ""
    text = _integer(yuan) + "元" if yuan or not cents else ""
    if jiao:
        text += DIGITS[jiao] + "角"
    elif fen and yuan:
        text += "零"
    return sign + text + (DIGITS[fen] + "分" if fen else "整")


def _integer(number: int) -> str:
    """A whole number in capital numerals.

    >>> _integer(100200030004)
    '壹仟零贰亿零叁万零肆'
    """
    parts, gap = [], False
    for index in range(len(GROUPS) - 1, -1, -1):
        group = number // 10000**index % 10000
        if not group:
            gap = bool(parts)
            continue
        if parts and (gap or group < 1000):
            parts.append("零")
        parts.append(_group(group) + GROUPS[index])
        gap = False
    return "".join(parts) or "零"


def _group(number: int) -> str:
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + PLACES[place]
            gap = False
        else:
            gap = True
    return text


def as_criterion(name: str) -> str:
    """A name that SUMIFS and COUNTIF take literally: no wildcard, no leading comparison sign.

    >>> as_criterion("=甲*乙?"), as_criterion("市教育局")
    ('＝甲＊乙？', '市教育局')
    """
    name = name.translate(str.maketrans("*?~", "＊？～"))
    return name.translate(str.maketrans("=<>", "＝＜＞")) if name[:1] in "=<>" else name


def spans(months: list[str]) -> str:
    """Months `YYYY-MM` as spans.

    >>> spans(["2025-01", "2025-02", "2025-03", "2025-06"])
    '2025.01—2025.03、2025.06'
    """
    runs: list[list[str]] = []
    for month in sorted(set(months)):
        if runs and _next(runs[-1][-1]) == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    return "、".join("—".join(dict.fromkeys((run[0], run[-1]))).replace("-", ".") for run in runs)


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}"
