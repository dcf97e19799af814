"""Forms about buying and selling: the fees of one trade, a round trip, the break-even price."""

from __future__ import annotations

from datetime import date
from typing import Any

from toujiao.calculators.fees import (
    RoundTrip,
    TradeCost,
    round_trip,
    stamp_duty,
    trade_cost,
    transfer_fee,
)
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.terms import (
    BOARD,
    CODE,
    COMMISSION,
    MINIMUM,
    MONEY,
    NO_MINIMUM,
    Terms,
    broker_terms,
)
from toujiao.calculators.forms.wording import line, price
from toujiao.calculators.texts import plain
from toujiao.calculators.units import Unit
from toujiao.clock import chinese_date

BUY = r"买|入手|建仓|进[了货价]?|成本|抄底|加仓"
SELL = r"卖|抛|清仓|出手|止盈|止损|出货|割|斩仓|出掉|平仓|走人|离场"
# Other products have other fees.
ELSEWHERE = (
    r"GC\s?-?\d{3}|(?<![A-Z])R-?0\d\d|204\d{3}|1318\d\d|涨停|跌停|连板|ETF|基金|转债|债券|港股|美股|期货|期权|B股|"
    r"逆回购|国债|定投|分红|红利|股息|股利|派息|派现|房|LOF|REIT|开通|开户|开.{0,2}(?:创业板|科创板|北交所)|权限|门槛|新股中签|借|贷|存(?:款|进)|退税|补税|利息"
)
_FEE = (
    r"手续费|费用|税费|佣金|印花税|过户费|总成本|交易成本|收费|交.{0,3}税|扣多少|扣.{0,4}钱|税|成本.{0,4}多少|"
    r"费.{0,3}(?:多少|几)|要(?:花|付|掏)多少|到手|到账|剩多少|拿回"
)
_DEAREST = 5000  # yuan: more is an amount, not the price of one share
# A word of one side near a price, without the word of the other side in between.
_PRICE_WORDS = r"每股|一股|单价|股价|价格|价位|市价|成交价|均价"
SHARES = Slot(
    "shares",
    "股数",
    (Unit.SHARES,),
    ask="买卖了多少股？",
    alone=True,
    least=1,
)
_PRICE = Slot(
    "price", "价格", MONEY, ask="每股多少钱？", before=f"{_PRICE_WORDS}|{BUY}|{SELL}|按|以", after=rf"一股|每股|{BUY}|{SELL}|的?(?:价|股)",
    alone=True, least=0.01, most=_DEAREST,
)  # fmt: skip
_AMOUNT = Slot(
    "amount", "成交金额", (Unit.YUAN,), ask="成交了多少钱？", alone=True, least=100,
    before=rf"{BUY}|{SELL}|成交(?:额|金额)?|投|总共|一共", after=rf"的?股|{BUY}|{SELL}|的?票|成交",
)  # fmt: skip
_BUY_PRICE = Slot(
    "buy_price", "买入价", MONEY, ask="多少钱一股买的？", least=0.01, most=_DEAREST,
    before=rf"{BUY}(?:入|进)?价?|成本价?", after=rf"(?:的?时候?)?(?:{BUY})",
    never_after=r"的?时?候?(?:卖|抛|割|清|出)",
)  # fmt: skip
_SELL_PRICE = Slot(
    "sell_price", "卖出价", MONEY, ask="多少钱一股卖的？", least=0.01, most=_DEAREST,
    before=rf"{SELL}(?:出|掉)?价?|涨到|跌到|到了?", after=rf"(?:的?时候?)?(?:{SELL})|全?(?:卖|抛|出)",
    never_after=r"的?时?候?(?:买|入手|建仓|进的?)",
)  # fmt: skip
_BUY_DAY = Slot(
    "buy_day",
    "买入那天",
    (Unit.DATE,),
    required=False,
    anchor=False,
    after=BUY,
    before=r"(?:买|入手|建仓)(?:于|在)?",
)
_SELL_DAY = Slot(
    "sell_day",
    "卖出那天",
    (Unit.DATE,),
    required=False,
    anchor=False,
    after=SELL,
    before=r"(?:卖|抛)(?:出|掉)?(?:于|在)?",
)
_RISE = Slot(
    "rise",
    "涨幅",
    (Unit.RATIO,),
    required=False,
    anchor=False,
    before=r"涨|赚|盈|上涨|升",
    after=r"的?(?:涨幅|收益)",
)
_FALL = Slot(
    "fall",
    "跌幅",
    (Unit.RATIO,),
    required=False,
    anchor=False,
    before=r"跌|亏|赔|下跌|套|降",
    after=r"的?(?:跌幅|亏损)",
)
_TERMS = (COMMISSION, MINIMUM, CODE)
_ASKED = Choice(
    "asked",
    "问哪一项",
    {
        "all": r"手续费|费用|总成本|净|一共赚|税费|总共|合计|都要",
        "stamp_duty": r"印花税|(?<!红利)(?<!过户)税(?=.{0,4}(?:多少|几|怎么|咋))",
        "transfer_fee": r"过户费",
        "commission": r"佣金(?=[^，。；]{0,8}(?:多少|几|怎么算|咋算|算|是啥|$))|(?:多少|几)[^，。]{0,4}佣金|佣金$",
    },
    default="all",
)
_SIDE = Choice("side", "买还是卖", {"sell": SELL, "buy": r"买|入手|建仓|进[了货]|抄底|加仓"})
_CARDS = {"stamp_duty": "stamp-duty", "commission": "commission", "transfer_fee": "transfer-fee"}
_ROUND = (
    rf"(?=.*(?:{BUY}))(?=.*(?:{SELL}))|"
    r"一买一卖|买卖一(?:次|趟|回)|一进一出|来回|一个?回合|再卖|全卖"
)
_BREAK_EVEN = r"不亏|保本|回本|不赔|盈亏平衡|够(?:本|手续费)|打平"


