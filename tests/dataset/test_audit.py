"""The audit of training rows: each problem planted once, its message, severity and row numbers."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from toujiao.dataset.audit.findings import Finding, Severity
from toujiao.dataset.audit.report import Report, audit
from toujiao.dataset.audit.show import previews, shown
from toujiao.dataset.command import app
from toujiao.models import resolve
from toujiao.models.template import END_OF_TEXT, TURN_END
from toujiao.models.tiny import CONTEXT_LENGTH, train_tokenizer
from toujiao.recipes.recipe import Recipe

pytestmark = pytest.mark.model

STOP, WARN = Severity.STOP, Severity.WARN
SUBJECTS = re.findall(
    r"\S+",
    """市盈率 市净率 换手率 量比 印花税 佣金 过户费 集合竞价 涨跌停板 除权除息 分红 退市 停牌 定投
    指数基金 可转债 国债逆回购 布林带 十字星 跳空缺口 放量 毛利率 商誉 资产负债率 夏普比率 最大回撤
    过拟合 前视偏差 分散投资 止损 复利 损失厌恶 处置效应 杀猪盘 场外配资 内幕消息 北向资金 大盘指数
    牛市 龙虎榜""",
)
# Three passes over 40 rows would be 15 steps: few. Ten are 50.
SETTINGS = Recipe(epochs=10, rows_per_step=8, max_length=512, learning_rate=2e-4)


def replace(recipe: Recipe, **changes: Any) -> Recipe:
    return recipe.model_copy(update=changes)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return train_tokenizer([" ".join(SUBJECTS), str(row("印花税"))] * 4, size=400)


def row(subject: str, answer: str | None = None, system: bool = True) -> dict[str, Any]:
    words = "".join(random.Random(subject).sample("".join(SUBJECTS), 20))
    messages = [
        {"role": "system", "content": "你是投教助手"},
        {"role": "user", "content": f"新手想问{subject}到底说的是啥{words[:4]}"},
        {"role": "assistant", "content": answer or f"{subject}就是一个词，意思是{words}。"},
    ]
    return {"messages": messages if system else messages[1:]}


def clean() -> list[dict[str, Any]]:
    return [row(subject) for subject in SUBJECTS]


def changed(tokenizer: Any, **values: str) -> Any:
    """A copy of the tokenizer with other attributes."""
    other = copy.deepcopy(tokenizer)
    for name, value in values.items():
        setattr(other, name, value)
    return other


def planted(bad: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Clean rows with some replaced; keys are row numbers from 1."""
    return [bad.get(number, good) for number, good in enumerate(clean(), 1)]


def only(report: Report) -> Finding:
    """The one finding of the report: what was planted, and nothing else."""
    assert [f.code for f in report.findings] == [report.findings[0].code]
    return report.findings[0]


def test_a_clean_set_passes(tokenizer: Any) -> None:
    report = audit(clean(), tokenizer, SETTINGS, ["怎么开户？"])
    assert report.findings == ()
    assert (report.rows, report.steps) == (40, 50)
    assert 0 < report.trained_tokens < report.tokens
    assert sum(one.rows for one in report.lengths) == 40
    assert "没有发现问题" in shown(report).plain


def test_no_rows_at_all(tokenizer: Any) -> None:
    report = audit([], tokenizer, SETTINGS)
    assert only(report).severity is STOP
    assert "一行数据也没有" in shown(report).plain


# --- tokens


@pytest.mark.parametrize(("count", "severity"), [(8, WARN), (9, STOP)])
def test_rows_that_teach_nothing(tokenizer: Any, count: int, severity: Severity) -> None:
    """No answer, so nothing is trained: more than one row in five ruins the run."""
    rows = clean()
    for number in range(count):
        rows[number]["messages"].pop()
    found = only(audit(rows, tokenizer, SETTINGS))
    assert (found.code, found.severity) == ("no-trained-token", severity)
    assert found.rows == tuple(range(1, count + 1))
    assert f"{count}/40 行没有一个要学的词元（第 1、2、3、4、5 行等）" in found.message
    assert "没有回答" in found.repair


