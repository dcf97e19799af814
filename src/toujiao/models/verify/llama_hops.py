"""What llama.cpp says at the reference's places, asked over its own HTTP port as any user would."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.llama_server import start_server
from toujiao.models.template import TURN_END
from toujiao.models.verify.exam import Exam, Item
from toujiao.models.verify.limits import TOP_TOKENS
from toujiao.models.verify.measures import Observed

Scores = dict[int, float]


class LlamaEngine:
    """A GGUF model, with or without a LoRA GGUF; leave the `with` block to free its memory."""

    def __init__(self, model: Path, lora: Path | None, context: int) -> None:
        from openai import OpenAI

        key = secrets.token_hex(16)
        self._server: Any = start_server(model, lora, context, key)
        self._root = str(self._server.listening_address)
        self.url = f"{self._root}/v1"
        self.client: Any = OpenAI(base_url=self.url, api_key=key, max_retries=1)

    def __enter__(self) -> LlamaEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server = None

    def _ask(self, path: str, **body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.post(f"{self._root}{path}", cast_to=object, body=body)
        return answer

    def end_token(self) -> str:
        """The text of the end token that the GGUF names."""
        return str(self.client.get(f"{self._root}/props", cast_to=object).get("eos_token"))

    def prompt_text(self, messages: Sequence[Mapping[str, str]]) -> str | None:
        """The messages as the chat template in the GGUF writes them; None when it cannot."""
        from openai import APIStatusError

        try:
            return str(self._ask("/apply-template", messages=messages)["prompt"])
        except APIStatusError:  # the template itself raised, e.g. at a system message
            return None

    def tokenize(self, text: str) -> list[int]:
        """Token ids of a text, control tokens included."""
        tokens = self._ask("/tokenize", content=text, add_special=True, parse_special=True)
        return [int(token) for token in tokens["tokens"]]

    def complete(self, prompt: list[int], most: int) -> tuple[list[int], list[Scores], bool]:
        """(tokens, scores of the likeliest at each, whether it ended) of the greedy continuation."""
        answer = self._ask(
            "/completion",
            prompt=prompt, n_predict=most, temperature=0.0, n_probs=TOP_TOKENS,
            return_tokens=True, cache_prompt=True,
        )  # fmt: skip
        tokens = [int(token) for token in answer["tokens"]]
        if not tokens:
            raise ToujiaoError("llama.cpp 一个词元也没有接下去。请检查 GGUF 文件是否完整。")
        scores = aligned(tokens, answer.get("completion_probabilities") or [])
        return tokens, scores, answer["stop_type"] == "eos"


def aligned(tokens: list[int], entries: list[dict[str, Any]]) -> list[Scores]:
    """Scores by token: llama.cpp leaves out tokens that are only a part of a character."""
    scores: list[Scores] = []
    waiting = list(reversed(entries))
    for token in tokens:
        if waiting and int(waiting[-1]["id"]) == token:
            top = waiting.pop()["top_logprobs"]
            scores.append({int(entry["id"]): float(entry["logprob"]) for entry in top})
        else:
            scores.append({})
    return scores


def observe_gguf(file: Path, lora: Path | None, exam: Exam) -> Iterator[Observed]:
    """Ask llama.cpp about every item."""
    with LlamaEngine(file, lora, exam.context) as engine:
        declared = engine.end_token() == TURN_END
        for item in exam.items:
            text = engine.prompt_text(item.messages)
            same_ids = text is not None and engine.tokenize(text) == item.prompt
            tokens, scores, stopped = follow(engine, item)
            ended = stopped and tokens[-1] == exam.end if item.ended else None
            yield Observed(tokens, scores, same_ids, text == item.text, ended, declared)


def follow(engine: LlamaEngine, item: Item) -> tuple[list[int], list[Scores], bool]:
    """(next token, scores) at every place, and whether it stops by itself after the last.

    As long as a greedy continuation equals the answer, its context is the answer's: so one request
    serves all places up to the first other token, and the next request starts behind that place.
    The steps then grow from one token, or a bad model would cost the square of the length.
    """
    said: list[int] = []
    scores: list[Scores] = []
    step, stopped = len(item.answer), False
    while left := len(item.answer) - len(said):
        # One more than is left: only an engine that knows the end token stops before it.
        most = step if step < left else left + 1
        start = len(said)
        tokens, found, ended = engine.complete(item.prompt + item.answer[:start], most)
        wanted = item.answer[start:]
        same = next(
            (n for n, (a, b) in enumerate(zip(tokens, wanted, strict=False)) if a != b), left
        )
        said += tokens[: min(same + 1, left)]
        scores += found[: min(same + 1, left)]
        stopped = ended and len(said) - start == len(tokens)
        step = 2 * step if same >= len(tokens) else 1
    return said, scores, stopped
