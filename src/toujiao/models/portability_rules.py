"""What a setting in adapter_config.json means for the programs that may load the adapter.

The one list: merging and GGUF files refuse by it, `toujiao models lint` reports it, publishing
checks it. Read in vLLM 0.33, llama.cpp, OpenVINO GenAI, mlx-lm and PEFT 0.21 (docs/models.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# The ways an adapter reaches a program: as it is, as a LoRA GGUF, or merged into its base.
PEFT, VLLM, OPENVINO, GGUF, MERGE = "peft", "vllm", "openvino", "gguf", "merge"
ROUTES = (PEFT, VLLM, OPENVINO, GGUF, MERGE)
ALL = frozenset(ROUTES)
NOT_PEFT = ALL - {PEFT}
NOWHERE: frozenset[str] = frozenset()

# Starting values that leave the base as it is; the others train against a changed base.
PLAIN_STARTS = (None, True, False, "gaussian", "eva", "orthogonal", "mica")
# The change can be computed again from the base alone (the largest singular values; QR).
FROM_THE_BASE = ("pissa", "olora")
# The change is random or needs data: only the adapter as it was before training tells it.
FROM_THE_START = ("corda", "lora_ga")


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


# Setting -> why a value other than "off" keeps the adapter where PEFT is.
_ONLY_PEFT = {
    "use_dora": "DoRA 另有一组长度，vLLM 拒绝，llama.cpp 和 OpenVINO 不认识",
    "lora_bias": "B 带偏置，别的程序会丢掉它",
    "modules_to_save": "另存了整层训练过的权重，别的程序不加载",
    "trainable_token_indices": "单独训练了几个词的词向量，别的程序不加载",
    "target_parameters": "直接改了参数而不是线性层，别的程序不加载",
    "alora_invocation_tokens": "aLoRA 从某个词以后才起作用，别的程序会从头起作用",
    "use_qalora": "QALoRA 的 A 对应分组后的输入，别的程序会算错",
    "arrow_config": "Arrow 按输入挑选适配器，别的程序不会挑",
    "use_bdlora": "BD-LoRA 的矩阵是分块的，别的程序会算错",
    "kasa_config": "KaSA 在 A、B 之间另有一组数，别的程序会丢掉它",
    "monteclora_config": "MonteCLoRA 训练时加了随机量，别的程序不认识",
    "velora_config": "VeLoRA 不是普通 LoRA，别的程序不认识",
    "layer_replication": "重复使用了底座的层，别的程序的层数对不上",
    "megatron_config": "用的是 Megatron 的层，别的程序不认识",
    "fan_in_fan_out": "权重是转置存放的，别的程序会算错",
}


def special_settings(config: Mapping[str, Any]) -> Iterator[Finding]:
    """What makes an adapter more than B @ A beside untouched weights."""
    if config.get("peft_type") != "LORA":
        kind = config.get("peft_type")
        yield Finding("peft_type", f"peft_type 是 {kind}，不是 LORA，只有 PEFT 认识", NOT_PEFT)
        return
    if config.get("bias", "none") != "none":
        yield Finding("bias", f"训练了偏置（bias 是 {config['bias']}），别的程序不加载", NOT_PEFT)
    for key, reason in _ONLY_PEFT.items():
        if config.get(key):
            yield Finding(key, f"{reason}（{key}）", NOT_PEFT)
    yield from _start(config.get("init_lora_weights"))


def _start(start: Any) -> Iterator[Finding]:
    if start in PLAIN_STARTS:
        return
    name = str(start)
    reason = f"训练前先改了底座（init_lora_weights 是 {name}），对着原来的底座用会算错"
    if name in FROM_THE_BASE:
        yield Finding(
            "changed_base",
            f"{reason}；只有 PEFT 会照着重算一遍",
            NOT_PEFT,
            "加 --fix：照底座重算那一份改动，换成普通 LoRA",
            True,
        )
    elif name.startswith("pissa_niter_") or name in FROM_THE_START:
        yield Finding(
            "changed_base",
            f"{reason}；那一份改动重算不出来，连 PEFT 也不行",
            ALL,
            "加 --fix 和 --initial，给出训练前存下的适配器",
            True,
        )
    elif name == "loftq":
        yield Finding("changed_base", f"{reason}；它配的是量化过的底座", NOT_PEFT)
    else:
        yield Finding("changed_base", f"不认识的初始化 {name}，不知道底座有没有改过", NOT_PEFT)
