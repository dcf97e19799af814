"""Which sum a question asks for, with every slot filled, or what has to be asked first.

A sum is shown only when every required slot is filled and every number of the question is used.
A short reply (“500股”, “换成2000股呢”) goes on with the sum of the turns before it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from toujiao.calculators.forms.all import FORMS
from toujiao.calculators.forms.form import Choice, Form, Slot
from toujiao.calculators.units import Unit
from toujiao.understand.day import Day, day_of, read_dates, without_dates
from toujiao.understand.fill import Filled, choose, fill
from toujiao.understand.items import Item, date_item, item_of, with_lists
from toujiao.understand.quantities import read_quantities

_NAMES = (
    r"(?:回撤|夏普(?:比率)?|贝塔|凯利(?:公式|比例|仓位)?|期望|均价|[上中下]轨|柱子?|相关性|相关系数|比例|换手率?|波动率?|"
    r"标准差|真实波幅|能量潮|乖离率?|平均|均线|布林[线带]?|威廉指标|胜率|盈亏比|"
    r"(?<![a-z])(?:RSI|OBV|ATR|TR|WR|BOLL|BIAS|RSV|KDJ|MACD|DIFF?|DEA|EMA|MA|[KDJ]|beta|sharpe|kelly)[\d(),，]{0,9})"
)
_WISH = re.compile(
    r"多少|几|咋算|怎么[算扣交]|算|求|等于|是啥|多大|多高|多久|多长|[？?]|到手|净赚|各是|呢$|吗$|翻倍|回本|价格?$|咋样|"
    r"怎么样|啥价|什么价|赚没赚|亏没亏|够不够|合计|一共|总共|哪天(?:能|可以)(?:用|取|拿)|"
    r"(?:费用?|佣金|税|收益率?|利息|盈亏|份额|净值|本金|倍数|[价率值线幅])格?[是为]?[吧呗啊。:：\s]*$|"
    # The name of a figure at the end, or as a heading: 乖离率：收盘15，均线16
    rf"{_NAMES}[吧呗啊是为呢。\s]*$|^.{{0,6}}{_NAMES}\s*[:：，,]",
    re.I,
)
# These ask for a reason or a name, though numbers stand in them.
_NO_WISH = re.compile(
    r"为什么|为啥|为何|凭什么|怎么回事|咋回事|是因为|有[啥什]么?关系|叫什么|叫啥|什么指标|区别|什么意思|啥意思|"
    r"是什么|什么是"
)
# Sums of other trades: said to be none of ours, never computed as something that looks alike.
_ELSEWHERE = re.compile(
    r"房贷|车贷|按揭|等额本[息金]|公积金|信用卡|花呗|借呗|白条|网贷|分期(?:付款|还款|买|免息)?|还款|月供(?!.{0,6}基金)|"
    r"消费贷|贷款|个税|工资.{0,6}(?:扣税|交税|税后)|五险一金|社保|年终奖|换汇|汇率|兑换|电费|水费|油钱|打车|"
    r"面积|体积|周长|体重|身高|BMI|房租|首付|学费|快递|折扣价|买菜",
    re.I,
)
_CHANGE = re.compile(r"换成|改成|改为|变成|要是|如果是?|假如|那要|那(?!么)|呢[？?]?$")
_LONGEST_REPLY = 34
_MOST_TURNS = 4


@dataclass(frozen=True)
class Reading:
    """A question made ready: its text without dates, its numbers and dates, its day, as `said`."""

    text: str
    items: tuple[Item, ...]
    day: Day
    said: str = ""

    @property
    def numbers(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.unit is not Unit.DATE)


@dataclass(frozen=True)
class Wanted:
    """The sum that a conversation has come to; `elsewhere` when it is none of ours.

    `said` are the words of the turns that it comes from.
    """

    filled: Filled | None
    day: Day
    said: str = ""
    elsewhere: bool = False


def read(question: str, today: dt.date, as_of: dt.date | None = None) -> Reading:
    """Numbers, dates and day of one question."""
    mentions = read_dates(question, today)
    text = without_dates(question, mentions)
    items = [*map(item_of, read_quantities(text)), *map(date_item, mentions)]
    return Reading(
        text, tuple(sorted(items, key=lambda i: i.start)), day_of(question, today, as_of)
    )


def read_sum(
    question: str, earlier: Sequence[str], today: dt.date, as_of: dt.date | None = None
) -> Wanted | None:
    """The sum that `question` asks for after the user's `earlier` questions, or None."""
    state: Wanted | None = None
    for turn in [*earlier[-_MOST_TURNS:], question]:
        reading = read(turn, today, as_of)
        state = _continued(state, reading, today, as_of) or _fresh(reading)
        if state and not state.said:
            state = replace(state, said=turn)
    return state


def _fresh(reading: Reading) -> Wanted | None:
    """The sum of a question that stands by itself."""
    text = reading.text
    if not _WISH.search(text) or _NO_WISH.search(text) or not reading.numbers:
        return None
    if _ELSEWHERE.search(text):
        return Wanted(None, reading.day, elsewhere=True)
    found = _best(reading)
    return Wanted(found, reading.day) if found else None


