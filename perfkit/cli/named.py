"""A table `[tool.perfkit.compare.NAME]`: a comparison of functions, and the command line that it stands for. Pure.

[tool.perfkit.compare.words]
before = "words:unique"
after = "words:unique_fast"      # or a list
inputs = "words:make"            # this and all that follows as the option of that name
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from perfkit.cli.values import duration_s
from perfkit.comparison.arguments import read_arguments, read_tolerance
from perfkit.errors import UnknownName, UsageError
from perfkit.grammar import read_function

__all__ = ["Named", "read_named", "spelled"]


class Named(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A comparison as its table has it; each key but the first two is an option of `perfkit compare`."""

    before: str
    after: str | Annotated[list[str], msgspec.Meta(min_length=1)]
    inputs: str | None = None
    args: str | None = None
    close: str | None = None
    ulp: Annotated[int, msgspec.Meta(ge=1)] | None = None
    equal: str | None = None
    check: Literal["stdout"] | None = None
    recurring: bool = False
    budget: str | None = None
    processes: Annotated[int, msgspec.Meta(ge=1, le=64)] | None = None

    @property
    def candidates(self) -> tuple[str, ...]:
        """What is compared with `before`."""
        return (self.after,) if isinstance(self.after, str) else tuple(self.after)

    def words(self, given: Collection[str] = ()) -> list[str]:
        """Its functions and options as they are typed, but for those that the options in `given` replace."""
        words = [self.before, *self.candidates]
        for key in self.__struct_fields__[2:]:
            value = getattr(self, key)
            if value in (None, False) or any(option in given for option in _REPLACED_BY.get(key, (f"--{key}",))):
                continue
            words += [f"--{key}"] if value is True else [f"--{key}", str(value)]
        return words


_CALLS = ("--inputs", "--args")
_RULES = ("--close", "--ulp", "--equal", "--no-proof")
_REPLACED_BY = {  # options that answer the same question as a key of another name
    "inputs": _CALLS,
    "args": _CALLS,
    "close": _RULES,
    "ulp": _RULES,
    "equal": _RULES,
    "budget": ("--budget", "--quick"),
    "processes": ("--processes", "--quick"),
}
_FORMS = {
    "before": 'before = "pkg.mod:old"',
    "after": 'after = "pkg.mod:new", or a list of functions',
    "inputs": 'inputs = "pkg.mod:make"',
    "args": 'args = "n=[10, 1000], x=2.5"',
    "close": 'close = "rtol=1e-6"',
    "ulp": "ulp = 4",
    "equal": 'equal = "pkg.mod:same"',
    "check": 'check = "stdout"',
    "recurring": "recurring = true",
    "budget": 'budget = "15s"',
    "processes": "processes = 8",
}
_TYPES = {  # of TOML, as msgspec calls them
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}
_TYPE = re.compile(rf"\b({'|'.join(_TYPES)})\b")
_CHECKS: Mapping[str, Callable[[str], object]] = {
    "before": read_function,
    "after": read_function,
    "inputs": read_function,
    "args": read_arguments,
    "close": lambda text: read_tolerance(text, None),
    "equal": read_function,
    "budget": lambda text: duration_s("--budget", text),
}
_APART = (("inputs", "args"), ("equal", "close"), ("equal", "ulp"))


def read_named(table: Mapping[str, Any], name: str, file: Path) -> Named:
    """The comparison of that name in `file`. Raises UsageError, and UnknownName for a key that means nothing."""
    section = f"[tool.perfkit.compare.{name}]"
    where = f"{file}: {section}"
    for key in table:
        if key not in _FORMS:
            raise UnknownName(f"setting of {section} in {file}", key, _FORMS)
    missing = next((key for key in ("before", "after") if key not in table), None)
    if missing:
        raise UsageError(f"{where} has no {missing}", hint=f"write {_FORMS[missing]}")
    try:
        comparison = msgspec.convert(dict(table), Named)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).replace("`", "").replace(" | null", "").partition(" - at $.")
        key = re.split(r"\W", place)[0]
        reason = _TYPE.sub(lambda found: _TYPES[found[0]], f"{reason[0].lower()}{reason[1:]}").replace(" | ", " or ")
        raise _wrong(where, key, reason) from None
    for one, other in _APART:
        if one in table and other in table:
            raise UsageError(f"{where} has both {one} and {other}", hint="use one of them")
    for key in (key for key in _CHECKS if key in table):
        for value in comparison.candidates if key == "after" else (getattr(comparison, key),):
            _check(where, key, value)
    return comparison


def _check(where: str, key: str, value: str) -> None:
    try:
        _CHECKS[key](value)
    except UsageError as error:
        raise _wrong(where, key, error.message.replace(f"--{key} ", "")) from None


def _wrong(where: str, key: str, why: str) -> UsageError:
    return UsageError(f"{where} {key}: {why}", hint=f"write {_FORMS[key]}")


def spelled(words: Sequence[str], options: Mapping[str, bool], comparison: Named) -> list[str]:
    """The words of a command line with what a comparison stands for in the place of its name.

    `options`: perfkit's, each with whether a value follows it. Those that were typed replace the comparison's.
    """
    typed: list[str] = []
    given: set[str] = set()
    index = 0
    while index < len(words):
        word = words[index]
        option = word.partition("=")[0]
        takes = 2 if options.get(word) else 1
        if word.startswith("-") and option not in ("--named", "--"):  # the one other word is the comparison's name
            given.add(option)
            typed += words[index : index + takes]
        index += takes
    return [*comparison.words(given), *typed]
