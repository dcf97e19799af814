"""Calculators: every number of an answer that is not a rule is computed here.

Fees, price limits and ex-rights prices with the rules of the day asked; returns, valuation,
risk; indicators in the 通达信 convention (TA-Lib's is in `talib_convention`). Needs numpy only.
`catalog.namespace(as_of)` is the `calc` object of the card templates.
"""

from toujiao.calculators.dividends import dividend_tax, dividend_yield_from_payout
from toujiao.calculators.ex_rights import ex_day_change, ex_rights_price
from toujiao.calculators.fees import round_trip, trade_cost
from toujiao.calculators.funds import redemption, redemption_by_amount, subscription
from toujiao.calculators.holding import holding_by_amount, holding_result
from toujiao.calculators.indicator_parts import kdj_j, kdj_next, kdj_rsv, macd_bar
from toujiao.calculators.indicators import (
    atr,
    bias,
    boll,
    ema,
    kdj,
    ma,
    macd,
    obv,
    rsi,
    sma_cn,
    wr,
)
from toujiao.calculators.investing import lump_sum_plus_regular, regular_investing
from toujiao.calculators.ipo import subscription_quota
from toujiao.calculators.price_limits import (
    limit_chain,
    limit_down,
    limit_up,
    percent_change,
    price_limit_ratio,
)
from toujiao.calculators.repo import repo_days, repo_days_by_weekday, reverse_repo
from toujiao.calculators.returns import (
    annualize,
    compound,
    gain_to_recover,
    simple_return,
    years_to_double,
)
from toujiao.calculators.risk import (
    annual_volatility,
    beta,
    beta_from_correlation,
    beta_from_covariance,
    correlation,
    correlation_from_covariance,
    expectation,
    kelly,
    max_drawdown,
    sharpe,
    sharpe_ratio,
    volatility,
)
from toujiao.calculators.trading_calendar import is_trading_day, next_trading_day
from toujiao.calculators.valuation import (
    bond_price,
    conversion_premium,
    conversion_value,
    debt_ratio,
    dividend_yield,
    dupont,
    eps,
    gross_margin,
    market_value,
    pb,
    pe,
    peg,
    percentile,
    roe,
)

__all__ = [
    "annual_volatility",
    "annualize",
    "atr",
    "beta",
    "beta_from_correlation",
    "beta_from_covariance",
    "bias",
    "boll",
    "bond_price",
    "compound",
    "conversion_premium",
    "conversion_value",
    "correlation",
    "correlation_from_covariance",
    "debt_ratio",
    "dividend_tax",
    "dividend_yield",
    "dividend_yield_from_payout",
    "dupont",
    "ema",
    "eps",
    "ex_day_change",
    "ex_rights_price",
    "expectation",
    "gain_to_recover",
    "gross_margin",
    "holding_by_amount",
    "holding_result",
    "is_trading_day",
    "kdj",
    "kdj_j",
    "kdj_next",
    "kdj_rsv",
    "kelly",
    "limit_chain",
    "limit_down",
    "limit_up",
    "lump_sum_plus_regular",
    "ma",
    "macd",
    "macd_bar",
    "market_value",
    "max_drawdown",
    "next_trading_day",
    "obv",
    "pb",
    "pe",
    "peg",
    "percent_change",
    "percentile",
    "price_limit_ratio",
    "redemption",
    "redemption_by_amount",
    "regular_investing",
    "repo_days",
    "repo_days_by_weekday",
    "reverse_repo",
    "roe",
    "round_trip",
    "rsi",
    "sharpe",
    "sharpe_ratio",
    "simple_return",
    "sma_cn",
    "subscription",
    "subscription_quota",
    "trade_cost",
    "volatility",
    "wr",
    "years_to_double",
]
