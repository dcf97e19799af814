"""Speed and memory of LoRA training on a CPU: toujiao, plain TRL and LLaMA-Factory side by side.

Run: python bench/train.py          (about a quarter of an hour on two cores; needs toujiao[dev])
     python bench/train.py --layers 4 --steps 2      (a quick trial)

The shape of Qwen3-0.6B with random weights, rows of our own data set, the same settings for all.
Each run is a process of its own, one after the other; LLaMA-Factory gets an environment of its own
(from PyPI, the first time). A witness inside transformers' Trainer notes the tokens of every step:
the run fails when the tools do not train on the same ones. Prints one JSON line per figure.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from training import environment, prepare, summary

CACHE = Path(__file__).parents[1] / ".cache" / "bench"
PARTS = Path(__file__).parent / "training"
# Steps at the start of a run that are not timed: the first one makes all kernels.
WARM_UP = 1
SETTINGS: dict[str, Any] = {
    "rank": 16,
    "alpha": 32,
    "learning_rate": 2e-4,
    "rows_per_step": 8,
    "max_length": 2048,
    "seed": prepare.SEED,
}
NAMES = {"toujiao": "toujiao", "trl": "TRL", "llamafactory": "LLaMA-Factory"}


def say(name: str, value: Any, unit: str) -> None:
    line = {"figure": name, "value": value, "unit": unit}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n\n")[0])
    parser.add_argument("--layers", type=int, default=prepare.LAYERS)
    parser.add_argument("--steps", type=int, default=3, help="optimiser steps, the first not timed")
    parser.add_argument("--rounds", type=int, default=1, help="each tool in turn, so many times")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rows-per-device", type=int, default=1)
    parser.add_argument("--held-out", type=int, default=8, help="rows for the held-out loss")
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="bf16")
    parser.add_argument("--tools", default=",".join(NAMES), help="in this order; toujiao is first")
    parser.add_argument(
        "--checkpointing", default="", help="tools with gradient checkpointing, or 'all'"
    )
    return parser.parse_args()


def run(tool: str, plan: dict[str, Any], python: str, threads: int) -> dict[str, Any]:
    """Train in a process of its own; the witness's steps and the peak memory of the process tree."""
    work = Path(plan["out"]).parent
    plan["witness"] = str(work / "steps.jsonl")
    (work / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    command = [python, str(PARTS / "worker.py"), tool, str(work / "plan.json")]
    offline = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": str(threads)}
    started = time.perf_counter()
    with (work / "log.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, **offline}
        )
        tree = environment.watch_memory(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit((work / "log.txt").read_text(encoding="utf-8")[-4000:])
    lines = (work / "steps.jsonl").read_text(encoding="utf-8").splitlines()
    return {
        "steps": [json.loads(line) for line in lines],
        "peak_bytes": max(usage.ru_maxrss * 1024, tree()),
        "adapter": str(Path(plan["out"]) / "adapter"),
        "wall": time.perf_counter() - started,
    }


def main() -> None:
    given = options()
    pythons = {"toujiao": sys.executable, "trl": sys.executable}
    tools = given.tools.split(",")
    if "llamafactory" in tools:
        pythons["llamafactory"] = environment.llamafactory(CACHE / "llamafactory")
    model = prepare.model_folder(CACHE, given.layers)
    with tempfile.TemporaryDirectory(prefix="toujiao-bench-") as folder:
        compare(Path(folder), model, tools, pythons, given)


def compare(work, model, tools, pythons, given) -> None:
    rows_per_step = SETTINGS["rows_per_step"]
    rows, held_out = prepare.choose_rows(work, given.steps * rows_per_step, given.held_out)
    known = prepare.expected(rows, model)
    data = work / "data"
    data.mkdir()
    prepare.write_jsonl(data / "train.jsonl", rows)
    held_out_file = prepare.write_jsonl(data / "held_out.jsonl", held_out)
    say("load of the machine before", round(os.getloadavg()[0], 2), "processes")
    plan = {
        **SETTINGS,
        "model": str(model),
        "data": str(data),
        "precision": given.precision,
        "rows_per_device": given.rows_per_device,
    }
    order: list[str] = []
    runs: dict[str, list[dict[str, Any]]] = {tool: [] for tool in tools}
    for number in range(given.rounds):
        for tool in tools:
            if order and "rows" not in plan:
                # The others take the rows in the order in which the first tool drew them.
                drawn = [known[row] for row in order]
                plan["rows"] = str(prepare.write_jsonl(work / "rows.jsonl", drawn))
                plan["sharegpt"] = str(prepare.write_sharegpt(work / "sharegpt", drawn))
            out = work / f"{number}-{tool}" / "run"
            out.parent.mkdir()
            checkpointing = given.checkpointing == "all" or tool in given.checkpointing.split(",")
            ran = run(tool, {**plan, "out": str(out), "checkpointing": checkpointing}, pythons[tool], given.threads)
            order = order or [row for step in ran["steps"] for row in step["rows"]]
            summary.check_same_rows(ran["steps"], order, rows_per_step, NAMES[tool])
            runs[tool].append(ran)
            print(tool, number, [(round(s["seconds"],1),round(s["cpu_seconds"],1),s["tokens"],s["learned"],s["computed"],s["loss"]) for s in ran["steps"]], round(ran["wall"]), file=sys.stderr)
    report(runs)
    losses = environment.held_out_losses(model, held_out_file, [runs[t][-1]["adapter"] for t in tools])
    print(losses)


def report(runs) -> None:
    for tool, made in runs.items():
        steps = [r["steps"] for r in made]
        say(f"{NAMES[tool]}: trained-row tokens per second", round(summary.tokens_per_second(steps, WARM_UP), 1), "tokens/s")
        say(f"{NAMES[tool]}: peak memory", round(max(r["peak_bytes"] for r in made) / 1e9, 2), "GB")
        say(f"{NAMES[tool]}: loss per step", [round(s["loss"], 4) for s in steps[0]], "nats per token")


if __name__ == "__main__":
    main()
