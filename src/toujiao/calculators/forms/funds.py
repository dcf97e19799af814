"""Forms about buying and selling a fund: the fee, and the shares that an amount buys."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.moves import HOW_MUCH, NO_NUMBER
from toujiao.calculators.forms.show import money
from toujiao.calculators.forms.spans import LENGTHS
from toujiao.calculators.forms.strangers import without_strangers
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line
from toujiao.calculators.funds import redemption, redemption_by_amount, subscription
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

_DISCOUNTED_ALREADY = 0.002  # a listed fee is 0.5 % to 1.5 %; less has a discount in it
_BUYING = r"申购|认购|买入?(?!卖)|投入?|定投"
_AMOUNT = Slot(
    "amount",
    "申购金额",
    MONEY,
    ask="买多少钱的基金？",
    alone=True,
    least=1,
    before=r"买入?了?|申购|认购|投入?|本金|花|金额",
    after=r"的?(?:基金|申购|认购|本金)|买|申购",
    never_before=rf"(?:净值){NO_NUMBER}",
)
_RATE = Slot(
    "rate",
    "申购费率",
    (Unit.RATIO,),
    ask="申购费率是百分之多少？",
    alone=True,
    least=0,
    most=0.05,
    before=r"申购费率?|认购费率?|手续费|费率|费用|原价|原来|费",
    after=r"的?(?:申购|认购|手续|费)",
    never_before=rf"(?:管理费|托管费|服务费|赎回费){NO_NUMBER}",
)
_DISCOUNT = Slot(
    "discount",
    "费率折扣",
    (Unit.DISCOUNT,),
    alone=True,
    required=False,
    anchor=False,
    least=0.001,
    most=1,
)
_NAV = Slot(
    "nav",
    "单位净值",
    MONEY,
    ask="单位净值是多少？",
    least=0.01,
    most=500,
    before=r"净值|每份|一份|单价|价格",
    after=r"的?(?:净值|一份|每份)|元?一份",
)
_FREE = Choice(
    "free",
    "收不收申购费",
    {
        True: (
            r"(?:免|不收|没有?|无|零|0)(?:申购|认购)?(?:手续)?费|C类|c类|(?:不(?:算|计|考虑|"
            r"含))(?:申购|手续)?费"
        )
    },
    default=False,
)
_UNITS = Slot(
    "units",
    "赎回份额",
    (Unit.FUND_UNITS,),
    ask="赎回多少份？",
    alone=True,
    least=0.01,
    before=r"赎回|卖出?|持有",
)
_PAID_OUT = Slot(
    "amount",
    "赎回金额",
    (Unit.YUAN, Unit.NONE),
    ask="赎回多少钱的基金？",
    alone=True,
    least=1,
    before=r"赎回|卖出?|取出?|市值|金额",
    after=r"的?基金|赎回|卖",
    never_before=rf"(?:净值){NO_NUMBER}",
)
_OUT_RATE = Slot(
    "rate",
    "赎回费率",
    (Unit.RATIO,),
    ask="赎回费率是百分之多少？（和持有多久有关，基金的费率表里有）",
    alone=True,
    least=0,
    most=0.05,
    before=r"赎回费率?|手续费|费率|费用|费",
    after=r"的?(?:赎回|手续|费)",
    never_before=rf"(?:申购费率?|管理费){NO_NUMBER}",
)
_HELD = Slot("held", "持有时间", LENGTHS, alone=True, required=False, anchor=False)


def _fee(values: Values, day: date) -> Calculation:
    return _bought(values, None)


def _shares(values: Values, day: date) -> Calculation:
    return _bought(values, values["nav"])


def _bought(values: Values, nav: float | None) -> Calculation:
    amount, steps = values["amount"], []
    rate, discount = values.get("rate"), values.get("discount", 1.0)
    if rate is None:
        if "discount" in values:
            raise ToujiaoError(line("fund_rate_missing"))
        rate = 0.0
        steps.append(line("fund_free" if values.get("free") else "fund_no_fee_said"))
    elif discount < 1 and 0 < rate <= _DISCOUNTED_ALREADY:
        raise ToujiaoError(line("fund_discount_twice"))
    done = subscription(amount, rate, discount, nav)
    shown = {"fee": money(done.fee), "net": money(done.net)}
    if rate:
        steps += done.steps
    elif nav is not None:
        steps.append(done.steps[-1])
    results = {"fee_yuan": done.fee, "net_yuan": done.net}
    inputs = {"amount_yuan": amount, "rate": done.rate, "nav_yuan": nav}
    if done.shares is None:
        return finish(
            "fund_subscription", inputs, results, [*steps, line("result_fund_fee", **shown)]
        )
    name = "result_fund_shares" if rate else "result_fund_shares_free"
    last = line(name, shares=money(done.shares), **shown)
    return finish(
        "fund_subscription", inputs, {**results, "fund_units": done.shares}, [*steps, last]
    )


def _redeemed(values: Values, day: date) -> Calculation:
    rate = values["rate"]
    if "units" in values:
        done = redemption(values["units"], values["nav"], rate)
    else:
        done = redemption_by_amount(values["amount"], rate)
    last = line("result_redemption", fee=money(done.fee), net=money(done.net))
    inputs = {"gross_yuan": done.gross, "rate": rate}
    results = {"fee_yuan": done.fee, "net_yuan": done.net}
    return finish("fund_redemption", inputs, results, [*done.steps, last])


def _redeemed_free(values: Values, day: date) -> Calculation:
    return _redeemed({**values, "rate": 0.0}, day)


_NO_OUT_FEE = (
    r"(?:(?:(?<![不没才未])免|(?<!才)不收|不用交?|不要|没有?|无|零|(?<![\d.])0)(?:了|掉)?赎回(?:手续)?费|"
    r"赎回(?:手续)?费(?:用|率)?(?:全|都)?(?:免|不收|不用交?|没有|(?:是|为)?(?:零|0(?![.\d]))))"
)
_UNLESS = (
    r"定投|年化|涨停|股票|债券|转债|后端|每年|每月|浮[亏盈]|涨了|跌了|亏了|赚了|逆回购|差多少|区别|"
    r"什么时候|啥时候|几天|多久"
)
_FEE_ASKED = rf"\A(?=(?s:.*)(?:申购|认购|前端))\A(?=(?s:.*)(?:{HOW_MUCH}))"
_SHARES_ASKED = (
    r"(?:多少|几)[^，。]{0,3}份|份额[^，。]{0,6}(?:多少|几|是)|(?:多少|几)[^，。]{0,4}份额|"
    r"能?[买确]认?[^，。]{0,6}(?:多少|几)份"
)
FORMS = without_strangers(
    (
        Form(
            "fund_shares",
            cue=rf"\A(?=(?s:.*)(?:{_SHARES_ASKED}))\A(?=(?s:.*)(?:{_BUYING}|净值|基金))",
            work=_shares,
            priority=8,
            slots=(_AMOUNT, replace(_RATE, required=False), _DISCOUNT, _NAV),
            choices=(_FREE,),
            unless=rf"{_UNLESS}|赎回",
        ),
        Form(
            "fund_fee",
            cue=_FEE_ASKED,
            slots=(_AMOUNT, _RATE, _DISCOUNT),
            work=_fee,
            choices=(_FREE,),
            priority=7,
            unless=rf"{_UNLESS}|赎回|{_SHARES_ASKED}|新股|中签|打新",
        ),
        Form(
            "fund_fee_nav",
            cue=_FEE_ASKED,
            slots=(_AMOUNT, _RATE, _DISCOUNT, _NAV),
            work=_shares,
            choices=(_FREE,),
            priority=7,
            unless=rf"{_UNLESS}|赎回|新股|中签|打新",
        ),
        Form(
            "fund_redemption",
            cue=rf"\A(?=(?s:.*)赎回)\A(?=(?s:.*)(?:{HOW_MUCH}|到手|到账))",
            work=_redeemed,
            priority=8,
            slots=(_UNITS, _NAV, _OUT_RATE, _HELD),
            unless=_UNLESS,
        ),
        *(
            Form(
                f"fund_redemption_free{more}",
                cue=rf"\A(?=(?s:.*){_NO_OUT_FEE})\A(?=(?s:.*)(?:{HOW_MUCH}|到手|到账))",
                work=_redeemed_free,
                priority=8,
                slots=(*paid, _HELD),
                unless=rf"{_UNLESS}|赎回费[^，。]{{0,4}}(?:多少|几|吗)",
            )
            for more, paid in (("", (_UNITS, _NAV)), ("_amount", (_PAID_OUT,)))
        ),
        Form(
            "fund_redemption_amount",
            cue=rf"\A(?=(?s:.*)赎回)\A(?=(?s:.*)(?:{HOW_MUCH}|到手|到账))",
            work=_redeemed,
            priority=7,
            slots=(_PAID_OUT, _OUT_RATE, _HELD),
            unless=_UNLESS,
        ),
    )
)
