"""Speed and memory of LoRA training on a CPU: toujiao, plain TRL and LLaMA-Factory side by side.

Run: python bench/train.py                           (about a quarter of an hour; needs toujiao[dev])
     python bench/train.py --layers 4 --steps 2      (a quick trial)

The shape of Qwen3-0.6B with random weights, rows of our own data set, the same settings for all.
Each run is a process of its own, one after the other; LLaMA-Factory gets an environment of its own
(from PyPI, the first time). A witness inside transformers' Trainer notes the tokens of every step:
the comparison stops when the tools do not train on the same ones.
Prints one JSON line per figure; ratios within this run are what to compare, the machine is noisy.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from training import environment, prepare, summary

CACHE = Path(__file__).parents[1] / ".cache" / "bench"
# The first step of a run is not timed: it makes what all others use.
WARM_UP = 1
SETTINGS: dict[str, Any] = {
    "rank": 16,
    "alpha": 32,
    "learning_rate": 2e-4,
    "rows_per_step": 8,
    "max_length": 2048,
    "seed": prepare.SEED,
}
NATS = "nats per token"
# In this order: the first one draws the rows, the others take them in its order.
NAMES = {"toujiao": "toujiao", "trl": "TRL", "llamafactory": "LLaMA-Factory"}


def say(name: str, value: Any, unit: str) -> None:
    line = {"figure": name, "value": value, "unit": unit}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n")[0])
    parser.add_argument("--layers", type=int, default=prepare.LAYERS)
    parser.add_argument(
        "--steps", type=int, default=3, help="optimiser steps; the first is not timed"
    )
    parser.add_argument("--rounds", type=int, default=1, help="each tool in turn, so many times")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rows-per-device", type=int, default=1)
    parser.add_argument("--held-out", type=int, default=8, help="rows that the loss is measured on")
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="bf16")
    parser.add_argument("--tools", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument(
        "--checkpointing", nargs="*", choices=NAMES, default=[],
        help="the tools that train with gradient checkpointing",
    )  # fmt: skip
    return parser.parse_args()


def pythons(tools: list[str]) -> dict[str, str]:
    """The interpreter of each tool; LLaMA-Factory is left out where it cannot be installed."""
    found = dict.fromkeys(tools, sys.executable)
    if "llamafactory" in tools:
        try:
            found["llamafactory"] = environment.llamafactory(CACHE / "llamafactory")
        except subprocess.CalledProcessError as error:
            say("LLaMA-Factory: cannot be installed", error.returncode, "exit code of pip")
            del found["llamafactory"]
    return found


def compare(given: argparse.Namespace, work: Path) -> None:
    interpreters = pythons(given.tools)
    model = prepare.model_folder(CACHE, given.layers)
    rows, held_out = prepare.choose_rows(
        work, given.steps * SETTINGS["rows_per_step"], given.held_out
    )
    known = prepare.expected(rows, model)
    plan = {
        **SETTINGS,
        "model": str(model),
        "precision": given.precision,
        "rows_per_device": given.rows_per_device,
        **prepare.write_data(work / "data", rows, held_out),
    }
    say("other programs running before", round(os.getloadavg()[0], 2), "processes")
    runs: dict[str, list[environment.Run]] = {tool: [] for tool in interpreters}
    order: list[str] = []
    for number in range(given.rounds):
        for tool, python in interpreters.items():
            settings = {**plan, "checkpointing": tool in given.checkpointing}
            ran = environment.run(python, tool, settings, work / f"{number}-{tool}", given.threads)
            if not order:
                order = ran.rows
                plan |= prepare.write_data(work / "data", [known[row] for row in order], held_out)
            summary.check_same_rows(ran.steps, order, SETTINGS["rows_per_step"], NAMES[tool])
            runs[tool].append(ran)
    adapters = [made[0].adapter for made in runs.values()]
    losses = environment.held_out_losses(model, Path(plan["held_out"]), adapters)
    report(runs, losses)


def report(runs: dict[str, list[environment.Run]], losses: list[float]) -> None:
    say("held-out loss before", round(losses[0], 4), NATS)
    rates, peaks, curves = {}, {}, {}
    after = dict(zip(runs, losses[1:], strict=True))
    for tool, made in runs.items():
        steps = [ran.steps for ran in made]
        rates[tool] = summary.tokens_per_second(steps, WARM_UP)
        peaks[tool] = max(ran.peak_bytes for ran in made)
        curves[tool] = [step["loss"] for step in steps[0]]
        by_processor = summary.tokens_per_second(steps, WARM_UP, "cpu_seconds")
        say(f"{NAMES[tool]}: tokens of trained rows", round(rates[tool], 1), "tokens/s")
        say(f"{NAMES[tool]}: the same", round(by_processor, 1), "tokens/s of processor time")
        say(f"{NAMES[tool]}: peak memory", round(peaks[tool] / 1e9, 2), "GB")
        say(f"{NAMES[tool]}: loss of each step", [round(loss, 4) for loss in curves[tool]], NATS)
        say(f"{NAMES[tool]}: held-out loss after", round(after[tool], 4), NATS)
    for tool in [tool for tool in runs if "toujiao" in runs and tool != "toujiao"]:
        pair = f"toujiao and {NAMES[tool]}"
        apart = max(summary.relative_differences(curves["toujiao"], curves[tool]))
        (after_apart,) = summary.relative_differences([after["toujiao"]], [after[tool]])
        say(f"{pair}: speed", round(rates["toujiao"] / rates[tool], 2), "x")
        say(f"{pair}: peak memory", round(peaks["toujiao"] / peaks[tool], 2), "x")
        say(f"{pair}: largest difference of a step's loss", round(apart * 100, 3), "%")
        say(f"{pair}: difference of the held-out loss", round(after_apart * 100, 3), "%")


def main() -> None:
    given = options()
    with tempfile.TemporaryDirectory(prefix="toujiao-bench-") as folder:
        compare(given, Path(folder))


if __name__ == "__main__":
    main()
