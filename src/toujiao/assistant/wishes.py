"""Whether a question that carries a sum also wants a verdict: 能买吗, 还能拿吗, 贵不贵.

The guard reads whole questions; beside a sum its patterns for forecasts (“涨到多少能赚5000”) misread
plain arithmetic. So next to a worked sum only an open wish for a verdict brings the refusal.
"""

from __future__ import annotations

import re

_ACTS = r"买|卖|入手?|上车|下车|抛|割|拿|持有|留|补|加仓|减仓|清仓|跑|进场|抄底|追|出手|止损|止盈"
_ASKED = re.compile(
    rf"(?:还|能不能|可不可以|该不该|要不要|值不值得|应不应该|可以|应该|适合|值得|(?<!才)能|该|敢)"
    rf"(?:不能|继续|再|现在|去|接着|一直)?(?P<act>{_ACTS})(?:[了着掉进]|下去|得住|住)?"
    rf"(?:吗|么|嘛|不(?!亏|赔)|呢|没|吧|[？?]|$|[，。,])"
    rf"|该不该(?P<act2>{_ACTS})|(?P<act3>{_ACTS})(?:还是|或者?)(?:{_ACTS})"
    rf"|(?P<value>贵不贵|贵吗|算不算便宜|便宜吗|便不便宜|划算吗|划不划算|值不值|高估|低估(?:了)?吗|好不好$|靠谱吗)"
)
_SELLING = re.compile(r"卖|抛|割|拿|持有|留|减仓|清仓|跑|下车|出手|止损|止盈")


def verdict_wished(question: str) -> str | None:
    """The name of the guard's reply to the wish (buy, sell, opinion), or None without one."""
    match = _ASKED.search(question)
    if match is None:
        return None
    if match["value"]:
        return "opinion"
    act = match["act"] or match["act2"] or match["act3"] or ""
    return "sell" if _SELLING.match(act) else "buy"


# Somebody's offer: without a second party a sum with 不亏 or 保本 in it is no story of a swindle.
_SECOND_PARTY = re.compile(
    r"老师|群|客服|平台|app|软件|对方|有人|网友|朋友|同事|亲戚|[他她]说|承诺|保证|包赚|稳赚|内幕|带单|带[我你]|代客|"
    r"转账|汇款|充值|提现|拉我|加我|微信|QQ|直播|会员|合同",
    re.I,
)
_ALWAYS_FIRST = ("care", "injection")


def before_a_sum(reply: str | None, is_scam: bool, question: str) -> bool:
    """Whether a reply of the guard comes before a sum: despair does, and a story of an offer."""
    return reply in _ALWAYS_FIRST or (is_scam and _SECOND_PARTY.search(question) is not None)
