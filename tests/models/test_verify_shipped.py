"""The shipped pair passes every hop, and the command says so; with a fault it says that."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from toujiao.cli import main
from toujiao.folders import DATA, HELD_OUT
from toujiao.models import tiny
from toujiao.models.gguf_writer import write_adapter, write_model
from toujiao.models.verify import limits, proof
from toujiao.models.verify.proof import limits_of
from toujiao.models.verify.texts import hop_name, texts

HOPS = [
    hop_name("base"),
    hop_name("reference"),
    hop_name("merged"),
    *(hop_name("merged_gguf", kind=kind) for kind in ("F16", "Q8_0", "Q4_0")),
    hop_name("own_server"),
    hop_name("base_gguf"),
    hop_name("lora_gguf"),
    f"{tiny.BASE_GGUF.name} + {tiny.ADAPTER_GGUF.name}",
]


@pytest.fixture
def verify(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run `toujiao models verify` with these arguments: (exit code, stdout, stderr)."""
    monkeypatch.setenv("TOUJIAO_THREADS", "1")

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["toujiao", "models", "verify", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return run


@pytest.mark.model
def test_the_shipped_pair_passes_every_hop(verify, short, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(proof, "make_exam", lambda *_: short)
    out = tmp_path / "report.json"
    code, shown, errors = verify("--out", out)
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["failures"] == []
    assert code == 0
    assert sorted(hop["name"] for hop in report["hops"]) == sorted(HOPS)
    assert report["tokens"] == short.places > 90
    near = {hop["name"]: hop["measures"]["nearness"] for hop in report["hops"]}
    assert near[hop_name("base")] == 0
    assert near[hop_name("reference")] == 1
    assert texts()["all_passed"] in shown
    assert str(out) in shown.replace("\n", "")
    assert texts()["failed"] not in shown
    assert errors.strip() == ""


@pytest.mark.model
def test_a_fault_is_told_in_one_line_per_hop_and_measure(verify, tmp_path: Path) -> None:
    """Answers cut off after six tokens never stop, and the template beside the adapter is foreign."""
    run = Path(shutil.copytree(tiny.SHIPPED, tmp_path / "run"))
    (run / "adapter" / "chat_template.jinja").write_text("{{ messages }}", encoding="utf-8")
    code, shown, errors = verify(run, "--prompts", 1, "--tokens", 6, "--json", "--kind", "F16")
    report = json.loads(shown)
    assert code == 1
    assert report == json.loads((run / "verification.json").read_text(encoding="utf-8"))
    assert not report["passed"]
    assert [line for line in errors.splitlines() if line.strip()] == [
        failure["text"] for failure in report["failures"]
    ]
    assert {failure["measure"] for failure in report["failures"]} == {"ids", "never_stops"}
    assert any("6 个词元" in note for note in report["notes"])


def test_the_shipped_gguf_files_are_told_by_their_weights() -> None:
    assert limits_of(tiny.BASE_GGUF) == limits.Q8_0
    assert limits_of(tiny.ADAPTER_GGUF) == limits.F16


def test_the_shipped_gguf_files_hold_what_the_writer_writes_today(tmp_path: Path) -> None:
    write_model(tiny.BASE_DIR, tmp_path / tiny.BASE_GGUF.name)
    write_adapter(tiny.ADAPTER_DIR, tmp_path / tiny.ADAPTER_GGUF.name, tiny.BASE_DIR)
    for file in (tiny.BASE_GGUF, tiny.ADAPTER_GGUF):
        old, new = contents(file), contents(tmp_path / file.name)
        assert [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)] == []


def contents(file: Path) -> dict[str, bytes]:
    """Tensors and keys; an engine computes nothing with labels (`general.*`)."""
    import gguf

    reader = gguf.GGUFReader(file)
    keys = {
        name: b"".join(part.tobytes() for part in field.parts)
        for name, field in reader.fields.items()
        if not name.startswith(("GGUF.", "general."))
    }
    return keys | {tensor.name: tensor.data.tobytes() for tensor in reader.tensors}


def test_the_shipped_data_are_prompts_of_every_kind() -> None:
    lines = (tiny.SHIPPED / DATA / HELD_OUT).read_text(encoding="utf-8").splitlines()
    kinds = [json.loads(line)["meta"]["kind"] for line in lines]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "answer": 6,
        "refusal": 6,
        "unknown": 6,
        "calculation": 6,
    }
    record = json.loads((tiny.SHIPPED / "run.json").read_text(encoding="utf-8"))
    systems = {json.loads(line)["messages"][0]["content"] for line in lines}
    assert systems == {record["system_prompt"]}
