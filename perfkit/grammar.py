"""What a word of the command line stands for: a function, a program, a target, a recipe, or a named comparison.

    pkg.mod:func   pkg.mod:Class.method   file.py:func     a function: it has a ":"
    script.py [args…]   -m pkg.mod [args…]                 a program: all that follows is its own
    glassbox   rope-cache   before-and-after               a target, a recipe, a comparison named in pyproject.toml

`arranged` reads a whole command line, `read_code` the words that are left when the options are gone. Pure.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from perfkit.errors import UnknownName, UsageError
from perfkit.phrases import listed

__all__ = [
    "Code",
    "Comparison",
    "Function",
    "Known",
    "Program",
    "Recipe",
    "Target",
    "arranged",
    "begins_program",
    "is_function",
    "read_code",
    "read_function",
]

_PYTHON = re.compile(r"python(3(\.\d+)?)?")  # by the name of its file
_HELP = ("--help", "-h")  # of whatever it stands behind


@dataclass(frozen=True, slots=True)
class Function:
    """A callable by name: of a module, or of a file where `where` ends in .py; `name` may be `Class.method`."""

    where: str
    name: str

    @property
    def in_file(self) -> bool:
        """Whether it is read from a file by its path, and not imported by a module's name."""
        return self.where.endswith(".py")

    @property
    def text(self) -> str:
        """As it was written."""
        return f"{self.where}:{self.name}"


@dataclass(frozen=True, slots=True)
class Program:
    """A script, or a module that is run as `python -m` does, and the words that are its own."""

    name: str  # the script's path, or the module's name
    arguments: tuple[str, ...] = ()
    is_module: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """As they stand after `python`."""
        return ("-m", self.name, *self.arguments) if self.is_module else (self.name, *self.arguments)


@dataclass(frozen=True, slots=True)
class Target:
    """A target of a catalogue, by its id."""

    id: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe of a catalogue, as it was named: by its id, or as `target/recipe`."""

    name: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison that pyproject.toml names."""

    name: str


