"""Answers a question that gives numbers and wants a result, without any model.

`calculate` reads the numbers, picks the one sum that they fit and shows the working. It stays
silent (None) unless every number it needs is there and a result is clearly wanted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from toujiao.assistant import sums_fees, sums_figures, sums_market, sums_money
from toujiao.assistant.calculation import Calculation, Sum
from toujiao.assistant.parse_numbers import plain_numbers, take_date
from toujiao.errors import ToujiaoError

__all__ = ["Calculation", "calculate"]

_WISH = re.compile(
    r"多少|几|咋算|怎么算|算|求|等于|是啥|多大|多高|多久|[？?]|到手|净赚|各是|呢$|吗$|翻倍|回本|价格?$"
)
# These ask for a reason or a name, though numbers stand in them.
_NO_WISH = re.compile(
    r"为什么|为啥|为何|凭什么|怎么回事|咋回事|是因为|有[啥什]么?关系|叫什么|叫啥|什么指标|区别|什么意思|啥意思"
)
# A loss per share and the like: no sum here takes a number below zero.
_NEGATIVE = re.compile(r"(?<![\dA-Za-z])[-−–]\s*\d|负的?\d")
# Tried in this order: the most specific wording first.
_SUMS: tuple[Callable[[Sum], Calculation | None], ...] = (
    sums_figures.growth_ratio,
    sums_figures.yield_of_dividend,
    sums_figures.valuation,
    sums_figures.kelly_share,
    sums_figures.drawdown,
    sums_figures.average,
    sums_market.ex_rights,
    sums_market.dividend,
    sums_market.price_limit,
    sums_money.repo,
    sums_money.regular,
    sums_money.doubling,
    sums_money.recover,
    sums_money.grow,
    sums_fees.fees,
)


def calculate(question: str, on: date) -> Calculation | None:
    """The worked sum that `question` asks for, or None.

    A date in the question wins over `on`. Numbers that no calculator accepts (a PE of a loss,
    a commission above the cap) give None, too: the card explains why.
    """
    if not _WISH.search(question) or _NO_WISH.search(question):
        return None
    text, day, stated = take_date(question, on)
    text = plain_numbers(text)
    if not re.search(r"\d", text) or _NEGATIVE.search(text):
        return None
    ready = Sum(text, day, stated)
    try:
        found = (worked for attempt in _SUMS if (worked := attempt(ready)))
        return next(found, None)
    except (ToujiaoError, OverflowError):
        return None
