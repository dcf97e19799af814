"""Words that hold a number and are none: index names, indicator names, idioms, stock codes."""

from __future__ import annotations

import re

from toujiao.understand.numerals import read_numeral

# Each pattern is tried where a token starts; what it covers is not read as a quantity.
_NAMES = re.compile(
    r"""
    (?:沪深|中证|上证|深证|国证|科创|创业板|北证|标普|纳斯达克|纳指|罗素|日经|恒生|MSCI\s?A)
        \s?(?:50|100|180|200|225|300|380|500|800|1000|2000|三百|五百|五十)(?!\d)(?:指数|ETF)?
    | T\s?\+\s?[0-9一二] | [tT][+＋][0-9]
    | (?<![A-Za-z])(?i:J\s?[=＝等于是]{1,2}\s?3\s?[×xX*]?\s?K\s?[-−–减]\s?2\s?[×xX*]?\s?D(?![A-Za-z]))
    | 三条(?=轨|线|均线)
    | (?<!昨)(?<!昨[天日])(?<!昨[天日]的)(?<![A-Za-z])(?i:MA|EMA|EXPMA|RSI|BOLL|WR|W&R|BIAS|ATR|SMA|CCI)
        \s?(?:\d{1,3}(?!\d|\s?[.%元块万亿手股])|[(（]\s?\d+(?:\s?[,，]\s?\d+)*\s?[)）])
    | (?<![A-Za-z])(?i:E?MA|RSI|ATR)\s?\d{1,3}(?=的?值?(?:是|为|[=＝:：])?\s?\d)(?!\d|\s?[.%元块万亿手股])
    | (?<![A-Za-z])f\s?=\s?p\s?[-−–]\s?[(（]\s?1\s?[-−–]\s?p\s?[)）]\s?[/÷]\s?b(?![A-Za-z])
    | 2\s?[×xX*乘]\s?[(（]?\s?(?i:DIFF?\s?[-−–减]\s?DEA)\s?[)）]?
    | (?i:KDJ|MACD|BOLL)\s?[(（]\s?\d+(?:\s?[,，、/]\s?\d+)*\s?[)）]
    | (?i:参数|MACD|KDJ)(?:是|为|用|取|就?用)?
        \s?(?:12\s?[、,，/\s-]\s?26\s?[、,，/\s-]\s?9|9\s?[、,，/\s-]\s?3\s?[、,，/\s-]\s?3)(?!\s?(?:[\d.%元]|[、,，/]\s?\d))
    | (?:(?<=[赢输亏赚赔盈])|(?<=[赢输亏赚赔]了))(?:一|1)[次笔]
        (?=(?:的话|的时候|时|就|能|要|会|可以|大概|大约|平均)*
        [赚亏输赔得拿盈][了利损到]?\s?[\d一二两三四五六七八九十百千万.]+(?![\d一二两三四五六七八九十百千万.次笔]))
    | [前上](?:一|1)(?:天|日|个?交易日)
    | (?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?
        (?=(?:收益率?)?[-+负正涨跌亏赚上下了\s]{0,4}(?:\d+(?:\.\d+)?\s?%|百分之))
    | F10 | ETF50 | 50ETF | 300ETF | A50 | Level-?2 | 5G | 3M | B2B
    | GC\s?-?\s?\d{3}(?!\d) | (?<![A-Z])R\s?-?\s?(?:0\d\d|182)(?!\d) | 隔夜(?!利息|持|风险|单)
    | 72\s?(?:法则|定律) | 七十?二(?:法则|定律) | 二八(?:定律|法则|轮动) | 1?80/20
    | [前上][一1]个?交易日 | 十字星 | 十字线 | 一字(?:板|线|涨停|跌停|断魂刀)?
    | [一二两三四五六七八九](?:连)?阳线? | 三(?:只|个)?乌鸦
    | 三个?白兵
    | (?<![一1])[上下]半年
    | 新三板 | 老三板 | 三板 | 二板 | 四板 | 一板块 | 三方存管 | 三方 | 三公
    | 三大(?:报表|指数|表) | 四大(?:行|指数) | 一手(?:消息|资料|包办)
    | 第[一二三四五六七八九十\d]+(?:天|日|步|类|套|笔|个|次|年|名|点|大|季度)? | 头[一两三]?天
    | 二级市场 | 一级市场 | 二维码 | 三十而立 | 十有八九 | 一五一十 | 百分百 | 百分之百 | 千万别
    | 万一(?!的?佣金|免|开户)(?<!佣金万一)(?<!费率万一)(?<!费万一) | 一旦 | 一般 | 一定 | 一样 | 一起 | 一直
    | 一边 | 一路 | 一共 | 一律 | 一模一样 | 一些 | 一点(?![零〇一二三四五六七八九])儿? | 一下 | 一会儿? | 一种
    | 一买一卖 | 一进一出 | 一来一回 | 买一卖一
    | [买卖](?:[一二三四五](?:价|档|(?=[，。、的和卖买]|$))|[1-5](?:价|档)) | 统一 | 唯一 | 之一 | 同一
    | 一手(?!\s?[多几]?(?:股|票|是|卖|买|的))(?=交钱)
    | 十年期?国债 | (?<!\d)7\s?日年化 | 七日年化(?:收益率)? | 24小时
    | 三季[报度] | 一季[报度] | 半年报 | 二季[报度] | 四季[报度] | 第[一二三四]季度
    | 双十一 | 五一 | 十一(?=假|长假|期间|节|前|后) | 六一 | 三八
    | (?<=每月)(?:的?)(?:\d{1,2}|[一二三四五六七八九十]{1,3})[号日]
    | (?<=每个月)(?:的?)(?:\d{1,2}|[一二三四五六七八九十]{1,3})[号日]
    | 九(?=转) | 神奇九转 | 双创50 | 二手房
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AVERAGE = re.compile(
    r"(\d{1,3}|[二三五十]+|[一二三四五六七八九十百]+)\s?[日天周]\s?(?:移动平均|均线|均价线?|平均线?|线|EMA|MA|RSI|WR|BIAS|乖离率?|指数移动平均|指数平均)"
    r"|(\d{1,3})\s?(?:均线|日线)"
    r"|(\d{1,3})\s?[日天](?=(?:、|和|跟|与)\s?\d{1,3}\s?[日天]?的?(?:均线|EMA|MA|RSI|指数))"
)
# 周期3, N=3, 20周期; but “收盘11 周期12” names 12.
_NAMED_PERIOD = re.compile(
    r"(?:周期|(?<![A-Za-z])[nN]\s?(?=[=＝是为取]))\s?(?:[=＝是为取用:：]|等于)?\s?(\d{1,3})(?![\d.]|\s?[年月周倍元块%个])"
    r"|(\d{1,3})周期(?!\s?[\d=＝是为取用:：])"
)
_PERIOD = re.compile(r"\d{1,3}|[一二三四五六七八九十百]+")
_INDICATOR = re.compile(
    r"(?:MA|EMA|EXPMA|RSI|BOLL|WR|W&R|BIAS|ATR|SMA|CCI)\s?[(（]?\s?(\d{1,3})", re.I
)
# 本金100000 and 150000 are amounts; 600000 is a bank.
_MONEY_WORDS = (
    "本金",
    "投入",
    "投了",
    "金额",
    "成交额",
    "市值",
    "投",
    "存",
    "存了",
    "赚了",
    "亏了",
)
_NO_MONEY_BEFORE = "".join(f"(?<!{word})" for word in _MONEY_WORDS)
_CODE = re.compile(
    _NO_MONEY_BEFORE + r"(?<![\d.])(?!(?:[1-57-9]\d|6[1-9])0000(?!\d))(\d{6})"
    r"(?![\d.]|\s?(?:元|块|股|份|手|张|万|%))"
)
# Six digits after these are an amount: 成交量100000、120000.
_AMOUNT_BEFORE = re.compile(
    r"(?:OBV|成交量?|能量潮|[成总]量|股本|流通[股盘]?|[资本]金|金额|市值|资产|利润|账户)"
    r"[^\d，。；]{0,3}(?:\d+(?:、|,|，|\s|和)+)*$",
    re.I,
)
_PREFIX = re.compile(
    r"(?<![\d.])(\d{1,3})(?:\s?(?:开头|打头|字头|起头|开始的)(?:的)?|(?=[xX*＊]{2,}))"
)
# Reverse repos of Shanghai (GC001 is 204001) and Shenzhen (R-001 is 131810), and their terms in days.
_REPO = re.compile(r"(?:GC|R)\s?-?\s?(\d{3})|204(\d{3})|(1318\d\d)|(隔夜)", re.I)
_REPO_TERMS = (1, 2, 3, 4, 7, 14, 28, 91, 182)
_SHENZHEN_TERMS = {
    "131810": 1, "131811": 2, "131800": 3, "131809": 4, "131801": 7,
    "131802": 14, "131803": 28, "131805": 91, "131806": 182,
}  # fmt: skip
_ORDINAL = re.compile(r"第([一二两三四五六七八九十]+|\d{1,2})[个次]?(?=连?一?字?(?:涨停|跌停|板))")
# In Chinese words: 六零开头
_WORD_PREFIX = re.compile(r"([零〇一二三四五六七八九]{1,3})(?:开头|打头|字头)")


_COMMISSION_BEFORE = re.compile(r"(?:佣金|费率?|收)[^，。；\d]{0,5}$")


def name_at(text: str, at: int) -> int | None:
    """Where the name that starts at `at` ends, or None."""
    if text.startswith("万一", at) and _COMMISSION_BEFORE.search(text[:at]):
        return None  # 佣金万一 is a rate
    ends = [
        match.end()
        for pattern in (_NAMES, _AVERAGE, _NAMED_PERIOD, _CODE, _PREFIX, _WORD_PREFIX)
        if (match := pattern.match(text, at))
        and not (pattern is _CODE and _AMOUNT_BEFORE.search(text[:at]))
    ]
    return max(ends, default=None)


def code_in(text: str, start: int, end: int) -> str | None:
    """The stock code or code prefix that a name is, as digits."""
    for pattern in (_CODE, _PREFIX):
        if (match := pattern.match(text, start)) and match.end() == end:
            return match.group(1)
    if (match := _WORD_PREFIX.match(text, start)) and match.end() == end:
        return "".join(
            str("零一二三四五六七八九".index(c.replace("〇", "零"))) for c in match.group(1)
        )
    return None


def repo_term_in(name: str) -> int | None:
    """The term in days that the code of a reverse repo stands for: GC007 -> 7, 隔夜 -> 1."""
    match = _REPO.fullmatch(name.strip())
    if match is None:
        return None
    if match.group(4):
        return 1
    if code := match.group(3):
        return _SHENZHEN_TERMS.get(code)
    term = int(match.group(1) or match.group(2))
    return term if term in _REPO_TERMS else None


def limits_in(text: str, start: int, end: int) -> int | None:
    """第3个涨停 asks for the third of a row: 3."""
    match = _ORDINAL.match(text, start)
    numeral = read_numeral(match.group(1), 0) if match and match.end() == end else None
    return int(numeral.value) if numeral else None


def period_in(name: str) -> int | None:
    """The 5 of 5日均线, MA5 or N=5, or None."""
    if match := _NAMED_PERIOD.match(name):
        return int(match.group(1) or match.group(2))
    if match := _INDICATOR.match(name):
        return int(match.group(1))
    if _AVERAGE.match(name) and (match := _PERIOD.match(name)):
        numeral = read_numeral(match.group(), 0)
        return int(numeral.value) if numeral else None
    return None
