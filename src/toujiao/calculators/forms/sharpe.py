"""Forms of the Sharpe ratio."""

from __future__ import annotations

from datetime import date

import numpy as np

from toujiao.calculators import risk
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import COUNT, RETURNS, in_turn
from toujiao.calculators.forms.volatility import (
    DAYS_IN_YEAR,
    FREQUENCY,
    ONE_YEAR,
    deviation_of,
    periods_of,
)
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, approx_percent, percent, plain
from toujiao.calculators.units import Unit


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
    deviation, steps = deviation_of({**values, "population": False}, returns)
    periods, notes = periods_of(values)
    gained = float(np.mean(returns)) * periods
    yearly = risk.annual_volatility(deviation, periods)
    value = risk.sharpe(returns, free, periods)
    before = [
        *steps,
        *notes,
        line("yearly_return", periods=periods, value=approx_percent(round(gained, 12))),
        line(
            "yearly",
            part=percent(round(deviation, 6)),
            periods=periods,
            value=approx_percent(yearly),
        ),
    ]
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


_NO_RATE = Choice(
    "no_rate",
    "不算无风险利率",
    {
        True: (
            r"(?:不|没)(?:考虑|算|计|管|扣|减)?(?:有)?无风险|忽略无风险|无风险(?:利率|"
            r"收益率?)?(?:是|为|按|算|取|等于|设为)?(?:零|0(?![.\d]))"
        )
    },
    default=False,
)
_RATE = (
    r"无风险(?:的)?(?:收益率?|利率|回报率?)?|国债(?:收益率?|利率)?|存款利率|(?<![a-z])Rf(?![a-z])"
)
_SPREAD = r"波动率?|标准差|风险(?=\d)|sigma|σ"
_GAIN = r"(?<!无风险)(?:年化)?(?:收益率?|回报率?)|年化|一年赚|赚|涨了?|盈利"
_FREE = Slot(
    "free",
    "无风险利率",
    (Unit.RATIO,),
    ask="无风险利率是多少？",
    before=in_turn(f"(?:{_RATE})", rf"{_GAIN}|{_SPREAD}", 3),
    least=0,
    most=0.3,
)
FORMS = (
    Form(
        "sharpe",
        cue=r"夏普|下普|sharpe?",
        slots=(
            Slot(
                "gain",
                "年化收益率",
                (Unit.RATIO,),
                ask="年化收益率是多少？",
                before=in_turn(f"(?:{_GAIN})", rf"{_RATE}|{_SPREAD}", 3),
                never_before="无风险",
                after=r"的?年化收益",
            ),
            _FREE,
            Slot(
                "volatility",
                "波动率",
                (Unit.RATIO,),
                ask="波动率是多少？",
                before=in_turn(f"(?:{_SPREAD})", rf"{_RATE}|{_GAIN}", 3),
                least=0,
            ),
            ONE_YEAR,
        ),
        choices=(_NO_RATE,),
        unless=r"日收益|日波动|每[天日周月]|单日|月收益|月波动|周收益|周波动",
        work=_sharpe,
        priority=4,
    ),
    Form(
        "sharpe_without_rate",
        cue=(
            r"(?:不|没)(?:考虑|算|计|管|扣|减)?(?:有)?无风险|忽略无风险|无风险.{0,6}(?:零|"
            r"0(?![.\d]))"
        ),
        slots=(
            Slot(
                "gain",
                "年化收益率",
                (Unit.RATIO,),
                ask="年化收益率是多少？",
                before=in_turn(f"(?:{_GAIN})", _SPREAD),
            ),
            Slot(
                "volatility",
                "波动率",
                (Unit.RATIO,),
                ask="波动率是多少？",
                before=in_turn(f"(?:{_SPREAD})", _GAIN),
                least=0,
            ),
            Slot(
                "zero",
                "无风险利率",
                (Unit.RATIO, Unit.NONE),
                before=_RATE,
                least=0,
                most=0,
                required=False,
                anchor=False,
            ),
            ONE_YEAR,
        ),
        work=_sharpe_without_rate,
        priority=5,
        unless=r"^(?![\s\S]*(?:夏普|sharpe?))",
    ),
    Form(
        "sharpe_of_list",
        cue=r"夏普|sharpe?",
        slots=(RETURNS, _FREE, DAYS_IN_YEAR, ONE_YEAR, COUNT),
        choices=(FREQUENCY, _NO_RATE),
        work=_sharpe_of_list,
        priority=4,
    ),
)
