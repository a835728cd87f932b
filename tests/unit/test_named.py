"""`[tool.perfkit.compare.NAME]`: what a table stands for, what the command line replaces, and what is refused."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path

import pytest

from perfkit.cli.exit_codes import worst
from perfkit.cli.named import read_named, spelled
from perfkit.errors import UnknownName, UsageError

FILE = Path("/project/pyproject.toml")
WHERE = "/project/pyproject.toml: [tool.perfkit.compare.nightly]"
PAIR = 'before = "m:old"\nafter = "m:new"\n'
FULL = PAIR + 'inputs = "m:make"\nclose = "rtol=1e-6"\nulp = 4\ncheck = "stdout"\nbudget = "2s"\nprocesses = 5\n'
OPTIONS = {f"--{name}": True for name in ("named", "inputs", "args", "close", "ulp", "equal", "budget", "save")}
OPTIONS |= {"--processes": True, "-r": True, "--quick": False, "--no-proof": False}
ALL_OF_IT = "m:old m:new --inputs m:make --close rtol=1e-6 --ulp 4 --check stdout --budget 2s --processes 5"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (PAIR, "nightly", "m:old m:new"),
        (PAIR, "-- nightly", "m:old m:new"),
        ("before = 'a.py:f'\nafter = ['m:A.f', 'm:g']", "--named nightly", "a.py:f m:A.f m:g"),
        (
            PAIR + "args = '-1, n=[1, 2]'\nequal = 'm:same'",
            "nightly",
            "m:old m:new --args '-1, n=[1, 2]' --equal m:same",
        ),
        (PAIR + "recurring = true", "nightly", "m:old m:new --recurring"),
        (PAIR + "recurring = false", "nightly", "m:old m:new"),
        (FULL, "--named=nightly", ALL_OF_IT),
        # what is typed replaces what answers the same question
        (FULL, "nightly --budget 9s", f"{ALL_OF_IT} --budget 9s".replace("--budget 2s ", "")),
        (FULL, "--budget=9s nightly", f"{ALL_OF_IT} --budget=9s".replace("--budget 2s ", "")),
        (FULL, "--quick nightly", f"{ALL_OF_IT} --quick".replace(" --budget 2s --processes 5", "")),
        (FULL, "nightly --args 3", f"{ALL_OF_IT} --args 3".replace("--inputs m:make ", "")),
        (FULL, "nightly --equal m:e", f"{ALL_OF_IT} --equal m:e".replace("--close rtol=1e-6 --ulp 4 ", "")),
        (FULL, "nightly --no-proof", f"{ALL_OF_IT} --no-proof".replace("--close rtol=1e-6 --ulp 4 ", "")),
        # a value that is called as the comparison is no name
        (PAIR, "--save nightly nightly", "m:old m:new --save nightly"),
        (PAIR, "--save nightly --quick nightly -r x", "m:old m:new --save nightly --quick -r x"),
    ],
)
def test_a_comparison_is_the_line_that_would_have_been_typed(text: str, line: str, words: str) -> None:
    comparison = read_named(tomllib.loads(text), "nightly", FILE)
    assert shlex.join(spelled(shlex.split(line), OPTIONS, comparison)) == words


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        ("after = 'm:new'", f"{WHERE} has no before", 'write before = "pkg.mod:old"'),
        ("before = 'm:old'", f"{WHERE} has no after", 'after = "pkg.mod:new", or a list'),
        ("before = 3\nafter = 'm:new'", f"{WHERE} before: expected text, got a whole number", 'before = "pkg.mod:old"'),
        ("before = 'm:old'\nafter = 3", f"{WHERE} after: expected text or a list, got a whole number", "or a list"),
        ("before = 'm:old'\nafter = []", f"{WHERE} after: expected a list of length >= 1", "or a list"),
        ("before = 'm:old'\nafter = ['m:f', 3]", f"{WHERE} after: expected text, got a whole number", "or a list"),
        ("before = 'm.old'\nafter = 'm:new'", f"{WHERE} before: 'm.old' names no function", "pkg.mod:old"),
        ("before = 'm:old'\nafter = ['m:f', 'g']", f"{WHERE} after: 'g' names no function", "pkg.mod:new"),
        (PAIR + "inputs = 'make'", f"{WHERE} inputs: 'make' names no function", 'inputs = "pkg.mod:make"'),
        (PAIR + "equal = ''", f"{WHERE} equal: '' names no function", 'equal = "pkg.mod:same"'),
        (PAIR + "args = 'n=['", f"{WHERE} args: 'n=[' cannot be read", 'args = "n='),
        (PAIR + "args = 'f()'", f"{WHERE} args: takes literals, and f() is none", 'args = "n='),
        (PAIR + "close = 'x=1'", f"{WHERE} close: 'x=1' is no tolerance", 'close = "rtol=1e-6"'),
        (PAIR + "close = {rtol = 1}", f"{WHERE} close: expected text, got a table", 'close = "rtol=1e-6"'),
        (PAIR + "ulp = 0", f"{WHERE} ulp: expected a whole number >= 1", "ulp = 4"),
        (PAIR + "ulp = 'few'", f"{WHERE} ulp: expected a whole number, got text", "ulp = 4"),
        (PAIR + "check = 'stderr'", f"{WHERE} check: invalid enum value 'stderr'", 'check = "stdout"'),
        (PAIR + "recurring = 1", f"{WHERE} recurring: expected true or false, got a whole number", "recurring = true"),
        (PAIR + "budget = 15", f"{WHERE} budget: expected text, got a whole number", 'budget = "15s"'),
        (PAIR + "budget = 'soon'", f"{WHERE} budget: 'soon' is not a time", 'budget = "15s"'),
        (PAIR + "processes = 65", f"{WHERE} processes: expected a whole number <= 64", "processes = 8"),
        (PAIR + "equal = 'm:e'\nclose = 'rtol=1e-6'", f"{WHERE} has both equal and close", "use one of them"),
        (PAIR + "equal = 'm:e'\nulp = 4", f"{WHERE} has both equal and ulp", "use one of them"),
        (PAIR + "args = '3'\ninputs = 'm:make'", f"{WHERE} has both inputs and args", "use one of them"),
    ],
)
def test_what_is_wrong_names_the_file_the_table_and_the_key(text: str, says: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_named(tomllib.loads(text), "nightly", FILE)
    assert caught.value.message == says
    assert hint in caught.value.hint


def test_a_key_that_does_not_exist_is_not_passed_over() -> None:
    with pytest.raises(UnknownName) as caught:
        read_named(tomllib.loads(PAIR + "imputs = 'm:make'"), "nightly", FILE)
    assert caught.value.message == f"no setting of [tool.perfkit.compare.nightly] in {FILE} is called 'imputs'"
    assert caught.value.hint == "did you mean inputs?"


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ((0, 0), 0),
        ((0, 6, 0), 6),
        ((6, 5), 5),
        ((5, 7, 6), 7),
        ((7, 4), 4),
        ((4, 2, 5), 2),
        ((2, 1), 1),
        ((5, 130), 130),
    ],
)
def test_of_several_the_worst_exit_code_counts(codes: tuple[int, ...], code: int) -> None:
    assert worst(codes) == code
