"""The before/after table: base and adapter, and between them what a run started from."""

from __future__ import annotations

from rich.console import Console

from toujiao.assistant.prompt import user_message
from toujiao.evaluate.adapter_task import compare
from toujiao.evaluate.generate import Output
from toujiao.evaluate.table import samples_text, table

EXPECTED = "印花税就是卖出时交的税，按 0.05% 收。\n\n打个比方：出城的桥要收费。"
ROWS = [
    {
        "messages": [
            {"role": "user", "content": user_message("印花税是什么？", ["【印花税】" + EXPECTED])},
            {"role": "assistant", "content": EXPECTED},
        ],
        "meta": {"kind": "answer"},
    }
]
HALF = Output(EXPECTED.split("\n", maxsplit=1)[0], stopped=True)


def write(prompts: list, use_adapter: bool, most_tokens: int) -> list[Output]:
    return [Output(EXPECTED if use_adapter else "不清楚。", stopped=True) for _ in prompts]


def shown(evaluation: dict) -> str:
    console = Console(width=120, record=True)
    console.print(table(evaluation["table"]))
    return console.export_text() + "\n".join(samples_text(evaluation["samples"]))


def test_a_run_from_scratch_is_compared_with_the_base():
    found = compare(write, ROWS, {"before": 0.9, "after": 0.5})
    lines = {line["metric"]: line for line in found["table"]}
    assert (lines["coverage"]["base"], lines["coverage"]["adapter"]) == (0.0, 1.0)
    assert lines["held_out_loss"]["base"] == 0.9
    assert all("start" not in line for line in found["table"])
    assert "更好" in shown(found)
    assert "原来的适配器" not in shown(found)


def test_a_run_that_went_on_from_an_adapter_is_compared_with_that_one():
    losses = {"base": 0.9, "before": 0.4, "after": 0.5}
    found = compare(write, ROWS, losses, start=[HALF])
    lines = {line["metric"]: line for line in found["table"]}
    coverage, loss = lines["coverage"], lines["held_out_loss"]
    assert (coverage["base"], coverage["start"], coverage["adapter"]) == (0.0, 0.5, 1.0)
    assert (loss["base"], loss["start"], loss["adapter"]) == (0.9, 0.4, 0.5)
    assert found["samples"][0]["start"] == HALF.text
    text = shown(found)
    assert "原来的适配器" in text
    # Better than the base but worse than the start is worse.
    assert [line.split("│")[-2].strip() for line in text.splitlines() if "损失" in line] == ["更差"]
