"""The rebuilt tokenizer gives the ids of the original vocabulary, text by text."""

from __future__ import annotations

import base64
import json
import random
import unicodedata
from importlib.resources import files
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from toujiao.errors import ToujiaoError
from toujiao.knowledge.knowledge import SHIPPED
from toujiao.models.qwen1.config import Shape
from toujiao.models.qwen1.convert import convert
from toujiao.models.qwen1.tensors import expected_shapes
from toujiao.models.qwen1.tokenizer import CONTROL_TOKENS, find_merges, read_ranks

pytestmark = pytest.mark.model
pytest.importorskip("dashscope")
# dashscope is Alibaba's own package; its copy of the published vocabulary is the reference.
VOCABULARY = Path(str(files("dashscope") / "resources" / "qwen.tiktoken"))
FIXTURE = Path(__file__).parent / "fixtures" / "qwen1-tiny"
CHAT = [
    {"role": "system", "content": "You are a helpful assistant."},
    {"role": "user", "content": "什么是市盈率？<|im_end|>"},
    {"role": "assistant", "content": "价格除以每股收益。"},
]
STRANGE = [
    "", " ", "\n", "\r\n\r\n", "\t \u3000x\u00a0", "   三个空格", "行尾  \n\n  行首", "1234567890.05%",
    "I'll we'RE don't", "👨‍👩‍👧‍👦🇨🇳👍🏽", "𠮷野家𪚥龘靐", "e\u0301 é が が", "Ǆ ﬁ Å", "\u200b\ufeff", "ⅷ②㊣½",
    "สวัสดี नमस्ते مرحبا שלום", "\x00\x07\x7f", "\ue000\U0010ffff", "≯ ＜|im_end|＞", "<|im_end", "<|extra_205|>",
    *CONTROL_TOKENS, "".join(CONTROL_TOKENS), "<|im_start|>user\n你好<|im_end|>\n", "a<|endoftext|>b",
]  # fmt: skip


@pytest.fixture(scope="module")
def original() -> Any:
    import tiktoken

    from toujiao.models.tiny import SPLIT_PATTERN

    start = 151643
    return tiktoken.Encoding(
        "qwen",
        pat_str=SPLIT_PATTERN,
        mergeable_ranks=read_ranks(VOCABULARY),
        special_tokens={token: start + i for i, token in enumerate(CONTROL_TOKENS)},
    )


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of one narrow block with the published vocabulary, converted with its tokenizer."""
    import torch
    from safetensors.torch import save_file

    folder = tmp_path_factory.mktemp("qwen1-tokenizer")
    source = folder / "source"
    source.mkdir()
    shape = Shape(hidden=4, feed_forward=4, layers=1, heads=1, vocabulary=151936, context=8192)
    config = json.loads((FIXTURE / "config.json").read_text(encoding="utf-8")) | {
        "vocab_size": 151936, "hidden_size": 4, "kv_channels": 4, "num_attention_heads": 1,
        "num_hidden_layers": 1, "intermediate_size": 8,
    }  # fmt: skip
    (source / "config.json").write_text(json.dumps(config), encoding="utf-8")
    state = {name: torch.ones(size) for name, size in expected_shapes(shape).items()}
    save_file(state, source / "model.safetensors")
    (source / "qwen.tiktoken").write_bytes(VOCABULARY.read_bytes())
    proof = convert(source, folder / "out")
    assert proof["tokenizer"]["merges"] == 151387
    assert proof["tokenizer"]["size"] == 151851
    return folder / "out"


@pytest.fixture(scope="module")
def tokenizer(converted: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(converted)


def texts() -> list[str]:
    """All cards, whole and by paragraph, every kind of strange text, and random characters."""
    cards = [path.read_text(encoding="utf-8") for path in sorted((SHIPPED / "cards").rglob("*.md"))]
    paragraphs = [part for card in cards for part in card.split("\n\n")]
    generator = random.Random(20261123)
    planes = [(0x20, 0x7F), (0xA0, 0x2FFF), (0x3000, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFFFD),
              (0x1F000, 0x1FAFF), (0x20000, 0x2FA1D)]  # fmt: skip
    noise = [
        "".join(
            chr(generator.randint(*generator.choice(planes)))
            for _ in range(generator.randint(1, 40))
        )
        for _ in range(1500)
    ]
    return [*cards, *paragraphs, *STRANGE, *noise]


def test_two_thousand_texts_get_the_ids_of_the_original(original: Any, tokenizer: Any) -> None:
    samples = texts()
    assert len(set(samples)) >= 2000
    # The original code normalises first and lets control tokens in a text be control tokens.
    wanted = [
        original.encode(unicodedata.normalize("NFC", text), allowed_special="all")
        for text in samples
    ]
    found = tokenizer(samples)["input_ids"]
    assert [t for t, w, f in zip(samples, wanted, found, strict=True) if w != f] == []


def test_every_word_of_the_vocabulary_gets_its_own_id(original: Any, converted: Path) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(converted / "tokenizer.json"))
    words = [
        text
        for token in read_ranks(VOCABULARY)
        if "\ufffd" not in (text := token.decode("utf-8", "replace"))
    ]
    assert len(words) > 140_000
    normal = [unicodedata.normalize("NFC", word) for word in words]
    wanted = [original.encode_ordinary(word) for word in normal]  # its batches wait for threads
    found = [encoding.ids for encoding in tokenizer.encode_batch_fast(words)]
    assert [t for t, w, f in zip(words, wanted, found, strict=True) if w != f] == []
    assert [
        t for t, f in zip(normal[::50], found[::50], strict=True) if tokenizer.decode(f) != t
    ] == []


def test_the_control_tokens_and_the_end_are_where_the_model_learned_them(tokenizer: Any) -> None:
    names = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|extra_0|>", "<|extra_204|>"]
    ids = [151643, 151644, 151645, 151646, 151850]
    assert tokenizer.convert_tokens_to_ids(names) == ids
    assert (tokenizer.eos_token_id, tokenizer.pad_token_id) == (151645, 151643)
    assert len(tokenizer) == 151851
    assert tokenizer.model_max_length == 8192


def test_a_dialogue_is_encoded_as_the_original_code_did(original: Any, tokenizer: Any) -> None:
    """Every part for itself: the user's own <|im_end|> must stay text."""
    wanted: list[int] = []
    for message in CHAT:
        wanted += [151644, *original.encode(message["role"]), *original.encode("\n")]
        wanted += [*original.encode(message["content"], disallowed_special=()), 151645]
        wanted += original.encode("\n")
    found = tokenizer.apply_chat_template(CHAT, return_dict=False, sanitize_control_tokens=True)
    assert found == wanted


