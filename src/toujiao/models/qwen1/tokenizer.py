"""qwen.tiktoken as tokenizer.json: the same ids for the same text, without remote code."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.files import write_json
from toujiao.models.qwen1.config import END_OF_TEXT_ID, TURN_END_ID, TURN_START_ID
from toujiao.models.template import END_OF_TEXT, SPECIAL_TOKENS, TURN_END, TURN_START, chat_template
from toujiao.models.tiny import byte_level

FILE_NAME = "qwen.tiktoken"
RANKS = END_OF_TEXT_ID
# In the order of their ids, which follow the ranks.
CONTROL_TOKENS = (*SPECIAL_TOKENS, *(f"<|extra_{i}|>" for i in range(205)))
_FIXED_IDS = {END_OF_TEXT: END_OF_TEXT_ID, TURN_START: TURN_START_ID, TURN_END: TURN_END_ID}


def read_ranks(path: Path) -> dict[bytes, int]:
    """Token bytes to rank; ToujiaoError unless it is the whole published vocabulary."""
    try:
        pairs = [line.split() for line in path.read_bytes().splitlines() if line]
        ranks = {base64.b64decode(token, validate=True): int(rank) for token, rank in pairs}
    except (ValueError, binascii.Error) as error:
        raise ToujiaoError(f"{path} 不是 tiktoken 词表（{error}），请重新下载。") from error
    if sorted(ranks.values()) != list(range(RANKS)) or len(pairs) != RANKS:
        raise ToujiaoError(f"{path} 应当正好有 {RANKS} 个词，编号从 0 开始，请重新下载。")
    if any(bytes([byte]) not in ranks for byte in range(256)):
        raise ToujiaoError(f"{path} 缺少单字节的词，请重新下载。")
    return ranks


def write_tokenizer(source: Path, target: Path, context: int) -> dict[str, Any]:
    """Write tokenizer.json and its settings to `target`; what was checked, for the proof."""
    try:
        from tokenizers import AddedToken
        from tokenizers.models import BPE
    except ImportError as error:
        raise missing_extra("tokenizers", "train") from error

    ranks = read_ranks(source)
    shown = _shown_bytes()
    text = {token: "".join(shown[byte] for byte in token) for token in ranks}
    merges = [(text[left], text[right]) for left, right in find_merges(ranks)]
    vocabulary = {text[token]: rank for token, rank in ranks.items()}
    tokenizer = byte_level(BPE(vocab=vocabulary, merges=merges))
    # In file order and before anything else is registered, or the ids shift without a word.
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in CONTROL_TOKENS]
    )
    ids = {token: tokenizer.token_to_id(token) for token in CONTROL_TOKENS}
    if list(ids.values()) != list(range(RANKS, RANKS + len(CONTROL_TOKENS))):
        raise ToujiaoError(f"{source}：控制符的编号不对，没有转换。")
    if any(ids[token] != number for token, number in _FIXED_IDS.items()):
        raise ToujiaoError(f"{source}：对话控制符的编号不对，没有转换。")
    tokenizer.save(str(target / "tokenizer.json"), pretty=False)
    write_json(target / "tokenizer_config.json", _settings(context))
    (target / "chat_template.jinja").write_text(chat_template(), encoding="utf-8")
    return {
        "ranks": len(ranks),
        "merges": len(merges),
        "size": tokenizer.get_vocab_size(),
        "special_ids": {token: ids[token] for token in _FIXED_IDS},
        "last_special": [CONTROL_TOKENS[-1], ids[CONTROL_TOKENS[-1]]],
    }


def find_merges(ranks: dict[bytes, int]) -> list[tuple[bytes, bytes]]:
    """For each longer token the two parts it is made of, in order of rank.

    tiktoken stores results, not merges: encoding a token with only the ranks below its own
    leaves exactly the two parts that its merge joined.
    """
    merges = []
    for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
        if len(token) == 1:
            continue
        parts = _encode(token, ranks, rank)
        if len(parts) != 2:
            raise ToujiaoError(f"词表里编号 {rank} 的词拆不成两部分，不能准确转换。")
        merges.append((parts[0], parts[1]))
    return merges


def _encode(token: bytes, ranks: dict[bytes, int], below: int) -> list[bytes]:
    """Byte-pair encoding with the ranks under `below`: lowest rank first, leftmost first."""
    parts = [token[i : i + 1] for i in range(len(token))]
    while len(parts) > 1:
        pairs = [ranks.get(parts[i] + parts[i + 1], below) for i in range(len(parts) - 1)]
        best = min(pairs)
        if best >= below:
            break
        place = pairs.index(best)
        parts[place : place + 2] = [parts[place] + parts[place + 1]]
    return parts


def _shown_bytes() -> dict[int, str]:
    """GPT-2's printable stand-in for each byte, which tokenizer.json writes vocabularies in."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    shown = {byte: chr(byte) for byte in printable}
    return shown | {byte: chr(256 + i) for i, byte in enumerate(others)}


def _settings(context: int) -> dict[str, Any]:
    return {
        "tokenizer_class": "Qwen2Tokenizer",
        "add_prefix_space": False,
        "bos_token": None,
        "clean_up_tokenization_spaces": False,
        "eos_token": TURN_END,
        "errors": "replace",
        "model_max_length": context,
        "pad_token": END_OF_TEXT,
        "split_special_tokens": False,
        "unk_token": None,
        "chat_template": chat_template(),
    }
