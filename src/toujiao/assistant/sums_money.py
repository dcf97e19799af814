"""Sums about money over time: recovery, compounding, doubling, regular investing, reverse repo."""

from __future__ import annotations

import re

from toujiao.assistant.calculation import Calculation, Sum, finish, line, percent, plain
from toujiao.assistant.parse_numbers import find
from toujiao.calculators import (
    annualize,
    compound,
    gain_to_recover,
    regular_investing,
    reverse_repo,
    years_to_double,
)
from toujiao.calculators.returns import RULE_OF_72, growth

_LOST = r"(?:亏损?|跌|套|赔|缩水|回撤|浮亏|损失)(?:了|掉|去|到|牢|幅)*[^\d，。涨]{0,4}{n}%"
_FROM_TO = re.compile(
    r"(\d+(?:\.\d+)?)元?[^\d，。；涨]{0,6}(?:亏|跌|缩水|赔|掉|变)[^\d，。；涨]{0,3}"
    r"(?:到|成|剩下?|至)(?:了|只)*\s*(\d+(?:\.\d+)?)元?"
)
_RECOVER = re.compile(
    r"[涨赚][^，。]{0,6}(?:多少|几)|(?:多少|多大|几)[^，。]{0,8}(?:回本|解套|涨回|扳回|赚回|涨幅)"
)
_YEARLY = (
    r"(?:年化(?:收益率?|回报率?|利率)?|年?利率|(?:每年|一年|年)[^\d，。月]{0,6}|收益率?|回报率?|复利)"
    r"[^\d，。月日天]{0,5}{n}%"
)
_RATE = (_YEARLY, r"{n}%")
_YEARS = r"{n}年(?![化级代初末底报内])"
_MONTHS = r"{n}个月"
_DOUBLE = re.compile(r"翻倍|翻[一1]?[番倍]|[涨变]1倍|变成?[两2]倍|多[一1]倍")
_PAYS_IN = (
    r"每个?(?:月|周|季|年|星期)度?[^\d%，。]{0,8}(?:投|存|买|扣|攒|放|拿)"
    r"[^\d%，。]{0,6}\d+(?:\.\d+)?(?![\d.%])"
)
_PERIODS = {
    "每周": 52,
    "每个?星期": 52,
    "每两周|每双周": 26,
    "每个?月|月供|每月": 12,
    "每个?季": 4,
    "每年": 1,
}


def recover(question: Sum) -> Calculation | None:
    """The gain that makes up for a loss."""
    text = question.text
    if not _RECOVER.search(text) or re.search(r"涨了?\d+(?:\.\d+)?%|股息|分红|配资|手续费", text):
        return None
    if len(re.findall(r"\d%", text)) > 1:
        return None
    steps, loss = [], find(text, _LOST)
    if loss is not None:
        loss /= 100
    elif match := _FROM_TO.search(text):
        before, after = (float(part) for part in match.groups())
        if after >= before:
            return None
        loss = 1 - after / before
        steps = [line("loss_from", before=plain(before), after=plain(after), loss=_short(loss))]
    if loss is None or not 0 < loss < 1:
        return None
    gain = gain_to_recover(loss)
    shown = {"loss": _short(loss), "gain": _short(gain)}
    steps += [line("recover", **shown), line("result_recover", **shown)]
    return finish("recover", {"loss": loss}, {"gain_needed": gain}, steps)


def doubling(question: Sum) -> Calculation | None:
    """Years until money doubles at a rate, or the rate that doubles it in some years."""
    text = question.text
    if not (_DOUBLE.search(text) or re.search(r"72\s*法则", text)):
        return None
    if re.search(r"每月|月息|月化|日息|每天|亏|跌|回本|解套|赔", text):
        return None
    text = re.sub(r"72\s*法则", " ", text)
    rate, years = find(text, *_RATE), find(text, _YEARS)
    if rate and years is None:
        result = years_to_double(rate / 100)
        shown = {"rate": percent(rate / 100), "years": plain(result, 1)}
        return finish(
            "doubling",
            {"annual_rate": rate / 100},
            {"years_rule_of_72": float(result), "years_exact": result.exact},
            [*result.steps, line("result_doubling", **shown)],
        )
    if years and rate is None and re.search(r"多少|几|怎么算|多高", text):
        rough, exact = RULE_OF_72 / years, annualize(1.0, years)
        return finish(
            "doubling",
            {"years": years},
            {"annual_rate_rule_of_72": rough / 100, "annual_rate_exact": exact},
            [
                line("doubling_rate", years=plain(years), rule=plain(rough, 2)),
                line("doubling_rate_exact", years=plain(years), exact=_short(exact)),
                line("result_doubling_rate", years=plain(years), rate=_short(exact)),
            ],
        )
    return None


