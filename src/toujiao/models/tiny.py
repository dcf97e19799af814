"""The embedded base `toujiao-tiny`: its shape, its tokenizer, and where the shipped files are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.models.template import END_OF_TEXT, SPECIAL_TOKENS, TURN_END, chat_template

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerBase, Qwen3Config

NAME = "toujiao-tiny"
SHIPPED = Path(__file__).parent / "shipped"
BASE_DIR, ADAPTER_DIR = SHIPPED / "base", SHIPPED / "adapter"
BASE_GGUF, ADAPTER_GGUF = SHIPPED / "toujiao-tiny-q8_0.gguf", SHIPPED / "adapter-f16.gguf"
VOCABULARY_SIZE = 8192
CONTEXT_LENGTH = 2048
# Qwen2's own split pattern: llama.cpp's "qwen2" pre-tokenizer is this one.
SPLIT_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
    r"\s*[\r\n]+|\s+(?!\S)|\s+"
)
SHAPE: dict[str, Any] = {
    "hidden_size": 256,
    "num_hidden_layers": 6,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 64,
    "intermediate_size": 768,
}


def make_config(vocabulary_size: int, end_id: int, pad_id: int) -> Qwen3Config:
    """The model configuration (Qwen3 architecture, tied embeddings)."""
    from transformers import Qwen3Config

    return Qwen3Config(
        **SHAPE,
        vocab_size=vocabulary_size,
        max_position_embeddings=CONTEXT_LENGTH,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=end_id,
        pad_token_id=pad_id,
    )


def byte_level(model: Any) -> Tokenizer:
    """A tokenizer around a BPE model, with Qwen's split pattern, as llama.cpp's "qwen2" has it."""
    from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers

    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT_PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train_tokenizer(texts: Iterable[str], size: int = VOCABULARY_SIZE) -> PreTrainedTokenizerBase:
    """A byte-level BPE of `size` tokens on `texts`, with Qwen's split pattern and special tokens."""
    from tokenizers import models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = byte_level(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=3,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
        max_token_length=12,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=TURN_END,
        pad_token=END_OF_TEXT,
        chat_template=chat_template(),
        model_max_length=CONTEXT_LENGTH,
    )
