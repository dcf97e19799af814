"""What goes up, what is refused, and that the Hub gets exactly what was listed."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from huggingface_hub import constants
from typer.testing import CliRunner

from toujiao.errors import ToujiaoError
from toujiao.models.tiny import SHIPPED
from toujiao.publish.card import CardOptions, write_card
from toujiao.publish.command import app
from toujiao.publish.push import Plan, plan_push, push
from toujiao.publish.target import Target, parse_target

TARGET = Target("somebody/toujiao-lora")


@pytest.fixture
def ready(maker: Any) -> Any:
    """A run with its card written."""
    write_card(maker.make(), CardOptions())
    return maker


def plan(maker: Any, private: bool = True) -> Plan:
    return plan_push(maker.folder, TARGET, private)


def test_listing_equals_the_files_on_disk(ready: Any) -> None:
    on_disk = {
        (
            path.relative_to(ready.adapter).as_posix(),
            path.stat().st_size,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in ready.adapter.rglob("*")
        if path.is_file()
    }
    found = plan(ready).contents
    assert {(file.name, file.size, file.sha256) for file in found.files} == on_disk
    assert len(found.files) == 9
    assert found.licence == "apache-2.0"
    assert ("底座", "Qwen/Qwen3-0.6B") in found.about


def test_dry_run_prints_all_of_it(ready: Any) -> None:
    (ready.adapter / ".DS_Store").write_bytes(b"\x00")
    result = CliRunner().invoke(
        app, ["push", str(ready.folder), "--to", "hf:somebody/x", "--dry-run"]
    )
    assert result.exit_code == 0, result.output
    for file in plan(ready).contents.files:
        assert f"{file.size:,}  {file.sha256}  {file.name}" in result.output
    for part in (
        "hf:somebody/x",
        "私有",
        "Qwen/Qwen3-0.6B",
        "Apache License 2.0",
        "什么也没有上传",
    ):
        assert part in result.output
    assert "不上传  .DS_Store" in result.output


def test_card_command(maker: Any) -> None:
    run = maker.make()
    result = CliRunner().invoke(app, ["card", str(run), "--to", "hf:a/b"])
    assert result.exit_code == 0, result.output
    assert str(maker.adapter / "README.md") in result.output
    assert "没有比底座好的指标：数字错误、拒绝荐股" in result.output
    assert '"a/b"' in (maker.adapter / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text", ["gh:user/name", "user/name", "hf:name", "hf:a/b/c", "hf:a/../b", "hf:", "hf:a/b.git"]
)
def test_other_targets_say_what_there_is(text: str) -> None:
    with pytest.raises(ToujiaoError, match=r"hf:用户名/仓库名.*ms:用户名/仓库名"):
        parse_target(text)


def refused(maker: Any, expected: str) -> None:
    with pytest.raises(ToujiaoError, match=expected):
        plan(maker)


class _Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("run",))


@pytest.mark.parametrize(
    "name", ["training_args.bin", "optimizer.pt", "state.pkl", "x.tar.gz", "x"]
)
def test_pickles_and_unknown_files(ready: Any, name: str) -> None:
    (ready.adapter / name).write_bytes(pickle.dumps(_Evil()))
    refused(ready, name)


@pytest.mark.parametrize("name", ["state.json", "notes.txt", "other.safetensors", "x.gguf"])
def test_a_pickle_under_a_good_name(ready: Any, name: str) -> None:
    (ready.adapter / name).write_bytes(pickle.dumps(_Evil()))
    refused(ready, name)


def test_links_are_refused(ready: Any) -> None:
    (ready.adapter / "linked.txt").symlink_to("/etc/hostname")
    refused(ready, "linked.txt 是链接")


@pytest.mark.parametrize(
    ("name", "text", "leak"),
    [
        ("adapter_config.json", "/home/me/models/base", "/home/me/models/base"),
        ("tokenizer_config.json", "C:\\Users\\me\\model", r"C:\\Users"),
        ("adapter_config.json", "~/models/base", "~/models/base"),
    ],
)
def test_local_paths_in_json(ready: Any, name: str, text: str, leak: str) -> None:
    ready.edit(f"adapter/{name}", revision=text)
    refused(ready, f"{name} 里有本地路径 {leak}")


def test_local_path_and_token_in_the_card(ready: Any) -> None:
    ready.replace("README.md", "## 数据", "训练数据在/work/data/rows.jsonl\n\n## 数据")
    refused(ready, "README.md 里有本地路径 /work/data/rows.jsonl")
    ready.replace("README.md", "/work/data/rows.jsonl", "hf_" + "a" * 34)
    refused(ready, "访问令牌 hf_aa…")


def test_all_faults_at_once(ready: Any) -> None:
    (ready.adapter / "a.bin").write_bytes(b"x")
    (ready.adapter / "b.pt").write_bytes(b"x")
    refused(ready, "2 处要改.*a.bin.*b.pt")


@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_an_adapter_of_zeros_is_refused(maker: Any, zero: float, dtype: Any) -> None:
    run = maker.make()
    maker.weights(b=zero, dtype=dtype)
    write_card(run, CardOptions())
    refused(maker, "全是 0")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_broken_numbers_are_refused(maker: Any, value: float) -> None:
    run = maker.make()
    maker.weights(b=value)
    with pytest.raises(ToujiaoError, match="NaN"):
        write_card(run, CardOptions())


def test_bfloat16_is_read(maker: Any) -> None:
    run = maker.make()
    # 0x0080 is the smallest normal bfloat16: tiny, and not zero.
    halves = {
        f"base_model.model.m.lora_{half}.weight": {
            "dtype": "BF16",
            "shape": [4, 4],
            "data_offsets": offsets,
        }
        for half, offsets in (("A", [0, 32]), ("B", [32, 64]))
    }
    header = json.dumps(halves).encode()
    content = len(header).to_bytes(8, "little") + header + b"\x80\x00" * 32
    (maker.adapter / "adapter_model.safetensors").write_bytes(content)
    write_card(run, CardOptions())
    assert plan(maker).contents.files


def test_strange_tensors_are_refused(maker: Any) -> None:
    run = maker.make()
    maker.weights(extra="base_model.model.lm_head.weight")
    with pytest.raises(ToujiaoError, match="不是 LoRA 权重"):
        write_card(run, CardOptions())
    maker.weights(extra="base_model.model.m.lora_A.weight")
    with pytest.raises(ToujiaoError, match="缺了"):
        write_card(run, CardOptions())
    maker.weights(dtype=np.int32)
    with pytest.raises(ToujiaoError, match="I32"):
        write_card(run, CardOptions())


def test_names_that_peft_would_pass_over_are_refused(maker: Any) -> None:
    run = maker.make()
    path = maker.adapter / "adapter_model.safetensors"
    # As long as the right name, so that the header keeps its length.
    path.write_bytes(path.read_bytes().replace(b"base_model.model.", b"base_model_model."))
    with pytest.raises(ToujiaoError, match="名字不对"):
        write_card(run, CardOptions())


@pytest.mark.parametrize(
    "change",
    [{"bias": "all"}, {"modules_to_save": ["lm_head"]}, {"use_dora": True}, {"use_rslora": True}],
)
def test_only_a_plain_lora_goes_up(ready: Any, change: dict[str, Any]) -> None:
    ready.edit("adapter/adapter_config.json", **change)
    refused(ready, next(iter(change)))


@pytest.mark.parametrize("name", ["README.md", "LICENSE", "NOTICE", "tokenizer.json"])
def test_missing_files(ready: Any, name: str) -> None:
    (ready.adapter / name).unlink()
    refused(ready, f"缺少 {name}")


def test_card_of_other_weights(ready: Any) -> None:
    ready.weights(b=0.75)
    refused(ready, "不是现在这份权重")


def test_card_of_another_evaluation(ready: Any) -> None:
    ready.edit("evaluation.json", command="something else")
    refused(ready, "不是现在这份权重和评测")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("base_model: Qwen/Qwen3-0.6B", "base_model: ./base", "不是 Hub 上的名字"),
        ("base_model: Qwen/Qwen3-0.6B", "base_model: Qwen/Qwen3-1.7B", "base_model_name_or_path"),
        ("license: apache-2.0", "license: mit", "不能标成 mit"),
        ("library_name: peft", "library_name: transformers", "library_name"),
        ("base_model_relation: adapter", "base_model_relation: merge", "base_model_relation"),
        ("---\nbase_model:", "base_model:", "开头没有 YAML"),
        ("license: apache-2.0", "license: [", "YAML 信息有误"),
        ("license: apache-2.0\n", "", "应当是 apache-2.0"),
    ],
)
def test_front_matter_is_checked(ready: Any, old: str, new: str, expected: str) -> None:
    ready.replace("README.md", old, new)
    refused(ready, expected)


def test_apache_label_or_text_on_qwen_1(maker: Any) -> None:
    write_card(maker.make(base_model="Qwen/Qwen-1_8B-Chat", base_licence=None), CardOptions())
    assert plan(maker).contents.licence == "other"
    maker.replace("NOTICE", "Copyright (c) Alibaba Cloud", "Copyright (c) me")
    refused(maker, "NOTICE")
    (maker.adapter / "LICENSE").write_text("Apache License", encoding="utf-8")
    refused(maker, "LICENSE 不是")
    maker.replace("README.md", "license_name: tongyi-qianwen-research\n", "")
    refused(maker, "license_name")
    maker.replace("README.md", "license: other", "license: apache-2.0")
    refused(maker, "不能标成 apache-2.0")


def test_missing_credit(maker: Any) -> None:
    write_card(maker.make(base_model="Qwen/Qwen2.5-3B", base_licence=None), CardOptions())
    maker.replace("README.md", "Built with Qwen", "")
    refused(maker, "Built with Qwen")


def test_unknown_base_keeps_the_stated_licence(maker: Any, tmp_path: Path) -> None:
    run = maker.make(base_model="me/my-base", base_licence=None)
    text = tmp_path / "MIT.txt"
    text.write_text("MIT License", encoding="utf-8")
    write_card(run, CardOptions(licence="mit", licence_file=text))
    assert plan(maker).contents.licence == "mit"


def test_tiny_base_is_told(maker: Any) -> None:
    write_card(maker.make(base_model="toujiao-tiny"), CardOptions())
    result = CliRunner().invoke(
        app, ["push", str(maker.folder), "--to", "hf:a/b", "--dry-run", "--public"]
    )
    assert result.exit_code == 0, result.output
    assert "提醒    底座 toujiao-tiny 随 toujiao 安装" in result.output
    assert "公开" in result.output


def test_push_sends_exactly_the_listed_files(ready: Any, hub: Any) -> None:
    (ready.adapter / ".cache").mkdir()
    (ready.adapter / ".cache" / "secret.txt").write_text("x", encoding="utf-8")
    (ready.adapter / "eval").mkdir()
    (ready.adapter / "eval" / "odd [1].json").write_text("{}", encoding="utf-8")
    write_card(ready.folder, CardOptions())
    planned = plan(ready)
    assert planned.contents.left_out == (".cache/secret.txt",)
    assert push(planned).endswith("/commit/abc")
    assert {
        name: hashlib.sha256(content).hexdigest() for name, content in hub.committed.items()
    } == {file.name: file.sha256 for file in planned.contents.files}
    assert hub.created[0]["name"] == "toujiao-lora"
    assert hub.created[0]["visibility"] == "private"
    assert hub.tokens == {"Bearer hf_test"}


def test_dry_run_sends_nothing(ready: Any, hub: Any) -> None:
    CliRunner().invoke(app, ["push", str(ready.folder), "--to", "hf:a/b", "--dry-run"])
    assert not hub.created
    assert not hub.tokens


def test_a_repository_of_the_other_visibility(ready: Any, hub: Any) -> None:
    hub.private = False
    with pytest.raises(ToujiaoError, match="什么也没有上传"):
        push(plan(ready))
    assert not hub.committed
    result = CliRunner().invoke(app, ["push", str(ready.folder), "--to", str(TARGET), "--public"])
    assert "已上传" in result.output
    assert hub.committed


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, "令牌无效"), (403, "没有写这个仓库的权限"), (429, "请求太多"), (400, "照这句话")],
)
def test_what_the_hub_refuses(ready: Any, hub: Any, status: int, expected: str) -> None:
    hub.status = status
    with pytest.raises(ToujiaoError, match=expected):
        push(plan(ready))


def test_what_the_hub_has_against_the_card(ready: Any, hub: Any) -> None:
    hub.objection = '"base_model" is not valid'
    with pytest.raises(ToujiaoError, match=r'"base_model" is not valid.*没有上传'):
        push(plan(ready))
    assert not hub.committed


def test_no_network(ready: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_TOKEN", "hf_test")
    with pytest.raises(ToujiaoError, match=r"连不上 Hugging Face.*--to ms:.*HF_ENDPOINT"):
        push(plan(ready))


def test_no_token(ready: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_OIDC_RESOURCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    with pytest.raises(ToujiaoError, match="settings/tokens"):
        push(plan(ready))


def test_another_address_of_the_hub_is_used(ready: Any, hub: Any) -> None:
    """In a process of its own: huggingface_hub reads HF_ENDPOINT once, when it is imported."""
    line = ["publish", "push", str(ready.folder), "--to", str(TARGET)]
    run = subprocess.run(
        [sys.executable, "-m", "toujiao", *line],
        env={**os.environ, "HF_ENDPOINT": constants.ENDPOINT},
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr
    assert set(hub.committed) == {file.name for file in plan(ready).contents.files}


def test_a_network_that_is_not_there_is_one_line_and_no_traceback(ready: Any) -> None:
    line = ["publish", "push", str(ready.folder), "--to", str(TARGET)]
    run = subprocess.run(
        [sys.executable, "-m", "toujiao", *line],
        env={**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "HF_TOKEN": "hf_test"},
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 1
    (said,) = [text for text in run.stderr.splitlines() if text.strip()]
    assert said.startswith("错误：连不上 Hugging Face")
    assert "--to ms:用户名/仓库名" in said


def test_a_model_index_that_the_hub_would_read_otherwise(ready: Any) -> None:
    ready.replace("README.md", "      split: test\n", "      split: test\n      splits: x\n")
    refused(ready, "model-index")


def test_a_comparison_made_after_the_card(ready: Any) -> None:
    ready.write("verification.json", {"passed": False, "hops": []})
    refused(ready, "不是现在这份权重和评测")
    write_card(ready.folder, CardOptions())
    assert any("没有通过" in text for text in plan(ready).contents.reminders)


def test_own_data_is_a_reason_to_think_again(maker: Any) -> None:
    data = {"train_rows": 9, "sha256": "ab" * 32, "source": "own"}
    write_card(maker.make(data=data), CardOptions())
    assert any("可以公开" in text for text in plan(maker).contents.reminders)


@pytest.mark.parametrize("token", ["ms-0123abcd-0123-4567-89ab-0123456789ab", "ghp_" + "a" * 36])
def test_tokens_of_other_sites(ready: Any, token: str) -> None:
    ready.replace("README.md", "## 数据", f"{token}\n\n## 数据")
    refused(ready, "访问令牌")


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\ntitle: x\n---\n", encoding="utf-8")
    with pytest.raises(ToujiaoError, match="既不是训练目录"):
        plan_push(tmp_path, TARGET, private=True)
    with pytest.raises(ToujiaoError, match=r"没有 .*nothing 这个文件夹"):
        plan_push(tmp_path / "nothing", TARGET, private=True)


def test_the_card_of_the_shipped_adapter_is_current() -> None:
    """After training it again: `toujiao publish card src/toujiao/models/shipped`."""
    assert plan_push(SHIPPED, TARGET, private=True).contents.licence == "apache-2.0"