def regular(question: Sum) -> Calculation | None:
    """Paying in the same amount every week, month or year."""
    text = question.text
    times = next((n for name, n in _PERIODS.items() if re.search(name, text)), None)
    if "定投" not in text and not re.search(_PAYS_IN, text):
        return None
    amount = find(
        text,
        r"(?:每个?[月周季年星期]+|定投|月供)[^\d%，。]{0,10}{n}元?(?![\d.%年个])",
        r"{n}元",
    )
    rate = find(text, *_RATE)
    years = find(text, _YEARS) or (find(text, _MONTHS) or 0) / 12
    if not amount or rate is None or not years:
        return None
    return _regular(amount, rate / 100, years, times or 12, text)


def _regular(amount: float, rate: float, years: float, times: int, text: str) -> Calculation:
    result = regular_investing(amount, rate, years, times)
    steps = list(result.steps)
    paid, value = result.paid, result.value
    if re.search(r"[月期年周]末|月底|期后", text):
        # The same sum one period later: the last payment earns nothing.
        each = rate / times
        value = round(amount * growth(each, round(years * times)) / each, 2) if each else paid
        steps[1:] = [
            line(
                "end_of_period",
                annual_rate=percent(rate),
                times=times,
                rate=percent(round(each, 10)),
            ),
            line("value", value=plain(value)),
            line("gain", value=plain(value), paid=plain(paid), gain=plain(value - paid)),
        ]
    elif not re.search(r"[月期年周]初|月头|期前", text):
        steps.insert(0, line("each_period"))
    gain = round(value - paid, 2)
    shown = {"paid": plain(paid), "value": plain(value), "gain": plain(gain)}
    return finish(
        "regular_investing",
        {"amount_yuan": amount, "annual_rate": rate, "years": years, "times_per_year": times},
        {"paid_yuan": paid, "value_yuan": value, "gain_yuan": gain},
        [*steps, line("same_every_year"), line("result_regular", **shown)],
    )


def grow(question: Sum) -> Calculation | None:
    """Compound growth of one sum, or how many times it becomes."""
    text = question.text
    compounding = re.search(r"复利|利滚利|滚存|滚雪球", text)
    if not compounding and not re.search(
        r"年化|年收益|每年(?:赚|涨|收益|增|\d)|年利率|年回报", text
    ):
        return None
    if re.search(r"单利|定期|存款|存单|国债|逆回购|定投|每个?月|每周|月息|日息|每天|手续费", text):
        return None
    rate, years = find(text, *_RATE), _years(text)
    if rate is None or not years:
        return None
    principal = find(text, r"(?:本金|投入?|存|放)[^\d，。%]{0,4}{n}元?(?![\d.%年个])", r"{n}元")
    steps = [] if compounding else [line("compound_assumed")]
    shown = {"rate": percent(rate / 100), "years": plain(years)}
    if principal is None:
        return _times(rate / 100, years, [*steps], shown) if _asks_times(text) else None
    value = round(compound(principal, rate / 100, years), 2)
    gain = round(value - principal, 2)
    steps.append(line("compound", principal=plain(principal), value=plain(value), **shown))
    steps.append(
        line("result_compound", years=shown["years"], value=plain(value), gain=plain(gain))
    )
    return finish(
        "compound",
        {"principal_yuan": principal, "annual_rate": rate / 100, "years": years},
        {"value_yuan": value, "gain_yuan": gain},
        steps,
    )


def _times(rate: float, years: float, steps: list[str], shown: dict[str, str]) -> Calculation:
    times = compound(1.0, rate, years)
    return finish(
        "compound",
        {"annual_rate": rate, "years": years},
        {"times": times},
        [
            *steps,
            line("compound_times", times=plain(times, 2), **shown),
            line("result_times", years=shown["years"], times=plain(times, 2)),
        ],
    )


def _asks_times(text: str) -> bool:
    return re.search(r"几倍|多少倍|翻几|翻多少", text) is not None


def _years(text: str) -> float | None:
    years = find(text, _YEARS)
    if years is None:
        months = find(text, _MONTHS)
        return None if months is None else months / 12
    return years


def repo(question: Sum) -> Calculation | None:
    """The interest of a reverse repo."""
    text = question.text
    if "逆回购" not in text and not re.search(r"GC\d{3}|R-\d{3}", text, re.I):
        return None
    text = re.sub(r"GC\d{3}|R-\d{3}|20\d{4}(?!元)|1318\d\d(?!元)", " ", text, flags=re.I)
    principal, rate, days = find(text, r"{n}元"), find(text, r"{n}%"), find(text, r"{n}天")
    if principal is None or rate is None or days is None:
        return None
    steps = []
    if days == 1 and re.search(r"(?:周|星期|礼拜)四", text):
        days = 3
        steps.append(line("repo_thursday"))
    else:
        steps.append(line("repo_days", days=plain(days)))
    result = reverse_repo(principal, rate / 100, int(days), question.day)
    return finish(
        "reverse_repo",
        {"principal_yuan": principal, "annual_rate": rate / 100, "days": int(days)},
        {"interest_yuan": result.interest},
        [*steps, *result.steps, line("result_repo", interest=plain(result.interest))],
    )


def _short(rate: float) -> str:
    """A percentage with at most two decimals."""
    return f"{plain(rate * 100, 2)}%"
