"""Sums about figures of a share or a list: PE, PB, PEG, dividend yield, average, drawdown, Kelly."""

from __future__ import annotations

import re

from toujiao.assistant.calculation import Calculation, Sum, finish, line, percent, plain
from toujiao.assistant.parse_numbers import find, numbers_in_a_row, take_base
from toujiao.calculators import dividend_yield, kelly, ma, max_drawdown, pb, pe, peg

_GAP = r"[^\d，。；]{0,6}"
_PRICE = (
    rf"(?:股价|现价|价格|收盘价?|市价|价){_GAP}{{n}}(?![\d.%])",
    r"{n}元(?:的?(?:股票|股价|价格)|一股)",
)
_EPS = rf"(?:每股(?:收益|盈利|利润|净利润?)|每股赚|EPS){_GAP}{{n}}(?![\d.%])"
_BPS = rf"(?:每股净资产|BPS){_GAP}{{n}}(?![\d.%])"
_CAPITAL = rf"(?:总市值|市值){_GAP}{{n}}元?"
_PROFIT = rf"(?:净利润|年利润|利润){_GAP}{{n}}元?(?!%)"
_EQUITY = rf"(?<!每股)净资产{_GAP}{{n}}元?"
_EACH = r"(?:每股|一股|分红|派息|派|分|股息)[^\d，。]{0,8}{n}"
_AVERAGE = re.compile(r"均线|均价|移动平均|平均线|平均价|(?<![A-Z])MA\s*\d*", re.I)
_OTHER_AVERAGE = re.compile(r"EMA|指数移动|加权|MACD|RSI|KDJ|布林|乖离", re.I)


def valuation(question: Sum) -> Calculation | None:
    """PE and PB from price and figures per share, or from market value and totals."""
    text = question.text
    if re.search(r"PEG|股息率", text, re.I):
        return None
    wants_pe = re.search(r"市盈率|(?<![a-z])PE(?![a-z])", text, re.I)
    wants_pb = re.search(r"市净率|(?<![a-z])PB(?![a-z])", text, re.I)
    earned = _ratio(text, _EPS, _PROFIT) if wants_pe else None
    book = _ratio(text, _BPS, _EQUITY) if wants_pb else None
    if earned is None and book is None:
        return None
    return _pe_pb(earned, book)


def _ratio(text: str, per_share: str, total: str) -> tuple[float, float] | None:
    """(price, figure per share), or (market value, total figure)."""
    share, figure = find(text, *_PRICE), find(text, per_share)
    if share is None and figure is not None:
        share = find(re.sub(per_share.replace("{n}", r"[\d.]+"), " ", text, flags=re.I), r"{n}元")
    if share is not None and figure is not None:
        return share, figure
    value, sum_total = find(text, _CAPITAL), find(text, total)
    return (value, sum_total) if value is not None and sum_total is not None else None


def _pe_pb(earned: tuple[float, float] | None, book: tuple[float, float] | None) -> Calculation:
    inputs: dict[str, float] = {}
    results: dict[str, float] = {}
    steps, shown = [], {}
    if earned:
        value = pe(*earned)
        inputs |= {"price_yuan": earned[0], "earnings_yuan": earned[1]}
        results["pe_times"] = value
        shown["pe"] = plain(value, 2)
        steps.append(line("pe", price=plain(earned[0]), eps=plain(earned[1]), **shown))
    if book:
        value = pb(*book)
        inputs |= {"price_yuan": book[0], "book_value_yuan": book[1]}
        results["pb_times"] = value
        shown["pb"] = plain(value, 2)
        steps.append(line("pb", price=plain(book[0]), bps=plain(book[1]), pb=shown["pb"]))
    result = "result_pe_pb" if len(shown) == 2 else f"result_{next(iter(shown))}"
    steps.append(line(result, **shown))
    return finish("pe" if earned else "pb", inputs, results, steps)


def growth_ratio(question: Sum) -> Calculation | None:
    """PEG from a PE and a growth rate."""
    text = question.text
    if not re.search(r"PEG", text, re.I):
        return None
    times = find(text, rf"(?:市盈率|(?<![A-Z])PE(?!G)){_GAP}{{n}}(?![\d.%])", r"{n}倍")
    growth = find(text, rf"(?:增长|增速|增|成长){_GAP}{{n}}%", r"{n}%")
    if times is None or growth is None:
        return None
    value = peg(times, growth)
    shown = {"pe": plain(times), "growth": plain(growth), "peg": plain(value, 2)}
    return finish(
        "peg",
        {"pe_times": times, "growth_percent": growth},
        {"peg": value},
        [line("peg", **shown), line("result_peg", **shown)],
    )


