"""Runs every hop of a run folder through the same prompts; scratch files are removed at the end."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from toujiao.errors import ToujiaoError
from toujiao.models.gguf_writer import write_adapter, write_model
from toujiao.models.merge import merge_adapter
from toujiao.models.template import TURN_END
from toujiao.models.tiny import ADAPTER_GGUF, BASE_GGUF, SHIPPED
from toujiao.models.verify import limits, notes, texts
from toujiao.models.verify.comparison import Measures, Observed, compare
from toujiao.models.verify.exam import Exam
from toujiao.models.verify.gguf_files import differences, limits_of
from toujiao.models.verify.judge import Failure, Kind, failure, judge, judge_reference
from toujiao.models.verify.limits import Limits
from toujiao.models.verify.llama_engine import LlamaEngine
from toujiao.models.verify.llama_hops import observe
from toujiao.models.verify.material import Material
from toujiao.models.verify.reference import make_exam
from toujiao.models.verify.report import HopResult, Report
from toujiao.models.verify.server_hop import ChatServer, observe_server
from toujiao.models.verify.transformers_hops import (
    declared_stop,
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
    with tempfile.TemporaryDirectory(
        prefix="toujiao-verify-", ignore_cleanup_errors=True
    ) as folder:
        scratch = Path(folder)
        exam = make_exam(material, scratch, options.most_tokens, tell)
        gc.collect()
        hops = tuple(Bench(material, options, exam, scratch, tell).hops())
        return Report(material, exam, hops, tuple(notes.collect(material, exam)))


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
            yield self.other_server(self.options.server)
        if self.options.gguf:
            yield self.given(self.options.gguf, self.options.lora)
        if self.material.run.resolve() == SHIPPED.resolve():
            yield self.shipped_files()
            yield self.given(BASE_GGUF, ADAPTER_GGUF)

    def _hop(
        self,
        name: str,
        kind: Kind,
        measure: Callable[[], Measures],
        limit: Limits,
        find: Callable[[Measures], Iterable[Failure]] | None = None,
    ) -> HopResult:
        """Measure one hop; what stops it from running is its failure."""
        self.tell(name)
        started = time.perf_counter()
        measures: Measures | None = None
        try:
            measures = measure()
            failures = tuple(find(measures) if find else judge(name, kind, measures, limit))
        except ToujiaoError as error:
            failures = (failure(name, kind, "run", error=error),)
        gc.collect()
        return HopResult(name, kind, measures, limit, failures, time.perf_counter() - started)

    def _compare(
        self,
        observed: Iterable[Observed],
        expect: Literal["reference", "base"] = "reference",
        stop_declared: bool | None = None,
    ) -> Measures:
        return compare(self.exam.items, observed, expect, stop_declared)

    def pair(self) -> Iterator[HopResult]:
        """The base beside the reference, and the reference itself."""
        items, adapter, record = self.exam.items, self.material.adapter, self.material.record
        yield self._hop(
            texts.BASE, "base", lambda: self._compare(observe_base(items)), limits.SHOWN
        )
        yield self._hop(
            texts.REFERENCE,
            "reference",
            lambda: self._compare(observe_reference(items, adapter)),
            limits.SHOWN,
            lambda measures: judge_reference(texts.REFERENCE, measures, self.exam, record),
        )

    def merged(self) -> Iterator[HopResult]:
        """The merged model as a folder, as GGUF files and behind our own server."""
        given, source, adapter = self.options.merged, self.material.base, self.material.adapter
        folder = given or self.scratch / "merged"

        def measure() -> Measures:
            if not given:
                merge_adapter(source, adapter, folder)
            declared = declared_stop(folder, self.exam.end)
            return self._compare(observe_merged(self.exam, folder), stop_declared=declared)

        yield self._hop(texts.MERGED, "merged", measure, limits.MERGED)
        for kind in self.options.kinds:
            file = self.scratch / f"merged-{kind}.gguf"
            # Without a folder as `toujiao models gguf --merged` does it: added and rounded once.
            write = partial(write_model, given or source, file, kind, None if given else adapter)
            yield self._gguf(
                texts.MERGED_GGUF.format(kind=kind), file, write, limits.MERGED_GGUF[kind]
            )
            if kind == "F16" and not self.options.server and file.is_file():
                yield self.own_server(file)
            file.unlink(missing_ok=True)

    def lora(self) -> Iterator[HopResult]:
        """The base as GGUF, without and with the adapter as LoRA GGUF."""
        base, lora = self.scratch / "base.gguf", self.scratch / "lora.gguf"
        source = self.material.base
        yield self._gguf(
            texts.BASE_GGUF,
            base,
            lambda: write_model(source, base, "F16"),
            limits.BASE_GGUF,
            expect="base",
        )
        yield self._gguf(
            texts.LORA_GGUF,
            base,
            lambda: write_adapter(self.material.adapter, lora, source),
            limits.F16,
            lora=lora,
        )
        base.unlink(missing_ok=True)

    def _gguf(
        self,
        name: str,
        file: Path,
        write: Callable[[], object],
        limit: Limits,
        lora: Path | None = None,
        expect: Literal["reference", "base"] = "reference",
    ) -> HopResult:
        def measure() -> Measures:
            write()
            with LlamaEngine(file, lora, self.exam.context) as engine:
                declared = engine.end_token() == TURN_END
                return self._compare(observe(engine, self.exam), expect, declared)

        return self._hop(name, "gguf", measure, limit)

    def given(self, file: Path, lora: Path | None) -> HopResult:
        """A GGUF file that somebody made, with or without a LoRA GGUF."""
        name = f"{file.name} + {lora.name}" if lora else file.name
        return self._gguf(name, file, lambda: None, limits_of(file), lora)

    def own_server(self, file: Path) -> HopResult:
        """llama.cpp's OpenAI-compatible port: the template in the GGUF writes the prompt."""

        def measure() -> Measures:
            with LlamaEngine(file, None, self.exam.context) as engine:
                return self._ask(ChatServer(engine.url, client=engine.client))

        return self._hop(texts.OWN_SERVER, "server", measure, limits.SERVER)

    def other_server(self, url: str) -> HopResult:
        """A server that somebody runs."""
        name = texts.OTHER_SERVER.format(url=url)
        model = self.options.server_model
        return self._hop(name, "server", lambda: self._ask(ChatServer(url, model)), limits.SERVER)

    def _ask(self, server: ChatServer) -> Measures:
        decode = folder_tokenizer(self.material.base).decode
        return self._compare(observe_server(server, self.exam, decode))

    def shipped_files(self) -> HopResult:
        """The GGUF files of the package hold what the writer would write today."""
        self.tell(texts.SHIPPED)
        started = time.perf_counter()
        fresh, lora = self.scratch / BASE_GGUF.name, self.scratch / ADAPTER_GGUF.name
        write_model(self.material.base, fresh)
        write_adapter(self.material.adapter, lora, self.material.base)
        names = [*differences(BASE_GGUF, fresh), *differences(ADAPTER_GGUF, lora)]
        found = failure(texts.SHIPPED, "shipped", "files", names="、".join(names[:5]))
        seconds = time.perf_counter() - started
        return HopResult(
            texts.SHIPPED, "shipped", None, limits.SHOWN, (found,) if names else (), seconds
        )
