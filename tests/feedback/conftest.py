"""A store in a temporary folder and an answer to vote on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from toujiao.feedback.store import FeedbackStore
from toujiao.records import Answer, CitedCard, Kind

# What the model saw; the answer fixture ends with what it said.
SEEN = [
    {"role": "system", "content": "你是投教助手。"},
    {"role": "user", "content": "什么是股票"},
    {"role": "assistant", "content": "公司的一小份。"},
    {"role": "user", "content": "资料：\n【均线】平均价。\n问题：什么是均线"},
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FeedbackStore]:
    store = FeedbackStore(home=tmp_path / "home")
    yield store
    store.close()


@pytest.fixture
def answer() -> Answer:
    return Answer(
        question="什么是均线",
        kind=Kind.ANSWER,
        answer="均线就是平均价。\n\n本回答由人工智能生成。",
        cards=(CitedCard(id="moving-average", title="移动平均线"),),
        as_of=dt.date(2026, 11, 1),
        grounded=1.0,
        backend="cards",
        model="tiny#12ab",
        adapter="lora#34cd",
        seconds=0.1,
        first_token_seconds=0.01,
        messages=(*SEEN, {"role": "assistant", "content": "均线就是平均价。"}),
    )
