"""The model card, LICENSE and NOTICE, written from the records of a run."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import ModelCard

from toujiao.errors import ToujiaoError
from toujiao.models.tiny import BASE_GGUF
from toujiao.publish.card import CardOptions, write_card
from toujiao.publish.licences import table
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
        "The table above compares",
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
    assert "Worse than the base: `wrong_numbers`" in text
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
    assert "vllm" not in text
    assert "3 → 1.25" in text
    assert "| 程序版本 | toujiao 0.1.9，torch 2.13.0 |" in text


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
