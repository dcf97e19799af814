"""`toujiao web`: the page in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from toujiao.knowledge.option import KnowledgeOption


def serve(
    host: Annotated[
        str | None, typer.Option(help="监听地址；0.0.0.0 表示同一网络的设备也能打开")
    ] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="端口")] = None,
    backend: Annotated[
        str | None, typer.Option(help="auto、llamacpp、transformers、openai 或 cards")
    ] = None,
    base: Annotated[str | None, typer.Option(help="底座模型")] = None,
    adapter: Annotated[str | None, typer.Option(help="LoRA 适配器文件夹")] = None,
    knowledge: KnowledgeOption = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="启动后打开浏览器")] = True,
) -> None:
    """打开网页问答（默认只有本机能访问）"""
    from toujiao.settings import settings
    from toujiao.web.address import check_free, network_url, own_url
    from toujiao.web.texts import text

    host, port = host or settings().host, port or settings().port
    # Before the slow part: a port in use is known at once.
    check_free(host, port)
    print(text("loading"), flush=True)
    from toujiao.assistant.pipeline import Assistant
    from toujiao.feedback.store import open_store
    from toujiao.web.app import create_app
    from toujiao.web.launch import launch, wait

    lan = network_url(host, port)
    bot = Assistant.load(backend, base, adapter, knowledge)
    page = create_app(bot, open_store(), lan)
    launch(page, host, port, open_browser)
    print(text("ready", url=own_url(host, port)))
    if lan:
        print(text("ready_lan", url=lan))
    print(text("how_to_stop"), flush=True)
    wait(page)
