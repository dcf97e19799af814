"""Forms about a return: per year from a start and an end, of one purchase, of several years."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import prod

from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.money import OTHER, YEARLY
from toujiao.calculators.forms.moves import FALL, HOW_MUCH, NO_NUMBER, RISE, product
from toujiao.calculators.forms.show import fen, money, outcome, share
from toujiao.calculators.forms.spans import GOAL, LENGTH, PRINCIPAL, told
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line
from toujiao.calculators.returns import annualize
from toujiao.calculators.returns import simple_return as return_of
from toujiao.calculators.texts import approx, approx_percent, plain
from toujiao.calculators.units import Length, Unit
from toujiao.clock import chinese_date
from toujiao.errors import ToujiaoError

_WANTED = Choice(
    "wanted", "是打算还是已经", {True: r"想|要|目标|需要|希望|打算|计划|得有|才能"}, default=False
)
_SIMPLE = Choice("simple", "单利还是复利", {True: r"单利|不(?:是|算|用)?复利|简单"}, default=False)
_TOTAL = Slot(
    "total",
    "一共的收益率",
    (Unit.RATIO,),
    ask="一共赚了百分之多少？",
    alone=True,
    least=0,
    before=rf"{RISE}|收益率?|回报率?|一共|总共|累计|净值",
    after=r"的?(?:收益|回报|涨幅)",
    never_before=rf"(?:{FALL}|佣金|手续费|费率|每年|年化|年收益|年利率|一年(?!半|零|多)){NO_NUMBER}",
    never_after=r"的?(?:年化|年收益)(?![^\d，。]{0,6}(?:多少|几|多高|是啥))",
)
_TOTAL_LOSS = Slot(
    "total_loss",
    "一共的亏损",
    (Unit.RATIO,),
    ask="一共亏了百分之多少？",
    least=0,
    most=0.9999,
    before=FALL,
    after=r"的?(?:亏损|跌幅)",
    never_before=rf"(?:每年|年化|一年(?!半|零|多)){NO_NUMBER}",
)
_NEGATIVE = Slot(
    "negative",
    "一共的收益率",
    (Unit.RATIO,),
    ask="一共的收益率是多少？",
    alone=True,
    least=-0.9999,
    most=-1e-9,
)
_PROFIT = Slot(
    "profit",
    "赚的钱",
    MONEY,
    ask="一共赚了多少钱？",
    least=0.01,
    before=r"(?:赚|盈利?|收益|利润|多)(?:了|是|有)*+(?!到|成)",
    after=r"的?(?:收益|利润|盈利)",
)
_LOSS = Slot(
    "loss", "亏的钱", MONEY, ask="一共亏了多少钱？", least=0.01, before=FALL, after=r"的?亏损"
)
_FROM_DAY = Slot(
    "from_day",
    "开始的日子",
    (Unit.DATE,),
    ask="从哪一天开始？",
    anchor=False,
    before=r"从|自",
    after=r"[^，。]{0,2}(?:投|买|入手|开始|存|建仓|的?时候|初|有|到)",
)
_TO_DAY = Slot(
    "to_day",
    "结束的日子",
    (Unit.DATE,),
    ask="到哪一天？",
    anchor=False,
    before=r"到|至|截至|截止",
    after=r"[^，。]{0,2}(?:卖|变|涨|赎|拿|值|剩|是|取|末|底|成|就)",
)
_DAYS = Slot("span", "起止日期", (Unit.DATE,), ask="从哪一天到哪一天？", alone=True, anchor=False)
_DEAREST = 5000  # yuan: more is an amount
_BUY = Slot(
    "buy",
    "买入价",
    MONEY,
    ask="多少钱买的？",
    alone=True,
    least=0.0001,
    before=r"成本价?|买入?[的了]?价?|进价|均价|从|由|入手|投入?|本金|净值|原来",
    after=r"的?成本|(?:的?时?候?)?(?:买|进的|入的?|建仓|入手)",
    never_before=rf"(?:现在|现价|卖|{FALL}|{RISE}|浮[亏盈]){NO_NUMBER}",
    most=_DEAREST,
)
_SELL = Slot(
    "sell",
    "卖出价或现价",
    MONEY,
    ask="多少钱卖的（或者现在多少钱）？",
    least=0.0001,
    before=r"现在|现价|目标价?|目前|[跌涨掉升变]到|到了?|卖出?[的了]?价?|抛|变成?|成了?|还?剩|值|最新",
    after=r"[^，。]{0,2}(?:卖|抛|出|清仓)|了",
    never_after=r"(?:的?时?候?)?(?:买|进的|入手)",
    never_before=rf"(?:{FALL}|{RISE}|浮[亏盈]){NO_NUMBER}",
    most=_DEAREST,
)
_FROM = Slot(
    "before_change",
    "原来的数",
    MONEY,
    ask="原来是多少？",
    least=0.01,
    before=r"从|由|原来|上期|基数",
)
_TO = Slot(
    "after_change",
    "后来的数",
    MONEY,
    ask="后来是多少？",
    least=0,
    before=r"(?:增长|增加|涨|升|提高|扩大|降|下降|下滑|减少|跌|变|做)?[到至成为]",
    never_before=rf"(?:从|由){NO_NUMBER}",
)
_SHARES = Slot(
    "shares", "股数", (Unit.SHARES, Unit.FUND_UNITS), alone=True, required=False, anchor=False
)
_HELD = Slot(
    "held",
    "持有时间",
    (Unit.DAYS, Unit.MONTHS, Unit.WEEKS),
    alone=True,
    required=False,
    anchor=False,
)


def _annualised(values: Values, day: date) -> Calculation:
    return _of_amounts(values, values["goal"], values["length"])


def _annualised_profit(values: Values, day: date) -> Calculation:
    gain = values["profit"] if "profit" in values else -values["loss"]
    return _of_amounts(values, fen(values["principal"] + gain), values["length"])


def _annualised_dates(values: Values, day: date) -> Calculation:
    start, end = values["from_day"], values["to_day"]
    same_day = (start.month, start.day) == (end.month, end.day)
    if not same_day and (12, 31) in ((start.month, start.day), (end.month, end.day)):
        raise ToujiaoError(line("which_days"))
    return _between(values, start, end)


def _annualised_span(values: Values, day: date) -> Calculation:
    """从2018年5月1日到2023年5月1日 is read as one period."""
    start, end = values.get("span_from"), values["span"]
    if start is None or (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        raise ToujiaoError(line("which_years"))
    if start.day == 1 and (end + timedelta(days=1)).day == 1:
        end = end.replace(day=1)  # 从2018年3月到2023年3月: so many months
    return _between(values, start, end)


def _between(values: Values, start: date, end: date) -> Calculation:
    if end <= start:
        raise ToujiaoError(line("days_wrong"))
    if start.day == end.day:
        months = (end.year - start.year) * 12 + end.month - start.month
        length = Length(months, Unit.MONTHS)
        if months % 12 == 0:
            length = Length(months // 12, Unit.YEARS)
    else:
        length = Length((end - start).days, Unit.DAYS)
    shown = {"start": chinese_date(start), "end": chinese_date(end), "length": told(length)}
    return _of_amounts(values, values["goal"], length, [line("days_between", **shown)])


def _of_amounts(
    values: Values, goal: float, length: Length, steps: list[str] | None = None
) -> Calculation:
    start = values["principal"]
    multiple = goal / start
    shown = {"start": plain(start), "goal": plain(goal), "multiple": approx(multiple, 4)}
    steps = [*(steps or []), line("annualised_multiple", **shown)]
    inputs = {"start_yuan": start, "end_yuan": goal}
    wanted = None
    if values.get("wanted"):
        wanted = {"length": told(length), "start": plain(start), "goal": plain(goal)}
    return _yearly(values, multiple - 1, length, inputs, steps, wanted)


def _annualised_total(values: Values, day: date) -> Calculation:
    if "total" in values:
        total = values["total"]
    else:
        total = values["negative"] if "negative" in values else -values["total_loss"]
    return _yearly(values, total, values["length"], {"total_return": total}, [])


def _yearly(
    values: Values,
    total: float,
    length: Length,
    inputs: dict[str, float],
    steps: list[str],
    wanted: dict[str, str] | None = None,
) -> Calculation:
    years = length.years
    exact, simple = annualize(total, years), total / years
    shown = {"rate": share(exact), "simple": share(simple)}
    count = plain(years) if years >= 1 else f"({told(length)}，合 {plain(years)} 年)"
    multiple = f"1 {'−' if total < 0 else '+'} {share(abs(total))}"
    compounded = line(
        "annualised_working", multiple=multiple, years=count, approx=approx_percent(exact)
    )
    simply = line(
        "annualised_simple", total=share(total), years=count, approx=approx_percent(simple)
    )
    results = {"annual_return": exact, "annual_return_simple": simple}
    inputs = {**inputs, "years": years}
    if values.get("simple"):
        last, used = line("result_annualised_simple", **shown), [simply]
    elif years < 1:
        last, used = line("result_annualised_short", **shown), [compounded, simply]
    elif wanted:
        last, used = line("result_annualised_wanted", **shown, **wanted), [compounded]
    else:
        last, used = line("result_annualised", **shown), [compounded]
    return finish("annualised", inputs, results, [*steps, *used, last])


def _simple_return(values: Values, day: date) -> Calculation:
    bought, sold = values["buy"], values["sell"]
    rate = return_of(bought, sold)
    step = line("simple_return", sell=plain(sold), buy=plain(bought), approx=approx_percent(rate))
    last = line(f"result_simple_{outcome(rate)}", rate=share(rate), moved=share(abs(rate)))
    inputs = {"buy_yuan": bought, "sell_yuan": sold}
    return finish("simple_return", inputs, {"return": rate}, [step, last])


def _growth(values: Values, day: date) -> Calculation:
    before, after = values["before_change"], values["after_change"]
    rate = return_of(before, after)
    shown = {"before": plain(before), "after": plain(after), "moved": share(abs(rate))}
    steps = [
        line("growth_rate", approx=approx_percent(rate), **shown),
        line(f"result_growth_rate_{outcome(rate)}", **shown),
    ]
    return finish("growth_rate", {"before": before, "after": after}, {"change": rate}, steps)


def _in_a_row(values: Values, day: date) -> Calculation:
    found = [float(rate) for rate in values["returns"]]
    times = prod(1 + rate for rate in found)
    if min(found) <= -1:
        raise ToujiaoError(line("nothing_left"))
    yearly = annualize(times - 1, len(found))
    shown = {"count": str(len(found)), "total": share(times - 1), "rate": share(yearly)}
    steps = [line("returns_together", product=product(found), times=plain(times))]
    results = {"total_return": times - 1, "annual_return": yearly}
    start = values.get("principal")
    if start is None:
        return finish(
            "returns_in_a_row",
            {"returns": found},
            results,
            [*steps, line("result_returns", **shown)],
        )
    value = fen(start * times)
    last = line("result_returns_value", start=plain(start), value=money(value), **shown)
    inputs = {"returns": found, "principal_yuan": start}
    return finish("returns_in_a_row", inputs, {**results, "value_yuan": value}, [*steps, last])


_ASKED = rf"(?=.*(?:{YEARLY}))"
_UNLESS = rf"{OTHER}|(?:几|多少)倍|翻[几多]|倍数|回本|解套|每个?[月天周]|分别|依次"
# A rate that is one of a year already.
_RATE_GIVEN = (
    r"(?:每年|年化|一年|年收益率?|年回报率?|年利率)[^，。\d多少几]{0,5}"
    r"(?:\d|百分之[^多几]|[一二三四五六七八九十]+(?:个点|成|点))|"
    r"[%点成]的?年化(?![^\d，。]{0,6}(?:多少|几|多高|是啥))"
)
_PERCENT = (
    r"收益率|回报率|百分之(?:几|多少)|[几多]少?个?点|几成|比例|幅度|百分比|%是|多少%|涨幅|跌幅|(?:赚|"
    r"亏|涨|跌)了?几个"
)
_NOT_SIMPLE = (
    r"年化|年均|每年|平均|回本|解套|手续费|佣金|费用|净赚|净亏|到手|昨|收盘|开盘|涨停|跌停|分红|股息|定投|转股|"
    r"溢价|市盈|市净|毛利|净利|营收|负债|PEG|回撤|胜率|复利|补仓|目标价"
)
FORMS = (
    Form(
        "annualised",
        cue=_ASKED,
        slots=(PRINCIPAL, GOAL, LENGTH),
        choices=(_WANTED, _SIMPLE),
        work=_annualised,
        unless=_UNLESS,
        priority=5,
    ),
    Form(
        "annualised_span",
        cue=_ASKED,
        slots=(PRINCIPAL, GOAL, _DAYS),
        choices=(_WANTED, _SIMPLE),
        work=_annualised_span,
        unless=_UNLESS,
        priority=5,
    ),
    Form(
        "annualised_dates",
        cue=_ASKED,
        slots=(PRINCIPAL, GOAL, _FROM_DAY, _TO_DAY),
        choices=(_WANTED, _SIMPLE),
        work=_annualised_dates,
        unless=_UNLESS,
        priority=5,
    ),
    *(
        Form(
            f"annualised_{name}",
            cue=_ASKED,
            slots=(PRINCIPAL, slot, LENGTH),
            choices=(_SIMPLE,),
            work=_annualised_profit,
            unless=_UNLESS,
            priority=4,
        )
        for name, slot in (("profit", _PROFIT), ("loss", _LOSS))
    ),
    *(
        Form(
            f"annualised_{slot.name}",
            cue=_ASKED,
            choices=(_SIMPLE,),
            work=_annualised_total,
            slots=(
                slot,
                replace(LENGTH, anchor=True),
                replace(PRINCIPAL, required=False, anchor=False),
            ),
            unless=rf"{_UNLESS}|{_RATE_GIVEN}|最大",
            priority=4,
        )
        for slot in (_TOTAL, _TOTAL_LOSS, _NEGATIVE)
    ),
    *(
        Form(
            name,
            cue=rf"{sold}(?=.*(?:{_PERCENT}))(?=.*(?:{HOW_MUCH}))",
            work=_simple_return,
            priority=priority,
            slots=(replace(_BUY, most=most), replace(_SELL, most=most), _SHARES, _HELD),
            unless=_NOT_SIMPLE,
        )
        for name, most, priority, sold in (
            ("simple_return", _DEAREST, 9, ""),
            ("simple_return_amounts", None, 7, r"(?=.*[卖抛])"),
        )
    ),
    Form(
        "growth_rate",
        cue=(
            r"(?=.*(?:增长率|增速|增幅|同比|环比|增长了?|下降了?|下滑了?|变动|增加了?))(?=.*(?:多少|"
            r"几|怎么算|咋算))"
        ),
        slots=(_FROM, _TO),
        work=_growth,
        unless=r"年化|复合|年均|每年|PEG|市盈|股价|涨停|回本|定投",
        priority=4,
    ),
    Form(
        "returns_in_a_row",
        cue=rf"(?=.*(?:{HOW_MUCH}))(?=.*(?:收益|涨|赚|亏|年化|回报))(?=.*(?:分别|依次|各是|各为|逐年|、))",
        work=_in_a_row,
        priority=5,
        slots=(
            Slot(
                "returns",
                "每年的收益",
                (Unit.RATIO,),
                many=True,
                alone=True,
                ask="每年的收益各是多少？",
            ),
            replace(LENGTH, required=False),
            replace(PRINCIPAL, required=False, anchor=False),
        ),
        unless=rf"{OTHER}|[%％]\s*(?:到|至|~|-)|标准差|期望|概率|相关|平均数|算术",
    ),
)