def _trade(values: Values, day: date) -> Calculation:
    return _one_trade(values, day, values["price"], values["shares"])


def _trade_of_amount(values: Values, day: date) -> Calculation:
    return _one_trade(values, day, values["amount"], None)


def _one_trade(values: Values, day: date, each: float, shares: int | None) -> Calculation:
    asked, side = values["asked"], values.get("side")
    if asked in ("stamp_duty", "transfer_fee"):
        return _one_fee(asked, side, each, shares, day)
    notes = [] if side else [line("side_buy")]
    side, terms = side or "buy", broker_terms(values, day)
    cost = trade_cost(each, shares or 1, side, terms.board, terms.commission, terms.minimum, day)
    working = list(cost.steps)
    if shares is None:
        working[0] = line("amount", amount=plain(cost.amount))
    if asked == "commission":
        working = [working[0], *(step for step in working if step.startswith("佣金"))]
        result = line("result_commission", total=plain(cost.commission))
    else:
        working = working[:-1]
        result = _trade_result(cost, bool(values.get("proceeds")) and side == "sell")
    return finish(
        "trade_cost",
        {"price_yuan": each, "shares": shares, "side": side, **_inputs(terms, day)},
        {
            "total_fees_yuan": cost.total,
            "commission_yuan": cost.commission,
            "stamp_duty_yuan": cost.stamp_duty,
            "transfer_fee_yuan": cost.transfer_fee,
        },
        [*terms.steps, *notes, *working, result],
        card_id=_CARDS.get(asked),
    )


def _trade_result(cost: TradeCost, proceeds: bool) -> str:
    if proceeds:
        net = plain(cost.amount - cost.total)
        return line("result_proceeds", amount=plain(cost.amount), total=plain(cost.total), net=net)
    return line(
        "result_total",
        total=plain(cost.total),
        commission=plain(cost.commission),
        stamp=plain(cost.stamp_duty),
        transfer=plain(cost.transfer_fee),
    )


def _one_fee(
    asked: str, side: Any, each: float, shares: int | None, day: date
) -> Calculation:
    """One fee alone needs its own rule only, also for a day of which the others are not known."""
    amount = each * (shares or 1)
    notes = []
    if asked == "stamp_duty":
        notes = [] if side else [line("side_sell")]
        fee = stamp_duty(amount, side or "sell", day)
    else:
        fee = transfer_fee(amount, day)
    if shares is not None:
        opening = line("amount_of", price=plain(each), shares=shares, amount=plain(amount))
    else:
        opening = line("amount", amount=plain(amount))
    return finish(
        "trade_cost",
        {"price_yuan": each, "shares": shares, "side": side, "day": day.isoformat()},
        {f"{asked}_yuan": fee.fee},
        [*notes, opening, *fee.steps, line(f"result_{asked}", total=plain(fee.fee))],
        card_id=_CARDS[asked],
    )


