"""Base against base + adapter on held-out rows: the table that the model card publishes.

Where an adapter was trained further (from votes), what it started from stands between the two.
The models are measured bare: no guard, no sentence checks, no falling back to the card.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rapidfuzz import fuzz

from toujiao.assistant.prompt import question_of
from toujiao.assistant.verify import Verifier, grounded_share, numbers, split_sentences
from toujiao.evaluate.generate import Output, Writer
from toujiao.files import Row

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
    start: float | None = None
    """With the adapter that the run started from, where there was one."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values; `start` only where there is one."""
        values = asdict(self)
        return values if self.start is not None else {k: values[k] for k in values if k != "start"}


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


def prompts_of(rows: Sequence[Row]) -> list[list[dict[str, str]]]:
    """What is asked: each row without its answer."""
    return [row["messages"][:-1] for row in rows]


def compare(
    write: Writer,
    rows: Sequence[Row],
    losses: dict[str, float],
    start: Sequence[Output] | None = None,
) -> dict[str, Any]:
    """{"table": lines, "samples": question, base and adapter answers}.

    `start`: the answers with the adapter that the run started from; they then stand there too.
    """
    prompts = prompts_of(rows)
    answers = {
        "base": write(prompts, use_adapter=False, most_tokens=MOST_TOKENS),
        "adapter": write(prompts, use_adapter=True, most_tokens=MOST_TOKENS),
    }
    if start:
        answers["start"] = list(start)
    table = [_line(*grader, rows, answers) for grader in GRADERS]
    if losses:
        table.append(_loss_line(losses, len(rows)))
    samples = [
        {
            "question": _question(row),
            **{name: outputs[i].text for name, outputs in answers.items()},
            "kind": _kind(row),
        }
        for i, row in enumerate(rows)
    ]
    return {"table": [line.as_dict() for line in table if line.count], "samples": samples}


def _loss_line(losses: dict[str, float], count: int) -> Line:
    """A run says before and after; one that started from an adapter also the bare base's loss."""
    before, after = losses["before"], losses["after"]
    base = losses.get("base", before)
    start = before if "base" in losses else None
    return Line("held_out_loss", "留出行的损失", base, after, count, False, start)


def _line(
    metric: str,
    name: str,
    kind: str,
    grader: Grader,
    rows: Sequence[Row],
    answers: Mapping[str, Sequence[Output]],
) -> Line:
    picked = [i for i, row in enumerate(rows) if _kind(row) == kind]

    def mean(outputs: Sequence[Output]) -> float:
        scores = [grader(rows[i], outputs[i]) for i in picked]
        return round(sum(scores) / max(len(scores), 1), 4)

    start = mean(answers["start"]) if "start" in answers else None
    base, adapter = mean(answers["base"]), mean(answers["adapter"])
    return Line(metric, name, base, adapter, len(picked), start=start)


def _kind(row: Row) -> str:
    """What sort of row it is; rows that do not say one of ours are the user's own."""
    kind = (row.get("meta") or {}).get("kind")
    return str(kind) if kind in SAMPLE else "own"


def _reference(row: Row) -> str:
    return str(row["messages"][-1]["content"])


def _prompt_text(row: Row) -> str:
    return "\n".join(m["content"] for m in row["messages"][:-1])


def _question(row: Row) -> str:
    return question_of(row["messages"][-2]["content"])


def _verifier(row: Row) -> Verifier:
    material = _TITLE.sub("", row["messages"][-2]["content"])
    return Verifier(_question(row), [material], strict=True)


def _first(text: str) -> str:
    sentences = [s.strip() for s in split_sentences(text) if s.strip()]
    return sentences[0] if sentences else ""
