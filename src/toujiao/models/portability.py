"""Where an adapter will run: PEFT, vLLM, llama.cpp, Ollama, OpenVINO, MLX; and why not elsewhere.

Reads adapter_config.json and the safetensors of a run or PEFT folder, and the base where it is on
this disk. Loads no model and fetches nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models import portability_weights as weights
from toujiao.models.lora import check_numbers, strength
from toujiao.models.pickled import PICKLED
from toujiao.models.portability_rules import (
    ALL,
    GGUF,
    MERGE,
    NOT_PEFT,
    NOWHERE,
    OPENVINO,
    PEFT,
    VLLM,
    Finding,
    special_settings,
)
from toujiao.models.resolve import (
    ADAPTER_WEIGHTS,
    adapter_config,
    adapter_folder,
    is_hub_id,
    local_base,
    source_of,
)
from toujiao.models.shards import read_pieces

# What vLLM takes for --max-lora-rank (vllm/config/lora.py).
VLLM_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
YES, AFTER, NO = "yes", "after", "no"
MARKS = {YES: "✓", AFTER: "△", NO: "✗"}
# Program -> the way an adapter reaches it.
TARGETS = {
    "PEFT": PEFT, "vLLM": VLLM, "llama.cpp": GGUF, "Ollama": MERGE, "OpenVINO": OPENVINO, "MLX": MERGE,
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """Whether a program runs the adapter, and how or why not."""

    target: str
    status: str
    """yes = as it is; after = after the step in `how`; no."""
    how: str


@dataclass(frozen=True)
class Report:
    """What is known about an adapter."""

    adapter: str
    base: str
    base_checked: bool
    """Whether the base was at hand to compare names and shapes with."""
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """The report for machines."""
        values = asdict(self)
        for finding in values["findings"]:
            finding["stops"] = sorted(finding["stops"])
        return values

    def lines(self) -> Iterator[str]:
        """The report as a Chinese table and list."""
        for verdict in self.verdicts:
            yield f"{MARKS[verdict.status]} {verdict.target:<10}{verdict.how}"
        for finding in self.findings:
            remedy = f" → {finding.remedy}" if finding.remedy else ""
            yield f"{'✗' if finding.stops else '·'} {finding.message}{remedy}"
        if not self.base_checked:
            yield f"· 底座 {self.base or '（没有写）'} 不在本机，层名和形状没有核对；可用 --base 指定文件夹"

    def failures(self, targets: list[str]) -> list[str]:
        """Those of `targets` (all when empty) where the adapter does not run."""
        return [
            verdict.target
            for verdict in self.verdicts
            if verdict.status == NO and (not targets or verdict.target in targets)
        ]


def lint(adapter: Path, base: str | None = None) -> Report:
    """Look at an adapter (run or PEFT folder); `base` is a folder or a Hub id.

    ToujiaoError when there is no adapter, or when a file is damaged.
    """
    folder = adapter_folder(adapter)
    config = adapter_config(folder)
    named = base or str(config.get("base_model_name_or_path") or "")
    local = local_base(named) if named else None
    findings = [*special_settings(config), *_notes(config), *weights.check_folder(folder)]
    pairs: dict[str, weights.Pair] = {}
    if (folder / ADAPTER_WEIGHTS).is_file():
        pieces = read_pieces(folder / ADAPTER_WEIGHTS)
        pairs = weights.pairs_of(pieces)
        findings += weights.check_names(pieces, named)
        findings += [*weights.check_halves(pairs), *weights.check_values(pairs)]
        if config.get("peft_type") == "LORA":
            check_numbers(config, folder)
            findings += [*weights.check_settings(pairs, config), *_strengths(pairs, config)]
        if local:
            findings += weights.check_base(pairs, pieces, local)
    else:
        findings.append(_without_safetensors(folder))
    direct = _as_it_is(adapter, named, pairs, config)
    verdicts = tuple(_verdict(target, adapter, findings, direct) for target in TARGETS)
    return Report(str(adapter), named, local is not None, verdicts, tuple(findings))


def check_targets(names: Sequence[str]) -> list[str]:
    """The programs as they are spelt in `TARGETS`; ToujiaoError for one that is not there."""
    known = {target.lower(): target for target in TARGETS}
    if wrong := [name for name in names if name.lower() not in known]:
        raise ToujiaoError(f"没有检查 {wrong[0]}，可用：{'、'.join(TARGETS)}。")
    return [known[name.lower()] for name in names]


def _notes(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Settings that stop nothing here, and somebody elsewhere."""
    base = str(config.get("base_model_name_or_path") or "")
    if config.get("use_rslora"):
        yield Finding(
            "rslora", "rsLoRA：llama.cpp 自带的转换程序不看这一项，强度会变成 1/√r", NOWHERE,
            "用 toujiao models gguf 转换，或加 --fix 换成普通 LoRA（alpha·√r）", fixable=True,
        )  # fmt: skip
    start = config.get("init_lora_weights")
    if start in ("eva", "orthogonal", "mica", "gaussian"):
        yield Finding(
            "start", f"初始化是 {start}，训练以后没有作用，但有的程序见了不认识的值会拒绝", NOWHERE,
            "加 --fix：去掉它", fixable=True,
        )  # fmt: skip
    if not base:
        yield Finding(
            "base", "没有写底座", NOWHERE, "加 --fix 和 --base Hub 上的名字", fixable=True
        )
    elif not is_hub_id(base):
        yield Finding(
            "base", f"底座写的是本机路径 {base}，别人的机器上没有，Hub 也会拒绝", NOWHERE,
            "加 --fix 和 --base Hub 上的名字", fixable=True,
        )  # fmt: skip


