"""What merging costs: the change that 16 bits keep, and memory and time for a model of 1.8B shape.

Run: python bench/export.py            (needs toujiao[train])
     python bench/export.py --large    (also writes about 10 GB to a temporary folder, for minutes)
Prints one JSON line per figure; times hold for this machine and what else runs on it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from toujiao.assistant.prompt import build_messages
from toujiao.files import write_json
from toujiao.knowledge.folders import ours
from toujiao.models import weights as merging
from toujiao.models.merge import merge_adapter
from toujiao.models.shards import INDEX, write_pieces
from toujiao.models.template import format_chat
from toujiao.models.tiny import ADAPTER_DIR, BASE_DIR

# The shipped adapter, and the same made weaker: what a shorter training would have left.
STRENGTHS = (1, 0.3, 0.1, 0.05, 0.02)
PROMPTS = 8
TOKENS = 256
HIDDEN, INNER, LAYERS, VOCABULARY = 2048, 5504, 24, 151936
_JOB = """
import sys, time
from pathlib import Path
from toujiao.models import gguf_writer, merge
def memory(key):
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int([line.split()[1] for line in lines if line.startswith(key)][0]) // 1024
what, base, adapter, target = sys.argv[1], *map(Path, sys.argv[2:])
import gguf
before, started = memory("VmRSS"), time.perf_counter()
if what == "merge":
    merge.merge_adapter(base, adapter, target)
else:
    kind, _, merged = what.partition("+")
    gguf_writer.write_model(base, target, kind, adapter if merged else None)
print(memory("VmHWM") - before, round(time.perf_counter() - started, 1))
"""


def say(name: str, **values: Any) -> None:
    print(json.dumps({"figure": name, **values}, ensure_ascii=False), flush=True)


def texts() -> list[str]:
    """Real prompts: a card with its first question."""
    return [
        format_chat(
            build_messages(card.header.questions[0], [ours().render(card.id)], ours().system_prompt)
        )
        for card in list(ours().cards)[::15][:PROMPTS]
    ]  # fmt: skip


def keep(folder: Path) -> None:
    """Merge into 16 bits, and compare with base and adapter kept apart."""
    import torch
    from peft import PeftModel
    from safetensors.torch import load_file, save_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    merging.LEAST_KEPT = 0.0  # measure also what would be refused
    tokenizer: Any = AutoTokenizer.from_pretrained(BASE_DIR)
    encoded = [tokenizer(text, return_tensors="pt")["input_ids"][:, :TOKENS] for text in texts()]

    def logits(model: Any) -> Any:
        with torch.no_grad():
            return torch.cat([model.eval()(ids).logits[0] for ids in encoded])

    for precision in ("bfloat16", "float16"):
        base = folder / precision
        AutoModelForCausalLM.from_pretrained(
            BASE_DIR, dtype=getattr(torch, precision)
        ).save_pretrained(base)
        for strength in STRENGTHS:
            adapter, merged = folder / "adapter", folder / "merged"
            for path in (adapter, merged):
                shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(ADAPTER_DIR, adapter)
            weights = load_file(adapter / "adapter_model.safetensors")
            weaker = {n: t * strength if "lora_B" in n else t for n, t in weights.items()}
            save_file(weaker, adapter / "adapter_model.safetensors")
            report = merge_adapter(base, adapter, merged).kept
            apart = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
            without = logits(apart)
            expected = logits(PeftModel.from_pretrained(apart, adapter))
            found = logits(AutoModelForCausalLM.from_pretrained(merged, dtype=torch.float32))
            error = (found - expected).norm() / (expected - without).norm()
            say(
                "merge into 16 bits", precision=precision, strength=strength,
                kept=round(report.share, 3),
                logit_error_over_effect=round(float(error), 3),
            )  # fmt: skip


class Random:
    """Random numbers of the size of real weights, made while they are written."""

    def __init__(self, shape: tuple[int, ...], dtype: str, spread: float) -> None:
        self.shape, self.dtype, self.spread = shape, dtype, np.float32(spread)
        self.length = int(np.prod(shape)) * (2 if dtype == "BF16" else 4)

    def chunks(self) -> Iterator[bytes]:
        generator = np.random.default_rng(len(self.shape))
        left = int(np.prod(self.shape))
        while left:
            count = min(left, 1 << 22)
            left -= count
            values = generator.standard_normal(count, dtype=np.float32)
            kind = gguf.GGMLQuantizationType[self.dtype]
            yield gguf.quants.quantize(values * self.spread, kind).tobytes()


def write_large(base: Path, adapter: Path) -> None:
    """A base of the shape of Qwen-1.8B in two files, and an adapter of rank 16 on every layer."""
    base.mkdir()
    adapter.mkdir()
    write_json(base / "config.json", {
        "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2",
        "hidden_size": HIDDEN, "intermediate_size": INNER,
        "num_hidden_layers": LAYERS, "num_attention_heads": 16, "vocab_size": VOCABULARY,
        "max_position_embeddings": 8192, "rms_norm_eps": 1e-6,
    })  # fmt: skip
    shutil.copyfile(BASE_DIR / "tokenizer.json", base / "tokenizer.json")
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in range(LAYERS):
        block = f"model.layers.{layer}"
        shapes |= {f"{block}.self_attn.{name}_proj": (HIDDEN, HIDDEN) for name in "qkvo"}
        shapes |= {f"{block}.mlp.{name}_proj": (INNER, HIDDEN) for name in ("up", "gate")}
        shapes[f"{block}.mlp.down_proj"] = (HIDDEN, INNER)
    weights = dict.fromkeys(("model.embed_tokens", "lm_head"), (VOCABULARY, HIDDEN)) | shapes
    names = sorted(weights)
    files: dict[str, str] = {}
    for number, part in enumerate((names[::2], names[1::2]), start=1):
        file = f"model-0000{number}-of-00002.safetensors"
        tensors = {f"{name}.weight": Random(weights[name], "BF16", 0.02) for name in part}
        write_pieces(base / file, tensors)
        files |= dict.fromkeys(tensors, file)
    write_json(base / INDEX, {"metadata": {}, "weight_map": files})
    write_json(adapter / "adapter_config.json", {"peft_type": "LORA", "r": 16, "lora_alpha": 32})
    halves = {}
    for name, (rows, columns) in shapes.items():
        halves[f"base_model.model.{name}.lora_A.weight"] = Random((16, columns), "F32", 0.02)
        halves[f"base_model.model.{name}.lora_B.weight"] = Random((rows, 16), "F32", 0.01)
    write_pieces(adapter / "adapter_model.safetensors", halves)


def large(folder: Path) -> None:
    folder.mkdir()
    write_large(folder / "base", folder / "adapter")
    for what in ("merge", "Q8_0", "Q4_0", "F16", "Q8_0+merged"):
        target = folder / "target"
        command = [sys.executable, "-c", _JOB, what, folder / "base", folder / "adapter", target]
        result = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
        memory, seconds = result.stdout.split()
        say(f"1.8B shape: {what}", memory_mb=int(memory), seconds=float(seconds))
        if target.is_dir():
            shutil.rmtree(target)
        target.unlink(missing_ok=True)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        keep(Path(scratch))
        if "--large" in sys.argv:
            large(Path(scratch) / "large")