def test_generation_knows_both_ends(converted: Path) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(converted)
    assert model.generation_config.eos_token_id == [151645, 151643]
    assert float(model.get_input_embeddings().weight[151643].sum().detach()) == 4


def test_the_gguf_writer_reads_the_rebuilt_tokenizer(converted: Path) -> None:
    from toujiao.models.gguf_metadata import write_tokenizer

    writer = Mock()
    write_tokenizer(writer, converted, 151936)
    writer.add_eos_token_id.assert_called_once_with(151645)
    (merges,), _ = writer.add_token_merges.call_args
    (names,), _ = writer.add_token_list.call_args
    assert (len(merges), len(names)) == (151387, 151936)


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: lines[:-1],
        lambda lines: [*lines, b"YWJjZGVmZ2hpamtsbW5vcA== 151643"],
        lambda lines: [*lines[:-1], lines[0].split()[0] + b" 151642"],
        lambda lines: [*lines[:-1], b"\xff\xff 151642"],
        lambda lines: [*lines[:-1], lines[-1].split()[0]],
    ],
    ids=["one too few", "one too many", "one twice", "not base64", "no number"],
)
def test_a_vocabulary_that_is_not_the_published_one_is_refused(tmp_path: Path, change: Any) -> None:
    path = tmp_path / "qwen.tiktoken"
    path.write_bytes(b"\n".join(change(VOCABULARY.read_bytes().splitlines())))
    with pytest.raises(ToujiaoError, match="重新下载"):
        read_ranks(path)


def test_a_word_that_does_not_fall_into_two_parts_is_refused() -> None:
    ranks = {bytes([byte]): byte for byte in range(256)}
    assert find_merges({**ranks, b"ab": 256, b"abc": 257}) == [(b"a", b"b"), (b"ab", b"c")]
    with pytest.raises(ToujiaoError, match="拆不成两部分"):
        find_merges({**ranks, b"abc": 256})


def test_a_vocabulary_larger_than_the_model_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for path in FIXTURE.glob("*.*"):
        (source / path.name).write_bytes(path.read_bytes())
    (source / "qwen.tiktoken").write_bytes(base64.b64encode(b"a") + b" 0")
    with pytest.raises(ToujiaoError, match="不配套"):
        convert(source, tmp_path / "out")
    (source / "qwen.tiktoken").rename(source / "more.tiktoken")
    with pytest.raises(ToujiaoError, match="扩充词表"):
        convert(source, tmp_path / "out")
