"""Sums about buying and selling: fees of one trade, of a round trip, the break-even price."""

from __future__ import annotations

import re
from typing import Literal

from toujiao.assistant.broker_terms import Terms, broker_terms, without_terms
from toujiao.assistant.calculation import Calculation, Sum, finish, line, plain, price
from toujiao.assistant.parse_numbers import find
from toujiao.calculators import round_trip, trade_cost
from toujiao.calculators.fees import TradeCost

Side = Literal["buy", "sell"]

_BUY = r"(?:买|入手|建仓|进[了货]|成本)"
_SELL = r"(?:卖|抛|清仓|出手|止盈|止损|出货|割|斩)"
_PRICE = r"{n}(?![\d.股%天年个])元?"
_BEFORE = r"(?:的?(?:价格|价位|价|时候?|钱))?[^\d，。；买卖抛]{0,4}"
_AFTER = r"(?:[入进出]?了?价?格?)[^\d，。；买卖]{0,5}(?:\d+股)?[^\d，。；买卖]{0,5}"
# Other products have other fees.
_ELSEWHERE = re.compile(
    r"ETF|基金|转债|债券|港股|美股|期货|期权|B股|逆回购|国债|定投|分红|红利|房", re.I
)
_FEE = re.compile(r"手续费|费用|税费|佣金|印花税|过户费|总成本|交易成本|收费|交.{0,3}税|扣多少")
_RESULT = re.compile(r"赚|亏|盈|利润|到手|落下|剩|回本|保本")
_BREAK_EVEN = re.compile(r"不亏|保本|回本|不赔|盈亏平衡|够(?:本|手续费)")
_ROUND = re.compile(
    r"一买一卖|买卖一(?:次|趟|回)|一进一出|来回|一个?回合|(?:先|再)买.*卖|买.*(?:卖|抛)"
)
_HOW_MUCH = re.compile(r"多少|几[块元毛]|算[一算]?下|扣多|算出")
_ASKED = {"stamp_duty": "印花税", "commission": "佣金", "transfer_fee": "过户费"}
_CARDS = {"stamp_duty": "stamp-duty", "commission": "commission", "transfer_fee": "transfer-fee"}


def fees(question: Sum) -> Calculation | None:
    """Round trip, break-even or one trade, whichever the numbers allow."""
    if _ELSEWHERE.search(question.text):
        return None
    if not (_FEE.search(question.text) or _RESULT.search(question.text)):
        return None
    terms = broker_terms(question)
    text = without_terms(question.text)
    shares = find(text, r"{n}股")
    if shares is None:
        return _by_amount(question, text, terms)
    if shares != int(shares) or shares < 1:
        return None
    return _by_shares(question, text, int(shares), terms)


def _by_shares(question: Sum, text: str, shares: int, terms: Terms) -> Calculation | None:
    bought, sold = _prices(text)
    asked = _asked(text)
    if bought and sold and asked is None:
        return _round_trip(question, bought, sold, shares, terms)
    if bought and not sold and _BREAK_EVEN.search(text):
        return _break_even(question, bought, shares, terms)
    # A second price that fits neither side: better no sum than half of one.
    if not _FEE.search(text) or (asked is None and len(re.findall(r"\d元", text)) > 1):
        return None
    if sold and (asked == "stamp_duty" or not bought):
        return _trade(question, sold, shares, "sell", asked, terms)
    if bought:
        return _trade(question, bought, shares, "buy", asked, terms)
    only = find(text, r"{n}元")
    return _trade(question, only, shares, _side(text), asked, terms) if only else None


def _by_amount(question: Sum, text: str, terms: Terms) -> Calculation | None:
    """“卖掉8万元的股票，印花税多少”: no shares, so the whole amount counts as one."""
    amounts = re.findall(r"(\d+(?:\.\d+)?)元", text)
    if len(amounts) != 1 or not _FEE.search(text) or not _HOW_MUCH.search(text):
        return None
    amount, asked = float(amounts[0]), _asked(text)
    if _ROUND.search(text) and asked in (None, "commission", "transfer_fee"):
        return _round_trip_amount(question, amount, terms)
    side = _side(text)
    if side is None and asked is None:
        return None
    return _trade(question, amount, 1, side, asked, terms, whole_amount=True)


def _side(text: str) -> Side | None:
    """The side that the text names; None when it names none."""
    if re.search(_SELL, text):
        return "sell"
    return "buy" if re.search(_BUY, text) else None


def _prices(text: str) -> tuple[float | None, float | None]:
    """Buying and selling price: the numbers beside the verbs, else their order."""
    bought = find(text, _PRICE + _BEFORE + _BUY, r"(?:成本价?|买入价|买价)[^\d，。]{0,4}" + _PRICE)
    sold = find(text, _PRICE + _BEFORE + _SELL, r"(?:卖出价|卖价)[^\d，。]{0,4}" + _PRICE)
    if bought is None:
        bought = find(text, _BUY + _AFTER + _PRICE)
    if sold is None:
        sold = find(text, _SELL + _AFTER + _PRICE)
    if bought is not None and sold is None and re.search(_SELL, text):
        moved = find(text, r"涨了?{n}%")
        fallen = find(text, r"跌了?{n}%")
        if moved or fallen:
            sold = round(bought * (1 + (moved or -(fallen or 0)) / 100), 2)
    return bought, sold


