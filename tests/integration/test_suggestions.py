"""Commands that perfkit suggests work when they are pasted: each is run up to the point where it would measure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from perfkit.errors import WorkFailed
from perfkit.report.document import to_json
from perfkit.report.suggest import catalog_words, with_catalogs
from perfkit.session.session import Session
from tests.integration.conftest import altered, document, row

pytestmark = pytest.mark.slow

REACHED = "here it would measure"
COMMAND = re.compile(r"(perfkit (?:compare|profile|explain|list|show|new|doctor)\b.*?)(?= · |, or |, where |  #|; |$)")


def commands(text: str) -> Iterator[list[str]]:
    """The words of every command in the lines that suggest something: next, hint, and the last one of a listing."""
    lines = re.sub(r" \\\n\s+", " ", text).splitlines()  # as a shell joins them
    suggesting = [line for line in lines if line.lstrip().startswith(("hint: ", "next ", "perfkit "))]
    for line in suggesting:
        if not line.startswith("perfkit: "):
            yield from (shlex.split(found)[1:] for found in COMMAND.findall(line))


@pytest.fixture
def pasted(perfkit_here: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., list[list[str]]]:
    """`pasted(words)` runs a command, pastes what it suggests, and answers that; none may be refused."""

    def worker(*_: Any, **__: Any) -> None:
        raise WorkFailed(REACHED)

    monkeypatch.setattr(Session, "worker", worker)

    def paste(*words: object, recipe: str = "", **options: Any) -> list[list[str]]:
        run = perfkit_here(*words, **options)
        found = list(commands(run.stdout + run.stderr))
        for suggested in found:
            filled = [recipe if word == "RECIPE" else word for word in suggested]
            again = perfkit_here(*filled, **options)
            reached = again.rc == 0 or (again.rc == 5 and REACHED in again.stderr)
            assert reached, f"perfkit {shlex.join(filled)}: {again.stderr}"
        return found

    return paste


@pytest.mark.parametrize(
    ("words", "suggested"),
    [
        (["compare", "glassbox"], ["compare", "glassbox", "--all"]),
        (["compare", "--all"], ["compare", "compressor", "--all"]),
        (["compare", "compressor", "--recipe", "rope-cache"], ["compare", "glassbox", "--recipe", "rope-cache"]),
    ],
)
def test_a_command_that_names_too_little_is_told_one_that_works(
    pasted: Any, words: list[str], suggested: list[str]
) -> None:
    assert pasted(*words)[0] == suggested


@pytest.mark.parametrize("name", ["rope-cache", "glassbox/rope-cache"])
def test_a_recipe_is_a_word_of_its_own(pasted: Any, perfkit_here: Any, name: str) -> None:
    assert REACHED in perfkit_here("compare", name).stderr


def test_of_the_three_ways_in_those_of_a_catalogue_work_when_pasted(pasted: Any, perfkit_here: Any) -> None:
    said = perfkit_here("compare").stderr
    ways = [shlex.split(found)[1:] for line in said.splitlines() for found in COMMAND.findall(line)]

    assert ways[0] == ["compare", "pkg.mod:old", "pkg.mod:new", "--inputs", "pkg.mod:make"]
    assert [way[-1] == "--all" for way in ways] == [False, False, True, False]
    for way in ways[1:3]:
        assert REACHED in perfkit_here(*way).stderr


def test_and_it_keeps_the_catalogues_that_were_named(pasted: Any, planted: Path) -> None:
    named = ["--catalog", str(planted)]

    assert pasted("compare", "plain-cube", *named) == []  # which names it
    assert pasted("compare", "glassbox", "-r", "plain-cube", *named) == [
        ["compare", *named, "toy", "--recipe", "plain-cube"]
    ]
    assert pasted("compare", "toy", f"--catalog={planted}")[0] == ["compare", *named, "toy", "--all"]
    assert pasted("explain", "plain-cube", *named) == [["compare", *named, "toy", "--recipe", "plain-cube"]]
    assert len(pasted("list", *named, recipe="plain-cube")) == 2


@pytest.mark.parametrize(
    ("rows", "suggested"),
    [
        ([row("plain-cube", "rejected")], "explain"),
        ([row("plain-cube", "undecided", (1.01, 0.99, 1.03), variance=(0.0, 1e-4), stopped_by="budget")], "compare"),
        ([row("plain-cube", "faster", (2.0, 1.9, 2.1))], "profile"),
        ([row(name, "faster", (2.0, 1.9, 2.1)) for name in ("plain-cube", "identity")], "profile"),
    ],
    ids=["rejected", "undecided", "faster", "several"],
)
def test_what_stands_below_a_table_works(
    pasted: Any, planted: Path, tmp_path: Path, rows: list[Any], suggested: str
) -> None:

    toy = [altered(r, target="toy", workload="run", recipes=(f"toy/{r.recipes[0].rpartition('/')[2]}",)) for r in rows]
    command = f"perfkit compare --catalog {planted} --recipe plain-cube --quick --seed 3"
    saved = document(tuple(toy), command=command, samples=())
    (tmp_path / "run.json").write_text(to_json(saved), encoding="utf-8")

    found = pasted("show", "run.json")

    assert next(words[0] for words in found) == suggested
    assert all(str(planted) in words for words in found)


def test_new_files_are_followed_by_a_command_that_works(pasted: Any, tmp_path: Path) -> None:
    for words in (
        ("new", "recipe", "glassbox", "my-idea", "--seam", "sigmoid", "--dir", "mine"),
        ("new", "target", "my-sums", "--dir", "theirs"),
        ("new", "recipe", "my-sums", "faster-sums", "--seam", "row_sums", "--catalog", "theirs"),
    ):
        assert len(pasted(*words)) == 1


def test_a_target_without_recipes_is_told_how_to_start_one(pasted: Any, perfkit_here: Any, tmp_path: Path) -> None:
    perfkit_here("new", "target", "my-sums", "--dir", "mine")
    (tmp_path / "mine" / "recipes" / "my_sums" / "my_sums_numpy.py").unlink()

    assert pasted("compare", "my-sums", "--all", "--catalog", "mine") == [
        ["new", "recipe", "--catalog", "mine", "my-sums", "my-idea", "--seam", "row_sums"]
    ]


def test_catalogues_are_put_into_commands_that_read_them_once() -> None:
    words = ["compare", "--catalog", "a b", "x", "--catalog=c", "--catalog", "a b"]

    assert catalog_words(words) == ["--catalog", "a b", "--catalog", "c"]
    assert with_catalogs("perfkit list, or perfkit show FILE", words) == (
        "perfkit list --catalog 'a b' --catalog c, or perfkit show FILE"
    )
    assert with_catalogs("perfkit list --catalog d", words) == "perfkit list --catalog d"
    assert with_catalogs("perfkit compare … --save FILE", words) == "perfkit compare … --save FILE"
    assert with_catalogs("perfkit list", []) == "perfkit list"


def test_what_is_to_be_installed_is_named_as_an_index_has_it(repository: Path) -> None:
    for path in repository.glob("recipes/*/*.py"):
        assert '"perfkit[' not in path.read_text(encoding="utf-8"), f"{path}: perfkit itself is on no index"
