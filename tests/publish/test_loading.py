"""What others do with what was published: the card's own lines run, the data set loads."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from toujiao.publish.card import write_card
from toujiao.publish.dataset import write_dataset
from toujiao.publish.run import CardOptions


def _save_models(base: Path, adapter: Path) -> None:
    """A random small base and a LoRA that changes it, saved by the libraries themselves."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import Qwen3ForCausalLM

    from toujiao.models.tiny import make_config, train_tokenizer

    torch.manual_seed(0)
    tokenizer = train_tokenizer(["什么是市盈率？市盈率就是股价除以每股收益。"] * 20, size=400)
    config = make_config(len(tokenizer), tokenizer.eos_token_id, tokenizer.pad_token_id)
    config.num_hidden_layers = 2
    config.layer_types = config.layer_types[:2]
    model = Qwen3ForCausalLM(config)
    model.save_pretrained(base)
    lora = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM")
    tuned = get_peft_model(model, lora)
    for name, parameter in tuned.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter)
    tuned.save_pretrained(adapter)
    tokenizer.save_pretrained(adapter)


@pytest.mark.model
def test_the_lines_of_the_card_work(maker: Any, tmp_path: Path) -> None:
    import torch

    run = maker.make()
    base = tmp_path / "base"
    _save_models(base, maker.adapter)
    # What the libraries themselves saved passes all checks.
    write_card(run, CardOptions(base="Qwen/Qwen3-0.6B"))
    text = (maker.adapter / "README.md").read_text(encoding="utf-8")
    # The English half shows the same two blocks again (test_card.py compares them).
    load, ask, *_ = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(load.strip().splitlines()) == 4
    space: dict[str, Any] = {}
    for block in (load, ask):
        block = block.replace('"Qwen/Qwen3-0.6B"', repr(str(base)))
        exec(block.replace('"./adapter"', repr(str(maker.adapter))), space)
    model, inputs = space["model"], space["inputs"]
    with torch.no_grad(), model.disable_adapter():
        before = model(**inputs).logits
    with torch.no_grad():
        after = model(**inputs).logits
    assert (after - before).abs().max() > 0.1
    assert space["answer"].shape[1] > inputs["input_ids"].shape[1]


@pytest.mark.model
def test_a_data_set_with_ragged_fields_loads(tmp_path: Path) -> None:
    from datasets import load_dataset

    metas = [{"id": 1, "tags": ["a"]}, {"id": "二", "note": None}, {"good": True}, None]
    said = [{"role": "user", "content": "问"}, {"role": "assistant", "content": "答\u2028案"}]
    lines = [json.dumps({"messages": said, "meta": meta}, ensure_ascii=False) for meta in metas]
    (tmp_path / "train.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "held_out.jsonl").write_text(lines[2], encoding="utf-8")
    write_dataset(tmp_path, tmp_path / "out", licence="cc-by-4.0")
    loaded = load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 4, "test": 1}
    assert list(loaded["train"]["messages"]) == [said] * 4
    assert [meta["id"] for meta in loaded["train"]["meta"]] == ["1", "二", None, None]
    assert [meta["good"] for meta in loaded["train"]["meta"]] == [None, None, True, None]
