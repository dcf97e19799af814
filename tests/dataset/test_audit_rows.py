"""The audit's checks that need no tokenizer: doubles, leaks, wording, numbers, advice."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from toujiao.dataset.audit.content import check_content, unsourced_numbers
from toujiao.dataset.audit.duplicates import check_duplicates, near_pairs, normalized
from toujiao.dataset.audit.findings import RUINED_SHARE, Finding, Severity, by_share
from toujiao.dataset.audit.leakage import check_leakage, own_questions, read_questions
from toujiao.errors import ToujiaoError
from toujiao.evaluate.questions import DATA_DIR, SETS, load_questions
from toujiao.evaluate.retrieval_task import load
from toujiao.evaluate.sums_task import load_sums

LONG = "就是股价除以每股收益，常用来看股价相对于公司盈利的高低，不同行业不能直接比"
# Characters in daily use for made-up questions.
WORDS = [bytes([0xB0 + i // 94, 0xA1 + i % 94]).decode("gb2312") for i in range(2000)]


def chat(*turns: str) -> dict[str, Any]:
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[i % 2], "content": t} for i, t in enumerate(turns)]}


def one(findings: Any) -> Finding:
    (found,) = findings
    assert found.severity is Severity.WARN
    return found


def test_share_that_ruins_a_run() -> None:
    assert by_share(20, 100) is Severity.WARN
    assert by_share(21, 100) is Severity.STOP
    assert RUINED_SHARE == 0.2


# --- duplicates


def test_exact_duplicates() -> None:
    rows = [
        chat("什么是PE？", LONG),
        chat("换手率呢", "另一回事"),
        chat("什么是 ＰＥ", f"{LONG}。"),
    ]
    found = one(check_duplicates(rows))
    assert (found.code, found.rows) == ("duplicate", (3,))
    assert "1 行和前面的行重复" in found.message
    assert "第 3 行同第 1 行" in found.message


def test_the_system_prompt_makes_no_difference() -> None:
    system = {"role": "system", "content": "你是投教助手"}
    with_system = {"messages": [system, *chat("问", LONG)["messages"]]}
    assert one(check_duplicates([with_system, chat("问", LONG)])).code == "duplicate"


def test_near_duplicates() -> None:
    rows = [
        chat("请问市盈率这个指标到底怎么看才对", LONG),
        chat("布林带是三条线吗", "是，上轨、中轨和下轨"),
        chat("请问市盈率这个指标到底该怎么看才对呢", LONG + "哦"),
    ]
    found = one(check_duplicates(rows))
    assert (found.code, found.rows) == ("near-duplicate", (3,))
    assert "第 3 行同第 1 行" in found.message


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("请问市盈率这个指标怎么看", LONG), ("请问市盈率这个指标怎么看", "完全是另外一个回答")),
        (("市盈率怎么看", LONG), ("为什么大家老说市盈率", LONG)),
        (("本金10万元五年后有多少钱呢", LONG), ("本金20万元五年后有多少钱呢", LONG)),
        (("资料：\n甲\n问题：什么是市盈率", LONG), (f"资料：\n{LONG}\n问题：什么是市盈率", LONG)),
    ],
    ids=["other answer", "another way to ask", "other numbers", "other material"],
)
def test_not_duplicates(first: tuple[str, str], second: tuple[str, str]) -> None:
    assert list(check_duplicates([chat(*first), chat(*second)])) == []


def test_numbers_are_not_noise() -> None:
    assert normalized("A股 跌 -1.5%！") == "a股跌-1.5%"
    assert normalized("１０ 元。") == "10元"


def test_planted_near_duplicates_among_many_rows() -> None:
    """Of 60 rows with one changed character nearly all are found, and no other."""
    rng = random.Random(5)
    questions = ["".join(rng.choices(WORDS, k=20)) for _ in range(1500)]
    rows = [chat(question, question * 2) for question in questions]
    for question in questions[:60]:
        at = rng.randrange(20)
        rows.append(chat(f"{question[:at]}变{question[at + 1 :]}", question * 2))
    found = near_pairs(rows, skip=set())
    assert len(found) >= 57  # some are missed: the search is by chance, with a fixed seed
    assert all(second == first + 1500 for second, first in found.items())


def test_one_question_over_and_over_is_not_quadratic() -> None:
    rows = [
        chat("你好，请问在吗", "".join(random.Random(i).choices(WORDS, k=9))) for i in range(4000)
    ]
    assert near_pairs(rows, skip=set()) == {}


# --- leaks


def test_an_evaluation_question_in_the_rows() -> None:
    rows = [chat("一", "二"), chat("什么是 T+1？", "三"), chat("资料如下\n什么是T+1\n请回答", "四")]
    found = one(check_leakage(rows, ["什么是T+1"]))
    assert (found.code, found.rows) == ("leak", (2, 3))
    assert "第 2 行“什么是T+1”" in found.message


def test_an_earlier_turn_leaks_too() -> None:
    rows = [chat("资料：\n甲\n问题：熔断是什么意思", "一", "那别的呢", "二")]
    assert one(check_leakage(rows, ["熔断是什么意思？"])).rows == (1,)


def test_nearly_an_evaluation_question() -> None:
    rows = [chat("买了一家公司的股票，我到底拥有了些什么？", "一")]
    found = one(check_leakage(rows, ["买了一家公司的股票，我到底拥有了什么？"]))
    assert (found.code, found.rows) == ("near-leak", (1,))


def test_our_own_evaluation_questions_are_looked_for() -> None:
    wanted = {q.question for name in SETS for q in load_questions(name)}
    wanted |= {asked.question for path in DATA_DIR.glob("sums*.jsonl") for asked in load_sums(path)}
    wanted |= {asked.question for path in DATA_DIR.glob("retrieval*.jsonl") for asked in load(path)}
    assert set(own_questions()) == wanted
    found = one(check_leakage([chat(load_questions("test")[0].question, "一")], own_questions()))
    assert found.code == "leak"


def test_questions_from_a_training_file(tmp_path: Path) -> None:
    path = tmp_path / "held_out.jsonl"
    row = '{"instruction": "什么是熔断", "output": "停一停", "history": [["停牌呢", "停"]]}\n'
    path.write_text(row, encoding="utf-8")
    assert read_questions(path) == ["什么是熔断"]


@pytest.mark.parametrize("line", ['{"q": 1}', '{"question": 1}', "{"])
def test_a_line_without_a_question(tmp_path: Path, line: str) -> None:
    path = tmp_path / "exam.jsonl"
    path.write_text(f'{{"question": "什么是熔断"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(ToujiaoError, match="第 2 行：没有 question"):
        read_questions(path)


# --- what the answers say


def test_advice_in_an_answer() -> None:
    rows = [chat("问", "不荐股"), chat("问", "建议你先买入，再看")]
    found = one(check_content(rows))
    assert (found.code, found.rows) == ("advice", (2,))
    assert "第 2 行“建议你先买入”" in found.message


def test_a_promise_in_an_earlier_answer() -> None:
    found = one(check_content([chat("问", "这个稳赚", "真的", "真的")]))
    assert (found.code, found.rows) == ("promise", (1,))


def test_quoted_words_are_no_promise() -> None:
    assert list(check_content([chat("问", "“稳赚”是骗人的话")])) == []


def test_numbers_without_a_source() -> None:
    rows = [chat("10元买100股", "一共1000元"), chat("资料：税率0.05%", "税率是０.０５%")]
    found = one(check_content(rows))
    assert (found.code, found.rows) == ("unsourced-number", (1,))
    assert "第 1 行“1000”" in found.message


@pytest.mark.parametrize(
    ("turns", "loose"),
    [
        (("问", "1. 先看\n2、再问\n（3）最后算"), []),
        (("问", "1.5 倍"), ["1.5"]),
        (("问", "涨 5%", "再问", "就是 5%"), ["5"]),
        (("有 1,000 元", "1000 元"), []),
        (("问", "7 天和 7 天"), ["7"]),
    ],
)
def test_unsourced_numbers(turns: tuple[str, ...], loose: list[str]) -> None:
    assert unsourced_numbers(chat(*turns)["messages"]) == loose
