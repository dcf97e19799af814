"""A card on the page: its text and, where it has one, its chart."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from toujiao.knowledge.knowledge import Knowledge
from toujiao.web.charts import draw
from toujiao.web.panel import card_markdown
from toujiao.web.texts import text


@dataclass(frozen=True)
class CardView:
    """The components that show one card; `show` and `hide` give updates for `outputs`."""

    knowledge: Knowledge
    chart: Any
    note: Any
    words: Any

    @classmethod
    def build(cls, knowledge: Knowledge) -> CardView:
        """Make the components, hidden; to be called inside a Blocks context."""
        import gradio as gr

        chart = gr.Plot(
            label=text("chart_label"), show_label=False, visible=False, elem_classes="card-chart"
        )
        note = gr.Markdown(knowledge.text("chart_note"), visible=False, elem_classes="chart-note")
        words = gr.Markdown(visible=False, elem_classes="card-text", latex_delimiters=[])
        return cls(knowledge, chart, note, words)

    @property
    def outputs(self) -> list[Any]:
        return [self.chart, self.note, self.words]

    def show(self, card_id: str, on: dt.date | None = None) -> tuple[Any, ...]:
        """Updates that show the card with the rules of that day."""
        import gradio as gr

        name = self.knowledge.cards.get(card_id).header.chart
        chart = gr.Plot(draw(name), visible=True) if name else gr.Plot(None, visible=False)
        note = gr.Markdown(visible=name is not None)
        return chart, note, gr.Markdown(card_markdown(self.knowledge, card_id, on), visible=True)

    def hide(self) -> tuple[Any, ...]:
        """Updates that show nothing."""
        import gradio as gr

        return gr.Plot(None, visible=False), gr.Markdown(visible=False), gr.Markdown(visible=False)
