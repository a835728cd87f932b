"""perfkit: is this optimisation real, here? Proof, before/after table and verdict for performance advice.

Public are the modules of `__all__`, and in each of them the names of its own `__all__`: `api`, what the commands do,
from Python; the others, what recipes, targets and their tests are written with. All else may change.
"""

__all__ = ["__version__", "api", "axis", "equivalence", "errors", "recipe", "target", "testing"]

__version__ = "0.1.0"
