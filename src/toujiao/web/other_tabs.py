"""The tabs beside the chat: leaf through all cards, and what the assistant is and is not."""

from __future__ import annotations

from typing import Any

from toujiao.assistant.closing import closing
from toujiao.feedback.store import FeedbackStore
from toujiao.knowledge.knowledge import Knowledge
from toujiao.records import Kind
from toujiao.web.address import qr_svg
from toujiao.web.card_view import CardView
from toujiao.web.panel import cards_of, categories
from toujiao.web.texts import text


def build_cards(knowledge: Knowledge) -> None:
    """Choose a category, then a card."""
    import gradio as gr

    first = next(iter(knowledge.categories))
    gr.Markdown(text("cards_intro", count=len(knowledge.cards)))
    with gr.Row(elem_id="leaf", equal_height=False):
        with gr.Column(scale=4, min_width=300):
            category = gr.Dropdown(categories(knowledge), value=first, label=text("cards_category"))
            card = gr.Radio(
                cards_of(knowledge, first),
                value=None,
                label=text("cards_card"),
                elem_classes="pills",
            )
        with gr.Column(scale=7, min_width=300):
            view = CardView.build(knowledge)

    def change_category(chosen: str) -> tuple[Any, ...]:
        return gr.Radio(choices=cards_of(knowledge, chosen), value=None), *view.hide()

    hidden: dict[str, Any] = {
        "api_visibility": "private",
        "show_progress": "hidden",
        "queue": False,
    }
    category.input(change_category, [category], [card, *view.outputs], **hidden)
    card.input(view.show, [card], view.outputs, **hidden)


def build_about(store: FeedbackStore, address: str | None, knowledge: Knowledge) -> None:
    """Limits, whom to call, what is stored; the QR code when others can reach the page."""
    import gradio as gr

    if address:
        note = f"<p>{text('qr_note', url=address)}</p><p>{text('qr_warning')}</p>"
        heading = f"<h3>{text('qr_title')}</h3>"
        gr.HTML(f"{qr_svg(address)}<div>{heading}{note}</div>", elem_id="qr")
    label = closing(Kind.UNKNOWN, (), (), knowledge).strip()
    privacy = text("privacy", store=store.file or text("store_database")).strip()
    about = knowledge.text("about", label=label, privacy=privacy)
    gr.Markdown(about, elem_id="about", line_breaks=True)
