"""Forms of two lists together: beta and correlation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from toujiao.calculators import risk
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import BETWEEN, COUNT, COUNT_AGAIN, PRICE, check_count, in_turn
from toujiao.calculators.forms.volatility import VOLATILITY
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, approx_percent, percent, plain
from toujiao.calculators.units import Unit


def _beta(values: Values, day: date) -> Calculation:
    asset, market = list(values["asset"]), list(values["market"])
    check_count(values, asset)
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
    check_count(values, first)
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


def _move(values: Values, day: date) -> Calculation:
    """What the market's move alone would do to a share."""
    factor, move = values["beta"], abs(values["move"])
    if values["direction"] == "down" or values["move"] < 0:
        move = -move
    value = factor * move
    shown = {"beta": plain(factor), "move": percent(move), "value": approx_percent(value)}
    name = "up" if value > 0 else "down" if value < 0 else "flat"
    return finish(
        "beta",
        {"beta": factor, "market_move": move},
        {"expected_move": value},
        [
            line("beta_move", **shown),
            line("beta_move_caution"),
            line(f"beta_move_{name}", value=plain(abs(value) * 100, 2)),
        ],
    )


def _alpha(values: Values, day: date) -> Calculation:
    """What is left of a return without the market's part (rough: no risk-free rate)."""
    factor, own, market = values["beta"], values["own_return"], values["market_return"]
    value = own - factor * market
    shown = {"own": percent(own), "beta": plain(factor), "market": percent(market)}
    return finish(
        "alpha",
        {"beta": factor, "return": own, "market_return": market},
        {"alpha": value},
        [
            line("alpha_rough"),
            line("alpha", **shown, value=approx_percent(round(value, 12))),
            line("alpha_is", value=plain(value * 100, 2)),
        ],
    )


def _mean(returns: Sequence[float]) -> str:
    return plain(float(np.mean(returns)), 6)


_ASSET = r"股票|个股|基金|组合|这只|我的|标的|资产|(?<![A-Za-z])A(?![A-Za-z股])|A股票|该股|产品"
_MARKET = r"大盘|指数|市场|沪深300|上证|基准|中证\d*|(?<![A-Za-z])B(?![A-Za-z])|创业板"
_BETA = r"贝塔|倍塔|beta|(?<![a-z])β"
_LATER_LIST = r"[\d%点手元]\s*[，,。；;、]?\s*(?:和|跟|与)?\s*[^\d，,。；;、和跟与%]{1,12}[:：]?\s*"


def _list_slot(name: str, label: str, before: str, units: tuple[Unit, ...], alone: bool) -> Slot:
    return Slot(
        name,
        label,
        units,
        ask=f"{label}每一期是多少？",
        before=before,
        alone=alone,
        many=True,
        between=BETWEEN,
        signed=True,
    )


_BETA_SLOT = Slot(
    "beta",
    "贝塔",
    (Unit.NONE, Unit.TIMES),
    ask="贝塔是多少？",
    before=rf"(?:{_BETA})(?:系数|值)?",
    anchor=False,
)
FORMS = (
    Form(
        "beta",
        cue=_BETA,
        slots=(
            _list_slot("asset", "股票", _ASSET, (Unit.RATIO,), alone=True),
            _list_slot("market", "大盘", _MARKET, (Unit.RATIO,), alone=False),
            COUNT,
            COUNT_AGAIN,
        ),
        work=_beta,
        priority=4,
    ),
    Form(
        "beta_of_covariance",
        cue=_BETA,
        slots=(
            Slot(
                "covariance",
                "协方差",
                (Unit.NONE, Unit.RATIO),
                ask="协方差是多少？",
                before=in_turn("协方差", r"[^，]{0,4}方差"),
            ),
            Slot(
                "variance",
                "大盘的方差",
                (Unit.NONE, Unit.RATIO),
                ask="大盘的方差是多少？",
                before=in_turn("(?<!协)方差", "协方差"),
                least=0,
            ),
        ),
        work=_beta_of_covariance,
        priority=4,
    ),
    Form(
        "beta_of_correlation",
        cue=_BETA,
        slots=(
            Slot(
                "correlation",
                "相关系数",
                (Unit.NONE,),
                ask="相关系数是多少？",
                before=r"相关(?:系数|性)?",
                least=-1,
                most=1,
            ),
            Slot(
                "own",
                "股票的波动率",
                (Unit.RATIO,),
                ask="股票的波动率是多少？",
                before=rf"(?:{_ASSET})的?(?:年化)?(?:{VOLATILITY})率?",
            ),
            Slot(
                "market",
                "大盘的波动率",
                (Unit.RATIO,),
                ask="大盘的波动率是多少？",
                before=rf"(?:{_MARKET})的?(?:年化)?(?:{VOLATILITY})率?",
            ),
        ),
        work=_beta_of_correlation,
        priority=4,
    ),
    Form(
        "correlation",
        cue=r"相关系数|相关性|相关度",
        slots=(
            _list_slot("first", "第一串数", r"(?!)", (Unit.RATIO, *PRICE), alone=True),
            _list_slot("second", "第二串数", _LATER_LIST, (Unit.RATIO, *PRICE), alone=False),
            COUNT,
            COUNT_AGAIN,
            Slot(
                "assets",
                "几只",
                (Unit.COUNT,),
                required=False,
                anchor=False,
                least=2,
                most=2,
                after=r"股票|基金|标的|资产|股|品种",
            ),
        ),
        work=_correlation,
        priority=4,
        unless=_BETA,
    ),
    Form(
        "beta_move",
        cue=_BETA,
        slots=(
            _BETA_SLOT,
            Slot(
                "move",
                "大盘涨跌幅",
                (Unit.RATIO,),
                ask="大盘涨了或者跌了百分之几？",
                before=rf"(?:{_MARKET})[^，。]{{0,3}}(?:涨|跌)(?:了|幅)?|(?:{_MARKET})",
                never_before=r"股票|个股|基金|组合|这只|我的|该股",
            ),
        ),
        choices=(
            Choice(
                "direction",
                "大盘涨还是跌",
                {
                    "up": rf"(?:{_MARKET})[^，。跌]{{0,6}}涨",
                    "down": rf"(?:{_MARKET})[^，。涨]{{0,6}}(?:跌|-)",
                },
                required=True,
                ask="大盘是涨还是跌？",
            ),
        ),
        work=_move,
        unless=r"阿尔法|alpha|α|超额",
        priority=3,
    ),
    Form(
        "alpha",
        cue=r"阿尔法|alpha|α",
        slots=(
            _BETA_SLOT,
            Slot(
                "own_return",
                "基金的收益率",
                (Unit.RATIO,),
                ask="股票或者基金涨了百分之几？",
                before=(
                    rf"(?:{_ASSET})[^，。]{{0,4}}(?:涨|赚|收益率?|回报率?)(?:了|是|为)?|"
                    rf"(?:{_ASSET})"
                ),
                never_before="跌|亏",
            ),
            Slot(
                "market_return",
                "大盘的涨幅",
                (Unit.RATIO,),
                ask="大盘涨了百分之几？",
                before=(
                    rf"(?:{_MARKET})[^，。]{{0,4}}(?:涨|收益率?|回报率?)(?:了|是|为|幅)?|"
                    rf"(?:{_MARKET})"
                ),
                never_before="跌|亏",
            ),
        ),
        work=_alpha,
        unless="无风险",
        priority=4,
    ),
)
