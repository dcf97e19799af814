"""Attention for training on a CPU: plain matrix products over the causal prefix of each slice.

PyTorch's fused CPU kernel multiplies at a fraction of the speed of its matrix products, and with a
mask it also computes the upper triangle. Measured: docs/experiments.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

NAME = "toujiao_cpu"
# Queries at a time: small slices skip more of the upper triangle, large ones multiply faster.
SLICE = 192


def register() -> str:
    """Make the attention known to transformers; returns the name for `attn_implementation`."""
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, sdpa_mask)
    return NAME


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **kwargs: Any,
) -> tuple[torch.Tensor, None]:
    """Causal attention: query (B, heads, T, D), key and value (B, kv heads, T, D) -> (B, T, heads, D).

    `attention_mask` is None (no padding) or bool (B, 1, T, T), True where attending is allowed.
    Anything but training on whole rows (a cache, other masks) goes to transformers' own function.
    """
    import torch
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    batch, heads, length, width = query.shape
    groups = key.shape[1]
    usual = attention_mask is None or attention_mask.dtype == torch.bool
    if not (module.is_causal and usual and key.shape[2] == length and dropout == 0.0):
        output, _ = sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **kwargs
        )
        return output, None
    # The query heads that share a key head are rows of one product.
    query = (query * (scaling or width**-0.5)).view(batch, groups, -1, length, width)
    # Once here, or every slice would be copied for its product.
    key, value = key.contiguous(), value.contiguous()
    allowed = torch.ones(length, length, dtype=torch.bool, device=query.device).tril()
    if attention_mask is not None:
        allowed = (allowed & attention_mask).unsqueeze(2)
    # Added, not filled in: the gradient of a sum costs nothing.
    bias = torch.where(allowed, 0.0, torch.finfo(query.dtype).min).to(query.dtype)
    slices = []
    for start in range(0, length, SLICE):
        stop = min(start + SLICE, length)
        rows = query[..., start:stop, :].reshape(batch, groups, -1, width)
        scores = (rows @ key[:, :, :stop].transpose(2, 3)).view(
            batch, groups, -1, stop - start, stop
        )
        scores = scores + bias[..., start:stop, :stop]
        weights = torch.softmax(scores, -1).view(batch, groups, -1, stop)
        slices.append((weights @ value[:, :, :stop]).view(batch, heads, stop - start, width))
    return torch.cat(slices, 2).transpose(1, 2), None
