"""A small run folder as `toujiao train sft` writes it, ways to break it, and a hub to push to."""

from __future__ import annotations

import base64
import copy
import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from safetensors.numpy import save_file

from toujiao.errors import ToujiaoError
from toujiao.publish.card import write_card
from toujiao.publish.push import Plan, planned
from toujiao.publish.target import Target

# Without the extra `hub` there is nothing to publish with.
collect_ignore_glob = [] if find_spec("huggingface_hub") else ["test_*.py"]
RUN: dict[str, Any] = {
    "recipe": "recipes/qwen3-0.6b.toml",
    "settings": {
        "learning_rate": 2e-4,
        "kto": {"beta": 0.1},
        "output": "/home/somebody/runs/one",
        "epochs": 3,
    },
    "base_model": "Qwen/Qwen3-0.6B",
    "system_prompt": "你是投教助手，用大白话讲。",
    "data": {"train_rows": 1200, "eval_rows": 60, "sha256": "ab" * 32},
    "trained_tokens": 345678,
    "steps": 150,
    "seconds": 245.5,
    "hardware": "2 CPU cores",
    "seed": 7,
    "versions": {"torch": "2.13.0", "toujiao": "0.1.9", "swanlab": None},
    "created": "2026-11-23T15:00:00+08:00",
    "losses": [2.5, 1.25, 0.5],
    "something_newer": True,
}
EVALUATION: dict[str, Any] = {
    "table": [
        {
            "metric": "right_card",
            "name": "答对卡片",
            "base": 0.1,
            "adapter": 0.9,
            "count": 60,
            "higher_is_better": True,
        },
        {
            "metric": "wrong_numbers",
            "name": "数字错误",
            "base": 0.02,
            "adapter": 0.05,
            "count": 60,
            "higher_is_better": False,
        },
        {
            "metric": "refusals",
            "name": "拒绝荐股",
            "base": 0.5,
            "adapter": 0.5,
            "count": 20,
            "higher_is_better": True,
        },
    ],
    "samples": [
        {
            "question": "什么是市盈率？",
            "base": "# 标题\n<script>alert(1)</script>|",
            "adapter": "市盈率就是股价除以每股收益。",
        }
    ],
    "questions_sha256": "cd" * 32,
    "command": "toujiao evaluate RUN",
}
CONFIG: dict[str, Any] = {
    "peft_type": "LORA",
    "base_model_name_or_path": "Qwen/Qwen3-0.6B",
    "r": 4,
    "lora_alpha": 8,
    "lora_dropout": 0.0,
    "bias": "none",
    "modules_to_save": None,
    "target_modules": ["q_proj", "v_proj"],
    "task_type": "CAUSAL_LM",
}
MODULE = "base_model.model.model.layers.0.self_attn.q_proj"


TARGET = Target("somebody/toujiao-lora")
OWN = {"train_rows": 9, "sha256": "ab" * 32, "source": "own"}
"""What run.json says about rows that are not ours."""


