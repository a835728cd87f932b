"""What a recipe whose floats differ a little would have to declare, and what others of its seams do. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from perfkit.catalog import RecipeEntry
from perfkit.equivalence import with_headroom
from perfkit.tree import Difference

__all__ = ["tolerance_words"]

_FEW = 3  # recipes that are named


def tolerance_words(difference: Difference, recipes: Iterable[str], entries: Mapping[str, RecipeEntry]) -> str:
    """The `close()` to declare, with headroom, and what recipes on the same seams declare; "" where none would do.

    `recipes`: full ids of those that were switched on.
    """
    bounds = ", ".join(f"{name}={value:g}" for name, value in with_headroom(difference.would_pass).items())
    if not bounds:
        return ""
    own = set(recipes)
    touched = {seam for name in own for seam in entries[name].recipe.touches}
    others = [e.recipe for name, e in sorted(entries.items()) if name not in own and touched & set(e.recipe.touches)]
    loose = [f"{recipe.id} uses {recipe.equivalence}" for recipe in others if recipe.equivalence.kind == "close"]
    more = f" and {len(loose) - _FEW} more" if len(loose) > _FEW else ""
    words = f"with headroom, if rounding is all it is: close({bounds}, why=…)"
    return f"{words}; on {', '.join(sorted(touched))}: {', '.join(loose[:_FEW])}{more}" if loose else words
