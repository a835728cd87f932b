"""Comparisons that pyproject.toml names: run by name, all of them, listed, and refused in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from perfkit.errors import WorkFailed
from perfkit.settings import Settings

MINE = """
def slow(n):
    return sum(range(n))

def fast(n):
    return n * (n - 1) // 2

def wrong(n):
    return n

def make(rng):
    return (int(rng.integers(100, 200)),)
"""
TABLES = """
[tool.perfkit.compare.sums]
before = "mine:slow"
after = ["mine:fast"]
args = "n=1000"
recurring = true
budget = "0.05s"
processes = 1

[tool.perfkit.compare.wrong-sums]
before = "mine:slow"
after = "mine:wrong"
inputs = "mine:make"
budget = "0.05s"
processes = 1
"""
SUMS = "perfkit compare mine:slow mine:fast --args n=1000 --recurring --budget 0.05s --processes 1"
WRONG = "perfkit compare mine:slow mine:wrong --inputs mine:make --budget 0.05s --processes 1"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    (folder / "deep").mkdir(parents=True)
    (folder / "mine.py").write_text(MINE)
    configure(folder, TABLES)
    return folder


def configure(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


class Asked:
    """Stands in for the measuring: remembers what it was asked, and fails."""

    def __init__(self) -> None:
        self.functions: list[Any] = []
        self.settings: list[Settings] = []
        self.commands: list[str] = []

    def __call__(self, functions: Any, *, settings: Settings, command: str, **_: Any) -> None:
        self.functions.append(functions)
        self.settings.append(settings)
        self.commands.append(command)
        raise WorkFailed("not today")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    measuring = Asked()
    monkeypatch.setattr("perfkit.api.compare_functions", measuring)
    return measuring


@pytest.mark.parametrize("words", [["--named", "sums"], ["sums"], ["--named=sums", "--seed", "3"]], ids=" ".join)
def test_a_name_stands_for_its_line(perfkit_here: Any, mine: Path, asked: Asked, words: list[str]) -> None:
    run = perfkit_here("compare", *words, cwd=mine)

    assert run.rc == 5
    assert run.lines == [f"sums: {SUMS}" + (" --seed 3" if "--seed" in words else "")]
    assert run.stderr.splitlines()[-1] == "perfkit: not today"
    assert (asked.settings[0].processes, asked.settings[0].budget_s) == (1, 0.05)
    assert (asked.functions[0].baseline, asked.functions[0].candidates) == ("mine:slow", ("mine:fast",))
    assert asked.functions[0].recurring


def test_options_that_are_typed_win(perfkit_here: Any, mine: Path, asked: Asked) -> None:
    run = perfkit_here("compare", "sums", "--budget", "3s", "--args", "7", cwd=mine)

    assert run.lines == ["sums: perfkit compare mine:slow mine:fast --recurring --processes 1 --budget 3s --args 7"]
    assert asked.settings[0].budget_s == 3
    assert list(asked.functions[0].calls.values()) == ["((7, ), {})"]


def test_below_its_folder_it_is_found_and_so_are_its_functions(perfkit_here: Any, mine: Path, asked: Asked) -> None:
    run = perfkit_here("compare", "sums", cwd=mine / "deep")

    assert run.lines == [f"sums: cd {mine} && {SUMS}"]
    assert asked.functions[0].folder == str(mine)


def test_all_are_run_and_what_goes_wrong_in_one_is_said_beside_it(perfkit_here: Any, mine: Path, asked: Asked) -> None:
    run = perfkit_here("compare", "--named", "all", "--strict", cwd=mine)

    assert run.rc == 5
    assert run.lines == [f"sums: {SUMS} --strict", "", f"wrong-sums: {WRONG} --strict"]
    assert run.stderr.count("perfkit: not today") == 2


def test_each_has_its_table_and_the_worst_exit_code_counts(perfkit_inline: Any, mine: Path) -> None:
    configure(mine, TABLES.replace("mine:fast", "mine:gone"))
    run = perfkit_inline("compare", "--named", "all", cwd=mine)

    assert run.rc == 2  # a name that there is not comes before an output that is wrong
    assert "perfkit: no function of mine is called 'gone'" in run.stderr.splitlines()
    first, _, second, title, *table = run.lines
    assert (first, second) == (f"sums: {SUMS}".replace("fast", "gone"), f"wrong-sums: {WRONG}")
    assert title == "mine:slow → mine:wrong"
    assert [line.split()[-2:] for line in table if line.startswith("call")] == [["REJECTED", "WRONG"]]


def test_one_document_is_alone_on_standard_output(perfkit_here: Any, mine: Path, asked: Asked) -> None:
    run = perfkit_here("compare", "--named", "wrong-sums", "--json", "-", cwd=mine)

    assert (run.rc, run.json["error"]["message"]) == (5, "not today")
    assert asked.commands == [f"{WRONG} --json -"]  # what the document holds
    assert run.stderr.splitlines()[0] == f"wrong-sums: {WRONG} --json -"


def test_they_are_listed(perfkit_here: Any, mine: Path) -> None:
    listed = perfkit_here("list", "--json", "-", cwd=mine / "deep")
    text = perfkit_here("list", cwd=mine).stdout
    alone = perfkit_here("list", "comparisons", "--long", cwd=mine)

    assert listed.json["comparisons"] == [
        {"name": "sums", "before": "mine:slow", "after": ["mine:fast"], "stands_for": SUMS},
        {"name": "wrong-sums", "before": "mine:slow", "after": ["mine:wrong"], "stands_for": WRONG},
    ]
    assert "comparisons\n  sums        mine:slow → mine:fast\n  wrong-sums  mine:slow → mine:wrong\n" in text
    assert "perfkit compare --named NAME" in text
    assert "recipes of" not in alone.stdout
    assert SUMS in " ".join(alone.stdout.split())
    (mine / "pyproject.toml").unlink()
    assert "none yet: [tool.perfkit.compare.NAME]" in perfkit_here("list", "comparisons", cwd=mine).stdout


SAME = '[tool.perfkit.compare.{name}]\nbefore = "mine:slow"\nafter = "mine:fast"\n'
MISTAKES = [
    ("--named smus", TABLES, "no comparison is called 'smus'", "did you mean sums"),
    ("smus", TABLES, "no target, recipe or comparison is called 'smus'", "did you mean sums"),
    ("zzz", TABLES, "no target, recipe or comparison is called 'zzz'", "comparisons of yours: sums, wrong-sums; a "),
    ("--named smus", "", "no comparison is called 'smus'", "[tool.perfkit.compare.NAME]"),
    ("--named all", "", "no comparison is named", "[tool.perfkit.compare.NAME]"),
    ("--named all --json -", TABLES, "--json holds one comparison, and --named all runs several", "name one"),
    ("--named all --save x", TABLES, "--save holds one comparison", "name one"),
    ("--named all --markdown x", TABLES, "--markdown holds one comparison", "name one"),
    ("--named sums mine:slow", TABLES, "--named sums says what is compared, and so does mine:slow", "use one"),
    ("sums wrong-sums", TABLES, "sums is a comparison of its own", "--named all"),
    ("sums mine:fast", TABLES, "sums is not a function, and the others are", "pkg.mod:func"),
    ("--named sums --recipe rope-cache", TABLES, "--recipe is for targets and recipes", "drop it"),
    ("sums --recipe rope-cache", TABLES, "no target is called 'sums'", "glassbox"),
    ("glassbox", SAME, "'glassbox' is both a target and a named comparison", "--named glassbox is the comparison"),
    ("rope-cache", SAME, "'rope-cache' is both a recipe and a named comparison", "--recipe rope-cache is the recipe"),
    ("--named all", SAME.format(name="sums") + "cloze = 1", "no setting of [tool.perfkit.compare.sums] in", "close"),
    ("sums", "[tool.perfkit.compare.sums]\nafter = 'm:f'", "[tool.perfkit.compare.sums] has no before", "write before"),
    ("--named all", "[tool.perfkit.compare.all]", "no comparison can be called 'all'", "means all of them"),
    ("--named a", "[tool.perfkit.compare.'a:b']", "no comparison can be called 'a:b'", "letters, digits"),
    ("--named a", "[tool.perfkit.compare]\nbefore = 'm:f'", "before is 'm:f' and should be a table", "compare.NAME]"),
    ("sums", "[tool.perfkit]\ncompare = 3", "[tool.perfkit] compare is 3 and should be a table", "compare.NAME]"),
]


@pytest.mark.parametrize(("words", "text", "says", "hint"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_what_is_wrong_costs_one_line_and_a_hint(
    perfkit_here: Any, mine: Path, asked: Asked, words: str, text: str, says: str, hint: str
) -> None:
    configure(mine, text.format(name=words) if text is SAME else text)
    run = perfkit_here("compare", *words.split(), cwd=mine)

    message, advice = [line for line in run.stderr.splitlines() if not line.startswith("{")]
    assert run.rc == 2
    assert not asked.functions
    assert message.startswith("perfkit: ")
    assert says in message
    assert hint in advice


def test_where_all_is_typed_the_word_is_the_target(perfkit_here: Any, mine: Path) -> None:
    configure(mine, SAME.format(name="glassbox"))
    run = perfkit_here("compare", "glassbox", "--all", "--sweep", "rows=1:2", cwd=mine)

    assert "--sweep follows one recipe" in run.stderr


def test_a_comparison_is_nothing_to_profile_and_hides_no_target(perfkit_here: Any, mine: Path) -> None:
    assert "sums is a comparison" in perfkit_here("profile", "sums", cwd=mine).stderr
    configure(mine, SAME.format(name="glassbox"))
    assert "no size" in perfkit_here("profile", "glassbox", "--size", "none", cwd=mine).stderr