def test_a_template_that_marks_nothing(tokenizer: Any) -> None:
    """Complaint 3, loss 0: the base's own template has no generation marks."""
    template = tokenizer.chat_template.replace("{%- generation -%}", "")
    template = template.replace("{%- endgeneration -%}", "")
    found = only(audit(clean(), changed(tokenizer, chat_template=template), SETTINGS))
    assert (found.code, found.severity, len(found.rows)) == ("no-trained-token", STOP, 40)


def test_an_end_token_that_is_not_trained(tokenizer: Any) -> None:
    """Complaint 1, never stops: the end token stands outside the marks."""
    template = tokenizer.chat_template.replace(
        "message.content + '<|im_end|>' -}}{%- endgeneration -%}",
        "message.content -}}{%- endgeneration -%}{{- '<|im_end|>' -}}",
    )
    assert template != tokenizer.chat_template
    found = only(audit(clean(), changed(tokenizer, chat_template=template), SETTINGS))
    assert (found.code, found.severity, len(found.rows)) == ("no-end-token", STOP, 40)
    assert f"没有要学的结束符 {TURN_END}" in found.message


def test_an_answer_that_is_cut(tokenizer: Any) -> None:
    long = row("印花税", "交易" * 150)
    report = audit(planted({7: long}), tokenizer, SETTINGS)
    found = only(report)
    assert (found.code, found.severity, found.rows) == ("truncated", WARN, (7,))
    assert "1/40 行超过配方的 max_length = 512 个词元" in found.message
    assert "1 个回答丢了结束符（第 7 行）" in found.message
    repair = re.match(r"把 max_length 改成 (\d+)", found.repair)
    assert repair
    longer = replace(SETTINGS, max_length=int(repair[1]))
    assert audit(planted({7: long}), tokenizer, longer).findings == ()


def test_the_repair_stays_within_the_model(tokenizer: Any) -> None:
    found = only(audit(planted({7: row("印花税", "交" * 3000)}), tokenizer, SETTINGS))
    assert found.repair.startswith(f"把 max_length 改成 {CONTEXT_LENGTH}（")


def test_only_the_last_answer_of_a_row_is_cut(tokenizer: Any) -> None:
    bad = row("分红")
    bad["messages"] += row("停牌", "停" * 700, system=False)["messages"]
    found = only(audit(planted({11: bad}), tokenizer, SETTINGS))
    assert (found.code, found.rows) == ("truncated", (11,))
    assert "1 个回答丢了结束符" in found.message


def test_everything_is_cut(tokenizer: Any) -> None:
    """Complaint 1 again (MedicalGPT#157): the length limit takes the end tokens away."""
    report = audit(clean(), tokenizer, replace(SETTINGS, max_length=60))
    assert ("truncated", STOP) in {(f.code, f.severity) for f in report.findings}
    assert "把 max_length 改成 " in shown(report).plain


def test_a_prompt_that_leaves_no_room(tokenizer: Any) -> None:
    bad = row("停牌")
    bad["messages"][1]["content"] += "停" * 700
    report = audit(planted({13: bad}), tokenizer, SETTINGS)
    nothing, cut = report.findings
    assert (nothing.code, nothing.rows, cut.code) == ("no-trained-token", (13,), "truncated")
    assert "提问和资料已经占满 512 个词元" in nothing.repair


def test_padding_with_the_end_token(tokenizer: Any) -> None:
    """Complaint 2."""
    found = only(audit(clean(), changed(tokenizer, pad_token=TURN_END), SETTINGS))
    assert (found.code, found.severity) == ("pad-is-end", WARN)


def test_a_base_that_was_never_taught_to_chat(tokenizer: Any) -> None:
    """Complaint 1, QwenLM/Qwen3#1064: LoRA on a -Base model never learns to stop."""
    found = only(audit(clean(), changed(tokenizer, eos_token=END_OF_TEXT), SETTINGS))
    assert (found.code, found.severity) == ("not-a-chat-base", WARN)
    assert END_OF_TEXT in found.message


def test_longer_than_the_model_reads(tokenizer: Any) -> None:
    found = only(audit(clean(), tokenizer, replace(SETTINGS, max_length=CONTEXT_LENGTH + 1)))
    assert (found.code, found.severity) == ("beyond-model", WARN)
    assert f"上限 {CONTEXT_LENGTH} 个词元" in found.message


# --- steps


