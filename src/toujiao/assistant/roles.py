"""The words that decide what a number is said of: board, side, fee, bound, old or now, direction.

Two readings of one group exclude each other unless a text names both (主板和创业板).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Role:
    """A role word at its place. Group "" only shields its letters from other readings."""

    group: str
    value: str
    start: int
    end: int


# A rule holds for its subject only: these have to be said, and nothing may be added to them.
SUBJECTS = ("板", "警示", "新", "市场", "边", "费", "品种", "人")
# These must not contradict the material, and must stand in it somewhere near.
MANNERS = ("涨跌", "盈亏", "多少", "升降", "价", "期", "单位", "位", "长短", "快慢", "名字", "日子", "轨", "方", "否")
CORE = ("板", "警示", "边", "费", "涨跌", "盈亏", "轨", "名字", "方")

_WORDS: tuple[tuple[str, str, str], ...] = (
    # shields
    ("", "", r"多少|大小|上市(?!首日)|上面|下面|以来|上升通道|高管|最后|之后|许多|很多|大多|多数|多半|少数|至少|最少|最多|至多|最高(?!价)|"
             r"最低(?!价)|顶多|不[能得可许]?(?:超过|高于|低于|少于|多于|大于|小于)|不满|不足|不到|未满|高于|低于|多于|少于|高级|多层|多头|空头|买家|"
             r"涨跌幅|涨跌停|涨跌|盈亏|买卖|高低|升降|多空|升级|不同|不一定|不是|不仅|不过|不管|不论|不构成|收益|无法|无论|无风险|非系统性|非经常性|扣非|非法|低点|高点"),
    # boards
    ("板", "主板", r"主板"), ("板", "创业板", r"创业板"), ("板", "科创板", r"科创板|科创"), ("板", "北交所", r"北交所|北证|北京证券交易所"),
    ("板", "三板", r"新三板|老三板"),
    ("警示", "ST", r"\*?ST|风险警示|戴帽"),
    ("新", "新股", r"新股|上市首日|上市后?前|刚上市|打新"),
    ("市场", "港股", r"港股通?|沪股通|深股通|香港"), ("市场", "境外", r"境外|海外|国外|美股"),
    ("所", "沪深", r"沪深北?"), ("所", "沪", r"上交所|沪市|上海|沪"), ("所", "深", r"深交所|深市|深圳"),
    # sides
    ("边", "申购", r"申购|认购(?!期权)"), ("边", "赎回", r"赎回"),
    ("边", "买", r"买入|买进|买方|买家|买价|买盘|购买|买"), ("边", "卖", r"卖出|卖掉|卖方|卖价|卖盘|卖"),
    # fees
    ("费", "印花税", r"印花税"), ("费", "佣金", r"佣金"), ("费", "过户费", r"过户费"), ("费", "经手费", r"经手费"),
    ("费", "证管费", r"证管费|监管费"), ("费", "规费", r"规费"), ("费", "管理费", r"管理费"), ("费", "托管费", r"托管费"),
    ("费", "申购费", r"申购费"), ("费", "赎回费", r"赎回费"), ("费", "服务费", r"销售服务费|服务费"), ("费", "红利税", r"红利税"),
    ("费", "利息", r"利息"), ("费", "保证金", r"保证金"), ("费", "权利金", r"权利金"), ("费", "手续费", r"手续费"),
    # what is traded
    ("品种", "ETF", r"ETF"), ("品种", "指数基金", r"指数基金"), ("品种", "货币基金", r"货币基金|货币ETF"), ("品种", "股票基金", r"股票和?混合基金|股票基金|混合基金"),
    ("品种", "转债", r"可转债|转债"), ("品种", "债", r"债券"), ("品种", "REITs", r"REITs?"), ("品种", "期权", r"期权|认购期权|认沽期权"),
    ("品种", "期货", r"股指期货|期货"), ("品种", "融资", r"融资(?!融券)"), ("品种", "融券", r"(?<!融资)融券"), ("品种", "逆回购", r"逆回购"),
    ("品种", "退市股", r"退市整理期|退市股票|整理期"),
    ("人", "个人", r"个人"), ("人", "机构", r"机构"), ("人", "大股东", r"控股股东|大股东"), ("人", "高管", r"董事|高管"), ("人", "散户", r"散户"),
    ("人", "私募", r"私募"),
    # manners
    ("涨跌", "涨", r"涨停|上涨|大涨|涨"), ("涨跌", "跌", r"跌停|下跌|大跌|跌"),
    ("盈亏", "赚", r"盈利|赚|盈"), ("盈亏", "亏", r"亏损|亏|赔"),
    ("多少", "多", r"更多|增加|多出|多"), ("多少", "少", r"更少|减少|少"),
    ("升降", "升", r"上调|调高|升到|升|抬高|提高|放宽"), ("升降", "降", r"下调|调低|降低|降到|降|贬值|缩到"),
    ("位", "高", r"高"), ("位", "低", r"低"),
    ("价", "开盘", r"开盘价?"), ("价", "收盘", r"收盘价?|收市|收在|昨收"), ("价", "最高价", r"最高价"), ("价", "最低价", r"最低价"),
    ("价", "发行价", r"发行价"), ("价", "成本", r"成本"), ("价", "净值", r"净值"), ("价", "市价", r"市价(?!单)|现价"), ("价", "行权价", r"行权价"),
    ("价", "转股价", r"转股价(?!值)"), ("价", "转股价值", r"转股价值"), ("价", "溢价", r"溢价"), ("价", "折价", r"折价"),
    ("期", "日", r"每天|每日|单日|当天|日均|一天|今天"), ("期", "周", r"每周|一周"), ("期", "月", r"每月|月息|月利率|一个月"),
    ("期", "年", r"每年|年化|一年|年利率|全年|年息"), ("期", "季", r"每季|一个季度"),
    ("期", "昨", r"昨天|昨日|前一天"), ("期", "明", r"明天|次日|第二天"), ("期", "去年", r"去年"), ("期", "今年", r"今年"), ("期", "上午", r"上午"), ("期", "下午", r"下午"),
    ("单位", "股", r"每股"), ("单位", "份", r"每份"), ("单位", "手", r"每手"), ("单位", "笔", r"每笔|单笔"), ("单位", "次", r"每次|一次"), ("单位", "秒", r"每秒"),
    ("单位", "人", r"每人"), ("单位", "格", r"每格"), ("单位", "合", r"合计|累计|一共|总共|共"), ("单位", "均", r"平均|均价"), ("单位", "连", r"连续"),
    ("长短", "长", r"长期|长线"), ("长短", "短", r"短期|短线"), ("快慢", "快", r"快线|快"), ("快慢", "慢", r"慢线|慢"),
    ("轨", "上", r"上轨|上影线"), ("轨", "红", r"红柱|阳线"), ("轨", "绿", r"绿柱|阴线"), ("方", "上", r"上方"), ("方", "下", r"下方"), ("轨", "中", r"中轨"), ("轨", "下", r"下轨|下影线"),
    ("名字", "甲", r"甲"), ("名字", "乙", r"乙"), ("名字", "丙", r"丙"), ("名字", "A类", r"A\s?类"), ("名字", "C类", r"C\s?类"), ("名字", "前复权", r"前复权"), ("名字", "后复权", r"后复权"),
    ("日子", "首", r"首次|首日|头一"), ("日子", "末", r"最后交易日|最后一天"),
    ("否", "不", r"不|没有|没|无|未|免(?!费)|禁止|别"),
)  # fmt: skip
# 申购费 is a fee before 申购 is a side.
_RANK = {"": 0, "费": 1, "品种": 2}
_ORDERED = sorted(_WORDS, key=lambda word: _RANK.get(word[0], 3))
_PATTERN = re.compile("|".join(f"(?P<w{i}>{word[2]})" for i, word in enumerate(_ORDERED)))
_LATIN = re.compile(r"[A-Za-z][A-Za-z]*")
OLD = re.compile(
    r"以前(?!的?高点|的?低点|特别)|之前(?!备好|先)|此前|原来|原先|从前|过去|曾经?|当年|早先|老规定|老比例|旧规|旧的?规定|旧税率|旧标准|过时|那时|当时"
)
NOW = re.compile(r"现在|如今|目前|现行|新规|新的?规定|起执行|起实行|起施行|起(?!步|点|算|来)")
# A claim in quotation marks that the material calls wrong.
DENIED = re.compile(r"不对|不是|过时|误区|错|并非|并不|不准|不一定|不等于|谣|假")
AGREED = re.compile(r"^(?:对|是的?|没错|正确|的确|确实|嗯|好的|可以)(?=[，,。！!、；\s]|$)|没错|说得对|说对了|你说的对|是对的|的确|确实|正如你|如你所说|像你说|就是你说|完全正确|没问题")
EXAMPLE = re.compile(r"例子|例如|比如|假设|假如|如果|要是|譬如|打个比方|举例|若")
_BOUNDS: tuple[tuple[str, str], ...] = (
    ("<=", r"不[能得可许]?(?:超过|高于|多于|大于)|至多|最多|最高(?!价)|顶多|上限"),
    (">=", r"不[能得可许]?(?:低于|少于|小于)|至少|最少|最低(?!价)|起码|达到|(?<!不)(?<!未)满(?!仓)"),
    ("<", r"不满|未满|不足|不到|(?<![不能得可许])(?:少于|低于|小于)"),
    (">", r"(?<![不能得可许])(?:超过|高于|大于|多于)|超出|突破"),
)
_BOUND = re.compile("|".join(f"(?P<b{i}>{words})" for i, (_, words) in enumerate(_BOUNDS)))
_BOUND_AFTER = re.compile(r"\s*(?:元|股|天)?(?:的)?(?:(?P<up>以上|起步|起做|起(?!执|实|施|算|到|，|。|$)|或更多)|(?P<down>以下|以内|之内))")


@lru_cache(maxsize=4096)
def roles_in(text: str) -> tuple[Role, ...]:
    """Every role word of the text in reading order."""
    return tuple(_roles(text))


def _roles(text: str) -> Iterator[Role]:
    for match in _PATTERN.finditer(text):
        group, value, _ = _ORDERED[int((match.lastgroup or "w0")[1:])]
        if group:
            yield Role(group, value, match.start(), match.end())


def latin_words(text: str) -> set[str]:
    """DIF, EMA, K: names in letters, in capitals."""
    return {word.upper() for word in _LATIN.findall(text)}


def bound_of(before: str, after: str) -> str:
    """<=, >=, < or > from the words around a number ("" for none)."""
    if match := _BOUND_AFTER.match(after):
        return ">=" if match["up"] else "<="
    last = ""
    for match in _BOUND.finditer(before):
        last = _BOUNDS[int((match.lastgroup or "b0")[1:])][0]
    return last


_OPERATOR = re.compile(r"[+＋=＝<>≤≥×÷]|[−－-](?=[\s\d（(])")


@lru_cache(maxsize=4096)
def signature(text: str) -> tuple[str, ...]:
    """Every role word, bound, word of time and operator: what a near copy has to keep."""
    found = [f"{r.group}{r.value}" for r in roles_in(text) if r.value != "沪深"]
    found += [_BOUNDS[int((m.lastgroup or "b0")[1:])][0] for m in _BOUND.finditer(text)]
    found += ["up" if m["up"] else "down" for m in _BOUND_AFTER_ALL.finditer(text)]
    found += [m.group().translate(_SIGNS) for m in _OPERATOR.finditer(text)]
    return tuple(sorted(found))


_SIGNS = str.maketrans("＋＝－−", "+=--")
_BOUND_AFTER_ALL = re.compile(r"(?P<up>以上|起步|起做)|(?P<down>以下|以内|之内)")


@lru_cache(maxsize=4096)
def core_signature(text: str) -> tuple[str, ...]:
    """The role words that also a freer copy has to keep."""
    return tuple(sorted(f"{r.group}{r.value}" for r in roles_in(text) if r.group in CORE))


def bounds_in(text: str) -> set[str]:
    """Every bound that stands in the text."""
    return {_BOUNDS[int((m.lastgroup or "b0")[1:])][0] for m in _BOUND.finditer(text)}


def values(roles: Sequence[Role], group: str) -> set[str]:
    """What the role words say of a group."""
    return {role.value for role in roles if role.group == group}
