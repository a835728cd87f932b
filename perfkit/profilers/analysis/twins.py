"""Functions that no profiler tells apart: two of one name that begin on one line of one file."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from perfkit.profilers.common.call_table import C
from perfkit.profilers.common.profile import HotSpot, Profile

__all__ = ["twins"]

_LARGEST = 2_000_000  # characters of a file that is parsed for this
_NAMES = {
    ast.Lambda: "<lambda>",
    ast.GeneratorExp: "<genexpr>",
    ast.ListComp: "<listcomp>",
    ast.SetComp: "<setcomp>",
    ast.DictComp: "<dictcomp>",
}


def twins(spots: Iterable[HotSpot], profiles: Sequence[Profile]) -> dict[tuple[str, int, str], int]:
    """(file, line, function) of those of `spots` that stand for several functions, and for how many.

    From the source, where there is one; of code made from text from the code objects that cProfile met.
    """
    wanted = {(h.file, h.line, h.function.rpartition(".")[2]) for h in spots if h.line}
    found = {key: count for key, count in _met(profiles) if key in wanted and count > 1}
    for file in sorted({file for file, _, _ in wanted if file.endswith(".py")}):
        counts: dict[tuple[str, int, str], int] = {}
        for name, line in _functions(Path(file)):
            counts[file, line, name] = counts.get((file, line, name), 0) + 1
        found.update({key: count for key, count in counts.items() if count > 1 and key in wanted})
    return found


def _met(profiles: Sequence[Profile]) -> Iterator[tuple[tuple[str, int, str], int]]:
    for profile in profiles:
        yield from ((key, count) for key, count in profile.codes.items() if key[0] != C)


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    """The name and the first line of each function of a file; nothing where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text) if len(text) <= _LARGEST else None
    except (OSError, ValueError, SyntaxError, RecursionError):
        return
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, min([node.lineno, *(d.lineno for d in node.decorator_list)])
        elif isinstance(node, ast.expr) and type(node) in _NAMES:
            yield _NAMES[type(node)], node.lineno
