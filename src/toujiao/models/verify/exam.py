"""The prompts, the reference's answers to them, and what reference and base say at every place.

A place is one token of an answer, its end token included; what a model says there is how likely it
finds each next token after the prompt and the answer's tokens before the place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.loading import add_adapter, load_causal_lm
from toujiao.models.template import TURN_END, chat_template, plain_messages
from toujiao.models.verify.material import Material, Messages

# The others are as good as never said; all of a large vocabulary would fill the disk.
_LIKELIEST = 256
Said = Sequence[Mapping[int, float]]
"""By place: the likeliest tokens, best first, with their log-probabilities in nats."""


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
    reference: Said
    base: Said


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


def log_probs(model: Any, prompt: list[int], answer: Sequence[int]) -> Any:
    """What a model says at every place of `answer`: a tensor [places, vocabulary]."""
    import torch

    ids = torch.tensor([[*prompt, *answer]], device=model.device)
    with torch.inference_mode():
        logits = model(input_ids=ids, logits_to_keep=len(answer) + 1).logits[0, :-1]
    if not torch.isfinite(logits).all():
        raise ToujiaoError("模型算出了无穷大或 NaN：权重坏了，或者 16 位装不下。请重新导出或训练。")
    return logits.float().log_softmax(-1)


def says(model: Any, prompt: list[int], answer: Sequence[int]) -> Said:
    """The likeliest tokens at every place of `answer`."""
    scores, ids = log_probs(model, prompt, answer).topk(_LIKELIEST)
    rows = zip(ids.tolist(), scores.tolist(), strict=True)
    return [dict(zip(tokens, values, strict=True)) for tokens, values in rows]


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

    def item(self, row: Messages) -> Item:
        import torch

        text, prompt = self.ids(row[:-1], True)
        given = torch.tensor([prompt], device=self.model.device)
        written = self.model.generate(input_ids=given, attention_mask=torch.ones_like(given))
        answer = written[0, len(prompt) :].tolist()
        ended = answer[-1] == self.end
        spoken = self.tokenizer.decode(answer[:-1] if ended else answer)
        reference = says(self.model, prompt, answer)
        with self.model.disable_adapter():
            base = says(self.model, prompt, answer)
        messages = plain_messages(row[:-1])
        return Item(messages, text, prompt, answer, spoken, ended, reference, base)

    def loss(self, row: Messages, prompt: list[int]) -> tuple[float, int]:
        """(summed over the tokens, number of tokens) of the row's own answer."""
        gold = self.ids(row, False)[1][len(prompt) :]
        said = log_probs(self.model, prompt, gold)
        return -float(said[range(len(gold)), gold].sum()), len(gold)


def make_exam(material: Material, most: int, tell: Callable[[str], None]) -> Exam:
    """Let the reference answer every prompt.

    Rows too long for the model are left out; ToujiaoError when none is left.
    """
    pair = _Reference(material, most)
    rows = [row for row in material.rows if pair.fits(row, most)]
    if not rows:
        raise ToujiaoError(
            f"留出的提示都太长：加上 {most} 个词元的回答就超过底座的上下文。请用 --data 换一些。"
        )
    items = []
    tokens, before, after = 0, 0.0, 0.0
    for number, row in enumerate(rows):
        tell(f"参考回答 {number + 1}/{len(rows)}")
        items.append(pair.item(row))
        loss, count = pair.loss(row, items[-1].prompt)
        with pair.model.disable_adapter():
            before += pair.loss(row, items[-1].prompt)[0]
        tokens, after = tokens + count, after + loss
    return Exam(tuple(items), pair.end, most, before / tokens, after / tokens)
