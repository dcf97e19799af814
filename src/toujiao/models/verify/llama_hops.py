"""What llama.cpp says at the reference's places, with few requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from toujiao.models.verify.comparison import Observed
from toujiao.models.verify.exam import Exam, Item
from toujiao.models.verify.llama_engine import LlamaEngine


@dataclass
class _Walk:
    """What a hop says at the places of an answer, gathered piece by piece."""

    item: Item
    next_tokens: list[int] = field(default_factory=list)
    scores: list[dict[int, float]] = field(default_factory=list)

    def left(self) -> int:
        return len(self.item.answer) - len(self.next_tokens)

    def take(self, tokens: list[int], scores: list[dict[int, float]]) -> bool:
        """Take a continuation as far as its context is the answer's; whether all of it was."""
        for token, score in zip(tokens, scores, strict=True):
            expected = self.item.answer[len(self.next_tokens)]
            self.next_tokens.append(token)
            self.scores.append(score)
            if token != expected or not self.left():
                return token == expected
        return True


def observe(engine: LlamaEngine, exam: Exam) -> Iterator[Observed]:
    """Ask one engine about every item."""
    for item in exam.items:
        text = engine.prompt_text(item.messages)
        same_ids = text is not None and engine.tokenize(text) == item.prompt
        walk, stopped = _walk(engine, item)
        ended = stopped and walk.next_tokens[-1] == exam.end if item.ended else None
        yield Observed(same_ids, text == item.text, walk.next_tokens, walk.scores, ended)


def _walk(engine: LlamaEngine, item: Item) -> tuple[_Walk, bool]:
    """The hop's next token at every place, and whether it stops by itself after the last.

    As long as a greedy continuation equals the answer, its context is the answer's: so one request
    serves all places up to the first other token, and the next request starts behind that place.
    The steps then grow from one token, or a bad model would cost the square of the length.
    """
    walk, step, stopped = _Walk(item), len(item.answer), False
    while walk.left():
        start, left = len(walk.next_tokens), walk.left()
        # One more than is left: only an engine that knows the end token stops before it.
        most = step if step < left else left + 1
        piece = engine.complete(item.prompt + item.answer[:start], most)
        step = 2 * step if walk.take(piece.tokens, piece.scores) else 1
        stopped = piece.ended and len(walk.next_tokens) - start == len(piece.tokens)
    return walk, stopped
