"""Held-out loss of a base and of adapters on it, by the same few lines for all.

Run by bench/train.py: python held_out.py MODEL ROWS.jsonl [ADAPTER…]; prints a JSON list of losses,
the base's first.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def loss(model: Any, documents: list[Any]) -> float:
    """Mean negative log-likelihood of the trained tokens, in nats."""
    import torch

    total = count = 0.0
    with torch.no_grad():
        for document in documents:
            labels = torch.tensor(document.labels[1:])
            places = (labels != -100).nonzero().squeeze(1)
            logits = model(
                input_ids=torch.tensor([document.ids]), use_cache=False, logits_to_keep=places
            ).logits[0]
            total += float(
                torch.nn.functional.cross_entropy(logits.float(), labels[places], reduction="sum")
            )
            count += len(places)
    return total / count


def main(model_folder: str, rows_file: str, *adapters: str) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from toujiao.train.packing import encode

    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    lines = Path(rows_file).read_text(encoding="utf-8").splitlines()
    documents = [encode({"messages": json.loads(line)["messages"]}, tokenizer) for line in lines]
    model: Any = AutoModelForCausalLM.from_pretrained(model_folder)
    losses = [loss(model, documents)]
    for number, adapter in enumerate(adapters):
        if number == 0:
            model = PeftModel.from_pretrained(model, adapter, adapter_name="0")
        else:
            model.load_adapter(adapter, str(number))
            model.set_adapter(str(number))
        model.eval()
        losses.append(loss(model, documents))
    print(json.dumps(losses))


if __name__ == "__main__":
    main(*sys.argv[1:])
