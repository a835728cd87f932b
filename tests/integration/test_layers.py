"""What import-linter cannot say of imports (its contracts stand in pyproject.toml): models, recipes, public names."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import perfkit

REPOSITORY = Path(__file__).resolve().parents[2]


def modules() -> dict[str, Path]:
    """perfkit's own modules; the catalogue has rules of its own."""
    found = {}
    for path in sorted((REPOSITORY / "perfkit").rglob("*.py")):
        parts = path.relative_to(REPOSITORY / "perfkit").with_suffix("").parts
        if parts[0] not in ("recipes", "sample_targets", "__init__", "__main__"):
            found[".".join(p for p in parts if p != "__init__")] = path
    return found


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every import of a file, at whatever depth: (line, dotted name; relative ones with their dots)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


MODULES = modules()
NAMED = sorted(m for m, path in MODULES.items() if path.name != "__init__.py")

# targets that are told apart by a few seams, and share the rest
SHARES = {"spectral_causal": ("spectral",), "traditional": ("spectral",)}
TARGETS = sorted(p for p in (REPOSITORY / "sample_targets").glob("*") if (p / "target.py").exists())


@pytest.mark.parametrize("file", ["model.py", "ops.py"])
@pytest.mark.parametrize("target", TARGETS, ids=lambda p: p.name)
def test_a_model_reads_and_runs_without_perfkit(target: Path, file: str) -> None:
    for line, name in imports(target / file):
        top = name.partition(".")[0]
        fine = (
            re.fullmatch(r"\.(?!target\b)\w+\.\w+", name) is not None  # a file beside it
            or name.startswith(
                tuple(f"..{other}.{f}." for other in SHARES.get(target.name, ()) for f in ("model", "ops"))
            )
            or top in sys.stdlib_module_names
            or top in ("numpy", "torch")
        )
        assert fine, f"{target / file}:{line}: {name}"


RECIPES = sorted(REPOSITORY.glob("recipes/*/*.py"))


@pytest.mark.parametrize("path", RECIPES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_recipe_imports_the_recipe_api_its_targets_seams_its_siblings_and_libraries(path: Path) -> None:
    targets = (path.parent.name, *SHARES.get(path.parent.name, ()))
    model = tuple(f"sample_targets.{target}.{file}." for target in targets for file in ("ops", "model", "coder"))
    for line, name in imports(path):
        if name.startswith(".") or name.partition(".")[0] == "perfkit":
            sibling = re.fullmatch(rf"\.(\.({'|'.join(targets)})\.)?\w+\.\w+", name) is not None
            fine = (
                sibling
                or name.startswith("perfkit.recipe.")
                or name.removeprefix("perfkit.").lstrip(".").startswith(model)
            )
            assert fine, f"{path}:{line}: {name}"


def test_what_perfkit_itself_names_is_its_version_a_few_functions_and_public_modules() -> None:
    functions = {"args", "bench", "compare", "profile", "recurring"}
    modules = [name for name in perfkit.__all__ if name not in {"__version__", *functions}]

    assert all(callable(getattr(perfkit, name)) for name in functions)
    assert all(importlib.import_module(f"perfkit.{name}").__all__ for name in modules)


@pytest.mark.parametrize("module", NAMED)
def test_all_lists_names_that_exist_once_each(module: str) -> None:
    loaded = importlib.import_module(f"perfkit.{module}")

    assert [n for n in loaded.__all__ if not hasattr(loaded, n)] == []
    assert len(loaded.__all__) == len(set(loaded.__all__))
    assert [n for n in loaded.__all__ if n.startswith("_")] == []


@pytest.mark.parametrize("module", NAMED)
def test_what_one_module_takes_from_another_is_public_there(module: str) -> None:
    for line, name in imports(MODULES[module]):
        other, _, what = name.removeprefix("perfkit.").rpartition(".")
        if name.startswith("perfkit.") and other in NAMED:
            public = importlib.import_module(f"perfkit.{other}").__all__
            assert what in public, f"{MODULES[module]}:{line}: {what} is not in perfkit.{other}.__all__"
