"""Forms of win rate and payoff: from counts, amounts, or a plan with target and stop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
from toujiao.calculators.forms.odds import (
    AGAINST,
    BY_AMOUNT,
    KELLY,
    LOSE_RATE,
    LOSSES,
    MONEY,
    PAYOFF,
    PAYS,
    RATES,
    SUMMED,
    TOTAL,
    TOTAL_LOSS,
    TOTAL_WIN,
    WIN_BY_COUNT,
    WIN_BY_LOSSES,
    WIN_RATE,
    WINS,
    amount_slots,
    counts_of,
    optional,
    payoff_of,
    rate_shown,
    win_rate_of,
)
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, approx_percent, plain
from toujiao.errors import ToujiaoError


def _win_rate(values: Values, day: date) -> Calculation:
    wins, total = counts_of(values)
    rate = wins / total
    return finish(
        "win_rate",
        {"wins": wins, "trades": total},
        {"win_rate": rate},
        [
            line("win_rate", wins=wins, total=total, rate=approx_percent(rate)),
            line("win_rate_is", rate=plain(rate * 100, 2)),
        ],
    )


def _payoff(values: Values, day: date) -> Calculation:
    payoff, steps = payoff_of(values)
    inputs = {"win": values["win"], "loss": abs(values["loss"])}
    return _payoff_result(inputs, payoff, steps)


def _payoff_of_totals(values: Values, day: date) -> Calculation:
    """From counts and totals: both averages, the win rate, the payoff."""
    wins, losses = values["wins"], values["losses"]
    if not wins or not losses:
        raise ToujiaoError(line("no_loss"))
    gained, lost = values["total_win"] / wins, abs(values["total_loss"]) / losses
    if not lost:
        raise ToujiaoError(line("no_loss"))
    if "total" in values and values["total"] != wins + losses:
        raise ToujiaoError(line("counts_differ", wins=wins, total=values["total"]))
    rate = wins / (wins + losses)
    steps = [
        line("win_rate", wins=wins, total=wins + losses, rate=approx_percent(rate)),
        line("average_win", sum=plain(values["total_win"]), count=wins, value=approx(gained)),
        line(
            "average_loss", sum=plain(abs(values["total_loss"])), count=losses, value=approx(lost)
        ),
        line("payoff_sum", win=plain(gained), loss=plain(lost), payoff=approx(gained / lost)),
    ]
    inputs = {"wins": wins, "losses": losses, "average_win": gained, "average_loss": lost}
    result = _payoff_result(inputs, gained / lost, steps, win_rate=rate)
    last = line("win_rate_and_payoff", rate=plain(rate * 100, 2), payoff=plain(gained / lost, 2))
    return finish("win_rate", inputs, result.results, [*steps, last])


def _payoff_of_plan(values: Values, day: date) -> Calculation:
    entry, target, stop = values["entry"], values["target"], values["stop"]
    if not stop < entry < target:
        raise ToujiaoError(line("plan_order"))
    up, down = round(target - entry, 6), round(entry - stop, 6)
    shown = {"entry": plain(entry), "target": plain(target), "stop": plain(stop)}
    steps = [
        line("plan_up", **shown, up=plain(up)),
        line("plan_down", **shown, down=plain(down)),
        line("payoff_sum", win=plain(up), loss=plain(down), payoff=approx(up / down)),
    ]
    inputs = {"entry_yuan": entry, "target_yuan": target, "stop_yuan": stop}
    return _payoff_result(inputs, up / down, steps)


def _payoff_result(
    inputs: dict[str, float], payoff: float, steps: Sequence[str], **more: float
) -> Calculation:
    last = line("payoff_is", payoff=plain(payoff, 2))
    return finish("win_rate", inputs, {"payoff": payoff, **more}, [*steps, last])


def _least_win_rate(values: Values, day: date) -> Calculation:
    payoff, steps = payoff_of(values)
    rate = 1 / (1 + payoff)
    shown = {"payoff": plain(payoff, 4), "rate": approx_percent(rate)}
    return finish(
        "win_rate",
        {"payoff": payoff},
        {"break_even_win_rate": rate},
        [
            *steps,
            line("least_win_rate", **shown),
            line("least_win_rate_is", rate=plain(rate * 100, 2)),
        ],
    )


def _least_payoff(values: Values, day: date) -> Calculation:
    win, steps = win_rate_of(values)
    if win <= 0:
        raise ToujiaoError(line("never_wins"))
    payoff = (1 - win) / win
    shown = {"win": rate_shown(win), "lose": rate_shown(1 - win), "payoff": approx(payoff)}
    return finish(
        "win_rate",
        {"win_rate": win},
        {"break_even_payoff": payoff},
        [
            *steps,
            line("least_payoff", **shown),
            line("least_payoff_is", payoff=plain(payoff, 2)),
        ],
    )


_EVEN = r"不亏|保本|打平|不赔|盈亏平衡|回本|能赚|才赚|够"
FORMS = (
    Form(
        "win_rate",
        cue=r"胜率|成功率",
        slots=WIN_BY_COUNT,
        work=_win_rate,
        unless=rf"{KELLY}|盈亏比|期望",
        priority=3,
    ),
    Form(
        "win_rate_of_losses",
        cue=r"胜率|成功率",
        slots=WIN_BY_LOSSES,
        work=_win_rate,
        unless=rf"{KELLY}|盈亏比|期望",
        priority=3,
    ),
    Form(
        "win_rate_by_failures",
        cue=r"胜率|成功率",
        slots=(TOTAL, LOSSES),
        work=_win_rate,
        unless=rf"{KELLY}|盈亏比|期望",
        priority=3,
    ),
    *(
        Form(
            f"payoff{tail}",
            cue=r"盈亏比|赔率|风险(?:收益|回报)比",
            slots=amount_slots(units, tail),
            choices=(RATES,) if tail else (),
            work=_payoff,
            unless=rf"{KELLY}|期望|{SUMMED}",
            priority=3,
        )
        for tail, units in BY_AMOUNT
    ),
    Form(
        "payoff_of_totals",
        cue=r"盈亏比|胜率",
        slots=(WINS, LOSSES, TOTAL_WIN, TOTAL_LOSS, optional(TOTAL)),
        work=_payoff_of_totals,
        unless=rf"{KELLY}|期望|一[次笔]|每[次笔]|平均",
        priority=4,
    ),
    *(
        Form(
            f"payoff_with_counts{tail}",
            cue=r"盈亏比",
            slots=(WINS, LOSSES, *amount_slots(units), optional(TOTAL)),
            choices=(RATES,) if tail else (),
            work=_payoff,
            unless=rf"{KELLY}|期望|{SUMMED}|^(?![\s\S]*(?:每[次笔]|平均))",
            priority=3,
        )
        for tail, units in BY_AMOUNT
    ),
    Form(
        "payoff_of_plan",
        cue=r"盈亏比|风险(?:收益|回报)比|风报比",
        slots=(
            Slot(
                "entry",
                "买入价",
                MONEY,
                ask="买入价是多少？",
                least=0.01,
                before=r"买入?价?|成本价?|进场价?|入场价?|现价|建仓价?|股价|入手",
                after=r"的?(?:时候)?(?:买|进场|入场|建仓|入手)",
            ),
            Slot(
                "target",
                "目标价",
                MONEY,
                ask="目标价是多少？",
                least=0.01,
                before=r"目标价?位?|止盈价?位?|看到|涨到|压力位?|卖出?价?",
                after=r"的?(?:止盈|目标)",
            ),
            Slot(
                "stop",
                "止损价",
                MONEY,
                ask="止损价是多少？",
                least=0.01,
                before=r"止损价?位?线?|跌到|支撑位?|离场",
                after=r"的?止损",
            ),
        ),
        work=_payoff_of_plan,
        priority=5,
    ),
    Form(
        "least_win_rate",
        cue=(
            rf"胜率.{{0,12}}(?:多少|几|多高).{{0,8}}(?:{_EVEN})|"
            rf"(?:{_EVEN}).{{0,12}}胜率.{{0,8}}(?:多少|几|多高)|"
            rf"(?:多少|几|多高)[^，。]{{0,4}}胜率.{{0,8}}(?:{_EVEN})"
        ),
        slots=(PAYOFF, AGAINST),
        choices=(PAYS,),
        work=_least_win_rate,
        priority=5,
        unless=KELLY,
    ),
    Form(
        "least_payoff",
        cue=(
            rf"盈亏比.{{0,12}}(?:多少|几).{{0,8}}(?:{_EVEN})|"
            rf"(?:{_EVEN}).{{0,12}}盈亏比.{{0,8}}(?:多少|几)"
        ),
        slots=(WIN_RATE, LOSE_RATE),
        work=_least_payoff,
        priority=5,
        unless=KELLY,
    ),
)
