"""The `calc` object of the card templates: every calculator by name, for one date.

    calc = namespace(date(2026, 10, 9))
    calc.limit_up(3.33, board="main", st=True)
    calc.macd(prices).bar

Functions that depend on rules get the date filled in; indicators return their last value.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from toujiao.calculators import (
    dividends,
    ex_rights,
    fees,
    funds,
    holding,
    indicator_parts,
    indicators,
    investing,
    ipo,
    price_limits,
    repo,
    returns,
    risk,
    trading_calendar,
    valuation,
)
from toujiao.calculators.inputs import Series, series
from toujiao.errors import ToujiaoError

Function = Callable[..., Any]

_PLAIN: tuple[Function, ...] = (
    fees.trade_cost,
    fees.round_trip,
    dividends.dividend_tax,
    dividends.dividend_yield_from_payout,
    holding.holding_result,
    holding.holding_by_amount,
    ipo.subscription_quota,
    price_limits.price_limit_ratio,
    price_limits.limit_up,
    price_limits.limit_down,
    price_limits.limit_chain,
    price_limits.percent_change,
    ex_rights.ex_rights_price,
    ex_rights.ex_day_change,
    funds.subscription,
    funds.redemption,
    funds.redemption_by_amount,
    returns.simple_return,
    returns.gain_to_recover,
    returns.compound,
    returns.years_to_double,
    returns.annualize,
    investing.regular_investing,
    investing.lump_sum_plus_regular,
    repo.reverse_repo,
    repo.repo_days,
    repo.repo_days_by_weekday,
    trading_calendar.is_trading_day,
    trading_calendar.next_trading_day,
    valuation.pe,
    valuation.pb,
    valuation.peg,
    valuation.eps,
    valuation.roe,
    valuation.dupont,
    valuation.dividend_yield,
    valuation.debt_ratio,
    valuation.gross_margin,
    valuation.market_value,
    valuation.percentile,
    valuation.bond_price,
    valuation.conversion_value,
    valuation.conversion_premium,
    risk.max_drawdown,
    risk.volatility,
    risk.annual_volatility,
    risk.sharpe,
    risk.sharpe_ratio,
    risk.kelly,
    risk.expectation,
    risk.beta,
    risk.beta_from_covariance,
    risk.beta_from_correlation,
    risk.correlation,
    risk.correlation_from_covariance,
    indicator_parts.macd_bar,
    indicator_parts.kdj_rsv,
    indicator_parts.kdj_j,
    indicator_parts.kdj_next,
)


def ma(prices: Series, n: int | None = None) -> Any:
    """`indicators.ma`; without n the mean of all prices given."""
    return indicators.ma(prices, len(series(prices, "价格")) if n is None else n)


_INDICATORS: tuple[Function, ...] = (
    ma,
    indicators.ema,
    indicators.sma_cn,
    indicators.macd,
    indicators.kdj,
    indicators.rsi,
    indicators.boll,
    indicators.wr,
    indicators.bias,
    indicators.atr,
    indicators.obv,
)


class Catalog(Mapping[str, Function]):
    """The calculators by name, as attributes and as a mapping."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = dict(functions)

    def __getitem__(self, name: str) -> Function:
        return self._functions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)

    def __getattr__(self, name: str) -> Function:
        # Python itself probes private names (copy, pickle) and expects an AttributeError.
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._functions:
            near = difflib.get_close_matches(name, self._functions, n=3, cutoff=0.5)
            hint = f"是不是想写 {'、'.join(near)}？" if near else "请对照计算器的清单。"
            raise ToujiaoError(f"没有 calc.{name} 这个计算器。{hint}")
        return self._functions[name]


def namespace(as_of: date) -> Catalog:
    """Return the calculators for `as_of`."""
    functions = [*_PLAIN, *(_last_value(function) for function in _INDICATORS)]
    return Catalog({function.__name__: _dated(function, as_of) for function in functions})


def _dated(function: Function, as_of: date) -> Function:
    """Fill in the date where one is taken, and explain wrong arguments."""
    name, signature = function.__name__, inspect.signature(function)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            wanted = "、".join(signature.parameters)
            raise ToujiaoError(f"calc.{name} 的参数不对，应当是：{wanted}。") from error
        if "as_of" in signature.parameters:
            bound.arguments.setdefault("as_of", as_of)
        return function(*bound.args, **bound.kwargs)

    return call


def _last_value(function: Function) -> Function:
    """Make an indicator return its newest value instead of the whole line."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return _newest(function(*args, **kwargs), function.__name__)

    return call


def _newest(result: Any, name: str) -> Any:
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        parts = {
            field.name: _newest(getattr(result, field.name), name)
            for field in dataclasses.fields(result)
        }
        return dataclasses.replace(result, **parts)
    value = float(result[-1])
    if math.isnan(value):
        raise ToujiaoError(f"calc.{name}：数据太少，还算不出最后一天的值，请多给几天。")
    return value
