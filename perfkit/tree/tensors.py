"""torch's tensors and modules. Imported when the first of them is met, so never before the program imported torch."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from perfkit.equivalence import Equivalence, exact
from perfkit.tree import on_device
from perfkit.tree.atoms import Equal
from perfkit.tree.cells import Cells
from perfkit.tree.difference import Difference, differs
from perfkit.tree.kind import OVERWRITTEN, Counts, Kind, Wrong
from perfkit.tree.numeric import Array, array_difference, wrong_arrays
from perfkit.tree.registry import add, register

__all__: list[str] = []

torch: Any = importlib.import_module("torch")  # noqa: TID251 - the program has it already
_COMPRESSED = {  # layout: the methods that give its two indices
    torch.sparse_csr: ("crow_indices", "col_indices"),
    torch.sparse_bsr: ("crow_indices", "col_indices"),
    torch.sparse_csc: ("ccol_indices", "row_indices"),
    torch.sparse_bsc: ("ccol_indices", "row_indices"),
}
_PACKED = {getattr(torch, "float4_e2m1fn_x2", None)}  # two numbers in a byte, which torch only carries about


class _Tensor(Kind):
    """A tensor: its numbers, and what torch makes depend on it. Sparse and quantised ones have parts."""

    whole = True

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.has_fields = False

    def items(self, value: Any) -> list[Any]:
        plain = value.detach()
        if plain.is_nested:
            return list(plain.unbind())
        if plain.layout == torch.sparse_coo:
            return [plain._indices(), plain._values()]
        if plain.layout in _COMPRESSED:
            return [*(getattr(plain, name)() for name in _COMPRESSED[plain.layout]), plain.values()]
        if plain.is_quantized and plain.qscheme() == torch.per_tensor_affine:
            return [plain.int_repr(), plain.q_scale(), plain.q_zero_point()]
        if plain.is_quantized:
            scales, zeros = plain.q_per_channel_scales(), plain.q_per_channel_zero_points()
            return [plain.int_repr(), scales, zeros, plain.q_per_channel_axis()]
        return []

    def place(self, value: Any, number: int) -> str:
        if value.is_nested:
            return f"[{number}]"
        if value.is_quantized:
            return (".int_repr()", ".scale", ".zero_point", ".axis")[number]
        indices = _COMPRESSED.get(value.layout, ("indices",))
        return f".{(*indices, 'values')[number]}()"

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        states = _state(expected, rule), _state(got, rule)
        if states[0] != states[1]:
            name = next(name for name, known in states[0].items() if known != states[1].get(name))
            if name != "dtype":
                return differs(states[0][name], states[1].get(name), f"a different {name}", f"{{}}.{name}")
            if not rule.dtype_change:
                return differs(states[0][name], states[1][name], "an undeclared dtype", "{}.dtype")
        if not (_dense(expected) and _dense(got)) or (
            on_device.is_there(expected) and on_device.alike(expected, got, rule)
        ):
            return None
        return array_difference(_to_numpy(expected), _to_numpy(got), rule)

    def numbers(self, value: Any) -> bool:
        return _dense(value) and value.numel() > 0 and value.dtype not in _PACKED

    def leaves(self, value: Any) -> Iterable[Any]:
        return (_to_numpy(value),) if _dense(value) else ()

    def size_bytes(self, value: Any) -> int:
        return int(value.numel() * value.element_size()) if _dense(value) else 0

    def counted(self, value: Any) -> Counts | None:
        return on_device.counts(value) if _dense(value) and on_device.is_there(value) else None

    def overlaps(self, value: Any) -> Iterable[bool]:
        if _dense(value) and on_device.is_there(value):
            return (_repeats(value),)
        return super().overlaps(value)

    def shell(self, value: Any) -> Any:
        with _mode_of(value):
            return _like(value, value.detach().clone())

    def overwrite(self, value: Any) -> bool:
        with _mode_of(value):
            _overwrite(value.detach())
        return not (_dense(value) and _repeats(value))  # torch lets nobody write to such a one

    def shares(self, value: Any, other: Any) -> bool:
        if value is other or not (_dense(value) and _dense(other)):
            return value is other
        return bool(value.untyped_storage().data_ptr() == other.untyped_storage().data_ptr() and value.numel())

    def cells(self, value: Any) -> Iterable[Cells]:
        if not _dense(value) or not value.is_contiguous() or value.is_conj() or value.is_neg():
            return ()
        flat = value.detach().view(-1)

        def put(number: int, element: Any) -> None:
            with _mode_of(value):
                flat[number] = element

        return (Cells(value.numel(), lambda number: flat[number].item(), put),)

    def assign(self, value: Any, source: Any, part: Callable[[Any, Any], bool]) -> bool:
        if _state(value, exact()) != _state(source, exact()) or not _dense(value):
            return False
        try:
            with _mode_of(value), torch.no_grad():
                value.data.copy_(source)  # as who holds its memory writes: its version does not count that
        except RuntimeError:  # an expanded one, whose elements are one in memory
            return False
        return True

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        if self.numbers(value) and on_device.is_there(value) and on_device.can_spoil(value):
            with _mode_of(value):
                for what, spoilt in on_device.wrong(value.detach(), earlier, rule, rng):
                    yield what, _like(value, spoilt)
        elif self.numbers(value):
            ulp = torch.finfo(value.dtype).eps if value.dtype.is_floating_point or value.dtype.is_complex else 0.0
            before = _to_numpy(earlier) if isinstance(earlier, torch.Tensor) and _dense(earlier) else None
            for what, wrong in wrong_arrays(_to_numpy(value), before, rule, rng, ulp):
                with _mode_of(value):
                    yield what, _like(value, torch.from_numpy(wrong).to(value.device, value.dtype))
        elif value.device.type != "meta" and value.numel():
            spoilt = self.shell(value)
            with _mode_of(value):
                _overwrite(spoilt.detach())
            yield "other values", spoilt
        else:
            yield from super().wrong(value, earlier, rule, rng)
        if value.requires_grad and not rule.no_grad:
            yield "without its gradient", value.detach()


def _state(value: Any, rule: Equivalence) -> dict[str, Any]:
    """What is known of a tensor beside its numbers."""
    state = {
        "dtype": value.dtype,
        "shape": (value.size(0),) if value.is_nested else tuple(value.shape),
        "device": value.device,
        "layout": value.layout,
    }
    if not rule.no_grad:
        state["requires_grad"] = value.requires_grad
        state["is_inference"] = value.is_inference()
    if value.layout == torch.sparse_coo:
        state["is_coalesced"] = value.is_coalesced()
    if value.is_quantized:
        state["qscheme"] = value.qscheme()
    return state


def _repeats(value: Any) -> bool:
    """Whether it is an expanded one, whose elements are one in memory."""
    return any(stride == 0 and size > 1 for stride, size in zip(value.stride(), value.shape, strict=True))


def _dense(value: Any) -> bool:
    """Whether it is one block of numbers that can be read."""
    plain = value.layout == torch.strided and not value.is_quantized and not value.is_nested
    return plain and value.device.type != "meta"


def _to_numpy(tensor: Any) -> Array:
    plain = tensor.detach().cpu()
    try:
        array: Array = plain.resolve_conj().resolve_neg().numpy()
    except (TypeError, RuntimeError):  # numpy has no such dtype; one of the next ones holds each of its values
        array = _widened(plain)
    return array


def _widened(plain: Any) -> Array:
    try:
        array: Array = plain.to(torch.complex64 if plain.is_complex() else torch.float32).numpy()
    except (TypeError, RuntimeError):  # packed: only its bytes can be looked at
        array = plain.view(torch.uint8).numpy()
    return array


def _like(value: Any, plain: Any) -> Any:
    """A tensor of the class of `value` over the numbers of `plain`, of which it asks a gradient alike."""
    if type(value) is torch.nn.Parameter:
        return torch.nn.Parameter(plain, requires_grad=value.requires_grad)
    return plain.requires_grad_(value.requires_grad) if value.requires_grad else plain


def _mode_of(value: Any) -> AbstractContextManager[Any]:
    """What a tensor must be made and changed in: those of inference mode have none of autograd's bookkeeping."""
    mode: AbstractContextManager[Any] = torch.inference_mode() if value.is_inference() else nullcontext()
    return mode


