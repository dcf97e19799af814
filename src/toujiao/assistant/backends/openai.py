"""Talks to any OpenAI-compatible server: vLLM, SGLang, Ollama, llama-server.

The model name is the base, or the adapter where the server serves LoRA adapters by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from toujiao.assistant.prompt import Message
from toujiao.errors import ToujiaoError
from toujiao.models.template import plain_messages
from toujiao.settings import settings


class OpenAIBackend:
    """A client of TOUJIAO_OPENAI_BASE_URL; a server that cannot be reached is a ToujiaoError."""

    name = "openai"
    strict = False

    def __init__(self, base: str | None = None, adapter: str | None = None) -> None:
        from openai import OpenAI

        options = settings()
        self._url = options.openai_base_url
        self._client = OpenAI(base_url=self._url, api_key=options.openai_api_key, max_retries=1)
        self.adapter: str | None = adapter
        self.model: str | None = base or self._first_model()

    def _first_model(self) -> str:
        from openai import OpenAIError

        try:
            models = list(self._client.models.list())
        except OpenAIError as error:
            raise self._unreachable(error) from error
        if not models:
            raise ToujiaoError(f"服务器 {self._url} 没有可用的模型，请用 --base 指定。")
        return models[0].id

    def _unreachable(self, error: Exception) -> ToujiaoError:
        return ToujiaoError(
            f"连不上模型服务器 {self._url}（{error}）。"
            "请先启动它，或用环境变量 TOUJIAO_OPENAI_BASE_URL 指定地址。"
        )

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield pieces of the answer at temperature 0."""
        from openai import OpenAIError

        try:
            chunks: Any = self._client.chat.completions.create(
                model=str(self.adapter or self.model),
                messages=cast(Any, plain_messages(messages)),
                temperature=0,
                max_tokens=settings().max_new_tokens,
                stream=True,
            )
            for chunk in chunks:
                if chunk.choices and (text := chunk.choices[0].delta.content):
                    yield text
        except OpenAIError as error:
            raise self._unreachable(error) from error
