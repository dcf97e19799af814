"""Form about new issues: how many shares a market value allows to apply for."""

from __future__ import annotations

from datetime import date

from toujiao.calculators import subscription_quota
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.wording import line
from toujiao.calculators.ipo import MARKETS
from toujiao.calculators.texts import plain
from toujiao.calculators.units import Unit

_SSE = r"沪市|上海|上交所|上证|沪"
_SZSE = r"深市|深圳|深交所|深证|创业板|深"
_VALUE = r"市值|股票|持仓|持股|A股"
_AMOUNT = Slot(
    "value",
    "日均市值",
    (Unit.YUAN,),
    ask="那个市场的股票日均市值是多少？",
    alone=True,
    least=0,
    before=rf"{_VALUE}|{_SSE}|{_SZSE}|有|持有|日均",
    after=rf"^(?:的)?(?:{_VALUE}|{_SSE}|{_SZSE}|钱)",
)
_CAP = Slot(
    "cap",
    "这只新股的申购上限",
    (Unit.SHARES,),
    before=r"上限|顶格|最多|封顶",
    after=r"^的?(?:上限|封顶)",
    least=500,
    required=False,
    anchor=False,
)
_MARKET = Choice(
    "market",
    "沪市还是深市",
    {
        "bse": r"北交所|北证",
        "sse": rf"(?:{_SSE}|科创板?)(?!深)",
        "szse": _SZSE,
    },
    required=True,
    ask="是沪市的市值还是深市的？两个市场分开算。",
)


def _quota(values: Values, day: date) -> Calculation:
    market, value = values["market"], values["value"]
    quota = subscription_quota(value, market, day)
    steps, shares, cap = list(quota.steps), quota.shares, values.get("cap")
    shown = {"market": MARKETS[market], "shares": shares, "units": quota.units}
    last = line("result_quota" if shares else "result_no_quota", **shown)
    if cap and shares:
        shares = min(shares, int(cap))
        steps.append(line("quota_cap", cap=plain(cap)))
        last = line("result_quota_capped", market=MARKETS[market], shares=shares)
    return finish(
        "subscription_quota",
        {"market_value_yuan": value, "market": market},
        {"shares": float(shares), "units": float(quota.units)},
        [*steps, last],
    )


def _both(values: Values, day: date) -> Calculation:
    """The two markets count separately."""
    quotas = {
        name: subscription_quota(values[f"{name}_value"], name, day) for name in ("sse", "szse")
    }
    shares = {name: quota.shares for name, quota in quotas.items()}
    return finish(
        "subscription_quota",
        {f"{name}_value_yuan": values[f"{name}_value"] for name in quotas},
        {f"{name}_shares": float(count) for name, count in shares.items()},
        [
            *(step for quota in quotas.values() for step in quota.steps),
            line("result_quota_both", **{k: plain(v) for k, v in shares.items()}),
        ],
    )


_CUE = r"(?=.*(?:打新|新股|申购|顶格|配号|申购额度)).*(?:多少|几|额度|顶格|够|" r"能不能|上限)"
_OTHER = (
    r"转债|中签率|缴款|缴费|中签后|中了|赚|(?:要|需要?|得|"
    r"配)[^，。]{0,4}多少[^，。]{0,3}市值|多少市值|"
    r"基金|REIT|港股|发行价|申购费|涨停|冻结"
)
_SLOTS = tuple(
    Slot(
        f"{name}_value",
        f"{MARKETS[name]}日均市值",
        (Unit.YUAN,),
        ask=f"{MARKETS[name]}的日均市值是多少？",
        least=0,
        before=words,
        after=rf"^的?(?:{words})",
        never_before=other,
    )
    for name, words, other in (("sse", _SSE, _SZSE), ("szse", _SZSE, _SSE))
)
FORMS = (
    Form(
        "subscription_quota",
        cue=_CUE,
        slots=(_AMOUNT, _CAP),
        choices=(_MARKET,),
        work=_quota,
        unless=rf"{_OTHER}|沪深|两市|(?:{_SSE}).*(?:{_SZSE})|(?:{_SZSE}).*(?:{_SSE})",
        priority=4,
        uses_rules=True,
    ),
    Form(
        "subscription_quota_both",
        cue=_CUE,
        slots=_SLOTS,
        work=_both,
        unless=_OTHER,
        priority=5,
        uses_rules=True,
    ),
)
