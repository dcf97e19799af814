"""What transformers says: the base, base + adapter, and a merged model folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.files import read_json
from toujiao.models.loading import load_causal_lm
from toujiao.models.template import TURN_END
from toujiao.models.verify.exam import Exam, Item, device, says
from toujiao.models.verify.measures import Observed, best, top

_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.json")


def observe_base(items: Sequence[Item]) -> Iterator[Observed]:
    """The base at the reference's places: how much the adapter changes."""
    return (Observed(best(item.base), top(item.base)) for item in items)


def observe_reference(items: Sequence[Item], adapter: Path) -> Iterator[Observed]:
    """The reference itself, with the tokenizer and template that lie in its adapter folder."""
    tokenizer = folder_tokenizer(adapter)
    for item in items:
        prompt = seen_prompt(tokenizer, item)
        yield Observed(item.answer, top(item.reference), *prompt, item.ended)


def observe_merged(exam: Exam, folder: Path) -> Iterator[Observed]:
    """A model folder at the reference's places, in float32."""
    model, _ = load_causal_lm(str(folder))
    model = model.float().to(device())
    tokenizer, declared = folder_tokenizer(folder), declared_stop(folder, exam.end)
    for item in exam.items:
        said = says(model, item.prompt, item.answer)
        ended = best(said)[-1] == exam.end if item.ended else None
        yield Observed(best(said), top(said), *seen_prompt(tokenizer, item), ended, declared)


def folder_tokenizer(folder: Path) -> Any:
    """The tokenizer in a folder, or None when there is none (bare PEFT adapters)."""
    from transformers import AutoTokenizer

    if not any((folder / name).is_file() for name in _TOKENIZER_FILES):
        return None
    try:
        return AutoTokenizer.from_pretrained(str(folder))
    except (OSError, ValueError) as error:
        raise ToujiaoError(
            f"打不开 {folder} 里的分词器：{str(error).splitlines()[0]}。请从底座文件夹重新复制。"
        ) from error


def seen_prompt(tokenizer: Any, item: Item) -> tuple[bool | None, bool | None]:
    """(same token ids, same text) with a folder's own tokenizer and its own chat template."""
    import jinja2

    if tokenizer is None:
        return None, None
    try:
        text = tokenizer.apply_chat_template(
            item.messages, add_generation_prompt=True, tokenize=False
        )
    except (ValueError, jinja2.TemplateError):  # no template, or one that refuses a system prompt
        return False, False
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids == item.prompt, text == item.text


def declared_stop(folder: Path, end: int) -> bool:
    """Whether a model folder names <|im_end|> as an end: tokenizer or generation_config."""
    if getattr(folder_tokenizer(folder), "eos_token", None) == TURN_END:
        return True
    path = folder / "generation_config.json"
    ids = read_json(path).get("eos_token_id") if path.is_file() else None
    return end in (ids if isinstance(ids, list) else [ids])
