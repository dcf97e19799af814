"""What a push shows beforehand, and that Hugging Face gets exactly that."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants
from typer.testing import CliRunner

from toujiao.errors import ToujiaoError
from toujiao.publish.command import app
from toujiao.publish.push import planned, push
from toujiao.publish.target import Target, parse_target

TARGET = Target("somebody/toujiao-lora")


def send(folder: Path, target: Target = TARGET) -> str:
    with planned(folder, target) as plan:
        return push(plan)


@pytest.mark.parametrize(
    "text",
    [
        *("gh:user/name", "user/name", "hf:name", "hf:a/b/c", "hf:a/../b", "hf:", "hf:a/b.git"),
        *("hf:a/b--c", "hf:a/-b", "hf:a/b c", "ms:a/..", "hf:a/" + "b" * 97),
        "hf:用户/仓库",
    ],
)
def test_other_targets_say_what_there_is(text: str) -> None:
    with pytest.raises(ToujiaoError, match=r"hf:用户名/仓库名.*ms:用户名/仓库名"):
        parse_target(text)


def test_dry_run_prints_all_of_it_and_sends_nothing(ready: Any, hub: Any) -> None:
    (ready.adapter / ".DS_Store").write_bytes(b"\x00")
    line = ["push", str(ready.folder), "--to", "hf:somebody/x", "--dry-run"]
    result = CliRunner().invoke(app, line)
    assert result.exit_code == 0, result.output
    files = ready.plan(Target("somebody/x")).contents.files
    assert {file.name for file in files} == {
        *("README.md", "LICENSE", "NOTICE", "SHA256SUMS", "chat_template.jinja", "tokenizer.json"),
        *("tokenizer_config.json", "adapter_config.json", "adapter_model.safetensors"),
    }
    said = [
        *(f"{file.size:,}  {file.sha256}  {file.name}" for file in files),
        *("hf:somebody/x", "私有", "Qwen/Qwen3-0.6B", "Apache License 2.0", "什么也没有上传"),
        "不上传  .DS_Store",
    ]
    assert [part for part in said if part not in result.output] == []
    assert not hub.created
    assert not hub.tokens
    # Nothing is written into the run either.
    assert not (ready.adapter / "README.md").exists()


def test_push_sends_exactly_the_listed_files(ready: Any, hub: Any) -> None:
    (ready.adapter / ".cache").mkdir()
    (ready.adapter / ".cache" / "secret.txt").write_text("x", encoding="utf-8")
    (ready.adapter / "eval").mkdir()
    (ready.adapter / "eval" / "odd [1].json").write_text("{}", encoding="utf-8")
    with planned(ready.folder, TARGET) as plan:
        assert push(plan).endswith("/commit/abc")
        assert not (plan.contents.folder / ".cache").exists()
    assert not plan.contents.folder.exists()
    assert plan.contents.left_out == (Path(".cache/secret.txt"),)
    sent = {name: hashlib.sha256(content).hexdigest() for name, content in hub.committed.items()}
    assert sent == {file.name: file.sha256 for file in plan.contents.files}
    assert hub.created[0]["name"] == "toujiao-lora"
    assert hub.created[0]["visibility"] == "private"
    assert hub.tokens == {"Bearer hf_test"}
    assert b'"somebody/toujiao-lora"' in hub.committed["README.md"]


def test_a_card_that_was_edited_or_is_out_of_date_does_not_go_up(ready: Any, hub: Any) -> None:
    """The card is made anew from the records, whatever lies in the folder."""
    old = ready.adapter / "README.md"
    old.write_text("---\nlicense: mit\n---\nthe best model", encoding="utf-8")
    (ready.adapter / "LICENSE").write_text("MIT", encoding="utf-8")
    ready.edit("run.json", steps=999)
    send(ready.folder)
    sent = hub.committed["README.md"].decode()
    assert "license: apache-2.0" in sent
    assert "| 步数 | 999 |" in sent
    assert b"Apache License" in hub.committed["LICENSE"]


def test_a_repository_of_the_other_visibility(ready: Any, hub: Any) -> None:
    hub.private = False
    with pytest.raises(ToujiaoError, match="什么也没有上传"):
        send(ready.folder)
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
    with pytest.raises(ToujiaoError, match=f"Hugging Face 拒绝了 {TARGET}：.*{expected}"):
        send(ready.folder)


def test_what_the_hub_has_against_the_card(ready: Any, hub: Any) -> None:
    hub.objection = '"base_model" is not valid'
    with pytest.raises(ToujiaoError, match=r'"base_model" is not valid.*没有上传'):
        send(ready.folder)
    assert not hub.committed


def test_no_token(ready: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_OIDC_RESOURCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    with pytest.raises(ToujiaoError, match="settings/tokens"):
        send(ready.folder)


def _in_a_process_of_its_own(folder: Path, address: str) -> subprocess.CompletedProcess[str]:
    """huggingface_hub reads HF_ENDPOINT once, when it is imported."""
    return subprocess.run(
        [sys.executable, "-m", "toujiao", "publish", "push", str(folder), "--to", str(TARGET)],
        env={**os.environ, "HF_ENDPOINT": address, "HF_TOKEN": "hf_test"},
        capture_output=True,
        encoding="utf-8",
    )


def test_another_address_of_the_hub_is_used(ready: Any, hub: Any) -> None:
    run = _in_a_process_of_its_own(ready.folder, hub.url)
    assert run.returncode == 0, run.stderr
    assert set(hub.committed) == {file.name for file in ready.plan().contents.files}


def test_a_network_that_is_not_there_is_one_line_and_no_traceback(ready: Any) -> None:
    run = _in_a_process_of_its_own(ready.folder, "http://127.0.0.1:9")
    assert run.returncode == 1
    (said,) = [text for text in run.stderr.splitlines() if text.strip()]
    assert said.startswith("错误：连不上 Hugging Face")
    assert "--to ms:用户名/仓库名" in said
    assert "HF_ENDPOINT" in said


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    for text in ("---\ntitle: x\n---\n", "no front matter"):
        (tmp_path / "README.md").write_text(text, encoding="utf-8")
        with pytest.raises(ToujiaoError, match="既不是训练目录"):
            send(tmp_path)
    (tmp_path / "README.md").write_text("---\nlicense: [\n---\n", encoding="utf-8")
    with pytest.raises(ToujiaoError, match="YAML 信息有误"):
        send(tmp_path)
    with pytest.raises(ToujiaoError, match=r"没有 .*nothing 这个文件夹"):
        send(tmp_path / "nothing")
