"""Forms about reverse repos: for how many days they bear interest, and how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from toujiao.calculators import repo_days, repo_days_by_weekday, reverse_repo
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.wording import line
from toujiao.calculators.inputs import decimal
from toujiao.calculators.repo import LONGEST_TERM, RepoDays
from toujiao.calculators.texts import day_and_weekday, percent, plain
from toujiao.calculators.trading_calendar import is_trading_day
from toujiao.calculators.units import Length, Unit
from toujiao.clock import chinese_date
from toujiao.errors import ToujiaoError

_CODES = r"GC\s?-?\s?\d{3}|(?<![A-Z])R\s?-?\s?(?:0\d\d|182)|(?<!\d)(?:204\d{3}|1318\d\d)(?!\d)"
_REPO = rf"逆回购|{_CODES}|国债回购|回购"
_TERM = Slot(
    "term",
    "期限",
    (Unit.DAYS, Unit.WEEKS),
    ask="做的是几天期的（例如GC001是1天、GC007是7天）？",
    alone=True,
    least=1,
    most=LONGEST_TERM,
    before=r"逆回购|做了?|买了?|期限|国债",
    after=r"^(?:期|的?(?:国债)?逆回购|品种|的)",
    never_before=r"占款|计息|实际|占用|利息按",
)
_AMOUNT = Slot(
    "amount",
    "本金",
    (Unit.YUAN,),
    ask="借出多少钱？",
    alone=True,
    least=0.01,
    before=r"本金|投|买|做|借出|出借|放|用|拿|有|手里|资金",
    after=r"^(?:钱|的)*(?:做|买|借|投|本金|放|资金)",
)
_RATE = Slot(
    "rate",
    "年化利率",
    (Unit.RATIO,),
    ask="成交的年化利率是多少？",
    alone=True,
    least=0,
    most=1,
    before=r"利率|年化|收益率|价格|成交|利息|按",
    after=r"^的?(?:年化|利率|收益率|成交)",
)
# Traders say the rate without a per-cent sign: 利率1.85, 2.1成交.
_POINTS = Slot(
    "points",
    "年化利率",
    (Unit.NONE, Unit.POINTS),
    ask="成交的年化利率是多少？",
    least=0.001,
    most=50,
    before=r"利率|年化|收益率|价格?|成交|报价|挂|按",
    after=r"^的?(?:年化|利率|收益率|成交|卖出|挂单)",
)
_DONE = r"^(?:上午|下午|早上|盘中|收盘前?|那天|的时候)?(?:做|买|成交|借|卖出|放|" r"投|拿|用)"
_WEEKDAY = Slot(
    "weekday", "星期几", (Unit.WEEKDAY,), after=_DONE, required=False, anchor=False, alone=True
)
_DATE = Slot(
    "traded",
    "成交日",
    (Unit.DATE,),
    after=_DONE,
    required=False,
    anchor=False,
    alone=True,
    exact=True,
)
_GIVEN = Slot(
    "days",
    "占款天数",
    (Unit.DAYS,),
    required=False,
    anchor=False,
    before=r"占款(?:天数)?|计息|实际|占用|利息按|算利息",
    after=r"^(?:的?利息|占款|计息)",
    least=1,
    most=LONGEST_TERM + 60,
)
_TODAY = Choice("today", "今天做", {True: r"今[天日儿](?!是?(?:周|星期|礼拜))|现在|刚才|刚刚"})
_HOLIDAY = Choice(
    "holiday",
    "碰上放假",
    {
        True: (
            r"节前|国庆|春节|长假|放假|假期|五一|十一|端午|中秋|元旦|清明|过年|年底|" r"年前|小长假"
        )
    },
)


def _length(value: Length) -> int:
    return round(value.value * (7 if value.unit is Unit.WEEKS else 1))


def _days(values: Values, day: date) -> RepoDays | None:
    """The days of interest by the calendar or the weekday; None where no day is known."""
    term = _length(values["term"])
    weekday, traded = values.get("weekday"), values.get("traded")
    if traded is None and weekday is None and values.get("today"):
        # On a day without trading, 今天 is only a way of speaking.
        traded = day if _open(day) else None
    if traded is not None:
        if weekday is not None and traded.isoweekday() != weekday:
            raise ToujiaoError(line("repo_day_mismatch", day=day_and_weekday(traded)))
        return repo_days(term, traded)
    if values.get("holiday"):
        raise ToujiaoError(line("repo_holiday"))
    return None if weekday is None else repo_days_by_weekday(term, weekday)


def _open(day: date) -> bool:
    try:
        return is_trading_day(day)
    except ToujiaoError:
        return False


def _interest(values: Values, day: date) -> Calculation:
    amount, steps = values["amount"], []
    rate = values.get("rate")
    if rate is None:
        rate = round(values["points"] / 100, 10)
        steps.append(line("repo_rate_points", rate=percent(rate)))
    if "days" in values:
        count = _length(values["days"])
        steps.append(line("repo_given_days", days=count))
    elif found := _days(values, day):
        count = found.days
        steps += [*found.steps, line("repo_before_fee")]
    else:
        count = _length(values["term"])
        steps += [line("repo_term_as_days", days=count), line("repo_before_fee")]
    result = reverse_repo(amount, rate, count, day)
    return finish(
        "reverse_repo",
        {"principal_yuan": amount, "annual_rate": rate, "days": count},
        {"interest_yuan": result.interest, "interest_days": float(count)},
        [
            *steps,
            *result.steps,
            _result(amount, result.interest, count),
        ],
    )


def _result(amount: float, interest: float, days: int) -> str:
    total = plain(decimal(amount) + decimal(interest))
    return line("result_repo_interest", days=days, interest=plain(interest), total=total)


def _count_days(values: Values, day: date) -> Calculation:
    found = _days(values, day)
    if found is None:
        raise ToujiaoError(line("repo_day_missing"))
    if found.second_settlement is None:
        last = line("result_repo_days", days=found.days)
    else:
        second = chinese_date(found.second_settlement)
        last = line("result_repo_days_date", days=found.days, second=second)
    return finish(
        "repo_days",
        {"term_days": _length(values["term"])},
        {"interest_days": float(found.days)},
        [*found.steps, last],
    )


_INTEREST_CUE = rf"(?=.*(?:{_REPO}|隔夜)).*(?:利息|收益|赚|多少|几|到手|拿|得|算)"
_DAYS_CUE = (
    rf"(?=.*(?:{_REPO}|隔夜)).*(?:几天|多少天|天数|计息|占款|占用|哪天|"
    r"什么时候|啥时候|何时|几号|多久)"
)
# The fee is agreed with the broker, the other names are other products.
_OTHER = (
    r"(?<!不算)(?<!不计)(?<!不含)(?<!不考虑)(?<!没算)(?<!扣)(?:手续费|佣金)|"
    r"股票回购|回购股|回购注销|回购计划|上市公司回购|定期|存款|货币基金|"
    r"余额宝|质押率|正回购"
)
_DAY_SLOTS = (_WEEKDAY, _DATE)
_CHOICES = (_TODAY, _HOLIDAY)


def _days_forms() -> tuple[Form, ...]:
    """The day by its date, as 今天, or by the weekday, which is what is asked for."""
    term_only = (_TERM, replace(_WEEKDAY, required=True, ask="周几做的（或者几月几号）？"), _DATE)
    ways = {
        "": (_DAYS_CUE, term_only),
        "_on": (_DAYS_CUE, (_TERM, replace(_DATE, required=True, ask="几月几号做的？"), _WEEKDAY)),
        "_today": (rf"(?=.*(?:今[天日儿]|现在|刚才|刚刚)){_DAYS_CUE}", (_TERM,)),
    }
    return tuple(
        Form(
            f"repo_days{way}",
            cue=cue,
            slots=slots,
            choices=_CHOICES,
            work=_count_days,
            priority=4 - (way != ""),
            uses_rules=True,
            unless=rf"{_OTHER}|赚|收益|利率",
        )
        for way, (cue, slots) in ways.items()
    )


FORMS = (
    Form(
        "reverse_repo",
        cue=_INTEREST_CUE,
        slots=(_AMOUNT, _RATE, _TERM, _GIVEN, *_DAY_SLOTS),
        choices=_CHOICES,
        work=_interest,
        unless=_OTHER,
        priority=6,
        uses_rules=True,
    ),
    Form(
        "reverse_repo_points",
        cue=_INTEREST_CUE,
        slots=(_AMOUNT, _POINTS, _TERM, _GIVEN, *_DAY_SLOTS),
        choices=_CHOICES,
        work=_interest,
        unless=_OTHER,
        priority=5,
        uses_rules=True,
    ),
    Form(
        "reverse_repo_days_given",
        cue=_INTEREST_CUE,
        slots=(_AMOUNT, _RATE, replace(_GIVEN, required=True, ask="实际占款多少天？"), *_DAY_SLOTS),
        choices=_CHOICES,
        work=_interest,
        unless=_OTHER,
        priority=4,
        uses_rules=True,
    ),
    *_days_forms(),
)
