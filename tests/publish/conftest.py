"""A small run folder as `toujiao train sft` writes it, ways to break it, and a hub to push to."""

from __future__ import annotations

import base64
import copy
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from huggingface_hub import constants
from safetensors.numpy import save_file

RUN: dict[str, Any] = {
    "recipe": "recipes/qwen3-0.6b.toml",
    "settings": {
        "learning_rate": 2e-4,
        "lora": {"r": 4, "alpha": 8},
        "output": "/home/somebody/runs/one",
        "epochs": 3,
    },
    "base_model": "Qwen/Qwen3-0.6B",
    "base_licence": "apache-2.0",
    "system_prompt": "你是投教助手，用大白话讲。",
    "data": {"train_rows": 1200, "eval_rows": 60, "sha256": "ab" * 32},
    "trained_tokens": 345678,
    "steps": 150,
    "seconds": 245.5,
    "hardware": "2 CPU cores",
    "seed": 7,
    "versions": {"torch": "2.13.0", "peft": "0.21.2"},
    "created": "2026-11-23T15:00:00+08:00",
    "losses": [2.5, 1.25, 0.5],
    "toujiao_version": "0.1.0",
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

    def replace(self, name: str, old: str, new: str) -> None:
        """Change a text file of the adapter; the old text must be there."""
        path = self.adapter / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def weights(self, b: float = 0.5, dtype: Any = np.float32, extra: str = "") -> None:
        """One module of rank 4 with every number of lora_B the same."""
        tensors = {
            f"{MODULE}.lora_A.weight": np.full((4, 8), 0.25, dtype),
            f"{MODULE}.lora_B.weight": np.full((8, 4), b, dtype),
        }
        if extra:
            tensors[extra] = np.ones((2, 2), dtype)
        save_file(tensors, self.adapter / "adapter_model.safetensors", metadata={"format": "pt"})


@pytest.fixture
def maker(tmp_path: Path) -> RunMaker:
    return RunMaker(tmp_path)


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
            self._answer({"url": f"{constants.ENDPOINT}/{REPOSITORY}"})
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
            url = f"{constants.ENDPOINT}/{REPOSITORY}/commit/abc"
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
    server = FakeHub()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HF_TOKEN", "hf_test")
    yield server
    server.shutdown()
    server.server_close()
