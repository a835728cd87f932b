"""What is said of functions has none of the words of a catalogue."""

from __future__ import annotations

import pytest

from perfkit.comparison.plain_words import in_plain_words


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("about the target: on call: x", "about the baseline: on call: x"),
        ("m:f on call, candidate, counting pass: no answer", "m:f on call, first calls: no answer"),
        ("; close(rtol=2e-15, atol=1e-9) would pass", "; --close rtol=2e-15,atol=1e-9 would pass"),
        ("macro / n=3 / made / warm / bare: the work itself", "n=3, warm: the work itself"),
        ("out of reach; measure a larger --size", "out of reach; larger inputs are surer"),
        ("killed; try a smaller --size", "killed; try smaller inputs"),
        ("counting the seams of call", "first calls of the baseline"),
        ("proving m:g on call", "proving m:g"),
        ("while counting the seams: nothing proven", "during the first calls: nothing proven"),
        ("seed it (`observe` of a target, --equal for functions)", "seed it (--equal)"),
        ("counting on the seams of my jacket", "counting on the seams of my jacket"),
    ],
)
def test_it_is_said_in_other_words(ours: str, theirs: str) -> None:
    assert in_plain_words(ours) == theirs
