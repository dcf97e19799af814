"""The day a question is about: absolute (2023年8月28日), relative (去年六月, 昨天), or today.

One `Day` per question, decided once; rules, sums, cards, closing lines and votes all take it. A
month or a year is a period: where a rule changed within it, both values have to be said.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from toujiao.understand.dates import read_dates


@dataclass(frozen=True)
class Day:
    """The day whose rules hold. `first` and `last` differ when the question names a period.

    `before_change` says that the question asks for the time before a rule was changed (新规以前);
    which day that is depends on the rule.
    """

    first: dt.date
    last: dt.date
    stated: bool
    text: str = ""
    before_change: bool = False

    @property
    def on(self) -> dt.date:
        """The one day to use where only one can be used: the last of the period."""
        return self.last

    @property
    def is_period(self) -> bool:
        return self.first != self.last


_BEFORE_CHANGE = re.compile(
    r"(?:新规|新的?规[定则]|新政|改革|减半|下调|降低|上调|调整|修订|放宽|改成?[\d.]*%?|没改)"
    r"(?:实施|施行|执行|出来|落地|生效|的时候)?(?:以前|之前|前(?![一两几天后日收]))"
)


def day_of(text: str, today: dt.date, as_of: dt.date | None = None) -> Day:
    """The day of a question: `as_of` when given, else the last date of the text, else today.

    A relative date (上周五) counts from `as_of` when it is given.

    The last one, because the day of the sale decides the tax.
    """
    mentions = read_dates(text, as_of or today)
    if as_of is not None:
        # The day is given: only 上周五 and the like, which count from it, move it.
        mentions = [mention for mention in mentions if mention.relative]
    if not mentions:
        base, asked = as_of or today, _BEFORE_CHANGE.search(text) is not None and as_of is None
        return Day(base, base, stated=as_of is not None, before_change=asked)
    last = mentions[-1]
    return Day(last.first, last.last, stated=True, text=last.text)