def _trip(values: Values, day: date) -> Calculation:
    bought = values["buy_price"]
    sold = values.get("sell_price")
    if sold is None:
        sold = round(bought * _moved(values), 2)
    shares = values["shares"]
    terms = broker_terms(values, day)
    legs = (values.get("buy_day"), values.get("sell_day"))
    trip = round_trip(
        bought, sold, shares, terms.board, terms.commission, terms.minimum, day, *legs
    )
    return finish(
        "round_trip",
        {
            "buy_price_yuan": bought,
            "sell_price_yuan": sold,
            "shares": shares,
            **_inputs(terms, day),
        },
        {
            "total_fees_yuan": trip.total_fees,
            "gross_profit_yuan": trip.gross_profit,
            "net_profit_yuan": trip.net_profit,
            "break_even_price_yuan": trip.break_even_price,
        },
        [
            *terms.steps,
            *_leg_note(values, day),
            _bill("buy", trip.buy, bought, shares),
            _bill("sell", trip.sell, sold, shares),
            *_trip_result(trip, values),
        ],
    )


def _leg_note(values: Values, day: date) -> list[str]:
    bought, sold = values.get("buy_day"), values.get("sell_day")
    if bought is None and sold is None:
        return []
    return [line("leg_days", buy=chinese_date(bought or day), sell=chinese_date(sold or day))]


def _trip_result(trip: RoundTrip, values: Values) -> list[str]:
    steps = [_fees_sum(trip.buy, trip.sell, trip.total_fees)]
    if values.get("asked_trip") == "fees":
        return [*steps, line("round_trip_fees", total=plain(trip.total_fees))]
    steps.append(
        line(
            "gross",
            sell=plain(trip.sell.amount),
            buy=plain(trip.buy.amount),
            gross=plain(trip.gross_profit),
        )
    )
    outcome = "gain" if trip.net_profit > 0 else "loss" if trip.net_profit < 0 else "even"
    net = plain(abs(trip.net_profit))
    return [*steps, line(f"round_trip_{outcome}", total=plain(trip.total_fees), net=net)]


def _trip_of_amounts(values: Values, day: date) -> Calculation:
    """Amounts instead of prices: what going in and out costs, and what is left."""
    amount = values["amount"]
    moved = _moved(values)
    sold = values.get("sold_amount") or round(amount * moved, 2)
    terms = broker_terms(values, day)
    fixed = (terms.board, terms.commission, terms.minimum)
    buy = trade_cost(amount, 1, "buy", *fixed, values.get("buy_day") or day)
    sell = trade_cost(sold, 1, "sell", *fixed, values.get("sell_day") or day)
    total = round(buy.total + sell.total, 2)
    gross, net = round(sold - amount, 2), round(sold - amount - total, 2)
    steps = [
        *terms.steps,
        *_leg_note(values, day),
        _bill("buy_amount", buy, amount, 1),
        _bill("sell_amount", sell, sold, 1),
        _fees_sum(buy, sell, total),
    ]
    if sold == amount or values.get("asked_trip") == "fees":
        steps.append(line("round_trip_fees", total=plain(total)))
    else:
        outcome = "gain" if net > 0 else "loss" if net < 0 else "even"
        steps.append(line("gross", sell=plain(sold), buy=plain(amount), gross=plain(gross)))
        steps.append(line(f"round_trip_{outcome}", total=plain(total), net=plain(abs(net))))
    return finish(
        "round_trip",
        {"amount_yuan": amount, "sold_amount_yuan": sold, **_inputs(terms, day)},
        {"total_fees_yuan": total, "gross_profit_yuan": gross, "net_profit_yuan": net},
        steps,
    )


def _moved(values: Values) -> float:
    return float(1 + values.get("rise", 0.0) - values.get("fall", 0.0))


def _even(values: Values, day: date) -> Calculation:
    bought, shares = values["buy_price"], values["shares"]
    terms = broker_terms(values, day)
    fixed = (shares, terms.board, terms.commission, terms.minimum, day)
    legs = (values.get("buy_day"), values.get("sell_day"))
    lowest = round_trip(bought, bought, *fixed, *legs).break_even_price
    trip = round_trip(bought, lowest, *fixed, *legs)
    return finish(
        "break_even",
        {"buy_price_yuan": bought, "shares": shares, **_inputs(terms, day)},
        {"break_even_price_yuan": lowest, "total_fees_yuan": trip.total_fees},
        [
            *terms.steps,
            *_leg_note(values, day),
            _bill("buy", trip.buy, bought, shares),
            _bill("sell", trip.sell, lowest, shares),
            _fees_sum(trip.buy, trip.sell, trip.total_fees),
            line("break_even", price=price(lowest)),
        ],
    )


