"""What an OpenAI-compatible server answers when it is handed messages, as every client does.

Its own template turns them into tokens, so this tests the whole way: template, weights, end token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.verify.comparison import Observed
from toujiao.models.verify.exam import Exam, Item
from toujiao.models.verify.limits import TOP_TOKENS
from toujiao.models.verify.llama_engine import make_client
from toujiao.settings import settings

_OTHER = -1  # some token that is not the reference's; which one, a text does not say


class ChatServer:
    """A server and the model asked for; `url` ends with /v1. ToujiaoError when it does not answer."""

    def __init__(self, url: str, model: str | None = None, client: Any = None) -> None:
        self.url = url
        self._client = client or make_client(url, settings().openai_api_key)
        self.model = model or self._first_model()

    def _first_model(self) -> str:
        from openai import OpenAIError

        try:
            models = list(self._client.models.list())
        except OpenAIError as error:
            raise self._silent(error) from error
        if not models:
            raise ToujiaoError(f"服务器 {self.url} 没有列出模型，请用 --server-model 指定。")
        return str(models[0].id)

    def ask(self, messages: list[dict[str, str]], most: int) -> Any:
        """The whole greedy chat completion, with log-probabilities where the server gives them."""
        from openai import OpenAIError

        try:
            return self._client.chat.completions.create(
                model=self.model,
                messages=messages,
                temperature=0,
                max_tokens=most,
                logprobs=True,
                top_logprobs=TOP_TOKENS,
                # vLLM names tokens by their text otherwise, and texts are not unique.
                extra_body={"return_tokens_as_token_ids": True},
            )
        except OpenAIError as error:
            raise self._silent(error) from error

    def _silent(self, error: Exception) -> ToujiaoError:
        return ToujiaoError(
            f"模型服务器 {self.url} 没有回答（{error}）。"
            "请检查 --server、--server-model 和环境变量 TOUJIAO_OPENAI_API_KEY。"
        )


def observe_server(server: ChatServer, exam: Exam, decode: Any) -> Iterator[Observed]:
    """Ask every prompt once; `decode` turns token ids into text.

    Known places: the answer's tokens before the first difference, and the place of the difference.
    What follows it has another context and is not counted. Of the prompt only its length is seen.
    """
    for item in exam.items:
        reply = server.ask(item.messages, exam.most_tokens)
        choice = reply.choices[0]
        stopped = choice.finish_reason == "stop"
        same = _same_tokens(item, choice.message.content or "", stopped, decode)
        # After another word there is no telling where the reference would have stopped.
        ended = stopped if item.ended and same >= len(item.answer) - 1 else None
        next_tokens = item.answer[:same] + [_OTHER] * (same < len(item.answer))
        scores = _scores(choice, item, same)
        length = reply.usage.prompt_tokens if reply.usage else None
        same_ids = None if length is None else length == len(item.prompt)
        yield Observed(same_ids, None, next_tokens, scores, ended)


def _same_tokens(item: Item, text: str, stopped: bool, decode: Any) -> int:
    """How many tokens of the reference's answer the text repeats from its start."""
    text = text.strip()
    if text == item.answer_text.strip():
        # The last token is the end of the turn: a server that had to be cut off did not say it.
        return len(item.answer) - (stopped != item.ended)
    low, high = 0, len(item.answer) - 1
    while low < high:
        middle = (low + high + 1) // 2
        start = decode(item.answer[:middle]).strip().rstrip("\ufffd")
        low, high = (middle, high) if text.startswith(start) else (low, middle - 1)
    return low


def _scores(choice: Any, item: Item, same: int) -> list[Mapping[int, float]]:
    """Log-probabilities by place, as far as the server names tokens by id and they are the answer's."""
    given = choice.logprobs.content if choice.logprobs else None
    scores: list[Mapping[int, float]] = []
    for entry, token in zip(given or [], item.answer[:same], strict=False):
        # llama-server leaves out tokens that are a part of a character: behind one, places shift.
        if _id(entry) != token:
            break
        scores.append({i: top.logprob for top in entry.top_logprobs if (i := _id(top)) is not None})
    return scores


def _id(entry: Any) -> int | None:
    """The token id of an entry: llama-server has a field, vLLM writes `token_id:7` as the text."""
    if (named := re.fullmatch(r"token_id:(\d+)", str(entry.token))) is not None:
        return int(named.group(1))
    number = getattr(entry, "id", None)
    return number if isinstance(number, int) else None
