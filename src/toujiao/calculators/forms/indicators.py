"""Forms of MACD and KDJ, from the figures of one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import CONVENTION, PERIODS, days, in_turn, signed
from toujiao.calculators.forms.wording import line, word
from toujiao.calculators.indicator_parts import kdj_j, kdj_next, kdj_rsv, macd_bar
from toujiao.calculators.texts import approx, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

_FIGURE = (Unit.NONE, Unit.POINTS, Unit.YUAN)
_HALF = 50.0  # what textbooks take for K and D where there is no day before


def _bar(values: Values, day: date) -> Calculation:
    return _macd(values, values["dif"], values["dea"], [])


def _bar_of_averages(values: Values, day: date) -> Calculation:
    dif, step = _dif_of(values)
    return _macd(values, dif, values["dea"], [step])


def _bar_next(values: Values, day: date) -> Calculation:
    """DEA of today from yesterday's, then the bar."""
    dif, before = values["dif"], values["dea_before"]
    dea = (2 * dif + 8 * before) / 10
    step = line("dea_next", dif=signed(dif), before=signed(before), dea=plain(dea))
    return _macd(values, dif, dea, [step], told=True)


def _macd(
    values: Values, dif: float, dea: float, before: list[str], told: bool = False
) -> Calculation:
    doubled = macd_bar(dif, dea)
    bars = {"tdx": doubled, "talib": doubled / 2}
    chosen = "talib" if values["convention"] == "talib" else "tdx"
    bar, other = bars[chosen], bars["talib" if chosen == "tdx" else "tdx"]
    shown = {"dif": plain(dif), "dea": plain(dea), "bar": plain(bar)}
    colour = word("red" if bar > 0 else "green" if bar < 0 else "zero")
    return finish(
        "macd",
        {"dif": dif, "dea": values.get("dea"), "dea_before": values.get("dea_before")},
        {"macd_bar": bar, "dif": dif, "dea": dea},
        [
            *before,
            line(f"macd_{chosen}", other=plain(other)),
            line(f"macd_bar_{chosen}", dif=signed(dif, 4), dea=signed(dea, 4), bar=plain(bar)),
            line("macd_and_dea_is" if told else "macd_is", colour=colour, **shown),
        ],
    )


def _dif(values: Values, day: date) -> Calculation:
    dif, step = _dif_of(values)
    inputs = {"ema_fast": values["fast"], "ema_slow": values["slow"]}
    return finish("macd", inputs, {"dif": dif}, [step, line("dif_is", dif=plain(dif))])


def _dif_of(values: Values) -> tuple[float, str]:
    fast, slow = values["fast"], values["slow"]
    dif = round(fast - slow, 6)
    return dif, line("dif", fast=plain(fast), slow=plain(slow), dif=plain(dif))


def _j(values: Values, day: date) -> Calculation:
    k, d = values["k"], values["d"]
    j = kdj_j(k, d)
    steps = [
        line("kdj_j", k=plain(k), d=plain(d), value=approx(j)),
        line("kdj_j_is", j=plain(j, 2)),
    ]
    return finish("kdj", {"k": k, "d": d}, {"j": j}, steps)


def _rsv(values: Values, day: date) -> Calculation:
    rsv, steps = _rsv_of(values)
    results = {"rsv": rsv}
    return finish("kdj", _prices(values), results, [*steps, line("rsv_is", rsv=plain(rsv, 2))])


def _rsv_of(values: Values) -> tuple[float, list[str]]:
    high, low, close = values["high"], values["low"], values["close"]
    check_window(values)
    rsv = kdj_rsv(close, low, high)
    if high == low:
        return rsv, [line("rsv_flat")]
    shown = {"high": plain(high), "low": plain(low), "close": plain(close)}
    return rsv, [line("rsv", **shown, rsv=approx(rsv))]


def check_window(values: Values) -> None:
    """9日最高价 and 9日最低价 have to be of the same days."""
    said = {days(values[name]) for name in ("days", "days_again") if name in values}
    if len(said) > 1:
        raise ToujiaoError(line("windows_differ"))


