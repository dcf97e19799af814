"""Questions that want a sum but give no number of it: “涨停价是多少啊”, “打新我能申购多少股”.

They are asked for what is missing. Questions of terms (“涨停价是什么”, “涨停价怎么算”) are none: only
these whole sentences count, never a word in them.
"""

from __future__ import annotations

import re

_START = (
    r"^\s*(?:请问|那|你?帮我?|给我|算一?下|看一?下|想知道|我想|我|这只|这个|这支|那只|今天|明天|今日|明日|今儿|"
    r"它|的|持有|手里|买的?|股票?|票|一下|[，,\s])*"
)
_END = r"[啊呀呢吧哦嘛吗了的？?。！!\s]*$"
_MUCH = r"(?:是|会是|为|等于|能到|应该是|大概)?(?:多少|几)(?:钱|元|块钱?)?"
_STOP = r"(?:涨停|跌停|涨跌停)"
_NUMBER = r"[\d一二两三四五六七八九十]+"
_PERIOD = (
    r"(?:周期|参数|N)(?:是|为|取|用|[=＝:：])?\s*\d+[天日]?|\d+[天日]的?|[二三五六十]+[天日]的?"
)
# (whole sentence, the form that it wants)
BLANK: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I), name)
    for pattern, name in (
        (rf"{_START}{_STOP}板?(?:的)?价格?{_MUCH}{_END}", "price_limit"),
        # The plan is known, the close is not.
        (
            rf"^[^？?。]*(?:派|送|转|配)[^？?。]*(?:除权|除息)[^？?。]*{_STOP}板?价?格?{_MUCH}{_END}",
            "price_limit",
        ),
        (
            rf"{_START}(?:连续?|连着)?(?:{_NUMBER}个?(?:连板|{_STOP})|{_STOP}{_NUMBER}[天个次]|连板{_NUMBER}[天个次])"
            rf"[了之以]?后?[，,]?(?:的)?(?:股价|价格|价|股票)?{_MUCH}{_END}",
            "limit_chain",
        ),
        (
            rf"{_START}(?:打新|新股)[，,]?(?:我)?(?:最多)?(?:能|可以|可|够)(?:打|申购|买|申请)?{_MUCH}(?:股|只|签)?{_END}|"
            rf"{_START}(?:能|可以)(?:打|申购){_MUCH}股?新股{_END}|{_START}(?:打新|新股申购|申购)额度{_MUCH}{_END}",
            "subscription_quota",
        ),
        (
            rf"{_START}(?:{_PERIOD})[，,]?的?RSI值?{_MUCH}{_END}|"
            rf"{_START}RSI值?{_MUCH}[，,]?(?:{_PERIOD}){_END}",
            "rsi",
        ),
    )
)


def blank_form(text: str) -> str | None:
    """The name of the form that a question without its numbers wants."""
    for pattern, name in BLANK:
        if pattern.search(text):
            return name
    return None
