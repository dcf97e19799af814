"""Words and slots of the forms of returns."""

from __future__ import annotations

from toujiao.calculators.forms.form import Choice, Slot
from toujiao.calculators.forms.money_words import OTHER, YEARLY
from toujiao.calculators.forms.moves import CLOSE, FALL, NO_NUMBER, RISE
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.units import Unit

WANTED = Choice(
    "wanted", "是打算还是已经", {True: r"想|要|目标|需要|希望|打算|计划|得有|才能"}, default=False
)

SIMPLE = Choice("simple", "单利还是复利", {True: r"单利|不(?:是|算|用)?复利|简单"}, default=False)

TOTAL = Slot(
    "total",
    "一共的收益率",
    (Unit.RATIO,),
    ask="一共赚了百分之多少？",
    alone=True,
    least=0,
    before=rf"{RISE}|收益率?|回报率?|一共|总共|累计|净值",
    after=r"的?(?:收益|回报|涨幅)",
    never_before=(
        rf"(?:{FALL}|佣金|手续费|费率|每年|年化|(?<![\d半一二两三四五六七八九十几多])年收益|年利率|"
        rf"一年(?!半|零|多)){NO_NUMBER}"
    ),
    never_after=r"的?(?:年化|年收益)(?![^\d，。]{0,6}(?:多少|几|多高|是啥))",
)

TOTAL_LOSS = Slot(
    "total_loss",
    "一共的亏损",
    (Unit.RATIO,),
    ask="一共亏了百分之多少？",
    least=0,
    most=0.9999,
    before=rf"(?:{FALL}){CLOSE}",
    after=r"的?(?:亏损|跌幅)",
    never_before=rf"(?:每年|年化|一年(?!半|零|多)){NO_NUMBER}",
)

NEGATIVE = Slot(
    "negative",
    "一共的收益率",
    (Unit.RATIO,),
    ask="一共的收益率是多少？",
    alone=True,
    least=-0.9999,
    most=-1e-9,
)

PROFIT = Slot(
    "profit",
    "赚的钱",
    MONEY,
    ask="一共赚了多少钱？",
    least=0.01,
    before=rf"(?:(?:赚|盈利?|收益|利润|多)(?:了|是|有)*+(?!到|成)){CLOSE}",
    after=r"的?(?:收益|利润|盈利)",
)

LOSS = Slot(
    "loss",
    "亏的钱",
    MONEY,
    ask="一共亏了多少钱？",
    least=0.01,
    before=rf"(?:{FALL}){CLOSE}",
    after=r"的?亏损",
)

FROM_DAY = Slot(
    "from_day",
    "开始的日子",
    (Unit.DATE,),
    ask="从哪一天开始？",
    anchor=False,
    before=r"从|自",
    after=r"[^，。]{0,2}(?:投|买|入手|开始|存|建仓|的?时候|初|有|到)",
)

TO_DAY = Slot(
    "to_day",
    "结束的日子",
    (Unit.DATE,),
    ask="到哪一天？",
    anchor=False,
    before=r"到|至|截至|截止",
    after=r"[^，。]{0,2}(?:卖|变|涨|赎|拿|值|剩|是|取|末|底|成|就)",
)

DAYS = Slot("span", "起止日期", (Unit.DATE,), ask="从哪一天到哪一天？", alone=True, anchor=False)

DEAREST = 5000  # yuan: more is an amount

BUY = Slot(
    "buy",
    "买入价",
    MONEY,
    ask="多少钱买的？",
    alone=True,
    least=0.0001,
    before=r"成本价?|买入?[的了]?价?|进价|均价|从|由|入手|投入?|本金|净值|原来",
    after=r"的?成本|(?:的?时?候?)?(?:买|进的|入的?|建仓|入手)",
    never_before=rf"(?:现在|现价|卖|{FALL}|{RISE}|浮[亏盈]){NO_NUMBER}",
    most=DEAREST,
)

SELL = Slot(
    "sell",
    "卖出价或现价",
    MONEY,
    ask="多少钱卖的（或者现在多少钱）？",
    least=0.0001,
    before=r"现在|现价|目标价?|目前|[跌涨掉升变]到|到了?|卖出?[的了]?价?|抛|变成?|成了?|还?剩|值|最新",
    after=r"[^，。]{0,2}(?:卖|抛|出|清仓)|了",
    never_after=r"(?:的?时?候?)?(?:买|进的|入手)",
    never_before=rf"(?:{FALL}|{RISE}|浮[亏盈]){NO_NUMBER}",
    most=DEAREST,
)

FROM = Slot(
    "before_change",
    "原来的数",
    MONEY,
    ask="原来是多少？",
    least=0.01,
    before=r"从|由|原来|上期|基数",
)

TO = Slot(
    "after_change",
    "后来的数",
    MONEY,
    ask="后来是多少？",
    least=0,
    before=r"(?:增长|增加|涨|升|提高|扩大|降|下降|下滑|减少|跌|变|做)?[到至成为]",
    never_before=rf"(?:从|由){NO_NUMBER}",
)

SHARES = Slot(
    "shares", "股数", (Unit.SHARES, Unit.FUND_UNITS), alone=True, required=False, anchor=False
)

# Said of one's own shares, before any price is told.
OWN_RETURN = (
    r"我[^。？]{0,12}(?:买|持有|拿|放)[^。？]{0,20}(?:收益率|回报率|赚了?百分之|亏了?百分之|(?:赚|亏)了?几个点)"
    r"[^。？，]{0,4}(?:多少|几|是啥|怎么算|咋算)?"
)

HELD = Slot(
    "held",
    "持有时间",
    (Unit.DAYS, Unit.MONTHS, Unit.WEEKS, Unit.YEARS),
    alone=True,
    required=False,
    anchor=False,
)

ASKED = rf"\A(?=(?s:.*)(?:{YEARLY}))"

UNLESS = rf"{OTHER}|(?:几|多少)倍|翻[几多]|倍数|翻了?一?[倍番]|回本|解套|每个?[月天周]|分别|依次"

# A rate that is one of a year already.
RATE_GIVEN = (
    r"(?:每年|年化|一年(?!半)|(?<![\d半一二两三四五六七八九十几多])年(?:收益|回报)率?|年利率)[^，。\d多少几]{0,5}"
    r"(?:\d|百分之[^多几]|[一二三四五六七八九十]+(?:个点|成|点))|"
    r"[%点成]的?年化(?![^\d，。]{0,6}(?:多少|几|多高|是啥))"
)

PERCENT = (
    r"收益率|回报率|百分之(?:几|多少)|[几多]少?个?点|几成|比例|幅度|百分比|%是|多少%|涨幅|跌幅|(?:赚|"
    r"亏|涨|跌)了?几个"
)

NOT_SIMPLE = (
    r"年化|年均|每年|平均|回本|解套|手续费|佣金|费用|净赚|净亏|到手|昨|收盘|开盘|涨停|跌停|分红|股息|定投|转股|"
    r"溢价|市盈|市净|毛利|净利|营收|负债|PEG|回撤|胜率|复利|补仓|目标价"
)
