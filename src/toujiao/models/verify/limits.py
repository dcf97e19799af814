"""Every threshold of `toujiao models verify`, in one place; why each is what it is: docs/models.md."""

from __future__ import annotations

from dataclasses import dataclass

PROMPTS = 20
MOST_TOKENS = 400
"""Longest greedy answer; a prompt whose answer is still going on there does not stop by itself."""

TOP_TOKENS = 8
"""How many of a hop's likeliest next tokens are compared; llama.cpp and servers give no more."""

FEWEST_PLACES = 1000
"""With fewer compared tokens a share says little; the report warns."""

REFERENCE_STOPS = 0.8
"""Share of prompts that base + adapter must end by itself, or <|im_end|> was not learned."""

LEAST_EFFECT = 0.005
"""Mean change of the likeliest tokens' log-probability, in nats, below which nothing was learned."""

MOST_LOSS_RATIO = 1.5
"""How much larger than noted in run.json the held-out loss may be, before the base is another."""


@dataclass(frozen=True)
class Limits:
    """What one hop must reach; None is shown, not judged."""

    agreement: float | None
    """Share of places with the same next token as the reference."""
    nearness: float | None
    """How near to base + adapter: 1 = the same, 0.5 = halfway to the base, 0 = the base."""
    stops: float | None
    """Prompts ended by itself, as a share of those that the reference ends."""


ADAPTER = Limits(agreement=None, nearness=None, stops=None)
MERGED = Limits(agreement=0.995, nearness=0.9, stops=0.9)
F16 = Limits(agreement=0.995, nearness=0.9, stops=0.9)
Q8_0 = Limits(agreement=0.97, nearness=0.8, stops=0.9)
Q4_0 = Limits(agreement=0.8, nearness=0.5, stops=0.8)
BASE_GGUF = Limits(agreement=0.995, nearness=None, stops=None)
SERVER = Limits(agreement=0.99, nearness=0.9, stops=0.9)
