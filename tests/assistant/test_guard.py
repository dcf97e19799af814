"""judge: what must get a verdict, what must be left to the cards (`guard_questions.yaml`)."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from toujiao.assistant.guard import guard_of
from toujiao.knowledge.folders import ours
from toujiao.knowledge.wording import load_wording
from toujiao.records import Kind

GUARD = guard_of(ours())
judge, matching_reply, verdict_for = GUARD.judge, GUARD.matching_reply, GUARD.verdict_for
_FILE = Path(__file__).with_name("guard_questions.yaml")
QUESTIONS: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))


def rows(group: str) -> list[tuple[str, str]]:
    return [(reply, question) for reply, found in QUESTIONS[group].items() for question in found]


@pytest.mark.parametrize(("reply", "question"), rows("hints"))
def test_wish_for_a_hint_is_refused(reply: str, question: str) -> None:
    verdict = judge(question)
    assert verdict is not None
    assert verdict.kind == Kind.REFUSAL
    assert matching_reply(question) == reply
    assert len(verdict.card_ids) in (2, 3)


@pytest.mark.parametrize(("reply", "question"), rows("scams"))
def test_scam_is_named(reply: str, question: str) -> None:
    verdict = judge(question)
    assert verdict is not None
    assert verdict.kind == Kind.SCAM_WARNING
    assert matching_reply(question) == reply
    for number in ("12386", "110", "96110"):
        assert number in verdict.text


@pytest.mark.parametrize(("reply", "question"), rows("others"))
def test_other_subjects(reply: str, question: str) -> None:
    verdict = judge(question)
    assert verdict is not None
    assert verdict.kind == Kind.OFF_TOPIC
    assert matching_reply(question) == reply


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        *((Kind.REFUSAL, question) for question in QUESTIONS["refused"]),
        *((Kind.SCAM_WARNING, question) for question in QUESTIONS["warned"]),
    ],
)
def test_kind(kind: Kind, question: str) -> None:
    verdict = judge(question)
    assert verdict is not None
    assert verdict.kind == kind


@pytest.mark.parametrize("question", QUESTIONS["left_to_the_cards"])
def test_left_to_the_cards(question: str) -> None:
    assert matching_reply(question) is None
    assert judge(question) is None


def test_questions_on_cards_get_no_verdict() -> None:
    """But for stories of fraud on the cards about protection, where a warning is right, too.

    One in 50 may be wrong: the guard's patterns are older than these questions. What is asked in
    other words than the patterns expect is a task of its own.
    """
    asked = [(card, question) for card in ours().cards for question in card.header.questions]
    wrong = [
        (question, reply)
        for card, question in asked
        if (reply := matching_reply(question))
        and not (
            card.header.category == "protection" and GUARD.replies[reply].kind == Kind.SCAM_WARNING
        )
    ]
    assert len(wrong) <= len(asked) / 50, wrong


@pytest.mark.parametrize("name", sorted(GUARD.replies))
def test_replies_are_well_formed(name: str) -> None:
    verdict = verdict_for(name, "")
    assert "{" not in verdict.text
    assert len(verdict.text) < 500
    assert load_wording().find_advice(verdict.text) is None
    assert load_wording().find_promise(verdict.text) is None
    assert all(card_id in ours().cards for card_id in verdict.card_ids)
    assert (verdict.kind == Kind.OFF_TOPIC) == (not verdict.card_ids)


def test_every_reply_is_tried() -> None:
    tried = {reply for group in ("hints", "scams", "others") for reply in QUESTIONS[group]}
    assert tried == set(GUARD.replies)


def test_refusal_helps_and_never_repeats_the_name() -> None:
    verdict = judge("茅台现在能买吗")
    assert verdict is not None
    assert "茅台" not in verdict.text
    for help_given in ("靠什么赚钱", "和它自己的过去比", "三成", "闲钱"):
        assert help_given in verdict.text


def test_who_lost_money_reads_the_police_number_first() -> None:
    verdict = judge("网恋对象带我投资，已经转了5万，提不出来")
    assert verdict is not None
    assert verdict.text.index("110") < verdict.text.index("最可疑")


def test_long_text_is_judged_by_both_ends_and_fast() -> None:
    assert matching_reply("均线" * 900 + "。茅台现在能买吗") == "buy"
    assert matching_reply("茅台现在能买吗。" + "均线" * 900) == "buy"
    started = time.process_time()
    matching_reply("有人说" * 666)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("question", ["2026年7月1日主板ST股票跌停是多少", "2023年8月1日涨停是多少"])
def test_a_calendar_day_asks_for_a_rule_and_not_for_a_forecast(question: str) -> None:
    assert judge(question) is None
