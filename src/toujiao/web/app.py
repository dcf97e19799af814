"""The web page: chat, all cards, limits. `create_app` builds it, `launch` serves it."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from toujiao.errors import missing_extra
from toujiao.feedback.store import FeedbackStore
from toujiao.knowledge.knowledge import Knowledge
from toujiao.web import chat_tab, other_tabs
from toujiao.web.conversation import Bot
from toujiao.web.texts import text
from toujiao.web.theme import ICON

if TYPE_CHECKING:
    from gradio import Blocks


def import_gradio() -> Any:
    """Gradio, with its telemetry switched off before it loads."""
    import os

    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    try:
        import gradio
        import plotly  # noqa: F401
    except ImportError as error:
        raise missing_extra(error.name or "gradio", "web") from error
    return gradio


def create_app(bot: Bot, store: FeedbackStore, address: str | None = None) -> Blocks:
    """The page for a bot and a store of votes.

    `address` is where other devices on the network reach it; None shows no QR code.
    """
    gr = import_gradio()
    with gr.Blocks(title=bot.knowledge.text("title"), analytics_enabled=False) as page:
        gr.HTML(_header(bot.knowledge), elem_id="brand", padding=False)
        with gr.Tabs(elem_id="pages"):
            with gr.Tab(text("tab_chat"), id="chat"):
                chat_tab.build(bot, store)
            with gr.Tab(text("tab_cards"), id="cards"):
                other_tabs.build_cards(bot.knowledge)
            with gr.Tab(text("tab_about"), id="about"):
                other_tabs.build_about(store, address, bot.knowledge)
    page.knowledge = bot.knowledge  # for the head that `launch` writes
    return page.queue(api_open=False, default_concurrency_limit=8)


def _header(knowledge: Knowledge) -> str:
    icon = ICON.read_text(encoding="utf-8")
    brand, sub, tagline = (
        html.escape(knowledge.text(name)) for name in ("brand", "brand_sub", "tagline")
    )
    words = f"<h1>{brand}<span>{sub}</span></h1><p>{tagline}</p>"
    return f'<div class="brand-line">{icon}<div>{words}</div></div>'
