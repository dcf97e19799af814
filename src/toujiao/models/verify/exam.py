"""The prompts, the reference's answers to them, and what reference and base say at every place.

A place is one token of an answer, its end token included; what a model says there are the
log-probabilities of all tokens after the prompt and the answer's tokens before the place.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.models.loading import add_adapter, load_causal_lm
from toujiao.models.template import TURN_END, chat_template, plain_messages
from toujiao.models.verify.material import Material, Messages


@dataclass(frozen=True)
class Item:
    """One prompt with the reference's own greedy answer."""

    messages: Messages
    text: str
    """The prompt as the reference's template writes it."""
    prompt: list[int]
    answer: list[int]
    answer_text: str
    """The answer without its end token."""
    ended: bool
    """Whether the answer ends with <|im_end|>."""
    reference: np.ndarray
    """Log-probabilities [places, vocabulary], on disk: a large vocabulary fits."""
    base: np.ndarray


@dataclass(frozen=True)
class Exam:
    """All items, and what every hop needs to know about them."""

    items: tuple[Item, ...]
    end: int
    """Id of <|im_end|>."""
    most_tokens: int
    loss_before: float
    """Mean loss of the base on the held-out answers themselves, in nats per token."""
    loss_after: float
    """The same with the adapter."""

    @property
    def places(self) -> int:
        """Tokens that every hop is compared on."""
        return sum(len(item.answer) for item in self.items)

    @property
    def context(self) -> int:
        """Tokens that an engine must hold, with a little room."""
        return max(len(item.prompt) for item in self.items) + self.most_tokens + 8


def device() -> str:
    """Where transformers runs; float32 is exact enough on either."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def says(model: Any, prompt: list[int], answer: Sequence[int]) -> np.ndarray:
    """What a model says at every place of `answer`: log-probabilities [places, vocabulary]."""
    import torch

    ids = torch.tensor([[*prompt, *answer]], device=model.device)
    with torch.inference_mode():
        logits = model(input_ids=ids, logits_to_keep=len(answer) + 1).logits[0, :-1]
        said: np.ndarray = logits.float().log_softmax(-1).cpu().numpy()
    if not np.isfinite(said).all():
        raise ToujiaoError("模型算出了无穷大或 NaN：权重坏了，或者 16 位装不下。请重新导出或训练。")
    return said


class _Reference:
    """Base and base + adapter as one model in float32."""

    def __init__(self, material: Material, most: int) -> None:
        from transformers import GenerationConfig

        model, self.tokenizer = load_causal_lm(str(material.base))
        # First float32, then the adapter: its own weights stay as they were trained.
        model = add_adapter(model.float().to(device()), str(material.adapter)).float()
        self.model = model.eval()
        self.end = int(self.tokenizer.convert_tokens_to_ids(TURN_END) or 0)
        if self.tokenizer.convert_ids_to_tokens(self.end) != TURN_END:
            raise ToujiaoError(
                f"底座 {material.base} 的词表里没有 {TURN_END}，不是 Qwen 系列的底座。"
            )
        # Not the base's own: it may ask for a repetition penalty or sampling.
        self.model.generation_config = GenerationConfig(
            max_new_tokens=most, do_sample=False, eos_token_id=self.end, pad_token_id=self.end
        )

    def ids(self, messages: Messages, generate: bool) -> tuple[str, list[int]]:
        """(text, token ids) of messages in the template of the training."""
        text: str = self.tokenizer.apply_chat_template(
            plain_messages(messages),
            chat_template=chat_template(),
            add_generation_prompt=generate,
            tokenize=False,
        )
        text = text if generate else text.rstrip("\n")
        return text, self.tokenizer(text, add_special_tokens=False)["input_ids"]

    def fits(self, row: Messages, most: int) -> bool:
        longest = max(len(self.ids(row, False)[1]), len(self.ids(row[:-1], True)[1]) + most)
        return longest <= int(self.model.config.max_position_embeddings)

    def item(self, row: Messages, files: Path) -> Item:
        import torch

        text, prompt = self.ids(row[:-1], True)
        given = torch.tensor([prompt], device=self.model.device)
        written = self.model.generate(input_ids=given, attention_mask=torch.ones_like(given))
        answer = written[0, len(prompt) :].tolist()
        ended = answer[-1] == self.end
        reference = _on_disk(files.with_suffix(".reference.npy"), says(self.model, prompt, answer))
        with self.model.disable_adapter():
            base = _on_disk(files.with_suffix(".base.npy"), says(self.model, prompt, answer))
        spoken = self.tokenizer.decode(answer[:-1] if ended else answer)
        return Item(plain_messages(row[:-1]), text, prompt, answer, spoken, ended, reference, base)

    def losses(self, row: Messages, prompt: list[int]) -> np.ndarray:
        """(tokens, summed loss of the base, of base + adapter) on the row's own answer."""
        gold = self.ids(row, False)[1][len(prompt) :]
        places = range(len(gold))
        after = -says(self.model, prompt, gold)[places, gold].sum()
        with self.model.disable_adapter():
            before = -says(self.model, prompt, gold)[places, gold].sum()
        return np.array([len(gold), before, after])


def make_exam(material: Material, scratch: Path, most: int, tell: Callable[[str], None]) -> Exam:
    """Let the reference answer every prompt; what is said goes into files under `scratch`.

    Rows too long for the model are left out; ToujiaoError when none is left.
    """
    pair = _Reference(material, most)
    rows = [row for row in material.rows if pair.fits(row, most)]
    if not rows:
        raise ToujiaoError(
            f"留出的提示都太长：加上 {most} 个词元的回答就超过底座的上下文。请用 --data 换一些。"
        )
    _check_room(scratch, len(rows) * most * pair.model.config.vocab_size)
    items, losses = [], np.zeros(3)
    for number, row in enumerate(rows):
        tell(f"参考回答 {number + 1}/{len(rows)}")
        items.append(pair.item(row, scratch / f"{number:03}"))
        losses += pair.losses(row, items[-1].prompt)
    before, after = losses[1:] / max(1, losses[0])
    return Exam(tuple(items), pair.end, most, float(before), float(after))


def _on_disk(path: Path, values: np.ndarray) -> np.ndarray:
    np.save(path, values)
    mapped: np.ndarray = np.load(path, mmap_mode="r")
    return mapped


def _check_room(scratch: Path, numbers: int) -> None:
    """Two models, 4 bytes for each number."""
    needed, free = 2 * 4 * numbers, shutil.disk_usage(scratch).free
    if needed > free:
        raise ToujiaoError(
            f"临时文件夹 {scratch.parent} 只剩 {free / 1e9:.1f} GB，最多要 {needed / 1e9:.1f} GB。"
            "请减小 --prompts 或 --tokens，或用环境变量 TMPDIR 换一个地方。"
        )