def _exempt(values: Values, day: date) -> Calculation:
    """Funds and bonds pay no stamp duty (rule stamp-duty-exempt)."""
    return finish(
        "stamp_duty_exempt",
        {"amount_yuan": values.get("amount"), "day": day.isoformat()},
        {"stamp_duty_yuan": 0.0},
        [line("stamp_duty_exempt"), line("result_stamp_duty", total="0")],
    )


def _bill(name: str, cost: TradeCost, each: float, shares: int) -> str:
    return line(
        name,
        price=plain(each),
        shares=shares,
        amount=plain(cost.amount),
        commission=plain(cost.commission),
        transfer=plain(cost.transfer_fee),
        stamp=plain(cost.stamp_duty),
    )


def _fees_sum(buy: TradeCost, sell: TradeCost, total: float) -> str:
    return line("fees_sum", buy=plain(buy.total), sell=plain(sell.total), total=plain(total))


def _inputs(terms: Terms, day: date) -> dict[str, Any]:
    return {"commission_rate": terms.commission, "board": terms.board, "day": day.isoformat()}


_PROCEEDS = Choice(
    "proceeds", "问到手多少", {True: r"到手|到账|拿回|剩多少|落下|落袋|能拿"}, default=False
)
_ASKED_TRIP = Choice(
    "asked_trip",
    "问费用还是盈亏",
    {
        "result": r"赚|亏|盈|利润|到手|落下|剩|赔|净",
        "fees": r"手续费|费用|税费|总成本|交易成本|成本|扣|费",
    },
    default="result",
)
_COMMON = {"unless": ELSEWHERE, "uses_rules": True}
FORMS = (
    Form(
        "round_trip", cue=_ROUND, slots=(_BUY_PRICE, _SELL_PRICE, SHARES, _BUY_DAY, _SELL_DAY, *_TERMS),
        choices=(NO_MINIMUM, BOARD, _ASKED_TRIP), work=_trip, priority=8, **_COMMON,
    ),
    Form(
        "round_trip_moved", cue=rf"(?:涨|跌|亏|赚).*(?:{SELL})",
        slots=(_BUY_PRICE, SHARES, _RISE, _FALL, *_TERMS),
        choices=(NO_MINIMUM, BOARD, _ASKED_TRIP), work=_trip, priority=7, **_COMMON,
    ),
    Form(
        "round_trip_amounts", cue=rf"{_ROUND}|涨.*全|全部?卖",
        slots=(_AMOUNT, Slot("sold_amount", "卖出金额", (Unit.YUAN,), required=False, least=100, before=SELL, after=SELL),
               _RISE, _FALL, _BUY_DAY, _SELL_DAY, *_TERMS),
        choices=(NO_MINIMUM, BOARD, _ASKED_TRIP), work=_trip_of_amounts, priority=6,
        unless=rf"{ELSEWHERE}|(?:印花税|过户费)[^，。]{{0,8}}(?:多少|几|怎么|咋)", uses_rules=True,
    ),
    Form(
        "break_even", cue=_BREAK_EVEN, slots=(
            Slot("buy_price", "买入价", MONEY, ask="多少钱一股买的？", least=0.01, most=_DEAREST, alone=True,
                 before=rf"{BUY}价?|{_PRICE_WORDS}", after=BUY),
            SHARES, _BUY_DAY, _SELL_DAY, *_TERMS),
        choices=(NO_MINIMUM, BOARD), work=_even, priority=8,
        unless=rf"{ELSEWHERE}|涨多少|涨百分之|涨几|跌了|亏了", uses_rules=True,
    ),
    Form(
        "trade_cost", cue=_FEE, slots=(_PRICE, SHARES, *_TERMS),
        choices=(_SIDE, _ASKED, _PROCEEDS, NO_MINIMUM, BOARD), work=_trade, priority=4, **_COMMON,
    ),
    Form(
        "trade_cost_amount", cue=_FEE, slots=(_AMOUNT, *_TERMS),
        choices=(_SIDE, _ASKED, _PROCEEDS, NO_MINIMUM, BOARD), work=_trade_of_amount, priority=3, **_COMMON,
    ),
    Form(
        "stamp_duty_exempt", cue=r"印花税.*(?:ETF|LOF|REIT|转债|债券|国债)|(?:ETF|LOF|REIT|转债|债券|国债).*印花税",
        slots=(Slot("amount", "金额", (Unit.YUAN, Unit.BONDS, Unit.FUND_UNITS), alone=True, required=False),
               Slot("price", "价格", MONEY, alone=True, required=False), Slot("shares", "数量", (Unit.SHARES,), alone=True, required=False), CODE),
        work=_exempt, priority=9, uses_rules=True,
    ),
)  # fmt: skip
