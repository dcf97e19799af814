"""Words, slots and choices of the forms of a holding."""

from __future__ import annotations

from dataclasses import replace

from toujiao.calculators.forms.form import Choice, Slot
from toujiao.calculators.forms.moves import (
    CLOSE,
    FALL,
    HOW_MUCH,
    MOVED,
    NO_NUMBER,
    RISE,
    TIME,
    TIMES,
)
from toujiao.calculators.forms.terms import BOARD, CODE, COMMISSION, MINIMUM, MONEY, NO_MINIMUM
from toujiao.calculators.units import Unit

_DEAREST = 3000  # yuan: more is an amount, not the price of one share

_COST = r"成本价?|买入?[的了]?价?|进价|均价|持仓价|抄底|建仓|入手|进的"

_COST_AFTER = r"的?成本|(?:的?时?候?)?(?:买|进的|入的|建的?仓|抄的?底|入手|上车|进场)"

NOW = (
    r"现在|现价|目前|如今|当前|眼下|今天|收盘价?|最新价?|股价|市价|(?:[跌涨掉升亏赚赔]|缩水)[到至成]|"
    r"到了|变成?|还?剩下?|只有|只值|值"
)

_HELD_WORDS = (
    r"浮[亏盈动]|账面|[没未]卖|现在|现价|市价|盈利|目前|如今|当前|眼下|今天|市值|盈亏|"
    r"[跌涨掉升]到|[套亏赚赔]|亏损|"
    r"收益|回报|持仓|跌成|只?剩|缩水"
)

_SOLD = (
    r"来回|一买一卖|一进一出|(?<![没未])卖\s?\d|"
    r"(?:\d|[块元毛])[^，。,;；]{0,3}(?:卖|抛|割|清仓|出手|止损|止盈|平仓|出掉)(?!.{0,6}(?:到手|到账|能拿))|"
    r"(?<![没未])(?<!没有)(?:卖|抛|割)(?:掉了|出了?|了|在|价)|清仓|平仓|止损|止盈"
)

ORIGINAL_ASKED = (
    r"(?:投了?|本金(?:是|有)?|原来(?:有|是|投了)?|买了|成本(?:是|价)?|原价(?:是)?)(?:多少|几)"
)

_OTHER = (
    rf"{_SOLD}|回本|解套|保本|不亏|翻|年化|复利|定投|涨停|跌停|申购|赎回|补仓|加仓|摊|转债|逆回购|分红|"
    r"股息|红利|除权|配股|送股|派息|融资|杠杆|保证金|平均每年|年均|几年|多少年|多久|每[年月]|"
    r"[想目]标|想要?赚|概率|胜率|(?:多少|几成|多大)仓位|仓位(?:是|该|要|多少)|凯利|回撤|市盈率|"
    r"(?<![a-z])PE(?![a-z])|市净率|转股|每股收益|净利润|营收|涨跌幅|打算|股指|总股本|流通股|"
    r"流通市值|总市值|发行了|(?:[跌涨]到|"
    r"现价(?:是|要)?|卖到)(?:多少|几)"
)

UNLESS = rf"{_OTHER}|{ORIGINAL_ASKED}"

ASKED = rf"\A(?=(?s:.*)(?:{HOW_MUCH}))\A(?=(?s:.*)(?:{_HELD_WORDS}))"

# A gain, or a number of shares.
_NO_PRICE = rf"{FALL}|{RISE}|浮[亏盈]|利润|持股(?:数量?)?|股数|数量|持有"

COST_PRICE = Slot(
    "cost_price",
    "成本价",
    MONEY,
    ask="成本价是多少钱一股？",
    before=_COST,
    after=_COST_AFTER,
    alone=True,
    never_before=rf"(?:现在|现价|目前|[跌涨]到|最新价?|{_NO_PRICE}){NO_NUMBER}",
    least=0.001,
    most=_DEAREST,
)

PRICE_NOW = Slot(
    "price_now",
    "现价",
    MONEY,
    ask="现在是多少钱一股？",
    before=NOW,
    after=r"了(?!多少|几)|的?(?:现价|市价|股价)",
    alone=True,
    never_before=rf"(?:成本价?|买入价|{_NO_PRICE}){NO_NUMBER}",
    never_after=r"(?:的?时?候?)?(?:买|进的|入手|成本)",
    least=0.001,
    most=_DEAREST,
)

PRICE_THEN = replace(
    COST_PRICE,
    name="price_then",
    label="买入时的价格",
    ask="买的时候是多少钱一股（份）？",
    before=rf"从|由|{_COST}",
    alone=False,
)

