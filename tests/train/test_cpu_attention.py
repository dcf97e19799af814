"""The attention for CPUs gives what PyTorch's gives, and leaves alone what it is not made for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from toujiao.train.cpu_attention import SLICE, attend, register

pytestmark = pytest.mark.model
CAUSAL = SimpleNamespace(is_causal=True, num_key_value_groups=2, training=True)


def tensors(length: int, key_length: int | None = None):
    import torch

    torch.manual_seed(0)
    shapes = (2, 4, length, 8), (2, 2, key_length or length, 8), (2, 2, key_length or length, 8)
    return [torch.randn(shape, requires_grad=True) for shape in shapes]


def outcome(attention, inputs, mask):
    """(output, gradients) of an attention function."""
    import torch

    output, _ = attention(CAUSAL, *inputs, mask, scaling=0.3)
    weights = torch.linspace(-1, 1, output.numel()).view(output.shape)
    return [output, *torch.autograd.grad((output * weights).sum(), inputs)]


@pytest.mark.parametrize("length", [1, 5, SLICE, SLICE + 1, 2 * SLICE + 7])
def test_output_and_gradients_are_those_of_pytorch(length):
    import torch
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    inputs = tensors(length)
    ours = outcome(attend, inputs, None)
    theirs = outcome(sdpa_attention_forward, inputs, None)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("side", ["left", "right"])
def test_padding_is_not_attended_to(side):
    import torch
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    length = SLICE + 20
    inputs = tensors(length)
    real = torch.ones(2, length, dtype=torch.bool)
    real[1, slice(0, 9) if side == "left" else slice(-9, None)] = False
    mask = torch.ones(length, length).tril().bool() & real[:, None, None, :]
    ours, _ = attend(CAUSAL, *inputs, mask, scaling=0.3)
    theirs, _ = sdpa_attention_forward(CAUSAL, *inputs, mask, scaling=0.3)
    torch.testing.assert_close(ours[real], theirs[real], rtol=1e-4, atol=1e-5)
    assert ours.isfinite().all()


def test_a_step_with_a_cache_is_left_to_transformers():
    import torch
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    inputs = tensors(1, key_length=12)
    ours, _ = attend(CAUSAL, *inputs, None, scaling=0.3)
    theirs, _ = sdpa_attention_forward(CAUSAL, *inputs, None, scaling=0.3)
    assert torch.equal(ours, theirs)


def test_a_model_says_the_same_with_it(base):
    import torch
    from transformers import AutoModelForCausalLM

    ids = torch.arange(3, 3 + 2 * (SLICE + 9)).view(2, -1) % 250
    mask = torch.ones_like(ids)
    mask[1, -30:] = 0
    logits, answers = [], []
    for name in ("sdpa", register()):
        model = AutoModelForCausalLM.from_pretrained(base, attn_implementation=name)
        with torch.no_grad():
            logits.append(model(input_ids=ids, attention_mask=mask).logits[mask.bool()])
            answers.append(model.generate(ids[:1, :20], max_new_tokens=5, do_sample=False))
    torch.testing.assert_close(logits[0], logits[1], rtol=1e-3, atol=1e-4)
    assert torch.equal(answers[0], answers[1])