def _overwrite(plain: Any) -> None:
    """Put other numbers into a tensor. The indices of a sparse one stay: with wrong ones torch reads foreign memory."""
    if plain.device.type == "meta" or not plain.numel():
        return
    if plain.is_nested:
        for part in plain.unbind():
            _overwrite(part)
    elif plain.layout == torch.sparse_coo:
        _overwrite(plain._values())
    elif plain.layout in _COMPRESSED:
        _overwrite(plain.values())
    elif plain.dtype == torch.bool:
        _once_each(plain).logical_not_()
    else:
        before = plain.clone() if on_device.is_there(plain) else _numbers(plain).copy()
        for number in (OVERWRITTEN, 1):  # it may hold the first already, as far as its dtype can tell
            _put(plain, number)
            if not (
                on_device.same_bits(before, plain)
                if on_device.is_there(plain)
                else np.array_equal(before, _numbers(plain))
            ):
                break


def _put(plain: Any, number: int) -> None:
    try:
        if plain.is_quantized:
            plain.copy_(torch.full(plain.shape, float(number), device=plain.device))
        else:
            _once_each(plain).fill_(number)
    except (NotImplementedError, RuntimeError):  # a dtype that torch can hardly compute with
        _once_each(plain).view(torch.uint8).bitwise_not_()


