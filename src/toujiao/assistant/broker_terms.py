"""What a question says about the broker's charges and the board, with the usual ones filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from toujiao.assistant.calculation import Sum, chinese_date, line, percent, plain
from toujiao.assistant.parse_numbers import find
from toujiao.calculators.rates import rule_number

DEFAULT_COMMISSION = 0.00025
_MINIMUM = r"(?:最低|起收|低消|不足|不满|最少|至少收)[^\d，。]{0,4}{n}元?"
_MINIMUM_AFTER = r"{n}元(?:起(?:收|步)?|保底|最低)"
_NO_MINIMUM = re.compile(r"(?<!不)免[五5]|没有最低|无最低|不设最低")
_COMMISSION = r"(?:佣金|手续费|费率|万)[^\d，。]{0,8}{n}%"
_BOARDS = {"chinext": "创业板", "star": "科创板", "bse": "北交所|北证"}


@dataclass(frozen=True)
class Terms:
    """What the broker charges and where the share is listed."""

    commission: float
    minimum: float | None
    board: str
    steps: tuple[str, ...]


def broker_terms(question: Sum) -> Terms:
    """The terms that the question gives, and sentences that say which were filled in."""
    text = question.text
    rate = find(text, _COMMISSION)
    commission = DEFAULT_COMMISSION if rate is None else round(rate / 100, 10)
    minimum = 0.0 if _NO_MINIMUM.search(text) else find(text, _MINIMUM, _MINIMUM_AFTER)
    shown = float(rule_number("commission", "minimum_yuan", question.day))
    shown = shown if minimum is None else minimum
    ten_thousandths = f"万{plain(commission * 10000)}（{percent(commission)}）"
    name = "commission_default" if rate is None else "commission_given"
    if not shown:
        name = "commission_no_minimum"
    steps = [line(name, rate=ten_thousandths, minimum=plain(shown))]
    if question.day_stated:
        steps.insert(0, line("rules_of", day=chinese_date(question.day)))
    return Terms(commission, minimum, board_of(text) or "main", tuple(steps))


def without_terms(text: str) -> str:
    """The text without the broker's terms, whose numbers are no prices."""
    for pattern in (_COMMISSION, _MINIMUM, _MINIMUM_AFTER):
        text = re.sub(pattern.replace("{n}", r"\d+(?:\.\d+)?"), " 佣金 ", text)
    return text


def board_of(text: str) -> str | None:
    """The board that the text names, or None."""
    return next((board for board, name in _BOARDS.items() if re.search(name, text)), None)
