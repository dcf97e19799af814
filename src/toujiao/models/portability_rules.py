"""What is found about an adapter: one entry of portability.yaml, with the values filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

# The ways an adapter reaches a program: as it is, as a LoRA GGUF, or merged into its base.
PEFT, VLLM, OPENVINO, GGUF, MERGE = "peft", "vllm", "openvino", "gguf", "merge"
_ALL = frozenset({PEFT, VLLM, OPENVINO, GGUF, MERGE})
_STOPS = {"all": _ALL, "but_peft": _ALL - {PEFT}}

# Starting values that leave the base as it is; the others train against a changed base.
_PLAIN_STARTS = (None, True, False)
_WITHOUT_EFFECT = ("gaussian", "eva", "orthogonal", "mica")
# The change of the base can be computed again from the base alone (singular values; QR).
FROM_THE_BASE = ("pissa", "olora")
# The change is random or needs data: only the adapter as it was before training tells it.
_FROM_THE_START = ("pissa_niter_", "corda", "lora_ga")
_TABLE = Path(__file__).parent / "portability.yaml"


@dataclass(frozen=True)
class Finding:
    """Something about an adapter that a user should know, in one Chinese sentence."""

    code: str
    message: str
    stops: frozenset[str]
    """The ways that do not work, or would run at the wrong strength without a word."""
    remedy: str = ""
    """What to do, in Chinese; empty when nothing can be done but training again."""
    fixable: bool = False
    """Whether `toujiao models lint --fix` repairs it."""


@cache
def _table() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return table


def finding(code: str, **values: Any) -> Finding:
    """The finding of this entry; `values` go into its sentences."""
    entry = _table()["findings"][code]
    stops = entry.get("stops", ())
    known = _STOPS[stops] if isinstance(stops, str) else frozenset(stops)
    remedy = f"加 --fix：{entry['fix']}" if "fix" in entry else entry.get("do", "")
    says = entry["says"].format(**values)
    return Finding(entry.get("code", code), says, known, remedy.format(**values), "fix" in entry)


def special_settings(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Settings that make an adapter more than B @ A beside untouched weights."""
    if config.get("peft_type") != "LORA":
        yield finding("peft_type", kind=config.get("peft_type"))
        return
    if config.get("bias", "none") != "none":
        yield finding("bias", bias=config["bias"])
    for key, reason in _table()["settings"].items():
        if config.get(key):
            yield Finding(key, f"{reason}（{key}）", _STOPS["but_peft"])
    yield from _start(config.get("init_lora_weights"))


def _start(start: Any) -> Iterator[Finding]:
    if start in _PLAIN_STARTS:
        return
    name = str(start)
    if name in _WITHOUT_EFFECT:
        yield finding("start", start=name)
    elif name in FROM_THE_BASE:
        yield finding("recomputable", start=name)
    elif name.startswith(_FROM_THE_START):
        yield finding("lost_start", start=name)
    else:
        why = "它配的是量化过的底座" if name == "loftq" else "不认识的初始化，不知道底座有没有改过"
        yield finding("changed_base", start=name, why=why)
