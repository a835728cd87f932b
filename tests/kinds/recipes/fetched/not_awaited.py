"""Starts a task that fills the list and does not wait for it."""

import asyncio
from dataclasses import replace

from perfkit.recipe import Recipe, exact

CAUGHT = "differ|expected|not equal|mismatch|in place|changed|stale|len|items|empty|task"


async def fill(out, xs):
    await asyncio.sleep(0)
    out.extend(x * x for x in xs)


async def g(xs):
    out = []
    task = asyncio.create_task(fill(out, xs))
    task.add_done_callback(lambda done: done.cancelled())
    return out


RECIPE = Recipe(
    id="not-awaited",
    target="fetched",
    touches={"f"},
    status="beyond",
    equivalence=exact(),
    apply=lambda ops: replace(ops, f=g),
)
