"""Forms about bonds: the price of a bond, conversion value and premium of a convertible bond."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from toujiao.calculators.forms.bonds_work import FACE_VALUE, bond_of, zero_of
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.moves import HOW_MUCH, NO_NUMBER
from toujiao.calculators.forms.show import fen, money, said, share
from toujiao.calculators.forms.strangers import without_strangers
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, approx_percent, plain
from toujiao.calculators.units import Unit
from toujiao.calculators.valuation import conversion_premium, conversion_value

_FACE = Slot(
    "face",
    "面值",
    MONEY,
    required=False,
    anchor=False,
    before=r"面值|票面(?!利率|率)|面额",
    after=r"^的?面值",
    least=1,
)
_COUPON = Slot(
    "coupon",
    "票面利率",
    (Unit.RATIO,),
    ask="票面利率是百分之多少？",
    least=0,
    most=1,
    before=r"票面利?率?|票息|息票率?|每年付息|年息|付息|债券利率",
    after=r"的?(?:票面|票息|息票)",
    never_before=rf"(?:市场利?率?|收益率|折现率|贴现率){NO_NUMBER}",
)
_COUPON_YUAN = Slot(
    "coupon_yuan",
    "每年的利息",
    MONEY,
    ask="每年付多少利息？",
    least=0.01,
    before=r"每年(?:付息|利息|付|派息|拿|收)*|年息|付息|票息|利息",
    after=r"的?(?:利息|票息)",
    never_before=rf"(?:面值){NO_NUMBER}",
)
_MARKET = Slot(
    "market",
    "市场利率",
    (Unit.RATIO,),
    ask="市场利率（要求的收益率）是百分之多少？",
    least=-0.5,
    most=1,
    before=(
        r"市场(?:利?率|收益率)?|收益率|折现率?|贴现率?|要求(?:的)?(?:回报|收益)|回报率|到期收益|"
        r"利率[升降涨跌变]?[到至为成]?"
    ),
    after=r"的?(?:市场|折现|贴现|收益率)",
    never_before=rf"(?:票面利?率?|票息|息票){NO_NUMBER}",
)
_YEARS = Slot(
    "years",
    "剩余年数",
    (Unit.YEARS, Unit.MONTHS),
    ask="还有几年到期？",
    alone=True,
    least=1,
    anchor=False,
)
_OFTEN = Choice(
    "often",
    "一年付几次息",
    {
        2: (
            r"(?:每隔?|按)?半年(?:一|1)?(?:付|派|计|结|次)|每隔?半年|(?:每|隔)(?:六|6)个月[付派计结]|"
            r"一年(?:[付派计结]息?)?[两2]次|[付派计结]息?[两2]次"
        ),
        4: r"(?:每个?|按|一个?)季度?(?:付|派|计|结)|季付",
        12: r"(?:每个?|按)月(?:付|派|计|结)|月付",
        1: "",
    },
    default=1,
)
# 一年付两次: the choice reads it, too.
_PAYMENTS = Slot(
    "payments",
    "一年付几次",
    (Unit.COUNT,),
    before=r"(?:[付派计结]息?|一年|每年)$",
    after=r"^[付派计结]息",
    least=1,
    most=2,
    required=False,
    anchor=False,
)
_ZERO_COUPON = r"零息|零票息|贴现(?:国?债|债券|发行|式)|不付息|没有?利息|不派息"
_CONVERSION = Slot(
    "conversion",
    "转股价",
    MONEY,
    ask="转股价是多少？",
    least=0.01,
    most=5000,
    before=r"转股价格?|转换价格?|初始转股价|转股价?是?",
    after=r"的?转股价",
    never_before=rf"(?:正股|(?<!转)股价|转债(?!的?转)|溢价率?|转股价值){NO_NUMBER}",
)
_STOCK = Slot(
    "stock",
    "正股价",
    MONEY,
    ask="正股（对应的股票）现在多少钱？",
    least=0.01,
    most=5000,
    before=r"正股(?:价格?|现价|股价|收盘价?|现在)?|(?<!转)股价|股票(?:价格?|现价|现在)?|现价",
    after=r"的?正股",
    never_before=rf"(?:转股价格?|转债(?:价格?|现价)?|债价|可转债(?:价格?|现价)?){NO_NUMBER}",
)
_BOND = Slot(
    "bond",
    "转债价格",
    MONEY,
    ask="转债现在多少钱一张？",
    least=10,
    most=10000,
    before=r"转债(?:价格?|现价|市价|现在|收盘价?|本身|价)?|债价|可转债(?:价格?)?|债券价格?|市价|交易价|一张|现价",
    after=r"的?(?:转债|可转债)|元?一张",
    never_before=rf"(?:正股(?:价格?|现价)?|转股价[格值]?|股价|股票){NO_NUMBER}",
)
_VALUE = Slot(
    "value",
    "转股价值",
    MONEY,
    ask="转股价值是多少？",
    least=1,
    before=r"转股价值|转换价值",
    after=r"的?转股价值",
)
_BONDS = Slot(
    "bonds",
    "张数",
    (Unit.BONDS,),
    alone=True,
    required=False,
    anchor=False,
    least=1,
    never_before=rf"(?:每){NO_NUMBER}",
)


def _worth(values: Values) -> tuple[float, list[str], dict[str, Any]]:
    """The conversion value, its working, and what it rests on."""
    face, conversion, stock = values.get("face", FACE_VALUE), values["conversion"], values["stock"]
    value = conversion_value(face, conversion, stock)
    steps = [] if "face" in values else [line("bond_face_assumed", face=plain(face))]
    shown = {"face": plain(face), "conversion": plain(conversion), "stock": plain(stock)}
    steps.append(line("conversion_value", approx=approx(value), **shown))
    return (
        value,
        steps,
        {"conversion_price_yuan": conversion, "stock_price_yuan": stock, "face_yuan": face},
    )


def _conversion(values: Values, day: date) -> Calculation:
    value, steps, inputs = _worth(values)
    results = {"conversion_value_yuan": value}
    count = values.get("bonds")
    last = line("result_conversion_value", value=said(value))
    if count and count > 1:
        total = fen(value * count)
        results["total_yuan"] = total
        last = line(
            "result_conversion_values", value=said(value), count=plain(count), total=money(total)
        )
    return finish("conversion_value", inputs, results, [*steps, last])


def _premium(values: Values, day: date) -> Calculation:
    steps: list[str] = []
    if "value" in values:
        value, inputs = values["value"], {"conversion_value_yuan": values["value"]}
    else:
        value, steps, inputs = _worth(values)
    bond = values["bond"]
    premium = conversion_premium(bond, value)
    shown = {"bond": plain(bond), "value": plain(value, 4)}
    steps = [*steps, line("premium", approx=approx_percent(premium), **shown)]
    name = "result_premium" if premium >= 0 else "result_discount"
    last = line(name, premium=share(premium), value=said(value))
    results = {"conversion_premium": premium, "conversion_value_yuan": value}
    return finish(
        "conversion_premium", {"bond_price_yuan": bond, **inputs}, results, [*steps, last]
    )


def _shares(values: Values, day: date) -> Calculation:
    """How many shares the bonds convert into; what is left over is paid in cash."""
    count, conversion = values["bonds"], values["conversion"]
    face = values.get("face", FACE_VALUE)
    whole = int(face * count / conversion + 1e-9)
    rest = fen(face * count - whole * conversion)
    shown = {
        "face": plain(face),
        "count": plain(count),
        "conversion": plain(conversion),
        "shares": whole,
    }
    steps = [] if "face" in values else [line("bond_face_assumed", face=plain(face))]
    steps += [
        line("conversion_shares", approx=approx(face * count / conversion), **shown),
        line("result_conversion_shares", rest=money(rest), **shown),
    ]
    inputs = {"bonds": count, "conversion_price_yuan": conversion}
    return finish("conversion_shares", inputs, {"shares": whole, "cash_yuan": rest}, steps)


_ASKED = rf"\A(?=(?s:.*)(?:{HOW_MUCH}))"
_UNLESS = r"申购|中签|打新|赎回|强赎|回售"
FORMS = without_strangers(
    (
        *(
            Form(
                name,
                cue=rf"{_ASKED}\A(?=(?s:.*)(?:债|票面|面值))\A(?=(?s:.*)(?:价|值|卖|现值))",
                work=bond_of,
                priority=8,
                slots=(_FACE, coupon, _MARKET, _YEARS, _PAYMENTS, replace(_BONDS, most=1)),
                choices=(_OFTEN,),
                unless=rf"{_UNLESS}|转债|转股|逆回购|涨停|每股|{_ZERO_COUPON}",
            )
            for name, coupon in (("bond_price", _COUPON), ("bond_price_coupon", _COUPON_YUAN))
        ),
        Form(
            "bond_price_zero",
            cue=rf"{_ASKED}\A(?=(?s:.*)债)\A(?=(?s:.*)(?:{_ZERO_COUPON}))\A(?=(?s:.*)(?:价|值|卖|买|现值))",
            work=zero_of,
            priority=8,
            slots=(_FACE, _MARKET, _YEARS, replace(_BONDS, most=1)),
            unless=rf"{_UNLESS}|转债|转股|逆回购|涨停|每股|票面利?率?\s*[\d一二三四五六七八九]",
        ),
        Form(
            "conversion_premium",
            cue=rf"{_ASKED}\A(?=(?s:.*)溢价)\A(?=(?s:.*)(?:转|债))",
            work=_premium,
            priority=9,
            slots=(_BOND, _CONVERSION, _STOCK, _FACE, _BONDS),
            unless=_UNLESS,
        ),
        Form(
            "conversion_premium_value",
            cue=rf"{_ASKED}\A(?=(?s:.*)溢价)\A(?=(?s:.*)(?:转|债))",
            work=_premium,
            priority=9,
            slots=(_BOND, _VALUE, _BONDS),
            unless=_UNLESS,
        ),
        Form(
            "conversion_value",
            cue=rf"{_ASKED}\A(?=(?s:.*)转(?:股|债|换))\A(?=(?s:.*)(?:价值|值多少|值几|能换|转成|转股后))",
            work=_conversion,
            slots=(_CONVERSION, _STOCK, _FACE, _BONDS),
            priority=8,
            unless=rf"{_UNLESS}|溢价",
        ),
        Form(
            "conversion_shares",
            cue=r"\A(?=(?s:.*)转(?:股|债|换))\A(?=(?s:.*)(?:(?:多少|几)股|股数))",
            work=_shares,
            priority=8,
            slots=(
                replace(
                    _BONDS, required=True, anchor=True, units=(Unit.BONDS,), ask="一共多少张转债？"
                ),
                _CONVERSION,
                _FACE,
            ),
            unless=rf"{_UNLESS}|溢价",
        ),
    )
)
