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
from toujiao.files import read_json
from toujiao.models.lora import strength
from toujiao.models.portability_checks import Adapter, read_adapter
from toujiao.models.portability_rules import GGUF, MERGE, OPENVINO, PEFT, VLLM, Finding, finding
from toujiao.models.resolve import (
    adapter_config,
    adapter_folder,
    is_hub_id,
    local_base,
    source_of,
)

# What vLLM takes for --max-lora-rank (vllm/config/lora.py).
VLLM_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
YES, AFTER, NO = "yes", "after", "no"
MARKS = {YES: "✓", AFTER: "△", NO: "✗"}
# Program -> the way an adapter reaches it, and the command that merges for it.
TARGETS = {
    "PEFT": (PEFT, "merge {adapter} 新文件夹"),
    "vLLM": (VLLM, "merge {adapter} 新文件夹"),
    "llama.cpp": (GGUF, "gguf {adapter} 模型.gguf --merged"),
    "Ollama": (MERGE, "ollama {adapter} 新文件夹"),
    "OpenVINO": (OPENVINO, "merge {adapter} 新文件夹"),
    "MLX": (MERGE, "merge {adapter} 新文件夹"),
}


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
        for found in values["findings"]:
            found["stops"] = sorted(found["stops"])
        return values

    def lines(self) -> Iterator[str]:
        """The report as a Chinese table and list."""
        for verdict in self.verdicts:
            yield f"{MARKS[verdict.status]} {verdict.target:<10}{verdict.how}"
        for found in self.findings:
            remedy = f" → {found.remedy}" if found.remedy else ""
            yield f"{'✗' if found.stops else '·'} {found.message}{remedy}"
        if not self.base_checked:
            yield f"· 底座 {self.base or '（没有写）'} 不在本机，层名和形状没有核对；可用 --base 指定文件夹"

    def failures(self, targets: list[str]) -> list[str]:
        """Those of `targets` (all when empty) where the adapter does not run."""
        failed = [verdict.target for verdict in self.verdicts if verdict.status == NO]
        return [target for target in failed if not targets or target in targets]


def lint(adapter: Path, base: str | None = None) -> Report:
    """Look at an adapter (run or PEFT folder); `base` is a folder or a Hub id.

    ToujiaoError when there is no adapter, or when a file is damaged.
    """
    folder = adapter_folder(adapter)
    named = base or str(adapter_config(folder).get("base_model_name_or_path") or "")
    local = local_base(named) if named else None
    read = read_adapter(folder, local)
    findings = [*read.findings, *_notes(read.config), *_strengths(read), *_missing(folder)]
    verdicts = tuple(_verdict(target, adapter, findings, read, named) for target in TARGETS)
    return Report(str(adapter), named, local is not None, verdicts, tuple(findings))


def check_targets(names: Sequence[str]) -> list[str]:
    """The programs as they are spelt in `TARGETS`; ToujiaoError for one that is not there."""
    known = {target.lower(): target for target in TARGETS}
    if wrong := [name for name in names if name.lower() not in known]:
        raise ToujiaoError(f"没有检查 {wrong[0]}，可用：{'、'.join(TARGETS)}。")
    return [known[name.lower()] for name in names]


def _notes(config: Mapping[str, Any]) -> Iterator[Finding]:
    """Settings that stop nothing here, and somebody elsewhere."""
    if config.get("use_rslora"):
        yield finding("rslora")
    base = str(config.get("base_model_name_or_path") or "")
    if not is_hub_id(base):
        yield finding("local_base" if base else "no_base", base=base)


def _missing(folder: Path) -> Iterator[Finding]:
    """Files that a user of the adapter would miss; nothing stops without them."""
    if not (folder / "tokenizer.json").is_file():
        yield finding("tokenizer")
    settings = folder / "tokenizer_config.json"
    inside = settings.is_file() and "chat_template" in read_json(settings)
    if not inside and not (folder / "chat_template.jinja").is_file():
        yield finding("template")


def _strengths(read: Adapter) -> Iterator[Finding]:
    """One number for all modules is all that OpenVINO takes; vLLM has a highest rank."""
    found = _ranks_and_scales(read)
    if len({round(scale, 9) for _, scale in found}) > 1:
        yield finding("strengths")
    if (rank := max(rank for rank, _ in found)) > VLLM_RANKS[-1]:
        yield finding("high_rank", rank=rank, most=VLLM_RANKS[-1])


def _ranks_and_scales(read: Adapter) -> list[tuple[int, float]]:
    plain = read.contents.modules if read.config.get("peft_type") == "LORA" else {}
    return [strength(read.config, module) for module in plain] or [(1, 0.0)]


def _verdict(
    target: str, adapter: Path, findings: Sequence[Finding], read: Adapter, base: str
) -> Verdict:
    """As it is, else merged, else not at all."""
    way, merging = TARGETS[target]
    blocking = [found for found in findings if way in found.stops]
    if not blocking and way != MERGE:
        return _as_it_is(target, adapter, read, base)
    if any(MERGE in found.stops for found in findings):
        return Verdict(target, NO, (blocking or list(findings))[0].message)
    return Verdict(target, AFTER, f"先合并：toujiao models {merging.format(adapter=adapter)}")


def _as_it_is(target: str, adapter: Path, read: Adapter, base: str) -> Verdict:
    """What a program needs when nothing stands in its way."""
    found = _ranks_and_scales(read)
    if target == "vLLM":
        allowed = next(n for n in VLLM_RANKS if n >= max(rank for rank, _ in found))
        serve = f"vllm serve {source_of(base) or '底座'} --enable-lora --max-lora-rank {allowed}"
        return Verdict(target, YES, f"{serve} --lora-modules toujiao={read.folder}")
    if target == "llama.cpp":
        return Verdict(target, AFTER, f"先转换：toujiao models gguf {adapter} 适配器.gguf")
    if target == "OpenVINO":
        scale = Counter(scale for _, scale in found).most_common(1)[0][0]
        give = f"AdapterConfig().add(adapter, alpha={scale:g})"
        return Verdict(target, AFTER, f"文件里没有强度，要自己给：{give}")
    return Verdict(target, YES, "直接加载")
