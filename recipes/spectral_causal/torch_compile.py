"""Compile what stands between the transforms with torch.compile.

What it does
    As the recipe of that name does for the documented spectral model, by the same compiled functions: these layers are
    the same.

Why the baseline is slow
    Each of these layers is four to six calls of torch, with a tensor of its own between any two.

When it loses
    Nearly all of the time of these layers is two matrix products each, which are the library's before and after; and
    compiling must be earned first, some ten seconds. It needs a C++ compiler.

Source
    Beyond the notes.
"""

from __future__ import annotations

from perfkit.recipe import Recipe, close

from ..spectral.torch_compile import with_compiled_layers

RECIPE = Recipe(
    id="torch-compile",
    target="spectral-causal",
    status="beyond",
    touches={"inner", "project"},
    threads=1,  # of the compiler, which waits beside the calls
    apply=with_compiled_layers,
    equivalence=close(rtol=1e-4, atol=2e-5, why="compiled loops add up in another order"),
)
