"""Base against base + adapter on held-out rows: the table that the model card publishes.

The models are measured bare: no guard, no sentence checks, no falling back to the card.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rapidfuzz import fuzz

from toujiao.assistant.verify import Verifier, grounded_share, numbers, split_sentences
from toujiao.evaluate.generate import Output, Writer

Row = dict[str, Any]
MOST_TOKENS = 360
# How many held-out rows of each kind are asked; the rest is left out to keep it within minutes.
SAMPLE = {"answer": 24, "refusal": 8, "unknown": 8, "calculation": 8, "own": 24}
_SAME = 80.0
_TITLE = re.compile(r"^【[^】]*】", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    """One line of the table: shares in 0..1 (or a loss) for the base and with the adapter."""

    metric: str
    name: str
    base: float
    adapter: float
    count: int
    higher_is_better: bool = True


def _covers(row: Row, output: Output) -> float:
    """Share of the expected answer's sentences that were said."""
    said = split_sentences(output.text)
    expected = [s for s in split_sentences(_reference(row)) if s.strip()]
    found = sum(any(fuzz.ratio(s.strip(), t.strip()) >= _SAME for t in said) for s in expected)
    return found / max(len(expected), 1)


def _grounded(row: Row, output: Output) -> float:
    if not output.text.strip():
        return 0.0
    return grounded_share(split_sentences(output.text), _verifier(row))


def _traced(row: Row, output: Output) -> float:
    known = set(numbers(_prompt_text(row)))
    return float(bool(output.text.strip()) and not set(numbers(output.text)) - known)


def _stops(row: Row, output: Output) -> float:
    return float(output.stopped)


def _first_same(row: Row, output: Output) -> float:
    """Whether the first sentence is the expected one (a refusal, an “I do not know”)."""
    first, expected = (_first(text) for text in (output.text, _reference(row)))
    return float(fuzz.ratio(first, expected) >= _SAME)


def _result(row: Row, output: Output) -> float:
    """Whether every number of the expected last line stands in the last line written."""
    lines = [line for line in output.text.splitlines() if line.strip()] or [""]
    expected = numbers(_reference(row).splitlines()[-1])
    return float(not expected - numbers(lines[-1]))


def _likeness(row: Row, output: Output) -> float:
    """How like the expected answer the text is, by edit distance."""
    return fuzz.ratio(output.text.strip(), _reference(row).strip()) / 100


Grader = Callable[[Row, Output], float]
# (metric, name in the card, kind of rows, grader)
GRADERS: tuple[tuple[str, str, str, Grader], ...] = (
    ("coverage", "该讲的句子讲到了", "answer", _covers),
    ("grounded", "句子在资料里有出处", "answer", _grounded),
    ("traced_numbers", "数字全部有出处", "answer", _traced),
    ("stops", "讲完会自己停", "answer", _stops),
    ("refusal", "荐股请求会婉拒", "refusal", _first_same),
    ("unknown", "资料里没有会说不知道", "unknown", _first_same),
    ("calculation", "计算结果转述正确", "calculation", _result),
    ("likeness", "和参考回答的相近程度", "own", _likeness),
    ("own_coverage", "参考回答的句子说到了", "own", _covers),
    ("own_stops", "说完会自己停", "own", _stops),
)


def sample_rows(rows: Sequence[Row], seed: int) -> list[Row]:
    """A fixed random choice of held-out rows, at most SAMPLE of each kind."""
    rng = random.Random(seed)
    chosen: list[Row] = []
    for kind, count in SAMPLE.items():
        same = [row for row in rows if _kind(row) == kind]
        chosen += rng.sample(same, k=min(count, len(same)))
    return chosen


def compare(write: Writer, rows: Sequence[Row], losses: dict[str, float]) -> dict[str, Any]:
    """{"table": lines, "samples": question, base and adapter answers}."""
    prompts = [row["messages"][:-1] for row in rows]
    base = write(prompts, use_adapter=False, most_tokens=MOST_TOKENS)
    tuned = write(prompts, use_adapter=True, most_tokens=MOST_TOKENS)
    table = [_line(*grader, rows, base, tuned) for grader in GRADERS]
    if losses:
        loss = Line(
            "held_out_loss", "留出行的损失", losses["before"], losses["after"], len(rows), False
        )
        table.append(loss)
    samples = [
        {"question": _question(row), "base": b.text, "adapter": t.text, "kind": _kind(row)}
        for row, b, t in zip(rows, base, tuned, strict=True)
    ]
    return {"table": [asdict(line) for line in table if line.count], "samples": samples}


def _line(
    metric: str,
    name: str,
    kind: str,
    grader: Grader,
    rows: Sequence[Row],
    base: Sequence[Output],
    tuned: Sequence[Output],
) -> Line:
    picked = [i for i, row in enumerate(rows) if _kind(row) == kind]

    def mean(outputs: Sequence[Output]) -> float:
        scores = [grader(rows[i], outputs[i]) for i in picked]
        return round(sum(scores) / max(len(scores), 1), 4)

    return Line(metric, name, mean(base), mean(tuned), len(picked))


def _kind(row: Row) -> str:
    """What sort of row it is; rows that do not say one of ours are the user's own."""
    kind = (row.get("meta") or {}).get("kind")
    return str(kind) if kind in SAMPLE else "own"


def _reference(row: Row) -> str:
    return str(row["messages"][-1]["content"])


def _prompt_text(row: Row) -> str:
    return "\n".join(m["content"] for m in row["messages"][:-1])


def _question(row: Row) -> str:
    return str(row["messages"][-2]["content"]).rsplit("问题：", 1)[-1]


def _verifier(row: Row) -> Verifier:
    material = _TITLE.sub("", row["messages"][-2]["content"])
    return Verifier(_question(row), [material], strict=True)


def _first(text: str) -> str:
    sentences = [s.strip() for s in split_sentences(text) if s.strip()]
    return sentences[0] if sentences else ""
