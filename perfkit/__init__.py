"""perfkit: is this optimisation real, here? Proof, before/after table and verdict for performance advice.

    perfkit.compare(old, new, inputs=make)     is `new` right, and is it faster?
    perfkit.bench(f, inputs=make)               how long does it take, and what of that is its data?
    perfkit.profile(f, inputs=make)            where does its time go?
    perfkit.args(x, n=3)                       what `make(rng)` may return: the arguments of one call

Public are these, the modules of `__all__`, and in each of them the names of its own `__all__`: `api`, what the commands
do, from Python; the others, what recipes, targets and their tests are written with. All else may change.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from perfkit.call import args, recurring
    from perfkit.library import bench, compare, profile

__all__ = [
    "__version__",
    "api",
    "args",
    "axis",
    "bench",
    "compare",
    "equivalence",
    "errors",
    "recipe",
    "recurring",
    "target",
]
__all__ += ["profile", "testing"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """What is public here is imported when it is first asked for: `perfkit --help` does without."""
    if name in ("args", "recurring"):
        from perfkit import call

        return getattr(call, name)
    if name in ("bench", "compare", "profile"):
        from perfkit import library

        return getattr(library, name)
    raise AttributeError(f"module 'perfkit' has no attribute {name!r}")
