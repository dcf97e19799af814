"""Every form, for the assistant, the page and the service."""

from __future__ import annotations

from dataclasses import replace

from toujiao.calculators.forms import (
    averages,
    bands,
    beta,
    bonds,
    company,
    company_totals,
    dividends,
    drawdown,
    ex_days,
    fees,
    funds,
    holding,
    investing,
    ipo,
    kdj,
    kelly,
    limit_days,
    limit_rows,
    macd,
    market,
    money,
    obv,
    oscillators,
    payoff,
    position,
    purchases,
    ranges,
    recovery,
    repo,
    sharpe,
    turnover,
    valuation,
    volatility,
    yearly,
    yields,
)
from toujiao.calculators.forms.form import Form

# Where one of these names stands, a general sum of prices is not what is asked: “股价12块，20日均线10块，
# 乖离率多少” is no return on 10 yuan.
FIGURE_NAMES = (
    r"乖离|BIAS|(?<![A-Z])EMA|MACD|(?<![A-Z])DIF|(?<![A-Z])DEA|KDJ|RSV|RSI|BOLL|布林|[上下]轨|(?<![A-Z])WR|威廉|ATR|"
    r"真实波幅|OBV|能量潮|换手率|回撤|波动率|夏普|贝塔|beta|相关系数|凯利|kelly|胜率|盈亏比|赔率|期望值|股息率|市盈率|"
    r"(?<![A-Z])P[EB](?![A-Z])|PEG|市净率|ROE|净资产收益率|杜邦|负债率|毛利率|净利率|转股|溢价率|逆回购|GC\s?-?\d{3}|"
    r"(?:打新|申购|新股)额度|"
    r"(?:均线|移动平均线?)(?=[^，。；]{0,5}(?:多少|几|怎么算|算|[？?]|$))"
)
_NAMED = (
    averages, bands, macd, kdj, oscillators, ranges, obv, turnover, drawdown, volatility, sharpe,
    beta, kelly, payoff, position, yields, repo, ipo, bonds, valuation, company,
    company_totals,
)  # fmt: skip
_GENERAL = (
    fees, market, limit_rows, limit_days, ex_days, dividends, holding, purchases, recovery, money, yearly,
    investing, funds,
)  # fmt: skip
FORMS: tuple[Form, ...] = (
    *(form for module in _GENERAL for form in module.FORMS),
    *(replace(form, named=True) for module in _NAMED for form in module.FORMS),
)


def find_form(name: str) -> Form:
    """The form of that name; KeyError for an unknown one."""
    return {form.name: form for form in FORMS}[name]
