"""Forms about the volume that was traded: OBV and the turnover rate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from toujiao.calculators import indicators, talib_convention
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import BETWEEN, CLOSES, CONVENTION, COUNT, PRICE, prices_of
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx_percent, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

# 12万 without a unit is read as money; beside OBV it is a volume.
_BARE = (Unit.NONE, Unit.YUAN)
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


def _turnover(values: Values, day: date) -> Calculation:
    volume, free = values["volume"], values["free_shares"]
    notes = [line("turnover_in_shares")] if not isinstance(volume, int) else []
    if "total_shares" in values:
        notes.append(line("turnover_total_unused"))
    return _rate(volume, free, "股", notes, "free_shares", "volume_shares")


def _turnover_of_value(values: Values, day: date) -> Calculation:
    notes = [line("turnover_by_value")]
    return _rate(
        values["amount"], values["free_value"], "元", notes, "free_value_yuan", "amount_yuan"
    )


def _rate(
    part: float, whole: float, unit: str, notes: list[str], whole_name: str, part_name: str
) -> Calculation:
    if part > whole * 20:
        raise ToujiaoError(line("turnover_too_large"))
    rate = part / whole
    shown = {"part": plain(part), "whole": plain(whole), "unit": unit}
    return finish(
        "turnover",
        {part_name: part, whole_name: whole},
        {"turnover_rate": rate},
        [
            *notes,
            line("turnover", **shown, rate=approx_percent(rate)),
            line("turnover_is", rate=plain(rate * 100, 2)),
        ],
    )


def _traded(values: Values, day: date) -> Calculation:
    """The volume that belongs to a turnover rate."""
    rate, free = values["rate"], values["free_shares"]
    value = round(rate * free)
    shown = {"rate": plain(rate * 100), "free": plain(free), "value": plain(value)}
    return finish(
        "turnover",
        {"turnover_rate": rate, "free_shares": free},
        {"volume_shares": float(value)},
        [line("traded", **shown), line("traded_is", value=shares(value))],
    )


_VOLUME_WORDS = r"成交量?|成交了|量能|交易量|买卖了?|换手了|量"
_UP = r"(?:收?涨|收高|收红|收阳|上升|走高|红盘|阳线)"
_DOWN = r"(?:收?跌|收低|收绿|收阴|下降|走低|绿盘|阴线)"
_DIRECTION = Choice(
    "direction",
    "涨、跌还是平",
    {
        "flat": r"收平|平盘|持平|没涨没跌|没涨也没跌|不涨不跌|没有?变|没动|不变|价格一样",
        "up": rf"收涨|收高|收红|收阳|收盘价?上?涨|今[天日]?[^，。昨跌]{{0,10}}{_UP}|^(?![\s\S]*{_DOWN})[\s\S]*{_UP}",
        "down": rf"收跌|收低|收绿|收阴|收盘价?下?跌|今[天日]?[^，。昨涨]{{0,10}}{_DOWN}|^(?![\s\S]*{_UP})[\s\S]*{_DOWN}",
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
        Slot("obv_before", "昨天的OBV", before, ask="昨天的OBV是多少（手还是股）？", before=r"OBV(?:值|指标)?|能量潮"),
        Slot("volume", "今天的成交量", volume, ask="今天的成交量是多少（手还是股）？", before=_VOLUME_WORDS, least=0),
    )  # fmt: skip
    prices = (
        Slot("close_before", "昨天的收盘价", PRICE, ask="昨天的收盘价是多少？", least=0.0001,
             before=r"昨[天日]?的?(?:收盘?价?|价格?)|前收(?:盘价?)?|从|[前上]一[天日]的?(?:收盘?价?)"),
        Slot("close", "今天的收盘价", PRICE, ask="今天的收盘价是多少？", least=0.0001,
             before=r"今[天日]?的?(?:收盘?价?|价格?)|涨到|跌到|(?<!昨天)(?<!昨日)(?<!昨)收盘价?|收在?"),
    )  # fmt: skip
    return Form(
        name, cue=_OBV_CUE, slots=(*slots, *prices) if closes else slots,
        choices=(_UNIT,) if closes else (_DIRECTION, _UNIT), work=_obv_next, priority=4,
    )  # fmt: skip


_FREE = Slot(
    "free_shares", "流通股本", (Unit.SHARES, *_BARE), ask="流通股本是多少股？", least=1,
    before=r"(?<!自由)流通(?:的)?(?:股本|股数|股|盘子?|A股|市场)?(?:一共|总共|总数)?|盘子", after=r"(?:的)?流通(?:股本|股|盘)",
)  # fmt: skip
_TURNOVER = r"换手|周转率"
FORMS = (
    *(
        Form(
            name, cue=_OBV_CUE, slots=(CLOSES, Slot(
                "volumes", "成交量", units, ask="每天的成交量是多少？", before=_VOLUME_WORDS, many=True, between=BETWEEN), COUNT),
            choices=(CONVENTION,), work=work, priority=4,
        )
        for name, units, work in (("obv", _SHARES, _obv_of_list), ("obv_bare", _BARE, _obv_of_bare_list))
    ),
    *(
        _next_form(f"obv_next{tail}{'_of_prices' if closes else ''}", before, volume, closes)
        for tail, before, volume in (("", _SHARES, _SHARES), ("_bare", _BARE, _BARE), ("_mixed", _BARE, _SHARES))
        for closes in (False, True)
    ),
    Form(
        "turnover", cue=_TURNOVER, slots=(
            Slot("volume", "成交量", (Unit.SHARES, *_BARE), ask="成交了多少股（或者多少手）？", least=1, alone=True,
                 before=_VOLUME_WORDS, after=r"的?成交量", never_before=r"流通(?:股本|股|盘)?|总股本|盘子"),
            _FREE,
            Slot("total_shares", "总股本", (Unit.SHARES, *_BARE), required=False, anchor=False, before=r"总股本|总盘子?", least=1),
        ),
        work=_turnover, unless=r"成交额|成交金额|市值|成交了?\s*[\d.]+[万亿]*[元块]|率(?:是|为|有)?\s?\d+(?:\.\d+)?%|率百分之[\d一二三四五六七八九十]", priority=4,
    ),
    Form(
        "turnover_of_value", cue=_TURNOVER, slots=(
            Slot("amount", "成交额", (Unit.YUAN,), ask="成交额是多少？", before=r"成交(?:额|金额)?了?|交易额", least=1,
                 never_before="市值"),
            Slot("free_value", "流通市值", (Unit.YUAN,), ask="流通市值是多少？", before=r"流通(?:的)?市值|市值", least=1),
        ),
        work=_turnover_of_value, priority=4,
    ),
    Form(
        "traded", cue=r"换手率?.*成交(?:量|了)?.{0,6}(?:多少|几)|成交(?:量|了)?.{0,6}(?:多少|几).*换手", slots=(
            Slot("rate", "换手率", (Unit.RATIO,), ask="换手率是多少？", before=r"换手率?", alone=True, least=0), _FREE),
        work=_traded, priority=4,
    ),
)  # fmt: skip
