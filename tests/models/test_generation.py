"""Batched greedy answers are those that each prompt gets alone."""

from __future__ import annotations

import pytest

from toujiao.models.generation import generate
from toujiao.models.loading import load_causal_lm
from toujiao.models.tiny import ADAPTER_DIR, BASE_DIR

pytestmark = pytest.mark.model
QUESTIONS = [
    "什么是市盈率？",
    "均线怎么用？" * 12,
    "什么是印花税？请用大白话讲一讲，最好打个比方。",
]


def test_padding_on_the_left_changes_no_answer():
    """Complaint 15 (right padding): prompts of different lengths in one batch."""
    model, tokenizer = load_causal_lm(str(BASE_DIR), str(ADAPTER_DIR))
    prompts = [[{"role": "user", "content": question}] for question in QUESTIONS]
    together = generate(model, tokenizer, prompts, 24)
    alone = [generate(model, tokenizer, [prompt], 24)[0] for prompt in prompts]
    assert together == alone
    assert any(output.text for output in alone)
