"""The short answers of the store: rendered for a day, and found by the words of a question.

A crisp wrong answer is worse than a long right one, so an answer is handed out only when its
question is near enough, clearly nearer than any other answer's, and no word of the question points
to a twin (科创板 against 创业板, 买入 against 卖出).
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from toujiao.knowledge.cards import CardDeck
from toujiao.knowledge.render import fill_in
from toujiao.knowledge.search import Likeness, core_words, terms
from toujiao.records import Card, Rule, ShortAnswer
from toujiao.rules.rulebook import RuleBook
from toujiao.yaml_file import load_yaml

SAY_CHARACTERS = 60
# Likeness (0 to 1) that an answer needs, and by how much it must beat the next other answer
# (chosen on the development questions; docs/experiments.md).
NEAR_ENOUGH, MARGIN = 0.57, 0.04
# What else weighs: the kind of question, how well its card was found, and the share of the
# question's words that the answer speaks of.
KIND_WEIGHT, CARD_WEIGHT, SPOKEN_WEIGHT = 0.06, 0.10, 0.20
# “Why” asks for a reason and nothing else; a Latin name that an answer never speaks of is a sign
# that it speaks of something else.
WHY_ELSE, STRANGE_NAME = -3, 0.25
CANDIDATES = 25
# The kind of answer that the words of a question want; the first pattern that fits decides.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("why", r"为什么|为啥|为何|怎么会|凭什么|原因|怎么还|咋还|咋会|怎么老"),
        ("diff", r"区别|不同|不一样|差别|差异|还是.+(?:好|更)|哪个更|相比|和.+比"),
        ("when", r"什么时候|啥时候|何时|几号|哪天|哪一天|几点|哪年|多久|几时|截止|时间|日期"),
        (
            "howmuch",
            r"多少|几(?:个|块|成|天|倍|元|万|亿|股|手|份|家|次|年|月|只|分|毛|位)|多大|多高|多长|"
            r"百分之几|上限|下限|门槛|条件|标准|要求|最多|最少|最低|最高|幅度|比例",
        ),
        (
            "yesno",
            r"吗|是不是|能不能|可不可以|要不要|会不会|有没有|算不算|收不收|行不行|好不好|该不该|用不用|"
            r"得不得|对不对|还能|能.+不$|可以.+不$|不不$|没有?$|还是",
        ),
        ("howto", r"(?<!会)怎么|(?<!会)咋|如何|(?<!会)怎样|哪里|在哪|去哪|步骤|流程|方法|公式"),
    )
)
_EXPLAIN = re.compile(
    r"(?:是什么|是啥|是个啥|什么意思|啥意思|是什么意思|怎么回事|是什么东西|指什么|指的是什么|是干[啥什]么的|咋回事|是个?什么东西|是啥玩意儿?)[呀啊呢吗嘛的？?。！!\s]*$"
    r"|^(?:请问|请)?(?:什么是|啥是|什么叫|啥叫)|(?:解释|介绍|讲讲|说说|聊聊|科普)(?:一?下|下)?"
)
# The last two characters of the first side and of the second (“是看涨还是看跌”).
_SIDES = re.compile(
    r"([\u4e00-\u9fff]{2})还是[\u4e00-\u9fff]*?([\u4e00-\u9fff]{2})[呀啊呢的用吗嘛？?。\s]*$"
)
_NUMBER = re.compile(r"\{\{.*?\}\}")
# Amounts and lengths of time that a question brings along: an answer with others would be an answer
# to another sum.
_NUMERAL = r"(?:\d+(?:\.\d+)?|(?!一[^一二两三四五六七八九十百千半])[一二两三四五六七八九十百千半]+)"
_AMOUNT = re.compile(_NUMERAL + "(?= ?(?:元|块|万|亿|%|个点|成|倍|股|手))")
_LENGTH = re.compile(_NUMERAL + "(?= ?(?:个月|天))")
_TWINS = Path(__file__).parent / "twins.yaml"


@dataclass(frozen=True)
class Owned:
    """An answer and where it stands: on a card or on a rule."""

    answer: ShortAnswer
    owner: Card | Rule

    @property
    def on_card(self) -> bool:
        return isinstance(self.owner, Card)


@dataclass(frozen=True)
class Found:
    """An answer that fits a question, how near it is, and how far the next other one lies."""

    owned: Owned
    score: float
    margin: float


@dataclass(frozen=True)
class Spoken:
    """An answer rendered for a day, with the ids of the rules that it states."""

    say: str
    then: str
    rules: tuple[str, ...]

    @property
    def text(self) -> str:
        return f"{self.say}{self.then}"


def all_answers(deck: CardDeck, rules: RuleBook) -> Iterator[Owned]:
    """Every answer of the cards, then of the rules."""
    for card in deck:
        for answer in card.header.answers:
            yield Owned(answer, card)
    for rule in rules:
        for answer in rule.answers:
            yield Owned(answer, rule)


def render_answer(owned: Owned, rules: RuleBook, day: dt.date) -> Spoken:
    """The answer with the numbers of `day`. Errors in a template name the file or the rule."""
    where = owned.owner.path if isinstance(owned.owner, Card) else f"规则 {owned.owner.id}"
    used: dict[str, None] = {}
    say = fill_in(owned.answer.say, where, rules, day, used)
    then = fill_in(owned.answer.then or "", where, rules, day, used)
    if isinstance(owned.owner, Rule):
        used[owned.owner.id] = None
    return Spoken(_ended(say), _ended(then), tuple(used))


def _ended(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in "。！？”）" else f"{text}。"


class AnswerIndex:
    """Finds the one answer that a question asks for, or none."""

    def __init__(self, answers: Iterable[Owned], cards: Iterable[Card] = ()) -> None:
        self._answers = list(answers)
        asks = [(i, ask) for i, owned in enumerate(self._answers) for ask in owned.answer.ask]
        self._likeness = Likeness(asks, len(self._answers)) if asks else None
        self._asked: dict[str, int] = {letters_of(ask): i for i, ask in asks}
        self._about = [tuple(_words(words) for words in o.answer.about) for o in self._answers]
        stating: dict[str, list[str]] = defaultdict(list)
        for card in cards:
            for rule in card.header.rules:
                stating[rule].append(card.id)
        self._cards_of = [
            [o.owner.id] if o.on_card else [o.owner.id, *stating[o.owner.id]] for o in self._answers
        ]
        self._spoken = [_spoken(o) for o in self._answers]
        self._own_words = ["".join([*o.answer.ask, *o.answer.about]) for o in self._answers]

    def __len__(self) -> int:
        return len(self._answers)

    def find(self, question: str, found_cards: Mapping[str, float] | None = None) -> Found | None:
        """The answer whose question this is, near enough and clear of every other; else None.

        A question that only asks what a thing is gets the card, unless it stands there to the
        letter. `found_cards` says how well the search found each card (0 to 1).
        """
        same = self._asked.get(letters_of(question))
        if self._likeness is None or (same is None and _EXPLAIN.search(question)):
            return None
        query = set(terms(core_words(question)))
        likeness = self._likeness.scores(query)
        scores = np.zeros(len(likeness))
        near = [int(i) for i in np.argsort(-likeness)[:CANDIDATES] if likeness[i] > 0]
        for i in near:
            scores[i] = likeness[i] + self._further(i, question, query, found_cards or {})
        if same is not None:
            scores[same] = 2.0
        allowed = [
            i
            for i in np.argsort(-scores)[:CANDIDATES]
            if scores[i] > 0 and self._allowed(i, question)
        ]
        if not allowed:
            return None
        best = int(allowed[0])
        rest = [float(scores[i]) for i in allowed[1:] if not self._same(best, int(i))]
        margin = float(scores[best]) - max(rest, default=0.0)
        if best != same and (scores[best] < NEAR_ENOUGH or margin < MARGIN):
            return None
        score = 1.0 if best == same else float(likeness[best])
        return Found(self._answers[best], score, margin)

    def _further(
        self, i: int, question: str, query: set[str], found_cards: Mapping[str, float]
    ) -> float:
        """What speaks for an answer beside the likeness of its question."""
        assert self._likeness is not None
        kind = kind_of(question)
        own = self._answers[i].answer.kind
        fits = 0 if kind is None else 1 if kind == own else -1
        if "why" in (kind, own) and kind != own:
            fits = WHY_ELSE
        card = max((found_cards.get(c, 0.0) for c in self._cards_of[i]), default=0.0)
        spoken = self._likeness.covered(query, self._spoken[i])
        strange = any(word.isascii() and word[0].isalpha() for word in query - self._spoken[i])
        return (
            KIND_WEIGHT * fits
            + CARD_WEIGHT * card
            + SPOKEN_WEIGHT * spoken
            - STRANGE_NAME * strange
        )

    def _allowed(self, i: int, question: str) -> bool:
        """Whether its `about` words stand in the question and no word names a twin of it."""
        if not all(words.search(question) for words in self._about[i]):
            return False
        answer = self._answers[i].answer
        if not _decides(question, answer.say):
            return False
        if not _same_amounts(question, answer):
            return False
        return not any(group.points_elsewhere(question, self._own_words[i]) for group in twins())

    def _same(self, one: int, other: int) -> bool:
        """Whether either may be given: the same words, or the same numbers of the same owner."""
        a, b = self._answers[one], self._answers[other]
        if a.answer.say == b.answer.say:
            return True
        numbers = set(_NUMBER.findall(a.answer.say))
        return (
            a.owner is b.owner and bool(numbers) and numbers == set(_NUMBER.findall(b.answer.say))
        )


def _same_amounts(question: str, answer: ShortAnswer) -> bool:
    """Whether the answer works with the question's amounts, and with none where it brings none."""
    said = " ".join([*answer.ask, *answer.about, answer.say, answer.then or ""])
    for kind in (_AMOUNT, _LENGTH):
        if not set(kind.findall(question)) <= set(kind.findall(said)):
            return False
    example = all(_AMOUNT.search(ask) for ask in answer.ask)
    return _AMOUNT.search(question) is not None or not example


