"""The shipped pair (base and adapter): plain PEFT, our backends and llama.cpp say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toujiao.assistant.backends.llamacpp import LlamaCppBackend
from toujiao.assistant.backends.transformers import TransformersBackend
from toujiao.assistant.prompt import build_messages
from toujiao.knowledge.folders import ours
from toujiao.models import tiny
from toujiao.models.template import SPECIAL_TOKENS, chat_template, format_chat

pytestmark = pytest.mark.model
QUESTIONS = 20
AGREEMENT = 0.95


def prompts() -> list[list[dict[str, str]]]:
    """Twenty real prompts: every seventh card with its first question."""
    cards = list(ours().cards)[::7][:QUESTIONS]
    return [
        build_messages(card.header.questions[0], [ours().render(card.id)], ours().system_prompt)
        for card in cards
    ]


@pytest.fixture(scope="module")
def backend() -> TransformersBackend:
    return TransformersBackend()


@pytest.fixture(scope="module")
def llama() -> LlamaCppBackend:
    return LlamaCppBackend()


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
    for messages in prompts()[:3]:
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
    messages = prompts()[0]
    inputs = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    written = model.generate(**inputs, do_sample=False, max_new_tokens=300)
    text = tokenizer.decode(written[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
    assert text == "".join(backend.stream(messages))
    assert len(text) > 50


def test_llama_cpp_agrees_with_transformers_on_the_next_tokens(backend, llama):
    import torch

    same = total = 0
    for messages in prompts():
        tokenizer = backend._tokenizer
        head = tokenizer(format_chat(messages))["input_ids"]
        answer = "".join(llama.stream(messages))
        tail = tokenizer(answer)["input_ids"]
        with torch.no_grad():
            logits = backend._model(input_ids=torch.tensor([head + tail])).logits[0]
        best = logits[len(head) - 1 : len(head) + len(tail) - 1].argmax(-1).tolist()
        same += sum(a == b for a, b in zip(best, tail, strict=True))
        total += len(tail)
    assert total > 1000
    assert same / total >= AGREEMENT, f"{same} of {total}"


def test_the_adapter_changes_what_the_base_says(backend):
    messages = prompts()[0]
    with_adapter = "".join(backend.stream(messages))
    with backend._model.disable_adapter():
        without = "".join(backend.stream(messages))
    assert with_adapter != without


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