def _best(reading: Reading) -> Filled | None:
    """The form that uses every number; else the one that comes nearest."""
    outcomes = []
    for form in FORMS:
        if _cued(form, reading.text):
            outcomes.append(_fill(form, reading.text, reading.items))
    outcomes = [o for o in outcomes if o.anchored]
    complete = [o for o in outcomes if o.complete]
    if complete:
        return max(complete, key=lambda o: (o.form.priority, o.score))
    nearest = min(outcomes, key=_distance, default=None)
    return nearest if nearest and _worth_asking(nearest) else None


def _worth_asking(filled: Filled) -> bool:
    """Whether enough is there to take the question for a sum: at most one more gap than numbers."""
    gaps = len(filled.missing) + len(filled.unused)
    return 0 < filled.weight >= gaps - 1


def _distance(filled: Filled) -> tuple[int, int, float]:
    gaps = len(filled.missing) + len(filled.unused) + len(filled.unclear)
    return gaps, -filled.form.priority, -filled.score


def _fill(
    form: Form, text: str, items: Sequence[Item], known: Mapping[str, Item] | None = None
) -> Filled:
    ready = _listed(form, text, items)
    filled = fill(form, text, ready, known)
    vague = tuple(item for item in filled.items.values() if item.vague)
    return replace(filled, unclear=(*filled.unclear, *vague)) if vague else filled


def _listed(form: Form, text: str, items: Sequence[Item]) -> list[Item]:
    """The numbers as the form takes them: runs of numbers as lists, if it asks for any."""
    lists = [slot for slot in form.slots if slot.many]
    if not lists:
        return list(items)
    between = "|".join(slot.between for slot in lists if slot.between)
    fewest, signed = min(slot.fewest for slot in lists), any(slot.signed for slot in lists)
    return with_lists(items, text, fewest, between, signed)


def _cued(form: Form, text: str) -> bool:
    cue, unless = _patterns(form)
    return cue.search(text) is not None and not (unless and unless.search(text))


@cache
def _patterns(form: Form) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    return re.compile(form.cue, re.I), re.compile(form.unless, re.I) if form.unless else None


def _continued(
    state: Wanted | None, reading: Reading, today: dt.date, as_of: dt.date | None
) -> Wanted | None:
    """The sum of the turn before with what this short reply says, or None for a new question."""
    if state is None or state.filled is None or len(reading.text.strip()) > _LONGEST_REPLY:
        return None
    before = state.filled
    if _NO_WISH.search(reading.text):
        return None
    own = _best(reading) if _WISH.search(reading.text) else None
    if own and own.complete and own.form.name != before.form.name:
        return None
    answered = _answered(before, reading)
    if answered and answered.complete:
        return Wanted(answered, reading.day if reading.day.stated else state.day, state.said)
    # Said in one breath, the two turns may be another form (by dates instead of by length).
    together = f"{state.said}，{reading.said}"
    if reading.items and (joined := _fresh(read(together, today, as_of))):
        if joined.filled and joined.filled.complete:
            return replace(joined, said=together)
    if answered is None:
        return None
    return Wanted(answered, reading.day if reading.day.stated else state.day, together)


def _answered(before: Filled, reading: Reading) -> Filled | None:
    """The slots of the turn before, filled up or changed by the numbers and words of a reply."""
    form = before.form
    chosen, defaults = choose(form, reading.text)
    explicit = {k: v for k, v in chosen.items() if k not in {c.name for c in defaults}}
    numbers = reading.numbers
    dated = len(reading.items) > len(numbers)
    if not numbers and not explicit and not dated:
        return None
    if before.complete and not _CHANGE.search(reading.text):
        return None
    items, left = dict(before.items), list(numbers)
    if len(left) == 1 and (slot := _slot_for(before, left[0])):
        items[slot.name] = left.pop()
    if left:
        filled = _fill(form, reading.text, reading.items, before.items)
        if filled.unused or filled.unclear:
            return None
        items = dict(filled.items)
    known = {k: v for k, v in before.choices.items() if k not in {c.name for c in before.defaults}}
    default = {c.name: c.default for c in form.choices if c.default is not None}
    choices = {**default, **known, **explicit}
    still = tuple(
        c for c in form.choices if c.name in default and c.name not in {**known, **explicit}
    )
    unused = () if before.unused and not left else before.unused
    vague = tuple(item for item in items.values() if item.vague)
    return Filled(form, items, choices, unused, vague, before.score, still)


def _slot_for(before: Filled, item: Item) -> Slot | None:
    """The one missing slot that this number can fill, or the one filled slot that it replaces."""
    missing = [s for s in before.missing if isinstance(s, Slot)]
    for slots in (missing, [before.form.slot(name) for name in before.items]):
        exact = [s for s in slots if item.unit in s.units and not s.many]
        if item.unit is not Unit.NONE:
            exact = [s for s in exact if s.units[0] is item.unit] or exact
        if len(exact) == 1:
            return exact[0]
        if slots is missing and len(missing) == 1 and item.unit is Unit.NONE:
            return missing[0]
    return None


__all__ = ["Choice", "Reading", "Wanted", "read", "read_sum"]
