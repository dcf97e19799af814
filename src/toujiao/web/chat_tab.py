"""The chat tab: where its parts stand and which event calls which handler (chat_events.py)."""

# No `from __future__ import annotations` here: Gradio reads the event classes from the signatures.

from typing import Any

from toujiao.feedback.store import FeedbackStore
from toujiao.knowledge.knowledge import Knowledge
from toujiao.web.card_view import CardView
from toujiao.web.chat_events import ChatEvents, Parts, empty_panel
from toujiao.web.conversation import Bot, Conversation
from toujiao.web.texts import reasons, text
from toujiao.web.theme import ICON

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
# Without the queue a handler is quicker, but cannot show a toast.
_AT_ONCE: dict[str, Any] = {**_PRIVATE, "queue": False}


def build(bot: Bot, store: FeedbackStore) -> None:
    """Lay the tab out and connect it; to be called inside a Blocks context."""
    import gradio as gr

    with gr.Row(elem_id="chat-row", equal_height=False):
        with gr.Column(scale=11, min_width=320, elem_id="talk-column"):
            talk, voted = gr.State(Conversation()), gr.State(None)
            chat = _chatbot(bot.knowledge)
            form, reason, words, send, skip = _reason_form()
            box = _question_box(bot.knowledge)
        with gr.Column(scale=9, min_width=320, elem_id="panel"):
            empty = gr.Markdown(empty_panel(bot.knowledge), elem_id="panel-empty")
            choice = gr.Radio(
                label=text("panel_cards"),
                choices=[],
                visible=False,
                elem_id="card-choice",
                elem_classes="pills",
            )
            card = CardView.build(bot.knowledge)
    parts = Parts(talk, chat, box, choice, empty, card, voted, form, reason, words)
    events = ChatEvents(bot, store, card)
    _connect_asking(events, parts)
    _connect_voting(events, parts)
    send.click(events.give_reason, [voted, reason, words], [form], **_PRIVATE)
    skip.click(events.close_form, None, [form], **_AT_ONCE)


def _chatbot(knowledge: Knowledge) -> Any:
    import gradio as gr

    examples: Any = [
        {"text": example.question, "display_text": example.label} for example in knowledge.examples
    ]
    return gr.Chatbot(
        label=text("chat_label"),
        show_label=False,
        elem_id="chat",
        placeholder=knowledge.text("greeting"),
        examples=examples,
        buttons=["copy"],
        avatar_images=(None, str(ICON)),
        layout="bubble",
        height="100%",
        latex_delimiters=[],
        allow_tags=False,
        sanitize_html=True,
        feedback_options=("Like", "Dislike"),
    )


def _question_box(knowledge: Knowledge) -> Any:
    import gradio as gr

    return gr.Textbox(
        show_label=False,
        label=text("box_label"),
        placeholder=knowledge.text("placeholder"),
        lines=1,
        max_lines=6,
        autofocus=True,
        submit_btn=text("send"),
        container=False,
        elem_id="question",
    )


def _reason_form() -> tuple[Any, Any, Any, Any, Any]:
    import gradio as gr

    with gr.Column(visible=False, elem_id="reason-form") as form:
        gr.Markdown(text("reason_title"))
        reason = gr.Radio(
            reasons(),
            label=text("reason_label"),
            show_label=False,
            container=False,
            elem_classes="pills",
        )
        words = gr.Textbox(
            label=text("reason_text"),
            show_label=False,
            placeholder=f"{text('reason_text')}（{text('reason_text_hint')}）",
            max_length=500,
            lines=1,
            max_lines=4,
            container=False,
            elem_id="reason-words",
        )
        with gr.Row():
            skip = gr.Button(text("reason_skip"), size="sm")
            send = gr.Button(text("reason_send"), size="sm", variant="primary")
    return form, reason, words, send, skip


def _connect_asking(events: ChatEvents, parts: Parts) -> None:
    import gradio as gr

    def begin_example(state: Conversation, event: gr.SelectData) -> tuple[Any, ...]:
        return events.begin(event.value["text"], state)

    talk, chat, box = parts.talk, parts.chat, parts.box
    started = [box, chat, talk, parts.form]
    panel = [parts.empty, parts.choice, *parts.card.outputs]
    running = []
    for event in (
        box.submit(events.begin, [box, talk], started, **_AT_ONCE),
        chat.example_select(begin_example, [talk], started, **_AT_ONCE),
    ):
        run = event.then(events.answer, [talk], [chat], **_PRIVATE)
        run.then(events.finish, [talk], [box, *panel], **_AT_ONCE)
        running.append(run)
    box.stop(events.stop, [talk], [chat, box], cancels=running, **_AT_ONCE)
    cleared = [talk, chat, box, parts.form, *panel]
    chat.clear(events.reset, None, cleared, cancels=running, **_AT_ONCE)
    opened = parts.card.outputs
    parts.choice.input(events.open_card, [parts.choice, talk], opened, **_AT_ONCE)


def _connect_voting(events: ChatEvents, parts: Parts) -> None:
    import gradio as gr

    def vote(state: Conversation, event: gr.LikeData) -> tuple[Any, ...]:
        index = event.index
        position = index[0] if isinstance(index, list | tuple) else index
        return events.vote(state, position, event.liked)

    asked = [parts.voted, parts.form, parts.reason, parts.words]
    parts.chat.like(vote, [parts.talk], asked, **_PRIVATE)
