"""The float formats of weight files in numpy, which knows no bfloat16; torch is not needed."""

from __future__ import annotations

import numpy as np

# Bytes of one number.
FLOATS = {"F32": 4, "F16": 2, "BF16": 2}


def decode(raw: bytes | bytearray, dtype: str) -> np.ndarray:
    """float32 values (one dimension) of little-endian F32, F16 or BF16 bytes; exact."""
    if dtype == "BF16":
        return (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
    return np.frombuffer(raw, {"F32": "<f4", "F16": "<f2"}[dtype]).astype(np.float32)


def encode(values: np.ndarray, dtype: str) -> bytes:
    """float32 values as little-endian bytes, rounded to the nearest number, ties to even.

    What is too large becomes infinite; NaN stays NaN.
    """
    if dtype == "BF16":
        bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
        rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2")
        # The sum above may carry a NaN's bits over into something else.
        return np.where(np.isnan(values), np.uint16(0x7FC0), rounded).astype("<u2").tobytes()
    with np.errstate(over="ignore"):
        return values.astype({"F32": "<f4", "F16": "<f2"}[dtype]).tobytes()
