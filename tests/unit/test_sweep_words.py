"""A curve along an axis of words: a verdict at each, and what a share allows where a call takes too long."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from perfkit.report.choice import report_of
from tests.integration.conftest import altered, document, row


def printed(*rows: Any) -> str:
    text = io.StringIO()
    Console(width=100, file=text).print(report_of(document(rows), {}, {}))
    return text.getvalue()


def test_each_word_has_its_verdict() -> None:
    said = printed(
        row("fast-chat", "faster", (2.3, 2.2, 2.4), axes=(("lm", "tiny"),)),
        row("fast-chat", "equivalent", (1.0, 0.999, 1.001), axes=(("lm", "gpt2"),)),
    )

    lines = [line.split() for line in said.splitlines()]
    assert any(line[:1] == ["tiny"] and "faster" in line for line in lines)
    assert any(line[:1] == ["gpt2"] and "equivalent" in line for line in lines)
    assert "at lm = tiny" in said
    assert "scales" not in said  # words do not rise


def test_where_a_call_takes_too_long_amdahl_says_what_it_can_gain_at_most() -> None:
    slow = altered(row("fast-chat", "unavailable", axes=(("lm", "gpt2"),)), share=0.04, amdahl=1.02, note="40 s a call")
    said = printed(row("fast-chat", "faster", (2.3, 2.2, 2.4), axes=(("lm", "tiny"),)), slow)

    assert "lm gpt2: it replaces 4.0 % of the time: at most 1.042x, Amdahl predicts 1.020x" in said
    assert "40 s a call" in said


def curve(*baseline_ns: float) -> str:
    """What is said of a baseline that takes so long at widths 32, 128 and 512."""
    rows = zip((32, 128, 512), baseline_ns, strict=True)
    return printed(*(row("late", "faster", (2.0, 1.9, 2.1), axes=(("width", n),), baseline_ns=ns) for n, ns in rows))


def test_how_time_grows_is_an_exponent_with_its_interval() -> None:
    assert "scales baseline as width^1.00 (1.00–1.00)" in curve(32e3, 128e3, 512e3)


def test_where_three_points_bend_the_exponent_is_left_open() -> None:
    assert "scales baseline cannot be told from so few points" in curve(32e3, 300e3, 512e3)