def test_too_few_steps(tokenizer: Any) -> None:
    """Complaint 6: a few rows do nothing."""
    rows = clean()[:24]
    report = audit(rows, tokenizer, replace(SETTINGS, epochs=3, rows_per_step=16))
    found = only(report)
    assert (found.code, found.severity) == ("few-steps", STOP)
    assert "24 行，每步 16 行，每轮 2 步，3 轮共 6 步：太少，模型几乎不会变" in found.message
    assert "epochs = 15、rows_per_step = 4、learning_rate = 2e-03，共 90 步" in found.repair
    better = replace(SETTINGS, epochs=15, rows_per_step=4)
    assert audit(rows, tokenizer, better).findings == ()


def test_few_steps_are_a_warning(tokenizer: Any) -> None:
    found = only(audit(clean(), tokenizer, replace(SETTINGS, epochs=3)))
    assert (found.code, found.severity) == ("few-steps", WARN)
    assert "共 15 步：太少，效果可能不明显" in found.message


def test_steps_that_the_recipe_limits(tokenizer: Any) -> None:
    found = only(audit(clean(), tokenizer, replace(SETTINGS, max_steps=2)))
    assert (found.code, found.severity) == ("few-steps-limited", STOP)
    assert found.repair.startswith("去掉 max_steps")


def test_very_few_rows(tokenizer: Any) -> None:
    found = only(audit(clean()[:12], tokenizer, replace(SETTINGS, epochs=30)))
    assert (found.code, found.severity) == ("few-rows", WARN)
    assert "只有 12 行" in found.message


# --- the command


@pytest.fixture
def folder(tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tokenizer.save_pretrained(tmp_path / "base")
    monkeypatch.setattr(resolve, "BASE_DIR", tmp_path / "base")
    return tmp_path


def run(folder: Path, rows: Sequence[dict[str, Any]], *options: str) -> Any:
    data, recipe = folder / "my.jsonl", folder / "my.toml"
    lines = [json.dumps(one, ensure_ascii=False) for one in rows]
    data.write_text("\n".join(lines), encoding="utf-8")
    recipe.write_text("epochs = 10\nrows_per_step = 8\nlearning_rate = 2e-4", encoding="utf-8")
    return CliRunner().invoke(app, ["audit", str(data), "--recipe", str(recipe), *options])


def test_command_on_clean_rows(folder: Path) -> None:
    result = run(folder, clean())
    assert result.exit_code == 0
    assert result.output.count("要学的）") == 2
    assert f"{TURN_END}〗" in result.output
    assert "配方 my：10 轮，每步 8 行，学习率 2e-04，共 50 步" in result.output
    assert "40 行数据建议：配方写 epochs = 15" in result.output


def test_command_stops(folder: Path) -> None:
    result = run(folder, clean()[:3], "--preview", "0")
    assert result.exit_code == 0
    (folder / "short.toml").write_text("epochs = 3", encoding="utf-8")
    result = run(folder, clean()[:3], "--preview", "0", "--recipe", str(folder / "short.toml"))
    assert result.exit_code == 1
    assert "1 处会毁掉" in result.output
    assert "〖" not in result.output


def test_command_json(folder: Path) -> None:
    against = folder / "exam.jsonl"
    against.write_text('{"question": "什么是熔断？"}\n', encoding="utf-8")
    asked = row("熔断")
    asked["messages"][1]["content"] = "什么是熔断"
    result = run(folder, planted({3: asked}), "--json", "--against", str(against))
    report = json.loads(result.stdout)
    assert (result.exit_code, report["ok"], report["rows"]) == (0, True, 40)
    assert [(f["code"], f["severity"], f["rows"]) for f in report["findings"]] == [
        ("leak", "warn", [3])
    ]


def test_preview_of_a_row_that_teaches_nothing(tokenizer: Any) -> None:
    rows = clean()[:1]
    rows[0]["messages"].pop()
    title, text = previews(rows, tokenizer, 2)
    assert title.plain.startswith("第 1 行")
    assert "没有要学的词元" in text.plain


def test_findings_are_shown_with_their_repair(tokenizer: Any) -> None:
    text = shown(audit(clean()[:5], tokenizer, replace(SETTINGS, epochs=3))).plain
    assert "[停止] " in text
    assert "[注意] 只有 5 行" in text
    assert text.index("[停止]") < text.index("[注意]")
    assert "  → 配方写 epochs" in text
