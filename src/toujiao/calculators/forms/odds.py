"""Forms about winning and losing: Kelly, expectation, win rate, payoff, size of a position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from toujiao.calculators import risk
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import in_turn
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, approx_percent, percent, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

_MONEY = (Unit.YUAN, Unit.NONE)
_RATIO = (Unit.RATIO,)
_TOLERANCE = 1e-6


def _kelly(values: Values, day: date) -> Calculation:
    win, notes = _win_rate_of(values)
    payoff, more = _payoff_of(values)
    share = risk.kelly(win, payoff)
    shown = {"win": _rate(win), "payoff": plain(payoff, 4), "share": plain(share * 100, 2) + "%"}
    result = "result_kelly" if share > 0 else "result_kelly_none"
    return finish(
        "kelly",
        {"win_rate": win, "payoff": payoff},
        {"kelly_fraction": share},
        [
            *notes,
            *more,
            line("kelly", **shown),
            line("kelly_caution"),
            line(result, **shown),
        ],
    )


def _win_rate_of(values: Values) -> tuple[float, list[str]]:
    """The win rate that was given, or that of the counts."""
    if "win_rate" in values:
        win = values["win_rate"]
        if abs(win + values.get("lose_rate", 1 - win) - 1) > _TOLERANCE:
            raise ToujiaoError(line("rates_differ"))
        return win, []
    if "lose_rate" in values:
        return 1 - values["lose_rate"], [line("win_of_lose", win=_rate(1 - values["lose_rate"]))]
    wins, total = _counts(values)
    return wins / total, [
        line("win_rate", wins=wins, total=total, rate=approx_percent(wins / total))
    ]


def _counts(values: Values) -> tuple[int, int]:
    """Wins and all trades from two or three counts that have to agree."""
    total, wins, losses = (values.get(name) for name in ("total", "wins", "losses"))
    if wins is None:
        if total is None or losses is None:
            raise ToujiaoError(line("counts_missing"))
        wins = total - losses
    if total is None:
        if losses is None:
            raise ToujiaoError(line("counts_missing"))
        total = wins + losses
    if not 0 <= wins <= total or total == 0 or (losses is not None and wins + losses > total):
        raise ToujiaoError(line("counts_differ", wins=wins, total=total))
    return int(wins), int(total)


def _payoff_of(values: Values) -> tuple[float, list[str]]:
    """Average win over average loss: given, as a relation, or from two amounts."""
    if "payoff" not in values:
        gained, lost = values["win"], abs(values["loss"])
        if not lost:
            raise ToujiaoError(line("no_loss"))
        shown = {"win": plain(gained), "loss": plain(lost)}
        if values.get("rates"):
            shown = {name: percent(value) for name, value in (("win", gained), ("loss", lost))}
        return gained / lost, [line("payoff_sum", **shown, payoff=approx(gained / lost))]
    first, second = values["payoff"], values.get("against")
    if second is None:
        return first, []
    if values.get("pays"):  # 1赔2
        return second / first, []
    if first < second:
        raise ToujiaoError(line("payoff_order", first=plain(first), second=plain(second)))
    return first / second, []


def _expectation(values: Values, day: date) -> Calculation:
    win, notes = _win_rate_of(values)
    gained, lost = values["win"], abs(values["loss"])
    value = risk.expectation(win, gained, lost)
    rates = bool(values.get("rates"))
    shown = [percent(round(x, 8)) if rates else f"{plain(x)} 元" for x in (gained, lost)]
    said = plain(abs(value) * 100, 2) + "%" if rates else f"{plain(abs(value), 2)} 元"
    working = approx_percent(round(value, 12)) if rates else approx(round(value, 9), 2, " 元")
    return finish(
        "expectation",
        {"win_rate": win, "average_win": gained, "average_loss": lost},
        {"expectation_rate" if rates else "expectation_yuan": value},
        [
            *notes,
            line(
                "expectation", win=_rate(win), lose=_rate(1 - win), gained=shown[0], lost=shown[1],
                value=working,
            ),
            line(f"expectation_{_outcome(value)}", value=said),
        ],
    )  # fmt: skip


def _outcome(value: float) -> str:
    return "even" if abs(value) < _TOLERANCE else "gain" if value > 0 else "loss"


def _expectation_of_payoff(values: Values, day: date) -> Calculation:
    """In units of what is lost in a losing trade."""
    win, notes = _win_rate_of(values)
    payoff, more = _payoff_of(values)
    value = risk.expectation(win, payoff, 1)
    shown = {"win": _rate(win), "lose": _rate(1 - win), "payoff": plain(payoff, 4)}
    return finish(
        "expectation",
        {"win_rate": win, "payoff": payoff},
        {"expectation_times_loss": value},
        [
            *notes,
            *more,
            line("expectation_of_payoff", **shown, value=approx(round(value, 9))),
            line(f"expectation_of_payoff_{_outcome(value)}", value=plain(abs(value), 2)),
        ],
    )


def _expectation_of_totals(values: Values, day: date) -> Calculation:
    total, gained, lost = values["total"], values["total_win"], abs(values["total_loss"])
    value = (gained - lost) / total
    shown = {"gained": plain(gained), "lost": plain(lost), "total": total}
    return finish(
        "expectation",
        {"trades": total, "total_win_yuan": gained, "total_loss_yuan": lost},
        {"expectation_yuan": value},
        [
            line("expectation_of_totals", **shown, value=approx(value, 2, " 元")),
            line(f"expectation_{_outcome(value)}", value=f"{plain(abs(value), 2)} 元"),
        ],
    )


def _win_rate(values: Values, day: date) -> Calculation:
    wins, total = _counts(values)
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
    payoff, steps = _payoff_of(values)
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
        line("average_loss", sum=plain(abs(values["total_loss"])), count=losses, value=approx(lost)),
        line("payoff_sum", win=plain(gained), loss=plain(lost), payoff=approx(gained / lost)),
    ]  # fmt: skip
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


def _position(values: Values, day: date) -> Calculation:
    """How many shares keep a stopped trade within the loss that was set."""
    entry = values["entry"]
    stop = values["stop"] if "stop" in values else entry * (1 - values["stop_rate"])
    most = values["most"] if "most" in values else values["capital"] * values["share"]
    if not 0 <= stop < entry:
        raise ToujiaoError(line("stop_above"))
    each, notes = round(entry - stop, 6), []
    if "most" not in values:
        shown = {"capital": plain(values["capital"]), "share": percent(values["share"])}
        notes.append(line("most_loss", **shown, most=plain(most)))
    if "stop" not in values:
        notes.append(line("stop_price", entry=plain(entry), rate=percent(values["stop_rate"]), stop=plain(stop)))
    exact = round(most / each, 6)
    count = int(exact // 100 * 100)
    shown = {"most": plain(most), "each": plain(each), "exact": plain(exact, 2), "count": count}
    notes += [
        line("loss_each", entry=plain(entry), stop=plain(stop), each=plain(each)),
        line("position", **shown),
        line("position_caution"),
    ]
    inputs = {"entry_yuan": entry, "stop_yuan": stop, "most_loss_yuan": most}
    results = {"shares": float(count), "amount_yuan": round(count * entry, 2)}
    last = line("position_is", count=count, lots=count // 100, amount=plain(count * entry, 2))
    return finish("position", inputs, results, [*notes, last])


def _payoff_result(
    inputs: dict[str, float], payoff: float, steps: Sequence[str], **more: float
) -> Calculation:
    last = line("payoff_is", payoff=plain(payoff, 2))
    return finish("win_rate", inputs, {"payoff": payoff, **more}, [*steps, last])


def _least_win_rate(values: Values, day: date) -> Calculation:
    payoff, steps = _payoff_of(values)
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
    win, steps = _win_rate_of(values)
    if win <= 0:
        raise ToujiaoError(line("never_wins"))
    payoff = (1 - win) / win
    shown = {"win": _rate(win), "lose": _rate(1 - win), "payoff": approx(payoff)}
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


def _rate(value: float) -> str:
    return percent(round(value, 6))


_WIN_WORDS = r"胜率|赢面|胜算|成功率|正确率|(?:赢|获胜|赚钱?|盈利|上?涨|胜)的?(?:概率|几率|可能性?|机会)|赢率|(?<![a-z])p(?![a-z])"
_LOSE_WORDS = r"败率|输率|失败率|(?:输|亏钱?|亏损|赔|下?跌|失败)的?(?:概率|几率|可能性?|机会)"
_CHANCE = r"的?(?:概率|几率|可能性?|机会|把握)"
WIN_RATE = Slot(
    "win_rate", "胜率", (Unit.RATIO, Unit.NONE), ask="胜率是多少？", least=0, most=1, before=_WIN_WORDS,
    after=rf"的?(?:胜率|赢面|胜算|成功率)|{_CHANCE}[^，。]{{0,3}}(?:涨|赚|赢|盈|胜|成功)|的?把握",
    never_before=r"(?:输|亏|败|跌)的?(?:概率|几率|可能性?|率)",
)  # fmt: skip
LOSE_RATE = Slot(
    "lose_rate", "败率", (Unit.RATIO, Unit.NONE), required=False, anchor=False, least=0, most=1, before=_LOSE_WORDS,
    after=rf"{_CHANCE}[^，。]{{0,3}}(?:跌|亏|输|赔|失败)",
)  # fmt: skip
_PAYOFF_WORDS = r"盈亏比例?|赔率|赚亏比|(?<![a-z])b(?![a-z])|收益风险比"
PAYOFF = Slot(
    "payoff", "盈亏比", (Unit.NONE, Unit.TIMES), ask="盈亏比是多少？", least=0.0001, most=1000, before=_PAYOFF_WORDS,
    after=r"的?(?:盈亏比|赔率)",
)  # fmt: skip
AGAINST = Slot(
    "against", "盈亏比的后一个数", (Unit.NONE,), required=False, anchor=False, least=0.0001, most=1000,
    before=rf"(?:{_PAYOFF_WORDS})[^，。]{{1,5}}?(?:比|[:：]|赔|/)\s*|\d\s*(?:比|[:：]|赔)\s*",
)  # fmt: skip
PAYS = Choice(
    "pays",
    "几赔几",
    {True: r"[\d一二两三四五六七八九十]\s*赔\s*[\d一二两三四五六七八九十]"},
    default=False,
)
_GAINED = r"(?:平均|每[次笔]|一[次笔]|单[次笔])*(?:盈利|获利|收益|赚|赢|盈|涨)(?:了|的话|的时候|时|一[次笔]|钱|到|的|能|就)*(?:平均|每[次笔])*(?:赚|盈利|拿|得)?"
_LOST = r"(?:平均|每[次笔]|一[次笔]|单[次笔])*(?:亏损|亏|输|赔|损失|跌)(?:了|的话|的时候|时|一[次笔]|钱|掉|的|就|要)*(?:平均|每[次笔])*(?:亏|亏损|赔|输|掉)?"


def _amounts(units: tuple[Unit, ...], more: str = "") -> tuple[Slot, Slot]:
    """Average win and average loss, both in the same unit."""
    won, lost = (rf"{_GAINED}|止盈|目标", rf"{_LOST}|止损") if more else (_GAINED, _LOST)
    chance = r"(?:概率|几率|可能性?|机会|胜率|赢面|败率)(?![涨赚赢盈跌亏输赔])"
    return (
        Slot("win", "平均赚多少", units, ask="赚的时候平均赚多少？", before=in_turn(f"(?:{won})", lost), never_before=chance, least=0),
        Slot("loss", "平均亏多少", units, ask="亏的时候平均亏多少？", before=in_turn(f"(?:{lost})", won), never_before=chance),
    )  # fmt: skip


TOTAL = Slot(
    "total", "一共几次", (Unit.COUNT,), ask="一共做了几次？", least=1, alone=True,
    before=r"一共|总共|共|做了?|交易了?|买卖了?|操作了?|炒了", after=r"(?:交易|操作|买卖)?(?:里面?|中|当中|内)",
    never_before=r"[赢赚盈胜亏输赔对错][了利损对错]*",
)  # fmt: skip
WINS = Slot(
    "wins", "赢的次数", (Unit.COUNT,), ask="赢了几次？", least=0, before=r"赢|赚钱?|盈利?|胜|做?对|成功|正确",
    after=r"(?:都?是|是)?(?:赚|赢|盈|对|成功|胜)",
)  # fmt: skip
LOSSES = Slot(
    "losses", "亏的次数", (Unit.COUNT,), ask="亏了几次？", least=0, before=r"亏损?|输|赔|做?错|失败|败|止损",
    after=r"(?:都?是|是)?(?:亏|输|赔|错|失败)",
)  # fmt: skip


def _free(slot: Slot) -> Slot:
    """The same slot where it may stay empty."""
    return replace(slot, required=False, anchor=False)


_SUM = r"(?:一共|总共|总计|合计|累计|共|总)"
_TOTAL_WIN = Slot(
    "total_win",
    "一共赚多少",
    _MONEY,
    ask="一共赚了多少？",
    least=0,
    before=rf"{_SUM}(?:盈利|赚|赢|盈)(?:了)?|(?:盈利|赚|赢)了?{_SUM}|赚了?",
)
_TOTAL_LOSS = Slot(
    "total_loss",
    "一共亏多少",
    _MONEY,
    ask="一共亏了多少？",
    before=rf"{_SUM}(?:亏损|亏|输|赔)(?:了)?|(?:亏损|亏|输)了?{_SUM}|亏了?",
)
_RATES = Choice("rates", "百分数", {True: r"%|百分之|个点|成"}, default=False)
_EXPECT = r"期望|平均(?:下来)?每[次笔]|每[次笔](?:交易)?平均(?:能|可以|会|下来)?(?:赚|亏)?(?:多少|几)|长期(?:做)?下来|平均(?:能|可以|会)?(?:赚|亏)(?:多少|几)"
_SUMMED = rf"{_SUM}(?:盈利|赚|赢|盈|亏)|(?:盈利|赚|赢|亏损?)了?{_SUM}"
_KELLY = r"凯利|kelly"
_EVEN = r"不亏|保本|打平|不赔|盈亏平衡|回本|能赚|才赚|够"
_WIN_BY_COUNT = (TOTAL, WINS, _free(LOSSES))
_WIN_BY_LOSSES = (WINS, LOSSES)


def _with_win_rates(name: str, cue: str, slots: tuple[Slot, ...], **more: Any) -> list[Form]:
    """The same form for each way to tell the win rate."""
    ways = (
        ("", (WIN_RATE, LOSE_RATE)),
        ("_by_lose_rate", (replace(LOSE_RATE, required=True, anchor=True),)),
        ("_by_count", _WIN_BY_COUNT),
        ("_by_losses", _WIN_BY_LOSSES),
    )
    return [Form(f"{name}{tail}", cue=cue, slots=(*way, *slots), **more) for tail, way in ways]


_BY_AMOUNT = (("", _MONEY), ("_rates", _RATIO))
_ENTRY = Slot(
    "entry", "买入价", _MONEY, ask="买入价是多少？", least=0.01, most=5000, before=r"买入?价?|成本价?|进场价?|入场价?|现价|建仓价?|股价|每股|单价", after=r"的?(?:时候)?(?:买|进场|入场|建仓|入手|一股|的股票)",
)
_STOP = Slot("stop", "止损价", _MONEY, ask="止损价是多少？", least=0.01, most=5000, before=r"止损价?位?线?|跌到|认错价?|离场", after=r"的?(?:止损|就?走|认错|割)")
_STOP_RATE = Slot("stop_rate", "跌多少止损", _RATIO, ask="跌百分之多少止损？", least=0.0001, most=0.9, before=r"止损线?幅?度?|下?跌了?", after=r"的?(?:就?止损|认错)")
_LOSS_WORDS = r"(?:最多|顶多|只能|只肯|愿意|能够?|可以|允许|单笔|每笔|单次|每次)[^，。\d]{0,6}(?:亏|赔|损失|认赔|承受|风险)[损失掉了]*|最大亏损|风险(?:控制)?(?:在|是|为)?|亏损(?:上限|控制|额)"
_MOST_LOSS = Slot("most", "最多亏多少", _MONEY, ask="最多愿意亏多少钱？", least=1, before=_LOSS_WORDS)
_CAPITAL = Slot("capital", "总资金", (Unit.YUAN,), ask="总资金是多少？", least=100, before=r"本金|资金|账户|总共|一共|总资产|手里|有", after=r"的?(?:本金|资金|账户|总资产|仓位|本钱)")
_SHARE = Slot("share", "最多亏百分之几", _RATIO, ask="最多亏总资金的百分之几？", least=0.0001, most=1, before=_LOSS_WORDS + r"|总?资金的|本金的|账户的|总资产的")
FORMS = (
    *_with_win_rates("kelly", _KELLY, (PAYOFF, AGAINST), choices=(PAYS,), work=_kelly, priority=5),
    *(
        form
        for tail, units in _BY_AMOUNT
        for form in _with_win_rates(
            f"kelly_of_amounts{tail}", _KELLY, _amounts(units, tail), choices=(_RATES,) if tail else (), work=_kelly, priority=4)
    ),
    *(
        form
        for tail, units in _BY_AMOUNT
        for form in _with_win_rates(
            f"expectation{tail}", _EXPECT, _amounts(units, tail), choices=(_RATES,) if tail else (), work=_expectation,
            unless=rf"{_KELLY}|{_SUMMED}", priority=4)
    ),
    *_with_win_rates(
        "expectation_of_payoff", _EXPECT, (PAYOFF, AGAINST), choices=(PAYS,), work=_expectation_of_payoff, unless=_KELLY, priority=4,
    ),
    Form(
        "expectation_of_totals", cue=_EXPECT, slots=(TOTAL, _TOTAL_WIN, _TOTAL_LOSS), work=_expectation_of_totals,
        unless=rf"{_KELLY}|^(?![\s\S]*(?:{_SUMMED}))", priority=4,
    ),
    Form("win_rate", cue=r"胜率|成功率", slots=_WIN_BY_COUNT, work=_win_rate, unless=rf"{_KELLY}|盈亏比|期望", priority=3),
    Form("win_rate_of_losses", cue=r"胜率|成功率", slots=_WIN_BY_LOSSES, work=_win_rate, unless=rf"{_KELLY}|盈亏比|期望", priority=3),
    Form("win_rate_by_failures", cue=r"胜率|成功率", slots=(TOTAL, LOSSES), work=_win_rate, unless=rf"{_KELLY}|盈亏比|期望", priority=3),
    *(
        Form(
            f"payoff{tail}", cue=r"盈亏比|赔率|风险(?:收益|回报)比", slots=_amounts(units, tail), choices=(_RATES,) if tail else (),
            work=_payoff, unless=rf"{_KELLY}|{_EXPECT}|{_SUMMED}", priority=3,
        )
        for tail, units in _BY_AMOUNT
    ),
    Form(
        "payoff_of_totals", cue=r"盈亏比|胜率", slots=(WINS, LOSSES, _TOTAL_WIN, _TOTAL_LOSS, _free(TOTAL)), work=_payoff_of_totals,
        unless=rf"{_KELLY}|{_EXPECT}|一[次笔]|每[次笔]|平均", priority=4,
    ),
    *(
        Form(
            f"payoff_with_counts{tail}", cue=r"盈亏比", slots=(WINS, LOSSES, *_amounts(units), _free(TOTAL)),
            choices=(_RATES,) if tail else (), work=_payoff, unless=rf"{_KELLY}|{_EXPECT}|{_SUMMED}|^(?![\s\S]*(?:每[次笔]|平均))", priority=3,
        )
        for tail, units in _BY_AMOUNT
    ),
    Form(
        "payoff_of_plan", cue=r"盈亏比|风险(?:收益|回报)比|风报比", slots=(
            Slot("entry", "买入价", _MONEY, ask="买入价是多少？", least=0.01, before=r"买入?价?|成本价?|进场价?|入场价?|现价|建仓价?|股价|入手", after=r"的?(?:时候)?(?:买|进场|入场|建仓|入手)"),
            Slot("target", "目标价", _MONEY, ask="目标价是多少？", least=0.01, before=r"目标价?位?|止盈价?位?|看到|涨到|压力位?|卖出?价?", after=r"的?(?:止盈|目标)"),
            Slot("stop", "止损价", _MONEY, ask="止损价是多少？", least=0.01, before=r"止损价?位?线?|跌到|支撑位?|离场", after=r"的?止损"),
        ),
        work=_payoff_of_plan, priority=5,
    ),
    Form(
        "least_win_rate", cue=rf"胜率.{{0,12}}(?:多少|几).{{0,8}}(?:{_EVEN})|(?:{_EVEN}).{{0,12}}胜率.{{0,8}}(?:多少|几)",
        slots=(PAYOFF, AGAINST), choices=(PAYS,), work=_least_win_rate, priority=5, unless=_KELLY,
    ),
    Form(
        "least_payoff", cue=rf"盈亏比.{{0,12}}(?:多少|几).{{0,8}}(?:{_EVEN})|(?:{_EVEN}).{{0,12}}盈亏比.{{0,8}}(?:多少|几)",
        slots=(WIN_RATE, LOSE_RATE), work=_least_payoff, priority=5, unless=_KELLY,
    ),
    *(
        Form(
            f"position{tail}", cue=r"^(?=[\s\S]*(?:止损|认错|认赔|亏|风险))(?=[\s\S]*(?:(?:多少|几)[股手]|仓位|头寸))", slots=(_ENTRY, *stop, *most), work=_position, priority=4,
            unless=r"手续费|印花税|佣金|涨停|跌停|中签|新股|凯利",
        )
        for tail, stop, most in (
            ("", (_STOP,), (_MOST_LOSS,)),
            ("_of_capital", (_STOP,), (_CAPITAL, _SHARE)),
            ("_by_rate", (_STOP_RATE,), (_MOST_LOSS,)),
            ("_by_rate_of_capital", (_STOP_RATE,), (_CAPITAL, _SHARE)),
        )
    ),
)  # fmt: skip