def _asked(text: str) -> str | None:
    """The one fee that is asked for, None when all of them are."""
    found = [
        key
        for key, name in _ASKED.items()
        if re.search(
            rf"{name}[^，。]{{0,8}}(?:多少|几|怎么算|咋算|算)|(?:多少|几)[^，。]{{0,4}}{name}", text
        )
    ]
    if len(found) != 1 or re.search(r"手续费|费用|总成本|净|一共赚", text):
        return None
    return found[0]


def _trade(
    question: Sum,
    each: float,
    shares: int,
    side: Side | None,
    asked: str | None,
    terms: Terms,
    whole_amount: bool = False,
) -> Calculation:
    notes = []
    if side is None:
        side = "sell" if asked == "stamp_duty" else "buy"
        notes.append(line("side_sell" if side == "sell" else "side_buy"))
    cost = _cost(each, shares, side, terms, question)
    working = list(cost.steps)
    if whole_amount:
        working[0] = line("amount", amount=plain(cost.amount))
    part = asked or "total"
    total = cost.total if asked is None else getattr(cost, asked)
    shown_terms = terms.steps if asked in (None, "commission") else terms.steps[:-1]
    return finish(
        "trade_cost",
        {"price_yuan": each, "shares": shares, "side": side, **_inputs(terms, question)},
        {
            "total_fees_yuan": cost.total,
            "commission_yuan": cost.commission,
            "stamp_duty_yuan": cost.stamp_duty,
            "transfer_fee_yuan": cost.transfer_fee,
        },
        [
            *shown_terms,
            *notes,
            *(working[:-1] if asked is None else _lines_about(asked, working)),
            line(
                f"result_{part}",
                total=plain(total),
                commission=plain(cost.commission),
                stamp=plain(cost.stamp_duty),
                transfer=plain(cost.transfer_fee),
            ),
        ],
        card_id=_CARDS.get(part),
    )


def _lines_about(asked: str, working: list[str]) -> list[str]:
    return [working[0], *(step for step in working[1:] if step.startswith(_ASKED[asked]))]


def _round_trip(
    question: Sum, bought: float, sold: float, shares: int, terms: Terms
) -> Calculation:
    trip = round_trip(
        bought, sold, shares, terms.board, terms.commission, terms.minimum, question.day
    )
    if trip.net_profit > 0:
        result = "round_trip_gain"
    else:
        result = "round_trip_loss" if trip.net_profit < 0 else "round_trip_even"
    return finish(
        "round_trip",
        {
            "buy_price_yuan": bought,
            "sell_price_yuan": sold,
            "shares": shares,
            **_inputs(terms, question),
        },
        {
            "total_fees_yuan": trip.total_fees,
            "gross_profit_yuan": trip.gross_profit,
            "net_profit_yuan": trip.net_profit,
            "break_even_price_yuan": trip.break_even_price,
        },
        [
            *terms.steps,
            _bill("buy", trip.buy, bought, shares),
            _bill("sell", trip.sell, sold, shares),
            _fees_sum(trip.buy, trip.sell, trip.total_fees),
            line(
                "gross",
                sell=plain(trip.sell.amount),
                buy=plain(trip.buy.amount),
                gross=plain(trip.gross_profit),
            ),
            line(result, total=plain(trip.total_fees), net=plain(abs(trip.net_profit))),
        ],
    )


def _round_trip_amount(question: Sum, amount: float, terms: Terms) -> Calculation:
    """Both trades over the same amount: what going in and out costs."""
    buy = _cost(amount, 1, "buy", terms, question)
    sell = _cost(amount, 1, "sell", terms, question)
    total = round(buy.total + sell.total, 2)
    return finish(
        "round_trip",
        {"amount_yuan": amount, **_inputs(terms, question)},
        {"total_fees_yuan": total},
        [
            *terms.steps,
            _bill("buy_amount", buy, amount, 1),
            _bill("sell_amount", sell, amount, 1),
            _fees_sum(buy, sell, total),
            line("round_trip_fees", total=plain(total)),
        ],
    )


def _break_even(question: Sum, bought: float, shares: int, terms: Terms) -> Calculation:
    at_cost = round_trip(
        bought, bought, shares, terms.board, terms.commission, terms.minimum, question.day
    )
    lowest = at_cost.break_even_price
    trip = round_trip(
        bought, lowest, shares, terms.board, terms.commission, terms.minimum, question.day
    )
    return finish(
        "break_even",
        {"buy_price_yuan": bought, "shares": shares, **_inputs(terms, question)},
        {"break_even_price_yuan": lowest, "total_fees_yuan": trip.total_fees},
        [
            *terms.steps,
            _bill("buy", trip.buy, bought, shares),
            _bill("sell", trip.sell, lowest, shares),
            _fees_sum(trip.buy, trip.sell, trip.total_fees),
            line("break_even", price=price(lowest)),
        ],
    )


def _cost(each: float, shares: int, side: Side, terms: Terms, question: Sum) -> TradeCost:
    return trade_cost(
        each, shares, side, terms.board, terms.commission, terms.minimum, question.day
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


def _inputs(terms: Terms, question: Sum) -> dict[str, object]:
    return {
        "commission_rate": terms.commission,
        "board": terms.board,
        "day": question.day.isoformat(),
    }
