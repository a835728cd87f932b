"""Cut the bytes into streams that are coded side by side.

What it does
    Up to 32 streams of at least 128 bytes, one after the other in the file. Alone it hardly pays: the documented form
    takes the streams one by one. With `kv-cache` and `array-coder` one product, one call of numpy, serves all of them.

Why the baseline is slow
    One byte has to be known before the next can be predicted, so nothing can be done side by side.

When it loses
    In compression: every stream begins with an empty context, and the file holds the lengths. It does nothing for less
    than 256 bytes.

Source
    Beyond the notes.
"""

from __future__ import annotations

from dataclasses import replace

from perfkit.recipe import Recipe, new_format

from ...sample_targets.compressor.ops import stream

_MOST, _SHORTEST = 32, 128


@stream("parallel")
def lanes_of_128(size: int) -> int:
    """How many streams `size` bytes are cut into."""
    return max(1, min(_MOST, size // _SHORTEST))


RECIPE = Recipe(
    id="parallel-streams",
    target="compressor",
    status="beyond",
    touches={"lanes"},
    apply=lambda ops: replace(ops, lanes=lanes_of_128),
    equivalence=new_format({"stream"}, why="streams side by side are another file; what comes back must be the same"),
    seam_equivalence=new_format({"output"}, why="more streams are what it is about"),
)
