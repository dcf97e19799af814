"""Small random models and adapters, made with transformers and PEFT; and the shipped, trained pair."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from toujiao.models import tiny
from toujiao.models.tiny import train_tokenizer

if TYPE_CHECKING:
    from toujiao.models.verify.exam import Exam
    from toujiao.models.verify.material import Material

SENTENCES = ["股票就是公司的一小份。", "均线就是平均价连成的线。", "市盈率是股价除以每股收益。"] * 5
LAYERS = 2
MakeAdapter = Callable[..., Path]


def _write_base(folder: Path, kind: str) -> Path:
    """qwen3: tied embeddings, norms of q and k. qwen2: untied, biases, trained biases' look."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM

    tokenizer = train_tokenizer(SENTENCES, size=400)
    shape: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 32,  # Qwen3: not hidden_size / heads
        "max_position_embeddings": 256,
        "eos_token_id": 2,
        "pad_token_id": 0,
        "initializer_range": 0.1,
    }
    torch.manual_seed(11)
    model: Any
    if kind == "qwen3":
        model = Qwen3ForCausalLM(Qwen3Config(**shape, tie_word_embeddings=True))
    else:
        del shape["head_dim"]
        model = Qwen2ForCausalLM(Qwen2Config(**shape, tie_word_embeddings=False))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("bias") or "norm" in name:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A model folder in float32 for each architecture."""
    root = tmp_path_factory.mktemp("bases")
    return {kind: _write_base(root / kind, kind) for kind in ("qwen2", "qwen3")}


@pytest.fixture(scope="session")
def bf16_base(bases: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Qwen2 model in 16 bits, in several weight files."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = tmp_path_factory.mktemp("bf16") / "base"
    model = AutoModelForCausalLM.from_pretrained(bases["qwen2"], dtype=torch.bfloat16)
    model.save_pretrained(folder, max_shard_size="100KB")
    AutoTokenizer.from_pretrained(bases["qwen2"]).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> MakeAdapter:
    """Makes each kind of adapter once in a session, with PEFT itself; not to be changed."""
    made: dict[str, Path] = {}

    def build(base: Path, size: float = 0.1, **settings: Any) -> Path:
        key = repr((base, size, sorted(settings.items())))
        if key not in made:
            made[key] = _write_adapter(base, tmp_path_factory.mktemp("adapter"), size, settings)
        return made[key]

    return build


def _write_adapter(base: Path, folder: Path, size: float, settings: dict[str, Any]) -> Path:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    values = {"r": 4, "lora_alpha": 8, "target_modules": "all-linear"} | settings
    loaded = AutoModelForCausalLM.from_pretrained(base)
    torch.manual_seed(5)
    model = get_peft_model(loaded, LoraConfig(task_type="CAUSAL_LM", **values))
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            if "lora_" in key and "_B" in key:
                parameter.copy_(size * torch.randn(parameter.shape, generator=generator))
            elif "lora_embedding_A" in key:
                parameter.copy_(0.1 * torch.randn(parameter.shape, generator=generator))
    model.save_pretrained(folder)
    return folder


@pytest.fixture
def make_adapter(built: MakeAdapter, tmp_path: Path) -> MakeAdapter:
    """A copy, which may be spoilt, of an adapter with random A and B; keywords are LoraConfig's.

    `size` is the spread of B: 0 gives an adapter that does nothing.
    """

    def make(base: Path, name: str = "adapter", **values: Any) -> Path:
        return Path(shutil.copytree(built(base, **values), tmp_path / name))

    return make


@pytest.fixture
def change_config() -> Callable[..., None]:
    """Changes values of a JSON file in a folder (adapter_config.json unless told)."""

    def change(folder: Path, file: str = "adapter_config.json", **values: Any) -> None:
        settings = json.loads((folder / file).read_text(encoding="utf-8")) | values
        (folder / file).write_text(json.dumps(settings), encoding="utf-8")

    return change


@pytest.fixture(scope="session")
def logits() -> Callable[..., Any]:
    """Logits (float32) of a model folder, with or without an adapter, on a few fixed tokens."""

    def compute(base: Path, adapter: Path | None = None, **options: Any) -> Any:
        import torch
        from peft import PeftModel
        from transformers import AutoModelForCausalLM

        model: Any = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
        if adapter:
            model = PeftModel.from_pretrained(model, adapter, **options)
        ids = torch.arange(3, 35)[None]
        with torch.no_grad():
            return model.eval()(ids).logits

    return compute


# The shipped pair is the one that was really trained: merged, written as GGUF and asked only once.

# Two rows of the shipped data whose answers end within 133 tokens.
ROWS, MOST_TOKENS = (3, 14), 160


@pytest.fixture(scope="session")
def shipped() -> Material:
    """The shipped run with few prompts."""
    from toujiao.models.quiet import quiet_libraries
    from toujiao.models.verify.material import read_material

    quiet_libraries()
    material = read_material(tiny.SHIPPED, None, None, prompts=24)
    return replace(material, rows=tuple(material.rows[row] for row in ROWS))


@pytest.fixture(scope="session")
def exam(shipped: Material) -> Exam:
    """What base and adapter of the shipped run say."""
    from toujiao.models.verify.exam import make_exam

    return make_exam(shipped, MOST_TOKENS, lambda _: None)


@pytest.fixture(scope="session")
def short(exam: Exam) -> Exam:
    """One answer of 91 tokens, which shows most faults."""
    return replace(exam, items=exam.items[1:])


@pytest.fixture(scope="session")
def merged(shipped: Material, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped pair merged; not to be changed."""
    from toujiao.models.merge import merge_adapter

    folder = tmp_path_factory.mktemp("merged") / "model"
    merge_adapter(shipped.base, shipped.adapter, folder)
    return folder


@pytest.fixture(scope="session")
def gguf_file(merged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as an F16 GGUF file; not to be changed."""
    from toujiao.models.gguf_writer import write_model

    file = tmp_path_factory.mktemp("gguf") / "merged.gguf"
    write_model(merged, file, "F16")
    return file
