"""The shipped pair passes every hop, and the command says so; with a fault it says that."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from toujiao.cli import main
from toujiao.models import tiny
from toujiao.models.verify import limits, texts
from toujiao.models.verify.gguf_files import differences, limits_of
from toujiao.models.verify.material import HELD_OUT

HOPS = [
    texts.BASE,
    texts.REFERENCE,
    texts.MERGED,
    *(texts.MERGED_GGUF.format(kind=kind) for kind in ("F16", "Q8_0", "Q4_0")),
    texts.OWN_SERVER,
    texts.BASE_GGUF,
    texts.LORA_GGUF,
    texts.SHIPPED,
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
def test_the_shipped_pair_passes_every_hop(verify, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    code, shown, errors = verify("--prompts", 4, "--out", out)
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["failures"] == []
    assert code == 0
    assert sorted(hop["name"] for hop in report["hops"]) == sorted(HOPS)
    assert report["tokens"] >= limits.FEWEST_PLACES
    assert texts.ALL_PASSED in shown
    assert str(out) in shown.replace("\n", "")
    assert texts.FAILED not in shown
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


def test_a_changed_byte_in_a_gguf_names_its_tensor(tmp_path: Path) -> None:
    copy = Path(shutil.copy(tiny.ADAPTER_GGUF, tmp_path / "adapter.gguf"))
    assert differences(tiny.ADAPTER_GGUF, copy) == []
    data = bytearray(copy.read_bytes())
    data[-1] ^= 1
    copy.write_bytes(data)
    (name,) = differences(tiny.ADAPTER_GGUF, copy)
    assert name.startswith("blk.5.")


def test_the_shipped_data_are_prompts_of_every_kind() -> None:
    lines = (tiny.SHIPPED / HELD_OUT).read_text(encoding="utf-8").splitlines()
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
