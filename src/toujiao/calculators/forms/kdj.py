"""Forms of KDJ, from the figures of one day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from toujiao.calculators.forms.figures import CLOSE, HIGH, LOW, WINDOW, WINDOW_AGAIN
from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import in_turn
from toujiao.calculators.forms.wording import line
from toujiao.calculators.indicator_parts import kdj_j, kdj_next, kdj_rsv
from toujiao.calculators.texts import approx, plain
from toujiao.calculators.units import Unit

_HALF = 50.0  # what textbooks take for K and D where there is no day before


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
    rsv = kdj_rsv(close, low, high)
    if high == low:
        return rsv, [line("rsv_flat")]
    shown = {"high": plain(high), "low": plain(low), "close": plain(close)}
    return rsv, [line("rsv", **shown, rsv=approx(rsv))]


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


def _both(first: str, second: str) -> str:
    """A cue of two kinds of words, in any order."""
    return rf"^(?=[\s\S]*(?:{first}))(?=[\s\S]*(?:{second}))"


_K = r"(?<![A-Za-z])K(?![A-Za-z线])\s*值?"
_D = r"(?<![A-Za-z])D(?![A-Za-z线])\s*值?"
_KD = rf"(?:{_K}[、和跟与]?|(?<![A-Za-z])K)(?:{_D}|D(?![A-Za-z])\s*值?)"
K_VALUE = Slot(
    "k",
    "K值",
    (Unit.NONE,),
    ask="K值是多少？",
    least=0,
    most=100,
    before=rf"{_KD}(?:分别|依次|各)?(?:是|为|[:：=])?|{in_turn(f'(?:{_K})', _D)}",
)
D_VALUE = Slot(
    "d",
    "D值",
    (Unit.NONE,),
    ask="D值是多少？",
    least=0,
    most=100,
    before=(
        rf"{_KD}(?:分别|依次|各)?(?:是|为|[:：=])?\s*[\d.]+\s*(?:、|，|,|/|和|跟|\s)\s*|"
        rf"{in_turn(f'(?:{_D})', _K)}"
    ),
)
BOTH = Slot(
    "both",
    "前一天的K值和D值",
    (Unit.NONE,),
    required=False,
    anchor=False,
    least=0,
    most=100,
    before=rf"都?(?:按|取|用|从|设|当)|初始值?|默认|都(?:是|为)|{_KD}",
)
RSV = Slot("rsv", "RSV", (Unit.NONE,), ask="今天的RSV是多少？", before="RSV值?", least=0, most=100)
_FIRST_DAY = r"第一天|首日|没有[前昨]|初始|都(?:是|为|按|取|用|从)|默认|KD值?(?:都|按|取)"
# K and D are those of the day before where it says so, or where K itself is asked for.
_BEFORE = (
    r"昨|[前上](?:一|1)个?(?:天|日|交易日)|前日|KDJ[^，。\d]{0,8}(?:多少|几|各|怎么|咋|呢|$)|"
    r"K(?:值|、|和)[^，。\d]{0,8}(?:多少|几|各|怎么|咋|呢)|[求算][^，。\d]{0,6}K"
)
_KDJ = r"KDJ|RSV|(?<![a-z])[KDJ]\s*值|(?<![a-z])[KJ](?![a-z线])|随机指标"
FORMS = (
    Form(
        "kdj_j",
        cue=r"(?<![a-z])J(?![a-z])|KDJ",
        slots=(K_VALUE, D_VALUE),
        work=_j,
        priority=3,
        unless=r"昨|[前上](?:一|1)[天日]|今[天日]的?[KD]值?(?:是|为)?(?:多少|几|怎么|咋)",
    ),
    Form(
        "kdj_rsv",
        cue=r"RSV|未成熟随机",
        slots=(HIGH, LOW, CLOSE, WINDOW, WINDOW_AGAIN),
        work=_rsv,
        priority=4,
    ),
    Form(
        "kdj_next",
        cue=_both(_KDJ, _BEFORE),
        slots=(K_VALUE, D_VALUE, RSV, WINDOW, WINDOW_AGAIN),
        work=_next,
        priority=5,
    ),
    Form(
        "kdj_next_of_prices",
        cue=_both(_KDJ, _BEFORE),
        slots=(K_VALUE, D_VALUE, HIGH, LOW, CLOSE, WINDOW, WINDOW_AGAIN),
        work=_next,
        priority=5,
    ),
    Form(
        "kdj_first",
        cue=_both(_KDJ, _FIRST_DAY),
        slots=(BOTH, RSV, WINDOW, WINDOW_AGAIN),
        work=_next,
        priority=6,
    ),
    Form(
        "kdj_first_of_prices",
        cue=_both(_KDJ, _FIRST_DAY),
        slots=(BOTH, HIGH, LOW, CLOSE, WINDOW, WINDOW_AGAIN),
        work=_next,
        priority=6,
    ),
)
