"""The middleware: headers on every reply, a Chinese page, streams left alone."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from toujiao.knowledge.folders import ours
from toujiao.web.middleware import OurPage, in_chinese

PAGE = '<!doctype html><html lang="en"><head><meta content="Gradio"></head><body>页</body></html>'


def client() -> TestClient:
    def page(_: Any) -> HTMLResponse:
        return HTMLResponse(PAGE)

    def data(_: Any) -> JSONResponse:
        return JSONResponse({"lang": 'lang="en"'})

    routes = [Route("/", page), Route("/data", data), Route("/other", page)]
    return TestClient(OurPage(Starlette(routes=routes), ours()))


def test_the_page_is_chinese_and_its_length_is_right() -> None:
    reply = client().get("/")
    assert '<html lang="zh-CN"><head><script>const LABELS = ' in reply.text
    assert 'content="投教 toujiao' in reply.text
    assert int(reply.headers["content-length"]) == len(reply.content)


def test_a_head_request_gets_no_body() -> None:
    reply = client().head("/")
    assert reply.status_code == 200
    assert reply.content == b""


def test_every_reply_forbids_foreign_content() -> None:
    for path in ("/", "/data", "/other", "/missing"):
        policy = client().get(path).headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy


def test_only_the_page_itself_is_changed() -> None:
    assert client().get("/data").json() == {"lang": 'lang="en"'}
    assert client().get("/other").text == PAGE


def test_a_stream_passes_piece_by_piece() -> None:
    sent: list[bytes] = []
    seen: list[int] = []

    async def stream(scope: Any, receive: Any, send: Any) -> None:
        head = {"type": "http.response.start", "status": 200, "headers": []}
        await send(head)
        for piece in (b"a", b"b"):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            seen.append(len(sent))
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    scope = {"type": "http", "path": "/queue", "method": "GET"}
    asyncio.run(OurPage(stream, ours())(scope, lambda: asyncio.sleep(0), send))
    assert sent == [b"", b"a", b"b", b""]
    assert seen == [2, 3]


def test_gradio_has_not_moved_what_we_replace() -> None:
    from pathlib import Path

    import gradio

    template = Path(gradio.__file__).parent / "templates" / "frontend" / "index.html"
    source = " ".join(template.read_text(encoding="utf-8").split())
    assert 'lang="en"' in source
    assert "<head>" in source
    assert "tagline" not in in_chinese(source, ours())
