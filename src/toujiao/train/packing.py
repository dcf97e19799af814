"""Turns chat rows into fixed-size token rows: which tokens are learned, several documents a row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from toujiao.files import Row

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

IGNORED = -100


@dataclass(frozen=True)
class Encoded:
    """Token ids of one document and their labels (IGNORED where nothing is learned)."""

    ids: list[int]
    labels: list[int]


def encode(row: Row, tokenizer: PreTrainedTokenizerBase) -> Encoded:
    """Encode one document; `learn` = "all" (after the system turn) or "answer"."""
    messages = row["messages"]
    chat: Any = tokenizer.apply_chat_template(
        messages, tokenize=True, return_dict=True, return_assistant_tokens_mask=True
    )
    ids = list(chat["input_ids"])
    learned = list(chat["assistant_masks"])
    if row.get("learn") == "all":
        head: Any = tokenizer.apply_chat_template(messages[:1], tokenize=True, return_dict=True)
        first = len(head["input_ids"])
        learned = [0] * first + [1] * (len(ids) - first)
    labels = [token if use else IGNORED for token, use in zip(ids, learned, strict=True)]
    return Encoded(ids, labels)


def pack(documents: Iterable[Encoded], length: int, window: int = 64) -> Iterable[list[Encoded]]:
    """Group documents into rows of at most `length` tokens without cutting any.

    First fit into `window` open rows; a document longer than `length` is dropped.
    """
    open_rows: list[tuple[int, list[Encoded]]] = []
    for document in documents:
        size = len(document.ids)
        if size > length:
            continue
        for i, (used, row) in enumerate(open_rows):
            if used + size <= length:
                row.append(document)
                open_rows[i] = (used + size, row)
                break
        else:
            open_rows.append((size, [document]))
        if len(open_rows) > window:
            open_rows.sort(key=lambda item: item[0])
            yield open_rows.pop()[1]
    for _, row in open_rows:
        yield row


def to_tensors(rows: list[list[Encoded]], length: int, pad: int) -> dict[str, torch.Tensor]:
    """Rows of documents -> {"input_ids", "labels"} of shape (len(rows), length)."""
    import torch

    ids = torch.full((len(rows), length), pad, dtype=torch.long)
    labels = torch.full((len(rows), length), IGNORED, dtype=torch.long)
    for i, row in enumerate(rows):
        flat = [token for document in row for token in document.ids]
        # The first token of a document cannot be predicted from the document before it.
        targets = [t for document in row for t in [IGNORED, *document.labels[1:]]]
        ids[i, : len(flat)] = torch.tensor(flat)
        labels[i, : len(targets)] = torch.tensor(targets)
    return {"input_ids": ids, "labels": labels}
