"""The spoken sums of people who had not seen the code: no wrong number, and how they are counted."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from toujiao.assistant.pipeline import Assistant
from toujiao.evaluate.sums_task import Judged, Sum, Verdict, ask, judge, load_sums, run, table


@cache
def judged() -> list[Judged]:
    return run(Assistant.load("cards"), load_sums())


def test_the_set_is_large_and_has_every_kind() -> None:
    sums = load_sums()
    assert len(sums) >= 300
    assert len({item.id for item in sums}) == len(sums)
    assert {item.expect for item in sums} == {"value", "ask_back", "not_computed"}
    assert sum(bool(item.turns) for item in sums) >= 15


def test_no_wrong_number_is_shown() -> None:
    wrong = [
        (i.sum.id, i.sum.question, i.answer.answer[:200])
        for i in judged()
        if i.verdict is Verdict.WRONG
    ]
    assert wrong == []


def test_nearly_all_are_right() -> None:
    counts = Counter(item.verdict for item in judged())
    assert counts[Verdict.RIGHT] / len(judged()) >= 0.95


BUY = {"id": "x", "question": "10元买1000股，手续费多少", "calculator": "trade_cost"}


@pytest.mark.parametrize(
    ("wanted", "verdict"),
    [
        ({"expect": "value", "value": 5.1}, Verdict.RIGHT),
        ({"expect": "value", "value": 5.11}, Verdict.WRONG),
        ({"expect": "value", "value": 9.9, "accept": (5.1,)}, Verdict.RIGHT),
        ({"expect": "value", "value": 5.1, "also": (123.0,)}, Verdict.WRONG),
        ({"expect": "value", "value": 5.1, "also_refuses": True}, Verdict.ASKED_BACK),
        ({"expect": "ask_back"}, Verdict.WRONG),
        ({"expect": "not_computed"}, Verdict.WRONG),
    ],
)
def test_a_number_is_right_or_wrong(wanted: dict[str, object], verdict: Verdict) -> None:
    item = Sum.model_validate({**BUY, **wanted})
    assert judge(item, ask(Assistant.load("cards"), item)) is verdict


def test_a_question_back_is_right_only_where_one_is_due() -> None:
    bot = Assistant.load("cards")
    for expect, verdict in (("ask_back", Verdict.RIGHT), ("value", Verdict.ASKED_BACK)):
        item = Sum.model_validate(
            {**BUY, "question": "10元买的，手续费多少", "expect": expect, "value": 1.0}
        )
        assert judge(item, ask(bot, item)) is verdict


def test_the_table_counts_every_sum_once() -> None:
    rows = table(judged())
    assert rows[-1]["asked"] == len(judged()) == sum(row["asked"] for row in rows[:-1])
