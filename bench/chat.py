"""Speed of answering: start-up, first words, tokens per second, side by side with transformers.

Run: python bench/chat.py            (the embedded model; needs toujiao[train] for the comparison)
Prints one JSON line per figure; ratios within this run are what to compare, the machine is noisy.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

QUESTION = "请用大白话解释什么是移动平均线（MA线）？"
REPEATS = 5
COMMAND = str(Path(sys.executable).with_name("toujiao"))


def say(name: str, value: Any, unit: str) -> None:
    print(
        json.dumps({"figure": name, "value": value, "unit": unit}, ensure_ascii=False), flush=True
    )


def timed(*command: str) -> float:
    started = time.perf_counter()
    subprocess.run([COMMAND, *command], check=True, capture_output=True)
    return time.perf_counter() - started


def help_time() -> None:
    bare = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        bare.append(time.perf_counter() - started)
    helped = [timed("--help") for _ in range(REPEATS)]
    say("python -c pass", round(min(bare), 3), "s")
    say("toujiao --help", round(min(helped), 3), "s")
    say("toujiao --help, median", round(statistics.median(helped), 3), "s")


def ask_time() -> None:
    timed("ask", "--json", QUESTION)
    started = time.perf_counter()
    line = subprocess.run(
        [COMMAND, "ask", "--json", QUESTION],
        check=True, capture_output=True, encoding="utf-8",
    ).stdout  # fmt: skip
    total = time.perf_counter() - started
    answer = json.loads(line)
    say("toujiao ask, second run: whole process", round(total, 2), "s")
    say("toujiao ask, second run: question to first words", answer["first_token_seconds"], "s")
    say("toujiao ask, second run: question to last words", answer["seconds"], "s")


def retrieval_time() -> None:
    from toujiao.knowledge.folders import ours

    index = ours().index
    times = []
    for card in ours().cards:
        for question in card.header.questions:
            started = time.perf_counter()
            index.search(question)
            times.append(time.perf_counter() - started)
    times.sort()
    say("retrieval p50", round(times[len(times) // 2] * 1000, 2), "ms")
    say("retrieval p99", round(times[int(len(times) * 0.99)] * 1000, 2), "ms")


def generation_rates() -> None:
    from toujiao.assistant.backends.llamacpp import LlamaCppBackend
    from toujiao.assistant.backends.transformers import TransformersBackend
    from toujiao.assistant.prompt import build_messages
    from toujiao.knowledge.folders import ours

    card = ours().render("moving-average")
    messages = build_messages(QUESTION, [card], ours().system_prompt)
    rates = {}
    slow = TransformersBackend()
    for backend in (LlamaCppBackend(), slow):
        "".join(backend.stream(messages))
        started = time.perf_counter()
        pieces = []
        first = None
        for piece in backend.stream(messages):
            first = first or time.perf_counter() - started
            pieces.append(piece)
        seconds = time.perf_counter() - started
        tokens = len(slow._tokenizer("".join(pieces))["input_ids"])
        rates[backend.name] = tokens / seconds
        say(f"{backend.name}: first piece", round(first or seconds, 3), "s")
        say(f"{backend.name}: rate", round(tokens / seconds, 1), "tokens/s")
    say("llamacpp / transformers", round(rates["llamacpp"] / rates["transformers"], 2), "x")


if __name__ == "__main__":
    help_time()
    retrieval_time()
    ask_time()
    generation_rates()
