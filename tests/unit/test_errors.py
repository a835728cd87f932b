"""The exception tree is what its drawing says."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from perfkit import errors
from perfkit.cli import exit_codes
from perfkit.errors import CatalogError, Interrupted, PerfkitError, UnknownName, UsageError, WorkFailed

DRAWN = {
    name: (len(indent), int(code))
    for indent, name, code in re.findall(r"^([ │├└─]*)(\w+) +(\d+)  ", errors.__doc__ or "", re.MULTILINE)
}


def test_all_names_every_exception_of_the_module_and_nothing_else() -> None:
    raised = {n for n, c in vars(errors).items() if inspect.isclass(c) and issubclass(c, BaseException)}

    assert sorted(raised) == errors.__all__


def test_every_exception_is_in_the_drawing_with_the_code_it_ends_with() -> None:
    assert {name: code for name, (_, code) in DRAWN.items() if name in errors.__all__} == {
        name: getattr(errors, name).code for name in errors.__all__
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("PerfkitError", 1),
        ("UsageError", 2),
        ("UnknownName", 2),
        ("CatalogError", 2),
        ("RecipeConflict", 4),
        ("WorkFailed", 5),
        ("ProfilerUnavailable", 7),
        ("Interrupted", 130),
    ],
)
def test_an_exit_code_is_what_the_documentation_promises(name: str, code: int) -> None:
    assert getattr(errors, name).code == code
    assert issubclass(getattr(errors, name), PerfkitError)


def test_the_readme_says_what_every_exit_code_means(repository: Path) -> None:
    readme = " ".join((repository / "README.md").read_text(encoding="utf-8").split())
    (words,) = re.findall(r"Exit codes for CI: (.*? 130 interrupted) \(143 by SIGTERM, 129 by SIGHUP\)\.", readme)
    said = {int(code): meaning for code, meaning in re.findall(r"(\d+) ?(.*?)(?=, \d|$)", words)}

    assert said.keys() == {0, 6} | {getattr(errors, name).code for name in errors.__all__}
    assert all(cause in said[1] for cause in ("cannot write", "dependency is missing", "bug"))


def test_the_table_of_exit_codes_holds_every_code() -> None:
    said = {
        int(code) for codes in re.findall(r"^    ([\d ]+?)  ", exit_codes.__doc__ or "", re.M) for code in codes.split()
    }

    assert said == {0, 6, 129, 143} | {getattr(errors, name).code for name in errors.__all__}


def test_the_drawing_shows_who_inherits_from_whom() -> None:
    above: list[tuple[int, str]] = []
    for name, (indent, _) in DRAWN.items():
        above = [(i, n) for i, n in above if i < indent]
        if above:
            assert getattr(errors, name).__base__ is getattr(errors, above[-1][1]), name
        above.append((indent, name))


def test_an_error_carries_one_line_and_a_hint() -> None:
    error = UsageError("no such size", hint="--size small")

    assert (str(error), error.message, error.hint) == ("no such size", "no such size", "--size small")
    assert PerfkitError("x").hint == ""


def test_failed_work_says_how_it_failed() -> None:
    assert WorkFailed("died").reason == "exception"
    assert WorkFailed("died", reason="SIGSEGV").reason == "SIGSEGV"


@pytest.mark.parametrize("kind", [UsageError, Interrupted])
def test_every_error_is_caught_as_one(kind: type[PerfkitError]) -> None:
    with pytest.raises(PerfkitError):
        raise kind("x")


def test_an_unknown_name_suggests_the_nearest() -> None:
    error = UnknownName("recipe", "rope-cash", ["einsum-optimize", "rope-cache", "dequant-cache"])

    assert error.message == "no recipe is called 'rope-cash'"
    assert error.hint.startswith("did you mean rope-cache")
    assert "einsum" not in error.hint


def test_an_unknown_name_like_no_other_lists_what_there_is() -> None:
    assert UnknownName("target", "zzz", ["glassbox", "codec"]).hint == "known: codec, glassbox"
    assert UnknownName("target", "zzz", []).hint == "there is none yet"


@pytest.mark.parametrize("name", ["codex", "zzz"])
def test_an_unknown_name_may_say_more(name: str) -> None:
    plain, longer = (UnknownName("target", name, ["codec"], more=more).hint for more in ("", "or look there"))

    assert longer == f"{plain}; or look there"


def test_an_error_of_a_catalogue_is_never_without_a_hint() -> None:
    with pytest.raises(TypeError, match="hint"):
        CatalogError("x")  # type: ignore[call-arg]


def test_a_long_list_of_names_is_cut_short() -> None:
    hint = UnknownName("target", "zzz", [f"name{i:02}" for i in range(13)]).hint

    assert hint.endswith("name11 …")
    assert "name12" not in hint
    assert not UnknownName("target", "zzz", [f"name{i:02}" for i in range(12)]).hint.endswith("…")
