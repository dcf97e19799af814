"""Words, slots and choices of the forms of regular investing."""

from __future__ import annotations

from dataclasses import replace

from toujiao.calculators.forms.form import Choice, Slot
from toujiao.calculators.forms.money_words import AMOUNT_EACH
from toujiao.calculators.forms.moves import CLOSE, FALL, HOW_MUCH, MOVED, NO_NUMBER
from toujiao.calculators.forms.spans import LENGTH
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.investing import TRADING_DAYS_PER_YEAR, WEEKS_PER_YEAR
from toujiao.calculators.units import Unit

DAYS_PER_YEAR = 365

_PAY = r"定投|[扔丢砸塞]进?|投入?|存|买|扣款?|攒|放|拿出?来?|加投?|追加|追投|补|交|掏"

_EVERY = (
    r"每隔?(?:一|1)?个?(?:月|周|星期|礼拜|季度?|年|天|日|交易日)|每隔?半年|每?(?:两|双|2)周|月月|"
    r"年年|天天|周周|月供|月投|周定投|日定投|月定投"
)

REGULAR = (
    rf"定投|(?:{_EVERY})[^，。；%]{{0,12}}(?:{_PAY})|(?:{_PAY})[^，。；%]{{0,4}}(?:{_EVERY})|月供|"
    rf"月投|每期|(?:{_EVERY}){AMOUNT_EACH}"
)

# 每年收益8% says what comes, not how often is paid.
_NOT_A_RATE = (
    r"(?!(?:的|都|有|按|以|能|大概|平均|年化)*(?:收益|回报|涨|赚|增|利|\d+(?:\.\d+)?[%％]|百分|"
    r"[一二三四五六七八九十]+个点))"
)

_HOW_OFTEN = {
    "biweekly": r"每隔?(?:两|二|2)个?(?:周|星期|礼拜)|双周|隔周|每隔一周",
    "half": r"每隔?半年|半年(?:一次|投一|定投|存一)|每(?:六|6)个月",
    "quarter": r"每个?季|季度?定投|每(?:三|3)个月|按季",
    "week": r"每个?(?:周|星期|礼拜)|周定投|按周|一周(?:一次|投|定投|存|买)|周[一二三四五](?:定投|投|扣)",
    "month": rf"每个?月{_NOT_A_RATE}|月供|月投|月定投|按月|一个?月(?:一次|投|定投|存|买|拿)|月月",
    "trading_day": (
        r"每个?交易日|每[天日](?=.*(?:定投|基金|ETF|指数))|(?:定投|基金|ETF|指数).*每[天日]|日定投|"
        r"天天(?=.*(?:定投|基金))"
    ),
    "day": r"每[天日]|天天|一天(?:存|投|攒)",
    "year": rf"每年{_NOT_A_RATE}|年年|按年|一年(?:一次|投|存|定投|加)",
}

PERIODS_PER_YEAR = {
    "trading_day": TRADING_DAYS_PER_YEAR,
    "day": DAYS_PER_YEAR,
    "week": WEEKS_PER_YEAR,
    "biweekly": WEEKS_PER_YEAR // 2,
    "month": 12,
    "quarter": 4,
    "half": 2,
    "year": 1,
}

# One period in a unit of time that is counted as it was said.
OWN_UNIT = {
    "day": (Unit.DAYS, 1),
    "trading_day": (Unit.DAYS, 1),
    "week": (Unit.WEEKS, 1),
    "biweekly": (Unit.WEEKS, 2),
    "month": (Unit.MONTHS, 1),
    "quarter": (Unit.MONTHS, 3),
    "half": (Unit.MONTHS, 6),
    "year": (Unit.YEARS, 1),
}

OFTEN = Choice(
    "often", "多久投一次", _HOW_OFTEN, required=True, ask="多久投一次，每天、每周、每月还是每年？"
)

