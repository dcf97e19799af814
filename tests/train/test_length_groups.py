"""Rows of like length come together; the order depends on seed and epoch only."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from toujiao.train.length_groups import LengthGroups

LENGTHS = st.lists(st.integers(1, 900), max_size=300)


@given(LENGTHS, st.integers(1, 16), st.integers(0, 3))
def test_every_row_comes_once(lengths, batch, epoch):
    groups = LengthGroups(lengths, batch, seed=7)
    groups.set_epoch(epoch)
    assert sorted(groups) == list(range(len(lengths)))


def test_the_same_epoch_gives_the_same_order_whatever_was_drawn_before():
    lengths = [random.Random(1).randint(1, 500) for _ in range(100)]
    first, second = LengthGroups(lengths, 8, 7), LengthGroups(lengths, 8, 7)
    list(first)
    first.set_epoch(2)
    second.set_epoch(2)
    assert list(first) == list(second)


def test_epochs_and_seeds_differ():
    lengths = list(range(100))
    groups = LengthGroups(lengths, 8, 7)
    one = list(groups)
    groups.set_epoch(1)
    assert list(groups) != one
    assert list(LengthGroups(lengths, 8, 8)) != one


def test_batches_need_little_padding_and_do_not_go_from_long_to_short():
    lengths = [random.Random(i).randint(50, 900) for i in range(800)]
    order = list(LengthGroups(lengths, 8, 7))
    batches = [[lengths[i] for i in order[n : n + 8]] for n in range(0, 800, 8)]
    padded = sum(max(batch) * len(batch) for batch in batches)
    assert sum(lengths) / padded > 0.9
    longest = [max(batch) for batch in batches]
    assert longest != sorted(longest, reverse=True)
    assert longest != sorted(longest)
