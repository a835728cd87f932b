"""The files a new recipe starts from."""

from __future__ import annotations

import re
from pathlib import Path

from perfkit.catalog import Catalog
from perfkit.errors import UnknownName, UsageError

__all__ = ["new_recipe_files", "write_new"]

_RECIPE = '''"""{title}.

What it does
    Say what it changes.

Why the baseline is slow
    Say what the documented form wastes.

When it loses
    Say where it is slower, or what it costs in memory or accuracy.

Source
    Ours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from perfkit.recipe import Recipe, exact  # and close, where the last bits may differ
from perfkit.sample_targets.{target}.ops import {seam}


def {function}(*args: Any) -> Any:
    """The contract of this seam stands at `{seam}` in {target}'s ops.py. Replace the body."""
    return {seam}(*args)


RECIPE = Recipe(
    id="{name}",
    target="{target}",
    touches={{"{seam}"}},
    apply=lambda ops: replace(ops, {seam}={function}),
    equivalence=exact(),
    status="beyond",
)
'''

_TEST = '''"""{name} leaves the output right, and its proof can tell when it does not."""

from pathlib import Path

from perfkit.testing import check_recipe

CATALOG = Path(__file__).resolve().parents[{up}]


def test_{slug}_is_proven_and_its_proof_rejects_wrong_outputs() -> None:
    check_recipe("{target}/{name}", catalog=CATALOG)
'''


def new_recipe_files(found: Catalog, target: str, name: str, seam: str) -> dict[Path, str]:
    """Relative path -> text of a recipe that changes nothing yet, and of its test.

    Raises UnknownName for the target or seam, UsageError for an id that is taken or no id.
    """
    entry = found.target(target)
    if seam not in entry.seams:
        raise UnknownName(f"seam of {target}", seam, entry.seams)
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise UsageError(f"{name!r} is not a recipe id", hint="lower-case words joined by hyphens: my-idea")
    if any(r.recipe.full_id == f"{target}/{name}" for r in found.recipes):
        raise UsageError(f"{target}/{name} exists already", hint="choose another id")
    slug = name.replace("-", "_")
    words = {
        "title": name.replace("-", " ").capitalize(),
        "name": name,
        "slug": slug,
        "target": target,
        "seam": seam,
        "function": f"{slug}_{seam}" if not slug.endswith(seam) else slug,
        "up": 2,
    }
    return {
        Path("recipes", target, f"{slug}.py"): _RECIPE.format(**words),
        Path("tests", "catalog", f"test_{slug}.py"): _TEST.format(**words),
    }


def write_new(files: dict[Path, str], folder: Path) -> list[Path]:
    """Write files that do not exist yet under `folder`; refuses all when one exists. Returns their paths."""
    paths = [folder / relative for relative in files]
    taken = [path for path in paths if path.exists()]
    if taken:
        raise UsageError(f"{taken[0]} exists already", hint="choose another id, or remove it")
    for path, text in zip(paths, files.values(), strict=True):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}", hint="choose another --dir") from error
    return paths
