"""Forms about what is still held: its floating profit or loss, in yuan and per cent.

A price beside 卖 is a sale and belongs to `fees.round_trip`; here nothing has been sold. Fees are
counted only where the question asks for them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from toujiao.calculators.fees import trade_cost
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.moves import (
    EACH,
    FALL,
    HOW_MUCH,
    KINDS,
    NO_NUMBER,
    RISE,
    TIME,
    TIMES,
    move_slots,
    moves,
    product,
    together,
)
from toujiao.calculators.forms.show import fen, in_hundred_millions, money, outcome, share
from toujiao.calculators.forms.terms import (
    BOARD,
    CODE,
    COMMISSION,
    MINIMUM,
    MONEY,
    NO_MINIMUM,
    broker_terms,
)
from toujiao.calculators.forms.wording import line
from toujiao.calculators.inputs import decimal, round_fen
from toujiao.calculators.texts import approx_percent, percent, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

_DEAREST = 5000  # yuan: more is an amount, not the price of one share
_COST = r"成本价?|买入?[的了]?价?|进价|均价|持仓价|抄底|建仓|入手|进的"
_COST_AFTER = r"的?成本|(?:的?时?候?)?(?:买|进的|入的|建的?仓|抄的?底|入手|上车|进场)"
_NOW = (
    r"现在|现价|目前|如今|当前|眼下|今天|收盘价?|最新价?|股价|市价|(?:[跌涨掉升亏赚赔]|缩水)[到至成]|"
    r"到了|变成?|还?剩下?|只有|只值|值"
)
_HELD_WORDS = (
    r"浮[亏盈动]|账面|[没未]卖|现在|现价|市价|盈利|目前|如今|当前|眼下|今天|市值|盈亏|"
    r"[跌涨掉升]到|[套亏赚赔]|亏损|"
    r"收益|回报|持仓|跌成|只?剩|缩水"
)
_SOLD = (
    r"(?:\d|[块元毛])[^，。,;；]{0,3}(?:卖|抛|割|清仓|出手|止损|止盈|平仓|出掉)(?!.{0,6}(?:到手|到账|能拿))|"
    r"(?<![没未])(?<!没有)(?:卖|抛|割)(?:掉了|出了?|了|在|价)|清仓|平仓|止损|止盈"
)
_ORIGINAL_ASKED = (
    r"(?:投了?|本金(?:是|有)?|原来(?:有|是|投了)?|买了|成本(?:是|价)?|原价(?:是)?)(?:多少|几)"
)
_OTHER = (
    rf"{_SOLD}|回本|解套|保本|不亏|翻|年化|复利|定投|涨停|跌停|申购|赎回|补仓|加仓|摊|转债|逆回购|分红|"
    r"股息|红利|除权|配股|送股|派息|融资|杠杆|保证金|平均每年|年均|几年|多少年|多久|每[年月]|"
    r"[想目]标|想要?赚|概率|胜率|(?:多少|几成|多大)仓位|仓位(?:是|该|要|多少)|凯利|回撤|市盈率|"
    r"(?<![a-z])PE(?![a-z])|市净率|转股|每股收益|净利润|营收|涨跌幅|打算|股指"
)
_UNLESS = rf"{_OTHER}|{_ORIGINAL_ASKED}"
_ASKED = rf"(?=.*(?:{HOW_MUCH}))(?=.*(?:{_HELD_WORDS}))"
_COST_PRICE = Slot(
    "cost_price",
    "成本价",
    MONEY,
    ask="成本价是多少钱一股？",
    before=_COST,
    after=_COST_AFTER,
    alone=True,
    never_before=rf"(?:现在|现价|目前|[跌涨]到|最新价?){NO_NUMBER}",
    least=0.001,
    most=_DEAREST,
)
_PRICE_NOW = Slot(
    "price_now",
    "现价",
    MONEY,
    ask="现在是多少钱一股？",
    before=_NOW,
    after=r"了|的?(?:现价|市价|股价)",
    alone=True,
    never_before=rf"(?:成本价?|买入价){NO_NUMBER}",
    never_after=r"(?:的?时?候?)?(?:买|进的|入手|成本)",
    least=0.001,
    most=_DEAREST,
)
_PRICE_THEN = replace(
    _COST_PRICE,
    name="price_then",
    label="买入时的价格",
    ask="买的时候是多少钱一股（份）？",
    before=rf"从|由|{_COST}",
    alone=False,
)
_SHARES = Slot(
    "shares",
    "股数",
    (Unit.SHARES, Unit.FUND_UNITS),
    ask="一共有多少股（份）？",
    alone=True,
    least=0.01,
)
_PUT_IN = r"投了?|投入|本金|花了?|拿了?|放了?|总成本|总共|一共|账户|买[了入]?|入了?|进了?|成本"
_INVESTED = Slot(
    "invested",
    "投入的钱",
    (Unit.YUAN, Unit.NONE),
    ask="一共投入了多少钱？",
    before=_PUT_IN,
    alone=True,
    after=r"的?(?:本金|成本|投入|股票|基金)|买|投",
    least=0.01,
    never_before=rf"(?:{FALL}|{RISE}|浮[亏盈]|剩下?|现在|目前|补|加|追加|取出?|转出)(?:了|只)?{NO_NUMBER}",
)
_VALUE_NOW = Slot(
    "value_now",
    "现在的市值",
    MONEY,
    ask="现在值多少钱？",
    least=0.01,
    before=rf"{_NOW}|市值|还有|成了?|得只?剩|账户(?:里)?",
    after=r"了?现在|的?市值",
)
_LEFT = r"到|至|剩下?|成|现在|目前|只有"
_NO_RATIO = r"(?!比例|幅度|率|多少|金额|是|了|百分)"
_PROFIT = Slot(
    "profit",
    "赚的钱",
    MONEY,
    before=r"(?:赚|盈利?|收益|浮盈|利润)(?:了|是|有)*+(?!到|成)",
    after=rf"的?(?:收益|利润|浮盈|盈利){_NO_RATIO}",
    least=0.01,
    ask="赚了多少钱？",
    never_before=_LEFT,
)
_LOSS = Slot(
    "loss",
    "亏的钱",
    MONEY,
    before=rf"{FALL}|浮亏",
    after=rf"的?(?:亏损|浮亏){_NO_RATIO}",
    least=0.01,
    never_before=_LEFT,
    ask="亏了多少钱？",
)
_HELD = Slot(
    "held",
    "持有时间",
    TIME,
    required=False,
    anchor=False,
    before=r"持有|拿了?|套了?|放了?|过了?|半|这",
    after=r"(?:内|里|间|下来|了|以来|就|后|之后|多)?[^，。\d]{0,4}(?:亏|跌|赔|缩水|[赚涨盈]了|变|只?剩|现在)",
)
_TIMES = replace(TIMES, before=rf"{_HELD.before}|连续?着?", after=_HELD.after, alone=False)
_RATIO = Slot(
    "ratio", "盈亏比例", (Unit.RATIO,), ask="赚了（亏了）百分之多少？", alone=True, least=0
)
_NET = Choice(
    "net",
    "扣不扣费用",
    {
        False: r"(?:不|没有?|别|先不|未)(?:算|计|考虑|含|扣|管)[^，。]{0,4}(?:手续费|费用?|佣金|税)",
        True: r"手续费|佣金|费用|税费|印花税|到手|到账|净(?:亏|赚|剩|收)|扣[掉完除]|能拿(?:到|回)|拿回",
    },
    default=False,
)
_KIND = Choice(
    "kind", "股票还是基金", {"fund": r"基金|净值|份额?|ETF|LOF|REIT", "share": ""}, default="share"
)
_TERMS = (COMMISSION, MINIMUM, CODE)
_CHOICES = (_NET, _KIND, NO_MINIMUM, BOARD)


def _by_shares(values: Values, day: date) -> Calculation:
    count = decimal(values["shares"])
    cost = round_fen(decimal(values["cost_price"]) * count)
    return _held(values, day, float(cost), float(round_fen(decimal(values["price_now"]) * count)))


def _worth(values: Values, day: date) -> Calculation:
    price, shares = values["price_now"], values["shares"]
    value = float(round_fen(decimal(price) * decimal(shares)))
    unit = "份" if values["kind"] == "fund" else "股"
    steps = [
        line(
            "holding_value",
            price=plain(price),
            shares=plain(shares),
            unit=unit,
            amount=money(value),
        ),
        line("result_worth", value=money(value), large=in_hundred_millions(value)),
    ]
    return finish("holding", {"price_yuan": price, "shares": shares}, {"value_yuan": value}, steps)


def _of_total_cost(values: Values, day: date) -> Calculation:
    now = round_fen(decimal(values["price_now"]) * decimal(values["shares"]))
    return _held(values, day, values["invested"], float(now))


def _moved(values: Values, day: date) -> Calculation:
    cost = values.get("invested")
    if cost is None:
        cost = float(round_fen(decimal(values["cost_price"]) * decimal(values["shares"])))
    found = moves(values)
    value = fen(cost * together(found))
    step = line("holding_moved", cost=money(cost), product=product(found), value=money(value))
    return _held(values, day, cost, value, step, round(together(found) - 1, 12))


def _of_prices(values: Values, day: date) -> Calculation:
    """An amount, and the price (or net asset value) then and now."""
    cost, then, now = (decimal(values[name]) for name in ("invested", "price_then", "price_now"))
    value = round_fen(cost * now / then)
    shown = {"cost": money(cost), "then": plain(then), "now": plain(now), "value": money(value)}
    step = line("holding_of_prices", **shown)
    return _held(values, day, float(cost), float(value), step, float(now / then - 1))


def _original(values: Values, day: date) -> Calculation:
    """What it was before, from what is left and the rise or fall."""
    found = moves(values)
    factor = together(found)
    if factor <= 0:
        raise ToujiaoError(line("holding_nothing"))
    before = fen(values["value_now"] / factor)
    shown = {
        "value": plain(values["value_now"]),
        "before": money(before),
        "product": product(found),
    }
    steps = [line("holding_original", **shown), line("result_original", **shown)]
    inputs = {"value_yuan": values["value_now"], "change": factor - 1}
    return finish("holding", inputs, {"cost_yuan": before}, steps)


def _original_of_gain(values: Values, day: date) -> Calculation:
    """What was put in, from the gain or loss in yuan and in per cent."""
    gain = values["profit"] if "profit" in values else values["loss"]
    if values["ratio"] <= 0:
        raise ToujiaoError(line("holding_no_ratio"))
    before = fen(gain / values["ratio"])
    shown = {"gain": plain(gain), "ratio": percent(values["ratio"]), "before": money(before)}
    steps = [line("holding_original_gain", **shown), line("result_original", **shown)]
    return finish(
        "holding", {"gain_yuan": gain, "ratio": values["ratio"]}, {"cost_yuan": before}, steps
    )


def _by_values(values: Values, day: date) -> Calculation:
    return _held(values, day, values["invested"], values["value_now"])


def _by_profit(values: Values, day: date) -> Calculation:
    gain = values["profit"] if "profit" in values else -values["loss"]
    return _held(values, day, values["invested"], fen(values["invested"] + gain))


def _held(
    values: Values,
    day: date,
    cost: float,
    value: float,
    moved: str | None = None,
    ratio: float | None = None,
) -> Calculation:
    if cost <= 0:
        raise ToujiaoError(line("holding_nothing"))
    gross = fen(value - cost)
    ratio = gross / cost if ratio is None else ratio
    steps = [moved] if moved else _amounts(values, cost, value)
    steps += [
        line("holding_gross", value=money(value), cost=money(cost), gross=money(gross)),
        line("holding_ratio", gross=money(gross), cost=money(cost), ratio=approx_percent(ratio)),
    ]
    inputs = {"cost_yuan": cost, "value_yuan": value}
    results = {"gross_profit_yuan": gross, "profit_ratio": ratio, "value_yuan": value}
    shown = {"value": money(value), "gross": money(abs(gross)), "ratio": share(abs(ratio))}
    if not (values.get("net") or "commission" in values or values.get("no_minimum")):
        steps.append(line(f"holding_{outcome(gross)}", **shown))
        return finish("holding", inputs, results, steps)
    return _after_fees(values, day, inputs, results, steps)


def _amounts(values: Values, cost: float, value: float) -> list[str]:
    if "shares" not in values:
        return []
    unit = "份" if values["kind"] == "fund" else "股"
    count = plain(values["shares"])
    steps = []
    for name, amount, key in (
        ("holding_cost", cost, "cost_price"),
        ("holding_value", value, "price_now"),
    ):
        if key in values:
            steps.append(
                line(name, price=plain(values[key]), shares=count, unit=unit, amount=money(amount))
            )
    return steps


def _after_fees(
    values: Values, day: date, inputs: dict[str, Any], results: dict[str, float], steps: list[str]
) -> Calculation:
    """The same with the bill of selling everything now."""
    if values["kind"] == "fund":
        raise ToujiaoError(line("holding_fund_fees"))
    terms = broker_terms(values, day)
    cost, value = inputs["cost_yuan"], inputs["value_yuan"]
    bill = trade_cost(value, 1, "sell", terms.board, terms.commission, terms.minimum, day)
    left = fen(value - bill.total)
    net = fen(left - cost)
    shown = {
        "fees": money(bill.total),
        "left": money(left),
        "cost": money(cost),
        "net": money(abs(net)),
    }
    return finish(
        "holding",
        {
            **inputs,
            "commission_rate": terms.commission,
            "board": terms.board,
            "day": day.isoformat(),
        },
        {**results, "sale_fees_yuan": bill.total, "proceeds_yuan": left, "net_profit_yuan": net},
        [
            *terms.steps,
            *steps,
            *bill.steps[1:-1],
            line("holding_buy_fees"),
            line(f"holding_net_{outcome(net)}", **shown),
        ],
    )


_AMOUNT_WORDS = r"\d{5,}|投|本金|花|放|账户|总成本|\d+(?:\.\d+)?[万wW]|[一二两三四五六七八九十]万"
FORMS = (
    Form(
        "holding",
        cue=_ASKED,
        slots=(_COST_PRICE, _PRICE_NOW, _SHARES, _HELD, *_TERMS),
        choices=_CHOICES,
        work=_by_shares,
        unless=_UNLESS,
        priority=10,
        uses_rules=True,
    ),
    Form(
        "holding_worth",
        cue=r"值多少|值几|市值(?:是|有|一共)*(?:多少|几)|一共(?:是|值)?多少钱|总共多少钱|多少市值",
        choices=(_KIND,),
        work=_worth,
        unless=rf"{_UNLESS}|成本|买|亏|赚|总股本|公司|发行|流通|总市值|新股|申购|张|手续费|{FALL}",
        priority=5,
        slots=(
            replace(_PRICE_NOW, alone=True, before=rf"{_NOW}|净值|单价|一股|每股"),
            replace(_SHARES, least=2),
        ),
    ),
    Form(
        "holding_total_cost",
        cue=_ASKED,
        choices=_CHOICES,
        work=_of_total_cost,
        unless=_UNLESS,
        priority=9,
        slots=(replace(_INVESTED, alone=False, least=100), _PRICE_NOW, _SHARES, _HELD, *_TERMS),
        uses_rules=True,
    ),
    *(
        Form(
            f"holding_moved_{kind}",
            cue=f"{word}(?=.*(?:{HOW_MUCH}))",
            choices=(*_CHOICES, EACH),
            work=_moved,
            slots=(_COST_PRICE, _SHARES, *move_slots(kind, _TIMES), *_TERMS),
            unless=_UNLESS,
            priority=8,
            uses_rules=True,
        )
        for kind, word in KINDS.items()
    ),
    *(
        Form(
            f"holding_amount_{kind}",
            cue=f"{word}(?=.*(?:{HOW_MUCH}))",
            choices=(*_CHOICES, EACH),
            work=_moved,
            slots=(_INVESTED, *move_slots(kind, _TIMES), *_TERMS),
            priority=5,
            uses_rules=True,
            unless=_UNLESS,
        )
        for kind, word in KINDS.items()
    ),
    *(
        Form(
            f"holding_original_{kind}",
            cue=f"{word}(?=.*(?:{_ORIGINAL_ASKED}))",
            choices=(EACH,),
            work=_original,
            slots=(
                replace(
                    _VALUE_NOW,
                    before=rf"{_VALUE_NOW.before}|卖了?|后",
                    never_before=rf"(?:{FALL}|{RISE}){NO_NUMBER}",
                ),
                *move_slots(kind, _TIMES),
            ),
            unless=r"年化|每年|定投|申购|市盈",
            priority=7,
        )
        for kind, word in KINDS.items()
    ),
    *(
        Form(
            f"holding_original_{slot.name}",
            cue=rf"(?=.*(?:{_ORIGINAL_ASKED}))(?=.*[亏赚跌涨盈])",
            work=_original_of_gain,
            slots=(
                replace(slot, alone=True, never_before=rf"(?:现在|剩下?|卖){NO_NUMBER}"),
                _RATIO,
            ),
            unless=r"年化|每年|定投|申购|市盈|现在|剩|卖",
            priority=6,
        )
        for slot in (_PROFIT, _LOSS)
    ),
    Form(
        "holding_of_prices",
        cue=_ASKED,
        choices=_CHOICES,
        work=_of_prices,
        unless=_UNLESS,
        priority=7,
        slots=(replace(_INVESTED, least=100), _PRICE_THEN, _PRICE_NOW, _HELD, *_TERMS),
        uses_rules=True,
    ),
    Form(
        "holding_values",
        cue=f"(?=.*(?:{_AMOUNT_WORDS})){_ASKED}",
        choices=_CHOICES,
        work=_by_values,
        slots=(_INVESTED, _VALUE_NOW, _HELD, *_TERMS),
        unless=_UNLESS,
        priority=6,
        uses_rules=True,
    ),
    Form(
        "holding_profit",
        cue=f"(?=.*(?:{_AMOUNT_WORDS})){_ASKED}",
        choices=_CHOICES,
        work=_by_profit,
        slots=(_INVESTED, _PROFIT, _HELD, *_TERMS),
        unless=_UNLESS,
        priority=5,
        uses_rules=True,
    ),
    Form(
        "holding_loss",
        cue=f"(?=.*(?:{_AMOUNT_WORDS})){_ASKED}",
        choices=_CHOICES,
        work=_by_profit,
        slots=(_INVESTED, _LOSS, _HELD, *_TERMS),
        unless=_UNLESS,
        priority=5,
        uses_rules=True,
    ),
)
