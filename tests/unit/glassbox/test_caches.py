"""What the recipes that remember hand out: the documented bits, at every position and after a weight is replaced."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from perfkit.errors import RecipeConflict
from perfkit.recipe import check_together
from perfkit.recipes.glassbox import dequant_cache, int8_weights, rope_cache
from perfkit.sample_targets.glassbox.ops import BASELINE, TREE, Simulated


def weights_of(seed: int) -> dict[str, Any]:
    floats = np.random.default_rng(seed).standard_normal((7, 5), dtype=np.float32)
    floats.flags.writeable = False
    return {"w": Simulated(floats, 8), "norm": floats[0]}


# in this order: the first table, within it, across its end, far beyond, back again
ASKED = [(0, 16), (2040, 8), (2041, 8), (5000, 1), (10_001, 3), (3, 4)]


def test_rope_cache_hands_out_the_documented_bits_at_every_position() -> None:
    table = rope_cache.cached_rope_table()
    for start, length in ASKED:
        for found, expected in zip(
            table(start, length, 64, 1e4), BASELINE.rope_table(start, length, 64, 1e4), strict=True
        ):
            np.testing.assert_array_equal(found, expected)
            assert not found.flags.writeable


def test_rope_cache_keeps_tables_of_other_widths_and_bases_apart() -> None:
    table = rope_cache.cached_rope_table()
    for head_dim, base in ((64, 1e4), (10, 1e4), (64, 500.0), (64, 1e4)):
        np.testing.assert_array_equal(table(2, 3, head_dim, base)[0], BASELINE.rope_table(2, 3, head_dim, base)[0])


def test_kept_weights_are_the_documented_ones_and_follow_a_replacement() -> None:
    get_w, quantize = dequant_cache.cached_get_w(), int8_weights.stored_numbers()
    for weights in (weights_of(0), weights_of(1)):
        first, numbers = get_w(BASELINE, weights, "w"), quantize(weights, "w")
        np.testing.assert_array_equal(first, BASELINE.get_w(BASELINE, weights, "w"))
        np.testing.assert_array_equal(numbers[0], BASELINE.quantize(weights, "w")[0])
        assert get_w(BASELINE, weights, "w") is first
        assert quantize(weights, "w") is numbers
        assert not first.flags.writeable
        assert not numbers[0].flags.writeable
        np.testing.assert_array_equal(get_w(BASELINE, weights, "norm"), weights["norm"])


def test_the_two_ways_of_keeping_weights_exclude_each_other() -> None:
    with pytest.raises(RecipeConflict, match="no longer calls the seam quantize, which int8-weights replaces"):
        check_together([dequant_cache.RECIPE, int8_weights.RECIPE], TREE)
