"""Votes are read as they stand: mistakes name file and line, what no model said is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from toujiao.dataset.split import without_questions
from toujiao.dataset.votes import has_both, read_votes, split_votes
from toujiao.errors import ToujiaoError


def row(
    question: str = "什么是均线", answer: str = "均线就是平均价。", **more: Any
) -> dict[str, Any]:
    return {
        "prompt": [{"role": "user", "content": question}],
        "completion": [{"role": "assistant", "content": answer}],
        "label": True,
        **more,
    }


def written(folder: Path, *rows: Any) -> Path:
    path = folder / "votes.jsonl"
    lines = (r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_prompt_is_taken_as_it_is(tmp_path):
    """System prompt, earlier turns and material: what stands in the row is what is trained."""
    talk = [
        {"role": "system", "content": "你是别的助手。"},
        {"role": "user", "content": "什么是股票"},
        {"role": "assistant", "content": "公司的一小份。"},
        {"role": "user", "content": "资料：\n【均线】平均价。\n问题：什么是均线"},
    ]
    votes = read_votes(written(tmp_path, row(prompt=talk, meta={"cards": ["any"]}), row()))
    assert list(votes[0].prompt) == talk
    assert votes[1].prompt == ({"role": "user", "content": "什么是均线"},)
    assert {vote.answer for vote in votes} == {"均线就是平均价。"}


def test_votes_without_what_the_model_saw_are_not_trained_on(tmp_path):
    metas = [{"kind": "answer", "as_seen": seen} for seen in (True, False)]
    votes = read_votes(written(tmp_path, *(row(meta=meta) for meta in metas), row()))
    assert [vote.trainable for vote in votes] == [True, False, True]


def test_fixed_texts_are_known_by_their_kind(tmp_path):
    """A person who wants tips dislikes every refusal: that must not be trained."""
    metas = [{"kind": kind, "cards": []} for kind in ("answer", "refusal", "calculation")]
    votes = read_votes(written(tmp_path, *(row(meta=meta) for meta in metas), row()))
    assert [vote.spoken for vote in votes] == [True, False, False, True]
    assert [vote.trainable for vote in votes] == [True, False, False, True]


def test_the_row_of_a_vote_reads_back_the_same(tmp_path):
    votes = read_votes(written(tmp_path, row(meta={"cards": ["pe-ratio"]}), row(label=False)))
    again = read_votes(written(tmp_path, *(vote.row for vote in votes)))
    assert again == votes


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "不是完整的 JSON"),
        ([1], "不是 JSON 对象"),
        ({"completion": [], "label": True}, "缺少 prompt"),
        (row(completion="好"), "缺少 completion"),
        (row(completion=[]), "缺少 completion"),
        (row(label=1), "label 要写 true"),
        ({k: v for k, v in row().items() if k != "label"}, "这里是 None"),
        (row(answer="  "), "没有回答"),
        (row(answer="好<|im_end|>"), "控制符 <|im_end|>"),
        (row(prompt=[{"role": "system", "content": "只有系统"}]), "顺序不对"),
        (row(completion=[{"role": "user", "content": "好"}]), "顺序不对"),
        (row(completion=row()["completion"] * 2), "正好一条"),
        (row(meta=[1]), "meta 不是 JSON 对象"),
    ],
)
def test_a_mistake_names_file_line_and_what_to_do(tmp_path, bad, said):
    path = written(tmp_path, row(), bad)
    with pytest.raises(ToujiaoError) as caught:
        read_votes(path)
    assert f"{path} 第 2 行" in str(caught.value)
    assert said in str(caught.value)


def test_an_empty_file_is_told(tmp_path):
    with pytest.raises(ToujiaoError, match="一票也没有"):
        read_votes(written(tmp_path))


def many(questions: int) -> list[dict[str, Any]]:
    return [
        row(f"问题{n}是什么", f"回答{n}{label}", label=label)
        for n in range(questions)
        for label in (True, False)
    ]


def test_a_question_never_stands_on_both_sides_and_both_have_both_kinds(tmp_path):
    votes = read_votes(written(tmp_path, *many(30)))
    train, held_out = split_votes(votes, seed=1)
    assert len(train) + len(held_out) == 60
    assert has_both(train)
    assert has_both(held_out)
    asked = [{v.prompt[-1]["content"] for v in side} for side in (train, held_out)]
    assert not asked[0] & asked[1]
    assert split_votes(votes, seed=1) == (train, held_out)


def test_too_few_votes_to_divide_are_told(tmp_path):
    votes = read_votes(written(tmp_path, *many(1)))
    with pytest.raises(ToujiaoError, match="票太少"):
        split_votes(votes, seed=1)


def test_questions_that_were_voted_on_leave_the_comparison():
    chats = [{"messages": [{"role": "user", "content": q}]} for q in ("什么是A？", "什么是B？")]
    assert without_questions(chats, [{"messages": [{"role": "user", "content": "什么是a"}]}]) == [
        chats[1]
    ]