OFTEN_BY_SALARY = replace(
    OFTEN,
    options={**_HOW_OFTEN, "year": rf"年薪|年终奖|{_HOW_OFTEN['year']}"},
    default="month",
    said={"month": "salary_monthly"},
)

PAID_WHEN = Choice(
    "when",
    "期初投还是期末投",
    {
        "end": r"[月期年周季][末底]|月尾|期后|最后一天",
        "start": r"[月期年周季]初|月头|期前|先付",
        "open": "",
    },
    default="open",
)

_NOT_A_PAYMENT = (
    r"一共|总共|变成?|[涨攒存做]到|达到|目标|想要|有了|一次性?|先|首次|初始|工资|月薪|收入"
)

AMOUNT = Slot(
    "amount",
    "每次投的钱",
    MONEY,
    ask="每次投多少钱？",
    alone=True,
    least=0.01,
    before=rf"{_EVERY}|{_PAY}|每期|每次",
    after=r"的?(?:定投|投入|投|基金)",
    never_before=rf"(?:{_NOT_A_PAYMENT})(?!.*(?:每|再|定投))",
)

RATE = Slot(
    "rate",
    "年化收益率",
    (Unit.RATIO,),
    alone=True,
    least=-0.9999,
    most=10,
    ask="每年的收益率按百分之几来算？（真实的基金有涨有跌，这里只能先假定一个数）",
    before=r"年化|收益率?|利率|回报率?|每年|按|复利|增长|涨|赚",
    after=r"的?(?:年化|收益|利率|回报|复利|增长)",
    never_before=rf"(?:工资|月薪|收入|佣金|手续费|申购费|费率|管理费|{FALL}|[涨赚]了|总收益率?|累计){NO_NUMBER}",
)

TIME = replace(LENGTH, ask="一共投多长时间？", never_before=rf"(?:每隔?|每隔?一?){NO_NUMBER}")

COUNT = Slot(
    "count",
    "一共投几次",
    (Unit.COUNT,),
    ask="一共投多少次？",
    alone=True,
    anchor=False,
    least=2,
    most=100000,
    before=r"投了?|一共|总共|坚持|定投",
    after=r"",
)

AGE_FROM = Slot(
    "age_from",
    "开始的年龄",
    (Unit.AGE,),
    ask="从几岁开始？",
    least=1,
    most=100,
    anchor=False,
    before=r"从|今年|现在|我",
    after=r"开始|起|的?时候开始",
)

AGE_TO = Slot(
    "age_to",
    "结束的年龄",
    (Unit.AGE,),
    ask="投到几岁？",
    least=2,
    most=120,
    anchor=False,
    before=r"到|至|直到",
    after=r"退休|为止|结束",
)

LUMP = Slot(
    "lump",
    "一次投入的钱",
    MONEY,
    ask="一开始一次投入多少钱？",
    least=0.01,
    before=(
        rf"(?:一次性?|先|首次|初始|一开始|起初|本金|现有|已有|手[里上头]有?|启动资金|现在有|底仓|第一笔|"
        rf"存款)(?!.*多少){CLOSE}"
    ),
    after=r"的?(?:本金|底仓|启动资金|存款|打底|先投|先买|先放)",
    never_before=rf"(?:(?:{_EVERY}|再|追加|加)){NO_NUMBER}",
)

SALARY = Slot(
    "salary",
    "工资",
    MONEY,
    ask="工资是多少钱？",
    least=1,
    before=r"工资|月薪|薪水|收入|月入|年薪|到手|税后|挣|奖金",
    after=r"的?(?:工资|月薪|收入|薪水)",
)

SHARE = Slot(
    "share",
    "拿出来的比例",
    (Unit.RATIO,),
    ask="拿出百分之多少来定投？",
    least=0.0001,
    most=1,
    before=r"(?:工资|月薪|收入|薪水|其中|里面?)的|定投|拿出?来?|抽出?|存|投入?|用|把|取",
    after=r"的?(?:工资|收入|来?定投|拿来|用来|投|存|去)",
    never_before=rf"(?:年化|收益率?|回报率?|利率){NO_NUMBER}",
)

