"""Space folders: what they hold, and that the app starts and answers where nothing else is."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import SpaceCard
from typer.testing import CliRunner

import toujiao
from toujiao.errors import ToujiaoError
from toujiao.models.fingerprint import with_fingerprint
from toujiao.models.tiny import SHIPPED
from toujiao.publish import requirements
from toujiao.publish.command import app
from toujiao.publish.push import Plan, planned, push
from toujiao.publish.requirements import requirement_lines
from toujiao.publish.space import write_space
from toujiao.publish.target import Target, parse_target

pytest.importorskip("gradio")
FrontMatter = Callable[[Path], dict[str, Any]]
CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
TITLE = "股票量化投教助手"
QUESTION = "什么是市盈率？"
START_SECONDS = 120


def test_front_matter(ready: Any, tmp_path: Path, front_matter: FrontMatter) -> None:
    out = tmp_path / "space"
    write_space(ready.folder, out, TITLE, model=parse_target("hf:me/my-lora"))
    data = front_matter(out)
    assert (data["sdk"], data["app_file"], data["pinned"]) == ("gradio", "app.py", False)
    assert data["sdk_version"] == metadata.version("gradio")
    assert data["python_version"] == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert data["license"] == "apache-2.0"
    assert data["models"] == ["Qwen/Qwen3-0.6B", "me/my-lora"]
    assert data["preload_from_hub"] == data["models"]
    assert len(data["short_description"]) <= 60
    assert {"title", "emoji", "colorFrom", "colorTo"} < set(data)
    assert SpaceCard.load(out / "README.md").data.sdk == "gradio"


def test_a_base_from_the_hub_runs_in_transformers_on_a_cpu(ready: Any, tmp_path: Path) -> None:
    own, hub = tmp_path / "own", tmp_path / "hub"
    write_space(ready.folder, own, TITLE)
    write_space(ready.folder, hub, TITLE, model=parse_target("hf:me/my-lora"))
    program = (own / "app.py").read_text(encoding="utf-8")
    assert 'load("transformers", "Qwen/Qwen3-0.6B", str(HERE / "adapter"))' in program
    assert (own / "adapter" / "adapter_config.json").is_file()
    assert '"0.0.0.0" if os.environ.get("SPACE_ID") else "127.0.0.1"' in program
    program = (hub / "app.py").read_text(encoding="utf-8")
    assert 'load("transformers", "Qwen/Qwen3-0.6B", "me/my-lora")' in program
    assert not (hub / "adapter").exists()
    lines = (own / "requirements.txt").read_text(encoding="utf-8").splitlines()
    named = {re.split(r"[=<>\[]", line)[0] for line in lines}
    assert {"torch", "transformers", "peft", "gradio", "pydantic"} <= named
    assert not {"trl", "pytest", "modelscope-hub"} & named
    assert lines[0].startswith("--extra-index-url")
    assert lines[0].endswith("/cpu")
    # Our package goes along, without its weights.
    files = {path.relative_to(own / "toujiao").as_posix() for path in (own / "toujiao").rglob("*")}
    source = Path(toujiao.__file__).parent
    for name in ("web/app.py", "web/texts.yaml", "knowledge/guard.yaml", "models/tiny.py"):
        assert (own / "toujiao" / name).read_bytes() == (source / name).read_bytes()
    left = ("__pycache__", ".pyc", "gguf", "shipped")
    assert [name for name in files if name.endswith(left)] == []


def test_requirements_are_our_own_at_the_installed_versions() -> None:
    lines = requirement_lines(with_transformers=False)
    assert not {"torch", "transformers", "peft"} & {line.split("==")[0] for line in lines}
    for name, version in (line.split("==") for line in lines):
        assert metadata.version(name).split("+")[0] == version
    needed = [text for text in metadata.requires("toujiao") or [] if "extra" not in text]
    assert len(lines) == len(needed) + len(
        [text for text in metadata.requires("toujiao") or [] if "extra == 'web'" in text]
    )


def test_a_package_that_is_not_installed_keeps_its_range(monkeypatch: pytest.MonkeyPatch) -> None:
    required = ["no-such-package>=3; extra == 'web'"]
    monkeypatch.setattr(requirements.metadata, "requires", lambda _: required)
    assert requirement_lines(with_transformers=False) == ["no-such-package>=3"]


def test_the_research_licence_of_the_base_holds_for_the_space(
    maker: Any, tmp_path: Path, front_matter: FrontMatter
) -> None:
    run = maker.make(base_model="Qwen/Qwen2.5-3B-Instruct")
    write_space(run, tmp_path / "space", TITLE)
    data = front_matter(tmp_path / "space")
    assert (data["license"], data["license_name"]) == ("other", "qwen-research")
    assert "Built with Qwen" in (tmp_path / "space" / "NOTICE").read_text(encoding="utf-8")


def test_the_command_and_its_dry_run(ready: Any, tmp_path: Path, front_matter: FrontMatter) -> None:
    out = tmp_path / "space"
    line = ["space", str(ready.folder), str(out), "--title", "我的助手"]
    result = CliRunner().invoke(app, [*line, "--dry-run"])
    assert result.exit_code == 0, result.output
    assert "toujiao/web/app.py" in result.output
    assert list(tmp_path.glob("*space*")) == []
    result = CliRunner().invoke(app, line)
    assert f"toujiao publish push {out}" in result.output
    assert front_matter(out)["title"] == "我的助手"
    for option, value, said in (
        ("--model", "ms:me/x", "只能从 Hugging Face 加载"),
        ("--title", " ", "不能是空的"),
    ):
        result = CliRunner().invoke(app, [*line[:3], option, value])
        assert said in str(result.exception)


def test_push_to_hugging_face(ready: Any, tmp_path: Path, hub: Any) -> None:
    out = tmp_path / "space"
    write_space(ready.folder, out, TITLE)
    with pytest.raises(ToujiaoError, match="只能发布到 Hugging Face"):
        push_folder(out, "ms")
    plan = push_folder(out)
    assert (hub.created[0]["type"], hub.created[0]["sdk"]) == ("space", "gradio")
    assert set(hub.committed) == {file.name for file in plan.contents.files}
    assert "toujiao/web/app.py" in hub.committed
    with (out / "toujiao" / "settings.py").open("a", encoding="utf-8") as stream:
        stream.write("x = 1\n")
    with pytest.raises(ToujiaoError, match=r"toujiao/settings\.py。请重新运行"):
        push_folder(out)
    assert len(hub.created) == 1


def push_folder(folder: Path, hub: str = "hf") -> Plan:
    with planned(folder, Target("somebody/page", hub)) as plan:
        push(plan)
    return plan


def _environment(folder: Path) -> Path:
    """A fresh virtual environment with nothing but what the Space asks for; its python."""
    home = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [python, "-m", "pip", "install", "-q", "--no-compile", "-r", "requirements.txt"]
    done = subprocess.run(
        [*install, "-c", CONSTRAINTS], cwd=folder / "space", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return python


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(python: Path, folder: Path, **variables: str) -> Iterator[str]:
    """The Space's app in its own process; its address once it serves."""
    port = _free_port()
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "SPACE_ID")}
    environment = {**kept, **variables, "GRADIO_SERVER_PORT": str(port)}
    with (folder / "app.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [python, "app.py"], cwd=folder / "space", env=environment, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not _answers(address):
            assert process.poll() is None, (folder / "app.log").read_text(encoding="utf-8")
            time.sleep(0.25)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _answers(address: str) -> bool:
    try:
        return bool(urllib.request.urlopen(address, timeout=5).status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _ask(address: str, question: str) -> str:
    """The answer that the page shows, through the requests that the page itself makes."""

    def post(path: str, **value: Any) -> Any:
        body = json.dumps({**value, "session_hash": "test"}).encode()
        request = urllib.request.Request(
            f"{address}/gradio_api/{path}", body, {"Content-Type": "application/json"}
        )
        return json.load(urllib.request.urlopen(request, timeout=60))

    config = json.load(urllib.request.urlopen(f"{address}/config", timeout=60))
    events = {event["api_name"]: event["id"] for event in config["dependencies"]}
    post("run/predict", data=[question, None], fn_index=events["begin"])
    post("queue/join", data=[None], fn_index=events["answer"])
    stream = f"{address}/gradio_api/queue/data?session_hash=test"
    with urllib.request.urlopen(stream, timeout=120) as lines:
        for line in lines:
            message = json.loads(line[5:]) if line.startswith(b"data:") else {}
            if message.get("msg") == "process_completed":
                assert message["success"], message
                return str(message["output"]["data"][0][-1]["content"][0]["text"])
    raise AssertionError("the stream ended without an answer")


def _listens_everywhere(port: int) -> bool:
    """Whether a second program cannot take the port on another address of this machine."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.2", port))
        except OSError:
            return True
    return False


@pytest.mark.model
def test_the_space_of_the_embedded_model_runs_in_a_fresh_environment(tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(SHIPPED, run, ignore=shutil.ignore_patterns("base", "*.gguf"))
    write_space(run, tmp_path / "space", TITLE)
    assert not (tmp_path / "space" / "toujiao" / "models" / "shipped" / "base").exists()
    python = _environment(tmp_path)
    home = {"TOUJIAO_HOME": str(tmp_path / "home")}
    with _running(python, tmp_path, **home) as address:
        page = urllib.request.urlopen(address, timeout=30).read().decode("utf-8")
        assert 'lang="zh-CN"' in page
        assert "股票量化投教助手" in page
        answer = _ask(address, QUESTION)
        assert "市盈率" in answer
        assert "本回答由人工智能生成" in answer
        port = int(address.rsplit(":", 1)[1])
        assert not _listens_everywhere(port)
    # The same pipeline says who speaks: llama.cpp with this run's adapter, from the Space's files.
    code = f"from app_loader import bot; print(bot.ask({QUESTION!r}).model_dump_json())"
    program = (tmp_path / "space" / "app.py").read_text(encoding="utf-8")
    loader = program.split("page = create_app")[0].replace("assistant =", "bot =")
    (tmp_path / "space" / "app_loader.py").write_text(loader, encoding="utf-8")
    said = subprocess.run(
        [python, "-c", code],
        cwd=tmp_path / "space",
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | home,
        capture_output=True,
        encoding="utf-8",
    )
    assert said.returncode == 0, said.stderr[-2000:]
    spoken = json.loads(said.stdout.splitlines()[-1])
    adapter = tmp_path / "space" / "adapter.gguf"
    assert spoken["backend"] == "llamacpp"
    assert spoken["adapter"] == with_fingerprint("adapter.gguf", adapter)
    # On a Space the page is open to the proxy in front of it.
    with _running(python, tmp_path, SPACE_ID="me/page", **home) as address:
        assert _listens_everywhere(int(address.rsplit(":", 1)[1]))
