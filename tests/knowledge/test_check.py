"""`knowledge check`: a sound library has no finding, each planted fault has exactly one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from toujiao.knowledge.cards import CardDeck
from toujiao.knowledge.check import check_knowledge
from toujiao.knowledge.folders import ours
from toujiao.rules.rulebook import RuleBook

from .conftest import BODY

if TYPE_CHECKING:
    from .conftest import Library

FIRST = BODY.split("\n", 1)[0]


def without(section: str) -> str:
    """The body without the heading of one section: its text belongs to the one before."""
    return BODY.replace(f"## {section}\n", "")


def with_words(words: str) -> str:
    """The body with one more sentence at the end of its example."""
    return BODY.replace("钱会一点一点变少。", f"钱会一点一点变少。{words}")


def test_the_cards_and_rules_of_the_package_have_no_finding(
    deck: CardDeck, rules: RuleBook
) -> None:
    assert check_knowledge(ours(), dt.date(2026, 11, 23)) == []


def test_a_sound_library_has_no_finding(good_library: Library) -> None:
    assert good_library.findings() == []


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        (without("打个比方"), "缺少“## 打个比方”一节"),
        (
            without("怎么算"),
            "缺少“## 算一遍 / 怎么算 / 怎么用 / 怎么做 / 有什么用 / 怎么看”其中一节",
        ),
        (without("常见误区"), "缺少“## 常见误区”一节"),
        (without("风险提示"), "缺少“## 什么时候不管用 / 风险提示”其中一节"),
        (with_words("费率是 0.3%。"), "手打了 0.3%，这个数在规则 sample-fee 里"),
        (with_words("费率是 3‰。"), "手打了 3‰，这个数在规则 sample-fee 里"),
        (with_words("费率是 0.30％。"), "手打了 0.30％，这个数在规则 sample-fee 里"),
        (with_words("眼下正是抄底的好时机。"), "像是投资建议"),
        (with_words("建议逢低买入。"), "像是投资建议"),
        (with_words("这样做稳赚。"), "出现承诺用语“稳赚”"),
        (with_words("夏普比率越大越好。"), "术语“夏普比率”第一次出现时没有解释"),
        (with_words("<b>注意</b>"), "正文里有 HTML 标签 <b>"),
        (with_words("<!-- 草稿 -->"), "正文里有 HTML 标签 <!-- 草稿 -->"),
        (BODY.replace(FIRST, "一" * 91), "第一句话有 91 个字，最多 90 个"),
        (BODY.replace("同一筐货", "货" * 650), "应在 200 到 800 之间"),
        (BODY.replace("集市按", "{{ nothing }}"), "模板里有取不到的值"),
    ],
)
def test_one_fault_in_the_text_is_one_finding(
    good_library: Library, body: str, finding: str
) -> None:
    path = good_library.card(body)
    found = good_library.findings()
    # Text that loses its heading makes the paragraph before it long: that may be found, too.
    found = [text for text in found if "第一句话有" not in text] or found
    assert len(found) == 1
    assert found[0].startswith(f"{path}：")
    assert finding in found[0]


def test_a_short_body_is_a_finding(good_library: Library) -> None:
    parts = ["摆摊费就是卖货交的钱。", "打个比方", "怎么算", "常见误区", "风险提示"]
    used = '按 {{ rule("sample-fee").rate | pct }} 收。\n'
    good_library.card("\n\n## ".join(parts).replace("怎么算", f"怎么算\n{used}") + "\n一句话。\n")
    (found,) = good_library.findings()
    assert "应在 200 到 800 之间" in found


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"related": ["no-such-card"]}, "related 里的 no-such-card 不存在"),
        ({"rules": ["sample-fee", "no-such-rule"]}, "rules 里的 no-such-rule 不在规则库"),
        ({"rules": []}, "正文用了规则 sample-fee，但 rules 里没有列出"),
        ({"category": "risk"}, "category 是 risk，文件却放在 trading/ 下"),
    ],
)
def test_one_fault_in_the_header_is_found(
    good_library: Library, change: dict[str, Any], finding: str
) -> None:
    path = good_library.card(**change)
    findings = good_library.findings()
    assert any(text.startswith(f"{path}：") and finding in text for text in findings)


def test_a_listed_rule_that_the_text_does_not_use_is_a_finding(good_library: Library) -> None:
    good_library.rule(rule_id="other-fee")
    good_library.card(rules=["sample-fee", "other-fee"])
    (found,) = good_library.findings()
    assert "rules 列了 other-fee，正文却没有用到" in found


@pytest.mark.parametrize(
    "shared",
    [{"questions": [f"摆摊费第{n}问" for n in "一七八九十百"]}, {"aliases": ["摆摊费"]}],
    ids=["a question", "a name"],
)
def test_a_question_or_name_leads_to_one_card_only(
    good_library: Library, shared: dict[str, Any]
) -> None:
    other: dict[str, Any] = {"id": "other-fee", "title": "另一种费"}
    other["questions"] = [f"另一种费第{n}问" for n in "一二三四五六"]
    good_library.card(**{**other, **shared})
    (found,) = good_library.findings()
    assert "同时出现在 other-fee、sample-fee，只能留在一张卡片里" in found


def test_a_repeated_question_within_a_card_is_a_finding(good_library: Library) -> None:
    good_library.card(questions=[*[f"摆摊费第{n}问" for n in "一二三四五六"], "摆摊费第一问"])
    (found,) = good_library.findings()
    assert "questions 里“摆摊费第一问”写了 2 次" in found


@pytest.mark.parametrize(("day", "count"), [("2027-04-30", 0), ("2027-05-01", 1)])
def test_a_rule_is_due_the_day_after_its_review_day(
    good_library: Library, day: str, count: int
) -> None:
    findings = good_library.findings(dt.date.fromisoformat(day))
    assert [text.startswith("规则 sample-fee：已过复核日") for text in findings] == [True] * count


def test_a_version_that_has_ended_is_never_due(good_library: Library) -> None:
    good_library.rule(
        {"effective_to": dt.date(2021, 1, 1)}, {"effective_from": dt.date(2022, 1, 1)}
    )
    assert good_library.findings(dt.date(2027, 4, 30)) == []


@pytest.mark.parametrize(
    "words",
    [
        "“这样做稳赚。”这是骗人的话。",
        "没有任何买卖是稳赚的。",
        "夏普比率（多冒一份险多得的回报）越大越好。",
        "夏普比率就是多冒一份险多得的回报。",
        "例子里的 0.31% 是随便写的数。",
    ],
)
def test_what_is_quoted_denied_or_explained_is_no_fault(good_library: Library, words: str) -> None:
    good_library.card(with_words(words))
    assert good_library.findings() == []


def test_a_hard_word_may_be_explained_by_a_related_card(good_library: Library) -> None:
    questions = [f"夏普比率第{n}问" for n in "一二三四五六"]
    good_library.card(id="sharpe", title="夏普比率", related=["sample-fee"], questions=questions)
    good_library.card(with_words("夏普比率越大越好。"), related=["sharpe"])
    assert good_library.findings() == []
