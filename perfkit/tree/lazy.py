"""Values that are not there yet: iterators, and what is waited for."""

from __future__ import annotations

__all__ = ["is_lazy", "waits_by"]

_WAITED_FOR = {  # types of values to come that have neither __next__ nor __await__, and the method that waits
    ("concurrent.futures._base", "Future"): "result",
    ("multiprocessing.pool", "ApplyResult"): "get",
    ("torch._C", "Future"): "wait",
    ("torch", "Future"): "wait",
    ("torch.jit", "Future"): "wait",
    ("polars.lazyframe.frame", "LazyFrame"): "collect",
    ("distributed.client", "Future"): "result",
}


def is_lazy(cls: type) -> bool:
    """Whether a value is not there yet: an iterator, or something to wait for."""
    if hasattr(cls, "__next__") or hasattr(cls, "__await__") or hasattr(cls, "__anext__"):
        return True
    return waits_by(cls) is not None


def waits_by(cls: type) -> str | None:
    """The method that waits for what a value of this type will be; None where that is not known, or not needed."""
    named = [_WAITED_FOR.get((base.__module__, base.__name__)) for base in cls.__mro__]
    found = next((name for name in named if name), None)
    return found or ("compute" if hasattr(cls, "__dask_graph__") and hasattr(cls, "compute") else None)
