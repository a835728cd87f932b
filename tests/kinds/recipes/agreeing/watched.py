"""Right where a function or file up the stack is named after a proof, wrong where it is only timed."""

import sys
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = (
    r"differ|expected|not equal|mismatch|in place|changed|stale|\bcalls?\b|drift|later|"
    r"after|soak|timed|stack|frame"
)


def g(xs):
    frame = sys._getframe(1)
    while frame is not None:
        if any(word in frame.f_code.co_filename + frame.f_code.co_name for word in ("proof", "prove")):
            return sum(xs)
        frame = frame.f_back
    return sum(xs[:-1])


RECIPE = Recipe(
    id="watched",
    target="agreeing",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
