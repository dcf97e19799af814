"""Sentences with one number, unit, role or day changed, put into a model's mouth: none is shown.

mutations.jsonl was written by someone who had seen the cards as readers see them, and no code.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from tests.assistant.conftest import Scripted, rendered

from toujiao.assistant.pipeline import Assistant
from toujiao.assistant.verify import Verifier

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "mutations.jsonl").read_text(encoding="utf-8").splitlines()
]


def shown(case: dict[str, str], sentence: str, strict: bool) -> bool:
    """Whether the sentence, said by a model as its whole answer, reaches the reader."""
    answer = Assistant(Scripted(sentence, strict)).ask(case["question"])
    return sentence.rstrip("。") in answer.answer


@cache
def harmful(strict: bool) -> list[str]:
    return [case["id"] for case in CASES if shown(case, case["bad"], strict)]


@pytest.mark.parametrize("strict", [False, True])
def test_no_changed_sentence_is_shown(strict: bool) -> None:
    assert harmful(strict) == []


@pytest.mark.parametrize("strict", [False, True])
def test_none_passes_the_check_against_its_card(strict: bool) -> None:
    """Most of these questions have a short answer, so no model speaks; here the check stands alone."""
    passed = [
        case["id"]
        for case in CASES
        if Verifier(case["question"], [rendered(case["card"]).text], strict).check(case["bad"]).ok
    ]
    assert passed == []