def _next(values: Values, day: date) -> Calculation:
    """K, D and J of today; the RSV is given or comes from three prices."""
    steps = [line("kdj_convention")]
    both = values.get("both", _HALF)
    k_before, d_before = values.get("k", both), values.get("d", both)
    if "k" not in values:
        steps.append(line("kdj_first", value=plain(both)))
    if "rsv" in values:
        rsv = values["rsv"]
    else:
        rsv, working = _rsv_of(values)
        steps += working
    today = kdj_next(k_before, d_before, rsv)
    k, d, j = (plain(value, 2) for value in (today.k, today.d, today.j))
    steps += [
        line("kdj_k", before=plain(k_before), rsv=plain(rsv, 2), value=approx(today.k)),
        line("kdj_d", before=plain(d_before), k=k, value=approx(today.d)),
        line("kdj_j", k=k, d=d, value=approx(today.j)),
        line("kdj_is", k=k, d=d, j=j),
    ]
    inputs = {"k_before": k_before, "d_before": d_before, "rsv": rsv, **_prices(values)}
    return finish("kdj", inputs, {"k": today.k, "d": today.d, "j": today.j}, steps)


def _prices(values: Values) -> Mapping[str, float]:
    names = ("high", "low", "close")
    return {f"{name}_yuan": values[name] for name in names if name in values}


_DIF, _DEA = r"DIFF?(?![A-Za-z])(?:值|线)?|快线", r"DEA(?![A-Za-z])(?:值|线)?|慢线"
_K = r"(?<![A-Za-z])K(?![A-Za-z线])\s*值?"
_D = r"(?<![A-Za-z])D(?![A-Za-z线])\s*值?"
_KD = rf"(?:{_K}[、和跟与]?|(?<![A-Za-z])K)(?:{_D}|D(?![A-Za-z])\s*值?)"
_FAST = r"12\s*[日天]?(?:的|线)?\s*(?:EMA|指数(?:移动)?平均(?:线|值)?|均线)?|(?:EMA|EXPMA)\s*\(?12\)?|快线|短期(?:EMA|均线)?"
_SLOW = r"26\s*[日天]?(?:的|线)?\s*(?:EMA|指数(?:移动)?平均(?:线|值)?|均线)?|(?:EMA|EXPMA)\s*\(?26\)?|慢线|长期(?:EMA|均线)?"
_HIGH = r"最高(?:价|点)?|高点|最高到"
_LOW = r"最低(?:价|点)?|低点|最低到"
_CLOSE = r"收盘价?|收在?|现价|今收|股价|现在|最新价"


def _slot(name: str, label: str, own: str, others: str, count: int = 2, **more: float) -> Slot:
    return Slot(
        name, label, _FIGURE, ask=f"{label}是多少？", before=in_turn(f"(?:{own})", others, count), **more
    )  # fmt: skip


