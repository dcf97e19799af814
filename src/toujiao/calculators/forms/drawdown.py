"""Forms of the deepest fall from an earlier high."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from toujiao.calculators import risk
from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import BETWEEN, COUNT, PRICE, RETURNS, check_count, in_turn
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx_percent, plain
from toujiao.errors import ToujiaoError


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


FORMS = (
    Form(
        "max_drawdown",
        cue="回撤",
        slots=(
            Slot(
                "path",
                "净值",
                PRICE,
                ask="每一期的净值是多少？",
                many=True,
                alone=True,
                between=BETWEEN,
                before=r"净值|市值|资产|账户|价格|股价|点位|从",
            ),
            COUNT,
        ),
        work=_drawdown,
        unless=r"(?:[高低]点|最[高低][^，。\d]{0,3}|峰值|谷底)(?:和|、|跟|与)",
        priority=4,
    ),
    Form(
        "max_drawdown_of_returns",
        cue="回撤",
        slots=(RETURNS, COUNT),
        work=_drawdown_of_returns,
        priority=4,
    ),
    Form(
        "max_drawdown_of_pair",
        cue="回撤",
        slots=(
            Slot(
                "peak",
                "最高点",
                PRICE,
                ask="最高点是多少？",
                least=0.0001,
                before=in_turn(
                    r"(?:最高(?:点|价|净值|值)?|高点|峰值|顶点|高位|从)",
                    r"最低(?:点|价|净值|值)?|低点|谷底",
                ),
                after=r"(?:的)?(?:高点|高位|最高)",
            ),
            Slot(
                "trough",
                "后面的最低点",
                PRICE,
                ask="后面跌到的最低点是多少？",
                least=0.0001,
                before=in_turn(
                    (
                        r"(?:最低(?:点|价|净值|值)?|低点|谷底|低位|底部|跌到了?|跌至|回落到|"
                        r"回撤到|掉到|降到|缩到|剩)"
                    ),
                    r"最高(?:点|价|净值|值)?|高点|峰值",
                ),
                after=r"(?:的)?(?:低点|低位|最低)",
            ),
        ),
        work=_drawdown_of_pair,
        priority=3,
    ),
)
