"""Composing an answer: the sections that fit the question, in an order that helps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from toujiao.assistant.compose import Intent, compose, intent_of, short_form
from toujiao.assistant.prompt import one_line
from toujiao.knowledge.folders import ours
from toujiao.knowledge.render import RenderedCard
from toujiao.knowledge.shapes import CONCEPT, LIMITS

from .conftest import rendered

CARD = RenderedCard(
    id="sample",
    title="摆摊费",
    summary="摆摊费就是\n集市收的钱。",
    sections=(
        ("打个比方", "像过桥费。"),
        ("怎么算", "乘以费率。\n例子：一元。"),
        ("怎么用", "心里有数。"),
        ("常见误区", "“不用交。”不对。"),
        ("风险提示", "会调整。"),
    ),
    rules=(),
    chart=None,
)


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("什么是移动平均线", Intent.EXPLAIN),
        ("市盈率是啥意思", Intent.EXPLAIN),
        ("介绍一下国债逆回购", Intent.EXPLAIN),
        ("印花税", Intent.EXPLAIN),
        ("请用大白话解释什么是移动平均线（MA线）？它在炒股中有什么实际用途？", Intent.EXPLAIN),
        ("印花税怎么算", Intent.HOW),
        ("主板ST股票一天最多跌多少", Intent.HOW),
        ("集合竞价几点开始", Intent.HOW),
        ("均线怎么用", Intent.HOW),
        ("金叉出现就一定会涨吗", Intent.DOUBT),
        ("市盈率越低越好吗", Intent.DOUBT),
        ("听说打新必赚", Intent.DOUBT),
    ],
)
def test_the_words_of_a_question_tell_what_it_is_after(question: str, intent: Intent) -> None:
    assert intent_of(question) == intent


@pytest.mark.parametrize(
    ("intent", "labels"),
    [
        (Intent.EXPLAIN, ["打个比方", "怎么算", "怎么用", "常见误区", "风险提示"]),
        (Intent.HOW, ["怎么算", "怎么用", "打个比方", "风险提示"]),
        (Intent.DOUBT, ["常见误区", "怎么算", "怎么用", "风险提示"]),
    ],
)
def test_the_plain_sentence_comes_first_then_the_sections_in_order(
    intent: Intent, labels: list[str]
) -> None:
    first, *rest = compose(CARD, intent).split("\n\n")
    assert first == "摆摊费就是集市收的钱。"
    assert [paragraph.split("：", 1)[0] for paragraph in rest] == labels


def test_a_section_is_one_line() -> None:
    assert "怎么算：乘以费率。例子：一元。" in compose(CARD, Intent.HOW).split("\n\n")


@pytest.mark.parametrize("intent", list(Intent))
def test_a_card_makes_an_answer_that_explains_and_warns(intent: Intent) -> None:
    # Every tenth card: `knowledge check` looks after the shape of all of them.
    concepts = [card for card in ours().cards if card.header.shape == CONCEPT]
    for card in concepts[::10]:
        paragraphs = compose(rendered(card.id), intent).split("\n\n")
        assert len(paragraphs) >= 4, card.id
        told = "\n\n".join(paragraphs)
        assert any(f"\n\n{name}：" in told for name in LIMITS)
        assert all(paragraph.strip() for paragraph in paragraphs)


def test_the_other_shapes_keep_their_own_order_and_tables_their_lines() -> None:
    card = replace(
        CARD,
        shape="规则",
        sections=(
            ("分情况", "| 摊位 | 费 |\n|---|---|\n| 大 | 2 元 |"),
            ("容易弄错", "不用押金。"),
        ),
    )
    told = compose(card, Intent.EXPLAIN)
    assert "分情况：\n\n| 摊位 | 费 |" in told
    assert told.index("分情况") < told.index("容易弄错")
    assert short_form(card, "yesno") == told.split("\n\n", 1)[1]
    assert "容易弄错" not in short_form(card, "diff")
    assert one_line(card.sections[0][1]) == "大的费：2 元。"