DIF = _slot("dif", "DIF", _DIF, _DEA)
DEA = _slot("dea", "DEA", _DEA, _DIF)
FAST = _slot("fast", "12日EMA", _FAST, _SLOW, least=0.0001)
SLOW = _slot("slow", "26日EMA", _SLOW, _FAST, least=0.0001)
HIGH = _slot("high", "最高价", _HIGH, rf"{_LOW}|{_CLOSE}", 3, least=0.0001)
LOW = _slot("low", "最低价", _LOW, rf"{_HIGH}|{_CLOSE}", 3, least=0.0001)
CLOSE = _slot("close", "收盘价", _CLOSE, rf"{_HIGH}|{_LOW}", 3, least=0.0001)
WINDOW = Slot("days", "天数", PERIODS, alone=True, required=False, anchor=False, least=1, most=500)
WINDOW_AGAIN = replace(WINDOW, name="days_again")
K_VALUE = Slot(
    "k", "K值", (Unit.NONE,), ask="K值是多少？", least=0, most=100,
    before=rf"{_KD}(?:分别|依次|各)?(?:是|为|[:：=])?|{in_turn(f'(?:{_K})', _D)}",
)  # fmt: skip
D_VALUE = Slot(
    "d", "D值", (Unit.NONE,), ask="D值是多少？", least=0, most=100,
    before=rf"{_KD}(?:分别|依次|各)?(?:是|为|[:：=])?\s*[\d.]+\s*(?:、|，|,|/|和|跟|\s)\s*|{in_turn(f'(?:{_D})', _K)}",
)  # fmt: skip
BOTH = Slot(
    "both", "前一天的K值和D值", (Unit.NONE,), required=False, anchor=False, least=0, most=100,
    before=rf"都?(?:按|取|用|从|设|当)|初始值?|默认|都(?:是|为)|{_KD}",
)  # fmt: skip
RSV = Slot("rsv", "RSV", (Unit.NONE,), ask="今天的RSV是多少？", before="RSV值?", least=0, most=100)
FACTOR = Slot(
    "factor", "乘2", (Unit.NONE, Unit.TIMES), required=False, anchor=False, before=r"乘以?|[×xX*]",
    least=2, most=2, alone=False,
)  # fmt: skip
_FIRST_DAY = r"第一天|首日|没有[前昨]|初始|都(?:是|为|按|取|用|从)|默认|KD值?(?:都|按|取)"
_KDJ = r"KDJ|RSV|(?<![a-z])[KDJ]\s*值|(?<![a-z])[KJ](?![a-z线])|随机指标"
_MACD = r"MACD|(?:红|绿)?柱|DEA"
_CONVENTION = Choice(
    "convention", "口径", {**CONVENTION.options, "talib": f"{CONVENTION.options['talib']}|Python"}, default="open"
)  # fmt: skip
_LATER = r"昨[天日]?的?DEA|[前上](?:一|1)[天日]的?DEA"
FORMS = (
    Form("macd_bar", cue=_MACD, slots=(DIF, DEA, FACTOR), choices=(_CONVENTION,), work=_bar, unless=_LATER, priority=4),
    Form(
        "macd_bar_of_averages", cue=_MACD, slots=(FAST, SLOW, DEA, FACTOR), choices=(_CONVENTION,),
        work=_bar_of_averages, unless=_LATER, priority=4,
    ),
    Form(
        "macd_bar_next", cue=_LATER, slots=(DIF, Slot(
            "dea_before", "昨天的DEA", _FIGURE, ask="昨天的DEA是多少？", before=in_turn(f"(?:{_DEA})", _DIF)), FACTOR),
        choices=(_CONVENTION,), work=_bar_next, priority=5,
    ),
    Form("dif", cue=r"DIF|快线|MACD", slots=(FAST, SLOW), work=_dif, priority=3, unless=_LATER),
    Form("kdj_j", cue=r"(?<![a-z])J(?![a-z])|KDJ", slots=(K_VALUE, D_VALUE), work=_j, priority=3,
         unless=r"昨|[前上](?:一|1)[天日]|今[天日]的?[KD]值?(?:是|为)?(?:多少|几|怎么|咋)"),
    Form("kdj_rsv", cue=r"RSV|未成熟随机", slots=(HIGH, LOW, CLOSE, WINDOW, WINDOW_AGAIN), work=_rsv, priority=4),
    Form("kdj_next", cue=_KDJ, slots=(K_VALUE, D_VALUE, RSV, WINDOW, WINDOW_AGAIN), work=_next, priority=5),
    Form(
        "kdj_next_of_prices", cue=_KDJ, slots=(K_VALUE, D_VALUE, HIGH, LOW, CLOSE, WINDOW, WINDOW_AGAIN), work=_next, priority=5,
    ),
    Form("kdj_first", cue=_FIRST_DAY, slots=(BOTH, RSV, WINDOW, WINDOW_AGAIN), work=_next, priority=6),
    Form("kdj_first_of_prices", cue=rf"(?:{_KDJ}).*(?:{_FIRST_DAY})|(?:{_FIRST_DAY}).*(?:{_KDJ})",
         slots=(BOTH, HIGH, LOW, CLOSE, WINDOW, WINDOW_AGAIN), work=_next, priority=6),
)  # fmt: skip
