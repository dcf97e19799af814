"""The Chinese sentences that lead a card when it is read for a day with older rules."""

RULE_THEN = "{day}的规定：{title}，{value}。"
NO_RULE_THEN = "{day}关于“{titles}”，还没有规定，或者没有查到当时的规定。"
RULE_NOW = "后来有变化，现在是这样。"
