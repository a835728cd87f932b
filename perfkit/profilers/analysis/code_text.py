"""Source files as text: the first line of the function that a line runs in, the line itself, and what it calls.

Files are read, and parsed where a call is looked for; never run.
"""

from __future__ import annotations

import ast
import re
import sysconfig
from pathlib import Path

from perfkit.profilers.common.waits import library_file

__all__ = ["CodeText"]

_LARGEST = 4_000_000  # bytes of a file that is read
_NAMELESS = {
    "<lambda>": ast.Lambda,
    "<genexpr>": ast.GeneratorExp,
    "<listcomp>": ast.ListComp,
    "<setcomp>": ast.SetComp,
    "<dictcomp>": ast.DictComp,
}
# of several calls in one line the one that is likely to wait
_WAITING = frozenset(
    "accept acquire communicate connect get input join poll put read readline readlines recv recvfrom result run "
    "select sleep wait wait3 wait4 waitid waitpid".split()
)


class CodeText:
    """Reads each file once."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}
        self._trees: dict[str, ast.Module | None] = {}
        self._calls: dict[str, list[tuple[int, int, str]]] = {}
        self._first: dict[tuple[str, str, int], int] = {}

    def first_line(self, function: str, file: str, line: int) -> int:
        """The first line of the function, its decorators among it, that runs `line`; 0 where the text does not tell."""
        key = function, file, line
        if key not in self._first:
            self._first[key] = self._found(function.rpartition(".")[2], file, line)
        return self._first[key]

    def line(self, file: str, line: int) -> str:
        """One line of a file, without the space around it; "" where there is none."""
        lines = self._of(file)
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def call_at(self, file: str, line: int, function: str = "") -> str:
        """What a line calls, as it is written there (`time.sleep`): the call of `function` where it is known what runs
        below, else one that is likely to wait; "" where there is none such."""
        named = [name for first, last, name in self._called(file) if first <= line <= last]
        likely = {function} if function else _WAITING
        return next((name for name in named if name.rpartition(".")[2] in likely), "")

    def _called(self, file: str) -> list[tuple[int, int, str]]:
        """All calls of a file: their first and last line, and what they call by name."""
        if file not in self._calls:
            tree = self._tree(file)
            nodes = [node for node in (ast.walk(tree) if tree is not None else ()) if isinstance(node, ast.Call)]
            placed = ((node.lineno, node.end_lineno or node.lineno, _dotted(node.func)) for node in nodes)
            self._calls[file] = [call for call in placed if call[2]]
        return self._calls[file]

    def _found(self, name: str, file: str, line: int) -> int:
        if name == "<module>":
            return 1
        if name in _NAMELESS:
            return self._nameless(name, file, line)
        lines = self._of(file)
        if not lines:
            return 0
        begins = re.compile(rf"\s*(?:async\s+)?(?:def|class)\s+{re.escape(name)}\b")
        last = min(line, len(lines)) - 1
        ahead = range(last, len(lines)) if lines[last].lstrip().startswith("@") else ()  # entered at its decorator
        at: int | None = next((i for i in (*ahead, *range(last, -1, -1)) if begins.match(lines[i])), None)
        if at is None:
            return 0
        while at > 0 and lines[at - 1].lstrip().startswith("@"):
            at -= 1
        return at + 1

    def _nameless(self, name: str, file: str, line: int) -> int:
        tree = self._tree(file) if library_file(file) is None else None
        expressions = [node for node in (ast.walk(tree) if tree is not None else ()) if isinstance(node, ast.expr)]
        starts: list[int] = [
            node.lineno
            for node in expressions
            if isinstance(node, _NAMELESS[name]) and node.lineno <= line <= (node.end_lineno or node.lineno)
        ]
        return max(starts, default=line)

    def _of(self, file: str) -> list[str]:
        if file not in self._lines:
            path = _place(file)
            try:
                large = path is None or path.stat().st_size > _LARGEST
                text = "" if large or path is None else path.read_text(encoding="utf-8", errors="replace")
            except (OSError, ValueError):
                text = ""
            self._lines[file] = text.split("\n")
        return self._lines[file]

    def _tree(self, file: str) -> ast.Module | None:
        if file not in self._trees:
            try:
                self._trees[file] = ast.parse("\n".join(self._of(file)))
            except (ValueError, SyntaxError, RecursionError):
                self._trees[file] = None
        return self._trees[file]


def _place(file: str) -> Path | None:
    """Where a frame's file lies; what is frozen into the interpreter lies in the library's folder too."""
    if not file.startswith("<"):
        return Path(file) if file.endswith((".py", ".pyw")) else None
    inner = library_file(file)
    if inner is None:
        return None
    plain = Path(sysconfig.get_path("stdlib")) / inner
    return plain if plain.exists() else plain.with_suffix("") / "__init__.py"


def _dotted(node: ast.expr) -> str:
    """`a.b.c` as it is written; of `f().join` only the last name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""
