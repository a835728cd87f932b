"""The gradients that an output carries, compared as the output is: a caller who trains on it relies on them.

`torch.autograd.grad` of the floating-point outputs, each weighted by fixed numbers, with respect to every leaf that
their graphs reach: inputs, and what the instance holds. Done in the proof alone, never on the clock.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from perfkit.equivalence import Equivalence, close, exact
from perfkit.tree.compare import first_difference
from perfkit.tree.difference import Difference, differs
from perfkit.tree.walk import Walk, place_of

__all__ = ["Leaf", "asked", "gradient_difference", "gradients"]

_STEPS = 256  # of the dtype, of the largest gradient: sums of another order are no other gradient
_WIDEST = 0.05  # what any tolerance may come to
_TIMES = 2  # a graph may be gone through again: a careless backward is right once


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A tensor that a gradient arrives at. `place`: where it stands in the input; empty for one of the instance."""

    place: str
    tensor: Any
    gradients: tuple[Any, ...]


def gradients(output: Any, seen: Any, data: Any) -> list[Leaf] | None:
    """What arrives at each leaf behind an observation, or else behind the raw output. None: neither carries any."""
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    tensors = list(_carrying(torch, seen)) or list(_carrying(torch, output))
    if not tensors:
        return None
    inputs = {id(tensor): place for tensor, place in _tensors(torch, data, "input") if tensor.requires_grad}
    leaves = list(_leaves(tensors))
    found: list[list[Any]] = [[] for _ in leaves]
    for _ in range(_TIMES):
        weights = [_weights(torch, tensor) for tensor in tensors]
        given = torch.autograd.grad(tensors, leaves, weights, retain_graph=True, allow_unused=True)
        for leaf, gradient, kept in zip(leaves, given, found, strict=True):
            kept.append(torch.zeros_like(leaf) if gradient is None else gradient.detach())
    return [Leaf(inputs.get(id(t), ""), t, tuple(kept)) for t, kept in zip(leaves, found, strict=True)]


def asked(output: Any, seen: Any, data: Any) -> list[Leaf] | None:
    """The gradients of the baseline; None also where its own cannot be had, which asks nothing of a candidate."""
    try:
        return gradients(output, seen, data)
    except Exception:  # a backward of the user's may raise anything; an output changed in place has none
        return None


def gradient_difference(expected: list[Leaf], got: list[Leaf] | None, rule: Equivalence) -> Difference | None:
    """The first gradient that is lost or another one. Leaves of an instance are known by what they hold."""
    rest = list(got or [])
    for leaf in expected:
        where = f"gradient of {leaf.place or 'a weight'}"
        alike = [other for other in rest if _same_leaf(leaf, other)]
        found: Difference | None = None
        for other in alike:  # several may hold the same, such as zeros
            found = _between(leaf, other, rule, where)
            if found is None:
                rest.remove(other)
                break
        else:
            if found is not None:
                return found
            if any(bool(gradient.abs().max() > 0) for gradient in leaf.gradients if gradient.numel()):
                return differs(f"a gradient of shape {tuple(leaf.tensor.shape)}", "none", "a lost gradient", where)
    for leaf in rest:
        if leaf.place and any(bool(gradient.abs().max() > 0) for gradient in leaf.gradients if gradient.numel()):
            return differs("none", "a gradient", "a gradient where there was none", f"gradient of {leaf.place}")
    return None


def _carrying(torch: Any, tree: Any) -> Iterator[Any]:
    for tensor, _ in _tensors(torch, tree, "output"):
        dense = tensor.layout == torch.strided and tensor.device.type != "meta"
        if tensor.grad_fn is not None and dense and tensor.numel():
            yield tensor


def _tensors(torch: Any, tree: Any, where: str) -> Iterator[tuple[Any, str]]:
    walk = Walk(tree, where)
    for value, _ in walk:
        if isinstance(value, torch.Tensor):
            yield value, place_of(walk.spot, where)


def _leaves(tensors: list[Any]) -> Iterator[Any]:
    """Every tensor at the ends of the graphs, each once."""
    met, ahead = set(), [tensor.grad_fn for tensor in reversed(tensors)]
    while ahead:
        node = ahead.pop()
        if node is None or node in met:
            continue
        met.add(node)
        if hasattr(node, "variable"):
            yield node.variable
        ahead += [following for following, _ in reversed(node.next_functions)]


def _weights(torch: Any, tensor: Any) -> Any:
    """Numbers between 1 and 2 that no two neighbours share, so that sums of nothing do not cancel."""
    numbers = torch.arange(tensor.numel(), dtype=torch.float64, device=tensor.device)
    return (1.5 + 0.5 * torch.cos(1.3 * numbers)).reshape(tensor.shape).to(tensor.dtype)


def _same_leaf(one: Leaf, other: Leaf) -> bool:
    if one.place or other.place:
        return one.place == other.place
    if one.tensor is other.tensor:
        return True
    return first_difference(one.tensor.detach(), other.tensor.detach(), exact(no_grad=True)) is None


def _between(one: Leaf, other: Leaf, rule: Equivalence, where: str) -> Difference | None:
    for expected, got in zip(one.gradients, other.gradients, strict=True):
        found = first_difference(expected, got, _looser(expected, rule), where)
        if found is not None:
            return found
    return None


def _looser(expected: Any, rule: Equivalence) -> Equivalence:
    """The recipe's tolerance as a share of the largest gradient: sums cancel. Never below rounding."""
    torch = sys.modules["torch"]
    if not expected.numel() or not (expected.dtype.is_floating_point or expected.dtype.is_complex):
        return rule
    eps = torch.finfo(expected.dtype).eps
    share = min(max(rule.rtol, rule.atol, rule.ulp * eps, _STEPS * eps), _WIDEST)
    largest = float(expected.abs().max())
    atol = share * largest if largest < float("inf") else 0.0
    return close(rtol=eps, atol=atol, dtype_change=rule.dtype_change, why="gradients are sums")