Code = Function | Program | Target | Recipe | Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The names that there are here."""

    targets: Collection[str] = ()
    recipes: Collection[str] = ()  # ids, and `target/recipe`
    comparisons: Collection[str] = ()

    def of(self, word: str, target: str = "") -> Target | Recipe | Comparison:
        """What a plain word names. Raises UsageError where that is two of them, UnknownName where it is none.

        `target`: the one that was named before it, whose recipes are likely to be meant.
        """
        kinds = (("target", self.targets), ("recipe", self.recipes), ("named comparison", self.comparisons))
        meant = [kind for kind, names in kinds if word in names]
        if len(meant) > 1:
            raise UsageError(f"{word!r} is both a {meant[0]} and a {meant[1]}", hint=_apart(word, meant))
        if not meant:
            names = {name for _, known in kinds for name in known if "/" in word or "/" not in name}
            own = f"comparisons of yours: {listed(sorted(self.comparisons))}; " if self.comparisons else ""
            likely, more = self._recipes_of(target, full="/" in word), f"{own}{_not_a_name(word)}"
            raise UnknownName("target, recipe or comparison", word, names, likely=likely, more=more)
        made: dict[str, type[Target] | type[Recipe] | type[Comparison]] = {
            "target": Target,
            "recipe": Recipe,
            "named comparison": Comparison,
        }
        return made[meant[0]](word)

    def _recipes_of(self, target: str, *, full: bool) -> list[str]:
        """The recipes of a target, as `target/recipe` or by their ids."""
        start = f"{target}/"
        return [name if full else name.removeprefix(start) for name in self.recipes if name.startswith(start)]


def _apart(word: str, kinds: Sequence[str]) -> str:
    """How each of two things of one name is written so that it is that one."""
    written = {
        "target": f"{word} --all is the target",
        "recipe": f"--recipe {word} is the recipe",
        "named comparison": f"--named {word} is the comparison",
    }
    return ", ".join(written[kind] for kind in kinds)


def _not_a_name(word: str) -> str:
    if re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)+", word):
        module, _, name = word.rpartition(".")
        return f"a function is written {module}:{name}, a module that is run -m {word}"
    return "a function has a colon, pkg.mod:func; a program ends in .py, or follows -m"


def is_function(word: str) -> bool:
    """Whether a first word names a function."""
    return ":" in word


def begins_program(word: str) -> bool:
    """Whether a first word is that of a program."""
    return word == "-m" or (word.endswith(".py") and not is_function(word))


def read_function(text: str) -> Function:
    """`module:function` or `file.py:function`. Raises UsageError."""
    where, _, name = text.rpartition(":")
    named = all(part.isidentifier() for part in name.split("."))
    placed = where.endswith(".py") or all(part.isidentifier() for part in where.split("."))
    if not (named and placed):
        raise UsageError(f"{text!r} names no function", hint="write pkg.mod:func, pkg.mod:Class.method or file.py:func")
    return Function(where, name)


def read_code(words: Sequence[str], known: Known) -> tuple[Code, ...]:
    """What the words without the options stand for; a program is one, with all the words that are its own.

    `words` as `arranged` leaves them. Raises UsageError and UnknownName.
    """
    if words and begins_program(words[0]):
        if words[0] != "-m":
            return (Program(words[0], tuple(words[1:])),)
        if len(words) < 2 or not all(part.isidentifier() for part in words[1].split(".")):
            raise UsageError("-m needs the name of a module", hint="write -m pkg.mod, and then the module's own words")
        return (Program(words[1], tuple(words[2:]), is_module=True),)
    late = next((word for word in words if begins_program(word)), None)
    if late is not None:
        raise UsageError(f"{words[0]} stands before {late}", hint="a program is the only thing that is named")
    target = next((word for word in words if word in known.targets), "")
    return tuple(read_function(word) if is_function(word) else known.of(word, target) for word in words)


@dataclass(slots=True)
class _Line:
    """A command line, parted: perfkit's own words, those before a program among them, and the program's."""

    own: list[str] = field(default_factory=list)
    program: list[str] = field(default_factory=list)
    certain: bool = False  # a -- says that all behind it is the program's


def arranged(command: str, words: Sequence[str], options: Mapping[str, bool]) -> list[str]:
    """The words of a command such that an ordinary parser reads them: a program's own stand behind `--`.

    `options`: perfkit's, each with whether a value follows it. After a program they are the program's own; where one
    of perfkit's stands there all the same and no `--` has said so, raises UsageError with both lines to paste.
    """
    line = _parted(words, options)
    if not line.program:
        return list(words)
    if not line.certain:
        _refuse_late(command, line, options)
    return [*line.own, "--", *line.program]


def _parted(words: Sequence[str], options: Mapping[str, bool]) -> _Line:
    line, index, named = _Line(), 0, False
    while index < len(words):
        word = words[index]
        if word == "--":
            behind = _without_python(words[index + 1 :])
            if not named and behind and begins_program(behind[0]):
                return _Line(line.own, list(behind), certain=True)
            break
        if not named and begins_program(word):
            return _Line(line.own, list(words[index:]))
        named = named or not word.startswith("-")
        takes = 2 if options.get(word) else 1
        line.own += words[index : index + takes]
        index += takes
    return _Line(list(words))


def _without_python(words: Sequence[str]) -> Sequence[str]:
    """The words after `--` without the interpreter, which may be written there. Raises UsageError for its options."""
    if not words or not _PYTHON.fullmatch(words[0].rpartition("/")[2]):
        return words
    if len(words) < 2 or not begins_program(words[1]):
        what = f"{words[0]} {words[1]}" if len(words) > 1 else words[0]
        raise UsageError(
            f"{what!r} is not a program", hint="write python script.py or python -m pkg.mod, without options"
        )
    return words[1:]


def _refuse_late(command: str, line: _Line, options: Mapping[str, bool]) -> None:
    """Raise UsageError where one of perfkit's long options stands among the words of a program."""
    head = 2 if line.program[0] == "-m" else 1
    late, own, index = [], line.program[:head], head
    while index < len(line.program):
        word = line.program[index]
        name, equals, _ = word.partition("=")
        if word == "--":
            own += line.program[index:]
            break
        takes = 2 if options.get(name) and not equals else 1
        if name.startswith("--") and name in options and name not in _HELP:
            late += line.program[index : index + takes]
        else:
            own.append(word)
            takes = 1
        index += takes
    if late:
        name, program = late[0].partition("=")[0], shlex.join(line.program[:head])
        moved = shlex.join([*command.split(), *line.own, *late, *own])
        kept = shlex.join([*command.split(), *line.own, "--", *line.program])
        both = f"{moved}; if it is the program's: {kept}"
        raise UsageError(f"{name} stands after {program}, where all is the program's own", hint=both)
