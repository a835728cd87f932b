"""Import what is heavy when it is first needed.

What it does
    The package imports nothing but itself; torch, scikit-learn and tokenizers come with what uses them.

Why the baseline is slow
    It imports all three with the package, whoever needs them.

When it loses
    The first turn of a conversation waits for what the import did not.

Source
    The notes of the finite-memory wrapper, conclusion: "Lazy loading (99.8% faster imports)", named as done; and
    "Import time: Currently <0.01s".
"""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Claim, Recipe, exact


def nothing_first() -> tuple[str, ...]:
    """Modules that are imported together with the package."""
    return ()


RECIPE = Recipe(
    id="lazy-imports",
    target="finite-memory",
    status="beyond",
    touches={"first_imports"},
    apply=lambda ops: replace(ops, first_imports=nothing_first),
    claim=Claim(
        text="Lazy loading (99.8% faster imports)",
        measure="speed-up",  # 99.75 to 99.85 % less time
        low=400,
        high=667,
        workload="import",
        source="finite-memory notes, conclusion",
    ),
    equivalence=exact(),
)
