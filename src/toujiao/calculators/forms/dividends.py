"""Forms about dividends: the cash, the new shares, and the tax by holding time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from toujiao import clock
from toujiao.calculators import dividend_tax
from toujiao.calculators.dividends import DAYS_PER_MONTH, DAYS_PER_YEAR
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.plans import BONUS, CASH
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line
from toujiao.calculators.inputs import decimal, round_fen
from toujiao.calculators.texts import percent, plain
from toujiao.calculators.units import Length, Unit
from toujiao.errors import ToujiaoError

_LENGTHS = (Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS)
# Less than this for all shares together is more likely what one share gets.
_LEAST_TOTAL = 30
PAID = r"分红|红利|股息|股利|派息|派现|派发|现金"
NEEDED_CASH = replace(CASH, required=True, ask="每股（或每10股）分多少钱？")
EACH = Slot(
    "each",
    "每股分红",
    MONEY,
    ask="每股分多少钱？",
    before=r"(?:每股|一股)(?!收益|净|能?[赚挣]|盈|利润)[^\d，。]{0,4}",
    after=r"^(?:钱?)(?:一股|每股|/股)",
    never_before=r"股价|价格|成本|每股(?:收益|净|价)",
    least=0.0001,
    most=500,
)
_SHARES = Slot("shares", "股数", (Unit.SHARES,), ask="有多少股？", alone=True, least=1)
_TOTAL = Slot(
    "dividend",
    "分红金额",
    MONEY,
    ask="一共分了多少钱？",
    alone=True,
    least=0.01,
    before=rf"{PAID}|到账|收到|拿到|拿了|分了?|得了?|领了?|发了?",
    after=rf"^(?:钱|的|现金)*(?:{PAID}|税|要?[交扣])",
    never_before=r"每股|一股|股价|现价|成本|买入?价?|卖出?价?|价格",
)
_HELD = Slot(
    "held",
    "持股时间",
    _LENGTHS,
    ask="这些股票拿了多久（或者说哪天买、哪天卖）？",
    alone=True,
    before=r"持有|持股|拿了?|放了?|捂了?|握|过了|买了?|才|满|刚|已经",
    after=r"^了?(?:就|后|再|才|的?时候)?(?:卖|抛|清|出)|^(?:的股|了)",
    anchor=False,
)
_BOUGHT = Slot(
    "bought",
    "买入日",
    (Unit.DATE,),
    ask="哪天买的？",
    after=r"买|入手|建仓|进的",
    before=r"(?:买|入手|建仓)[入的]?(?:日期?|时间)?(?:是|在|于)?",
    exact=True,
    anchor=False,
)
_SOLD = Slot(
    "sold",
    "卖出日",
    (Unit.DATE,),
    ask="哪天卖的？",
    after=r"卖|抛|清仓|出",
    before=r"(?:卖|抛|清仓)[出的掉]?(?:日期?|时间)?(?:是|在|于)?",
    exact=True,
    anchor=False,
)
# 一年分红0.5元 says how often, not how long.
YEARLY = Slot(
    "yearly",
    "一年",
    (Unit.YEARS,),
    after=rf"^(?:的|共|总共|一共|里|下来|能|可以|大概)*(?:{PAID}|分|派|拿|得|到手)",
    most=1,
    required=False,
    anchor=False,
)
_ROUGHLY = Choice(
    "roughly",
    "是不是约数",
    {
        True: (
            r"(?:大概|大约|差不多|约)(?:持有|拿|放)?了?[一1]个?[年月]|"
            r"[一1]个?[年月](?:左右|上下|前后)"
        )
    },
)


def _cash(values: Values, day: date) -> Calculation:
    each, shares = each_of(values), values["shares"]
    total = round_fen(decimal(each) * shares)
    steps = [line("dividend", each=plain(each), shares=shares, total=plain(total))]
    results = {"dividend_yuan": float(total)}
    name, bonus = "result_dividend_cash", values.get("bonus")
    shown = {"total": plain(total)}
    if bonus:
        extra = decimal(bonus) * shares
        steps.append(line("dividend_bonus", bonus=plain(bonus), shares=shares, total=plain(extra)))
        name, shown = f"{name}_bonus", {**shown, "bonus": plain(extra)}
        results["bonus_shares"] = float(extra)
    inputs = {"dividend_per_share_yuan": each, "shares": shares}
    return finish("dividend_cash", inputs, results, [*steps, line(name, **shown)])


def _new_shares(values: Values, day: date) -> Calculation:
    bonus, shares = values["bonus"], values["shares"]
    extra = decimal(bonus) * shares
    shown = {"bonus": plain(bonus), "shares": shares, "total": plain(extra)}
    return finish(
        "bonus_shares",
        {"bonus_per_share": bonus, "shares": shares},
        {"new_shares": float(extra), "shares_after": float(extra + shares)},
        [
            line("dividend_bonus", **shown),
            line("result_bonus_shares", **shown, after=plain(extra + shares)),
        ],
    )


def each_of(values: Values) -> float:
    """The cash for one share, from a plan or said outright."""
    return float(values["cash"] if "cash" in values else values["each"])


def _total_of(values: Values) -> tuple[float, list[str]]:
    """The dividend of all shares, and how it was worked out."""
    shares = values.get("shares")
    if "dividend" in values:
        dividend = values["dividend"]
        if shares and dividend < _LEAST_TOTAL:
            raise ToujiaoError(
                line("dividend_each_or_total", dividend=plain(dividend), shares=shares)
            )
        return float(dividend), []
    each = each_of(values)
    total = float(round_fen(decimal(each) * values["shares"]))
    return total, [line("dividend", each=plain(each), shares=shares, total=plain(total))]


def _tax(values: Values, day: date) -> Calculation:
    total, notes = _total_of(values)
    if "held" in values:
        held: Length = values["held"]
        _check_limit(held, bool(values.get("roughly")))
        if held.unit is not Unit.DAYS:
            notes = [*notes, line("days_counted", days=held.days)]
        tax = dividend_tax(total, held.days, day)
        when = {"holding_days": held.days, "day": day.isoformat()}
    else:
        bought = values["bought"]
        # The day of the question is that of the purchase where no other is named.
        sold = values.get("sold") or (day if day > bought else clock.today())
        tax = dividend_tax(total, bought=bought, sold=sold)
        when = {"bought": bought.isoformat(), "sold": sold.isoformat()}
    result = "result_tax" if tax.rate else "result_no_dividend_tax"
    return finish(
        "dividend_tax",
        {"dividend_yuan": total, **when},
        {"tax_rate": tax.rate, "tax_yuan": tax.tax, "net_yuan": tax.net},
        [
            *notes,
            *tax.steps,
            line(result, tax=plain(tax.tax), net=plain(tax.net), rate=percent(tax.rate)),
        ],
    )


def _check_limit(held: Length, roughly: bool) -> None:
    """满一年 and 一年左右 leave open on which side of the limit it is."""
    names = {DAYS_PER_MONTH: "held_one_month", DAYS_PER_YEAR: "held_one_year"}
    name = names.get(held.days)
    if name and (roughly or held.bound == ">="):
        raise ToujiaoError(line("held_about" if roughly else "held_just", held=line(name)))


_OTHER = (
    r"港股|H股|红筹|基金|ETF|REIT|除权|除息|参考价|印花税|利息税|个税|工资|"
    r"转债|债券|企业|公司账户|机构|限售|原始股|涨停|跌停|逆回购"
)
_TAX_CUE = rf"(?=.*(?:(?<!含)税(?!前)|扣|到手|实得|净得|实际))(?=.*(?:{PAID}|派|分|送))"
_CASH_CUE = (
    rf"(?:{PAID}|派|分).*(?:多少|几|算|吗|呢|[？?]|钱$)|(?:拿|分|得|领|收|到手|"
    rf"到账).{{0,5}}(?:多少|几)"
)
_NOT_CASH = (
    rf"{_OTHER}|(?<!含)(?<!不算)(?<!不计)(?<!不考虑)(?<!不扣)税(?!前)|股息率|"
    r"分红率|收益率|手续费|佣金|再投|摊薄|成本|复权|市盈率|"
    rf"每股收益|涨|跌"
)
_TIMES = {
    "": (_HELD,),
    "_dates": (_BOUGHT, _SOLD),
    "_today": (_BOUGHT,),
}
_PAYMENTS = {
    "": (_TOTAL, replace(_SHARES, required=False, anchor=False)),
    "_plan": (NEEDED_CASH, _SHARES),
    "_each": (EACH, _SHARES),
}


def _tax_forms() -> tuple[Form, ...]:
    """The amount, a plan with shares, or the cash of a share; a length, two days, or until today."""
    return tuple(
        Form(
            f"dividend_tax{paid}{time}",
            cue=_TAX_CUE
            if time != "_today"
            else rf"(?=.*(?:今[天日]|现在|今儿).{{0,4}}(?:卖|抛|清)){_TAX_CUE}",
            slots=(*payment, *times, YEARLY),
            choices=(_ROUGHLY,),
            work=_tax,
            unless=rf"{_OTHER}|股息率",
            priority=6 - (time != "") - (paid == ""),
            uses_rules=True,
        )
        for paid, payment in _PAYMENTS.items()
        for time, times in _TIMES.items()
    )


FORMS = (
    *_tax_forms(),
    Form(
        "dividend_cash",
        cue=_CASH_CUE,
        slots=(NEEDED_CASH, replace(BONUS, anchor=False), _SHARES, YEARLY),
        work=_cash,
        unless=_NOT_CASH,
        priority=5,
    ),
    Form(
        "bonus_shares",
        cue=(r"(?:多少|几)个?股|股数|(?:送|转|变成|能拿|能得|到手|一共|" r"总共).{0,4}(?:多少|几)"),
        work=_new_shares,
        priority=4,
        slots=(replace(BONUS, required=True, ask="每10股送转几股？"), _SHARES),
        unless=rf"{_OTHER}|税|股价|收盘|成本|市值|钱|元|块",
    ),
    Form(
        "dividend_cash_each",
        cue=_CASH_CUE,
        slots=(EACH, _SHARES, YEARLY),
        work=_cash,
        unless=_NOT_CASH,
        priority=4,
    ),
)
