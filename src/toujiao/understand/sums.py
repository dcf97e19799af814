"""Which sum a question asks for, with every slot filled, or what has to be asked first.

A sum is shown only when every required slot is filled and every number of the question is used.
A short reply (“500股”, “换成2000股呢”) goes on with the sum of the turns before it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from toujiao.calculators.forms.all import FORMS, find_form
from toujiao.calculators.forms.form import Choice, Slot
from toujiao.calculators.units import Unit
from toujiao.understand.blank import blank_form
from toujiao.understand.dates import read_dates, without_dates
from toujiao.understand.day import Day, day_of
from toujiao.understand.fill import Filled, choose
from toujiao.understand.form_choice import Reading, best_form, cued, filled_form
from toujiao.understand.items import Item, date_item, item_of
from toujiao.understand.quantities import read_quantities

_NAMES = (
    r"(?:回撤|夏普(?:比率)?|贝塔|凯利(?:公式|比例|仓位)?|期望|均价|[上中下]轨|柱子?|相关性|相关系数|比例|换手率?|波动率?|"
    r"标准差|真实波幅|能量潮|乖离率?|平均|均线|布林[线带]?|威廉指标|胜率|盈亏比|"
    r"(?<![a-z])(?:RSI|OBV|ATR|TR|WR|BOLL|BIAS|RSV|KDJ|MACD|DIFF?|DEA|EMA|MA|[KDJ]|beta|sharpe|kelly)[\d(),，]{0,9})"
)
_WISH = re.compile(
    r"多少|几|咋算|怎么[算扣交]|算|求|等于|是啥|多大|多高|多久|多长|[啥什]么?时候能|[？?]|到手|净赚|各是|呢$|吗$|翻倍|回本|价格?$|咋样|"
    r"怎么样|还是[赚亏涨跌]|啥价|什么价|赚没赚|[涨跌]停[吧呢]?[。\s]*$|亏没亏|够不够|合计|一共|总共|哪天(?:能|可以)(?:用|取|拿)|"
    r"(?:费用?|佣金|税|收益率?|利息|盈亏|比例|份额|本息|合计|ROE|PEG?|PB|EPS|年后|净值|本金|倍数|[价率值线幅])格?[是为]?[吧呗啊。:：\s]*$|"
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
# An opinion, a word on whether and how: a question of terms, even without 吗.
_OPINION = re.compile(
    r"合适|[算]?[高低贵好坏]吗|算[高低多少]|才算|正常|合理|安全|靠谱|值得|划算|好不好|该不该|要不要|能不能|可不可以|"
    r"应该(?!卖多少|是多少)|继续|还是[^赚亏涨跌]|哪[个种只些]|推荐|建议|感觉|觉得|没用|有用|风险"
)
# Numbers told in a row and hardly a word after them: 每月定投1500，年化7%，八年.
_PLAIN_END = 3
_LEAST_TOLD = 3
_LONGEST_REPLY = 34
_LONGEST_OPENING, _LONGEST_TELLING = 24, 24
_MOST_TURNS = 4


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
    mentions = read_dates(question, as_of or today)
    text = without_dates(question, mentions)
    items = [*map(item_of, read_quantities(text)), *map(date_item, mentions)]
    base = Day(as_of or today, as_of or today, stated=as_of is not None)
    ordered = tuple(sorted(items, key=lambda i: i.start))
    return Reading(text, ordered, day_of(question, today, as_of), base, question)


def read_sum(
    question: str, earlier: Sequence[str], today: dt.date, as_of: dt.date | None = None
) -> Wanted | None:
    """The sum that `question` asks for after the user's `earlier` questions, or None."""
    state: Wanted | None = None
    opening = ""  # the turn before, if it asks for a sum and tells no number
    for turn in [*earlier[-_MOST_TURNS:], question]:
        reading = read(turn, today, as_of)
        state = (
            _continued(state, reading, today, as_of)
            or _opened(opening, reading, today, as_of)
            or _fresh(reading)
        )
        if state and not state.said:
            state = replace(state, said=turn)
        opening = turn if state is None and _opens(reading) else ""
    return state


def _opens(reading: Reading) -> bool:
    """Whether a turn asks for a sum without a number: 我的钱几年能翻倍."""
    text = reading.text
    terms = _NO_WISH.search(text) or _OPINION.search(text) or _ELSEWHERE.search(text)
    short = len(text) <= _LONGEST_OPENING and all(item.idle for item in reading.items)
    return short and terms is None and _WISH.search(text) is not None