GAINED = Slot(
    "gained",
    "一共的涨幅",
    (Unit.RATIO,),
    ask="一共涨了百分之多少？",
    least=0,
    before=rf"(?:[涨赚]了|盈利|总收益率?|累计){CLOSE}",
)

LOST = Slot(
    "lost",
    "一共的跌幅",
    (Unit.RATIO,),
    ask="一共亏了百分之多少？",
    least=0,
    most=1,
    before=rf"(?:{FALL}){CLOSE}",
)

PAID_ASKED = (
    r"(?:投入|投|存|攒|掏|花|交)(?:了|进去|进|出去)*(?:多少|几)|多少(?:的)?本[金钱]|"
    r"本[金钱](?:一共|总共|总额|共|合计|是|有|要|得|为|投入)*(?:多少|几)|"
    r"(?:一共|总共|共|总)(?:要|得|会|能)?(?:投入?|存|掏|花|交|扣|定投)(?:了|进去|进|"
    r"出去)*(?:多少|几|$)|总投入|投入总额|总本金|本金总额"
)

NEEDED_ASKED = (
    rf"(?:{_EVERY}|每[期次])[^，。？\d]{{0,8}}(?:{_PAY})[^，。？\d]{{0,5}}(?:多少|几)|"
    rf"(?:{_EVERY}|每[期次])[^，。？\d]{{0,5}}(?:多少|几[千百万块])|定投多少(?:钱|才|能|合适)?|"
    rf"(?:{_PAY})多少钱?(?:一个月|每月|才)"
)

GOAL = Slot(
    "goal",
    "目标金额",
    MONEY,
    ask="目标是多少钱？",
    alone=True,
    least=100,
    before=r"攒[够下到]?|存[够下到]|有|达到|目标|变成?|到|凑[够齐]?|拥有|拿到",
    after=r"的?目标|养老金?",
    never_before=rf"(?:(?:{_EVERY})){NO_NUMBER}",
)

VALUE_NOW = Slot(
    "value_now",
    "现在的市值",
    MONEY,
    ask="现在一共值多少钱？",
    least=0.01,
    before=r"现在|目前|如今|账户(?:里|上)?|市值|值|剩下?|变成?|成了|涨到|有了?",
    never_before=MOVED,
)

UNLESS = (
    r"每个?[月周天日季年](?:度|初|末|底)?[^，。；\d%]{0,3}(?:取|花|领|提)|"
    r"房贷|分红|股息|逆回购|转债|申购费|赎回|手续费|止盈|止损|网格|亏损概率|什么时候|为什么|哪个好|好不好|合适吗|"
    r"[7七]日年化|交易\d?次"
)

HOW = rf"\A(?=(?s:.*)(?:{HOW_MUCH}|{PAID_ASKED}))\A(?=(?s:.*)(?:{REGULAR}))"

LUMPED = (
    r"\A(?=(?s:.*)(?:一次性?|先投|先存|先买|先放|首次|初始|一开始|起初|本金|现有|已有|手[里上头]|启动资金|现在有|"
    r"底仓|第一笔|打底|存款))"
)

# 先放一笔进去: a lump sum of which nothing is told; the one of “先放一笔5万” is a number.
LUMP_UNTOLD = (
    r"(?:先|一次性?|一开始|起初|首次|初始)[^，。；每\d]{0,4}(?:放|投|存|买|转|打|砸)[^，。；\d]{0,2}"
    r"[一1]笔(?![^，。；]{0,4}[\d一二两三四五六七八九十]+[\d万千百wWkK块元])|"
    r"手[里上头]{0,2}有[^，。；\d]{0,3}(?:[一1]笔|[一1]?点|[一1]?些)(?![^，。；]{0,4}[\d])"
)

NOT_VALUE = rf"{UNLESS}|{NEEDED_ASKED}|(?:几|多少)年(?!化|收益)|多久"
