"""Windows of text: where they come from, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from perfkit.sample_targets.spectral.text import fixed, random_windows, seen, unseen
from perfkit.sample_targets.spectral.training import Trainer, losses
from tests.unit.spectral.conftest import known


def test_fixed_windows_are_spread_over_the_text_and_carry_the_byte_that_follows() -> None:
    data = bytes(range(100))

    assert fixed(data, 3, 9).tolist() == [list(range(s, s + 10)) for s in (0, 45, 90)]


def test_a_window_that_does_not_suit_gives_way_to_the_next() -> None:
    assert fixed(bytes(range(10)), 2, 2, suits=lambda w: w[0] % 2 == 1)[:, 0].tolist() == [1, 7]


def test_where_none_suits_that_is_said() -> None:
    with pytest.raises(ValueError, match="no window of 2 of these 4 bytes suits"):
        fixed(b"abcd", 1, 2, suits=lambda w: False)


@pytest.mark.parametrize("data", [b"", b"short"])
def test_too_little_text_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(ValueError, match=f"{len(data)} bytes of text are fewer than one window of 9"):
        fixed(data, 4, 8)
    with pytest.raises(ValueError, match="are fewer than one window of 8"):
        random_windows(data, np.random.default_rng(0), 4, 8)


def test_as_much_text_as_one_window_is_enough() -> None:
    assert fixed(b"abc", 2, 2).tolist() == [[97, 98, 99]] * 2


def test_what_is_measured_was_not_trained_on() -> None:
    assert seen() != unseen()
    assert len(seen()) > 200_000


def test_a_window_of_one_byte_cannot_be_trained_on() -> None:
    it = known("spectral", width=8, layers=1)

    with pytest.raises(ValueError, match="two bytes or more"):
        Trainer(it.model, it.ops).step(np.zeros((2, 1), np.uint8))


def test_training_is_repeatable_and_learns() -> None:
    windows = fixed(seen(), 4, 16)
    runs = []
    for _ in range(2):
        it = known("spectral", width=16, layers=1)
        trainer = Trainer(it.model, it.ops)
        runs.append([trainer.step(windows) for _ in range(12)])
        at_each = losses(it.model, it.ops, windows)

    assert runs[0] == runs[1]
    assert runs[0][-1] < runs[0][0] - 0.5
    assert at_each.shape == (16,)
