"""What the words of a command line stand for: a table of what is read, and one of what is refused."""

from __future__ import annotations

import pytest

from perfkit.errors import UnknownName, UsageError
from perfkit.grammar import (
    Comparison,
    Function,
    Known,
    Program,
    Recipe,
    Target,
    arranged,
    read_code,
)

OPTIONS = {"--rate": True, "--with": True, "-r": True, "--native": False, "--help": False, "-h": False}
KNOWN = Known(
    targets={"glassbox", "both", "either"},
    recipes={"rope-cache", "glassbox/rope-cache", "both"},
    comparisons={"nightly", "either"},
)


def read(line: str) -> object:
    """A whole line, as a command does: arranged, the options taken out, the words read."""
    words = arranged("perfkit profile", line.split(), OPTIONS)
    behind = words[words.index("--") + 1 :] if "--" in words else []
    own = words[: words.index("--")] if "--" in words else words
    plain, skip = [], False
    for word in own:
        if not skip and not word.startswith("-"):
            plain.append(word)
        skip = not skip and OPTIONS.get(word, False)
    return read_code([*plain, *behind], KNOWN)


READ = {
    # a function has a colon
    "pkg.mod:func": (Function("pkg.mod", "func"),),
    "mod:Class.method": (Function("mod", "Class.method"),),
    "file.py:f": (Function("file.py", "f"),),
    "some/file.py:f --rate 99": (Function("some/file.py", "f"),),
    "./x.py:C.m": (Function("./x.py", "C.m"),),
    "/abs/a-b.py:f": (Function("/abs/a-b.py", "f"),),
    "m:old --native m:new": (Function("m", "old"), Function("m", "new")),
    "m:old f.py:new m:C.x": (Function("m", "old"), Function("f.py", "new"), Function("m", "C.x")),
    # a program ends in .py or follows -m, and all behind it is its own
    "script.py": (Program("script.py"),),
    "script.py a b": (Program("script.py", ("a", "b")),),
    "--rate 99 script.py a": (Program("script.py", ("a",)),),
    "--with script.py glassbox": (Target("glassbox"),),  # a value, and no program
    "-r x.py y.py": (Program("y.py"),),
    "--rate=99 script.py": (Program("script.py"),),
    "script.py -v --level=3 -r 4": (Program("script.py", ("-v", "--level=3", "-r", "4")),),
    "script.py --help": (Program("script.py", ("--help",)),),
    "script.py -h": (Program("script.py", ("-h",)),),
    "script.py m:f": (Program("script.py", ("m:f",)),),
    "script.py other.py": (Program("script.py", ("other.py",)),),
    "script.py -- --rate 9": (Program("script.py", ("--", "--rate", "9")),),
    "-m pkg": (Program("pkg", (), True),),
    "-m pkg.mod a -m b": (Program("pkg.mod", ("a", "-m", "b"), True),),
    "--native -m pytest tests/test_x.py -q": (Program("pytest", ("tests/test_x.py", "-q"), True),),
    # -- says that all behind it is the program's
    "-- script.py --rate 9": (Program("script.py", ("--rate", "9")),),
    "--native -- script.py --rate 9": (Program("script.py", ("--rate", "9")),),
    "-- python script.py a": (Program("script.py", ("a",)),),
    "-- python3 -m pkg a": (Program("pkg", ("a",), True),),
    "-- python3.12 script.py": (Program("script.py"),),
    "-- /usr/bin/python script.py": (Program("script.py"),),
    "-- -m pkg --rate 9": (Program("pkg", ("--rate", "9"), True),),
    # else it is a name
    "glassbox": (Target("glassbox"),),
    "glassbox --rate 99": (Target("glassbox"),),
    "-- glassbox": (Target("glassbox"),),
    "rope-cache": (Recipe("rope-cache"),),
    "glassbox rope-cache": (Target("glassbox"), Recipe("rope-cache")),
    "glassbox/rope-cache": (Recipe("glassbox/rope-cache"),),
    "nightly": (Comparison("nightly"),),
    "": (),
}
REFUSED = {
    "both": ("'both' is both a target and a recipe", "--recipe both is the recipe"),
    "either": ("'either' is both a target and a named comparison", "--named either is the comparison"),
    "glasbox": ("no target, recipe or comparison is called 'glasbox'", "did you mean glassbox"),
    "pkg.mod.func": ("is called 'pkg.mod.func'", "pkg.mod:func"),
    "pkg.mod:": ("'pkg.mod:' names no function", "pkg.mod:func"),
    ":f": ("':f' names no function", "pkg.mod:func"),
    "m:f()": ("'m:f()' names no function", "pkg.mod:func"),
    "a-b:f": ("'a-b:f' names no function", "file.py:func"),
    "m:a:b": ("'m:a:b' names no function", "pkg.mod:func"),
    "-m": ("-m needs the name of a module", "-m pkg.mod"),
    "-m -v": ("-m needs the name of a module", "-m pkg.mod"),
    "m:f script.py": ("m:f stands before script.py", "the only thing"),
    "-- python": ("'python' is not a program", "python script.py"),
    "-- python -u script.py": ("'python -u' is not a program", "without options"),
    "-- python -c 1": ("'python -c' is not a program", "python script.py"),
    # one of perfkit's options among the program's words: both lines to paste
    "script.py a --rate 9 b": (
        "--rate stands after script.py",
        "perfkit profile --rate 9 script.py a b; if it is the program's: perfkit profile -- script.py a --rate 9 b",
    ),
    "--native -m pkg --rate=9": (
        "--rate stands after -m pkg",
        "perfkit profile --native --rate=9 -m pkg; if it is the program's: perfkit profile --native -- -m pkg --rate=9",
    ),
    "script.py --native --with a": ("--native stands after", "perfkit profile --native --with a script.py;"),
}


@pytest.mark.parametrize("line", READ, ids=lambda line: line or "nothing")
def test_the_words_are_read(line: str) -> None:
    assert read(line) == READ[line]


@pytest.mark.parametrize("line", REFUSED)
def test_the_words_are_refused(line: str) -> None:
    message, hint = REFUSED[line]
    with pytest.raises(UsageError) as caught:
        read(line)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_name_that_there_is_not_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName, match="no target, recipe or comparison"):
        read("nothing-of-the-kind")


def test_a_program_says_its_words_as_they_stand_after_python() -> None:
    assert Program("a.py", ("1",)).words == ("a.py", "1")
    assert Program("pkg", ("1",), is_module=True).words == ("-m", "pkg", "1")


def test_a_line_without_a_program_is_left_as_it_is() -> None:
    for line in ("--rate 9 glassbox --native", "m:f --unknown x", "-- m:f", ""):
        assert arranged("perfkit profile", line.split(), OPTIONS) == line.split()


def test_a_function_says_itself() -> None:
    assert Function("a/b.py", "C.m").text == "a/b.py:C.m"
    assert Function("a/b.py", "C.m").in_file
    assert not Function("a.b", "m").in_file
