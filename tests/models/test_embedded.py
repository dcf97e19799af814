"""The shipped pair (base and adapter): plain PEFT and our backends say the same.

That llama.cpp does too is shown hop by hop in test_verify_shipped.py.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toujiao.assistant.backends.llamacpp import LlamaCppBackend
from toujiao.assistant.backends.transformers import TransformersBackend
from toujiao.assistant.prompt import build_messages
from toujiao.folders import DATA, HELD_OUT
from toujiao.knowledge.folders import ours
from toujiao.models import tiny
from toujiao.models.template import SPECIAL_TOKENS, chat_template, format_chat

pytestmark = pytest.mark.model


def prompts() -> list[list[dict[str, str]]]:
    """Real prompts: a card with its first question."""
    return [
        build_messages(card.header.questions[0], [ours().render(card.id)], ours().system_prompt)
        for card in list(ours().cards)[:15:7]
    ]


@pytest.fixture(scope="module")
def backend() -> TransformersBackend:
    return TransformersBackend()


def test_the_shipped_files_stay_under_fifty_megabytes():
    sizes = [p.stat().st_size for p in tiny.SHIPPED.rglob("*") if p.is_file()]
    assert sum(sizes) < 50_000_000


def test_the_adapter_folder_is_a_plain_lora_without_a_local_path():
    config = json.loads((tiny.ADAPTER_DIR / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["peft_type"] == "LORA"
    assert config["bias"] == "none"
    assert not config["modules_to_save"]
    assert not config["use_dora"]
    assert not config["use_rslora"]
    assert config["base_model_name_or_path"] == tiny.NAME


def test_the_end_of_a_turn_has_its_own_token(backend):
    tokenizer = backend._tokenizer
    ids = tokenizer.convert_tokens_to_ids(list(SPECIAL_TOKENS))
    assert len(set(ids)) == len(SPECIAL_TOKENS)
    assert tokenizer.eos_token_id == ids[2]
    assert tokenizer.pad_token_id == ids[0]


def test_our_plain_chat_format_equals_the_template(backend):
    for messages in prompts():
        text = backend._tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True, chat_template=chat_template()
        )
        assert text == format_chat(messages)


def test_four_lines_of_plain_peft_give_the_backend_answer(backend):
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny.ADAPTER_DIR)
    base = AutoModelForCausalLM.from_pretrained(tiny.BASE_DIR)
    model = PeftModel.from_pretrained(base, tiny.ADAPTER_DIR)
    rows = (tiny.SHIPPED / DATA / HELD_OUT).read_text(encoding="utf-8").splitlines()
    messages = json.loads(rows[14])["messages"][:-1]  # its answer is short
    inputs = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    written = model.generate(**inputs, do_sample=False, max_new_tokens=300)
    text = tokenizer.decode(written[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
    assert text == "".join(backend.stream(messages))
    assert len(text) > 50


def test_a_gguf_that_is_no_model_is_one_clear_line(tmp_path: Path):
    from toujiao.errors import ToujiaoError

    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF nonsense")
    with pytest.raises(ToujiaoError, match=r"打不开.*broken\.gguf"):
        LlamaCppBackend(str(broken))


def test_a_missing_model_file_names_the_path(tmp_path: Path):
    from toujiao.errors import ToujiaoError

    with pytest.raises(ToujiaoError, match=r"找不到模型文件.*gone\.gguf"):
        LlamaCppBackend(str(tmp_path / "gone.gguf"))
