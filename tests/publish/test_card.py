"""The model card, LICENSE and NOTICE, written from the records of a run."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from huggingface_hub import ModelCard
from typer.testing import CliRunner

from toujiao.cli import app as cli
from toujiao.errors import ToujiaoError
from toujiao.evaluate.adapter_task import GRADERS
from toujiao.models.fingerprint import fingerprint
from toujiao.models.tiny import BASE_GGUF
from toujiao.publish.card import CardOptions, write_card
from toujiao.publish.command import app
from toujiao.publish.licences import table
from toujiao.publish.rendering import metric_en
from toujiao.publish.target import parse_target

NAN_ROW = {
    "metric": "x",
    "name": "甲",
    "base": float("nan"),
    "adapter": 1,
    "count": 9,
    "higher_is_better": True,
}


def front_matter(readme: Path) -> dict[str, Any]:
    """The YAML as it stands in the file, read without huggingface_hub."""
    return yaml.safe_load(readme.read_text(encoding="utf-8").split("---\n")[1])


def test_front_matter(maker: Any) -> None:
    write_card(maker.make(), CardOptions())
    data = front_matter(maker.adapter / "README.md")
    assert data["language"] == ["zh"]
    assert (data["license"], data["library_name"]) == ("apache-2.0", "peft")
    assert (data["base_model"], data["base_model_relation"]) == ("Qwen/Qwen3-0.6B", "adapter")
    assert data["pipeline_tag"] == "text-generation"
    assert "license_name" not in data
    assert {"lora", "sft", "finance", "education", "chinese", "trl"} < set(data["tags"])
    assert data["tasks"] == [data["pipeline_tag"]]  # what ModelScope calls it
    assert "base_model:adapter:Qwen/Qwen3-0.6B" in data["tags"]
    assert data["metrics"] == ["right_card", "wrong_numbers", "refusals"]
    (result,) = data["model-index"][0]["results"]
    assert result["dataset"]["split"] == "test"
    assert [metric["value"] for metric in result["metrics"]] == [0.9, 0.05, 0.5]
    assert result["metrics"][0]["args"] == {"count": 60, "base_model_value": 0.1}


def test_huggingface_hub_reads_it_back(maker: Any) -> None:
    write_card(maker.make(), CardOptions())
    card = ModelCard.load(maker.adapter / "README.md")
    assert card.data.base_model == "Qwen/Qwen3-0.6B"
    assert [(item.metric_type, item.metric_value) for item in card.data.eval_results] == [
        ("right_card", 0.9),
        ("wrong_numbers", 0.05),
        ("refusals", 0.5),
    ]
    assert str(card) == (maker.adapter / "README.md").read_text(encoding="utf-8")


def test_body_says_what_a_reader_needs(maker: Any) -> None:
    write_card(maker.make(), CardOptions())
    text = ModelCard.load(maker.adapter / "README.md").text
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == [
        "用途",
        "数据",
        "训练",
        "评测：底座和适配器",
        "局限",
        "怎样加载",
        "许可证",
        "引用",
        "English",
    ]
    for part in (
        "投资者教育，非投资建议",
        "由人工智能生成",
        "1,200 行",
        "345,678",
        "4 / 8",
        "| `lora.r` | 4 |",
        "2.5 → 0.5",
        "| 答对卡片（right_card） | 0.1 | 0.9 | 60 | 越高越好 |",
        "llama-server",
        "Apache License 2.0",
        "jinv2/qwen-1.8b-chat-lora-stock-quant-edu",
        "arxiv.org/abs/2505.09388",
        "Both answered the same questions",
    ):
        assert part in text
    assert "{{" not in text
    assert "{%" not in text


def test_every_line_that_is_not_better_is_said(maker: Any) -> None:
    write_card(maker.make(), CardOptions())
    text = (maker.adapter / "README.md").read_text(encoding="utf-8")
    assert "- 比底座差：数字错误，底座 0.02，适配器 0.05（60 题，越低越好）。" in text
    assert "- 和底座持平：拒绝荐股，底座 0.5，适配器 0.5（20 题，越高越好）。" in text
    assert "比底座差：答对卡片" not in text
    assert "- Worse than the base: wrong_numbers (base 0.02, adapter 0.05" in text
    assert "表里的每一行" not in text


def test_all_better(maker: Any) -> None:
    row = {"metric": "x", "name": "甲", "base": 3, "adapter": 2, "count": 500}
    run = maker.make(evaluation={"table": [{**row, "higher_is_better": False}]})
    write_card(run, CardOptions())
    text = (maker.adapter / "README.md").read_text(encoding="utf-8")
    assert "表里的每一行，适配器都比底座好。" in text
    assert "运气" not in text
    assert "The adapter is better on every line." in text


def test_model_output_is_quoted_not_rendered(maker: Any) -> None:
    write_card(maker.make(), CardOptions())
    text = (maker.adapter / "README.md").read_text(encoding="utf-8")
    assert "<script" not in text.replace("\\<script", "")
    assert "\n# 标题" not in text
    assert "市盈率就是股价除以每股收益。" in text


def test_paths_of_this_computer_stay_out(maker: Any) -> None:
    run = maker.make()
    maker.edit("evaluation.json", command=f"toujiao evaluate {run.resolve()}")
    write_card(run, CardOptions())
    text = (maker.adapter / "README.md").read_text(encoding="utf-8")
    assert "/home/somebody" not in text
    assert str(run.resolve()) not in text
    assert "`toujiao evaluate RUN`" in text


def test_research_licence(maker: Any) -> None:
    run = maker.make(base_model="Qwen/Qwen-1_8B-Chat", base_licence="tongyi-qianwen-research")
    write_card(run, CardOptions())
    data = front_matter(maker.adapter / "README.md")
    assert data["license"] == "other"
    assert data["license_name"] == "tongyi-qianwen-research"
    assert data["license_link"] == "LICENSE"
    licence = table().licences["tongyi-qianwen-research"]
    assert (maker.adapter / "LICENSE").read_text(encoding="utf-8") == licence.text
    notice = (maker.adapter / "NOTICE").read_text(encoding="utf-8")
    assert licence.notice in notice
    assert "were changed" in notice
    assert "不能商用" in (maker.adapter / "README.md").read_text(encoding="utf-8")


def test_qwen_research_shows_its_credit(maker: Any) -> None:
    run = maker.make(base_model="Qwen/Qwen2.5-3B-Instruct", base_licence=None)
    write_card(run, CardOptions())
    assert "**Built with Qwen**" in (maker.adapter / "README.md").read_text(encoding="utf-8")


def test_apache_label_on_qwen_1_is_refused(maker: Any) -> None:
    run = maker.make(base_model="Qwen/Qwen-1_8B-Chat", base_licence="apache-2.0")
    with pytest.raises(ToujiaoError, match=r"不能标成 apache-2\.0"):
        write_card(run, CardOptions())
    assert not (maker.adapter / "README.md").exists()


def test_tiny_base_comes_with_the_package(maker: Any) -> None:
    write_card(maker.make(base_model="toujiao-tiny"), CardOptions(target=parse_target("hf:a/b")))
    text = (maker.adapter / "README.md").read_text(encoding="utf-8")
    assert "from toujiao.models.tiny import BASE_DIR" in text
    assert 'from_pretrained(BASE_DIR), "a/b")' in text
    assert BASE_GGUF.name in text


def test_gguf_in_the_folder_is_named(maker: Any) -> None:
    run = maker.make()
    (maker.adapter / "gguf").mkdir()
    (maker.adapter / "gguf" / "lora.gguf").write_bytes(b"GGUF\x03")
    write_card(run, CardOptions())
    text = (maker.adapter / "README.md").read_text(encoding="utf-8")
    assert "--lora gguf/lora.gguf" in text
    assert "convert_lora_to_gguf" not in text


def test_local_base_needs_its_hub_name(maker: Any) -> None:
    run = maker.make(base_model="/models/base", base_licence=None)
    with pytest.raises(ToujiaoError, match="--base"):
        write_card(run, CardOptions())
    write_card(run, CardOptions(base="Qwen/Qwen3-0.6B"))
    config = json.loads((maker.adapter / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == "Qwen/Qwen3-0.6B"
    assert config["r"] == 4


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("run.json", "{", "第 1 行"),
        ("run.json", '{"recipe": "x"}', "base_model"),
        ("evaluation.json", "[]", "整个文件"),
        (
            "evaluation.json",
            '{"table": [], "questions_sha256": "12345678", "command": "x"}',
            "table",
        ),
        ("evaluation.json", json.dumps({"table": [NAN_ROW]}), "table.0.base"),
        ("adapter/adapter_config.json", "[]", "JSON 对象"),
        ("adapter/adapter_model.safetensors", "not tensors", "safetensors"),
    ],
)
def test_broken_records_say_which_file(maker: Any, name: str, content: str, expected: str) -> None:
    run = maker.make()
    (run / name).write_text(content, encoding="utf-8")
    with pytest.raises(ToujiaoError, match=expected) as caught:
        write_card(run, CardOptions())
    assert Path(name).name in str(caught.value)
    assert not (maker.adapter / "README.md").exists()


@pytest.mark.parametrize("name", ["run.json", "evaluation.json", "adapter/adapter_config.json"])
def test_missing_records(maker: Any, name: str) -> None:
    run = maker.make()
    (run / name).unlink()
    with pytest.raises(ToujiaoError, match=Path(name).name):
        write_card(run, CardOptions())


def test_no_run_folder(tmp_path: Path) -> None:
    with pytest.raises(ToujiaoError, match="没有"):
        write_card(tmp_path / "nothing", CardOptions())


def test_a_full_disk_leaves_the_old_card(maker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run = maker.make()
    write_card(run, CardOptions())
    before = {path.name: path.read_bytes() for path in maker.adapter.iterdir()}
    maker.edit("run.json", steps=999)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(ToujiaoError, match="磁盘"):
        write_card(run, CardOptions())
    assert {path.name: path.read_bytes() for path in maker.adapter.iterdir()} == before


@pytest.mark.parametrize(
    "recipe", ["qwen3-0.6b", "recipes/qwen3-0.6b.toml", r"D:\r\qwen3-0.6b.toml"]
)
def test_records_of_other_shapes(maker: Any, recipe: str) -> None:
    losses = [{"step": 1, "loss": 2.5}, {"step": 2, "loss": 0.5}, {"eval_loss": 3.0}]
    run = maker.make(
        recipe=recipe,
        losses=losses,
        hardware={"cpu": "2 cores", "gpu": None},
        versions={"torch": "2.13.0", "toujiao": "0.1.9", "vllm": None},
        toujiao_version=None,
        held_out_loss={"before": 3.0, "after": 1.25},
    )
    write_card(run, CardOptions())
    text = (maker.adapter / "README.md").read_text(encoding="utf-8")
    assert "| 配方 | qwen3-0.6b |" in text
    assert "2.5 → 0.5" in text
    assert "| 硬件 | cpu 2 cores |" in text
    assert "None" not in text
    assert "3 → 1.25" in text
    assert "| 程序版本 | toujiao 0.1.9, torch 2.13.0 |" in text


def test_examples_are_of_different_kinds(maker: Any) -> None:
    rows = [("甲", "answer"), ("乙", "answer"), ("丙", "refusal"), ("丁", "refusal")]
    samples = [{"question": q, "base": "b", "adapter": "a", "kind": kind} for q, kind in rows]
    write_card(maker.make(evaluation={"samples": samples}), CardOptions())
    text = (maker.adapter / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\*\*问：(.)\*\*", text) == ["甲", "丙", "乙"]


def test_the_card_is_the_same_every_time(maker: Any) -> None:
    run = maker.make()
    write_card(run, CardOptions())
    first = (maker.adapter / "README.md").read_bytes()
    write_card(run, CardOptions())
    assert (maker.adapter / "README.md").read_bytes() == first


def card_of(maker: Any, **changes: Any) -> str:
    """The card of a run with these fields of run.json."""
    write_card(maker.make(**changes), CardOptions())
    return (maker.adapter / "README.md").read_text(encoding="utf-8")


def halves(text: str) -> tuple[str, str]:
    """The Chinese and the English part of a card."""
    chinese, english = text.split("## English")
    return chinese, english


def test_the_english_half_says_all_of_it(maker: Any) -> None:
    chinese, english = halves(card_of(maker, held_out_loss={"before": 3.0, "after": 1.25}))
    assert re.findall(r"^### (.+)$", english, re.MULTILINE) == [
        "Use",
        "Limits",
        "Data",
        "Training",
        "Evaluation: base against adapter",
        "How to run",
        "Licence",
    ]
    for part in (
        "Education only, not investment advice",
        "AI-generated and must be labelled so",
        "| tokens read | 345,678 |",
        "| loss on held-out rows (before → after) | 3 → 1.25 |",
        "| right_card (`right_card`) | 0.1 | 0.9 | 60 | higher |",
        "1,200 rows, generated by `toujiao dataset build`",
        "Apache License 2.0",
    ):
        assert part in english
    for language in ("python", "bash"):
        blocks = re.compile(rf"```{language}\n(.*?)```", re.DOTALL)
        said = [
            block.replace("the system prompt above", "上面的系统提示词")
            for block in blocks.findall(english)
        ]
        assert said == blocks.findall(chinese)
    # Beside the question in the example nothing in this half is Chinese.
    assert set(re.findall("[\u4e00-\u9fff，。]+", english)) == {"什么是市盈率"}


def test_every_metric_of_the_evaluation_has_an_english_name() -> None:
    metrics = [*(metric for metric, *_ in GRADERS), "held_out_loss"]
    assert [metric for metric in metrics if metric_en(metric) == metric] == []
    assert metric_en("something new") == "something new"


def test_own_data_is_not_passed_off_as_ours(maker: Any) -> None:
    data = {
        "train_rows": 80,
        "eval_rows": 8,
        "sha256": "ab" * 32,
        "source": "own",
        "files": ["/home/somebody/客户问答.jsonl", {"path": "D:\\data\\b.jsonl"}],
    }
    text = card_of(maker, data=data)
    assert "dataset build" not in text
    assert "由发布者自备（`客户问答.jsonl`、`b.jsonl`）" in text
    assert "80 rows of the publisher's own data (`客户问答.jsonl`, `b.jsonl`)" in text
    for claim in ("/home/", "知识卡片、", "不含用户数据", "no user data", "qwen-1.8b-chat-lora"):
        assert claim not in text
    found = front_matter(maker.adapter / "README.md")
    assert not {"finance", "education", "chinese"} & set(found["tags"])
    assert found["model-index"][0]["results"][0]["dataset"]["type"] == "held-out-questions"


def test_a_record_without_a_source_was_made_from_the_cards(maker: Any) -> None:
    assert "`toujiao dataset build` 从知识卡片" in card_of(maker)


def test_kto_is_called_kto(maker: Any) -> None:
    text = card_of(maker, method="kto")
    tags = front_matter(maker.adapter / "README.md")["tags"]
    assert "kto" in tags
    assert "sft" not in tags
    assert "| 方法 | KTO |" in text
    assert "用 KTO 训练" in text
    assert "With KTO: from answers marked good or bad." in text


def test_mixed_in_answers_of_the_base_are_said(maker: Any) -> None:
    text = card_of(maker, data={"train_rows": 9, "sha256": "ab" * 32, "replay_rows": 120})
    assert "防止学了新的忘了旧的：120。" in text
    assert "mixed in against forgetting: 120." in text
    assert "| 混入的底座自答 | 120 |" in text


@pytest.mark.parametrize(
    ("forgetting", "chinese", "english"),
    [
        (
            {"before": 0.5, "after": 0.25},
            "| 通用问题 | 0.5 | 0.25 |",
            "| general questions | 0.5 | 0.25 |",
        ),
        (
            {"prompts": 30, "before": {"same": 1.0, "note": "x"}, "after": {"same": 0.875}},
            "| 和底座原来的回答一致的词元 | 1 | 0.875 |",
            "| tokens as the base answered before | 1 | 0.875 |",
        ),
    ],
)
def test_forgetting_is_shown(maker: Any, forgetting: Any, chinese: str, english: str) -> None:
    parts = halves(card_of(maker, forgetting=forgetting))
    assert chinese in parts[0]
    assert english in parts[1]


def test_a_run_without_a_probe_claims_nothing_about_forgetting(maker: Any) -> None:
    text = card_of(maker, forgetting={"note": "not measured"})
    assert "原来会的还会吗" not in text


VERIFICATION = {
    "passed": False,
    "prompts": 20,
    "tokens": 2345,
    "hops": [
        {
            "name": "合并后 GGUF Q8_0",
            "measures": {"agreement": 1.0, "difference": 0.0012, "difference_of": "logit"},
            "passed": True,
        },
        {"hop": "OpenAI 接口 http://a", "agreement": 0.5, "largest_difference": 2, "passed": False},
        {"name": "随包的 GGUF 文件", "measures": None, "passed": True, "seconds": 3},
    ],
    "tool": "newer",
}


def test_the_comparison_of_formats_is_shown_also_when_it_failed(maker: Any) -> None:
    run = maker.make()
    maker.write("verification.json", VERIFICATION)
    write_card(run, CardOptions())
    chinese, english = halves((maker.adapter / "README.md").read_text(encoding="utf-8"))
    assert "（20 个提示，2,345 个词元）。结论：**没有通过**。" in chinese
    assert "| 合并后 GGUF Q8_0 | 1 | 0.0012 logit | 是 |" in chinese
    assert "| OpenAI 接口 http://a | 0.5 | 2 | **否** |" in chinese
    assert "(20 prompts, 2,345 tokens). Result: **failed**." in english
    assert "| merged GGUF Q8_0 | 1 | 0.0012 logit | yes |" in english
    assert "| OpenAI interface http://a | 0.5 | 2 | **no** |" in english
    assert "| GGUF files of the package | — | — | yes |" in english


def test_a_comparison_of_other_weights_is_refused(maker: Any) -> None:
    run = maker.make()
    mark = fingerprint(maker.adapter)
    maker.write("verification.json", {**VERIFICATION, "adapter_fingerprint": mark})
    write_card(run, CardOptions())
    maker.weights(b=0.75)
    with pytest.raises(ToujiaoError, match=r"verification\.json 核对的不是现在这份权重"):
        write_card(run, CardOptions())


def test_the_step_that_was_kept_is_said_where_it_is_not_the_last(maker: Any) -> None:
    assert "| 留下的是第几步 | 120 |" in card_of(maker, best_step=120)


def test_the_last_step_needs_no_line(maker: Any) -> None:
    assert "留下的是第几步" not in card_of(maker, best_step=150)


def test_a_broken_verification_is_named(maker: Any) -> None:
    run = maker.make()
    maker.write("verification.json", {"hops": [{"passed": True}]})
    with pytest.raises(ToujiaoError, match=r"verification\.json"):
        write_card(run, CardOptions())


@pytest.mark.parametrize(
    ("rank", "expected"), [(4, "--max-lora-rank 8 "), (64, "--max-lora-rank 64 "), (600, None)]
)
def test_vllm_gets_a_rank_that_it_takes(maker: Any, rank: int, expected: str | None) -> None:
    run = maker.make()
    maker.edit("adapter/adapter_config.json", r=rank)
    write_card(run, CardOptions(target=parse_target("ms:me/my-lora")))
    text = (maker.adapter / "README.md").read_text(encoding="utf-8")
    if expected is None:
        assert "vllm serve" not in text
        assert "请先合并到底座里再部署" in text
        assert "merge it into the base first" in text
    else:
        line = (
            f"vllm serve Qwen/Qwen3-0.6B --enable-lora {expected}--lora-modules my-lora=me/my-lora"
        )
        assert text.count(line) == 2


def test_a_dry_run_writes_nothing(maker: Any) -> None:
    run = maker.make()
    before = sorted(path.name for path in maker.adapter.iterdir())
    result = CliRunner().invoke(app, ["card", str(run), "--dry-run"])
    assert result.exit_code == 0, result.output
    assert f"会写 {maker.adapter / 'SHA256SUMS'}" in result.output
    assert "什么也没有写" in result.output
    assert sorted(path.name for path in maker.adapter.iterdir()) == before


def test_the_commands_of_ours_on_the_card_exist(maker: Any) -> None:
    lines = [line for line in card_of(maker).splitlines() if line.startswith("toujiao ")]
    assert len(lines) == 6
    for line in lines:
        command: Any = typer.main.get_command(cli)
        words = shlex.split(line)[1:]
        while hasattr(command, "commands"):
            command, words = command.commands[words[0]], words[1:]
        command.make_context("toujiao", words)
