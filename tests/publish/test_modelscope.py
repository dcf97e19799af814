"""ModelScope: the real client against a small server that speaks its interface."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from toujiao.errors import ToujiaoError
from toujiao.publish.command import app
from toujiao.publish.dataset import write_dataset
from toujiao.publish.push import Plan, planned, push
from toujiao.publish.target import Kind, Target, parse_target

pytest.importorskip("modelscope_hub")
TARGET = Target("somebody/toujiao-lora", "ms")
PRIVATE, PUBLIC = 1, 5


class FakeModelScope(ThreadingHTTPServer):
    """Speaks the part of ModelScope's interface that a push needs, and remembers what came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refusal = 0
        self.visibility: int | None = None
        self.says_visibility = True
        self.created: list[dict[str, Any]] = []
        self.committed: dict[str, str] = {}
        self.blobs: dict[str, bytes] = {}
        self.tokens: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FakeModelScope

    def log_message(self, *_: Any) -> None:
        """Keep the test output clean."""

    def do_GET(self) -> None:
        self._note_token()
        if self.server.visibility is None:
            return self._answer({"success": False, "message": "not found"}, 404)
        info: dict[str, Any] = {"id": TARGET.repo_id}
        if self.server.says_visibility:
            info["private"] = self.server.visibility != PUBLIC
        return self._answer({"success": True, "data": info})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._note_token()
        if self.server.refusal:
            return self._answer({"Message": "no"}, self.server.refusal)
        if "/objects/batch" in self.path:
            wanted = [o for o in json.loads(body)["objects"] if o["oid"] not in self.server.blobs]
            objects = [
                {
                    "oid": o["oid"],
                    "actions": {"upload": {"href": f"{self.server.url}/blob/{o['oid']}"}},
                }
                for o in wanted
            ]
            return self._answer({"Code": 200, "Data": {"objects": objects}})
        if "/commit/" in self.path:
            for action in json.loads(body)["actions"]:
                content = base64.b64decode(action["content"])
                digest = action["sha256"] or hashlib.sha256(content).hexdigest()
                assert action["type"] == "normal" or digest in self.server.blobs
                self.server.committed[action["path"]] = digest
            return self._answer({"Code": 200, "Success": True, "Data": {"oid": "abc"}})
        if self.server.visibility is not None:
            return self._answer({"Message": "exists"}, 400)
        return self._create(body)

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        digest = self.path.rsplit("/", 1)[-1]
        assert hashlib.sha256(content).hexdigest() == digest
        self.server.blobs[digest] = content
        self._answer({"Code": 200})

    def _create(self, body: bytes) -> None:
        if self.path.endswith("/datasets"):  # a form, not JSON
            fields = {"form": body.decode("utf-8")}
            self.server.visibility = (
                PRIVATE if '"Visibility"\r\n\r\n1' in fields["form"] else PUBLIC
            )
        else:
            fields = json.loads(body)
            self.server.visibility = fields["Visibility"]
        self.server.created.append(fields)
        self._answer({"Code": 200, "Data": {}})

    def _note_token(self) -> None:
        self.server.tokens.add(self.headers["Authorization"])

    def _answer(self, value: dict[str, Any], status: int = 200) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeModelScope]:
    fake = FakeModelScope()
    thread = threading.Thread(target=fake.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", fake.url)
    monkeypatch.setenv("MODELSCOPE_API_TOKEN", "ms-test")
    monkeypatch.setenv("MODELSCOPE_HOME", str(tmp_path / "modelscope"))
    yield fake
    fake.shutdown()
    fake.server_close()


def send(folder: Path) -> Plan:
    """Push and tell what was planned."""
    with planned(folder, TARGET) as plan:
        kind = "datasets" if plan.contents.kind is Kind.DATASET else "models"
        assert push(plan) == f"https://modelscope.cn/{kind}/somebody/toujiao-lora"
    return plan


def listed(plan: Plan) -> dict[str, str]:
    return {file.name: file.sha256 for file in plan.contents.files}


def test_push_sends_exactly_the_listed_files(ready: Any, server: FakeModelScope) -> None:
    (ready.adapter / ".cache").mkdir()
    (ready.adapter / ".cache" / "secret.txt").write_text("x", encoding="utf-8")
    (ready.adapter / "eval").mkdir()
    (ready.adapter / "eval" / "odd [1].json").write_text("{}", encoding="utf-8")
    assert server.committed == listed(send(ready.folder)) != {}
    (created,) = server.created
    assert (created["Path"], created["Name"]) == ("somebody", "toujiao-lora")
    assert (created["Visibility"], created["License"]) == (PRIVATE, "apache-2.0")
    assert server.tokens == {"Bearer ms-test"}
    # A second push sends no large file again.
    blobs = server.blobs = dict.fromkeys(server.blobs, b"")
    send(ready.folder)
    assert server.blobs == blobs
    assert len(server.created) == 1


def test_a_dry_run_sends_nothing_and_a_public_push_is_public(
    ready: Any, server: FakeModelScope
) -> None:
    line = ["push", str(ready.folder), "--to", str(TARGET)]
    result = CliRunner().invoke(app, [*line, "--dry-run"])
    assert "https://modelscope.cn/models/somebody/toujiao-lora，私有" in result.output
    assert not server.tokens
    result = CliRunner().invoke(app, [*line, "--public"])
    assert result.exit_code == 0, result.output
    assert "已上传：https://modelscope.cn/models/somebody/toujiao-lora" in result.output
    assert "Upload Report" not in result.output
    assert server.created[0]["Visibility"] == PUBLIC


@pytest.mark.parametrize(
    ("visibility", "says", "expected"),
    [
        (PUBLIC, True, r"什么也没有上传.*modelscope\.cn"),
        (PRIVATE, False, r"没有说.*什么也没有上传"),
    ],
)
def test_a_repository_that_may_be_seen_by_others(
    ready: Any, server: FakeModelScope, visibility: int, says: bool, expected: str
) -> None:
    server.visibility, server.says_visibility = visibility, says
    with pytest.raises(ToujiaoError, match=expected):
        send(ready.folder)
    assert not server.committed


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, "令牌无效"), (403, "没有写这个仓库的权限"), (400, "照这句话")],
)
def test_what_the_hub_refuses(
    ready: Any, server: FakeModelScope, status: int, expected: str
) -> None:
    server.refusal = status
    with pytest.raises(ToujiaoError, match=f"ModelScope.*拒绝了 {TARGET}：.*{expected}"):
        send(ready.folder)
    server.visibility = PRIVATE  # the repository is there, and the upload is refused
    with pytest.raises(ToujiaoError, match=f"ModelScope.*拒绝了 {TARGET}：.*{expected}"):
        send(ready.folder)


