"""The audit of votes: each problem planted once, its severity and the rows it names."""

from __future__ import annotations

from typing import Any

import pytest

from toujiao.dataset.audit.findings import Finding, Severity
from toujiao.dataset.audit.report import Report
from toujiao.dataset.audit.show import shown
from toujiao.dataset.audit.votes import audit_votes
from toujiao.dataset.votes import VoteRow
from toujiao.models.tiny import train_tokenizer
from toujiao.recipes.recipe import Recipe

pytestmark = pytest.mark.model

STOP, WARN = Severity.STOP, Severity.WARN
RECIPE = Recipe(base="x/y", max_length=256)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return train_tokenizer(["什么是股票？股票就是公司的一小份。"] * 5, size=400)


def vote(number: int, liked: bool, answer: str | None = None, **meta: Any) -> VoteRow:
    prompt = ({"role": "user", "content": f"第{number}个词是什么意思？"},)
    word = "".join(chr(0x4E00 + 37 * number + i) for i in range(9))
    return VoteRow(prompt, answer or f"就是{word}。", liked, number, meta)


def clean(count: int = 30) -> list[VoteRow]:
    return [vote(number, number % 2 == 0) for number in range(1, count + 1)]


def planted(*bad: VoteRow) -> list[VoteRow]:
    """Clean votes with some replaced by their number."""
    others = {one.number: one for one in bad}
    return [others.get(good.number, good) for good in clean()]


def only(report: Report) -> Finding:
    (found,) = report.findings
    return found


def test_clean_votes_give_no_finding_and_the_settings_of_the_run(tokenizer):
    report = audit_votes(clean(), tokenizer, RECIPE, used=24)
    assert report.findings == ()
    assert report.settings.kto.loss == "apo_zero_unpaired"
    assert report.used == 24
    text = shown(report).plain
    assert "👍 15 票，每票算 1.33" in text
    assert "没有发现问题" in text


@pytest.mark.parametrize(
    ("votes", "code", "severity", "rows"),
    [
        (clean(10), "few-votes", WARN, ()),
        ([vote(n, True) for n in range(1, 31)], "one-sided", STOP, ()),
        ([vote(n, n > 3) for n in range(1, 31)], "uneven", WARN, ()),
        (planted(vote(4, True, "甲就是乙。"), VoteRow(vote(4, True).prompt, "甲就是乙", False, 7)),
         "both-ways", STOP, (7,)),
        (planted(vote(2, True, "这只股票建议买入。")), "liked-advice", STOP, (2,)),
        (planted(vote(2, True, "这样做稳赚不赔。")), "liked-promise", STOP, (2,)),
        (planted(vote(2, True, "税率是 9.7%。")), "liked-unsourced-number", WARN, (2,)),
        (planted(vote(2, True, "字" * 300)), "truncated", WARN, (2,)),
        (planted(vote(3, False, kind="refusal")), "not-spoken", WARN, (3,)),
        (planted(vote(3, False, as_seen=False)), "not-as-seen", WARN, (3,)),
    ],
)  # fmt: skip
def test_each_problem_is_found_alone(tokenizer, votes, code, severity, rows):
    found = only(audit_votes(votes, tokenizer, RECIPE))
    assert (found.code, found.severity, found.rows) == (code, severity, rows)


def test_disliked_advice_is_welcome(tokenizer):
    votes = planted(vote(3, False, "这只股票建议买入，稳赚不赔。"))
    assert audit_votes(votes, tokenizer, RECIPE).findings == ()


def test_an_evaluation_question_among_the_votes_is_told(tokenizer):
    found = only(audit_votes(clean(), tokenizer, RECIPE, ["第7个词是什么意思"]))
    assert (found.code, found.rows) == ("leak", (7,))
