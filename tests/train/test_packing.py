"""Packing cuts no document, loses none that fits, and learns nothing it should not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.models.template import END_OF_TEXT, TURN_END
from toujiao.models.tiny import train_tokenizer
from toujiao.train.packing import IGNORED, Encoded, encode, pack, to_tensors
from toujiao.train.pretrain import PretrainSettings, rate_at

DOCUMENTS = st.lists(st.integers(1, 40), max_size=60).map(
    lambda sizes: [Encoded([i] * size, [i] * size) for i, size in enumerate(sizes)]
)


@given(DOCUMENTS, st.integers(8, 64))
def test_every_document_that_fits_is_packed_once_and_whole(documents, length):
    rows = list(pack(documents, length, window=4))
    packed = [document for row in rows for document in row]
    fitting = [document for document in documents if len(document.ids) <= length]
    assert sorted(d.ids for d in packed) == sorted(d.ids for d in fitting)
    assert all(sum(len(d.ids) for d in row) <= length for row in rows)


def test_the_rate_warms_up_stays_and_falls_to_zero():
    settings = PretrainSettings(steps=100, warmup_share=0.1, decay_share=0.5)
    rates = [rate_at(step, settings) for step in range(101)]
    assert rates[0] < rates[5] < rates[10] == rates[40] == 1.0
    assert rates[60] > rates[80] > rates[99] > rates[100] == 0.0


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(["什么是股票？股票就是公司的一小份。"] * 5, size=400)


ROW = {
    "messages": [
        {"role": "system", "content": "规矩"},
        {"role": "user", "content": "什么是股票？"},
        {"role": "assistant", "content": "公司的一小份。"},
    ]
}


@pytest.mark.model
def test_only_the_answer_and_its_end_token_are_learned(tokenizer):
    encoded = encode(ROW | {"learn": "answer"}, tokenizer)
    learned = [token for token in encoded.labels if token != IGNORED]
    assert tokenizer.decode(learned) == f"公司的一小份。{TURN_END}"


@pytest.mark.model
def test_learning_all_leaves_the_system_turn_out(tokenizer):
    encoded = encode(ROW | {"learn": "all"}, tokenizer)
    text = tokenizer.decode([token for token in encoded.labels if token != IGNORED])
    assert "规矩" not in text
    assert "什么是股票" in text


@pytest.mark.model
def test_the_first_token_of_each_document_is_not_predicted_from_the_one_before(tokenizer):
    pad = tokenizer.convert_tokens_to_ids(END_OF_TEXT)
    batch = to_tensors([[Encoded([5, 6], [5, 6]), Encoded([7, 8], [7, 8])]], 6, pad)
    assert batch["input_ids"].tolist() == [[5, 6, 7, 8, pad, pad]]
    assert batch["labels"].tolist() == [[IGNORED, 6, IGNORED, 8, IGNORED, IGNORED]]
