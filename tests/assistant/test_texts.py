"""The fixed sentences: every one can be filled in, and the required ones are there."""

import string

import pytest

from toujiao.assistant import texts
from toujiao.knowledge.wording import load_wording

REQUIRED = (
    "ai_label",
    "education_only",
    "rule_note",
    "unknown",
    "unknown_elsewhere",
    "calculation_lead",
)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", sorted(texts.all_texts()))
def test_every_text(name: str) -> None:
    raw = texts.all_texts()[name]
    filled = texts.text(name, **dict.fromkeys(placeholders(raw), "甲"))
    assert filled
    assert "{" not in filled
    assert "。 " not in filled
    assert load_wording().find_advice(filled) is None
    assert load_wording().find_promise(filled) is None


def test_required_texts() -> None:
    assert set(REQUIRED) <= set(texts.all_texts())
    assert "人工智能" in texts.text("ai_label")
    assert texts.text("education_only") == "仅供学习，不构成投资建议。"
    assert texts.text("rule_note", day="2026年10月9日", source="甲").startswith(
        "截至2026年10月9日，依据：甲。"
    )


def test_mistakes_are_ours() -> None:
    with pytest.raises(KeyError):
        texts.text("no_such_text")
    with pytest.raises(KeyError):
        texts.text("rule_note", day="今天")
