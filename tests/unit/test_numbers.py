"""Every number that is printed, as a table of value and text; and that all are printed so."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import perfkit
from perfkit import numbers

UNIT = re.compile(r" ?%|x\b| (ns|µs|ms|s|min|B|kB|MB|GB|GiB|GFLOP)\b")
CATALOGUE = {"recipes", "sample_targets"}
BY_HAND = {"numbers.py", "machine/gpu.py"}  # the latter says why


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (None, "–"),
        (0.0, "0.00 ns"),
        (0.213, "0.21 ns"),
        (1.0, "1.00 ns"),
        (9.994, "9.99 ns"),
        (9.996, "10.0 ns"),
        (99.94, "99.9 ns"),
        (99.96, "100 ns"),
        (210.4, "210 ns"),
        (999.4, "999 ns"),
        (999.6, "1.00 µs"),
        (1000, "1.00 µs"),
        (1_890_000, "1.89 ms"),
        (14_149_999, "14.1 ms"),
        (259_000_000, "259 ms"),
        (999_999_999, "1.00 s"),
        (2.5e9, "2.50 s"),
        (-1500.0, "-1.50 µs"),
    ],
)
def test_a_time_has_three_significant_digits_and_a_unit(ns: float | None, text: str) -> None:
    assert numbers.time(ns) == text


@given(st.floats(1, 9.9e11))
@settings(deadline=None)
def test_a_time_is_never_off_by_more_than_its_last_digit(ns: float) -> None:
    text = numbers.time(ns)
    value, unit = text.split(" ")

    assert len(re.sub(r"\D", "", value)) == 3
    assert float(value) * {"ns": 1, "µs": 1e3, "ms": 1e6, "s": 1e9}[unit] == pytest.approx(ns, rel=0.0051)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1.000x"),
        (1.1549, "1.155x"),
        (0.98765, "0.988x"),
        (0.0123, "0.012x"),
        (4.9994, "4.999x"),
        (12.34, "12.34x"),
        (56.78, "56.8x"),
        (123.4, "123x"),
        (8913.0, "8,910x"),
        (1_234_567.0, "1,230,000x"),
    ],
)
def test_a_speed_up(value: float, text: str) -> None:
    assert numbers.ratio(value) == text


@pytest.mark.parametrize("value", [0.0004, 1e-5])
def test_a_slow_down_never_reads_as_zero(value: float) -> None:
    assert float(numbers.ratio(value).rstrip("x")) == pytest.approx(value, rel=0.1)


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        ((1.155, 1.149, 1.161), "1.155x (1.149–1.161)"),
        ((12.34, 9.5, 15.0), "12.34x (9.50–15.00)"),
        ((8913.0, 8704.0, 9099.0), "8,910x (8,700–9,100)"),
        ((150.0, 80.0, 300.0), "150x (80–300)"),
    ],
)
def test_an_interval_has_the_decimals_of_its_point(interval: tuple[float, float, float], text: str) -> None:
    assert numbers.interval(*interval) == text
    assert numbers.bounds(*interval) == text.partition(" ")[2]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.134, "13.4 %"),
        (1.0, "100.0 %"),
        (0.01, "1.0 %"),
        (0.0099, "0.99 %"),
        (0.001, "0.10 %"),
        (0.0004, "0.040 %"),
        (0.0, "0.000 %"),
        (-0.034, "-3.4 %"),
        (1.347, "135 %"),
        (12.034, "1,203 %"),
    ],
)
def test_a_share_in_per_cent(share: float, text: str) -> None:
    assert numbers.percent(share) == text


def test_an_error_has_the_decimals_of_its_share() -> None:
    assert numbers.percent_with_error(0.85, 0.018) == "85.0 % ±1.8"
    assert numbers.percent_with_error(0.0084, 0.0003) == "0.84 % ±0.03"


def test_how_something_grows() -> None:
    assert numbers.exponent(1.02, 0.979, 1.05) == "1.02 (0.98–1.05)"
    assert numbers.exponent(-0.01, -0.2, 0.1) == "−0.01 (−0.20 to 0.10)"


def test_a_share_with_its_interval() -> None:
    assert numbers.share_interval(0.134, 0.129, 0.1384) == "13.4 % (12.9–13.8)"
    assert numbers.share_interval(-0.02, -0.031, 0.004) == "−2.0 % (−3.1 to 0.4)"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (12.3, "12 s"),
        (119.4, "119 s"),
        (200.0, "3 min 20 s"),
        (3600, "60 min 0 s"),
    ],
)
def test_a_duration(value: float, text: str) -> None:
    assert numbers.seconds(value) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        ((23.6, 31.2), "24–31 s"),
        ((23.6, 24.4), "about 24 s"),
        ((90, 119), "90–119 s"),
        ((90, 120), "1.5–2.0 min"),
        ((200, 360), "3.3–6.0 min"),
        ((500, 900), "8–15 min"),
    ],
)
def test_a_duration_that_is_foreseen(span: tuple[float, float], text: str) -> None:
    assert numbers.seconds_span(*span) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(8, "8 s"), (0.25, "0.25 s"), (60, "60 s"), (300.0, "5 min"), (150.0, "2 min 30 s"), (10 / 3, "3.33 s")],
)
def test_a_duration_that_was_set(value: float, text: str) -> None:
    assert numbers.given_seconds(value) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(2**29, "0.5 GiB"), (25_276_502_016, "23.5 GiB"), (1536 << 30, "1,536 GiB"), (128 << 30, "128 GiB")],
)
def test_a_memory(size: int, text: str) -> None:
    assert numbers.memory(size) == text


def test_thousands_are_marked() -> None:
    assert [numbers.count(n) for n in (0, 999, 1000, 1234567)] == ["0", "999", "1,000", "1,234,567"]


@pytest.mark.parametrize(("value", "text"), [(0.5, "0.50"), (62.13, "62.1"), (1838.4, "1,840"), (18_437.0, "18,400")])
def test_an_amount(value: float, text: str) -> None:
    assert numbers.amount(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (3.0, "3"), (0.4, "0.40"), (2.333, "2.33"), (1234.0, "1,234"), (12345.67, "12,346")],
)
def test_calls_are_a_whole_number_or_a_mean(value: float | None, text: str) -> None:
    assert numbers.calls(value) == text


@pytest.mark.parametrize(("value", "text"), [(1.7134, "1.713"), (0.00042, "0.00042"), (0, "0.000")])
def test_what_time_was_paid_with(value: float, text: str) -> None:
    assert numbers.tradeoff(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(70, "70"), (100 * 0.07, "7"), (12.5, "12.5"), (1 << 20, "1048576"), (1e-05, "1e-05")]
)
def test_what_was_written_is_repeated(value: float, text: str) -> None:
    assert numbers.as_given(value) == text


def by_hand(source: str) -> Iterator[str]:
    """Every value of an f-string that is formatted where it stands and has a unit behind it, or is %, or has commas."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            for value, behind in pairwise([*node.values, ast.Constant("")]):
                if isinstance(value, ast.FormattedValue) and isinstance(value.format_spec, ast.JoinedStr):
                    how = str(getattr(value.format_spec.values[-1], "value", ""))
                    unit = UNIT.match(str(getattr(behind, "value", "")))
                    if how.endswith(("%", ",")) or (unit and how.endswith(("f", "g", "e"))):
                        yield ast.unparse(value.value)


def test_no_other_file_formats_numbers_with_units() -> None:
    folder = Path(perfkit.__file__).parent
    sources = {path.relative_to(folder): path for path in folder.rglob("*.py")}
    found = {
        str(name): list(by_hand(path.read_text(encoding="utf-8")))
        for name, path in sources.items()
        if name.parts[0] not in CATALOGUE
    }

    assert {name for name, values in found.items() if values} == BY_HAND


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("f'{a:.1f} % of {b:.0%}, {c:,} calls'", ["a", "b", "c"]),
        ("f'{a / 2:.3g} ms' f'{b:g}x less'", ["a / 2", "b"]),
        ("f'{a:.{d}f} s in all'", ["a"]),
        ("f'{numbers.time(a)} a call, {name:.60} s, rtol={a:g}, --budget {b:g}s, {a:.2f} over'", []),
    ],
)
def test_what_is_formatted_by_hand_would_be_found(source: str, found: list[str]) -> None:
    assert list(by_hand(source)) == found
