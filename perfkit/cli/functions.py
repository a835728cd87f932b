"""What the words and options of `perfkit compare` name: functions, or a target with recipes."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from perfkit.cli.code import known_names
from perfkit.errors import UnknownName, UsageError
from perfkit.grammar import Known, Program, Recipe, Target, is_function, read_code

if TYPE_CHECKING:
    from perfkit.catalog import Catalog
    from perfkit.comparison.functions import Functions

__all__ = ["functions_of", "refuse_with_functions", "target_and_recipes"]

_THREE_WAYS = """three ways in
functions of yours: perfkit compare pkg.mod:old pkg.mod:new --inputs pkg.mod:make
a recipe of a catalogue: perfkit compare --recipe {recipe}
all recipes of a target: perfkit compare {target} --all; perfkit list names them"""


def functions_of(
    words: Sequence[str],
    *,
    folder: str | None = None,
    inputs: str | None,
    arguments: str | None,
    tolerance: str | None,
    ulp: int | None,
    equal: str | None,
    check: str | None,
    no_proof: bool,
    recurring: bool,
) -> Functions | None:
    """The functions that are compared, and how; None where the words name none. Raises UsageError.

    `folder`: where they are looked for first, if not in the current one.
    """
    options = {"--inputs": inputs, "--args": arguments, "--close": tolerance, "--ulp": ulp, "--equal": equal}
    options |= {"--check": check, "--no-proof": no_proof or None, "--recurring": recurring or None}
    given = [name for name, value in options.items() if value is not None]
    if not any(is_function(word) for word in words):
        if given:
            raise UsageError(f"{given[0]} is for functions", hint="perfkit compare pkg.mod:old pkg.mod:new …")
        return None
    plain = next((word for word in words if not is_function(word)), None)
    if plain is not None:
        raise UsageError(f"{plain} is not a function, and the others are", hint="write pkg.mod:func or file.py:func")
    if check not in (None, "stdout"):
        raise UsageError(f"--check {check!r} is not known", hint="--check stdout compares what is printed, too")
    from perfkit.comparison.arguments import read_arguments, read_tolerance
    from perfkit.comparison.functions import Functions

    read_code(words, Known())
    return Functions(
        baseline=words[0],
        candidates=tuple(words[1:]),
        make=inputs,
        calls=read_arguments(arguments) if arguments is not None else {},
        folder=os.getcwd() if folder is None else folder,
        recurring=recurring,
        close=read_tolerance(tolerance, ulp),
        equal=equal,
        unproven=no_proof,
        printed=check == "stdout",
    )


def refuse_with_functions(options: Mapping[str, object]) -> None:
    """Raise UsageError for an option that means a target or its recipes."""
    given = [name for name, value in options.items() if value]
    if given:
        raise UsageError(f"{given[0]} is for targets and recipes", hint="drop it: functions have --inputs and --args")


def target_and_recipes(
    words: Sequence[str], named: Sequence[str], found: Catalog, *, every: bool, comparisons: Collection[str] = ()
) -> tuple[str | None, tuple[str, ...]]:
    """The target and the recipes that are named, as words or with --recipe. Raises UsageError and UnknownName.

    `comparisons`: further names that may have been meant.
    """
    if not (words or named or every):
        raise UsageError("nothing to compare", hint=_three_ways(found))
    try:
        codes = read_code(words, known_names(found, comparisons))
    except UnknownName:
        found.check_readable(words)
        if (every or named) and len(words) == 1:  # beside these it should be a target
            return words[0], tuple(named)
        raise
    program = next((code for code in codes if isinstance(code, Program)), None)
    if program is not None:
        raise UsageError(
            f"{program.words[0]} is a program, and compare takes functions",
            hint=f"perfkit profile {program.words[0]} …",
        )
    targets = [code.id for code in codes if isinstance(code, Target)]
    if len(targets) > 1:
        raise UsageError(f"{' and '.join(targets)} are two targets", hint="compare one target at a time")
    recipes = (*(code.name for code in codes if isinstance(code, Recipe)), *named)
    return (targets[0] if targets else None), recipes


def _three_ways(found: Catalog) -> str:
    """What can be named, with a target and a recipe that run here, if any do."""
    able = [recipe for recipe in found.recipes if not recipe.unavailable] or [*found.recipes]
    recipe = able[0].recipe if able else None
    names = {"recipe": recipe.full_id, "target": recipe.target} if recipe else {"recipe": "RECIPE", "target": "TARGET"}
    return _THREE_WAYS.format(**names)
