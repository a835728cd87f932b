"""The function that a new recipe begins with: the seam's own signature and contract, and the imports they need."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import groupby

from perfkit.catalog.read_files import TargetEntry
from perfkit.catalog.seam_source import Import, SeamSource, read_seam

__all__ = ["seam_text"]

_WIDTH = 120
_RECIPE = "from perfkit.recipe import Recipe, exact  # and close, where the last bits may differ"
_UNREAD = SeamSource(
    parameters=("*args: Any",),
    passed="*args",
    returns="Any",
    doc="",
    function=Import(0, "", "", ""),
    imports=(Import(0, "typing", "Any", "Any"),),
)


def seam_text(entry: TargetEntry, seam: str, function: str) -> tuple[str, str]:
    """The imports of a recipe, and the function that replaces the seam: its body still calls the documented form.

    What the body needs is imported there, so that nothing is left over when it is replaced.
    """
    package = _package(entry)
    source = read_seam(entry, seam)
    if source is None:  # it is made by code: its arguments are known when it runs
        called = Import(1, "ops", seam, seam)
        source = _UNREAD
    else:
        called = source.function
    doc = source.doc or f"The contract of this seam stands at `{seam}` in {entry.id}'s ops.py."
    head = _head(function, source.parameters, source.returns)
    body = [
        f"from {_module(called, package)} import {called.name} as documented",
        "",
        f"return documented({source.passed})  # replace these lines",
    ]
    lines = [*head, *_docstring(doc), *(f"    {line}" if line else "" for line in body)]
    return _imports(source.imports, package), "\n".join(lines)


def _head(name: str, parameters: Sequence[str], returns: str) -> list[str]:
    """The first lines of a function, broken as a formatter would."""
    result = f" -> {returns}" if returns else ""
    inline = ", ".join(parameters)
    whole = f"def {name}({inline}){result}:"
    if len(whole) <= _WIDTH:
        return [whole]
    if len(inline) + 4 <= _WIDTH:
        return [f"def {name}(", f"    {inline}", f"){result}:"]
    return [f"def {name}(", *(f"    {parameter}," for parameter in parameters), f"){result}:"]


def _docstring(doc: str) -> list[str]:
    lines = doc.replace('"""', "'''").splitlines()
    lines[0] = ('r"""' if "\\" in doc else '"""') + lines[0]
    if len(lines) == 1 and not lines[0].endswith('"') and len(lines[0]) + 7 <= _WIDTH:
        lines[0] += '"""'
    else:
        lines.append('"""')
    return [f"    {line}" if line else "" for line in lines]


def _imports(needed: Iterable[Import], package: str) -> str:
    """In the order that a formatter keeps: the standard library, others, perfkit, and the catalogue's own."""
    own = [one for one in needed if not one.guarded]
    guarded = [one for one in needed if one.guarded]
    own.append(Import(0, "dataclasses", "replace", "replace"))
    own += [Import(0, "typing", "TYPE_CHECKING", "TYPE_CHECKING")] if guarded else []
    sections: dict[int, list[Import]] = {}
    for one in own:
        sections.setdefault(_section(_module(one, package)), []).append(one)
    blocks = [_lines(sections.get(number, []), package) for number in range(4)]
    blocks[2] = sorted([*blocks[2], _RECIPE], key=lambda line: line.split()[1])
    text = "\n\n".join("\n".join(lines) for lines in blocks if lines)
    if guarded:
        text += "\n\nif TYPE_CHECKING:\n" + "\n".join(f"    {line}" for line in _lines(guarded, package))
    return text


def _section(module: str) -> int:
    top = module.partition(".")[0]
    return 3 if not top else 2 if top == "perfkit" else 0 if top in sys.stdlib_module_names else 1


def _lines(imports: Iterable[Import], package: str) -> list[str]:
    plain = [one for one in imports if not one.name]
    lines = [f"import {one.module}{_as(one.module, one.bound)}" for one in sorted(plain, key=lambda one: one.module)]
    named = sorted({(_module(one, package), one) for one in imports if one.name}, key=lambda pair: _order(*pair))
    for module, group in groupby(named, key=lambda pair: pair[0]):
        lines.append(f"from {module} import {', '.join(f'{o.name}{_as(o.name, o.bound)}' for _, o in group)}")
    return lines


def _order(module: str, one: Import) -> tuple[str, int, str]:
    """Constants before classes before functions, as isort has it."""
    kind = 0 if one.name.isupper() and len(one.name) > 1 else 1 if one.name[:1].isupper() else 2
    return module, kind, one.name


def _as(name: str, bound: str) -> str:
    return "" if bound in (name, name.partition(".")[0]) else f" as {bound}"


def _module(one: Import, package: str) -> str:
    """Where a recipe imports it from."""
    if not one.level:
        return one.module
    return ".".join(filter(None, [package if one.level == 1 else package.rpartition(".")[0], one.module]))


def _package(entry: TargetEntry) -> str:
    """Where a recipe imports the seams of a target from; a catalogue that was named has no name of its own."""
    return f"...sample_targets.{entry.path.parent.name}" if entry.root is not None else entry.module.rpartition(".")[0]
