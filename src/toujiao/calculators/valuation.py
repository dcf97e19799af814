"""Ratios of price to business, and bond arithmetic. Ratios are fractions, not percentages."""

from __future__ import annotations

import numpy as np

from toujiao.calculators.inputs import (
    Series,
    above_minus_one,
    not_negative,
    number,
    positive,
    series,
    whole,
)
from toujiao.calculators.returns import growth, multiple
from toujiao.errors import ToujiaoError


def pe(price: float, eps: float) -> float:
    """Return price / earnings per share (市盈率, times).

    Units: yuan per share. Errors: `ToujiaoError` when eps <= 0: a loss has no meaningful PE.
    """
    earnings = number(eps, "每股收益")
    if earnings <= 0:
        raise ToujiaoError("每股收益是负数或 0（公司没赚钱），市盈率没有意义。")
    return positive(price, "股价") / earnings


def pb(price: float, bps: float) -> float:
    """Return price / book value per share (市净率, times). Errors: bps <= 0."""
    book = number(bps, "每股净资产")
    if book <= 0:
        raise ToujiaoError("每股净资产是负数或 0（资不抵债），市净率没有意义。")
    return positive(price, "股价") / book


def peg(pe: float, growth_percent: float) -> float:
    """Return PE / growth, growth in percent (20 means 20 %).

    Errors: `ToujiaoError` unless both are positive. Source: Peter Lynch, Jim Slater.
    """
    return positive(pe, "市盈率") / positive(growth_percent, "利润增长率（按百分数填）")


def eps(net_profit: float, shares: float) -> float:
    """Return net profit / shares in yuan per share; a loss gives a negative figure."""
    return number(net_profit, "净利润") / positive(shares, "总股数")


def roe(net_profit: float, equity: float) -> float:
    """Return net profit / shareholders' equity as a fraction. Errors: equity <= 0."""
    return number(net_profit, "净利润") / positive(equity, "净资产")


def dupont(net_margin: float, asset_turnover: float, equity_multiplier: float) -> float:
    """Return ROE = net margin x asset turnover x equity multiplier (a fraction).

    Errors: `ToujiaoError` for a negative turnover or a multiplier below 1 (assets / equity
    cannot be less). Source: DuPont identity.
    """
    multiplier = positive(equity_multiplier, "权益乘数")
    if multiplier < 1:
        raise ToujiaoError(f"权益乘数（总资产÷净资产）不会小于 1，收到的是 {multiplier}。")
    return number(net_margin, "净利率") * not_negative(asset_turnover, "总资产周转率") * multiplier


def dividend_yield(dividend: float, price: float) -> float:
    """Return yearly cash dividend per share / price as a fraction (before tax)."""
    return not_negative(dividend, "每股分红") / positive(price, "股价")


def debt_ratio(liabilities: float, assets: float) -> float:
    """Return liabilities / assets as a fraction; above 1 the company owes more than it has."""
    return not_negative(liabilities, "总负债") / positive(assets, "总资产")


def gross_margin(revenue: float, cost: float) -> float:
    """Return (revenue - cost) / revenue as a fraction."""
    sales = positive(revenue, "营业收入")
    return (sales - not_negative(cost, "营业成本")) / sales


def market_value(price: float, shares: float) -> float:
    """Return price x shares in yuan."""
    return positive(price, "股价") * positive(shares, "总股数")


def percentile(value: float, history: Series) -> float:
    """Return the share of history that was lower than `value` (0 to 1).

    Errors: `ToujiaoError` for an empty history or one with gaps.
    """
    past = series(history, "历史数据")
    return float(np.mean(past < number(value, "当前值")))


def bond_price(face: float, coupon_rate: float, market_rate: float, years: int) -> float:
    """Return what a bond is worth when the market asks `market_rate` a year.

    Formula: sum of coupon / (1 + r)^t for t = 1..years, plus face / (1 + r)^years; one coupon
    a year, the next exactly one year away. Units: yuan; rates are yearly fractions.
    Errors: `ToujiaoError` for a face that is not positive, a negative coupon rate, a market
    rate of -1 or less, or years that are not a whole number.
    """
    principal = positive(face, "债券面值")
    coupon = principal * not_negative(coupon_rate, "票面利率")
    rate = above_minus_one(market_rate, "市场利率")
    count = whole(years, "剩余年数")
    # The sum of the discounted coupons in closed form: (1 - (1 + r)^-n) / r of them.
    annuity = count if rate == 0 else -growth(rate, -count) / rate
    return coupon * annuity + principal * multiple(rate, -count)


def conversion_value(bond_price_face: float, conversion_price: float, stock_price: float) -> float:
    """Return what the shares from one convertible bond are worth, in yuan.

    Formula: face / conversion price x stock price (转股价值); face is normally 100 yuan.
    """
    shares = positive(bond_price_face, "转债面值") / positive(conversion_price, "转股价")
    return shares * positive(stock_price, "正股价")


def conversion_premium(bond_price: float, conversion_value: float) -> float:
    """Return how much dearer the bond is than its shares, as a fraction (转股溢价率).

    Formula: bond price / conversion value - 1; negative when the shares are worth more.
    Units: yuan, both for one bond; `conversion_value` as from the function of that name.
    """
    return positive(bond_price, "转债价格") / positive(conversion_value, "转股价值") - 1
