"""Runs GGUF files with llama.cpp (xllamacpp): by default the embedded base and its adapter."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from toujiao.assistant.prompt import Message
from toujiao.errors import ToujiaoError
from toujiao.models.fingerprint import with_fingerprint
from toujiao.models.llama_server import start_server
from toujiao.models.template import TURN_END, format_chat
from toujiao.models.tiny import ADAPTER_GGUF, BASE_GGUF, CONTEXT_LENGTH, NAME
from toujiao.settings import settings


class LlamaCppBackend:
    """A GGUF model with an optional LoRA GGUF; raises ToujiaoError when a file is missing."""

    name = "llamacpp"

    def __init__(self, base: str | None = None, adapter: str | None = None) -> None:
        embedded = base is None
        model = BASE_GGUF if embedded else Path(str(base))
        lora = Path(adapter) if adapter else (ADAPTER_GGUF if embedded else None)
        for path in filter(None, (model, lora)):
            if not path.is_file():
                raise ToujiaoError(f"找不到模型文件 {path}。请检查路径，或改用 --backend cards。")
        self.model: str | None = with_fingerprint(NAME if embedded else model.name, model)
        self.adapter: str | None = with_fingerprint(lora.name, lora) if lora else None
        self.strict = embedded
        context = CONTEXT_LENGTH if model == BASE_GGUF else 4 * CONTEXT_LENGTH
        self._server = start_server(model, lora, context)
        self._lock = threading.Lock()

    def _request(self, messages: Sequence[Message], most_tokens: int) -> dict[str, Any]:
        return {
            "prompt": format_chat(messages),
            "n_predict": most_tokens,
            "temperature": 0.0,
            "stop": [TURN_END],
            "cache_prompt": True,
        }

    def complete(self, messages: Sequence[Message], most_tokens: int) -> tuple[str, bool]:
        """The whole greedy answer, and whether it ended by itself (not at `most_tokens`)."""
        with self._lock:
            result = self._server.handle_completions(self._request(messages, most_tokens))
        choice = result["choices"][0]
        return choice["text"], choice["finish_reason"] == "stop"

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield pieces of the greedy continuation as llama.cpp produces them."""
        request = self._request(messages, settings().max_new_tokens) | {"stream": True}
        pieces: SimpleQueue[Any] = SimpleQueue()
        stop = threading.Event()

        def take(piece: dict[str, Any]) -> bool:
            pieces.put(piece)
            return stop.is_set()  # True ends the generation

        def run() -> None:
            try:
                with self._lock:
                    self._server.handle_completions(request, take)
            except Exception as error:
                pieces.put(error)
            pieces.put(None)

        worker = threading.Thread(target=run, daemon=True)
        worker.start()
        try:
            while (piece := pieces.get()) is not None:
                if isinstance(piece, Exception):
                    raise piece
                if "error" in piece:
                    cause = piece["error"].get("message", piece["error"])
                    raise ToujiaoError(f"模型没能回答：{cause}")
                if text := piece["choices"][0].get("text"):
                    yield text
        finally:
            # Whoever stops listening early must not leave the model talking to nobody.
            stop.set()
            worker.join()
