"""The names of a card's sections: what a card has to hold, and what answers are composed from."""

from __future__ import annotations

ANALOGY, PITFALL, RISK = "打个比方", "常见误区", "风险提示"
WORKED = ("怎么算", "怎么用", "怎么看", "怎么做", "有什么用")


def every_section() -> tuple[str, ...]:
    """Every name that a section of a card may have."""
    return (ANALOGY, *WORKED, PITFALL, RISK)
