"""perfkit: is this optimisation real, here? Proof, before/after table and verdict for performance advice."""

__version__ = "0.1.0"