def _once_each(plain: Any) -> Any:
    """Each number once, of an expanded tensor in which several elements are the same one."""
    return plain[tuple(slice(0, 1) if stride == 0 else slice(None) for stride in plain.stride())]


def _numbers(plain: Any) -> Array:
    return _to_numpy(plain.int_repr() if plain.is_quantized else plain)


class _Module(Kind):
    """A module, by its class, its parameters and buffers, and whether it trains."""

    whole = True

    def __init__(self, cls: type) -> None:
        super().__init__(cls)
        self.has_fields = False

    def items(self, value: Any) -> list[Any]:
        return [value.state_dict()]

    def place(self, value: Any, number: int) -> str:
        return ".state_dict()"

    def differ(self, expected: Any, got: Any, rule: Equivalence) -> Difference | None:
        modes, others = ([module.training for module in one.modules()] for one in (expected, got))
        return None if modes == others else differs(modes, others, "a different mode", "{}.training")

    def shell(self, value: Any) -> Any:
        return copy.deepcopy(value)

    def overwrite(self, value: Any) -> bool:
        for tensor in value.state_dict().values():
            if isinstance(tensor, torch.Tensor):
                with _mode_of(tensor):
                    _overwrite(tensor.detach())
        return True

    def wrong(self, value: Any, earlier: Any, rule: Equivalence, rng: Any) -> Wrong:
        spoilt = self.shell(value)
        self.overwrite(spoilt)
        yield "other numbers", spoilt
        yield "a different mode", self.shell(value).train(not value.training)


add(_Tensor, torch.Tensor, torch.nn.Parameter)
add(_Module, torch.nn.Module, derived="all")
add(Equal, torch.dtype, torch.device, torch.layout, torch.memory_format, torch.qscheme, torch.Size)


def _generator(state: tuple[str, Any]) -> Any:
    made = torch.Generator(state[0])
    made.set_state(state[1])
    return made


register(torch.Generator, lambda generator: (str(generator.device), generator.get_state()), _generator)