SHARES = Slot(
    "shares",
    "股数",
    (Unit.SHARES, Unit.FUND_UNITS),
    ask="一共有多少股（份）？",
    alone=True,
    least=0.01,
)

# 持股3000: a number of shares without its unit.
SHARES_NAMED = replace(
    SHARES,
    units=(Unit.NONE,),
    before=r"持股(?:数量?)?|股数|数量|持有|持仓量",
    alone=False,
)
SHARE_SLOTS = (("", SHARES), ("_named", SHARES_NAMED))

_PUT_IN = r"投了?|投入|本金|花了?|拿了?|放了?|总成本|总共|一共|账户|买[了入]?|入了?|进了?|成本"

INVESTED = Slot(
    "invested",
    "投入的钱",
    (Unit.YUAN, Unit.NONE),
    ask="一共投入了多少钱？",
    before=_PUT_IN,
    alone=True,
    after=r"的?(?:本金|成本|投入|股票|基金)|买|投|进去",
    least=0.01,
    never_before=(
        rf"(?:{FALL}|{RISE}|浮[亏盈]|剩下?|现在|目前|补|加|追加|取出?|转出|持股数?|股数|数量|"
        rf"持有)(?:了|只)?{NO_NUMBER}"
    ),
)
# A bare number is an amount only where words say so.
INVESTED_SLOTS = (
    ("", replace(INVESTED, units=(Unit.YUAN,))),
    ("_named", replace(INVESTED, units=(Unit.NONE,), alone=False)),
)

VALUE_NOW = Slot(
    "value_now",
    "现在的市值",
    MONEY,
    ask="现在值多少钱？",
    least=0.01,
    before=rf"{NOW}|市值|还有|成了?|得只?剩|账户(?:里)?",
    after=r"了?现在|的?市值|出来",
    never_before=MOVED,
)

_LEFT = r"到|至|剩下?|成|(?:现在|目前)(?![亏赚浮盈])|只有"

_NO_RATIO = r"(?!比例|幅度|率|多少|金额|是|了|百分)"

PROFIT = Slot(
    "profit",
    "赚的钱",
    MONEY,
    before=rf"(?:(?:赚|盈利?|收益|浮盈|利润)(?:了|是|有)*+(?!到|成)){CLOSE}",
    after=rf"的?(?:收益|利润|浮盈|盈利){_NO_RATIO}",
    least=0.01,
    ask="赚了多少钱？",
    never_before=_LEFT,
)

LOSS = Slot(
    "loss",
    "亏的钱",
    MONEY,
    before=rf"(?:{FALL}|浮亏){CLOSE}",
    after=rf"的?(?:亏损|浮亏){_NO_RATIO}",
    least=0.01,
    never_before=_LEFT,
    ask="亏了多少钱？",
)

HELD = Slot(
    "held",
    "持有时间",
    TIME,
    required=False,
    anchor=False,
    before=r"持有|拿了?|套了?|放了?|过了?|半|这",
    after=r"(?:内|里|间|下来|了|以来|就|后|之后|多)?[^，。\d]{0,4}(?:亏|跌|赔|缩水|[赚涨盈]了|变|只?剩|现在)",
)

REPEATED = replace(TIMES, before=rf"{HELD.before}|连续?着?", after=HELD.after, alone=False)

RATIO = Slot(
    "ratio", "盈亏比例", (Unit.RATIO,), ask="赚了（亏了）百分之多少？", alone=True, least=0
)

_NET = Choice(
    "net",
    "扣不扣费用",
    {
        False: r"(?:不|没有?|别|先不|未)(?:算|计|考虑|含|扣|管)[^，。]{0,4}(?:手续费|费用?|佣金|税)",
        True: r"手续费|佣金|费用|税费|印花税|到手|到账|净(?:亏|赚|剩|收)|扣[掉完除]|能拿(?:到|回)|拿回",
    },
    default=False,
)

KIND = Choice(
    "kind", "股票还是基金", {"fund": r"基金|净值|份额?|ETF|LOF|REIT", "share": ""}, default="share"
)

TERMS = (COMMISSION, MINIMUM, CODE)

CHOICES = (_NET, KIND, NO_MINIMUM, BOARD)

AMOUNT_WORDS = r"\d{5,}|投|本金|花|放|账户|总成本|\d+(?:\.\d+)?[万wW]|[一二两三四五六七八九十]万"
