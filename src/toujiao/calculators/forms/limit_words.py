"""The words of questions about price limits: what asks for one, and what asks for something else."""

from __future__ import annotations

YESTERDAY = (
    r"(?:昨[天日]?|前一?[天日]|前一?个?交易日|前|上一?个?交易日|"
    r"上周[一二三四五]|头天|登记日)"
    r"(?:这只股票?|股票|它|的)?(?:收盘?的?(?:价格?|点位)?|股价|价格|的?盘|收)?"
)
# 涨停价11元 is no close; 涨停价多少 asks for one.
_ASKED = r"(?!是?多少|是?几|怎|咋|算|[和跟、及]|各|分别|呢)"
NOT_CLOSE = (
    rf"[涨跌]停板?的?价格?{_ASKED}|开盘价?|今开|高开|低开|最[高低]价|"
    rf"参考价{_ASKED}|配股?价|目标价|止[盈损]价?|净资产|每股收益|成本价?|买入?价|"
    rf"买的?|建仓价?|均价"
)
# 新股 and other kinds have limits of their own; fees, loans and funds are other sums.
OTHER_KINDS = (
    r"新股|首日|上市(?:前|后|头|首|第|不到)|刚上市|刚刚上市|次新|转债|ETF|LOF|"
    r"REIT|基金|港股|H股|美股|期货|期权|B股|"
    r"退市整理|指数|大盘|沪指|上证(?!主板)|深成指|创业板指|科创50|北证50|"
    r"逆回购|恢复上市|重新上市|(?<!不算)(?<!不计)(?<!不含)(?<!不考虑)手续费|"
    r"佣金|印花税|过户费|"
    r"市盈率|市净率|融资|天地板|地天板|炸板|回撤|定投|中签|打新|发行价"
)
# A date that was read is blank in the text: 明天 is two blanks.
THEN = r"再|又|接着|然后|第二天|次日|隔天|紧接着|\s\s"
# 涨停收11元 tells how the day closed; 涨停价 is a price.
DONE = r"(?!价|[^，。]{0,3}收)"
NUMBER = r"[\d一二两三四五六七八九十]+"
STOP = r"(?:涨停|跌停)"
# Two or more days: never computed as one.
MANY = (
    rf"第(?!一){NUMBER}(?:个|天|次|板)|连续|连着|连板|连涨|连跌|连吃|连拉|接连|"
    rf"一连|{NUMBER}连|"
    rf"(?<![第\d一二两三四五六七八九十])(?!一|1(?!\d)){NUMBER}(?:个|天|次|"
    rf"日)[^，。]{{0,4}}(?:涨停|跌停|板)|"
    rf"{STOP}了?[^，。价]{{0,3}}(?!一|1(?!\d)){NUMBER}(?:个|天|次|日|回)|"
    rf"[又再][^，。]{{0,3}}{STOP}|(?:都|均|皆|天天|每天|各){STOP}|(?:继续|也|还是){STOP}(?!价)|"
    rf"{STOP}{DONE}.{{0,12}}(?:{THEN}).{{0,8}}{STOP}|"
    rf"{STOP}之?后.{{0,2}}{STOP}(?!后)|"
    rf"{STOP}了?[，,]?\s*(?:再|明天|后天|次日|第二天|隔天)"
)
_TODAY = r"今天|今日|今儿|当[天日]|一[天日]|昨|前收|收盘|明"
LIMIT = (
    rf"{STOP}|涨跌停|(?=.*(?:{_TODAY})).*(?:最高|最多|最低|顶多|至多|"
    rf"最大)[^，。]{{0,8}}(?:[涨跌]|能?到|价)|涨跌幅?(?:范围|区间)"
)
# The other way round: from a limit price back to the close.
BACKWARDS = r"(?:昨收|收盘|前收|昨天收)(?:盘价?|价)?(?:是|为|在)?(?:多少|几)"
PROFIT = r"赚|亏|赔|损失|市值|值多少|变成多少|缩水|盈利|收益|少了?多少钱|多了?多少钱"
GAP = (
    r"(?:离|距离?|到|差|够).{0,5}[涨跌]停|[涨跌]停.{0,8}(?:还差|还有|差多少|"
    r"空间|多远|距离)|还能?可?以?[涨跌]多少|还有多少空间"
)