def yield_of_dividend(question: Sum) -> Calculation | None:
    """The dividend yield from price and dividend per share."""
    text = question.text
    if not re.search(r"股息率|分红率|分红收益率", text):
        return None
    text = re.sub(r"股息率|分红率", " ", text)
    base, text = take_base(text)
    paid = r"(?:派|分)[^\d，。]{0,6}{n}" if base else _EACH
    cash = find(text, paid)
    text = re.sub(paid.replace("{n}", r"[\d.]+元?"), " ", text)
    steps = []
    share = find(text, *_PRICE, r"{n}元")
    if cash is None or share is None:
        return None
    each = cash / (base or 1)
    if base:
        steps = [line("dividend_each", cash=plain(cash), base=plain(base), each=plain(each))]
    ratio = dividend_yield(each, share)
    shown = {"each": plain(each), "price": plain(share), "ratio": f"{plain(ratio * 100, 2)}%"}
    return finish(
        "dividend_yield",
        {"dividend_per_share_yuan": each, "price_yuan": share},
        {"dividend_yield": ratio},
        [*steps, line("dividend_yield", **shown), line("result_dividend_yield", **shown)],
    )


def average(question: Sum) -> Calculation | None:
    """The moving average of closes that the question lists."""
    text = question.text
    if not _AVERAGE.search(text) or _OTHER_AVERAGE.search(text):
        return None
    closes = numbers_in_a_row(text, at_least=2)
    wanted = find(text, r"{n}[日天](?:移动)?(?:均线|平均|均价|的?MA)", r"MA\s*{n}")
    n = int(wanted) if wanted else len(closes)
    if not 2 <= n <= len(closes):
        return None
    last = closes[-n:]
    value = float(ma(last, n)[-1])
    numbers = [plain(close) for close in last]
    steps = [line("average_last", n=n, prices="、".join(numbers))] if n < len(closes) else []
    shown = plain(value, 3)
    steps.append(line("average", sum=" + ".join(numbers), n=n, value=shown))
    steps.append(line("result_average", n=n, value=shown))
    return finish(
        "moving_average", {"closes_yuan": last, "days": n}, {"average_yuan": value}, steps
    )


def drawdown(question: Sum) -> Calculation | None:
    """The deepest fall in a list of values, or from one value to another."""
    text = question.text
    if "回撤" not in text:
        return None
    values = numbers_in_a_row(text, at_least=2)
    if not values:
        match = re.search(
            r"(?:从|最高)?[^\d，。]{0,6}(\d+(?:\.\d+)?)元?[^\d]{0,6}(?:跌|掉|回落|回撤|降|最低)[^\d]{0,4}(\d+(?:\.\d+)?)(?!\d|%)",
            text,
        )
        values = [float(part) for part in match.groups()] if match else []
    if len(values) < 2:
        return None
    fall = max_drawdown(values)
    results = {"max_drawdown": fall.ratio}
    if not fall.ratio:
        return finish("max_drawdown", {"values": values}, results, [line("result_no_drawdown")])
    shown = {
        "peak": plain(fall.peak),
        "trough": plain(fall.trough),
        "ratio": f"{plain(fall.ratio * 100, 2)}%",
    }
    return finish(
        "max_drawdown",
        {"values": values},
        {**results, "peak": fall.peak, "trough": fall.trough},
        [line(name, **shown) for name in ("drawdown_pair", "drawdown", "result_drawdown")],
    )


def kelly_share(question: Sum) -> Calculation | None:
    """The Kelly fraction from win rate and payoff."""
    text = question.text
    if not re.search(r"凯利|kelly", text, re.I):
        return None
    win = find(
        text, r"(?:胜率|赢面|赢的?概率|获胜概率|赢)[^\d，。]{0,4}{n}%", r"{n}%的?(?:胜率|赢)"
    )
    steps, payoff = [], find(text, r"(?:盈亏比|赔率)[^\d，。]{0,4}{n}(?![\d.%])")
    against = find(text, r"(?:盈亏比|赔率)[^\d，。]{0,4}\d+(?:\.\d+)?\s*(?:[:：]|比)\s*{n}")
    if payoff and against:
        payoff /= against
    if payoff is None:
        gained = find(text, r"(?:赢了?|赚|平均盈利)[^\d，。%]{0,4}{n}(?:元|(?=[，。 ]))")
        lost = find(text, r"(?:输了?|亏|平均亏损)[^\d，。%]{0,4}{n}(?:元|(?=[，。 ]|$))")
        if gained and lost:
            payoff = gained / lost
            steps = [line("payoff", win=plain(gained), loss=plain(lost), payoff=plain(payoff, 2))]
    if win is None or not payoff:
        return None
    share = kelly(win / 100, payoff)
    shown = {
        "win": percent(win / 100),
        "payoff": plain(payoff, 2),
        "share": f"{plain(share * 100, 2)}%",
    }
    result = "result_kelly" if share > 0 else "result_kelly_none"
    return finish(
        "kelly",
        {"win_rate": win / 100, "payoff": payoff},
        {"kelly_fraction": share},
        [*steps, line("kelly", **shown), line("kelly_caution"), line(result, **shown)],
    )
