"""A sampler's stacks of a whole program: whose they are, what waits, what is imported, and the lines that are hot."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from perfkit.grammar import read_function
from perfkit.profilers.analysis import whole
from perfkit.profilers.analysis.code_text import CodeText
from perfkit.profilers.common.profile import hotspots
from perfkit.profilers.common.stacks import Frame, Stacks
from perfkit.profiling.program_run import _is_that

START = "/perfkit/sources/program.py"
MAIN: list[Frame] = [(f'process 7:"/usr/bin/python {START} 3 4 app.py"', "", 0), ("thread (7): MainThread", "", 0)]
OURS: list[Frame] = [("<module>", START, 90), ("_main", START, 40), ("run", START, 20)]
IMPORT: Frame = ("_find_and_load", "<frozen importlib._bootstrap>", 1176)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads are known by their number on Linux")


def named(*stack: Frame) -> list[Frame]:
    """What becomes of one stack."""
    found = whole.of_program(Stacks.of([(stack, 1)]), 7, START, "app.py", {"10": "worker-1"})
    return [found.frames[number] for numbers, _ in found.stacks for number in numbers]


F: Frame = ("f", "/app.py", 3)


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ([*MAIN, *OURS, F], [F]),
        ([MAIN[0], ("thread (7)", "", 0), *OURS, F], [F]),
        ([*MAIN, ("_shutdown", "/lib/threading.py", 1)], [("_shutdown", "/lib/threading.py", 1)]),
        ([*MAIN, *OURS], []),
        ([MAIN[0], ("thread (8): ThreadPoolExecutor-1_3", "", 0), F], [("[threads ThreadPoolExecutor]", "", 0), F]),
        ([MAIN[0], ("thread (9)", "", 0), F], [("[threads without a name]", "", 0), F]),
        ([MAIN[0], ("thread (10)", "", 0), F], [("[threads worker]", "", 0), F]),
        (
            [(f'process 12:"/usr/bin/python {START} 3 4 app.py"', "", 0), ("thread (12): MainThread", "", 0), *OURS, F],
            [("[process fork of app.py]", "", 0), F],
        ),
        (
            [
                ('process 13:"/usr/bin/python -c from multiprocessing.spawn import spawn_main; spawn_main(5)"', "", 0),
                ("thread (13)", "", 0),
                F,
            ],
            [("[process multiprocessing spawn]", "", 0), F],
        ),
        (
            [('process 14:"/usr/bin/python3 other.py --x"', "", 0), ("thread (15): work", "", 0), F],
            [("[process python3 other.py --x]", "", 0), ("[threads work]", "", 0), F],
        ),
    ],
    ids=[
        "main",
        "before threading",
        "after main",
        "ours alone",
        "pool",
        "nameless",
        "named in another sample",
        "fork",
        "spawn",
        "another program",
    ],
)
def test_each_stack_is_named_by_its_process_and_thread(stack: list[Frame], expected: list[Frame]) -> None:
    assert named(*stack) == expected


@pytest.fixture
def app(tmp_path: Path) -> str:
    path = tmp_path / "app.py"
    path.write_text(
        "import time\n\ndef f(n):\n    for _ in range(n):\n        g()\n    time.sleep(n)\n", encoding="utf-8"
    )
    return str(path)


def test_functions_have_their_first_line_and_hot_ones_their_lines(app: str) -> None:
    text = CodeText()
    lined = Stacks.of(
        [([("f", app, 4)], 30), ([("f", app, 5)], 60), ([("g", "<string>", 9)], 9), ([("g", "<string>", 8)], 1)]
    )
    stacks = whole.by_function(lined, text)

    assert stacks.frames == (("f", app, 3), ("g", "<string>", 8))
    hot = whole.hot_lines(lined, hotspots(stacks, {}), text)
    assert [(h.line, h.self_ns, h.source) for h in hot] == [(4, 30, "for _ in range(n):"), (5, 60, "g()")]


def test_what_lies_below_one_function(app: str) -> None:
    stacks = Stacks.of([([("a", app, 1), F, ("b", app, 2)], 5), ([("a", app, 1)], 7)])

    assert whole.below(stacks, lambda frame: frame == F) == Stacks.of([([F, ("b", app, 2)], 5)])


def test_the_share_of_imports() -> None:
    stacks = Stacks.of(
        [([F, IMPORT, ("<module>", "/mod.py", 1)], 30), ([F], 60), ([("_find_and_load", "/mine.py", 1)], 10)]
    )

    assert whole.import_share(stacks) == 0.3


def test_what_waits_is_what_all_samples_have_beyond_those_that_run(app: str) -> None:
    text, second = CodeText(), 1_000_000_000
    work, sleep, imports = [("f", app, 5)], [("f", app, 6)], [("f", app, 1), IMPORT]
    every = Stacks.of([(work, 50), (sleep, 40), (imports, 10)])  # a tenth of the samples were missed
    running = Stacks.of([(work, 90), (imports, 10)])

    (wait,) = whole.waits_between((every, 10 * second), (running, 5 * second), 0.01 * second, text)
    assert (wait.what, wait.function, wait.line) == ("time.sleep", "f", 3)
    assert wait.ns == pytest.approx(4 * second)
    assert not whole.waits_between((Stacks.of([(work, 1)]), second), (Stacks.of([(work, 1)]), second), 1e7, text)


def test_the_names_of_threads_are_from_all_samples() -> None:
    one = Stacks.of([([("thread (7): MainThread", "", 0), F], 1), ([("thread (8)", "", 0), F], 1)])
    other = Stacks.of([([("thread (8): worker-1", "", 0), F], 1), ([("thread (9)", "", 0), F], 1)])

    assert whole.thread_names(one, other) == {"7": "MainThread", "8": "worker-1"}


@pytest.mark.parametrize(
    ("function", "frame", "is_that"),
    [
        ("app.py:f", ("f", "app.py", 1), True),
        ("app.py:f", ("f", "/elsewhere/app.py", 1), False),
        ("pkg.mod:f", ("f", "/site/pkg/mod.py", 1), True),
        ("pkg:f", ("f", "/site/pkg/__init__.py", 1), True),
        ("mod:f", ("f", "/site/amod.py", 1), False),
        ("mod:C.f", ("C.f", "/mod.py", 1), True),
        ("mod:C.f", ("f", "/mod.py", 1), True),  # where names are not qualified
        ("mod:C.f", ("D.f", "/mod.py", 1), False),
        ("mod:f", ("f", "<string>", 1), False),
    ],
)
def test_a_function_by_name_is_found_among_frames(function: str, frame: Frame, is_that: bool) -> None:
    assert _is_that(read_function(function), frame) is is_that
