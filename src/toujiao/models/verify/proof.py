"""Runs every hop of a run folder through the same prompts; scratch files are removed at the end."""

from __future__ import annotations

import gc
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from toujiao.errors import ToujiaoError
from toujiao.models.gguf_writer import write_adapter, write_model
from toujiao.models.merge import merge_adapter
from toujiao.models.tiny import ADAPTER_GGUF, BASE_GGUF, SHIPPED
from toujiao.models.verify import limits
from toujiao.models.verify.exam import Exam, make_exam
from toujiao.models.verify.judge import Kind, failure, judge, judge_reference
from toujiao.models.verify.limits import Limits
from toujiao.models.verify.llama_hops import LlamaEngine, observe_gguf
from toujiao.models.verify.material import Material
from toujiao.models.verify.measures import Measures, Observed, compare
from toujiao.models.verify.report import HopResult, Report
from toujiao.models.verify.server_hop import observe_server
from toujiao.models.verify.texts import hop_name
from toujiao.models.verify.transformers_hops import (
    folder_tokenizer,
    observe_base,
    observe_merged,
    observe_reference,
)

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What to verify besides, or instead of, what is made on the way."""

    most_tokens: int = limits.MOST_TOKENS
    kinds: tuple[str, ...] = tuple(limits.MERGED_GGUF)
    """Types of the merged GGUF files; our own server runs the F16 one."""
    merged: Path | None = None
    """A merged model folder to verify instead of merging."""
    gguf: Path | None = None
    """A GGUF file to verify besides."""
    lora: Path | None = None
    """A LoRA GGUF that belongs to `gguf`."""
    server: str | None = None
    """URL of an OpenAI-compatible server instead of our own."""
    server_model: str | None = None


def prove(material: Material, options: Options, tell: Tell) -> Report:
    """Verify every hop; a hop that cannot run fails and the others go on.

    ToujiaoError when the reference itself cannot be run: then there is nothing to compare with.
    """
    _check(options)
    exam = make_exam(material, options.most_tokens, tell)
    with tempfile.TemporaryDirectory(
        prefix="toujiao-verify-", ignore_cleanup_errors=True
    ) as folder:
        hops = tuple(Bench(material, options, exam, Path(folder), tell).hops())
    return Report(material, exam, hops)


def _check(options: Options) -> None:
    """A wrong path is told before the minutes of work, not after them."""
    if unknown := [kind for kind in options.kinds if kind not in limits.MERGED_GGUF]:
        known = "、".join(limits.MERGED_GGUF)
        raise ToujiaoError(f"--kind 没有 {unknown[0]} 这种类型，可用：{known}。")
    if options.gguf:
        limits_of(options.gguf)
    if options.lora and not options.lora.is_file():
        raise ToujiaoError(f"找不到 LoRA GGUF 文件 {options.lora}，请检查路径。")
    if options.merged and not (options.merged / "config.json").is_file():
        raise ToujiaoError(f"{options.merged} 里没有 config.json，不是合并好的模型文件夹。")


def limits_of(file: Path) -> Limits:
    """What a GGUF file must reach, by the type of most of its weights."""
    import gguf

    if not file.is_file():
        raise ToujiaoError(f"找不到 GGUF 文件 {file}，请检查路径。")
    sizes: Counter[str] = Counter()
    try:
        for tensor in gguf.GGUFReader(file).tensors:
            sizes[tensor.tensor_type.name] += int(tensor.n_elements)
    except (ValueError, IndexError) as error:
        raise ToujiaoError(f"{file} 不是完整的 GGUF 文件（{error}），请重新导出。") from error
    kind = max(sizes, key=lambda name: sizes[name], default="")
    wide = {"F32": limits.F16, "F16": limits.F16, "BF16": limits.F16, "Q8_0": limits.Q8_0}
    return wide.get(kind, limits.Q4_0)


@dataclass(frozen=True)
class Bench:
    """The hops of one verification; each method makes, runs and judges its own."""

    material: Material
    options: Options
    exam: Exam
    scratch: Path
    tell: Tell

    def hops(self) -> Iterator[HopResult]:
        """All hops, in the order of the table."""
        yield from self.pair()
        yield from self.merged()
        yield from self.lora()
        if self.options.server:
            yield self.server(self.options.server)
        if self.options.gguf:
            yield self.given(self.options.gguf, self.options.lora)
        if self.material.run.resolve() == SHIPPED.resolve():
            yield self.given(BASE_GGUF, ADAPTER_GGUF)

    def _hop(
        self,
        name: str,
        kind: Kind,
        limit: Limits,
        observe: Callable[[], Iterator[Observed]],
        expect: Literal["reference", "base"] = "reference",
    ) -> HopResult:
        """Measure and judge one hop; what stops it from running is its failure."""
        self.tell(name)
        started = time.perf_counter()
        measures: Measures | None = None
        try:
            measures = compare(self.exam.items, observe(), expect)
            failures = [*judge(name, kind, measures, limit)]
            if kind == "reference":
                failures += judge_reference(name, measures, self.exam, self.material.record)
        except ToujiaoError as error:
            failures = [failure(name, kind, "run", error=error)]
        gc.collect()
        seconds = time.perf_counter() - started
        return HopResult(name, kind, measures, limit, tuple(failures), seconds)

    def pair(self) -> Iterator[HopResult]:
        """The base beside the reference, and the reference itself."""
        items, adapter = self.exam.items, self.material.adapter
        yield self._hop(hop_name("base"), "base", limits.SHOWN, lambda: observe_base(items))
        yield self._hop(
            hop_name("reference"),
            "reference",
            limits.SHOWN,
            lambda: observe_reference(items, adapter),
        )

    def merged(self) -> Iterator[HopResult]:
        """The merged model as a folder, as GGUF files and behind our own server."""
        given, source, adapter = self.options.merged, self.material.base, self.material.adapter
        folder = given or self.scratch / "merged"

        def observe() -> Iterator[Observed]:
            if not given:
                merge_adapter(source, adapter, folder)
            yield from observe_merged(self.exam, folder)

        yield self._hop(hop_name("merged"), "merged", limits.MERGED, observe)
        for kind in self.options.kinds:
            file = self.scratch / f"merged-{kind}.gguf"
            # Without a folder as `toujiao models gguf --merged` does it: added and rounded once.
            write = partial(write_model, given or source, file, kind, None if given else adapter)
            name, limit = hop_name("merged_gguf", kind=kind), limits.MERGED_GGUF[kind]
            yield self._gguf(name, limit, file, write=write)
            if kind == "F16" and not self.options.server and file.is_file():
                yield self.own_server(file)
            file.unlink(missing_ok=True)

    def lora(self) -> Iterator[HopResult]:
        """The base as GGUF, without and with the adapter as LoRA GGUF."""
        base, lora = self.scratch / "base.gguf", self.scratch / "lora.gguf"
        source, adapter, name = self.material.base, self.material.adapter, hop_name("base_gguf")
        write_base = partial(write_model, source, base, "F16")
        yield self._gguf(name, limits.BASE_GGUF, base, write=write_base, expect="base")
        write_lora = partial(write_adapter, adapter, lora, source)
        yield self._gguf(hop_name("lora_gguf"), limits.F16, base, lora, write_lora)
        base.unlink(missing_ok=True)

    def given(self, file: Path, lora: Path | None) -> HopResult:
        """A GGUF file that somebody made, with or without a LoRA GGUF."""
        name = f"{file.name} + {lora.name}" if lora else file.name
        return self._gguf(name, limits_of(file), file, lora)

    def _gguf(
        self,
        name: str,
        limit: Limits,
        file: Path,
        lora: Path | None = None,
        write: Callable[[], object] | None = None,
        expect: Literal["reference", "base"] = "reference",
    ) -> HopResult:
        """A GGUF file in llama.cpp, after `write` has made it."""

        def observe() -> Iterator[Observed]:
            if write:
                write()
            yield from observe_gguf(file, lora, self.exam)

        return self._hop(name, "gguf", limit, observe, expect)

    def own_server(self, file: Path) -> HopResult:
        """llama.cpp's OpenAI-compatible port: the template in the GGUF writes the prompt."""

        def observe() -> Iterator[Observed]:
            with LlamaEngine(file, None, self.exam.context) as engine:
                yield from self._ask(engine.url, None, engine.client)

        return self._hop(hop_name("own_server"), "server", limits.SERVER, observe)

    def server(self, url: str) -> HopResult:
        """A server that somebody runs."""
        name, model = hop_name("other_server", url=url), self.options.server_model
        return self._hop(name, "server", limits.SERVER, lambda: self._ask(url, model))

    def _ask(self, url: str, model: str | None, client: object = None) -> Iterator[Observed]:
        tokenizer = folder_tokenizer(self.material.base)
        return observe_server(url, model, self.exam, tokenizer, client)