def _without_safetensors(folder: Path) -> Finding:
    if (folder / PICKLED).is_file():
        return Finding(
            "pickle", f"权重是 {PICKLED}，这种文件能夹带代码，很多程序不读", NOT_PEFT - {VLLM},
            "加 --fix：只取张量，换成 safetensors", fixable=True,
        )  # fmt: skip
    return Finding("weights", f"没有 {ADAPTER_WEIGHTS}", ALL, "请重新导出")


def _strengths(pairs: Mapping[str, weights.Pair], config: Mapping[str, Any]) -> Iterator[Finding]:
    """One number for all modules is all that OpenVINO takes; vLLM has a highest rank."""
    found = {round(strength(config, module)[2], 9) for module in pairs}
    if len(found) > 1:
        yield Finding(
            "strengths", "各层的强度（alpha/r）不同，OpenVINO 只收一个 alpha", frozenset({OPENVINO}),
            "合并以后再用",
        )  # fmt: skip
    if pairs and (rank := max(strength(config, module)[0] for module in pairs)) > VLLM_RANKS[-1]:
        yield Finding("high_rank", f"秩是 {rank}，vLLM 最多 {VLLM_RANKS[-1]}", frozenset({VLLM}))


def _as_it_is(
    adapter: Path, base: str, pairs: Mapping[str, weights.Pair], config: Mapping[str, Any]
) -> dict[str, Verdict]:
    """What each program needs when nothing stands in its way."""
    rank, scale = 1, 0.0
    if pairs and config.get("peft_type") == "LORA":
        rank = max(strength(config, module)[0] for module in pairs)
        scale = Counter(strength(config, module)[2] for module in pairs).most_common(1)[0][0]
    allowed = next((number for number in VLLM_RANKS if number >= rank), VLLM_RANKS[-1])
    serve = (
        f"vllm serve {source_of(base) or '底座'} --enable-lora --max-lora-rank {allowed} "
        f"--lora-modules toujiao={adapter_folder(adapter)}"
    )
    alpha = f"文件里没有强度，要自己给：AdapterConfig().add(adapter, alpha={scale:g})"
    return {
        "PEFT": Verdict("PEFT", YES, "直接加载"),
        "vLLM": Verdict("vLLM", YES, serve),
        "llama.cpp": Verdict(
            "llama.cpp", AFTER, f"先转换：toujiao models gguf {adapter} 适配器.gguf"
        ),
        "OpenVINO": Verdict("OpenVINO", AFTER, alpha),
    }


def _verdict(
    target: str, adapter: Path, findings: Sequence[Finding], direct: Mapping[str, Verdict]
) -> Verdict:
    """As it is, else merged, else not at all."""
    blocking = [finding for finding in findings if TARGETS[target] in finding.stops]
    if not blocking and target in direct:
        return direct[target]
    if any(MERGE in finding.stops for finding in findings):
        return Verdict(target, NO, (blocking or list(findings))[0].message)
    commands = {
        "llama.cpp": f"gguf {adapter} 模型.gguf --merged",
        "Ollama": f"ollama {adapter} 新文件夹",
    }
    command = commands.get(target, f"merge {adapter} 新文件夹")
    return Verdict(target, AFTER, f"先合并：toujiao models {command}")
