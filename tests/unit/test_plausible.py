"""Values that no run can give are refused when a saved run is read, and those that a run gives are not."""

from __future__ import annotations

import copy
import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from perfkit.errors import UsageError
from perfkit.report.document import document_from_json
from perfkit.result import STATUSES, VERDICTS, Document

GOLDEN = Path(__file__).parents[1] / "golden" / "format-1.json"
SAVED = json.loads(GOLDEN.read_text(encoding="utf-8"))
CLAIM = {"text": "~14%", "measure": "share of time", "low": 0.1, "high": 0.14, "on": [], "source": "notes"}
SAVED["results"][0]["claim"] = {**CLAIM, "outcome": "slower here", "measured": [-0.25, -0.5, 0.0]}


def with_value(place: str, value: object) -> Any:
    """The saved run with the value at a dotted place replaced."""
    document = copy.deepcopy(SAVED)
    *way, last = (int(step) if step.isdecimal() else step for step in place.split("."))
    inner: Any = document
    for step in way:
        inner = inner[step]
    assert last in inner or isinstance(inner, list)
    inner[last] = value
    return document


NUMBERS = (0, -1.0, math.nan)  # infinite ones are refused where a file is read, as no JSON
WRONG: list[tuple[str, object]] = [
    ("results.0.verdict", "fast"),
    ("results.0.verdict", "REJECTED"),
    ("results.0.kind", "nano"),
    ("results.0.state", "hot"),
    ("results.0.layout", "threads"),
    ("results.0.layout", None),
    *((f"results.0.{name}", n) for n in NUMBERS for name in ("baseline_ns", "candidate_ns", "margin")),
    *((f"results.1.{name}", n) for n in NUMBERS for name in ("amdahl",)),
    *((f"results.0.{s}.{name}", n) for n in NUMBERS for s in ("speedup", "speedup_99") for name in ("point", "low")),
    ("results.0.speedup.low", 1e9),
    ("results.0.speedup.high", 1e-9),
    ("results.0.speedup_99.high", 1e-9),
    ("results.0.speedup.level", 0.5),
    *((f"results.1.{name}", n) for n in NUMBERS[1:] for name in ("noise_floor", "share")),
    ("results.0.processes", -1),
    ("results.0.rounds", -1),
    ("results.0.proof.checked_calls", -1),
    ("results.0.proof.awkward", -1),
    ("results.0.proof.extremes", [3, 2]),
    ("results.0.proof.extremes", [-1, 2]),
    ("results.0.loops.baseline", 0),
    ("results.0.claim.low", 0.2),
    ("results.0.claim.measured", [0.1, 0.2, 0.3]),
    ("samples.0.loops", 0),
    ("samples.0.elapsed_ns", -1),
    ("samples.0.process", -1),
    ("samples.0.round", -1),
    ("samples.0.position", -1),
    ("timing.total_s", -0.5),
    ("timing.total_s", math.nan),
]


@pytest.mark.parametrize(("place", "value"), WRONG)
def test_a_value_that_cannot_be_is_named(place: str, value: object) -> None:
    with pytest.raises(UsageError, match=r"^run\.json is damaged: (results|samples|timing).* cannot be ") as caught:
        document_from_json(with_value(place, value), "run.json")
    named = re.sub(r"\.(\d+)", r"[\1]", place)
    assert named in caught.value.message or re.split(r"\.\w+$|\[\d+\]$", named)[0] in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        ("timing.total_s", -0.5, "timing.total_s cannot be -0.5: expected float >= 0.0"),
        ("results.0.loops.baseline", 0, "results[0].loops.baseline cannot be 0: expected int >= 1"),
        ("results.0.loops.control", True, "results[0].loops.control cannot be True: expected int, got bool"),
        ("results.0.verdict", "fast", "results[0].verdict cannot be 'fast'"),
        ("results.0.kind", "nano", "results[0].kind cannot be 'nano'"),
        ("results.0.state", "hot", "results[0].state cannot be 'hot'"),
        ("results.0.layout", "threads", "results[0].layout cannot be 'threads'"),
        ("status", "finished", "status cannot be 'finished'"),
        ("results.0.verdict", "\udcff", "a name in it is not Unicode text"),
    ],
)
def test_the_line_names_the_place_the_value_and_what_was_expected(place: str, value: object, line: str) -> None:
    with pytest.raises(UsageError) as caught:
        document_from_json(with_value(place, value), "run.json")
    assert caught.value.message == f"run.json is damaged: {line}"


RIGHT: list[tuple[str, object]] = [
    ("results.0.noise_floor", 0.0),
    ("results.0.baseline_ns", None),
    ("results.0.speedup.low", SAVED["results"][0]["speedup"]["point"]),
    ("results.0.speedup.high", SAVED["results"][0]["speedup"]["point"]),
    *(("results.0.kind", kind) for kind in ("micro", "macro", "stack")),
    *(("results.0.state", state) for state in (None, "cold", "warm", "cold L2", "warm L2")),
    *(("results.0.layout", layout) for layout in ("in-process", "processes")),
    ("samples.0.elapsed_ns", 0),
    *(("results.0.verdict", verdict) for verdict in VERDICTS),
    *(("status", status) for status in STATUSES),
    ("results.0.reason", "SIGSEGV"),
]


@pytest.mark.parametrize(("place", "value"), RIGHT)
def test_a_value_that_a_run_gives_is_read(place: str, value: object) -> None:
    assert isinstance(document_from_json(with_value(place, value), "run.json"), Document)


def test_a_long_value_is_not_repeated_whole() -> None:
    with pytest.raises(UsageError) as caught:
        document_from_json(with_value("results.0.verdict", "x" * 10_000), "run.json")
    assert len(caught.value.message) < 160
