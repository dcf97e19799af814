"""Qwen-1 to the Qwen2 layout: weights, tokenizer and LoRA adapters, without remote code.

The mapping is exact because both generations compute the same; docs/qwen1.md has the details.
"""
