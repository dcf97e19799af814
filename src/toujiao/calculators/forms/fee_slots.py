"""The words, slots and choices of the forms about buying and selling (fees.py)."""

from __future__ import annotations

from toujiao.calculators.forms.form import Choice, Slot
from toujiao.calculators.forms.terms import CODE, COMMISSION, MINIMUM, MONEY
from toujiao.calculators.units import Unit

BUY = r"买|入手|建仓|进[了货价]?|成本|抄底|加仓"
SELL = r"卖|抛|清仓|出手|止盈|止损|出货|割|斩仓|出掉|平仓|走人|离场"
# Other products have other fees.
ELSEWHERE = (
    r"GC\s?-?\d{3}|(?<![A-Z])R-?0\d\d|(?<!\d)(?:204\d{3}|1318\d\d)(?!\d)|涨停|跌停|连板|ETF|基金|转债|债券|港股|美股|期货|期权|B股|"
    r"逆回购|国债|定投|分红|红利|股息|股利|派息|派现|房|LOF|REIT|开通|开户|开.{0,2}(?:创业板|科创板|北交所)|权限|门槛|新股中签|借|贷|存(?:款|进)|退税|补税|利息"
)
FEE = (
    r"手续费|费用|税费|佣金|印花税|过户费|总成本|交易成本|收费|交.{0,3}税|扣多少|扣.{0,4}钱|税|成本.{0,4}多少|"
    r"费.{0,3}(?:多少|几)|要(?:花|付|掏)多少|到手|到账|剩多少|拿回"
)
DEAREST = 5000  # yuan: more is an amount, not the price of one share
# A word of one side near a price, without the word of the other side in between.
PRICE_WORDS = r"每股|一股|单价|股价|价格|价位|市价|成交价|均价"
SHARES = Slot(
    "shares",
    "股数",
    (Unit.SHARES,),
    ask="买卖了多少股？",
    alone=True,
    least=1,
)
PRICE = Slot(
    "price", "价格", MONEY, ask="每股多少钱？", before=f"{PRICE_WORDS}|{BUY}|{SELL}|按|以",
    after=rf"一股|每股|{BUY}|{SELL}|的?(?:价|股)",
    alone=True, least=0.01, most=DEAREST,
)  # fmt: skip
AMOUNT = Slot(
    "amount", "成交金额", (Unit.YUAN,), ask="成交了多少钱？", alone=True, least=100,
    before=rf"{BUY}|{SELL}|成交(?:额|金额)?|投|总共|一共", after=rf"的?股|{BUY}|{SELL}|的?票|成交",
)  # fmt: skip
BUY_PRICE = Slot(
    "buy_price", "买入价", MONEY, ask="多少钱一股买的？", least=0.01, most=DEAREST,
    before=rf"{BUY}(?:入|进)?价?|成本价?", after=rf"(?:的?时候?)?(?:{BUY})",
    never_after=r"的?时?候?(?:卖|抛|割|清|出)",
)  # fmt: skip
SELL_PRICE = Slot(
    "sell_price", "卖出价", MONEY, ask="多少钱一股卖的？", least=0.01, most=DEAREST,
    before=rf"{SELL}(?:出|掉)?价?|涨到|跌到|到了?", after=rf"(?:的?时候?)?(?:{SELL})|全?(?:卖|抛|出)",
    never_after=r"的?时?候?(?:买|入手|建仓|进的?)",
)  # fmt: skip
SOLD_AMOUNT = Slot(
    "sold_amount", "卖出金额", (Unit.YUAN,), required=False, least=100, before=SELL, after=SELL
)
# What was paid, where only one price is said.
COST_PRICE = Slot(
    "buy_price", "买入价", MONEY, ask="多少钱一股买的？", least=0.01, most=DEAREST, alone=True,
    before=rf"{BUY}价?|{PRICE_WORDS}", after=BUY,
)  # fmt: skip
BUY_DAY = Slot(
    "buy_day",
    "买入那天",
    (Unit.DATE,),
    required=False,
    anchor=False,
    after=BUY,
    before=r"(?:买|入手|建仓)(?:于|在)?",
)
SELL_DAY = Slot(
    "sell_day",
    "卖出那天",
    (Unit.DATE,),
    required=False,
    anchor=False,
    after=SELL,
    before=r"(?:卖|抛)(?:出|掉)?(?:于|在)?",
)
RISE = Slot(
    "rise",
    "涨幅",
    (Unit.RATIO,),
    required=False,
    anchor=False,
    before=r"涨|赚|盈|上涨|升",
    after=r"的?(?:涨幅|收益)",
)
FALL = Slot(
    "fall",
    "跌幅",
    (Unit.RATIO,),
    required=False,
    anchor=False,
    before=r"跌|亏|赔|下跌|套|降",
    after=r"的?(?:跌幅|亏损)",
)
TERMS = (COMMISSION, MINIMUM, CODE)
EXEMPT = (
    Slot("amount", "金额", (Unit.YUAN, Unit.BONDS, Unit.FUND_UNITS), alone=True, required=False),
    Slot("price", "价格", MONEY, alone=True, required=False),
    Slot("shares", "数量", (Unit.SHARES,), alone=True, required=False),
    CODE,
)
ASKED = Choice(
    "asked",
    "问哪一项",
    {
        "all": r"到手|到账|准备|剩多少|手续费|费用|总成本|净|一共赚|税费|总共|合计|都要",
        "stamp_duty": r"印花税|(?<!红利)(?<!过户)税(?=.{0,4}(?:多少|几|怎么|咋))",
        "transfer_fee": r"过户费",
        "commission": r"佣金(?=[^，。；\d万]{0,8}(?:多少|几|怎么算|咋算|算|是啥|$))|"
        r"(?:多少|几)[^，。]{0,4}佣金|佣金$",
    },
    default="all",
)
SIDE = Choice(
    "side",
    "买还是卖",
    ask="是买入还是卖出？",
    options={"sell": SELL, "buy": r"买|入手|建仓|进[了货]|抄底|加仓"},
)
ROUND = (
    rf"(?=.*(?:{BUY}))(?=.*(?:{SELL}))|"
    r"一买一卖|买卖一(?:次|趟|回)|一进一出|来回|一个?回合|再卖|"
    rf"(?:{SELL}).*(?:赚|亏|盈利)"
)
BREAK_EVEN = r"不亏|保本|回本|不赔|盈亏平衡|够(?:本|手续费)|打平"
PROCEEDS = Choice(
    "proceeds",
    "问到手多少",
    {
        True: r"到手|到账|拿回|剩多少|落下|落袋|能拿|准备|一共(?:要)?[花付掏]|总共(?:要)?[花付掏]|得有多少"
    },
    default=False,
)
AS_RATIO = Choice(
    "as_ratio", "问百分比", {True: r"收益率|百分之几|百分之多少|几个点|比例"}, default=False
)
ASKED_TRIP = Choice(
    "asked_trip",
    "问费用还是盈亏",
    {
        "result": r"赚|亏|盈|利润|到手|落下|剩|赔|净",
        "fees": r"手续费|费用|税费|总成本|交易成本|成本|扣|费",
    },
    default="result",
)
