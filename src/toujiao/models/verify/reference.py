"""Runs base and base + adapter in float32: greedy answers, logits at every place, held-out loss."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.models.loading import add_adapter, load_causal_lm
from toujiao.models.template import TURN_END, chat_template, plain_messages
from toujiao.models.verify.exam import Exam, Item, Saying, log_normaliser
from toujiao.models.verify.material import Material, Messages


def device() -> str:
    """Where transformers runs; float32 is exact enough on either."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def logits_of(model: Any, prompt: list[int], answer: Sequence[int]) -> np.ndarray:
    """What `model` says at every place of `answer`, float32 [places, vocabulary], in one pass."""
    import torch

    ids = torch.tensor([[*prompt, *answer]], device=model.device)
    with torch.inference_mode():
        logits = model(input_ids=ids, logits_to_keep=len(answer) + 1).logits[0, :-1]
    return _finite(logits.float().cpu().numpy())


def greedy(model: Any, prompt: list[int], end: int, most: int) -> tuple[list[int], np.ndarray]:
    """(tokens, logits [tokens, vocabulary]) of the likeliest continuation up to `end` or `most`.

    Not `generate`: a base's generation_config may ask for a repetition penalty or sampling.
    """
    import torch

    tokens: list[int] = []
    said = []
    ids, past = torch.tensor([prompt], device=model.device), None
    with torch.inference_mode():
        while len(tokens) < most and (not tokens or tokens[-1] != end):
            out = model(input_ids=ids, past_key_values=past, use_cache=True, logits_to_keep=1)
            past, logits = out.past_key_values, out.logits[0, -1]
            said.append(logits.float().cpu().numpy())
            tokens.append(int(logits.argmax()))
            ids = torch.tensor([tokens[-1:]], device=model.device)
    return tokens, _finite(np.stack(said))


def _finite(logits: np.ndarray) -> np.ndarray:
    if not np.isfinite(logits).all():
        raise ToujiaoError("模型算出了无穷大或 NaN：权重坏了，或者 16 位装不下。请重新导出或训练。")
    return logits


@dataclass
class _Loss:
    """Loss summed over the tokens of the held-out answers."""

    total: float = 0.0
    tokens: int = 0

    def add(self, logits: np.ndarray, answer: Sequence[int]) -> None:
        picked = logits[range(len(answer)), list(answer)]
        self.total += float((log_normaliser(logits) - picked).sum())
        self.tokens += len(answer)

    def mean(self) -> float:
        return self.total / max(1, self.tokens)


class _Pair:
    """Base and base + adapter as one model in float32."""

    def __init__(self, material: Material) -> None:
        model, self.tokenizer = load_causal_lm(str(material.base))
        # First float32, then the adapter: its own weights stay as they were trained.
        model = add_adapter(model.float().to(device()), str(material.adapter)).float()
        self.model = model.eval()
        self.end = int(self.tokenizer.convert_tokens_to_ids(TURN_END) or 0)
        if self.tokenizer.convert_ids_to_tokens(self.end) != TURN_END:
            raise ToujiaoError(
                f"底座 {material.base} 的词表里没有 {TURN_END}，不是 Qwen 系列的底座。"
            )

    def text(self, messages: Messages, generate: bool) -> str:
        text: str = self.tokenizer.apply_chat_template(
            plain_messages(messages),
            chat_template=chat_template(),
            add_generation_prompt=generate,
            tokenize=False,
        )
        return text

    def ids(self, text: str) -> list[int]:
        ids: list[int] = self.tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    def without(self) -> AbstractContextManager[Any]:
        context: AbstractContextManager[Any] = self.model.disable_adapter()
        return context

    def room(self) -> int:
        return int(self.model.config.max_position_embeddings)


def make_exam(material: Material, scratch: Path, most: int, tell: Callable[[str], None]) -> Exam:
    """Let the reference answer every prompt; logits go into files under `scratch`.

    Rows too long for the model are left out; ToujiaoError when none is left.
    """
    pair = _Pair(material)
    fitting = [row for row in material.rows if _fits(pair, row, most)]
    if not fitting:
        raise ToujiaoError(
            f"留出的提示都太长：加上 {most} 个词元的回答就超过底座的 {pair.room()}。请用 --data 换一些。"
        )
    _check_room(scratch, len(fitting) * most, pair.model.config.vocab_size)
    before, after = _Loss(), _Loss()
    items = []
    for number, row in enumerate(fitting):
        tell(f"参考回答 {number + 1}/{len(fitting)}")
        items.append(_item(pair, row, most, scratch / f"{number:03}"))
        prompt = items[-1].prompt
        gold = pair.ids(pair.text(row, generate=False).rstrip("\n"))[len(prompt) :]
        for loss, context in ((after, nullcontext()), (before, pair.without())):
            with context:
                loss.add(logits_of(pair.model, prompt, gold), gold)
    return Exam(tuple(items), pair.end, most, before.mean(), after.mean())


def _check_room(scratch: Path, places: int, vocabulary: int) -> None:
    """The logits of two models at every place, 4 bytes each."""
    needed, free = 2 * 4 * places * vocabulary, shutil.disk_usage(scratch).free
    if needed > free:
        raise ToujiaoError(
            f"临时文件夹 {scratch.parent} 只剩 {free / 1e9:.1f} GB，最多要 {needed / 1e9:.1f} GB。"
            "请减小 --prompts 或 --tokens，或用环境变量 TMPDIR 换一个地方。"
        )


def _fits(pair: _Pair, row: Messages, most: int) -> bool:
    whole = len(pair.ids(pair.text(row, generate=False)))
    prompt = len(pair.ids(pair.text(row[:-1], generate=True)))
    return max(whole, prompt + most) <= pair.room()


def _item(pair: _Pair, row: Messages, most: int, files: Path) -> Item:
    text = pair.text(row[:-1], generate=True)
    prompt = pair.ids(text)
    answer, said = greedy(pair.model, prompt, pair.end, most)
    with pair.without():
        base = logits_of(pair.model, prompt, answer)
    ended = answer[-1] == pair.end
    return Item(
        messages=plain_messages(row[:-1]),
        text=text,
        prompt=prompt,
        answer=answer,
        answer_text=pair.tokenizer.decode(answer[:-1] if ended else answer),
        ended=ended,
        reference=Saying(files.with_suffix(".reference.npy"), said),
        base=Saying(files.with_suffix(".base.npy"), base),
    )
