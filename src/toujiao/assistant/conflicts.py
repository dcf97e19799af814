"""Whether a figure that is said and one of the material can be the same statement."""

from __future__ import annotations

import re
from functools import lru_cache

from toujiao.assistant import roles
from toujiao.assistant.figure import TIME
from toujiao.assistant.spots import SUBJECT_GROUPS, Spot

# The head of a card may stand for these: they need not be said again.
_OF_HEAD = ("费", "品种", "人")
_LIMIT = re.compile(r"涨跌幅|涨停|跌停|限\s*$|上限|幅度")
_NORM = re.compile(r"规定|必须|法定|正规|标准|应该|最好|一律|统一|官方|法律")
_REST = re.compile(r"其他|其余|别的")
_LAW = re.compile(r"施行|执行|实行|实施|生效|调整|下调|修订|改")

# What a time in a range follows and what it is followed by: 15:05 到 15:30, 15:05–15:30.
_ENDS_A_RANGE = re.compile(r"\d[:：]\d\d\s*(?:到|至|[–—~～-])\s*$")
_OPENS_A_RANGE = re.compile(r"\s*(?:到|至|[–—~～-])\s*\d{1,2}[:：]\d\d")


def conflict(said: Spot, fact: Spot, head: str) -> str:
    """Why the two cannot be the same statement; "" when they can."""
    for check in (
        _time_conflict,
        _claim_conflict,
        _bound_conflict,
        _subject_conflict,
        _manner_conflict,
    ):
        if reason := check(said, fact, head):
            return reason
    return ""


def _time_conflict(said: Spot, fact: Spot, head: str) -> str:
    if said.old != fact.old:
        return "old and new are mixed up"
    if said.when == fact.when:
        return ""
    if said.figure.kind == TIME and said.when in ("起", "止"):
        ends = _ENDS_A_RANGE.search(fact.sentence[: fact.figure.start]) is not None
        opens = _OPENS_A_RANGE.match(fact.sentence, fact.figure.end) is not None
        if (ends and said.when == "起") or (opens and said.when == "止"):
            return "the ends of a range are mixed up"
    if said.figure.kind == TIME:
        vague = not fact.when or (fact.when == "起" and not said.when)
        return "" if vague else "before and after are mixed up"
    if {said.when, fact.when} == {"", "起"}:
        lawful = said.when == "" or _LAW.search(fact.sentence)
        return "" if lawful else "no day from which something holds"
    return "before and after are mixed up"


def _claim_conflict(said: Spot, fact: Spot, head: str) -> str:
    if fact.quoted and not (said.quoted or roles.DENIED.search(said.sentence)):
        return "a claim is said as a fact"
    if set(_NORM.findall(said.sentence)) - set(_NORM.findall(fact.near)):
        return "an example is said as a rule"
    if _REST.search(said.clause) and not _REST.search(fact.clause):
        return "said of the others"
    if not fact.example or said.example:
        return ""
    known = (*fact.others, *fact.around)
    if any(other.fits(one) for other in said.others for one in known):
        return ""
    return "an example is said as a rule"


def _bound_conflict(said: Spot, fact: Spot, head: str) -> str:
    if said.bound == fact.bound:
        return ""
    if not fact.bound and fact.old and said.bound in roles.bounds_in(fact.sentence):
        return ""  # 现在最低 100%，之前是 80%
    if not fact.bound and said.bound == "<=" and _LIMIT.search(fact.clause):
        return ""
    if not said.bound and fact.bound == "<=" and _LIMIT.search(said.clause):
        return ""
    return f"{said.bound or '='} instead of {fact.bound or '='}"


def _subject_conflict(said: Spot, fact: Spot, head: str) -> str:
    for group in SUBJECT_GROUPS:
        one, one_far = said.subjects.get(group, (frozenset[str](), 9))
        other, other_far = fact.subjects.get(group, (frozenset[str](), 9))
        if group == "所":
            one, other = one - {"沪深"}, other - {"沪深"}
        names_another = other_far == 0 < one_far and _names_subject(said)
        if one and other and _within(one, other, said) and not names_another:
            continue
        if one and (one_far < 2 or other_far < 2) and (other or one_far < 2):
            return f"{'/'.join(sorted(one))} instead of {'/'.join(sorted(other)) or 'nothing'}"
        if other and other_far < 2 and not (group in _OF_HEAD and other & _in_head(head, group)):
            return f"does not say {'/'.join(sorted(other))}"
    return ""


def _within(one: frozenset[str], other: frozenset[str], said: Spot) -> bool:
    """Whether the subject is one of the fact's; of a total, all have to be named."""
    return one == other if "合" in said.manners.get("单位", ()) else one <= other


def _names_subject(said: Spot) -> bool:
    """Whether a board or a kind of paper stands beside the figure: then all that matters has to."""
    return any(said.subjects.get(group, ((), 9))[1] == 0 for group in ("板", "品种", "所"))


@lru_cache(maxsize=1024)
def _in_head(head: str, group: str) -> set[str]:
    return roles.values(roles.roles_in(head), group)


def _manner_conflict(said: Spot, fact: Spot, head: str) -> str:
    nearby = roles.roles_in(fact.near)
    for group in set(said.manners) | set(fact.manners):
        one, other = said.manners.get(group, frozenset()), fact.manners.get(group, frozenset())
        if one and other and not one & other:
            return f"{'/'.join(sorted(one))} instead of {'/'.join(sorted(other))}"
        if one and not other and not one <= roles.values(nearby, group):
            return f"adds {'/'.join(sorted(one))}"
        if group == "否" and bool(one) != bool(other):
            return "a negation is added or lost"
    names = roles.latin_words(said.left)
    known = roles.latin_words(fact.near) | roles.latin_words(head)
    return f"names {'/'.join(sorted(names - known))}" if names - known else ""
