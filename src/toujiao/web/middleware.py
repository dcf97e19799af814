"""What the server adds to Gradio's replies: no foreign content, and a page in Chinese."""

from __future__ import annotations

import html
import json
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import Any

from toujiao.knowledge.knowledge import Knowledge
from toujiao.web.texts import foreign_labels
from toujiao.web.theme import ASSETS

# The browser refuses to load anything from elsewhere, whatever an answer or a library says.
_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' data: blob:; object-src 'none'; form-action 'self'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]


class OurPage:
    """ASGI middleware: headers on every reply, our head in the page itself.

    Only the page is held back until it is whole; a streamed answer passes piece by piece.
    """

    def __init__(
        self, app: Callable[[Message, Receive, Send], Awaitable[None]], knowledge: Knowledge
    ) -> None:
        self.app, self.knowledge = app, knowledge

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass the request on and change what comes back."""
        is_page = scope["type"] == "http" and scope["path"] == "/"
        start: Message = {}
        body = bytearray()

        async def send_changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
                if is_page and _is_html(message):
                    start.update(message)
                    return
            if not start:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                head_only = scope["method"] == "HEAD"
                page = body if head_only else self._in_chinese(bytes(body))
                await _send_page(bytes(page), start, head_only, send)

        await self.app(scope, receive, send_changed)

    def _in_chinese(self, body: bytes) -> bytes:
        return in_chinese(body.decode(), self.knowledge).encode()


async def _send_page(page: bytes, start: Message, head_only: bool, send: Send) -> None:
    kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    if not head_only:
        kept.append((b"content-length", str(len(page)).encode()))
    await send({**start, "headers": kept})
    await send({"type": "http.response.body", "body": page})


def in_chinese(page: str, knowledge: Knowledge) -> str:
    """Gradio's HTML with our language, our script first in the head, and no words about Gradio."""
    page = page.replace('lang="en"', 'lang="zh-CN"', 1)
    for theirs, name in (("Click to try out the app!", "tagline"), ("Gradio", "title")):
        ours = knowledge.text(name)
        page = page.replace(f'content="{theirs}"', f'content="{html.escape(ours)}"')
    return page.replace("<head>", f"<head>{_script()}", 1)


@cache
def _script() -> str:
    labels = json.dumps(foreign_labels(), ensure_ascii=False)
    source = (ASSETS / "page.js").read_text(encoding="utf-8")
    return f"<script>const LABELS = {labels};\n{source}</script>"


def _is_html(message: Message) -> bool:
    return any(
        name == b"content-type" and value.startswith(b"text/html")
        for name, value in message["headers"]
    )
