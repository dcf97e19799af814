"""Forms of risk figures: drawdown, volatility, Sharpe ratio, beta and correlation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np

from toujiao.calculators import risk
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import BETWEEN, COUNT, PRICE, check_count, days, in_turn
from toujiao.calculators.forms.wording import line, word
from toujiao.calculators.texts import approx, approx_percent, percent, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

# How many of them a year has; the trading days may be given otherwise.
_PERIODS = {"daily": 252, "weekly": 52, "monthly": 12, "quarterly": 4, "yearly": 1}


def _drawdown(values: Values, day: date) -> Calculation:
    path = list(values["path"])
    check_count(values, path)
    return _fall_of(path, {"values": path}, [])


def _drawdown_of_returns(values: Values, day: date) -> Calculation:
    changes = list(values["returns"])
    check_count(values, changes)
    path = [1.0]
    for change in changes:
        path.append(path[-1] * (1 + change))
    shown = "、".join(plain(value, 4) for value in path)
    return _fall_of(path, {"returns": changes}, [line("path_of_returns", path=shown)])


def _drawdown_of_pair(values: Values, day: date) -> Calculation:
    peak, trough = values["peak"], values["trough"]
    if trough > peak:
        raise ToujiaoError(line("trough_above_peak"))
    return _fall_of([peak, trough], {"values": [peak, trough]}, [line("peak_first")])


def _fall_of(
    path: Sequence[float], inputs: dict[str, object], before: Sequence[str]
) -> Calculation:
    fall = risk.max_drawdown(path)
    if not fall.ratio:
        steps = [*before, line("result_no_drawdown")]
        return finish("max_drawdown", inputs, {"max_drawdown": 0.0}, steps)
    shown = {"peak": plain(fall.peak), "trough": plain(fall.trough)}
    ratio = plain(fall.ratio * 100, 2) + "%"
    return finish(
        "max_drawdown",
        inputs,
        {"max_drawdown": fall.ratio, "peak": fall.peak, "trough": fall.trough},
        [
            *before,
            line("drawdown_pair", **shown),
            line("drawdown_sum", **shown, ratio=approx_percent(fall.ratio)),
            line("result_drawdown", ratio=ratio),
        ],
    )


def _volatility(values: Values, day: date) -> Calculation:
    """The standard deviation of the returns, not made yearly."""
    returns = list(values["returns"])
    deviation, steps = _deviation(values, returns)
    return finish(
        "volatility",
        {"returns": returns},
        {"volatility": deviation},
        [*steps, line("volatility_is", value=plain(deviation * 100, 2))],
    )


def _yearly_volatility_of_list(values: Values, day: date) -> Calculation:
    returns = list(values["returns"])
    deviation, steps = _deviation(values, returns)
    return _yearly(values, deviation, {"returns": returns}, steps)


def _yearly_volatility(values: Values, day: date) -> Calculation:
    deviation = values["volatility"]
    return _yearly(values, deviation, {"volatility": deviation}, [])


def _yearly(
    values: Values, deviation: float, inputs: dict[str, object], before: list[str]
) -> Calculation:
    periods, notes = _periods(values)
    yearly = risk.annual_volatility(deviation, periods)
    shown = {"part": percent(round(deviation, 8)), "periods": periods}
    return finish(
        "volatility",
        {**inputs, "periods": periods},
        {"annual_volatility": yearly},
        [
            *before,
            *notes,
            line("yearly", **shown, value=approx_percent(yearly)),
            line("yearly_is", value=plain(yearly * 100, 2)),
        ],
    )


def _part_volatility(values: Values, day: date) -> Calculation:
    """From a yearly volatility to that of a day, a week or a month."""
    periods, notes = _periods(values)
    value = values["yearly"] / math.sqrt(periods)
    shown = {"yearly": percent(values["yearly"]), "periods": periods}
    named = word(values["frequency"])
    return finish(
        "volatility",
        {"annual_volatility": values["yearly"], "periods": periods},
        {"volatility": value},
        [
            *notes,
            line("part", **shown, value=approx_percent(value)),
            line("part_is", named=named, value=plain(value * 100, 2)),
        ],
    )


def _periods(values: Values) -> tuple[int, list[str]]:
    """How many periods a year has, and the sentence that says so."""
    frequency = values["frequency"]
    if frequency == "daily" and "periods" in values:
        return days(values["periods"]), []
    count = _PERIODS[frequency]
    name = "periods_assumed" if frequency == "daily" else "periods_known"
    return count, [line(name, named=word(frequency), count=count)]


def _deviation(values: Values, returns: Sequence[float]) -> tuple[float, list[str]]:
    """The standard deviation, with n − 1 unless the whole population is asked for."""
    check_count(values, returns)
    if len(returns) < 2:
        raise ToujiaoError(line("two_returns"))
    whole = values["population"]
    mean, squares = float(np.mean(returns)), float(np.var(returns) * len(returns))
    divisor = len(returns) - (0 if whole else 1)
    deviation = math.sqrt(squares / divisor)
    return deviation, [
        line("mean_return", value=approx_percent(round(mean, 12)), count=len(returns)),
        line(
            "deviation_population" if whole else "deviation_sample",
            sum=plain(squares, 8), divisor=divisor, value=approx_percent(deviation),
        ),
    ]  # fmt: skip


def _sharpe(values: Values, day: date) -> Calculation:
    """The Sharpe ratio from figures of a year."""
    gained, deviation = values["gain"], values["volatility"]
    free = 0.0 if values["no_rate"] else values["free"]
    value = risk.sharpe_ratio(gained, free, deviation)
    inputs = {"annual_return": gained, "risk_free": free, "annual_volatility": deviation}
    return _sharpe_of(inputs, (gained, free, deviation), value, [])


def _sharpe_without_rate(values: Values, day: date) -> Calculation:
    return _sharpe({**values, "no_rate": True}, day)


def _sharpe_of_list(values: Values, day: date) -> Calculation:
    returns, free = list(values["returns"]), values.get("free", 0.0)
    deviation, steps = _deviation({**values, "population": False}, returns)
    periods, notes = _periods(values)
    gained = float(np.mean(returns)) * periods
    yearly = risk.annual_volatility(deviation, periods)
    value = risk.sharpe(returns, free, periods)
    before = [
        *steps, *notes,
        line("yearly_return", periods=periods, value=approx_percent(round(gained, 12))),
        line("yearly", part=percent(round(deviation, 6)), periods=periods, value=approx_percent(yearly)),
    ]  # fmt: skip
    inputs = {"returns": returns, "risk_free": free, "periods": periods}
    return _sharpe_of(inputs, (gained, free, yearly), value, before)


def _sharpe_of(
    inputs: dict[str, object], parts: tuple[float, float, float], value: float, before: list[str]
) -> Calculation:
    gained, free, deviation = (plain(round(part * 100, 4), 2) + "%" for part in parts)
    notes = [line("no_free_rate")] if not parts[1] else []
    return finish(
        "sharpe",
        inputs,
        {"sharpe_ratio": value},
        [
            *before,
            *notes,
            line("sharpe", gain=gained, free=free, volatility=deviation, value=approx(value)),
            line("sharpe_is", value=plain(value, 2)),
        ],
    )


def _beta(values: Values, day: date) -> Calculation:
    asset, market = list(values["asset"]), list(values["market"])
    value = risk.beta(asset, market)
    covariance = float(np.cov(asset, market, ddof=1)[0, 1])
    variance = float(np.var(market, ddof=1))
    shown = {"covariance": plain(covariance, 8), "variance": plain(variance, 8)}
    return finish(
        "beta",
        {"asset_returns": asset, "market_returns": market},
        {"beta": value},
        [
            line("means", first=_mean(asset), second=_mean(market)),
            line("covariance", count=len(asset) - 1, covariance=shown["covariance"]),
            line("variance", count=len(asset) - 1, variance=shown["variance"]),
            line("beta", **shown, value=approx(value)),
            line("beta_is", value=plain(value, 2)),
        ],
    )


def _beta_of_covariance(values: Values, day: date) -> Calculation:
    covariance, variance = values["covariance"], values["variance"]
    value = risk.beta_from_covariance(covariance, variance)
    shown = {"covariance": plain(covariance, 8), "variance": plain(variance, 8)}
    steps = [line("beta", **shown, value=approx(value)), line("beta_is", value=plain(value, 2))]
    inputs = {"covariance": covariance, "variance": variance}
    return finish("beta", inputs, {"beta": value}, steps)


def _beta_of_correlation(values: Values, day: date) -> Calculation:
    related, own, market = values["correlation"], values["own"], values["market"]
    value = risk.beta_from_correlation(related, own, market)
    shown = {"related": plain(related), "own": percent(own), "market": percent(market)}
    return finish(
        "beta",
        {"correlation": related, "asset_volatility": own, "market_volatility": market},
        {"beta": value},
        [
            line("beta_of_correlation", **shown, value=approx(value)),
            line("beta_is", value=plain(value, 2)),
        ],
    )


def _correlation(values: Values, day: date) -> Calculation:
    first, second = list(values["first"]), list(values["second"])
    value = risk.correlation(first, second)
    deviations = [float(np.std(part, ddof=1)) for part in (first, second)]
    covariance = float(np.cov(first, second, ddof=1)[0, 1])
    return finish(
        "correlation",
        {"first": first, "second": second},
        {"correlation": value},
        [
            line("means", first=_mean(first), second=_mean(second)),
            line("covariance", count=len(first) - 1, covariance=plain(covariance, 8)),
            line("two_deviations", first=plain(deviations[0], 6), second=plain(deviations[1], 6)),
            line("correlation", value=approx(value)),
            line("correlation_is", value=plain(value, 2)),
        ],
    )


def _mean(returns: Sequence[float]) -> str:
    return plain(float(np.mean(returns)), 6)


RETURNS = Slot(
    "returns", "每期的收益率", (Unit.RATIO,), ask="每一期的收益率是多少？请一个一个说。", many=True, alone=True,
    between=BETWEEN, signed=True,
    before=r"收益率?|涨跌幅?|回报率?",
)  # fmt: skip
_OF = r"(?:收益|波动|线|回报|涨|标准差)"
_FREQUENCY = Choice(
    "frequency",
    "每天、每周还是每月",
    {
        "monthly": rf"月度?的?{_OF}|每个?月|各月|按月|逐月|一个?月|^(?![\s\S]*(?:日{_OF}|每[天日]|单日|交易日|第.天))[\s\S]*[\d一二三四五六七八九十]月",
        "weekly": rf"周度?的?{_OF}|每周|各周|按周|每个?星期|逐周|一周|一个?星期",
        "quarterly": rf"季度?的?{_OF}|每个?季",
        "daily": rf"日度?的?{_OF}|每[天日]|各日|日均|日频|交易日|按[天日]|单日|逐日|(?:周|星期)[一二三四五]|第[一二三四五]天|一天|[\d一二三四五六七八九十]个?(?:天|日|交易日)的?(?:收益|涨跌|回报)",
    },
    required=True,
    ask="这是每天、每周还是每月的？",
)
_POPULATION = Choice(
    "population", "样本还是总体", {True: r"总体|除以n(?!\s*[-−减])"}, default=False
)
_DAYS_IN_YEAR = Slot(
    "periods", "一年几个交易日", (Unit.TRADING_DAYS, Unit.DAYS, Unit.NONE), required=False, anchor=False, least=200,
    most=366, before=r"一年|每年|全年|按|年化因子|以",
)  # fmt: skip
_YEAR = Slot(
    "year", "一年", (Unit.YEARS,), required=False, anchor=False, alone=True, least=1, most=1
)
_NO_RATE = Choice(
    "no_rate", "不算无风险利率", {True: r"(?:不|没)(?:考虑|算|计|管|扣|减)?(?:有)?无风险|忽略无风险|无风险(?:利率|收益率?)?(?:是|为|按|算|取|等于|设为)?(?:零|0(?![.\d]))"},
    default=False,
)  # fmt: skip
_RATE = (
    r"无风险(?:的)?(?:收益率?|利率|回报率?)?|国债(?:收益率?|利率)?|存款利率|(?<![a-z])Rf(?![a-z])"
)
_SPREAD = r"波动率?|标准差|风险(?=\d)|sigma|σ"
_GAIN = r"(?<!无风险)(?:年化)?(?:收益率?|回报率?)|年化|一年赚|赚|涨了?|盈利"
_FREE = Slot(
    "free", "无风险利率", (Unit.RATIO,), ask="无风险利率是多少？", before=in_turn(f"(?:{_RATE})", rf"{_GAIN}|{_SPREAD}", 3),
    least=0, most=0.3,
)  # fmt: skip
_ASSET = r"股票|个股|基金|组合|这只|我的|标的|资产|(?<![A-Za-z])A(?![A-Za-z股])|A股票|该股|产品"
_MARKET = r"大盘|指数|市场|沪深300|上证|基准|中证\d*|(?<![A-Za-z])B(?![A-Za-z])|创业板"
_BETA = r"贝塔|倍塔|beta|(?<![a-z])β"
_LATER_LIST = r"[\d%点手元]\s*[，,。；;、]?\s*(?:和|跟|与)?\s*[^\d，,。；;、和跟与%]{1,12}[:：]?\s*"
_YEARLY = r"年化|年波动|全年波动|一年的?波动"
_VOLATILITY = r"波动|标准差"


def _list_slot(name: str, label: str, before: str, units: tuple[Unit, ...], alone: bool) -> Slot:
    return Slot(
        name, label, units, ask=f"{label}每一期是多少？", before=before, alone=alone, many=True, between=BETWEEN,
        signed=True,
    )  # fmt: skip


FORMS = (
    Form(
        "max_drawdown", cue="回撤", slots=(
            Slot("path", "净值", PRICE, ask="每一期的净值是多少？", many=True, alone=True, between=BETWEEN,
                 before=r"净值|市值|资产|账户|价格|股价|点位|从"), COUNT),
        work=_drawdown, priority=4,
    ),
    Form("max_drawdown_of_returns", cue="回撤", slots=(RETURNS, COUNT), work=_drawdown_of_returns, priority=4),
    Form(
        "max_drawdown_of_pair", cue="回撤", slots=(
            Slot("peak", "最高点", PRICE, ask="最高点是多少？", least=0.0001,
                 before=in_turn(r"(?:最高(?:点|价|净值|值)?|高点|峰值|顶点|高位|从)", r"最低(?:点|价|净值|值)?|低点|谷底"), after=r"(?:的)?(?:高点|高位|最高)"),
            Slot("trough", "后面的最低点", PRICE, ask="后面跌到的最低点是多少？", least=0.0001,
                 before=in_turn(r"(?:最低(?:点|价|净值|值)?|低点|谷底|低位|底部|跌到了?|跌至|回落到|回撤到|掉到|降到|缩到|剩)", r"最高(?:点|价|净值|值)?|高点|峰值"), after=r"(?:的)?(?:低点|低位|最低)"),
        ),
        work=_drawdown_of_pair, priority=3,
    ),
    Form(
        "volatility", cue=_VOLATILITY, slots=(RETURNS, COUNT), choices=(_POPULATION,), work=_volatility,
        unless=rf"{_YEARLY}|布林|夏普", priority=4,
    ),
    Form(
        "volatility_yearly_of_list", cue=rf"(?:{_YEARLY}).*(?:{_VOLATILITY})|(?:{_VOLATILITY}).*(?:{_YEARLY})",
        slots=(RETURNS, _DAYS_IN_YEAR, _YEAR, COUNT), choices=(_FREQUENCY, _POPULATION), work=_yearly_volatility_of_list,
        unless="夏普", priority=4,
    ),
    Form(
        "volatility_yearly", cue=rf"(?:{_VOLATILITY}).*年|年.*(?:{_VOLATILITY})", slots=(
            Slot("volatility", "波动率", (Unit.RATIO,), ask="每期的波动率是多少？", least=0,
                 before=r"(?:[日周月季]|每[天日周月]|每个[月交]|单日)[^，。年]{0,6}(?:波动率?|标准差)|每[天日周月]的?波动",
                 never_before=r"年化?的?(?:波动率?|标准差)", after=r"的?[日周月季]度?(?:波动|标准差)"),
            _DAYS_IN_YEAR, _YEAR),
        choices=(_FREQUENCY,), work=_yearly_volatility, unless="夏普", priority=4,
    ),
    Form(
        "volatility_part", cue=rf"(?:{_VOLATILITY})", slots=(
            Slot("yearly", "年化波动率", (Unit.RATIO,), ask="年化波动率是多少？", least=0,
                 before=r"年化?的?(?:波动率?|标准差)|(?:波动率?|标准差)年化"), _DAYS_IN_YEAR, _YEAR),
        choices=(_FREQUENCY,), work=_part_volatility, unless="夏普|贝塔|相关", priority=3,
    ),
    Form(
        "sharpe", cue=r"夏普|下普|sharpe?", slots=(
            Slot("gain", "年化收益率", (Unit.RATIO,), ask="年化收益率是多少？", before=in_turn(f"(?:{_GAIN})", rf"{_RATE}|{_SPREAD}", 3),
                 never_before="无风险", after=r"的?年化收益"),
            _FREE,
            Slot("volatility", "波动率", (Unit.RATIO,), ask="波动率是多少？", before=in_turn(f"(?:{_SPREAD})", rf"{_RATE}|{_GAIN}", 3), least=0),
        ),
        choices=(_NO_RATE,), work=_sharpe, priority=4,
    ),
    Form(
        "sharpe_without_rate", cue=r"(?:不|没)(?:考虑|算|计|管|扣|减)?(?:有)?无风险|忽略无风险|无风险.{0,6}(?:零|0(?![.\d]))", slots=(
            Slot("gain", "年化收益率", (Unit.RATIO,), ask="年化收益率是多少？", before=in_turn(f"(?:{_GAIN})", _SPREAD)),
            Slot("volatility", "波动率", (Unit.RATIO,), ask="波动率是多少？", before=in_turn(f"(?:{_SPREAD})", _GAIN), least=0),
            Slot("zero", "无风险利率", (Unit.RATIO, Unit.NONE), before=_RATE, least=0, most=0, required=False, anchor=False),
        ),
        work=_sharpe_without_rate, priority=5, unless=r"^(?![\s\S]*(?:夏普|sharpe?))",
    ),
    Form(
        "sharpe_of_list", cue=r"夏普|sharpe?", slots=(RETURNS, _FREE, _DAYS_IN_YEAR, _YEAR, COUNT), choices=(_FREQUENCY, _NO_RATE),
        work=_sharpe_of_list, priority=4,
    ),
    Form(
        "beta", cue=_BETA, slots=(
            _list_slot("asset", "股票", _ASSET, (Unit.RATIO,), alone=True), _list_slot("market", "大盘", _MARKET, (Unit.RATIO,), alone=False)),
        work=_beta, priority=4,
    ),
    Form(
        "beta_of_covariance", cue=_BETA, slots=(
            Slot("covariance", "协方差", (Unit.NONE, Unit.RATIO), ask="协方差是多少？", before=in_turn("协方差", r"[^，]{0,4}方差")),
            Slot("variance", "大盘的方差", (Unit.NONE, Unit.RATIO), ask="大盘的方差是多少？", before=in_turn("(?<!协)方差", "协方差"), least=0)),
        work=_beta_of_covariance, priority=4,
    ),
    Form(
        "beta_of_correlation", cue=_BETA, slots=(
            Slot("correlation", "相关系数", (Unit.NONE,), ask="相关系数是多少？", before=r"相关(?:系数|性)?", least=-1, most=1),
            Slot("own", "股票的波动率", (Unit.RATIO,), ask="股票的波动率是多少？", before=rf"(?:{_ASSET})的?(?:年化)?(?:{_VOLATILITY})率?"),
            Slot("market", "大盘的波动率", (Unit.RATIO,), ask="大盘的波动率是多少？", before=rf"(?:{_MARKET})的?(?:年化)?(?:{_VOLATILITY})率?")),
        work=_beta_of_correlation, priority=4,
    ),
    Form(
        "correlation", cue=r"相关系数|相关性|相关度", slots=(
            _list_slot("first", "第一串数", r"(?!)", (Unit.RATIO, *PRICE), alone=True),
            _list_slot("second", "第二串数", _LATER_LIST, (Unit.RATIO, *PRICE), alone=False)),
        work=_correlation, priority=4, unless=_BETA,
    ),
)  # fmt: skip
