"""The fixed Chinese sentences of cards and rules: older rules, dates, how sure a fact is."""

# Before a card that is read for a day with other rules.
RULE_THEN = "{day}的规定：{title}，{value}。"
NO_RULE_THEN = "关于“{titles}”，{day}的规定没有查到，更早的没有查。"
RULE_NOW = "后来有变化，现在是这样。"
RULE_LATER = "下面说的是后来查到的规定。"

# When a rule was checked.
CHECKED_ON_DAY = "截至{day}"
CHECKED_IN_MONTH = "资料截至{year}年{month}月"
CHECKED_IN_YEAR = "资料年份{year}年"
NEVER_CHECKED = "未核到日期"
ORIGINAL_UNREAD = "未核到原文"
EARLIER_UNREAD = "以前的数字未核到原文"

# Since when a rule holds.
DATE_UNKNOWN = "日期未知"
SINCE = "{day}起"
START_UNKNOWN = "起始日没有查到"
NOT_IN_FORCE = "已经公布，还没有看到施行"
EARLIER_NOT_LOOKED_UP = "更早的没有查。"


def join_folded(folded: str) -> str:
    """Undo YAML's line folding between Chinese sentences, where no space belongs."""
    for mark in "。；！？，：":
        folded = folded.replace(f"{mark} ", mark)
    return folded.strip()
