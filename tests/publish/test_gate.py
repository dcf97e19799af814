"""The one gate: what never goes up, whatever it is called, and what SHA256SUMS is good for."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from toujiao.errors import ToujiaoError
from toujiao.publish.card import write_card
from toujiao.publish.gate import SUMS, check, check_unchanged, seal
from toujiao.publish.target import Kind

TOKENS = [
    "hf_" + "a" * 34,
    "sk-" + "a" * 30,
    "ms-0123abcd-0123-4567-89ab-0123456789ab",
    "ghp_" + "a" * 36,
    "github_pat_" + "a" * 40,
]
PATHS = [
    *("/home/me/models/base", "/work/data/rows.jsonl", "/root/x", "/Users/me/x", "~/models/base"),
    *("C:\\Users\\me\\model", "d:/data/x", "file://x/y", "数据在/mnt/x"),
]
FINE = [
    "/v1/models",
    "https://a.cn/home/x",
    "和/或",
    "A:\n下一行",
    "sk-learn",
    "~ 100",
    "hf_transfer",
]


class _Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("run",))


def faults(folder: Path, kind: Kind = Kind.MODEL) -> str:
    """What the gate has against a folder."""
    with pytest.raises(ToujiaoError) as caught:
        check(folder, kind)
    return str(caught.value)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_pickles_and_unknown_files_whatever_they_are_called(tmp_path: Path) -> None:
    names = [
        *("training_args.bin", "optimizer.pt", "state.pkl", "x.tar.gz", "x", "run.py", "x.yaml"),
        *("state.json", "notes.txt", "rows.jsonl", "other.safetensors", "x.gguf", "LICENSE"),
        "tokenizer.json",
    ]
    for name in names:
        write(tmp_path, name, pickle.dumps(_Evil()))
    text = faults(tmp_path)
    assert [name for name in names if f"{name} " not in text] == []
    assert f"{len(names)} 处要改" in text


def test_links_are_refused_also_to_folders(tmp_path: Path) -> None:
    (tmp_path / "linked.txt").symlink_to("/etc/hostname")
    (tmp_path / "folder").symlink_to("/etc")
    assert all(part in faults(tmp_path) for part in ("linked.txt 是链接", "folder 是链接"))


def test_a_link_in_a_run_is_not_followed(ready: Any) -> None:
    secret = write(ready.folder, "secret.txt", "x")
    (ready.adapter / "notes.txt").symlink_to(secret)
    ready.refused("notes.txt 是链接")


def test_a_program_does_not_travel_with_an_adapter(ready: Any) -> None:
    write(ready.adapter, "modeling.py", "print(1)")
    ready.refused(r"modeling\.py 不是能发布的文件类型")


@pytest.mark.parametrize(
    "name", ["README.md", "x/settings.json", "rows.jsonl", "LICENSE", "t.jinja"]
)
def test_paths_and_tokens_of_this_computer(tmp_path: Path, name: str) -> None:
    """All of them are found in every kind of text file, and harmless words are not."""

    def content(text: str) -> str:
        if name.endswith("jsonl"):
            return json.dumps({"a": 1}) + "\n" + json.dumps({"a": [{text: 1}]})
        return json.dumps({"a": [text]}) if name.endswith("json") else f"看 {text}"

    for text in [*TOKENS, *PATHS]:
        write(tmp_path, name, content(text))
        found = faults(tmp_path)
        shown = text[:5] + "…" if text in TOKENS else text.removeprefix("数据在")
        assert f"{name} 里有" in found
        assert shown in found
        assert text in PATHS or text not in found  # a token is not repeated
        assert ("第 2 行" in found) is name.endswith("jsonl")
    for text in FINE:
        write(tmp_path, name, content(text))
        assert check(tmp_path, Kind.MODEL)


def test_words_of_a_vocabulary_are_no_paths(tmp_path: Path) -> None:
    write(tmp_path, "tokenizer.json", json.dumps({"model": {"vocab": {"/home/x/y": 0}}}))
    assert check(tmp_path, Kind.MODEL)


def test_a_program_is_in_a_space_only_and_is_searched_for_tokens(tmp_path: Path) -> None:
    program = write(tmp_path, "toujiao/leaks.py", "ROOTS = '/home/me/x'\n")
    assert "不是能发布的文件类型" in faults(tmp_path, Kind.DATASET)
    assert check(tmp_path, Kind.SPACE)
    program.write_text(f'KEY = "{TOKENS[0]}"', encoding="utf-8")
    assert "toujiao/leaks.py 里有访问令牌 hf_aa…" in faults(tmp_path, Kind.SPACE)
    program.rename(tmp_path / "app.py").write_text("HOME = '/home/me/x'", encoding="utf-8")
    assert "app.py 里有本地路径 /home/me/x" in faults(tmp_path, Kind.SPACE)


@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_an_adapter_of_zeros_is_refused(maker: Any, zero: float, dtype: Any) -> None:
    maker.make()
    maker.weights(b=zero, dtype=dtype)
    maker.refused("全是零")


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"b": np.nan}, "NaN"),
        ({"b": np.inf}, "NaN"),
        ({"extra": "base_model.model.lm_head.weight"}, "lm_head"),
        ({"extra": "base_model.model.m.lora_A.weight"}, "缺了"),
        ({"dtype": np.int32}, "I32"),
        ({"rank": 8}, "秩 4 对不上"),
    ],
)
def test_weights_that_are_no_plain_lora(maker: Any, weights: dict[str, Any], expected: str) -> None:
    maker.make()
    maker.weights(**weights)
    maker.refused(expected)


def test_names_that_peft_would_pass_over_are_refused(ready: Any) -> None:
    path = ready.adapter / "adapter_model.safetensors"
    # As long as the right name, so that the header keeps its length.
    path.write_bytes(path.read_bytes().replace(b"base_model.model.", b"base_model_model."))
    ready.refused("名字不对")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"bias": "all"}, "bias"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
        ({"use_dora": True}, "use_dora"),
        ({"use_rslora": True}, "rsLoRA"),
        ({"peft_type": "LOHA"}, "LOHA"),
    ],
)
def test_settings_that_are_no_plain_lora(ready: Any, change: Any, expected: str) -> None:
    ready.edit("adapter/adapter_config.json", **change)
    ready.refused(f"{expected}.*只有普通 LoRA")


def test_bfloat16_is_read(ready: Any) -> None:
    # 0x0080 is the smallest normal bfloat16: tiny, and not zero.
    halves = {
        f"base_model.model.m.lora_{half}.weight": {
            "dtype": "BF16",
            "shape": [4, 4],
            "data_offsets": offsets,
        }
        for half, offsets in (("A", [0, 32]), ("B", [32, 64]))
    }
    header = json.dumps(halves).encode()
    header += b" " * (-len(header) % 8)
    content = len(header).to_bytes(8, "little") + header + b"\x80\x00" * 32
    (ready.adapter / "adapter_model.safetensors").write_bytes(content)
    assert ready.plan().contents.files


def test_the_sums_list_every_published_file_but_themselves(ready: Any) -> None:
    (ready.adapter / "一 个").mkdir()
    write(ready.adapter, "一 个/文件 [1].txt", "x")
    write_card(ready.folder)
    names = {path.relative_to(ready.adapter).as_posix() for path in ready.adapter.rglob("*.*")}
    lines = ready.text(SUMS).splitlines()
    assert {line.split("  ")[1] for line in lines} == names | {"LICENSE", "NOTICE"}
    if shutil.which("sha256sum"):
        command = ["sha256sum", "--check", "--strict", SUMS]
        assert subprocess.run(command, cwd=ready.adapter, capture_output=True).returncode == 0


def test_a_folder_that_was_changed_after_it_was_sealed(tmp_path: Path) -> None:
    for name in ("changed.md", "gone.md", "same.md"):
        write(tmp_path, name, "x")
    files = seal(tmp_path, Kind.DATASET)
    check_unchanged(tmp_path, files, "")
    write(tmp_path, "changed.md", "y")
    write(tmp_path, "added.md", "y")
    (tmp_path / "gone.md").unlink()
    with pytest.raises(ToujiaoError, match=r"：added\.md、changed\.md、gone\.md。再写一次"):
        check_unchanged(tmp_path, check(tmp_path, Kind.DATASET), "再写一次")
    (tmp_path / SUMS).write_text("看不懂", encoding="utf-8")
    with pytest.raises(ToujiaoError, match=r"same\.md"):
        check_unchanged(tmp_path, check(tmp_path, Kind.DATASET), "")
    (tmp_path / SUMS).unlink()
    with pytest.raises(ToujiaoError, match=r"same\.md"):
        check_unchanged(tmp_path, check(tmp_path, Kind.DATASET), "")
