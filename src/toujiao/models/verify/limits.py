"""Every threshold of `toujiao models verify`, in one place; why each is what it is: docs/models.md."""

from __future__ import annotations

from dataclasses import dataclass

PROMPTS = 20
MOST_TOKENS = 400
"""Longest greedy answer; a prompt whose answer is still going on there does not stop by itself."""
TOP_TOKENS = 8
"""How many of a hop's likeliest next tokens are compared: engines give only a few."""
FEWEST_PLACES = 1000
"""With fewer compared tokens a share says little; the report says so."""
REFERENCE_STOPS = 0.8
"""Share of prompts that base + adapter must end by itself, or <|im_end|> was not learned."""
LEAST_EFFECT = 0.01
"""Mean change of the likeliest tokens' log-probability, in nats; F16 alone moves it by 0.005."""
GAIN_KEPT = 0.25
"""Share of the drop in held-out loss noted in run.json that must be seen again here."""
MOST_LOSS_RISE = 1.1
"""Without a noted loss (preference training has none): how far the adapter may raise it."""


@dataclass(frozen=True)
class Limits:
    """What one hop must reach; None is shown, not judged."""

    agreement: float | None = None
    """Share of places with the same next token as expected."""
    nearness: float | None = None
    """How near to base + adapter: 1 = the same, 0.5 = as far from it as from the base, 0 = base."""
    stops: float | None = None
    """Share of the places where the reference ends with <|im_end|> at which this stops too."""


SHOWN = Limits()
MERGED = F16 = Limits(agreement=0.995, nearness=0.65, stops=0.9)
Q8_0 = Limits(agreement=0.97, nearness=0.5, stops=0.9)
Q4_0 = Limits(agreement=0.9, nearness=0.5, stops=0.8)
BASE_GGUF = Limits(agreement=0.995)
SERVER = Limits(agreement=0.99, stops=0.9)

MERGED_GGUF = {"F16": F16, "Q8_0": Q8_0, "Q4_0": Q4_0}
