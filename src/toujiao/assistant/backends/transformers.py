"""Runs a Hugging Face model folder or id with a PEFT adapter, in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from toujiao.assistant.prompt import Message
from toujiao.errors import ToujiaoError, missing_extra
from toujiao.models.fingerprint import with_fingerprint
from toujiao.models.loading import load_causal_lm
from toujiao.models.template import plain_messages
from toujiao.models.tiny import ADAPTER_DIR, BASE_DIR, NAME
from toujiao.settings import settings


class TransformersBackend:
    """Base + adapter through transformers and PEFT; default is the embedded pair."""

    name = "transformers"

    def __init__(self, base: str | None = None, adapter: str | None = None) -> None:
        embedded = base is None
        source = str(BASE_DIR) if embedded else str(base)
        lora = adapter or (str(ADAPTER_DIR) if embedded else None)
        self.model: str | None = with_fingerprint(NAME if embedded else source, Path(source))
        self.adapter: str | None = (
            with_fingerprint(Path(lora).name if embedded else lora, Path(lora)) if lora else None
        )
        self.strict = embedded
        try:
            self._model, self._tokenizer = load_causal_lm(source, lora)
        except ImportError as error:
            raise missing_extra("transformers", "train") from error

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield pieces of the greedy answer."""
        from transformers import TextIteratorStreamer

        tokenizer: Any = self._tokenizer
        inputs = tokenizer.apply_chat_template(
            plain_messages(messages),
            add_generation_prompt=True,
            return_dict=True,
            return_tensors="pt",
        ).to(self._model.device)
        streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
        failures: list[BaseException] = []

        def run() -> None:
            try:
                self._model.generate(
                    **inputs,
                    streamer=streamer,
                    do_sample=False,
                    max_new_tokens=settings().max_new_tokens,
                )
            except BaseException as error:
                failures.append(error)
                streamer.end()

        worker = threading.Thread(target=run, daemon=True)
        worker.start()
        yield from (piece for piece in streamer if piece)
        worker.join()
        if failures:
            raise ToujiaoError(f"模型 {self.model} 没能回答：{failures[0]}") from failures[0]
