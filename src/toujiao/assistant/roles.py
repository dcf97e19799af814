"""The words that decide what a number is said of: board, side, fee, bound, old or now, direction.

Two readings of one group exclude each other unless a text names both (主板和创业板).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from toujiao.knowledge.rulebook import load_yaml


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
MANNERS = (
    "涨跌",
    "盈亏",
    "多少",
    "升降",
    "价",
    "期",
    "单位",
    "位",
    "长短",
    "快慢",
    "名字",
    "日子",
    "轨",
    "方",
    "果",
    "否",
)
CORE = ("板", "警示", "边", "费", "涨跌", "盈亏", "轨", "名字", "方", "果")

_PATH = Path(__file__).parent / "roles.yaml"
# 超买 is not 买, a shield (买卖) neither, and 申购费 is a fee before 申购 is a side.
_FIRST = ("果", "", "费", "品种")


@cache
def _words() -> tuple[re.Pattern[str], tuple[tuple[str, str], ...]]:
    """One pattern for all role words, and what its n-th group means."""
    data = load_yaml(_PATH.read_text(encoding="utf-8"), _PATH)
    words = [("", "", pattern) for pattern in data["shields"]]
    words += [(g, str(v), p) for g, of in data["groups"].items() for v, p in of.items()]
    words.sort(key=lambda word: _FIRST.index(word[0]) if word[0] in _FIRST else len(_FIRST))
    pattern = "|".join(f"(?P<w{i}>{word[2]})" for i, word in enumerate(words))
    return re.compile(pattern), tuple((group, value) for group, value, _ in words)


_LATIN = re.compile(r"[A-Za-z][A-Za-z]*")
OLD = re.compile(
    r"以前(?!的?高点|的?低点|特别)|之前(?!备好|先)|此前|原来|原先|从前|过去|曾经?|当年|早先|老规定|老比例|旧规|旧的?规定|旧税率|旧标准|过时|那时|当时"
)
NOW = re.compile(r"现在|如今|目前|现行|新规|新的?规定|起执行|起实行|起施行|起(?!步|点|算|来)")
# A claim in quotation marks that the material calls wrong.
DENIED = re.compile(r"不对|不是|过时|误区|错|并非|并不|不准|不一定|不等于|谣|假")
AGREED = re.compile(
    r"^(?:对|是的?|没错|正确|的确|确实|嗯|好的|可以)(?=[，,。！!、；\s]|$)|没错|说得对|说对了|你说的对|是对的|的确|确实|正如你|如你所说|像你说|就是你说|完全正确|没问题"
)
EXAMPLE = re.compile(r"例子|例如|比如|假设|假如|如果|要是|譬如|打个比方|举例|若")
_BOUNDS: tuple[tuple[str, str], ...] = (
    ("<=", r"不[能得可许]?(?:超过|高于|多于|大于)|至多|最多|最高(?!价)|顶多|上限"),
    (
        ">=",
        r"不[能得可许]?(?:低于|少于|小于)|至少|最少|最低(?!价)|起码|达到|(?<!不)(?<!未)满(?!仓)",
    ),
    ("<", r"不满|未满|不足|不到|(?<![不能得可许])(?:少于|低于|小于)"),
    (">", r"(?<![不能得可许])(?:超过|高于|大于|多于)|超出|突破"),
)
_BOUND = re.compile("|".join(f"(?P<b{i}>{words})" for i, (_, words) in enumerate(_BOUNDS)))
_BOUND_AFTER = re.compile(
    r"\s*(?:元|股|天)?(?:的)?(?:(?P<up>以上|起步|起做|起(?!执|实|施|算|到|，|。|$)|或更多)|(?P<down>以下|以内|之内))"
)


@lru_cache(maxsize=4096)
def roles_in(text: str) -> tuple[Role, ...]:
    """Every role word of the text in reading order."""
    return tuple(_roles(text))


def _roles(text: str) -> Iterator[Role]:
    pattern, meanings = _words()
    for match in pattern.finditer(text):
        group, value = meanings[int((match.lastgroup or "w0")[1:])]
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
def signature(text: str) -> frozenset[str]:
    """Every role word, bound, word of time and operator: what a near copy has to keep."""
    found = [f"{r.group}{r.value}" for r in roles_in(text) if r.value != "沪深"]
    found += [_BOUNDS[int((m.lastgroup or "b0")[1:])][0] for m in _BOUND.finditer(text)]
    found += ["up" if m["up"] else "down" for m in _BOUND_AFTER_ALL.finditer(text)]
    found += [m.group().translate(_SIGNS) for m in _OPERATOR.finditer(text)]
    return _numbered(found)


_SIGNS = str.maketrans("＋＝－−", "+=--")
_BOUND_AFTER_ALL = re.compile(r"(?P<up>以上|起步|起做)|(?P<down>以下|以内|之内)")


@lru_cache(maxsize=4096)
def core_signature(text: str) -> frozenset[str]:
    """The role words that also a freer copy has to keep."""
    return _numbered([f"{r.group}{r.value}" for r in roles_in(text) if r.group in CORE])


def _numbered(words: Sequence[str]) -> frozenset[str]:
    """Words with how often each has come: 买#1, 卖#1, 买#2."""
    return frozenset(f"{word}#{words[: i + 1].count(word)}" for i, word in enumerate(words))


def bounds_in(text: str) -> set[str]:
    """Every bound that stands in the text."""
    return {_BOUNDS[int((m.lastgroup or "b0")[1:])][0] for m in _BOUND.finditer(text)}


def values(roles: Sequence[Role], group: str) -> set[str]:
    """What the role words say of a group."""
    return {role.value for role in roles if role.group == group}
