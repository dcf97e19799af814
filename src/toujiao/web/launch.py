"""Serves the page: only on the chosen address, never shared, nothing asked of other hosts."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from toujiao.errors import ToujiaoError
from toujiao.web.address import check_free, own_url
from toujiao.web.middleware import OurPage
from toujiao.web.texts import text
from toujiao.web.theme import ICON, STYLE, build_theme

if TYPE_CHECKING:
    from gradio import Blocks


def launch(page: Blocks, host: str, port: int, open_browser: bool = False) -> None:
    """Start serving a page of `create_app` and return; `wait` then keeps the program alive."""
    from starlette.middleware import Middleware

    check_free(host, port)
    _reach_ourselves_directly(host)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            share=False,
            inbrowser=False,
            quiet=True,
            prevent_thread_lock=True,
            show_error=True,
            ssr_mode=False,
            pwa=False,
            mcp_server=False,
            enable_monitoring=False,
            footer_links=[],
            theme=build_theme(),
            css_paths=[STYLE],
            favicon_path=ICON,
            app_kwargs={
                "middleware": [Middleware(OurPage, knowledge=page.knowledge)],
                "openapi_url": None,
            },
        )
    except OSError as error:
        # Somebody took the port between the check and now.
        raise ToujiaoError(text("port_busy", port=port, other=port + 1)) from error
    if open_browser:
        import webbrowser

        webbrowser.open(own_url(host, port))


def wait(page: Blocks) -> None:
    """Serve until Ctrl+C, then stop without a word (Gradio's own wait says it in English)."""
    try:
        while True:
            time.sleep(0.2)
    except KeyboardInterrupt:
        page.close(verbose=False)


def _reach_ourselves_directly(host: str) -> None:
    """Gradio calls its own address once; a proxy in the environment must not be asked for that."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    os.environ["no_proxy"] = ",".join(filter(None, [known, "127.0.0.1", "localhost", host]))
