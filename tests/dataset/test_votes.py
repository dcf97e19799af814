"""Votes are read as the model saw the question: mistakes name file and line, material is put back."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from toujiao.assistant.prompt import build_messages
from toujiao.dataset.split import without_questions
from toujiao.dataset.votes import has_both, read_votes, split_votes
from toujiao.errors import ToujiaoError
from toujiao.knowledge.folders import ours
from toujiao.knowledge.render import render_card

CARDS = ["moving-average", "pe-ratio"]


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


def test_the_material_is_put_back_as_the_assistant_had_it(tmp_path):
    meta = {"cards": CARDS, "kind": "answer", "day": "2026-11-01", "reason": ""}
    (vote,) = read_votes(written(tmp_path, row("什么是  均线<b>", meta=meta)))
    day = dt.date(2026, 11, 1)
    cards = [render_card(ours().cards.get(i), ours().rules, day) for i in CARDS]
    assert list(vote.prompt) == build_messages("什么是均线", cards, ours().system_prompt)
    assert vote.answer == "均线就是平均价。"


def test_a_system_prompt_and_earlier_turns_of_the_vote_are_kept(tmp_path):
    before = [
        {"role": "system", "content": "你是别的助手。"},
        {"role": "user", "content": "什么是股票"},
        {"role": "assistant", "content": "公司的一小份。"},
    ]
    one = row(meta={"cards": CARDS[:1]})
    one["prompt"] = [*before, *one["prompt"]]
    (vote,) = read_votes(written(tmp_path, one))
    assert list(vote.prompt[:3]) == before
    assert vote.prompt[-1]["content"].startswith("资料：")
    (plain,) = read_votes(written(tmp_path, row(meta={"cards": CARDS[:1]})))
    assert plain.prompt[0]["content"] == ours().system_prompt


def test_what_held_on_an_earlier_day_is_not_the_models_word(tmp_path):
    """The program says it in front of the answer; a model must not learn to."""
    day = dt.date(2023, 1, 5)
    lead = render_card(ours().cards.get("stamp-duty"), ours().rules, day)
    assert lead.preface
    shown = f"{lead.preface}\n\n印花税只在卖出时收。"
    meta = {"cards": ["stamp-duty"], "day": day.isoformat()}
    (vote,) = read_votes(written(tmp_path, row("印花税多少", shown, meta=meta)))
    assert vote.answer == "印花税只在卖出时收。"


def test_a_prompt_with_material_or_without_meta_is_taken_as_it_is(tmp_path):
    full = row("资料：\n【均线】平均价。\n问题：什么是均线", meta={"cards": CARDS})
    votes = read_votes(written(tmp_path, full, row()))
    assert votes[0].prompt[0]["content"] == full["prompt"][0]["content"]
    assert votes[1].prompt == ({"role": "user", "content": "什么是均线"},)


def test_fixed_texts_are_known_by_their_kind(tmp_path):
    """A person who wants tips dislikes every refusal: that must not be trained."""
    metas = [{"kind": kind, "cards": []} for kind in ("answer", "refusal", "calculation")]
    votes = read_votes(written(tmp_path, *(row(meta=meta) for meta in metas), row()))
    assert [vote.spoken for vote in votes] == [True, False, False, True]


def test_the_row_of_a_vote_reads_back_the_same(tmp_path):
    votes = read_votes(written(tmp_path, row(meta={"cards": CARDS}), row(label=False)))
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
        (row(meta={"cards": "ma"}), "cards 要写成"),
        (row(meta={"cards": ["no-such-card"]}), "没有 'no-such-card' 这张卡片"),
        (row(meta={"cards": CARDS, "day": "昨天"}), "不是 2026-11-24 这样的日期"),
        (row("，。！", meta={"cards": CARDS}), "问题读不了"),
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