def _decides(question: str, say: str) -> bool:
    """Whether the answer names one side of “甲还是乙”; true where the question has no sides."""
    sides = _SIDES.search(question)
    return sides is None or any(side in say for side in sides.groups())


def kind_of(question: str) -> str | None:
    """The kind of answer that the question wants, None where its words do not tell."""
    return next((kind for kind, words in _KINDS if words.search(question)), None)


def _spoken(owned: Owned) -> set[str]:
    """The words of an answer, of its questions and of the title it stands under."""
    answer, owner = owned.answer, owned.owner
    title = owner.header.title if isinstance(owner, Card) else owner.title
    names = owner.header.aliases if isinstance(owner, Card) else ()
    words = [title, *names, *answer.ask, *answer.about, answer.say, answer.then or ""]
    return set(terms(core_words(" ".join(words).replace("|", " "))))


def letters_of(text: str) -> str:
    """What makes two questions the same: their letters, without spaces and punctuation."""
    return re.sub(r"[\s？?。，,！!、]", "", text).lower()


def _words(words: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words.split("|"))), re.IGNORECASE)


@dataclass(frozen=True)
class Twins:
    """Words of which one excludes the others: a name each, with its spellings."""

    members: tuple[re.Pattern[str], ...]

    def points_elsewhere(self, question: str, own: str) -> bool:
        """The question names a member that the answer never does, while it does name another."""
        named = [member for member in self.members if member.search(question)]
        if not named:
            return False
        return not any(member.search(own) for member in named) and any(
            member.search(own) for member in self.members
        )


@cache
def twins() -> Sequence[Twins]:
    """The groups of `twins.yaml`."""
    groups = load_yaml(_TWINS.read_text(encoding="utf-8"), _TWINS)
    return [Twins(tuple(re.compile(member, re.IGNORECASE) for member in group)) for group in groups]
