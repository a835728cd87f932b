"""The one walker over values: looks at them, copies, compares, writes over and spoils them.

It knows the types of `atoms`, `states`, `sequences`, `hashed`, `buffers`, `exceptions` and `arrays`, plain objects by
their fields, and those of torch, pandas, polars, pydantic and scipy.sparse where a program has imported them. What it
does not know it refuses by name (`UnknownType`); `register` makes a type of yours known.
"""

from perfkit.tree import arrays, atoms, buffers, exceptions, hashed, sequences, states  # noqa: F401
from perfkit.tree.assign import assign, own_parts, rearrange
from perfkit.tree.compare import first_difference
from perfkit.tree.difference import Difference
from perfkit.tree.mutate import mutants
from perfkit.tree.registry import UnknownType, register
from perfkit.tree.walk import bytes_of, copy, leaves, overlapping, overwrite, places, visit

__all__ = [
    "Difference",
    "UnknownType",
    "assign",
    "bytes_of",
    "copy",
    "first_difference",
    "leaves",
    "mutants",
    "overlapping",
    "overwrite",
    "own_parts",
    "places",
    "rearrange",
    "register",
    "visit",
]
