"""One llama.cpp engine under test, asked over its own HTTP port as any user would ask it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.llama_server import start_server
from toujiao.models.verify.limits import TOP_TOKENS


@dataclass(frozen=True)
class Continuation:
    """Greedy tokens after a prompt."""

    tokens: list[int]
    scores: list[dict[int, float]]
    """Log-probabilities of the likeliest tokens at each token; {} where llama.cpp gave none."""
    ended: bool
    """Whether it stopped at an end token and not at the limit."""


class LlamaEngine:
    """A GGUF model, with or without a LoRA GGUF; leave the `with` block to free its memory."""

    def __init__(self, model: Path, lora: Path | None, context: int) -> None:
        key = secrets.token_hex(16)
        self._server: Any = start_server(model, lora, context, key)
        self._root = str(self._server.listening_address)
        self.url = f"{self._root}/v1"
        self.client = make_client(self.url, key)

    def __enter__(self) -> LlamaEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server = None

    def _ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.post(f"{self._root}{path}", cast_to=object, body=body)
        return answer

    def end_token(self) -> str:
        """The text of the end token that the GGUF names."""
        properties: dict[str, Any] = self.client.get(f"{self._root}/props", cast_to=object)
        return str(properties.get("eos_token"))

    def prompt_text(self, messages: Sequence[Mapping[str, str]]) -> str | None:
        """The messages as the chat template in the GGUF writes them; None when it cannot."""
        from openai import APIStatusError

        try:
            return str(self._ask("/apply-template", {"messages": messages})["prompt"])
        except APIStatusError:  # the template itself raised, e.g. at a system message
            return None

    def tokenize(self, text: str) -> list[int]:
        """Token ids of a text, control tokens included."""
        body = {"content": text, "add_special": True, "parse_special": True}
        return [int(token) for token in self._ask("/tokenize", body)["tokens"]]

    def complete(self, prompt: Sequence[int], most: int) -> Continuation:
        """The greedy continuation of token ids, at most `most` tokens."""
        body = {
            "prompt": list(prompt),
            "n_predict": most,
            "temperature": 0.0,
            "n_probs": TOP_TOKENS,
            "return_tokens": True,
            "cache_prompt": True,
        }
        answer = self._ask("/completion", body)
        tokens = [int(token) for token in answer["tokens"]]
        if not tokens:
            raise ToujiaoError("llama.cpp 一个词元也没有接下去。请检查 GGUF 文件是否完整。")
        scores = _aligned(tokens, answer.get("completion_probabilities") or [])
        return Continuation(tokens, scores, answer["stop_type"] == "eos")


def _aligned(tokens: list[int], entries: list[dict[str, Any]]) -> list[dict[int, float]]:
    """Scores by token: llama.cpp leaves out tokens that are only a part of a character."""
    aligned: list[dict[int, float]] = []
    waiting = iter(entries)
    entry = next(waiting, None)
    for token in tokens:
        if entry is None or int(entry["id"]) != token:
            aligned.append({})
            continue
        aligned.append({int(top["id"]): float(top["logprob"]) for top in entry["top_logprobs"]})
        entry = next(waiting, None)
    return aligned


def make_client(base_url: str, key: str) -> Any:
    """A client of an OpenAI-compatible server."""
    from openai import OpenAI

    return OpenAI(base_url=base_url, api_key=key, max_retries=1)
