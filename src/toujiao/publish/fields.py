"""How the values of a run look in the card: numbers, table rows, quoted model output."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import PureWindowsPath
from typing import Any

from pydantic import BaseModel

from toujiao.publish.adapter import AdapterFacts
from toujiao.publish.leaks import has_local_path
from toujiao.publish.run import Hop, Run, RunRecord

SAMPLE_LENGTH = 240
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~$])")


def number(value: float) -> str:
    """At most four decimals, no trailing zeros; thousands separated."""
    if isinstance(value, int):
        return f"{value:,}"
    if value and abs(value) < 0.0001:
        return f"{value:.2e}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def as_text(value: Any) -> str:
    """A recorded value on one line."""
    if isinstance(value, Mapping):
        known = {key: item for key, item in value.items() if item is not None}
        return ", ".join(f"{key} {as_text(item)}" for key, item in known.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(as_text(item) for item in value)
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(str(value).split())


def cell(value: Any) -> str:
    """A recorded value in a table: nothing in it can end the cell or become HTML."""
    return as_text(value).replace("|", "\\|").replace("<", "&lt;")


def code(value: str) -> str:
    """Text between backticks: one line without backticks."""
    return as_text(value).replace("`", "'").replace("|", "\\|")


def plain(value: str) -> str:
    """Model output or a question, quoted: one line, shortened, no markup."""
    text = " ".join(value.split())
    if len(text) > SAMPLE_LENGTH:
        text = text[:SAMPLE_LENGTH] + "……（后面略）"
    return _MARKUP.sub(r"\\\1", text) or "（空）"


def difference(hop: Hop) -> str:
    """The largest difference of a hop and what it is a difference of."""
    if hop.largest_difference is None:
        return "—"
    unit = f" {cell(hop.difference_of)}" if hop.difference_of else ""
    return f"{number(hop.largest_difference)}{unit}"


def recipe_name(recipe: str) -> str:
    """The name of a recipe without its folder (not `.stem`: "qwen3-0.6b" has a dot of its own)."""
    return PureWindowsPath(recipe).name.removesuffix(".toml") or recipe


def title(run: Run, base_model: str) -> str:
    """The name of the adapter, for people and for the model index."""
    return f"toujiao-lora-{recipe_name(run.record.recipe)}（{base_model}）"


def digest(*records: BaseModel | None) -> str:
    """A fingerprint of what the card was written from."""
    joined = "\n".join(record.model_dump_json() for record in records if record)
    return hashlib.sha256(joined.encode("utf-8")).hexdigest()


def training_rows(
    run: Run, config: Mapping[str, Any], facts: AdapterFacts
) -> list[tuple[str, str, str]]:
    """The training set-up with numbers: (Chinese name, English name, value).

    What a run did not record is left out.
    """
    record = run.record
    losses = [value for value in map(_loss, record.losses) if value is not None]
    modules = config.get("target_modules")
    versions = {"toujiao": record.program}
    versions |= {name: version for name, version in record.versions.items() if version}
    rows = [
        ("配方", "recipe", recipe_name(record.recipe)),
        ("方法", "method", record.method.upper()),
        (
            "LoRA 秩 r / alpha",
            "LoRA rank / alpha",
            f"{config.get('r')} / {config.get('lora_alpha')}",
        ),
        ("LoRA dropout", "LoRA dropout", as_text(config.get("lora_dropout", 0))),
        (
            "作用的层",
            "target modules",
            as_text(sorted(modules) if isinstance(modules, list) else modules),
        ),
        ("可训练参数", "trainable parameters", f"{facts.parameters:,}"),
        ("训练行数", "rows trained on", number(record.data.train_rows)),
        ("混入的底座自答", "the base's own answers mixed in", as_text(record.data.replay or "")),
        ("步数", "steps", number(record.steps)),
        ("留下的是第几步", "step that was kept", _kept(record)),
        ("训练中读过的词元", "tokens read", number(record.trained_tokens)),
        ("用时（秒）", "seconds", number(record.seconds)),
        (
            "训练损失（开头 → 结尾）",
            "training loss (start → end)",
            f"{number(losses[0])} → {number(losses[-1])}" if losses[1:] else "",
        ),
        (
            "留出行的损失（训练前 → 训练后）",
            "loss on held-out rows (before → after)",
            _before_after(record.held_out_loss),
        ),
        ("硬件", "hardware", as_text(record.hardware or "")),
        ("随机种子", "seed", str(record.seed)),
        ("程序版本", "versions", as_text(versions)),
        ("训练时间", "trained at", record.created),
        ("权重 SHA-256", "SHA-256 of the weights", facts.sha256),
    ]
    return [row for row in rows if row[2]]


def forgetting_rows(forgetting: Mapping[str, Any] | None) -> list[tuple[str, float, float]]:
    """(what, before, after) of the probe of general questions; "" where it is a single figure."""
    before, after = (forgetting or {}).get("before"), (forgetting or {}).get("after")
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        before, after = {"": before}, {"": after}
    return [
        (str(name), float(value), float(after[name]))
        for name, value in before.items()
        if _is_number(value) and _is_number(after.get(name))
    ]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _kept(record: RunRecord) -> str:
    return number(record.best_step) if record.best_step not in (None, record.steps) else ""


def _before_after(loss: Mapping[str, float]) -> str:
    if not {"before", "after"} <= set(loss):
        return ""
    return f"{number(loss['before'])} → {number(loss['after'])}"


def _loss(entry: Any) -> float | None:
    """A loss out of the recorded list: a number, or an object with the field `loss`."""
    if isinstance(entry, Mapping):
        entry = entry.get("loss")
    return float(entry) if isinstance(entry, (int, float)) else None


def setting_rows(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """All settings as `section.name`; paths of this computer mean nothing to a reader."""
    rows = [(name, as_text(value)) for name, value in _flatten(settings)]
    return [(name, text) for name, text in rows if text and not has_local_path(text)]


def _flatten(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        elif name != "system_prompt" and value is not None:
            yield f"{prefix}{name}", value
