"""The Chinese lines that show how a result was worked out."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from toujiao.calculators.inputs import decimal
from toujiao.clock import chinese_date

AMOUNT = "成交金额：{price} 元 × {shares} 股 = {amount} 元"
COMMISSION = "佣金：{amount} 元 × {rate} = {raw} 元，收 {fee} 元（{included}）"
COMMISSION_MINIMUM = (
    "佣金：{amount} 元 × {rate} = {raw} 元，不足 {minimum} 元，按 {fee} 元收（{included}）"
)
COMMISSION_FLOOR = "佣金：不低于经手费和证管费之和，收 {fee} 元（{included}）"
COMMISSION_INCLUDES = "已含经手费 {handling} 元、证管费 {regulatory} 元"
STAMP_DUTY = "印花税：{amount} 元 × {rate} = {fee} 元"
STAMP_DUTY_NONE = "印花税：买入不收"
TRANSFER_FEE = "过户费：{amount} 元 × {rate} = {fee} 元"
FEE_TOTAL = "费用合计：{total} 元"

ROUND_TRIP = (
    "买入 {buy_amount} 元，费用 {buy_fees} 元",
    "卖出 {sell_amount} 元，费用 {sell_fees} 元",
    "一买一卖的费用合计：{buy_fees} + {sell_fees} = {total_fees} 元",
    "扣费前的差价：{sell_amount} − {buy_amount} = {gross} 元",
    "扣费后的结果：{gross} − {total_fees} = {net} 元",
    "不亏的最低卖出价：{break_even} 元",
)

LEG_DAYS = "费率按成交当天的规定：买入在{buy_day}，卖出在{sell_day}"

HOLDING_BY_SHARES = (
    "成本：{cost_price} 元 × {shares} 股 = {cost} 元",
    "现在的市值：{price} 元 × {shares} 股 = {value} 元",
)
HOLDING_BY_AMOUNT = ("现在的市值：{cost} 元 × (1 {change}) = {value} 元",)
HOLDING_RESULT = (
    "浮动盈亏：{value} − {cost} = {gross} 元",
    "盈亏比例：{gross} ÷ {cost} {ratio}",
)
HOLDING_SALE = "如果现在全部卖出，成交金额 {value} 元，费用是："
HOLDING_NET = (
    "扣掉卖出费用后的结果：{gross} − {fees} = {net} 元",
    "成本里如果没有算进买入时的费用，还要再减去那一笔",
)

LIMIT_DAY = {
    "up": "第 {n} 个涨停：{before} × (1 + {ratio}) = {raw} 元{rounded}",
    "down": "第 {n} 个跌停：{before} × (1 − {ratio}) = {raw} 元{rounded}",
}
LIMIT_ROUNDED = "，四舍五入到分是 {price} 元"
LIMIT_STEP = "，至少要变动 {fen} 元，是 {price} 元"
LIMIT_CHAIN = {
    "up": "{days} 个涨停一共：({last} − {first}) ÷ {first} {change}",
    "down": "{days} 个跌停一共：({last} − {first}) ÷ {first} {change}",
}

EX_DAY_CASH = " − {cash}"
EX_DAY_RIGHTS = " + {rights_price} × {rights}"
EX_DAY_SHARES = " + {shares}"
EX_DAY = (
    "除权除息参考价：({close}{above}) ÷ (1{below}) = {base} 元（四舍五入到分）",
    "和参考价比：{price} − {base} = {points} 元",
    "涨跌幅：{points} ÷ {base} {change}",
)

FUND_DISCOUNT = "打折后的申购费率：{listed} × {discount} = {rate}"
FUND_SUBSCRIPTION = (
    "净申购金额：{amount} 元 ÷ (1 + {rate}) = {net} 元（四舍五入到分）",
    "申购费：{amount} − {net} = {fee} 元",
)
FUND_SHARES = "买到的份额：{net} 元 ÷ {nav} 元 = {shares} 份（保留两位小数）"
FUND_REDEEMED = "赎回总额：{shares} 份 × {nav} 元 = {gross} 元"
FUND_REDEMPTION = (
    "赎回费：{gross} 元 × {rate} = {fee} 元",
    "到手：{gross} − {fee} = {net} 元",
)

HELD_UP_TO_MONTH = "持股 {days} 天，不超过 1 个月"
HELD_UP_TO_YEAR = "持股 {days} 天，超过 1 个月、不超过 1 年"
HELD_OVER_YEAR = "持股 {days} 天，超过 1 年"
HELD_DATES = "{bought}买入，{sold}卖出，从买入当天算到卖出前一天，持股 {days} 天"
SOLD_WITHIN_MONTH = "；{month}以前（含当天）卖出，不超过 1 个月"
SOLD_WITHIN_YEAR = "；{month}以后、{year}以前（含当天）卖出，超过 1 个月、不超过 1 年"
SOLD_AFTER_YEAR = "；{year}以后卖出，超过 1 年"
TAX_RATE = "，税率 {rate}"
DIVIDEND_TAX = (
    "红利税：{dividend} 元 × {rate} = {tax} 元",
    "税后到手：{dividend} − {tax} = {net} 元",
)

IPO_NOTHING = (
    "{market}：前 {days} 个交易日的日均市值 {value} 元，不到 {minimum} 元的门槛，不能申购",
)
IPO_QUOTA = (
    "{market}：前 {days} 个交易日的日均市值 {value} 元，达到了 {minimum} 元的门槛",
    "申购单位：{value} ÷ {per_unit}，去掉零头是 {units} 个",
    "可申购：{units} × {unit_shares} = {shares} 股，同时不能超过这只新股公布的申购上限",
)

_PAID = "一共投入：{amount} 元 × {count} 期 = {paid} 元"
_RATE = "每期收益率：{annual_rate} ÷ {times} = {rate}"
_GAIN = ("期末总额：{value} 元", "其中收益：{value} − {paid} = {gain} 元")
REGULAR_INVESTING = {
    "start": (_PAID, _RATE + "，每期期初投入，收益滚进本金", *_GAIN),
    "end": (_PAID, _RATE + "，每期期末投入，收益滚进本金", *_GAIN),
}
LUMP_ADDED = (
    "每期追加的部分变成：{amount} 元 × ((1 {growth}) 的 {count} 次方 − 1) ÷ {rate}"
    " = {regular_value} 元"
)
LUMP_ADDED_FLAT = "每期追加的部分没有收益，还是 {regular_value} 元"
LUMP_PLUS_REGULAR = (
    "一共投入：{lump} 元 + {amount} 元 × {count} 期 = {paid} 元",
    _RATE + "，每期期末追加，收益滚进本金",
    "一次投入的部分变成：{lump} 元 × (1 {growth}) 的 {count} 次方 = {lump_value} 元",
    "{added}",
    "期末总额：{lump_value} + {regular_value} = {value} 元",
    "其中收益：{value} − {paid} = {gain} 元",
)

REVERSE_REPO = (
    "利息：{principal} 元 × {annual_rate} × {days} 天 ÷ {day_count} 天 = {interest} 元",
)

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
REPO_DAYS = (
    "成交日：{trade}，借出 {term} 天",
    "首次交收日：{first}，从这天起算利息",
    "到期日：{maturity}（成交日加 {term} 天，不开市就顺延）",
    "到期交收日：{second}，从这天起钱可以取走",
    "占款天数：从首次交收日算到到期交收日的前一天，一共 {days} 天",
)
REPO_NO_HOLIDAYS = "这里只看星期几，没有算节假日；碰上长假，天数会不一样"

DOUBLING = (
    "72 法则：72 ÷ {percent} ≈ {rule_of_72} 年",
    "精确算：ln2 ÷ ln(1 + {rate}) ≈ {exact} 年",
)


def plain(value: float | Decimal, places: int = 4) -> str:
    """Write a number without useless zeros: 5.50 -> 5.5, 10000.0 -> 10000."""
    with localcontext(rounding=ROUND_HALF_UP):
        text = f"{decimal(value):.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def percent(rate: float | Decimal) -> str:
    """Write a fraction as a percentage: 0.0005 -> 0.05%."""
    return f"{plain(decimal(rate) * 100, places=6)}%"


def approx(value: float | Decimal, places: int = 2, unit: str = "") -> str:
    """Write a result with its sign: "= 6.5%" when that is all of it, else "≈ 6.67%"."""
    shown = plain(value, places)
    # Binary noise far behind the point is not a rounding that a reader should be told of.
    exact = shown == plain(value, places + 6)
    return f"{'=' if exact else '≈'} {shown}{unit}"


def approx_percent(rate: float | Decimal) -> str:
    """Write a fraction as `approx` a percentage with two decimals."""
    return approx(decimal(rate) * 100, 2, "%")


def signed_percent(rate: float | Decimal) -> str:
    """Write a change for a bracket, (1 + 5%) or (1 − 5%): its sign, a blank, its size."""
    return f"{'−' if rate < 0 else '+'} {percent(abs(decimal(rate)))}"


def day_and_weekday(day: date) -> str:
    """Write a date as 2026年10月9日（周五）."""
    return f"{chinese_date(day)}（{weekday_name(day)}）"


def weekday_name(day: date) -> str:
    """Write the day of the week: 周一."""
    return WEEKDAYS[day.weekday()]


def lines(templates: tuple[str, ...], **values: object) -> tuple[str, ...]:
    """Fill every template with the same values."""
    return tuple(template.format(**values) for template in templates)
