"""What frauds are made of, on the fake device and on a GPU: so that each is planted once, and tried on both."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pytest

from perfkit.worker.device.protocol import Device
from perfkit.worker.device.timer import DeviceTimer
from tests.device.fake import FakeDevice

__all__ = ["LABS", "WORK_NS", "CudaLab", "FakeLab", "Lab"]

WORK_NS = 1_000_000  # of one call on the fake device
_ROWS = 64


class Lab(Protocol):
    """A device, and the one piece of work that is done on it: 2x + 1."""

    device: Device
    timer: DeviceTimer

    def make(self, rng: np.random.Generator) -> Any:
        """A fresh input, on the device."""

    def empty(self, x: Any) -> Any:
        """Memory for a result, with whatever is in it."""

    def work(self, x: Any, out: Any, *, side: bool = False, lowered: bool = False) -> None:
        """Have the device do it; on a stream of its own, or in half precision."""

    def work_all(self, xs: list[Any], outs: list[Any]) -> None:
        """Have it do many in the time of one."""

    def copy(self, x: Any) -> Any:
        """The same numbers, not where inputs lie."""

    def same(self, x: Any, copied: Any) -> bool:
        """Whether an input holds what a copy holds."""

    def spoil(self, x: Any) -> None:
        """Have the device write to an input."""

    def address(self, x: Any) -> int:
        """Where it lies."""

    def inputs(self) -> list[Any]:
        """All that lies on the device and looks like an input."""

    def lazy(self, x: Any, out: Any) -> Any:
        """A result that does its work when it is read."""

    def patch_clock(self, patch: pytest.MonkeyPatch, denies: Callable[[], bool]) -> None:
        """Replace what a program calls to ask the device's clock: where `denies`, by one that says a tenth."""


class FakeLab:
    """See Lab."""

    def __init__(self) -> None:
        self.device = FakeDevice()

    @cached_property
    def timer(self) -> DeviceTimer:
        return DeviceTimer(self.device, self.device.host)

    def make(self, rng: np.random.Generator) -> Any:
        return self.device.put(rng.standard_normal((_ROWS, 4)).astype(np.float32))

    def empty(self, x: Any) -> Any:
        return self.device.empty(x.shape)

    def work(self, x: Any, out: Any, *, side: bool = False, lowered: bool = False) -> None:
        def done() -> None:
            out[...] = 2 * (x.astype(np.float16) if lowered else x) + 1

        self.device.launch(done, WORK_NS, "side" if side else "")

    def work_all(self, xs: list[Any], outs: list[Any]) -> None:
        def done() -> None:
            for x, out in zip(xs, outs, strict=True):
                out[...] = 2 * x + 1

        self.device.launch(done, WORK_NS)

    def copy(self, x: Any) -> Any:
        return x.copy()

    def same(self, x: Any, copied: Any) -> bool:
        return np.array_equal(x, copied)

    def spoil(self, x: Any) -> None:
        self.device.launch(lambda: x.fill(0), 1_000)

    def address(self, x: Any) -> int:
        return int(x.ctypes.data)

    def inputs(self) -> list[Any]:
        alike = [block for block in self.device.live.values() if block.nbytes == 16 * _ROWS]
        return [block.view(np.float32).reshape(_ROWS, 4) for block in alike]

    def lazy(self, x: Any, out: Any) -> Any:
        made = out.view(_LazyArray)
        made.ahead = lambda: (self.work(x, out), self.device.synchronise())
        return made

    def patch_clock(self, patch: pytest.MonkeyPatch, denies: Callable[[], bool]) -> None:
        patch.setattr(
            self.device, "elapsed_ns", lambda start, stop: (stop - start) // (10 if denies() else 1), raising=False
        )


class _LazyArray(np.ndarray):
    """Computes when somebody calls a function of numpy on it."""

    ahead: Callable[[], object] | None = None

    def __array_ufunc__(self, function: Any, method: str, *inputs: Any, **more: Any) -> Any:
        if self.ahead is not None:
            self.ahead, work = None, self.ahead
            work()
        plain = [np.asarray(each) if each is self else each for each in inputs]
        return getattr(function, method)(*plain, **more)


class CudaLab:
    """See Lab. The work is repeated so that a call takes about a millisecond."""

    def __init__(self) -> None:
        if not (Path("/dev/nvidiactl").exists() or shutil.which("nvidia-smi")):
            pytest.skip("no GPU: there is no driver of NVIDIA's here")
        torch = pytest.importorskip("torch", reason="torch is not installed")
        if not torch.cuda.is_available():
            pytest.skip("no GPU that torch can use")
        from perfkit.worker.device.cuda import open_cuda

        self.torch, self.device = torch, open_cuda()
        self.side = torch.cuda.Stream()
        self.rows = 2**22

    @cached_property
    def timer(self) -> DeviceTimer:
        return DeviceTimer(self.device, time.perf_counter_ns)

    def make(self, rng: np.random.Generator) -> Any:
        generator = self.torch.Generator("cuda").manual_seed(int(rng.integers(2**31)))
        return self.torch.randn(self.rows, 4, device="cuda", generator=generator)

    def empty(self, x: Any) -> Any:
        return self.torch.empty_like(x)

    def work(self, x: Any, out: Any, *, side: bool = False, lowered: bool = False) -> None:
        stream = self.side if side else self.torch.cuda.current_stream()
        with self.torch.cuda.stream(stream):
            x = x.half() if lowered else x
            for _ in range(10):
                out.copy_(2 * x + 1)

    def work_all(self, xs: list[Any], outs: list[Any]) -> None:
        for x, out in zip(xs, outs, strict=True):
            out.copy_(2 * x + 1)

    def copy(self, x: Any) -> Any:
        return x.clone().unsqueeze(0)

    def same(self, x: Any, copied: Any) -> bool:
        return bool(self.torch.equal(x.unsqueeze(0), copied))

    def spoil(self, x: Any) -> None:
        x.zero_()

    def address(self, x: Any) -> int:
        return int(x.data_ptr())

    def inputs(self) -> list[Any]:
        import gc

        alike = [value for value in gc.get_objects() if type(value) is self.torch.Tensor]
        return [tensor for tensor in alike if tensor.is_cuda and tensor.shape == (self.rows, 4)]

    def lazy(self, x: Any, out: Any) -> Any:
        torch, work = self.torch, self.work

        class Lazy(torch.Tensor):  # type: ignore[misc, name-defined]
            @classmethod
            def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                with torch._C.DisableTorchFunctionSubclass():
                    work(x, out)
                    return function(*args, **(kwargs or {}))

        return out.as_subclass(Lazy)

    def patch_clock(self, patch: pytest.MonkeyPatch, denies: Callable[[], bool]) -> None:
        plain = self.torch.cuda.Event.elapsed_time
        patch.setattr(self.torch.cuda.Event, "elapsed_time", lambda a, b: plain(a, b) / (10 if denies() else 1))


LABS = [pytest.param(FakeLab, id="fake"), pytest.param(CudaLab, id="cuda")]
