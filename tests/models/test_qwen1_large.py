"""A checkpoint as wide as the published one is converted in a few megabytes of memory."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toujiao.models.qwen1.config import check_config
from toujiao.models.qwen1.tensors import expected_shapes

FIXTURE = Path(__file__).parent / "fixtures" / "qwen1-tiny"
# The published 1.8B: hidden size, w1 and w2 together. All of its 151936 words and 24 blocks would need
# more time, not more memory.
_LARGE = {
    "vocab_size": 40960, "hidden_size": 2048, "intermediate_size": 11008,
    "num_hidden_layers": 2, "num_attention_heads": 16, "kv_channels": 128,
}  # fmt: skip
_MEASURE = """
import sys
from pathlib import Path
from toujiao.models.qwen1.convert import convert
def memory(key):
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int([line.split()[1] for line in status.splitlines() if line.startswith(key)][0])
before = memory("VmRSS")
convert(Path(sys.argv[1]), Path(sys.argv[2]))
print(memory("VmHWM") - before)
"""


def write_large(folder: Path) -> None:
    """A 1.8B-shaped checkpoint in two shards: random at both ends of each tensor, holes between."""
    generator = random.Random(7)
    config = json.loads((FIXTURE / "config.json").read_text(encoding="utf-8"))
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config | _LARGE), encoding="utf-8")
    shape = check_config(config | _LARGE, folder)
    table = expected_shapes(shape)
    names = sorted(table)
    weight_map = {}
    for number, part in enumerate((names[::2], names[1::2]), start=1):
        file_name = f"model-0000{number}-of-00002.safetensors"
        weight_map |= dict.fromkeys(part, file_name)
        header: dict[str, Any] = {}
        end = 0
        for name in part:
            start = end
            end += 2 * table[name][0] * (table[name][1] if len(table[name]) > 1 else 1)
            header[name] = {"dtype": "BF16", "shape": table[name], "data_offsets": [start, end]}
        text = json.dumps(header).encode()
        with (folder / file_name).open("wb") as file:
            file.write(len(text).to_bytes(8, "little") + text)
            data = file.tell()
            file.truncate(data + end)
            for entry in header.values():
                for position in (entry["data_offsets"][0], entry["data_offsets"][1] - 64):
                    file.seek(data + position)
                    file.write(generator.randbytes(64))
    index = json.dumps({"weight_map": weight_map})
    (folder / "model.safetensors.index.json").write_text(index, encoding="utf-8")


@pytest.mark.model
def test_a_model_of_the_published_width_needs_little_memory(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    from safetensors import safe_open

    source, target = tmp_path / "large", tmp_path / "out"
    write_large(source)
    command = [sys.executable, "-c", _MEASURE, str(source), str(target)]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
        kilobytes = int(done.stdout)
        weight = "transformer.h.1.attn.c_attn.weight"
        index = json.loads((source / "model.safetensors.index.json").read_text(encoding="utf-8"))
        with safe_open(source / index["weight_map"][weight], framework="pt") as opened:
            fused = opened.get_slice(weight)[:]
        index = json.loads((target / "model.safetensors.index.json").read_text(encoding="utf-8"))
        for block, letter in zip(fused.chunk(3), "qkv", strict=True):
            name = f"model.layers.1.self_attn.{letter}_proj.weight"
            with safe_open(target / index["weight_map"][name], framework="pt") as opened:
                assert bool((opened.get_tensor(name) == block).all())
    finally:
        shutil.rmtree(source)
        shutil.rmtree(target, ignore_errors=True)
    record_property("peak_kilobytes", kilobytes)
    assert kilobytes < 40_000  # one tensor of the vocabulary has 168 MB
