"""Cards, rules and calculators -> chat rows in the exact format that the assistant uses.

Each row is {"messages": [...], "meta": {...}}: explanations with retrieved distractors, follow-ups,
“资料里没有”, advice refusals, calculations. `meta` says the kind, the card and the split.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toujiao.assistant import texts
from toujiao.assistant.calculate import calculate
from toujiao.assistant.compose import compose, intent_of
from toujiao.assistant.guard import guard_of
from toujiao.assistant.prompt import Message, build_messages
from toujiao.assistant.retrieve import is_confident
from toujiao.calculators.forms.form import Calculation
from toujiao.dataset.seeds import Seeds, everyday_questions, read_seeds
from toujiao.files import Row
from toujiao.knowledge.knowledge import Knowledge
from toujiao.knowledge.render import RenderedCard
from toujiao.rules.in_use import using

# One card in this many is kept out of training whole; of the others, one question in this many.
HELD_OUT_CARD = 12
HELD_OUT_QUESTION = 8
DISTRACTORS = (0, 1, 1, 2)


@dataclass(frozen=True)
class Material:
    """Everything that rows are made from, rendered for one day."""

    knowledge: Knowledge
    rendered: dict[str, RenderedCard]
    day: dt.date

    def prompt(
        self,
        question: str,
        cards: Sequence[RenderedCard],
        extra: Sequence[str] = (),
        history: Sequence[Message] = (),
    ) -> list[Message]:
        """The messages that a model is shown with this question and these cards."""
        system = self.knowledge.system_prompt
        return build_messages(question, cards, system, extra=extra, history=history)


def gather(knowledge: Knowledge, day: dt.date) -> Material:
    """Render all cards for `day`."""
    rendered = {card.id: knowledge.render(card.id, day) for card in knowledge.cards}
    return Material(knowledge, rendered, day)


def make_rows(material: Material, seed: int) -> Iterator[Row]:
    """All rows, each marked in meta["split"] as train, question (unseen) or card (unseen).

    Refusals come from the seeds of the knowledge, sums are made only where it has spoken sums.
    """
    rng = random.Random(seed)
    seeds = read_seeds(material.knowledge)
    yield from _explanations(material, rng)
    if seeds is None:
        yield from _own_unknowns(material, rng)
    else:
        yield from _unknowns(material, seeds, rng)
        yield from _refusals(material, seeds, rng)
    if material.knowledge.profile.sums:
        yield from _calculations(material, rng)


def split_of(position: int, question_position: int) -> str:
    """Which split a card's question belongs to, by their positions (stable across builds)."""
    if position % HELD_OUT_CARD == HELD_OUT_CARD - 1:
        return "card"
    if (question_position + position) % HELD_OUT_QUESTION == 0:
        return "question"
    return "train"


def _row(messages: list[Message], answer: str, **meta: object) -> Row:
    return {"messages": [*messages, {"role": "assistant", "content": answer}], "meta": meta}


def _explanations(material: Material, rng: random.Random) -> Iterator[Row]:
    """Every question of every card, with the cards that retrieval would add as distractors."""
    for position, card in enumerate(material.knowledge.cards):
        rendered = material.rendered[card.id]
        for number, question in enumerate(card.header.questions):
            cards = [rendered, *_distractors(question, card.id, material, rng)]
            messages = material.prompt(question, cards, history=_history(card.id, material, rng))
            answer = compose(rendered, intent_of(question))
            split = split_of(position, number)
            yield _row(messages, answer, kind="answer", card=card.id, split=split)


def _distractors(
    question: str, card_id: str, material: Material, rng: random.Random
) -> list[RenderedCard]:
    hits = [hit.card.id for hit in material.knowledge.index.search(question, 4)]
    others = [i for i in hits if i != card_id]
    return [material.rendered[i] for i in others[: rng.choice(DISTRACTORS)]]


