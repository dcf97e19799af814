"""A fingerprint changes with the weights and says nothing where there are none."""

from __future__ import annotations

from toujiao.models.fingerprint import LENGTH, fingerprint, with_fingerprint


def test_other_weights_give_another_fingerprint(tmp_path):
    file = tmp_path / "model.gguf"
    file.write_bytes(b"a" * 3_000_000)
    first = fingerprint(file)
    file.write_bytes(b"a" * 2_999_999 + b"b")
    assert first != fingerprint(file)
    assert len(first or "") == LENGTH


def test_a_folder_is_known_by_its_safetensors(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    before = fingerprint(tmp_path)
    (tmp_path / "README.md").write_text("words", encoding="utf-8")
    assert fingerprint(tmp_path) == before


def test_a_name_without_weights_stays_bare(tmp_path):
    assert with_fingerprint("Qwen/Qwen3-0.6B", tmp_path / "Qwen/Qwen3-0.6B") == "Qwen/Qwen3-0.6B"