def _opened(opening: str, reading: Reading, today: dt.date, as_of: dt.date | None) -> Wanted | None:
    """The sum of a turn without numbers and of the numbers that this one tells: 年化6%."""
    told = reading.text
    asks = _WISH.search(told) or _NO_WISH.search(told) or _OPINION.search(told)
    if not opening or not reading.numbers or asks or len(told) > _LONGEST_TELLING:
        return None
    together = f"{opening}，{reading.said}"
    found = _fresh(read(together, today, as_of))
    return replace(found, said=together) if found else None


def _fresh(reading: Reading) -> Wanted | None:
    """The sum of a question that stands by itself."""
    text = reading.text
    if _NO_WISH.search(text):
        return None
    wished = _WISH.search(text) is not None
    if not reading.numbers:
        found = (_blank(reading) or _asked_of_own(reading)) if wished else None
        return Wanted(found, reading.day) if found else None
    if not wished:
        return _told(reading)
    if _ELSEWHERE.search(text):
        return Wanted(None, reading.day, elsewhere=True)
    found = best_form(reading) or _asked_of_own(reading) or _blank(reading)
    return Wanted(found, _day_for(found, reading)) if found else None


def _blank(reading: Reading) -> Filled | None:
    """The form that a question wants though it gives none of its numbers; it is asked for them."""
    name = blank_form(reading.text)
    return filled_form(find_form(name), reading.text, reading.items) if name else None


def _day_for(filled: Filled, reading: Reading) -> Day:
    """The day of the rules; a date that is one leg's own says nothing about the other."""
    own = {item.start for item in filled.items.values() if item.unit is Unit.DATE}
    dates = [item for item in reading.items if item.unit is Unit.DATE]
    if own and all(item.start in own for item in dates):
        return reading.base
    return reading.day


def _told(reading: Reading) -> Wanted | None:
    """A whole plan without a word of asking: 每月1500，年化7%，八年.

    Only for sums of which nothing but the result can be asked, with every slot filled.
    """
    text, numbers = reading.text, reading.numbers
    rest = len(text) - max(item.end for item in numbers)
    if len(numbers) < _LEAST_TOLD or rest > _PLAIN_END:
        return None
    if _OPINION.search(text) or _ELSEWHERE.search(text):
        return None
    asked = replace(reading, text=f"{text}，最后是多少")
    found = best_form(asked)
    if found is None or not found.form.plan or found.missing or found.unused:
        return None
    whole = len(found.items) >= _LEAST_TOLD and all(item.vague for item in found.unclear)
    return Wanted(found, reading.day) if whole else None


def _asked_of_own(reading: Reading) -> Filled | None:
    """What is missing for a sum that one's own words want: 我买了一年，现在卖掉收益率多少."""
    text = reading.text
    if _OPINION.search(text):
        return None
    for form in FORMS:
        if form.opened and re.search(form.opened, text) and cued(form, text):
            filled = filled_form(form, text, reading.items)
            if filled.missing and not filled.anchored:
                return filled
    return None


def _continued(
    state: Wanted | None, reading: Reading, today: dt.date, as_of: dt.date | None
) -> Wanted | None:
    """The sum of the turn before with what this short reply says, or None for a new question."""
    if state is None or state.filled is None or len(reading.text.strip()) > _LONGEST_REPLY:
        return None
    before = state.filled
    if _NO_WISH.search(reading.text):
        return None
    own = best_form(reading) if _WISH.search(reading.text) else None
    if own and own.complete and own.form.name != before.form.name:
        return None
    answered = _answered(before, reading)
    if answered and answered.complete:
        return Wanted(answered, reading.day if reading.day.stated else state.day, state.said)
    # Said in one breath, the two turns may be another form (by dates instead of by length).
    together = f"{state.said}，{reading.said}"
    joined = _fresh(read(together, today, as_of)) if reading.items else None
    if joined and _takes_up(joined.filled, len(state.said)):
        return replace(joined, said=together)
    if answered is None or _asks_something_else(before, answered, reading.text):
        return None
    return Wanted(answered, reading.day if reading.day.stated else state.day, together)


def _asks_something_else(before: Filled, answered: Filled, text: str) -> bool:
    """Whether a turn that tells nothing of what was missing asks a question of its own."""
    told = len(answered.missing) < len(before.missing) or answered.unclear != before.unclear
    return not told and _WISH.search(text) is not None


def _takes_up(joined: Filled | None, earlier: int) -> bool:
    """Whether a complete sum of two turns uses a number of the second one."""
    if joined is None or not joined.complete:
        return False
    return any(item.start > earlier for item in joined.items.values())


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
        filled = filled_form(form, reading.text, reading.items, before.items)
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
