"""Generated reading exercises for training the tiny base from scratch.

Reads the rendered cards; yields chat documents whose answers can all be found in their own
material: recite a card, pick out a section, copy numbers that were changed, copy from mixed cards.
It teaches reading and copying. How to behave as an assistant is left to the LoRA adapter.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from toujiao.assistant.prompt import card_block, one_line, user_message
from toujiao.files import write_lines, write_rows
from toujiao.folders import EXERCISES, VOCABULARY
from toujiao.knowledge.knowledge import Knowledge
from toujiao.knowledge.render import RenderedCard

_DIGITS = re.compile(r"\d+")
_SENTENCE = re.compile(r"[^。！？；]+[。！？；”]*")
# (share of documents, kind of material)
MIXTURE = (("card", 0.5), ("numbers", 0.2), ("mixed", 0.2), ("characters", 0.1))
ASK_SUMMARY = ("{t}：第一句话", "复述{t}的第一句话", "{t}，一句话")
ASK_SECTION = ("{t}：{s}", "复述{t}的{s}", "{t}的{s}")
ASK_SEVERAL = ("{t}：{s}", "依次复述{t}的{s}")
ASK_ALL = ("{t}：全文", "复述{t}的全文")


@dataclass(frozen=True)
class Vocabulary:
    """Common Chinese characters, for exercises with text that cannot be known by heart."""

    characters: str

    @staticmethod
    def common() -> Vocabulary:
        """The 3,755 level-1 characters of GB 2312, the ones in daily use."""
        rows = (bytes([high, low]) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
        text = "".join(pair.decode("gb2312", errors="ignore") for pair in rows)
        return Vocabulary(text)


def write_exercises(knowledge: Knowledge, folder: Path, count: int, seed: int) -> None:
    """Write exercises.jsonl (`count` documents) and vocabulary.txt (text for the tokenizer)."""
    deck, rules = knowledge.cards, knowledge.rules
    cards = [knowledge.render(card.id) for card in deck]
    write_rows(folder / EXERCISES, documents(cards, count, seed, knowledge.system_prompt))
    texts = [card.markdown for card in cards]
    texts += [question for card in deck for question in card.header.questions]
    texts += [version.value for rule in rules for version in rule.versions]
    write_lines(folder / VOCABULARY, [*texts * 3, *Vocabulary.common().characters * 4])


def documents(
    cards: Sequence[RenderedCard], count: int, seed: int, system: str
) -> Iterator[dict[str, Any]]:
    """`count` documents: {"messages": [...], "learn": "all" | "answer"}.

    "all" means that the material itself is worth learning (a true card), "answer" that only the
    answer is (its material was changed or made up).
    """
    rng = random.Random(seed)
    vocabulary = Vocabulary.common()
    kinds = [kind for kind, _ in MIXTURE]
    weights = [share for _, share in MIXTURE]
    for _ in range(count):
        kind = rng.choices(kinds, weights)[0]
        card = _material(kind, cards, vocabulary, rng)
        others = rng.sample(list(cards), k=rng.choice((0, 1, 1, 2)))
        blocks = [card_block(card, full=True)]
        blocks += [card_block(other, full=False) for other in others if other.id != card.id]
        question, answer = _exercise(card, rng)
        yield {
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": user_message(question, blocks)},
                {"role": "assistant", "content": answer},
            ],
            "learn": "all" if kind == "card" else "answer",
        }


def _material(
    kind: str, cards: Sequence[RenderedCard], vocabulary: Vocabulary, rng: random.Random
) -> RenderedCard:
    card = rng.choice(cards)
    if kind == "numbers":
        return change_numbers(card, rng)
    if kind == "mixed":
        return change_numbers(_mix(card, cards, rng), rng)
    if kind == "characters":
        return _random_card(card, vocabulary, rng)
    return card


def change_numbers(card: RenderedCard, rng: random.Random) -> RenderedCard:
    """The card with every number replaced (the same one always by the same other one)."""
    replaced: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        digits = match.group()
        if digits not in replaced:
            first = rng.choice("123456789")
            replaced[digits] = first + "".join(rng.choices("0123456789", k=len(digits) - 1))
        return replaced[digits]

    return replace(
        card,
        summary=_DIGITS.sub(other, card.summary),
        sections=tuple((name, _DIGITS.sub(other, text)) for name, text in card.sections),
    )


def _mix(card: RenderedCard, cards: Sequence[RenderedCard], rng: random.Random) -> RenderedCard:
    """A card whose sections (and their sentences) come from several cards."""
    donors = rng.sample(list(cards), k=3)
    sections = []
    for name, text in card.sections:
        donor = rng.choice(donors)
        source = rng.choice(donor.sections)[1] if rng.random() < 0.7 else text
        sentences = _SENTENCE.findall(one_line(source))
        rng.shuffle(sentences)
        sections.append((name, "".join(sentences[: rng.randint(1, 4)]) or source))
    return replace(card, summary=rng.choice(donors).summary, sections=tuple(sections))


def _random_card(card: RenderedCard, vocabulary: Vocabulary, rng: random.Random) -> RenderedCard:
    """A card of random characters: it can only be copied, never remembered."""

    def words(low: int, high: int) -> str:
        return "".join(rng.choices(vocabulary.characters, k=rng.randint(low, high)))

    names = [name for name, _ in card.sections][: rng.randint(1, 3)]
    return replace(
        card,
        title=words(2, 4),
        summary=f"{words(5, 14)}。",
        sections=tuple((name, f"{words(6, 16)}。") for name in names),
    )


def _exercise(card: RenderedCard, rng: random.Random) -> tuple[str, str]:
    """(instruction, answer): the first sentence, one section, several sections or everything."""
    labelled = [(name, f"{name}：{one_line(text)}") for name, text in card.sections]
    choice = rng.random()
    if choice < 0.2:
        return rng.choice(ASK_SUMMARY).format(t=card.title), one_line(card.summary)
    if choice < 0.5:
        name, text = rng.choice(labelled)
        return rng.choice(ASK_SECTION).format(t=card.title, s=name), text
    if choice < 0.75:
        chosen = rng.sample(labelled, k=rng.randint(1, len(labelled)))
        names = "、".join(["第一句话", *(name for name, _ in chosen)])
        answer = "\n\n".join([one_line(card.summary), *(text for _, text in chosen)])
        return rng.choice(ASK_SEVERAL).format(t=card.title, s=names), answer
    answer = "\n\n".join([one_line(card.summary), *(text for _, text in labelled)])
    return rng.choice(ASK_ALL).format(t=card.title), answer
