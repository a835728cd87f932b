"""Equivalence checks: is what a candidate returned right?

Arrays and plain values in, the first difference out. Nothing here runs a recipe or reads a clock. `perfkit.tree` walks
over the values; these are its operations by the names that the proof has for them.
"""

from perfkit.tree import (
    Difference,
    UnknownType,
    assign,
    bytes_of,
    first_difference,
    leaves,
    mutants,
    overlapping,
    own_parts,
    places,
    rearrange,
)
from perfkit.tree import copy as snapshot
from perfkit.tree import overwrite as scribble
from perfkit.tree import visit as values

__all__ = [
    "Difference",
    "UnknownType",
    "assign",
    "bytes_of",
    "first_difference",
    "leaves",
    "mutants",
    "overlapping",
    "own_parts",
    "places",
    "rearrange",
    "scribble",
    "snapshot",
    "values",
]
