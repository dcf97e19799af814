"""Forms of OBV, from lists or from the day before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from toujiao.calculators import indicators, talib_convention
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import BETWEEN, CLOSES, CONVENTION, COUNT, PRICE, prices_of
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import plain
from toujiao.calculators.units import Unit

# 12万 without a unit is read as money; beside OBV it is a volume.
BARE = (Unit.NONE, Unit.YUAN)
_SHARES = (Unit.SHARES,)
_SIGN = {"up": 1, "down": -1, "flat": 0}


def shares(value: float) -> str:
    """A volume in words: 5000 手（500000 股）."""
    if value % 100 == 0:
        return line("volume_lots", lots=plain(value / 100), shares=plain(value))
    return line("volume_shares", shares=plain(value))


def _obv_of_list(values: Values, day: date) -> Calculation:
    return _listed(values, shares)


def _obv_of_bare_list(values: Values, day: date) -> Calculation:
    return _listed(values, plain)


def _listed(values: Values, shown: Callable[[float], str]) -> Calculation:
    closes, volumes = prices_of(values), list(values["volumes"])
    western = values["convention"] == "talib"
    path = (talib_convention if western else indicators).obv(closes, volumes)
    steps = [line("obv_talib" if western else "obv_tdx")]
    for i in range(1, len(closes)):
        change = closes[i] - closes[i - 1]
        name = "up" if change > 0 else "down" if change < 0 else "flat"
        said = {"day": i + 1, "volume": shown(volumes[i]), "value": shown(float(path[i]))}
        steps.append(line(f"obv_day_{name}", **said))
    value = float(path[-1])
    inputs = {"closes_yuan": closes, "volumes": volumes}
    return finish("obv", inputs, {"obv": value}, [*steps, line("obv_is", value=shown(value))])


def _obv_next(values: Values, day: date) -> Calculation:
    before, volume = values["obv_before"], values["volume"]
    in_shares, notes = isinstance(volume, int), []
    if in_shares and not isinstance(before, int):
        # The OBV without a unit counts as the volume beside it does.
        lots = values.get("unit") == "lots"
        before = before * 100 if lots else before
        notes.append(line("obv_same_unit", unit="手" if lots else "股"))
    direction = values.get("direction")
    if direction is None:
        direction, note = _direction(values["close_before"], values["close"])
        notes.append(note)
    value = before + _SIGN[direction] * volume
    said = {"before": plain(before), "volume": plain(volume), "value": plain(value)}
    return finish(
        "obv",
        {"obv_before": before, "volume": volume, "direction": direction},
        {"obv": float(value)},
        [
            *notes,
            line(f"obv_{direction}", **said),
            line("obv_is", value=shares(value) if in_shares else plain(value)),
        ],
    )


def _direction(before: float, close: float) -> tuple[str, str]:
    name = "up" if close > before else "down" if close < before else "flat"
    return name, line(f"obv_closes_{name}", before=plain(before), close=plain(close))


VOLUME_WORDS = r"成交量?|成交了|量能|交易量|买卖了?|换手了|量"
_UP = r"(?:收?涨(?!了?多少|了?几)|收高|收红|收阳|上升|走高|红盘|阳线)"
_DOWN = r"(?:收?跌(?!了?多少|了?几)|收低|收绿|收阴|下降|走低|绿盘|阴线)"
_DIRECTION = Choice(
    "direction",
    "涨、跌还是平",
    {
        "flat": r"收平|平盘|持平|没涨没跌|没涨也没跌|不涨不跌|没有?变|没动|不变|价格一样",
        "up": (
            rf"收涨|收高|收红|收阳|收盘价?上?涨|今[天日]?[^，。昨跌]{{0,10}}{_UP}|"
            rf"^(?![\s\S]*{_DOWN})[\s\S]*{_UP}"
        ),
        "down": (
            rf"收跌|收低|收绿|收阴|收盘价?下?跌|今[天日]?[^，。昨涨]{{0,10}}{_DOWN}|"
            rf"^(?![\s\S]*{_UP})[\s\S]*{_DOWN}"
        ),
    },
    required=True,
    ask="今天收盘是涨了、跌了，还是没变？",
)
_UNIT = Choice(
    "unit", "手还是股", {"lots": r"\d\s*[万亿]?手|[一二三四五六七八九十百千万]手", "shares": "股"}
)
_OBV_CUE = r"OBV|能量潮"


def _next_form(name: str, before: tuple[Unit, ...], volume: tuple[Unit, ...], closes: bool) -> Form:
    slots = (
        Slot(
            "obv_before",
            "昨天的OBV",
            before,
            ask="昨天的OBV是多少（手还是股）？",
            before=r"OBV(?:值|指标)?|能量潮",
        ),
        Slot(
            "volume",
            "今天的成交量",
            volume,
            ask="今天的成交量是多少（手还是股）？",
            before=VOLUME_WORDS,
            least=0,
        ),
    )
    prices = (
        Slot(
            "close_before",
            "昨天的收盘价",
            PRICE,
            ask="昨天的收盘价是多少？",
            least=0.0001,
            before=(
                r"昨[天日]?的?(?:收盘?价?|价格?)|前收(?:盘价?)?|从|"
                r"[前上]一[天日]的?(?:收盘?价?)"
            ),
        ),
        Slot(
            "close",
            "今天的收盘价",
            PRICE,
            ask="今天的收盘价是多少？",
            least=0.0001,
            before=(
                r"今[天日]?的?(?:收盘?价?|价格?)|涨到|跌到|(?<!昨天)(?<!昨日)(?<!昨)收盘价?|"
                r"收在?"
            ),
        ),
    )
    return Form(
        name,
        cue=rf"^(?=[\s\S]*(?:{_OBV_CUE}))(?=[\s\S]*(?:昨|前[一日]|上一|成交|交易量|量是))",
        slots=(*slots, *prices) if closes else slots,
        choices=(_UNIT,) if closes else (_DIRECTION, _UNIT),
        work=_obv_next,
        priority=4,
    )


FORMS = (
    *(
        Form(
            name,
            cue=_OBV_CUE,
            slots=(
                CLOSES,
                Slot(
                    "volumes",
                    "成交量",
                    units,
                    ask="每天的成交量是多少？",
                    before=VOLUME_WORDS,
                    many=True,
                    between=BETWEEN,
                ),
                COUNT,
            ),
            choices=(CONVENTION,),
            work=work,
            priority=4,
        )
        for name, units, work in (
            ("obv", _SHARES, _obv_of_list),
            ("obv_bare", BARE, _obv_of_bare_list),
        )
    ),
    *(
        _next_form(f"obv_next{tail}{'_of_prices' if closes else ''}", before, volume, closes)
        for tail, before, volume in (
            ("", _SHARES, _SHARES),
            ("_bare", BARE, BARE),
            ("_mixed", BARE, _SHARES),
        )
        for closes in (False, True)
    ),
)