def test_a_data_set(server: FakeModelScope, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    row = {"messages": [{"role": "user", "content": "问"}, {"role": "assistant", "content": "答"}]}
    (data / "train.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    write_dataset(data, tmp_path / "out", licence="mit")
    before = sorted(path.name for path in (tmp_path / "out").rglob("*"))
    assert server.committed == listed(send(tmp_path / "out")) != {}
    # The client leaves no cache of its own among the published files.
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == before
    assert "mit" in server.created[0]["form"]


def test_no_network(ready: Any, server: FakeModelScope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", "http://127.0.0.1:9")
    # The client tries for a quarter of a minute; once is enough here.
    monkeypatch.setattr("modelscope_hub._openapi.API_MAX_RETRIES", 1)
    with pytest.raises(ToujiaoError, match="连不上 ModelScope"):
        send(ready.folder)


def test_no_token(ready: Any, server: FakeModelScope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODELSCOPE_API_TOKEN")
    with pytest.raises(ToujiaoError, match=r"myaccesstoken.*MODELSCOPE_API_TOKEN"):
        send(ready.folder)


def test_without_the_client_the_message_says_what_to_install(
    ready: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "modelscope_hub", None)
    with pytest.raises(ToujiaoError, match=r"toujiao\[modelscope\]"):
        send(ready.folder)


def test_a_space_goes_to_hugging_face_only() -> None:
    with pytest.raises(ToujiaoError, match="--to hf:a/b"):
        parse_target("ms:a/b").url(Kind.SPACE)
