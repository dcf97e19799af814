"""What an OpenAI-compatible server answers when it is handed messages, as every client does.

Its own template turns them into tokens, so this tests the whole way: template, weights, end token.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.verify.exam import Exam, Item
from toujiao.models.verify.measures import Observed
from toujiao.settings import settings

_OTHER = -1  # some token that is not the reference's; which one, a text does not say


def observe_server(
    url: str, model: str | None, exam: Exam, tokenizer: Any, client: Any = None
) -> Iterator[Observed]:
    """Ask every prompt once; `url` ends with /v1, without `model` its first one is asked.

    Known places: the answer's tokens before the first difference, and the place of the difference.
    What follows it has another context and is not counted. Of the prompt only its length is seen.
    """
    from openai import OpenAI, OpenAIError

    client = client or OpenAI(base_url=url, api_key=settings().openai_api_key, max_retries=1)
    try:
        for item in exam.items:
            reply = client.chat.completions.create(
                model=model or _first_model(client, url),
                messages=item.messages,
                temperature=0,
                max_tokens=exam.most_tokens,
            )
            yield _observed(reply, item, tokenizer)
    except OpenAIError as error:
        raise ToujiaoError(
            f"模型服务器 {url} 没有回答（{error}）。"
            "请检查 --server、--server-model 和环境变量 TOUJIAO_OPENAI_API_KEY。"
        ) from error


def _first_model(client: Any, url: str) -> str:
    models = list(client.models.list())
    if not models:
        raise ToujiaoError(f"服务器 {url} 没有列出模型，请用 --server-model 指定。")
    return str(models[0].id)


def _observed(reply: Any, item: Item, tokenizer: Any) -> Observed:
    choice = reply.choices[0]
    stopped = choice.finish_reason == "stop"
    same, length = same_tokens(item, choice.message.content or "", stopped, tokenizer)
    # After another word there is no telling where the reference would have stopped.
    ended = stopped if item.ended and same >= length - 1 else None
    next_tokens = item.answer[:same] + [_OTHER] * (same < length)
    length_of_prompt = reply.usage.prompt_tokens if reply.usage else None
    same_ids = None if length_of_prompt is None else length_of_prompt == len(item.prompt)
    return Observed(next_tokens, same_ids=same_ids, ended=ended)


def same_tokens(item: Item, text: str, stopped: bool, tokenizer: Any) -> tuple[int, int]:
    """How many tokens of the reference's answer a text repeats from its start, and of how many.

    Both are cut into tokens anew: what a model wrote need not be how the tokenizer would cut it.
    """

    def cut(words: str) -> list[int]:
        ids: list[int] = tokenizer(words.strip(), add_special_tokens=False)["input_ids"]
        return ids

    wanted, found = cut(item.answer_text), cut(text)
    length = len(wanted) + item.ended
    if found == wanted:
        # The end of the turn is a token too: a server that had to be cut off did not say it.
        return length - (stopped != item.ended), length
    pairs = zip(wanted, found, strict=False)
    return next(
        (n for n, (a, b) in enumerate(pairs) if a != b), min(len(wanted), len(found))
    ), length
