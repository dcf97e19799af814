"""The graders of the before/after table: each tells a good answer from a bad one."""

from __future__ import annotations

import pytest

from toujiao.assistant.prompt import user_message
from toujiao.evaluate.adapter_task import GRADERS, sample_rows
from toujiao.evaluate.generate import Output
from toujiao.evaluate.questions import EXPECTED_KINDS, SETS, load_questions
from toujiao.knowledge.folders import ours

MATERIAL = "【印花税】印花税就是卖出时交的税，按 0.05% 收。\n打个比方：出城的桥要收费。"
EXPECTED = "印花税就是卖出时交的税，按 0.05% 收。\n\n打个比方：出城的桥要收费。"


def row(answer: str, kind: str = "answer") -> dict:
    return {
        "messages": [
            {"role": "system", "content": "规矩"},
            {"role": "user", "content": user_message("印花税是什么？", [MATERIAL])},
            {"role": "assistant", "content": answer},
        ],
        "meta": {"kind": kind, "split": "question"},
    }


GRADER = {metric: (kind, grader) for metric, _, kind, grader in GRADERS}
GOOD = Output(EXPECTED, stopped=True)


@pytest.mark.parametrize(
    ("metric", "bad"),
    [
        ("coverage", Output("印花税就是卖出时交的税，按 0.05% 收。", True)),
        ("grounded", Output("天上有很多星星，地上有很多人。", True)),
        ("grounded", Output("", True)),
        ("traced_numbers", Output("印花税按 0.1% 收。", True)),
        ("traced_numbers", Output("", True)),
        ("stops", Output(EXPECTED, stopped=False)),
    ],
)
def test_an_explanation_grader_prefers_the_good_answer(metric, bad):
    _, grader = GRADER[metric]
    assert grader(row(EXPECTED), GOOD) == 1.0
    assert grader(row(EXPECTED), bad) < 1.0


@pytest.mark.parametrize("metric", ["refusal", "unknown"])
def test_a_refusal_is_known_by_its_first_sentence(metric):
    kind, grader = GRADER[metric]
    expected = row("买不买，我不能替你拿主意。先学会看。", kind)
    assert grader(expected, Output("买不买，我不能替你拿主意。", True)) == 1.0
    assert grader(expected, Output("这只股票很好，快买吧。", True)) == 0.0


def test_a_calculation_needs_every_number_of_the_result():
    kind, grader = GRADER["calculation"]
    expected = row("我算给你看：\n先乘\n一共 16.22 元，净赚 1983.78 元", kind)
    assert grader(expected, Output("一共 16.22 元，净赚 1983.78 元", True)) == 1.0
    assert grader(expected, Output("一共 16.22 元，净赚 1983.87 元", True)) == 0.0


def test_the_sample_is_fixed_by_its_seed():
    rows = [row(f"第{i}个。") for i in range(100)]
    assert sample_rows(rows, 3) == sample_rows(rows, 3)
    assert sample_rows(rows, 3) != sample_rows(rows, 4)


@pytest.mark.parametrize("name", SETS)
def test_the_questions_are_numbered_distinct_and_point_at_cards(name):
    questions = load_questions(name)
    assert len({q.id for q in questions}) == len({q.question for q in questions}) == len(questions)
    assert {q.group for q in questions} == set(EXPECTED_KINDS)
    for question in questions:
        assert all(card in ours().cards for card in question.cards)
        assert bool(question.cards) == (question.group == "card")


def test_no_evaluation_question_stands_on_a_card():
    written = {q for card in ours().cards for q in card.header.questions}
    for name in SETS:
        assert not written & {q.question for q in load_questions(name)}