class RunMaker:
    """Makes a run folder and breaks it in chosen places."""

    def __init__(self, parent: Path) -> None:
        self.folder = parent / "run"
        self.adapter = self.folder / "adapter"

    def make(self, evaluation: dict[str, Any] | None = None, **changes: Any) -> Path:
        """Write the folder; keyword arguments replace fields of run.json."""
        self.adapter.mkdir(parents=True)
        record = {**copy.deepcopy(RUN), **changes}
        self.write("run.json", record)
        self.write("evaluation.json", {**copy.deepcopy(EVALUATION), **(evaluation or {})})
        named = {"base_model_name_or_path": record["base_model"]}
        self.write("adapter/adapter_config.json", {**CONFIG, **named})
        self.write("adapter/tokenizer.json", {"model": {"vocab": {"/home/x/y": 0}}})
        self.write("adapter/tokenizer_config.json", {"eos_token": "<|im_end|>"})
        (self.adapter / "chat_template.jinja").write_text("{{ messages }}", encoding="utf-8")
        self.weights()
        return self.folder

    def write(self, name: str, value: Any) -> None:
        """Write a JSON file of the run."""
        (self.folder / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")

    def edit(self, name: str, **changes: Any) -> None:
        """Change fields of a JSON file of the run."""
        old = json.loads((self.folder / name).read_text(encoding="utf-8"))
        self.write(name, {**old, **changes})

    def weights(
        self, b: float = 0.5, dtype: Any = np.float32, extra: str = "", rank: int = 4
    ) -> None:
        """One module with every number of lora_B the same, in the shape that toujiao-tiny has."""
        tensors = {
            f"{MODULE}.lora_A.weight": np.full((rank, 256), 0.25, dtype),
            f"{MODULE}.lora_B.weight": np.full((256, rank), b, dtype),
        }
        if extra:
            tensors[extra] = np.ones((2, 2), dtype)
        save_file(tensors, self.adapter / "adapter_model.safetensors", metadata={"format": "pt"})

    def card(self, **changes: Any) -> str:
        """The card of a new run with these fields of run.json."""
        write_card(self.make(**changes))
        return self.text("README.md")

    def text(self, name: str) -> str:
        """A text file of the adapter."""
        return (self.adapter / name).read_text(encoding="utf-8")

    def plan(self, target: Target = TARGET) -> Plan:
        """What a push would send; the files themselves are gone again."""
        with planned(self.folder, target) as plan:
            return plan

    def refused(self, expected: str) -> None:
        """A push says why it does not go on, and leaves no copy behind."""
        before = set(Path(tempfile.gettempdir()).glob("toujiao-*"))
        with pytest.raises(ToujiaoError, match=expected):
            self.plan()
        assert set(Path(tempfile.gettempdir()).glob("toujiao-*")) == before


@pytest.fixture
def maker(tmp_path: Path) -> RunMaker:
    return RunMaker(tmp_path)


@pytest.fixture
def ready(maker: RunMaker) -> RunMaker:
    """A run that can go up."""
    maker.make()
    return maker


def front_matter(folder: Path) -> dict[str, Any]:
    """The YAML as it stands in README.md, read without huggingface_hub."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text.split("---\n")[1])
    return read


@pytest.fixture(name="front_matter")
def _front_matter() -> Callable[[Path], dict[str, Any]]:
    return front_matter


REPOSITORY = "somebody/toujiao-lora"


class FakeHub(HTTPServer):
    """Speaks the part of the Hub's HTTP interface that a push needs, and remembers what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.private = True
        self.created: list[dict[str, Any]] = []
        self.committed: dict[str, bytes] = {}
        self.tokens: set[str] = set()
        self.objection = ""
        """What it has against the YAML of a README."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeHub

    def log_message(self, *_: Any) -> None:
        """Keep the test output clean."""

    def do_GET(self) -> None:
        self._answer({"id": REPOSITORY, "private": self.server.private})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.tokens.add(self.headers["Authorization"])
        if "/validate-yaml" in self.path and self.server.objection:
            self.server.status = 400
            self._answer({"errors": [{"message": self.server.objection}]})
        elif "/repos/create" in self.path:
            self.server.created.append(json.loads(body))
            self._answer({"url": f"{self.server.url}/{REPOSITORY}"})
        elif "/preupload/" in self.path:
            files = [
                {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False}
                for file in json.loads(body)["files"]
            ]
            self._answer({"files": files})
        elif "/commit/" in self.path:
            for line in body.splitlines():
                value = json.loads(line)
                if value["key"] == "file":
                    content = base64.b64decode(value["value"]["content"])
                    self.server.committed[value["value"]["path"]] = content
            url = f"{self.server.url}/{REPOSITORY}/commit/abc"
            self._answer({"success": True, "commitOid": "abc", "commitUrl": url})
        else:
            self._answer({})

    def _answer(self, value: dict[str, Any]) -> None:
        data = json.dumps(value).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    from huggingface_hub import constants

    server = FakeHub()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    monkeypatch.setattr(constants, "ENDPOINT", server.url)
    monkeypatch.setenv("HF_TOKEN", "hf_test")
    yield server
    server.shutdown()
    server.server_close()
