"""Trains the tiny base from scratch on generated reading exercises (JSONL in, model folder out).

Its own loop, not a Trainer: two optimizers (Muon for matrices, AdamW for the rest), packed rows of
one shape for torch.compile. Measured choices: docs/experiments.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.files import Row, write_json
from toujiao.recipes.recipe import SEED
from toujiao.train.packing import IGNORED, Encoded, encode, pack, to_tensors

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase, Qwen3ForCausalLM


@dataclass(frozen=True)
class PretrainSettings:
    """How the base is trained; `steps` x `rows_per_step` x `row_length` tokens in all."""

    steps: int = 3000
    rows_per_step: int = 2
    row_length: int = 1024
    matrix_learning_rate: float = 0.02
    other_learning_rate: float = 2e-3
    warmup_share: float = 0.02
    decay_share: float = 0.4
    seed: int = SEED
    compile: bool = True


def rate_at(step: int, settings: PretrainSettings) -> float:
    """Share of the full learning rate: linear warm-up, constant, linear decay to zero."""
    warmup = max(1, round(settings.steps * settings.warmup_share))
    decay = max(1, round(settings.steps * settings.decay_share))
    left = settings.steps - step
    return min(1.0, (step + 1) / warmup, max(left, 0) / decay)


def make_optimizers(
    model: Qwen3ForCausalLM, settings: PretrainSettings
) -> list[torch.optim.Optimizer]:
    """Muon for the hidden matrices, AdamW for embeddings and norms."""
    import torch

    matrices: list[torch.nn.Parameter] = []
    others: list[torch.nn.Parameter] = []
    for name, parameter in model.named_parameters():
        hidden = parameter.ndim == 2 and "embed" not in name
        (matrices if hidden else others).append(parameter)
    return [
        torch.optim.Muon(matrices, lr=settings.matrix_learning_rate, weight_decay=0.01),
        torch.optim.AdamW(
            others, lr=settings.other_learning_rate, betas=(0.9, 0.95), weight_decay=0.0
        ),
    ]


def batches(
    rows: Iterable[Row], tokenizer: PreTrainedTokenizerBase, settings: PretrainSettings
) -> Iterator[dict[str, torch.Tensor]]:
    """Batches of one shape: (rows_per_step, row_length)."""
    waiting: list[list[Encoded]] = []
    for packed in pack((encode(row, tokenizer) for row in rows), settings.row_length):
        waiting.append(packed)
        if len(waiting) == settings.rows_per_step:
            yield to_tensors(waiting, settings.row_length, int(tokenizer.pad_token_id or 0))
            waiting = []


def answer_accuracy(model: Any, documents: list[Encoded]) -> float:
    """Share of learned tokens that are the model's first choice (teacher forcing)."""
    import torch

    right = total = 0
    with torch.no_grad():
        for document in documents:
            ids = torch.tensor([document.ids])
            best = model(input_ids=ids, use_cache=False).logits[0, :-1].argmax(-1)
            target = torch.tensor(document.labels[1:])
            learned = target != IGNORED
            right += int((best[learned] == target[learned]).sum())
            total += int(learned.sum())
    return right / max(total, 1)


def pretrain(
    model: Qwen3ForCausalLM,
    tokenizer: PreTrainedTokenizerBase,
    rows: Iterable[Row],
    probes: dict[str, list[Row]],
    output: Path,
    settings: PretrainSettings,
    report: Callable[[dict[str, Any]], None],
) -> None:
    """Train `model` in place and save it; `report` gets loss, speed and probe accuracies."""
    import torch

    torch.manual_seed(settings.seed)
    optimizers = make_optimizers(model, settings)
    full_rates = [[group["lr"] for group in opt.param_groups] for opt in optimizers]
    forward = torch.compile(model) if settings.compile else model
    encoded = {
        name: [encode({**row, "learn": "answer"}, tokenizer) for row in items]
        for name, items in probes.items()
    }
    started, tokens, losses = time.perf_counter(), 0, []
    for step, batch in enumerate(batches(rows, tokenizer, settings)):
        if step == settings.steps:
            break
        share = rate_at(step, settings)
        for opt, rates in zip(optimizers, full_rates, strict=True):
            for group, rate in zip(opt.param_groups, rates, strict=True):
                group["lr"] = rate * share
        loss = forward(**batch, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for opt in optimizers:
            opt.step()
            opt.zero_grad(set_to_none=True)
        tokens += batch["input_ids"].numel()
        losses.append(loss.item())
        if (step + 1) % 50 == 0 or step + 1 == settings.steps:
            seconds = time.perf_counter() - started
            record = {
                "step": step + 1,
                "loss": round(sum(losses) / len(losses), 4),
                "tokens": tokens,
                "tokens_per_second": round(tokens / seconds),
                "minutes_left": round((settings.steps - step - 1) * seconds / (step + 1) / 60, 1),
            }
            losses = []
            if (step + 1) % 250 == 0 or step + 1 == settings.steps:
                model.eval()
                record |= {k: round(answer_accuracy(model, v), 3) for k, v in encoded.items()}
                model.train()
                model.save_pretrained(output)
            report(record)
    model.save_pretrained(output)
    tokenizer.save_pretrained(output)
    write_json(output / "pretrain.json", asdict(settings))