def _history(card_id: str, material: Material, rng: random.Random) -> list[Message]:
    """For one row in eight a turn about a related card comes before (a follow-up question).

    Only questions of the training split: the turn before is trained too.
    """
    if rng.random() > 0.125:
        return []
    deck = material.knowledge.cards
    positions = {card.id: position for position, card in enumerate(deck)}
    asked = [
        (related, question)
        for related in deck.get(card_id).header.related
        if related in positions
        for number, question in enumerate(deck.get(related).header.questions)
        if split_of(positions[related], number) == "train"
    ]
    if not asked:
        return []
    other, question = rng.choice(asked)
    answer = compose(material.rendered[other], intent_of(question))
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def _unknowns(material: Material, seeds: Seeds, rng: random.Random) -> Iterator[Row]:
    """Questions that no card covers: nothing found, or only cards about something else."""
    cards = list(material.rendered.values())
    answer = material.knowledge.text("unknown")
    for number, question in enumerate(seeds.unknown):
        split = "question" if number % HELD_OUT_QUESTION == 0 else "train"
        for found in ([], rng.sample(cards, k=1), rng.sample(cards, k=2)):
            yield _row(material.prompt(question, found), answer, kind="unknown", split=split)


def _own_unknowns(material: Material, rng: random.Random) -> Iterator[Row]:
    """For knowledge without seeds: as many rows as it has cards, twice.

    Half are everyday questions that its cards do not cover; half are its own questions, asked with
    the wrong cards at hand.
    """
    cards, answer = list(material.knowledge.cards), material.knowledge.text("unknown")
    for number, question in enumerate(_everyday(material)[: len(cards)]):
        split = "question" if number % HELD_OUT_QUESTION == 0 else "train"
        found = rng.sample(list(material.rendered.values()), k=min(number % 3, len(cards)))
        yield _row(material.prompt(question, found), answer, kind="unknown", split=split)
    for position, card in enumerate(cards):
        near = {card.id, *card.header.related}
        others = [material.rendered[other.id] for other in cards if other.id not in near]
        number = position % len(card.header.questions)
        if others:
            messages = material.prompt(card.header.questions[number], rng.sample(others, k=1))
            yield _row(messages, answer, kind="unknown", split=split_of(position, number))


def _everyday(material: Material) -> list[str]:
    """The everyday questions that no card of the knowledge covers."""
    index = material.knowledge.index
    found = ((question, index.search(question, 1)) for question in everyday_questions())
    return [question for question, hits in found if not (hits and is_confident(hits[0]))]


def _refusals(material: Material, seeds: Seeds, rng: random.Random) -> Iterator[Row]:
    """Advice requests, with and without cards at hand; the target is the guard's own refusal."""
    cards = list(material.rendered.values())
    guard = guard_of(material.knowledge)
    for number, question in enumerate(seeds.advice):
        verdict = guard.judge(question)
        if verdict is None:
            continue
        split = "question" if number % HELD_OUT_QUESTION == 0 else "train"
        found = [] if number % 2 else rng.sample(cards, k=1)
        messages = material.prompt(question, found)
        yield _row(messages, verdict.text, kind=str(verdict.kind), split=split)


def _calculations(material: Material, rng: random.Random) -> Iterator[Row]:
    """Generated sums: the calculator's steps are handed over and said again."""
    for number, question in enumerate(dict.fromkeys(_sums(rng))):
        with using(material.knowledge.rules):
            result = calculate(question, material.day)
        if not isinstance(result, Calculation):
            continue
        block = calculation_block(result.title, result.steps)
        answer = "\n".join([texts.text("calculation_lead"), *result.steps])
        split = "question" if number % HELD_OUT_QUESTION == 0 else "train"
        messages = material.prompt(question, [], extra=[block])
        yield _row(messages, answer, kind="calculation", split=split)


def calculation_block(title: str, steps: Sequence[str]) -> str:
    """A calculator's result as material."""
    return "\n".join([f"【{title}】", *steps])


def _sums(rng: random.Random) -> Iterator[str]:
    for _ in range(20):
        buy, shares = rng.randint(5, 60), 100 * rng.randint(1, 40)
        yield f"{buy}元买入{shares}股，{buy + rng.randint(1, 5)}元卖出，手续费一共多少？"
        yield f"昨天收盘{rng.randint(200, 6000) / 100}元的主板股票，今天涨停价是多少？"
        yield f"亏了{rng.randint(5, 80)}%，要涨多少才能回本？"
        yield f"本金{rng.randint(1, 50)}万元，年化{rng.randint(2, 8)}%，复利{rng.randint(3, 30)}年后有多少？"
        yield f"每月定投{100 * rng.randint(5, 30)}元，年化{rng.randint(2, 8)}%，{rng.randint(3, 20)}年后有多少？"
        yield f"股价{rng.randint(8, 90)}元，每股收益{rng.randint(1, 5)}元，市盈率是多少？"
