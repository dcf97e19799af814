"""Forms of the turnover rate: shares traded of those that can be traded."""

from __future__ import annotations

from datetime import date

from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
from toujiao.calculators.forms.obv import BARE, VOLUME_WORDS, shares
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx_percent, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError


def _turnover(values: Values, day: date) -> Calculation:
    volume, free = values["volume"], values["free_shares"]
    notes = [line("turnover_in_shares")] if not isinstance(volume, int) else []
    if "total_shares" in values:
        notes.append(line("turnover_total_unused"))
    return _turnover_rate(volume, free, "股", notes, "free_shares", "volume_shares")


def _turnover_of_value(values: Values, day: date) -> Calculation:
    notes = [line("turnover_by_value")]
    return _turnover_rate(
        values["amount"], values["free_value"], "元", notes, "free_value_yuan", "amount_yuan"
    )


def _turnover_rate(
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


def _free_of_rate(values: Values, day: date) -> Calculation:
    """The free shares that belong to a volume and a turnover rate."""
    rate, volume = values["rate"], values["volume"]
    value = round(volume / rate)
    shown = {"rate": plain(rate * 100), "volume": plain(volume), "value": plain(value)}
    return finish(
        "turnover",
        {"turnover_rate": rate, "volume_shares": volume},
        {"free_shares": float(value)},
        [line("free_of_rate", **shown), line("free_is", value=plain(value))],
    )


_FREE_SHARES = Slot(
    "free_shares",
    "流通股本",
    (Unit.SHARES, *BARE),
    ask="流通股本是多少股？",
    least=1,
    before=r"(?<!自由)流通(?:的)?(?:股本|股数|股|盘子?|A股|市场)?(?:一共|总共|总数)?|盘子",
    after=r"(?:的)?流通(?:股本|股|盘)",
)
_TURNOVER = r"换手|周转率"
_VOLUME = Slot(
    "volume",
    "成交量",
    (Unit.SHARES, *BARE),
    ask="成交了多少股（或者多少手）？",
    least=1,
    alone=True,
    before=VOLUME_WORDS,
    after=r"的?成交量",
    never_before=r"流通(?:股本|股|盘)?|总股本|盘子",
)
_RATE = Slot(
    "rate",
    "换手率",
    (Unit.RATIO,),
    ask="换手率是多少？",
    before=r"换手率?",
    alone=True,
    least=0.00001,
)
FORMS = (
    Form(
        "turnover",
        cue=_TURNOVER,
        slots=(
            _VOLUME,
            _FREE_SHARES,
            Slot(
                "total_shares",
                "总股本",
                (Unit.SHARES, *BARE),
                required=False,
                anchor=False,
                before=r"总股本|总盘子?",
                least=1,
            ),
        ),
        work=_turnover,
        unless=(
            r"成交额|成交金额|市值|成交了?\s*[\d.]+[万亿]*[元块]|率(?:是|为|"
            r"有)?\s?\d+(?:\.\d+)?%|率百分之[\d一二三四五六七八九十]"
        ),
        priority=4,
    ),
    Form(
        "turnover_of_value",
        cue=_TURNOVER,
        slots=(
            Slot(
                "amount",
                "成交额",
                (Unit.YUAN,),
                ask="成交额是多少？",
                before=r"成交(?:额|金额)?了?|交易额",
                least=1,
                never_before="市值",
            ),
            Slot(
                "free_value",
                "流通市值",
                (Unit.YUAN,),
                ask="流通市值是多少？",
                before=r"流通(?:的)?市值|市值",
                least=1,
            ),
        ),
        work=_turnover_of_value,
        priority=4,
    ),
    Form(
        "traded",
        cue=r"换手率?.*成交(?:量|了)?.{0,6}(?:多少|几)|成交(?:量|了)?.{0,6}(?:多少|几).*换手",
        slots=(
            _RATE,
            _FREE_SHARES,
        ),
        work=_traded,
        priority=4,
    ),
    Form(
        "free_of_rate",
        cue=r"换手.*(?:流通|盘子).{0,8}(?:多少|几|多大)|(?:流通|盘子).{0,8}(?:多少|几|多大).*换手",
        slots=(_RATE, _VOLUME),
        work=_free_of_rate,
        priority=4,
    ),
)
