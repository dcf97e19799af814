"""What happens on the chat tab: handlers that take values and return updates for components."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.feedback.store import DOWN, UP, FeedbackStore, vote_on
from toujiao.knowledge.knowledge import Knowledge
from toujiao.web.card_view import CardView
from toujiao.web.conversation import Bot, Conversation
from toujiao.web.texts import text


@dataclass(frozen=True)
class Parts:
    """The components that events read and change."""

    talk: Any
    chat: Any
    box: Any
    choice: Any
    empty: Any
    card: CardView
    voted: Any
    form: Any
    reason: Any
    words: Any


@dataclass(frozen=True)
class ChatEvents:
    """The handlers; `state` is the talk of one browser session."""

    bot: Bot
    store: FeedbackStore
    card: CardView

    def begin(self, question: str, state: Conversation) -> tuple[Any, ...]:
        """Take a question into the chat: updates for box, chat, talk and form."""
        import gradio as gr

        if not question.strip() or state.busy:
            return gr.skip(), gr.skip(), state, gr.skip()
        state.begin(question.strip())
        waiting = gr.Textbox(value="", submit_btn=False, stop_btn=text("stop"))
        return waiting, state.messages(), state, _hidden_form()

    def answer(self, state: Conversation) -> Iterator[Any]:
        """Stream the answer: updates for the chat."""
        for _ in state.run(self.bot):
            yield state.messages()

    def finish(self, state: Conversation) -> tuple[Any, ...]:
        """Once an answer is there: updates for box and panel."""
        import gradio as gr

        if state.busy:
            return tuple(gr.skip() for _ in range(3 + len(self.card.outputs)))
        return _ready_box(), *self._panel(state)

    def stop(self, state: Conversation) -> tuple[Any, ...]:
        """Stop the running answer: updates for chat and box."""
        state.stop(self.bot.knowledge)
        return state.messages(), _ready_box()

    def reset(self) -> tuple[Any, ...]:
        """Forget the talk: updates for talk, chat, box, form and panel."""
        fresh = Conversation()
        return fresh, [], _ready_box(), _hidden_form(), *self._panel(fresh)

    def open_card(self, card_id: str, state: Conversation) -> tuple[Any, ...]:
        """Another cited card was chosen: updates for the card."""
        answer = state.last.answer if state.last else None
        return self.card.show(card_id, answer.as_of if answer else None)

    def vote(self, state: Conversation, index: int, liked: bool | str) -> tuple[Any, ...]:
        """A thumb was pressed: updates for the voted id, the form, its reason and its words."""
        import gradio as gr

        try:
            asks_why = self._record(state, index, liked)
        except ToujiaoError as error:
            _warn(error)
            asks_why = None
        return asks_why, gr.Column(visible=asks_why is not None), None, ""

    def give_reason(self, vote_id: int | None, reason: str | None, words: str) -> Any:
        """The form was sent: update for the form."""
        given = "：".join(part for part in (reason, words.strip()) if part)
        try:
            if vote_id is not None and given:
                self.store.set_reason(vote_id, given)
                _note("reason_thanks")
        except ToujiaoError as error:
            _warn(error)
        return _hidden_form()

    def close_form(self) -> Any:
        """No reason is given: update for the form."""
        return _hidden_form()

    def _record(self, state: Conversation, index: int, liked: bool | str) -> int | None:
        """Store, change or take back the vote on a message; returns the id of a new 👎."""
        turn = state.turn_of(index)
        if turn is None or turn.answer is None:
            _note("vote_impossible")
            return None
        if turn.vote_id is not None:
            self.store.remove_vote(turn.vote_id)
            turn.vote_id = None
        if not isinstance(liked, bool):  # the same thumb again takes the vote back
            _note("vote_withdrawn")
            return None
        turn.vote_id = self.store.add_vote(vote_on(turn.answer, UP if liked else DOWN))
        _note("vote_thanks")
        return None if liked else turn.vote_id

    def _panel(self, state: Conversation) -> tuple[Any, ...]:
        """Updates for the hint, the choice of cards and the open card."""
        import gradio as gr

        answer = state.last.answer if state.last else None
        cited = [(card.title, card.id) for card in answer.cards] if answer else []
        if not answer or not cited:
            hint = (
                empty_panel(self.bot.knowledge)
                if not state.turns
                else panel_hint(text("panel_no_cards"))
            )
            nothing = gr.Radio(choices=[], value=None, visible=False)
            return gr.Markdown(hint, visible=True), nothing, *self.card.hide()
        first = cited[0][1]
        choice = gr.Radio(choices=cited, value=first, visible=True)
        return gr.Markdown(visible=False), choice, *self.card.show(first, answer.as_of)


def panel_hint(hint: str) -> str:
    """What the panel says while no card is open."""
    return f"#### {text('panel_title')}\n{hint}"


def empty_panel(knowledge: Knowledge) -> str:
    """What the panel says before the first question."""
    names = "、".join(knowledge.categories.values())
    return panel_hint(text("panel_empty", count=len(knowledge.cards), categories=names))


def _note(name: str) -> None:
    import gradio as gr

    gr.Info(text(name), duration=3)


def _warn(error: ToujiaoError) -> None:
    import gradio as gr

    gr.Warning(str(error))


def _ready_box() -> Any:
    import gradio as gr

    return gr.Textbox(submit_btn=text("send"), stop_btn=False)


def _hidden_form() -> Any:
    import gradio as gr

    return gr.Column(visible=False)
